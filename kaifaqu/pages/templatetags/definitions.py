"""How the definition of a figure is told in words."""

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
