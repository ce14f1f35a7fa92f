"""Pages of briefs: the document, its numbers and where they come from, its files, what a restatement changes, and templates tried."""

import io
from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ImproperlyConfigured
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.files import kinds, store
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import asked, domains, views
from kaifaqu.pages.figures import this_year
from kaifaqu.pages.forms import ActionForm
from kaifaqu.pages.freezing import source_of, tables_of
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request
from kaifaqu.reporting import calls, display
from kaifaqu.reporting.briefs import making, telling
from kaifaqu.reporting.briefs.differences import differences
from kaifaqu.reporting.briefs.models import Brief, BriefStage, BriefTemplate
from kaifaqu.reporting.composing import OPTIONS, call_of
from kaifaqu.reporting.document import Document, Number, Stamp
from kaifaqu.reporting.paper import page


@login_required
@require_safe
def brief(request: Request, pk: int) -> HttpResponse:
    """Show a brief as a page: a draft as it would be now, any other as it was frozen."""
    found = _seen(request.user, pk)
    try:
        document, problems = _document(found, request.user)
    except LookupError as problem:  # damaged behind the back
        return _refusal(request, found, problem)
    return render(request, "briefs/brief.html", {
        "brief": found, "model": Brief, "document": document, "problems": problems, "page": _page(document, found),
        "formats": [] if problems else list(Brief.FILES),
        "restated": found.restatements.current().filter(stage=BriefStage.ISSUED).order_by("id").last(),
    })  # fmt: skip


@login_required
@require_safe
def number(request: Request, pk: int, place: int) -> HttpResponse:
    """Show where a number of a brief comes from: its definition, its records as they were known, and what it is today."""
    found = _seen(request.user, pk)
    try:
        document, _problems = _document(found, request.user)
    except LookupError as problem:
        return _refusal(request, found, problem)
    if place >= len(document.numbers):
        raise Http404
    told = document.numbers[place]
    tables, hidden = tables_of(told, request.user)
    return render(request, "briefs/number.html", {
        "brief": found, "model": Brief, "number": told, "tables": tables, "hidden": hidden, "today": _today(told, request.user),
        "code": f"{found.code}-{place + 1}", "source": source_of(told),
    })  # fmt: skip


@login_required
@require_safe
def file(request: Request, pk: int, format: str) -> HttpResponseBase:
    """Hand out a brief as a file: of an issued one the very file that was issued, of any other one made now, marked as a draft."""
    found = _seen(request.user, pk)
    if format not in Brief.FILES:
        raise Http404
    name = f"{found.code}_{found.title or found.template.name}.{format}"
    try:
        if sha256 := getattr(found, Brief.FILES[format]):
            stream: Any = store.open(sha256)
        else:
            document, problems = _document(found, request.user)
            if problems:
                raise ValueError(problems)
            stream = io.BytesIO(making.paper(document, making.stamp_of(found), format))
    except (ValueError, LookupError, ImproperlyConfigured) as problem:
        return _refusal(request, found, problem)
    return FileResponse(stream, as_attachment=True, filename=store.plain(name), content_type=kinds.named(name).media_type)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: Request, pk: int, verb: str) -> HttpResponse:
    """Sign and issue a brief as any other step is taken; its files are made before the transaction that writes them."""
    if request.method == "POST":
        found = _seen(request.user, pk)
        action = views.action_named(Brief, verb, creates=False)
        views.demand(request.user, action.right, found)
        form = ActionForm(action, request.user, found, request.POST)
        if found.stage == BriefStage.REVIEWED and form.is_valid():
            facts = form.cleaned_data
            with suppress(ValueError, LookupError, ImproperlyConfigured):  # the action says it
                making.files(found, facts.get("number", ""), facts.get("issued_on") or clock.today(), request.user)
    answer = views.act(request, "briefs", pk, verb)
    if request.method == "POST" and (issued := Brief.objects.filter(pk=pk, stage=BriefStage.ISSUED).first()):
        telling.tell(issued)  # again where it was told already: nobody is told twice
    return answer


@login_required
@require_safe
def differences_of(request: Request, pk: int) -> HttpResponse:
    """Show what a restatement changes, or what an issued brief would say today, number by number and record by record."""
    found = _seen(request.user, pk)
    earlier = found.restates or (found if found.stage == BriefStage.ISSUED else None)
    if earlier is None:
        raise Http404
    try:
        before, (after, problems) = earlier.document(), _document(found, request.user)
    except LookupError as problem:
        return _refusal(request, found, problem)
    if earlier == found:
        composed = making.compose(found.template, found.asked, request.user)
        after, problems = composed.document, composed.problems
    return render(request, "briefs/differences.html", {
        "brief": found, "model": Brief, "earlier": earlier, "problems": problems,
        "differences": differences(before, after, Reader(request.user)),
    })  # fmt: skip


