"""Tiles: a figure as it stands on the overview, with its light against a target and the time of its last data."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kaifaqu.kernel.dated import Resolved
from kaifaqu.kernel.events import Head
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages import domains
from kaifaqu.pages.reading import moment
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.targets.standing import lights_of
from kaifaqu.reporting.calls import period_of
from kaifaqu.reporting.overview.lasting import last_data
from kaifaqu.reporting.overview.rules import TODAY


@dataclass(frozen=True)
class Tile:
    """One figure with the moment of its last data, and how it stands to its yearly target: the colour, and why."""

    figure: Figure
    at: datetime | None
    target: tuple[Colour, str] | None = None

    @property
    def last(self) -> str:
        """Return the moment of the last data in words; nothing where the reader may not know it."""
        return moment(self.at) if self.at else ""


@dataclass(frozen=True)
class Group:
    """Tiles under one heading."""

    title: str
    tiles: list[Tile]


def groups(rule: Resolved, own: Period, today: date, owner: int, world: World, user: Any) -> tuple[list[Group], Head]:
    """Return the figures that the rule chooses, all computed at once, and the head of the chain; without those of a domain that is off."""
    catalogue, wanted = domains.catalogue(), []
    for each in rule.content["figures"]:
        if each["figure"] in catalogue:
            period = Period.parse(f"{today}") if each["period"] == TODAY else period_of(each["period"], own)
            wanted.append((each["group"], catalogue[each["figure"]], period))
    shown = evaluate([(definition, period) for _title, definition, period in wanted], scope={owner}, user=user)
    moments, head = last_data(shown)
    lights = lights_of(owner, shown, world, user)
    found: dict[str, list[Tile]] = {}
    for (title, _definition, _period), figure, at, light in zip(wanted, shown, moments, lights, strict=True):
        found.setdefault(title, []).append(Tile(figure, at, light))
    return [Group(title, tiles) for title, tiles in found.items()], head
