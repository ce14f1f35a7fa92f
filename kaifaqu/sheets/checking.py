"""Checking: what each row of a table would do, and everything that is wrong with it, before anything is written.

Nothing stops at the first fault: every cell of every row is read, and each row ends as new, changed, same, alike (a person
must say whether it is the record that it resembles) or wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel import actions, events
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import EMPTY, Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.sheets.cells import Wrong, values_of
from kaifaqu.sheets.columns import Column, hidden, in_short, shown, spelt, too_long
from kaifaqu.sheets.constraints import broken
from kaifaqu.sheets.headings import Heading, Layout, layout_of, told_by
from kaifaqu.sheets.matching import Finder, Match, References
from kaifaqu.sheets.provenance import unasked
from kaifaqu.sheets.reading import Book, Cell, Row, Sheet

PIECE = 500  # rows that are looked up together
Demand = Callable[[Mapping[str, Any], Record | None], Iterable[tuple[str | None, str]] | None]
NEW, CHANGED, SAME, ALIKE, WRONG = "new", "changed", "same", "alike", "wrong"
Reader = tuple[Heading, models.Field, Callable[[Cell], Any]]  # what turns the cells below a heading into facts of its column


@dataclass
class Fault:
    """What is wrong with one cell, or with the row where there is no `place`; `suggestion` would be right there."""

    place: int | None
    heading: str
    value: str
    message: str
    suggestion: str | None = None


@dataclass
class Checked:
    """One row as it was found: what it would do to which version of which record, with which facts, and what is wrong."""

    sheet: str
    number: int
    kind: str = WRONG
    name: str = ""
    record: int | None = None
    version: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON holds it."""
        facts = {name: packed(value) for name, value in self.facts.items()}
        return {**vars(self), "facts": facts, "faults": [vars(fault) for fault in self.faults]}


