"""Figures about recycling: what came in by which way, what was dismantled, what the base can do, and what was earned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery, Sum
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.recycling import rules
from kaifaqu.domains.recycling.models import (
    BaseFacility,
    BasePhase,
    Bid,
    BuyerKind,
    Commission,
    DismantlingCapacity,
    DismantlingJob,
    DismantlingLot,
    Line,
    LineSale,
    LotOutput,
    Outcome,
    PartCategory,
    PartKind,
    PartnerKind,
    RankClaim,
    RankLevel,
    RankStanding,
    RankSubject,
    RecoveryPartner,
    RemanufactureTransfer,
    SalesChannel,
    ServiceArea,
    TractionBattery,
    VehiclePart,
    WasteLot,
    WasteTransfer,
)
from kaifaqu.kernel import dated, units
from kaifaqu.kernel.access import Dated
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator, NotComputable, Share
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.premises.indicators import completed
from kaifaqu.registers.premises.models import Building
from kaifaqu.registers.qualifications.indicators import of_kind
from kaifaqu.registers.qualifications.models import Kind, Qualification
from kaifaqu.registers.states import Difference, Rate, State
from kaifaqu.registers.vehicles.models import (
    OFFLINE,
    ONLINE,
    Category,
    Channel,
    OwnerKind,
    Power,
    RecyclingCertificate,
    Vehicle,
)

Where = Callable[[Period, World], Q]
Label = str | Promise


def _named(choices: Any) -> Callable[[Any], str]:
    """Return the function that says a code of these choices in words."""
    names = dict(choices.choices)
    return lambda code: str(names.get(code, code))


def _choice(column: str, label: Label, choices: Any) -> Dimension:
    return Dimension(column, label, column, name=_named(choices))


# Acquisition: each vehicle by one channel, and registered at one place

VEHICLES_BY = (
    _choice("channel", _("回收渠道"), Channel), Dimension("province", _("登记地省份"), "province"),
    Dimension("city", _("登记地市"), "city"), _choice("category", _("车辆类别"), Category), _choice("power", _("动力种类"), Power),
    _choice("owner_kind", _("车主类别"), OwnerKind), Dimension("sender", _("合作单位"), "partner__name"),
)
RECEIVED = _("进场日期在期内的报废机动车，一辆计一次")


def _received(*channels: Channel) -> Where:
    """Return the condition: it came in within the period, by one of these channels."""
    return lambda period, world: during("received_on", period) & Q(channel__in=channels)


def _in_use(*channels: Channel) -> Where:
    """Return the condition: it came in by the end of the period, by one of these channels."""
    return lambda period, world: Q(received_on__lte=period.end, channel__in=channels)


def _decided(*outcomes: Outcome) -> Where:
    """Return the condition: the bid was decided within the period, and so."""
    return lambda period, world: during("decided_on", period) & Q(outcome__in=outcomes)


INTAKE = Indicator(
    code="elv.intake.count", label=_("进场报废车数"), unit="辆", register=Vehicle, by=VEHICLES_BY, basis=RECEIVED,
    where=lambda period, world: during("received_on", period))
ONLINE_COUNT = Indicator(
    code="elv.acquired.online.count", label=_("线上回收车数"), unit="辆", register=Vehicle, by=VEHICLES_BY, where=_received(*ONLINE),
    basis=_("期内进场、由招投标或网络平台收来的报废机动车"))
OFFLINE_COUNT = Indicator(
    code="elv.acquired.offline.count", label=_("线下回收车数"), unit="辆", register=Vehicle, by=VEHICLES_BY, where=_received(*OFFLINE),
    basis=_("期内进场、自主回收或合作回收的报废机动车"))
ONLINE_CHANNELS, OFFLINE_CHANNELS = (
    Indicator(
        code=f"elv.channels.{way}.count", label=label, unit="种", register=Vehicle, measure=Count("channel", distinct=True),
        where=_in_use(*channels), basis=_("期末以前有车进场的渠道，各计一次"))
    for way, label, channels in (("online", _("线上回收渠道数"), ONLINE), ("offline", _("线下回收渠道数"), OFFLINE)))
CERTIFICATES = Indicator(
    code="elv.certificates.count", label=_("有效回收证明数"), unit="张", register=RecyclingCertificate,
    where=lambda period, world: during("issued_on", period) & RecyclingCertificate.valid(period.end),
    basis=_("期内开具、期末没有作废的回收证明；作废重开的只计有效的一张"))
WON, DECIDED = (
    Indicator(code=code, label=label, unit="次", register=Bid, basis=basis, where=_decided(*outcomes))
    for code, label, basis, outcomes in (
        ("elv.tender.won.count", _("中标次数"), _("结果日期在期内的中标"), (Outcome.WON,)),
        ("elv.tender.decided.count", _("有结果的投标次数"), _("结果日期在期内的投标，流标或撤回的不计"), (Outcome.WON, Outcome.LOST))))
WIN_RATE = Rate(
    code="elv.tender.win_rate", label=_("中标率"), unit="%", numerator=WON, denominator=DECIDED,
    basis=_("期内中标次数 ÷ 期内有结果的投标次数；流标或撤回的两边都不计"))
PARTNERS = Indicator(
    code="elv.partners.count", label=_("回收合作单位数"), unit="家", register=RecoveryPartner, measure=Count("enterprise", distinct=True),
    where=lambda period, world: Dated.on(period.end), by=(_choice("kind", _("合作单位类别"), PartnerKind),),
    basis=_("期末在合作期内的企业，各计一次"))


def _delivered(period: Period, world: World) -> Q:
    """Return the condition: the commission was agreed upon within the period, for a vehicle that has come by its end."""
    came = world.rows(Vehicle).filter(received_on__lte=period.end, channel=Channel.PARTNER)
    return during("agreed_on", period) & Q(vehicle_id__in=came.values("id"))


COMMISSIONS = Indicator(
    code="elv.commissions.amount", label=_("合作佣金"), unit="元", register=Commission, measure=Sum("amount"), where=_delivered,
    by=(Dimension("sender", _("合作单位"), "vehicle__partner__name"),),
    basis=_("佣金确认日期在期内、车已进场的合作佣金之和；没有交来的车没有佣金"))


# The firm: what it is qualified for, and how far it reaches

BOTH = (Kind.ELV_DISMANTLING, Kind.ELV_DEREGISTRATION)


def _dual(period: Period, world: World) -> Q:
    """Return the condition: the enterprise holds both kinds, each valid at the end of the period."""
    held = [world.rows(Qualification).filter(Dated.on(period.end), kind=kind).values("holder_id") for kind in BOTH]
    return Q(*(Q(id__in=each) for each in held))


DUAL = Indicator(
    code="elv.dual_qualified_firms.count", label=_("兼有回收拆解和注销业务的企业数"), unit="家", register=Enterprise, where=_dual,
    basis=_("期末回收拆解资质认定和机动车注销业务都有效的企业"))
QUALIFICATIONS = Indicator(
    code="elv.qualifications.count", label=_("回收拆解的资质和业务数"), unit="项", register=Qualification, where=of_kind(*BOTH),
    basis=_("期末有效的回收拆解资质认定和机动车注销业务，一份计一项"))
AUTHORITIES = Indicator(
    code="elv.qualification_authorities.count", label=_("认定与备案机关数"), unit="个", register=Qualification, where=of_kind(*BOTH),
    measure=Count("authority", distinct=True), basis=_("期末有效的回收拆解资质认定和机动车注销业务的发证机关，各计一次"))
DISMANTLER = Indicator(
    code="elv.qualification.valid", label=_("有效的回收拆解资质数"), unit="份", register=Qualification, where=of_kind(Kind.ELV_DISMANTLING),
    basis=_("期末有效的报废机动车回收拆解资质认定"))
AREAS = Indicator(
    code="elv.service_area.count", label=_("业务辐射范围层级数"), unit="级", register=ServiceArea, measure=Count("level", distinct=True),
    where=lambda period, world: Dated.on(period.end), basis=_("期末有收车业务的范围层级，各计一次"))
RANK_BY = (_choice("subject", _("排名的量"), RankSubject), Dimension("area", _("排名的地区"), "area"))


@dataclass(frozen=True, kw_only=True, eq=False)
class RankOf(Indicator):
    """The rank in the province that the latest source says; without any there is no value, which is not the rank 0."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable for a year without a claim that has a source, and for several firms or provinces."""
        claims = world.rows(RankClaim).filter(self.where(period, world), owner_id__in=scope)
        ranked = {*claims.values_list("owner_id", "area")}
        if not ranked:
            raise NotComputable(_t("无法计算：{year}年没有写明来源和日期的全省名次；没有来源的只作未核实显示。").format(
                year=period.end.year))
        if len(ranked) > 1:
            raise NotComputable(_t("无法计算：{year}年的名次出自几个省份或几家单位，请分别查看。").format(year=period.end.year))
        return self


