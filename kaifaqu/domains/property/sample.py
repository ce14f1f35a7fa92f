"""The demo company's parks: two hosted ones, nine amenities with their rents, services of six kinds and the work orders of half a year.

All names are invented. Totals are fixed first, random detail comes inside them.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from kaifaqu.domains.property.models import (
    Amenity,
    HandoverItem,
    HostingContract,
    HostingFee,
    HostingReview,
    Layer,
    RentBill,
    ServiceItem,
    ServiceProvider,
    ServiceRequest,
    Settlement,
    WorkOrder,
)
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Building, BuildingKind, Lease, Unit
from kaifaqu.registers.story import Batch, Ref, Scene, moment

OWNER, BY = "DEMO-CO", "company"
FIRST = 5001  # of the credit codes of this room's firms
OPENED, SIGNED = date(2022, 12, 12), date(2023, 1, 10)
MONTHS = [date(2024, month, 1) for month in range(1, 8)]  # of bills, requests and work orders
FIRMS = (  # the owners of the parks, the company itself, merchants, agencies, tenants that ask for services
    "演示南苑园区业主有限公司", "演示北苑园区业主有限公司", "演示园区运营有限公司",
    "演示园区餐饮有限公司", "演示便民超市有限公司", "演示商业管理有限公司", "演示公寓管理有限公司", "演示银行园区支行",
    "演示企业开办代理有限公司", "演示财税服务有限公司", "演示传媒有限公司", "演示融资担保有限公司", "演示律师事务所",
    "演示物流有限公司", "演示供应链有限公司",
    *(f"演示园区租户{number:02d}有限公司" for number in range(1, 13)),
)  # fmt: skip
PARKS = (("TK01", "演示南苑园区", "62.5", "TG0001", "YQ01"), ("TK02", "演示北苑园区", "41", "TG0002", "YQ02"))
UNITS = (  # unit, building, name, area, amenity, kind, merchant ("" where it is vacant), monthly rent in 万元
    ("TU01", "TL01", "101", "420", "南苑食堂", "restaurant", "YQ04", "2.1"),
    ("TU02", "TL01", "102", "260", "南苑超市", "supermarket", "YQ05", "1.3"),
    ("TU03", "TL01", "201", "900", "南苑商场", "mall", "YQ06", "3.6"),
    ("TU04", "TL01", "301", "1100", "南苑公寓东", "apartment", "YQ07", "2.2"),
    ("TU05", "TL01", "302", "1100", "南苑公寓西", "apartment", "", "0"),
    ("TU06", "TL02", "101", "300", "北苑餐厅", "restaurant", "YQ04", "1.2"),
    ("TU07", "TL02", "102", "180", "北苑超市", "supermarket", "", "0"),
    ("TU08", "TL02", "103", "150", "北苑银行网点", "bank", "YQ08", "0.9"),
    ("TU09", "TL02", "201", "800", "北苑公寓", "apartment", "YQ07", "1.6"),
)
UNPAID = {("TU06", 6): "0.4", ("TU06", 7): "0", ("TU03", 7): "1.8"}  # unit and month: what was received of the rent
HANDED_OVER = (
    ("配电室和钥匙", "2", "间"), ("消防泵房", "1", "间"), ("电梯", "3", "台"), ("门禁和监控", "1", "套"), ("竣工图纸", "46", "张"),
    ("绿化草坪", "3200", "平方米"))
FEES = {"TG0001": (("托管费", "1.8"), ("电梯维保", "0.25")), "TG0002": (("托管费", "0.9"),)}  # a month, 万元
REVIEWED, TAKEN_OVER = date(2024, 6, 28), date(2024, 8, 2)
CONCLUSIONS = {
    Layer.PROPERTY: "演示：保洁、维管按计划完成", Layer.COMMERCE: "演示：空铺继续招租",
    Layer.INDUSTRY: "演示：还没有评分的数据来源，暂不评分"}
SERVICES = (  # code, name, kind, working days, providers, requests
    ("FW01", "企业开办代办", "registration", 3, ("YQ03", "YQ09"), 34),
    ("FW02", "报税和财税咨询", "tax", 5, ("YQ10",), 30),
    ("FW03", "宣传片和展会宣发", "publicity", 10, ("YQ11",), 18),
    ("FW04", "贷款和担保对接", "finance", 10, ("YQ12",), 22),
    ("FW05", "合同审查和法律咨询", "law", 5, ("YQ13",), 26),
    ("FW06", "货运和仓储对接", "logistics", 3, ("YQ14", "YQ15"), 20),
)
REQUESTS = (20, 18, 22, 22, 24, 22, 21)  # by month; 150 together with the one of the enterprise's own account
RATINGS = ("satisfied",) * 91 + ("fair",) * 30 + ("unsatisfied",) * 8 + ("",) * 14  # of those that are done
OPEN = 6  # of the last month, not done yet
ENTERPRISE, ACCOUNT, OWN = "enterprise", "ENT-0001", "XQ0129"  # who has an account, and the code that its request is given
LENT = ("service_items.view", "service_providers.view", "service_requests.order")
ORDERS = {"maintenance": (180, 9), "cleaning": (120, 5), "fire": (70, 4), "emergency": (50, 2)}  # kind: how many, how many not on time
NOT_DONE = 4  # of those not on time, the last ones
WORKS = {
    "maintenance": ("水管漏水", "照明更换", "门窗维修", "空调检修"), "cleaning": ("公共区域保洁", "垃圾清运", "外墙清洗"),
    "fire": ("灭火器检查", "消防通道巡查", "喷淋测试"), "emergency": ("积水排险", "停电抢修", "电梯困人处置"),
}  # fmt: skip


def scenes(chance: Random) -> Iterator[Scene | Batch]:
    """Yield the whole story of the company's parks, but what an enterprise with an account does: that needs its party."""
    yield from places()
    yield from hosting()
    yield from rents()
    yield from settling()
    yield from services(chance)
    yield orders(chance)


