"""Collecting: a request goes out to units as workbooks filled in beforehand; what comes back is matched and merged at once.

What comes back are uploads. Each belongs to a unit by what its mark says, or by what a person confirms; it becomes part of
the registers when it is merged, all together and as one changeset.
"""

import io
import re
import shutil
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.files import store
from kaifaqu.jobs import working
from kaifaqu.kernel import actions, clock, events
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import EMPTY, Change, commit
from kaifaqu.kernel.records import Record, field_of, registers
from kaifaqu.sheets import blanks, guarding, importing
from kaifaqu.sheets.checking import ALIKE, CHANGED, NEW, SAME, WRONG, Demand
from kaifaqu.sheets.columns import Column, spelt
from kaifaqu.sheets.headings import WITHIN, folded
from kaifaqu.sheets.importing import Report
from kaifaqu.sheets.models import Changeset, Collection, CollectionUnit, Origin, Upload, UploadState, subjects_of

NOT_BACK, READING, FAULTY, TWICE, BACK, MERGED = STATES = ("not_back", "reading", "faulty", "twice", "back", "merged")
LABELS = {
    NOT_BACK: gettext_lazy("未交"), READING: gettext_lazy("正在检查"), FAULTY: gettext_lazy("有错误"),
    TWICE: gettext_lazy("交了两份"), BACK: gettext_lazy("已交"), MERGED: gettext_lazy("已汇总"),
}  # fmt: skip
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)  # names that Windows keeps for itself
LONGEST = 60  # characters of a part of a file's name
NAMED = 10


# Sending out


def start(owner: Party, by: User, facts: Mapping[str, Any], units: Iterable[Mapping[str, Any]]) -> Collection:
    """Enter a collection with its units in one commit. Raise ValidationError where a record has two units, or there is none."""
    units, met = list(units), dict[str, str]()
    if not units:
        raise ValidationError(_("还没有填报单位。"))
    first = cast(Change, actions.find("collections.create").plan(owner, by=by, facts=dict(facts)))
    changes = [first]
    for unit in units:
        planned = actions.find("collection_units.create").plan(owner, by=by, facts={**unit, "collection": first.result})
        change = cast(Change, planned)
        for code in cast(CollectionUnit, change.result).codes:
            if (other := met.setdefault(code, unit["name"])) != unit["name"]:
                raise ValidationError(_("{code} 同时列在「{one}」和「{other}」，一条记录只由一家填。").format(
                    code=code, one=other, other=unit["name"]))
        changes.append(change)
    return commit(changes, by=by)[0]


def units_of(collection: Collection) -> list[CollectionUnit]:
    """Return the units of a collection in the order of their codes."""
    return list(CollectionUnit.objects.current().filter(collection=collection, owner_id=collection.owner_id).order_by("id"))


def rows_of(unit: CollectionUnit, by: User) -> list[Record]:
    """Return what stands in the unit's workbook: its records, or for each subject the period's record, made up where none is."""
    collection = unit.collection
    register = collection.model
    subjects = subjects_of(register).objects.visible_to(by).filter(owner_id=unit.owner_id, code__in=unit.codes).order_by("code")
    if subjects.model is register:
        return list(subjects)
    subject_name, period_name = register.periodic  # type: ignore[attr-defined]
    known = register.objects.visible_to(by).filter(owner_id=unit.owner_id, **{f"{subject_name}__in": subjects})
    there = {getattr(row, f"{subject_name}_id"): row for row in known.filter(**{period_name: collection.month})}
    before: dict[int, Record] = {}
    for row in known.order_by(period_name):
        if str(getattr(row, period_name))[:4] == collection.period[:4] and str(getattr(row, period_name)) < collection.period:
            before[getattr(row, f"{subject_name}_id")] = row
    rows = []
    for subject in subjects:
        carried = {name: getattr(before.get(subject.pk), name, None) for name in getattr(register, "carried", ())}
        facts = {name: value for name, value in carried.items() if value not in EMPTY}
        new = register(owner_id=unit.owner_id, **{subject_name: subject, period_name: collection.month}, **facts)
        rows.append(there.get(subject.pk, new))
    return rows


def send_one(unit: CollectionUnit, by: User, stream: IO[bytes]) -> None:
    """Write the unit's workbook to the stream; its mark says whose it is."""
    rows = rows_of(unit, by)
    blanks.blank(unit.collection.model, by, stream, rows, owner=Party.objects.get(pk=unit.owner_id), among=_among(rows),
                 extra=_extra(unit.collection, unit))


