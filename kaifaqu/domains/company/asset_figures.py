"""Figures about assets at a date: how many, how many are idle, what they are worth, and what was done about them."""

from collections.abc import Callable
from datetime import date

from django.db.models import F, Q, Sum, Window
from django.db.models.functions import Rank
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.company.models import (
    Asset,
    AssetAction,
    AssetKind,
    AssetTransfer,
    AssetUse,
    AssetValuation,
    Basis,
    Means,
    UseState,
)
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World

KINDS = dict(AssetKind.choices)
ASSETS_BY = (
    Dimension("asset_kind", _("资产类别"), "kind", name=lambda code: str(KINDS.get(code, code))),
    Dimension("asset_holder", _("权属单位"), "holder__name"))
VALUES_BY = tuple(
    Dimension(code, each.label, f"asset__{each.path}", name=each.name)
    for code, each in zip(("valued_kind", "valued_holder"), ASSETS_BY, strict=True))


@asked_once
def _idle(on: date, world: World) -> Q:
    return Q(id__in=world.rows(AssetUse).filter(AssetUse.on(on), state=UseState.IDLE).values("asset_id"))


@asked_once
def _stated(on: date, world: World) -> Q:
    return Q(id__in=world.rows(AssetUse).filter(AssetUse.on(on)).values("asset_id"))


@asked_once
def _valued(on: date, world: World) -> Q:
    return Q(id__in=world.rows(AssetValuation).filter(basis=Basis.BOOK, valued_on__lte=on).values("asset_id"))


def _held(holds: Callable[[date, World], Q]) -> Callable[[Period, World], Q]:
    return lambda period, world: Asset.held(period.end) & holds(period.end, world)


def _last(basis: Basis) -> Callable[[Period, World], Q]:
    return lambda period, world: latest(basis, period.end, world)


COUNT, IDLE, UNSTATED, UNVALUED = (
    Indicator(
        code=f"assets.{name}", label=label, unit="项", basis=basis, register=Asset, by=ASSETS_BY, where=_held(holds))
    for name, label, basis, holds in (
        ("count", _("国有资产项数"), _("期末已取得、没有处置的资产"), lambda on, world: Q()),
        ("idle.count", _("闲置资产项数"), _("期末那一天使用状态为闲置的资产：可以使用或出租而没有使用；不能使用的不算闲置"), _idle),
        ("unstated.count", _("没有使用状态的资产项数"), _("期末那一天没有登记使用状态的资产；算在资产总数里，不算闲置"),
         lambda on, world: ~_stated(on, world)),
        ("unvalued.count", _("没有账面价值的资产项数"), _("期末以前没有登记账面价值的资产；不在资产总值里"),
         lambda on, world: ~_valued(on, world)),
    ))
IDLE_RATE = Ratio(
    code="assets.idle_rate", label=_("资产闲置率"), unit="%",
    basis=format_lazy(_("{above} ÷ {below}"), above=IDLE.label, below=COUNT.label), numerator=IDLE, denominator=COUNT, by=ASSETS_BY)


@asked_once
def latest(basis: Basis, on: date, world: World) -> Q:
    """Return the condition: of an asset that is held on the day, the last value on this basis by then."""
    newest_first = Window(Rank(), partition_by="asset_id", order_by=F("valued_on").desc())
    rows = world.rows(AssetValuation).filter(basis=basis, valued_on__lte=on).annotate(place=newest_first)
    held = world.rows(Asset).filter(Asset.held(on)).values("id")
    return Q(id__in=rows.filter(place=1).values("id")) & Q(asset_id__in=held)


TOTAL_VALUE, APPRAISED_VALUE = (
    Indicator(
        code=f"assets.{name}", label=label, unit="万元", basis=basis, register=AssetValuation, measure=Sum("amount"), by=VALUES_BY,
        where=_last(kind))
    for name, label, basis, kind in (
        ("total_value", _("资产总值（账面）"), _("期末持有的各项资产期末以前最近一次账面价值之和；与评估价值不相加"), Basis.BOOK),
        ("appraised_value", _("资产总值（评估）"), _("期末持有的各项资产期末以前最近一次评估价值之和；没有评估的不计"), Basis.APPRAISED),
    ))
ACTIONS = Indicator(
    code="assets.actions.count", label=_("完成的资产盘活次数"), unit="次", basis=_("完成日期在期内的资产盘活"), register=AssetAction,
    by=(Dimension("asset_means", _("盘活手段"), "means", name=lambda code: str(dict(Means.choices).get(code, code))),),
    where=lambda period, world: during("done_on", period))
TRANSFERRED = Indicator(
    code="assets.transferred.value", label=_("划转资产价值"), unit="万元", basis=_("划转日期在期内的资产划转价格之和"),
    register=AssetTransfer, measure=Sum("price"), by=VALUES_BY, where=lambda period, world: during("transferred_on", period))
