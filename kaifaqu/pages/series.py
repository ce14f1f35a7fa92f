"""A figure month by month: the months, and the chart that is drawn of them on the server."""

from collections.abc import Iterable, Sequence
from typing import Any

from kaifaqu.kernel import units
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.indicators import Definition
from kaifaqu.kernel.periods import Period, month_series
from kaifaqu.pages import bars
from kaifaqu.pages.bars import Bar

MONTHS = 12
PLACES = 2  # decimals above a bar; the table beside it has all of them


def months_to(period: Period, count: int = MONTHS) -> list[Period]:
    """Return the months that end with the one in which the period ends."""
    first = period.end.year * 12 + period.end.month - count
    return month_series(f"{first // 12}-{first % 12 + 1:02d}", count)


def series(definition: Definition, period: Period, scope: Iterable[Any], known: int | None, user: Any) -> list[Figure]:
    """Return the figure of each of these months, all as known at one event, computed together."""
    return evaluate([(definition, month) for month in months_to(period)], scope=scope, known=known, user=user)


def chart(figures: Sequence[Figure]) -> str:
    """Return the address of a picture of the months, which holds the picture itself; of fewer than two values, nothing.

    A month without a value is a gap, never a zero.
    """
    present = [abs(figure.value) for figure in figures if figure.value is not None]
    if len(present) < 2:
        return ""
    unit = figures[-1].indicator.unit
    shown = "亿元" if unit == "万元" and max(present) >= 10_000 else unit
    told: list[Bar] = []
    for figure in figures:
        month = figure.period.start
        name = f"{month:%Y-%m}" if not told or month.month == 1 else f"{month:%m}"
        value = None if figure.value is None else units.convert(figure.value, unit, shown) if shown != unit else figure.value
        told.append(Bar(name, value, "" if value is None else units.text(units.round_half_up(value, PLACES))))
    return bars.picture(told, shown)
