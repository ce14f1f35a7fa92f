"""What refers to a record: how many in each register, and the first rows of some, in a number of statements that does not grow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Value

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import User
from kaifaqu.kernel.records import Record, references
from kaifaqu.pages.reading import Reader, Table, listed

SHOWN = 5  # registers whose first rows stand on the page; of further ones the count
NEAR = 10  # rows of each


@dataclass
class Related:
    """A register that refers to the record by a key: how many rows, the first of them, and whether the person may add one."""

    register: type[Record]
    key: models.Field
    count: int
    may_create: bool
    table: Table | None = None

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


def related(reader: Reader, record: Record, replaced: set[str]) -> list[Related]:
    """Return the registers that refer to the record, as far as the person may see them or enter one.

    Those `replaced` ("memberships.user") stand in a section of their own.
    """
    found: list[Related] = []
    pages: dict[int, list[Any]] = {}
    for place, (register, key, rows, count) in enumerate(_counted(reader.user, record, replaced)):
        if count and len(pages) < SHOWN:
            pages[place] = list(rows.order_by("code")[:NEAR])
            reader.expect(register, pages[place])
        found.append(Related(register, key, count, may_create(reader.user, register)))
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
             if f"{register.register}.{key.name}" not in replaced
             and (user.owners(register.right_to("view")) or may_create(user, register))]
    counts = [rows.annotate(place=Value(place)).values("place").annotate(count=Count("pk")).values_list("place", "count")
              for place, (_register, _key, rows) in enumerate(asked)]
    told = dict(counts[0].union(*counts[1:], all=True)) if counts else {}
    for place, (register, key, rows) in enumerate(asked):
        yield register, key, rows, told.get(place, 0)
