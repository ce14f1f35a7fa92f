"""Importing: a table on its way from a person's file to the registers. Looked at first, written wholly or not at all."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.jobs import working
from kaifaqu.kernel import actions, clock, events
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import Change, commit
from kaifaqu.kernel.fields import PartialDate, PartialDateField
from kaifaqu.kernel.records import Record, field_of, registers, related
from kaifaqu.sheets import guarding, marking
from kaifaqu.sheets.checking import CHANGED, NEW, SAME, WRONG, Checker, Demand
from kaifaqu.sheets.headings import letter, told_by
from kaifaqu.sheets.matching import with_references
from kaifaqu.sheets.models import Changeset, Mapping, Origin, Upload, UploadState
from kaifaqu.sheets.provenance import unasked
from kaifaqu.sheets.reading import Book, read, read_pasted

AT_ONCE = 100_000  # bytes of a file that is checked while the person waits
PART = 2000  # changes that are planned and written together, so that memory does not grow with the file
AHEAD = 10_000  # changes that are planned before the writing begins
NAMED = 20
Report = Callable[..., None]


def receive(register: type[Record], owner: Party, by: User, name: str, content: IO[bytes] | str, *, reason: str = "") -> Upload:
    """Take in a file, or pasted text, for the owner's register. Raise PermissionDenied without the right to edit it."""
    right = register.right_to("edit")
    if not by.may(right, owner.pk):
        raise PermissionDenied(_("没有登记{owner}「{register}」的权限（{right}）。").format(
            owner=owner, register=register._meta.verbose_name, right=right))
    upload = Upload(person=by, owner=owner, register=register.register, name=name[-200:], made_at=clock.now(), reason=reason[:200])
    upload.folder.mkdir(parents=True)
    digest, size = hashlib.sha256(), 0
    try:
        with upload.source.open("wb") as file:
            for piece in [content.encode()] if isinstance(content, str) else iter(lambda: content.read(2**20), b""):
                size += len(piece)
                guarding.weigh(name, size)
                digest.update(piece)
                file.write(piece)
        upload.sha256 = digest.hexdigest()
        upload.choices = {"pasted": isinstance(content, str)}
        upload.save()
    except BaseException:
        shutil.rmtree(upload.folder, ignore_errors=True)
        raise
    return upload


def is_small(upload: Upload) -> bool:
    """Tell whether the person need not leave: the file is read and checked at once."""
    return upload.source.stat().st_size <= AT_ONCE


def check(
    upload: Upload, report: Report = working.ignore, demands: Callable[[dict[str, Any]], Demand] | None = None, by: User | None = None,
) -> None:  # fmt: skip
    """Read and check the file; what was found stands in the upload and in a file of rows. Nothing else is written.

    A file that cannot be read, or whose headings cannot be settled, leaves its sentences in `problem`. `demands` is given
    what the file's mark says, and returns what is demanded of its rows besides; it may refuse the whole file. `by` is the
    person with whose rights it is looked at, by default whoever brought it in. What somebody has written meanwhile stays
    written: the findings are then left out.
    """
    register, known = registers()[upload.register], events.last_seq()
    held, earlier = Upload.objects.values_list("changeset", flat=True).get(pk=upload.pk), upload.staged
    checker = Checker(
        register, upload.owner, by or upload.person, source=upload.name, reason=upload.reason,
        chosen=Mapping.remembered(upload.owner, upload.register) | upload.choices.get("mapping", {}),
        accept=bool(upload.choices.get("accept")), confirmed=frozenset(upload.choices.get("confirmed", ())))
    staged, encode = upload.folder / f"rows-{uuid.uuid4().hex}.jsonl", json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    upload.problem, upload.found = "", {}
    try:
        with opened(upload, report) as book, staged.open("w", encoding="utf-8") as file:
            checker.demand = demands(told_by(book.mark)) if demands else None
            for told in checker.check(book):
                file.write(encode(told.as_dict()) + "\n")
            file.flush()
            os.fsync(file.fileno())
        upload.state = UploadState.CHECKED
    except ValidationError as refusal:
        upload.problem = "\n".join(refusal.messages)
        upload.state = UploadState.ASKING if checker.layouts else UploadState.REFUSED
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    upload.found = {**upload.found, **_found(checker), "seq": known, "rows": staged.name, "earlier": _earlier(upload)}
    settled = {name: getattr(upload, name) for name in ("state", "problem", "found", "choices", "reason", "changeset", "unit_id")}
    if Upload.objects.filter(pk=upload.pk, changeset=held).update(**settled):
        earlier.unlink(missing_ok=True)  # of two checks that go on at once the last one counts, and each has its own rows
    else:
        upload.refresh_from_db()
        staged.unlink(missing_ok=True)


