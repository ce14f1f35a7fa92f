"""Figures about chains alone: how many are in focus, how many segments they have, and how much is supplied locally."""

from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.chains.models import Chain, ChainNode, NodeFirm, Position, Standing, Supply
from kaifaqu.registers.chains.tasks import ChainTask, TaskKind

BY_CHAIN = Dimension("chain", _("产业链"), "chain__name")
BY_POSITION = Dimension("position", _("链上位置"), "position", name=lambda code: str(dict(Position.choices).get(code, code)))
OF_SUPPLIES = (Dimension("node_chain", _("产业链"), "node__chain__name"), Dimension("node", _("环节"), "node__name"))

FOCUS = Indicator(
    code="chains.focus.count", label=_("重点产业链数"), unit="条", basis=_("标明「重点链」的产业链"), register=Chain,
    where=lambda period, world: Q(focus=True))
NODES = Indicator(
    code="chains.nodes.count", label=_("产业链环节数"), unit="个", basis=_("各产业链登记的环节，不论有没有企业"), register=ChainNode,
    where=lambda period, world: Q(), by=(BY_CHAIN, BY_POSITION))
LEADERS = Indicator(
    code="chains.leader.count", label=_("链主企业数"), unit="家", basis=_("期末在链上、标明「链主」的企业，各计一次；还在争取的不计"),
    register=NodeFirm, measure=Count("enterprise", distinct=True), by=OF_SUPPLIES[:1],
    where=lambda period, world: NodeFirm.on(period.end) & Q(anchor=True, standing=Standing.PRESENT))
OPEN_TASKS = Indicator(
    code="chains.tasks.open.count", label=_("在办链上任务数"), unit="件", basis=_("期末以前提出、期末还没有完成的链上任务"),
    register=ChainTask, where=lambda period, world: ChainTask.open_on(period.end),
    by=(BY_CHAIN, Dimension("kind", _("任务类别"), "kind", name=lambda code: str(dict(TaskKind.choices).get(code, code)))))


def bought(code: str, label: Any, basis: Any, **which: Any) -> Indicator:
    """Define what was bought in the year in which the period ends."""
    return Indicator(
        code=code, label=label, unit="万元", basis=basis, register=Supply, measure=Sum("amount"), by=OF_SUPPLIES,
        where=lambda period, world: Q(year=year_of(period), **which))


def year_of(period: Period) -> int:
    """Return the year in which the period ends."""
    return period.end.year


BOUGHT = bought("chains.supplies.amount", _("链上企业采购额"), _("期末所在年度登记的采购金额，本地和外地的都算"))
BOUGHT_LOCALLY = bought("chains.supplies.local.amount", _("本地采购额"), _("期末所在年度登记的采购中，标明「本地供应」的金额"), local=True)
LOCAL_RATE = Ratio(
    code="chains.local_supply_rate", label=_("本地配套率"), unit="%", numerator=BOUGHT_LOCALLY, denominator=BOUGHT, by=OF_SUPPLIES,
    basis=_("本地采购额 ÷ 链上企业采购额，均为期末所在年度"))
