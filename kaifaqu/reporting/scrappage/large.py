"""Large files of cases, judged in the background: what a file came to, and its workbook, are there for who sent it until the next day.

A folder holds one file: first the cases, and in their place, when all are judged, the answer and the workbook.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from kaifaqu.domains.subsidies import files
from kaifaqu.domains.subsidies.models import SubsidyApplication
from kaifaqu.jobs import working
from kaifaqu.jobs.models import Job, State
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.reporting.scrappage.public import laid_down
from kaifaqu.sheets import guarding

AT_ONCE = 500_000  # bytes of a file that is judged while the person waits
TOLD_EACH = 2000  # rows between two words of progress
KIND = "subsidies.check"
Row = TypeVar("Row")
CASES, ANSWER, WORKBOOK = "cases", "answer.json", "answer.xlsx"


def hand_in(file: Any, scheme: int | None, on: date, by: User) -> Job:
    """Keep an uploaded file, and put its judging into the queue. Raise ValidationError for one that is too large."""
    guarding.weigh(file.name, file.size)
    clear()
    check = str(uuid4())
    try:
        keep(file, folder(check) / CASES)
        return working.submit(KIND, by=by, check=check, name=file.name, scheme=scheme, on=str(on), language=get_language())
    except BaseException:  # a full disk is not to stay so
        shutil.rmtree(folder(check), ignore_errors=True)
        raise


def keep(file: Any, path: Path) -> None:
    """Write an uploaded file to a path, whose folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as kept:
        for piece in file.chunks():
            kept.write(piece)


def folder(check: str) -> Path:
    """Return where a file is while it is judged, and what came of it."""
    return Path(settings.HOME) / "checks" / check


def answer(check: str) -> dict[str, Any] | None:
    """Return what a file came to; None where it is not there any more."""
    path = folder(check) / ANSWER
    if not path.exists() or _is_old(path):
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return {**told, "summary": files.Summary.again(told["summary"])}


@working.kind(KIND, gettext_lazy("补贴批量核对"), about="/trade-in/check/")
def judge(*, by: User, report: working.Report, check: str, name: str, scheme: int | None, on: str, language: str) -> str:
    """Judge the cases of a file, and leave the answer and the workbook in their place; return where they are shown.

    What is left of it where it comes to nothing, `clear` removes: another worker may have taken it over meanwhile.
    """
    place = folder(check)
    with override(language):
        if not by.has_perm(SubsidyApplication.right_to("view")):
            raise PermissionDenied(_("没有查看补贴申请的权限。"))
        if not (place / ANSWER).exists():
            _judge(place, name, scheme, date.fromisoformat(on), report)
    (place / CASES).unlink(missing_ok=True)
    return reverse("trade-in-checked", args=[check])


def _judge(place: Path, name: str, scheme: int | None, on: date, report: working.Report) -> None:
    cases, half = place / CASES, place / str(uuid4())
    if not cases.exists():
        raise ValidationError(_("「{name}」已按期删除，请重新上传。").format(name=name))
    _owner, content = laid_down(today := clock.today())
    try:
        judge = files.Judge(content, on, scheme)
    except LookupError as problem:  # the rule was changed since it was sent
        raise ValidationError(str(problem.args[0])) from problem
    summary = files.Summary()
    judged = judge(_telling(_read(cases, name, today), _("读表格"), report))
    with half.open("wb") as stream:
        files.write(stream, _telling(summary.counting(judged, judge), _("逐件核对"), report), judge)
    half.replace(place / WORKBOOK)
    told = {"name": name, "on": str(on), "summary": summary.told()}
    half.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    half.replace(place / ANSWER)


def _read(cases: Path, name: str, today: date) -> Iterator[files.Row]:
    """Yield the rows of a file. Raise ValidationError for one that cannot be read as a whole."""
    try:
        yield from files.rows(cases, name, today)
    except ValidationError:
        raise
    except ValueError as refusal:
        raise ValidationError(str(refusal)) from refusal


def _telling(rows: Iterable[Row], doing: str, report: working.Report) -> Iterator[Row]:
    """Yield the rows, and tell now and then how many there were."""
    for number, row in enumerate(rows, 1):
        if number % TOLD_EACH == 0:
            report(_("{doing}：{count} 件").format(doing=doing, count=number))
        yield row


@working.idle
def clear() -> None:
    """Remove what was sent a day ago, and what came to nothing: cancelled, refused, or broken off as it came in."""
    kept = {each.name: each for each in folder("").glob("*-*")}
    if not kept:
        return
    jobs = dict(Job.objects.filter(kind=KIND, arguments__check__in=[*kept]).values_list("arguments__check", "state"))
    for check, place in kept.items():
        state = jobs.get(check)  # none while the file is still coming in
        if state in (State.FAILED, State.CANCELLED) or state in (None, State.DONE) and _is_old(place):
            shutil.rmtree(place, ignore_errors=True)


def _is_old(path: Path) -> bool:
    """Tell whether a file or folder was written more than a day ago; one that has gone meanwhile was."""
    try:
        return path.stat().st_mtime < clock.machine().timestamp() - working.DAY
    except FileNotFoundError:
        return True
