"""What places put on the generic pages: the map of a record, and what an import would change on the map."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from kaifaqu.kernel import events
from kaifaqu.kernel.world import World
from kaifaqu.registers.places.boundaries import polygons_of
from kaifaqu.registers.places.drawing import Drawing, Shape
from kaifaqu.registers.places.models import Place, Zone
from kaifaqu.registers.places.spots import Spot, neighbours, spots

register = template.Library()


@register.simple_tag(takes_context=True)
def lying(context: Any, record: Place, row: Any, known: str = "") -> dict[str, Any] | None:
    """Return where the record lies, or the version of it that the page shows: the map, its measures and its neighbours."""
    spot = Spot(type(record), row)
    if not spot.polygons:
        return None
    world = World(events.known_on(known) if hasattr(row, "seq") else None)
    near = neighbours(spot, spots(context["user"], world, record.owner_id))
    touching = [each.spot for each in near if not each.apart]
    if isinstance(record, Zone):
        shapes = [spot.shape(), *(each.shape() for each in touching)]
    else:
        shapes = [*(each.shape("near") for each in touching), spot.shape()]
    return {"spot": spot, "near": near, "drawing": Drawing(shapes, _("{place}的边界").format(place=row))}


@register.simple_tag(takes_context=True)
def redrawn(context: Any, page: Any) -> Drawing | None:
    """Return on one map the boundaries that the rows of this page would replace, and those that they bring."""
    rows = [row for row in page if row["facts"].get("boundary")]
    model = context["model"]
    held = model.objects.visible_to(context["user"]).in_bulk([row["record"] for row in rows if row["record"]])
    before = [Shape(pk, record.name, "before", polygons_of(record.boundary)) for pk, record in held.items()]
    after = [
        Shape(row["record"] or -place, row["name"], "after", polygons_of(row["facts"]["boundary"])) for place, row in enumerate(rows, 1)]
    drawn = [each for each in (*before, *after) if each.polygons]
    return Drawing(drawn, _("导入前后的边界")) if drawn else None