def batch(day: date, minutes: int, register: type[Record], rows: Sequence[Any]) -> Batch:
    """Return the entry of rows by the company."""
    return Batch(moment(day, minutes), BY, register, rows, OWNER)


def firm(code: str) -> Ref:
    """Return a firm of the company's ledger."""
    return Ref(Enterprise, code)


def places() -> Iterator[Batch]:
    """Yield the firms, the two parks, a building in each, its units, and which amenity each unit is."""
    yield batch(OPENED, 300, Enterprise, [
        {"code": f"YQ{number:02d}", "name": name, "credit_code": wrong_credit_code(FIRST + number), "synthetic": True}
        for number, name in enumerate(FIRMS, 1)])
    yield batch(OPENED, 301, Park, [{"code": code, "name": name, "area": area} for code, name, area, _contract, _owner in PARKS])
    yield batch(OPENED, 302, Building, [
        {"code": f"TL{number:02d}", "name": f"{name}配套楼", "park": Ref(Park, code), "kind": BuildingKind.OTHER, "area": area, "floors": 3,
         "completed_on": "2022-10"}
        for number, ((code, name, *_rest), area) in enumerate(zip(PARKS, ("4200", "1800"), strict=True), 1)])
    yield batch(SIGNED, 303, Unit, [
        {"code": code, "building": Ref(Building, building), "name": name, "floor": int(name[0]), "area": area, "since": "2023-02-01"}
        for code, building, name, area, *_rest in UNITS])
    yield batch(SIGNED, 304, Amenity, [
        {"code": f"PP{number:04d}", "name": f"演示{name}", "kind": kind, "unit": Ref(Unit, code), "since": "2023-02-01"}
        for number, (code, _building, _name, _area, name, kind, *_rest) in enumerate(UNITS, 1)])