@login_required
@require_safe
def trace(request: Request) -> HttpResponse:
    """Lead from the code that stands beside a number on paper to the page of that number."""
    code = request.GET.get("code", "").strip()
    brief_code, _dash, place = code.rpartition("-")
    rows = Brief.objects.filter(owner_id__in=request.user.owners("briefs.view"), code=brief_code)
    wanted = asked.number(place) or 0
    found = list(rows.select_related("owner").order_by("archived_at", "id")) if wanted > 0 else []
    if len(found) == 1:
        return redirect("brief-number", found[0].pk, wanted - 1)
    if found:  # of several owners
        return render(request, "briefs/trace.html", {"code": code, "found": found, "place": wanted - 1})
    problem = _("没有查证码「{code}」，或您无权查看那份简报。").format(code=code) if code else ""
    return render(request, "briefs/trace.html", {"code": code, "problem": problem}, status=404 if code else 200)


@login_required
@require_safe
def attempt(request: Request, pk: int) -> HttpResponse:
    """Show what a template makes for a period, with everything that is wrong with it; nothing is kept."""
    template = get_object_or_404(BriefTemplate.objects.visible_to(request.user).select_related("owner"), pk=pk)
    wanted = request.GET.get("period", "") or this_year()
    context: dict[str, Any] = {"template": template, "model": BriefTemplate, "wanted": wanted}
    try:
        composed = making.compose(template, Period.parse(asked.period(wanted)), request.user)
    except ValueError as problem:
        return render(request, "briefs/attempt.html", {**context, "problems": [problem.args[0]]}, status=400)
    return render(request, "briefs/attempt.html", {
        **context, "document": composed.document, "problems": composed.problems, "page": _page(composed.document, None)})


@login_required
@require_safe
def marks(request: Request) -> HttpResponse:
    """Help to write a mark: a figure, its period and how it is written are chosen, the mark and its value of now are shown."""
    told = {name: text for name, text in request.GET.dict().items() if text}
    context: dict[str, Any] = {
        "figures": list(domains.catalogue().values()), "told": told, "styles": [*display.STYLES[1:], *display.CHANGES],
        "periods": [*calls.PERIODS],
    }  # fmt: skip
    if name := told.get("figure"):
        options: dict[str, Any] = {word: told[english] for word, english in OPTIONS.items() if told.get(english) and english != "places"}
        try:
            if "places" in told:
                options["位数"] = int(asked.number(told["places"]) or 0)
            call = call_of(name, options)
            definition = calls.definition_of(name)
            asker = calls.now(Period.parse(asked.period(told.get("own") or this_year())), [_zone(request.user)], request.user)
            with override(making.LANGUAGE):
                context["mark"] = _mark(str(definition.label), options)
            context["number"] = asker.number(call)
        except (ValueError, LookupError) as problem:
            context["problem"] = problem.args[0]
    return render(request, "briefs/marks.html", context)


def _mark(name: str, options: dict[str, Any]) -> str:
    """Return a mark as it is written into a template."""
    told = [f'"{name}"', *(f"{word}={value}" if isinstance(value, int) else f'{word}="{value}"' for word, value in options.items())]
    return "{{ 数(" + ", ".join(told) + ") }}"


def _zone(user: User) -> int:
    """Return the owner over which a mark is tried: one that the person may draft briefs for."""
    owners = sorted(user.owners("briefs.edit") or user.owners("briefs.view"))
    if not owners:
        raise ValueError(_("您没有拟写简报的权限。"))
    return owners[0]


def _refusal(request: Request, found: Brief, problem: Exception) -> HttpResponse:
    """Return the page of a brief that says why it, or its file, cannot be shown."""
    told = problem.args[0] if isinstance(problem.args[0], list) else [problem.args[0]]
    return render(request, "briefs/brief.html", {"brief": found, "model": Brief, "problems": told}, status=409)


def _seen(user: User, pk: int) -> Brief:
    """Return a brief that the person may see."""
    rows = Brief.objects.filter(owner_id__in=user.owners("briefs.view"))
    return get_object_or_404(rows.select_related("owner", "template__owner", "restates", "drafted_by", "reviewed_by", "issued_by"), pk=pk)


def _document(found: Brief, user: User) -> tuple[Document, list[str]]:
    """Return the document of a brief, and what is wrong with a draft."""
    if not found.is_open:
        return found.document(), []
    composed = making.compose(found.template, found.asked, user)
    return composed.document, composed.problems


def _page(document: Document, found: Brief | None) -> str:
    """Return a document as a page: the numbers of a brief lead to where they come from, those of an attempt to their figures."""
    if found is not None:
        return page.shown(document, making.stamp_of(found), lambda place: reverse("brief-number", args=[found.pk, place]))
    return page.shown(document, Stamp("", "", "", "", "", [], "", ""), lambda place: source_of(document.numbers[place]))


def _today(told: Number, user: User) -> Number | None:
    """Return the same number as it would be today; None for a fact of a record, and where nobody can say."""
    if told.code not in domains.catalogue():
        return None
    try:
        scope = Party.objects.filter(code__in=told.scope).values_list("id", flat=True)
        call = calls.Call(told.code, told.period, told.by, told.group, told.against, style=told.style if told.against else "")
        return calls.now(Period.parse(told.period), scope, user).number(call)
    except (ValueError, LookupError):
        return None
