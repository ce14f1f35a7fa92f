"""Figures about feeds: how many live, how many warnings are open."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Dimension, Indicator
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.world import World
from kaifaqu.registers.feeds.models import DAYS, Alert, Feed, Kind, Reading
from kaifaqu.registers.states import State


@asked_once
def live(on: date, world: World) -> Q:
    """Return the condition that a feed is in use and not dead on the day: its last reading is not older than its cadence."""
    readings, found = world.rows(Reading).filter(day__lte=on), Q()
    for every, days in DAYS.items():
        recent = readings.filter(day__gte=on - timedelta(days=days))
        found |= Q(every=every.value) & Q(id__in=recent.values("feed_id"))
    return found & ~Q(ended_on__lte=on)


LIVE_FEEDS = State(
    code="platform.feeds.live.count", label=_("在线数据源数"), unit="个",
    basis=_("期末在用、最近一次读数没有超过应报间隔（每天 1 日、每周 7 日、每月 31 日、每季 92 日）的数据源"),
    register=Feed, where=lambda period, world: live(period.end, world), by=(Dimension("park", _("园区"), "park__name"),),
)
OPEN_ALERTS = Indicator(
    code="platform.alerts.open.count", label=_("未办结预警数"), unit="条", basis=_("期末已发现、还没有办结的预警"),
    register=Alert, where=lambda period, world: Q(found_on__lte=period.end) & ~Q(closed_on__lte=period.end),
    by=(Dimension("kind", _("预警种类"), "kind", name=lambda code: str(dict(Kind.choices).get(code, code))),),
)
