"""The dated rules of standard land: what must be assessed before a parcel is offered, and which indicators control its use."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated, units
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.registers.labels import labelled
from kaifaqu.shapes import Choice, Rows, Several, Shape, Whole, Word, Yes

DATA = Path(__file__).parent / "data"


def _listed(name: str) -> list[tuple[str, Any]]:
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return [(each["value"], labelled(each)) for each in json.loads(text)["kinds"]]


ASSESSED, CONTROLLED = _listed("assessment_kinds.json"), _listed("control_kinds.json")


class Comparator(TextChoices):
    """How a value is held against the one that is demanded or promised."""

    AT_LEAST = "at_least", _("不低于")
    AT_MOST = "at_most", _("不高于")

    def is_met(self, value: Decimal, demanded: Decimal) -> bool:
        """Tell whether the value is as demanded: compared exactly, nothing is rounded."""
        return value >= demanded if self is Comparator.AT_LEAST else value <= demanded


class EvidenceKind(TextChoices):
    """What may show that a promise is kept. A statistical return is none of it, and no rule can add it."""

    ACCEPTANCE = "acceptance", _("竣工验收记录")
    PLANNING = "planning", _("规划核实意见")
    TAX = "tax", _("完税证明")
    AUDIT = "audit", _("审计报告")
    ENERGY = "energy", _("能源审计或计量报告")
    TEST = "test", _("检测报告")
    PAYMENT = "payment", _("缴款凭证")


class DuePoint(TextChoices):
    """From when on a promise must be kept."""

    COMPLETION = "completion", _("竣工")
    PRODUCTION = "production", _("投产")
    INITIAL = "initial", _("初始运行期满")
    FULL = "full", _("达产")


@dataclass(frozen=True)
class Control:
    """What the rule says of one indicator."""

    unit: str
    comparator: Comparator
    evidence: tuple[EvidenceKind, ...]
    due: DuePoint
    is_core: bool


def _unknown_units(content: Any) -> Iterator[str]:
    """Yield a sentence for each unit that nothing can be computed in."""
    for code, entry in content["indicators"].items():
        try:
            units.convert(Decimal(1), entry["unit"], entry["unit"]) if entry.get("unit") else None
        except ValueError as problem:
            yield _t("「{indicator}」：{problem}").format(indicator=dict(CONTROLLED)[code], problem=problem)


ASSESSMENTS = RuleKind("reforms.assessments", _("标准地区域评价"), DATA / "assessments.json", Shape((
    Rows(path="required", label=_("出让前必须完成的区域评价"), key=Choice(path="kind", label=_("评价"), choices=dict(ASSESSED)),
         entry=Shape((Whole(path="valid_months", label=_("有效期"), unit=_("个月"), least=1, most=600, optional=True,
                            help=_("空着为以评价文件写明的为准。")),))),
)))  # fmt: skip
CONTROLS = RuleKind("reforms.controls", _("标准地控制性指标"), DATA / "controls.json", Shape((
    Whole(path="initial_months", label=_("初始运行期"), unit=_("个月"), least=1, most=120, help=_("从投产起算。")),
    Several(path="refused", label=_("不作核验依据的资料"), of=Word(path="", label=_("资料")),
            help=_("材料名称里有这些字的不收，几个之间写「、」。")),
    Rows(path="indicators", label=_("指标"), key=Choice(path="indicator", label=_("指标"), choices=dict(CONTROLLED)), entry=Shape((
        Word(path="unit", label=_("计量单位"), optional=True, help=_("如 万元/亩；没有单位的空着。")),
        Choice(path="comparator", label=_("要求"), choices=dict(Comparator.choices)),
        Several(path="evidence", label=_("核验材料"), of=Choice(path="", label=_("材料"), choices=dict(EvidenceKind.choices))),
        Choice(path="due", label=_("核验时点"), choices=dict(DuePoint.choices)),
        Yes(path="core", label=_("核心指标"), help=_("核心指标没有设定的地块不能公告。")),
    ))),
), also=_unknown_units))  # fmt: skip


def required(owner_id: int, on: date) -> dict[str, dict[str, Any]]:
    """Return which assessments the owner's rule of the day requires before a parcel is offered, each with what it says of it."""
    return dated.resolve(ASSESSMENTS.code, owner_id, on, World()).content["required"]


def controls(owner_id: int, on: date) -> dict[str, Control]:
    """Return the indicators of the owner's rule of the day, by code."""
    content = dated.resolve(CONTROLS.code, owner_id, on, World()).content["indicators"]
    return {
        code: Control(
            each.get("unit", ""), Comparator(each["comparator"]), tuple(map(EvidenceKind, each["evidence"])),
            DuePoint(each["due"]), each.get("core", False))
        for code, each in content.items()
    }


def initial_months(owner_id: int, on: date, world: World) -> int:
    """Return how long the initial time of operation lasts by the owner's rule of the day, as this world knows it."""
    return dated.resolve(CONTROLS.code, owner_id, on, world).content["initial_months"]


def refused_words(owner_id: int, on: date) -> list[str]:
    """Return the words that name what is no evidence, by the owner's rule of the day."""
    return dated.resolve(CONTROLS.code, owner_id, on, World()).content["refused"]
