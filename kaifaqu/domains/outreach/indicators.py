"""Figures about promotion: where it happens, what is asked, which leads came of it and how many brought a vehicle."""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.outreach.models import (
    Channel,
    DealerAgreement,
    Form,
    OutreachActivity,
    PartnerKind,
    PromotionAccount,
    PromotionLead,
    PromotionPost,
    PromotionQuestion,
    PromotionVenue,
    Theme,
    Topic,
    VenueKind,
)
from kaifaqu.kernel.access import Dated
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.vehicles.models import Vehicle


def _choice(code: str, label: object, path: str, choices: type) -> Dimension:
    names = dict(choices.choices)  # type: ignore[attr-defined]
    return Dimension(code, label, path, name=lambda key: str(names.get(key, key)))  # type: ignore[arg-type]


# Online

PLATFORMS = Indicator(
    code="promotion.platforms.count", label=_("线上推广平台数"), unit="个", register=PromotionAccount,
    measure=Count("platform", distinct=True), where=lambda period, world: Dated.on(period.end),
    basis=_("期末有账号在用的平台，一个平台计一次"))
POSTS = Indicator(
    code="promotion.posts.count", label=_("推广内容数"), unit="条", register=PromotionPost,
    where=lambda period, world: during("published_on", period),
    by=(_choice("form", _("推广形式"), "form", Form), Dimension("platform", _("平台"), "account__platform")),
    basis=_("发布日期在期内的小视频和直播，一条或一场计一次"))
TOPICS = (_choice("topic", _("问题类别"), "topic", Topic),)
QUESTIONS = Indicator(
    code="promotion.questions.count", label=_("车主提问数"), unit="个", register=PromotionQuestion, by=TOPICS,
    where=lambda period, world: during("asked_on", period), basis=_("提问日期在期内的问题，一次提问计一个"))
ANSWERED = Indicator(
    code="promotion.questions.answered.count", label=_("已回答的提问数"), unit="个", register=PromotionQuestion, by=TOPICS,
    where=lambda period, world: during("asked_on", period) & Q(released_on__lte=period.end),
    basis=_("提问日期在期内、期末以前已经由人发布了回答的问题；没有发布的草稿不计，重新发布的按最后一次"))
LISTED = Indicator(
    code="elv.questions.listed.count", label=_("常见问题数"), unit="个", register=PromotionQuestion,
    where=lambda period, world: Q(frequent=True, asked_on__lte=period.end), basis=_("期末以前提出、列为常见问题的提问"))
TIMES = Indicator(
    code="elv.questions.times.count", label=_("提问次数"), unit="次", register=PromotionQuestion, where=QUESTIONS.where,
    basis=QUESTIONS.basis)
DAYS = Indicator(
    code="elv.questions.days.count", label=_("有提问的天数"), unit="日", register=PromotionQuestion, where=QUESTIONS.where,
    measure=Count("asked_on", distinct=True), basis=_("期内至少有一个提问的日子"))
PER_DAY = Ratio(
    code="elv.questions.per_day", label=_("有提问的日子平均每日提问次数"), unit="次/日", numerator=TIMES, denominator=DAYS, times=1,
    basis=_("期内提问次数 ÷ 有提问的天数；只看一天时，就是那一天的提问次数"))

# Offline

VENUES_BY = (_choice("venue_kind", _("场所类别"), "kind", VenueKind),)
VENUES = Indicator(
    code="promotion.venues.count", label=_("推介场所数"), unit="处", register=PromotionVenue, by=VENUES_BY,
    where=lambda period, world: Dated.on(period.end), basis=_("期末仍在推介的场所，一处计一次"))
PARTNERS = Indicator(
    code="promotion.partners.count", label=_("推介合作单位数"), unit="家", register=DealerAgreement,
    measure=Count("partner", distinct=True), where=lambda period, world: DealerAgreement.in_force(period.end),
    by=(_choice("partner_kind", _("合作单位类别"), "kind", PartnerKind),),
    basis=_("期末有有效推介合作协议的车企和 4S 店，一家签几份计一次"))
ACTIVITIES = Indicator(
    code="outreach.count", label=_("环保宣传活动次数"), unit="次", register=OutreachActivity,
    where=lambda period, world: during("held_on", period), by=(_choice("theme", _("宣传主题"), "theme", Theme),),
    basis=_("活动日期在期内的环保宣传活动"))

# Leads, and the vehicles that they brought

LEADS_BY = (
    _choice("lead_channel", _("线索来源"), "channel", Channel), Dimension("venue", _("推介场所"), "venue__name"),
    _choice("lead_venue_kind", _("场所类别"), "venue__kind", VenueKind), Dimension("dealer", _("合作单位"), "agreement__partner__name"))
AT_VENUES = (LEADS_BY[1], LEADS_BY[2])


@asked_once
def _brought(period: Period, world: World) -> Q:
    came = world.rows(Vehicle).filter(received_on__lte=period.end)
    return Q(Exists(came.filter(id=OuterRef("vehicle_id"), received_on__gte=OuterRef("received_on"))))


def known(period: Period, world: World) -> Q:
    """Return the condition: the lead was there by the end of the period."""
    return Q(received_on__lte=period.end)


def converted(period: Period, world: World) -> Q:
    """Return the condition: the vehicle that stands on the lead had come in by the end of the period, and not before the lead."""
    return known(period, world) & _brought(period, world)


LEADS = Indicator(
    code="promotion.leads.count", label=_("推广线索数"), unit="条", register=PromotionLead, where=known, by=LEADS_BY,
    basis=_("期末以前登记的推广线索"))
CONVERTED = Indicator(
    code="promotion.leads.converted.count", label=_("转化的推广线索数"), unit="条", register=PromotionLead, where=converted, by=LEADS_BY,
    basis=_("期末以前登记、按线索码对应的车在线索日期当天或以后已经进场的推广线索"))
CONVERSION = Ratio(
    code="promotion.conversion_rate", label=_("推广转化率"), unit="%", numerator=CONVERTED, denominator=LEADS, by=LEADS_BY,
    basis=_("转化的推广线索数 ÷ 推广线索数；按来源分，线上提问一组就是由提问到交车的转化率"))
VENUE_LEADS = Indicator(
    code="promotion.venue.leads", label=_("推介场所带来的线索数"), unit="条", register=PromotionLead, by=AT_VENUES,
    where=lambda period, world: known(period, world) & Q(venue__isnull=False), basis=_("期末以前登记、来自推介场所的线索"))
VENUE_VEHICLES = Indicator(
    code="promotion.venue.vehicles", label=_("推介场所带来的车辆数"), unit="辆", register=PromotionLead, by=AT_VENUES,
    where=lambda period, world: converted(period, world) & Q(venue__isnull=False),
    basis=_("来自推介场所的线索中，车在线索日期当天或以后已经进场的"))
