"""Messages: a short list as plain text, to be pasted into a chat. Personal facts never go into one."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel.records import Record, field_of, related
from kaifaqu.sheets.columns import NAMED_OPENLY, UNIT, Column, hidden, public_name, spelt
from kaifaqu.sheets.provenance import Provenance, check_code

LIMIT = 30
NAMES = ("code", "name")  # lead the line without their labels


def message(
    rows: models.QuerySet, register: type[Record], user: Any, *, filters: str = "", limit: int = LIMIT, names: Iterable[str] = (),
) -> str:
    """Return the list as text: a title, a numbered line for each of the first records, and what the list rests on.

    A line holds the named facts, by default those of the register's list; an empty one is left out. A reference is told by
    name, as far as the person may see it.
    """
    listed = dict.fromkeys(("code", *(names or register.listed or register.columns[:6])))
    columns = [column for column in (Column(field_of(register, name)) for name in listed) if not column.is_personal]
    about = Provenance.now(register, columns, user, filters=filters)
    count = rows.count()
    title = "，".join(text for text in (about.title, filters, f"{about.made:%Y-%m-%d}") if text)
    lines = [f"{number}. {'｜'.join(_told(row, columns, user))}" for number, row in enumerate(rows[:limit], 1)]
    sentence = _("共 {count} 条。") if count <= limit else _("共 {count} 条，以上是前 {limit} 条。")
    closing = sentence.format(count=count, limit=limit) + _("数据时刻 {made}，校验码 {code}。").format(
        made=f"{about.made:%Y-%m-%d %H:%M}", code=check_code(about.head))
    return "\n".join([f"【{title}】", *lines, closing])


def _told(row: Any, columns: Iterable[Column], user: Any) -> Iterator[str]:
    """Yield the row's facts, each with its label where it would not be understood without."""
    for column in columns:
        if text := text_of(row, column, user):
            label, unit = str(column.field.verbose_name), column.unit
            if column.field.name in NAMES or column.kind in ("choice", "text"):
                yield text
            else:
                yield " ".join([UNIT.sub("", label), text, unit] if unit else [label, text])


def text_of(row: Any, column: Column, user: Any) -> str:
    """Return one fact on one line; of a reference the name, and of a person the code."""
    value = getattr(row, column.field.attname)
    if column.kind != "reference" or value is None:
        return " ".join(spelt(column, value).split())
    register = related(column.field)
    record = getattr(row, column.field.name)
    if register not in NAMED_OPENLY and not user.has_perm(register.right_to("view"), record):
        return hidden()
    return public_name(record) or record.code
