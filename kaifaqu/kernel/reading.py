"""Reading: how the facts of records are told to one person, with links to what that person may open."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from kaifaqu.kernel import actions, clock, events, units
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.commit import EMPTY
from kaifaqu.kernel.fields import ExactField, PartialDateField
from kaifaqu.kernel.records import Record, registers

NOTHING = "—"
NAMED_OPENLY = (Party, User)  # the units and persons that a record names are part of it


@dataclass(frozen=True)
class Table:
    """Rows of one register for one person: columns, and each row with its cells."""

    register: type[Record]
    columns: list[models.Field]
    rows: list[tuple[Any, list[str]]]

    @property
    def heads(self) -> list[tuple[models.Field, str]]:
        """Return each column with its kind."""
        return [(column, kind(column)) for column in self.columns]

    def __iter__(self) -> Iterator[tuple[Any, list[tuple[str, str]]]]:
        """Yield each row with its cells, each with the kind of its column."""
        kinds = [kind(column) for column in self.columns]
        for row, texts in self.rows:
            yield row, list(zip(texts, kinds, strict=True))


def kind(column: models.Field) -> str:
    """Return how a column is set: a number, a date, a personal fact (neither sought nor sorted), or text."""
    if isinstance(column, ExactField | models.IntegerField) and not column.choices:
        return "number"
    if isinstance(column, PartialDateField | models.DateField):
        return "date"
    return "personal" if hasattr(column, "personal") else "text"


def listed(register: type[Record]) -> list[models.Field]:
    """Return the columns of the register's lists, its code first."""
    return [register._meta.get_field(name) for name in dict.fromkeys(("code", *(register.listed or register.columns[:6])))]


@dataclass(frozen=True)
class Fact:
    """One fact in words, with its evidence where the register keeps one; `changed` against the version before."""

    label: str
    text: str
    evidence: str = ""
    kind: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Entry:
    """One event in words: who did what to which record, from which stage to which, and each fact before and after."""

    event: events.Event
    subject: str
    who: str
    label: str
    origin: str
    target: str
    changes: list[tuple[str, str, str]]


