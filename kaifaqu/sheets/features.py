"""GeoJSON as a table: a feature is a row, its properties and its geometry are the cells.

Imports no Django: the child process that reads files from outside uses it.
"""

import re
from typing import Any

KEY, GEOMETRY = "_key", "geometry"
SHAPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
KINDS = ("FeatureCollection", "Feature", *SHAPES)
ADDED = ("owner", "known", "datum")  # properties that an export adds for those who open it elsewhere; they are not read
DEGREES = re.compile(r"CRS:?84$|EPSG:[\d.]*:?(?:4326|4490)$|CGCS2000$", re.I)  # longitude and latitude on CGCS2000 or WGS 84


class NoTable(Exception):
    """The file is no table: the reason is crs (other coordinates than those two) or features (no list of features)."""


def is_geojson(told: Any) -> bool:
    """Tell whether a JSON value says that it is GeoJSON."""
    return isinstance(told, dict) and told.get("type") in KINDS


def table(told: dict[str, Any]) -> tuple[dict[str, Any], list[str], list[list[Any]]]:
    """Return what the file says of itself, the names of its columns and its rows. Raise NoTable where it has none."""
    if not DEGREES.search(_crs(told)):
        raise NoTable("crs")
    features = [_feature(each) for each in _features(told)]
    mark = told.get("kaifaqu")
    mark = mark if isinstance(mark, dict) else {}
    names = [str(name).removeprefix("=") for name in mark.get("columns", ())]
    names = names or [*dict.fromkeys(name for properties, _shape in features for name in properties if name not in ADDED), GEOMETRY]
    place = mark.get(GEOMETRY, GEOMETRY)
    return mark, names, [[shape if name == place else properties.get(name) for name in names] for properties, shape in features]


def _crs(told: dict[str, Any]) -> str:
    """Return the coordinates that the file names, as GeoJSON did before RFC 7946; without a name, longitude and latitude."""
    match told.get("crs"):
        case None:
            return "CRS84"
        case {"properties": {"name": str(name)}}:
            return name
    return ""


def _features(told: dict[str, Any]) -> list[Any]:
    if told["type"] != "FeatureCollection":
        return [told]
    features = told.get("features")
    if not isinstance(features, list) or not features:
        raise NoTable("features")
    return features


def _feature(told: Any) -> tuple[dict[str, Any], Any]:
    """Return the properties and the geometry of a feature; a bare geometry has no properties."""
    if not isinstance(told, dict):
        raise NoTable("features")
    if told.get("type") != "Feature":
        return {}, told
    properties = told["properties"] if isinstance(told.get("properties"), dict) else {}
    return {name: value for name, value in properties.items() if name != GEOMETRY}, told.get(GEOMETRY)
