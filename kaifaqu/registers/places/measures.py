"""Measures: what can be told of boundaries by computing: area, extent, where one lies in another. Plain Python, no library.

An edge is the straight line between two positions in longitude and latitude, as RFC 7946 has it.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import chain, pairwise
from math import atanh, ceil, cos, floor, radians, sin, sqrt
from typing import NamedTuple

from kaifaqu.kernel.units import round_half_up

Position = tuple[float, float]  # longitude, latitude
Ring = list[Position]
Polygon = list[Ring]  # the outer ring, then the holes

AXIS, FLATTENING = 6_378_137.0, 1 / 298.257222101  # of the ellipsoid of CGCS2000; that of WGS 84 is the same to 0.1 mm
LINES = 400  # along which two areas are compared: shares come out to about a quarter of a per cent
ECCENTRICITY = sqrt(FLATTENING * (2 - FLATTENING))
AXIS_2 = (AXIS * (1 - FLATTENING)) ** 2
_STEPS = ((-sqrt(3 / 5), 5 / 18), (0.0, 4 / 9), (sqrt(3 / 5), 5 / 18))  # of Gauss's quadrature with three points


class Extent(NamedTuple):
    """The least rectangle of longitudes and latitudes around something."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, other: "Extent") -> bool:
        """Tell whether the two rectangles have a point in common."""
        return self.west <= other.east and other.west <= self.east and self.south <= other.north and other.south <= self.north


def extent(polygons: Iterable[Polygon]) -> Extent | None:
    """Return the extent of the polygons; of none, None."""
    positions = [position for polygon in polygons for position in polygon[0]]
    if not positions:
        return None
    xs, ys = zip(*positions, strict=True)
    return Extent(min(xs), min(ys), max(xs), max(ys))


def area(polygons: Iterable[Polygon]) -> float:
    """Return the area on the ellipsoid in square metres, holes left out.

    By Green's theorem it is the integral along the boundary of the zone between equator and parallel, for which there is a
    closed form; land surveys compute the ellipsoidal area of a parcel on the same principle. Each edge is integrated by
    Gauss's quadrature, which for edges of a degree is right to a square decimetre.
    """
    return sum(abs(_swept(outer)) - sum(abs(_swept(hole)) for hole in holes) for outer, *holes in polygons)


def hectares(polygons: Iterable[Polygon]) -> Decimal:
    """Return the area in hectares, to the are."""
    return round_half_up(Decimal(area(polygons)) / 10_000, 2)


def _swept(ring: Ring) -> float:
    """Return the area of a ring, negative where it runs clockwise."""
    base = _zone(ring[0][1])  # taken off, so that a small area is not the difference of two large ones
    return sum(
        radians(x1 - x2) * sum(weight * (_zone((y1 + y2 + step * (y2 - y1)) / 2) - base) for step, weight in _STEPS)
        for (x1, y1), (x2, y2) in pairwise(ring))


def _zone(latitude: float) -> float:
    """Return the area from the equator to the parallel, per radian of longitude."""
    s = sin(radians(latitude))
    es = ECCENTRICITY * s
    return AXIS_2 / 2 * (s / (1 - es * es) + atanh(es) / ECCENTRICITY)


def signed(ring: Ring) -> float:
    """Return twice the area of a ring in square degrees: above zero where it runs counterclockwise."""
    (left, low), *_rest = ring
    return sum((x1 - left) * (y2 - low) - (x2 - left) * (y1 - low) for (x1, y1), (x2, y2) in pairwise(ring))


def is_inside(position: Position, polygon: Polygon) -> bool:
    """Tell whether the position lies in the polygon, and in none of its holes."""
    x, y = position
    crossed = (x1 + (y - y1) / (y2 - y1) * (x2 - x1) for ring in polygon for (x1, y1), (x2, y2) in pairwise(ring) if (y1 > y) != (y2 > y))
    return sum(x < each for each in crossed) % 2 == 1