def filled(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that are not empty."""
    return {name: value for name, value in facts.items() if value is not None and value != ""}


def packed(value: Any) -> Any:
    """Return a cleaned fact as JSON holds it; a record by its number."""
    if isinstance(value, Record):
        return {"id": value.pk}
    return str(value) if isinstance(value, Decimal | PartialDate | date) else value


def _own(planned: Change | Iterable[Change]) -> Change:
    """Return the change of the row itself, which stands before those that follow from it."""
    return planned if isinstance(planned, Change) else next(iter(planned))


@dataclass
class _Row:
    """One row while it is checked."""

    row: Row
    layout: Layout
    told: Checked
    facts: dict[str, Any] = field(default_factory=dict)  # cleaned; of a reference the record
    texts: dict[str, str] = field(default_factory=dict)  # of references, as written
    match: Match = field(default_factory=Match)
    base: Any = None  # the version that was exported, where the row says so
    change: Change | None = None

    def fault(self, name: str | None, message: str, value: str = "", suggestion: str | None = None) -> None:
        """Add what is wrong with the fact of this column, or with the row."""
        heading = next((each for each in self.layout.headings if each.column and each.column.name == name), None)
        place, text = (heading.place, heading.text) if heading else (None, "")
        self.told.faults.append(Fault(place, text, value, message, suggestion))


@dataclass
class Checker:
    """Checks the rows that a person brings in for an owner's register.

    `chosen` maps headings to columns as the person decided, `accept` takes every suggestion, `confirmed` are the records
    that the person has recognised among those that rows resemble. `demand` says what else is wrong with a row, given its
    facts and the record that it means, by column; None passes the row over.
    """

    register: type[Record]
    owner: Party
    by: User
    source: str = ""
    reason: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    accept: bool = False
    confirmed: frozenset[int] = frozenset()
    demand: Demand | None = None
    layouts: dict[str, Layout] = field(default_factory=dict, init=False)
    passed: list[str] = field(default_factory=list, init=False)  # names of sheets that were not read
    counts: Counter = field(default_factory=Counter, init=False)
    _met: dict[str, dict[Any, tuple[str, int]]] = field(default_factory=lambda: defaultdict(dict), init=False)
    _said: dict[tuple[str, int], int] = field(default_factory=dict, init=False)  # by row, where a register merges repeated rows

    def __post_init__(self) -> None:
        self.columns = {name: field_of(self.register, name) for name in dict.fromkeys(("code", *self.register.columns))}
        self.labels = {name: str(column.verbose_name) for name, column in self.columns.items()}
        self.written = {name: Column(column) for name, column in self.columns.items()}
        self.references = {
            name: References(column, self.owner, self.by) for name, column in self.columns.items() if column.is_relation}
        self.finder = Finder(self.register, self.owner, self.by)
        self.create = actions.find(self.register.right_to("create")).plan
        self.correct = actions.find(self.register.right_to("correct")).plan
        self.follow = [column for column in shown(self.register) if column.derived]
        self.unread = {hidden(), too_long()}  # what an export writes where it may not tell
        self.merges = getattr(self.register, "merges", False)  # a row that repeats an earlier one of its file is one record with it
        self.is_ours = True

    def check(self, book: Book) -> Iterator[Checked]:
        """Yield every row of data in the book. Raise ValidationError when no sheet has headings of the register."""
        problems: list[str] = []
        mark = told_by(book.mark)
        told = len(mark.get("columns", ()))  # of our own workbooks the sheet with the key is meant
        self.unread |= {*mark.get("untold", ())}  # in the language of the file
        self.is_ours = not mark or events.is_head(str(mark.get("head", "")))
        passed: dict[str, Layout] = {}
        for sheet in book.sheets:
            layout = layout_of(sheet, self.register, self.chosen, book.mark)
            if sheet.hidden or (layout.key is None and len(layout.columns) < max(min(2, len(layout.headings)), told // 2, 1)):
                self.passed.append(sheet.name)
                if not sheet.hidden:
                    passed[sheet.name] = layout
                    problems += layout.problems
                continue
            self.layouts[sheet.name] = layout
            if not layout.problems:
                yield from self._sheet(sheet, layout)
        stuck = [problem for layout in self.layouts.values() for problem in layout.problems]
        if stuck:
            raise ValidationError(stuck)
        if not self.layouts:  # whoever knows what the headings mean may say so
            self.layouts = {name: layout for name, layout in passed.items() if layout.headings}
            raise ValidationError(problems or [_("没有认出列名，请在下面选定各列对应的栏目。") if self.layouts else _("表中没有内容。")])

    def _sheet(self, sheet: Sheet, layout: Layout) -> Iterator[Checked]:
        rows = layout.data(sheet)
        readers = [
            (heading, column, values_of(column, heading.unit, since_1904=sheet.since_1904))
            for heading in layout.headings if (column := heading.column)]
        while piece := list(islice(rows, PIECE)):
            for told in self._piece([_Row(row, layout, Checked(sheet.name, row.number)) for row in piece], readers):
                self.counts[told.kind] += 1
                yield told

    def _piece(self, rows: list[_Row], readers: list[Reader]) -> Iterator[Checked]:
        self._recognise(rows)
        for each in rows:
            for reader in readers:
                self._read(each, *reader)
        self._refer(rows)
        self._find(rows)
        rows = [each for each in rows if self._is_asked(each)]
        for each in rows:
            self._plan(each)
        self._refuse_taken(rows)
        for each in rows:
            yield self._told(each)

    def _read(self, each: _Row, heading: Heading, column: models.Field, value_of: Callable[[Cell], Any]) -> None:
        """Read one cell into a fact, or into what is wrong with it."""
        cell = each.row.at(heading.place)
        if cell.value in self.unread:
            return
        if each.base is not None and self.written[column.name].kind == "text":
            told = self._value(each.base, column.name)
            if cell.value == told:  # as it was exported: it is not read anew, however strange it is
                each.facts[column.name] = told
                return
        try:
            value = value_of(cell)
        except Wrong as wrong:
            if not self.accept or wrong.suggestion is None:
                each.fault(column.name, str(wrong), cell.value, wrong.suggestion)
                return
            value = value_of(Cell("text" if wrong.suggestion else "empty", wrong.suggestion))
        if column.is_relation:
            each.texts[column.name] = value or ""
            each.facts[column.name] = None
        else:
            each.facts[column.name] = value

    def _refer(self, rows: list[_Row]) -> None:
        """Find the records that the rows refer to."""
        for name, references in self.references.items():
            texts = {each.texts[name] for each in rows if each.texts.get(name)}
            references.learn(sorted(texts))
            found = {text: references.find(text) for text in texts}
            for each in rows:
                if text := each.texts.get(name):
                    if isinstance(record := found[text], str):
                        each.fault(name, record, text)
                        del each.facts[name]
                    else:
                        each.facts[name] = record

    def _recognise(self, rows: list[_Row]) -> None:
        """Find the records of rows that carry the hidden key of our own files, and the version that was exported."""
        keyed: dict[int, tuple[_Row, int]] = {}
        for each in rows:
            key = each.layout.key if self.is_ours else None
            pk, _colon, version = (each.row.at(key).value if key is not None else "").partition(":")
            if all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (pk, version)):
                if int(pk) in keyed:
                    each.match = Match(problem=_("与第 {row} 行是同一条记录，只能有一行。").format(row=keyed[int(pk)][0].told.number))
                    continue
                keyed[int(pk)] = each, int(version)
        known = self.finder.rows.in_bulk([*keyed])
        for number, (each, row_version) in keyed.items():
            if number not in known:
                each.match = Match(problem=_("这一行原来的记录已不在台账中（可能已归档）。要重新登记，请清空隐藏的第一列。"))
                continue
            each.match, each.base = Match(known[number], key=("_key",)), known[number]
            if row_version != known[number].row_version:
                each.base = self.register.Version.objects.filter(id=number, row_version=row_version).first()

    def _find(self, rows: list[_Row]) -> None:
        """Find the records that the other rows mean, by the register's keys."""
        unknown = [each for each in rows if each.match.record is None and not each.match.problem]
        for each, match in zip(unknown, self.finder.find([each.facts for each in unknown]), strict=True):
            each.match = match
        self._refuse_doubles(rows)

    def _refuse_doubles(self, rows: list[_Row]) -> None:
        """Refuse a second row for one record, or with a key that an earlier row of the file has, unless the register merges the two."""
        singles = [key[0] for key in self.register.keys if len(key) == 1]
        for each in rows:
            here = (each.told.sheet, each.told.number)
            if self.merges:
                self._said[here] = hash(frozenset((name, str(value)) for name, value in filled(each.facts).items() if name != "code"))
            marks: list[tuple[str, Any]] = [("", each.match.record.pk)] if each.match.record else []
            marks += [(name, str(each.facts[name])) for name in singles if each.facts.get(name) not in EMPTY]
            for name, mark in marks:
                sheet, number = self._met[name].setdefault(mark, here)
                if (sheet, number) != here:
                    where = _("第 {row} 行").format(row=number) if sheet == here[0] else f"{sheet} {number}"
                    if self.merges and self._said[here] == self._said[sheet, number]:
                        each.told.kind, each.told.name = SAME, self._name(each)
                        each.told.notes = [_("与{where}是同一条记录，内容相同，合并为一条。").format(where=where)]
                        break
                    each.fault(name or None, _("与{where}重复，同一条记录只能有一行。").format(where=where), mark if name else "")
                    break

    def _is_asked(self, each: _Row) -> bool:
        """Say what the demand finds wrong with the row; tell whether it is meant at all."""
        found = self.demand(each.facts, each.match.record) if self.demand else ()
        for name, sentence in found or ():
            each.fault(name, sentence, str(each.facts.get(name) or "") if name else "")
        return found is not None

    def _plan(self, each: _Row) -> None:
        """Plan what the row does, so that the register's own rules speak; what changes is told from the plan."""
        if each.match.problem:
            each.fault(None, each.match.problem)
        if each.told.faults or each.told.kind == SAME:
            return
        try:
            if each.match.record is None:
                self._plan_new(each)
            else:
                self._plan_change(each, each.match.record)
        except ValidationError as refusal:
            for message in refusal.messages:
                named = [name for name, label in self.labels.items() if f"「{label}」" in message]
                name = named[0] if named else None
                each.fault(name, message, str(each.facts.get(name) or "") if name else "")

    def _plan_new(self, each: _Row) -> None:
        facts = filled(each.facts)
        change = each.change = _own(self.create(self.owner, by=self.by, facts=facts, reason=self.reason))
        adopted = {name: value for name, value in change.result.adopted().items() if name not in facts}
        for name, value in adopted.items():
            setattr(change.result, name, value)
        each.told.kind, each.told.facts = NEW, facts | adopted
        each.told.notes = [
            _("补记：{label} {value}").format(label=self.labels[name], value=spelt(self.written[name], value))
            for name, value in adopted.items()]
        each.told.notes += change.result.warnings()
        each.told.name = self._name(each)
        self._refuse_broken(each, change)

    def _name(self, each: _Row) -> str:
        """Return how people call the row: by its name, its code, or what it is about."""
        about = next((value for value in each.facts.values() if isinstance(value, Record)), "")
        return str(each.facts.get("name") or each.facts.get("code") or about)

    def _refuse_broken(self, each: _Row, change: Change) -> None:
        for sentence in broken(change.result):
            named = next((name for name, label in self.labels.items() if label in sentence), None)
            each.fault(named, sentence)

    def _plan_change(self, each: _Row, record: Record) -> None:
        facts = self._changed_since(each, record) if each.base is not None else self._differing(each, record)
        if each.told.faults:
            return
        reason = self.reason or unasked(record, facts, self.source or _("导入"))
        change = each.change = _own(self.correct(record, by=self.by, version=record.row_version, facts=facts, reason=reason))
        names = [name for name in change.names if name in facts]
        told = each.told
        told.name, told.record, told.version = str(record), record.pk, record.row_version
        told.facts = {name: facts[name] for name in names}
        told.changes = [(self.labels[name], self._text(name, record), self._text(name, change.result)) for name in names]
        alike = each.match.alike and record.pk not in self.confirmed
        told.kind = ALIKE if alike else CHANGED if names else SAME
        if names:
            told.changes += self._following(record, change.result)
            told.notes = change.result.warnings()
            self._refuse_broken(each, change)

    def _following(self, record: Record, result: Record) -> list[tuple[str, str, str]]:
        """Return what changes because of the facts, such as a stage."""
        return [
            (str(each.field.verbose_name), spelt(each, before), spelt(each, after)) for each in self.follow
            if (before := getattr(record, each.field.attname)) != (after := getattr(result, each.field.attname))]

    def _differing(self, each: _Row, record: Record) -> dict[str, Any]:
        """Return the facts that are not what stands there already; an empty cell says nothing."""
        return {
            name: value for name, value in filled(each.facts).items()
            if getattr(value, "pk", value) != getattr(record, self.columns[name].attname)
        }

    def _changed_since(self, each: _Row, record: Record) -> dict[str, Any]:
        """Return the facts that the person changed in the file since it was exported; an emptied cell empties the fact.

        What somebody else changed since, and the file did not, stays; where both did, differently, the row is at fault.
        """
        facts = {}
        for name, value in each.facts.items():
            mine, base, now = (self._stored(name, one) for one in (
                getattr(value, "pk", value), self._value(each.base, name), self._value(record, name)))
            if mine in (base, now):
                continue
            if base != now:
                each.fault(name, _("导出以后别人已改为「{now}」（导出时为「{base}」），请核对后在系统中修改，或重新导出再填。").format(
                    now=self._text(name, record) or _("空"), base=self._text(name, each.base) or _("空")))
            facts[name] = value
        return facts

    def _stored(self, name: str, value: Any) -> Any:
        """Return the value as it is stored, for comparing; of a personal fact the text without its salt."""
        column = self.columns[name]
        if value in EMPTY:
            return None
        return str(value) if hasattr(column, "personal") or column.is_relation else column.get_prep_value(value)

    def _text(self, name: str, record: Any) -> str:
        """Return the record's fact as people write it."""
        if self.columns[name].is_relation:
            target = getattr(record, name)
            return "" if target is None else str(target)
        return in_short(self.written[name], getattr(record, name))

    def _refuse_taken(self, rows: list[_Row]) -> None:
        """Refuse rows that break a rule of uniqueness, among themselves or with records that are there."""
        for constraint in self.register._meta.constraints:
            if not isinstance(constraint, models.UniqueConstraint) or "code" in constraint.fields:
                continue
            names = [name for name in constraint.fields if name != "owner"]
            wanted: dict[tuple, list[_Row]] = defaultdict(list)
            for each in rows:
                if each.change is not None and not each.told.faults:
                    values = tuple(self._value(each.change.result, name) for name in names)
                    if not any(value in EMPTY for value in values) and self._meets(constraint.condition, each.change.result):
                        wanted[values].append(each)
            taken = self._taken(names, wanted, "owner" in constraint.fields, constraint.condition)
            for values, sharing in wanted.items():
                for each in sharing:
                    here = (each.told.sheet, each.told.number)
                    first = self._met[constraint.name].setdefault(values, here)
                    others = taken.get(values, set()) - {each.change.result.pk if each.change else None}
                    if others or first != here:
                        each.fault(names[0], str(constraint.violation_error_message))

    def _value(self, record: Record, name: str) -> Any:
        return getattr(record, field_of(self.register, name).attname)

    def _meets(self, condition: models.Q | None, record: Record) -> bool:
        """Tell whether a rule of uniqueness is about the record: its condition names columns with the values that they must have."""
        return condition is None or condition.negated != all(
            self._meets(each, record) if isinstance(each, models.Q) else self._compares(record, *each)
            for each in cast(list[Any], condition.children))

    def _compares(self, record: Record, path: str, wanted: Any) -> bool:
        """Tell whether a column has the value, or is empty, as a rule of uniqueness says. Raise LookupError for another comparison."""
        name, _, lookup = path.partition("__")
        if lookup not in ("", "isnull"):
            raise LookupError(path)
        value = self._value(record, name)
        return (value is None) is wanted if lookup else value == wanted

    def _taken(self, names: list[str], wanted: Iterable[tuple], within: bool, condition: models.Q | None) -> dict[tuple, set[int]]:
        found: dict[tuple, set[int]] = defaultdict(set)
        rows = self.register.objects.current().filter(condition or models.Q(), **{f"{names[0]}__in": {values[0] for values in wanted}})
        rows = rows.filter(owner_id=self.owner.pk) if within else rows
        columns = [field_of(self.register, name).attname for name in names]
        for pk, *values in rows.values_list("pk", *columns):
            found[tuple(values)].add(pk)
        return found

    def _told(self, each: _Row) -> Checked:
        if each.told.faults:
            each.told.kind, each.told.facts, each.told.changes = WRONG, {}, []
            each.told.name = each.told.name or self._name(each)
        return each.told
