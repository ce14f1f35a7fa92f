"""The dated rule of this room: how long before its end a qualification is looked after."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Shape, Whole

WARNING = RuleKind("qualifications.warning", _("证照到期提醒"), Path(__file__).parent / "data" / "warning.json", Shape((
    Whole(path="days", label=_("到期前几天起办理续办"), unit=_("天"), help=_("到期前这么多天起，证照列入到期清单，并生成一件续办事项。"),
          told=_("到期前 {value}起办理续办")),
)))
