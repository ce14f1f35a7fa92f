"""Pages of every register: its list, a record with its past, and the forms of its actions."""

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

from kaifaqu.files import actions as attaching
from kaifaqu.files.models import AttachmentQuerySet
from kaifaqu.kernel import access, actions, events
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.commit import EMPTY, Conflict, commit
from kaifaqu.kernel.lifecycle import Step
from kaifaqu.kernel.records import Record, field_of, references, registers
from kaifaqu.pages.asked import number
from kaifaqu.pages.forms import ActionForm
from kaifaqu.pages.manners import panels_of
from kaifaqu.pages.reading import Reader, kept_name, kind, listed

PAGE = 50  # rows of a list
NEAR = 10  # rows of another register on a record's page
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class Request(HttpRequest):
    """A request of a person who has signed in."""

    user: User


@login_required
@require_safe
def records(request: Request, register: str) -> HttpResponse:
    """List the register's records that the person may see; filters, order and page all stand in the address."""
    model = register_named(register)
    demand(request.user, model.right_to("view"))
    order = request.GET.get("sort", "")
    page = page_of(request, ordered(narrowed(model.objects.visible_to(request.user), request.GET), order))
    return render(request, "pages/records.html", {
        "model": model, "page": page, "table": Reader(request.user).table(model, page), "order": order,
        "filters": list(filters_of(model, request.GET)), "may_create": _may_create(request.user, model), "asked": request.GET.dict(),
        "others": list(_others_of_all(request.user, model)),
    })  # fmt: skip


@login_required
@require_safe
def record(request: Request, register: str, pk: int) -> HttpResponse:
    """Show a record: its facts, today or as known, what can be done, what refers to it, and its past."""
    model = register_named(register)
    live = get_object_or_404(_seen(request.user, model), pk=pk)
    reader, row, problem, asked = Reader(request.user), live, "", request.GET.get("known", "")
    try:
        if known := events.known_on(asked):
            row = model.Version.objects.filter(id=pk, seq__lte=known).order_by("-seq").first()
            problem = "" if row else _("当时还没有这条记录。")
    except ValueError as refusal:
        problem = str(refusal)
    lifecycle = getattr(model, "lifecycle", None)
    panels = [] if row is not live or live.archived_at else panels_of(request.user, live)
    replaced = {each for panel, _shown in panels for each in panel.replaces}
    related, (columns, versions) = list(_related(request.user, live, replaced)), reader.versions(live)
    past = reader.entries(list(events.timeline(live)), with_facts=True)
    return render(request, "pages/record.html", {
        "model": model, "live": live, "row": row, "asked": asked, "problem": problem,
        "facts": reader.facts(model, row) if row else [], "owner": reader.name(access.Party, live.owner_id),
        "warnings": live.warnings() if hasattr(live, "warnings") else [],
        "steps": list(_steps(request.user, live)), "others": list(_others(request.user, live)),
        "panels": panels, "related": related, "blank": [each for each in related if not each["count"]],
        "stage": lifecycle.label(getattr(row, lifecycle.field)) if lifecycle and row else "",
        "timeline": list(past), "columns": columns, "versions": versions,
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, register: str, verb: str = "create") -> HttpResponse:
    """Enter a new record by the action that creates it, for an owner on whose records the person has its right."""
    action = action_named(register_named(register), verb, creates=True)
    demand(request.user, action.right)
    return work(request, ActionForm(action, request.user, None, posted(request), initial=request.GET.dict()))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Request, register: str, pk: int, verb: str) -> HttpResponse:
    """Take one action on a record; a correction is the action `correct`, and what is archived can only be erased."""
    model = register_named(register)
    rows = _seen(request.user, model) if verb == "erase" else model.objects.visible_to(request.user)
    record = get_object_or_404(rows, pk=pk)
    action = action_named(model, verb, creates=False)
    demand(request.user, action.right, record)
    return work(request, ActionForm(action, request.user, record, posted(request)))


def register_named(name: str) -> type[Record]:
    """Return the register; where there is none of this name, the page is not found."""
    if name not in registers():
        raise Http404
    return registers()[name]


def action_named(model: type[Record], verb: str, *, creates: bool) -> Action:
    """Return an action that has a form: one that asks for a right."""
    action = actions.registry().get(model.right_to(verb))
    if action is None or action.creates is not creates or not action.right:
        raise Http404
    return action


def demand(user: User, right: str, record: Record | None = None) -> None:
    """Raise PermissionDenied that names the right which the person lacks, on this record or on anything at all."""
    if not user.has_perm(right, record):
        raise PermissionDenied(_("没有权限：{meaning}（{right}）。").format(meaning=actions.rights().get(right, right), right=right))


def _seen(user: User, model: type[Record]) -> models.QuerySet:
    """Return the records that the person may see, archived ones included: figures of the past lead to them."""
    rows = model.objects.filter(owner_id__in=user.owners(model.right_to("view")))
    return rows.readable_by(user) if isinstance(rows, AttachmentQuerySet) else rows


# Lists


class Filter(NamedTuple):
    """A column whose values can be chosen above a list."""

    column: models.Field
    options: list[tuple[str, str]]
    value: str