def send(collection: Collection, by: User, stream: IO[bytes]) -> int:
    """Write a zip with the workbook of each unit to the stream; return how many there are."""
    units, names = units_of(collection), set[str]()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for unit in units:
            book = io.BytesIO()
            send_one(unit, by, book)
            name = file_name(unit)
            while name.lower() in names:
                name = f"{name.removesuffix('.xlsx')}_{unit.code}.xlsx"
            names.add(name.lower())
            archive.writestr(name, book.getvalue())
    return len(units)


def forward(collection: Collection, by: User, stream: IO[bytes]) -> int:
    """Write one workbook with the rows of all units, each with its unit, to be forwarded; return how many rows there are."""
    told = [(row, unit.name) for unit in units_of(collection) for row in rows_of(unit, by)]
    rows = [row for row, _name in told]
    blanks.blank(collection.model, by, stream, rows, owner=Party.objects.get(pk=collection.owner_id), among=_among(rows),
                 extra=_extra(collection), units=[name for _row, name in told])
    return len(rows)


def file_name(unit: CollectionUnit) -> str:
    """Return the name of the unit's workbook, such that every system can store it."""
    return f"{plain(unit.name)}_{plain(unit.collection.name)}.xlsx"


def plain(text: str) -> str:
    """Return the text as a part of a file's name, such that every system can store it."""
    kept = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]+', " ", text).strip(" .")[:LONGEST].strip(" .")
    return f"_{kept}" if RESERVED.fullmatch(kept) else kept or "_"


def _among(rows: Iterable[Record]) -> dict[str, list[Record]]:
    """Return by column the records that the rows refer to: only these may a drop-down name."""
    found: dict[str, dict[int, Record]] = defaultdict(dict)
    for row in rows:
        for name in type(row).columns:
            if field_of(type(row), name).is_relation and (record := getattr(row, name)) is not None:
                found[name][record.pk] = record
    return {name: list(records.values()) for name, records in found.items()}


def _extra(collection: Collection, unit: CollectionUnit | None = None) -> dict[str, Any]:
    return {"collection": {
        "id": collection.pk, "code": collection.code, "name": collection.name, "period": collection.period, "unit": unit and unit.pk,
    }}


def reminder(collection: Collection) -> str:
    """Return a text about the units that have not handed in, to be pasted into a chat. No personal fact is in it."""
    lines = board(collection).lines
    waiting = [line for line in lines if line.state == NOT_BACK]
    faulty = [line for line in lines if line.state == FAULTY]
    due = _("请在 {day} 前交回。").format(day=collection.due_on) if collection.due_on else _("请尽快交回。")
    told = [
        _("【{name}】应交 {all} 家，已交 {back} 家，未交 {waiting} 家。").format(
            name=collection.name, all=len(lines), back=len(lines) - len(waiting), waiting=len(waiting)),
        *(f"{number}. {line.unit.name}（{'、'.join(line.unit.codes[:NAMED])}）" for number, line in enumerate(waiting, 1)),
    ]
    if waiting:
        told.append(due)
    if faulty:
        told.append(_("交回的表有错误、需要改的：{names}。").format(names="、".join(line.unit.name for line in faulty)))
    return "\n".join(told)


# Coming back


@dataclass
class Received:
    """What became of files that were dropped in: new answers, and the names of those that had come before."""

    answers: list[Upload] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


def receive(collection: Collection, files: Iterable[tuple[str, IO[bytes]]], by: User, reason: str = "") -> Received:
    """Take in files, those of a zip one by one; a file that has come before is taken once. They are still to be checked.

    Raise PermissionDenied without the right to edit the register, and Refused for a zip that is damaged or too large.
    """
    owner, told = Party.objects.get(pk=collection.owner_id), Received()
    for name, content in _files(files):
        upload = importing.receive(collection.model, owner, by, name, content, reason=reason)
        same = Upload.objects.filter(collection=collection, sha256=upload.sha256).exclude(pk=upload.pk).first()
        if same is not None:
            shutil.rmtree(upload.folder, ignore_errors=True)
            upload.delete()
            told.repeated.append(name)
            continue
        upload.collection = collection
        upload.save()
        told.answers.append(upload)
    return told


