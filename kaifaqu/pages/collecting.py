"""Pages of a collection: send a form to units, take in what comes back, look at where it stands, merge it."""

import secrets
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import IO, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from kaifaqu.jobs import working
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.facts import Assignment
from kaifaqu.kernel.records import Record, field_of, references
from kaifaqu.pages.importing import IN_ONE_PIECE, KINDS, Lines, with_facts
from kaifaqu.pages.lists import filters_of, narrowed
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import PAGE, Request, _once, demand, register_named
from kaifaqu.sheets import answering, collecting, importing, sending
from kaifaqu.sheets.checking import ALIKE, CHANGED, NEW, SAME, WRONG
from kaifaqu.sheets.models import Changeset, Collection, CollectionUnit, Upload, subjects_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 3  # files that are checked while the person waits
EVERYTHING = "all"


# A new collection


class Asked(forms.Form):
    """What is asked of whom by when: the subjects by their own choices, grouped into units."""

    owner = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("所属单位"), empty_label=None)
    name = forms.CharField(label=gettext_lazy("收表名称"), max_length=100)
    period = forms.CharField(label=gettext_lazy("期间"), max_length=20, help_text=gettext_lazy("写到月，如 2024-07"))
    due_on = forms.DateField(label=gettext_lazy("截止日期"), required=False, widget=forms.DateInput({"type": "date"}))
    note = forms.CharField(label=gettext_lazy("填报要求"), required=False, widget=forms.Textarea({"rows": 2}))
    by = forms.ChoiceField(label=gettext_lazy("按什么分给填报单位"))

    def __init__(self, register: type[Record], user: User, *told: Any, **options: Any):
        super().__init__(*told, **{"label_suffix": "", **options})
        owners = Party.objects.current().filter(pk__in=user.owners("collections.edit") & user.owners(register.right_to("view")))
        self.fields["owner"].queryset = owners.order_by("code")  # type: ignore[attr-defined]
        self.fields["by"].choices = [(code, label) for code, label, _group in groupings(register)]  # type: ignore[attr-defined]
        if not hasattr(register, "periodic"):
            del self.fields["period"]
        for each in filters_of(subjects_of(register), self.data):
            if not isinstance(each.column, models.ForeignKey):
                self.fields[each.column.name] = forms.ChoiceField(
                    choices=[("", _("全部")), *each.options], label=each.column.verbose_name, required=False)

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the collection will say."""
        return {name: self.cleaned_data.get(name) or None for name in ("due_on",)} | {
            name: self.cleaned_data.get(name, "") for name in ("name", "period", "note")}


def groupings(register: type[Record]) -> Iterator[tuple[str, str, Callable[[Iterable[Record]], dict[int, Any]]]]:
    """Yield how subjects can be grouped into units: by what they refer to, by the office that answers for them, or all in one."""
    subject = subjects_of(register)
    for name in subject.columns:
        column = field_of(subject, name)
        if isinstance(column, models.ForeignKey):
            yield name, str(column.verbose_name), lambda rows, name=name: {row.pk: getattr(row, name) for row in rows}  # type: ignore[misc]
    for other, key in references(subject):
        if issubclass(other, Assignment):
            label = f"{other._meta.verbose_name}·{field_of(other, 'office').verbose_name}"
            yield f"{other.register}.office", label, lambda rows, other=other, key=key: dict(_offices(other, key, rows))  # type: ignore[misc]
    yield EVERYTHING, _("全部由一家填"), lambda rows: {row.pk: _("全部") for row in rows}


def _offices(register: type[Assignment], key: models.Field, rows: Iterable[Record]) -> Iterator[tuple[int, Any]]:
    held = register.objects.current().filter(Assignment.on(clock.today()), **{f"{key.name}__in": [row.pk for row in rows]})
    for each in held.exclude(office=None).select_related("office").order_by("id"):
        yield getattr(each, key.attname), each.office


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, register: str) -> HttpResponse:
    """Ask for a collection, look at its units, change them, and enter it."""
    model = register_named(register)
    if model.right_to("import") not in actions.registry():
        raise Http404
    demand(request.user, "collections.edit")
    demand(request.user, model.right_to("view"))
    told = request.POST if request.method == "POST" else request.GET
    form = Asked(model, request.user, told if "name" in told else None)
    units, problems = [], []
    if form.is_bound and form.is_valid():
        units = _posted(request) if request.method == "POST" else _grouped(request, model, form)
        problems = [] if units else [_("没有符合条件的记录。")]
        if request.method == "POST":
            facts = [{name: unit[name] for name in ("name", "records", "contact")} for unit in units if unit["name"]]
            asked = {**form.facts, "target": register}
            try:  # two clicks ask once
                return redirect(_once(request, lambda: reverse("collection", args=[
                    sending.start(form.cleaned_data["owner"], request.user, asked, facts).pk])))
            except ValidationError as refusal:
                problems = refusal.messages
    return render(request, "pages/collect.html", {
        "model": model, "form": form, "units": units, "problems": problems, "asked": sum(len(unit["records"].split()) for unit in units),
        "told": [(name, told[name]) for name in form.fields if name in told], "token": secrets.token_urlsafe(16),
    })  # fmt: skip


def _posted(request: Request) -> list[dict[str, str]]:
    names = ("name", "records", "contact")
    lists = (request.POST.getlist(f"unit-{name}") for name in names)
    return [{name: text.strip() for name, text in zip(names, texts, strict=True)} for texts in zip(*lists, strict=False)]


def _grouped(request: Request, model: type[Record], form: Asked) -> list[dict[str, str]]:
    """Return the units with what each would fill in, those without a group last."""
    subject = subjects_of(model)
    seen = subject.objects.visible_to(request.user).filter(owner_id=form.cleaned_data["owner"].pk)
    asked = {name: form.cleaned_data.get(name, "") for name in form.fields if name not in form.base_fields}
    rows = narrowed(seen, asked).order_by("code")
    group = next(group for code, _label, group in groupings(model) if code == form.cleaned_data["by"])
    of, reader = group(rows), Reader(request.user)
    units: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        target = of.get(row.pk)
        units[_unit_name(target, reader)].append(row)
    order = sorted(units, key=lambda name: (name == _("（未填）"), units[name][0].code))
    return [{
        "name": name, "records": " ".join(row.code for row in units[name]), "contact": "",
        "told": "、".join(str(getattr(row, "name", "") or row.code) for row in units[name]),
    } for name in order]  # fmt: skip


def _unit_name(target: Any, reader: Reader) -> str:
    if target is None:
        return _("（未填）")
    return str(getattr(target, "name", "") or reader.text(target)) if isinstance(target, Record) else str(target)


# The board


@login_required
@require_safe
def board(request: Request, pk: int) -> HttpResponse:
    """Show where a collection stands, unit by unit."""
    collection = _seen(request, pk)
    now = collecting.board(collection)
    user = request.user
    people = {each.person_id: each.person for line in now.lines for each in line.answers}
    return render(request, "pages/collection.html", {
        "collection": collection, "board": now, "kinds": KINDS, "now": clock.now(), "unread": answering.unread(collection).count(),
        "tally": [("", _("填报单位"), len(now.lines)), *((state, label, now.counts[state]) for state, label in collecting.LABELS.items())],
        "people": {pk: str(person) if user.may("users.view", person.owner_id) else person.code for pk, person in people.items()},
        "may_send": user.has_perm(collection.model.right_to("view"), collection),
        "may_work": user.has_perm(collection.model.right_to("edit"), collection),
        "may_changesets": user.has_perm("changesets.view", collection),
    })  # fmt: skip


@login_required
@require_GET
def send(request: Request, pk: int) -> FileResponse:
    """Hand out a zip with the workbook of each unit."""
    collection = _seen(request, pk, "view")
    return _file(f"{collection.name}.zip", "application/zip", lambda stream: sending.send(collection, request.user, stream))


@login_required
@require_GET
def send_one(request: Request, pk: int, unit: int) -> FileResponse:
    """Hand out the workbook of one unit."""
    found = _unit(_seen(request, pk, "view"), unit)
    return _file(sending.file_name(found), XLSX, lambda stream: sending.send_one(found, request.user, stream))


@login_required
@require_GET
def forward(request: Request, pk: int) -> FileResponse:
    """Hand out one workbook with the rows of all units."""
    collection = _seen(request, pk, "view")
    name = _("{name}_总表.xlsx").format(name=collection.name)
    return _file(name, XLSX, lambda stream: sending.forward(collection, request.user, stream))


def _file(name: str, media: str, write: Callable[[IO[bytes]], object]) -> FileResponse:
    stream = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    write(stream)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=name, content_type=media)


@login_required
@require_safe
def reminder(request: Request, pk: int) -> HttpResponse:
    """Show a text about the units that have not handed in, to be copied into a chat."""
    collection = _seen(request, pk)
    text = collecting.reminder(collection)
    return render(request, "pages/collection_reminder.html", {"collection": collection, "text": text, "lines": text.count("\n") + 2})


# What comes back


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: Request, pk: int) -> HttpResponse:
    """Take in files; a few small ones are checked at once, more in the background."""
    collection = _seen(request, pk, "edit")
    files, problems = request.FILES.getlist("files"), []
    if request.method == "POST":
        try:
            if not files and "check" not in request.POST:
                raise ValidationError(_("请选择收到的表。"))
            told = answering.receive(
                collection, [(file.name or "", file) for file in files], request.user, request.POST.get("reason", "").strip())
            if told.repeated:
                messages.info(request, _("以前已经收过、内容一样的：{files}。").format(files="、".join(told.repeated)))
            for sentence in told.refused:
                messages.error(request, sentence)
            waiting = list(answering.unread(collection))
            if len(waiting) <= AT_ONCE and all(each.source.exists() and importing.is_small(each) for each in waiting):
                answering.check_all(collection, request.user)
                return redirect("collection", pk)
            return redirect("job", working.submit("collections.check", by=request.user, collection=pk).pk)
        except ValidationError as refusal:
            problems = refusal.messages
    return render(request, "pages/collection_receive.html", {"collection": collection, "problems": problems})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, pk: int, upload: str) -> HttpResponse:
    """Show one answer; say whose it is, settle what is open, set it aside or take it in again."""
    collection = _seen(request, pk, "edit")
    found = _answer(collection, upload)
    merged = Changeset.objects.filter(pk=found.changeset).first() if found.changeset else None
    merged = merged if merged and collecting.stands(merged) else None
    if request.method == "POST":
        try:
            return _decide(request, found, merged)
        except ValidationError as refusal:
            for message in refusal.messages:
                messages.error(request, message)
            return redirect("collection-answer", pk, upload)
    counts = {kind: found.found.get("counts", {}).get(kind, 0) for kind in KINDS}
    shown = [(kind, label, counts[kind]) for kind, label in KINDS.items()]
    kind = _kind(request, shown)
    page: Any = Paginator(Lines(found, kind), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    wrong: list[dict[str, Any]] = []
    try:
        page.object_list = list(with_facts(collection.model, page.object_list))
        wrong = list(islice(importing.rows(found, WRONG), IN_ONE_PIECE))
    except ValidationError as refusal:  # the file is not kept for ever
        page.object_list, found.problem = [], "\n".join(refusal.messages)
    suggested = found.found.get("suggested") or {}
    return render(request, "pages/collection_answer.html", {
        "collection": collection, "model": collection.model, "upload": found, "merged": merged, "units": sending.units_of(collection),
        "meant": found.unit_id or suggested.get("unit"), "shown": shown, "kind": kind, "page": page, "asked": {"kind": kind},
        "wrong": counts[WRONG], "alike": counts[ALIKE],
        "suggestions": any(fault["suggestion"] is not None for row in wrong for fault in row["faults"]),
        "columns": [(name, field_of(collection.model, name).verbose_name) for name in dict.fromkeys(("code", *collection.model.columns))],
    })  # fmt: skip


def _decide(request: Request, upload: Upload, merged: Changeset | None) -> HttpResponse:
    """Do what the person has decided about an answer; what is merged is not decided again."""
    told, collection = request.POST, upload.collection_id
    if merged is not None:
        messages.error(request, _("这一份已经汇总；要改，请先撤销那次汇总。"))
    elif "aside" in told or "restore" in told:
        answering.set_aside(upload, aside="aside" in told)
    elif "assign" in told:
        answering.assign(upload, get_object_or_404(_units(upload.collection), pk=_number(told.get("unit"))), request.user)
    else:
        if "explain" in told:
            upload.reason = told.get("reason", "").strip()[:200]
        mapping = {text: name for text, name in zip(told.getlist("heading"), told.getlist("column"), strict=False) if name != "?"}
        confirmed = [int(each) for each in told.getlist("confirmed") if each.isdecimal()]
        if "confirm-all" in told:
            confirmed = [row["record"] for row in importing.rows(upload, ALIKE)]
        importing.choose(upload, mapping=mapping, accept=True if "accept" in told else None, confirmed=confirmed)
        answering.check(upload, request.user)
    return redirect("collection", collection) if "assign" in told else redirect("collection-answer", collection, upload.pk)


@login_required
@require_safe
def errors(request: Request, pk: int, upload: str) -> FileResponse:
    """Hand out the answer with a column that says what is wrong, to be sent back to the unit."""
    found = _answer(_seen(request, pk, "edit"), upload)
    if not found.found.get("counts", {}).get(WRONG) or not found.source.exists():
        raise Http404
    name = _("{name}_错误.xlsx").format(name=found.name.rpartition(".")[0] or found.name)
    return FileResponse(importing.mark_errors(found).open("rb"), as_attachment=True, filename=name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: Request, pk: int, unit: int) -> HttpResponse:
    """Show what one unit handed in; of several answers choose one, and keep what was said in a chat as proof."""
    collection = _seen(request, pk, "edit")
    found = _unit(collection, unit)
    line = next(each for each in collecting.board(collection).lines if each.unit == found)
    if request.method == "POST":
        chosen = next((each for each in line.answers if str(each.pk) == request.POST.get("choose")), None)
        try:
            if chosen is not None:
                answering.choose(chosen)
                return redirect("collection", pk)
            if text := request.POST.get("chat", "").strip():
                _once(request, lambda: _noted(request, found, text))
        except ValidationError as refusal:
            for message in refusal.messages:
                messages.error(request, message)
        return redirect("collection-unit", pk, unit)
    differences, problems = [], []
    try:
        differences = answering.differences(line.answers) if len(line.answers) > 1 else []
    except ValidationError as refusal:  # files are not kept for ever
        problems = refusal.messages
    return render(request, "pages/collection_unit.html", {
        "collection": collection, "unit": found, "line": line, "differences": differences, "problems": problems,
        "token": secrets.token_urlsafe(16),
    })  # fmt: skip


def _noted(request: Request, unit: CollectionUnit, text: str) -> str:
    """Keep what was said in a chat; return the address of the unit's page."""
    collecting.note_chat(unit, request.user, text)
    messages.success(request, _("已存为佐证。"))
    return reverse("collection-unit", args=[unit.collection_id, unit.pk])


