"""Figures about infrastructure: works and what they cost, plants and their days, and what capacity is free."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Q, Subquery, Sum, Window
from django.db.models.functions import Rank
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.infrastructure import rules, workshops
from kaifaqu.domains.infrastructure.models import (
    UNITS,
    CapacityPool,
    Plant,
    PlantCapacity,
    PlantDay,
    PlantKind,
    PoolCapacity,
    PoolKind,
    Reservation,
    Work,
    WorkPayment,
)
from kaifaqu.domains.infrastructure.plants import CapacityOfDay, held
from kaifaqu.kernel.indicators import Choice, Definition, Dimension, Indicator, NotComputable
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.states import Difference, Rate

__all__ = ["workshops"]  # the figures of what is built are among this room's
Where = Callable[[Period, World], Q]


# Works, and what they cost on two bases: the zone's rule says which one is meant

WORKS_BY = (Dimension("kind", _("工程类别"), "kind"), Dimension("park", _("园区"), "park__name"))
PAYMENTS_BY = (
    Dimension("work_kind", _("工程类别"), "work__kind"), Dimension("work_park", _("园区"), "work__park__name"),
    Dimension("work", _("工程"), "work__name"))

COMPLETED_COUNT = Indicator(
    code="infrastructure.completed.count", label=_("已建成工程数"), unit="项", basis=_("期末以前已验收的工程，不论是否移交、运行"),
    register=Work, by=WORKS_BY, where=lambda period, world: Q(accepted_on__lte=period.end))
IN_PROGRESS_COUNT = Indicator(
    code="infrastructure.in_progress.count", label=_("在建工程数"), unit="项", basis=_("期末以前已开工、还没有验收的工程"),
    register=Work, by=WORKS_BY, where=lambda period, world: Q(started_on__lte=period.end) & ~Q(accepted_on__lte=period.end))
CONTRACTED = Indicator(
    code="infrastructure.investment.contracted", label=_("基础设施累计投资（按合同价）"), unit="万元",
    basis=_("期末以前签订合同的工程的合同价之和"), register=Work, measure=Sum("contract_amount"), by=WORKS_BY,
    where=lambda period, world: Q(contracted_on__lte=period.end))
PAID = Indicator(
    code="infrastructure.investment.paid", label=_("基础设施累计投资（按已付款）"), unit="万元",
    basis=_("期末以前的工程付款之和"), register=WorkPayment, measure=Sum("amount"), by=PAYMENTS_BY,
    where=lambda period, world: Q(paid_on__lte=period.end))
CUMULATIVE = Choice(
    code="infrastructure.investment.cumulative", label=_("基础设施累计投资"), unit="万元",
    basis=_("按本区规则所选的口径计算；两种口径不可相互比较"), rule=rules.INVESTMENT.code,
    variants={"contracted": CONTRACTED, "paid": PAID})


# Plants: a day without a report is in no figure

CAPACITY_BY = (Dimension("plant", _("厂站"), "plant__name"), Dimension("park", _("园区"), "plant__park__name"))


@asked_once
def _sewage(world: World) -> Q:
    return Q(plant_id__in=world.rows(Plant).filter(kind=PlantKind.SEWAGE).values("id"))


@asked_once
def _latest(register: type[PlantCapacity] | type[PoolCapacity], of: str, on: date, world: World) -> Q:
    """Return the condition: of what the column names, the last row that begins by that day."""
    newest_first = Window(Rank(), partition_by=of, order_by=F("since").desc())
    rows = world.rows(register).filter(since__lte=on).annotate(place=newest_first)
    return Q(id__in=rows.filter(place=1).values("id"))


SEWAGE_CAPACITY = Indicator(
    code="infrastructure.sewage.capacity", label=_("污水处理日处理能力"), unit="立方米/日", basis=_("期末那一天各污水处理厂的每日能力之和"),
    register=PlantCapacity, measure=Sum("amount"), by=CAPACITY_BY,
    where=lambda period, world: _sewage(world) & _latest(PlantCapacity, "plant_id", period.end, world))


@dataclass(frozen=True, kw_only=True, eq=False)
class OfDays(Indicator):
    """A figure over the days reported, which has no value where none is: a day without a report is not zero."""

    reported: Where  # of which days there is a report

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable for a period without any report."""
        if not world.rows(PlantDay).filter(self.reported(period, world), owner_id__in=scope).exists():
            raise NotComputable(_t("无法计算：{period}没有厂站日报。没有报的日子不按 0 计。").format(period=period.label))
        return self


@asked_once
def _flowed(world: World) -> Q:
    return Q(inflow__isnull=False) & Q(Exists(held(world.rows(PlantCapacity))))


def _is_flowed(period: Period, world: World) -> Q:
    return during("day", period) & _sewage(world) & _flowed(world)


