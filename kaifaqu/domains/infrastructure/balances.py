"""Balances: what a pool holds, what is reserved of it and what is free, from each day on which that changes."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kaifaqu.registers.levels import Span, levels

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Step:
    """How a pool stands from a day on."""

    day: date
    capacity: Decimal
    reserved: Decimal

    @property
    def free(self) -> Decimal:
        """Return what is still free; less than nothing where it is oversold."""
        return self.capacity - self.reserved


def steps(capacities: Iterable[tuple[date, Decimal]], reserved: Iterable[Span]) -> list[Step]:
    """Return the steps of a pool: of capacities each holds until the next, reservations hold from a day to a day."""
    holding, taken = sorted(capacities), list(levels(reserved))
    return [
        Step(day, _held(holding, day), _held(taken, day))
        for day in sorted({day for day, _amount in holding} | {day for day, _amount in taken})]


def at(told: list[Step], day: date) -> Step:
    """Return how the pool stands on a day; before its first step it holds nothing."""
    place = bisect_right([step.day for step in told], day)
    return told[place - 1] if place else Step(day, NOTHING, NOTHING)


def _held(turns: list[tuple[date, Decimal]], day: date) -> Decimal:
    place = bisect_right([since for since, _amount in turns], day)
    return turns[place - 1][1] if place else NOTHING
