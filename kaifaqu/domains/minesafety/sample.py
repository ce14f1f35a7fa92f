"""The demo's ledger of fences: four invented mines, how far each of their sites is before the day of the notice, and three fences."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kaifaqu.domains.minesafety.models import FenceSite, GeoFence, Mine, SiteKind
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.story import Batch, Ref, moment

OWNER, BY = "DEMO-YJ", "institute"
LISTED, BROUGHT_IN = date(2024, 4, 22), date(2024, 7, 24)
CONTRACTED, INSTALLED, USED = date(2024, 5, 20), date(2024, 6, 18), date(2024, 7, 10)
FACES = ("一", "二", "三", "四")
STAGES = (3, 3, 2, 1, 3, 1, 2, 0, 3, 2, 3, 0, 1, 3, 2, 1)  # how far each site is: 0 nothing, 1 contract, 2 installed, 3 in use
REMOVED, UNGUARDED = 13, 11  # a site in use that was taken away again, and one of which no interim measure is known


def scenes() -> Iterator[Batch]:
    """Yield the mines, their sites of all eight kinds, and the fences of one machine and of two places in a roadway."""
    yield batch(0, Enterprise, [
        {"code": f"KJ-Q{number}", "name": f"演示{face}号煤业有限公司", "credit_code": wrong_credit_code(2200 + number), "synthetic": True}
        for number, face in enumerate(FACES, 1)])
    yield batch(1, Mine, [
        {"code": f"KJ{number}", "name": f"演示{face}号煤矿", "operator": Ref(Enterprise, f"KJ-Q{number}"),
         "city": "演示甲市" if number < 3 else "演示乙市"} for number, face in enumerate(FACES, 1)])
    yield batch(2, FenceSite, [site(number, stage) for number, stage in enumerate(STAGES)])
    machine = {"site": Ref(FenceSite, "FD01"), "name": "演示掘锚机围栏", "frame": "machine", "outline": "0,0;10.5,0;10.5,3.2;0,3.2"}
    roadway = {"site": Ref(FenceSite, "FD05"), "frame": "roadway", "roadway": "演示一水平运输巷", "since": USED}
    yield batch(3, GeoFence, [
        {"code": "DW1", **machine, "warn_distance": "6", "stop_distance": "3", "since": USED, "until": date(2024, 7, 22)},
        {"code": "DW2", **machine, "warn_distance": "6.5", "stop_distance": "3.5", "since": date(2024, 7, 22)},
        {"code": "DW3", **roadway, "name": "演示机头围栏", "outline": "0,-2.4;6,-2.4;6,2.4;0,2.4", "warn_distance": "4",
         "stop_distance": "1.5"},
        {"code": "DW4", **roadway, "name": "演示机尾围栏", "outline": "850,-2.4;856,-2.4;856,2.4;850,2.4", "warn_distance": "4",
         "stop_distance": "1.5"}])


def site(number: int, stage: int) -> dict[str, Any]:
    """Return the facts of one site: each kind in turn, in the mines by fours."""
    days = dict(zip(("contracted_on", "installed_on", "commissioned_on"), (CONTRACTED, INSTALLED, USED)[:stage], strict=False))
    guarded = stage < 3 and number != UNGUARDED
    return {
        "code": f"FD{number + 1:02d}", "mine": Ref(Mine, f"KJ{number // 4 + 1}"), "kind": list(SiteKind)[number % len(SiteKind)].value,
        "name": f"演示地点 {number + 1:02d}", "since": LISTED, **days, **({"interim_measure": "演示专人看守"} if guarded else {}),
        **({"document": f"演示投用单 {number + 1:02d}"} if stage == 3 else {}),
        **({"until": date(2024, 7, 20)} if number == REMOVED else {})}


def batch(minutes: int, register: type[Record], rows: list[dict[str, Any]]) -> Batch:
    """Return the entry of rows by the institute."""
    return Batch(moment(BROUGHT_IN, minutes), BY, register, rows, OWNER)
