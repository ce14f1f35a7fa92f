"""The dated rule of this room: how long before its day a promise is heard of."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Shape, Whole

PROMISES = RuleKind("dispatch.promises", _("到期承诺提示"), Path(__file__).parent / "data" / "promises.json", Shape((
    Whole(path="days", label=_("提前几天提示"), unit=_("天"), help=_("计划开工、计划竣工到期以前；当月到期的总是提示，不提前写 0。"),
          told=_("计划开工、计划竣工提前 {value}提示"), none=_("不提前提示")),
)))
