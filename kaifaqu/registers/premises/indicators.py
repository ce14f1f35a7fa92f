"""Figures about standard workshops at a date: what is built, how much there is to let, how much is vacant, who is in."""

from datetime import date

from django.db.models import Count, Q, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.world import World
from kaifaqu.registers.premises.models import Building, BuildingKind, Lease, Unit

UNITS_BY = (Dimension("park", _("园区"), "building__park__name"), Dimension("building", _("楼栋"), "building__name"))
LEASES_BY = tuple(Dimension(each.code, each.label, f"unit__{each.path}") for each in UNITS_BY)
STANDARD = Q(kind=BuildingKind.STANDARD_WORKSHOP)


def completed(on: date) -> Q:
    """Return the condition: the building was completed by that day and not demolished."""
    return Q(completed_on__lte=on) & ~Q(demolished_on__lte=on)


@asked_once
def to_let(on: date, world: World) -> Q:
    """Return the condition: on that day the unit is part of a completed standard workshop."""
    return Unit.on(on) & Q(building_id__in=world.rows(Building).filter(STANDARD & completed(on)).values("id"))


@asked_once
def let(on: date, world: World) -> Q:
    """Return the condition: on that day somebody has leased the unit."""
    return Q(id__in=world.rows(Lease).filter(Lease.on(on)).values("unit_id"))


@asked_once
def leased(on: date, world: World) -> Q:
    """Return the condition: on that day the lease occupies a unit of a standard workshop."""
    return Lease.on(on) & Q(unit_id__in=world.rows(Unit).filter(to_let(on, world)).values("id"))


AREA, LEASED_AREA, VACANT_AREA = (
    Indicator(
        code=f"parks.workshops.{code}", label=label, unit="平方米", basis=basis, register=Unit, measure=Sum("area"), by=UNITS_BY,
        where=where)
    for code, label, basis, where in (
        ("area", _("标准化厂房可租面积"), _("期末已建成、未拆除的标准化厂房的单元面积之和；没有划分单元的楼栋不计"),
         lambda period, world: to_let(period.end, world)),
        ("leased_area", _("标准化厂房已租面积"), _("期末有租赁的单元面积之和；租赁到实际退租日为止，没有退租登记的到约定到期日为止"),
         lambda period, world: to_let(period.end, world) & let(period.end, world)),
        ("vacant_area", _("标准化厂房空置面积"), _("期末没有租赁的单元面积之和"),
         lambda period, world: to_let(period.end, world) & ~let(period.end, world)),
    )
)
VACANCY_RATE = Ratio(
    code="parks.workshops.vacancy_rate", label=_("标准化厂房空置率"), unit="%", basis=_("空置面积 ÷ 可租面积，都按期末那一天"),
    numerator=VACANT_AREA, denominator=AREA, by=UNITS_BY)
LEASES = Indicator(
    code="parks.workshops.leases.count", label=_("标准化厂房在租合同数"), unit="项", basis=_("期末占用标准化厂房单元的租赁，一个单元一项"),
    register=Lease, by=LEASES_BY, where=lambda period, world: leased(period.end, world))
TENANTS = Indicator(
    code="parks.workshops.tenants.count", label=_("标准化厂房入驻企业数"), unit="家",
    basis=_("期末租用标准化厂房的企业，租几个单元都算一家"), register=Lease, measure=Count("tenant", distinct=True), by=LEASES_BY,
    where=lambda period, world: leased(period.end, world))


# What is built: whichever work builds it, areas are facts of the buildings

BUILDINGS_BY = (Dimension("park", _("园区"), "park__name"),)


def under_way(on: date) -> Q:
    """Return the condition: on that day the building was under construction."""
    return Q(started_on__lte=on) & ~Q(completed_on__lte=on) & ~Q(demolished_on__lte=on)


COMPLETED_AREA, IN_PROGRESS_AREA, TOTAL_AREA = (
    Indicator(
        code=f"infrastructure.standard_workshop.{code}", label=label, unit="平方米", basis=basis, register=Building,
        measure=Sum("area"), by=BUILDINGS_BY, where=where)
    for code, label, basis, where in (
        ("completed_area", _("已建成标准化厂房面积"), _("期末已建成、未拆除的标准化厂房的建筑面积之和"),
         lambda period, world: STANDARD & completed(period.end)),
        ("in_progress_area", _("在建标准化厂房面积"), _("期末已开工、未建成的标准化厂房的建筑面积之和"),
         lambda period, world: STANDARD & under_way(period.end)),
        ("total_area", _("已建和在建标准化厂房面积"), _("期末已建成的和在建的标准化厂房的建筑面积之和"),
         lambda period, world: STANDARD & (completed(period.end) | under_way(period.end))),
    )
)
COMPLETED_BUILDINGS = Indicator(
    code="infrastructure.standard_workshop.completed_buildings", label=_("已建成标准化厂房栋数"), unit="栋",
    basis=_("期末已建成、未拆除的标准化厂房"), register=Building, by=BUILDINGS_BY,
    where=lambda period, world: STANDARD & completed(period.end))
AREA_PER_BUILDING = Ratio(
    code="infrastructure.standard_workshop.area_per_building", label=_("标准化厂房平均每栋面积"), unit="平方米/栋",
    basis=format_lazy(_("{above} ÷ {below}"), above=COMPLETED_AREA.label, below=COMPLETED_BUILDINGS.label),
    numerator=COMPLETED_AREA, denominator=COMPLETED_BUILDINGS, times=1, by=BUILDINGS_BY)