# Merging


class Merged:
    """The rows of several answers of one kind, counted without reading them all, for a page of the list."""

    def __init__(self, answers: list[Upload], kind: str):
        self.answers, self.kind = answers, kind

    @cached_property
    def count(self) -> int:
        """Return how many rows there are of the kind."""
        return collecting.total(self.answers)[self.kind]

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        return list(islice(collecting.preview(self.answers, self.kind), wanted.start, wanted.stop))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, pk: int) -> HttpResponse:
    """Show what all answers together would do, and write them as one changeset."""
    collection = _seen(request, pk, "edit")
    problems: list[str] = []
    now = collecting.board(collection)
    answers = [line.answers[0] for line in now.of(collecting.BACK)]
    if request.method == "POST":
        try:
            return _merge(request, collection, answers)
        except ValidationError as refusal:
            problems = refusal.messages
            now = collecting.board(collection)
            answers = [line.answers[0] for line in now.of(collecting.BACK)]
    counts = collecting.total(answers)
    shown = [(kind, KINDS[kind], counts[kind]) for kind in (NEW, CHANGED, SAME)]
    kind = _kind(request, shown)
    page: Any = Paginator(Merged(answers, kind), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    try:
        page.object_list = list(with_facts(collection.model, page.object_list))
    except ValidationError as refusal:  # files are not kept for ever
        page.object_list, problems = [], [*problems, *refusal.messages]
    return render(request, "pages/collection_merge.html", {
        "collection": collection, "model": collection.model, "answers": answers, "all": len(now.lines), "shown": shown, "kind": kind,
        "page": page, "several": True, "asked": {"kind": kind}, "problems": problems or collecting.open_points(now),
        "reason": request.POST.get("reason", ""), "token": secrets.token_urlsafe(16),
    })  # fmt: skip


def _merge(request: Request, collection: Collection, answers: list[Upload]) -> HttpResponse:
    """Merge the answers, many rows in the background."""
    counts, reason, only_ready = collecting.total(answers), request.POST.get("reason", ""), "only-ready" in request.POST
    if counts[NEW] + counts[CHANGED] > IN_ONE_PIECE:
        asked = {"collection": collection.pk, "answers": [str(each.pk) for each in answers], "reason": reason, "only_ready": only_ready}
        return redirect(_once(request, lambda: reverse("job", args=[
            working.submit("collections.merge", by=request.user, **asked).pk])))
    made = collecting.merge(collection, request.user, reason, only_ready=only_ready)
    messages.success(request, _("已汇总：新增 {created} 条，变更 {changed} 条，相同 {same} 条。").format(
        created=made.created, changed=made.changed, same=made.same))
    return redirect("collection", collection.pk)


# What the pages share


def _seen(request: Request, pk: int, verb: str = "") -> Collection:
    """Return the collection; not found where the person may not see it, refused without the right to its units or register."""
    found = get_object_or_404(Collection.objects.visible_to(request.user), pk=pk)
    demand(request.user, "collection_units.view", found)
    if verb:
        demand(request.user, found.model.right_to(verb), found)
    return found


def _units(collection: Collection | None) -> models.QuerySet:
    return CollectionUnit.objects.current().filter(collection=collection)


def _unit(collection: Collection, pk: int) -> CollectionUnit:
    return get_object_or_404(_units(collection), pk=pk)


def _answer(collection: Collection, pk: str) -> Upload:
    return get_object_or_404(Upload.objects.select_related("collection", "unit"), pk=pk, collection=collection)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _kind(request: Request, shown: list[tuple[str, Any, int]]) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in {kind for kind, _label, _count in shown} else next((kind for kind, _label, count in shown if count), NEW)
