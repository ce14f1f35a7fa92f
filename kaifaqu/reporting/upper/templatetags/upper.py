"""What the pages of forms ask: the words of an address."""

from django import template
from django.utils.http import urlencode

register = template.Library()


@register.simple_tag
def asked(**words: str) -> str:
    """Return what stands behind the question mark of an address."""
    return urlencode(words)
