"""The dated rule of holdings: from which share on a company counts as a subsidiary."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Shape, Whole

CONTROL = RuleKind("holdings.control", _("子公司认定"), Path(__file__).parent / "data" / "control.json", Shape((
    Whole(path="percent", label=_("合计持股超过"), unit="%", most=99, help=_("本单位和已认定的子公司合计持股超过这个比例，才算子公司。"),
          told=_("合计持股超过 {value} 算子公司")),
)))
