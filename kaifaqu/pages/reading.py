"""Reading: how the facts of records are told to one person, with links to what that person may open."""

import copy
import html
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, cast

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kaifaqu.files.models import AttachmentQuerySet, lent
from kaifaqu.kernel import actions, clock, events, units
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.commit import EMPTY
from kaifaqu.kernel.fields import ExactField, PartialDateField
from kaifaqu.kernel.records import Record, field_of, registers
from kaifaqu.pages import domains
from kaifaqu.pages.manners import ORDINARY, manner_of

NOTHING = "—"
SHOWN = 6  # changes of one event that are not folded
LONG = 40  # characters of a fact that do not stand beside another one
NAMED_OPENLY = (Party, User)  # the units and persons that a record names are part of it


class Line(NamedTuple):
    """One row of a table: where it is corrected, if it may be, and its cells as they are set; the first leads to the record."""

    row: Any
    edit: str
    cells: str


@dataclass(frozen=True)
class Table:
    """Rows of one register for one person: columns, and each row with its cells in words.

    `facts` names the columns that may be corrected in their cells, `owners` whose rows; `known` is the event as of which
    the records are opened.
    """

    register: type[Record]
    columns: list[models.Field]
    rows: list[tuple[Any, list[str]]]
    facts: Collection[str] = ()
    owners: Collection[int] = ()
    known: int | None = None

    @property
    def heads(self) -> list[tuple[str, str, str]]:
        """Return the name, label and kind of each column."""
        return [(each.name, str(each.verbose_name), kind(each)) for each in self.columns]

    @property
    def plain_heads(self) -> str:
        """Return the headings as they are set where nothing sorts."""
        heads = self.heads
        return set_cells([f'<th class="{kind}">' for _name, _label, kind in heads], [label for _name, label, _kind in heads], "th")

    @property
    def lines(self) -> Iterator[Line]:
        """Yield the rows as they are set."""
        tags = [
            format_html('<td class="{}{}"{}>', kind(each), "" if place else " lead",
                        format_html(' data-fact="{}"', each.name) if each.name in self.facts else "")
            for place, each in enumerate(self.columns)]
        record, edit = (address_of(self.register.register, name) for name in ("record", "edit"))
        asked = f"?known=%23{self.known}" if self.known else ""
        for row, texts in self.rows:
            here = f"/{row.id}/"
            link = mark_safe(f'<a href="{record.replace("/0/", here)}{asked}">{conditional_escape(texts[0])}</a>')
            yield Line(row, edit.replace("/0/", here) if row.owner_id in self.owners else "", set_cells(tags, [link, *texts[1:]]))


def set_cells(tags: Iterable[str], texts: Iterable[str], end: str = "td") -> str:
    """Return texts in cells with these opening tags: a page has hundreds, which a template would set one by one."""
    told = [text if hasattr(text, "__html__") else html.escape(text) for text in texts]
    return mark_safe("".join([f"{tag}{text}</{end}>" for tag, text in zip(tags, told, strict=True)]))


def moment(at: datetime) -> str:
    """Return a moment as an office writes it: day, hour and minute here."""
    return f"{at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"


@cache  # a page asks it of the same columns thousands of times
def kind(of: models.Field) -> str:
    """Return how a column is set: a number, a date, a personal fact (neither sought nor sorted), or text."""
    if isinstance(of, (ExactField, models.IntegerField)) and not of.choices:
        return "number"
    if isinstance(of, (PartialDateField, models.DateField)):
        return "date"
    return "personal" if hasattr(of, "personal") else "text"


@cache
def choices_of(of: models.Field) -> dict[Any, Any]:
    """Return what a column's values are called."""
    return dict(of.flatchoices)


def labels_of(register: type[Record]) -> dict[str, str]:
    """Return what the columns of a register are called, by the names that their values have in events."""
    return _labels(register, get_language())


