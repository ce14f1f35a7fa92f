"""The dated rules of this room: from how many people on a group may be told to who may not look at the records."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Shape, Whole

SMALLEST = RuleKind("college.smallest_group", _("毕业生数字的最小组"), Path(__file__).parent / "data" / "smallest_group.json", Shape((
    Whole(path="people", label=_("最少人数"), unit=_("人"), least=1, told=_("少于 {value}的组不公布"),
          help=_("只能看数字、不能看记录的人看不到更小的组；能看记录的人不受限制。")),
)))
