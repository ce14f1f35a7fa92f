"""Where a file comes from: written into it, for the people who read it and for the importer that meets it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.events import Head
from kaifaqu.kernel.records import Record
from kaifaqu.sheets.columns import KEY, Column, hidden, too_long

FORMAT = 1  # of the mark; a later one that cannot be read as this gets another number
CODE = 12  # digits: enough that no other event is meant


@dataclass(frozen=True)
class Provenance:
    """What a file is: columns of a register for a person, narrowed by filters, as known when an event was the last.

    `filters` and `known` are empty where nothing was left out and today's rows are meant.
    """

    register: type[Record]
    columns: list[Column]
    user: Any
    filters: str
    known: int | None
    owner: Party | None
    made: datetime
    head: str  # of the chain, "#seq hash", as the file was begun
    extra: Mapping[str, Any] = field(default_factory=dict)  # what else the mark says: of a collection, which one and whose
    outside: bool = False  # it leaves the house: the mark says no more than what it is known by when it comes back

    @classmethod
    def now(
        cls, register: type[Record], columns: list[Column], user: Any, *,
        filters: str = "", known: int | None = None, owner: Party | None = None, extra: Mapping[str, Any] | None = None,
        outside: bool = False,
    ) -> "Provenance":  # fmt: skip
        """Return the provenance of a file that is begun now."""
        made = clock.now().astimezone(clock.ZONE)
        return cls(register, columns, user, filters, known, owner, made, str(Head.objects.get()), extra or {}, outside)

    @property
    def mark(self) -> dict[str, Any]:
        """Return what the importer must know: the register, the columns by name (a derived one with "="), and the rest.

        `key` is the place of the key column, `head` tells whose chain the keys are of, `untold` the words that stand where
        a fact could not be told, `language` that of headings and labels.
        """
        told = {
            "register": self.register.register, "format": FORMAT, "columns": [KEY, *(column.mark for column in self.columns)],
            "key": 0, "head": self.head, "language": get_language(), "untold": [str(hidden()), str(too_long())],
        }  # fmt: skip
        if not self.outside:
            told |= {
                "owner": self.owner and self.owner.code, "made": self.made.isoformat(timespec="seconds"), "by": self.user.code,
                "filters": self.filters, "known": self.known,
            }  # fmt: skip
        return {**told, **self.extra}

    @property
    def title(self) -> str:
        """Return the register's name in words."""
        return str(self.register._meta.verbose_name)

    def lines(self, count: int) -> list[tuple[str, str]]:
        """Return the provenance in words, a label and a text a line."""
        meaning, *_rest = (self.register.__doc__ or "").strip().splitlines() or [""]
        return [
            (_("台账"), self.title),
            (_("一条记录"), meaning),
            (_("筛选"), self.filters or _("无，全部可见的记录")),
            (_("条数"), str(count)),
            (_("数据时刻"), f"{self.made:%Y-%m-%d %H:%M}"),
            (_("当时所知"), _("事件 #{seq}").format(seq=self.known) if self.known else _("按今天所知")),
            (_("链头"), self.head),
            (_("导出人"), str(self.user)),
        ]


def check_code(head: str) -> str:
    """Return a head of the chain as it is printed for people, with the first digits of its hash: `audit verify --head` takes it."""
    seq, _space, code = head.partition(" ")
    return f"{seq} {code[:CODE]}"


def unasked(record: Record, facts: dict[str, Any], words: str) -> str:
    """Return these words as the reason of a change for which nobody gave one; none where the record wants a person's own."""
    wants = getattr(record, "needs_own_reason", None)
    return "" if wants and wants(facts) else words
