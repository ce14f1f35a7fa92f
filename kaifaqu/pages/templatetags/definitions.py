"""How a figure stands on a page, and how its definition is told in words."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kaifaqu.pages.grouping import GroupFigure

PURPOSES = {"zone_management": _("开发区管理"), "statistics": _("统计")}
register = template.Library()


@register.filter
def unit(text: str) -> str:
    """Return a unit in the reader's language."""
    return "/".join(gettext(part) for part in text.split("/"))


@register.filter
def purpose(code: str) -> str:
    """Return in words what facts may be used for."""
    return str(PURPOSES.get(code, code))


@register.inclusion_tag("pages/components/number.html")
def number(figure: Any) -> dict[str, Any]:
    """Show a figure: the value, which leads to its records, and beside it, on focus, what it means or why it has none."""
    known = figure.world.known
    asked = {
        "period": str(figure.period), **({"known": f"#{known}"} if known else {}), **({"by": figure.by.code} if figure.by else {}),
        **({"group": str(figure.group.key)} if isinstance(figure, GroupFigure) and figure.group else {})}
    definition = figure.asked or figure.indicator
    return {"figure": figure, "definition": definition, "address": f"{reverse('figure', args=[definition.code])}?{urlencode(asked)}"}
