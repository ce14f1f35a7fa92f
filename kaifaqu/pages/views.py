"""Pages of every register: a record with its past, and the forms of its actions."""

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.files import actions as attaching
from kaifaqu.kernel import access, actions, events
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.commit import Conflict, commit
from kaifaqu.kernel.lifecycle import Step
from kaifaqu.kernel.records import Record, registers
from kaifaqu.pages import domains, drafting, stages
from kaifaqu.pages.asked import day
from kaifaqu.pages.forms import ActionForm
from kaifaqu.pages.manners import panels_of, proposed, shown_first
from kaifaqu.pages.past import Past
from kaifaqu.pages.reading import Reader, kept_name
from kaifaqu.pages.related import related

PAGE = 50  # rows of a list
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class Request(HttpRequest):
    """A request of a person who has signed in."""

    user: User
    htmx: Any  # whether the page's own script asks, for a part of it


@login_required
@require_safe
def record(request: Request, register: str, pk: int) -> HttpResponse:
    """Show a record: its facts, today or as known, what can be done, what refers to it, and its past."""
    model = register_named(register)
    live = get_object_or_404(model.objects.seen_by(request.user).select_related("owner"), pk=pk)
    reader, row, problem, asked, known = Reader(request.user), live, "", day(request.GET.get("known", "")), None
    try:
        if known := events.known_on(asked):
            row = model.Version.objects.filter(id=pk, seq__lte=known).order_by("-seq").first()
            problem = "" if row else _("当时还没有这条记录。")
    except ValueError as refusal:
        problem = str(refusal)
    reader.met(live.owner)
    past = Past(reader, live, request.GET, known)
    reader.expect(model, [row] if row else [])
    others, steps = list(_others(request.user, live)), [] if known else list(_steps(request.user, live))
    panels = [] if row is not live or live.archived_at else panels_of(request.user, live)
    found = related(reader, live, {each for panel, _shown in panels for each in panel.replaces}, len(panels))
    return render(request, "pages/record.html", {
        "model": model, "live": live, "row": row, "as_of": getattr(row, "seq", None), "reader": reader, "asked": asked,
        "problem": problem or past.problem, "may_add": row is live and live.archived_at is None,
        "facts": reader.facts(model, row) if row else [], "owner": reader.name(access.Party, live.owner_id),
        "warnings": live.warnings() if hasattr(live, "warnings") else [], "steps": steps, "others": others,
        "panels": panels, "related": found, "rest": [each for each in found if each.count and not each.table],
        "blank": [each for each in found if not each.count], "past": past,
        **_standing(model, row, steps),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, register: str, verb: str = "create") -> HttpResponse:
    """Enter a new record by the action that creates it, for an owner on whose records the person has its right."""
    action = action_named(register_named(register), verb, creates=True)
    demand(request.user, action.right)
    return work(request, _form(request, action, None, initial=request.GET.dict()))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Request, register: str, pk: int, verb: str) -> HttpResponse:
    """Take one action on a record; a correction is the action `correct`, and what is archived can only be erased."""
    model = register_named(register)
    rows = model.objects.seen_by(request.user) if verb == "erase" else model.objects.visible_to(request.user)
    record = get_object_or_404(rows, pk=pk)
    action = action_named(model, verb, creates=False)
    if not action.permits(request.user, record):
        refuse(action.right)
    only = request.GET.get("only", "")
    if only and only not in ("code", *model.columns):
        raise Http404
    return work(request, _form(request, action, record, only=only, initial=proposed(request.user, action.code, record)))


def register_named(name: str) -> type[Record]:
    """Return the register; where there is none of this name, or its domain is off, the page is not found."""
    if name not in registers():
        raise Http404
    domains.demand(registers()[name]._meta.app_label)
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
        refuse(right)


def refuse(right: str) -> NoReturn:
    """Raise PermissionDenied that names the right."""
    meaning = _meanings(get_language() or "").get(right, right)
    raise PermissionDenied(_("没有权限：{meaning}（{right}）。").format(meaning=meaning, right=right))


@cache  # what people can do does not change while the product runs
def _meanings(language: str) -> dict[str, str]:
    return actions.rights()