def crossing(rings: Iterable[Ring]) -> Position | None:
    """Return where two edges of the rings cross, None where none do; that they touch is no crossing."""
    edges = sorted((min(a, b), max(a, b)) for a, b in chain.from_iterable(map(pairwise, rings)))  # from west to east
    open_: list[tuple[Position, Position]] = []
    for edge in edges:
        (left, y1), (right, y2) = edge
        low, high = min(y1, y2), max(y1, y2)
        open_ = [other for other in open_ if other[1][0] > left]
        for other in open_:
            ya, yb = other[0][1], other[1][1]
            if (ya < high or yb < high) and (ya > low or yb > low) and _cross(edge, other):
                return (max(left, other[0][0]) + min(right, other[1][0])) / 2, (max(low, min(ya, yb)) + min(high, max(ya, yb))) / 2
        open_.append(edge)
    return None


def _cross(one: tuple[Position, Position], other: tuple[Position, Position]) -> bool:
    """Tell whether each edge has its ends on both sides of the other."""
    return _side(*one, other[0]) * _side(*one, other[1]) < 0 and _side(*other, one[0]) * _side(*other, one[1]) < 0


def _side(a: Position, b: Position, c: Position) -> int:
    """Return 1 or -1 for the side of the line from a to b on which c lies, 0 where it lies on it as far as numbers tell."""
    one, two = (b[0] - a[0]) * (c[1] - a[1]), (b[1] - a[1]) * (c[0] - a[0])
    return 0 if abs(one - two) <= 1e-11 * (abs(one) + abs(two)) else 1 if one > two else -1


def share(inner: list[Polygon], outer: list[Polygon]) -> float:
    """Return about which share of the inner area lies in the outer one, from 0 to 1.

    Both are cut along parallels, and the lengths within are compared. So borders in common, and slivers of two surveys of
    the same border, count for nothing, where an exact comparison would find an overlap.
    """
    within = extent(inner)
    if within is None or not outer:
        return 0.0
    step = (within.north - within.south) / LINES
    own, others = (_cuts(each, within.south + step / 2, step) for each in (inner, outer))
    whole = sum(end - start for cuts in own.values() for start, end in cuts)
    common = sum(
        max(0.0, min(end, last) - max(start, first))
        for line, cuts in own.items() for start, end in cuts for first, last in others.get(line, ()))
    return common / whole if whole else 0.0


def _cuts(polygons: list[Polygon], south: float, step: float) -> dict[int, list[tuple[float, float]]]:
    """Return, by the number of the parallel, the pieces of it that lie in the polygons."""
    met: dict[int, list[float]] = defaultdict(list)
    for (x1, y1), (x2, y2) in (edge for polygon in polygons for ring in polygon for edge in pairwise(ring)):
        if y1 != y2:
            (low, x_low), (high, x_high) = sorted([(y1, x1), (y2, x2)])
            first, last = max(0, ceil((low - south) / step)), min(LINES - 1, ceil((high - south) / step) - 1)
            for line in range(first, last + 1):
                met[line].append(x_low + (south + line * step - low) / (high - low) * (x_high - x_low))
    return {line: list(zip(xs[::2], xs[1::2], strict=False)) for line, xs in ((line, sorted(xs)) for line, xs in met.items())}


def metres(latitude: float) -> tuple[float, float]:
    """Return how many metres a degree of longitude and one of latitude have at this latitude."""
    s = sin(radians(latitude))
    bent = 1 - (ECCENTRICITY * s) ** 2
    return radians(AXIS / sqrt(bent) * cos(radians(latitude))), radians(AXIS * (1 - ECCENTRICITY**2) / bent**1.5)


def round_length(most: float) -> int:
    """Return the greatest of 1, 2, 5, 10, 20 ... metres that is no longer than `most`."""
    power = 10 ** max(0, len(str(floor(most))) - 1)
    return next(times * power for times in (5, 2, 1) if times == 1 or times * power <= most)
