"""Figures about standard workshops at a date: how much there is to let, how much is vacant, who is in."""

from collections.abc import Callable
from datetime import date

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Dimension
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.premises.models import Building, BuildingKind, Lease, Unit
from kaifaqu.registers.states import Hanging, Hung, Rate

UNITS_BY = (Dimension("park", _("园区"), "building__park__name"), Dimension("building", _("楼栋"), "building__name"))
LEASES_BY = tuple(Dimension(each.code, each.label, f"unit__{each.path}") for each in UNITS_BY)
STANDARD = Q(kind=BuildingKind.STANDARD_WORKSHOP)


def completed(on: date) -> Q:
    """Return the condition: the building was completed by that day and not demolished."""
    return Q(completed_on__lte=on) & ~Q(demolished_on__lte=on)


# What is let is told of units and leases, and hangs on the dates of their buildings


@asked_once
def _let(on: date, world: World) -> Q:
    return Q(id__in=world.rows(Lease).filter(Lease.on(on)).values("unit_id"))


def existing(on: date, world: World) -> Q:
    """Return the condition: on that day there is the unit."""
    return Unit.on(on)


def occupied(on: date, world: World) -> Q:
    """Return the condition: on that day there is the unit, and somebody has leased it."""
    return Unit.on(on) & _let(on, world)


def vacant(on: date, world: World) -> Q:
    """Return the condition: on that day there is the unit, and nobody has leased it."""
    return Unit.on(on) & ~_let(on, world)


@asked_once
def to_let(on: date, world: World) -> Q:
    """Return the condition: on that day the unit is part of a completed standard workshop."""
    return Q(building_id__in=world.rows(Building).filter(STANDARD & completed(on)).values("id"))


@asked_once
def leased(on: date, world: World) -> Q:
    """Return the condition: on that day the lease occupies a unit of a standard workshop."""
    return Lease.on(on) & Q(unit_id__in=world.rows(Unit).filter(Unit.on(on) & to_let(on, world)).values("id"))


def of_units(units: Callable[[date, World], Q]) -> Callable[[Period, World], Hung]:
    """Return what is asked of the buildings that have such units."""
    return lambda period, world: [
        (Building, STANDARD & completed(period.end) & Q(id__in=world.rows(Unit).filter(units(period.end, world)).values("building_id")))]


def _area(code: str, label: Promise, basis: Promise, units: Callable[[date, World], Q]) -> Hanging:
    return Hanging(
        code=f"parks.workshops.{code}", label=label, unit="平方米", basis=basis, register=Unit, measure=Sum("area"), by=UNITS_BY,
        where=lambda period, world: units(period.end, world) & to_let(period.end, world), hangs=of_units(units))


AREA, LEASED_AREA, VACANT_AREA = (
    _area("area", _("标准化厂房可租面积"), _("期末已建成、未拆除的标准化厂房的单元面积之和；没有划分单元的楼栋不计"), existing),
    _area("leased_area", _("标准化厂房已租面积"),
          _("期末有租赁的单元面积之和；租赁到实际退租日为止，没有退租登记的到约定到期日为止"), occupied),
    _area("vacant_area", _("标准化厂房空置面积"), _("期末没有租赁的单元面积之和"), vacant),
)
VACANCY_RATE = Rate(
    code="parks.workshops.vacancy_rate", label=_("标准化厂房空置率"), unit="%", basis=_("空置面积 ÷ 可租面积，都按期末那一天"),
    numerator=VACANT_AREA, denominator=AREA, by=UNITS_BY)
LEASES, TENANTS = (
    Hanging(
        code=f"parks.workshops.{code}.count", label=label, unit=unit, basis=basis, register=Lease, measure=measure, by=LEASES_BY,
        where=lambda period, world: leased(period.end, world), hangs=of_units(occupied))
    for code, label, unit, basis, measure in (
        ("leases", _("标准化厂房在租合同数"), "项", _("期末占用标准化厂房单元的租赁，一个单元一项"), Count("id")),
        ("tenants", _("标准化厂房入驻企业数"), "家", _("期末租用标准化厂房的企业，租几个单元都算一家"), Count("tenant", distinct=True)),
    )
)