def _latest(subject: RankSubject) -> Where:
    """Return the condition: a rank in the province in this quantity, of the latest source of the year."""
    def where(period: Period, world: World) -> Q:
        told = Q(year=period.end.year, standing=RankStanding.VERIFIED, level=RankLevel.PROVINCE, subject=subject)
        later = world.rows(RankClaim).filter(
            told, owner_id=OuterRef("owner_id"), area=OuterRef("area"), origin_on__gt=OuterRef("origin_on"))
        return told & ~Q(Exists(later))
    return where


RANK, DISMANTLED_RANK = (
    RankOf(
        code=code, label=label, unit="", register=RankClaim, measure=Min("rank"), where=_latest(subject),
        basis=_("期末所在年份、写明名次、来源和来源日期的全省名次，几个来源的按来源日期最晚的"))
    for code, label, subject in (
        ("elv.rank.province", _("汽车回收量全省名次"), RankSubject.RECOVERED),
        ("elv.rank.province.dismantled", _("汽车拆解量全省名次"), RankSubject.DISMANTLED)))
UNVERIFIED = Indicator(
    code="elv.rank.unverified.count", label=_("未核实的排名说法数"), unit="条", register=RankClaim, by=RANK_BY,
    where=lambda period, world: Q(year=period.end.year, standing=RankStanding.UNVERIFIED),
    basis=_("期末所在年份、没有名次、来源或来源日期的说法"))


