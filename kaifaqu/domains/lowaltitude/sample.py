"""The demo zone's low-altitude economy: what the zone keeps of makers, sessions and tours, and what an operator keeps of its flights."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Any

from kaifaqu.domains.lowaltitude.models import (
    Aircraft,
    AviationProduct,
    AviationRole,
    BirdObservation,
    JumpEquipment,
    JumpRecord,
    Mission,
    Obstacle,
    PrototypeEvent,
    Sortie,
    StudySite,
    StudyTour,
    TourProduct,
)
from kaifaqu.files import store
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.qualifications.models import Qualification
from kaifaqu.registers.story import Batch, Ref, Scene, moment

SEED = 20240805
ZONE, FLY = "industry", "flight"  # the accounts
OPERATOR = "DEMO-FLY"
FIRST = date(2022, 2, 24)  # on which the ledgers that were kept before are entered
LAST = date(2024, 8, 4)  # the day before that on which the demo stands
MAKERS = {  # besides Q0009, which makes engines
    "T0001": "演示甲轻型飞机制造有限公司", "T0002": "演示乙轻型飞机制造有限公司", "T0003": "演示丙精密元件有限公司",
    "T0004": "演示丁航空动力有限公司",
}  # fmt: skip
ENGINES = "Q0009"
OPERATORS = {f"T{number:04d}": f"演示通航运营{name}有限公司" for number, name in enumerate("甲乙丙丁戊己庚辛壬癸", 6)}
OPERATORS = {"T0005": "演示通航运营有限公司", **OPERATORS}
SCENARIOS = ("technology", "study", "study", "study", "tourism", "tourism", "events", "tourism", "events", "events", "technology")
PRODUCTS = (  # name, maker, direction, kind, begun, produced, basis of being made nowhere else, military
    ("演示A型", "T0001", "light_aircraft", "aircraft", "2016", "2019-05", "", False),
    ("演示B型", "T0002", "light_aircraft", "aircraft", "2015", "2018", "演示型号授权文件", False),
    ("演示过滤元件", "T0003", "component", "part", "2017", "2019", "", False),
    ("演示液压元件", "T0003", "component", "part", "2018", "2021", "", False),
    ("演示涉军动力方向", "T0004", "engine", "part", "", "", "", True),
    ("演示民用动力方向", "T0004", "engine", "part", "2020", "", "", False),
)
PLANT = "P0020"  # the project whose formalities are handled together
ENDS = ("2024-09-20", "2024-10-04", "2024-10-05", "2025-03-01", "2025-06-12", "2025-09-30", "2026-01-15", "2026-03-20", "2026-07-01",
        "2027-02-10", "2027-05-05")  # of the operators' certificates: the second is the sixtieth day, the third the day after
SERIES = ("演示热气球锦标赛", "演示轻型飞机公开赛暨锦标赛")
SESSIONS = (  # day, kind, series
    ("2018-09-15", 0, 0), ("2019-06-08", 0, 1), ("2019-08-20", 1, None), ("2019-09-14", 0, 0), ("2020-09-19", 0, 0),
    ("2021-05-22", 0, 1), ("2021-07-10", 1, None), ("2021-09-18", 0, 0), ("2022-06-18", 1, None), ("2022-09-17", 0, 0),
    ("2023-05-20", 0, 1), ("2023-06-10", 1, None), ("2023-08-19", 1, None), ("2024-05-18", 0, 1), ("2024-06-15", 1, None),
    ("2024-07-20", 1, None),
)
PLANNED = ("演示秋季飞行大会", "2024-09-28")
ORGANISERS = (("T0006", 42), ("T0007", 34), ("T0008", 24))  # batches of fifty
TOURS = (  # name, operator, craft, kind, route, seats
    ("演示古城长城线", "T0010", "trike", "sightseeing", "演示古城至演示长城", 1),
    ("演示云航线", "T0012", "balloon", "experience", "演示湿地上空", 4),
    ("演示滑翔体验", "T0010", "glider", "experience", "", 1), ("演示航模表演", "T0009", "model", "show", "", None),
)
MINUTES = [60] * 4 + [80] * 8 + [90] * 5 + [110] * 2 + [130]  # of this year's missions: 1,680 together
CREWS = [12] * 10 + [13] * 30 + [14] * 10
MISSIONS = (  # code, kind, ordered, laser, customer, area
    ("RW0001", "aerodrome", "2023-03-06", True, "演示机场", "演示机场周边"),
    ("RW0002", "aerodrome", "2024-01-08", True, "演示机场", "演示机场周边"),
    ("RW0003", "birds", "2024-02-19", False, "演示湿地管理站", "演示湿地"),
    ("RW0004", "obstacles", "2024-04-08", False, "演示航线运营方", "演示低空航线"),
    ("RW0005", "aerodrome", "2024-05-13", False, "", ""),
)  # fmt: skip
MILITARY = "RW0005"
SPECIES = ("演示雁类", "演示鹤类", "演示鸥类", "演示鹭类")
WEST, SOUTH = 110.90, 35.55  # of the invented places
OBSTACLES = (
    ("演示输电塔一", "tower", "46.5"), ("演示输电塔二", "tower", "48"), ("演示架空线", "wire", "32.5"), ("演示水塔", "building", "28"),
    ("演示通信铁塔", "tower", "55"))  # fmt: skip
HANDED = 3  # of them have been handed over


def scenes() -> Iterator[Scene | Batch]:
    """Yield what the zone enters, and what the operator enters for itself."""
    yield from firms()
    yield from made()
    yield from delivered()
    yield from sessions()
    yield from tours()
    yield from flights(Random(SEED))
    yield from seen(Random(SEED))


def firm(code: str, name: str, number: int, **more: Any) -> dict[str, Any]:
    """Return the facts of an invented enterprise."""
    return {"code": code, "name": name, "credit_code": wrong_credit_code(1000 + number), "industry": "3741" if number < 5 else "5621",
            "control": "private", "synthetic": True, **more}


def firms() -> Iterator[Scene | Batch]:
    """Yield four makers and eleven operators; who makes engines is in the zone's ledger already, and takes the role up later."""
    accounts = {"T0005": {"party": Ref(Party, OPERATOR)}}
    named = enumerate((MAKERS | OPERATORS).items(), 1)
    yield Batch(moment(FIRST), ZONE, Enterprise, [firm(code, name, number, **accounts.get(code, {})) for number, (code, name) in named])
    maker = [{"enterprise": Ref(Enterprise, code), "role": "maker", "since": "2018-06-01"} for code in MAKERS]
    operator = [
        {"enterprise": Ref(Enterprise, code), "role": "operator", "scenario": scenario,
         "since": f"{2018 + number % 4}-0{number % 9 + 1}-15"}
        for number, (code, scenario) in enumerate(zip(OPERATORS, SCENARIOS, strict=True))]
    yield Batch(moment(FIRST, 5), ZONE, AviationRole, [*maker, *operator])
    yield Batch(moment(date(2022, 8, 1)), ZONE, AviationRole, [
        {"enterprise": Ref(Enterprise, ENGINES), "role": "maker", "since": "2022-08-01"}])
    yield Batch(moment(FIRST, 10), ZONE, Qualification, [
        {"code": "ZT0001", "holder": Ref(Enterprise, "T0001"), "kind": "production_certificate", "subject": "演示A型",
         "number": "演示生产许可 001", "authority": "演示民航主管机关", "since": "2018-12-10"},
        {"code": "ZT0002", "holder": Ref(Enterprise, "T0002"), "kind": "other", "subject": "演示B型", "number": "演示生产批准 002",
         "authority": "演示民航主管机关", "since": "2017-11-06"},
        *({"code": f"ZT{number:04d}", "holder": Ref(Enterprise, code), "kind": "operating_certificate",
           "number": f"演示经营许可 {number:03d}", "authority": "演示民航主管机关", "since": f"{int(end[:4]) - 6}{end[4:]}", "until": end}
          for number, (code, end) in enumerate(zip(OPERATORS, ENDS, strict=True), 3))])
    yield Batch(moment(date(2023, 11, 22)), ZONE, Qualification, [
        {"code": "ZT0014", "holder": Ref(Enterprise, "T0004"), "kind": "new_rd_org", "authority": "演示省级主管部门",
         "since": "2023-11-20"}])


