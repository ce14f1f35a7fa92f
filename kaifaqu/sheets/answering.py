"""Answering: what comes back from the units of a collection, in any form and under any name, and whose it is.

An answer belongs to a unit by what its mark says, or by what a person confirms. Nothing is thrown away: what is not taken
is set aside, or refused with the reason.
"""

import io
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.jobs import working
from kaifaqu.kernel import events
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import EMPTY
from kaifaqu.kernel.records import Record, field_of, registers
from kaifaqu.sheets import guarding, importing
from kaifaqu.sheets.checking import SAME, Demand
from kaifaqu.sheets.columns import Column, spelt
from kaifaqu.sheets.headings import WITHIN, folded
from kaifaqu.sheets.importing import Report
from kaifaqu.sheets.models import Collection, CollectionUnit, Upload, UploadState
from kaifaqu.sheets.sending import units_of


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
            sentence = _("{subject} 不由「{unit}」填报，应由「{other}」填。") if unit else _("{subject} 不由「{unit}」填报。")
            problems.append((column, sentence.format(subject=subject, unit=mine.name, other=unit and unit.name)))
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
