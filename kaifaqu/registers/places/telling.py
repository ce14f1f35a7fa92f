"""How areas are told: in the register's unit, and in hectares besides."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel.units import convert, display, round_half_up
from kaifaqu.pages import manners
from kaifaqu.pages.reading import NOTHING
from kaifaqu.registers.places.models import Parcel

PLACES = 4  # of hectares: to the square metre, where 亩 have no end


def in_words(area: Decimal, unit: str) -> str:
    """Return an area with its unit, and in hectares where that is another one."""
    told = display(area, unit)
    if unit == "公顷":
        return told
    return _("{area}（{hectares}）").format(area=told, hectares=display(round_half_up(convert(area, unit, "公顷"), PLACES), "公顷"))


def _parcel(area: Decimal | None, _row: Any) -> str:
    return NOTHING if area is None else in_words(area, Parcel.measured)


manners.column(Parcel, "area", told=_parcel)
