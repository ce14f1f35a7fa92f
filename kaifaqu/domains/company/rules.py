"""The dated rules of this room: groups of reform, lines of income, the words of the mode of operation, and days of warning."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.records import field_of
from kaifaqu.kernel.world import World
from kaifaqu.shapes import Rows, Shape, Whole, Word, Yes

DATA = Path(__file__).parent / "data"
REMARK = Word(path="remark", label=_("说明"), optional=True)


def _names(path: str, label: Any, *marks: Any) -> Rows:
    return Rows(path=path, label=label, key=Word(path="name", label=_("名称")), entry=Shape((*marks, REMARK)))


GROUPS = RuleKind("company.reform_groups", _("改革任务分组"), DATA / "reform_groups.json", Shape((
    _names("groups", _("分组"), Yes(path="hua", label=_("属于“三化”")), Yes(path="zhi", label=_("属于“三制”"))),
)))
LINES = RuleKind("company.income_lines", _("收入类别"), DATA / "income_lines.json", Shape((_names("lines", _("收入类别")),)))
MODEL = RuleKind("company.model", _("运营模式用语"), DATA / "model.json", Shape((
    _names("modes", _("模式")), _names("elements", _("运营模式的组成")), _names("focuses", _("经营聚焦")),
    _names("strategies", _("经营策略")), _names("mechanism", _("运营机制")), _names("internal", _("对内要求")),
    _names("external", _("对外要求")), _names("attributes", _("属性")),
)))
WARNING = RuleKind("company.repayment_warning", _("还款提醒"), DATA / "repayment_warning.json", Shape((
    Whole(path="days", label=_("提前几天列出"), unit=_("天"), least=1, told=_("到期以前 {value}列出")),
)))


def names(kind: RuleKind, owner_id: int, day: date) -> Iterator[str]:
    """Yield the names in all tables of the owner's rule of the day."""
    for table in dated.resolve(kind.code, owner_id, day, World()).content.values():
        yield from table


def refuse_unlisted(record: Any, column: str, kind: RuleKind, day: date) -> None:
    """Raise ValidationError for a name that the owner's rule of the day does not have; an empty one is none."""
    named, known = getattr(record, column), dict.fromkeys(names(kind, record.owner_id, day))
    if named and named not in known:
        raise ValidationError(_t("「{label}」没有「{name}」。可填：{known}；要增减请改规则「{rule}」。").format(
            label=field_of(type(record), column).verbose_name, name=named, known="、".join(known), rule=kind.label))
