"""Figures about research and its products: what the ledger holds at a day, what was earned, made and done in a period."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.research.models import (
    Appraisal,
    BusinessLine,
    FusionKind,
    FusionLink,
    InstituteCooperation,
    InstituteDelivery,
    InstituteOrder,
    Level,
    MiningVehicleUse,
    PatentKind,
    ProductionRun,
    ProductTest,
    RDAward,
    RDExpenditure,
    RDPatent,
    RDProduct,
    RDProject,
    RDResult,
    RobotFault,
    RobotTask,
    TestReport,
    Transformation,
)
from kaifaqu.domains.research.rules import DIESEL, PEOPLE_SAVED
from kaifaqu.kernel.indicators import Dimension, Growth, Indicator, Ratio, Share
from kaifaqu.kernel.periods import Period, during


def words(code: str, label: Any, choices: Any) -> Dimension:
    """Return a grouping by a column of choices, told in their words."""
    return Dimension(code, label, code, name=lambda key: str(dict(choices.choices).get(key, key)))


def counted(
    code: str, label: Any, unit: str, basis: Any, register: Any, where: Callable[[Period], Q], by: Any = (), **more: Any
) -> Indicator:
    """Define a figure over rows of one register alone."""
    return Indicator(
        code=code, label=label, unit=unit, basis=basis, register=register, by=tuple(by),
        where=lambda period, world: where(period), **more)


# The ledger of research, as it stands on the last day of the period

UPPER = Q(level__in=(Level.NATIONAL, Level.PROVINCIAL))
LEADING = Q(level__in=(Appraisal.INTERNATIONAL, Appraisal.DOMESTIC))
YEAR = Dimension("year", _("年度"), "year")
BY_LEVEL, BY_APPRAISAL = words("level", _("级别"), Level), words("level", _("成果水平"), Appraisal)
BY_KIND = words("kind", _("专利种类"), PatentKind)

PROJECTS = counted(
    "rd.projects.count", _("国家和省部级科研项目数"), "项", _("期末以前已立项的国家级和省部级科研项目，不论是否验收"), RDProject,
    lambda period: UPPER & Q(approved_on__lte=period.end),
    (BY_LEVEL, YEAR, Dimension("direction", _("科研方向"), "direction")))
RESULTS = counted(
    "rd.results.count", _("科研成果数"), "项", _("期末以前鉴定的成果，不论水平"), RDResult, lambda period: Q(appraised_on__lte=period.end),
    (BY_APPRAISAL, YEAR))
LEADING_RESULTS = counted(
    "rd.results.leading.count", _("领先成果数"), "项", _("期末以前鉴定为国际领先或国内领先的成果"), RDResult,
    lambda period: LEADING & Q(appraised_on__lte=period.end), (BY_APPRAISAL, YEAR))
UNLINKED_RESULTS = counted(
    "rd.results.unlinked.count", _("没有挂靠项目的成果数"), "项", _("期末以前鉴定、没有填科研项目的成果"), RDResult,
    lambda period: Q(project=None, appraised_on__lte=period.end), (BY_APPRAISAL, YEAR))
LEADING_SHARE = Share(
    code="rd.results.leading_share", label=_("领先成果与科研项目之比"), unit="%", basis=_("领先成果数 ÷ 国家和省部级科研项目数，都按期末"),
    numerator=LEADING_RESULTS, denominator=PROJECTS)
AWARDS = counted(
    "rd.awards.count", _("国家和省部级奖励数"), "项", _("期末所在年度和以前获得的国家级、省部级奖励，一奖一项"), RDAward,
    lambda period: UPPER & Q(year__lte=period.end.year), (BY_LEVEL, YEAR))
GRANTED = counted(
    "rd.patents.granted.count", _("授权发明专利数"), "项", _("期末以前授权的发明专利，同一专利号只计一件，后来失效的也计"), RDPatent,
    lambda period: Q(kind=PatentKind.INVENTION, granted_on__lte=period.end), (YEAR,))
IN_FORCE = counted(
    "rd.patents.in_force.count", _("有效专利数"), "项", _("期末以前授权、期末没有失效的专利，三种都算"), RDPatent,
    lambda period: Q(granted_on__lte=period.end) & ~Q(lapsed_on__lte=period.end), (BY_KIND, YEAR))
PENDING = counted(
    "rd.patents.pending.count", _("在审专利数"), "项", _("期末以前申请、期末还没有授权也没有失效的专利"), RDPatent,
    lambda period: Q(filed_on__lte=period.end) & ~Q(granted_on__lte=period.end) & ~Q(lapsed_on__lte=period.end), (BY_KIND,))
EXPENDITURE = counted(
    "rd.expenditure.amount", _("研发投入"), "万元", _("期末所在年度登记的研发投入"), RDExpenditure,
    lambda period: Q(year=period.end.year), measure=Sum("amount"))
REVENUE = counted(
    "rd.expenditure.revenue", _("营业收入（研发投入口径）"), "万元", _("期末所在年度与研发投入一起登记的营业收入"), RDExpenditure,
    lambda period: Q(year=period.end.year), measure=Sum("revenue"))
REVENUE_SHARE = Share(
    code="rd.expenditure.revenue_share", label=_("研发投入强度"), unit="%", basis=_("研发投入 ÷ 同一年度的营业收入"),
    numerator=EXPENDITURE, denominator=REVENUE)
GROWTH = Growth(
    code="rd.expenditure.growth", label=_("研发投入增速"), unit="%", basis=_("本年度研发投入比上年度增长；两年的数都列出"),
    numerator=EXPENDITURE, denominator=EXPENDITURE)


# Products, and the four chains

BY_DIRECTION = Dimension("direction", _("产业方向"), "direction")
LINE = words("line", _("业务板块"), BusinessLine)
ON_OFFER = (BY_DIRECTION, LINE, words("transformation", _("转型方向"), Transformation))


def _launched(period: Period) -> Q:
    return Q(launched_on=None) | Q(launched_on__lte=period.end)


PRODUCTS = counted(
    "institute.products.by_direction", _("装备产品数"), "种", _("期末以前推出的产品；没有填推出日期的也计"), RDProduct, _launched, ON_OFFER)
FLAGSHIPS = counted(
    "institute.flagship_products.count", _("标志性产品数"), "项", _("期末以前推出、标明「标志性产品」的产品和系统"), RDProduct,
    lambda period: _launched(period) & Q(flagship=True), ON_OFFER)
LINKS = counted(
    "chains.links.count", _("四链关联数"), "条", _("登记在册的四链关联，一个产品和另一端的一条记录算一条"), FusionLink, lambda period: Q(),
    (words("kind", _("哪条链"), FusionKind), Dimension("of_product", _("产品"), "product__name")))


# Orders, reports, cooperation

EXPORTED = ~Q(country="")
ORDERS = counted(
    "institute.orders.count", _("业务订单数"), "份", _("受理日期在期内的订单"), InstituteOrder,
    lambda period: during("accepted_on", period), (LINE, Dimension("country", _("出口国家"), "country")))
INCOME = counted(
    "institute.revenue.by_line", _("业务收入"), "万元", _("结算日期在期内的订单的结算收入之和"), InstituteOrder,
    lambda period: during("settled_on", period), (LINE,), measure=Sum("settled"))
EXPORTS = counted(
    "institute.export.orders.count", _("出口订单数"), "份", _("期末以前受理、填了出口国家的订单"), InstituteOrder,
    lambda period: EXPORTED & Q(accepted_on__lte=period.end), (LINE, Dimension("country", _("出口国家"), "country")))
COUNTRIES = counted(
    "institute.export.countries.count", _("出口国家数"), "个", _("期末以前的出口订单销往的国家，各计一次"), InstituteOrder,
    lambda period: EXPORTED & Q(accepted_on__lte=period.end), measure=Count("country", distinct=True))
REPORTS = counted(
    "institute.test_reports.count", _("检验报告数"), "份", _("签发日期在期内、到期末没有作废的报告"), TestReport,
    lambda period: during("issued_on", period) & (Q(voided_on=None) | Q(voided_on__gt=period.end)))
COOPERATIONS = counted(
    "institute.cooperations.count", _("有效合作协议数"), "份", _("期末有效的合作协议"), InstituteCooperation,
    lambda period: InstituteCooperation.in_force(period.end), (Dimension("country", _("合作国家"), "country"),))


# Production

OF_PRODUCT = (Dimension("of_direction", _("产业方向"), "product__direction"), Dimension("of_product", _("产品"), "product__name"))
OUTPUT = counted(
    "institute.production.units", _("产出台数"), "台", _("生产日期在期内各班次的产出之和"), ProductionRun,
    lambda period: during("run_on", period), OF_PRODUCT, measure=Sum("units"))
TESTS = counted(
    "institute.production.tests.count", _("出厂检验次数"), "次", _("检验日期在期内的出厂检验，返工再检的另计"), ProductTest,
    lambda period: during("tested_on", period), OF_PRODUCT)
PASSED = counted(
    "institute.production.passed.count", _("出厂检验合格次数"), "次", _("期内的出厂检验中合格的"), ProductTest,
    lambda period: during("tested_on", period) & Q(passed=True), OF_PRODUCT)
PASS_RATE = Ratio(
    code="institute.production.pass_rate", label=_("出厂检验合格率"), unit="%", basis=_("合格次数 ÷ 检验次数"), numerator=PASSED,
    denominator=TESTS, by=OF_PRODUCT)
DELIVERIES = counted(
    "institute.deliveries.count", _("产品交付台数"), "台", _("交付日期在期内的产品，一台算一台"), InstituteDelivery,
    lambda period: during("delivered_on", period), OF_PRODUCT)


# Machines at work

OF_ROBOT = (Dimension("of_robot", _("作业机器人"), "robot__name"),)
OF_TASK = (*OF_ROBOT, Dimension("task", _("任务种类"), "task"))
OF_VEHICLE = (Dimension("of_vehicle", _("新能源矿用车辆"), "vehicle__name"),)


class Availability(Ratio):
    """Hours run, of the hours run and the hours down together, in per cent."""

    def compute(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Return the share; None where nothing ran and nothing stood."""
        return super().compute(numerator, numerator + denominator)