def _files(files: Iterable[tuple[str, IO[bytes]]]) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the files, and of a zip those that are in it."""
    for name, content in files:
        if not name.lower().endswith(".zip"):
            yield name, content
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            archive = Path(folder) / "archive"
            with archive.open("wb") as file:
                shutil.copyfileobj(content, file)
            yield from ((inner, io.BytesIO(data)) for inner, data in guarding.members(archive, name))


def check(upload: Upload, report: Report = working.ignore) -> None:
    """Read and check an answer, and find out whose it is. What belongs to another collection or period is refused."""
    demands = Demands(upload)
    importing.check(upload, report, demands)
    upload.found["seq"] = events.last_seq()
    if upload.state == UploadState.CHECKED:
        _judge(upload, demands)
    upload.save()
    if demands.forwarded and upload.state == UploadState.CHECKED:
        _divide(upload, demands, report)
    elif upload.unit is not None and upload.state == UploadState.CHECKED and not upload.choices.get("aside"):
        _leave_out_the_same(upload)


def check_all(collection: Collection, by: User, report: Report = working.ignore) -> None:
    """Check the answers that the person brought in and that nobody has checked yet."""
    waiting = Upload.objects.filter(collection=collection, person=by, state=UploadState.READING).order_by("made_at", "name")
    for number, upload in enumerate(found := list(waiting), 1):
        report(_("正在检查第 {number} 份，共 {all} 份").format(number=number, all=len(found)), number, len(found))
        check(upload)


@working.kind("collections.check", gettext_lazy("检查交回的表"))
def check_job(*, by: User, report: Report, collection: int) -> str:
    """Check answers in the background."""
    found = Collection.objects.get(pk=collection)
    check_all(found, by, report)
    return f"/collections/{found.pk}/"


class Demands:
    """What a collection demands of the rows of an answer: its period, and records of the unit whose answer it is."""

    def __init__(self, upload: Upload):
        assert upload.collection is not None
        self.upload, self.collection = upload, upload.collection
        self.units = units_of(self.collection)
        self.unit_of = {code: unit for unit in self.units for code in unit.codes}
        self.periodic = getattr(self.collection.model, "periodic", None)
        self.part = bool(upload.choices.get("part"))  # of a forwarded workbook only the rows of this unit
        self.forwarded = False
        self.asked: list[CollectionUnit | None] = []  # the unit of each row
        self.periods: Counter[str] = Counter()

    def __call__(self, mark: Mapping[str, Any]) -> Demand:
        """Take what the file's mark says; raise ValidationError where it is another collection's."""
        told = mark.get("collection")
        if isinstance(told, dict):
            if (told.get("id"), told.get("code")) != (self.collection.pk, self.collection.code):
                raise ValidationError(_("这是「{name}」（{period}）的表，不是本次「{this}」的，没有并入。").format(
                    name=told.get("name"), period=told.get("period") or "—", this=self.collection.name))
            unit = next((unit for unit in self.units if unit.pk == told.get("unit")), None)
            if self.upload.unit is None and unit is not None:
                self.upload.unit, self.upload.found["matched"] = unit, "mark"
            self.forwarded = told.get("unit") is None and not self.part
        return self.demand

    def demand(self, facts: Mapping[str, Any], record: Record | None) -> list[tuple[str | None, str]] | None:
        """Return what is wrong with a row, by column; None for a row that is passed over."""
        subject, problems = self.subject(facts, record), []
        unit = self.unit_of.get(subject.code) if subject is not None else None
        if self.part and (unit != self.upload.unit or self._is_blank(facts, record)):
            return None
        self.asked.append(None if self._is_blank(facts, record) else unit)
        if self.periodic and (period := facts.get(self.periodic[1]) or getattr(record, self.periodic[1], None)):
            self.periods[str(period)] += 1
            if str(period) != self.collection.period:
                problems.append((self.periodic[1], _("{period} 不是本次收表的 {this}，没有并入。").format(
                    period=period, this=self.collection.period)))
        mine = self.upload.unit
        if mine is not None and subject is not None and subject.code not in mine.codes:
            column = self.periodic[0] if self.periodic else "code"
            problems.append((column, _("{subject} 不由「{unit}」填报{other}。").format(
                subject=subject, unit=mine.name, other=_("，应由「{unit}」填").format(unit=unit.name) if unit else "")))
        return problems

    def subject(self, facts: Mapping[str, Any], record: Record | None) -> Record | None:
        """Return what the row is about."""
        return facts.get(self.periodic[0]) or getattr(record, self.periodic[0], None) if self.periodic else record

    def _is_blank(self, facts: Mapping[str, Any], record: Record | None) -> bool:
        """Tell whether nothing has been filled in beside what stood there already."""
        given = {"code", *(self.periodic or ()), *getattr(self.collection.model, "carried", ())}
        return record is None and all(value in EMPTY for name, value in facts.items() if name not in given)


def _judge(upload: Upload, demands: Demands) -> None:
    """Refuse a file that says nothing or is of another period as a whole; note what a person must settle."""
    counts = upload.found["counts"]
    others = [period for period in demands.periods if period != demands.collection.period]
    if not counts:
        upload.state, upload.problem = UploadState.REFUSED, _("表中没有数据行。")
    elif others and not demands.periods[demands.collection.period]:
        upload.state = UploadState.REFUSED
        upload.problem = _("整张表都是 {periods} 的，不是本次收表的 {this}，没有并入。请核对是不是交了上期的表。").format(
            periods="、".join(sorted(others)), this=demands.collection.period)
    upload.found["unsettled"] = [
        heading["text"] for sheet in upload.found["sheets"] for heading in sheet["headings"]
        if heading["how"] == "unknown" and heading["near"]]
    upload.found["unread"] = [
        heading["text"] for sheet in upload.found["sheets"] for heading in sheet["headings"]
        if heading["how"] == "unknown" and not heading["near"]]
    if upload.unit is None and not demands.forwarded and upload.state == UploadState.CHECKED:
        upload.found["suggested"] = _suggested(upload, demands)


def _suggested(upload: Upload, demands: Demands) -> dict[str, Any] | None:
    """Return the one unit that the file's name, its first lines or its rows name, and which of them does; a person confirms it."""
    by_rows = {unit.pk: unit for unit in demands.asked if unit is not None}
    with importing.opened(upload) as book:
        sheet = next(book.sheets, None)
        texts = [] if sheet is None else [sheet.name, *(cell.value for row in sheet.head(WITHIN) for cell in row.cells)]
    signs = {
        _("文件名"): _named_in([upload.name], demands.units), _("表中文字"): _named_in(texts, demands.units),
        _("所填记录"): list(by_rows.values()) if len(by_rows) == 1 else [],
    }  # fmt: skip
    found = {unit.pk: unit for units in signs.values() for unit in units}
    if len(found) != 1 or (by_rows and not {*by_rows} & {*found}):
        return None
    [unit] = found.values()
    return {"unit": unit.pk, "name": unit.name, "by": [sign for sign, units in signs.items() if units]}


