"""The dated rules of this room: which definition of each rate a zone uses, and when a light turns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Choice, Shape, Whole

DATA = Path(__file__).parent / "data"
VARIANTS = {
    "lead": _("按线索"), "negotiation": _("按洽谈"), "target": _("按目标"), "cohort": _("按批次"), "year": _("按年度"),
    "value": _("按产值"), "count": _("按项目数"),
}
GRACE = Whole(
    path="grace", label=_("宽限期数"), unit=_("期批次"), help=_("最新几期批次暂不计入；不设宽限写 0。"),
    told=_("最新 {value}暂不计入"), none=_("不设宽限"))
ACTUAL = Choice(
    path="actual", label=_("实际年产值"), help=_("“实际”年产值怎样得来。"),
    choices={
        "year_to_date": _("本年累计"), "last_12_months": _("近十二个月"), "annualised": _("折算全年"), "unstated": _("未说明"),
    })  # fmt: skip


def variant(*names: str) -> Choice:
    """Return the choice among these definitions of a rate."""
    return Choice(path="variant", label=_("口径"), help=_("各口径不可相互比较。"), choices={name: VARIANTS[name] for name in names})


SIGNING = RuleKind(
    "projects.rate.signing", _("签约率口径"), DATA / "rate_signing.json", Shape((variant("lead", "negotiation", "target"),)))
START = RuleKind("projects.rate.start", _("开工率口径"), DATA / "rate_start.json", Shape((variant("cohort", "year"), GRACE)))
PRODUCTION = RuleKind("projects.rate.production", _("投产率口径"), DATA / "rate_production.json", Shape((variant("cohort"), GRACE)))
FULL_CAPACITY = RuleKind(
    "projects.rate.full_capacity", _("达效率口径"), DATA / "rate_full_capacity.json",
    Shape((variant("value", "count"), GRACE, ACTUAL)))


def _statistics_together(content: Any) -> Iterator[str]:
    """Yield a sentence where one of the three numbers about 入库 is there and another is not."""
    if len(content.get("statistics", {})) not in (0, 3):
        yield _t("入库的三项要一起填，或者都空着。")


REPORTING = RuleKind("projects.reporting", _("月度进展报送期限"), DATA / "reporting.json", Shape((
    Whole(path="due_day", label=_("次月几日以前报送"), unit=_("日"), least=1, most=31, help=_("过了这一天还没有报的，算迟报。"),
          told=_("上月的进展在次月 {value}以前报送")),
)))
LIGHTS = RuleKind("projects.lights", _("红黄绿灯"), DATA / "lights.json", Shape((
    Whole(path="start.red_after_months", label=_("开工推迟几个月转红灯"), unit=_("个月"), help=_("当月应开工而未开工为黄灯。"),
          told=_("开工推迟满 {value}为红灯，不满为黄灯")),
    Whole(path="progress.yellow_points", label=_("投资落后几个百分点为黄灯"), unit=_("个百分点"), help=_("与序时进度相比。"),
          told=_("投资落后序时进度 {value}为黄灯")),
    Whole(path="progress.red_points", label=_("投资落后超过几个百分点为红灯"), unit=_("个百分点"), help=_("与序时进度相比。"),
          told=_("超过 {value}为红灯")),
    Whole(path="payment.red_below", label=_("已支付低于应支付的百分之几为红灯"), unit="%", optional=True, most=100,
          help=_("月报里的已支付与应支付相比；不用这一条的，空着。"), told=_("已支付低于应支付的 {value} 为红灯")),
    Whole(path="statistics.from_investment", label=_("计划总投资多少万元以上应入库"), unit=_("万元"), optional=True,
          help=_("固定资产投资统计的起点；入库三项都不用的，空着。"), told=_("计划总投资 {value}以上的应入库")),
    Whole(path="statistics.yellow_after_months", label=_("开工满几个月未入库为黄灯"), unit=_("个月"), optional=True,
          help=_("从开工之日起算。"), told=_("开工满 {value}未入库为黄灯")),
    Whole(path="statistics.red_after_months", label=_("开工满几个月未入库为红灯"), unit=_("个月"), optional=True,
          help=_("从开工之日起算。"), told=_("满 {value}为红灯")),
), ascending=(("progress.yellow_points", "progress.red_points"), ("statistics.yellow_after_months", "statistics.red_after_months")),
    also=_statistics_together))
STAYS = RuleKind("projects.stays", _("各阶段最长停留时间"), DATA / "stays.json", Shape(tuple(
    Whole(path=path, label=label, unit=_("天"), help=_("停留超过的列出来；不设限的，空着。"), optional=True)
    for path, label in (
        ("signed", _("签约")), ("landed", _("落地")), ("under_construction", _("在建")), ("in_production", _("投产")),
        ("suspended", _("停缓建"))))))
ALIKE = RuleKind("projects.alike", _("线索查重"), DATA / "alike.json", Shape((
    Whole(path="percent", label=_("拟投项目名称相同百分之几以上提示重复"), unit="%", least=1, most=100,
          help=_("同一投资方的线索，名称相同到这个程度的，提示可能是同一个，由人判断。"), told=_("名称相同 {value} 以上的提示重复")),
)))
