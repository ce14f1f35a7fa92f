"""Sheets: which published scoring sheets hold for an owner on a day, and what their items are."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from kaifaqu.kernel import indicators
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.indicators import Definition
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.reporting.calls import OWN, Call, period_of
from kaifaqu.reporting.scoring.amounts import exact, limit, order
from kaifaqu.reporting.scoring.forms import FORMS, Form, Veto
from kaifaqu.reporting.scoring.rules import SHEETS, items_of


@dataclass(frozen=True)
class Item:
    """One item of a sheet: its number, dimension and label, its form, and what it reads."""

    number: str
    dimension: str
    label: str
    form: Form

    @classmethod
    def of(cls, table: str, entry: Mapping[str, Any]) -> "Item":
        """Return the item that an entry in the table of its form is."""
        return cls(entry["number"], entry["dimension"], entry["label"], FORMS[table](entry))

    @property
    def figure(self) -> str:
        """Return the code of the figure that it reads; "" where what is found by hand is counted."""
        return self.form.told.get("figure", "")

    @property
    def target(self) -> str:
        """Return the code of the figure that is its target; "" for a number of the sheet's own, and where it has none."""
        return self.form.told.get("target_figure", "")

    @property
    def unit(self) -> str:
        """Return the unit in which it is counted, where the sheet names one."""
        return self.form.told.get("unit", "")

    @property
    def is_veto(self) -> bool:
        """Tell whether it earns nothing and may end all."""
        return isinstance(self.form, Veto)

    @property
    def call(self) -> Call:
        """Return how its figure is asked for."""
        told = self.form.told
        return Call(self.figure, told.get("period", OWN), told.get("by", ""), told.get("group", ""))

    @property
    def target_call(self) -> Call:
        """Return how its target is asked for: of the whole and of the same period."""
        return Call(self.target, self.form.told.get("period", OWN))

    def during(self, own: Period) -> Period:
        """Return the period that it speaks of in a scoring of the period `own`."""
        return period_of(self.form.told.get("period", OWN), own)

    def takes(self, day: date, own: Period) -> bool:
        """Tell whether what was found on the day is about its period: found within; a place among others is published afterwards."""
        period = self.during(own)
        return period.start <= day and (self.form.takes_one or day <= period.end)

    def definition(self) -> Definition | None:
        """Return the definition of its figure, None where it has none."""
        return indicators.catalogue().get(self.figure)


@dataclass(frozen=True)
class Sheet:
    """One published scoring sheet: its content, the document in which it was laid down, and the record that says so."""

    code: str
    told: Mapping[str, Any]
    document: str
    rule: Any  # the record; None for one that the product ships

    @property
    def title(self) -> str:
        """Return its title."""
        return self.told["title"]

    @property
    def places(self) -> int:
        """Return to how many places the total is rounded."""
        return self.told["places"]

    @property
    def full(self) -> Fraction | None:
        """Return the full marks, where the sheet names them."""
        return limit(self.told.get("full"))

    @property
    def items(self) -> list[Item]:
        """Return its items in the order of their numbers."""
        return sorted((Item.of(*each) for each in items_of(self.told)), key=lambda item: order(item.number))

    def item(self, number: str) -> Item | None:
        """Return the item of this number, None where there is none."""
        return next((each for each in self.items if each.number == number), None)

    def weights(self, dimension: str) -> list[str]:
        """Return the weights that stand outside an item, as written: that of its dimension, and of the whole."""
        return list(filter(None, (self._of(dimension).get("times"), self.told.get("times"))))

    def weight(self, dimension: str) -> Fraction:
        """Return the product of the weights outside an item."""
        found = Fraction(1)
        for each in self.weights(dimension):
            found *= exact(each)
        return found

    def most(self, dimension: str) -> Fraction | None:
        """Return what a dimension counts at most, before the weight of the whole; None where there is no end."""
        return limit(self._of(dimension).get("most"))

    def grade(self, total: Fraction) -> str:
        """Return the grade of a total; "" where the sheet has none so low."""
        return next((name for name, lowest in self.told.get("grades", ()) if total >= exact(lowest)), "")

    def lower(self, one: str, other: str) -> str:
        """Return the lower of two grades; below the last there is none."""
        names = [name for name, _lowest in self.told.get("grades", ())]
        return max((one, other), key=lambda name: names.index(name) if name in names else len(names))

    def _of(self, dimension: str) -> Mapping[str, Any]:
        return next((each for each in self.told.get("dimensions", ()) if each["name"] == dimension), {})


def sheets_of(owner_id: int, on: date, world: World) -> dict[str, Sheet]:
    """Return by code the sheets that hold for the owner on the day, as known in the world: the shipped ones and its own.

    Sheets stand beside each other; of two with one code the later holds, an owner's before a shipped one.
    """
    shipped = SHEETS.shipped()
    found = {code: Sheet(code, told, shipped.source, None) for code, told in shipped.content.items()}
    for rule in _own(owner_id, on, world):
        found |= {code: Sheet(code, told, rule.source_document, rule) for code, told in json.loads(rule.content).items()}
    return found


def titles_of(owner_id: int, world: World) -> dict[str, str]:
    """Return by code what the sheets are called that the owner has, had or will have; of two with one code the last."""
    found = {code: told["title"] for code, told in SHEETS.shipped().content.items()}
    for rule in world.rows(DatedRule).filter(kind=SHEETS.code, owner_id=owner_id).order_by("since", "published_on", "id"):
        found |= {code: told["title"] for code, told in json.loads(rule.content).items()}
    return found


def _own(owner_id: int, on: date, world: World) -> Iterator[Any]:
    """Yield the rules of the owner that hold on the day, the earliest first."""
    rules = list(world.rows(DatedRule).filter(kind=SHEETS.code, owner_id=owner_id).order_by("since", "published_on", "id"))
    superseded = {each.supersedes_id for each in rules if max(each.since, each.published_on) <= on}
    for each in rules:
        if each.since <= on and (each.until is None or each.until > on) and each.id not in superseded:
            yield each
