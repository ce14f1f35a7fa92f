"""What one person answers for and has to decide: own projects, what is asked of him, what is promised, what he has to do."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kaifaqu.cases.models import Case, What, last, registers_of_cases
from kaifaqu.cases.waiting import Waiting
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.world import World
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.meetings.models import Decision
from kaifaqu.registers.projects.answering import roles_of
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.lights import Light, seen
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.visits import contact
from kaifaqu.reporting.dispatch.agenda import promises
from kaifaqu.reporting.dispatch.lines import open_issues

BELOW_YELLOW = ("", "remind")  # levels of escalation that ask nothing of a leader


@dataclass
class Own:
    """One project that the person answers for: in which roles, its light where he may see one, its open issues, its last contact."""

    project: Any
    roles: list[str]
    light: Light | None = None
    issues: list[Issue] = field(default_factory=list)
    waiting: str = ""  # what says that nobody was in contact with it


@dataclass
class Mine:
    """The page of one person; nothing on it counts or compares persons."""

    projects: list[Own]
    raised: list[Issue]  # of own projects, which escalation has brought up
    asked: list[Case]  # more time was asked for, which he grants
    promises: list[tuple[date, str, Any]]
    decisions: list[Decision]  # that he is to carry out

    @property
    def red(self) -> list[Own]:
        """Return the own projects whose light is red."""
        return [each for each in self.projects if each.light is not None and each.light.colour == Colour.RED]


def mine(user: User) -> Mine:
    """Return what waits for the person today, the worst and the earliest first."""
    roles, waiting = roles_of(user), Waiting(user)
    rows = Project.objects.visible_to(user).filter(pk__in=[*roles]).exclude(stage=Stage.TERMINATED)
    own = _own(user, list(rows), roles)
    raised = [issue for each in own for issue in each.issues if issue.level not in BELOW_YELLOW]
    return Mine(
        own, sorted(raised, key=_due), _asked(user), promises(rows),
        list(Decision.objects.visible_to(user).filter(waiting.condition("held", Decision)).select_related(
            "meeting__component", "project").order_by("resolution_due_on", "id")))


def _own(user: User, rows: list[Any], roles: dict[int, list[str]]) -> list[Own]:
    today, world = clock.today(), World()
    told, alone = seen(user, rows, today, world), contact.waiting(user, roles, world)
    found = {row.id: Own(row, roles[row.id], told.get(row.id), waiting=alone.get(row.id, "")) for row in rows}
    for issue in open_issues(user, found):
        found[issue.project_id].issues.append(issue)
    return sorted(found.values(), key=_worst)


def _worst(own: Own) -> tuple[Any, ...]:
    rank = own.light.rank if own.light else (0, 0)
    return not own.waiting, *(-part for part in rank), own.project.code


def _due(case: Any) -> tuple[Any, ...]:
    return case.resolution_due_on is None, case.resolution_due_on, case.pk


def _asked(user: User) -> list[Any]:
    """Return the cases for which somebody else asked more time, of the owners for whom the person grants it."""
    found: list[Any] = []
    for register in registers_of_cases():
        owners = user.owners(register.right_to("edit"))
        waiting = register.objects.visible_to(user).filter(register.open(), asked__isnull=False, owner_id__in=owners)
        register.learn_steps(rows := list(waiting.select_related("holder")))
        found += [each for each in rows if last(each.steps(), What.ASKED).actor != user.code]  # nobody grants his own
    return sorted(found, key=_due)
