"""Figures about subsidies: documents and their days, what is paid for a car on a day, applications, and what they come to."""

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies import rules
from kaifaqu.domains.subsidies.models import (
    DocumentKind,
    NewPower,
    PolicyDocument,
    SubsidyApplication,
    SubsidyPayment,
)
from kaifaqu.domains.subsidies.rules import Rate
from kaifaqu.kernel import decided
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator, NotComputable, find
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers import states
from kaifaqu.registers.states import Difference
from kaifaqu.registers.vehicles.models import RecyclingCertificate

Priced = tuple[Any, ...]  # what a figure is priced by: the rates of a day


class ByRate(Indicator):
    """A figure that its owner's rates of the period's last day price, abstract: the same rates give the same definition."""

    def rated(self, content: Any, period: Period, scope: frozenset[int], world: World) -> Priced:
        """Return by what it is priced."""
        raise TypeError(f"{type(self).__name__} has no rates.")

    def priced(self, by: Priced) -> dict[str, Any]:
        """Return measure and condition by these rates."""
        raise TypeError(f"{type(self).__name__} has no rates.")

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return the figure by the rates of the day. Raise NotComputable where owners in scope have laid down different ones."""
        contents = {json.dumps(each.content, sort_keys=True) for each in self.rules(period, scope, world)}
        if len(contents) != 1:
            raise NotComputable(_t("范围内各单位的补贴标准不同，请分别查看。"))
        return _priced(self.code, self.rated(json.loads(contents.pop()), period, scope, world))


@lru_cache(maxsize=500)
def _priced(code: str, by: Priced) -> Definition:
    """Return the definition by these rates: a copy, so that it stays in the catalogue once."""
    found: Any = find(code)
    meant = copy.copy(found)
    for name, value in found.priced(by).items():
        object.__setattr__(meant, name, value)
    return meant


# Documents and their days: a day is told by its digits, as the calendar writes it

ISSUED_ON, RAISED_ON = (Max(Cast(F(name), IntegerField())) for name in ("issued_on", "announced_on"))


@dataclass(frozen=True, kw_only=True, eq=False)
class DayOf(Indicator):
    """The last day on which something happened; where nothing did there is none, which is not the day 0."""

    nothing: str | Promise

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable where no document says of such a day, not even of one that is imprecise."""
        belongs = self.where(period, world)
        told = world.rows(PolicyDocument).filter(belongs | decided.undecided(belongs, PolicyDocument), owner_id__in=scope)
        if not told.exists():
            raise NotComputable(str(self.nothing).format(day=period.end))
        return self


ISSUERS = Indicator(
    code="subsidy.policy.issuers.count", label=_("印发补贴细则的部门数"), unit="个", register=PolicyDocument, measure=Sum("issuers"),
    where=lambda period, world: Q(kind=DocumentKind.RULES) & during("issued_on", period),
    basis=_("期内印发的实施细则上署名的部门，含牵头的一个；几份细则的合计"))
RULES_ISSUED = DayOf(
    code="subsidy.policy.issued_day", label=_("补贴细则印发日期"), unit="日期", register=PolicyDocument, measure=ISSUED_ON,
    where=lambda period, world: Q(kind=DocumentKind.RULES) & during("issued_on", period),
    nothing=_("无法计算：期内没有印发实施细则。"), basis=_("期内最后一次印发实施细则的日子，写成八位数；只知月份的，日写 00"))
RULES_ISSUED_COUNT = Indicator(
    code="subsidy.policy.issued.count", label=_("期内印发的补贴细则"), unit="份", register=PolicyDocument,
    where=RULES_ISSUED.where, basis=_("印发日期在期内的实施细则，一份计一次"))


