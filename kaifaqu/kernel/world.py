"""The world as known: the one source of rows for whatever looks at records."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from kaifaqu.kernel.records import Record


@dataclass(frozen=True)
class World:
    """All registers as known when event `known` had just been written; today's when `known` is None.

    A definition that takes every row from one world gives the same answer again on any later day.
    """

    known: int | None = None
    _read: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def rows(self, register: type[Record]) -> models.QuerySet:
        """Return the register's rows in this world, archived ones left out."""
        return self.once(register, lambda: self._rows(register)).all()

    def _rows(self, register: type[Record]) -> models.QuerySet:
        if self.known is None:
            return register.objects.current()
        versions = register.Version.objects
        later = versions.filter(id=OuterRef("id"), seq__gt=OuterRef("seq"), seq__lte=self.known)
        return versions.filter(~Exists(later), seq__lte=self.known, archived_at=None)

    def once(self, what: Hashable, read: Callable[[], Any]) -> Any:
        """Return what was read when this world was first asked for it: the rules and days that many figures share."""
        if what not in self._read:
            self._read[what] = read()
        return self._read[what]
