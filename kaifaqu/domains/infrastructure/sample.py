"""The demo zone's infrastructure: eight invented works, a sewage plant with forty days, and five pools of capacity."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kaifaqu.domains.infrastructure.models import CapacityPool, Plant, Work
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises import sample as premises
from kaifaqu.registers.projects.models import Lead, Project
from kaifaqu.registers.story import Ref, Scene, moment

WORKS: dict[str, dict[str, Any]] = {  # what is entered when the contract is signed; amounts in 万元
    "GC0001": {"name": "榆店标准化厂房一期", "kind": "标准化厂房", "contracted_on": "2022-04-22", "contract_amount": "5200"},
    "GC0002": {
        "name": "榆店污水处理厂", "kind": "污水处理", "contracted_on": "2022-05-10", "contract_amount": "16400", "capacity": "20000"},
    "GC0003": {"name": "园区智慧平台", "kind": "智慧平台", "contracted_on": "2023-03-06", "contract_amount": "3000"},
    "GC0004": {"name": "南环一路", "kind": "道路", "contracted_on": "2022-07-18", "contract_amount": "9400", "length": "2100"},
    "GC0005": {"name": "榆店标准化厂房二期", "kind": "标准化厂房", "contracted_on": "2024-02-26", "contract_amount": "9800"},
    "GC0006": {"name": "中水回用工程", "kind": "中水回用", "contracted_on": "2024-01-15", "contract_amount": "6500", "capacity": "10000"},
    "GC0007": {"name": "综合排水管道", "kind": "管网管道", "contracted_on": "2024-01-22", "contract_amount": "4100", "length": "8600"},
    "GC0008": {"name": "东环支路", "kind": "道路", "contracted_on": "2024-04-08", "contract_amount": "3600", "length": "1500"},
}  # fmt: skip
STEPS = {  # work: when it was started, accepted, handed over, put into operation
    "GC0001": ("2022-05-10", "2023-08-25", "2023-08-31"), "GC0002": ("2022-06-08", "2023-10-08", "2023-10-20", "2023-11-01"),
    "GC0003": ("2023-04-03", "2023-12-20", "2023-12-27", "2024-01-02"), "GC0004": ("2022-08-15", "2023-09-28", "2023-10-16"),
    "GC0005": ("2024-03-12",), "GC0006": ("2024-03-04",), "GC0007": ("2024-03-18",), "GC0008": ("2024-05-06",),
}  # fmt: skip
VERBS = (
    ("start", "started", "演示施工许可证"), ("accept", "accepted", "演示竣工验收报告"), ("hand_over", "handed_over", "演示移交清单"),
    ("operate", "operating", "演示运行记录"),
)
PAYMENTS = (  # work, day, 万元: together 47,000
    ("GC0001", "2022-12-28", "2600"), ("GC0001", "2023-09-27", "2600"), ("GC0002", "2022-12-28", "6400"),
    ("GC0002", "2023-06-28", "5000"), ("GC0002", "2023-12-27", "5000"), ("GC0003", "2023-12-28", "3000"),
    ("GC0004", "2022-12-28", "4000"), ("GC0004", "2023-11-28", "5400"), ("GC0005", "2024-04-26", "3400"),
    ("GC0005", "2024-06-28", "3000"), ("GC0006", "2024-06-28", "3800.5"), ("GC0007", "2024-06-28", "1600"),
    ("GC0008", "2024-07-30", "1199.5"),
)
PROGRESS = {  # work: share at the end of May, June and July, and each month's investment in 万元
    "GC0005": (("22", "1300"), ("31", "900"), ("40", "950")), "GC0006": (("35", "900"), ("48", "850"), ("58", "700")),
    "GC0007": (("20", "420"), ("32", "480"), ("41", "390")), "GC0008": (("6", "200"), ("18", "430"), ("30", "450")),
}
BLOCKS = {"GC0001": ("LD0001", "LD0002", "LD0003", "LD0004"), "GC0005": ("LD0005", "LD0006", "LD0007")}
PLANT = "CZ0001"
CAPACITIES = (("2023-10-08", "10000", "演示竣工验收报告（一组池）"), ("2023-11-01", "20000", "演示运行记录（两组池）"))
FIRST_DAY, DAYS, UNREPORTED = date(2024, 6, 26), 40, date(2024, 7, 14)
OVER = {date(2024, 7, 10): 20460, date(2024, 7, 11): 21180}  # after heavy rain
POOLS = {  # code: name, kind, totals from a day on
    "RL0001": ("东园区可供工业用地", "land", (("2024-01-01", "620.5"), ("2024-09-01", "760.5"))),
    "RL0002": ("演示 110 千伏变电站", "power", (("2024-01-01", "50000"), ("2024-10-01", "63000"))),
    "RL0003": ("榆店污水处理能力", "wastewater", (("2024-01-01", "20000"),)),
    "RL0004": ("榆店水厂供水", "water", (("2024-01-01", "30000"), ("2024-12-01", "26000"))),
    "RL0005": ("园区集中供热", "heat", (("2024-01-01", "120"),)),
}  # fmt: skip
RESERVED = (  # pool, lead or project, amount, from, until
    ("RL0001", "L0026", "120", "2024-06-20", ""), ("RL0001", "L0027", "180.25", "2024-07-10", "2025-01-10"),
    ("RL0001", "L0030", "90", "2024-07-10", "2024-08-31"), ("RL0001", "P0025", "150", "2024-06-05", ""),
    ("RL0002", "P0024", "12000", "2024-06-24", ""), ("RL0002", "L0035", "20000", "2024-07-12", "2025-07-12"),
    ("RL0002", "P0025", "8000", "2024-07-01", ""), ("RL0003", "P0022", "800", "2024-07-05", ""),
    ("RL0003", "L0027", "2600", "2024-07-10", "2025-01-10"), ("RL0004", "P0023", "600", "2024-06-03", ""),
    ("RL0004", "L0029", "3500", "2024-07-15", "2024-08-20"), ("RL0005", "P0006", "45", "2024-02-01", ""),
    ("RL0005", "L0030", "30", "2024-07-10", "2024-08-31"),
)
SIGNED = ("YL0004", "P0026", date(2024, 7, 4))  # the first one above, the fourth that is entered, passes on with the lead's contract


def scenes() -> Iterator[Scene]:
    """Yield works and payments, the plant and its days, and the pools."""
    yield from works()
    yield from plant()
    yield from pools()


def works() -> Iterator[Scene]:
    """Yield each work from its contract on, what was paid, and the progress of those under way."""
    for number, (code, facts) in enumerate(WORKS.items()):
        day = date.fromisoformat(facts["contracted_on"])
        yield entry(day, 170 + number, "works", code=code, **facts, park=Ref(Park, premises.PARK), contract_document=f"演示施工合同 {code}")
        for place, block in enumerate(BLOCKS.get(code, ())):
            yield entry(day, 180 + place, "work_buildings", work=Ref(Work, code), building=premises.block(block))
        for told, (verb, name, document) in zip(STEPS[code], VERBS, strict=False):
            facts = {f"{name}_on": PartialDate.parse(told), f"{name}_evidence": f"{document} {code}"}
            if verb == "hand_over":
                facts["handed_over_to"] = Ref(Party, "DEMO-GH")
            yield Scene(moment(date.fromisoformat(told), 190 + number), "projects", f"works.{verb}", code, facts)
    for number, (code, paid_on, amount) in enumerate(PAYMENTS, 1):
        yield entry(date.fromisoformat(paid_on), 200 + number, "work_payments", work=Ref(Work, code), paid_on=paid_on, amount=amount,
                    document=f"演示付款凭证 {number:03d}")
    for code, months in PROGRESS.items():
        for month, (share, invested) in enumerate(months, 5):
            yield entry(date(2024, month + 1, 3), 220, "work_progress", subject=Ref(Work, code), month=f"2024-{month:02d}", share=share,
                        month_investment=invested)


def plant() -> Iterator[Scene]:
    """Yield the plant, what it could do from when on, and what it reported: one day is missing, on two more came than it can take."""
    begun = date.fromisoformat(CAPACITIES[0][0])
    yield entry(begun, 230, "plants", code=PLANT, name="榆店污水处理厂", kind="sewage", park=Ref(Park, premises.PARK),
                work=Ref(Work, "GC0002"))
    for since, amount, document in CAPACITIES:
        yield entry(date.fromisoformat(since), 240, "plant_capacities", plant=Ref(Plant, PLANT), since=since, amount=amount,
                    document=document)
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        if day != UNREPORTED:
            inflow = OVER.get(day, 14200 + number * 7919 % 2600)
            yield entry(day + timedelta(days=1), -45, "plant_days", plant=Ref(Plant, PLANT), day=day, inflow=str(inflow),
                        outflow=str(inflow * 97 // 100), reclaimed=str(inflow * 18 // 100), ammonia=f"{1 + number * 31 % 17 / 10:.1f}")


def pools() -> Iterator[Scene]:
    """Yield the pools, and who has reserved what; one reservation passed from a lead to its project."""
    day = date(2024, 1, 12)
    for number, (code, (name, kind, totals)) in enumerate(POOLS.items()):
        yield entry(day, 250 + number, "capacity_pools", code=code, name=name, kind=kind, park=Ref(Park, premises.PARK))
        for since, amount in totals:
            yield entry(day, 260 + number, "pool_capacities", pool=Ref(CapacityPool, code), since=since, amount=amount,
                        document=f"演示要素保障方案 {code}")
    for pool, holder, amount, since, until in RESERVED:
        is_lead = holder.startswith("L")
        facts = {"lead": Ref(Lead, holder)} if is_lead else {"project": Ref(Project, holder)}
        yield entry(
            date.fromisoformat(since), 270, "reservations", by="attraction" if is_lead else "projects", pool=Ref(CapacityPool, pool),
            amount=amount, since=since, document=f"演示要素预留函 {holder}", **facts, **({"until": until} if until else {}))
    code, project, day = SIGNED
    yield Scene(moment(day, 275), "attraction", "reservations.pass_on", code, {
        "project": Ref(Project, project), "passed_on": day, "reason": "线索已签约"})


def entry(on: date, minutes: int, register: str, /, *, by: str = "projects", **facts: Any) -> Scene:
    """Return the entry of one record on its day."""
    return Scene(moment(on, minutes), by, f"{register}.create", facts={"facts": facts})
