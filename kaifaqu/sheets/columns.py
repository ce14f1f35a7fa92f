"""What a file of a register holds: its columns in order, their headings, and the facts of each record.

The same for every format that goes out, and for the workbooks that people fill in.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel import units
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.commit import EMPTY
from kaifaqu.kernel.fields import ExactField, PartialDateField
from kaifaqu.kernel.records import Record, field_of, related
from kaifaqu.kernel.world import World

KEY = "_key"  # the column that says which record a row is: "id:row_version"; empty for a new one
PIECE = 5_000  # rows read at once
NAMED_OPENLY = (Party, User)  # the units and persons that a record names are part of it
UNIT = re.compile(r"（([^（）]+)）$")


@dataclass(frozen=True)
class Column:
    """One column of a file. A derived one follows from the others: people see it, and reading leaves it alone."""

    field: models.Field
    derived: bool = False

    @property
    def mark(self) -> str:
        """Return the column's name as a file's mark has it: with "=" in front where it is derived."""
        return f"={self.field.name}" if self.derived else self.field.name

    @property
    def heading(self) -> str:
        """Return the words above the column; they name the unit, and that a derived column is only to be read."""
        label = str(self.field.verbose_name)
        return _("{label}（只读）").format(label=label) if self.derived else label

    @cached_property
    def kind(self) -> str:
        """Return what its facts are: reference, choice, truth, amount, number, date or text."""
        field = self.field
        if field.is_relation:
            return "reference"
        if field.choices:
            return "choice"
        kinds = {models.BooleanField: "truth", ExactField: "amount", models.IntegerField: "number"}
        kinds |= {PartialDateField: "date", models.DateField: "date"}
        return next((name for of, name in kinds.items() if isinstance(field, of)), "text")

    @property
    def unit(self) -> str:
        """Return the unit that an amount's or number's label names in brackets, or ""."""
        named = UNIT.search(str(self.field.verbose_name)) if self.kind in ("amount", "number") else None
        return named[1] if named else ""

    @cached_property
    def labels(self) -> dict[Any, Any]:
        """Return by value the labels of what can be chosen."""
        return dict(self.field.flatchoices)

    @property
    def is_personal(self) -> bool:
        """Tell whether it holds personal facts."""
        return hasattr(self.field, "personal")


class Untold(str):
    """Words that stand where a fact cannot be told. They are no fact: reading leaves what is stored there as it is."""


def hidden() -> Untold:
    """Return what stands for a record that the reader may not see."""
    return Untold(_("（无权查看）"))


def too_long() -> Untold:
    """Return what stands for a text that no cell of a workbook can hold."""
    return Untold(_("（超过单元格容量，请看 CSV）"))


def filled_in(register: type[Record]) -> list[Column]:
    """Return the columns that people fill in, the code first."""
    return [Column(field_of(register, name)) for name in dict.fromkeys(("code", *register.columns))]


def shown(register: type[Record], *, owners: bool = False) -> list[Column]:
    """Return the columns of an export: those that people fill in, then what follows from them; asked for, the owner too."""
    told = filled_in(register)
    names = {column.field.name for column in told} | {field.name for field in Record._meta.fields}
    derived = [field for field in register._meta.concrete_fields if field.name not in names]
    return [*told, *(Column(field, derived=True) for field in (*([field_of(register, "owner")] if owners else []), *derived))]


def facts(rows: Iterable[Any], columns: Sequence[Column], user: Any, world: World) -> Iterator[tuple[str, list[Any]]]:
    """Yield each row's key and its facts in the order of the columns; of a reference, the code of its record.

    The rows are records or versions of one register in this world. They are read in pieces, so that a hundred thousand
    take no more memory than one piece.
    """
    for piece in _pieces(rows):
        codes = {
            column: _codes(related(column.field), {getattr(row, column.field.attname) for row in piece}, user, world)
            for column in columns if column.kind == "reference"
        }
        for row in piece:
            values = (getattr(row, column.field.attname) for column in columns)
            yield _key(row), [
                codes[column][value] if column in codes else value for column, value in zip(columns, values, strict=True)]


def _pieces(rows: Iterable[Any]) -> Iterator[list[Any]]:
    one_by_one = iter(rows.iterator(PIECE) if isinstance(rows, models.QuerySet) else rows)
    while piece := list(islice(one_by_one, PIECE)):
        yield piece


def _key(row: Any) -> str:
    return "" if row.id is None else f"{row.id}:{row.row_version}"


def _codes(register: type[Record], keys: set[int | None], user: Any, world: World) -> dict[int | None, Any]:
    """Return the codes of the records as known in the world; of one that the person may not see, that it is hidden."""
    pks = [key for key in keys if key is not None]
    codes: dict[int | None, Any] = {None: None, **dict(register.objects.filter(pk__in=pks).values_list("pk", "code"))}
    if world.known is not None:
        codes |= dict(world.rows(register).filter(id__in=pks).values_list("id", "code"))
    if register not in NAMED_OPENLY:
        seen = set(pks) if user is SYSTEM else {*register.objects.filter(pk__in=pks).seen_by(user).values_list("pk", flat=True)}
        codes |= {pk: hidden() for pk in pks if pk not in seen}
    return codes


def visible(register: type[Record], user: Any) -> models.QuerySet:
    """Return the current records that the person may look at; the system looks at all."""
    return register.objects.current() if user is SYSTEM else register.objects.visible_to(user)


def geometry_of(register: type[Record]) -> str:
    """Return the column that holds where the register's records lie, as GeoJSON; "" where it has none."""
    return getattr(register, "geometry", "")


def public_name(record: Record) -> str:
    """Return the record's name, or "" where it has none; a person's name is a personal fact and is not given away here."""
    named = next((field for field in record._meta.concrete_fields if field.name == "name" and not hasattr(field, "personal")), None)
    return "" if named is None else str(named.value_from_object(record))


def in_short(column: Column, value: Any) -> str:
    """Return the fact for people to look at: as it is spelt, but of a geometry only its size."""
    summary = getattr(column.field, "summary", None)
    return spelt(column, value) if summary is None or value in EMPTY else summary(value)


def spelt(column: Column, value: Any) -> str:
    """Return the fact as people write it in a sheet: a choice by its label, 是 or 否, an amount in plain digits."""
    if value in EMPTY:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if column.kind == "choice":
        return str(column.labels.get(value, value))
    return units.text(value) if isinstance(value, Decimal) else str(value)
