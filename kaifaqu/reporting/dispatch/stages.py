"""Projects by stage: at each its open and solved issues, and who stays there longer than the norm, with the issue or without one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kaifaqu.cases.lifecycle import OVER
from kaifaqu.cases.lifecycle import Stage as CaseStage
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.projects.stays import over_norm, standstills, stay


@dataclass
class Long:
    """A project that stays longer than the norm: since when in words, and its open issues; none where none is named."""

    project: Any
    words: str
    issues: list[Issue]


@dataclass
class AtStage:
    """One stage: how many projects are there now, its open and solved issues, and those that stay too long."""

    stage: Stage
    count: int = 0
    open: list[Issue] = field(default_factory=list)
    solved: list[Issue] = field(default_factory=list)
    long: list[Long] = field(default_factory=list)


def at_stages(user: User) -> list[AtStage]:
    """Return every stage as the person may see it today: an issue stands at the stage in which its project was when it arose."""
    today, world = clock.today(), World()
    found = {stage: AtStage(stage) for stage in Stage}
    projects = Project.objects.visible_to(user)
    for stage in projects.values_list("stage", flat=True):
        found[Stage(stage)].count += 1
    by_project = _issues(user, found.values())
    condition = over_norm(Period.parse(f"{today}"), world)
    standstills(today, world)  # read for all, before it is asked for each
    for project in projects.filter(condition).order_by("code"):
        found[Stage(project.stage)].long.append(Long(project, stay(project, today, world), by_project[project.pk]))
    return [*found.values()]


def _issues(user: User, stages: Iterable[AtStage]) -> dict[int, list[Issue]]:
    """Put the issues of projects that the person sees to their stages; return by project those that are open."""
    by_stage, by_project = {each.stage: each for each in stages}, defaultdict[int, list[Issue]](list)
    rows: Any = Issue.objects.visible_to(user).filter(project__in=Project.objects.visible_to(user)).exclude(stage=CaseStage.REFUSED)
    for issue in rows.select_related("project").order_by("resolution_due_on", "id"):
        at = by_stage[Stage(issue.project_stage or issue.project.stage)]
        if issue.stage in OVER:
            at.solved.append(issue)
        else:
            at.open.append(issue)
            by_project[issue.project_id].append(issue)
    return by_project