def hosting() -> Iterator[Scene | Batch]:
    """Yield the two contracts, their hand-over lists and the signatures under these, and the reviews of one day."""
    yield batch(SIGNED, 310, HostingContract, [
        {"code": contract, "title": f"{name}托管运营合同", "partner": firm(owner), "park": Ref(Park, code), "signed_on": SIGNED,
         "since": "2023-02-01", "until": "2028-02-01", "document": f"演示托管〔2023〕{number}号"}
        for number, (code, name, _area, contract, owner) in enumerate(PARKS, 1)])
    yield batch(date(2023, 1, 30), 311, HandoverItem, [
        {"code": f"JJ{number:02d}{place:02d}", "contract": Ref(HostingContract, contract), "name": name, "quantity": quantity, "unit": unit,
         "condition": "演示：完好"}
        for number, (_code, _name, _area, contract, _owner) in enumerate(PARKS, 1)
        for place, (name, quantity, unit) in enumerate(HANDED_OVER, 1)])
    for number, (_code, _name, _area, contract, _owner) in enumerate(PARKS):
        yield Scene(moment(date(2023, 2, 1), 312 + number), BY, "hosting_contracts.correct", contract, {
            "facts": {"handed_over_on": date(2023, 2, 1)}}, OWNER)
    yield batch(REVIEWED, 400, HostingReview, [
        {"code": f"TP{number:02d}{place}", "contract": Ref(HostingContract, contract), "layer": layer, "reviewed_on": REVIEWED,
         "conclusion": conclusion}
        for number, (_code, _name, _area, contract, _owner) in enumerate(PARKS, 1)
        for place, (layer, conclusion) in enumerate(CONCLUSIONS.items(), 1)])


def rents() -> Iterator[Batch]:
    """Yield who moved in, and the bills of each month with what came in."""
    let = [(code, merchant, rent) for code, _building, _name, _area, _amenity, _kind, merchant, rent in UNITS if merchant]
    yield batch(date(2023, 3, 1), 320, Lease, [
        {"code": f"TZ{code[2:]}", "unit": Ref(Unit, code), "tenant": firm(merchant), "since": "2023-03-01", "until": "2026-03-01",
         "document": f"演示配套租赁 {code[2:]}", "purpose": "商业配套"}
        for code, merchant, _rent in let])
    for first in MONTHS:
        day = first.replace(day=25)
        yield batch(day, 321, RentBill, [
            {"code": f"ZJ{first:%m}{code[2:]}", "lease": Ref(Lease, f"TZ{code[2:]}"), "month": f"{first:%Y-%m}", "due": rent,
             "due_on": first.replace(day=10), "received": received, "received_on": first.replace(day=9) if received != "0" else None}
            for code, _merchant, rent in let for received in [UNPAID.get((code, first.month), rent)]])


def settling() -> Iterator[Scene | Batch]:
    """Yield the fees of the first half-year and the settlement of its second quarter, signed by both sides and paid."""
    yield batch(date(2024, 7, 5), 330, HostingFee, [
        {"code": f"TF{contract[-1]}{month:02d}{place}", "contract": Ref(HostingContract, contract), "month": f"2024-{month:02d}",
         "name": name, "amount": amount}
        for contract, fees in FEES.items() for month in range(1, 7) for place, (name, amount) in enumerate(fees, 1)])
    yield batch(date(2024, 7, 8), 331, Settlement, [
        {"code": f"JS{contract[-4:]}", "contract": Ref(HostingContract, contract), "first": "2024-04", "last": "2024-06"}
        for contract in FEES])
    for number, contract in enumerate(FEES):
        yield Scene(moment(date(2024, 7, 12), 332 + number), BY, "hosting_settlements.correct", f"JS{contract[-4:]}", {
            "facts": {"settled_on": date(2024, 7, 12), "paid_on": date(2024, 7, 12), "document": f"演示结算单 {number + 1}"}}, OWNER)


