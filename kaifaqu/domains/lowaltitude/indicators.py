"""Figures about makers and operators, deliveries, sessions, sorties and their hours, jumps, missions, study tours and tourism."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, Sum, Value, When
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.lowaltitude.makers import (
    Aircraft,
    AviationProduct,
    AviationRole,
    Direction,
    ProductKind,
    PrototypeEvent,
    Role,
)
from kaifaqu.domains.lowaltitude.models import (
    AviationEvent,
    BirdObservation,
    JumpRecord,
    MissionKind,
    Obstacle,
    Purpose,
    Sortie,
    StudyTour,
    TourProduct,
)
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator, NotComputable, Ratio
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.kernel.world import World
from kaifaqu.registers.qualifications.models import Kind, Qualification


def _column(register: type[Record], column: str) -> Dimension:
    """Return the dimension of a column, its choices told by their labels."""
    field = field_of(register, column)
    return Dimension(column, field.verbose_name, column, name=lambda key: str(dict(field.choices or ()).get(key, key)))


# Makers, operators, what they make and deliver


def _firms(code: str, label: Any, basis: Any, condition: Q) -> Indicator:
    return Indicator(
        code=f"aviation.{code}.count", label=label, unit="家", basis=basis, register=AviationRole,
        measure=Count("enterprise", distinct=True), by=(_column(AviationRole, "scenario"),),
        where=lambda period, world: AviationRole.on(period.end) & condition)


MAKERS = _firms("manufacturers", _("通航制造企业数"), _("期末有制造角色的企业，各计一次"), Q(role=Role.MAKER))
OPERATORS = _firms("operators", _("通航运营企业数"), _("期末有运营角色的企业，各计一次"), Q(role=Role.OPERATOR))
ENTERPRISES = _firms("enterprises", _("通航企业数"), _("期末有任一通航角色的企业；制造、运营都做的只计一次"), Q())

MAKER = Dimension("maker", _("制造企业"), "maker__name")
PRODUCTS_BY = (MAKER, _column(AviationProduct, "direction"), _column(AviationProduct, "stage"))


def _products(code: str, label: Any, unit: str, basis: Any, condition: Q, distinct: str = "") -> Indicator:
    return Indicator(
        code=f"aviation.{code}.count", label=label, unit=unit, basis=basis, register=AviationProduct, by=PRODUCTS_BY,
        measure=Count(distinct, distinct=True) if distinct else Count("id"),
        where=lambda period, world: condition & ~Q(ended_on__lte=period.end))


PRODUCTS = _products("products", _("通航产品数"), "个", _("期末没有停产的通航产品"), Q())
DIRECTIONS = _products(
    "project_directions", _("通航制造方向数"), "个", _("期末没有停产的产品的制造方向，各计一次"), ~Q(direction=""), "direction")
ENGINE_LINES = _products(
    "engine_lines", _("航空发动机产品方向数"), "个", _("期末没有停产、制造方向是航空发动机的产品"), Q(direction=Direction.ENGINE))
COMPONENT_LINES = _products(
    "component_lines", _("精密元器件技术方向数"), "个", _("期末没有停产、制造方向是精密元器件的产品"), Q(direction=Direction.COMPONENT))
BIRD_LASERS = _products(
    "bird_laser.models", _("机载激光驱鸟设备型号数"), "型", _("期末没有停产的机载激光驱鸟设备"), Q(kind=ProductKind.BIRD_LASER))
SOLE_BASES = _products(
    "sole_base", _("唯一生产基地数"), "个", _("期末有产品写明了唯一生产基地依据的制造企业，各计一次；没有依据的不计"),
    ~Q(sole_base_evidence=""), "maker")
PROTOTYPES = Indicator(
    code="aviation.prototypes.count", label=_("样机节点完成数"), unit="个", basis=_("期末以前完成的样机组装和测试，一台一个节点计一次"),
    register=PrototypeEvent, where=lambda period, world: Q(reached_on__lte=period.end),
    by=(_column(PrototypeEvent, "stage"), Dimension("aviation_product", _("通航产品"), "product__name")))


@asked_once
def _makes(on: date, world: World) -> Q:
    makers = world.rows(AviationRole).filter(AviationRole.on(on), role=Role.MAKER)
    return Q(holder_id__in=makers.values("enterprise_id"))


PERMITS = Indicator(
    code="aviation.permits.count", label=_("有效机型生产许可证数"), unit="张",
    basis=_("期末有效、持证企业期末有制造角色的生产许可证，一张计一次"),
    register=Qualification,
    where=lambda period, world: Qualification.on(period.end) & Q(kind=Kind.PRODUCTION) & _makes(period.end, world),
    by=(Dimension("model", _("型号"), "subject"), Dimension("maker", _("持证企业"), "holder__name")))
DELIVERED = Indicator(
    code="aviation.aircraft.delivered", label=_("累计交付航空器"), unit="架",
    basis=_("期末以前交付的航空器，一个出厂序列号计一次；交付由制造企业一方登记，运营单位自己的飞机不填"),
    register=Aircraft, where=lambda period, world: Q(delivered_on__lte=period.end), by=(MAKER, _column(Aircraft, "model")))


# Provincial organisations of research and development


YEAR = Case(  # of a date, in words that every engine has
    *(When(since__gte=date(year, 1, 1), then=Value(year)) for year in range(2060, 1999, -1)), output_field=IntegerField())


def _recognised(period: Period, world: World) -> Q:
    return Q(kind=Kind.NEW_RD_ORG) & during("since", period)


class YearOf(Indicator):
    """The year of the last of something in the period; where there was nothing, there is no year."""

    def choose(self, period: Period, scope: frozenset[int], world: World) -> Definition:
        """Return itself. Raise NotComputable for a period in which it did not happen."""
        if not world.rows(self.register).filter(self.where(period, world), owner_id__in=scope).exists():
            raise NotComputable(_t("{period}没有获批的，没有年份。").format(period=period.label))
        return self


RD_ORGS = Indicator(
    code="rd.provincial_new_rd_org.count", label=_("获批省级新型研发机构数"), unit="家",
    basis=_("发证日期在期内的省级新型研发机构认定，按企业各计一次"), register=Qualification, where=_recognised,
    measure=Count("holder", distinct=True))
RD_ORG_YEAR = YearOf(
    code="rd.provincial_new_rd_org.approved_year", label=_("省级新型研发机构获批年份"), unit="年份",
    basis=_("期内最近一份省级新型研发机构认定的发证年份"), register=Qualification, where=_recognised, measure=Max(YEAR))


# Sessions; the newspaper page gives no period, so all until the end of the period are counted

EVENT_KIND = _column(AviationEvent, "kind")
EVENTS = Indicator(
    code="aviation.events.count", label=_("已举办赛事会展场次"), unit="场次",
    basis=_("期末以前举办的场次，一场计一次；举办须有空域批准和安全方案，只有计划的不计"),
    register=AviationEvent, where=lambda period, world: Q(held_on__lte=period.end), by=(EVENT_KIND, _column(AviationEvent, "series")))
SERIES = Indicator(
    code="aviation.events.named.count", label=_("已举办的赛事系列数"), unit="项",
    basis=_("期末以前举办过的赛事系列，各计一次；没有系列的不计"), register=AviationEvent, measure=Count("series", distinct=True),
    where=lambda period, world: Q(held_on__lte=period.end) & ~Q(series=""), by=(EVENT_KIND,))


# Sorties; cancelled ones are in none of these figures

FLOWN_BY = (Dimension("aircraft", _("航空器"), "aircraft__serial_number"),)
MISSION_KIND = Dimension("mission_kind", _("飞行任务种类"), "mission__kind", name=lambda key: str(dict(MissionKind.choices).get(key, key)))


class Hours(Ratio):
    """Minutes told in hours; beside them stands the number of sorties in which they were flown."""

    above, below = _("飞行时间"), _("架次")

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return the hours: of no sortie, none."""
        return super().compute(numerator, Decimal(60))


