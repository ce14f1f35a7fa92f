"""Pages of an import: hand in a file or pasted text, settle its headings, look at what it would do, write it, take it back."""

import secrets
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.jobs import working
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.pages import trying
from kaifaqu.pages.views import PAGE, Request, _once, demand, register_named
from kaifaqu.sheets import importing
from kaifaqu.sheets.checking import ALIKE, CHANGED, NEW, SAME, WRONG
from kaifaqu.sheets.columns import Column, in_short
from kaifaqu.sheets.models import Changeset, Upload, UploadState

KINDS = {WRONG: gettext_lazy("有错"), ALIKE: gettext_lazy("待确认"), NEW: gettext_lazy("新增"), CHANGED: gettext_lazy("变更"),
         SAME: gettext_lazy("相同")}  # fmt: skip
IN_ONE_PIECE = 1000  # rows that are written while the person waits


class HandIn(forms.Form):
    """A file, or text copied from a sheet, for one of the person's owners."""

    owner = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("所属单位"), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("文件"), required=False, help_text=gettext_lazy(".xlsx、.xls、.et、.ods、.csv，或导出的 .json、.parquet"))
    pasted = forms.CharField(
        label=gettext_lazy("或粘贴"), required=False, widget=forms.Textarea({"rows": 6}), strip=False,
        help_text=gettext_lazy("在 Excel 或 WPS 中连同列名一起复制，粘贴到这里"))
    reason = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=200, help_text=gettext_lazy("如「6 月月报」，记入每一条变更"))

    def clean(self) -> dict[str, Any]:
        """Demand one of the two."""
        told = super().clean() or {}
        if bool(told.get("file")) == bool(told.get("pasted", "").strip()):
            raise ValidationError(_("请选择一个文件，或粘贴一段表格，二者选一。"))
        return told


hand_ins: dict[str, type[HandIn]] = {}  # by register: what its own room asks besides about a file that comes in


class Lines:
    """The checked rows of some kinds, counted without reading them all, for a page of the list."""

    def __init__(self, upload: Upload, kind: str):
        self.upload, self.kind = upload, kind

    @cached_property
    def count(self) -> int:
        """Return how many rows there are of the kind."""
        return int(self.upload.found.get("counts", {}).get(self.kind, 0))

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        return list(islice(importing.rows(self.upload, self.kind), wanted.start, wanted.stop))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: Request, register: str) -> HttpResponse:
    """Take in a table for the register; a small one is checked at once, a large one in the background."""
    model = register_named(register)
    if model.right_to("import") not in importing.actions.registry():
        raise Http404
    demand(request.user, model.right_to("edit"))
    form = hand_ins.get(register, HandIn)(request.POST or None, request.FILES or None, label_suffix="")
    form.fields["owner"].queryset = owners = Party.objects.current().filter(pk__in=request.user.owners(model.right_to("edit")))  # type: ignore[attr-defined]
    form.fields["owner"].initial = owners.order_by("code").first()
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        content, name = (told["file"], told["file"].name) if told["file"] else (told["pasted"], _("粘贴的表格"))
        try:  # two clicks hand in one table
            taken = _once(request, lambda: str(
                importing.receive(model, told["owner"], request.user, name, content, reason=told["reason"]).pk))
            return _go_on(Upload.objects.get(pk=taken))
        except ValidationError as refusal:
            form.add_error("file" if told["file"] else "pasted", refusal)
    recent = Upload.objects.filter(person=request.user, register=register, collection=None).order_by("-made_at")[:10]
    return render(request, "pages/hand_in.html", {"model": model, "form": form, "recent": recent, "token": secrets.token_urlsafe(16)})


def _go_on(upload: Upload) -> HttpResponse:
    """Check the upload, here or in the background."""
    if importing.is_small(upload):
        importing.check(upload)
        return redirect("import", upload.pk)
    return _in_background(upload, "imports.check")


