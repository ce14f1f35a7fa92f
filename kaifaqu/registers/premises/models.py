"""Premises: buildings, the units into which they are divided for a time, and the leases of units."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, pairwise

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.units import text
from kaifaqu.registers.levels import levels
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.projects.milestones import Milestones, milestone


class BuildingKind(models.TextChoices):
    """What a building is built for."""

    STANDARD_WORKSHOP = "standard_workshop", _("标准化厂房")
    WORKSHOP = "workshop", _("其他厂房")
    WAREHOUSE = "warehouse", _("仓储用房")
    OFFICE = "office", _("办公研发用房")
    DORMITORY = "dormitory", _("宿舍公寓")
    UTILITY = "utility", _("公用设施用房")
    OTHER = "other", _("其他")


class BuildingStage(models.TextChoices):
    """Where a building stands by its dates."""

    PLANNED = "planned", _("规划")
    BUILDING = "building", _("在建")
    COMPLETED = "completed", _("已建成")
    HANDED_OVER = "handed_over", _("已移交")
    DEMOLISHED = "demolished", _("已拆除")


class Building(Milestones):
    """楼栋：有独立结构和出入口的一栋房屋；标准化厂房以栋计数。

    One record is one building, whoever built it and however it is divided; joined buildings with one number are one.
    `area` is the gross floor area of all floors. The stage follows from the dates.
    """

    register = "buildings"
    columns = ("code", "name", "park", "kind", "area", "floors", "started_on", "completed_on", "handed_over_on", "demolished_on")
    listed = ("code", "name", "park", "kind", "area", "floors", "stage", "completed_on")
    code_prefix = "LD"
    totals = ("area",)
    keys = (("code",), ("name", "park"))
    headings = {
        "name": ("楼栋", "楼号", "厂房名称"), "area": ("建筑面积", "总建筑面积"), "floors": ("层数",),
        "completed_on": ("建成日期", "竣工日期"),
    }
    ORDER = ("started_on", "completed_on", "handed_over_on")
    LAST = "demolished_on"

    name = models.CharField(_("楼栋名称"), max_length=100)
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    kind = models.CharField(_("用途类别"), max_length=20, choices=BuildingKind)
    area = ExactField(_("建筑面积（平方米）"), scale=2)
    floors = models.PositiveSmallIntegerField(_("层数"), null=True, blank=True)
    started_on = milestone(_("开工日期"))
    completed_on = milestone(_("建成日期"))
    handed_over_on = milestone(_("移交日期"))
    demolished_on = milestone(_("拆除日期"))
    stage = models.CharField(_("状态"), max_length=12, choices=BuildingStage, default=BuildingStage.PLANNED)

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("楼栋")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def derived(self) -> dict[str, str]:
        """Return the stage that the dates say."""
        latest_first = (
            (BuildingStage.DEMOLISHED, self.demolished_on), (BuildingStage.HANDED_OVER, self.handed_over_on),
            (BuildingStage.COMPLETED, self.completed_on), (BuildingStage.BUILDING, self.started_on),
        )
        return {"stage": next((stage for stage, day in latest_first if day), BuildingStage.PLANNED)}

    def clean(self) -> None:
        """Refuse dates that cannot be, an area that is none, and another owner's park."""
        super().clean()
        _refuse_nothing(self)
        if self.archived_at is None:
            refuse_foreign(self, "park")

    @classmethod
    def refuse_together(cls, written: list["Building"]) -> None:
        """Refuse a building that is smaller than its units, and one that goes away, or is demolished, while they are there or let."""
        buildings = [each.pk for each in written]
        refuse_units(buildings)
        refuse_leases(Unit.objects.filter(building_id__in=buildings).values_list("pk", flat=True))


