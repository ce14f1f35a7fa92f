"""What operators are sent out for: missions, and the birds and obstacles that they report with their places."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.places.points import PointField
from kaifaqu.registers.projects.milestones import evidence


class MissionKind(models.TextChoices):
    """The services of airborne bird-dispersal equipment that the newspaper page of the demo names."""

    AERODROME = "aerodrome", _("机场驱鸟")
    BIRDS = "birds", _("鸟情观察")
    OBSTACLES = "obstacles", _("航线障碍物排查")


class Mission(Record):
    """飞行任务：一份任务委托，飞一个或多个架次。

    One record is one order; each flight for it is a sortie. Of a mission for the military only that it was ordered, and
    its sorties, are kept: no customer, no area, no laser, no device, nothing observed.
    """

    register = "missions"
    columns = (
        "code", "kind", "ordered_on", "military", "customer", "area", "laser", "device", "laser_checked_on", "laser_checked_evidence",
        "ended_on", "effect")
    listed = ("code", "kind", "ordered_on", "customer", "area", "laser_checked_on", "ended_on")
    code_prefix = "RW"
    headings = {"kind": ("任务类型",), "ordered_on": ("下达日期",), "customer": ("委托方", "客户"), "area": ("任务区域",)}
    UNTOLD = (  # of what is flown for the military
        "customer", "area", "laser", "device", "laser_checked_on", "laser_checked_evidence", "effect")

    kind = models.CharField(_("飞行任务种类"), max_length=12, choices=MissionKind)
    ordered_on = models.DateField(_("任务委托日期"))
    military = models.BooleanField(_("涉军"), default=False)
    customer = models.CharField(_("委托单位"), max_length=100, blank=True)
    area = models.CharField(_("作业区域"), max_length=100, blank=True)
    laser = models.BooleanField(_("使用激光设备"), default=False)
    device = models.CharField(_("设备型号"), max_length=60, blank=True)
    laser_checked_on = models.DateField(_("激光安全区核查日期"), null=True, blank=True)
    laser_checked_evidence = evidence(_("激光安全区核查记录"))
    ended_on = models.DateField(_("完成日期"), null=True, blank=True)
    effect = models.CharField(_("任务效果"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("飞行任务")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse days that have not come or are out of order, and what is not written of the military."""
        super().clean()
        refuse_ahead(self, "ordered_on", "laser_checked_on", "ended_on")
        if self.ended_on is not None and self.ended_on < self.ordered_on:
            raise ValidationError(_t("「完成日期」{day} 早于委托日期 {ordered}。").format(day=self.ended_on, ordered=self.ordered_on))
        if self.military and any(getattr(self, name) for name in self.UNTOLD):
            raise ValidationError(_t("涉军任务只记事实和架次：委托单位、作业区域、激光、设备型号、任务效果请空着。"))

    def refuse_flight(self, sortie: Any) -> None:
        """Raise ValidationError for a sortie that tells too much, or was flown outside the mission's days or before the laser check."""
        day = sortie.flown_on
        if self.military and (sortie.remark or sortie.aircraft_id):
            raise ValidationError(_t("{mission} 涉军：架次 {sortie} 只记日期和时间，「航空器」和「备注」请空着。").format(
                mission=self, sortie=sortie.code))
        if sortie.cancelled_for:
            return
        if day < self.ordered_on or self.ended_on is not None and day > self.ended_on:
            raise ValidationError(_t("{day} 的架次不在 {mission} 从委托到完成的日期以内，请核对日期。").format(day=day, mission=self))
        if self.laser and (self.laser_checked_on is None or self.laser_checked_on > day):
            told = _t("{mission} 使用激光设备，{day} 以前还没有核查激光安全区，不能飞。请先在任务上填「激光安全区核查日期」。")
            raise ValidationError(told.format(mission=self, day=day))

    @classmethod
    def refuse_together(cls, written: list["Mission"]) -> None:
        """Refuse to let a mission go away under what hangs on it, or to become one that does not admit what was flown or seen for it."""
        from kaifaqu.domains.lowaltitude.flights import Sortie

        refuse_leaving(written)
        flown = Sortie.objects.current().filter(mission_id__in=[each.pk for each in written if each.archived_at is None])
        missions: dict[int | None, Mission] = {each.pk: each for each in written}
        for each in flown.order_by("flown_on", "id"):
            missions[each.mission_id].refuse_flight(each)
        military = [each.pk for each in written if each.military and each.archived_at is None]
        if any(register.objects.current().filter(mission_id__in=military).exists() for register in (BirdObservation, Obstacle)):
            raise ValidationError(_t("涉军任务不留观察和障碍物记录，请先归档它们。"))


