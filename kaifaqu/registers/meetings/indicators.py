"""Figures about joint sessions: how many parts a mechanism has, how often it met, whether in time, and what became of decisions.

What each is called, and by which code others ask for it, stands in `data/figures.json`; what is counted follows from the
components' kind and cadence. Joint is what has a second party.
"""

import json
from functools import partial
from importlib import resources
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.labels import labelled
from kaifaqu.registers.meetings.lifecycle import CANCELLED
from kaifaqu.registers.meetings.models import Decision, Meeting, MeetingPlan, PlanComponent

NAMED = json.loads(resources.files(__package__).joinpath("data/figures.json").read_text(encoding="utf-8"))
JOINT = Q(partner__isnull=False)
BY_COMPONENT = (Dimension("component", _("组成部分"), "component__name"),)
BY_HOLDER = (Dimension("holder", _("承办单位"), "holder__name"),)


def _named(entry: dict[str, str]) -> dict[str, Any]:
    """Return the code of a figure and its name in the reader's language."""
    return {"code": entry["code"], "label": labelled(entry)}


def _of(kind: str, cadence: str, world: World) -> Q:
    """Return the condition: a session of a joint component of this kind and cadence."""
    return Q(component_id__in=world.rows(PlanComponent).filter(JOINT, kind=kind, cadence=cadence).values("id"))


def held(kind: str, cadence: str, period: Period, world: World) -> Q:
    """Return the condition: such a joint session, held within the period."""
    return _of(kind, cadence, world) & during("held_on", period)


def planned(kind: str, cadence: str, period: Period, world: World) -> Q:
    """Return the condition: such a joint session about data whose period ends within the period, held or to be held."""
    return _of(kind, cadence, world) & during("period_end", period) & ~Q(stage=CANCELLED)


def due(period: Period) -> Q:
    """Return the condition: a joint session that was not cancelled, whose minutes were due within the period."""
    return JOINT & during("due_on", period) & ~Q(stage=CANCELLED)


def decided(period: Period) -> Q:
    """Return the condition: decided within the period at a joint session."""
    return Q(requester__isnull=False) & during("opened_on", period)


PLANNED = [
    Indicator(
        **_named(each), unit=each["unit"], register=Meeting, by=BY_COMPONENT,
        basis=_("所看数据的期间止于期内、有对方单位的会议活动，开过的和计划的都算，取消的不算；组成部分的形式和周期与本指标相同"),
        where=partial(planned, each["kind"], each["cadence"]))
    for each in NAMED["planned"]
]
HELD = [
    Indicator(
        **_named(each), unit="次", register=Meeting, by=BY_COMPONENT,
        basis=_("召开日期在期内、有对方单位的会议活动，其组成部分的形式和周期与本指标相同"),
        where=partial(held, each["kind"], each["cadence"]))
    for each in NAMED["held"]
]
MECHANISMS = Indicator(
    **_named(NAMED["mechanisms"]), unit="项", register=PlanComponent,
    basis=_("期末所在年度、有对方单位的会议计划的组成部分"),
    where=lambda period, world: JOINT & Q(plan_id__in=world.rows(MeetingPlan).filter(year=period.end.year).values("id")))
DUE = Indicator(
    **_named(NAMED["due"]), unit="次", register=Meeting, by=BY_COMPONENT,
    basis=_("纪要期限在期内、有对方单位的会议活动，不含取消的"), where=lambda period, world: due(period))
ON_TIME = Indicator(
    **_named(NAMED["on_time"]), unit="次", register=Meeting, by=BY_COMPONENT,
    basis=_("应出纪要的联合活动中，纪要写成不晚于纪要期限的"), where=lambda period, world: due(period) & Meeting.on_time())
ON_TIME_RATE = Ratio(
    **_named(NAMED["on_time_rate"]), unit="%", numerator=ON_TIME, denominator=DUE, by=BY_COMPONENT,
    basis=_("按期出纪要的联合活动 ÷ 应出纪要的联合活动"))
DECIDED = Indicator(
    **_named(NAMED["decided"]), unit="项", register=Decision, by=BY_HOLDER,
    basis=_("登记日期在期内、有对方单位的会议活动的议定事项"), where=lambda period, world: decided(period))
COMPLETED = Indicator(
    **_named(NAMED["completed"]), unit="项", register=Decision, by=BY_HOLDER,
    basis=_("联合议定事项中，期末以前办结的；核实后退回重办的不算"),
    where=lambda period, world: decided(period) & Q(resolved_on__lte=period.end))
COMPLETED_RATE = Ratio(
    **_named(NAMED["completed_rate"]), unit="%", numerator=COMPLETED, denominator=DECIDED, by=BY_HOLDER,
    basis=_("已办结的联合议定事项 ÷ 联合议定事项"))
