"""The dated rule of this room: on which basis the cumulative investment is told."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Choice, Shape

INVESTMENT = RuleKind(
    "infrastructure.investment", _("基础设施累计投资口径"), Path(__file__).parent / "data" / "investment.json", Shape((
        Choice(path="variant", label=_("口径"), help=_("两种口径不可相互比较。"), choices={
            "contracted": _("按合同价"), "paid": _("按已付款")}),
    )))