class OnMission(Record):
    """Something that was seen at a place, perhaps on a mission."""

    geometry = "position"
    SEEN_ON = ""  # the column that says when

    mission = models.ForeignKey(Mission, models.PROTECT, null=True, blank=True, verbose_name=_("飞行任务"), related_name="+")
    position = PointField(_("位置"), help_text=_("「经度, 纬度」，以度为单位；CGCS2000 或 WGS 84，不用地图软件的偏移坐标"))

    class Meta(Record.Meta):
        abstract = True

    def clean(self) -> None:
        """Refuse a day that has not come, another owner's mission, and one of which nothing is told."""
        super().clean()
        refuse_ahead(self, self.SEEN_ON)
        if self.archived_at is None:
            refuse_foreign(self, "mission")
            if self.mission is not None and self.mission.military:
                raise ValidationError(_t("{mission} 涉军：不登记观察和障碍物。").format(mission=self.mission))


class BirdObservation(OnMission):
    """鸟情观察：一次在一处看到的一种鸟。

    One record is one species at one place at one time; two species are two records.
    """

    register = "bird_observations"
    columns = ("code", "mission", "observed_on", "species", "seen", "dispersed", "position", "remark")
    code_prefix = "NQ"
    totals = ("seen", "dispersed")
    headings = {
        "observed_on": ("日期", "观察时间"), "species": ("种类", "鸟名"), "seen": ("数量", "只数"),
        "position": ("geometry", "坐标", "经纬度")}
    SEEN_ON = "observed_on"

    observed_on = models.DateField(_("观察日期"))
    species = models.CharField(_("鸟种"), max_length=60)
    seen = models.PositiveIntegerField(_("看到数量（只）"))
    dispersed = models.PositiveIntegerField(_("驱离数量（只）"), null=True, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta(OnMission.Meta):
        verbose_name = verbose_name_plural = _("鸟情观察")
        constraints = [*Record.Meta.constraints, models.CheckConstraint(
            condition=models.Q(dispersed=None) | models.Q(dispersed__lte=models.F("seen")), name="birdobservation_dispersed",
            violation_error_message=_("驱离的数量不能多于看到的数量。"))]

    def __str__(self) -> str:
        return f"{self.observed_on} {self.species}"


class HeightReference(models.TextChoices):
    """From where a height is told; mixed, they are a kilometre apart."""

    TRUE = "true", _("真高（距地面）")
    SEA = "sea", _("海拔")
    ELLIPSOID = "ellipsoid", _("椭球高")


class ObstacleKind(models.TextChoices):
    """What stands in the way."""

    TOWER = "tower", _("塔架")
    WIRE = "wire", _("架空线")
    BUILDING = "building", _("建筑物")
    OTHER = "other", _("其他")


class Obstacle(OnMission):
    """航线障碍物：立在一处、影响低空飞行的一个物体；交给空域管理后写明移交日期。

    One record is one object; a line of pylons is as many as were measured.
    """

    register = "obstacles"
    columns = (
        "code", "name", "kind", "position", "height", "height_reference", "found_on", "mission", "handed_over_on", "handed_over_to",
        "removed_on")
    listed = ("code", "name", "kind", "height", "found_on", "handed_over_on")
    code_prefix = "ZA"
    headings = {"name": ("名称", "障碍物"), "height": ("高度",), "found_on": ("发现时间",), "position": ("geometry", "坐标", "经纬度")}
    SEEN_ON = "found_on"

    name = models.CharField(_("障碍物名称"), max_length=100)
    kind = models.CharField(_("障碍物种类"), max_length=12, choices=ObstacleKind)
    height = ExactField(_("顶部高度（米）"), scale=2)
    height_reference = models.CharField(_("高度基准"), max_length=12, choices=HeightReference)
    found_on = models.DateField(_("发现日期"))
    handed_over_on = models.DateField(_("移交空域管理日期"), null=True, blank=True)
    handed_over_to = models.CharField(_("移交给"), max_length=100, blank=True)
    removed_on = models.DateField(_("消除日期"), null=True, blank=True)

    class Meta(OnMission.Meta):
        verbose_name = verbose_name_plural = _("航线障碍物")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse what hangs on a mission wrongly, days before it was found, and a hand-over to nobody."""
        super().clean()
        refuse_ahead(self, "handed_over_on", "removed_on")
        if any(day is not None and day < self.found_on for day in (self.handed_over_on, self.removed_on)):
            raise ValidationError(_t("移交和消除的日期不能早于发现日期 {day}。").format(day=self.found_on))
        if (self.handed_over_on is None) != (not self.handed_over_to):
            raise ValidationError(_t("「移交空域管理日期」和「移交给」要一起填。"))
