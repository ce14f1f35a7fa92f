"""Figures about projects: what is under construction, its reconciliation between two days, and the four rates.

Investment is what is planned in total, not what is spent.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Choice, Definition, Dimension, Indicator, NotComputable, Ratio, Share
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.organisations.industries import industry_name
from kaifaqu.registers.projects import rules, targets
from kaifaqu.registers.projects.conditions import (
    assigned,
    continuing,
    in_negotiation,
    introduced,
    known,
    left,
    negotiated,
    new,
    of_last_month,
    on_cohorts,
    resumed,
    this_year,
    under_construction,
    unreported,
)
from kaifaqu.registers.projects.models import CohortKind, Lead, Nature, Project, ProjectProgress
from kaifaqu.registers.projects.stays import over_norm
from kaifaqu.registers.states import Hanging, Hung, Rate
from kaifaqu.registers.targets.declaring import AgainstTarget, bear

Words = str | Promise
Where = Callable[[Period, World], Q]

BY = (
    Dimension("industry", _("行业大类"), "enterprise__industry", lambda column: Substr(column, 1, 2), industry_name),
    Dimension("nature", _("建设性质"), "nature", name=lambda code: str(dict(Nature.choices).get(code, code))),
    Dimension("park", _("园区"), "park__name"),
)


def count(code: str, label: Words, basis: Words, where: Where, rule: str = "") -> Indicator:
    """Define how many projects fulfil the condition, which may follow a rule of the zone."""
    return Indicator(code=code, label=label, unit="个", basis=basis, register=Project, where=where, by=BY, rule=rule)


def total(
    code: str, label: Words, basis: Words, where: Where, column: str = "total_investment", rule: str = ""
) -> Indicator:
    """Define the sum of a column over the projects that fulfil the condition."""
    return Indicator(
        code=code, label=label, unit="万元", basis=basis, register=Project, where=where, measure=Sum(column), by=BY, rule=rule)


def both(code: str, label: Words, basis: Words, where: Where) -> tuple[Indicator, Indicator]:
    """Define how many projects fulfil the condition, and what is planned to be invested in them."""
    return (
        count(f"{code}.count", format_lazy(_("{which}数"), which=label), basis, where),
        total(f"{code}.investment", format_lazy(_("{which}总投资"), which=label), basis, where),
    )


def average(of: tuple[Indicator, Indicator]) -> Ratio:
    """Define the planned investment of one project."""
    number, investment = of
    return Ratio(
        code=f"{investment.code}_avg", label=format_lazy(_("{which}（平均每个）"), which=investment.label),
        unit="万元/个", basis=format_lazy(_("{above} ÷ {below}"), above=investment.label, below=number.label),
        numerator=investment, denominator=number, times=1, by=BY)


def share(part: Indicator, whole: Indicator) -> Share:
    """Define a part of a whole, in per cent."""
    return Share(
        code=f"{part.code}_share", label=format_lazy(_("{part}占比"), part=part.label), unit="%",
        basis=format_lazy(_("{above} ÷ {below}"), above=part.label, below=whole.label),
        numerator=part, denominator=whole, by=BY)


# What is under construction, and since when

UNDER_CONSTRUCTION = both(
    "projects.under_construction", _("在建项目"),
    _("期末已开工，未投产、未终止、不在停缓建的项目；投资为计划总投资，不是完成投资"),
    lambda period, world: under_construction(period.end, world))
CONTINUING = both(
    "projects.continuing", _("续建项目"), _("期末在建项目中，期初以前开工的；另行核定的按核定；投资为计划总投资"), continuing)
NEW = both(
    "projects.new", _("新建项目"), _("期末在建项目中，期内开工的（不是建设性质的「新建」）；另行核定的按核定；投资为计划总投资"), new)
AVERAGES = [average(each) for each in (UNDER_CONSTRUCTION, CONTINUING, NEW)]
SHARES = [share(each[1], UNDER_CONSTRUCTION[1]) for each in (CONTINUING, NEW)]


# Who answers, and who stays too long

ASSIGNED, UNASSIGNED = (
    count(code, label, basis, where) for code, label, basis, where in (
        ("projects.assigned.count", _("有人包联的在建项目数"), _("期末在建、当天有责任领导、牵头单位或服务专员的项目"),
         lambda period, world: under_construction(period.end, world) & assigned(period.end, world)),
        ("projects.unassigned.count", _("没有人包联的在建项目数"), _("期末在建、当天没有责任领导、牵头单位和服务专员的项目"),
         lambda period, world: under_construction(period.end, world) & ~assigned(period.end, world)),
    )
)
ASSIGNED_RATE = Share(
    code="projects.assigned_rate", label=_("包联覆盖率"), unit="%", numerator=ASSIGNED, denominator=UNDER_CONSTRUCTION[0], by=BY,
    basis=_("有人包联的在建项目数 ÷ 在建项目数；没有覆盖的见「没有人包联的在建项目数」"))
OVER_NORM = count(
    "projects.stay.over_norm.count", _("停留过久的项目数"),
    _("期末在同一阶段停留的天数超过本区规则「各阶段最长停留时间」的项目；从进入这一阶段的日期起算"), over_norm, rule=rules.STAYS.code)


# Reconciliation: closing = opening + started + resumed - produced - terminated - suspended

RECONCILIATION = {
    name: both(f"projects.reconciliation.{name}", label, basis, where) for name, label, basis, where in (
        ("opening", _("期初在建项目"), _("期初前一日在建的项目"),
         lambda period, world: under_construction(period.day_before, world)),
        ("started", _("期内开工项目"), _("开工日期在期内的项目，不论期末是否仍在建"),
         lambda period, world: during("started_on", period)),
        ("resumed", _("期内复工项目"), _("期初以前开工，期初前一日不在建，期末在建的项目"), resumed),
        ("produced", _("期内投产项目"), _("期初在建或期内开工，期末已投产、未终止的项目"),
         lambda period, world: left(period, world) & ~Q(terminated_on__lte=period.end) & Q(production_on__lte=period.end)),
        ("terminated", _("期内终止项目"), _("期初在建或期内开工，期末已终止的项目"),
         lambda period, world: left(period, world) & Q(terminated_on__lte=period.end)),
        ("suspended", _("期内停缓建项目"), _("期初在建或期内开工，期末停缓建，未投产、未终止的项目"),
         lambda period, world: left(period, world) & ~Q(terminated_on__lte=period.end) & ~Q(production_on__lte=period.end)),
        ("closing", _("期末在建项目"), _("期末在建的项目 = 期初 + 开工 + 复工 − 投产 − 终止 − 停缓建"),
         lambda period, world: under_construction(period.end, world)),
    )
}


# The four rates. Published rates use more than one definition: each has a code, the zone's rule chooses.

def rate(code: str, label: Words, basis: Words, numerator: Indicator, denominator: Indicator) -> Ratio:
    """Define one definition of a rate, in per cent."""
    return Ratio(
        code=code, label=label, unit="%", basis=basis, numerator=numerator, denominator=denominator, rule=denominator.rule,
        by=numerator.by)


def of_year(code: str, label: Words, column: str, basis: Words) -> Indicator:
    """Define how many projects reached a milestone between New Year and the end of the period."""
    return Indicator(
        code=code, label=label, unit="个", basis=basis, register=Project, where=lambda period, world: this_year(column, period),
        by=(*BY, targets.BY_DEPARTMENT))


def leads(code: str, label: Words, basis: Words, where: Where) -> Indicator:
    """Define how many leads fulfil the condition."""
    return Indicator(code=code, label=label, unit="个", basis=basis, register=Lead, where=where)


def introduced_kinds(which: str, label: Words, unit: str, column: str, meaning: Words, **filled: Any) -> Indicator:
    """Define how many different values a column has among the projects brought in along a chain."""
    return Indicator(
        code=f"leads.introduced.{which}.count", label=label, unit=unit, register=Lead, measure=Count(column, distinct=True),
        basis=format_lazy(_("期末已签约、标明「链式引进」的线索所填的「{column}」，不同的各计一次"), column=meaning),
        where=lambda period, world: introduced(period.end) & Q(**filled))


LEADS_KNOWN = leads(
    "leads.known.count", _("线索数"), _("期末已知的线索，按首次接触日期，不论后来如何"), lambda period, world: known(period.end))
LEADS_NEGOTIATED = leads(
    "leads.negotiated.count", _("曾进入洽谈的线索数"), _("期末前曾进入洽谈的线索，不论后来签约、未成或仍在谈"),
    lambda period, world: negotiated(period.end))
LEADS_IN_NEGOTIATION = leads(
    "leads.in_negotiation.count", _("在谈线索数"), _("期末已进入洽谈，未签约、未作未成处理的线索"),
    lambda period, world: in_negotiation(period.end))
LEADS_KNOWN_SIGNED = leads(
    "leads.known.signed.count", _("线索中已签约数"), _("期末已知的线索中，期末已签约的"),
    lambda period, world: known(period.end) & Q(signed_on__lte=period.end))
LEADS_NEGOTIATED_SIGNED = leads(
    "leads.negotiated.signed.count", _("洽谈线索中已签约数"), _("期末前曾进入洽谈的线索中，期末已签约的"),
    lambda period, world: negotiated(period.end) & Q(signed_on__lte=period.end))
INTRODUCED = leads(
    "leads.introduced.count", _("链式引进项目数"), _("期末已签约、标明「链式引进」的线索；一条线索是一个项目"),
    lambda period, world: introduced(period.end))
INTRODUCED_CHAINS = introduced_kinds("chains", _("链式引进围绕的产业链数"), "条", "chain", _("产业链"), chain__isnull=False)
INTRODUCED_CATEGORIES = introduced_kinds("categories", _("链式引进项目的类别数"), "类", "category", _("类别"), category__gt="")
SIGNED_THIS_YEAR = of_year("projects.signed.year.count", _("本年签约项目数"), "signed_on", _("签约日期在本年初至期末的项目"))
STARTED_THIS_YEAR = of_year("projects.started.year.count", _("本年开工项目数"), "started_on", _("开工日期在本年初至期末的项目"))
SIGNED_INVESTMENT = total(
    "projects.signed.year.investment", _("本年签约项目总投资"), _("签约日期在本年初至期末的项目的总投资"),
    lambda period, world: this_year("signed_on", period))
PRODUCED_THIS_YEAR = of_year("projects.produced.year.count", _("本年投产项目数"), "production_on", _("投产日期在本年初至期末的项目"))
SIGNING_TARGET = bear("projects.targets.signed", _("签约"), SIGNED_THIS_YEAR, targets.SIGN, by=targets.BY_DEPARTMENT).target
bear("projects.targets.started", _("开工"), STARTED_THIS_YEAR, targets.START, by=targets.BY_DEPARTMENT)
bear("projects.targets.production", _("投产"), PRODUCED_THIS_YEAR, targets.PRODUCE, by=targets.BY_DEPARTMENT)

SIGNING_RATES = {
    "lead": rate(
        "projects.rate.signing.lead", _("签约率（按线索）"),
        _("分子：其中期末已签约的线索。分母：期末已知的全部线索，不论是否洽谈"), LEADS_KNOWN_SIGNED, LEADS_KNOWN),
    "negotiation": rate(
        "projects.rate.signing.negotiation", _("签约率（按洽谈）"),
        _("分子：其中期末已签约的线索。分母：期末前曾进入洽谈的线索，不论后来签约、未成或仍在谈"),
        LEADS_NEGOTIATED_SIGNED, LEADS_NEGOTIATED),
    "target": AgainstTarget(
        code="projects.rate.signing.target", label=_("签约率（按全年目标）"), unit="%",
        basis=_("分子：本年初至期末签约的项目。分母：本区文件下达的全年签约目标"),
        numerator=SIGNED_THIS_YEAR, denominator=SIGNING_TARGET),
}


def on_signed_lists(period: Period, world: World) -> Q:
    """Return the condition: on a 签约一批 that counts by the zone's rule of the starting rate."""
    return on_cohorts(CohortKind.SIGNED, rules.START, period, world)


