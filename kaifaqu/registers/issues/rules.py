"""The dated rule of this room: which unit handles which category of issues."""

from datetime import date
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.registers.issues.models import CATEGORIES
from kaifaqu.shapes.items import Choice, Word, Yes
from kaifaqu.shapes.rows import Rows
from kaifaqu.shapes.shape import Shape

ROUTING = RuleKind("issues.routing", _("难点堵点分工"), Path(__file__).parent / "data" / "routing.json", Shape((
    Rows(path="routes", label=_("承办单位"), optional=True, key=Choice(path="category", label=_("类别"), choices=dict(CATEGORIES)),
         help=_("登记后按类别交给承办单位；没有写的类别由受理人指定。"),
         entry=Shape((Word(path="holder", label=_("承办单位编号")), Yes(path="focus", label=_("全年重点解决"))))),
)))  # fmt: skip


def routed(category: str, owner_id: int, on: date) -> tuple[str, str]:
    """Return the code of the unit that handles the category by the owner's rule of the day, "" where none is; and its document."""
    rule = dated.resolve(ROUTING.code, owner_id, on, World())
    return rule.content.get("routes", {}).get(category, {}).get("holder", ""), rule.source
