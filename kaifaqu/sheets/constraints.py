"""Constraints, asked of records that are not yet stored: a table of ten thousand rows cannot ask the database for each."""

import operator
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from kaifaqu.kernel.records import Record, field_of

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq, "lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge,
    "in": lambda value, among: value in among,
}  # fmt: skip
Test = Callable[[Record], bool | None]  # None where it cannot be said because a fact is missing, which breaks nothing


def broken(record: Record) -> Iterator[str]:
    """Yield the sentence of each check constraint that the record would break, as the database would find."""
    for constraint, holds in _checks(type(record)):
        if holds(record) is False:
            yield str(constraint.violation_error_message)


@cache
def _checks(register: type[Record]) -> list[tuple[models.CheckConstraint, Test]]:
    """Return the check constraints of the register with what asks a record; those that only the database can ask, it asks."""

    def by_database(constraint: models.CheckConstraint) -> Test:
        def holds(record: Record) -> bool:
            try:
                constraint.validate(register, record)
            except ValidationError:
                return False
            return True

        return holds

    found = []
    for constraint in register._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            try:
                found.append((constraint, _test(register, constraint.condition)))
            except LookupError:
                found.append((constraint, by_database(constraint)))
    return found


def _test(register: type[Record], node: Any) -> Test:
    """Return what tells whether a record fulfils the condition. Raise LookupError for a comparison that is not made here."""
    if not isinstance(node, Q):
        return _comparison(register, node)
    if node.connector not in (Q.AND, Q.OR):
        raise LookupError(node)
    tests = [_test(register, child) for child in node.children]
    decisive = node.connector == Q.OR

    def holds(record: Record) -> bool | None:
        answer: bool | None = not decisive
        for test in tests:
            found = test(record)
            if found is decisive:
                answer = decisive
                break
            if found is None:
                answer = None
        return answer if answer is None or not node.negated else not answer

    return holds


def _comparison(register: type[Record], node: Any) -> Test:
    """Return what compares one fact with a constant. Raise LookupError for any other comparison."""
    if not isinstance(node, tuple) or hasattr(node[1], "resolve_expression"):
        raise LookupError(node)
    name, _double, lookup = node[0].partition("__")
    column, wanted = field_of(register, name), node[1]
    if lookup == "isnull" or (not lookup and wanted is None):
        missing = wanted if lookup else True
        return lambda record: (getattr(record, column.attname) is None) is missing
    compare = COMPARE[lookup or "exact"]
    stored = [column.get_prep_value(each) for each in wanted] if lookup == "in" else column.get_prep_value(wanted)

    def holds(record: Record) -> bool | None:
        value = getattr(record, column.attname)
        return None if value is None else compare(column.get_prep_value(value), stored)

    return holds
