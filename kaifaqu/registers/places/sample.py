"""The demo zone's places: an invented zone that was enlarged once, and its three parks."""

import json
from collections.abc import Iterator
from datetime import date

from kaifaqu.registers.story import Scene, moment

FOUNDED, ENLARGED = date(2022, 2, 22), date(2023, 6, 14)
PARKS = {  # name: area in 公顷, west and east border
    "东园区": ("420.5", 111.04, 111.08),
    "西园区": ("610", 110.98, 111.02),
    "循环产业园": ("185.25", 111.02, 111.04),
}


def scenes() -> Iterator[Scene]:
    """Yield the entry of the zone and its parks, and the zone's enlargement: its versions give the boundary in time."""
    yield Scene(moment(FOUNDED), "projects", "zones.create", facts={"facts": {
        "code": "Z0001", "name": "演示经济技术开发区", "level": "provincial", "approval": "演示批〔2006〕1号",
        "approved_on": "2006-04", "area": "1030.5", "boundary": rectangle(110.98, 111.04),
    }})
    for number, (name, (area, west, east)) in enumerate(PARKS.items(), 1):
        yield Scene(moment(FOUNDED, number), "projects", "parks.create", facts={"facts": {
            "code": f"K{number:04d}", "name": name, "area": area, "boundary": rectangle(west, east),
        }})
    yield Scene(moment(ENLARGED), "projects", "zones.correct", "Z0001", {"reason": "扩区批准", "facts": {
        "approval": "演示批〔2023〕8号", "area": "1215.75", "boundary": rectangle(110.98, 111.08),
    }})


def rectangle(west: float, east: float, south: float = 35.58, north: float = 35.62) -> str:
    """Return a rectangle as GeoJSON."""
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [corners]})
