"""The dated rule of this room: when the light of a target turns."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Shape, Whole

LIGHTS = RuleKind("targets.lights", _("全年目标的灯"), Path(__file__).parent / "data" / "lights.json", Shape((
    Whole(path="yellow_points", label=_("落后几个百分点为黄灯"), unit=_("个百分点"), help=_("与序时进度相比，占全年目标的百分点。"),
          told=_("落后序时进度 {value}为黄灯")),
    Whole(path="red_points", label=_("落后超过几个百分点为红灯"), unit=_("个百分点"), help=_("与序时进度相比，占全年目标的百分点。"),
          told=_("超过 {value}为红灯")),
), ascending=(("yellow_points", "red_points"),)))
