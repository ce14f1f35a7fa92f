"""Boundaries: GeoJSON as far as a zone or a park needs it, longitude before latitude (RFC 7946)."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def check_boundary(text: str) -> None:
    """Raise ValidationError for anything but a Polygon or MultiPolygon with closed rings on the globe."""
    try:
        rings = list(_rings(json.loads(text)))
        closed = all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings)
        positions = [(float(x), float(y)) for ring in rings for x, y, *_height in ring]
    except (ValueError, TypeError, KeyError):
        raise ValidationError(_("不是 GeoJSON 的 Polygon 或 MultiPolygon，请从制图软件重新导出。")) from None
    if not closed:
        raise ValidationError(_("边界没有闭合：每一圈至少四点，末点与首点相同。"))
    if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in positions):
        raise ValidationError(_("坐标超出经纬度范围：请先经度后纬度，用度为单位。"))


def _rings(geometry: dict[str, Any]) -> Iterator[list[Any]]:
    polygons = {"Polygon": lambda one: [one], "MultiPolygon": list}[geometry["type"]](geometry["coordinates"])
    for polygon in polygons:
        yield from polygon
