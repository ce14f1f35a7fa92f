"""Conditions over facts that may be unknown: written once, and asked of one case, of a table's columns, or on a page.

A condition is a small tree of lists that JSON can hold. Its leaves compare a fact with what is laid down; its answer is yes,
no, or not known (None), as three-valued logic has it: where one part says no, all say no, whatever the rest is.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Condition = list[Any]
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "in": lambda value, bound: value in bound, "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
OVER_COLUMNS = {"in": pc.equal, "<=": pc.less_equal, ">=": pc.greater_equal, "<": pc.less, ">": pc.greater}
Facts = Mapping[str, Any]  # dates as 2024-04-24, so that they compare as they stand; None for what is not known


def up_to(fact: str, most: Any) -> Condition:
    """Return the condition that a fact is at most this; a day is included."""
    return ["<=", fact, most]


def since(fact: str, least: Any) -> Condition:
    """Return the condition that a fact is at least this; a day is included."""
    return [">=", fact, least]


def among(fact: str, *values: Any) -> Condition:
    """Return the condition that a fact is one of these."""
    return ["in", fact, [*values]]


def every(*parts: Condition) -> Condition:
    """Return the condition that all hold."""
    return ["all", *parts]


def either(*parts: Condition) -> Condition:
    """Return the condition that one of these holds."""
    return ["any", *parts]


def facts_of(condition: Condition) -> Iterator[str]:
    """Yield the facts that a condition asks for, each as often as it does."""
    operation, *parts = condition
    if operation in ("all", "any"):
        for part in parts:
            yield from facts_of(part)
    else:
        yield parts[0]


# One case


def compiled(condition: Condition) -> Callable[[Facts], bool | None]:
    """Return a function that tells of one case's facts whether the condition holds; None where that is not known."""
    operation, *parts = condition
    if operation in ("all", "any"):
        return _joined([compiled(part) for part in parts], decides=operation == "any")
    fact, bound = parts

    def leaf(facts: Facts) -> bool | None:
        value = facts.get(fact)
        if value is None:
            return None
        return COMPARED[operation](value, bound)

    return leaf


def _joined(parts: list[Callable[[Facts], bool | None]], *, decides: bool) -> Callable[[Facts], bool | None]:
    def joined(facts: Facts) -> bool | None:
        answer: bool | None = not decides
        for part in parts:
            found = part(facts)
            if found is decides:
                return decides
            if found is None:
                answer = None
        return answer

    return joined


# Columns


class Columns:
    """The facts of many cases as the columns of a table; what was compared once is not compared again."""

    def __init__(self, table: pa.Table):
        self.table = table
        self.compared: dict[tuple[str, str, Any], pa.ChunkedArray] = {}

    def __getitem__(self, fact: str) -> pa.ChunkedArray:
        return self.table[fact]

    def hold(self, condition: Condition) -> pa.ChunkedArray:
        """Return for each row whether the condition holds; null is what is not known."""
        operation, *parts = condition
        if operation in ("all", "any"):
            return reduce(pc.and_kleene if operation == "all" else pc.or_kleene, map(self.hold, parts))
        fact, bound = parts
        return reduce(pc.or_kleene, (self._leaf(fact, operation, each) for each in (bound if operation == "in" else [bound])))

    def _leaf(self, fact: str, operation: str, bound: Any) -> pa.ChunkedArray:
        if (fact, operation, bound) not in self.compared:
            column = self.table[fact]
            value = pa.scalar(date.fromisoformat(bound) if pa.types.is_date(column.type) else bound, column.type)
            self.compared[fact, operation, bound] = OVER_COLUMNS[operation](column, value)
        return self.compared[fact, operation, bound]
