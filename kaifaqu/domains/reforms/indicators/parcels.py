"""Figures about standard land: what is planned, announced and transferred, and whether promises are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.parcels import StandardParcel
from kaifaqu.domains.reforms.parcels_rules import CONTROLLED, CONTROLS
from kaifaqu.domains.reforms.promises import Promise
from kaifaqu.domains.reforms.promises_conditions import (
    announced,
    due,
    maybe_due,
    maybe_overdue,
    overdue,
    planned,
    transferred,
    undated,
    verified,
    waiting,
)
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator, NotComputable, Ratio, Share
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.states import State

Words = str | Lazy
BY = (Dimension("parcel_park", _("园区"), "parcel__park__name"),)
OF_PROMISES = (
    Dimension("promised_park", _("园区"), "standard_parcel__parcel__park__name"),
    Dimension("indicator", _("指标"), "indicator", name=lambda code: str(dict(CONTROLLED).get(code, code))),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class ByProject(Indicator):
    """A count of promises that are due by the dates of projects; it has no value where such a date leaves a promise open."""

    open: Callable[[date, World], Q]  # what is asked of the promises of which it cannot be said

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable where the period's end falls inside a date on which a promise hangs."""
        count = world.once((self, period.end, scope), lambda: world.rows(Promise).filter(
            self.open(period.end, world), owner_id__in=scope).count())
        if count:
            raise NotComputable(_t("无法计算：有 {count} 项对标承诺按项目的日期推算到期日，那些日期只精确到月或年，期界落在其中，"
                                   "无法判断；请在项目上补全日期，或填「约定到期日」。").format(count=count))
        return super().choose(period, scope, world)


class StateByProject(ByProject, State):
    """Such a count, of which nothing is known for a day to come."""


def _both(code: str, label: Words, area_label: Words, basis: Words, where: Callable[[date], Q]) -> tuple[Indicator, Indicator]:
    """Define how many standard parcels fulfil the condition on the period's last day, and their area."""
    return (
        Indicator(code=f"{code}_count", label=label, unit="宗", basis=basis, register=StandardParcel, by=BY,
                  where=lambda period, world: where(period.end)),
        Indicator(code=f"{code}_area_mu", label=area_label, unit="亩", basis=basis, register=StandardParcel, by=BY, measure=Sum("area"),
                  where=lambda period, world: where(period.end)),
    )


PLANNED, PLANNED_AREA = _both(
    "land.standard_parcels.planned", _("预计出让标准地宗数"), _("预计出让标准地面积"),
    _("期末已列入计划，没有公告、出让或撤出的标准地；面积为出让面积，1 公顷 = 15 亩"), planned)
ANNOUNCED, ANNOUNCED_AREA = _both(
    "land.standard_parcels.announced", _("公告中的标准地宗数"), _("公告中的标准地面积"),
    _("期末已公告，没有出让或撤出的标准地"), announced)
TRANSFERRED, TRANSFERRED_AREA = _both(
    "land.standard_parcels.transferred", _("已出让标准地宗数"), _("已出让标准地面积"), _("期末已出让的标准地，历年累计"), transferred)
AVERAGE = Ratio(
    code="land.standard_parcels.area_avg_mu", label=_("预计出让标准地平均每宗面积"), unit="亩/宗", numerator=PLANNED_AREA,
    denominator=PLANNED, times=1, by=BY, basis=_("预计出让标准地面积 ÷ 预计出让标准地宗数"))


def _promises(code: str, label: Words, basis: Words, where: Callable[[date, World], Q],
              sort: type[Indicator] = Indicator, **more: Any) -> Indicator:
    return sort(code=code, label=label, unit="项", basis=basis, register=Promise, by=OF_PROMISES,
                where=lambda period, world: where(period.end, world), **more)


SIGNED = _promises("land.promises.signed.count", _("对标承诺"), _("期末以前签订的对标承诺"), lambda on, _world: Q(signed_on__lte=on))
DUE = _promises(
    "land.promises.due.count", _("到期的对标承诺"),
    _("期末以前签订、到期日不晚于期末的对标承诺；没有约定到期日的，按项目的投产、计划竣工或达产日期推算"), due,
    ByProject, open=maybe_due, rule=CONTROLS.code)
VERIFIED = _promises(
    "land.promises.verified.count", _("已核验的对标承诺"), _("期末以前核验过的对标承诺：达标、责令整改或认定违约"), verified)
MET = _promises("land.promises.met.count", _("达标的对标承诺"), _("期末以前核验为达标的对标承诺"), lambda on, _world: Q(met_on__lte=on))
BREACHED = _promises(
    "land.promises.breached.count", _("违约的对标承诺"), _("期末以前认定违约的对标承诺"), lambda on, _world: Q(breached_on__lte=on))
OVERDUE = _promises(
    "land.promises.overdue.count", _("到期未核验的对标承诺"),
    _("到期日（责令整改的，整改期限）在期末以前，而期末没有核验为达标或认定违约的对标承诺"), overdue,
    StateByProject, open=maybe_overdue, rule=CONTROLS.code)
WAITING = _promises(
    "land.promises.waiting.count", _("已交材料、等待核验的对标承诺"),
    _("期末没有核验为达标或认定违约，而期末以前交来的材料有还没核验的对标承诺"), waiting, State)
UNDATED = _promises(
    "land.promises.undated.count", _("没有到期日的对标承诺"),
    _("期末以前签订、没有核验，没有约定到期日，也不能按项目的日期推算的对标承诺"), undated, State)
MET_RATE = Share(
    code="land.promises.met_rate", label=_("对标承诺达标率"), unit="%", numerator=MET, denominator=VERIFIED, by=OF_PROMISES,
    basis=_("达标的对标承诺 ÷ 已核验的对标承诺；按企业为核验交来的材料，不用统计资料"))
