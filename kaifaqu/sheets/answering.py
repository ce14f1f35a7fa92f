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
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.jobs import working
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import EMPTY
from kaifaqu.kernel.records import Record, field_of, registers
from kaifaqu.sheets import guarding, importing
from kaifaqu.sheets.checking import SAME, Demand
from kaifaqu.sheets.columns import KEY, Column, spelt
from kaifaqu.sheets.headings import WITHIN, folded
from kaifaqu.sheets.importing import Report
from kaifaqu.sheets.models import Collection, CollectionUnit, Upload, UploadState
from kaifaqu.sheets.sending import carried_over, units_of

NAMED = 10  # rows that a sentence names


@dataclass
class Received:
    """What became of files that were dropped in: new answers, names of those that had come before, sentences on the others."""

    answers: list[Upload] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def receive(collection: Collection, files: Iterable[tuple[str, IO[bytes]]], by: User, reason: str = "") -> Received:
    """Take in files, those of a zip one by one; what counts already is taken once. They are still to be checked.

    A file that was refused or set aside comes anew when it is dropped in again. Raise PermissionDenied without the right to
    edit the register, and Refused where none of the files can be taken in.
    """
    owner, told = Party.objects.get(pk=collection.owner_id), Received()
    for name, content in _files(files):
        try:
            if isinstance(content, guarding.Refused):
                raise content
            answer = _answer(collection, owner, by, name, content, reason)
        except guarding.Refused as refusal:
            told.refused += refusal.messages
            continue
        if answer is None:
            told.repeated.append(name)
        else:
            told.answers.append(answer)
    if told.refused and not told.answers and not told.repeated:
        raise guarding.Refused(told.refused)
    return told


def _answer(collection: Collection, owner: Party, by: User, name: str, content: IO[bytes], reason: str) -> Upload | None:
    """Take in one file, in the place of the same one that was refused or set aside; return None where the same one counts."""
    with transaction.atomic():  # it belongs to its collection from the beginning
        Collection.objects.select_for_update().get(pk=collection.pk)  # two clicks wait for each other
        upload = importing.receive(collection.model, owner, by, name, content, reason=reason)
        same = Upload.objects.filter(collection=collection, sha256=upload.sha256)
        counts = any(each.state != UploadState.REFUSED and not each.choices.get("aside") for each in same)
        gone = [upload] if counts else [*same.filter(changeset=None)]
        Upload.objects.filter(pk__in=[each.pk for each in gone]).delete()
        if not counts:
            upload.collection = collection
            upload.save(update_fields=["collection"])
    for each in gone:
        shutil.rmtree(each.folder, ignore_errors=True)
    return None if counts else upload


def _files(files: Iterable[tuple[str, IO[bytes]]]) -> Iterator[tuple[str, IO[bytes] | guarding.Refused]]:
    """Yield the files, and of a zip those that are in it; what cannot be taken, with its refusal."""
    for name, content in files:
        if not name.lower().endswith(".zip"):
            yield name, content
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            archive = Path(folder) / "archive"
            with archive.open("wb") as file:
                shutil.copyfileobj(content, file)
            try:
                for inner, data in guarding.members(archive, name):
                    yield inner, io.BytesIO(data) if isinstance(data, bytes) else data
            except guarding.Refused as refusal:
                yield name, refusal


def check(upload: Upload, by: User, report: Report = working.ignore) -> None:
    """Read and check an answer with the rights of the person, and find out whose it is. Another collection's or period's is refused."""
    if not upload.source.exists():
        upload.state, upload.problem = UploadState.REFUSED, _("原表已不在（可能已到保留期限），请重新上传。")
        _keep(upload)
        return
    demands = Demands(upload)
    importing.check(upload, report, demands, by)
    columns = columns_of(upload)
    if upload.state == UploadState.CHECKED and demands.doubtful and demands.columns != columns:  # these are known only now
        demands = Demands(upload, columns)
        importing.check(upload, report, demands, by)
    if upload.state == UploadState.CHECKED:
        _judge(upload, demands)
        if demands.forwarded and upload.state == UploadState.CHECKED:
            _divide(upload, demands, by, report)
            return
    _keep(upload)
    if upload.unit is not None and upload.state == UploadState.CHECKED and not upload.choices.get("aside"):
        _leave_out_the_same(upload)


def _keep(upload: Upload) -> None:
    """Write what was found out about an answer, unless it has been merged meanwhile."""
    told = {name: getattr(upload, name) for name in ("state", "problem", "found", "unit_id")}
    if not Upload.objects.filter(pk=upload.pk, changeset=upload.changeset).update(**told):
        upload.refresh_from_db()


def unread(collection: Collection) -> QuerySet[Upload]:
    """Return the answers whose check has not come to its end, whoever brought them in."""
    broken_off = Q(state=UploadState.CHECKED, found__unsettled__isnull=True)
    return Upload.objects.filter(Q(state=UploadState.READING) | broken_off, collection=collection).order_by("made_at", "name")


