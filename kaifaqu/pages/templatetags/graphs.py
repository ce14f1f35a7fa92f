"""The tag that shows a picture of a graph."""

from typing import Any

from django import template

from kaifaqu.pages.graphs import Graph, draw

register = template.Library()


@register.inclusion_tag("pages/components/graph.html")
def graph(picture: Graph) -> dict[str, Any]:
    """Show the boxes and lines of a graph."""
    return {"drawing": draw(picture)}
