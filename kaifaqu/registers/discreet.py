"""Figures about people: small groups are not told to a reader who may see the figure and not its records."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel import dated
from kaifaqu.kernel.figures import NOT_COMPUTABLE, Figure, Group
from kaifaqu.kernel.indicators import Indicator
from kaifaqu.registers.states import Rate


@dataclass(frozen=True, kw_only=True, eq=False)
class OfPeople(Indicator):
    """A count of people, or a sum over them; `people` counts those whom a sum is made of.

    A group of fewer than the rule `smallest` says is withheld, and where it is the only one the next larger group too: else
    the whole less all others would tell it. A whole of fewer people is withheld altogether.
    """

    smallest: str  # a kind of dated rule with {"people": N}
    people: Indicator | None = None

    def released(self, figure: Figure) -> Figure:
        """Return the figure without what would tell of few people."""
        counted = figure if self.people is None else self.people.figure(
            figure.period, scope=figure.scope, by=figure.by, known=figure.world.known)
        least = max(
            dated.resolve(self.smallest, owner, figure.period.end, figure.world).content["people"] for owner in figure.scope)
        reason = _("少于 {least} 人的不公布。").format(least=least)
        if counted.value is not None and 0 < counted.value < least:
            return _withheld(figure, reason)
        few = {group.key for group in _few(counted.groups, least)}
        for group in figure.groups:
            if group.key in few:
                group.value, group.reason = None, reason
        return figure


class RateOfPeople(Rate):
    """One figure about people over another: what is withheld of either is withheld of the rate, for that reason."""

    def released(self, figure: Figure) -> Figure:
        """Return the figure with the reasons of its sides."""
        for side in filter(None, (figure.numerator, figure.denominator)):
            if side.value is None:
                return _withheld(figure, side.reason)
            reasons = {group.key: group.reason for group in side.groups if group.value is None}
            for group in figure.groups:
                if group.key in reasons:
                    group.value, group.reason = None, reasons[group.key]
        return figure


def _few(groups: list[Group], least: int) -> Iterator[Group]:
    filled = sorted((each for each in groups if each.value), key=lambda each: each.value or 0)
    few = [each for each in filled if (each.value or 0) < least]
    yield from filled[:2] if len(few) == 1 else few


def _withheld(figure: Figure, reason: Any) -> Figure:
    figure.value, figure.incomplete, figure.status, figure.reason, figure.groups = None, None, NOT_COMPUTABLE, reason, []
    return figure
