"""Laying out a year: which slots a component has, the period that each looks at, and when it is planned and due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kaifaqu.clocks.calendar import Calendar
from kaifaqu.kernel import clock
from kaifaqu.kernel.periods import Period, month_series
from kaifaqu.kernel.world import World
from kaifaqu.registers.meetings.plans import PlanComponent
from kaifaqu.registers.meetings.rules import Cadence


@dataclass(frozen=True)
class Slot:
    """One slot of a component: its number within the year, its period, what it looks at instead, when it is planned and due."""

    number: int
    period: str
    looks_at: str
    planned_on: date
    due_on: date


def slots(component: PlanComponent, year: int, calendar: Calendar) -> Iterator[Slot]:
    """Yield the slots of a component in a year: twelve months, four quarters, or the weeks whose Thursday lies in the year.

    A week is looked at as it stands on its Sunday. What has no cadence has no slots of its own.
    """
    for number, period in enumerate(periods(component.cadence, year), 1):
        has_none = component.cadence == Cadence.MONTHLY and period.start.month in component.months()
        yield Slot(number, period.text, component.instead if has_none else "", *days(component, period, calendar))


def days(component: PlanComponent, period: Period, calendar: Calendar) -> tuple[date, date]:
    """Return when the slot about a period is planned, and when its minutes are due: so many working days after the period."""
    return calendar.step(period.end, component.planned_days), calendar.step(period.end, component.due_days)


def periods(cadence: str, year: int) -> list[Period]:
    """Return the periods of a year that a cadence looks at."""
    if cadence == Cadence.MONTHLY:
        return month_series(f"{year}-01", 12)
    if cadence == Cadence.QUARTERLY:
        return [Period.parse(f"{year}-Q{quarter}") for quarter in range(1, 5)]
    if cadence == Cadence.WEEKLY:
        first, following = (date.fromisocalendar(each, 1, 7) for each in (year, year + 1))
        return [Period.parse(f"{first + timedelta(weeks=week)}") for week in range((following - first).days // 7)]
    return []


def calendar_of(owner_id: int) -> Calendar:
    """Return the owner's calendar of working days as it is known today."""
    return Calendar.of(owner_id, clock.today(), World())
