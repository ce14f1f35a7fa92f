"""Pages of dispatch: the table of a month, also as a sheet and as a message, projects by stage, who answers, and one's own."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from kaifaqu.kernel import clock, indicators
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.pages.exporting import file_of
from kaifaqu.pages.views import Request, demand
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.projects.models import Project, ProjectRole
from kaifaqu.reporting.dispatch import sheet as sheets
from kaifaqu.reporting.dispatch.columns import COLUMNS, groups, shown
from kaifaqu.reporting.dispatch.lines import Asked, Dispatch
from kaifaqu.reporting.dispatch.own import mine as own
from kaifaqu.reporting.dispatch.sittings import sittings
from kaifaqu.reporting.dispatch.stages import at_stages
from kaifaqu.sheets.exporting import FORMATS

PAGE = 100  # projects on a page


@login_required
@require_safe
def table(request: Request) -> HttpResponse:
    """Show the dispatch table of a month: a line for each project, red first; `all` in the address puts them on one page for paper."""
    demand(request.user, "projects.view")
    dispatch, problem = _dispatch(request)
    page = Paginator(dispatch.lines, max(len(dispatch.lines), 1) if "all" in request.GET else PAGE).get_page(request.GET.get("page"))
    rows = [(line, [(column, column.cell(line)) for column in COLUMNS]) for line in dispatch.fill(list(page.object_list))]
    months = _around(dispatch.asked.month)
    return render(request, "dispatch/dispatch.html", {
        "model": Project, "dispatch": dispatch, "asked": dispatch.asked, "page": page, "rows": rows, "problem": problem, "months": months,
        "columns": COLUMNS, "groups": groups(), "totals": _totals(dispatch), "is_closed": not dispatch.owners,
        "heading": sheets.heading(dispatch, handed=False),
        "counts": [(colour, Colour(colour).label, count) for colour, count in dispatch.counts.items()],
        "building": len({line.project.pk for line in dispatch.lines} & dispatch.building), "sittings": _sittings(request, dispatch),
        "unreported": sum(line.report is None for line in dispatch.lines if line.project.pk in dispatch.building),
        "red": str(Colour.RED), "may_draft": request.user.has_perm("briefs.edit"), "may_list": request.user.has_perm("assignments.edit"),
        "may_plan": request.user.has_perm("meeting_plans.edit"),
    }, status=400 if problem else 200)  # fmt: skip


@login_required
@require_GET
def sheet(request: Request) -> HttpResponse | FileResponse:
    """Hand out the table of this address as a workbook, with the columns of the page and all its lines."""
    demand(request.user, "projects.view")
    dispatch, problem = _dispatch(request)
    if problem:
        return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")
    name = _("项目调度表_{month}.xlsx").format(month=dispatch.asked.month)
    return file_of(name, FORMATS["xlsx"].media, lambda stream: sheets.write(dispatch, stream))


@login_required
@require_safe
def message(request: Request) -> HttpResponse:
    """Show the table of this address as text that can be copied into a chat."""
    demand(request.user, "projects.view")
    dispatch, problem = _dispatch(request)
    if problem:
        return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")
    text = sheets.message(dispatch)
    return render(request, "dispatch/message.html", {"model": Project, "text": text, "lines": text.count("\n") + 2})


@login_required
@require_safe
def by_stage(request: Request) -> HttpResponse:
    """Show the stages, at each its issues and the projects that stay too long, with the issue or with the word that none is named."""
    demand(request.user, "projects.view")
    return render(request, "dispatch/stages.html", {
        "model": Project, "stages": at_stages(request.user), "today": clock.today(), "sees_issues": request.user.has_perm("issues.view")})


@login_required
@require_safe
def holders(request: Request) -> HttpResponse:
    """Show who answers for each project, in order of project and for paper: made by the office when it is asked for."""
    demand(request.user, "assignments.edit")
    dispatch = Dispatch(request.user, Asked(Period.parse(f"{clock.today():%Y-%m}"), {}))
    lines = sorted(dispatch.all, key=lambda line: line.project.code)
    rate = indicators.find("projects.assigned_rate")
    asked = [(rate, Period.parse(f"{clock.today()}"))]
    coverage = evaluate(asked, scope=sorted(dispatch.owners), user=request.user) if dispatch.owners else []
    return render(request, "dispatch/holders.html", {
        "model": Project, "coverage": coverage[0] if coverage else None, "rate": rate, "heading": sheets.heading(dispatch, handed=False),
        "labels": ProjectRole.labels,
        "rows": [(line, [line.holder(role) for role in ProjectRole]) for line in lines],
    })  # fmt: skip


@login_required
@require_safe
def mine(request: Request) -> HttpResponse:
    """Show what the person answers for and has to decide."""
    return render(request, "dispatch/mine.html", {"model": Project, "mine": own(request.user), "today": clock.today()})


def _dispatch(request: Request) -> tuple[Dispatch, str]:
    """Return the table that the address asks for; for what is no period the last month's, and what is wrong."""
    told = request.GET.dict()
    try:
        return Dispatch(request.user, Asked.of(told)), ""
    except ValueError as problem:
        return Dispatch(request.user, Asked.of({**told, "period": ""})), str(problem)


def _around(month: Period) -> list[tuple[str, str]]:
    """Return the month before and the one after it, as far as it has begun."""
    after = Period.parse(f"{month.end + timedelta(days=1):%Y-%m}")
    return [(each.text, each.label) for each in (month.previous(), after) if each.start <= clock.today()]


def _totals(dispatch: Dispatch) -> list[tuple[Any, str, int, bool]]:
    """Return for each column its sum in words, how many lines lack it, and whether it is the figure of the whole month."""
    found = []
    for column in COLUMNS:
        total, missing = column.total(dispatch.lines)
        found.append((column, "" if total is None else shown(total), missing if total is not None else 0, not dispatch.asked.narrowed))
    return found


def _sittings(request: Request, dispatch: Dispatch) -> list[Any]:
    return sittings(request.user, dispatch.asked.month) if request.user.has_perm("meetings.view") else []