def made() -> Iterator[Scene | Batch]:
    """Yield the products, the prototypes of one of them, and the products of tourism."""
    rows = [
        {"code": f"CP{number:04d}", "name": name, "maker": Ref(Enterprise, maker), "direction": direction, "kind": kind,
         "began_on": begun or None, "produced_on": produced or None, "sole_base_evidence": basis, "military": military}
        for number, (name, maker, direction, kind, begun, produced, basis, military) in enumerate(PRODUCTS, 1)]
    yield Batch(moment(FIRST, 15), ZONE, AviationProduct, rows)
    yield Batch(moment(date(2024, 4, 2)), ZONE, AviationProduct, [
        {"code": "CP0007", "name": "演示活塞发动机", "maker": Ref(Enterprise, ENGINES), "direction": "engine", "kind": "part",
         "project": Ref(Project, PLANT)},
        {"code": "CP0008", "name": "演示机载驱鸟设备", "maker": Ref(Enterprise, ENGINES), "kind": "bird_laser", "began_on": "2020",
         "produced_on": "2022"}])
    for stage, day in (("assembled", date(2023, 4, 18)), ("tested", date(2023, 9, 26))):
        yield Batch(moment(day, 30), ZONE, PrototypeEvent, [
            {"product": Ref(AviationProduct, "CP0006"), "prototype": "演示样机 1", "stage": stage, "reached_on": day,
             "reached_evidence": "演示试制记录"}])
    yield Batch(moment(FIRST, 20), ZONE, TourProduct, [
        {"name": name, "operator": Ref(Enterprise, operator), "craft": craft, "kind": kind, "route": route, "seats": seats,
         "since": "2021-05-01"} for name, operator, craft, kind, route, seats in TOURS])