class Reader:
    """Tells facts to one person; a record that the person may not see stays unnamed."""

    def __init__(self, user: User):
        self.user = user
        self._known: dict[type[Record], dict[int, Record]] = {}

    def tell(self, column: models.Field, value: Any) -> str:
        """Return the value of a column in words; of a foreign key, given by its number, a link."""
        if value in EMPTY:
            return NOTHING
        if isinstance(column, models.ForeignKey):
            return self.name(column.related_model, value)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, datetime):
            return f"{value.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
        return units.text(value) if isinstance(value, Decimal) else str(value)

    def name(self, register: type[Record], pk: int) -> str:
        """Return a record's name, as a link where the person may open it."""
        self._learn(register, [pk])
        record = self._known[register][pk]
        if self._may_open(record):
            return _link(register, pk, str(record))
        return self.text(record)

    def text(self, record: Record) -> str:
        """Return a record's name, where the person may know it."""
        return str(record) if self._may_open(record) or isinstance(record, NAMED_OPENLY) else _("（无权查看）")

    def _may_open(self, record: Record) -> bool:
        return record.owner_id in self.user.owners(record.right_to("view"))

    def _learn(self, register: type[Record], keys: Iterable[int | None]) -> None:
        """Read the named records in one statement."""
        known = self._known.setdefault(register, {})
        if unknown := {*keys} - {*known, None}:
            known |= register.objects.in_bulk(unknown)

    def table(self, register: type[Record], rows: Iterable[Any], columns: list[models.Field] | None = None) -> Table:
        """Return the rows in words, by default in the columns of the register's lists."""
        rows, columns = list(rows), columns or listed(register)
        for column in columns:
            if isinstance(column, models.ForeignKey):
                self._learn(column.related_model, (getattr(row, column.attname) for row in rows))
        told = [self._column(column, [getattr(row, column.attname) for row in rows]) for column in columns]
        return Table(register, columns, [(row, [texts[place] for texts in told]) for place, row in enumerate(rows)])

    def _column(self, column: models.Field, values: list[Any]) -> list[str]:
        """Return the values in words; amounts with the same number of decimals, so that their points stand in a line."""
        if not isinstance(column, ExactField):
            return [self.tell(column, value) for value in values]
        places = max((len(units.text(value).partition(".")[2]) for value in values if value is not None), default=0)
        return [NOTHING if value is None else f"{value:.{places}f}" for value in values]

    def facts(self, row: Any, register: type[Record]) -> list[Fact]:
        """Return the facts of a record or of a version of it, each evidence beside its date."""
        texts = {name: self._fact(row, register, name) for name in register.columns}
        beside = {name: f"{name.removesuffix('_on')}_evidence" for name in register.columns if name.endswith("_on")}
        return [
            Fact(str(register._meta.get_field(name).verbose_name), text, texts.get(beside.get(name, ""), "").strip(NOTHING))
            for name, text in texts.items() if name not in beside.values()
        ]  # fmt: skip

    def _fact(self, row: Any, register: type[Record], name: str) -> str:
        column = register._meta.get_field(name)
        return self.tell(column, getattr(row, column.attname))

    def timeline(self, record: Record) -> Iterator[Entry]:
        """Yield the record's events, the latest first, each with the facts that it changed."""
        yield from self.entries(list(events.timeline(record)), with_facts=True)

    def entries(self, listed: list[events.Event], *, with_facts: bool = False) -> Iterator[Entry]:
        """Yield the events in words."""
        people = {user.code: user for user in User.objects.filter(code__in={event.actor for event in listed})}
        by_label = {register._meta.label_lower: register for register in registers().values()}
        for event in listed:
            register, action = by_label.get(event.subject), actions.registry().get(event.action)
            lifecycle = getattr(register, "lifecycle", None)
            stage = lifecycle.label if lifecycle else str
            yield Entry(
                event, self._subject(event, register), self._person(event.actor, people.get(event.actor)),
                str(action.label) if action else event.action, stage(event.origin), stage(event.target),
                list(self._changes(register, event.facts)) if register and with_facts else [],
            )  # fmt: skip

    def _subject(self, event: events.Event, register: type[Record] | None) -> str:
        """Return what the event was about, as a link where the person may open it."""
        if register is None:
            return f"{event.subject} {event.subject_id}"
        text = f"{register._meta.verbose_name} {event.facts['code']}"
        seen = event.party in self.user.owners(register.right_to("view"))
        return _link(register, event.subject_id, text) if seen else text

    def _person(self, code: str, user: User | None) -> str:
        if code == SYSTEM.code:
            return str(SYSTEM)
        return str(user) if user and user.owner_id in self.user.owners(User.right_to("view")) else code

    def _changes(self, register: type[Record], facts: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield each fact that an event changed: its label, before and after; of a personal fact only that it changed."""
        before, after = facts.get("before", {}), facts.get("after", {})
        for column in register._meta.concrete_fields:
            name = column.attname
            if name not in after or before.get(name) == after[name] or not (before or column.name in register.columns):
                continue
            if hasattr(column, "personal"):
                yield str(column.verbose_name), "", _("已变更") if before else _("已填写")
            elif before or after[name] not in EMPTY:
                told = (self.tell(column, value and column.to_python(value)) for value in (before.get(name), after[name]))
                yield str(column.verbose_name), *told

    def versions(self, record: Record) -> tuple[list[str], list[tuple[Any, events.Event, list[Fact]]]]:
        """Return the labels of the columns that were ever filled, and each version, the latest first, with its event."""
        register = type(record)
        columns = [register._meta.get_field(name) for name in register.columns]
        told = self.table(register, register.Version.objects.filter(id=record.pk).order_by("seq"), columns).rows
        written = events.Event.objects.in_bulk([version.seq for version, _texts in told])
        used = [place for place in range(len(columns)) if any(texts[place] != NOTHING for _version, texts in told)]
        rows, earlier = [], told[0][1] if told else []
        for version, texts in told:
            facts = [Fact("", texts[place], "", kind(columns[place]), texts[place] != earlier[place]) for place in used]
            rows.append((version, written[version.seq], facts))
            earlier = texts
        return [str(columns[place].verbose_name) for place in used], rows[::-1]


def _link(register: type[Record], pk: int, text: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse("record", args=[register.register, pk]), text)
