"""Tiles: a figure as it stands on the overview, with its light against a target and the time of its last data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel import units
from kaifaqu.kernel.dated import Resolved
from kaifaqu.kernel.events import Head
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.indicators import Definition
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import domains
from kaifaqu.pages.reading import moment
from kaifaqu.registers.projects.lights import Colour
from kaifaqu.reporting.calls import period_of
from kaifaqu.reporting.overview.lasting import last_data
from kaifaqu.reporting.overview.rules import TODAY


@dataclass(frozen=True)
class Target:
    """How far a figure is towards the target of its year, beside the share of the year that is over (序时进度)."""

    colour: Colour
    words: str


@dataclass(frozen=True)
class Tile:
    """One figure with the moment of its last data, and its target, where it has one."""

    figure: Figure
    at: datetime | None
    target: Target | None = None

    @property
    def last(self) -> str:
        """Return the moment of the last data in words; nothing where the reader may not know it."""
        return moment(self.at) if self.at else ""


@dataclass(frozen=True)
class Group:
    """Tiles under one heading."""

    title: str
    tiles: list[Tile]


def groups(rule: Resolved, own: Period, today: date, scope: Iterable[int], user: Any) -> tuple[list[Group], Head]:
    """Return the figures that the rule chooses, all computed at once, and the head of the chain; without those of a domain that is off."""
    catalogue, wanted = domains.catalogue(), []
    for each in rule.content["figures"]:
        if each["figure"] in catalogue:
            period = Period.parse(f"{today}") if each["period"] == TODAY else period_of(each["period"], own)
            target = catalogue.get(each.get("target", ""))
            wanted.append((each["group"], catalogue[each["figure"]], period, target))
    year = period_of("本年", own)
    asked: list[tuple[Definition, Period]] = [(definition, period) for _title, definition, period, _target in wanted]
    targets = list(dict.fromkeys(target for *_rest, target in wanted if target))
    figures = evaluate([*asked, *((target, year) for target in targets)], scope=scope, user=user)
    reached = dict(zip(targets, figures[len(asked):], strict=True))
    shown = figures[:len(asked)]
    moments, head = last_data(shown)
    found: dict[str, list[Tile]] = {}
    for (title, _definition, period, target), figure, at in zip(wanted, shown, moments, strict=True):
        light = towards(figure, reached[target], min(period.end, today), rule.content["red_below"]) if target else None
        found.setdefault(title, []).append(Tile(figure, at, light))
    return [Group(title, tiles) for title, tiles in found.items()], head


def towards(figure: Figure, target: Figure, on: date, red_below: int) -> Target | None:
    """Return how the figure stands to its yearly target on a day; None where one of the two has no value.

    Green: as far as the share of the year that is over, by days; red: below `red_below` per cent of that; else yellow.
    """
    if figure.value is None or not target.value:
        return None
    start, end = date(on.year, 1, 1), date(on.year, 12, 31)
    passed, whole = (on - start).days + 1, (end - start).days + 1
    done, due = figure.value * whole * 100, target.value * passed * 100
    colour = Colour.GREEN if done >= due else Colour.YELLOW if done * 100 >= due * red_below else Colour.RED
    shares = (figure.value * 100 / target.value, Decimal(passed * 100) / whole)
    told = [units.text(units.round_half_up(each, 1)) for each in shares]
    return Target(colour, _("目标 {target}，已到 {done}%，序时 {due}%").format(target=target.display, done=told[0], due=told[1]))
