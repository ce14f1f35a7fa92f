"""Pages of every register and every figure: list, record, the forms of its actions, figure, events."""

import hashlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import models, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.kernel import access, actions, clock, events, indicators
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.commit import Conflict, commit
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.forms import ActionForm
from kaifaqu.kernel.lifecycle import Step
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.reading import Reader
from kaifaqu.kernel.records import Record, references, registers

PAGE = 50  # rows of a list
NEAR = 10  # rows of another register on a record's page
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


@login_required
@require_safe
def records(request: HttpRequest, register: str) -> HttpResponse:
    """List the register's records that the person may see; filters, order and page all stand in the address."""
    model = _register(register)
    _demand(request.user, model.right_to("view"))
    columns = [model._meta.get_field(name) for name in dict.fromkeys(("code", *(model.listed or model.columns[:6])))]
    order = request.GET.get("sort", "")
    sortable = {column.name: column for column in columns if not hasattr(column, "personal")}
    by = sortable.get(order.removeprefix("-"), sortable["code"])
    rows = _narrowed(model.objects.visible_to(request.user), request.GET).order_by(f"{'-' * order.startswith('-')}{_path(by)}", "id")
    page = _page(request, rows)
    return render(request, "kernel/records.html", {
        "model": model, "name": model._meta.verbose_name, "page": page, "filters": list(_filters(model, request.GET)),
        "heads": [(column, column.name in sortable, _is_number(column)) for column in columns], "order": order,
        "rows": _cells(request.user, page, columns), "may_create": _may_create(request.user, model), "asked": request.GET.dict(),
    })  # fmt: skip