def _earlier(upload: Upload) -> int | None:
    """Return the changeset as which the very same file was written before, where there is one that was not undone."""
    same = Upload.objects.filter(
        owner=upload.owner_id, register=upload.register, sha256=upload.sha256, collection=None).exclude(pk=upload.pk)
    written = Changeset.objects.filter(pk__in=same.exclude(changeset=None).values("changeset"), undone_by=None)
    return written.order_by("-id").values_list("id", flat=True).first()


def opened(upload: Upload, report: Report = working.ignore) -> Book:
    """Open the file that was handed in, or the pasted text."""
    report(_("正在读取和检查"))
    if upload.choices.get("pasted"):
        return read_pasted(upload.source.read_text(encoding="utf-8"))
    return read(upload.source, upload.name, lambda rows: report(_("正在读取和检查，已到第 {rows} 行").format(rows=rows), rows))


def _found(checker: Checker) -> dict[str, Any]:
    """Return what is to be shown of the file besides its rows."""
    return {
        "counts": dict(checker.counts),
        "passed": checker.passed,
        "sheets": [
            {
                "name": name,
                "skipped": [[number, kind] for number, kind in layout.skipped],
                "blank": layout.blank,
                "last": layout.last,
                "headings": [
                    {
                        "letter": letter(each.place), "text": each.text, "how": each.how, "unit": each.unit, "assumed": each.assumed,
                        "column": each.column.name if each.column else "", "near": each.near.name if each.near else "",
                    } for each in layout.headings
                ],
            } for name, layout in checker.layouts.items()
        ],
    }  # fmt: skip


def choose(upload: Upload, *, mapping: dict[str, str] | None = None, accept: bool | None = None, confirmed: Iterable[int] = ()) -> None:
    """Take over what the person has decided; the file is then checked again. Raise ValidationError where it was written meanwhile."""
    choices = upload.choices
    if mapping:
        choices["mapping"] = {**choices.get("mapping", {}), **mapping}
        Mapping.remember(upload.owner, upload.register, mapping)
    if accept is not None:
        choices["accept"] = accept
    choices["confirmed"] = sorted({*choices.get("confirmed", ()), *confirmed})
    upload.state = UploadState.READING
    mine = Upload.objects.filter(pk=upload.pk, changeset=upload.changeset)
    if not mine.update(choices=choices, state=upload.state, reason=upload.reason):
        raise ValidationError(_("「{name}」：刚刚已经写入，不能再改。").format(name=upload.name))


def rows(upload: Upload, *kinds: str) -> Iterator[dict[str, Any]]:
    """Yield the checked rows of these kinds, by default all. Raise ValidationError where the file with them is gone."""
    if upload.state in (UploadState.READING, UploadState.REFUSED):
        return
    try:
        staged = upload.staged.open(encoding="utf-8")
    except FileNotFoundError:
        message = _("「{name}」：检查的结果已不在（可能已到保留期限，或系统恢复过），请重新上传。")
        raise ValidationError(message.format(name=upload.name)) from None
    with staged:
        for line in staged:
            told = json.loads(line)
            if not kinds or told["kind"] in kinds:
                yield told


def mark_errors(upload: Upload) -> Path:
    """Write the workbook that goes back: the upload's own layout and one column that says what is wrong."""
    target = upload.folder / "errors.xlsx"
    errors = [
        (told["sheet"], told["number"], fault["place"], fault["message"]) for told in rows(upload, WRONG) for fault in told["faults"]]
    heads = {sheet["name"]: sheet["last"] for sheet in upload.found["sheets"]}
    name = f"{upload.name}.csv" if upload.choices.get("pasted") else upload.name
    marking.mark(upload.source, name, errors, target, headings=heads)
    return target


