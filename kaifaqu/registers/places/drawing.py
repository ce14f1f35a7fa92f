"""Drawing: outlines as SVG, for every browser, print and paper, and the same outlines as GeoJSON for the map that moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kaifaqu.registers.places.measures import Extent, Polygon, Ring, extent, metres, round_length

WIDTH, TALLEST, SHORTEST, MARGIN = 720, 640, 220, 36
DETAIL = 4000  # parts of the map's width that can be told apart
LABEL = 14  # characters of a name on a map; whole names stand in the list beside it


@dataclass(frozen=True)
class Shape:
    """One outline: which place it is of, and how it is drawn: zone, park, near, before or after."""

    key: int
    name: str
    look: str
    polygons: list[Polygon]
    address: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Drawing:
    """A map: the outlines, the farther ones first, within one extent."""

    shapes: Sequence[Shape]
    title: str

    @property
    def within(self) -> Extent | None:
        """Return what is drawn: all the outlines, or None where there are none."""
        return extent(polygon for shape in self.shapes for polygon in shape.polygons)

    @property
    def features(self) -> dict[str, Any]:
        """Return the outlines for the map that moves, as fine as anybody can see them."""
        step = _step(self.within)
        return {"type": "FeatureCollection", "features": [
            {
                "type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": _thinned(shape.polygons, step)},
                "properties": {"key": shape.key, "name": shape.name, "look": shape.look, "address": shape.address},
            } for shape in self.shapes]}  # fmt: skip

    def svg(self) -> SafeString:
        """Return the map as a drawing, with a scale bar, an arrow to the north and the names."""
        within = self.within
        if within is None:
            return SafeString("")
        sheet = _Sheet(within)
        drawn = [(shape, _thinned(shape.polygons, _step(within))) for shape in self.shapes]
        outlines = format_html_join("", '<path class="{}{}" d="{}"><title>{}</title></path>', (
            (shape.look, " chosen" if shape.chosen else "", sheet.path(polygons), shape.name) for shape, polygons in drawn))
        labels = format_html_join("", '<text class="{}" x="{}" y="{}">{}</text>', (
            (shape.look, *sheet.place_of(shape), short(shape.name)) for shape, _polygons in drawn if shape.look != "before"))
        return format_html(
            '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}{}{}</svg>',
            WIDTH, sheet.height, self.title, outlines, labels, sheet.furniture())


def short(name: str) -> str:
    """Return a name as it stands on a map."""
    return name if len(name) <= LABEL else f"{name[:LABEL - 1]}…"


class _Sheet:
    """The paper: degrees become points, both as long as they are on the ground."""

    def __init__(self, within: Extent):
        self.within = within
        east, north = metres((within.south + within.north) / 2)
        wide, tall = max((within.east - within.west) * east, 1), max((within.north - within.south) * north, 1)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)  # points a metre
        self.x, self.y = east * self.scale, north * self.scale
        self.height = round(max(SHORTEST, tall * self.scale + 2 * MARGIN + 24))
        self.left = (WIDTH - wide * self.scale) / 2
        self.top = (self.height - 24 - tall * self.scale) / 2

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a position stands on the paper."""
        return (
            round(self.left + (longitude - self.within.west) * self.x, 1), round(self.top + (self.within.north - latitude) * self.y, 1))

    def path(self, polygons: Iterable[Polygon]) -> str:
        """Return the outline as the commands of a path."""
        rings = (ring for polygon in polygons for ring in polygon)
        return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in (self.at(*position) for position in ring[:-1])) + "Z" for ring in rings)

    def place_of(self, shape: Shape) -> tuple[float, float]:
        """Return where the name stands: of a zone above it, so that it leaves its parks room, of all others in the middle."""
        west, south, east, north = extent(shape.polygons) or self.within
        x, y = self.at((west + east) / 2, north if shape.look == "zone" else (south + north) / 2)
        return x, y - 8 if shape.look == "zone" else y + 5

    def furniture(self) -> SafeString:
        """Return the scale bar and the arrow to the north."""
        length = round_length(WIDTH / 4 / self.scale)
        foot, end = self.height - 12, 12 + length * self.scale
        told = _("{length} 米").format(length=length) if length < 1000 else _("{length} 公里").format(length=length // 1000)
        return format_html(
            '<path class="scale" d="M12 {} V{} H{} V{}"/><text class="scale" x="{}" y="{}">{}</text>'
            '<path class="north" d="M{} {}l6 18l-6 -5l-6 5z"/><text class="north" x="{}" y="{}">{}</text>',
            foot - 6, foot, f"{end:.1f}", foot - 6, f"{end + 8:.1f}", foot, told, WIDTH - 18, 8, WIDTH - 18, 42, _("北"))


def _step(within: Extent | None) -> float:
    """Return the distance in degrees below which nobody sees a difference."""
    return max(within.east - within.west, within.north - within.south) / DETAIL if within else 0.0


def _thinned(polygons: Iterable[Polygon], step: float) -> list[Polygon]:
    """Return the polygons without positions that nobody can tell from the one before; what vanishes so is left out."""
    thinned = [[ring for ring in (_thin(each, step) for each in polygon) if len(ring) >= 4] for polygon in polygons]
    return [polygon for polygon in thinned if polygon]


def _thin(ring: Ring, step: float) -> Ring:
    kept = [ring[0]]
    for x, y in ring[1:-1]:
        if abs(x - kept[-1][0]) >= step or abs(y - kept[-1][1]) >= step:
            kept.append((x, y))
    return [*kept, ring[-1]]
