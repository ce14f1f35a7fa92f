"""The dated rule of this room: by when every site has to have its system that guards people against coming near."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Day, Shape

DEADLINE = RuleKind("minesafety.deadline", _("人员接近防护系统安装期限"), Path(__file__).parent / "data" / "deadline.json", Shape((
    Day(path="day", label=_("最后一天"), told=_("{value} 以前装好并投用"), help=_("过了这一天还没有投用的地点算逾期。")),
)))