def write(upload: Upload, by: User, report: Report = working.ignore) -> Changeset:
    """Write everything that the checked rows say, in one transaction and as one changeset; a second time, return the first.

    Raise ValidationError when rows are wrong or unsettled, and when the register has changed since the check such that the
    rows would do something else now: they were checked again then, to be looked at.
    """
    if not by.may(registers()[upload.register].right_to("edit"), upload.owner_id):
        raise PermissionDenied(_("没有登记「{register}」的权限。").format(register=registers()[upload.register]._meta.verbose_name))
    counts = upload.found.get("counts", {})
    if upload.state not in (UploadState.CHECKED, UploadState.COMMITTED) or set(counts) - {NEW, CHANGED, SAME}:
        raise ValidationError(_("「{name}」还有错误或未确认的行，改好后再导入。").format(name=upload.name))
    if (done := _written(upload)) is not None:
        return done
    if is_stale(upload):
        _check_again(upload, by, report)
    planned, ahead, wanted = plans(upload, by, upload.reason), list[Any](), counts.get(NEW, 0) + counts.get(CHANGED, 0)
    for change in islice(planned, AHEAD):  # before the transaction: SQLite lets nobody else write as long as that lasts
        ahead.append(change)
        report(_("正在准备写入"), len(ahead), wanted)
    report(_("正在写入，已不能取消"))
    with transaction.atomic():
        if (done := _written(upload)) is not None:
            return done
        changeset = write_changes(
            chain(ahead, planned), by=by, owner=upload.owner, kind=Origin.IMPORT, target=upload.register, file_name=upload.name,
            sha256=upload.sha256, counts=counts, reason=upload.reason)
        if is_stale(upload, but=changeset.pk):  # asked while the head of the chain is ours
            raise ValidationError(_("「{name}」：写入之前台账又有变更，什么也没有写入，请再试一次。").format(name=upload.name))
        upload.state, upload.changeset = UploadState.COMMITTED, changeset.pk
        upload.save(update_fields=["state", "changeset"])
    shutil.rmtree(upload.folder, ignore_errors=True)  # what people have handed in is kept no longer than it is needed
    return changeset


def discard(upload: Upload) -> None:
    """Give up an upload that was not written, and remove what was handed in."""
    shutil.rmtree(upload.folder, ignore_errors=True)
    Upload.objects.filter(pk=upload.pk).exclude(state=UploadState.COMMITTED).update(
        state=UploadState.REFUSED, problem=_("已放弃导入，原表已删除。"))


def is_stale(upload: Upload, but: int | None = None) -> bool:
    """Tell whether anything was written to the register since the upload was checked, `but` by that changeset."""
    written = events.Event.objects.filter(
        subject=registers()[upload.register]._meta.label_lower, party=upload.owner_id, seq__gt=upload.found.get("seq", 0))
    return (written if but is None else written.exclude(changeset=but)).exists()


def _check_again(upload: Upload, by: User, report: Report) -> None:
    """Check an upload once more; raise ValidationError where its rows would now do something else than the person has seen."""
    before = {(row["sheet"], row["number"]): _gist(row) for row in rows(upload)}
    check(upload, report, by=by)
    other = [row for row in rows(upload) if before.pop((row["sheet"], row["number"]), None) != _gist(row)]
    if other or before:
        named = "、".join(_("第 {row} 行 {name}").format(row=row["number"], name=row["name"]) for row in other[:NAMED])
        message = _("「{name}」：检查以后台账有了变更，{rows}的结果与看到的不同，什么也没有写入。已重新检查，请看过再写入。")
        raise ValidationError(message.format(name=upload.name, rows=named or _("有些行")))


def _gist(row: dict[str, Any]) -> bytes:
    """Return a digest of what a row would do."""
    told = [row["kind"], row["record"], row["version"], row["facts"]]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()


def _written(upload: Upload) -> Changeset | None:
    """Return what the upload was written as, if it was; inside a transaction nobody else can write it then."""
    rows = Upload.objects.select_for_update() if transaction.get_connection().in_atomic_block else Upload.objects
    written = rows.values_list("changeset", flat=True).get(pk=upload.pk)
    return None if written is None else Changeset.objects.get(pk=written)


def write_changes(
    plans: Iterable["Planned"], *, by: User, owner: Party, kind: str, target: str, counts: dict[str, int],
    file_name: str = "", sha256: str = "", reason: str = "", begin: str = "",
) -> Changeset:
    """Write planned changes of any number as one changeset, inside the caller's transaction, and return its record.

    `begin` is the code of the action that makes the changeset, by default the import of the target.

    Raise ValidationError where there are not as many as the counts say.
    """
    facts = {
        "kind": kind, "target": target, "file_name": file_name, "sha256": sha256, "created": counts.get(NEW, 0),
        "changed": counts.get(CHANGED, 0), "same": counts.get(SAME, 0),
    }
    [changeset] = commit([actions.find(begin or f"{target}.import").plan(owner, by=by, facts=facts, reason=reason)], by=by)
    written = 0
    for part in _parts(plans):
        written += len(part)
        commit(part, by=by, changeset=changeset.pk)
    if written != counts.get(NEW, 0) + counts.get(CHANGED, 0):
        raise ValidationError(_("要写入的行与检查的结果对不上，什么也没有写入。请重新检查后再试。"))
    return changeset


