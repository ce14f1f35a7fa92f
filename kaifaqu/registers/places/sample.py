"""The demo zone's places: an invented zone that was enlarged once, and its three parks."""

import json
from collections.abc import Iterator
from datetime import date

from kaifaqu.registers.story import Scene, moment

FOUNDED, ENLARGED = date(2022, 2, 22), date(2023, 6, 14)
SOUTH = [(110.98, 35.583), (110.9872, 35.5808), (110.99433, 35.5816), (111.0003, 35.5822), (111.00612, 35.5832)]  # from west to east
EAST = [(111.00672, 35.5945), (111.00613, 35.608)]  # of the first zone, where the third park was added
ADDED = [(111.01399, 35.5851), (111.01469, 35.6021), (111.01089, 35.6092), (111.00613, 35.608)]
NORTH = [(111.00572, 35.6174), (111.003, 35.6199), (110.99513, 35.6211), (110.99, 35.6222), (110.9812, 35.6186), (110.9785, 35.598)]
BETWEEN = (110.99553, 35.6)  # on the border of the two first parks
PARKS = {  # name: area in 公顷, corners; neighbours share theirs
    "东园区": ("420.5", [*SOUTH[2:], *EAST, *NORTH[:3], BETWEEN]),
    "西园区": ("610", [*SOUTH[:3], BETWEEN, *NORTH[2:]]),
    "循环产业园": ("185.25", [SOUTH[-1], *ADDED, EAST[0]]),
}


def scenes() -> Iterator[Scene]:
    """Yield the entry of the zone and its parks, and the zone's enlargement: its versions give the boundary in time."""
    yield Scene(moment(FOUNDED), "projects", "zones.create", facts={"facts": {
        "code": "Z0001", "name": "演示经济技术开发区", "level": "provincial", "approval": "演示批〔2006〕1号",
        "approved_on": "2006-04", "area": "1030.5", "boundary": outline([*SOUTH, *EAST, *NORTH]),
    }})
    for number, (name, (area, corners)) in enumerate(PARKS.items(), 1):
        yield Scene(moment(FOUNDED, number), "projects", "parks.create", facts={"facts": {
            "code": f"K{number:04d}", "name": name, "area": area, "boundary": outline(corners),
        }})
    yield Scene(moment(ENLARGED), "projects", "zones.correct", "Z0001", {"reason": "扩区批准", "facts": {
        "approval": "演示批〔2023〕8号", "area": "1215.75", "boundary": outline([*SOUTH, *ADDED, *NORTH]),
    }})


def outline(corners: list[tuple[float, float]]) -> str:
    """Return the polygon of these corners, counterclockwise, as GeoJSON."""
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
