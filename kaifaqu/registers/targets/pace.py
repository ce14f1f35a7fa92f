"""The time-proportional share of a target (序时进度), and how far what is reached stays behind it."""

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from kaifaqu.kernel import units
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.targets.splits import Months

PLACES = 2


@dataclass(frozen=True)
class Pace:
    """What should be reached by a day, exactly, and whether months that were laid down say so or the days of the year."""

    due: Fraction
    by_months: bool

    @property
    def shown(self) -> Decimal:
        """Return what should be reached, rounded half up once."""
        return units.round_half_up(_number(self.due), PLACES)

    @property
    def words(self) -> str:
        """Return how it was computed."""
        return _("按月分解累计，当月按天数") if self.by_months else _("没有完整的按月分解，按全年天数")


def pace(amount: Decimal, months: Months, year: int, on: date) -> Pace:
    """Return what should be reached of the year's amount by the end of the day.

    Where months are given, those that are over count wholly and that of the day by its days; else the year by its days.
    """
    if on.year != year:
        return Pace(Fraction(amount) if on.year > year else Fraction(0), bool(months))
    if months:
        over = sum((Fraction(part) for month, part in months.items() if month < on.month), Fraction(0))
        return Pace(over + Fraction(months.get(on.month, 0)) * on.day / monthrange(year, on.month)[1], True)
    return Pace(Fraction(amount) * on.timetuple().tm_yday / (366 if isleap(year) else 365), False)


def of_part(part: Decimal, whole: Decimal, zone: Pace) -> Pace:
    """Return what should be reached of a part that is not split by month: as much of it as of the whole."""
    return Pace(zone.due * Fraction(part) / Fraction(whole) if whole else Fraction(0), zone.by_months)


def light(amount: Decimal, actual: Decimal, due: Pace, rule: dict[str, int]) -> tuple[Colour, str]:
    """Return the colour of a target by the rule's points of the year's amount, and in words why."""
    if actual >= amount:
        return Colour.GREEN, _("全年目标已完成")
    behind = (due.due - Fraction(actual)) * 100 / Fraction(amount)
    if behind <= 0:
        return Colour.GREEN, _("不落后于序时进度")
    points = units.text(units.round_half_up(_number(behind), 1))
    told = _("落后序时进度 {points} 个百分点").format(points=points)
    if behind < rule["yellow_points"]:
        return Colour.GREEN, told
    return (Colour.RED if behind > rule["red_points"] else Colour.YELLOW), told


def _number(exact: Fraction) -> Decimal:
    number = units.ratio(exact.numerator, exact.denominator)
    assert number is not None  # no fraction has a denominator of zero
    return number
