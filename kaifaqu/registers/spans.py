"""Rows of one thing that hold one after another: no two of them on one day."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel.access import Dated


def refuse_overlaps(written: Iterable[Any], *names: str) -> None:
    """Raise ValidationError for rows that agree in these columns and hold on one day; all of the same first column are read once."""
    told = [each for each in written if each.archived_at is None]
    keys = {_key(each, names) for each in told}
    before: dict[Any, Any] = {}
    problems = []
    for row in _rows(told, names[0]):
        key = _key(row, names)
        if (earlier := before.get(key)) is not None and (earlier.until is None or earlier.until > row.since) and key in keys:
            problems.append(_("{row} 自 {since} 起，与 {earlier}（{begun} 至 {until}）的时间重叠，请改日期，或更正原来的那一条。").format(
                row=row, since=row.since, earlier=earlier, begun=earlier.since, until=earlier.until or _("今")))
        before[key] = row
    if problems:
        raise ValidationError(problems)


def _rows(told: list[Any], name: str) -> Iterable[Dated]:
    if not told:
        return ()
    return type(told[0]).objects.current().filter(**{f"{name}__in": {getattr(each, name) for each in told}}).order_by("since", "id")


def _key(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