class Unit(Dated):
    """单元：楼栋里可以单独出租使用的一部分，自某日起如此划分，到再次划分之日止。

    One record is one part as it was bounded for a time; split or joined, it ends and others begin, so that what was let on
    a day stays known. The units of a building together are never larger than it is; a shared corridor is in none.
    """

    register = "building_units"
    columns = ("code", "building", "name", "floor", "area", "since", "until")
    listed = ("code", "building", "name", "floor", "area", "since", "until")
    code_prefix = "LY"
    totals = ("area",)
    keys = (("code",), ("building", "name", "since"))
    headings = {"name": ("单元", "房号", "铺位"), "floor": ("层",), "area": ("面积", "可租面积"), "since": ("划分日期", "起用日期")}

    building = models.ForeignKey(Building, models.PROTECT, verbose_name=_("楼栋"), related_name="+")
    name = models.CharField(_("单元号"), max_length=40)
    floor = models.SmallIntegerField(_("楼层"), default=1)
    area = ExactField(_("单元面积（平方米）"), scale=2)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("由何单元划分"), related_name="+", editable=False)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("单元")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.building} {self.name}" if self.building_id else self.code

    def clean(self) -> None:
        """Refuse a span that is none, an area that is none, a floor that the building does not have, and another owner's building."""
        super().clean()
        _refuse_nothing(self)
        if self.archived_at is None:
            refuse_foreign(self, "building")
            before = Unit.objects.current().filter(pk=self.pk).exclude(building_id=self.building_id).select_related("building").first()
            if before is not None:
                raise ValidationError(_t("单元「{unit}」在 {building}，不能改到另一栋楼；请归档这一条，在那栋楼另登记一个单元。").format(
                    unit=before.name, building=before.building))
            if self.building.floors is not None and self.floor > self.building.floors:
                raise ValidationError(_t("「楼层」{floor} 高于 {building} 的层数 {floors}。").format(
                    floor=self.floor, building=self.building, floors=self.building.floors))

    @classmethod
    def refuse_together(cls, written: list["Unit"]) -> None:
        """Refuse units that exceed their building or share a name, and a unit that ends or goes away while it is let."""
        refuse_units(each.building_id for each in written)
        refuse_leases(each.pk for each in written)


class Lease(Dated):
    """租赁：一家企业自某日起使用一个单元，到约定的日子止，或到实际退租的日子止。

    One record is one tenancy of one unit; several units under one contract are several records with that document. It
    occupies the unit until it really ended, else until the agreed end: a renewal is another record. What it costs is no
    fact of it: bills stand on this register.
    """

    register = "leases"
    columns = ("code", "unit", "tenant", "since", "until", "ended_on", "end_reason", "document", "purpose")
    listed = ("code", "unit", "tenant", "since", "until", "ended_on", "purpose")
    code_prefix = "ZL"
    keys = (("code",), ("unit", "since"))
    headings = {
        "tenant": ("承租企业", "租户", "入驻企业"), "since": ("起租日", "租赁起始日期"),
        "document": ("租赁合同", "合同编号"), "purpose": ("用途",),
    }

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("单元"), related_name="+")
    tenant = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("承租方"), related_name="+")
    since = models.DateField(_("起租日期"))
    until = models.DateField(_("约定到期日（不含）"), null=True, blank=True)
    ended_on = models.DateField(_("实际退租日（不含）"), null=True, blank=True)
    end_reason = models.CharField(_("退租原因"), max_length=200, blank=True)
    document = models.CharField(_("合同"), max_length=200, blank=True)
    purpose = models.CharField(_("租用用途"), max_length=100, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("租赁")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.since}" if self.since else self.code  # who is in, is told to whoever may see the enterprise

    @property
    def over_on(self) -> date | None:
        """Return the first day on which the unit is free again; None where no end is known."""
        return self.ended_on or self.until

    @staticmethod
    def on(day: date) -> Q:
        """Return the condition: it occupies its unit on that day."""
        return Q(since__lte=day) & (Q(ended_on__gt=day) | Q(ended_on=None) & (Q(until=None) | Q(until__gt=day)))

    def clean(self) -> None:
        """Refuse spans that are none, an end that has not come, and another owner's unit or tenant."""
        super().clean()
        if self.ended_on is not None and self.ended_on <= self.since:
            raise ValidationError(_t("「实际退租日（不含）」{day} 应晚于起租日期 {since}。").format(
                day=self.ended_on, since=self.since))
        if self.ended_on is not None and self.ended_on > clock.today():
            raise ValidationError(_t("「实际退租日（不含）」{day} 还没有到；约定的到期日请填「约定到期日（不含）」。").format(
                day=self.ended_on))
        if self.archived_at is None:
            refuse_foreign(self, "unit", "tenant")

    @classmethod
    def refuse_together(cls, written: list["Lease"]) -> None:
        """Refuse two leases of one unit at one time, and one before or after its unit's or its building's own time."""
        refuse_leases(each.unit_id for each in written)

    def warnings(self) -> list[str]:
        """Say that the agreed end is over and nobody has said whether the tenant left or stays."""
        if self.ended_on is None and self.until is not None and self.until <= clock.today():
            return [_t("约定到期日 {day} 已过：续租的请另登记一条，退租的请办理「退租」。在那以前按空置计。").format(day=self.until)]
        return []