def services(chance: Random) -> Iterator[Batch]:
    """Yield the catalogue, who provides what, and 150 requests of seven months, each month entered when the next has begun."""
    begun = date(2023, 12, 20)
    yield batch(begun, 340, ServiceItem, [
        {"code": code, "name": name, "kind": kind, "days": days, "description": "演示：写明需求，由服务商联系"}
        for code, name, kind, days, _providers, _count in SERVICES])
    provided = [(code, provider) for code, _name, _kind, _days, providers, _count in SERVICES for provider in providers]
    yield batch(begun, 341, ServiceProvider, [
        {"code": f"FS{number:02d}", "item": Ref(ServiceItem, code), "enterprise": firm(provider), "since": "2024-01-01"}
        for number, (code, provider) in enumerate(provided, 1)])
    by_item: dict[str, list[str]] = {}
    for number, (code, _provider) in enumerate(provided, 1):
        by_item.setdefault(code, []).append(f"FS{number:02d}")
    items = [code for code, *_rest, count in SERVICES for _number in range(count)][1:]  # of the first, one is the account's
    days = {code: limit for code, _name, _kind, limit, *_rest in SERVICES}
    ratings = [*RATINGS]
    chance.shuffle(items)
    chance.shuffle(ratings)
    for first, count in zip(MONTHS, REQUESTS, strict=True):
        is_last = first == MONTHS[-1]
        rows = []
        for place in range(count):
            item = items.pop()
            is_open = is_last and place >= count - OPEN
            opened = first + timedelta(days=20 + place % 4 if is_open else chance.randrange(10 if is_last else 20))
            row = {"item": Ref(ServiceItem, item), "provider": Ref(ServiceProvider, chance.choice(by_item[item])), "opened_on": opened,
                   "enterprise": firm(f"YQ{16 + chance.randrange(12)}"), "demand": "演示需求"}
            if not is_open:
                rating = ratings.pop()
                resolved = opened + timedelta(days=days[item] * 2 + 1 if rating == "unsatisfied" else days[item] - 1)
                row |= {"responded_on": opened, "resolved_on": resolved, "result": "演示：已办好"}
                row |= {"confirmed_on": resolved, "satisfaction": rating} if rating else {}
            rows.append(row)
        entered = TAKEN_OVER if is_last else (first + timedelta(days=32)).replace(day=14)
        yield batch(entered, 342, ServiceRequest, rows)


def by_account() -> Iterator[Scene]:
    """Yield that the company shows an enterprise with an account its catalogue, and the request that this one makes and rates itself."""
    for number, right in enumerate(LENT):
        yield Scene(moment(date(2024, 1, 15), 350 + number), "security", "grants.create", facts={"facts": {
            "receiver": Ref(Party, ACCOUNT), "right": right, "purpose": "由企业账户提出服务需求", "since": "2024-01-10"}}, owner=OWNER)
    day = date(2024, 7, 29)
    yield Scene(moment(day, 60), ENTERPRISE, "service_requests.order", facts={
        "item": Ref(ServiceItem, "FW01"), "demand": "演示：变更营业执照上的经营范围"}, owner=OWNER)
    for minutes, by, verb, facts in (
        (90, BY, "place", {"provider": Ref(ServiceProvider, "FS02"), "text": "演示：请联系企业"}),
        (120 + 24 * 60, BY, "resolve", {"result": "演示：已变更"}),
        (180 + 48 * 60, ENTERPRISE, "confirm", {"satisfaction": "satisfied", "text": "演示：办得快"}),
    ):
        yield Scene(moment(day, minutes), by, f"service_requests.{verb}", OWN, facts, OWNER)


def orders(chance: Random) -> Batch:
    """Return the 420 work orders of the seven months, taken over from a ledger that was kept elsewhere."""
    told = [(kind, is_late) for kind, (count, late) in ORDERS.items() for is_late in [True] * late + [False] * (count - late)]
    chance.shuffle(told)
    late = [number for number, (_kind, is_late) in enumerate(told) if is_late]
    rows = []
    for number, (kind, is_late) in enumerate(told):
        opened = MONTHS[0] + timedelta(days=number // 2)
        due = opened + timedelta(days=1 if kind == "emergency" else 3)
        done = due + timedelta(days=1 + number % 2) if is_late else opened + timedelta(days=chance.randrange((due - opened).days + 1))
        is_open = number in late[-NOT_DONE:]
        rows.append({
            "code": f"GD{number + 1:04d}", "kind": kind, "origin": "plan" if kind in ("cleaning", "fire") or number % 4 == 0 else "request",
            "title": f"演示{chance.choice(WORKS[kind])}", "park": Ref(Park, f"TK0{1 + number % 2}"), "opened_on": opened, "due_on": due,
            **({} if is_open else {"done_on": done, "result": "演示：已完成"})})
    return batch(TAKEN_OVER, 343, WorkOrder, rows)
