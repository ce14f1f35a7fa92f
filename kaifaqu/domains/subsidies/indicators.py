"""Figures about subsidies: documents and their days, what is paid for a car on a day, applications, and what they come to."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, cast

from django.db.models import Case, Count, ExpressionWrapper, F, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Cast, Greatest, Least
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.models import (
    REFUSED,
    DocumentKind,
    NewPower,
    PolicyDocument,
    SubsidyApplication,
    SubsidyPayment,
    SubsidyStep,
)
from kaifaqu.domains.subsidies.schemes import KINDS, Terms
from kaifaqu.kernel import decided
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator, NotComputable
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers import states
from kaifaqu.registers.states import Difference
from kaifaqu.registers.variants import Key, Variable
from kaifaqu.registers.vehicles.models import RecyclingCertificate


class ByScheme(Variable):
    """A figure that its owner's schemes of the period's last day decide, abstract."""

    def decisive(self, content: Any, period: Period, scope: frozenset[int], world: World) -> Key:
        """Return what of them decides it."""
        raise TypeError(f"{type(self).__name__} has no scheme.")

    def key(self, period: Period, scope: frozenset[int], world: World) -> Key:
        """Return what decides on the day. Raise NotComputable where owners in scope have laid down different schemes."""
        contents = {json.dumps(each.content, sort_keys=True) for each in self.rules(period, scope, world)}
        if len(contents) != 1:
            raise NotComputable(_t("范围内各单位的补贴标准不同，请分别查看。"))
        return self.decisive(json.loads(contents.pop()), period, scope, world)


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


# What is paid for one car: by the scheme of the day, shown with the document that says so


@dataclass(frozen=True, kw_only=True, eq=False)
class OfScheme(ByScheme):
    """A number of the scheme of a day; it has no value until the document in which it stands is in the ledger."""

    known: schemes.Known
    name: str  # of the number among the terms
    document: str  # of the row that lays it down: the one that announces it, or the one by which it is handled
    scale: int = 0

    def decisive(self, content: Any, period: Period, scope: frozenset[int], world: World) -> Key:
        """Return the number and its document. Raise NotComputable where there is none yet, and where the ledger lacks the document."""
        terms = schemes.applied_by(content, period.end, self.known)
        if terms is None or terms.get(self.name) is None:
            raise NotComputable(_t("{day} 没有补贴标准：还没有宣布、没有实施，或者申请期限已过。").format(day=period.end))
        filed = world.once((PolicyDocument, scope), lambda: {
            *world.rows(PolicyDocument).filter(owner_id__in=scope).values_list("number", flat=True)})
        document = terms.rows[self.name][self.document]
        if document not in filed:
            raise NotComputable(_t("标准依据的文件「{number}」还没有登记，请先登记在「政策文件」里。").format(number=document))
        return terms[self.name], document

    def meant(self, key: Key) -> dict[str, Any]:
        """Return the number, over its document."""
        number, document = cast(tuple[int, str], key)
        value = Value(Decimal(number).scaleb(-self.scale), output_field=ExactField(scale=self.scale))
        return {"measure": Max(value), "where": lambda period, world: Q(number=document)}


def _of_scheme(
    code: str, label: Any, basis: Any, known: schemes.Known, name: str, *, document: str = "document", unit: str = "元/辆", scale: int = 0,
) -> OfScheme:
    return OfScheme(
        code=f"subsidy.rule.{code}", label=label, unit=unit, basis=basis, register=PolicyDocument, rule=schemes.SCHEMES.code, known=known,
        name=name, document=document, scale=scale, where=lambda period, world: Q(number=""),
        measure=Max(Value(Decimal(0), ExactField(scale=scale))))


ANNOUNCED = _("期末那天可以申请的方案、期末以前最后宣布的标准，由登记的宣布文件说明；按车价比例的是上限；实施文件没有公布以前还不按它发放")
PAYABLE = _("期末那天可以申请的方案、期末以前最后公布的实施文件的标准，由登记的实施文件说明；按车价比例的是上限；以前已发放的按它补差额")
NEV_AMOUNT = _of_scheme("nev_amount", _("新能源乘用车补贴标准（已宣布）"), ANNOUNCED, schemes.told, "nev")
FUEL_AMOUNT = _of_scheme("ice_amount", _("燃油乘用车补贴标准（已宣布）"), ANNOUNCED, schemes.told, "fuel")
NEV_PAYABLE = _of_scheme("nev_amount.payable", _("新能源乘用车补贴标准（已实施）"), PAYABLE, schemes.terms, "nev", document="notice")
FUEL_PAYABLE = _of_scheme("ice_amount.payable", _("燃油乘用车补贴标准（已实施）"), PAYABLE, schemes.terms, "fuel", document="notice")
MAX_DISPLACEMENT = _of_scheme(
    "ice_max_displacement", _("可补贴燃油乘用车的最大排量"), ANNOUNCED, schemes.told, "displacement", unit="升", scale=3)
DIFFERENCE = Difference(
    code="subsidy.rule.difference", label=_("新能源与燃油乘用车补贴之差（已宣布）"), unit="元/辆", basis=ANNOUNCED, numerator=NEV_AMOUNT,
    denominator=FUEL_AMOUNT)


# Applications: those of vehicles with a valid certificate, and what the rates of the day give for them

BY = (
    Dimension("new_power", _("新车类别"), "power", name=lambda code: str(dict(NewPower.choices).get(code, code))),
    Dimension("new_city", _("新车开票地市"), "city"), Dimension("new_month", _("开票月份"), "month"),
)
COUNTED = _("申请提交日期在期末以前、期末有有效回收证明的车，一辆车计一次；证明作废后重开的不重复计")


def with_step(period: Period, world: World, *states: str) -> Q:
    """Return the condition: an application with a step of these states by the period's end."""
    steps = world.rows(SubsidyStep).filter(state__in=states, taken_on__lte=period.end)
    return Q(id__in=steps.values("application_id"))


