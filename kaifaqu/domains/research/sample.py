"""The demo institute's ledgers, invented throughout: totals first, random detail within them, the same on every load."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from kaifaqu.domains.research.models import (
    Appraisal,
    BusinessLine,
    Field,
    FundingKind,
    FusionLink,
    InstituteCooperation,
    InstituteDelivery,
    InstituteOrder,
    Level,
    MineRobot,
    MiningVehicle,
    MiningVehicleUse,
    PatentKind,
    ProductionRun,
    ProductTest,
    RDAward,
    RDExpenditure,
    RDFunding,
    RDMember,
    RDPatent,
    RDProduct,
    RDProject,
    RDResult,
    RobotFault,
    RobotTask,
    TestReport,
)
from kaifaqu.domains.research.rules import PEOPLE_SAVED
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.story import Batch, Ref, Scene, moment

OWNER, BY, SEED = "DEMO-YJ", "institute", 20240805
DAY, ENTERED = date(2024, 8, 5), date(2024, 7, 29)
RESEARCH = ("智能掘进", "智能辅助运输", "辅助作业机器人")
SUBJECTS = ("掘进", "运输", "支护", "机器人", "电控")
PROJECTS = {Level.NATIONAL: 187, Level.PROVINCIAL: 436}
RESULTS = {Appraisal.INTERNATIONAL: 96, Appraisal.DOMESTIC: 375, Appraisal.OTHER: 40}
AWARDS = {Level.NATIONAL: 28, Level.PROVINCIAL: 173}
GRANTED, PENDING, UTILITY = 506, 60, 45  # inventions granted and not yet, and utility models
UNLINKED = 12  # results without a project
EXPENDITURE = ((2021, "32000", "800000"), (2022, "37800", "840000"), (2023, "45000", "900000"))
PRODUCTS = (  # code, name, direction, transformation, whether it is a flagship
    ("CP0001", "演示蛟龙快速掘进系统", "连采快掘", "intelligent", True), ("CP0002", "演示硬岩掘进机", "掘进", "intelligent", True),
    ("CP0003", "演示新能源矿用车", "辅助运输", "green", True), ("CP0004", "演示辅助作业机器人", "电控", "intelligent", True),
    ("CP0005", "演示电子围栏系统", "电控", "digital", True), ("CP0006", "演示掘锚一体机", "掘进", "", False),
    ("CP0007", "演示支架搬运车", "辅助运输", "", False), ("CP0008", "演示破碎转载机", "综采后配套", "", False),
    ("CP0009", "演示远程运维平台", "电控", "service", False),
)
MINES = ("演示一号煤矿", "演示二号煤矿", "演示三号煤矿", "演示配套件公司", "演示境外合作公司")
FUNDINGS = (("ZJ0001", "演示国家专项", FundingKind.FISCAL, "1200"), ("ZJ0002", "演示成果转化基金", FundingKind.FUND, "3000"),
            ("ZJ0003", "演示自筹经费", FundingKind.OWN, "800"))  # fmt: skip
ROLES = ("总体设计", "截割部设计", "液压系统", "电控系统", "试验验证", "现场服务")
LINKED = (  # product, column, code
    ("CP0001", "project", "KY0001"), ("CP0001", "project", "KY0188"), ("CP0001", "funding", "ZJ0001"), ("CP0001", "member", "TD0001"),
    ("CP0001", "member", "TD0004"), ("CP0001", "enterprise", "Q0001"), ("CP0002", "project", "KY0001"), ("CP0002", "funding", "ZJ0002"),
    ("CP0002", "member", "TD0002"), ("CP0002", "enterprise", "Q0004"), ("CP0003", "project", "KY0002"), ("CP0003", "funding", "ZJ0003"),
    ("CP0003", "member", "TD0004"), ("CP0003", "enterprise", "Q0002"),
)
ENDS: dict[str, type[Record]] = {"project": RDProject, "funding": RDFunding, "member": RDMember, "enterprise": Enterprise}
ORDERS = (  # line, what, product, mine or name of a customer abroad, its country, 万元, accepted, settled
    ("equipment", "掘进系统一套", "CP0001", "Q0001", "", "2600", "2023-03-10", "2023-11-20"),
    ("equipment", "硬岩掘进机两台", "CP0002", "Q0002", "", "1800", "2023-06-01", "2024-01-25"),
    ("equipment", "矿用车三辆", "CP0003", "Q0001", "", "540", "2024-01-08", "2024-05-16"),
    ("equipment", "支架搬运车一台", "CP0007", "演示甲国矿业公司", "演示甲国", "620", "2023-09-12", "2024-03-29"),
    ("equipment", "掘锚一体机一台", "CP0006", "演示甲国第二矿业公司", "演示甲国", "1500", "2024-02-20", ""),
    ("equipment", "破碎转载机一台", "CP0008", "演示乙国矿业公司", "演示乙国", "430", "2024-04-02", ""),
    ("service", "掘进系统大修", "CP0001", "Q0003", "", "260", "2024-01-15", "2024-04-10"),
    ("service", "矿用车年度维保", "CP0003", "Q0001", "", "48", "2024-03-01", "2024-06-28"),
    ("service", "远程运维", "CP0009", "Q0002", "", "36", "2024-05-06", ""),
    ("testing", "液压支架检验", "", "Q0004", "", "12", "2024-01-22", "2024-02-27"),
    ("testing", "防爆电气检验", "", "Q0004", "", "9.5", "2024-03-11", "2024-04-19"),
    ("testing", "输送带检验", "", "Q0003", "", "6", "2024-06-17", ""),
)
TASKS = {"运料": 3, "安装": 2, "巡检": 1, "清理": 2}  # how many people one saves
MACHINES, FAILED = 12, (3, 7)  # machines that came off the line, and those of them that failed at first; the last one failed for good
MACHINE_DAYS = 30


def ledger() -> Iterator[tuple[type[Record], list[dict[str, Any]]]]:
    """Yield the registers of the ledger of research with their rows, those that others point to first."""
    chance = Random(SEED)
    yield RDProject, [_project(chance, number, level) for number, level in enumerate(_spread(PROJECTS), 1)]
    yield RDResult, [_result(chance, number, level) for number, level in enumerate(_spread(RESULTS), 1)]
    yield RDAward, [_award(chance, number, level) for number, level in enumerate(_spread(AWARDS), 1)]
    yield RDPatent, [_patent(chance, number) for number in range(1, GRANTED + PENDING + UTILITY + 1)]


def _spread(quota: Mapping[Any, int]) -> list[Any]:
    return [level for level, count in quota.items() for _number in range(count)]


def _day(chance: Random, first: int, last: int) -> date:
    return min(date(first, 1, 1) + timedelta(days=chance.randrange((last - first + 1) * 365)), ENTERED - timedelta(days=1))


def _project(chance: Random, number: int, level: Level) -> dict[str, Any]:
    year = 1995 + number % 30
    approved = _day(chance, year, year)
    accepted = approved + timedelta(days=chance.randrange(700, 1400))
    return {
        "code": f"KY{number:04d}", "name": f"演示{chance.choice(SUBJECTS)}课题 {number:04d}", "level": level,
        "direction": RESEARCH[number % 3], "field": [*Field][number % 4], "budget": chance.randrange(20, 900),
        "approved_on": f"{approved:%Y}" if year < 2000 else f"{approved}",  # of the oldest only the year is known
        **({"accepted_on": f"{accepted}"} if accepted < ENTERED else {}),
    }  # fmt: skip


def _result(chance: Random, number: int, level: Appraisal) -> dict[str, Any]:
    project = {"project": Ref(RDProject, f"KY{number:04d}")} if number > UNLINKED else {}
    return {"code": f"CG{number:04d}", "name": f"演示{chance.choice(SUBJECTS)}成果 {number:04d}", "level": level, **project,
            "appraised_on": f"{_day(chance, 1998, 2024)}"}  # fmt: skip


def _award(chance: Random, number: int, level: Level) -> dict[str, Any]:
    return {"code": f"JL{number:04d}", "name": f"演示科技奖 {number:04d}", "level": level, "year": chance.randrange(1998, 2025),
            "grade": ("一等奖", "二等奖", "三等奖")[number % 3], "result": Ref(RDResult, f"CG{number:04d}")}  # fmt: skip


def _patent(chance: Random, number: int) -> dict[str, Any]:
    filed = _day(chance, 2006, 2019)
    granted, kind = f"{filed + timedelta(days=chance.randrange(300, 1500))}", PatentKind.INVENTION
    if GRANTED < number <= GRANTED + PENDING:
        filed, granted = _day(chance, 2022, 2023), ""
    elif number > GRANTED:
        kind = PatentKind.UTILITY
    told = {"granted_on": granted, "annuity_due_on": "2025-03-31"} if granted else {}
    return {"code": f"ZL{number:04d}", "number": f"DEM{filed.year}{number:06d}", "name": f"演示专利 {number:04d}", "kind": kind,
            "filed_on": f"{filed}", **told}  # fmt: skip


def scenes() -> Iterator[Scene | Batch]:
    """Yield what the institute entered: whom and what it works with first, then the ledger, then what its machines do."""
    opened = date(2024, 1, 15)
    yield _rows(opened, 0, Enterprise, [
        {"code": f"Q{number:04d}", "name": name, "credit_code": wrong_credit_code(3000 + number), "synthetic": True}
        for number, name in enumerate(MINES, 1)])
    yield Scene(moment(opened, 5), BY, "rules.create", owner=OWNER, facts={"facts": {
        "kind": PEOPLE_SAVED.code, "since": "2024-01-01", "published_on": "2024-01-15",
        "source_document": "演示研究院〔2024〕3号：机器人替代定员",
        "content": json.dumps({"tasks": {task: {"people": people} for task, people in TASKS.items()}}, ensure_ascii=False)}})
    yield _rows(opened, 10, RDExpenditure, [
        {"year": year, "amount": amount, "revenue": revenue, "document": "演示年度决算"} for year, amount, revenue in EXPENDITURE])
    yield _rows(opened, 20, RDProduct, [
        {"code": code, "name": name, "direction": direction, "transformation": way, "flagship": flagship,
         "line": BusinessLine.SERVICE if way == "service" else BusinessLine.EQUIPMENT}
        for code, name, direction, way, flagship in PRODUCTS])
    yield _rows(opened, 30, RDFunding, [
        {"code": code, "name": name, "kind": kind, "amount": amount} for code, name, kind, amount in FUNDINGS])
    yield _rows(opened, 40, RDMember, [
        {"code": f"TD{number:04d}", "role": role, "person": f"演示人员 {700 + number}", "since": "2020-01-01"}
        for number, role in enumerate(ROLES, 1)])
    for minutes, (register, rows) in enumerate(ledger()):
        yield _rows(ENTERED, minutes, register, rows)
    yield _rows(ENTERED, 30, FusionLink, [
        {"product": Ref(RDProduct, product), column: Ref(ENDS[column], code)} for product, column, code in LINKED])
    yield _rows(ENTERED, 40, InstituteCooperation, [
        {"partner": Ref(Enterprise, "Q0005"), "title": "演示联合研发协议", "country": "演示甲国", "signed_on": "2022-05-10",
         "since": "2022-06-01", "until": "2027-06-01"},
        {"partner": Ref(Enterprise, "Q0005"), "title": "演示技术交流协议", "country": "演示甲国", "signed_on": "2019-05-10",
         "since": "2019-06-01", "until": "2022-06-01"}])
    yield _rows(ENTERED, 50, InstituteOrder, [*_orders()])
    yield _rows(ENTERED, 60, TestReport, [
        {"number": f"演示检字 2024-{number:03d}", "order": Ref(InstituteOrder, f"YD{order:04d}"), "sample": "演示样品", "passed": True,
         "conclusion": "所检项目符合委托要求", "issued_on": day,
         **({"voided_on": "2024-03-05", "void_reason": "样品编号写错，另出一份"} if number == 1 else {})}
        for number, (order, day) in enumerate(((10, "2024-02-20"), (10, "2024-03-06"), (11, "2024-04-12")), 1)])
    yield from _production()
    yield from _machines(Random(SEED))


def _rows(day: date, minutes: int, register: type[Record], rows: list[dict[str, Any]]) -> Batch:
    return Batch(moment(day, minutes), BY, register, rows, owner=OWNER)


def _orders() -> Iterator[dict[str, Any]]:
    for number, (line, title, product, customer, country, amount, accepted, settled) in enumerate(ORDERS, 1):
        yield {
            "code": f"YD{number:04d}", "line": line, "title": title, "amount": amount, "accepted_on": accepted, "country": country,
            **({"product": Ref(RDProduct, product)} if product else {}),
            **({"customer_name": customer} if country else {"customer": Ref(Enterprise, customer)}),
            **({"done_on": settled, "settled_on": settled, "settled": amount} if settled else {}),
        }  # fmt: skip


def _production() -> Iterator[Batch]:
    """Yield runs, tests and deliveries of machines: two failed and passed a week later, the last one waits with its failed test."""
    product, begun = Ref(RDProduct, "CP0002"), date(2024, 3, 4)
    yield _rows(ENTERED, 70, ProductionRun, [
        {"code": f"SC{number:04d}", "line": "演示一号装配线", "run_on": begun + timedelta(days=7 * number), "shift": "白班",
         "product": product, "units": 3} for number in range(1, 5)])
    days = {number: begun + timedelta(days=7 * (1 + (number - 1) // 3) + 2) for number in range(1, MACHINES + 1)}
    tests = [(number, days[number], number not in (*FAILED, MACHINES)) for number in days]
    tests += [(number, days[number] + timedelta(days=7), True) for number in FAILED]
    yield _rows(ENTERED, 80, ProductTest, [
        {"product": product, "serial": f"DEM-{number:03d}", "run": Ref(ProductionRun, f"SC{1 + (number - 1) // 3:04d}"), "tested_on": day,
         "passed": passed, **({} if passed else {"defect": "演示：密封渗漏"})} for number, day, passed in tests])
    yield _rows(ENTERED, 90, InstituteDelivery, [
        {"product": product, "serial": f"DEM-{number:03d}", "order": Ref(InstituteOrder, "YD0002"),
         "delivered_on": day + timedelta(days=14)} for number, day in days.items() if number != MACHINES])


def _machines(chance: Random) -> Iterator[Batch]:
    """Yield robots and vehicles with a month of their logs."""
    days = [date(2024, 6, 1) + timedelta(days=number) for number in range(MACHINE_DAYS)]
    for minutes, register, name, product, count in ((100, MineRobot, "机器人", "CP0004", 2), (101, MiningVehicle, "矿用车", "CP0003", 3)):
        yield _rows(ENTERED, minutes, register, [
            {"code": f"{register.code_prefix}{number:04d}", "name": f"演示{number}号{name}", "product": Ref(RDProduct, product),
             "mine": Ref(Enterprise, "Q0001"), "in_use_on": "2024-01-20"} for number in range(1, count + 1)])
    yield _rows(ENTERED, 110, RobotTask, [
        {"robot": Ref(MineRobot, f"JQ000{number}"), "worked_on": day, "task": chance.choice([*TASKS]),
         "hours": chance.choice(("3.5", "5", "6"))} for day in days for number in (1, 2)])
    yield _rows(ENTERED, 111, RobotFault, [
        {"robot": Ref(MineRobot, f"JQ000{number}"), "found_on": days[place], "down": hours, "cause": "演示：传感器进水"}
        for number, place, hours in ((1, 4, "2.5"), (1, 19, "6"), (2, 11, "4"))])
    yield _rows(ENTERED, 112, MiningVehicleUse, [
        {"vehicle": Ref(MiningVehicle, f"KC000{number}"), "used_on": day, "hours": chance.choice(("6", "7.5", "9")),
         "energy": chance.choice(("96", "118.5", "140"))} for day in days for number in (1, 2, 3)])