def delivered() -> Iterator[Batch]:
    """Yield which approvals the zone accepts, and 29 and 10 deliveries: the old ones at once, the others in their months."""
    yield Batch(moment(FIRST, 25), ZONE, DatedRule, [
        {"kind": "lowaltitude.delivery", "since": "2018-01-01", "published_on": FIRST, "content": '{"accepts": "any"}',
         "source_document": "演示开发区〔2022〕6号：另一个机型按登记为「其他资质」的生产批准交付"}])
    rows = [_aircraft("A", number, 3, _month(2019, 5, number * 62 // 28)) for number in range(29)]
    rows += [_aircraft("B", number, 2, _month(2020, 3, number * 50 // 9)) for number in range(10)]
    yield from by_month(rows, "delivered_on", ZONE, Aircraft, 40)


def _aircraft(model: str, number: int, digits: int, day: date) -> dict[str, Any]:
    maker = {"A": "T0001", "B": "T0002"}[model]
    return {"serial_number": f"DEMO-{model}-{number + 1:0{digits}d}", "model": f"演示{model}型", "maker": Ref(Enterprise, maker),
            "delivered_on": day, "buyer": f"演示用户 {number % 7 + 1:02d}", "delivered_evidence": "演示交接单"}


def _month(year: int, month: int, later: int) -> date:
    years, month = divmod(month - 1 + later, 12)
    return date(year + years, month + 1, 12)


def by_month(
    rows: list[dict[str, Any]], day: str, by: str, register: type, minutes: int, owner: str = "",
) -> Iterator[Batch]:
    """Yield the rows as they are entered: what is older at once, the rest on the last day of its month."""
    def entered(row: dict[str, Any]) -> date:
        at = row[day]
        last = (at.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return min(max(last, FIRST), LAST)

    for at, group in groupby(sorted(rows, key=entered), key=entered):
        yield Batch(moment(at, minutes), by, register, list(group), owner)


def sessions() -> Iterator[Scene]:
    """Yield sixteen sessions, each planned and approved, with the file of its safety plan, and held; and one that is to come."""
    kept = store.keep(io.BytesIO("演示安全和救援方案\n".encode()), "演示安全和救援方案.txt")
    for number, (day, kind, series) in enumerate(SESSIONS, 1):
        held, code = date.fromisoformat(day), f"SS{number:04d}"
        approved = held - timedelta(days=20)
        name = f"{held.year} {SERIES[series]}" if series is not None else f"演示航空会展 {held.year}（{held.month} 月）"
        yield Scene(moment(max(approved, FIRST), 50 + number), ZONE, "aviation_events.create", facts={"facts": {
            "code": code, "name": name, "series": "" if series is None else SERIES[series], "kind": ("competition", "exhibition")[kind],
            "organiser": "演示航空运动学校", "venue": "演示通用机场", "planned_on": held, "airspace_authority": "演示空管部门",
            "airspace_number": f"演示空域〔{held.year}〕{number} 号", "airspace_approved_on": approved,
            "safety_plan_evidence": "演示安全和救援方案"}})
        yield Scene(moment(max(approved, FIRST), 100 + number), ZONE, "aviation_events.attach", code, {
            "kept": kept, "purpose": "safety_plan_evidence"})
        yield Scene(moment(max(held, FIRST), 150 + number), ZONE, "aviation_events.hold", code, {
            "held_on": held, "participants": 60 + 7 * number})
    yield Scene(moment(date(2024, 7, 1), 50), ZONE, "aviation_events.create", facts={"facts": {
        "code": "SS0017", "name": PLANNED[0], "kind": "exhibition", "planned_on": PLANNED[1]}})


def tours() -> Iterator[Batch]:
    """Yield a hundred batches of study tours, of fifty persons each."""
    yield Batch(moment(FIRST, 45), ZONE, StudySite, [
        {"code": "CD0001", "name": "演示航空科普馆", "capacity": 60}, {"code": "CD0002", "name": "演示通用机场研学区", "capacity": 80}])
    organisers = [organiser for organiser, count in ORGANISERS for _number in range(count)]
    Random(SEED).shuffle(organisers)
    rows = []
    for number, organiser in enumerate(organisers):
        day = date(2024, 1, 6) + timedelta(days=number * 210 // 99)
        rows.append({
            "code": f"YX{number + 1:04d}", "organiser": Ref(Enterprise, organiser), "site": Ref(StudySite, f"CD000{number % 2 + 1}"),
            "school": f"演示学校 {number % 23 + 1:02d}", "activity": ("航空科普", "模型制作", "机场参观")[number % 3],
            "guide": f"演示人员 {300 + number % 9}", "planned_on": day, "planned_headcount": 52, "minors": True,
            "consent_on": day - timedelta(days=3), "held_on": day, "headcount": 50})
    yield from by_month(rows, "held_on", ZONE, StudyTour, 60)


def flights(chance: Random) -> Iterator[Batch]:
    """Yield the operator's aircraft and sorties: fifty with 650 jumps, twenty missions, twelve of training, and what must not count."""
    yield Batch(moment(FIRST), FLY, Enterprise, [firm("L0001", MAKERS["T0001"], 1), firm("L0002", OPERATORS["T0005"], 5)], OPERATOR)
    held = {"holder": Ref(Enterprise, "L0002"), "authority": "演示民航主管机关"}
    yield Batch(moment(FIRST, 3), FLY, Qualification, [
        {"code": "ZF0001", "kind": "operating_certificate", "number": "演示经营许可 003", "since": "2018-09-20", "until": ENDS[0], **held},
        *({"code": f"ZF{number + 1:04d}", "kind": "airworthiness", "subject": f"演示登记 {number:02d}", "number": f"演示适航 {number:03d}",
           "since": "2021-11-10", **held} for number in (1, 2, 3))], OPERATOR)
    yield Batch(moment(FIRST, 5), FLY, Aircraft, [
        {"code": f"HK{number:04d}", "serial_number": f"DEMO-A-{number:03d}", "model": "演示教练型", "maker": Ref(Enterprise, "L0001"),
         "registration": f"演示登记 {number:02d}"} for number in (1, 2, 3)], OPERATOR)
    yield Batch(moment(FIRST, 10), FLY, JumpEquipment, [
        {"code": f"ZB{number:04d}", "kind": "main", "serial_number": f"DEMO-S-{number:02d}", "inspected_on": "2022-01-15",
         "valid_until": "2024-12-31"} for number in range(1, 15)], OPERATOR)
    for code, kind, ordered, laser, customer, area in MISSIONS:
        day = date.fromisoformat(ordered)
        checked = {"laser": True, "laser_checked_on": day, "laser_checked_evidence": "演示核查记录"} if laser else {}
        told = {"military": True} if code == MILITARY else {
            "customer": customer, "area": area, "device": "演示机载驱鸟设备" if laser else ""}
        yield Batch(moment(day, 20), FLY, Mission, [{"code": code, "kind": kind, "ordered_on": day, **checked, **told}], OPERATOR)
    yield from by_month(_sorties(chance), "flown_on", FLY, Sortie, 70, OPERATOR)
    yield from _jumps(chance)


def _sorties(chance: Random) -> list[dict[str, Any]]:
    def sortie(code: str, day: date, purpose: str, minutes: int | None, **more: Any) -> dict[str, Any]:
        plane = Ref(Aircraft, f"HK000{chance.randrange(3) + 1}")
        told = {} if more.get("mission") == Ref(Mission, MILITARY) else {"aircraft": plane}
        return {"code": code, "flown_on": day, "purpose": purpose, "block_minutes": minutes, **told, **more}

    minutes = MINUTES[:]
    chance.shuffle(minutes)
    orders = ["RW0002"] * 8 + ["RW0003"] * 5 + ["RW0004"] * 4 + ["RW0005"] * 3
    starts = {code: date.fromisoformat(ordered) for code, _kind, ordered, *_rest in MISSIONS}
    rows = [
        sortie(f"FX1{number:03d}", starts[order] + timedelta(days=3 + number * 4), "mission", each, mission=Ref(Mission, order))
        for number, (order, each) in enumerate(zip(orders, minutes, strict=True))]
    rows += [sortie(f"FX2{number:03d}", date(2024, 2, 3) + timedelta(days=number * 15), "training", 90) for number in range(12)]
    rows += [sortie(f"FX3{number:03d}", date(2023, 4, 5) + timedelta(days=number * 30), "mission", 70 + 5 * number,
                    mission=Ref(Mission, "RW0001")) for number in range(8)]
    rows += [sortie("FX4000", date(2024, 6, 4), "mission", None, mission=Ref(Mission, "RW0003"), cancelled_for="weather")]
    return rows + [sortie(f"FX5{number:03d}", day, "skydiving", 25) for number, day in enumerate(_jump_days())]


def _jump_days() -> list[date]:
    return [date(2023, 5, 6) + timedelta(days=number * 456 // 49) for number in range(50)]


def _jumps(chance: Random) -> Iterator[Batch]:
    """Yield who jumped: all are down but the last of the last sortie, of whom nobody has said so yet."""
    crews = CREWS[:]
    chance.shuffle(crews)
    rows = [
        {"sortie": Ref(Sortie, f"FX5{number:03d}"), "place": place, "jumper": f"演示跳伞员 {(number * 7 + place) % 90 + 1:03d}",
         "equipment": Ref(JumpEquipment, f"ZB{place:04d}"), "weight": 70 + chance.randrange(35), "exited_at": f"10:{20 + place}",
         "landed_at": "" if (number, place) == (49, crew) else f"10:{25 + place}", "day": day}
        for number, (crew, day) in enumerate(zip(crews, _jump_days(), strict=True)) for place in range(1, crew + 1)]
    for batch in by_month(rows, "day", FLY, JumpRecord, 75, OPERATOR):
        told = [{name: value for name, value in row.items() if name != "day"} for row in batch.rows]
        yield Batch(batch.at, batch.by, batch.register, told, batch.owner)


def seen(chance: Random) -> Iterator[Batch]:
    """Yield what two missions saw, and the obstacles that a third found, of which three were handed over."""
    rows = []
    for number in range(24):
        day, count = date(2024, 3, 2) + timedelta(days=number * 5), chance.randrange(20, 400)
        order = "RW0003" if number % 3 else "RW0002"
        rows.append({
            "code": f"NQ{number + 1:04d}", "mission": Ref(Mission, order), "observed_on": day, "species": SPECIES[number % 4],
            "seen": count, "dispersed": count - chance.randrange(10) if order == "RW0002" else None, "position": _place(chance)})
    yield from by_month(rows, "observed_on", FLY, BirdObservation, 80, OPERATOR)
    found = date(2024, 4, 20)
    yield Batch(moment(date(2024, 5, 6), 85), FLY, Obstacle, [
        {"code": f"ZA{number:04d}", "name": name, "kind": kind, "height": height, "height_reference": "true", "found_on": found,
         "mission": Ref(Mission, "RW0004"), "position": _place(chance),
         **({"handed_over_on": date(2024, 5, 6), "handed_over_to": "演示空域管理"} if number <= HANDED else {})}
        for number, (name, kind, height) in enumerate(OBSTACLES, 1)], OPERATOR)


def _place(chance: Random) -> str:
    return f"{WEST + chance.randrange(1000) / 10000:.4f}, {SOUTH + chance.randrange(800) / 10000:.4f}"