def check_all(collection: Collection, by: User, report: Report = working.ignore) -> None:
    """Check all answers that nobody has checked to the end yet."""
    waiting = [each.pk for each in unread(collection)]

    def within(number: int) -> Report:
        at = _("正在检查第 {number} 份，共 {all} 份").format(number=number, all=len(waiting))
        return lambda phrase, *_numbers: report(f"{at}：{phrase}", number, len(waiting))

    for number, pk in enumerate(waiting, 1):
        if (upload := unread(collection).filter(pk=pk).first()) is not None:  # nobody else has checked it meanwhile
            check(upload, by, within(number))


@working.kind("collections.check", gettext_lazy("检查交回的表"), about="/collections/{collection}/")
def check_job(*, by: User, report: Report, collection: int) -> str:
    """Check answers in the background."""
    found = Collection.objects.get(pk=collection)
    check_all(found, by, report)
    return f"/collections/{found.pk}/"


def columns_of(upload: Upload) -> set[str]:
    """Return the columns that the file has, as the last check has read its headings."""
    return {heading["column"] for sheet in upload.found.get("sheets", ()) for heading in sheet["headings"] if heading["column"]}


class Demands:
    """What a collection demands of the rows of an answer: its period, and records of the unit whose answer it is.

    `columns` are those that the file has; a row of which one could not be read is not blank, whatever the others say. As
    long as they are not known, the rows that may be blank are `doubtful`, and are taken for filled in.
    """

    def __init__(self, upload: Upload, columns: Iterable[str] = ()):
        assert upload.collection is not None
        self.upload, self.collection = upload, upload.collection
        self.columns = {*columns} or columns_of(upload) | {name for name in upload.choices.get("mapping", {}).values() if name}
        self.units = units_of(self.collection)
        self.unit_of = {code: unit for unit in self.units for code in unit.codes}
        self.periodic = getattr(self.collection.model, "periodic", None)
        self.part = bool(upload.choices.get("part"))  # of a forwarded workbook only the rows of this unit
        self.forwarded = False
        self.asked: list[CollectionUnit | None] = []  # the unit of each row
        self.blank = self.doubtful = 0  # rows
        self.periods: Counter[str] = Counter()
        if upload.unit not in self.units:  # archived since
            upload.unit = None

    def __call__(self, mark: Mapping[str, Any]) -> Demand:
        """Take what the file's mark says; raise ValidationError where it is another collection's."""
        told = mark.get("collection")
        self.columns = self.columns or {*mark.get("columns", ())} - {KEY}
        if isinstance(told, dict):
            if (told.get("id"), told.get("code")) != (self.collection.pk, self.collection.code):
                raise ValidationError(_("这是「{name}」（{period}）的表，不是本次「{this}」的，没有并入。").format(
                    name=told.get("name"), period=told.get("period") or "—", this=self.collection.name))
            unit = next((unit for unit in self.units if unit.pk == told.get("unit")), None)
            if self.upload.unit is None and unit is not None:
                self.upload.unit = unit
            self.forwarded = told.get("unit") is None and self.upload.unit is None
        return self.demand

    def demand(self, facts: Mapping[str, Any], record: Record | None) -> list[tuple[str | None, str]] | None:
        """Return what is wrong with a row, by column; None for a row that is passed over."""
        subject, problems = self.subject(facts, record), []
        unit = self.unit_of.get(subject.code) if subject is not None else None
        if self.part and unit != self.upload.unit:
            return None
        if self._is_blank(facts, record):
            self.blank += self.upload.unit in (None, unit)
            return None
        self.asked.append(unit)
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

    @cached_property
    def carried(self) -> dict[int, dict[str, Any]]:
        """Return by subject what stood in the form that was sent out."""
        codes = self.upload.unit.codes if self.upload.unit else list(self.unit_of)
        rows = self.collection.model.objects.current()
        return carried_over(self.collection, rows.filter(**{f"{self.periodic[0]}__code__in": codes})) if self.periodic else {}

    def _is_blank(self, facts: Mapping[str, Any], record: Record | None) -> bool:
        """Tell whether nothing has been filled in beside what stood there already."""
        given, subject = {"code", *(self.periodic or ())}, self.subject(facts, record)
        carried = self.carried.get(subject.pk, {}) if subject is not None else {}
        if record is not None or any(value not in (*EMPTY, carried.get(name)) for name, value in facts.items() if name not in given):
            return False
        is_sure = bool(self.columns) and self.columns - given <= {*facts}
        self.doubtful += not is_sure
        return is_sure


def _judge(upload: Upload, demands: Demands) -> None:
    """Refuse a file that says nothing or is of another period as a whole; note what a person must settle."""
    counts = upload.found["counts"]
    others = [period for period in demands.periods if period != demands.collection.period]
    upload.found["blank"] = demands.blank
    if not counts and demands.blank:
        upload.state, upload.problem = UploadState.REFUSED, _("预填的 {count} 行一行也没有填。").format(count=demands.blank)
    elif not counts:
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


