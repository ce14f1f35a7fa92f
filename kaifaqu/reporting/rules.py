"""The dated rule of this floor: how a number may be written in words, and when 近, 余 and 约 are true."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Shape, Whole

DISPLAY = RuleKind("reporting.display", _("数字写法"), Path(__file__).parent / "data" / "display.json", Shape((
    Whole(path="near_from", label=_("「近」的下限"), unit="%", help=_("不足整数、又不低于它的这个百分比，可写「近」。"),
          told=_("不低于整数的 {value}写「近」")),
    Whole(path="over_to", label=_("「余」的上限"), unit="%", help=_("超过整数、又不高于它的这个百分比，可写「余」。"),
          told=_("不高于整数的 {value}写「余」")),
    Whole(path="about_within", label=_("「约」的误差"), unit="%", help=_("与整数相差不超过这个百分比，可写「约」。"),
          told=_("相差不超过 {value}写「约」")),
    Whole(path="growth_places", label=_("增减幅度的小数位数"), unit=_("位"), help=_("写增长或下降百分之几时保留的小数。"),
          told=_("增减幅度保留 {value}小数")),
)))
