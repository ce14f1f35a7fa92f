"""The dated rules of this room: groups of reform, lines of income, the words of the mode of operation, and days of warning."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
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
