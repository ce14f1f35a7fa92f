"""Outlines for tests."""

import json


def rectangle(west: float, east: float, south: float = 35.58, north: float = 35.62) -> str:
    """Return a rectangle as GeoJSON."""
    return polygon(ring(west, east, south, north))


def ring(west: float, east: float, south: float, north: float) -> list[list[float]]:
    """Return the corners of a rectangle, counterclockwise, closed."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[list[float]]) -> str:
    """Return a polygon of these rings as GeoJSON."""
    return json.dumps({"type": "Polygon", "coordinates": rings})


def collection(*features: tuple[dict, str | None], **members) -> bytes:
    """Return a FeatureCollection of properties and geometries."""
    return json.dumps({"type": "FeatureCollection", **members, "features": [
        {"type": "Feature", "properties": properties, "geometry": shape and json.loads(shape)} for properties, shape in features
    ]}).encode()  # fmt: skip
