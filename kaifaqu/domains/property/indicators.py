"""Figures about hosted parks, amenities and rents, services for enterprises and work orders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db.models import Case, Count, F, Q, Sum, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.lifecycle import Stage
from kaifaqu.cases.models import Satisfaction
from kaifaqu.domains.property.models import (
    Amenity,
    AmenityKind,
    HostingContract,
    RentBill,
    ServiceItem,
    ServiceKind,
    ServiceProvider,
    ServiceRequest,
    Settlement,
    WorkKind,
    WorkOrder,
)
from kaifaqu.kernel import clock
from kaifaqu.kernel.indicators import Dimension, Indicator, Share
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.premises.models import Lease, Unit
from kaifaqu.registers.variants import Key, Variable

Where = Callable[[Period, World], Q]


def _named(choices: type[AmenityKind | ServiceKind | WorkKind]) -> Callable[[str], str]:
    return lambda code: str(dict(choices.choices).get(code, code))


AMENITY_BY = (Dimension("amenity_kind", _("配套类别"), "kind", name=_named(AmenityKind)),)
UNIT_BY = (Dimension("amenity_park", _("园区"), "building__park__name"),)
BILL_BY = (Dimension("rent_park", _("园区"), "lease__unit__building__park__name"), Dimension("tenant", _("承租方"), "lease__tenant__name"))
ITEM_BY = Dimension("service_kind", _("服务类别"), "item__kind", name=_named(ServiceKind))
REQUEST_BY = (ITEM_BY, Dimension("provider", _("服务机构"), "provider__name"))
ORDER_BY = (Dimension("order_kind", _("物业类别"), "kind", name=_named(WorkKind)), Dimension("park", _("园区"), "park__name"))


@dataclass(frozen=True, kw_only=True, eq=False)
class OfDay(Variable):
    """A figure of which `of` a day says the measure or the condition: the period has that day."""

    day: Callable[[Period], date]
    of: Callable[[date], dict[str, Any]]

    def key(self, period: Period, scope: frozenset[int], world: World) -> Key:
        """Return the day."""
        return (self.day(period),)

    def meant(self, key: Key) -> dict[str, Any]:
        """Return measure and condition of the day."""
        return self.of(*cast(tuple[date], key))


HOSTED = Indicator(
    code="parks.hosted.count", label=_("托管园区"), unit="个", register=HostingContract, measure=Count("park", distinct=True),
    basis=_("期末托管合同有效的园区，一个园区有几份合同都算一个"), where=lambda period, world: HostingContract.in_force(period.end))
HANDOVER_OPEN = Indicator(
    code="parks.hosted.unsigned.count", label=_("未签交接清单的托管合同"), unit="份", register=HostingContract,
    basis=_("期末有效、到期末交接清单还没有签署的托管合同"),
    where=lambda period, world: HostingContract.in_force(period.end) & ~Q(handed_over_on__lte=period.end))
SETTLED_RENT, SETTLED_FEES, SETTLED = (
    Indicator(code=f"parks.settlements.{column}", label=label, unit="万元", register=Settlement, measure=Sum(column), basis=basis,
              where=lambda period, world: during("settled_on", period), by=(Dimension("hosting", _("托管合同"), "contract__title"),))
    for column, label, basis in (
        ("rent", _("托管结算租金"), _("签认日期在期内的结算，租金合计之和")),
        ("fees", _("托管结算费用"), _("签认日期在期内的结算，费用合计之和")),
        ("balance", _("托管结算应付业主方"), _("签认日期在期内的结算，租金减费用之和"))))


def let(period: Period, world: World) -> Q:
    """Return the condition on what has a column `unit`: somebody has leased the unit on the last day of the period."""
    return Q(unit_id__in=world.rows(Lease).filter(Lease.on(period.end)).values("unit_id"))


def serving(period: Period, world: World) -> Q:
    """Return the condition on units: the unit is an amenity on the last day of the period."""
    return Q(id__in=world.rows(Amenity).filter(Amenity.on(period.end)).values("unit_id"))


def serving_let(period: Period, world: World) -> Q:
    """Return the condition on units: it is an amenity, and somebody has leased it."""
    return serving(period, world) & Q(id__in=world.rows(Lease).filter(Lease.on(period.end)).values("unit_id"))


AMENITIES = Indicator(
    code="parks.amenities.count", label=_("商业配套"), unit="处", register=Amenity, by=AMENITY_BY,
    basis=_("期末划作商业配套的单元，有没有商户都算"), where=lambda period, world: Amenity.on(period.end))
AMENITY_KINDS = Indicator(
    code="parks.amenities.kinds.count", label=_("商业配套种类"), unit="种", register=Amenity, measure=Count("kind", distinct=True),
    basis=_("期末商业配套的类别，一类算一种"), where=lambda period, world: Amenity.on(period.end))
VACANT = Indicator(
    code="parks.amenities.vacant.count", label=_("空置商业配套"), unit="处", register=Amenity, by=AMENITY_BY,
    basis=_("期末没有租赁的商业配套；点开就是空铺名单"), where=lambda period, world: Amenity.on(period.end) & ~let(period, world))
AMENITY_AREA, LET_AREA = (
    Indicator(code=f"parks.amenities.{code}", label=label, unit="平方米", register=Unit, measure=Sum("area"), by=UNIT_BY, basis=basis,
              where=where)
    for code, label, basis, where in (
        ("area", _("商业配套面积"), _("期末划作商业配套的单元面积之和"), serving),
        ("leased_area", _("商业配套已租面积"), _("期末划作商业配套并有租赁的单元面积之和"), serving_let)))
OCCUPANCY = Share(
    code="parks.amenities.occupancy", label=_("商业配套出租率"), unit="%", basis=_("已租面积 ÷ 商业配套面积，都按期末那一天"), by=UNIT_BY,
    numerator=LET_AREA, denominator=AMENITY_AREA)

RENT_DUE, RENT_RECEIVED = (
    Indicator(code=f"parks.rent.{column}", label=label, unit="万元", register=RentBill, measure=Sum(column), basis=basis, by=BILL_BY,
              where=lambda period, world: during("month", period))
    for column, label, basis in (
        ("due", _("应收租金"), _("月份在期内的租金账单，应收之和")), ("received", _("实收租金"), _("月份在期内的租金账单，实收之和"))))
COLLECTED = Share(
    code="parks.rent.collection_rate", label=_("租金收缴率"), unit="%", basis=_("期内账单的实收租金 ÷ 应收租金"), by=BILL_BY,
    numerator=RENT_RECEIVED, denominator=RENT_DUE)
ARREARS = OfDay(
    code="parks.rent.arrears", label=_("欠租"), unit="万元", register=RentBill, measure=Sum("arrears"), by=BILL_BY,
    day=lambda period: period.end,
    of=lambda day: {"measure": Sum(Case(When(received_on__gt=day, then=F("due")), default=F("arrears")))},
    basis=_("到期日不晚于期末、到期末没有收齐的租金账单，应收减实收之和；分几次收的账单只记最近一次收款日期，最近一次在期末以后的，"
            "按应收全额算欠"),
    where=lambda period, world: Q(due_on__lte=period.end) & (Q(arrears__gt=0) | Q(received_on__gt=period.end, due__gt=0)))


def _services(code: str, label: Promise, basis: Promise, where: Where) -> Indicator:
    return Indicator(code=f"services.{code}", label=label, unit="项", basis=basis, register=ServiceRequest, where=where, by=REQUEST_BY)


def _asked(period: Period, world: World) -> Q:
    return during("opened_on", period) & ~Q(stage=Stage.REFUSED)


def _done(period: Period, world: World) -> Q:
    return during("resolved_on", period)


def _rated(period: Period, world: World) -> Q:
    return during("confirmed_on", period) & ~Q(satisfaction="")


SERVICE_KINDS = Indicator(
    code="services.kinds.count", label=_("企业服务种类"), unit="种", register=ServiceItem, measure=Count("kind", distinct=True),
    basis=_("服务目录上期末有服务商的事项，一个类别算一种"),
    where=lambda period, world: Q(id__in=world.rows(ServiceProvider).filter(ServiceProvider.on(period.end)).values("item_id")))
PROVIDERS = Indicator(
    code="services.providers.count", label=_("服务商"), unit="家", register=ServiceProvider, measure=Count("enterprise", distinct=True),
    basis=_("期末提供服务的机构，提供几项都算一家"), where=lambda period, world: ServiceProvider.on(period.end), by=(ITEM_BY,))
REQUESTS = _services("requests.count", _("服务需求"), _("下单日期在期内的服务需求，不含不予受理的"), _asked)
DONE = _services("done.count", _("完成的服务需求"), _("完成日期在期内的服务需求"), _done)
IN_TIME = _services(
    "done.on_time.count", _("按时完成的服务需求"), _("完成日期在期内、不晚于期限的服务需求"),
    lambda period, world: _done(period, world) & Q(resolution_late=False))
RATED = _services("rated.count", _("已评价的服务需求"), _("确认日期在期内、提出企业作了评价的服务需求"), _rated)
SATISFIED = _services(
    "satisfied.count", _("评价满意或基本满意的服务需求"), _("已评价的服务需求中，评价满意或基本满意的"),
    lambda period, world: _rated(period, world) & Q(satisfaction__in=[Satisfaction.SATISFIED, Satisfaction.FAIR]))
ON_TIME_RATE = Share(
    code="services.on_time_rate", label=_("企业服务按时完成率"), unit="%", basis=_("按时完成 ÷ 完成的服务需求"),
    numerator=IN_TIME, denominator=DONE, by=REQUEST_BY)
SATISFACTION = Share(
    code="services.satisfaction", label=_("企业服务满意率"), unit="%", basis=_("评价满意或基本满意 ÷ 已评价的服务需求"),
    numerator=SATISFIED, denominator=RATED, by=REQUEST_BY)

ORDERS = OfDay(  # one that is not done is counted once its day is over, which that of a period to come is not
    code="property.orders.count", label=_("物业工单"), unit="件", register=WorkOrder, by=ORDER_BY,
    basis=_("完成期限在期内的物业工单；期限还没有过、也还没有完成的不算"), where=lambda period, world: during("due_on", period),
    day=lambda period: min(period.end + timedelta(days=1), clock.today()),
    of=lambda day: {"where": lambda period, world: during("due_on", period) & (Q(due_on__lt=day) | Q(done_on__isnull=False))})
ORDERS_IN_TIME = Indicator(
    code="property.orders.on_time.count", label=_("按时完成的物业工单"), unit="件", register=WorkOrder, by=ORDER_BY,
    basis=_("完成期限在期内、不晚于期限完成的物业工单；没有完成的不算"),
    where=lambda period, world: during("due_on", period) & Q(on_time=True))
ORDERS_ON_TIME_RATE = Share(
    code="property.orders.on_time_rate", label=_("物业工单按时完成率"), unit="%",
    basis=_("按时完成 ÷ 完成期限在期内的物业工单；期限还没有过、也还没有完成的不算"),
    numerator=ORDERS_IN_TIME, denominator=ORDERS, by=ORDER_BY)
