"""Pages of upper-level forms: point at cells, hand in the workbook, fill it, look at what was filled and what changed."""

import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.files import store
from kaifaqu.kernel import actions
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.pages.views import Request, _once, demand
from kaifaqu.reporting.upper import asking, counting, proving, showing, traces
from kaifaqu.reporting.upper.actions import XLSX
from kaifaqu.reporting.upper.asking import Answers
from kaifaqu.reporting.upper.book import Book
from kaifaqu.reporting.upper.forms import ASKED, FillForm, PointForm, WorkbookForm, latest
from kaifaqu.reporting.upper.models import CellKind, FormCell, FormFilling, UpperForm, blocked
from kaifaqu.reporting.upper.sheet import Place, Sheet, place_of, reference

SHOWN = 400  # cells of a filling on its page; the proof sheet has them all


@login_required
@require_safe
def counter(request: Request) -> HttpResponse:
    """Show what the forms have saved people this year, and what two of them ask for."""
    demand(request.user, "upper_forms.view")
    cells, fillings = counting.filled_this_year(request.user)
    return render(request, "upper/counter.html", {
        "model": UpperForm, "cells": cells, "fillings": fillings, "twice": counting.asked_twice(request.user),
        "forms": UpperForm.objects.visible_to(request.user).order_by("code"),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: Request, pk: int) -> HttpResponse:
    """Show a form's workbook, in which a person points at a cell and says what it holds."""
    record = get_object_or_404(UpperForm.objects.visible_to(request.user).select_related("owner"), pk=pk)
    may_point = request.user.has_perm("form_cells.edit", record)
    if request.method == "POST":
        demand(request.user, "form_cells.edit", record)
    context: dict[str, Any] = {
        "form_record": record, "model": UpperForm, "may_point": may_point,
        "may_change": request.user.has_perm("upper_forms.edit", record),
        "may_fill": bool(record.workbook) and request.user.has_perm("upper_forms.fill", record),
        "fillings": showing.fillings(request.user, record),
    }
    try:
        book = record.book()
        if book is not None:
            return _pointing(request, record, book, context)
    except ValidationError as problem:
        context["problems"] = problem.messages
    return render(request, "upper/form.html", context)


def _pointing(request: Request, record: UpperForm, book: Book, context: dict[str, Any]) -> HttpResponse:
    """Answer with the sheet that the address names, and with what the cell that it names holds."""
    name = request.GET.get("sheet") or next((each.name for each in book.sheets if not each.hidden), book.sheets[0].name)
    try:
        sheet = book.sheet(name)
    except ValidationError:
        raise Http404 from None
    seen = request.user.has_perm("form_cells.view", record)
    cells = asking.cells_of(record) if seen else []
    here = {sheet.anchor(each.place): each for each in cells if each.sheet == name}
    place, problem = _place(request, sheet)
    answer = None
    if place is not None and context["may_point"]:
        answer = _cell(request, record, sheet, place, here.get(place), context)
    if isinstance(answer, HttpResponse):
        return answer
    told = showing.laid(book, sheet, reverse("upper-form", args=[record.pk]), here, place, {})
    lost = [sentence for each in cells for sentence in _lost(book, each)]
    return render(request, "upper/form.html", context | {
        "sheets": book.sheets, "sheet": name, "laid": told, "cells": [(each, showing.told_of(each)) for each in cells],
        "problems": [*([problem] if problem else []), *lost],
        "place": place and reference(place), "value": book.shown(sheet, place) if place else "",
        "heading": book.heading(sheet, place) if place else "",
    })  # fmt: skip


def _lost(book: Book, cell: FormCell) -> list[str]:
    """Return what is wrong with a cell in the workbook as it is now: it is no longer there, or computes."""
    return [_("{cell}：{problem}").format(cell=cell, problem=each) for each in blocked(book, cell)]


def _place(request: Request, sheet: Sheet) -> tuple[Place | None, str]:
    """Return the cell that the address names, of merged ones the upper left; and what is wrong with it."""
    text = request.GET.get("cell", "").strip()
    try:
        place = sheet.anchor(place_of(text)) if text else None
    except ValueError as problem:
        return None, problem.args[0]
    if place is not None and sheet.is_computed(place):
        return None, _("{sheet}!{cells} 是公式，由工作簿自己计算，不能填数。请指它所引用的单元格。").format(
            sheet=sheet.name, cells=reference(place))
    return place, ""


def _cell(
    request: Request, record: UpperForm, sheet: Sheet, place: Place, cell: FormCell | None, context: dict[str, Any],
) -> HttpResponse | None:  # fmt: skip
    """Put into the context what is asked about a cell; where something was sent, do it and lead back."""
    kind = request.POST.get("kind") or request.GET.get("kind") or (cell.kind if cell else CellKind.FIGURE)
    if kind not in CellKind.values:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    asked = PointForm(request.user, record, sheet.name, place, kind, cell, posted)
    back = f"{reverse('upper-form', args=[record.pk])}?{urlencode({'sheet': sheet.name})}"
    if request.method == "POST" and cell and "drop" in request.POST:
        archive = actions.find("form_cells.archive").plan
        commit([archive(cell, by=request.user, version=cell.row_version, reason=_("不再由系统填"))], by=request.user)
        messages.success(request, _("{cell}：不再由系统填。").format(cell=cell))
        return redirect(back)
    if request.method == "POST" and asked.is_valid():
        try:
            address = _once(request, lambda: (asked.act(), back)[1])
            messages.success(request, _("{sheet}!{cell}：已保存。").format(sheet=sheet.name, cell=reference(place)))
            return redirect(address)
        except ValidationError as refusal:
            asked.refuse(refusal)
    context |= {
        "form": asked, "cell": cell, "kind": kind, "preview": _preview(request, record, cell),
        "kinds": [(each.value, each.label) for each in ASKED],
    }
    return None


def _preview(request: Request, record: UpperForm, cell: FormCell | None) -> tuple[str, list[Any]]:
    """Return of a cell that was pointed at the last period, and what would stand there."""
    if cell is None:
        return "", []
    period = Period.parse(latest(record))
    told = asking.answer(record, period, request.user, only=cell)
    return period.label, [*told.problems, *((f"{each.reference} {each.shown or each.reason}") for each in told.cells if each.label)][:8]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workbook(request: Request, pk: int) -> HttpResponse:
    """Take in the blank workbook of a form, or a new edition of it."""
    record = get_object_or_404(UpperForm.objects.visible_to(request.user), pk=pk)
    demand(request.user, "upper_forms.edit", record)
    asked = WorkbookForm(record, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and asked.is_valid():
        try:
            address = _once(request, lambda: reverse("upper-form", args=[asked.act(request.user).pk]))
            messages.success(request, _("{form}：空表已收下，指过的单元格仍然有效；不再存在或变成公式的列在下面。").format(form=record))
            return redirect(address)
        except ValidationError as refusal:
            for each in refusal.messages:
                asked.add_error("file", each)
    return render(request, "upper/workbook.html", {"form": asked, "record": record, "model": UpperForm})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: Request, pk: int) -> HttpResponse:
    """Show what a form would be filled with for a period, what is missing and what stands in the way; then fill it."""
    record = get_object_or_404(UpperForm.objects.visible_to(request.user).select_related("owner"), pk=pk)
    demand(request.user, "upper_forms.fill", record)
    sent = request.POST if request.method == "POST" else request.GET if "period" in request.GET else {"period": latest(record)}
    asked = FillForm(record, sent)
    told, problems = None, []
    if asked.is_valid():
        try:
            if request.method == "POST":
                return redirect(_once(request, lambda: _filled(request, record, asked.cleaned_data["period"])))
            told = asking.answer(record, record.period_of(asked.cleaned_data["period"]), request.user)
        except ValidationError as refusal:
            problems = refusal.messages
    return render(request, "upper/fill.html", {
        "form": asked, "record": record, "model": UpperForm, "problems": problems, "told": told, **(_told(told) if told else {}),
    })  # fmt: skip


def _told(told: Answers) -> dict[str, Any]:
    """Return what a preview shows: the cells with values, those that stay empty, and how many of each there are."""
    cells = [each for each in told.cells if each.label]
    return {
        "cells": cells[:SHOWN], "rest": max(0, len(cells) - SHOWN), "missing": told.missing, "filled": len(cells) - len(told.missing),
    }


def _filled(request: Request, record: UpperForm, period: str) -> str:
    """Fill the form; return the address of the filling."""
    change = actions.find("upper_forms.fill").plan(record, by=request.user, version=record.row_version, period=period)
    made = next(each for each in commit([change], by=request.user) if isinstance(each, FormFilling))
    messages.success(request, _("{form}：已填好 {count} 个单元格，缺数 {missing} 个。").format(
        form=record, count=made.count, missing=made.missing))
    return reverse("upper-filling", args=[made.pk])


@login_required
@require_safe
def filling(request: Request, pk: int) -> HttpResponse:
    """Show a filling: its files, what it lacks, and what changed since last time."""
    record = _filling(request, pk)
    context: dict[str, Any] = {"filling": record, "model": UpperForm}
    try:
        with override("zh-hans"):  # as the proof sheet says it
            told, last = traces.of(record), traces.before(record)
            changed = traces.compared(told, traces.of(last)) if last else []
        context |= {
            "told": told, "last": last, "changed": changed[:SHOWN], "missing": [each for each in told.cells if each.reason],
            "cells": [each for each in told.cells if each.shown][:SHOWN], "stale": traces.corrected_since(told)[:traces.NAMED],
        }
    except ValidationError as problem:
        context["problems"] = problem.messages
    return render(request, "upper/filling.html", context)


@login_required
@require_safe
def file(request: Request, pk: int) -> HttpResponseBase:
    """Hand out the filled workbook, byte for byte as it was made."""
    record = _filling(request, pk)
    try:
        content = store.open(record.sha256)
    except LookupError as problem:
        raise Http404(problem.args[0]) from None
    return _download(content, f"{record.form.name} {Period.parse(record.period).label}.xlsx")


@login_required
@require_safe
def proof(request: Request, pk: int) -> HttpResponseBase:
    """Hand out the proof sheet of a filling."""
    record = _filling(request, pk)
    try:
        content = proving.proof(record)
    except ValidationError as problem:
        raise Http404(problem.messages[0]) from None
    return _download(io.BytesIO(content), _("{form} {period} 取数证明.xlsx").format(
        form=record.form.name, period=Period.parse(record.period).label))


def _filling(request: Request, pk: int) -> FormFilling:
    return get_object_or_404(FormFilling.objects.visible_to(request.user).select_related("form", "form__owner"), pk=pk)


def _download(content: Any, name: str) -> FileResponse:
    answer = FileResponse(content, as_attachment=True, filename=store.plain(name), content_type=XLSX)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