@cache
def _labels(register: type[Record], _language: str) -> dict[str, str]:
    return {each.attname: str(each.verbose_name) for each in register._meta.concrete_fields}


@cache
def address_of(register: str, name: str = "record") -> str:
    """Return the address of a page of the register's record number 0."""
    return reverse(name, args=[register, 0])


@cache
def keys_of(register: type[Record]) -> list[models.ForeignKey]:
    """Return the columns of a register that refer to records."""
    return [each for each in register._meta.concrete_fields if isinstance(each, models.ForeignKey)]


@cache
def address_in(name: str, register: str) -> str:
    """Return the address of a page of a register: "records", its list, or "new", where a record is entered."""
    return reverse(name, args=[register])


def kept_name(record: Record) -> str:
    """Return a record's name for a message, which is stored until it is read: a code, where personal facts are kept."""
    return record.code if any(kind(each) == "personal" for each in record._meta.concrete_fields) else str(record)


def listed(register: type[Record]) -> list[models.Field]:
    """Return the columns of the register's lists, its code first."""
    return [field_of(register, name) for name in dict.fromkeys(("code", *(register.listed or register.columns[:6])))]


class Fact(NamedTuple):
    """One fact in words, and its evidence beside it; `proof` is the column of that evidence: what files of the record prove."""

    label: str
    text: str
    beside: str
    proof: str

    @property
    def is_long(self) -> bool:
        """Tell whether it wants a line of its own."""
        return len(self.text) > LONG and len(strip_tags(self.text)) > LONG


class Entry(NamedTuple):
    """One event in words: who did what to which record, from which stage to which, and each fact before and after."""

    event: events.Event
    subject: str
    who: str
    label: str
    origin: str
    target: str
    changes: list[tuple[str, str, str]]

    @property
    def is_long(self) -> bool:
        """Tell whether its changes are folded."""
        return len(self.changes) > SHOWN

    @property
    def at(self) -> str:
        """Return when it was written."""
        return moment(self.event.at)


def on_visible_records(user: User) -> Q:
    """Return the condition on events that they are about records which the person may see, archived ones included."""
    asked = []
    for register in domains.registers().values():
        rows, owners = register.objects.all(), user.owners(register.right_to("view"))
        if isinstance(rows, AttachmentQuerySet):  # seen with the record that they belong to
            seen = Q(subject_id__in=rows.seen_by(user).values("id"))
        else:
            seen = Q(party__in=owners)
            if owners and (more := lent(register, owners)):
                seen |= Q(subject_id__in=rows.filter(more).values("id"))
        asked.append(Q(subject=register._meta.label_lower) & seen)
    return Q(*asked, _connector=Q.OR)