def _is_reused(period: Period, world: World) -> Q:
    return during("day", period) & _sewage(world) & Q(outflow__isnull=False, reclaimed__isnull=False)


def _is_over(period: Period, world: World) -> Q:
    return _is_flowed(period, world) & Q(inflow__gt=Subquery(held(world.rows(PlantCapacity))))


def _of_days(
    code: str, label: str | Promise, unit: str, basis: str | Promise, reported: Where, measure: Any, where: Where | None = None
) -> OfDays:
    """Define a measure over the days of sewage plants that report, or over those of them that fulfil a condition."""
    return OfDays(
        code=code, label=label, unit=unit, basis=basis, register=PlantDay, by=CAPACITY_BY, reported=reported, measure=measure,
        where=where or reported)


DAYS_REPORTED = Indicator(
    code="infrastructure.sewage.days_reported", label=_("污水处理厂已报天数"), unit="日",
    basis=_("期内报了进水量、当天有能力登记的厂站日报；没有报的日子不按 0 计"), register=PlantDay, by=CAPACITY_BY, where=_is_flowed)
DAYS_OVER = _of_days(
    "infrastructure.sewage.days_over", _("污水处理厂超负荷天数"), "日", _("期内进水量大于当日能力的厂站日报；一天也没有报的没有数"),
    _is_flowed, Count("id"), _is_over)
INFLOW = _of_days("infrastructure.sewage.inflow", _("污水处理厂进水量"), "立方米", _("期内已报各日进水量之和"), _is_flowed, Sum("inflow"))
DAYS_CAPACITY = _of_days(
    "infrastructure.sewage.capacity_of_days", _("污水处理厂已报各日能力"), "立方米",
    _("期内报了进水量的各日的当日能力之和"), _is_flowed, Sum(CapacityOfDay()))
LOAD_RATE = Rate(
    code="infrastructure.sewage.load_rate", label=_("污水处理厂负荷率"), unit="%",
    basis=_("期内已报各日进水量之和 ÷ 这些日子的当日能力之和；没有报的日子两边都不计"),
    numerator=INFLOW, denominator=DAYS_CAPACITY, by=CAPACITY_BY)
OUTFLOW = _of_days(
    "infrastructure.sewage.outflow", _("污水处理厂出水量"), "立方米",
    _("期内出水量和回用水量都报了的各日的出水量之和"), _is_reused, Sum("outflow"))
RECLAIMED = _of_days(
    "infrastructure.reclaimed.volume", _("中水回用量"), "立方米",
    _("期内出水量和回用水量都报了的各日的回用水量之和"), _is_reused, Sum("reclaimed"))
RECLAIMED_RATE = Rate(
    code="infrastructure.reclaimed.rate", label=_("中水回用率"), unit="%", basis=_("回用水量之和 ÷ 出水量之和，只计两项都报了的日子"),
    numerator=RECLAIMED, denominator=OUTFLOW, by=CAPACITY_BY)


# Capacity pools: one figure for each kind, because units differ

POOLS_BY = (Dimension("pool", _("容量池"), "pool__name"), Dimension("park", _("园区"), "pool__park__name"))


@asked_once
def _of_kind(kind: PoolKind, world: World) -> Q:
    return Q(pool_id__in=world.rows(CapacityPool).filter(kind=kind).values("id"))


def _pool(kind: PoolKind) -> tuple[Indicator, Indicator, Difference]:
    """Define what the pools of a kind hold at a date, what is reserved of it, and what is free."""
    code, unit = f"infrastructure.capacity.{kind.value}", UNITS[kind]
    total = Indicator(
        code=f"{code}.total", label=format_lazy(_("{kind}总容量"), kind=kind.label), unit=unit, basis=_("期末那一天各容量池的总容量之和"),
        register=PoolCapacity, measure=Sum("amount"), by=POOLS_BY,
        where=lambda period, world: _of_kind(kind, world) & _latest(PoolCapacity, "pool_id", period.end, world))
    reserved = Indicator(
        code=f"{code}.reserved", label=format_lazy(_("{kind}已预留"), kind=kind.label), unit=unit,
        basis=_("期末那一天有效的预留之和：已经开始，没有到期，没有释放"), register=Reservation, measure=Sum("amount"), by=POOLS_BY,
        where=lambda period, world: _of_kind(kind, world) & Reservation.on(period.end))
    free = Difference(
        code=f"{code}.free", label=format_lazy(_("{kind}可用容量"), kind=kind.label), unit=unit, basis=_("期末那一天的总容量减去已预留"),
        numerator=total, denominator=reserved, by=POOLS_BY)
    return total, reserved, free


POOLS = {kind: _pool(kind) for kind in PoolKind}