class HoursEach(Ratio):
    """Minutes of some sorties, told in hours a sortie."""

    above, below = _("飞行时间"), _("架次")

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return the hours a sortie, or None where there is none."""
        return super().compute(numerator, denominator * 60)


def _flown(
    code: str, label: Any, unit: str, basis: Any, purposes: tuple[Purpose, ...], by: tuple[Dimension, ...], **measure: Any,
) -> Indicator:
    return Indicator(
        code=f"aviation.{code}", label=label, unit=unit, basis=basis, register=Sortie, by=by, **measure,
        where=lambda period, world: during("flown_on", period) & Q(cancelled_for="", purpose__in=purposes))


def _hours(
    name: str, words: tuple[Any, Any, Any], basis: Any, purposes: tuple[Purpose, ...], by: tuple[Dimension, ...] = FLOWN_BY,
) -> tuple[Indicator, Indicator, Hours]:
    """Define the sorties of some purposes, their minutes, and these in hours."""
    sorties = _flown(f"{name}.sorties", words[0], "架次", basis, purposes, by)
    minutes = _flown(f"{name}.flight_minutes", words[1], "分钟", basis, purposes, by, measure=Sum("block_minutes"))
    hours = Hours(
        code=f"aviation.{name}.flight_hours", label=words[2], unit="小时", basis=basis, by=by, times=1,
        numerator=minutes, denominator=sorties)
    return sorties, minutes, hours


MISSION_SORTIES, MISSION_MINUTES, MISSION_HOURS = _hours(
    "missions", (_("任务架次"), _("任务飞行分钟数"), _("任务飞行时长")), _("期内飞行用途是执行任务、没有取消的架次"), (Purpose.MISSION,),
    (*FLOWN_BY, MISSION_KIND))
TRAINING_SORTIES, TRAINING_MINUTES, TRAINING_HOURS = _hours(
    "training", (_("训练架次"), _("训练飞行分钟数"), _("训练飞行时长")),
    _("期内飞行用途是训练、没有取消的架次；与任务分开计"), (Purpose.TRAINING,))
BOTH = (Purpose.MISSION, Purpose.TRAINING)
BOTH_SORTIES, BOTH_MINUTES = (
    _flown(code, label, unit, _("期内飞行用途是执行任务或训练、没有取消的架次；一个架次只有一个用途，两者不重叠"),
           BOTH, FLOWN_BY, **measure)
    for code, label, unit, measure in (
        ("flight_sorties.total", _("任务和训练架次"), "架次", {}),
        ("flight_minutes.total", _("任务和训练飞行分钟数"), "分钟", {"measure": Sum("block_minutes")})))
TOTAL_HOURS = Hours(
    code="aviation.flight_hours.total", label=_("任务和训练飞行时长"), unit="小时", basis=BOTH_MINUTES.basis, numerator=BOTH_MINUTES,
    denominator=BOTH_SORTIES, by=FLOWN_BY, times=1)
HOURS_A_MISSION = HoursEach(
    code="aviation.missions.hours_per_sortie", label=_("平均每架次任务时长"), unit="小时/架次",
    basis=_("任务飞行时间 ÷ 任务架次，折算成小时"), numerator=MISSION_MINUTES, denominator=MISSION_SORTIES, by=MISSION_SORTIES.by, times=1)


# Jumps; the newspaper page gives no period


@asked_once
def _jumped(on: date, world: World) -> Q:
    sorties = world.rows(Sortie).filter(flown_on__lte=on, cancelled_for="", purpose=Purpose.SKYDIVING)
    return Q(sortie_id__in=sorties.values("id"))


JUMP_SORTIES = Indicator(
    code="aviation.skydiving.sorties", label=_("累计跳伞出动架次"), unit="架次", basis=_("期末以前飞过、用途是跳伞、没有取消的架次"),
    register=Sortie, where=lambda period, world: Q(flown_on__lte=period.end, cancelled_for="", purpose=Purpose.SKYDIVING))
JUMPS = Indicator(
    code="aviation.skydiving.jumps", label=_("累计跳伞人次"), unit="人次", basis=_("期末以前各跳伞架次上的跳伞记录，一人一架次计一次"),
    register=JumpRecord, where=lambda period, world: _jumped(period.end, world))
JUMPS_A_SORTIE = Ratio(
    code="aviation.skydiving.jumps_per_sortie", label=_("平均每架次跳伞人次"), unit="人次/架次", basis=_("累计跳伞人次 ÷ 累计跳伞出动架次"),
    numerator=JUMPS, denominator=JUMP_SORTIES, times=1)
UNCONFIRMED = Indicator(
    code="aviation.skydiving.unconfirmed.count", label=_("未确认落地人次"), unit="人次",
    basis=_("期末以前的跳伞记录中没有落地确认时刻的；应当为 0"), register=JumpRecord,
    where=lambda period, world: _jumped(period.end, world) & Q(landed_at=""))


# What missions report

OBSERVED_BY = (Dimension("species", _("鸟种"), "species"), MISSION_KIND)
OBSERVATIONS = Indicator(
    code="missions.observations.count", label=_("鸟情观察记录数"), unit="条", basis=_("观察日期在期内的鸟情观察，一处一种一条"),
    register=BirdObservation, where=lambda period, world: during("observed_on", period), by=OBSERVED_BY)
OBSTACLES = Indicator(
    code="missions.obstacles.count", label=_("航线障碍物数"), unit="处", basis=_("期末以前发现、还没有消除的障碍物"), register=Obstacle,
    where=lambda period, world: Q(found_on__lte=period.end) & ~Q(removed_on__lte=period.end), by=(_column(Obstacle, "kind"),))
HANDED_OVER = Indicator(
    code="missions.obstacles.handed_over.count", label=_("已移交空域管理的障碍物数"), unit="处",
    basis=_("期末以前移交空域管理的障碍物，消除了的也计"), register=Obstacle, by=OBSTACLES.by,
    where=lambda period, world: Q(handed_over_on__lte=period.end))


# Study tours and tourism

TOURS_BY = (Dimension("organiser", _("组织企业"), "organiser__name"), Dimension("study_site", _("研学场地"), "site__name"))
PARTICIPANTS = Indicator(
    code="aviation.study_tours.participants", label=_("航空研学人次"), unit="人次", basis=_("研学日期在期内的研学批次的实到人数之和"),
    register=StudyTour, where=lambda period, world: during("held_on", period), measure=Sum("headcount"), by=TOURS_BY)
ORGANISERS = Indicator(
    code="aviation.study_tours.organisers", label=_("组织航空研学的企业数"), unit="家", basis=_("期内办过研学批次的企业，各计一次"),
    register=StudyTour, where=lambda period, world: during("held_on", period), measure=Count("organiser", distinct=True))
PARTICIPANTS_EACH = Ratio(
    code="aviation.study_tours.participants_per_organiser", label=_("平均每家企业研学人次"), unit="人次/家",
    basis=_("航空研学人次 ÷ 组织航空研学的企业数"), numerator=PARTICIPANTS, denominator=ORGANISERS, times=1)
TOUR_PRODUCTS = Indicator(
    code="aviation.tourism.products.count", label=_("低空旅游产品数"), unit="个", basis=_("期末在售的低空旅游产品"), register=TourProduct,
    where=lambda period, world: TourProduct.on(period.end), by=(_column(TourProduct, "craft"), _column(TourProduct, "kind")))
