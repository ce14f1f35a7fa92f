"""What templates ask of the kernel: rights, and numbers as people write them."""

from typing import Any

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import units
from kaifaqu.kernel.records import Record

PURPOSES = {"zone_management": _("开发区管理"), "statistics": _("统计")}
register = template.Library()


@register.simple_tag(takes_context=True)
def allowed(context: Any, right: str, record: Record | None = None) -> bool:
    """Tell whether the person has the right on the record, or on anything at all: the right that the action checks."""
    return context["user"].has_perm(right, record)


@register.filter
def amount(value: Any, unit: str = "") -> str:
    """Return a number without idle zeros, with its unit where one is given; nothing as a dash."""
    return "—" if value is None else units.display(value, unit)


@register.filter
def name(model: type[Record]) -> str:
    """Return a register's name in words."""
    return str(model._meta.verbose_name)


@register.filter
def unit(text: str) -> str:
    """Return a unit in the reader's language."""
    return "/".join(gettext(part) for part in text.split("/"))


@register.filter
def purpose(code: str) -> str:
    """Return in words what facts may be used for."""
    return str(PURPOSES.get(code, code))


@register.filter
def descending(name: str) -> str:
    """Return the word in an address that orders a list by the column the other way round."""
    return f"-{name}"
