"""The demo recycler's base, tenders, partners, parts, lots, waste and sales: all invented, in the totals of the newspaper page."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from random import Random
from typing import Any

from kaifaqu.domains.recycling.models import (
    BaseFacility,
    BasePhase,
    Bid,
    Commission,
    DismantlingCapacity,
    DismantlingJob,
    DismantlingLot,
    FacilityKind,
    LineSale,
    LotOutput,
    PartCategory,
    RankClaim,
    RecoveryPartner,
    RemanufactureTransfer,
    ServiceArea,
    Tender,
    TractionBattery,
    VehiclePart,
    WasteLot,
    WasteTransfer,
)
from kaifaqu.domains.recycling.rules import WASTE_CODES
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.premises.models import Building
from kaifaqu.registers.qualifications.models import Kind, Qualification
from kaifaqu.registers.story import Batch, Ref
from kaifaqu.registers.vehicles.models import Channel, Power, Vehicle
from kaifaqu.registers.vehicles.sample import DAY, FIRST, SEED, Car, batch, cars, partner

RECYCLER, PEER, REMANUFACTURER, LAPSED, DISPOSER, BATTERIES = (f"Q6{number:03d}" for number in range(11, 17))
FIRMS = {
    RECYCLER: "演示再生资源回收有限公司", PEER: "演示同行拆解有限公司", REMANUFACTURER: "演示动力再制造有限公司",
    LAPSED: "演示底盘再制造有限公司",
    DISPOSER: "演示危废处置有限公司", BATTERIES: "演示电池综合利用有限公司",
}  # fmt: skip
PERMITS = (  # holder, kind, authority, from, until: a peer's has run out, and so has one remanufacturer's
    (RECYCLER, Kind.ELV_DISMANTLING, "演示省商务厅", "2021-06-01", None),
    (RECYCLER, Kind.ELV_DEREGISTRATION, "演示商务主管部门（备案）", "2022-03-01", None),
    (PEER, Kind.ELV_DISMANTLING, "演示省商务厅", "2018-05-01", "2024-05-01"),
    (REMANUFACTURER, Kind.REMANUFACTURING, "演示工信部门", "2023-01-01", None),
    (LAPSED, Kind.REMANUFACTURING, "演示工信部门", "2021-03-01", "2024-03-01"),
)  # fmt: skip
FLOORS = {  # kind of facility: floor area
    FacilityKind.SHED: "3200", FacilityKind.PRETREATMENT: "2900", FacilityKind.QUICK: "4600", FacilityKind.FINE: "5000",
    FacilityKind.HAZARDOUS: "800",
}
CATEGORIES = {  # kind: names; those with a star are named in public
    "assembly": "发动机* 方向机 变速器 前后桥 车架",
    "part": (
        "汽车轮毂* 座椅* 车灯* 仪表* 车门 发动机罩 行李箱盖 保险杠 翼子板 后视镜 "
        "发电机 起动机 空调压缩机 散热器 电控单元 线束 油泵 减振器 制动卡钳 传动轴"),
    "material": "内饰塑料* 废钢* 废有色金属* 轮胎 车窗玻璃 车壳",
    "separate": "起动用铅蓄电池 动力蓄电池 尾气净化催化器 安全气囊 废油液",
}
TENDERS = (  # vehicles, months before the first of August, outcome: those won have together the 220 vehicles
    (34, 7, "won"), (18, 7, "lost"), (41, 6, "won"), (26, 5, "won"), (12, 5, "lost"), (22, 4, "won"), (9, 4, "failed"), (38, 3, "won"),
    (15, 3, "lost"), (19, 2, "won"), (27, 2, "won"), (13, 1, "won"), (30, 1, "lost"), (25, 0, ""), (16, 0, None),
)  # fmt: skip
SHARES = {  # of what is weighed by the lot, parts in a thousand
    "废钢": 380, "废有色金属": 200, "内饰塑料": 180, "轮胎": 120, "车窗玻璃": 60, "线束": 30, "废油液": 30}
OVER = range(4, 92, 8)  # numbers of lots with a gap over the limit, from 0; the last lot is one of them too
ITEMISED = (("发动机", "remanufacture", "118.5"), ("汽车轮毂", "reuse", "8.4"), ("车灯", "reuse", "3.2"), ("座椅", "reuse", "16"))
SALES = {  # line: amount, margin, channel and kind of buyer in turn
    "metals": (2880, 576, (("offline", "processor"), ("offline", "processor"), ("online", "processor"))),
    "parts": (1080, 378, (("offline", "repair_shop"), ("online", "maintenance"), ("offline", "maintenance"))),
    "services": (40, 6, (("offline", "other"),)),
}
TENTH = Decimal("0.1")


def scenes() -> Iterator[Batch]:
    """Yield the base and the firms, how vehicles were acquired, what they were taken apart into, waste, and sales."""
    yield from base()
    yield from acquired()
    yield from dismantled()
    yield from waste()
    yield from sales()


def base() -> Iterator[Batch]:
    """Yield firms with their permits, the base with its phases, facilities and capacity, and what is said of its rank."""
    yield batch(FIRST, -58, Enterprise, [
        {"code": code, "name": name, "credit_code": wrong_credit_code(int(code[1:])), "synthetic": True} for code, name in FIRMS.items()])
    yield batch(FIRST, -57, Qualification, [
        {"holder": Ref(Enterprise, holder), "kind": kind, "authority": authority, "since": since, "until": until,
         "number": f"演示证 {number:02d}"}
        for number, (holder, kind, authority, since, until) in enumerate(PERMITS, 1)])
    yield batch(FIRST, -56, Parcel, [{"code": "ZD6001", "name": "演示绿色循环产业基地一期用地", "area": "54.98", "land_use": "工业用地"}])
    yield batch(FIRST, -55, Building, [
        {"code": f"LD6{number:03d}", "name": f"一期{kind.label}", "kind": "workshop", "area": area, "completed_on": "2022-10"}
        for number, (kind, area) in enumerate(FLOORS.items(), 1)])
    yield batch(FIRST, -54, BasePhase, [
        {"code": "JQ0001", "name": "一期", "parcel": Ref(Parcel, "ZD6001"), "started_on": "2021-04-06", "completed_on": "2022-12-20"},
        {"code": "JQ0002", "name": "二期", "started_on": "2023-11-01"}])
    phase = Ref(BasePhase, "JQ0001")
    yield batch(FIRST, -53, BaseFacility, [
        {"phase": phase, "kind": kind, "name": f"一期{kind.label}", "building": Ref(Building, f"LD6{number:03d}")}
        for number, kind in enumerate(FLOORS, 1)])
    yield batch(FIRST, -53, DismantlingCapacity, [
        {"phase": phase, "per_year": 30000, "since": "2023-01-01", "document": "演示项目备案文件"}])
    yield batch(FIRST, -53, ServiceArea, [
        {"level": "province" if name == "山西省" else "neighbours", "name": name, "since": "2023-01-01"}
        for name in ("山西省", "河北省", "河南省", "陕西省", "内蒙古自治区")])
    yield batch(DAY, -20, RankClaim, [
        {"subject": subject, "level": "province", "area": "山西省", "year": 2024, "claim": f"{told}位居全省行业前列"}
        for subject, told in (("recovered", "汽车回收量"), ("dismantled", "拆解量"))])
    yield batch(FIRST, -52, PartCategory, [
        {"code": code_of(name.removesuffix("*")), "name": name.removesuffix("*"), "kind": kind, "named": name.endswith("*"),
         "since": "2023-01-01"}
        for kind, names in CATEGORIES.items() for name in names.split()])


def code_of(name: str) -> str:
    """Return the code of a category of parts."""
    names = [each.removesuffix("*") for told in CATEGORIES.values() for each in told.split()]
    return f"PL{names.index(name) + 1:04d}"


def acquired() -> Iterator[Batch]:
    """Yield tenders and bids as they stand at last, partners, and the commissions for vehicles that came before May."""
    published = [date(2024, 8 - months, 1) - timedelta(days=20) for _vehicles, months, _outcome in TENDERS]
    yield batch(DAY, -19, Tender, [
        {"code": f"ZB{number:04d}", "title": f"演示公务用车处置项目 {number:02d}", "purchaser": f"演示单位 {number:03d}",
         "published_on": day, "closes_on": day + timedelta(days=15), "vehicles": vehicles}
        for number, ((vehicles, _months, _outcome), day) in enumerate(zip(TENDERS, published, strict=True), 1)])
    yield batch(DAY, -18, Bid, [
        {"tender": Ref(Tender, f"ZB{number:04d}"), "bid_on": day + timedelta(days=12), "amount": f"{vehicles * 3}.5", **(
            {"outcome": outcome, "decided_on": day + timedelta(days=16)} if outcome else {}),
         **({"contracted_on": day + timedelta(days=19), "contract": f"演示合同 {number:03d}"} if outcome == "won" else {})}
        for number, ((vehicles, _months, outcome), day) in enumerate(zip(TENDERS, published, strict=True), 1) if outcome is not None])
    kinds = ("dealer", "dealer", "auto_mart", "used_car_market", "other")
    yield batch(FIRST, -51, RecoveryPartner, [
        {"enterprise": Ref(Enterprise, partner(place)), "kind": kind, "since": "2023-06-01", "document": f"演示合作协议 {place + 1}"}
        for place, kind in enumerate(kinds)])
    came = [car for car in cars() if car.facts["channel"] == Channel.PARTNER and car.received_on < date(2024, 5, 1)]
    yield batch(DAY, -17, Commission, [
        {"vehicle": Ref(Vehicle, car.code), "agreed_on": car.received_on + timedelta(days=3), "amount": 200 + car.number % 3 * 50,
         "paid_on": car.received_on + timedelta(days=20)} for car in came])


def dismantled() -> Iterator[Batch]:
    """Yield the lots month by month: what each vehicle weighed, and what was weighed together; then parts and batteries."""
    random = Random(SEED)
    through = sorted((car for car in cars() if car.lot), key=lambda car: (car.lot, car.number))
    lots = {lot: [*together] for lot, together in groupby(through, lambda car: car.lot)}
    for day in sorted({together[0].entered_on for together in lots.values()}):
        closed = {lot: together for lot, together in lots.items() if together[0].entered_on == day}
        yield batch(day, -40, DismantlingLot, [
            {"code": lot_code(lot), "closed_on": together[0].dismantled_on} for lot, together in closed.items()])
        jobs: list[dict[str, Any]] = []
        outputs: list[dict[str, Any]] = []
        for lot, together in closed.items():
            weighed = [job(car, random) for car in together]
            jobs += weighed
            outputs += lot_outputs(lot, weighed, random)
        yield batch(day, -39, DismantlingJob, jobs)
        yield batch(day, -38, LotOutput, outputs)
    yield from itemised(through)


def lot_code(lot: int) -> str:
    """Return the code of a lot."""
    return f"PC{lot:04d}"


def job(car: Car, random: Random) -> dict[str, Any]:
    """Return how a vehicle was dismantled: shell and assemblies are weighed one by one."""
    mass = Decimal(car.facts["kerb_mass"])
    shell, assembly = (mass * random.randrange(low, high) / 1000 for low, high in ((380, 420), (280, 320)))
    assert car.dismantled_on is not None
    return {
        "vehicle": Ref(Vehicle, car.code), "lot": Ref(DismantlingLot, lot_code(car.lot)), "route": "fine" if car.number % 3 else "quick",
        "depolluted_on": car.dismantled_on, "minutes": random.randrange(90, 260, 5), "input_mass": mass,
        "shell_mass": shell.quantize(TENTH), "assembly_mass": assembly.quantize(TENTH)}


def lot_outputs(lot: int, weighed: list[dict[str, Any]], random: Random) -> Iterator[dict[str, Any]]:
    """Yield what was weighed together: as much as leaves a gap of less than the limit, or in some lots of more."""
    is_over = lot - 1 in OVER or lot == 92
    gap = Decimal(random.randrange(40, 80) if is_over else random.randrange(2, 26)) / 1000
    whole = sum(row["input_mass"] for row in weighed)
    rest = whole * (1 - gap) - sum(row["shell_mass"] + row["assembly_mass"] for row in weighed)
    for name, share in SHARES.items():
        yield {"lot": Ref(DismantlingLot, lot_code(lot)), "category": Ref(PartCategory, code_of(name)),
               "mass": (rest * share / 1000).quantize(TENTH)}


def itemised(through: list[Car]) -> Iterator[Batch]:
    """Yield parts of each twentieth vehicle, engines handed over for remanufacture, and the batteries of electric cars."""
    chosen = [car for car in through[::20] if car.facts["power"] != Power.ELECTRIC]
    yield batch(DAY, -16, VehiclePart, [
        {"code": f"LB{number:04d}{place}", "vehicle": Ref(Vehicle, car.code), "category": Ref(PartCategory, code_of(name)),
         "removed_on": car.dismantled_on, "use": use, "marked": use == "reuse", "mass": mass, "location": f"架 {number % 12 + 1}"}
        for number, car in enumerate(chosen, 1) for place, (name, use, mass) in enumerate(ITEMISED, 1)])
    yield batch(DAY, -15, RemanufactureTransfer, [
        {"part": Ref(VehiclePart, f"LB{number:04d}1"), "receiver": Ref(Enterprise, REMANUFACTURER), "document": f"演示移交单 {number:03d}",
         "handed_over_on": min(DAY, car.dismantled_on + timedelta(days=6))} for number, car in enumerate(chosen[:40], 1)
        if car.dismantled_on])
    packs = [car for car in through if car.facts["power"] == Power.ELECTRIC]
    yield batch(DAY, -14, TractionBattery, [
        {"vehicle": Ref(Vehicle, car.code), "pack_code": "" if number in (7, 31) else f"DEMOPACK{car.number:06d}", "mass": 210 + number,
         "removed_on": car.dismantled_on, **({} if number > 80 or number in (7, 31) else {
             "destination": Ref(Enterprise, BATTERIES), "handed_over_on": DAY, "receipt": f"演示回执 {number:04d}"})}
        for number, car in enumerate(packs, 1)])


def waste() -> Iterator[Batch]:
    """Yield two lots of each of the 17 codes: two are stored for longer than a year, one has been so for a year to the day."""
    codes = [*WASTE_CODES.shipped().content["codes"]]
    old = {3: date(2023, 7, 20), 10: date(2023, 6, 30), 14: date(2023, 8, 6), 16: date(2023, 5, 10)}  # the last of them is gone
    rows = [
        {"code": f"WF{number + 1:04d}", "waste_code": codes[number % 17], "mass": f"{120 + number * 37 % 400}.5",
         "stored_on": old.get(number) or date(2024, 1 + number % 7, 5 + number % 20), "place": f"危废库 {number % 6 + 1} 区"}
        for number in range(34)]
    yield batch(DAY, -13, WasteLot, rows)
    gone = [
        (row, row["mass"] if number % 4 == 0 else "100") for number, row in enumerate(rows) if number % 2 == 0 and number not in (10, 14)]
    yield batch(DAY, -12, WasteTransfer, [
        {"lot": Ref(WasteLot, row["code"]), "handed_over_on": max(row["stored_on"] + timedelta(days=9), date(2024, 2, 1)), "mass": mass,
         "receiver": Ref(Enterprise, DISPOSER), "manifest": f"演示联单 {number:04d}"} for number, (row, mass) in enumerate(gone, 1)])


def sales() -> Iterator[Batch]:
    """Yield each line's income of seven months, its sum in whole 万元."""
    rows = []
    for line, (amount, margin, kinds) in SALES.items():
        for month in range(1, 8):
            channel, buyer_kind = kinds[month % len(kinds)]
            parts = [Decimal(whole) / 8 for whole in (amount, margin)]  # of eight, the last month sold twice as much
            told = [each * 2 if month == 7 else each for each in parts]
            rows.append({"sold_on": date(2024, month, 28), "line": line, "channel": channel, "buyer_kind": buyer_kind, "amount": told[0],
                         "margin": told[1], "document": f"演示结算单 2024{month:02d}"})
    yield batch(DAY, -11, LineSale, rows)