@asked_once
def _certified(day: date, world: World) -> Q:
    return Q(vehicle_id__in=world.rows(RecyclingCertificate).filter(RecyclingCertificate.valid(day)).values("vehicle_id"))


def submitted(period: Period, world: World) -> Q:
    """Return the condition: handed in by the end of the period, for a vehicle whose certificate is valid then."""
    return Q(submitted_on__lte=period.end) & _certified(period.end, world)


def claimed(period: Period, world: World) -> Q:
    """Return the condition: handed in within the period, for a vehicle whose certificate is valid at its end."""
    return during("submitted_on", period) & _certified(period.end, world)


class Paid(NamedTuple):
    """What a scheme pays for applications between two days: for each kind of new car in whole 元 or, of a share, at most."""

    since: str
    until: str
    invoiced: str  # no earlier
    displacement: int  # of a fuel car, millilitres
    amounts: tuple[tuple[str, int, int | None], ...]  # kind, 元, share of the price in ten-thousandths

    @classmethod
    def by(cls, terms: Terms) -> "Paid":
        """Return it by a scheme's terms."""
        return cls(terms["since"], terms["until"], terms["documents_since"], terms["displacement"], tuple(
            (kind, terms[kind], terms.get(f"{kind}_share")) for kind in KINDS))

    @property
    def applied(self) -> Q:
        """Return the condition on applications: handed in between the two days."""
        return Q(submitted_on__range=(self.since, self.until))


Money = Value | Least | Greatest
SHARED = ExactField(scale=10)  # 万元: the scale of prices and that of shares together, so that nothing is divided


def _money(amount: int) -> Value:
    return Value(Decimal(amount).scaleb(-4), output_field=SHARED)


def _amount_of(most: int, share: int | None) -> Money:
    """Return what is paid: so many 元, or the share of the new car's price, which is not rounded, up to so many."""
    return _money(most) if share is None else Least(ExpressionWrapper(F("price") * share, output_field=SHARED), _money(most))


