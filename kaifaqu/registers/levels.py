"""Levels: what amounts that hold from a day to a day add up to, day after day."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby

Span = tuple[date, date | None, Decimal]  # from a day, until the day before another or without end, how much


def levels(spans: Iterable[Span]) -> Iterator[tuple[date, Decimal]]:
    """Yield each day on which the sum of the spans changes or may change, with the sum from that day on."""
    turns = []
    for since, until, amount in spans:
        if until is None or until > since:
            turns += [(since, amount), *([(until, -amount)] if until else [])]
    total = Decimal(0)
    for day, changes in groupby(sorted(turns), key=lambda turn: turn[0]):
        total += sum(amount for _day, amount in changes)
        yield day, total
