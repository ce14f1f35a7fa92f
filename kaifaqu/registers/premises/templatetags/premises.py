"""What premises put on the page of a building: its units by floor, who is in each, and the vacancy on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import template
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, units
from kaifaqu.pages.asked import day
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.premises.models import Building, Lease, Unit

register = template.Library()


@dataclass(frozen=True)
class Occupied:
    """A unit on a day, with the lease that occupies it and the tenant's name; neither where it is vacant."""

    unit: Unit
    lease: Lease | None
    tenant: str


@dataclass(frozen=True)
class House:
    """A building on a day: its floors from the top down, each with its units."""

    on: date
    floors: list[tuple[int, list[Occupied]]]
    area: Decimal
    vacant: Decimal
    sees_leases: bool
    may_divide: bool
    problem: str

    @property
    def rate(self) -> str:
        """Return the share of the area that is vacant, in words; nothing where there are no units."""
        share = units.ratio(self.vacant * 100, self.area)
        return "" if share is None else f"{units.text(units.round_half_up(share, 2))}%"


@register.simple_tag(takes_context=True)
def house(context: Any, building: Building) -> House | None:
    """Return the building on the day that the address asks for, as far as the person may see it."""
    user, on, problem = context["user"], clock.today(), ""
    if not user.may("building_units.view", building.owner_id):
        return None
    if told := day(context["request"].GET.get("day", "")):
        try:
            on = date.fromisoformat(told)
        except ValueError:
            problem = _("「{text}」不是日期，请写成 2024-06-30。").format(text=told)
    rows: Any = Unit.objects.visible_to(user).filter(Unit.on(on), building=building).order_by("-floor", "name")
    sees, reader = user.may("leases.view", building.owner_id), Reader(user)
    leases: Any = Lease.objects.visible_to(user).filter(Lease.on(on), unit__in=rows) if sees else []
    held = {each.unit_id: each for each in leases}
    told_units = [
        Occupied(each, lease := held.get(each.pk), reader.name(Enterprise, lease.tenant_id) if lease else "") for each in rows]
    return House(
        on, [(floor, list(some)) for floor, some in groupby(told_units, key=lambda each: each.unit.floor)],
        sum((each.unit.area for each in told_units), Decimal(0)),
        sum((each.unit.area for each in told_units if each.lease is None), Decimal(0)), sees,
        user.may("building_units.edit", building.owner_id), problem)
