"""Lights: which projects stay behind, by the owner's dated rule, and in which words."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _t

from kaifaqu.kernel import dated, units
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.world import World
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.models import ProjectProgress
from kaifaqu.registers.projects.rules import LIGHTS


@dataclass
class Light:
    """How one project stands on a day: its colour, what stays behind in words, and how far (in months or points)."""

    colour: Colour = Colour.GREEN
    reasons: list[str] = field(default_factory=list)
    behind: Decimal = Decimal(0)

    def turn(self, colour: Colour, reason: str, behind: Decimal) -> None:
        """Turn to a colour that is not better than the present one, for a reason."""
        if Colour.values.index(colour) > Colour.values.index(self.colour):
            self.colour, self.behind = colour, behind
        self.reasons.append(reason)

    @property
    def rank(self) -> tuple[int, Decimal]:
        """Return by what lights are put in order: the colour, then how far it stays behind."""
        return Colour.values.index(self.colour), self.behind


def candidates(on: date) -> Q:
    """Return the condition on projects that their light may have turned by the day: all others are green."""
    due = Q(stage__in=(Stage.SIGNED, Stage.LANDED), expected_start_on__lte=on.replace(day=monthrange(on.year, on.month)[1]))
    reports = _reports(on, World()).exclude(Q(year_to_date=None) | Q(planned_investment=None))
    return due | Q(stage=Stage.UNDER_CONSTRUCTION, id__in=reports.values("subject_id"))


def _reports(on: date, world: World) -> Any:
    return world.rows(ProjectProgress).filter(month__gte=date(on.year, 1, 1), month__lte=on)


def lights(projects: Iterable[Any], on: date, world: World) -> dict[int, Light]:
    """Return by id the light of each project on the day, as known in the world; an amount or date that is missing turns none."""
    projects = list(projects)
    reports = {each.subject_id: each for each in _reports(on, world).filter(
        subject_id__in=[each.id for each in projects]).order_by("month", "id")}
    return {each.id: light(each, reports.get(each.id), on, world) for each in projects}


def light(project: Any, report: Any, on: date, world: World) -> Light:
    """Return the light of one project on the day; `report` is the last one until then, if there is one."""
    found, waits = Light(), project.stage in (Stage.SIGNED, Stage.LANDED)
    if waits or project.stage == Stage.UNDER_CONSTRUCTION and report is not None and report.month.year == on.year:
        rule = dated.resolve(LIGHTS.code, project.owner_id, on, world).content
        if waits:
            _start(found, project.expected_start_on, on, rule["start"])
        else:
            _progress(found, report, rule["progress"])
    return found


def _start(light: Light, planned: PartialDate | None, on: date, rule: dict[str, int]) -> None:
    """Turn the light of a project whose start is due: each month of it is a yellow one."""
    if planned is None or planned.month is None:
        return
    months = (on.year - planned.year) * 12 + on.month - planned.month
    if months < 0:
        return
    colour = Colour.RED if months >= rule["red_after_months"] else Colour.YELLOW
    reason = _t("计划 {planned} 开工，已过 {months} 个月还没有开工") if months else _t("计划 {planned} 开工，本月应开工")
    light.turn(colour, reason.format(planned=planned, months=months), Decimal(months))


def _progress(light: Light, report: Any, rule: dict[str, int]) -> None:
    """Turn the light of a project whose investment of the year stays behind the share of the year that is over (序时进度)."""
    if report.year_to_date is None or not report.planned_investment:
        return
    done = report.year_to_date * 100 / report.planned_investment
    behind = Decimal(report.month.month) * 100 / 12 - done
    if behind < rule["yellow_points"]:
        return
    colour = Colour.RED if behind > rule["red_points"] else Colour.YELLOW
    told = {"month": report.month, "done": units.text(units.round_half_up(done, 1)), "behind": units.text(units.round_half_up(behind, 1))}
    light.turn(colour, _t("{month} 完成年计划的 {done}%，落后序时进度 {behind} 个百分点").format(**told), behind)