class MonthOf(states.Rate):
    """The month of a day that is told by its digits; none where nothing happened."""

    above, below = _("日期"), _("件数")

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return year and month."""
        return Decimal(int(numerator) // 100) if denominator else None


ISSUED = MonthOf(
    code="subsidy.policy.issued_on", label=_("补贴细则印发月份"), unit="年月", numerator=RULES_ISSUED, denominator=RULES_ISSUED_COUNT,
    basis=_("期内最后一次印发实施细则的年和月，写成六位数"))
RAISED = DayOf(
    code="subsidy.policy.raised_on", label=_("宣布提高补贴的日期"), unit="日期", register=PolicyDocument, measure=RAISED_ON,
    where=lambda period, world: Q(raises=True, announced_on__lte=period.end), nothing=_("无法计算：到 {day} 还没有宣布提高补贴标准。"),
    basis=_("期末以前最后一次宣布提高补贴标准的日子，写成八位数；宣布不等于已经按它发放"))


# What is paid for one car: the rate of the day, shown with the document that says so


@dataclass(frozen=True, kw_only=True, eq=False)
class OfRate(ByRate):
    """A number of the rate of a day; it has no value until the document in which it stands is in the ledger."""

    rate: Callable[[Any, date], Rate | None]
    number: Callable[[Rate], Decimal]
    scale: int = 0

    def rated(self, content: Any, period: Period, scope: frozenset[int], world: World) -> Priced:
        """Return the rate. Raise NotComputable where there is none yet, and where its document is not in the ledger."""
        found = self.rate(content, period.end)
        if found is None:
            raise NotComputable(_t("{day} 没有补贴标准：还没有宣布、没有实施，或者申请期限已过。").format(day=period.end))
        filed = world.once((PolicyDocument, scope), lambda: {
            *world.rows(PolicyDocument).filter(owner_id__in=scope).values_list("number", flat=True)})
        if found.document not in filed:
            raise NotComputable(_t("标准依据的文件「{number}」还没有登记，请先登记在「政策文件」里。").format(number=found.document))
        return (found,)

    def priced(self, by: Priced) -> dict[str, Any]:
        """Return the number, over the document of the rate."""
        [rate] = by
        number = Value(self.number(rate), output_field=ExactField(scale=self.scale))
        return {"measure": Max(number), "where": lambda period, world: Q(number=rate.document)}


def _of_rate(code: str, label: Any, basis: Any, rate: Any, number: Any, unit: str = "元/辆", scale: int = 0) -> OfRate:
    return OfRate(
        code=f"subsidy.rule.{code}", label=label, unit=unit, basis=basis, register=PolicyDocument, rule=rules.SCRAPPAGE.code, rate=rate,
        number=number, scale=scale, where=lambda period, world: Q(number=""), measure=Max(Value(Decimal(0), ExactField(scale=scale))))


def _nev(rate: Rate) -> Decimal:
    return rate.nev / rules.YUAN


def _fuel(rate: Rate) -> Decimal:
    return rate.fuel / rules.YUAN


ANNOUNCED = _("期末那天可以申请、期末以前最后宣布的标准，由登记的宣布文件说明；实施文件没有公布以前还不按它发放")
PAYABLE = _("期末那天可以申请、期末以前最后公布的实施文件的标准，由登记的实施文件说明；以前已发放的按它补差额")
NEV_AMOUNT = _of_rate("nev_amount", _("新能源乘用车补贴标准（已宣布）"), ANNOUNCED, rules.announced, _nev)
FUEL_AMOUNT = _of_rate("ice_amount", _("燃油乘用车补贴标准（已宣布）"), ANNOUNCED, rules.announced, _fuel)
NEV_PAYABLE = _of_rate("nev_amount.payable", _("新能源乘用车补贴标准（已实施）"), PAYABLE, rules.payable, _nev)
FUEL_PAYABLE = _of_rate("ice_amount.payable", _("燃油乘用车补贴标准（已实施）"), PAYABLE, rules.payable, _fuel)
MAX_DISPLACEMENT = _of_rate(
    "ice_max_displacement", _("可补贴燃油乘用车的最大排量"), ANNOUNCED, rules.announced, lambda rate: rate.displacement, "升", 3)
DIFFERENCE = Difference(
    code="subsidy.rule.difference", label=_("新能源与燃油乘用车补贴之差（已宣布）"), unit="元/辆", basis=ANNOUNCED, numerator=NEV_AMOUNT,
    denominator=FUEL_AMOUNT)


# Applications: those of vehicles with a valid certificate, and what the rates of the day give for them

BY = (
    Dimension("new_power", _("新车类别"), "power", name=lambda code: str(dict(NewPower.choices).get(code, code))),
    Dimension("new_city", _("新车开票地市"), "city"), Dimension("new_month", _("开票月份"), "month"),
)
COUNTED = _("申请提交日期在期末以前、期末有有效回收证明的车，一辆车计一次；证明作废后重开的不重复计")


@asked_once
def _certified(day: date, world: World) -> Q:
    return Q(vehicle_id__in=world.rows(RecyclingCertificate).filter(RecyclingCertificate.valid(day)).values("vehicle_id"))


def submitted(period: Period, world: World) -> Q:
    """Return the condition: handed in by the end of the period, for a vehicle whose certificate is valid then."""
    return Q(submitted_on__lte=period.end) & _certified(period.end, world)


def claimed(period: Period, world: World) -> Q:
    """Return the condition: handed in within the period, for a vehicle whose certificate is valid at its end."""
    return during("submitted_on", period) & _certified(period.end, world)


def _money(amount: Decimal) -> Value:
    return Value(amount, output_field=ExactField(scale=4))  # 万元, in whole 元


def _in_any(spans: Iterable[tuple[date, date]]) -> Q:
    return reduce(or_, (Q(submitted_on__range=span) for span in spans), Q(id__in=()))


@dataclass(frozen=True, kw_only=True, eq=False)
class Amount(ByRate):
    """What the rates that are paid on a day give for applications: `of` a rate and the new car's kind the amount."""

    of: Callable[[Rate, NewPower], Decimal]

    def rated(self, content: Any, period: Period, scope: frozenset[int], world: World) -> Priced:
        """Return the rate of each span of applications. Raise NotComputable where an application lies in none of them."""
        found = rules.windows(content, period.end)
        spans = tuple((rate.since, rate.until) for rate in found)
        left = world.once((SubsidyApplication, scope, period.end, spans), lambda: world.rows(SubsidyApplication).filter(
            submitted(period, world), owner_id__in=scope).exclude(_in_any(spans)).exists())
        if left:
            raise NotComputable(_t("有申请在提交的那天没有到 {day} 已公布的补贴标准；请核对申请提交日期，或者登记那时的标准。").format(
                day=period.end))
        return found

    def priced(self, by: Priced) -> dict[str, Any]:
        """Return the sum of the amounts, each by the newest notice; a fuel car above its limit gets nothing."""
        cases = [
            When(Q(submitted_on__range=(rate.since, rate.until)) & which, then=_money(amount))
            for rate in by for which, amount in (
                (Q(power=NewPower.NEV), self.of(rate, NewPower.NEV)),
                (Q(power=NewPower.FUEL, displacement__lte=rate.displacement), self.of(rate, NewPower.FUEL)),
                (Q(power=NewPower.FUEL), Decimal(0)))]
        return {"measure": Sum(Case(*cases, default=_money(Decimal(0))))}


