"""Gaps: the items that miss most marks, and where their figure bears a yearly target the records that would close the gap."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaifaqu.kernel import clock, units
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.targets.bearing import Bearer, bearers
from kaifaqu.reporting.scoring.amounts import plain
from kaifaqu.reporting.scoring.forms import measured
from kaifaqu.reporting.scoring.results import Line, Result
from kaifaqu.reporting.scoring.sheets import Item, Sheet

ITEMS, RECORDS = 3, 5  # shown


@dataclass
class Gap:
    """An item with the marks that it misses, and the records that would bring them: the nearest, and how many more there are."""

    line: Line
    missing: str
    borne: Bearer | None = None
    nearest: list[tuple[Any, str, str]] = field(default_factory=list)  # the record, when it is expected, what it would bring
    rest: int = 0


def gaps(result: Result, sheet: Sheet, owner: Party, user: Any) -> list[Gap]:
    """Return the items that miss most marks, the largest first, with the records that this person may see."""
    lines = sorted((each for each in result.lines if each.missing), key=lambda line: line.missing or Fraction(0), reverse=True)
    return [_gap(line, sheet, owner, Period.parse(result.period), user) for line in lines[:ITEMS]]


def _gap(line: Line, sheet: Sheet, owner: Party, period: Period, user: Any) -> Gap:
    gap = Gap(line, plain(line.missing or Fraction(0)))
    borne = next((each for each in bearers() if line.figure and each.actual.code == line.figure.code), None)
    item = sheet.item(line.number)
    if borne is None or item is None or item.call.group or not user.may(borne.closing.register.right_to("view"), owner.pk):
        return gap  # of a group alone: which records belong to it, the closing does not know
    gap.borne = borne
    world, day = World(), min(item.during(period).end, clock.today())
    found = world.rows(borne.closing.register).filter(borne.closing.where(day, world), owner_id=owner.pk)
    rows = sorted(found, key=lambda row: (borne.closing.near(row), row.code))
    gap.rest = max(len(rows) - RECORDS, 0)
    weight = sheet.weight(line.dimension)
    gap.nearest = [(row, borne.closing.told(row), _brings(line, item, weight, borne.closing.worth(row))) for row in rows[:RECORDS]]
    return gap


def _brings(line: Line, item: Item, weight: Fraction, worth: Decimal) -> str:
    """Return the marks that a record would bring alone: the item's formula with and without what it adds to the value.

    Return "" where nothing can be computed, or the marks were given by hand: a record changes neither.
    """
    if line.measured is None or line.figure is None or line.computed is None or line.decision is not None:
        return ""
    more = Fraction(units.convert(worth, line.figure.unit, item.unit) if item.unit else worth)
    target = None if line.due is None else measured(Fraction(line.due))
    now, then = (item.form.outcome(measured(Fraction(line.measured) + each), target).marks for each in (0, more))
    return plain((then - now) * weight)
