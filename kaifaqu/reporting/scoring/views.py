"""Pages of scoring: the sheets and what was scored by them, a sheet as it would be today, and one scoring."""

import io
import json
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ImproperlyConfigured
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaifaqu.files import kinds, store
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages import asked
from kaifaqu.pages.figures import this_year
from kaifaqu.pages.freezing import source_of
from kaifaqu.pages.views import Request, demand
from kaifaqu.reporting.scoring import papers
from kaifaqu.reporting.scoring.computing import Scorer
from kaifaqu.reporting.scoring.gaps import gaps
from kaifaqu.reporting.scoring.making import draft
from kaifaqu.reporting.scoring.models import ScoreFinding, ScoreOverride, Scoring
from kaifaqu.reporting.scoring.results import Line, Result
from kaifaqu.reporting.scoring.rules import SHEETS
from kaifaqu.reporting.scoring.sheets import Sheet, sheets_of

SHOWN = 50  # scorings on the page; the register has them all


@login_required
@require_safe
def overview(request: Request) -> HttpResponse:
    """Show the sheets that hold for an owner in a period, and what was scored."""
    demand(request.user, "scorings.view")
    owners, owner, period, problem = _asked(request)
    sheets = sheets_of(owner.pk, period.end, World()) if owner and period else {}
    scorings = Scoring.objects.visible_to(request.user).select_related("owner", "issued_by").order_by("-id")
    holding = Scoring.holding(owner_id__in=request.user.owners("scorings.view"))
    edits, rules = (owner is not None and request.user.may(right, owner.pk) for right in ("scorings.edit", "rules.edit"))
    return render(request, "scoring/scorings.html", {
        "model": Scoring, "owners": owners, "owner": owner, "period": period, "problem": problem, "may_edit": edits,
        "wanted": request.GET.get("period") or this_year(),
        "sheets": [(each, _adopting(each, owner) if rules and owner else "") for each in sheets.values()],
        "scorings": [(each, holding.get(each.place, each)) for each in scorings[:SHOWN]], "count": scorings.count(),
        "may_view_rules": request.user.has_perm("rules.view"),
    }, status=400 if problem else 200)  # fmt: skip


@login_required
@require_safe
def preview(request: Request, code: str) -> HttpResponse:
    """Show what a sheet would give today, without a record being made."""
    demand(request.user, "scorings.view")
    owners, owner, period, problem = _asked(request)
    if owner is None:
        raise Http404
    sheet = sheets_of(owner.pk, period.end, World()).get(code) if period else None
    if period and sheet is None:
        raise Http404
    result = Scorer(owner, sheet, period, request.user).result() if sheet and period else None
    return render(request, "scoring/scoring.html", {
        "model": Scoring, "owners": owners, "owner": owner, "period": period, "problems": [problem] if problem else [], "code": code,
        "wanted": request.GET.get("period") or this_year(), "may_edit": request.user.may("scorings.edit", owner.pk),
        **(_shown(result, sheet, owner, request.user) if result and sheet else {}),
    }, status=400 if problem else 200)  # fmt: skip


@login_required
@require_safe
def scoring(request: Request, pk: int) -> HttpResponse:
    """Show a scoring: an issued one as it was frozen, any other as it is now."""
    found = _seen(request.user, pk)
    context: dict[str, Any] = {"model": Scoring, "scoring": found, "owner": found.owner, "period": found.asked, "code": found.sheet,
        "holds": found.holds_instead if found.archived_at is None else None}
    sheet = found.applied()
    try:
        result = found.frozen() if found.is_issued else draft(found, request.user)
    except LookupError as problem:
        told = problem.args[0] if found.is_issued else _("评分表「{code}」在这个期间已不再有效。").format(code=found.sheet)
        return render(request, "scoring/scoring.html", {**context, "problems": [told]}, status=409)
    shown = _shown(result, None if found.is_issued else sheet, found.owner, request.user)
    may = {name: not found.is_issued and found.archived_at is None and request.user.may(right, found.owner_id)
           for name, right in (("decide", "score_overrides.edit"), ("find", "score_findings.edit"), ("issue", "scorings.issue"))}
    return render(request, "scoring/scoring.html", {**context, **shown, "may": may, "formats": [*papers.WRITERS]})


@login_required
@require_safe
def file(request: Request, pk: int, format: str) -> HttpResponseBase:
    """Hand out a scoring as a file; one that is not issued is marked as a draft."""
    found = _seen(request.user, pk)
    if format not in papers.WRITERS:
        raise Http404
    try:
        result = found.frozen() if found.is_issued else draft(found, request.user)
        made = papers.paper(found, result, format)
    except (ValueError, LookupError, ImproperlyConfigured) as problem:
        return render(request, "scoring/scoring.html", {"model": Scoring, "scoring": found, "problems": [problem.args[0]]}, status=409)
    name = f"{found.code}_{result.title}_{found.period}.{format}"
    return FileResponse(io.BytesIO(made), as_attachment=True, filename=store.plain(name), content_type=kinds.named(name).media_type)


def _shown(result: Result, sheet: Sheet | None, owner: Party, user: User) -> dict[str, Any]:
    """Return what the page of a result shows; what would close the gaps only of one that is not issued."""
    people = {each.pk: str(each) for each in User.objects.filter(pk__in={one.by for line in result.lines for one in line.decisions})}
    sees = {register.register: user.may(register.right_to("view"), owner.pk) for register in (ScoreFinding, ScoreOverride, DatedRule)}
    return {
        "result": result, "dimensions": [(name, [_row(line, people) for line in lines]) for name, lines in result.dimensions()],
        "gaps": gaps(result, sheet, owner, user) if sheet else [], "sees": sees,
    }  # fmt: skip


def _row(line: Line, people: dict[int, str]) -> dict[str, Any]:
    """Return a line with the addresses of its figure and target, and with the names of who decided."""
    return {
        "line": line, "value": source_of(line.figure) if line.figure else "", "target": source_of(line.aim) if line.aim else "",
        "decisions": [(each, people.get(each.by, "—")) for each in line.decisions],
    }  # fmt: skip


def _adopting(sheet: Sheet, owner: Party) -> str:
    """Return the address of the form in which a sheet is laid down anew: filled with it, to be changed."""
    content = json.dumps({sheet.code: sheet.told}, ensure_ascii=False)
    asked_for = {"kind": SHEETS.code, "owner": owner.pk, "content": content, "supersedes": sheet.rule.id if sheet.rule else ""}
    return f"{reverse('new-rule')}?{urlencode(asked_for)}"


def _asked(request: Request) -> tuple[Any, Party | None, Period | None, str]:
    """Return the owners that may be looked at, the one and the period that are asked for, and what is wrong."""
    owners = Party.objects.current().filter(pk__in=request.user.owners("scorings.view")).order_by("code")
    owner = next((each for each in owners if each.code == request.GET.get("scope")), owners.first())
    try:
        return owners, owner, Period.parse(asked.period(request.GET.get("period") or this_year())), ""
    except ValueError as problem:
        return owners, owner, None, problem.args[0]


def _seen(user: User, pk: int) -> Scoring:
    """Return a scoring that the person may see."""
    rows = Scoring.objects.seen_by(user)
    return get_object_or_404(rows.select_related("owner", "issued_by"), pk=pk)
