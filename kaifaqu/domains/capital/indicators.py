"""Figures about funds: how many there are, what was paid in from which source, the leverage, and what was invested."""

from collections.abc import Callable

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.capital.models import Fund, FundPayment, FundStake, Level, Source, TargetKind
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World

FUND_BY = Dimension("fund", _("基金"), "fund__name")
LEVEL_BY = Dimension("fund_level", _("基金层级"), "fund__level", name=lambda code: str(dict(Level.choices).get(code, code)))
KIND_BY = Dimension("target_kind", _("扶持对象"), "target_kind", name=lambda code: str(dict(TargetKind.choices).get(code, code)))

PARENTS, SUBS = (
    Indicator(code=f"funds.{level}.count", label=label, unit="支", register=Fund, basis=basis,
              where=lambda period, world, level=level: Fund.on(period.end) & Q(level=level))  # type: ignore[misc]
    for level, label, basis in (
        (Level.PARENT.value, _("母基金"), _("期末已设立、未终止的母基金")),
        (Level.SUB.value, _("子基金"), _("期末已设立、未终止的子基金，都连到一支母基金"))))
SIZE = Indicator(
    code="funds.size", label=_("基金认缴规模"), unit="万元", register=Fund, measure=Sum("size"),
    basis=_("期末已设立、未终止的基金，认缴规模之和"),
    where=lambda period, world: Fund.on(period.end),
    by=(Dimension("level", _("基金层级"), "level", name=lambda code: str(dict(Level.choices).get(code, code))),))


def paid(period: Period, world: World) -> Q:
    """Return the condition: paid in by the last day of the period."""
    return Q(paid_on__lte=period.end)


def into_subs(source: Source) -> Callable[[Period, World], Q]:
    """Return the condition: paid into a sub-fund from the source by the last day of the period."""
    return lambda period, world: paid(period, world) & Q(
        origin=source, fund_id__in=world.rows(Fund).filter(level=Level.SUB).values("id"))


def _paid(code: str, label: Promise, basis: Promise, where: Callable[[Period, World], Q]) -> Indicator:
    return Indicator(code=f"funds.{code}", label=label, unit="万元", register=FundPayment, measure=Sum("amount"), basis=basis, where=where,
                     by=(FUND_BY, LEVEL_BY))


PAID = _paid("paid_in", _("基金实缴"), _("到期末的实缴金额之和；母基金投进子基金的钱在两层各算一次，请按基金层级分开看"), paid)
SOCIAL = _paid("sub.paid_in.social", _("子基金实缴社会资本"), _("到期末实缴到子基金的社会资本"), into_subs(Source.SOCIAL))
PUBLIC = _paid(
    "sub.paid_in.public", _("子基金实缴财政资金"), _("到期末实缴到子基金的财政资金，母基金的出资算财政资金"), into_subs(Source.PUBLIC))
LEVERAGE = Ratio(
    code="funds.leverage_ratio", label=_("财政资金撬动倍数"), unit="倍", times=1, numerator=SOCIAL, denominator=PUBLIC, by=(FUND_BY,),
    basis=_("到期末实缴到子基金的社会资本 ÷ 财政资金；母基金的实缴不再算一遍，因为它经子基金投出"))

INVESTED, STAKES = (
    Indicator(code=f"funds.{code}", label=label, unit=unit, register=FundStake, measure=measure, basis=basis, by=(FUND_BY, KIND_BY),
              where=lambda period, world: Q(invested_on__lte=period.end, enterprise__isnull=False))
    for code, label, unit, measure, basis in (
        ("invested", _("基金投企业金额"), "万元", Sum("amount"), _("到期末对企业的投资金额之和；投基金的不算，那支基金再投出去时才算")),
        ("stakes.count", _("基金投企业项数"), "项", Count("id"), _("到期末对企业的投资，一次算一项"))))
LANDED = Indicator(
    code="funds.landed_projects.count", label=_("基金落地项目"), unit="个", register=FundStake, measure=Count("project", distinct=True),
    basis=_("到期末的投资所连的区内项目，一个项目有几笔投资都算一个"), by=(FUND_BY, KIND_BY),
    where=lambda period, world: Q(invested_on__lte=period.end, project__isnull=False))
