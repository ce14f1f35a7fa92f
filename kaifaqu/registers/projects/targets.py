"""Which figures about projects bear yearly targets, and which records would close the gap of each."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Party
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.indicators import Dimension
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.conditions import in_negotiation, of_last_month
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.models import Lead, Project, ProjectAssignment, ProjectProgress, ProjectRole
from kaifaqu.registers.targets.bearing import Closing


class Answering(Dimension):
    """By the office that answers for a project in the role 牵头单位, as known in the world."""

    def _step(self, register: Any, world: World, path: list[str]) -> Any:
        if path != ["department"]:
            return super()._step(register, world, path)
        held = world.rows(ProjectAssignment).filter(role=ProjectRole.DEPARTMENT, until=None, subject_id=OuterRef("id"))
        return Subquery(held.values("office_id")[:1])


def _office(key: int) -> str:
    return str(Party.objects.get(pk=key))


BY_DEPARTMENT = Answering("department", _("牵头单位"), "department", name=_office)
REPORTS_BY_DEPARTMENT = Answering("department", _("牵头单位"), "subject__department", name=_office)


def _by(planned: PartialDate | None) -> date:
    return planned.last if planned else date.max


def _standing(project: Any, planned: PartialDate, words: str) -> str:
    """Return when something is planned, whether the day is over is for the reader; and where the project stands still."""
    told = words.format(planned=planned)
    return f"{told}，{Stage.SUSPENDED.label}" if project.stage == Stage.SUSPENDED else told


def unstarted(on: date, world: World) -> Q:
    """Return the condition: signed, to be started by the end of the year, and on the day neither started nor terminated."""
    planned = Q(expected_start_on__lte=date(on.year, 12, 31))
    return Q(signed_on__lte=on) & planned & ~Q(started_on__lte=on) & ~Q(terminated_on__lte=on)


def unfinished(on: date, world: World) -> Q:
    """Return the condition: started, to be completed by the end of the year, and on the day neither in production nor terminated."""
    planned = Q(expected_completion_on__lte=date(on.year, 12, 31))
    return Q(started_on__lte=on) & planned & ~Q(production_on__lte=on) & ~Q(terminated_on__lte=on)


def uninvested(on: date, world: World) -> Q:
    """Return the condition on reports of the day's month: more was planned for the year than is invested."""
    return of_last_month(Period.parse(on.isoformat())) & Q(planned_investment__gt=F("year_to_date"))


def _rest(report: Any) -> Decimal:
    return report.planned_investment - report.year_to_date


def _told_lead(lead: Any) -> str:
    if lead.intent_on:
        return _t("{day} 达成意向").format(day=lead.intent_on)
    return _t("{day} 进入洽谈").format(day=lead.negotiating_on)


SIGN = Closing(
    register=Lead, words=_("在谈的线索，达成意向的在前"), where=lambda on, world: in_negotiation(on),
    near=lambda lead: (_by(lead.intent_on), _by(lead.negotiating_on)), told=_told_lead)
START = Closing(
    register=Project, words=_("计划本年内开工、还没有开工的项目，按计划开工日期"), where=unstarted,
    near=lambda project: _by(project.expected_start_on),
    told=lambda project: _standing(project, project.expected_start_on, _t("计划 {planned} 开工")))
PRODUCE = Closing(
    register=Project, words=_("计划本年内竣工、还没有投产的项目，按计划竣工日期"), where=unfinished,
    near=lambda project: _by(project.expected_completion_on),
    told=lambda project: _standing(project, project.expected_completion_on, _t("计划 {planned} 竣工")))
INVEST = Closing(
    register=ProjectProgress, words=_("本年计划投资还没有完成的项目，余额大的在前"), where=uninvested,
    near=lambda report: -_rest(report), worth=_rest, told=lambda report: _t("本年计划还没有完成的"))
