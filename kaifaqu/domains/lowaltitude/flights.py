"""Sorties, by purpose and time, and who jumped from them with what."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.lowaltitude.makers import Aircraft
from kaifaqu.domains.lowaltitude.missions import Mission
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving


class Purpose(models.TextChoices):
    """What a sortie is flown for; missions and training are kept apart, so that their hours never overlap."""

    MISSION = "mission", _("执行任务")
    TRAINING = "training", _("训练")
    SKYDIVING = "skydiving", _("跳伞")
    TOURISM = "tourism", _("旅游")
    EVENT = "event", _("赛事表演")
    FERRY = "ferry", _("调机")
    OTHER = "other", _("其他")


class Cancellation(models.TextChoices):
    """Why a sortie was not flown."""

    WEATHER = "weather", _("天气")
    TECHNICAL = "technical", _("机械")
    CUSTOMER = "customer", _("客户")
    AIRSPACE = "airspace", _("空域")


class Sortie(Record):
    """飞行架次：一架航空器为一个用途的一次起飞到落地；取消的留在台账上，不计入任何数。

    One record is one flight from take-off to landing; whether circuits of a training flight are several is what the
    operator writes. The block time is in whole minutes; hours are told from them.
    """

    register = "sorties"
    columns = ("code", "flown_on", "purpose", "mission", "aircraft", "block_minutes", "cancelled_for", "remark")
    code_prefix = "FX"
    totals = ("block_minutes",)
    headings = {
        "flown_on": ("日期", "飞行时间"), "purpose": ("用途", "飞行性质"), "aircraft": ("飞机", "机号"),
        "block_minutes": ("时长", "飞行时长", "分钟"), "cancelled_for": ("取消", "取消原因")}

    flown_on = models.DateField(_("飞行日期"))
    purpose = models.CharField(_("飞行用途"), max_length=12, choices=Purpose)
    mission = models.ForeignKey(Mission, models.PROTECT, null=True, blank=True, verbose_name=_("飞行任务"), related_name="+")
    aircraft = models.ForeignKey(Aircraft, models.PROTECT, null=True, blank=True, verbose_name=_("航空器"), related_name="+")
    block_minutes = models.PositiveIntegerField(_("飞行时间（分钟）"), null=True, blank=True)
    cancelled_for = models.CharField(_("取消原因"), max_length=12, choices=Cancellation, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("飞行架次")
        constraints = [*Record.Meta.constraints, models.CheckConstraint(
            condition=Q(cancelled_for="") | Q(block_minutes=None), name="sortie_cancelled_has_no_time",
            violation_error_message=_("取消的架次没有飞行时间。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.flown_on} {self.get_purpose_display()}"

    def clean(self) -> None:
        """Refuse a flight to come, one whose mission is another owner's or missing, and one that its mission does not admit."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "mission", "aircraft")
        if not self.cancelled_for:
            refuse_ahead(self, "flown_on")
        if (self.purpose == Purpose.MISSION) != (self.mission is not None):
            raise ValidationError(_t("飞行用途是「执行任务」的要填「飞行任务」，其他用途的空着。"))
        if self.mission is not None:
            self.mission.refuse_flight(self)

    @classmethod
    def refuse_together(cls, written: list["Sortie"]) -> None:
        """Refuse to let a sortie go away, be cancelled or have another purpose under those who jumped from it."""
        refuse_leaving(written)
        others = [each.pk for each in written if each.cancelled_for or each.purpose != Purpose.SKYDIVING]
        if jumped := JumpRecord.objects.current().filter(sortie_id__in=others).select_related("sortie").order_by("id").first():
            raise ValidationError(_t("{sortie} 上有跳伞记录，不能取消或改用途；请先归档跳伞记录。").format(sortie=jumped.sortie))


class EquipmentKind(models.TextChoices):
    """Parts of a jumper's equipment that are inspected by themselves."""

    MAIN = "main", _("主伞")
    RESERVE = "reserve", _("备份伞")
    ACTIVATION = "activation", _("自动开伞器")
    HARNESS = "harness", _("背带系统")


