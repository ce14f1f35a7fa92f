"""The dated rules of this room: which definition of each rate a zone uses, its yearly targets, and when a light turns."""

from pathlib import Path

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
YEARLY_TARGETS = RuleKind("projects.targets", _("全年目标"), DATA / "targets.json", Shape(tuple(
    Whole(path=path, label=label, unit=_("个"), help=_("文件没有下达的，留空。"), optional=True)
    for path, label in (("signed", _("签约项目")), ("started", _("开工项目")), ("production", _("投产项目")))
)))
LIGHTS = RuleKind("projects.lights", _("红黄绿灯"), DATA / "lights.json", Shape((
    Whole(path="start.red_after_months", label=_("开工推迟几个月转红灯"), unit=_("个月"), help=_("当月应开工而未开工为黄灯。"),
          told=_("开工推迟满 {value}为红灯，不满为黄灯")),
    Whole(path="progress.yellow_points", label=_("投资落后几个百分点为黄灯"), unit=_("个百分点"), help=_("与序时进度相比。"),
          told=_("投资落后序时进度 {value}为黄灯")),
    Whole(path="progress.red_points", label=_("投资落后超过几个百分点为红灯"), unit=_("个百分点"), help=_("与序时进度相比。"),
          told=_("超过 {value}为红灯")),
), ascending=(("progress.yellow_points", "progress.red_points"),)))