def _in_background(upload: Upload, kind: str) -> HttpResponse:
    """Give work on the upload to the background, and show how far it has come."""
    upload.job = working.submit(kind, by=upload.person, upload=str(upload.pk))
    upload.save(update_fields=["job"])  # nothing else: the work may have begun
    return redirect("job", upload.job.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: Request, pk: str) -> HttpResponse:
    """Show what the person's table would do and what is wrong with it; settle, check again or write."""
    upload = get_object_or_404(Upload, pk=pk, person=request.user, collection=None)
    if upload.state == UploadState.COMMITTED:
        return redirect("record", "changesets", upload.changeset)
    if upload.state == UploadState.READING and upload.job and not upload.job.is_over:
        return redirect("job", upload.job.pk)
    if request.method == "POST":
        try:
            return _decide(request, upload)
        except ValidationError as refusal:
            for message in refusal.messages:
                messages.error(request, message)
            return redirect("import", upload.pk)
    counts = {kind: upload.found.get("counts", {}).get(kind, 0) for kind in KINDS}
    settled = upload.state == UploadState.CHECKED and not counts[WRONG] and not counts[ALIKE]
    wrong = islice(importing.rows(upload, WRONG), 1000)
    shown = [(kind, label, counts[kind]) for kind, label in KINDS.items()]
    asked = request.GET.get("kind", "")
    kind = asked if asked in KINDS else next((kind for kind, _label, count in shown if count), NEW)
    page: Page = Paginator(Lines(upload, kind), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    model = register_named(upload.register)
    page.object_list = list(with_facts(model, page.object_list))
    return render(request, "pages/import.html", {
        "upload": upload, "model": model, "shown": shown, "kind": kind, "page": page, "kinds": KINDS, "asked": {"kind": kind},
        "columns": [(name, field_of(model, name).verbose_name) for name in dict.fromkeys(("code", *model.columns))],
        "ready": settled and counts[NEW] + counts[CHANGED], "idle": settled and not counts[NEW] + counts[CHANGED],
        "suggestions": any(fault["suggestion"] is not None for row in wrong for fault in row["faults"]),
        "unread": list(unread(model, upload)), "earlier": Changeset.objects.visible_to(request.user).filter(pk=upload.found.get("earlier")),
    })  # fmt: skip


def unread(model: type[Record], upload: Upload) -> Iterator[tuple[str, str]]:
    """Yield the headings whose columns are not read though they may mean something, each with what a person should know."""
    for sheet in upload.found.get("sheets", ()):
        for heading in sheet["headings"]:
            if heading["how"] == "left":
                yield heading["text"], _("以前选了不读入")
            elif heading["how"] == "unknown":
                near = heading["near"] and field_of(model, heading["near"]).verbose_name
                yield heading["text"], _("像是「{label}」").format(label=near) if near else ""


def with_facts(model: type[Record], rows: Any) -> Iterator[dict[str, Any]]:
    """Yield checked rows, the new ones with their facts in words."""
    for row, facts in zip(rows, importing.unpacked(model, rows), strict=True):
        told = []
        for name, value in facts.items() if row["kind"] == NEW else ():
            column = field_of(model, name)
            text = str(value) if column.is_relation else in_short(Column(column), column.to_python(value))
            if text != row["name"]:
                told.append((str(column.verbose_name), text))
        yield {**row, "told": told}


def _decide(request: Request, upload: Upload) -> HttpResponse:
    """Do what the person has decided: other columns, suggestions taken, likenesses recognised, or writing."""
    told = request.POST
    if "discard" in told:
        importing.discard(upload)
        messages.success(request, _("已放弃导入「{name}」，什么也没有写入。").format(name=upload.name))
        return redirect("import-table", upload.register)
    if "write" in told:
        return _write(request, upload)
    if "again" in told:
        return _go_on(upload)
    mapping = {text: name for text, name in zip(told.getlist("heading"), told.getlist("column"), strict=False) if name != "?"}
    confirmed = [int(each) for each in told.getlist("confirmed") if each.isdecimal()]
    if "confirm-all" in told:
        confirmed = [row["record"] for row in importing.rows(upload, ALIKE)]
    importing.choose(upload, mapping=mapping, accept=True if "accept" in told else None, confirmed=confirmed)
    return _go_on(upload)


def _write(request: Request, upload: Upload) -> HttpResponse:
    """Write the table, a long one in the background; of rules only what need not be tried."""
    if upload.register == DatedRule.register:
        trying.refuse_untried(importing.rows(upload, NEW, CHANGED))
    counts = upload.found.get("counts", {})
    if counts.get(NEW, 0) + counts.get(CHANGED, 0) > IN_ONE_PIECE:
        return _in_background(upload, "imports.write")
    changeset = importing.write(upload, request.user)
    messages.success(request, _("已导入：新增 {created} 条，变更 {changed} 条，相同 {same} 条。").format(
        created=changeset.created, changed=changeset.changed, same=changeset.same))
    return redirect("record", "changesets", changeset.pk)


@login_required
@require_safe
def errors(request: Request, pk: str) -> FileResponse:
    """Hand back the person's own table with a column that says what is wrong."""
    upload = get_object_or_404(Upload, pk=pk, person=request.user, collection=None)
    if not upload.found.get("counts", {}).get(WRONG):
        raise Http404
    name = upload.name.rpartition(".")[0] or upload.name
    return FileResponse(importing.mark_errors(upload).open("rb"), as_attachment=True, filename=_("{name}_错误.xlsx").format(name=name))