class Reader:
    """Tells facts to one person; a record that the person may not see stays unnamed."""

    def __init__(self, user: User):
        self.user = user
        self._known: dict[type[Record], dict[int, Record]] = {}
        self.met(user)
        self._expected: dict[type[Record], set[int | None]] = defaultdict(set)
        self._people: dict[str, User | None] = {}
        self._names: dict[tuple[type[Record], int], str] = {}

    def tell(self, of: models.Field, value: Any, row: Any = None, *, brief: bool = False) -> str:
        """Return the value of a column in words, for a table in brief; of a foreign key, given by its number, a link."""
        if value is None or value == "":
            return NOTHING
        manner = manner_of(of)
        if told := (brief and manner.brief) or manner.told:
            return told(value, row)
        if isinstance(of, models.ForeignKey):
            return self.name(cast(type[Record], of.related_model), value)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if of.choices:
            return str(choices_of(of).get(value, value))
        if isinstance(value, datetime):
            return moment(value)
        if isinstance(value, Decimal):
            return units.text(value)
        summary = getattr(of, "summary", None)  # of a geometry, whose numbers tell people nothing
        return str(value) if summary is None else summary(value)

    def name(self, register: type[Record], pk: int) -> str:
        """Return a record's name, as a link where the person may open it."""
        if (register, pk) not in self._names:
            self._learn(register, [pk])
            record = self._known[register][pk]
            open_to = self.user.has_perm(register.right_to("view"), record)
            self._names[register, pk] = self._link(register, pk, self.text(record), open_to)
        return self._names[register, pk]

    def text(self, record: Record) -> str:
        """Return a record's name, where the person may know it."""
        open_to = isinstance(record, NAMED_OPENLY) or self.user.has_perm(record.right_to("view"), record)
        return str(record) if open_to else _("（无权查看）")

    def met(self, record: Record) -> None:
        """Take note of a record that is there already, so that nobody reads it to name it."""
        self._known.setdefault(cast(type[Record], record._meta.model), {})[record.pk] = record

    def _link(self, register: type[Record], pk: int, text: str, open_to: bool) -> str:
        if not open_to or domains.is_off(register):
            return text
        return format_html('<a href="{}">{}</a>', address_of(register.register).replace("/0/", f"/{pk}/"), text)

    def _learn(self, register: type[Record], keys: Iterable[int | None]) -> None:
        """Read the named records in one statement, and with them all that are expected to be named."""
        known = self._known.setdefault(register, {})
        if {*keys} - {*known, None}:
            known |= register.objects.in_bulk({*keys} | self._expected.pop(register, set()) - {*known, None})

    def expect(self, register: type[Record], rows: Iterable[Any]) -> None:
        """Take note of the records that the rows refer to, which will be named: all of a register are then read at once."""
        rows = list(rows)
        for each in keys_of(register):
            if each.name in {*register.columns, *register.listed, "owner"}:
                self._expected[cast(type[Record], each.related_model)] |= {getattr(row, each.attname) for row in rows}

    def table(self, register: type[Record], rows: Iterable[Any], columns: list[models.Field] | None = None) -> Table:
        """Return the rows in words, by default in the columns of the register's lists."""
        rows, columns = list(rows), columns or listed(register)
        told = [self._down(each, rows) for each in columns]
        return Table(register, columns, [(row, [texts[place] for texts in told]) for place, row in enumerate(rows)])

    def _down(self, of: models.Field, rows: list[Any]) -> list[str]:
        """Return a column's values in words; amounts with equally many decimals, so that their points stand in a line."""
        values = [getattr(row, of.attname) for row in rows]
        if isinstance(of, models.ForeignKey):
            self._learn(cast(type[Record], of.related_model), values)
        if manner_of(of) is not ORDINARY:
            return [self.tell(of, value, row, brief=True) for value, row in zip(values, rows, strict=True)]
        if not isinstance(of, ExactField):
            told = {value: self.tell(of, value, brief=True) for value in dict.fromkeys(values)}  # many rows say the same
            return [told[value] for value in values]
        places = max((len(units.text(value).partition(".")[2]) for value in values if value is not None), default=0)
        return [NOTHING if value is None else f"{value:.{places}f}" for value in values]

    def facts(self, register: type[Record], row: Any) -> list[Fact]:
        """Return the facts of a record or of a version of it, each evidence beside its date."""
        columns = {name: field_of(register, name) for name in register.columns or register.listed}
        labels = labels_of(register)
        texts = {name: self.tell(each, getattr(row, each.attname), row, brief=True) for name, each in columns.items()}
        beside = {name: f"{name.removesuffix('_on')}_evidence" for name in columns if name.endswith("_on")}
        return [
            Fact(labels[columns[name].attname], text, texts.get(beside.get(name, ""), "").strip(NOTHING), beside.get(name, ""))
            for name, text in texts.items() if name not in beside.values()
        ]  # fmt: skip

    def entries(self, listed: list[events.Event], *, with_facts: bool = False) -> Iterator[Entry]:
        """Yield the events in words, where asked with the facts that each changed."""
        if unknown := {event.actor for event in listed} - {*self._people, SYSTEM.code}:
            self._people |= dict.fromkeys(unknown) | {user.code: user for user in User.objects.filter(code__in=unknown)}
        by_label = {each._meta.label_lower: each for each in registers().values()}
        if with_facts:
            self._expect_facts(by_label, listed)
            self._learn_told(listed, by_label)
        people = {code: self._person(code, self._people.get(code)) for code in {event.actor for event in listed}}
        for event in listed:
            register, action = by_label.get(event.subject), actions.registry().get(event.action)
            lifecycle = register.lifecycle if register else None
            stage = lifecycle.label if lifecycle else str
            yield Entry(
                event, self._subject(event, register), people[event.actor],
                str(action.label) if action else event.action, stage(event.origin), stage(event.target),
                list(self._changes(register, event)) if register and with_facts else [],
            )  # fmt: skip

    def _expect_facts(self, by_label: dict[str, type[Record]], listed: list[events.Event]) -> None:
        """Take note of the records that the events name in their facts."""
        for event in listed:
            register = by_label.get(event.subject)
            for each in keys_of(register) if register else ():
                told = {event.facts.get(side, {}).get(each.attname) for side in ("before", "after")} - {None}
                self._expected[cast(type[Record], each.related_model)] |= {each.to_python(key) for key in told}

    def _learn_told(self, listed: list[events.Event], by_label: dict[str, type[Record]]) -> None:
        """Read the records of which a column is told in its own manner, which may hang on their other facts."""
        for label in {event.subject for event in listed} & {*by_label}:
            if any(manner_of(each) is not ORDINARY for each in by_label[label]._meta.concrete_fields):
                self._learn(by_label[label], [event.subject_id for event in listed if event.subject == label])

    def _subject(self, event: events.Event, register: type[Record] | None) -> str:
        if register is None:
            return f"{event.subject} {event.subject_id}"
        seen = self.user.owners(register.right_to("view"))
        open_to = event.party in seen or bool(register.shared and seen)  # what is shared is told only where it may be seen
        return self._link(register, event.subject_id, f"{register._meta.verbose_name} {event.facts['code']}", open_to)

    def _person(self, code: str, user: User | None) -> str:
        if code == SYSTEM.code:
            return str(SYSTEM)
        return str(user) if user and self.user.may(User.right_to("view"), user.owner_id) else code

    def _changes(self, register: type[Record], event: events.Event) -> Iterator[tuple[str, str, str]]:
        """Yield each fact that an event changed: its label, before and after; of a personal fact only that it changed."""
        facts = event.facts
        before, after, labels = facts.get("before", {}), facts.get("after", {}), labels_of(register)
        for name, label in labels.items():
            if name not in after or before.get(name) == after[name]:
                continue
            each = field_of(register, name)
            if not (before or each.name in register.columns):
                continue
            if hasattr(each, "personal"):
                yield label, "", _("已变更") if before else _("已填写")
            elif before or after[name] not in EMPTY:
                record = self._known.get(register, {}).get(event.subject_id)
                yield label, *self._changed(each, before, after, record)

    def _changed(self, of: models.Field, before: dict[str, Any], after: dict[str, Any], record: Record | None) -> tuple[str, str]:
        """Return a fact before and after in words; what its column's own manner tells may hang on the record's other facts."""
        values = [value and of.to_python(value) for value in (before.get(of.attname), after[of.attname])]
        rows = [record and _as_of(record, facts) for facts in (before, after)]
        changed = manner_of(of).changed
        if changed and not any(value in EMPTY for value in values):
            return changed(values[0], values[1], rows[1])
        one, other = (self.tell(of, value, row) for value, row in zip(values, rows, strict=True))
        return one, other


def _as_of(record: Record, facts: dict[str, Any]) -> Record:
    """Return the record with some facts as an event tells them."""
    told = copy.copy(record)
    vars(told).update(facts)
    return told
