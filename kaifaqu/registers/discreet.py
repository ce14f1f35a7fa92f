"""Figures about people: small groups are not told to a reader who may see the figure and not its records."""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.figures import NOT_COMPUTABLE, Figure, Group
from kaifaqu.kernel.indicators import Indicator
from kaifaqu.kernel.world import World
from kaifaqu.registers.states import Rate

View = dict[Hashable, Decimal]  # how many people each group has


@dataclass(frozen=True, kw_only=True, eq=False)
class OfPeople(Indicator):
    """A count of people, or a sum over them; `people` counts those whom a sum is made of, `among` those of whom they are a part.

    A group of fewer than the rule `smallest` says is withheld, and so is one whose rest, those who are among the whole and
    not counted, are fewer: else the two counts would tell of the rest. The next larger groups go with them until the hidden
    ones hold so many people together, or the whole less all others would tell of them. A whole of fewer is withheld
    altogether. That nobody or everybody of a group that is large enough is counted is told: it points to no few of them.
    """

    smallest: str  # a kind of dated rule with {"people": N}
    people: "OfPeople | None" = None
    among: "OfPeople | None" = None

    def released(self, figure: Figure) -> Figure:
        """Return the figure without what would tell of few people, by what the owners' rules say today."""
        counter, today, world = self.people or self, clock.today(), World()  # who may see what is always asked of today
        least = max(dated.resolve(self.smallest, owner, today, world).content["people"] for owner in figure.scope)
        reason = _("少于 {least} 人的不公布。").format(least=least)
        wholes, views, labels = _views(counter, figure)
        if any(0 < value < least for value in wholes):
            return _withheld(figure, reason)
        hidden, told = _hidden(views, least), {group.key for group in figure.groups}
        figure.groups += [Group(key, labels[key], None) for key in hidden - told]  # that it has nobody would be told by its absence
        for group in figure.groups:
            if group.key in hidden:
                group.value, group.reason = None, reason
        return figure


class RateOfPeople(Rate):
    """One figure about people over another: what is withheld of either is withheld of the rate, for that reason.

    A numerator that is a part of the denominator says so by `among`, so that the rest is no smaller than what is told.
    """

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


def _views(counter: OfPeople, figure: Figure) -> tuple[list[Decimal], list[View], dict[Hashable, str]]:
    """Return the wholes and the groups of those who are counted, of those of whom they are a part and of the rest; the labels."""
    counted, *among = (
        each.figure(figure.period, scope=figure.scope, by=figure.by, known=figure.world.known)
        for each in filter(None, (counter, counter.among)))
    wholes, views = ([each.value or Decimal(0) for each in (counted, *among)], [_view(each) for each in (counted, *among)])
    if among:
        wholes.append(wholes[1] - wholes[0])
        views.append({key: views[1].get(key, Decimal(0)) - views[0].get(key, Decimal(0)) for key in views[1] | views[0]})
    return wholes, views, {group.key: group.label for each in (counted, *among) for group in each.groups}


def _view(figure: Figure) -> View:
    return {group.key: group.value or Decimal(0) for group in figure.groups}


def _hidden(views: list[View], least: int) -> set[Any]:
    """Return the groups that are too small in any view, and the next larger ones until the hidden ones are enough in each."""
    hidden = {key for view in views for key, value in view.items() if 0 < value < least}
    largest: View = views[min(1, len(views) - 1)]  # those of whom they are a part, where they are one
    larger = sorted((key for key in largest if key not in hidden), key=lambda key: (largest[key], str(key)))
    while hidden and larger and (
            len(hidden) == 1 or any(0 < sum(view.get(key, 0) for key in hidden) < least for view in views)):
        hidden.add(larger.pop(0))
    return hidden


def _withheld(figure: Figure, reason: Any) -> Figure:
    figure.value, figure.incomplete, figure.status, figure.reason, figure.groups = None, None, NOT_COMPUTABLE, reason, []
    return figure
