"""Days of facts: none of them lies ahead, and what comes later is not before what came earlier."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.records import field_of


def refuse_ahead(record: Any, *names: str) -> None:
    """Raise ValidationError for each day of these columns that has not come: what is to happen is no fact yet."""
    _refuse(_ahead(record, names))


def refuse_before(record: Any, name: str, *earlier: str) -> None:
    """Raise ValidationError for each column that comes first and has a later day than this one."""
    _refuse(problem for other in earlier for problem in _disorder(record, other, name))


def refuse_disorder(record: Any, *names: str) -> None:
    """Raise ValidationError for each day that has not come, or lies before that of the column before; empty ones are passed over."""
    filled = [name for name in names if getattr(record, name) is not None]
    _refuse([*_ahead(record, filled), *(problem for pair in pairwise(filled) for problem in _disorder(record, *pair))])


def _refuse(problems: Iterable[str]) -> None:
    if told := [*problems]:
        raise ValidationError(told)


def _ahead(record: Any, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        day = getattr(record, name)
        if day is not None and day > clock.today() and record.archived_at is None:  # an archived one says nothing any more
            yield _("「{label}」{day} 还没有到（今天是 {today}），请核对日期。").format(
                label=_label(record, name), day=day, today=clock.today())


def _disorder(record: Any, first: str, second: str) -> Iterator[str]:
    earlier, later = getattr(record, first), getattr(record, second)
    if earlier is not None and later is not None and later < earlier:
        yield _("「{label}」{day} 早于「{other}」{first}，请核对日期。").format(
            label=_label(record, second), day=later, other=_label(record, first), first=earlier)


def _label(record: Any, name: str) -> str:
    return str(field_of(type(record), name).verbose_name)