def _amount(code: str, label: Any, basis: Any, of: Callable[[Rate, NewPower], Decimal]) -> Amount:
    return Amount(
        code=code, label=label, unit="万元", basis=basis, register=SubsidyApplication, where=submitted, of=of, by=BY,
        rule=rules.SCRAPPAGE.code, measure=Sum(_money(Decimal(0))))


APPLICATIONS = Indicator(
    code="elv.subsidy_applications.count", label=_("补贴申请件数"), unit="辆", register=SubsidyApplication, where=submitted,
    measure=Count("vehicle", distinct=True), by=BY, basis=COUNTED)
AMOUNT = _amount(
    "subsidy.amount", _("申请补贴金额"),
    _("计入件数的申请按期末已公布实施的标准计算之和，包括已发放的；排量超过上限的燃油车不计；有申请没有标准时无法计算；资格由商务部门审核"),
    lambda rate, power: rate.nev if power == NewPower.NEV else rate.fuel)
LOWER = _amount(
    "elv.subsidy.amount_lower_bound", _("申请补贴金额下界"), _("计入件数的申请都按期末已实施的较低标准计算之和，核对用"),
    lambda rate, power: min(rate.nev, rate.fuel))
UPPER = _amount(
    "elv.subsidy.amount_upper_check", _("申请补贴金额上界"), _("计入件数的申请都按期末已实施的较高标准计算之和，核对用"),
    lambda rate, power: max(rate.nev, rate.fuel))
PAID = Indicator(
    code="subsidy.paid", label=_("已发放补贴"), unit="万元", register=SubsidyPayment, measure=Sum("amount"),
    where=lambda period, world: Q(paid_on__lte=period.end), basis=_("发放日期在期末以前的发放之和，含补发"),
    by=(Dimension("paid_power", _("新车类别"), "application__power", name=BY[0].name),
        Dimension("paid_city", _("新车开票地市"), "application__city"), Dimension("paid_month", _("开票月份"), "application__month")))
OUTSTANDING = Difference(
    code="subsidy.outstanding", label=_("待发放补贴"), unit="万元", numerator=AMOUNT, denominator=PAID,
    basis=_("申请补贴金额减去已发放；标准提高以后，包括应补发的差额"))
SPENDING = Indicator(
    code="subsidy.new_car_spending", label=_("带动新车消费"), unit="万元", register=SubsidyApplication, where=claimed, measure=Sum("price"),
    by=BY, basis=_("期内提交、期末有有效回收证明的申请的新车价税合计之和，可按开票地市和开票月份分开"))