class JumpEquipment(Record):
    """跳伞装备：有编号、单独检查的一件装备。

    One record is one piece; inspected again, it has a later last day.
    """

    register = "jump_equipment"
    columns = ("code", "kind", "serial_number", "inspected_on", "valid_until", "retired_on")
    code_prefix = "ZB"
    keys = (("code",), ("kind", "serial_number"))
    headings = {"kind": ("种类",), "serial_number": ("序列号",), "inspected_on": ("检查日期",), "valid_until": ("有效期", "有效期至")}

    kind = models.CharField(_("装备种类"), max_length=12, choices=EquipmentKind)
    serial_number = models.CharField(_("装备序列号"), max_length=40)
    inspected_on = models.DateField(_("最近检查日期"))
    valid_until = models.DateField(_("检查有效期至"))
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("跳伞装备")
        constraints = [*Record.Meta.constraints, models.CheckConstraint(
            condition=Q(valid_until__gte=models.F("inspected_on")), name="jumpequipment_valid_after_inspection",
            violation_error_message=_("有效期不能早于检查日期。"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.serial_number}"

    def clean(self) -> None:
        """Refuse an inspection or a retirement that has not come."""
        super().clean()
        refuse_ahead(self, "inspected_on", "retired_on")

    @classmethod
    def refuse_together(cls, written: list["JumpEquipment"]) -> None:
        """Refuse to let a piece go away under those who jumped with it."""
        refuse_leaving(written)

    def usable_on(self, day: date) -> bool:
        """Tell whether its inspection is valid on the day, and it is in use."""
        return self.valid_until >= day and (self.retired_on is None or self.retired_on > day)

    def warnings(self) -> list[str]:
        """Say that its inspection is over."""
        is_over = self.retired_on is None and self.valid_until < clock.today()
        return [_t("检查有效期 {day} 已过，重新检查以前不能使用。").format(day=self.valid_until)] if is_over else []


TIME = RegexValidator(r"^([01]\d|2[0-3]):[0-5]\d$", _("请写成 08:30 的样子。"))


class JumpRecord(Record):
    """跳伞记录：一人在一个架次上跳一次；落地要逐人确认。

    One record is one jumper in one sortie, by the place on its manifest; the jumper's name is a personal fact. Without a
    time of landing nobody knows that the jumper is down: that is shown until it is confirmed.
    """

    register = "jumps"
    columns = ("code", "sortie", "place", "jumper", "licence", "weight", "equipment", "exited_at", "landed_at")
    listed = ("code", "sortie", "place", "jumper", "exited_at", "landed_at")
    code_prefix = "TS"
    keys = (("sortie", "place"), ("code",))
    headings = {
        "sortie": ("架次",), "place": ("序号",), "jumper": ("姓名", "跳伞人"), "licence": ("证照号",), "exited_at": ("离机时间",),
        "landed_at": ("落地时间", "落地确认")}

    sortie = models.ForeignKey(Sortie, models.PROTECT, verbose_name=_("飞行架次"), related_name="+")
    place = models.PositiveSmallIntegerField(_("名单序号"))
    jumper = PersonalField(_("跳伞员"), max_length=60, blank=True)
    licence = PersonalField(_("跳伞执照号"), max_length=40, blank=True)
    weight = models.PositiveSmallIntegerField(_("体重含装备（千克）"), null=True, blank=True)
    equipment = models.ForeignKey(JumpEquipment, models.PROTECT, null=True, blank=True, verbose_name=_("跳伞装备"), related_name="+")
    exited_at = models.CharField(_("离机时刻"), max_length=5, blank=True, validators=[TIME], help_text=_("如 08:30"))
    landed_at = models.CharField(_("落地确认时刻"), max_length=5, blank=True, validators=[TIME], help_text=_("如 08:45；没有确认的空着"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("跳伞记录")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("sortie", "place"), condition=Q(archived_at=None), name="jumprecord_once",
            violation_error_message=_("这个架次的名单上这个序号已经有人。"))]

    def __str__(self) -> str:
        return f"{self.sortie.code}-{self.place:02d}" if self.sortie_id else self.code

    def clean(self) -> None:
        """Refuse a sortie from which nobody jumps, equipment whose inspection is over, a landing before the exit, and foreign rows."""
        super().clean()
        if self.archived_at is not None:
            return
        if not (self.pk or self.jumper):  # a name that was erased stays empty
            raise ValidationError(_t("请填写「跳伞员」。"))
        refuse_foreign(self, "sortie", "equipment")
        if self.exited_at and self.landed_at and self.landed_at < self.exited_at:
            raise ValidationError(_t("「落地确认时刻」{landed} 早于「离机时刻」{exited}，请核对。").format(
                landed=self.landed_at, exited=self.exited_at))
        if self.sortie.purpose != Purpose.SKYDIVING or self.sortie.cancelled_for:
            raise ValidationError(_t("{sortie} 不是飞过的跳伞架次。").format(sortie=self.sortie))
        if self.equipment is not None and not self.equipment.usable_on(self.sortie.flown_on):
            raise ValidationError(_t("{equipment} 在 {day} 已停用或检查已过期，不能使用。").format(
                equipment=self.equipment, day=self.sortie.flown_on))

    @classmethod
    def refuse_together(cls, written: list["JumpRecord"]) -> None:
        """Refuse one jumper, or one piece of equipment, twice on the manifest of a sortie."""
        met: dict[tuple[int, str], JumpRecord] = {}
        worn: dict[tuple[int, int], JumpRecord] = {}
        rows = cls.objects.current().filter(sortie_id__in={row.sortie_id for row in written})
        for each in rows.select_related("sortie", "equipment"):
            if each.jumper and met.setdefault((each.sortie_id, str(each.jumper)), each) is not each:
                raise ValidationError(_t("{sortie} 的名单上有两条同一个跳伞员；同名的请加以区分。").format(sortie=each.sortie))
            if each.equipment_id and worn.setdefault((each.sortie_id, each.equipment_id), each) is not each:
                raise ValidationError(_t("{sortie} 上 {equipment} 用了两次；一件装备一个架次只能一人用。").format(
                    sortie=each.sortie, equipment=each.equipment))

    def offers(self, verb: str) -> bool:
        """Tell whether the landing is still to be confirmed."""
        return verb != "confirm" or not self.landed_at

    def warnings(self) -> list[str]:
        """Say that the landing is not confirmed."""
        return [] if self.landed_at else [_t("没有落地确认：请立即查找，确认后填「落地确认时刻」。")]