def _named_in(texts: Iterable[str], units: Iterable[CollectionUnit]) -> list[CollectionUnit]:
    """Return the units whose names stand in the texts; of names one within the other the longest."""
    whole = [folded(text) for text in texts]
    found = [unit for unit in units if any(folded(unit.name) in text for text in whole)]
    return [unit for unit in found if not any(
        other is not unit and folded(unit.name) in folded(other.name) for other in found)]


def _divide(upload: Upload, demands: Demands, report: Report) -> None:
    """Make of a forwarded workbook an answer of each unit that has filled something in."""
    filled = {
        unit.pk: unit for unit, told in zip(demands.asked, importing.rows(upload), strict=True)
        if unit is not None and told["kind"] != SAME}
    if not filled:
        upload.state, upload.problem = UploadState.REFUSED, _("总表里没有一家填了内容。")
    upload.choices["divided"] = bool(filled)
    upload.save()
    for unit in filled.values():
        with upload.source.open("rb") as file:
            part = importing.receive(
                demands.collection.model, upload.owner, upload.person, upload.name, file, reason=upload.reason)
        part.collection, part.unit, part.choices = upload.collection, unit, {**upload.choices, "divided": False, "part": True}
        part.sha256 = f"{upload.sha256[:52]}-{unit.pk}"[:64]  # the whole is known by its own
        check(part, report)


def _leave_out_the_same(upload: Upload) -> None:
    """Set the answer aside where the unit has another that says the same in every cell: saved again, it is one."""
    others = Upload.objects.filter(collection=upload.collection, unit=upload.unit, state=UploadState.CHECKED).exclude(pk=upload.pk)
    if any(not other.choices.get("aside") and not differences([other, upload]) for other in others):
        set_aside(upload)


def assign(upload: Upload, unit: CollectionUnit) -> None:
    """Take the answer as the unit's, as a person has confirmed, and check it again for that."""
    upload.unit = unit
    check(upload)


def choose(upload: Upload) -> None:
    """Take this one of the answers of its unit, and set the others aside."""
    for other in Upload.objects.filter(collection=upload.collection, unit=upload.unit):
        other.choices["aside"] = other.pk != upload.pk
        other.save()


