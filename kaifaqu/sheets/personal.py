"""Personal facts that leave the system in a file: whoever takes them out leaves an event, in which none of them stands."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import SYSTEM, Installation, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import EMPTY, Change, commit
from kaifaqu.kernel.records import Record
from kaifaqu.sheets.provenance import Provenance

Row = tuple[str, list[Any]]


@action("users.export", right="", label=_("导出个人信息"), on=User)
def export_personal(person: Record, *, by, version: int, note: str) -> Change:
    """Plan the note that the person took personal facts out of a register; the system's is about its installation."""
    return Change(person, {}, note=note)


class Watch:
    """Looks at rows on their way into a file, and notes at the end whether personal facts were among them."""

    def __init__(self, about: Provenance):
        self.about = about
        self.places = {place: column.field.name for place, column in enumerate(about.columns) if column.is_personal}
        self.met: set[str] = set()
        self.count = 0

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows as they are."""
        for key, values in rows:
            self.count += 1
            self.met |= {name for place, name in self.places.items() if values[place] not in EMPTY}
            yield key, values

    def note(self, format: str) -> None:
        """Leave the event where there were personal facts: how many records of which register, and which columns."""
        if not self.met:
            return
        user = self.about.user
        subject = Installation.objects.get() if user is SYSTEM else user
        columns = ", ".join(sorted(self.met))
        note = f"exported {self.count} {self.about.register.register} as {format} with {columns}, head {self.about.head}"
        commit([export_personal(subject, by=user, version=subject.row_version, note=note)], by=user)
