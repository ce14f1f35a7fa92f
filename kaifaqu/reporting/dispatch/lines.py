"""The lines of the dispatch table of a month: which projects stand on it, as they stood, with their lights, the worst first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from kaifaqu.cases.lifecycle import OVER
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages.asked import period
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.meetings.models import Decision
from kaifaqu.registers.projects.conditions import of_last_month, under_construction
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.lights import Light, behind, done, lights
from kaifaqu.registers.projects.models import (
    PlanClass,
    PlanYearClass,
    Project,
    ProjectAssignment,
    ProjectProgress,
    ProjectRole,
    ProjectSuspension,
)
from kaifaqu.sheets.columns import public_name

NARROWED_BY = {"department": ProjectRole.DEPARTMENT, "leader": ProjectRole.LEADER}  # by who answers for it in a role


class Choice(NamedTuple):
    """One way to narrow the table: its name in the address, its label, what can be chosen, and what is."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a month, and by what the table is narrowed."""

    month: Period
    narrowed: Mapping[str, str]

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "Asked":
        """Return what an address asks for, by default the last month that is over. Raise ValueError for what is no period.

        Of a longer period its last month counts.
        """
        end = Period.parse(period(text)).end if (text := told.get("period", "")) else last_month().end
        names = ("light", "class", "department", "leader")
        return cls(Period.parse(f"{end:%Y-%m}"), {name: told[name] for name in names if told.get(name)})

    @property
    def on(self) -> date:
        """Return the day on which lights are looked at: the last of the month, or today."""
        return min(self.month.end, clock.today())


def last_month() -> Period:
    """Return the last month that is over."""
    return Period.parse(f"{clock.today():%Y-%m}").previous()


@dataclass
class Line:
    """One project on the table: where it stood, its light, who answers for it, what was reported, and what is open now."""

    project: Any
    stage: Stage
    light: Light
    roles: dict[str, ProjectAssignment] = field(default_factory=dict)
    plan_class: str = ""
    report: ProjectProgress | None = None  # of the month
    latest: ProjectProgress | None = None  # the last one until then
    enterprise: Any = None  # as far as the person may see it
    issues: list[Issue] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def done(self) -> Decimal | None:
        """Return how much of the year's plan is done, in per cent; None where it was not reported."""
        return None if self.report is None else done(self.report)

    @property
    def gap(self) -> Decimal | None:
        """Return how far that is ahead of the share of the year that is over (序时进度), in points; behind is below zero."""
        told = None if self.report is None else behind(self.report)
        return None if told is None else -told

    def holder(self, role: str) -> str:
        """Return the name of who answers for it in a role."""
        each = self.roles.get(role)
        return str((each.person or each.office) or "") if each else ""

    def handed(self, role: str) -> str:
        """Return the same as a file or a document may keep it: a person by the account, whose name can still be erased."""
        each: Any = self.roles.get(role)
        holder = (each.person or each.office) if each else None
        return "" if holder is None else public_name(holder) or holder.code