def set_aside(upload: Upload, aside: bool = True) -> None:
    """Leave an answer out, or take it in again; nothing of it is thrown away."""
    upload.choices["aside"] = aside
    upload.save()


def note_chat(unit: CollectionUnit, by: User, text: str) -> Record:
    """Attach what was said in a chat to the unit, as a text file that proves it."""
    name = _("聊天记录_{unit}_{day}.txt").format(unit=plain(unit.name), day=clock.today())
    kept = store.keep(io.BytesIO(text.replace("\r\n", "\n").encode()), name)
    [attached] = commit([
        actions.find("collection_units.attach").plan(unit, by=by, version=unit.row_version, kept=kept, reason=_("聊天记录"))], by=by)
    return attached


# The board


@dataclass
class Line:
    """One unit on the board: its state, the answers that count, and the one that will be merged, where that is settled."""

    unit: CollectionUnit
    state: str
    answers: list[Upload]
    aside: list[Upload]

    @property
    def answer(self) -> Upload | None:
        """Return the only answer that counts."""
        return self.answers[0] if len(self.answers) == 1 else None

    @property
    def label(self) -> str:
        """Return the state in words."""
        return str(LABELS[self.state])

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows of each kind the answer has."""
        return dict(self.answer.found.get("counts", {})) if self.answer else {}


@dataclass
class Board:
    """Where a collection stands: a line a unit, the answers whose unit is not known yet, and the files that were refused."""

    lines: list[Line]
    unmatched: list[Upload]
    refused: list[Upload]
    changesets: list[Changeset]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many units are in each state."""
        met = Counter(line.state for line in self.lines)
        return {state: met[state] for state in STATES}

    def of(self, state: str) -> list[Line]:
        """Return the lines in this state."""
        return [line for line in self.lines if line.state == state]


def board(collection: Collection) -> Board:
    """Return where the collection stands now."""
    uploads = [
        each for each in Upload.objects.filter(collection=collection).select_related("person", "unit").order_by("made_at", "id")
        if not each.choices.get("divided")]
    changesets = Changeset.objects.in_bulk({each.changeset for each in uploads if each.changeset})
    standing = {pk for pk, changeset in changesets.items() if stands(changeset)}
    by_unit: dict[int, list[Upload]] = defaultdict(list)
    unmatched, refused = [], []
    for each in uploads:
        if each.state == UploadState.REFUSED:
            refused.append(each)
        elif each.unit_id is None and not each.choices.get("aside"):
            unmatched.append(each)
        elif each.unit_id is not None:
            by_unit[each.unit_id].append(each)
    lines = []
    for unit in units_of(collection):
        answers = [each for each in by_unit[unit.pk] if not each.choices.get("aside")]
        aside = [each for each in by_unit[unit.pk] if each.choices.get("aside")]
        lines.append(Line(unit, _state(answers, standing), answers, aside))
    return Board(lines, unmatched, refused, sorted(changesets.values(), key=lambda each: each.pk))


def _state(answers: list[Upload], standing: set[int]) -> str:
    if len(answers) > 1:
        return TWICE
    if not answers:
        return NOT_BACK
    [answer] = answers
    if answer.changeset in standing:
        return MERGED
    if answer.state == UploadState.READING:
        return READING
    wrong = answer.state == UploadState.ASKING or {*answer.found.get("counts", {})} - {NEW, CHANGED, SAME}
    return FAULTY if wrong or answer.found.get("unsettled") else BACK


def stands(changeset: Changeset) -> bool:
    """Tell whether what a changeset wrote still holds: it was not undone, or the undoing was."""
    return changeset.undone_by is None or not stands(changeset.undone_by)


@dataclass
class Difference:
    """One row as several answers of a unit have it: its name, and each column with the text of every answer."""

    name: str
    cells: list[tuple[str, list[str]]]


def differences(answers: list[Upload]) -> list[Difference]:
    """Return the rows in which the answers of one unit differ, with the differing cells side by side."""
    told = [_texts(answer) for answer in answers]
    found = []
    for name in dict.fromkeys(name for rows in told for name in rows):
        labels = dict.fromkeys(label for rows in told for label in rows.get(name, {}))
        cells = [(label, [rows.get(name, {}).get(label, "") for rows in told]) for label in labels]
        if differing := [(label, texts) for label, texts in cells if len({*texts}) > 1]:
            found.append(Difference(name, differing))
    return found