def _worked(code: str, label: Any, unit: str, basis: Any, column: str, rule: str = "") -> Indicator:
    return counted(
        f"robots.{code}", label, unit, basis, RobotTask, lambda period: during("worked_on", period), OF_TASK, measure=Sum(column),
        rule=rule)


ROBOT_HOURS = _worked("hours", _("机器人运行时长"), "小时", _("期内任务的运行小时之和"), "hours")
PEOPLE_REPLACED = _worked("people_replaced", _("机器人替代人次"), "人次", _("期内各次任务按规则申报的替代人数之和"), "people_saved",
    PEOPLE_SAVED.code)
FAULTS = counted(
    "robots.faults.count", _("机器人故障次数"), "次", _("故障日期在期内的故障"), RobotFault,
    lambda period: during("found_on", period), OF_ROBOT)
DOWN = counted(
    "robots.down.hours", _("机器人停机时长"), "小时", _("期内故障的停机小时之和"), RobotFault, lambda period: during("found_on", period),
    OF_ROBOT, measure=Sum("down"))
AVAILABILITY = Availability(
    code="robots.availability", label=_("机器人可用率"), unit="%", basis=_("运行时长 ÷（运行时长 + 停机时长）"), numerator=ROBOT_HOURS,
    denominator=DOWN, by=OF_ROBOT)
