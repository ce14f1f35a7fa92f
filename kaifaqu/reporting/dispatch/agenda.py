"""What the next dispatch meeting hears: red projects, issues and decisions over their day, and what is promised by when."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.meetings import agenda
from kaifaqu.registers.meetings.agenda import Topic
from kaifaqu.registers.meetings.models import AgendaKind, Decision, PlanComponent
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.lights import candidates, lights
from kaifaqu.registers.projects.models import Project
from kaifaqu.reporting.dispatch.lines import Line, worst_first
from kaifaqu.reporting.dispatch.rules import PROMISES
from kaifaqu.reporting.dispatch.sittings import KIND, is_dispatch


@agenda.sources.append
def topics(component: PlanComponent, period: Period, user: Any) -> Iterator[Topic]:
    """Yield the topics of a dispatch meeting, those of red projects first; other meetings get none."""
    if is_dispatch(component):
        yield from red(component.owner_id, user)
        yield from overdue(component, user)
        yield from promised(component.owner_id, user)


def red(owner: int, user: Any) -> Iterator[Topic]:
    """Yield the projects whose light is red today, the worst first, with the reasons; none where the person may see no reports."""
    if owner not in user.owners("progress.view"):  # a light tells of what was reported
        return
    today = clock.today()
    rows = list(Project.objects.visible_to(user).filter(candidates(today), owner_id=owner))
    told = lights(rows, today, World())
    for line in sorted((Line(row, Stage(row.stage), told[row.id]) for row in rows if told[row.id].colour == Colour.RED), key=worst_first):
        yield Topic(AgendaKind.RED, str(line.project), "；".join(line.light.reasons), record=line.project)


def overdue(component: PlanComponent, user: Any) -> Iterator[Topic]:
    """Yield the issues that are over their day, and the decisions of other dispatch meetings that are."""
    now = clock.now()
    issues = Issue.objects.visible_to(user).filter(Issue.overdue(now), owner_id=component.owner_id)
    elsewhere = Q(meeting__component__plan__kind__endswith=KIND) & ~Q(meeting__component__name=component.name)
    decisions = Decision.objects.visible_to(user).filter(Decision.overdue(now), elsewhere, owner_id=component.owner_id)
    for rows, label in ((issues, _("超期难点堵点")), (decisions, _("超期议定事项"))):
        for case in rows.select_related("holder").order_by("resolution_due_on", "id"):
            days = (clock.today() - case.resolution_due_on).days
            yield Topic(AgendaKind.RED, f"{label}：{case}", _("{holder}承办，期限 {due}，已过 {days} 天").format(
                holder=case.holder or "—", due=case.resolution_due_on, days=days), record=case)


def promised(owner: int, user: Any) -> Iterator[Topic]:
    """Yield the planned starts and completions that are due soon."""
    for due, words, project in promises(Project.objects.visible_to(user).filter(owner_id=owner)):
        yield Topic(AgendaKind.OTHER, f"{words}：{project}", _("{due} 到期").format(due=due), record=project)


def promises(projects: Any, world: World | None = None) -> list[tuple[date, str, Any]]:
    """Return the planned starts and completions that are due soon, of these projects: by when, what, and of which.

    How many days ahead that is says the rule `dispatch.promises` of the project's owner.
    """
    today, world, found = clock.today(), world or World(), []
    start, completion = ("expected_start_on", _("计划开工")), ("expected_completion_on", _("计划竣工"))
    promised = {Stage.SIGNED: start, Stage.LANDED: start, Stage.UNDER_CONSTRUCTION: completion}
    open_ones = (Q(stage=stage, **{f"{column}__gte": today.replace(day=1)}) for stage, (column, _label) in promised.items())
    for row in projects.filter(Q(*open_ones, _connector=Q.OR)):
        column, label = promised[Stage(row.stage)]
        planned = getattr(row, column)
        within = timedelta(days=dated.resolve(PROMISES.code, row.owner_id, today, world).content["days"])
        if today <= planned.last <= today + within or planned.first <= today <= planned.last:
            found.append((planned.last, f"{planned} {label}", row))
    return sorted(found, key=lambda each: (each[0], each[2].code))