# The base: land and floors are those of the registers of parcels and buildings


def _phases(on: date, world: World) -> Any:
    return world.rows(BasePhase).filter(completed_on__lte=on)


def _floors(period: Period, world: World) -> Q:
    facilities = world.rows(BaseFacility).filter(building_id__isnull=False, phase_id__in=_phases(period.end, world).values("id"))
    return Q(id__in=facilities.values("building_id")) & completed(period.end)


def _land(period: Period, world: World) -> Q:
    return Q(id__in=_phases(period.end, world).filter(parcel_id__isnull=False).values("parcel_id"))


PHASES = Indicator(
    code="elv.base.phases_completed", label=_("基地已建成期数"), unit="期", register=BasePhase, basis=_("期末以前建成投运的分期"),
    where=lambda period, world: Q(completed_on__lte=period.end))
FACILITIES = Indicator(
    code="elv.base.facilities.count", label=_("基地设施数"), unit="处", register=BaseFacility, basis=_("期末以前建成投运的分期里的设施"),
    where=lambda period, world: Q(phase_id__in=_phases(period.end, world).values("id")))
LAND = Indicator(
    code="elv.base.land_area_mu", label=_("基地占地"), unit="亩", register=Parcel, measure=Sum("area"), where=_land,
    basis=_("期末以前建成投运的分期所在宗地的面积之和"))
FLOORS = Indicator(
    code="elv.base.floor_area_m2", label=_("基地建筑面积"), unit="平方米", register=Building, measure=Sum("area"), where=_floors,
    basis=_("期末以前建成投运的分期里、已建成的设施楼栋的建筑面积之和"))


class FloorRatio(Rate):
    """Floor area in square metres over land in 亩."""

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return the ratio of the two as areas of one unit."""
        return super().compute(numerator, units.convert(denominator, "亩", "平方米"))


FLOOR_RATIO = FloorRatio(
    code="elv.base.floor_area_ratio", label=_("基地建筑面积与占地之比"), unit="倍", numerator=FLOORS, denominator=LAND, times=1,
    basis=_("基地建筑面积 ÷ 基地占地，都折成平方米"))
CAPACITY = Indicator(
    code="elv.capacity.per_year", label=_("年拆解能力"), unit="辆/年", register=DismantlingCapacity, measure=Sum("per_year"),
    by=(Dimension("base_phase", _("基地分期"), "phase__name"),), where=lambda period, world: Dated.on(period.end),
    basis=_("期末那一天各期的年拆解能力之和；是能力，不是拆解量"))
DISMANTLED = Indicator(
    code="elv.dismantled.count", label=_("拆解报废车数"), unit="辆", register=Vehicle, by=VEHICLES_BY,
    basis=_("拆解日期在期内的报废机动车，一辆计一次"),
    where=lambda period, world: during("dismantled_on", period))


class Twelfth(Rate):
    """A yearly figure told by the month."""

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return a twelfth of it."""
        return super().compute(numerator, Decimal(12))


PER_MONTH = Twelfth(
    code="elv.capacity.per_month", label=_("月均拆解能力"), unit="辆/月", numerator=CAPACITY, denominator=CAPACITY, times=1,
    basis=_("期末那一天的年拆解能力 ÷ 12"))