def on_started_lists(period: Period, world: World) -> Q:
    """Return the condition: on a 开工一批 that counts by the zone's rule of the production rate."""
    return on_cohorts(CohortKind.STARTED, rules.PRODUCTION, period, world)


def on_commissioned_lists(period: Period, world: World) -> Q:
    """Return the condition: on a 投产一批 that counts by the zone's rule of the full-capacity rate."""
    return on_cohorts(CohortKind.PRODUCTION, rules.FULL_CAPACITY, period, world)


SIGNED_LISTS = count(
    "projects.cohorts.signed.count", _("签约一批项目数"),
    _("期末前举行的各期「签约一批」名单上的项目；最新的几期不计，期数为本区规则「开工率口径」的宽限期数"),
    on_signed_lists, rule=rules.START.code)
SIGNED_LISTS_STARTED = count(
    "projects.cohorts.signed.started.count", _("签约一批中已开工项目数"), _("计入的「签约一批」项目中，期末已开工的"),
    lambda period, world: on_signed_lists(period, world) & Q(started_on__lte=period.end),
    rules.START.code)
STARTED_LISTS = count(
    "projects.cohorts.started.count", _("开工一批项目数"),
    _("期末前举行的各期「开工一批」名单上的项目；最新的几期不计，期数为本区规则「投产率口径」的宽限期数"),
    on_started_lists, rule=rules.PRODUCTION.code)