def _texts(answer: Upload) -> dict[str, dict[str, str]]:
    """Return by the row's name what an answer says, each column by its label; a row at fault says its faults."""
    register = registers()[answer.register]
    rows = list(importing.rows(answer))
    records = register.objects.in_bulk({row["record"] for row in rows if row["record"]})
    columns = [field_of(register, name) for name in register.columns]
    periodic = getattr(register, "periodic", None)
    found = {}
    for row, facts in zip(rows, importing.unpacked(register, rows), strict=True):
        record = records.get(row["record"])
        subject = (facts.get(periodic[0]) or getattr(record, periodic[0], None)) if periodic else record
        told = {}
        for column in columns:
            value = facts.get(column.name, getattr(record, column.attname, None) if not column.is_relation else None)
            if column.is_relation and column.name not in facts and record is not None:
                value = getattr(record, column.name)
            cleaned = value if column.is_relation else column.to_python(value)
            text = str(value or "") if column.is_relation else spelt(Column(column), cleaned)
            told[str(column.verbose_name)] = text
        if row["faults"]:
            told = {_("错误"): "；".join(fault["message"] for fault in row["faults"])}
        found[str(subject or row["name"] or row["number"])] = told
    return found


# Merging


def ready(collection: Collection) -> list[Upload]:
    """Return the answers that can be merged now, one a unit. Those checked before others wrote are checked again."""
    found = [line.answers[0] for line in board(collection).of(BACK)]
    label = collection.model._meta.label_lower
    stale = [
        each for each in found
        if each.changeset or events.Event.objects.filter(subject=label, seq__gt=each.found.get("seq", 0)).exists()]
    for answer in stale:
        answer.changeset, answer.state = None, UploadState.READING
        check(answer)
    return [line.answers[0] for line in board(collection).of(BACK)] if stale else found


def preview(answers: Iterable[Upload], *kinds: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of all answers in the order of the units, each with its unit and file."""
    for answer in answers:
        for row in importing.rows(answer, *kinds):
            yield {**row, "unit": answer.unit and answer.unit.name, "file": answer.name}


def total(answers: Iterable[Upload]) -> dict[str, int]:
    """Return how many rows of each kind the answers have together."""
    counts: Counter[str] = Counter()
    for answer in answers:
        counts.update(answer.found.get("counts", {}))
    return {kind: counts[kind] for kind in (WRONG, ALIKE, NEW, CHANGED, SAME)}


def merge(collection: Collection, by: User, reason: str = "", *, only_ready: bool = False) -> Changeset:
    """Write all answers that count as one changeset.

    Raise PermissionDenied without the right to edit the register; ValidationError while answers have errors, units have two
    answers or files have no unit, unless only those that are ready are wanted; and when there is nothing to merge.
    """
    register = collection.model
    if not by.may(register.right_to("edit"), collection.owner_id):
        raise PermissionDenied(_("没有登记「{register}」的权限。").format(register=register._meta.verbose_name))
    answers, now = ready(collection), board(collection)
    if not only_ready and (problems := open_points(now)):
        raise ValidationError([*problems, _("处理好以后再汇总，或先只汇总已经齐备的。")])
    if not answers:
        raise ValidationError(_("{collection}：没有可以汇总的表。").format(collection=collection))
    with transaction.atomic():
        locked = Upload.objects.select_for_update().filter(pk__in=[each.pk for each in answers])
        taken = Changeset.objects.in_bulk({each.changeset for each in locked if each.changeset})
        if any(stands(each) for each in taken.values()):
            raise ValidationError(_("{collection}：刚刚已由他人汇总，请刷新后再看。").format(collection=collection))
        plans = (change for answer in answers for change in importing.plans(answer, by, answer.reason or reason.strip()))
        why = reason.strip() or _("收表汇总 {name}").format(name=collection.name)
        changeset = importing.write_changes(
            plans, by=by, owner=Party.objects.get(pk=collection.owner_id), kind=Origin.COLLECT, target=collection.target,
            file_name=str(collection)[:200], counts=total(answers), reason=why)
        for answer in answers:
            answer.state, answer.changeset = UploadState.COMMITTED, changeset.pk
            answer.save()
    return changeset


def open_points(now: Board) -> list[str]:
    """Return a sentence for each thing that must be settled before all can be merged."""
    problems = [
        _("{state}：{units}。").format(state=LABELS[state], units="、".join(line.unit.name for line in now.of(state)))
        for state in (READING, FAULTY, TWICE) if now.of(state)]
    if now.unmatched:
        problems.append(_("还不知道是哪家交的：{files}。").format(files="、".join(each.name for each in now.unmatched)))
    return problems