USE_RATE = Rate(
    code="elv.capacity.use_rate", label=_("年产能利用率"), unit="%", numerator=DISMANTLED, denominator=CAPACITY,
    basis=_("期内拆解的报废机动车 ÷ 期末那一天的年拆解能力；期间不满一年的不折算"))


# Parts and batteries

PARTS_BY = (
    Dimension("part_category", _("零部件品类"), "category__name"),
    Dimension("part_kind", _("品类类别"), "category__kind", name=_named(PartKind)))


def _categories(code: str, label: Label, basis: Label, **also: Any) -> Indicator:
    return Indicator(
        code=code, label=label, unit="种", register=PartCategory, by=(_choice("kind", _("品类类别"), PartKind),), basis=basis,
        where=lambda period, world: Dated.on(period.end) & Q(**also))


KINDS = _categories("elv.part_kinds.count", _("分类拆解的零部件种数"), _("期末在用的零部件品类"))
NAMED_KINDS = _categories("elv.part_kinds.named.count", _("点名的零部件与材料种数"), _("期末在用、对外点名的零部件品类"), named=True)
PARTS = Indicator(
    code="elv.parts.count", label=_("单独登记的零部件数"), unit="件", register=VehiclePart, by=PARTS_BY,
    basis=_("拆下日期在期内的拆解零部件，一件计一次"),
    where=lambda period, world: during("removed_on", period))


def _licensed(period: Period, world: World) -> Q:
    """Return the condition: handed over within the period, to a holder of a licence that was valid on that day."""
    held = world.rows(Qualification).filter(
        Q(until=None) | Q(until__gt=OuterRef("handed_over_on")), since__lte=OuterRef("handed_over_on"), kind=Kind.REMANUFACTURING,
        holder_id=OuterRef("receiver_id"))
    return during("handed_over_on", period) & Q(Exists(held))


REMANUFACTURED = Indicator(
    code="elv.remanufacture.count", label=_("移交再制造件数"), unit="件", register=RemanufactureTransfer,
    by=(Dimension("receiver", _("再制造企业"), "receiver__name"),), where=_licensed,
    basis=_("移交日期在期内、接收单位当天持有有效再制造企业资质的再制造移交"))
BATTERIES = Indicator(
    code="elv.batteries.count", label=_("拆下动力蓄电池数"), unit="件", register=TractionBattery, basis=_("电池拆下日期在期内的电池包"),
    where=lambda period, world: during("removed_on", period))
TRACED = Indicator(
    code="elv.batteries.traced.count", label=_("去向可查的动力蓄电池数"), unit="件", register=TractionBattery,
    where=lambda period, world: during("removed_on", period) & ~Q(pack_code="") & ~Q(receipt="") & Q(handed_over_on__lte=period.end),
    basis=_("期内拆下、期末以前移交、编码和溯源平台回执都有的电池包"))
TRACED_RATE = Share(
    code="elv.batteries.traced_rate", label=_("动力蓄电池可查率"), unit="%", numerator=TRACED, denominator=BATTERIES,
    basis=_("去向可查的动力蓄电池数 ÷ 拆下动力蓄电池数"))


# Masses: what was weighed for a vehicle and what was weighed for a lot stand apart


def _closed(period: Period, world: World) -> Q:
    """Return the condition: its lot was closed within the period."""
    return Q(lot_id__in=world.rows(DismantlingLot).filter(during("closed_on", period)).values("id"))


def _weighed(name: str) -> Where:
    """Return the condition: its lot was closed within the period, and it was weighed."""
    return lambda period, world: _closed(period, world) & Q(**{f"{name}_mass__isnull": False})


MASSES = {
    name: Indicator(
        code=f"elv.material.{name}_kg", label=label, unit="千克", register=DismantlingJob, measure=Sum(f"{name}_mass"),
        by=(Dimension("lot", _("拆解批次"), "lot__code"),), basis=basis, where=_weighed(name))
    for name, label, basis in (
        ("input", _("投入质量"), _("结批日期在期内的批次，各车投入质量之和")),
        ("shell", _("车壳质量（逐车称重）"), _("结批日期在期内的批次，逐车称得的车壳质量之和；没有逐车称的不计")),
        ("assembly", _("总成质量（逐车称重）"), _("结批日期在期内的批次，逐车称得的总成质量之和；没有逐车称的不计")))}