STARTED_LISTS_PRODUCING = count(
    "projects.cohorts.started.produced.count", _("开工一批中已投产项目数"), _("计入的「开工一批」项目中，期末已投产的"),
    lambda period, world: on_started_lists(period, world) & Q(production_on__lte=period.end),
    rules.PRODUCTION.code)
COMMISSIONED = count(
    "projects.cohorts.production.count", _("投产一批项目数"),
    _("期末前举行的各期「投产一批」名单上的项目；最新的几期不计，期数为本区规则「达效率口径」的宽限期数"),
    on_commissioned_lists, rule=rules.FULL_CAPACITY.code)
COMMISSIONED_FULL = count(
    "projects.cohorts.production.full.count", _("投产一批中已达产达效项目数"),
    _("计入的「投产一批」项目中，期末已达产达效的"),
    lambda period, world: on_commissioned_lists(period, world) & Q(full_capacity_on__lte=period.end),
    rules.FULL_CAPACITY.code)
EXPECTED_OUTPUT = total(
    "projects.cohorts.production.expected_output", _("投产一批预计年产值"), _("计入的「投产一批」项目的预计年产值之和"),
    on_commissioned_lists, "expected_annual_output", rules.FULL_CAPACITY.code)
ACTUAL_OUTPUT = total(
    "projects.cohorts.production.actual_output", _("投产一批实际年产值"),
    _("计入的「投产一批」项目的实际年产值之和；本年累计、近十二个月或折算全年，见本区规则「达效率口径」"),
    on_commissioned_lists, "actual_annual_output", rules.FULL_CAPACITY.code)

