"""Spots: places as they are told to one person, with what their boundaries say: extent, area, what lies in what."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from kaifaqu.kernel.access import User
from kaifaqu.kernel.units import text
from kaifaqu.kernel.world import World
from kaifaqu.registers.places.boundaries import polygons_of, spelt
from kaifaqu.registers.places.drawing import Drawing, Shape
from kaifaqu.registers.places.measures import Extent, Polygon, extent, hectares, share
from kaifaqu.registers.places.models import Parcel, Park, Place, Zone, area_problem
from kaifaqu.registers.places.telling import in_words

MOST = 300  # places of one register on one map
SLIVER = 0.005  # the share below which an overlap is a matter of drawing, not of planning
NEAR = 30  # neighbours that a record's page tells


@dataclass(frozen=True)
class Spot:
    """One place, today's or a version of it."""

    register: type[Place]
    row: Any

    @cached_property
    def polygons(self) -> list[Polygon]:
        """Return its boundary."""
        return polygons_of(self.row.boundary)

    @cached_property
    def extent(self) -> Extent | None:
        """Return the rectangle around it."""
        return extent(self.polygons)

    @cached_property
    def computed(self) -> Decimal | None:
        """Return its area by the boundary, in hectares."""
        return hectares(self.polygons) if self.polygons else None

    @property
    def corners(self) -> tuple[str, str] | None:
        """Return the south-western and the north-eastern corner of that rectangle in words."""
        within = self.extent
        return (spelt(within.west, within.south), spelt(within.east, within.north)) if within else None

    @property
    def entered(self) -> str:
        """Return the area that somebody entered, in the register's unit, and in hectares where that is another one."""
        return in_words(self.row.area, self.register.measured)

    @property
    def problem(self) -> list[str]:
        """Return the sentence about an area that the boundary does not have."""
        return area_problem(self.row)

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return reverse("record", args=[self.register.register, self.row.id])

    def shape(self, look: str = "", *, chosen: bool = False) -> Shape:
        """Return it as it is drawn."""
        look = look or ("zone" if self.register is Zone else "park")
        return Shape(self.row.id, str(self.row), look, self.polygons, self.address, chosen)


class Neighbour(NamedTuple):
    """A place of the same owner, and how it lies to another one, in words."""

    spot: Spot
    words: str
    apart: bool


def spots(user: User, world: World, owner: int | None = None) -> list[Spot]:
    """Return the zones, then the parks and parcels, that the person may see as known in the world; with an owner, only that one's."""
    found = []
    for register in (Zone, Park, Parcel):
        owners = user.owners(register.right_to("view"))
        rows = world.rows(register).filter(owner_id__in=owners if owner is None else owners & {owner})
        found += [Spot(register, row) for row in rows.order_by("code", "id")[:MOST]]
    return found


def neighbours(spot: Spot, others: Iterable[Spot]) -> list[Neighbour]:
    """Return how other places lie to this one; those that do not touch it last."""
    told = [relation(spot, other) for other in others if other.row.id != spot.row.id and other.polygons]
    return sorted(told, key=lambda each: each.apart)[:NEAR]


def relation(spot: Spot, other: Spot) -> Neighbour:
    """Return how the other place lies to this one: within it, around it, overlapping it, or apart."""
    if not (spot.extent and other.extent and spot.extent.meets(other.extent)):
        return Neighbour(other, _("不重叠"), True)
    within, around = share(other.polygons, spot.polygons), share(spot.polygons, other.polygons)
    if within >= 1 - SLIVER:
        return Neighbour(other, _("全部在本范围内"), False)
    if around >= 1 - SLIVER:
        return Neighbour(other, _("本范围全部在其中"), False)
    if max(within, around) < SLIVER:
        return Neighbour(other, _("不重叠"), True)
    return Neighbour(other, _("重叠，约占其 {share}%").format(share=text(round(Decimal(within * 100)))), False)


def drawing(shown: Iterable[Spot], title: str, chosen: int | None = None) -> Drawing:
    """Return the places as a map, zones below their parks."""
    return Drawing([each.shape(chosen=each.row.id == chosen) for each in shown if each.polygons], title)