def _divide(upload: Upload, demands: Demands, by: User, report: Report) -> None:
    """Make of a forwarded workbook an answer of each unit that has filled something in.

    A row that is nobody's would be lost on the way: where there is one the file stays as it is, and the row is named.
    """
    told = [(unit, row) for unit, row in zip(demands.asked, importing.rows(upload), strict=True) if row["kind"] != SAME]
    if lost := [row for unit, row in told if unit is None]:
        named = "、".join(_("第 {row} 行{name}").format(row=row["number"], name=_called(row)) for row in lost[:NAMED])
        upload.problem = _("总表里有 {count} 行不知道由哪家填：{rows}。请改好所填的记录再交，整张表先不分给各家。").format(
            count=len(lost), rows=named + ("……" if len(lost) > NAMED else ""))
    elif not told:
        upload.state, upload.problem = UploadState.REFUSED, _("总表里没有一家填了内容。")
    if lost or not told:
        _keep(upload)
        return
    parts = [_part(upload, unit) for unit in {unit.pk: unit for unit, _row in told if unit is not None}.values()]
    with transaction.atomic():
        now = Upload.objects.select_for_update().get(pk=upload.pk)
        divided = now.choices.get("divided")  # by somebody else who checked it at the same time
        if not divided:
            Upload.objects.bulk_create(parts)
            upload.choices = {**now.choices, "divided": True}
            upload.save(update_fields=["state", "problem", "found", "choices"])
    for part in parts:
        if divided:
            shutil.rmtree(part.folder, ignore_errors=True)
        else:
            check(part, by, report)


def _part(upload: Upload, unit: CollectionUnit) -> Upload:
    """Return the answer of one unit in a forwarded workbook, with its own copy of the file, still to be written and checked."""
    part = Upload(
        person=upload.person, owner=upload.owner, register=upload.register, name=upload.name, made_at=upload.made_at,
        reason=upload.reason, collection=upload.collection, unit=unit, choices={**upload.choices, "part": True},
        sha256=f"{upload.sha256[:52]}-{unit.pk}"[:64])  # the whole is known by its own
    part.folder.mkdir(parents=True)
    shutil.copyfile(upload.source, part.source)
    return part


def _called(row: Mapping[str, Any]) -> str:
    """Return what a row is called, or else what stands where that could not be read."""
    called = row["name"] or next((fault["value"] for fault in row["faults"] if fault["value"]), "")
    return f"「{called}」" if called else ""


def _leave_out_the_same(upload: Upload) -> None:
    """Set the answer aside where the unit has another that says the same in every cell: saved again, or sent again, it is one."""
    others = Upload.objects.filter(
        collection=upload.collection, unit=upload.unit, state__in=(UploadState.CHECKED, UploadState.COMMITTED)).exclude(pk=upload.pk)
    if any(not other.choices.get("aside") and _say_the_same(other, upload) for other in others):
        set_aside(upload)


def _say_the_same(one: Upload, other: Upload) -> bool:
    try:
        return not differences([one, other])
    except ValidationError:  # the rows of one that was merged long ago are not kept
        return False


def assign(upload: Upload, unit: CollectionUnit, by: User) -> None:
    """Take the answer as the unit's, as a person has confirmed, and check it again for that."""
    upload.unit = unit
    check(upload, by)


def choose(upload: Upload) -> None:
    """Take this one of the answers of its unit, and set the others aside."""
    for other in Upload.objects.filter(collection=upload.collection, unit=upload.unit):
        set_aside(other, other.pk != upload.pk)


def set_aside(upload: Upload, aside: bool = True) -> None:
    """Leave an answer out, or take it in again; nothing of it is thrown away."""
    upload.choices["aside"] = aside
    upload.save(update_fields=["choices"])


@dataclass
class Difference:
    """One row as several answers of a unit have it: its name, and each column with the text of every answer."""

    name: str
    cells: list[tuple[str, list[str]]]


def differences(answers: list[Upload]) -> list[Difference]:
    """Return the rows in which the answers of one unit differ, with the differing cells side by side."""
    told = [_texts(answer) for answer in answers]
    code = str(field_of(registers()[answers[0].register], "code").verbose_name)
    found = []
    for name in dict.fromkeys(name for rows in told for name in rows):
        labels = dict.fromkeys(label for rows in told for label in rows.get(name, {}))
        if any(code not in rows[name] for rows in told if name in rows):
            labels.pop(code, None)  # an answer that gives no code means the record that another has called by its code
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
            if column.name == "code" and not facts.get("code"):
                continue
            cleaned = value if column.is_relation else column.to_python(value)
            text = str(value or "") if column.is_relation else spelt(Column(column), cleaned)
            told[str(column.verbose_name)] = text
        if row["faults"]:
            told = {_("错误"): "；".join(fault["message"] for fault in row["faults"])}
        found[str(subject or row["name"] or row["number"])] = told
    return found