START_RATES = {
    "cohort": rate(
        "projects.rate.start.cohort", _("开工率（按批次）"),
        _("分子：其中期末已开工的项目。分母：各期「签约一批」的项目，最新的几期不计，期数由本区规则「开工率口径」确定"),
        SIGNED_LISTS_STARTED, SIGNED_LISTS),
    "year": rate(
        "projects.rate.start.year", _("开工率（按年度）"),
        _("分子：本年初至期末开工的项目。分母：本年初至期末签约的项目。两者不必是同一批项目，可以超过 100%"),
        STARTED_THIS_YEAR, SIGNED_THIS_YEAR),
}
PRODUCTION_RATES = {
    "cohort": rate(
        "projects.rate.production.cohort", _("投产率（按批次）"),
        _("分子：其中期末已投产的项目。分母：各期「开工一批」的项目，最新的几期不计，期数由本区规则「投产率口径」确定"),
        STARTED_LISTS_PRODUCING, STARTED_LISTS),
}
FULL_CAPACITY_RATES = {
    "value": rate(
        "projects.rate.full_capacity.value", _("达效率（按产值）"),
        _("分子：实际年产值之和。分母：预计年产值之和。均为各期「投产一批」的项目，最新的几期不计，"
          "期数和“实际”的算法由本区规则「达效率口径」确定"),
        ACTUAL_OUTPUT, EXPECTED_OUTPUT),
    "count": rate(
        "projects.rate.full_capacity.count", _("达效率（按项目数）"),
        _("分子：其中期末已达产达效的项目。分母：各期「投产一批」的项目，最新的几期不计，期数由本区规则「达效率口径」确定"),
        COMMISSIONED_FULL, COMMISSIONED),
}
RATES = [
    Choice(
        code=rule.code, label=label, unit="%", basis=_("按本区规则所选的口径计算；各口径不可相互比较"),
        rule=rule.code, variants=variants)
    for label, rule, variants in (
        (_("签约率"), rules.SIGNING, SIGNING_RATES),
        (_("开工率"), rules.START, START_RATES),
        (_("投产率"), rules.PRODUCTION, PRODUCTION_RATES),
        (_("达效率"), rules.FULL_CAPACITY, FULL_CAPACITY_RATES),
    )
]


