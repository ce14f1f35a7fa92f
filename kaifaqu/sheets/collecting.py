"""Collecting: where the units of a collection stand, and what they have handed in merged as one changeset."""

import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.files import store
from kaifaqu.jobs import working
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import Record
from kaifaqu.sheets import importing
from kaifaqu.sheets.answering import check
from kaifaqu.sheets.checking import ALIKE, CHANGED, NEW, SAME, WRONG
from kaifaqu.sheets.models import Changeset, Collection, CollectionUnit, Origin, Upload, UploadState
from kaifaqu.sheets.sending import plain

NOT_BACK, READING, FAULTY, TWICE, BACK, MERGED = STATES = ("not_back", "reading", "faulty", "twice", "back", "merged")
LABELS = {
    NOT_BACK: gettext_lazy("未交"), READING: gettext_lazy("正在检查"), FAULTY: gettext_lazy("有错误"),
    TWICE: gettext_lazy("交了两份"), BACK: gettext_lazy("已交"), MERGED: gettext_lazy("已汇总"),
}  # fmt: skip
NAMED = 10


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
    """Where a collection stands: a line a unit, the answers whose unit is not known, and the files that were refused or left out."""

    lines: list[Line]
    unmatched: list[Upload]
    refused: list[Upload]
    aside: list[Upload]  # of no unit; those of a unit stand in its line
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
    return boards([collection])[0]


def boards(collections: list[Collection]) -> list[Board]:
    """Return where each collection stands now, in as many statements as for one."""
    uploads: dict[int, list[Upload]] = defaultdict(list)
    for each in Upload.objects.filter(collection__in=collections).select_related("person", "unit").order_by("made_at", "id"):
        if not each.choices.get("divided"):
            uploads[cast(int, each.collection_id)].append(each)
    units: dict[int, list[CollectionUnit]] = defaultdict(list)
    for unit in CollectionUnit.objects.current().filter(collection__in=collections, owner_id=F("collection__owner_id")).order_by("id"):
        units[unit.collection_id].append(unit)
    changesets = Changeset.objects.in_bulk({each.changeset for some in uploads.values() for each in some if each.changeset})
    return [_board(units[each.pk], uploads[each.pk], changesets) for each in collections]


def _board(units: list[CollectionUnit], uploads: list[Upload], written: dict[int, Changeset]) -> Board:
    changesets = {each.changeset: written[each.changeset] for each in uploads if each.changeset in written}
    standing = {pk for pk, changeset in changesets.items() if stands(changeset)}
    by_unit: dict[int, list[Upload]] = {unit.pk: [] for unit in units}
    unmatched, refused, aside = [], [], []
    for each in uploads:
        if each.state == UploadState.REFUSED and not each.choices.get("aside"):
            refused.append(each)
        elif each.state != UploadState.REFUSED and each.unit_id in by_unit:
            by_unit[each.unit_id].append(each)
        elif each.choices.get("aside"):
            aside.append(each)
        elif each.changeset not in standing:  # one of a unit that was archived is somebody else's now
            unmatched.append(each)
    lines = []
    for unit in units:
        answers = [each for each in by_unit[unit.pk] if not each.choices.get("aside")]
        lines.append(Line(unit, _state(answers, standing), answers, [each for each in by_unit[unit.pk] if each not in answers]))
    return Board(lines, unmatched, refused, aside, sorted(changesets.values(), key=lambda each: each.pk))


def _state(answers: list[Upload], standing: set[int]) -> str:
    if len(answers) > 1:
        return TWICE
    if not answers:
        return NOT_BACK
    [answer] = answers
    if answer.changeset in standing:
        return MERGED
    if answer.state == UploadState.READING or answer.state == UploadState.CHECKED and "unsettled" not in answer.found:
        return READING
    wrong = answer.state == UploadState.ASKING or {*answer.found.get("counts", {})} - {NEW, CHANGED, SAME}
    return FAULTY if wrong or answer.found.get("unsettled") else BACK


def stands(changeset: Changeset) -> bool:
    """Tell whether what a changeset wrote still holds: it was not undone, or the undoing was."""
    return changeset.undone_by is None or not stands(changeset.undone_by)


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


def note_chat(unit: CollectionUnit, by: User, text: str) -> Record:
    """Attach what was said in a chat to the unit, as a text file that proves it."""
    name = _("聊天记录_{unit}_{day}.txt").format(unit=plain(unit.name), day=clock.today())
    kept = store.keep(io.BytesIO(text.replace("\r\n", "\n").encode()), name)
    [attached] = commit([
        actions.find("collection_units.attach").plan(unit, by=by, version=unit.row_version, kept=kept, reason=_("聊天记录"))], by=by)
    return attached


