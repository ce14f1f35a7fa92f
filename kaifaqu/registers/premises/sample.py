"""The demo zone's standard workshops: seven invented blocks, of which the four completed ones are divided and mostly let."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Building, BuildingKind, Unit
from kaifaqu.registers.story import Ref, Scene, moment

PARK = "K0001"
FIRST, SECOND = date(2022, 4, 20), date(2024, 2, 20)  # the days on which the blocks of each phase are entered
DIVIDED = date(2023, 9, 1)
BLOCKS = {  # code: name, area, floors, day
    "LD0001": ("榆店标准化厂房1号楼", "3200", 2, FIRST), "LD0002": ("榆店标准化厂房2号楼", "3400", 2, FIRST),
    "LD0003": ("榆店标准化厂房3号楼", "3600", 3, FIRST), "LD0004": ("榆店标准化厂房4号楼", "3800", 3, FIRST),
    "LD0005": ("榆店标准化厂房5号楼", "8500", 3, SECOND), "LD0006": ("榆店标准化厂房6号楼", "9000", 3, SECOND),
    "LD0007": ("榆店标准化厂房7号楼", "9500", 3, SECOND),
}  # fmt: skip
UNITS = {  # block: its units from DIVIDED on, each with floor and area
    "LD0001": ("101 1 1600", "201 2 1600"), "LD0002": ("101 1 1700", "201 2 850", "202 2 850"),
    "LD0003": ("101 1 1200", "201 2 1200", "301 3 1200"), "LD0004": ("101 1 1300", "201 2 1250", "301 3 1250"),
}
LEASES = (  # unit, tenant, from, agreed until
    ("LY0001", "Q0026", "2023-10-01", "2026-10-01"), ("LY0002", "Q0026", "2023-10-01", "2026-10-01"),
    ("LY0003", "Q0027", "2023-12-01", "2025-12-01"), ("LY0004", "Q0025", "2024-01-01", "2027-01-01"),
    ("LY0006", "Q0017", "2024-03-01", "2027-03-01"), ("LY0007", "Q0018", "2024-04-01", "2027-04-01"),
    ("LY0009", "Q0015", "2024-02-01", "2025-02-01"), ("LY0010", "Q0028", "2024-05-01", "2029-05-01"),
)
LEFT = ("ZL0005", date(2024, 6, 30), "扩产，迁入自建厂房")
SPLIT = ("LY0009", date(2024, 7, 1), ("101东 700", "101西 600"))
AGAIN = ("LY0012", "Q0015", "2024-07-10", "2026-07-10")


def scenes() -> Iterator[Scene]:
    """Yield the blocks, how they were divided, who moved in and out, and one unit that was split in two."""
    for number, (code, (name, area, floors, day)) in enumerate(BLOCKS.items()):
        yield entry(day, 150 + number, "buildings", code=code, name=name, park=Ref(Park, PARK), area=area, floors=floors,
                    kind=BuildingKind.STANDARD_WORKSHOP)
    for number, (code, parts) in enumerate(UNITS.items()):
        yield Scene(moment(DIVIDED, 150 + number), "projects", "buildings.divide", code, {"since": DIVIDED, "parts": list(parts)})
    for number, (unit, tenant, since, until) in enumerate((*LEASES, AGAIN), 1):
        yield entry(date.fromisoformat(since), 160, "leases", unit=Ref(Unit, unit), tenant=Ref(Enterprise, tenant), since=since,
                    until=until, document=f"演示租赁合同 {number:03d}", purpose="生产")
    code, day, reason = LEFT
    yield Scene(moment(day, 165), "projects", "leases.end", code, {"ended_on": day, "end_reason": reason})
    code, day, parts = SPLIT
    yield Scene(moment(day, 150), "projects", "building_units.split", code, {
        "split_on": day, "parts": list(parts), "reason": "按两家小企业的需要再划分"})


def entry(on: date, minutes: int, register: str, /, **facts: Any) -> Scene:
    """Return the entry of one record by the project office."""
    return Scene(moment(on, minutes), "projects", f"{register}.create", facts={"facts": facts})


def block(code: str) -> Ref:
    """Return a block by its code."""
    return Ref(Building, code)
