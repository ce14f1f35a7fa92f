"""The page for staff on which a file of cases is judged: what it comes to, what is wrong with it, and a workbook with the answers.

Nothing of a file stays here: it is read, answered and gone. Whoever wants the workbook sends the file once more. Only a
large one is judged in the background, and what came of it kept for a day.
"""

import tempfile
from datetime import date
from pathlib import Path, PurePath
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from kaifaqu.domains.subsidies import files, schemes
from kaifaqu.domains.subsidies.models import SubsidyApplication
from kaifaqu.jobs.models import Job
from kaifaqu.kernel import clock
from kaifaqu.pages import asked, domains
from kaifaqu.pages.exporting import file_of
from kaifaqu.pages.views import Request, demand
from kaifaqu.reporting.scrappage import large
from kaifaqu.reporting.scrappage.public import laid_down
from kaifaqu.sheets.exporting import FORMATS


class CheckForm(forms.Form):
    """A file of cases, and the scheme by which they are judged as it was known on a day."""

    file = forms.FileField(label=gettext_lazy("文件"), help_text=gettext_lazy(".xlsx、.xls、.et、.ods、.csv 或 .json，一件一行"))
    scheme = forms.TypedChoiceField(label=gettext_lazy("方案"), coerce=int, required=False, empty_value=None)
    on = forms.CharField(label=gettext_lazy("按哪一天所知"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, content: Any, today: date, typed: Any = None, sent: Any = None):
        super().__init__(typed, sent, label_suffix="", initial={"on": str(today)})
        self.content = content
        cast(forms.ChoiceField, self.fields["scheme"]).choices = [
            ("", _("每件按它提交的那天可以申请的方案")), *((year, year) for year in schemes.schemes(content))]

    def clean_on(self) -> date:
        """Return the day; refuse what is none."""
        typed = self.cleaned_data["on"]
        try:
            return date.fromisoformat(asked.day(typed))
        except ValueError:
            raise ValidationError(_("「{text}」不是日期，请写成 2024-06-30。").format(text=typed[:40])) from None

    def clean(self) -> dict[str, Any]:
        """Add what judges; refuse a scheme of which nothing was out on the day."""
        told = super().clean() or {}
        if "scheme" in told and "on" in told:
            try:
                told["judge"] = files.Judge(self.content, told["on"], told["scheme"])
            except LookupError as problem:
                self.add_error("scheme", str(problem.args[0]))
        return told


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: Request) -> HttpResponse | FileResponse:
    """Judge the rows of a file, and show what they come to, or hand the workbook out."""
    may_look(request)
    _owner, content = laid_down(today := clock.today())
    form = CheckForm(content, today, request.POST or None, request.FILES or None)
    told: dict[str, Any] = {}
    if form.is_valid():
        try:
            if form.cleaned_data["file"].size > large.AT_ONCE:
                job = large.hand_in(form.cleaned_data["file"], form.cleaned_data["scheme"], form.cleaned_data["on"], request.user)
                return HttpResponseClientRedirect(reverse("job", args=[job.pk])) if request.htmx else redirect("job", job.pk)
            found = _answer(form.cleaned_data, today, as_workbook="workbook" in request.POST)
            if isinstance(found, FileResponse):
                return found
            told = found
        except ValidationError as refusal:
            form.add_error("file", refusal)
        except ValueError as refusal:
            form.add_error("file", str(refusal))
    return render(request, "scrappage/check.html", {"form": form, **_shown(told)})


def _answer(sent: dict[str, Any], today: date, *, as_workbook: bool) -> FileResponse | dict[str, Any]:
    """Return what the cases of a file come to, or the workbook with their answers; the file is gone afterwards."""
    name, judge, summary = sent["file"].name, sent["judge"], files.Summary()
    with tempfile.TemporaryDirectory() as folder:
        large.keep(sent["file"], path := Path(folder, "cases"))
        judged = judge(files.rows(path, name, today))
        if as_workbook:
            return file_of(_called(name), FORMATS["xlsx"].media, lambda stream: files.write(stream, judged, judge))
        for _each in summary.counting(judged, judge):
            pass
    return {"name": name, "on": str(sent["on"]), "summary": summary}


def _called(name: str) -> str:
    return _("{name}_核对结果.xlsx").format(name=PurePath(name).stem)


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    """Return what a file came to as the page shows it."""
    summary: files.Summary | None = told.get("summary")
    if summary is None:
        return {"summary": None}
    answers = files.answers()
    return {
        **told, "counts": [(label, summary.counts[each]) for each, label in answers.items()],
        "rows": [(each, answers[each.eligible]) for each in summary.shown],
        "reasons": [(label, counted.most_common()) for label, counted in (
            (_("不符合的原因"), summary.failing), (_("不清楚的原因"), summary.unclear)) if counted],
    }  # fmt: skip


@never_cache
@login_required
@require_safe
def checked(request: Request, check: UUID) -> HttpResponse:
    """Show what a large file came to, to the person who sent it."""
    told = _kept(request, check)
    if told is None:
        messages.error(request, _("核对结果只留一天，已经删除，请重新上传。"))
        return redirect("trade-in-check")
    return render(request, "scrappage/checked.html", {"check": check, **_shown(told)})


@never_cache
@login_required
@require_safe
def workbook(request: Request, check: UUID) -> HttpResponse | FileResponse:
    """Hand out the workbook with the answers to a large file, to the person who sent it."""
    told = _kept(request, check)
    if told is None:
        return redirect("trade-in-checked", check)
    stream = (large.folder(str(check)) / large.WORKBOOK).open("rb")
    return FileResponse(stream, as_attachment=True, filename=_called(told["name"]), content_type=FORMATS["xlsx"].media)


def _kept(request: Request, check: UUID) -> dict[str, Any] | None:
    """Return what a file of the person came to, None where it is not there any more. Raise Http404 where he sent none like it."""
    may_look(request)
    get_object_or_404(Job, person=request.user, kind=large.KIND, arguments__check=str(check))
    return large.answer(str(check))


@login_required
@require_safe
def blank(request: Request) -> FileResponse:
    """Hand out the workbook that is filled in."""
    may_look(request)
    return file_of(_("补贴批量核对_模板.xlsx"), FORMATS["xlsx"].media, files.blank)


def may_look(request: Request) -> None:
    """Raise Http404 where the line of work is off, PermissionDenied for who may not look at applications."""
    domains.demand("subsidies")
    demand(request.user, SubsidyApplication.right_to("view"))