class Planned:
    """What a row does, planned ahead: first the change of its own record, then those of others that follow from it."""

    def __init__(self, plan: Callable[..., Any], subject: Record, **told: Any):
        self.plan, self.subject, self.told = plan, subject, told
        self.again()

    def again(self) -> None:
        """Plan it on what stands now."""
        planned = self.plan(self.subject, **self.told)
        self.changes: list[Change] = [planned] if isinstance(planned, Change) else planned

    def followed(self) -> set[int]:
        """Return the records that it changes besides its own."""
        return {change.record.pk for change in self.changes[1:] if change.writes and not change.is_new}

    def concerns(self) -> set[int]:
        """Return the records that it changes or that its own refers to."""
        own = self.changes[0].result
        references = {getattr(own, each.attname) for each in own._meta.concrete_fields if each.is_relation and each.name != "owner"}
        return references | {change.record.pk for change in self.changes if not change.is_new}


def _parts(plans: Iterable[Planned]) -> Iterator[list[list[Change]]]:
    """Yield the planned changes in parts, each to be written before the next is asked for, as if rows were entered one by one.

    A row that concerns what an earlier one has changed besides its own record is planned anew after that was written.
    """
    part, followed = list[list[Change]](), set[int]()
    for plan in plans:
        anew = followed and not followed.isdisjoint(plan.concerns())
        if part and (anew or len(part) == PART):
            yield part
            part = []
        if anew:
            plan.again()
        followed |= plan.followed()
        part.append(plan.changes)
    if part:
        yield part


def plans(upload: Upload, by: User, reason: str = "") -> Iterator[Planned]:
    """Yield the planned changes of the checked rows. Raise ValidationError that names records changed since the check."""
    register = registers()[upload.register]
    create, correct = (actions.find(register.right_to(verb)).plan for verb in ("create", "correct"))
    changing, place = rows(upload, NEW, CHANGED), _("{file} {sheet} 第 {row} 行")
    stale: list[str] = []
    while part := list(islice(changing, PART)):
        records = register.objects.current().in_bulk([told["record"] for told in part if told["record"]])
        with_references([*records.values()])
        facts = unpacked(register, part)
        for told, told_facts in zip(part, facts, strict=True):
            if told["kind"] == NEW:
                source = place.format(file=upload.name, sheet=told["sheet"], row=told["number"])
                yield Planned(create, upload.owner, by=by, facts=told_facts, source=source[-200:], reason=reason)
                continue
            record = records.get(told["record"])
            if record is None or record.row_version != told["version"]:
                stale.append(_("第 {row} 行 {name}：检查以后已被他人修改。").format(row=told["number"], name=told["name"]))
            elif not stale:
                own = reason or unasked(record, told_facts, _("导入 {file}").format(file=upload.name))
                yield Planned(correct, record, by=by, version=record.row_version, facts=told_facts, reason=own)
    if stale:
        raise ValidationError([*stale[:NAMED], _("共 {count} 行，什么也没有写入。请重新检查后再导入。").format(count=len(stale))])


def unpacked(register: type[Record], part: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the facts of the rows as actions take them, references as records."""
    references = {
        name: related(field_of(register, name)) for told in part for name, value in told["facts"].items() if isinstance(value, dict)}
    known = {
        name: target.objects.in_bulk({told["facts"][name]["id"] for told in part if told["facts"].get(name)})
        for name, target in references.items()}
    dates = {each.name for each in register._meta.concrete_fields if isinstance(each, PartialDateField)}

    def fact(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return known[name][value["id"]]
        return _date(value) if name in dates and value else value

    return [{name: fact(name, value) for name, value in told["facts"].items()} for told in part]


_date = lru_cache(1000)(PartialDate.parse)  # of ten thousand rows a few hundred


@working.daily
def clear() -> None:
    """Remove what was handed in so long ago that nobody comes back to it: it may hold facts about persons."""
    oldest = clock.machine().timestamp() - settings.UPLOAD_DAYS * working.DAY
    told = _("保留 {days} 天没有写入，原表已删除，请重新上传。").format(days=settings.UPLOAD_DAYS)
    for folder in (Path(settings.HOME) / "uploads").glob("*-*"):
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
            Upload.objects.filter(pk=folder.name).exclude(state=UploadState.COMMITTED).update(state=UploadState.REFUSED, problem=told)


@working.kind("imports.check", gettext_lazy("检查表格"), about="/imports/{upload}/")
def check_job(*, by: User, report: Report, upload: str) -> str:
    """Check an upload in the background."""
    found = Upload.objects.get(pk=upload, person=by)
    if found.state != UploadState.COMMITTED:
        check(found, report)
    return f"/imports/{upload}/"


@working.kind("imports.write", gettext_lazy("导入表格"), about="/imports/{upload}/")
def write_job(*, by: User, report: Report, upload: str) -> str:
    """Write an upload in the background."""
    changeset = write(Upload.objects.get(pk=upload, person=by), by, report)
    return f"/r/changesets/{changeset.pk}/"

