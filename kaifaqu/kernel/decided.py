"""Three-valued conditions: what is certain, and what is possible, when a date is known to the month or year only."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from kaifaqu.kernel.fields import PartialDate, PartialDateField


def certain(condition: Q, register: type[models.Model]) -> Q:
    """Return the condition that holds for a row whatever days its imprecise dates turn out to be."""
    return _bound(condition, register, sure=True)


def possible(condition: Q, register: type[models.Model]) -> Q:
    """Return the condition that holds for a row for at least one reading of its imprecise dates."""
    return _bound(condition, register, sure=False)


def undecided(condition: Q, register: type[models.Model]) -> Q:
    """Return the condition: whether the row belongs cannot be said, because a border falls inside one of its dates."""
    return possible(condition, register) & ~certain(condition, register)


def suspects(condition: Q, register: type[models.Model]) -> dict[str, set[int]]:
    """Return for each date column the stored values about which the condition may be undecided."""
    found: dict[str, set[int]] = {}
    for name, lookup, value in _comparisons(condition, register):
        for border in _borders(lookup, value):
            found.setdefault(name, set()).update(PartialDateField.undecidable(border))
    return found


def _bound(node: Any, register: type[models.Model], sure: bool) -> Any:
    """Replace each comparison with an imprecise date by the one that is sure, or the one that is possible."""
    if isinstance(node, Q):
        inner = sure ^ node.negated  # what is sure of "not x" is what is not possible of x
        bound = Q.create([_bound(child, register, inner) for child in node.children], connector=node.connector)
        return ~bound if node.negated else bound
    if not isinstance(node, tuple) or (comparison := _comparison(node, register)) is None:
        return node
    name, lookup, value = comparison
    doubtful = sorted({number for border in _borders(lookup, value) for number in PartialDateField.undecidable(border)})
    if not doubtful:
        return Q(node)
    doubt = Q(**{f"{name}__in": doubtful})
    return Q(node) & ~doubt if sure else Q(node) | doubt


def _comparisons(node: Any, register: type[models.Model]) -> Iterator[tuple[str, str, Any]]:
    if isinstance(node, Q):
        for child in node.children:
            yield from _comparisons(child, register)
    elif isinstance(node, tuple) and (comparison := _comparison(node, register)) is not None:
        yield comparison


def _comparison(node: tuple[str, Any], register: type[models.Model]) -> tuple[str, str, Any] | None:
    """Return column, lookup and value of a comparison with an imprecise date, or nothing for any other condition."""
    path, value = node
    name, _, lookup = path.partition("__")
    column = next((each for each in register._meta.concrete_fields if each.name == name), None)
    if not isinstance(column, PartialDateField) or value is None or lookup == "isnull":
        return None
    if hasattr(value, "resolve_expression"):
        raise TypeError(f"{path}: an imprecise date is compared with a day, not with an expression.")
    return name, lookup or "exact", value


def _borders(lookup: str, value: Any) -> list[date]:
    """Return the days after which a comparison changes its answer: x <= day is asked of each."""
    if lookup in ("lte", "gt"):
        return [_day(value)]
    if lookup in ("lt", "gte"):
        return [_day(value) - timedelta(days=1)]
    if lookup in ("exact", "in", "range"):
        days = [_day(each) for each in (value if lookup in ("in", "range") else [value])]
        return [*(day - timedelta(days=1) for day in days), *days]
    raise TypeError(f"{lookup}: no such comparison with an imprecise date.")


def _day(value: Any) -> date:
    return PartialDate.parse(value).first if not isinstance(value, date) else value