# Merging


def ready(collection: Collection, by: User, report: importing.Report = working.ignore) -> list[Upload]:
    """Return the answers that can be merged now, one a unit. Those checked before others wrote are checked again by the person."""
    found = [line.answers[0] for line in board(collection).of(BACK)]
    stale = [each for each in found if each.changeset or importing.is_stale(each)]
    for answer in stale:
        undone = Upload.objects.filter(pk=answer.pk, changeset=answer.changeset)
        answer.changeset, answer.state = None, UploadState.READING
        undone.update(changeset=None, state=UploadState.READING)
        check(answer, by, report)
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


def merge(
    collection: Collection, by: User, reason: str = "", *, only_ready: bool = False, report: importing.Report = working.ignore,
) -> Changeset:  # fmt: skip
    """Write all answers that count as one changeset.

    Raise PermissionDenied without the right to edit the register; ValidationError while answers have errors, units have two
    answers or files have no unit, unless only those that are ready are wanted; and when there is nothing to merge.
    """
    register = collection.model
    if not by.may(register.right_to("edit"), collection.owner_id):
        raise PermissionDenied(_("没有登记「{register}」的权限。").format(register=register._meta.verbose_name))
    answers = ready(collection, by, report)
    if not only_ready and (problems := open_points(board(collection))):
        raise ValidationError([*problems, _("处理好以后再汇总，或先只汇总已经齐备的。")])
    if not answers:
        raise ValidationError(_("{collection}：没有可以汇总的表。").format(collection=collection))
    plans = (change for answer in answers for change in importing.plans(answer, by, answer.reason or reason.strip()))
    counts, ahead = total(answers), list[Any]()
    for change in islice(plans, importing.AHEAD):  # before the transaction: SQLite lets nobody else write as long as that lasts
        ahead.append(change)
        report(_("正在准备写入"), len(ahead), counts[NEW] + counts[CHANGED])
    report(_("正在写入，已不能取消"))
    why = reason.strip() or _("收表汇总 {name}").format(name=collection.name)
    with transaction.atomic():
        list(Upload.objects.select_for_update().filter(pk__in=[each.pk for each in answers]).order_by("pk"))
        now = {line.answers[0].pk: line.answers[0].found for line in board(collection).of(BACK)}
        if any(now.get(each.pk) != each.found for each in answers):
            raise ValidationError(_("{collection}：刚刚已由他人汇总或改动，请刷新后再看。").format(collection=collection))
        changeset = importing.write_changes(
            chain(ahead, plans), by=by, owner=Party.objects.get(pk=collection.owner_id), kind=Origin.COLLECT, target=collection.target,
            file_name=str(collection)[:200], counts=counts, reason=why)
        if any(importing.is_stale(each, but=changeset.pk) for each in answers):  # asked while the head of the chain is ours
            raise ValidationError(_("「{name}」：写入之前台账又有变更，什么也没有写入，请再试一次。").format(name=collection.name))
        for answer in answers:
            answer.state, answer.changeset = UploadState.COMMITTED, changeset.pk
            answer.save(update_fields=["state", "changeset"])
    return changeset


@working.kind("collections.merge", gettext_lazy("汇总交回的表"), about="/collections/{collection}/")
def merge_job(*, by: User, report: importing.Report, collection: int, answers: list[str], reason: str, only_ready: bool) -> str:
    """Merge in the background the answers that the person has seen; what an interrupted job has merged is not merged again."""
    found = Collection.objects.get(pk=collection)
    merged = [line.answers[0] for line in board(found).of(MERGED)]
    if not {*answers} <= {str(each.pk) for each in merged}:
        merge(found, by, reason, only_ready=only_ready, report=report)
    return f"/collections/{found.pk}/"


def open_points(now: Board) -> list[str]:
    """Return a sentence for each thing that must be settled before all can be merged."""
    problems = [
        _("{state}：{units}。").format(state=LABELS[state], units="、".join(line.unit.name for line in now.of(state)))
        for state in (READING, FAULTY, TWICE) if now.of(state)]
    if now.unmatched:
        problems.append(_("还不知道是哪家交的：{files}。").format(files="、".join(each.name for each in now.unmatched)))
    return problems
