"""Figures of the ledger of fences: at how many sites the system is in use, and where it is late."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.minesafety.models import FenceSite, GeoFence, SiteKind
from kaifaqu.domains.minesafety.rules import DEADLINE
from kaifaqu.kernel import dated
from kaifaqu.kernel.indicators import Dimension, Indicator, Share
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.states import State

BY = (
    Dimension("kind", _("种类"), "kind", name=lambda code: str(dict(SiteKind.choices).get(code, code))),
    Dimension("mine", _("矿井"), "mine__name"), Dimension("mine_city", _("所在市"), "mine__city"),
)


def _missing(period: Period) -> Q:
    return FenceSite.on(period.end) & (Q(commissioned_on=None) | Q(commissioned_on__gt=period.end))


def _overdue(period: Period, world: World) -> Q:
    def late(content: Any) -> Q:
        return Q() if content["day"] < period.end.isoformat() else Q(id__in=[])

    return _missing(period) & dated.by_owner(DEADLINE, period.end, world, late)


REQUIRED = Indicator(
    code="fence.sites.required.count", label=_("应装防护系统的地点数"), unit="处", basis=_("期末在册、没有撤除的防护地点"),
    register=FenceSite, by=BY, where=lambda period, world: FenceSite.on(period.end))
COMMISSIONED = Indicator(
    code="fence.sites.commissioned.count", label=_("防护系统已投用的地点数"), unit="处",
    basis=_("期末在册的防护地点中，期末以前已投入使用的"),
    register=FenceSite, by=BY, where=lambda period, world: FenceSite.on(period.end) & Q(commissioned_on__lte=period.end))
COMMISSIONED_RATE = Share(
    code="fence.sites.commissioned_rate", label=_("防护系统投用率"), unit="%", basis=_("已投用的地点 ÷ 应装的地点"),
    numerator=COMMISSIONED, denominator=REQUIRED, by=BY)
OVERDUE = State(
    code="fence.sites.overdue.count", label=_("逾期没有投用的地点数"), unit="处", rule=DEADLINE.code, register=FenceSite, by=BY,
    basis=_("期末在册、还没有投用、规则规定的期限已过的防护地点"), where=_overdue)
UNGUARDED = State(
    code="fence.sites.unguarded.count", label=_("没有投用也没有临时措施的地点数"), unit="处", register=FenceSite, by=BY,
    basis=_("期末在册、还没有投用、也没有写明临时防护措施的防护地点"),
    where=lambda period, world: _missing(period) & Q(interim_measure=""))
FENCES = Indicator(
    code="fence.fences.count", label=_("电子围栏数"), unit="个",
    basis=_("期末有效的围栏版本，一道围栏一个版本；只是设置的记录，不是机载联锁"),
    register=GeoFence, where=lambda period, world: GeoFence.on(period.end))
