"""The templates that come with the product, from which a new one may start."""

from typing import NamedTuple
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from kaifaqu.reporting.briefs.ready import READY

register = template.Library()


class Start(NamedTuple):
    """A template to start from: its name, and the address of the form that it fills."""

    name: str
    address: str


@register.simple_tag
def shipped() -> list[Start]:
    """Return the templates that come with the product."""
    form = reverse("new", args=["brief_templates"])
    return [Start(each.name, f"{form}?{urlencode({'name': each.name, 'rhythm': each.rhythm, 'body': each.body})}") for each in READY]