def _refuse_nothing(record: Building | Unit) -> None:
    if record.area <= 0:
        raise ValidationError(_t("「{label}」要大于 0。").format(label=record._meta.get_field("area").verbose_name))


def refuse_units(buildings: Iterable[int]) -> None:
    """Raise ValidationError for each of the buildings whose units are larger than it is, share a name, or outlive it."""
    units = Unit.objects.current().filter(building_id__in={*buildings}).select_related("building").order_by("building_id", "id")
    problems = [
        sentence for building, own in groupby(units, key=lambda unit: unit.building) for sentence in _wrong_units(building, [*own])]
    if problems:
        raise ValidationError(problems)


def _wrong_units(building: Building, units: list[Unit]) -> Iterator[str]:
    if building.archived_at is not None:
        yield _t("{building} 已归档，还有 {count} 个单元登记在它上面，请先归档单元。").format(building=building, count=len(units))
    yield from _overfull(building, units)
    for name, same in groupby(sorted(units, key=lambda unit: (unit.name, unit.since)), key=lambda unit: unit.name):
        for before, after in pairwise(same):
            if before.until is None or before.until > after.since:
                yield _t("{building}：自 {since} 起已有单元 {name}（{code}），不能自 {begun} 起再有一个。请改单元号或起止日期。").format(
                    building=building, since=before.since, name=name, code=before.code, begun=after.since)


def _overfull(building: Building, units: Iterable[Unit]) -> Iterator[str]:
    for day, area in levels((unit.since, unit.until, unit.area) for unit in units):
        if area > building.area:
            yield _t("{building}：{day} 各单元面积合计 {area} 平方米，超过建筑面积 {whole} 平方米，请核对单元的面积和起止日期。").format(
                building=building, day=day, area=text(area), whole=text(building.area))
            return


def refuse_leases(units: Iterable[int]) -> None:
    """Raise ValidationError for each of the units that is let twice on a day, or outside its own or its building's time."""
    leases = Lease.objects.current().filter(unit_id__in={*units}).select_related("unit__building", "tenant")
    leases = leases.order_by("unit_id", "since", "id")
    problems = [sentence for unit, own in groupby(leases, key=lambda lease: lease.unit) for sentence in _doubly(unit, list(own))]
    if problems:
        raise ValidationError(problems)


def _doubly(unit: Unit, leases: list[Lease]) -> Iterator[str]:
    for lease in leases:
        if unit.archived_at is not None:
            yield _t("{unit} 已归档，{lease} 还登记在上面，请先归档或更正租赁。").format(unit=unit, lease=lease)
        elif lease.since < unit.since:
            yield _t("{unit} {since} 才有，{lease} 自 {begun} 起租，请核对日期。").format(
                unit=unit, since=unit.since, lease=lease, begun=lease.since)
        elif unit.until is not None and (lease.over_on is None or lease.over_on > unit.until):
            yield _t("{unit} 到 {until} 为止，{lease} 还没有退租，请先办理「退租」。").format(unit=unit, until=unit.until, lease=lease)
        elif (gone := unit.building.demolished_on) is not None and (lease.over_on is None or lease.over_on > gone.last):
            yield _t("{building} 已于 {day} 拆除，{unit} 的{lease} 还没有退租，请先办理「退租」。").format(
                building=unit.building, day=gone, unit=unit.name, lease=lease)
    for before, after in pairwise(leases):
        if before.over_on is None or before.over_on > after.since:
            told = _t("{unit} 自 {since} 起已租给 {tenant}（{lease}），不能自 {begun} 起再租给 {other}。请改日期，或先办理「退租」。")
            yield told.format(
                unit=unit, since=before.since, tenant=before.tenant, lease=before.code, other=after.tenant, begun=after.since)
