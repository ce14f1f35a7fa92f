"""What templates ask of the kernel: rights, and numbers as people write them."""

import html
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from django import template
from django.apps import apps
from django.forms import BaseForm
from django.template import TemplateDoesNotExist
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from kaifaqu.kernel import units
from kaifaqu.kernel.records import Record
from kaifaqu.pages import domains
from kaifaqu.pages.reading import NOTHING

ROOMS = ("kaifaqu.domains.", "kaifaqu.reporting.", "kaifaqu.interfaces.")
register = template.Library()


@register.simple_tag(takes_context=True)
def allowed(context: Any, right: str, record: Record | None = None) -> bool:
    """Tell whether the person has the right on the record, or on anything at all: the right that the action checks."""
    return context["user"].has_perm(right, record)


@register.simple_tag(takes_context=True)
def own(context: Any, place: str) -> str:
    """Return what the room of the page's register puts in this place: its template `ROOM/on_PLACE.html`, where it has one."""
    try:
        found = context.template.engine.get_template(f"{context['model']._meta.app_label}/on_{place}.html")
    except TemplateDoesNotExist:
        return ""
    with context.push():
        return found.render(context)


@register.simple_tag(takes_context=True)
def beside(context: Any, place: str) -> str:
    """Return what the rooms above put in a place of a page that is no register's: their templates `ROOM/on_PLACE.html`."""
    told = []
    for room in (each for each in apps.get_app_configs() if each.name.startswith(ROOMS) and domains.is_shown(each.name)):
        with suppress(TemplateDoesNotExist), context.push():
            told.append(context.template.engine.get_template(f"{room.label}/on_{place}.html").render(context))
    return mark_safe("".join(told))


@register.simple_tag
def is_on(domain: str) -> bool:
    """Tell whether a line of work is switched on: a room that joins several asks before it leads to one."""
    return domain not in domains.off()


@register.simple_block_tag(takes_context=True)
def component(context: Any, content: str, name: str, **given: Any) -> str:
    """Show a component of `pages/components/` around what stands between the tags."""
    with context.push(words=content, **given):
        return context.template.engine.get_template(f"pages/components/{name}.html").render(context)


@register.simple_tag
def begin(form: BaseForm) -> str:
    """Let the typing begin in the first field that is wrong, else in the one that was asked for, else in the first."""
    fields = form.visible_fields()
    wrong = [field for field in fields if field.errors]
    asked = [field for field in fields if field.field.widget.attrs.pop("autofocus", False)]
    for field in (wrong or asked or fields)[:1]:
        field.field.widget.attrs["autofocus"] = True
    return ""


@register.filter
def as_changes(changed: Iterable[tuple[str, str, str]]) -> str:
    """Return facts that changed, each with its label, before and after: there are hundreds of them on a page."""
    told = [[text if hasattr(text, "__html__") else html.escape(text) for text in each] for each in changed]
    return mark_safe(" ".join([
        f'<span class="fact"><b>{label}</b> {f"<del>{before}</del> → " if before and before != NOTHING else ""}{after}</span>'
        for label, before, after in told]))


@register.simple_tag(takes_context=True)
def ledgers(context: Any) -> str:
    """Return where the person may go, as links in groups of which this page's is open; the register of this page is marked."""
    here, marked = getattr(context.get("model"), "register", ""), ' aria-current="page"'
    groups = ((group, places, any(register == here for register, *_place in places)) for group, places in context["places"])
    return mark_safe("".join([
        f"<details{' open' if is_open else ''}><summary>{conditional_escape(group)}</summary>" + "".join([
            f'<a href="{address}"{marked if register == here else ""}>{conditional_escape(name)}</a>'
            for register, address, name in places]) + "</details>"
        for group, places, is_open in groups]))


@register.filter
def amount(value: Any, unit: str = "") -> str:
    """Return a number without idle zeros, with its unit where one is given; nothing as a dash."""
    return "—" if value is None else units.display(value, unit)


@register.filter
def name(model: type[Record]) -> str:
    """Return a register's name in words."""
    return str(model._meta.verbose_name)


@register.filter
def descending(name: str) -> str:
    """Return the word in an address that orders a list by the column the other way round."""
    return f"-{name}"


@register.filter
def of(told: Mapping[Any, Any], key: Any) -> Any:
    """Return what stands in the mapping under the key, or nothing."""
    return told.get(key, "")
