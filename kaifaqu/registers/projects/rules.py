"""The dated rules of this room: which definition of each rate a zone uses, its yearly targets, and when a light turns."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind

DATA = Path(__file__).parent / "data"
ACTUAL = {
    "year_to_date": _("本年累计"), "last_12_months": _("近十二个月"), "annualised": _("折算全年"), "unstated": _("未说明"),
}
VARIANTS = {
    "lead": _("按线索"), "negotiation": _("按洽谈"), "target": _("按目标"), "cohort": _("按批次"), "year": _("按年度"),
    "value": _("按产值"), "count": _("按项目数"),
}
TARGETS = {"signed": _("签约项目"), "started": _("开工项目"), "production": _("投产项目")}


def _spelt(words: Mapping[str, Any], names: Iterable[str]) -> str:
    """Return the words that a rule may hold, each with what it means."""
    return "、".join(f"{name}（{words[name]}）" for name in names)


def rate_content(*variants: str, grace: bool = False, actual: bool = False) -> Callable[[Any], str]:
    """Return the check of a rate's rule: the variant, how many newest cohorts are exempt, what "actual" output means."""

    def check(content: Any) -> str:
        if not isinstance(content, dict) or content.get("variant") not in variants:
            return _t("请写明口径 \"variant\"，可选：{variants}。").format(variants=_spelt(VARIANTS, variants))
        number = content.get("grace")
        if grace and (not isinstance(number, int) or isinstance(number, bool) or number < 0):
            return _t("请写明宽限期数 \"grace\"：最新几期批次暂不计入，不设宽限写 0。")
        if actual and content.get("actual") not in ACTUAL:
            return _t("请写明实际年产值的算法 \"actual\"，可选：{words}。").format(words=_spelt(ACTUAL, ACTUAL))
        return ""

    return check


def targets_content(content: Any) -> str:
    """Return what is wrong with yearly targets: names that are no target, values that are no whole number."""
    numbers = content.items() if isinstance(content, dict) else [("", None)]
    if all(name in TARGETS and type(number) is int and number >= 0 for name, number in numbers):  # true is no number
        return ""
    return _t("全年目标请写成 {{\"signed\": 20}}，名称可选：{names}。").format(
        names=_spelt(TARGETS, TARGETS))


def lights_content(content: Any) -> str:
    """Return what is wrong with the rule of the lights: months and points must be whole numbers, the yellow before the red."""
    start, progress = ((content.get(name) if isinstance(content, dict) else None) or {} for name in ("start", "progress"))
    numbers = [start.get("red_after_months"), progress.get("yellow_points"), progress.get("red_points")]
    whole = [number for number in numbers if type(number) is int and number >= 0]  # true is no number
    if len(whole) == len(numbers) and whole[1] <= whole[2]:
        return ""
    return _t(
        "请写明 \"start\" 的 \"red_after_months\"（几个月转红灯），\"progress\" 的 \"yellow_points\"、\"red_points\"（落后几个百分点）。")


SIGNING = RuleKind(
    "projects.rate.signing", _("签约率口径"), DATA / "rate_signing.json", rate_content("lead", "negotiation", "target"))
START = RuleKind(
    "projects.rate.start", _("开工率口径"), DATA / "rate_start.json", rate_content("cohort", "year", grace=True))
PRODUCTION = RuleKind(
    "projects.rate.production", _("投产率口径"), DATA / "rate_production.json", rate_content("cohort", grace=True))
FULL_CAPACITY = RuleKind(
    "projects.rate.full_capacity", _("达效率口径"), DATA / "rate_full_capacity.json",
    rate_content("value", "count", grace=True, actual=True))
YEARLY_TARGETS = RuleKind("projects.targets", _("全年目标"), DATA / "targets.json", targets_content)
LIGHTS = RuleKind("projects.lights", _("红黄绿灯"), DATA / "lights.json", lights_content)