# The monthly progress, as reported: of a period, its last month counts

BY_PROJECT = tuple(replace(each, path=f"subject__{each.path}") for each in BY)


class Reported(Hanging):
    """A sum over the reports of one month, which has a value only when every project that owes a report has given it."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable where nobody has reported, reports are missing, or a date leaves open whether one is."""
        reports = world.rows(ProjectProgress).filter(of_last_month(period), owner_id__in=scope).count()
        missing = world.rows(Project).filter(unreported(period, world), owner_id__in=scope).count()
        month = f"{period.end:%Y-%m}"
        if missing:
            raise NotComputable(_t("无法计算：{month} 已报 {reports} 个项目，还有 {missing} 个在建项目没有报送。").format(
                month=month, reports=reports, missing=missing))
        if not reports:
            raise NotComputable(_t("无法计算：{month} 没有报送的月度进展。").format(month=month))
        return super().choose(period, scope, world)


def _owed(period: Period, world: World) -> Hung:
    return [(Project, unreported(period, world))]


def reported(code: str, label: Words, column: str, meaning: Words, by: tuple[Dimension, ...] = BY_PROJECT) -> Reported:
    """Define the sum of a reported column over the period's last month."""
    return Reported(
        code=code, label=label, unit="万元", register=ProjectProgress, measure=Sum(column), by=by, hangs=_owed,
        basis=format_lazy(
            _("期间最后一个月各项目报送的「{meaning}」之和；月末在建的项目都报齐了才有数，缺报的不按 0 计"), meaning=meaning),
        where=lambda period, world: of_last_month(period) & Q(subject_id__in=world.rows(Project).values("id")))


MONTH_INVESTMENT = reported("projects.progress.month_investment", _("当月完成投资"), "month_investment", _("本月完成投资"))
YEAR_INVESTMENT = reported(
    "projects.progress.year_to_date", _("本年累计完成投资"), "year_to_date", _("本年累计完成投资"),
    (*BY_PROJECT, targets.REPORTS_BY_DEPARTMENT))
bear("projects.targets.investment", _("完成投资"), YEAR_INVESTMENT, targets.INVEST, monthly=True, by=targets.REPORTS_BY_DEPARTMENT)
CUMULATIVE_INVESTMENT = reported(
    "projects.progress.completed_to_date", _("自开工累计完成投资"), "completed_to_date", _("自开工累计完成投资"))
PLANNED_INVESTMENT = reported("projects.progress.planned_investment", _("本年计划投资"), "planned_investment", _("本年计划投资"))
FUNDS = reported("projects.progress.funds_in_place", _("到位资金"), "funds_in_place", _("到位资金"))
COMPLETION, FUNDS_RATE = (
    Rate(
        code=code, label=label, unit="%", numerator=above, denominator=PLANNED_INVESTMENT, by=BY_PROJECT,
        basis=format_lazy(_("{above} ÷ {below}，均为期间最后一个月报送的数"), above=above.label, below=PLANNED_INVESTMENT.label))
    for code, label, above in (
        ("projects.investment.completion", _("年度投资完成率"), YEAR_INVESTMENT),
        ("projects.funds.in_place", _("资金到位率"), FUNDS),
    )
)
UNREPORTED = count(
    "projects.progress.unreported.count", _("未报月度进展的项目数"),
    _("期间最后一个月的月末在建、没有报送当月进展的项目"), unreported)