def page_of(request: Request, rows: Any) -> Page:
    """Return the page of the rows that the address names."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


# A record


class Possible(NamedTuple):
    """What the person may do now to move the record on: the action, its name, and what it needs; `leads_on` along the main path."""

    action: Action
    label: str
    evidence: str
    missing: dict[str, str]
    leads_on: bool
    targets: list[str]


def _standing(model: type[Record], row: Any, steps: list[Possible]) -> dict[str, Any]:
    """Return where the record stands, if its register has stages: on the way, and in a word."""
    lifecycle = model.lifecycle
    if lifecycle is None or row is None:
        return {}
    may = {target: each.action for each in steps for target in each.targets}
    return {"stops": list(stages.stops(model, row, may)), "stage": lifecycle.label(getattr(row, lifecycle.field))}


def _steps(user: User, record: Record) -> Iterator[Possible]:
    """Yield the steps that the person may take now; those of one action as one."""
    lifecycle = record.lifecycle
    by_action: dict[str, list[Step]] = {}
    for step in lifecycle.steps_from(record) if lifecycle and record.archived_at is None else ():
        by_action.setdefault(step.action, []).append(step)
    for code, steps in by_action.items():
        action, labels = actions.registry().get(code), {str(step.label) for step in steps}
        if action and action.permits(user, record):
            label = labels.pop() if len(labels) == 1 else str(action.label)
            yield Possible(
                action, label, str(steps[0].evidence), stages.missing(type(record), record, steps[0]),
                any(stages.leads_on(lifecycle, step) for step in steps), [step.target for step in steps])


def _others(user: User, record: Record) -> Iterator[Action]:
    """Yield the other actions that the person may take on the record; on an archived one, only to erase."""
    steps = {step.action for step in record.lifecycle.steps} if record.lifecycle else set()
    for action in actions.actions_of(type(record)):
        open_to = record.archived_at is None or action.verb == "erase"
        if action.verb in attaching.VERBS:
            continue  # these stand beside the files
        if not record.offers(action.verb):
            continue
        if open_to and not action.creates and action.right and action.code not in steps and action.permits(user, record):
            yield action


# A form


def _form(request: Request, action: Action, record: Record | None, **options: Any) -> ActionForm:
    """Return the form as it was sent, with a draft that the address names, or as it is opened."""
    if request.method == "POST":
        return ActionForm(action, request.user, record, request.POST, **options)
    draft = None if options.get("only") else drafting.find(request.user, request.GET.get("draft", ""), action, record)
    form = ActionForm(action, request.user, record, draft=draft, **options)
    form.focus(request.GET.get("focus", ""))
    return form


def posted(request: Request) -> Any:
    """Return what a form has sent, or None where it is only opened."""
    return request.POST if request.method == "POST" else None


def work(request: Request, form: ActionForm, template: str = "pages/form.html", **told: Any) -> HttpResponse:
    """Show the form, do what it asks and lead to the record; two editors are shown each other's facts."""
    context = {"form": form, "model": form.action.register, "drafts": [], "kept": form.restored, **told}
    if request.method != "POST":
        context["drafts"] = drafting.offered(form) if form.drafted else []
        return render(request, template, context | {"gone": "draft" in request.GET and not form.restored})
    if drafting.KEEP in request.POST:
        return _keep(request, form)
    if form.is_unfinished:
        return render(request, template, context)
    if form.is_valid():
        try:
            if form.record and form.unsettled:
                raise Conflict(form.record)
            if to_see := shown_first(form):
                return render(request, template, context | to_see)
            address = _once(request, lambda: _done(request, form))
            return HttpResponse(status=204, headers={"HX-Trigger": "corrected"}) if request.htmx else redirect(address)
        except Conflict as conflict:
            stored = next((each for each in conflict.records if each == form.record), None)
            if isinstance(stored, Record):
                written = [event for event in events.timeline(stored) if "after" in event.facts]
                context |= {"rows": form.differences(stored), "last": next(Reader(request.user).entries(written[:1]))}
                drafting.keep_refused(form)
                return render(request, "pages/conflict.html", context, status=409)
            form.refuse(conflict)
        except ValidationError as refusal:
            form.refuse(refusal)
    return render(request, template, context | {"kept": drafting.keep_refused(form)})


def _keep(request: Request, form: ActionForm) -> HttpResponse:
    """Keep what is typed as a draft: quietly for a script, and for a button with the form as it goes on."""
    try:
        draft = drafting.keep(form)
    except ValidationError as refusal:
        if request.htmx:
            return HttpResponse(refusal.messages, status=400, content_type="text/plain; charset=utf-8")
        form.refuse(refusal)
        return render(request, "pages/form.html", {"form": form, "model": form.action.register})
    if request.htmx:
        return render(request, "pages/_kept.html", {"kept": draft})
    return redirect(f"{request.path}?draft={draft.pk}" if draft else request.path)


def _done(request: Request, form: ActionForm) -> str:
    """Commit what the form's action plans; return the address of the record that came of it."""
    written = commit([form.plan()], by=request.user)
    record = next(each for each in written if isinstance(each, form.action.register) or each == written[-1])
    drafting.finish(form)
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