class Dispatch:
    """The dispatch table of a month as one person may see it; `all` are its lines, `lines` those that were asked for.

    Lights tell of reports, so it has the projects of the owners whose projects and reports the person may see.
    """

    def __init__(self, user: User, asked: Asked):
        self.user, self.asked, self.world = user, asked, World()
        self.owners = user.owners("projects.view") & user.owners("progress.view")
        self.building = self._building()
        self.reports = {each.subject_id: each for each in self._reports()}
        rows = list(Project.objects.visible_to(user).filter(self._condition(), owner_id__in=self.owners).select_related("enterprise"))
        for row in rows:
            row.stage = stage_on(row, asked.on, self.building)
        told = lights(rows, asked.on, self.world)
        roles, classes = self._roles(), self._classes()
        self.all = sorted((
            Line(row, Stage(row.stage), told[row.id], roles.get(row.id, {}), classes.get(row.id, ""), self.reports.get(row.id))
            for row in rows), key=worst_first)
        self.lines = [line for line in self.all if self._is_asked(line)]

    def _building(self) -> set[int]:
        rows = Project.objects.visible_to(self.user).filter(under_construction(self.asked.month.end, self.world))
        return {*rows.filter(owner_id__in=self.owners).values_list("id", flat=True)}

    def _reports(self) -> Any:
        return ProjectProgress.objects.visible_to(self.user).filter(of_last_month(self.asked.month), owner_id__in=self.owners)

    def _condition(self) -> Q:
        """Return the condition: under construction at the end of the month, to be started by then, or reported for it."""
        end, reported = self.asked.month.end, self._reports().values("subject_id")
        return under_construction(end, self.world) | to_be_started(end, self.world) | Q(id__in=reported)

    def _roles(self) -> dict[int, dict[str, ProjectAssignment]]:
        held: dict[int, dict[str, ProjectAssignment]] = defaultdict(dict)
        rows = ProjectAssignment.objects.visible_to(self.user).filter(ProjectAssignment.on(self.asked.on))
        for each in rows.select_related("person", "office").order_by("id"):
            held[each.subject_id][each.role] = each
        return held

    def _classes(self) -> dict[int, str]:
        rows = PlanYearClass.objects.visible_to(self.user).filter(plan_year=self.asked.month.end.year)
        return dict(rows.values_list("subject_id", "kind"))

    def _is_asked(self, line: Line) -> bool:
        told = {
            "light": str(line.light.colour), "class": line.plan_class,
            **{name: key_of(line, role) for name, role in NARROWED_BY.items()},
        }
        return all(told[name] == value for name, value in self.asked.narrowed.items())

    @cached_property
    def choices(self) -> list[Choice]:
        """Return by what the table can be narrowed; people and departments stand in the order of their names, without counts."""
        options = {
            "light": [(str(each), str(each.label)) for each in reversed(Colour)],
            "class": [(str(key), str(label)) for key, label in PlanClass.choices],
            **{name: self._holders(role) for name, role in NARROWED_BY.items()},
        }
        labels = {"light": _("灯"), "class": _("年度分类"), "department": _("牵头单位"), "leader": _("责任领导")}
        return [Choice(name, labels[name], options[name], self.asked.narrowed.get(name, "")) for name in options]

    def _holders(self, role: str) -> list[tuple[str, str]]:
        found = {key_of(line, role): line.holder(role) for line in self.all if role in line.roles}
        return sorted(found.items(), key=lambda each: each[1])

    def words(self, *, handed: bool) -> str:
        """Return in words by what the table is narrowed; where they are handed out, a person by the account."""
        holders = {name: {key_of(line, role): line.handed(role) for line in self.all if handed} for name, role in NARROWED_BY.items()}
        told = ((each, dict(each.options) | holders.get(each.name, {})) for each in self.choices if each.value)
        return "，".join(f"{each.label}：{names.get(each.value, each.value)}" for each, names in told)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many lines have each colour, the worst first."""
        return {str(each): sum(line.light.colour == each for line in self.lines) for each in reversed(Colour)}

    def fill(self, lines: list[Line]) -> list[Line]:
        """Return these lines with what only a shown line needs: the last report, and the issues and decisions open now."""
        by_id, seen = {line.project.id: line for line in lines}, self.user.owners("enterprises.view")
        for line in lines:
            enterprise = line.project.enterprise
            line.enterprise = enterprise if enterprise is not None and enterprise.owner_id in seen else None
        year = Q(month__gte=self.asked.month.end.replace(month=1, day=1), month__lte=self.asked.month.end)
        reports = ProjectProgress.objects.visible_to(self.user).filter(year, subject_id__in=by_id)
        for report in reports.order_by("month", "id"):
            by_id[report.subject_id].latest = report
        for issue in open_issues(self.user, by_id):
            by_id[issue.project_id].issues.append(issue)
        for decision in open_decisions(self.user, by_id):
            by_id[decision.project_id].decisions.append(decision)
        return lines


def worst_first(line: Line) -> tuple[Any, ...]:
    """Return by what lines are put in order: red first, what stays behind farthest first, then by code."""
    return *(-part for part in line.light.rank), line.project.code


def key_of(line: Line, role: str) -> str:
    """Return the number of who answers for a project in a role, as the address has it."""
    each = line.roles.get(role)
    return str(each.person_id or each.office_id) if each else ""


def to_be_started(on: date, world: World) -> Q:
    """Return the condition: signed by the day and to be started by then, and neither started, ended nor suspended."""
    still = world.rows(ProjectSuspension).filter(ProjectSuspension.on(on))
    planned = Q(signed_on__lte=on, expected_start_on__lte=on) & ~Q(started_on__lte=on) & ~Q(terminated_on__lte=on)
    return planned & ~Q(id__in=still.values("subject_id"))


def stage_on(project: Any, on: date, building: set[int]) -> Stage:
    """Return where a project stood on a day; `building` are those that were under construction then."""
    if on >= clock.today():
        return Stage(project.stage)
    found: Stage = project.stage_by(on)
    return Stage.SUSPENDED if found == Stage.UNDER_CONSTRUCTION and project.id not in building else found


def open_issues(user: Any, projects: Iterable[int]) -> Any:
    """Return the issues of these projects that their enterprises have not confirmed as solved, what is due first in front."""
    rows = Issue.objects.visible_to(user).filter(~Q(stage__in=OVER), project_id__in=[*projects])
    return rows.order_by("resolution_due_on", "id")


def open_decisions(user: Any, projects: Iterable[int]) -> Any:
    """Return the decisions about these projects that are not done, what is due first in front."""
    rows = Decision.objects.visible_to(user).filter(Decision.open(), project_id__in=[*projects])
    return rows.order_by("resolution_due_on", "id")
