"""The path of a package from its records: what its items wait for, when each is due, and how many days were saved."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from kaifaqu.cases import keeping
from kaifaqu.clocks.calendar import DAY, Calendar
from kaifaqu.domains.reforms.items import ItemNeed, PackageItem, needs_of
from kaifaqu.domains.reforms.packages import Package
from kaifaqu.domains.reforms.packages_schedule import Part, Schedule, longest, schedule
from kaifaqu.kernel import clock

Needs = dict[int, list[int]]


class Lengths(NamedTuple):
    """A package in working days: its longest path, and its items one after another."""

    longest: int
    sum: int


class Saved(NamedTuple):
    """What a finished package took and saved in working days, against the longest path by law."""

    statutory: int
    promised: int
    taken: int
    saved: int


def items_of(package: Package) -> list[PackageItem]:
    """Return the items of a package in the order of their listing."""
    return list(PackageItem.objects.current().filter(package=package).select_related("holder", "specialist").order_by("id"))


def needs_in(items: Iterable[PackageItem]) -> Needs:
    """Return by item of a package what it waits for."""
    here = [each.pk for each in items]
    found = needs_of(ItemNeed.objects.current().filter(item__in=here, needs__in=here).order_by("id"))
    return {pk: found.get(pk, []) for pk in here}


def calendar_of(owner_id: int) -> Calendar:
    """Return the owner's calendar as its clocks use it today."""
    return Calendar.of(owner_id, clock.today(), keeping.laid_down())


def schedule_of(package: Package, items: list[PackageItem], needs: Needs, days: str = "promised_days") -> Schedule:
    """Return when the items of a package run: from the day on which it was handed in, else from today."""
    PackageItem.learn_steps(items)
    today = clock.today()
    begun = package.submitted_on or max(package.entrusted_on, today)
    return schedule((_part(each, needs, days) for each in items), begun, calendar_of(package.owner_id), today)


def lengths(items: Iterable[PackageItem], needs: Needs, days: str) -> Lengths:
    """Return how long a package takes, by the days by law or by those that were promised."""
    of = {each.pk: getattr(each, days) for each in items}
    return Lengths(longest(of, needs), sum(of.values()))


def saved(package: Package, items: list[PackageItem], submitted_on: date) -> Saved:
    """Return what a package whose items are done took, from its submission to the last result, pauses included."""
    needs, last = needs_in(items), max(each.resolved_on for each in items if each.resolved_on)
    taken = calendar_of(package.owner_id).between(submitted_on + DAY, last + DAY)
    statutory, promised = (lengths(items, needs, days).longest for days in ("statutory_days", "promised_days"))
    return Saved(statutory, promised, taken, statutory - taken)


def _part(item: Any, needs: Needs, days: str) -> Part:
    steps = item.steps()
    return Part(
        item.pk, getattr(item, days) + item.granted(steps), tuple(needs[item.pk]), item.accepted_on or item.received_on, item.resolved_on,
        tuple(keeping.pauses_of(steps)))
