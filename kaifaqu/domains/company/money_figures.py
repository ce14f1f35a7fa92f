"""Figures about money: income by line and its fiscal share, profitable assets, debt, and what is due soon."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, Sum, Window
from django.db.models.functions import Rank
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.company.asset_figures import TOTAL_VALUE, VALUES_BY, latest
from kaifaqu.domains.company.models import (
    AssetValuation,
    BalanceStatement,
    Basis,
    CompanyIncome,
    Financing,
    FinancingKind,
    Repayment,
)
from kaifaqu.domains.company.rules import WARNING
from kaifaqu.kernel import dated
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator, NotComputable, Ratio
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.holdings.indicators import own
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.states import Rate

# Income: a row of a quarter belongs to no month of it


def within(period: Period) -> Q:
    """Return the condition: the row's period lies within the period."""
    return Q(first__gte=period.start, last__lte=period.end)


@dataclass(frozen=True, kw_only=True, eq=False)
class OfIncome(Indicator):
    """A figure over income rows, which has no value where the period cuts a row in two."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable where a row lies partly within the period."""
        crossing = Q(first__lte=period.end, last__gte=period.start) & ~within(period)
        if count := world.rows(CompanyIncome).filter(crossing, owner_id__in=scope).count():
            raise NotComputable(_t("无法计算：有 {count} 条经营收入按更长的期间登记，不能拆到{period}。请看整个季度。").format(
                count=count, period=period.label))
        return self


def _earned(more: Q) -> Callable[[Period, World], Q]:
    return lambda period, world: within(period) & more


LINE = (Dimension("income_line", _("收入类别"), "line"),)
INCOME, FISCAL, ALL_INCOME = (
    OfIncome(
        code=f"platform.income.{name}", label=label, unit="万元", basis=basis, register=CompanyIncome, measure=Sum("amount"), by=LINE,
        where=_earned(more))
    for name, label, basis, more in (
        ("by_line", _("经营收入"), _("期内各月、各季的经营收入之和，不含财政补助；按收入类别分组"), Q(fiscal=False)),
        ("fiscal", _("财政补助收入"), _("期内标明为财政补助的收入之和"), Q(fiscal=True)),
        ("total", _("全部收入"), _("期内的经营收入和财政补助收入之和"), Q()),
    ))
FISCAL_SHARE = Rate(
    code="platform.income.fiscal_share", label=_("财政补助占收入的比重"), unit="%",
    basis=format_lazy(_("{above} ÷ {below}"), above=FISCAL.label, below=ALL_INCOME.label), numerator=FISCAL, denominator=ALL_INCOME)


@asked_once
def _profitable(period: Period, world: World) -> Q:
    rows = world.rows(CompanyIncome).filter(within(period), asset_id__isnull=False).values("asset_id")
    told = rows.annotate(earned=Sum("amount", filter=Q(fiscal=False)), spent=Sum("cost"))  # support is no operating income
    return Q(asset_id__in=told.filter(earned__gt=F("spent")).values("asset_id"))


PROFITABLE = OfIncome(
    code="assets.profitable.value", label=_("盈利资产价值"), unit="万元",
    basis=_("期内收入大于成本的资产，按期末以前最近一次账面价值计；财政补助不算收入，成本都算"),
    register=AssetValuation, measure=Sum("amount"), by=VALUES_BY,
    where=lambda period, world: latest(Basis.BOOK, period.end, world) & _profitable(period, world))
PROFITABLE_SHARE = Rate(
    code="assets.profitable_share", label=_("盈利资产比重"), unit="%",
    basis=format_lazy(_("{above} ÷ {below}"), above=PROFITABLE.label, below=TOTAL_VALUE.label),
    numerator=PROFITABLE, denominator=TOTAL_VALUE, by=VALUES_BY)

# Debt

KINDS = dict(FinancingKind.choices)
KIND = Dimension("financing_kind", _("融资种类"), "kind", name=lambda code: str(KINDS.get(code, code)))
FINANCING = Indicator(
    code="platform.financing.amount", label=_("融资合同金额"), unit="万元",
    basis=_("期末那一天有效的融资合同的合同金额之和；担保也在内，按种类分开看"), register=Financing,
    measure=Sum("amount"), by=(KIND,), where=lambda period, world: Financing.on(period.end))


def unpaid(on: date) -> Q:
    """Return the condition: by that day the repayment has not been made."""
    return Q(paid_on=None) | Q(paid_on__gt=on)


def due_soon(on: date, world: World) -> Q:
    """Return the condition: not paid on that day, and due from then on within the days of the owner's rule."""
    soon = dated.by_owner(WARNING, on, world, lambda content: Q(due_on__lte=on + timedelta(days=content["days"])))
    return unpaid(on) & Q(due_on__gte=on) & soon


REPAYMENTS_BY = (
    Dimension("owed_kind", KIND.label, "financing__kind", name=KIND.name), Dimension("creditor", _("出资机构"), "financing__creditor"))
DUE = Indicator(
    code="platform.repayment_due_90d", label=_("近期应还本息"), unit="万元",
    basis=_("期末还没有还、从期末那一天起在规则「还款提醒」所定天数（出厂 90 天）以内到期的应还本息之和；已经逾期的另列"),
    register=Repayment, measure=Sum("amount"), by=REPAYMENTS_BY, rule=WARNING.code,
    where=lambda period, world: due_soon(period.end, world))
OVERDUE = Indicator(
    code="platform.repayment_overdue", label=_("逾期应还本息"), unit="万元", basis=_("期末以前到期、到期末还没有还的应还本息之和"),
    register=Repayment, measure=Sum("amount"), by=REPAYMENTS_BY,
    where=lambda period, world: Q(due_on__lt=period.end) & unpaid(period.end))


@asked_once
def _last_statement(on: date, world: World) -> Q:
    newest_first = Window(Rank(), partition_by="company_id", order_by=F("as_of").desc())
    rows = world.rows(BalanceStatement).filter(consolidated=True, as_of__lte=on).annotate(place=newest_first)
    return Q(id__in=rows.filter(place=1).values("id")) & Q(company_id__in=world.rows(Enterprise).filter(own(world)).values("id"))


ASSETS, LIABILITIES = (
    Indicator(
        code=f"platform.{name}", label=label, unit="万元", basis=_("本单位期末以前最近一期合并报表上的数"), register=BalanceStatement,
        measure=Sum(name), where=lambda period, world: _last_statement(period.end, world))
    for name, label in (("assets", _("报表资产总额")), ("liabilities", _("报表负债总额"))))
DEBT_RATIO = Ratio(
    code="platform.debt_ratio", label=_("资产负债率"), unit="%",
    basis=format_lazy(_("{above} ÷ {below}"), above=LIABILITIES.label, below=ASSETS.label), numerator=LIABILITIES, denominator=ASSETS)