def filters_of(model: type[Record], asked: Any) -> Iterator[Filter]:
    """Yield the columns with few values; a foreign key only where the address names a value."""
    for each in dict.fromkeys((*(field_of(model, name) for name in model.columns), *listed(model))):
        value = asked.get(each.name, "")
        if isinstance(each, models.BooleanField):
            yield Filter(each, [("True", _("是")), ("False", _("否"))], value)
        elif each.choices:
            yield Filter(each, [(str(key), str(label)) for key, label in each.flatchoices if key != ""], value)
        elif isinstance(each, models.ForeignKey) and number(value) is not None:
            yield Filter(each, [(value, f"#{value}")], value)


def narrowed(rows: models.QuerySet, asked: Any) -> models.QuerySet:
    """Return the rows that hold the searched text and have the chosen values."""
    for each in filters_of(rows.model, asked):
        if each.value in dict(each.options):
            rows = rows.filter(**{each.column.attname: each.value})
    if word := asked.get("q", "").strip():
        texts = [each for each in rows.model._meta.concrete_fields if isinstance(each, models.CharField | models.TextField)]
        sought = ((f"{each.name}__icontains", word) for each in texts if kind(each) == "text" and not each.choices)
        rows = rows.filter(Q(*sought, _connector=Q.OR))
    return rows


def ordered(rows: models.QuerySet, order: str) -> models.QuerySet:
    """Return the rows in the order of a listed column, by default that of their codes."""
    paths = {each.name: f"{each.name}__code" if isinstance(each, models.ForeignKey) else each.name
             for each in listed(rows.model) if kind(each) != "personal"}
    path = paths.get(order.removeprefix("-"))
    return rows.order_by("code" if path is None else f"-{path}" if order.startswith("-") else path, "id")


def _others_of_all(user: User, model: type[Record]) -> Iterator[Action]:
    """Yield what the person may do with an owner's records together, such as locking a month; entering and importing stand apart."""
    for action in actions.actions_of(model) if model.columns else ():  # what nobody enters is founded once
        named = action.code == model.right_to(action.verb) and action.verb not in ("create", "import")
        if action.creates and named and action.right and user.owners(action.right):
            yield action


def page_of(request: Request, rows: Any) -> Page:
    """Return the page of the rows that the address names."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


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
            missing = [field_of(type(record), name) for name in step.requires if getattr(record, name) in EMPTY]
            yield step, action, [str(each.verbose_name) for each in missing]


def _others(user: User, record: Record) -> Iterator[Action]:
    """Yield the other actions that the person may take on the record; on an archived one, only to erase."""
    lifecycle = getattr(record, "lifecycle", None)
    steps = {step.action for step in lifecycle.steps} if lifecycle else set()
    for action in actions.actions_of(type(record)):
        open_to = record.archived_at is None or action.verb == "erase"
        if action.verb in attaching.VERBS:
            continue  # these stand beside the files
        if open_to and not action.creates and action.right and action.code not in steps and user.has_perm(action.right, record):
            yield action


def _related(user: User, record: Record, replaced: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the other registers that refer to the record, with the first rows that the person may see, unless a panel shows them."""
    for register, key in references(type(record)):
        if f"{register.register}.{key.name}" in replaced:
            continue
        rows = register.objects.visible_to(user).filter(**{key.name: record.pk})
        count, may_create = rows.count(), _may_create(user, register)
        if count or may_create:
            columns = [each for each in listed(register) if each != key]
            yield {
                "key": key, "count": count, "more": count > NEAR, "may_create": may_create,
                "table": Reader(user).table(register, rows.order_by("code")[:NEAR], columns),
            }  # fmt: skip


# A form


def posted(request: Request) -> Any:
    """Return what a form has sent, or None where it is only opened."""
    return request.POST if request.method == "POST" else None


def work(request: Request, form: ActionForm, template: str = "pages/form.html", **told: Any) -> HttpResponse:
    """Show the form, do what it asks and lead to the record; two editors are shown each other's facts."""
    context = {"form": form, "model": form.action.register, **told}
    if request.method == "POST" and form.is_valid():
        try:
            if form.record and form.unsettled:
                raise Conflict(form.record)
            return redirect(_once(request, lambda: _done(request, form)))
        except Conflict as conflict:
            stored = next((each for each in conflict.records if each == form.record), None)
            if isinstance(stored, Record):
                written = [event for event in events.timeline(stored) if "after" in event.facts]
                context |= {"rows": form.differences(stored), "last": next(Reader(request.user).entries(written[:1]))}
                return render(request, "pages/conflict.html", context, status=409)
            form.refuse(conflict)
        except ValidationError as refusal:
            form.refuse(refusal)
    return render(request, template, context)


def _done(request: Request, form: ActionForm) -> str:
    """Commit what the form's action plans; return the address of the record that came of it."""
    written = commit([form.plan()], by=request.user)
    record = next(each for each in written if isinstance(each, form.action.register) or each == written[-1])
    messages.success(request, _("{record}：已办理「{label}」。").format(record=kept_name(record), label=form.action.label))
    return reverse("record", args=[record.register, record.pk])


def _once(request: Request, act: Callable[[], str]) -> str:
    """Act once for one sending of a form, and answer a repeated sending with the first address."""
    told = f"{request.path}?{request.POST.urlencode()}"  # with the token that is another one each time a form is shown
    sending = hashlib.sha256(told.encode()).hexdigest()
    with transaction.atomic():
        list(Session.objects.select_for_update().filter(pk=request.session.session_key))  # two clicks wait for each other
        done = SessionStore(request.session.session_key).get("done", {})
        if sending not in done:
            done = {**dict([*done.items()][-PAGE:]), sending: act()}
        request.session["done"] = done
        request.session.save()
    return done[sending]