@login_required
@require_safe
def record(request: HttpRequest, register: str, pk: int) -> HttpResponse:
    """Show a record: its facts, today or as known, what can be done, what refers to it, and its past."""
    model = _register(register)
    live = get_object_or_404(_seen(request.user, model), pk=pk)
    reader, row, problem, asked = Reader(request.user), live, "", request.GET.get("known", "")
    try:
        if known := events.known_on(asked):
            row = model.Version.objects.filter(id=pk, seq__lte=known).order_by("-seq").first()
            problem = "" if row else _("当时还没有这条记录。")
    except ValueError as refusal:
        problem = str(refusal)
    columns, versions = reader.versions(live)
    return render(request, "kernel/record.html", {
        "model": model, "live": live, "row": row, "asked": asked, "problem": problem,
        "facts": reader.facts(row, model) if row else [], "owner": reader.name(access.Party, live.owner_id),
        "warnings": live.warnings() if hasattr(live, "warnings") else [],
        "steps": list(_steps(request.user, live)), "others": list(_others(request.user, live)),
        "related": list(_related(request.user, live)), "timeline": list(reader.timeline(live)),
        "columns": columns, "versions": versions,
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, register: str, verb: str = "create") -> HttpResponse:
    """Enter a new record by the action that creates it, for an owner on whose records the person has its right."""
    action = _action(_register(register), verb, creates=True)
    _demand(request.user, action.right)
    form = ActionForm(action, request.user, data=_posted(request), initial=request.GET.dict())
    return _work(request, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, register: str, pk: int, verb: str) -> HttpResponse:
    """Take one action on a record; a correction is the action `correct`."""
    model = _register(register)
    record = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
    action = _action(model, verb, creates=False)
    _demand(request.user, action.right, record)
    return _work(request, ActionForm(action, request.user, record, data=_posted(request)))


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """List the definitions of all figures; a definition is open to everybody who signs in."""
    word = request.GET.get("q", "").strip().lower()
    found = [each for each in indicators.catalogue().values() if word in f"{each.code} {each.label} {each.basis}".lower()]
    return render(request, "kernel/figures.html", {"figures": found, "q": word})


@login_required
@require_safe
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """Show one figure as this person may see it: definition, value, groups and the records behind it."""
    try:
        definition = indicators.find(code)
    except LookupError as problem:
        raise Http404(problem.args[0]) from None
    today = clock.today()
    asked = {"period": f"{today:%Y}-01..{today:%m}", **{name: text for name, text in request.GET.items() if text}}
    context: dict[str, Any] = {"definition": definition, "asked": asked}
    try:
        by = indicators.dimension(definition, asked["by"]) if "by" in asked else None
        figure = definition.figure(
            Period.parse(asked["period"]), scope=_scope(asked.get("scope")), by=by, known=events.known_on(asked.get("known")),
            user=request.user,
        )  # fmt: skip
    except (ValueError, LookupError) as problem:
        return render(request, "kernel/figure.html", {**context, "problem": problem.args[0]}, status=400)
    page = _page(request, figure.records)
    return render(request, "kernel/figure.html", {
        **context, "figure": figure, "page": page, "tables": list(_tables(request.user, page)),
        "registers": list({part.register for part in figure.indicator.parts()}),
    })  # fmt: skip


@login_required
@require_safe
def event_log(request: HttpRequest) -> HttpResponse:
    """List the events on the records of the owners whose events the person may see."""
    _demand(request.user, "events.view")
    rows = events.Event.objects.filter(party__in=request.user.owners("events.view")).order_by("-seq")
    asked = {name: text.strip() for name, text in request.GET.items() if text.strip()}
    if "actor" in asked:
        rows = rows.filter(actor=asked["actor"])
    if model := registers().get(asked.get("register", "")):
        rows = rows.filter(subject=model._meta.label_lower)
    for name, column in (("id", "subject_id"), ("changeset", "changeset")):
        if asked.get(name, "").isdigit():
            rows = rows.filter(**{column: int(asked[name])})
    page = _page(request, rows)
    by_label = {each._meta.label_lower: each for each in registers().values()}
    listed = [(entry, by_label.get(entry.event.subject)) for entry in Reader(request.user).entries(list(page))]
    return render(request, "kernel/events.html", {"page": page, "rows": listed, "asked": asked, "registers": registers()})


def _register(name: str) -> type[Record]:
    if name not in registers():
        raise Http404
    return registers()[name]


def _action(model: type[Record], verb: str, *, creates: bool) -> Action:
    """Return an action that has a form: one that asks for a right."""
    action = actions.registry().get(model.right_to(verb))
    if action is None or action.creates is not creates or not action.right:
        raise Http404
    return action


def _demand(user: User, right: str, record: Record | None = None) -> None:
    """Raise PermissionDenied that names the right which the person lacks, on this record or on anything at all."""
    if not user.has_perm(right, record):
        raise PermissionDenied(_("没有权限：{meaning}（{right}）。").format(meaning=actions.rights().get(right, right), right=right))


def _seen(user: User, model: type[Record]) -> models.QuerySet:
    """Return the records that the person may see, archived ones included: figures of the past lead to them."""
    return model.objects.filter(owner_id__in=user.owners(model.right_to("view")))


def _scope(text: str | None) -> frozenset[int]:
    try:
        return access.scope(text)
    except ValueError:  # whose sentence names the parties there are
        raise ValueError(_("没有单位「{text}」。").format(text=text)) from None


# Lists


class Filter(NamedTuple):
    """A column whose values can be chosen above a list."""

    column: models.Field
    options: list[tuple[str, str]]
    value: str


def _filters(model: type[Record], asked: Any) -> Iterator[Filter]:
    """Yield the columns with few values; a foreign key only where the address names a value."""
    for column in (model._meta.get_field(name) for name in model.columns):
        value = asked.get(column.name, "")
        if isinstance(column, models.BooleanField):
            yield Filter(column, [("True", _("是")), ("False", _("否"))], value)
        elif column.choices:
            yield Filter(column, [(str(key), str(label)) for key, label in column.flatchoices if key != ""], value)
        elif isinstance(column, models.ForeignKey) and value.isdigit():
            yield Filter(column, [(value, f"#{value}")], value)


def _narrowed(rows: models.QuerySet, asked: Any) -> models.QuerySet:
    """Return the rows that hold the searched text and have the chosen values."""
    for each in _filters(rows.model, asked):
        if each.value in dict(each.options):
            rows = rows.filter(**{each.column.attname: each.value})
    if word := asked.get("q", "").strip():
        texts = [
            column.name for column in rows.model._meta.concrete_fields
            if isinstance(column, models.CharField | models.TextField) and not hasattr(column, "personal") and not column.choices
        ]  # fmt: skip
        rows = rows.filter(Q(*((f"{name}__icontains", word) for name in texts), _connector=Q.OR))
    return rows


def _path(column: models.Field) -> str:
    return f"{column.name}__code" if isinstance(column, models.ForeignKey) else column.name


def _page(request: HttpRequest, rows: Any) -> Page:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _is_number(column: models.Field) -> bool:
    return isinstance(column, ExactField | models.IntegerField) and not column.choices


def _cells(user: User, rows: Any, columns: list[models.Field]) -> list[tuple[Any, list[tuple[str, bool]]]]:
    """Return each row with its columns in words, and whether the column is a number."""
    kinds = [_is_number(column) for column in columns]
    return [(row, list(zip(texts, kinds, strict=True))) for row, texts in Reader(user).cells(rows, columns)]


def _tables(user: User, rows: Any) -> Iterator[dict[str, Any]]:
    """Yield the records of a figure as one table a register."""
    for register in dict.fromkeys(row.register for row in rows):
        model = registers()[register]
        columns = [model._meta.get_field(name) for name in dict.fromkeys(("code", *(model.listed or model.columns[:6])))]
        yield {
            "model": model, "heads": [(column, False, _is_number(column)) for column in columns],
            "rows": _cells(user, [row for row in rows if row.register == register], columns),
        }  # fmt: skip


# A record


def _may_create(user: User, model: type[Record]) -> bool:
    action = actions.registry().get(model.right_to("create"))
    return action is not None and bool(user.owners(action.right))


def _steps(user: User, record: Record) -> Iterator[tuple[Step, Action, list[str]]]:
    """Yield the steps that the person may take now, each with its action and the facts that are still missing."""
    lifecycle = getattr(record, "lifecycle", None)
    for step in lifecycle.steps_from(record) if lifecycle and record.archived_at is None else ():
        action = actions.registry().get(step.action)
        if action and user.has_perm(action.right, record):
            missing = [name for name in step.requires if getattr(record, name) in (None, "")]
            yield step, action, [str(record._meta.get_field(name).verbose_name) for name in missing]


def _others(user: User, record: Record) -> Iterator[Action]:
    """Yield the other actions that the person may take on the record."""
    lifecycle = getattr(record, "lifecycle", None)
    steps = {step.action for step in lifecycle.steps} if lifecycle else set()
    for action in actions.actions_of(type(record)) if record.archived_at is None else ():
        if not action.creates and action.right and action.code not in steps and user.has_perm(action.right, record):
            yield action


def _related(user: User, record: Record) -> Iterator[dict[str, Any]]:
    """Yield the other registers that refer to the record, with the first rows that the person may see."""
    for register, column in references(record):
        rows = register.objects.visible_to(user).filter(**{column.name: record.pk})
        count, may_create = rows.count(), _may_create(user, register)
        if count or may_create:
            columns = [each for each in (register._meta.get_field(name) for name in register.listed or register.columns[:6]) if each != column]
            yield {
                "model": register, "column": column, "count": count, "more": count > NEAR, "may_create": may_create,
                "heads": [(each, False, _is_number(each)) for each in columns],
                "rows": _cells(user, rows.order_by("code")[:NEAR], columns),
            }  # fmt: skip


# A form


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _work(request: HttpRequest, form: ActionForm) -> HttpResponse:
    """Show the form, do what it asks and lead to the record; two editors are shown each other's facts."""
    if request.method == "POST" and form.is_valid():
        try:
            if form.unsettled:
                raise Conflict(form.record)
            return redirect(_once(request, lambda: _done(request, form)))
        except Conflict as conflict:
            stored = next((each for each in conflict.records if each == form.record), None)
            if stored is not None:
                last = next(Reader(request.user).timeline(stored))
                return render(request, "kernel/conflict.html", {"form": form, "rows": form.differences(stored), "last": last}, status=409)
            form.refuse(conflict)
        except ValidationError as refusal:
            form.refuse(refusal)
    return render(request, "kernel/form.html", {"form": form})


def _done(request: HttpRequest, form: ActionForm) -> str:
    """Commit what the form's action plans; return the address of the record that came of it."""
    written = commit([form.plan()], by=request.user)
    record = next((each for each in written if isinstance(each, form.action.register)), written[0])
    messages.success(request, _("{record}：已办理「{label}」。").format(record=record, label=form.action.label))
    return reverse("record", args=[record.register, record.pk])


def _once(request: HttpRequest, act: Callable[[], str]) -> str:
    """Act once for one sending of a form, and answer a repeated sending with the first address."""
    sending = hashlib.sha256(request.body).hexdigest()  # with the token that is another one each time a form is shown
    with transaction.atomic():
        list(Session.objects.select_for_update().filter(pk=request.session.session_key))  # two clicks wait for each other
        done = SessionStore(request.session.session_key).get("done", {})
        if sending not in done:
            done = {**dict([*done.items()][-PAGE:]), sending: act()}
        request.session["done"] = done
        request.session.save()
    return done[sending]