BETWEEN_FAULTS = Ratio(
    code="robots.hours_between_faults", label=_("平均故障间隔"), unit="小时", basis=_("运行时长 ÷ 故障次数；没有故障的没有数"),
    numerator=ROBOT_HOURS, denominator=FAULTS, times=1, by=OF_ROBOT)


def _used(code: str, label: Any, unit: str, basis: Any, column: str, rule: str = "") -> Indicator:
    return counted(
        f"vehicles.new_energy.{code}", label, unit, basis, MiningVehicleUse, lambda period: during("used_on", period), OF_VEHICLE,
        measure=Sum(column), rule=rule)


VEHICLE_HOURS = _used("hours", _("新能源车辆运行时长"), "小时", _("期内各日运行小时之和"), "hours")
ENERGY = _used("energy", _("新能源车辆耗电"), "千瓦时", _("期内各日耗电之和"), "energy")
DIESEL_INSTEAD = _used(
    "diesel_instead", _("同类柴油车耗油"), "升", _("期内各日运行小时 × 当日规则的柴油车每百小时耗油 ÷ 100"), "diesel", DIESEL.code)
ENERGY_PER_HOUR = Ratio(
    code="vehicles.new_energy.energy_per_hour", label=_("新能源车辆每小时耗电"), unit="千瓦时/小时", basis=_("耗电 ÷ 运行时长"),
    numerator=ENERGY, denominator=VEHICLE_HOURS, times=1, by=OF_VEHICLE)
