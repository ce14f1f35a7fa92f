"""The dated rule of this room: whether the person who drafted a brief may review it himself."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Choice, Shape

OWN_REVIEW = RuleKind("briefs.review", _("简报审核"), Path(__file__).parent / "data" / "review.json", Shape((
    Choice(path="own_draft", label=_("拟稿人审核自己的稿件"), help=_("人手少的单位可以允许。"), choices={
        "refused": _("不允许"), "permitted": _("允许"),
    }),
)))
