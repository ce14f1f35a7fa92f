"""What refers to a record: how many in each register, and the first rows of some, in a number of statements that does not grow."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import User
from kaifaqu.kernel.records import Record, references
from kaifaqu.pages import domains
from kaifaqu.pages.reading import Reader, Table, address_in, listed

SHOWN, LEAST = 5, 2  # registers whose first rows stand on the page, fewer beside sections of its own; of further ones the count
NEAR = 10  # rows of each


@dataclass
class Related:
    """A register that refers to a record by a key: how many rows, the first of them, and whether the person may add one."""

    record: Record
    register: type[Record]
    key: models.Field
    count: int
    may_create: bool
    table: Table | None = None

    @property
    def label(self) -> str:
        """Return the register's name."""
        return str(self.register._meta.verbose_name)

    @property
    def as_what(self) -> str:
        """Return what the record is to the rows, where the key is not called like the record's register."""
        label = str(self.key.verbose_name)
        return "" if label == str(self.record._meta.verbose_name) else label

    @property
    def everything(self) -> str:
        """Return the address of the list of all rows."""
        return f"{address_in('records', self.register.register)}?{self.key.name}={self.record.pk}"

    @property
    def form(self) -> str:
        """Return the address where a further row is entered."""
        return f"{address_in('new', self.register.register)}?{self.key.name}={self.record.pk}"

    @property
    def anchor(self) -> str:
        """Return the name of its place on the page."""
        return f"{self.register.register}-{self.key.name}"

    @property
    def more(self) -> bool:
        """Tell whether there are rows that do not stand on the page."""
        return self.table is not None and self.count > NEAR


def may_create(user: User, register: type[Record]) -> bool:
    """Tell whether the person may enter a record for anybody."""
    action = actions.registry().get(register.right_to("create"))
    return action is not None and bool(user.owners(action.right))


def related(reader: Reader, record: Record, replaced: set[str], sections: int = 0) -> list[Related]:
    """Return the registers that refer to the record, as far as the person may see them or enter one.

    Those `replaced` ("memberships.user") stand in `sections` of their own.
    """
    found: list[Related] = []
    pages: dict[int, list[Any]] = {}
    for place, (register, key, rows, count) in enumerate(_counted(reader.user, record, replaced)):
        if count and len(pages) < max(SHOWN - 2 * sections, LEAST):  # a section asks about twice as much
            pages[place] = list(rows.order_by("code")[:NEAR])
            reader.expect(register, pages[place])
        found.append(Related(record, register, key, count, may_create(reader.user, register)))
    for place, page in pages.items():  # all are read before the first one names what it refers to
        each = found[place]
        each.table = reader.table(each.register, page, [column for column in listed(each.register) if column != each.key])
    return [each for each in found if each.count or each.may_create]


def _counted(
    user: User, record: Record, replaced: set[str],
) -> Iterator[tuple[type[Record], models.Field, models.QuerySet, int]]:
    """Yield each register and key with the rows that the person may see and their number, counted in one statement."""
    asked = [(register, key, register.objects.visible_to(user).filter(**{key.name: record.pk}))
             for register, key in references(type(record))
             if f"{register.register}.{key.name}" not in replaced and not domains.is_off(register)
             and (user.owners(register.right_to("view")) or may_create(user, register))]
    told = counted([rows for _register, _key, rows in asked])
    for place, (register, key, rows) in enumerate(asked):
        yield register, key, rows, told.get(place, 0)


def counted(asked: Sequence[models.QuerySet]) -> dict[int, int]:
    """Return how many rows each query has, in one statement: a union of querysets takes longer to write than to answer."""
    parts: list[str] = []
    given: list[Any] = []
    for place, rows in enumerate(asked):
        with suppress(EmptyResultSet):  # nothing that the person may see
            sql, values = rows.values("pk").query.sql_with_params()
            parts.append(f"SELECT {place}, COUNT(*) FROM ({sql}) AS asked_{place}")
            given += values
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), given)
        return dict(cursor.fetchall())
