"""Who gains and who loses: one scheme against another, case by case, told in groups of old fuel, new car and class of price.

Of a case that is not known under one of them neither gain nor loss is told: it is counted as not known. What it would be if
all of those were eligible stands apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import duckdb
from django.utils.translation import gettext as _t

from kaifaqu.domains.subsidies import columns, population, schemes
from kaifaqu.domains.subsidies.clauses import FUELS
from kaifaqu.domains.subsidies.conditions import facts_of
from kaifaqu.domains.subsidies.evaluating import NO, UNCLEAR, YES, Ready, ready
from kaifaqu.domains.subsidies.facts import FACTS

GROUPED = ("old_fuel", "new_power", "place")


@dataclass
class Tally:
    """How many cases there are, what they get before and after in whole 元, and how many gain, lose, or are not known.

    `newly` and `no_longer` are those that become eligible, or cease to be; `amount_` is of the cases that are known under both,
    `at_most_` what the not known ones would get if all of them that are not refused were eligible.
    """

    cases: int = 0
    eligible_before: int = 0
    eligible_after: int = 0
    newly: int = 0
    no_longer: int = 0
    unclear: int = 0
    gaining: int = 0
    losing: int = 0
    amount_before: int = 0
    amount_after: int = 0
    gain: int = 0
    loss: int = 0
    at_most_before: int = 0
    at_most_after: int = 0

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        for each in fields(Tally):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass
class Group(Tally):
    """One group: its names, the amounts a case gets before and after where all eligible ones get the same, and the reasons that changed."""

    old_fuel: str = ""
    new_power: str = ""
    price: str = ""
    each_before: int | None = None
    each_after: int | None = None
    opened: tuple[str, ...] = ()  # for which cases were refused before and are not any more
    closed: tuple[str, ...] = ()  # for which cases are refused now


@dataclass
class Comparison:
    """Two schemes over one population."""

    groups: list[Group]
    total: Tally
    unknown: list[str]  # the facts that are not known of some cases, in words

    @property
    def told(self) -> list[Group]:
        """Return the groups of which there is something to tell: not those that get nothing before or after."""
        return [each for each in self.groups if each.eligible_before or each.eligible_after or each.unclear]

    @property
    def refused(self) -> int:
        """Return how many cases are in the groups that get nothing before or after."""
        return self.total.cases - sum(each.cases for each in self.told)


def pair(content: Any, before: str = "", after: str = "") -> tuple[int, int] | None:
    """Return which schemes are compared: as asked for where they are there, else the newest with the one before; None for too few."""
    there = {str(each): each for each in schemes.known(content, date.max)}
    newer = there.get(after) or next(iter(there.values()), 0)
    older = [each for each in there.values() if each < newer] or [each for each in there.values() if each != newer]
    if not older:
        return None
    return next(each for each in (there.get(before), older[0]) if each not in (None, newer)), newer


def terms_beside(content: Any, before: int, after: int) -> Iterator[tuple[Any, str, str, bool]]:
    """Yield what the two schemes lay down, item by item: its name, both in words, and whether they differ."""
    one, other = (ready(content, each, date.max).terms for each in (before, after))
    for item in schemes.ITEMS:
        values = one.get(item.path), other.get(item.path)
        if item.path not in (*schemes.OF_A_ROW, "source") and values != (None, None):
            shown = (lambda share: f"{schemes.percent(share)}%") if item.path.endswith("_share") else item.value
            told = ["—" if value is None else shown(value) for value in values]
            yield item.label, *told, values[0] != values[1]


def compare(content: Any, before: int, after: int, cases: Iterable[dict[str, Any]], bounds: list[int]) -> Comparison:
    """Return who gains and who loses of the cases by all that the documents of the two schemes announce."""
    facts = columns.table(cases)
    by = [ready(content, each, date.max) for each in (before, after)]
    with duckdb.connect() as database:
        database.register("facts", facts)
        for name, scheme in zip(("one", "other"), by, strict=True):
            database.register(name, columns.judged(population.acting(facts, scheme), scheme))
        found = sorted(database.sql(_statement(bounds)).to_arrow_table().to_pylist(), key=_place)
    groups, total, open_to = [], Tally(), [0, 0]
    for row in found:
        for place, each in enumerate(("unclear_before", "unclear_after")):
            open_to[place] |= row.pop(each)
        groups.append(_group(row, by, bounds))
        total.add(groups[-1])
    return Comparison(groups, total, _unknown(by, open_to) if total.unclear else [])


def _place(row: dict[str, Any]) -> tuple[int, ...]:
    """Return where a group stands: fuels and new cars in the order of their names in the rules, what is not known last."""
    orders = [*FUELS], [*schemes.KINDS], range(row["place"] + 1 if row["place"] is not None else 0)
    return tuple(order.index(row[name]) if row[name] in order else 99 for name, order in zip(GROUPED, orders, strict=True))


def _statement(bounds: list[int]) -> str:
    """Return the statement that counts and adds up each group; shares and averages of it are nobody's."""
    place = " + ".join(f"(price > {each * 100})::INTEGER" for each in bounds) or "0"
    known = f"was <> '{UNCLEAR}' AND now <> '{UNCLEAR}'"
    return f"""
        WITH judged AS (
            SELECT old_fuel, new_power, {place} AS place, one.eligible AS was, other.eligible AS now,
                one.failing AS failing_before, other.failing AS failing_after, one.unclear AS open_before, other.unclear AS open_after,
                coalesce(one.amount, 0) AS most_before, coalesce(other.amount, 0) AS most_after,
                CASE WHEN was = '{YES}' THEN one.amount ELSE 0 END AS paid_before,
                CASE WHEN now = '{YES}' THEN other.amount ELSE 0 END AS paid_after, {known} AS known
            FROM facts POSITIONAL JOIN one POSITIONAL JOIN other)
        SELECT old_fuel, new_power, place, count(*) AS cases,
            count(*) FILTER (was = '{YES}') AS eligible_before, count(*) FILTER (now = '{YES}') AS eligible_after,
            count(*) FILTER (was = '{NO}' AND now = '{YES}') AS newly, count(*) FILTER (was = '{YES}' AND now = '{NO}') AS no_longer,
            count(*) FILTER (NOT known) AS unclear,
            count(*) FILTER (known AND paid_after > paid_before) AS gaining,
            count(*) FILTER (known AND paid_after < paid_before) AS losing,
            {_sum("paid_before", "known")} AS amount_before, {_sum("paid_after", "known")} AS amount_after,
            {_sum("paid_after - paid_before", "known AND paid_after > paid_before")} AS gain,
            {_sum("paid_before - paid_after", "known AND paid_after < paid_before")} AS loss,
            {_sum("most_before", f"NOT known AND was <> '{NO}'")} AS at_most_before,
            {_sum("most_after", f"NOT known AND now <> '{NO}'")} AS at_most_after,
            CASE WHEN min(paid_before) FILTER (was = '{YES}') = max(paid_before) THEN max(paid_before) END AS each_before,
            CASE WHEN min(paid_after) FILTER (now = '{YES}') = max(paid_after) THEN max(paid_after) END AS each_after,
            coalesce(bit_or(failing_before) FILTER (was = '{NO}' AND now <> '{NO}'), 0) AS opened,
            coalesce(bit_or(failing_after) FILTER (was <> '{NO}' AND now = '{NO}'), 0) AS closed,
            coalesce(bit_or(open_before) FILTER (was = '{UNCLEAR}'), 0) AS unclear_before,
            coalesce(bit_or(open_after) FILTER (now = '{UNCLEAR}'), 0) AS unclear_after
        FROM judged GROUP BY old_fuel, new_power, place"""


def _sum(what: str, of: str) -> str:
    return f"coalesce(sum({what}) FILTER ({of}), 0)::BIGINT"


def _group(row: dict[str, Any], by: list[Ready], bounds: list[int]) -> Group:
    fuel, kind, place = (row.pop(each) for each in GROUPED)
    bits = [row.pop(each) for each in ("opened", "closed")]
    opened, closed = (tuple(_reasons(scheme, each)) for scheme, each in zip(by, bits, strict=True))
    kinds = FACTS["new_power"].choices or {}
    return Group(
        **row, old_fuel=str(FUELS.get(fuel, _t("燃料不明"))), new_power=str(kinds.get(kind, _t("新车类别不明"))),
        price=population.class_of(place, bounds), opened=opened, closed=closed)


def _reasons(by: Ready, bits: int) -> Iterator[str]:
    """Yield in words what the clauses whose bits are set ask about: the last fact of each."""
    for place, each in enumerate(by.asked):
        if bits >> place & 1:
            yield str(FACTS[[*facts_of(each.condition)][-1]].label)


def _unknown(by: list[Ready], bits: list[int]) -> list[str]:
    return [*dict.fromkeys(name for scheme, each in zip(by, bits, strict=True) for name in _reasons(scheme, each))]
