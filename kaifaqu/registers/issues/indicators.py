"""Figures about issues: how many are open and overdue, how many were answered, solved and confirmed, and how long it took."""

from collections.abc import Callable

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.lifecycle import Stage
from kaifaqu.cases.models import Satisfaction
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.issues.models import CATEGORIES, Issue
from kaifaqu.registers.projects.lifecycle import Stage as ProjectStage

Words = str | Promise
BY = (
    Dimension("category", _("类别"), "category", name=lambda code: str(dict(CATEGORIES).get(code, code))),
    Dimension("holder", _("承办单位"), "holder__name"),
    Dimension("project_stage", _("提出时项目阶段"), "project_stage", name=lambda code: str(dict(ProjectStage.choices).get(code, code))),
)


def _count(code: str, label: Words, basis: Words, where: Callable[[Period, World], Q]) -> Indicator:
    return Indicator(code=code, label=label, unit="个", basis=basis, register=Issue, where=where, measure=Count("id"), by=BY)


def _rate(code: str, label: Words, basis: Words, numerator: Indicator, denominator: Indicator) -> Ratio:
    return Ratio(code=code, label=label, unit="%", basis=basis, numerator=numerator, denominator=denominator, by=BY)


def registered(period: Period) -> Q:
    """Return the condition: registered within the period, and not refused."""
    return during("opened_on", period) & ~Q(stage=Stage.REFUSED)


def open_at(period: Period) -> Q:
    """Return the condition: registered by the last day of the period, and on it neither confirmed as solved nor refused."""
    return Q(opened_on__lte=period.end) & ~Q(confirmed_on__lte=period.end) & ~Q(stage=Stage.REFUSED)


def overdue_at(period: Period) -> Q:
    """Return the condition: open, and on the last day of the period not done though the time for it was over the day before."""
    return open_at(period) & Q(resolution_due_on__lt=period.end) & ~Q(resolved_on__lte=period.end)


REGISTERED = _count(
    "issues.registered.count", _("登记难点堵点"), _("登记日期在期内的难点堵点，不含不予受理的"), lambda period, world: registered(period))
OPEN = _count(
    "issues.open.count", _("未销号难点堵点"), _("期末已登记，提出单位还没有确认解决的难点堵点，不含不予受理的"),
    lambda period, world: open_at(period))
OVERDUE = _count(
    "issues.overdue.count", _("超期难点堵点"), _("未销号的难点堵点中，办结期限在期末以前、期末还没有办结的；挂起的不算"),
    lambda period, world: overdue_at(period))
SOLVED = _count(
    "issues.solved.count", _("销号难点堵点"), _("确认日期在期内的难点堵点：由提出单位确认解决"),
    lambda period, world: during("confirmed_on", period))
SOLVED_OF_REGISTERED = _count(
    "issues.registered.solved.count", _("期内登记且已销号"), _("登记日期在期内，期末以前提出单位已确认解决的难点堵点"),
    lambda period, world: registered(period) & Q(confirmed_on__lte=period.end))
ANSWER_DUE = _count(
    "issues.answer_due.count", _("应回应难点堵点"), _("登记日期在期内，期末以前回应期限已到或已回应的难点堵点，不含不予受理的"),
    lambda period, world: registered(period) & (Q(response_due_on__lte=period.end) | Q(responded_on__lte=period.end)))
ANSWERED = _count(
    "issues.answered_in_time.count", _("按时回应"), _("应回应难点堵点中，回应不晚于回应期限的"),
    lambda period, world: registered(period) & Q(responded_on__lte=period.end, response_late=False))
RATED = _count(
    "issues.rated.count", _("已评价难点堵点"), _("销号难点堵点中，提出单位作了评价的"),
    lambda period, world: during("confirmed_on", period) & ~Q(satisfaction=""))
SATISFIED = _count(
    "issues.satisfied.count", _("评价满意或基本满意"), _("已评价难点堵点中，提出单位评价满意或基本满意的"),
    lambda period, world: during("confirmed_on", period) & Q(satisfaction__in=[Satisfaction.SATISFIED, Satisfaction.FAIR]))
REDONE = _count(
    "issues.reopened.count", _("重办难点堵点"), _("登记日期在期内、重办过的难点堵点"),
    lambda period, world: registered(period) & Q(reopened__gt=0))
DAYS = Indicator(
    code="issues.days.total", label=_("办理用时合计"), unit="工作日", register=Issue, measure=Sum("days_taken"), by=BY,
    basis=_("销号难点堵点从登记（重办的从重新交办）次日到办结日的工作日，不含挂起的日子"),
    where=lambda period, world: during("confirmed_on", period))

SOLVED_RATE = _rate(
    "issues.solved_rate", _("化解率"), _("期内登记且已销号 ÷ 登记难点堵点"), SOLVED_OF_REGISTERED, REGISTERED)
RESPONSE_RATE = _rate("issues.response_rate", _("响应率"), _("按时回应 ÷ 应回应难点堵点"), ANSWERED, ANSWER_DUE)
SATISFACTION_RATE = _rate("issues.satisfaction_rate", _("满意率"), _("评价满意或基本满意 ÷ 已评价难点堵点"), SATISFIED, RATED)
DAYS_TO_SOLVE = Ratio(
    code="issues.days_to_solve", label=_("平均办理用时"), unit="工作日/个", basis=_("办理用时合计 ÷ 销号难点堵点"),
    numerator=DAYS, denominator=SOLVED, times=1, by=BY)
