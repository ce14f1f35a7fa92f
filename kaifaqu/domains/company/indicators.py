"""Figures of the operating company: functions, reform, structure, assets, income, debt and plans."""

from collections.abc import Callable
from datetime import date

from django.db.models import Q, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.company import asset_figures, money_figures
from kaifaqu.domains.company.models import (
    CompanyDepartment,
    CompanyPost,
    Delegation,
    DelegationReview,
    FunctionHolder,
    FunctionItem,
    PlanGoal,
    ReformItem,
    ReformTask,
    Side,
    StrategyPlan,
)
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World

__all__ = ["asset_figures", "money_figures"]  # the figures of these are among this room's

# Functions: each should have one body on the day


@asked_once
def _borne(side: Side, on: date, world: World) -> Q:
    return Q(id__in=world.rows(FunctionHolder).filter(FunctionHolder.on(on), side=side).values("function_id"))


def borne(on: date, world: World) -> tuple[Q, Q]:
    """Return the conditions: on that day the committee bears the function, and the company does."""
    return _borne(Side.COMMITTEE, on, world), _borne(Side.COMPANY, on, world)


def separated(on: date, world: World) -> Q:
    """Return the condition: on that day exactly one of the two bears the function."""
    one, other = borne(on, world)
    return (one & ~other) | (~one & other)


def overlapping(on: date, world: World) -> Q:
    """Return the condition: on that day both say that they bear the function."""
    one, other = borne(on, world)
    return one & other


def orphaned(on: date, world: World) -> Q:
    """Return the condition: on that day nobody bears the function."""
    one, other = borne(on, world)
    return ~one & ~other


def _listed(holds: Callable[[date, World], Q]) -> Callable[[Period, World], Q]:
    return lambda period, world: FunctionItem.on(period.end) & holds(period.end, world)


FIELD = (Dimension("function_field", _("职能领域"), "field"),)
FUNCTIONS, SEPARATED, OVERLAPPING, ORPHANED = (
    Indicator(
        code=f"reform.functions.{name}", label=label, unit="项", basis=basis, register=FunctionItem, by=FIELD,
        where=_listed(holds))
    for name, label, basis, holds in (
        ("count", _("职能事项数"), _("期末那一天在职能清单上的事项"), lambda on, world: Q()),
        ("separated.count", _("主体唯一的职能事项数"), _("期末那一天只由管委会或者只由平台公司承担的事项"), separated),
        ("overlapping.count", _("主体重叠的职能事项数"), _("期末那一天管委会和平台公司都登记为承担主体的事项"), overlapping),
        ("orphaned.count", _("没有主体的职能事项数"), _("期末那一天没有承担主体的事项"), orphaned),
    ))
SEPARATED_RATE = Ratio(
    code="reform.functions.separated_rate", label=_("管运分离率"), unit="%",
    basis=format_lazy(_("{above} ÷ {below}"), above=SEPARATED.label, below=FUNCTIONS.label),
    numerator=SEPARATED, denominator=FUNCTIONS, by=FIELD)
DELEGATIONS = Indicator(
    code="reform.delegations.count", label=_("有效委托合同数"), unit="份", basis=_("期末那一天已签订、在有效期内、没有终止的委托合同"),
    register=Delegation, where=lambda period, world: Delegation.in_force(period.end))
UNREVIEWED = Indicator(
    code="reform.delegations.unreviewed.count", label=_("上年度没有考核的委托合同数"), unit="份",
    basis=_("期末有效、期末所在年以前已经生效，而到期末还没有上一年度考核的委托合同"), register=Delegation,
    where=lambda period, world: Delegation.in_force(period.end) & Q(since__lt=date(period.end.year, 1, 1)) & ~Q(
        id__in=world.rows(DelegationReview).filter(
            year=period.end.year - 1, reviewed_on__lte=period.end).values("delegation_id")))

# Reform: done or not is told of tasks

GROUP = (Dimension("reform_group", _("改革分组"), "item__category"),)
REFORM_ITEMS = Indicator(
    code="reform.items.count", label=_("改革事项数"), unit="项", basis=_("期末以前确定的改革事项"), register=ReformItem,
    by=(Dimension("item_group", _("改革分组"), "category"),), where=lambda period, world: Q(set_on__lte=period.end))
TASKS, TASKS_DONE, TASKS_OVERDUE = (
    Indicator(code=f"reform.tasks.{name}", label=label, unit="件", basis=basis, register=ReformTask, by=GROUP, where=where)
    for name, label, basis, where in (
        ("count", _("改革任务数"), _("期末以前下达的改革任务"), lambda period, world: Q(set_on__lte=period.end)),
        ("done.count", _("已完成的改革任务数"), _("期末以前下达、期末以前完成的改革任务"),
         lambda period, world: Q(set_on__lte=period.end, done_on__lte=period.end)),
        ("overdue.count", _("逾期的改革任务数"), _("期末以前到期、到期末没有完成的改革任务"),
         lambda period, world: Q(set_on__lte=period.end, due_on__lt=period.end) & (Q(done_on=None) | Q(done_on__gt=period.end))),
    ))
DONE_RATE = Ratio(
    code="reform.items.done_rate", label=_("改革任务完成率"), unit="%",
    basis=format_lazy(_("{above} ÷ {below}"), above=TASKS_DONE.label, below=TASKS.label),
    numerator=TASKS_DONE, denominator=TASKS, by=GROUP)

# Structure

DEPARTMENTS = Indicator(
    code="platform.departments.count", label=_("内设机构数"), unit="个", basis=_("期末那一天设立的部门"), register=CompanyDepartment,
    by=(Dimension("of_company", _("公司"), "company__name"),), where=lambda period, world: CompanyDepartment.on(period.end))
POSTS = Indicator(
    code="platform.posts.count", label=_("岗位人数"), unit="人", basis=_("期末那一天设立的岗位的人数之和"), register=CompanyPost,
    measure=Sum("headcount"), by=(Dimension("posts_company", _("公司"), "department__company__name"),),
    where=lambda period, world: CompanyPost.on(period.end))

# Plans: a plan's code is its name, the goals are counted


@asked_once
def _in_force(on: date, world: World) -> Q:
    return Q(plan_id__in=world.rows(StrategyPlan).filter(StrategyPlan.on(on)).values("id"))


GOALS_BY = (Dimension("goal_group", _("目标分组"), "part"), Dimension("goal_word", _("对应用语"), "word"))
PLANS = Indicator(
    code="plan.count", label=_("有效的发展规划数"), unit="份", basis=_("期末那一天有效的发展规划"), register=StrategyPlan,
    by=(Dimension("plan_label", _("规划代号"), "label"),), where=lambda period, world: StrategyPlan.on(period.end))
GOALS, GOALS_DONE = (
    Indicator(code=f"plan.goals.{name}", label=label, unit="项", basis=basis, register=PlanGoal, by=GOALS_BY, where=where)
    for name, label, basis, where in (
        ("count", _("规划目标数"), _("期末那一天有效的规划里逐条登记的目标"), lambda period, world: _in_force(period.end, world)),
        ("done.count", _("已完成的规划目标数"), _("期末那一天有效的规划里，期末以前完成的目标"),
         lambda period, world: _in_force(period.end, world) & Q(done_on__lte=period.end)),
    ))
GOALS_DONE_RATE = Ratio(
    code="plan.goals.done_rate", label=_("规划目标完成率"), unit="%",
    basis=format_lazy(_("{above} ÷ {below}"), above=GOALS_DONE.label, below=GOALS.label),
    numerator=GOALS_DONE, denominator=GOALS, by=GOALS_BY)
