"""The demo zone's visits of 2024: one calendar of three departments and the bureau, and who looks after which enterprise.

One enterprise is at its ceiling, two visits were merged, one was made jointly with the bureau, two near ones wait to be
merged, and the enterprise of one project (WAITS) has not been spoken with for longer than the zone's rule permits.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from kaifaqu.kernel.access import Party, User
from kaifaqu.registers.organisations import sample as organisations
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.story import Ref, Scene, moment
from kaifaqu.registers.visits.models import Visit

SERVED = tuple(f"Q{number:04d}" for number in range(1, 21))
WAITS = "Q0006"  # of project P0006; last visited in May
CEILING, CEILED = 4, "Q0009"  # whose four visits of the year are planned or made
SUCCESSION = ("Q0003", "cadre", "person009", "2024-05-13")
RULES = {  # kind: content, document with the zone's choice in words
    "visits.ceiling": ({
        "yearly": CEILING, "merge_within_days": 14, "quiet": {"from_day": 0, "to_day": 0},
        "counted": {"visit": "yes", "joint": "yes", "call": "no", "inspection": "yes", "observation": "yes"},
    }, "演示开发区〔2024〕5号：按国办发〔2024〕54号精神，各部门入企每家每年合计不超过 4 次，半月以内的合并"),
    "visits.contact": ({"days": 30}, "演示开发区〔2024〕5号：包联的在建项目 30 天以内要有走访、电话或进展"),
}
HEARD = (
    "生产正常，订单排到十月", "设备已到七成，安装队伍在场", "用工缺口二十人左右", "原料涨价，毛利比去年低", "主体已封顶，等消防验收",
    "试生产两条线，另一条在调试", "统计台账齐全，原始凭证按月装订", "新车间的电还没有接通",
)
APPEALS = {"Q0011": "请协调 10 千伏专线早日送电", "Q0014": "厂门口道路排水不畅，雨天进不了车", "Q0017": "请帮助联系技校，招收二十名操作工"}
OFFICES = {"projects": "DEMO-XM", "attraction": "DEMO-ZS"}
PURPOSE = {"projects": {"for_projects": True, "purpose": "看进度、问困难"}, "attraction": {"for_service": True, "purpose": "回访签约事项"}}


def scenes(rng: Random) -> Iterator[Scene]:
    """Yield the rules, who looks after the enterprises, the visits of the half year, and what is planned."""
    for kind, (content, document) in RULES.items():
        yield _new(date(2024, 1, 10), "projects", "rules", kind=kind, since="2024-01-01", published_on="2024-01-10",
                   source_document=document, content=json.dumps(content))
    yield from assignments(rng)
    yield from half_year(rng)
    yield from july(rng)
    yield from merged()
    yield from jointly()
    yield from ahead()


def assignments(rng: Random) -> Iterator[Scene]:
    """Yield who looks after each enterprise, and one change of person."""
    entered = {row["code"]: date.fromisoformat(row["entered_on"]) for row in organisations.rows()}
    for number, code in enumerate(SERVED):
        since = max(date(2024, 1, 15), entered[code] + timedelta(days=1))
        holder = {"person": Ref(User, f"person{rng.randint(5, 10):03d}")}
        yield Scene(moment(since, number), "projects", "enterprises.assign", code, {
            "role": "cadre", "since": since, "document": "演示包保方案", **holder})
    code, role, person, day = SUCCESSION
    yield Scene(moment(date.fromisoformat(day)), "projects", "enterprises.assign", code, {
        "role": role, "since": day, "person": Ref(User, person), "document": "演示包保调整", "reason": "分工调整"})


def half_year(rng: Random) -> Iterator[Scene]:
    """Yield one visit to each enterprise between March and May, by two departments in turn, and those to the one at its ceiling."""
    entered = {row["code"]: date.fromisoformat(row["entered_on"]) for row in organisations.rows()}
    for number, code in enumerate(SERVED):
        if code == CEILED or entered[code] > date(2024, 3, 1):
            continue
        yield made(f"ZF{number + 1:04d}", code, ("projects", "attraction")[number % 2], date(2024, 3, 4) + timedelta(days=4 * number), rng)
    for number, day in enumerate((date(2024, 1, 23), date(2024, 3, 26), date(2024, 5, 21))):
        by = ("projects", "attraction")[number % 2]
        yield made(f"ZF{21 + number:04d}", CEILED, by, day, rng, kind=("visit", "inspection", "visit")[number])


def july(rng: Random) -> Iterator[Scene]:
    """Yield the calls and visits of July to whoever builds, but for the one that waits."""
    building = [code for code in SERVED if code >= "Q0009"] + ["Q0003"]
    for number, code in enumerate(building):
        kind = "call" if code == CEILED or number % 2 else "visit"
        yield made(f"ZF{31 + number:04d}", code, "projects", date(2024, 7, 8) + timedelta(days=number), rng, kind=kind)


def made(code: str, firm: str, by: str, day: date, rng: Random, **facts: Any) -> Scene:
    """Return the entry of a visit on the day after it was made; one that would fall on a weekend is made on the Monday."""
    day += timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
    return _new(day + timedelta(days=1), by, "visits", minutes=90, code=code, enterprise=Ref(Enterprise, firm), visited_on=day,
                department=Ref(Party, OFFICES[by]), received_by="演示人员", heard=rng.choice(HEARD),
                **({"appeals": APPEALS[firm]} if firm in APPEALS and day.month < 7 else {}), **PURPOSE[by], **{"kind": "visit", **facts})


def merged() -> Iterator[Scene]:
    """Yield two plans of two departments for one enterprise, made one visit, which both attend."""
    planned = date(2024, 6, 11)
    yield plan(planned, "projects", "ZF0061", "Q0001", date(2024, 6, 25), "DEMO-XM", for_projects=True, purpose="技改进度")
    yield plan(planned, "attraction", "ZF0062", "Q0001", date(2024, 7, 2), "DEMO-ZS", for_service=True, purpose="用工情况")
    yield Scene(moment(date(2024, 6, 12)), "projects", "visits.merge", "ZF0062", {"into": Ref(Visit, "ZF0061"), "reason": "一次走完"})
    yield Scene(moment(date(2024, 6, 25), 200), "attraction", "visits.join", "ZF0061", {
        "party": Ref(Party, "DEMO-ZS"), "person": Ref(User, "attraction")})
    yield Scene(moment(date(2024, 6, 25), 210), "projects", "visits.complete", "ZF0061", {
        "visited_on": date(2024, 6, 25), "received_by": "演示人员", "heard": "技改设备到货，年内可投用；缺电焊工"})


def jointly() -> Iterator[Scene]:
    """Yield a visit together with the statistics bureau, whose own person completes it."""
    yield plan(date(2024, 7, 15), "projects", "ZF0063", "Q0002", date(2024, 7, 24), "DEMO-XM", kind="joint",
               partner=Ref(Party, "BUREAU"), for_statistics=True, purpose="看统计台账，问上半年生产")
    yield Scene(moment(date(2024, 7, 24), 100), "projects", "visits.join", "ZF0063", {
        "party": Ref(Party, "DEMO-XM"), "person": Ref(User, "projects")})
    yield Scene(moment(date(2024, 7, 24), 110), "bureau", "visits.complete", "ZF0063", {
        "visited_on": date(2024, 7, 24), "heard": "台账齐全；上半年两条生产线满负荷", "appeals": "请明确研发费用归集的口径"})
    yield Scene(moment(date(2024, 8, 2), 300), "projects", "visits.raise_issue", "ZF0063", {"category": "policy"})


def ahead() -> Iterator[Scene]:
    """Yield what is planned for August and after: two near ones, the fourth of the year, one cancelled, and days of quiet."""
    day = date(2024, 8, 1)
    exams: dict[str, Any] = {"since": "2024-06-07", "until": "2024-06-10", "cause": "高考", "document": "演示开发区通知"}
    repairs: dict[str, Any] = {"enterprise": Ref(Enterprise, "Q0012"), "since": "2024-08-19", "until": "2024-08-24", "cause": "设备检修"}
    yield _new(date(2024, 5, 20), "projects", "quiet_spans", **exams)
    yield _new(day, "projects", "quiet_spans", **repairs)
    yield plan(day, "projects", "ZF0064", "Q0013", date(2024, 8, 8), "DEMO-XM", for_projects=True, purpose="投产准备")
    yield plan(day, "attraction", "ZF0065", "Q0013", date(2024, 8, 14), "DEMO-ZS", for_service=True, purpose="二期意向")
    yield plan(day, "projects", "ZF0066", CEILED, date(2024, 9, 10), "DEMO-XM", for_projects=True, purpose="两个项目的进度")
    yield plan(day, "projects", "ZF0067", "Q0012", date(2024, 8, 26), "BUREAU", partner=Ref(Party, "DEMO-XM"), kind="joint",
               for_statistics=True, purpose="入库前的辅导")
    yield plan(day, "attraction", "ZF0068", "Q0004", date(2024, 8, 6), "DEMO-ZS", for_service=True)
    yield Scene(moment(date(2024, 8, 2)), "attraction", "visits.cancel", "ZF0068", {"cancel_reason": "企业放高温假"})


def plan(at: date, by: str, code: str, firm: str, day: date, office: str, **facts: Any) -> Scene:
    """Return the plan of a visit, made on the day `at`."""
    return _new(at, by, "visits", minutes=60, code=code, enterprise=Ref(Enterprise, firm), planned_on=day,
                department=Ref(Party, office), **facts)


def _new(at: date, by: str, register: str, /, minutes: int = 0, **facts: Any) -> Scene:
    return Scene(moment(at, minutes), by, f"{register}.create", facts={"facts": facts})
