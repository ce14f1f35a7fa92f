"""Boundaries: GeoJSON as far as a zone or a park needs it, longitude before latitude, in degrees (RFC 7946)."""

import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel.units import round_half_up
from kaifaqu.kernel.units import text as plain
from kaifaqu.registers.places.measures import Polygon, Ring, crossing, hectares, is_inside, signed

POINTS = 10_000  # of one boundary: a zone surveyed at every ten metres has fewer
BROKEN = (ValueError, TypeError, KeyError, OverflowError, RecursionError)  # what reading raises on something else
LATITUDES, LONGITUDES = (3, 54), (73, 136)  # of China: where the two are exchanged is told by them


class BoundaryField(models.TextField):
    """A Polygon or MultiPolygon as GeoJSON text, its outer rings counterclockwise and its holes clockwise.

    How the text is spaced and which way round its rings run says nothing, so both are made alike: what is the same
    boundary is the same text.
    """

    def deconstruct(self) -> Any:
        """Return the field as migrations have it: for a database it is text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def to_python(self, value: Any) -> Any:
        """Return the boundary as it is kept; what is none, as it is, for the validators to refuse."""
        text = super().to_python(value)
        try:
            return _normal(json.loads(text, parse_constant=_refuse)) if text else text
        except BROKEN:
            return text

    def summary(self, text: str) -> str:
        """Return the boundary as people are told it where it cannot be drawn: its size, not its hundreds of numbers."""
        polygons = polygons_of(text)
        points = sum(len(ring) - 1 for polygon in polygons for ring in polygon)
        if not points:
            return text[:100]
        return _("{parts} 块，{points} 点，{area} 公顷").format(parts=len(polygons), points=points, area=plain(hectares(polygons)))


def check_boundary(text: str) -> None:
    """Raise ValidationError with a sentence for whatever is no Polygon or MultiPolygon of closed, simple rings on the globe."""
    try:
        polygons = _polygons(json.loads(text, parse_constant=_refuse))
        if not polygons or not all(polygons):
            raise ValueError
    except BROKEN:
        raise ValidationError(_("不是 GeoJSON 的 Polygon 或 MultiPolygon（面），请从制图软件重新导出。")) from None
    rings = [ring for polygon in polygons for ring in polygon]
    if not all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings):
        raise ValidationError(_("边界没有闭合：每一圈至少四点，末点与首点相同。"))
    check_degrees([position for ring in rings for position in ring])
    if (count := sum(map(len, rings))) > POINTS:
        raise ValidationError(_("边界有 {count} 点，上限 {most} 点，请先在制图软件中简化。").format(count=count, most=POINTS))
    if (where := crossing(rings)) is not None:
        raise ValidationError(_("边界自相交，在 {place} 附近，请在制图软件中改正。").format(place=spelt(*where)))
    for polygon in polygons:
        _check_rings(polygon)


def check_degrees(positions: Ring) -> None:
    """Refuse metres, and latitudes that stand before longitudes."""
    if any(abs(number) > 400 for position in positions for number in position):
        raise ValidationError(_(
            "坐标是以米为单位的投影坐标（如高斯—克吕格 3 度带），请在制图软件中转成 CGCS2000 经纬度（EPSG:4490），以度导出。"))
    exchanged = all(LATITUDES[0] <= x <= LATITUDES[1] and LONGITUDES[0] <= y <= LONGITUDES[1] for x, y in positions)
    if exchanged or not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in positions):
        raise ValidationError(_("坐标超出经纬度范围或次序颠倒：请先经度后纬度，用度为单位。"))


def _check_rings(polygon: Polygon) -> None:
    """Refuse rings without an area, and holes outside what they are cut from."""
    outer, *holes = polygon
    if not all(map(signed, polygon)):
        raise ValidationError(_("边界中有一圈的面积为零，请在制图软件中删去。"))
    if not all(any(is_inside(position, [outer]) for position in hole) for hole in holes):
        raise ValidationError(_("边界的内圈不在外圈之内：每一块先写外圈，再写其中的空洞。"))


def _refuse(word: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(word)


def polygons_of(text: str) -> list[Polygon]:
    """Return the polygons of a boundary; of an empty one, and of what is none, nothing."""
    try:
        polygons = _polygons(json.loads(text)) if text else []
    except BROKEN:
        return []
    return polygons if all(polygon and all(len(ring) >= 4 for ring in polygon) for polygon in polygons) else []


def _polygons(geometry: Any) -> list[Polygon]:
    return [[[_position(each) for each in ring] for ring in polygon] for polygon in _parts(geometry)]


def _position(told: Any) -> tuple[float, float]:
    """Return longitude and latitude; a height is kept in the text and not looked at."""
    x, y, *_height = told
    if not all(type(number) in (int, float) for number in told):
        raise TypeError(told)
    return float(x), float(y)


def _parts(geometry: Any) -> list[Any]:
    """Return the polygons of a geometry as they are written."""
    return {"Polygon": lambda one: [one], "MultiPolygon": list}[geometry["type"]](geometry["coordinates"])


def _normal(geometry: Any) -> str:
    """Return the text of a geometry with its rings the way round that RFC 7946 wants."""
    polygons = [[_turned(ring, place == 0) for place, ring in enumerate(polygon)] for polygon in _parts(geometry)]
    coordinates = polygons[0] if geometry["type"] == "Polygon" else polygons
    return json.dumps({"type": geometry["type"], "coordinates": coordinates}, allow_nan=False)


def _turned(ring: list[Any], is_outer: bool) -> list[Any]:
    return ring if (signed([_position(each) for each in ring]) > 0) == is_outer else ring[::-1]


def spelt(longitude: float, latitude: float) -> str:
    """Return a position in words, to the metre: 110.98°E 35.58°N."""
    named = ((longitude, "E", "W"), (latitude, "N", "S"))
    return " ".join(f"{plain(round_half_up(Decimal(abs(number)), 5))}°{one if number >= 0 else other}" for number, one, other in named)