LOT_MASS = Indicator(
    code="elv.material.lot_kg", label=_("产物质量（按批合并称重）"), unit="千克", register=LotOutput, measure=Sum("mass"),
    by=(Dimension("lot", _("拆解批次"), "lot__code"), *PARTS_BY), where=_closed,
    basis=_("结批日期在期内的批次，合并称得的各品类质量之和；分摊到单车的不在其内"))


# Hazardous waste: what came in is what went out and what is stored

WASTE_IN = Indicator(
    code="elv.waste.in_kg", label=_("危险废物累计入库"), unit="千克", register=WasteLot, measure=Sum("mass"),
    by=(Dimension("waste_code", _("危险废物代码"), "waste_code"),), where=lambda period, world: Q(stored_on__lte=period.end),
    basis=_("期末以前入库的危险废物质量之和"))
WASTE_OUT = Indicator(
    code="elv.waste.out_kg", label=_("危险废物累计转出"), unit="千克", register=WasteTransfer, measure=Sum("mass"),
    by=(Dimension("waste_code", _("危险废物代码"), "lot__waste_code"),
        Dimension("receiver", _("处置单位"), "receiver__name")),
    where=lambda period, world: Q(handed_over_on__lte=period.end), basis=_("期末以前转移的危险废物质量之和"))
WASTE_STORED = Difference(
    code="elv.waste.stored_kg", label=_("危险废物在库"), unit="千克", numerator=WASTE_IN, denominator=WASTE_OUT,
    basis=_("累计入库减去累计转出"))


def _left(on: date, world: World) -> Q:
    """Return the condition: something of the lot is still stored on that day."""
    out = world.rows(WasteTransfer).filter(lot_id=OuterRef("id"), handed_over_on__lte=on)
    return ~Exists(out) | Q(mass__gt=Subquery(out.order_by().values("lot_id").annotate(total=Sum("mass")).values("total")))


def _overdue(period: Period, world: World) -> Q:
    def longer(content: Mapping[str, Any]) -> Q:
        return Q(stored_on__lt=period.end - timedelta(days=content["days"]))

    return dated.by_owner(rules.WASTE_STORAGE, period.end, world, longer) & _left(period.end, world)


WASTE_OVERDUE = State(
    code="elv.waste.overdue.count", label=_("贮存超期的危险废物批次"), unit="批", register=WasteLot, rule=rules.WASTE_STORAGE.code,
    by=WASTE_IN.by, where=_overdue, basis=_("期末还没有全部转出、入库超过规则规定天数的批次"))


# Income by line, and its margin

SALES_BY = (
    _choice("line", _("业务线"), Line), _choice("channel", _("销售渠道"), SalesChannel), _choice("buyer_kind", _("客户类别"), BuyerKind))


def _sales(code: str, label: Label, column: str, basis: Label, *lines: Line) -> Indicator:
    return Indicator(
        code=code, label=label, unit="万元", register=LineSale, measure=Sum(column), by=SALES_BY, basis=basis,
        where=lambda period, world: during("sold_on", period) & (Q(line__in=lines) if lines else Q()))


SALES = _sales("elv.sales.amount", _("销售收入"), "amount", _("销售日期在期内的收入之和"))
MARGIN = _sales("elv.sales.margin", _("销售毛利"), "margin", _("销售日期在期内的毛利之和"))
SHARES = {
    (what, line): Share(
        code=f"elv.{what}.share.{line.value}", label=format_lazy(_("{line}占{whole}之比"), line=line.label, whole=whole.label), unit="%",
        numerator=_sales(
            f"elv.{what}.{line.value}", format_lazy(_("{line}{whole}"), line=line.label, whole=whole.label), column,
            format_lazy(_("{whole}中业务线为{line}的"), whole=whole.label, line=line.label), line),
        denominator=whole, places=3, basis=format_lazy(_("业务线为{line}的{whole} ÷ 全部{whole}"), line=line.label, whole=whole.label))
    for what, column, whole in (("income", "amount", SALES), ("margin", "margin", MARGIN)) for line in Line}
SALES_CHANNELS, BUYER_KINDS = (
    Indicator(
        code=code, label=label, unit=unit, register=LineSale, measure=Count(column, distinct=True), basis=basis,
        where=lambda period, world: Q(sold_on__lte=period.end))
    for code, label, unit, column, basis in (
        ("elv.sales.channels.count", _("销售渠道数"), "种", "channel", _("期末以前有收入的渠道，各计一次")),
        ("elv.buyers.kinds.count", _("客户类别数"), "类", "buyer_kind", _("期末以前有收入的客户类别，各计一次"))))