@dataclass(frozen=True, kw_only=True, eq=False)
class Amount(ByScheme):
    """What is paid for applications by what is implemented on a day: `of` a kind of new car and the amounts of all kinds the one."""

    of: Callable[[str, dict[str, Money]], Money]

    def decisive(self, content: Any, period: Period, scope: frozenset[int], world: World) -> Key:
        """Return what each scheme pays, the newest first. Raise NotComputable where an application lies in none of them."""
        terms = (schemes.terms(content, scheme, period.end) for scheme in schemes.schemes(content))
        found = tuple(Paid.by(each) for each in terms if each)
        left = world.once((SubsidyApplication, self.where, scope, period.end, found), lambda: world.rows(SubsidyApplication).filter(
            self.where(period, world), owner_id__in=scope).exclude(reduce(or_, (each.applied for each in found), Q(id__in=()))).exists())
        if left:
            raise NotComputable(_t("有申请在提交的那天没有到 {day} 已公布的补贴标准；请核对申请提交日期，或者登记那时的标准。").format(
                day=period.end))
        return found

    def meant(self, key: Key) -> dict[str, Any]:
        """Return the sum of the amounts; a fuel car above its limit gets nothing.

        Where the spans of two schemes overlap, an application is of the newer one whose documents may be as old as its invoice.
        """
        paid = cast(tuple[Paid, ...], key)
        of_one = [(each.applied & Q(invoiced_on__gte=each.invoiced), each) for each in paid] + [(each.applied, each) for each in paid]
        cases = [
            When(applied & which, then=then)
            for applied, each in of_one
            for amounts in [{kind: _amount_of(most, share) for kind, most, share in each.amounts}]
            for which, then in (
                (Q(power=NewPower.FUEL, displacement__gt=Decimal(each.displacement).scaleb(-3)), _money(0)),
                *((Q(power=kind), self.of(kind, amounts)) for kind in KINDS))]
        return {"measure": Sum(Case(*cases, default=_money(0)))}


def _own(kind: str, amounts: dict[str, Money]) -> Money:
    return amounts[kind]


def _amount(code: str, label: Any, basis: Any, of: Callable[[str, dict[str, Money]], Money] = _own, *, where: Any = submitted) -> Amount:
    return Amount(
        code=code, label=label, unit="万元", basis=basis, register=SubsidyApplication, where=where, of=of, by=BY,
        rule=schemes.SCHEMES.code, measure=Sum(_money(0)))


APPLICATIONS = Indicator(
    code="elv.subsidy_applications.count", label=_("补贴申请件数"), unit="辆", register=SubsidyApplication, where=submitted,
    measure=Count("vehicle", distinct=True), by=BY, basis=COUNTED)
AMOUNT = _amount(
    "subsidy.amount", _("申请补贴金额"),
    _("计入件数的申请按期末已公布实施的标准计算之和，包括已发放的；按车价比例的逐件不取整；排量超过上限的燃油车不计；有申请没有标准时无法计算；资格由商务部门审核"))
LOWER = _amount(
    "elv.subsidy.amount_lower_bound", _("申请补贴金额下界"), _("计入件数的申请都按期末已实施的较低标准计算之和，核对用"),
    lambda kind, amounts: Least(*amounts.values()))
UPPER = _amount(
    "elv.subsidy.amount_upper_check", _("申请补贴金额上界"), _("计入件数的申请都按期末已实施的较高标准计算之和，核对用"),
    lambda kind, amounts: Greatest(*amounts.values()))
PAID = Indicator(
    code="subsidy.paid", label=_("已发放补贴"), unit="万元", register=SubsidyPayment, measure=Sum("amount"),
    where=lambda period, world: Q(paid_on__lte=period.end), basis=_("发放日期在期末以前的发放之和，含补发"),
    by=(Dimension("paid_power", _("新车类别"), "application__power", name=BY[0].name),
        Dimension("paid_city", _("新车开票地市"), "application__city"), Dimension("paid_month", _("开票月份"), "application__month")))
DUE = _amount(
    "subsidy.due", _("应发放补贴"), _("申请补贴金额里没有不予通过的申请的部分，包括已发放的；不予通过按期末以前登记的办理进度"),
    where=lambda period, world: submitted(period, world) & ~with_step(period, world, REFUSED))
OUTSTANDING = Difference(
    code="subsidy.outstanding", label=_("待发放补贴"), unit="万元", numerator=DUE, denominator=PAID,
    basis=_("应发放补贴减去已发放；标准提高以后，包括应补发的差额；多发的和不予通过以前已经发的，作为应追回的减去"))
SPENDING = Indicator(
    code="subsidy.new_car_spending", label=_("带动新车消费"), unit="万元", register=SubsidyApplication, where=claimed, measure=Sum("price"),
    by=BY, basis=_("期内提交、期末有有效回收证明的申请的新车价税合计之和，可按开票地市和开票月份分开"))
