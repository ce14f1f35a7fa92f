"""The demo zone's leads and projects.

What figures are asserted about stands in data/demo_projects.csv, data/demo_leads.csv and the tables below; the rest,
such as who contacted whom when and how many days later it was entered, is drawn from the demo's seed.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from importlib import resources
from random import Random
from typing import Any

from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.registers.chains.models import ChainNode
from kaifaqu.registers.organisations import sample as organisations
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.places.sample import PARKS
from kaifaqu.registers.projects.models import Lead, Project, ProjectCohort
from kaifaqu.registers.story import Ref, Scene, moment
from kaifaqu.sheets.models import Collection

BEGUN = date(2022, 2, 24)  # the ledger begins; what happened before is entered then as 历史补录
HALF_YEAR = date(2024, 6, 30)
PARK_CODES = {name: f"K{number:04d}" for number, name in enumerate(PARKS, 1)}
COHORTS = {  # the days of the 1st, 2nd ... list of each kind; the last 开工一批 is held after the half year
    "signed": ("2022-03-15", "2022-09-28", "2023-04-28", "2023-12-28", "2024-03-28", "2024-06-30"),
    "started": ("2022-03-15", "2022-12-28", "2023-09-28", "2024-03-28", "2024-06-30", "2024-07-30"),
    "production": ("2022-12-28", "2023-09-28", "2024-03-28", "2024-06-30"),
}
COHORT_NAMES = {"signed": "签约一批", "started": "开工一批", "production": "投产一批"}
STEPS = {  # date: action, usual evidence
    "landed_on": ("projects.land", "演示备案证"),
    "started_on": ("projects.start", "演示施工许可证"),
    "production_on": ("projects.produce", "演示投产确认单"),
    "full_capacity_on": ("projects.reach_full", "演示达产达效确认单"),
}
INTRODUCED = {  # projects brought in along the chain: category and segment
    "P0013": ("废弃物利用", "LH0002"), "P0014": ("食品加工", "LH0005"), "P0017": ("提标改造", "LH0003"), "P0023": ("提标改造", "LH0004"),
}
FAILED = {"投资方改变计划": "investor", "用地条件不符": "land", "环境容量不足": "environment", "资金未落实": "funds"}  # why, and its kind
ENTERED_WRONG = {("P0017", "started_on"): ("2024-03-28", "2024-04-01")}  # first entered so, on that day
PLANNED_STARTS = {"P0016": "2024-02", "P0017": "2024-03", "P0018": "2024-03",
                  "P0023": "2024-09", "P0024": "2024-10", "P0025": "2024-12"}  # written in the contract
OUTPUT_KNOWN = date(2024, 7, 3)  # actual annual output, for the half year
REPORTED = tuple(f"2024-{month:02d}" for month in range(1, 7))  # months of which progress was reported; all but the last are locked
NODES = ("foundation", "structure_half", "structure", "topped_out", "installation", "trial")
LEADERS, SPECIALISTS = 4, 6  # 演示人员 001 ... 004 and 005 ... 010
UNPAID = "P0011"  # pays less than is required
UNLISTED = ("P0020", "P0021")  # started in May and on the last of June, and still not in the statistics
LISTED_SEED = 43  # of its own, so that the days of all else stay as they were
OFFICES = dict.fromkeys(("P0009", "P0019", "P0022"), "DEMO-GH")  # all others are the project office's
FIRST_HOLDERS = {  # leader and specialist, where it matters who it was; two projects are those of people who sign in
    "P0012": ("person001", "person007"), "P0006": ("director", "projects"), "P0021": ("director", "projects"),
}
SUCCESSIONS = (  # a change of person: project, role, the new person, from
    ("P0010", "specialist", "person010", "2024-03-11"),
    ("P0012", "leader", "person002", "2024-05-06"),
)


def scenes(rng: Random) -> Iterator[Scene]:
    """Yield everything that happened to leads, projects, cohorts, assignments and plan classes."""
    projects = rows("demo_projects.csv")
    for number, row in enumerate(projects, 1):
        yield from cycle(row, f"L{number:04d}", rng)
    for number, row in enumerate(rows("demo_leads.csv"), len(projects) + 1):
        node = {"node": Ref(ChainNode, row["node"])} if "node" in row else {}
        yield from lead(row["name"], f"L{number:04d}", unsigned(row, rng), rng, **node)
    yield from cohorts(projects)
    yield from assignments(projects, rng)
    yield from listed(projects, Random(LISTED_SEED))
    yield from plan_year()
    yield from corrections(projects)
    yield from classified()
    yield from monthly_progress(projects)
    yield from asked_for_july(projects)


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of the demo, without its empty cells."""
    with resources.files(__package__).joinpath("data", name).open(encoding="utf-8") as file:
        return [{column: cell for column, cell in row.items() if cell} for row in csv.DictReader(file)]


def entered(day: str, rng: Random) -> datetime:
    """Return when somebody enters what happened on the day: up to three days after it is over."""
    over = PartialDate.parse(day).last
    return moment(max(BEGUN, over + timedelta(days=rng.randint(0, 3))), 60)


def is_history(day: str) -> bool:
    """Tell whether the day was over before the ledger began."""
    return PartialDate.parse(day).last < BEGUN


def cycle(row: dict[str, str], lead_code: str, rng: Random) -> Iterator[Scene]:
    """Yield the life of one project and of the lead that it came from."""
    code, signed = row["code"], row["signed_on"]
    signing = PartialDate.parse(signed).first
    negotiating = signing - timedelta(days=rng.randint(50, 160))
    dates = {
        "first_contact_on": str(negotiating - timedelta(days=rng.randint(20, 120))),
        "negotiating_on": str(negotiating),
        "intent_on": str(signing - timedelta(days=rng.randint(10, 40))),
    }
    category, node = INTRODUCED.get(code, ("", ""))
    chain: dict[str, Any] = {"node": Ref(ChainNode, node), "category": category, "introduced": True} if node else {}
    if is_history(signed):
        yield from lead(row["name"], lead_code, {**dates, "signed_on": signed}, rng, **chain)
        known = {name: row[name] for name in STEPS if name in row and is_history(row[name])}
        yield Scene(moment(BEGUN, 120), "projects", "projects.create", facts={"facts": {
            **contract(row), **known, "code": code, "signed_on": signed, "historical": True,
            "lead": Ref(Lead, lead_code), "enterprise": Ref(Enterprise, row["enterprise"]),
            "national_code": national_code(code, signed), "park": Ref(Park, PARK_CODES[row["park"]]),
        }})
    else:
        yield from lead(row["name"], lead_code, dates, rng, **chain)
        known = {}
        at = entered(signed, rng)
        yield Scene(at, "attraction", "leads.sign", lead_code, {
            **contract(row), "code": code, "signed_on": signed, "signed_evidence": f"演示投资协议 {code}",
        })
        park = {"facts": {"park": Ref(Park, PARK_CODES[row["park"]])}}
        yield Scene(at + timedelta(minutes=5), "projects", "projects.correct", code, park)
    for name, (action, evidence) in STEPS.items():
        if name in row and name not in known:
            yield step(row, name, action, evidence, rng)


def step(row: dict[str, str], name: str, action: str, evidence: str, rng: Random) -> Scene:
    """Return one step of a project, as it was first entered."""
    code = row["code"]
    day, at = row[name], entered(row[name], rng)
    if (code, name) in ENTERED_WRONG:
        day, at = ENTERED_WRONG[code, name][0], moment(date.fromisoformat(ENTERED_WRONG[code, name][1]), 60)
    facts: dict[str, Any] = {name: day, name.replace("_on", "_evidence"): f"{evidence} {code}"}
    if action == "projects.land":
        facts |= {"enterprise": Ref(Enterprise, row["enterprise"]), "national_code": national_code(code, day)}
    return Scene(at, "projects", action, code, facts)


def contract(row: dict[str, str]) -> dict[str, str]:
    """Return what the investment contract of a project says."""
    said = ("name", "nature", "total_investment", "expected_annual_output", "expected_completion_on")
    planned = {"expected_start_on": PLANNED_STARTS[row["code"]]} if row["code"] in PLANNED_STARTS else {}
    return {name: row[name] for name in said} | planned


def national_code(code: str, day: str) -> str:
    """Return an invented code of the national platform, given in the month of the day."""
    month = PartialDate.parse(day).first
    return f"{month:%y%m}-149900-89-01-{int(code[1:]) * 7919 % 1000000:06d}"


def unsigned(row: dict[str, str], rng: Random) -> dict[str, str]:
    """Return the dates of a lead that was not signed by the demo day, as its outcome says."""
    days = sorted(HALF_YEAR - timedelta(days=number) for number in rng.sample(range(5, 700, 6), 3))
    first, second, third = (str(day) for day in days)
    first = row.get("first_contact_on", first)
    return {
        "lead": {"first_contact_on": first},
        "later": {"first_contact_on": first},
        "failed": {"first_contact_on": first, "failed_on": third},
        "negotiating": {"first_contact_on": first, "negotiating_on": second},
        "negotiated_failed": {"first_contact_on": first, "negotiating_on": second, "failed_on": third},
    }[row["outcome"]]


def lead(name: str, code: str, dates: dict[str, str], rng: Random, **chain: Any) -> Iterator[Scene]:
    """Yield the steps of a lead; what happened before the ledger began is entered with it."""
    known = {column: day for column, day in dates.items() if column == "first_contact_on" or is_history(day)}
    at = max(entered(day, rng) for day in known.values())
    yield Scene(at, "attraction", "leads.create", facts={"facts": {
        "code": code, "name": name, "investor": f"演示投资方 {code[1:]}", **known, **chain,
    }})
    actions = {"negotiating_on": "leads.negotiate", "intent_on": "leads.intend", "failed_on": "leads.fail"}
    for column, day in dates.items():
        if column not in known:
            facts = {column: day}
            if column == "failed_on":
                facts["fail_reason"] = rng.choice(tuple(FAILED))
                facts["fail_kind"] = FAILED[facts["fail_reason"]]
            else:
                facts[column.replace("_on", "_evidence")] = f"演示洽谈纪要 {code}"
            if column == "negotiating_on":
                facts["reason"] = "演示：项目关键信息随后补齐"
            yield Scene(entered(day, rng), "attraction", actions[column], code, facts)


def cohorts(projects: Iterable[dict[str, str]]) -> Iterator[Scene]:
    """Yield the lists: each on its day, and the projects on it six days later, when all of them are entered."""
    column = {"signed": "signed_on", "started": "started_on", "production": "production_on"}
    for kind, days in COHORTS.items():
        listed: set[str] = set()
        for number, day in enumerate(date.fromisoformat(day) for day in days):
            code = f"{kind}-{number + 1}"
            yield Scene(moment(day), "projects", "cohorts.create", facts={"facts": {
                "code": code, "kind": kind, "number": number + 1, "held_on": day,
                "name": f"第{'一二三四五六'[number]}期{COHORT_NAMES[kind]}",
            }})
            for row in projects:
                happened = row.get(column[kind])
                if row["code"] not in listed and happened and PartialDate.parse(happened).first <= day:
                    listed.add(row["code"])
                    at = moment(day + timedelta(days=6))
                    yield Scene(at, "projects", "projects.enter_cohort", row["code"], {"cohort": Ref(ProjectCohort, code)})


def assignments(projects: Iterable[dict[str, str]], rng: Random) -> Iterator[Scene]:
    """Yield who answers for each project that was started, from the week of its start, and the changes of person."""
    for row in projects:
        if "started_on" in row and "production_on" not in row:
            since = PartialDate.parse(row["started_on"]).first
            leader = f"person{rng.randint(1, LEADERS):03d}"
            specialist = f"person{rng.randint(LEADERS + 1, LEADERS + SPECIALISTS - 1):03d}"
            leader, specialist = FIRST_HOLDERS.get(row["code"], (leader, specialist))
            for role, holder in (
                ("leader", {"person": Ref(User, leader)}), ("department", {"office": Ref(Party, OFFICES.get(row["code"], "DEMO-XM"))}),
                ("specialist", {"person": Ref(User, specialist)}),
            ):
                facts = {"role": role, "since": since, "document": "演示包联方案", **holder}
                yield Scene(moment(since + timedelta(days=5), 30), "projects", "projects.assign", row["code"], facts)
    for code, role, person, day in SUCCESSIONS:
        facts = {"role": role, "person": Ref(User, person), "since": day, "document": "演示包联调整", "reason": "分工调整"}
        yield Scene(moment(date.fromisoformat(day)), "projects", "projects.assign", code, facts)


def listed(projects: Iterable[dict[str, str]], rng: Random) -> Iterator[Scene]:
    """Yield when the projects under construction were entered in the statistics; those of UNLISTED have not been."""
    for row in projects:
        if "started_on" in row and "production_on" not in row and row["code"] not in UNLISTED:
            day = PartialDate.parse(row["started_on"]).last + timedelta(days=rng.randint(8, 25))
            facts = {"entered_in_statistics_on": str(day), "entered_in_statistics_evidence": f"演示入库通知 {row['code']}"}
            yield Scene(moment(day, 40), "projects", "projects.correct", row["code"], {"facts": facts})


def plan_year() -> Iterator[Scene]:
    """Yield the freezing of the classes of 2024 and one correction."""
    frozen = date(2024, 1, 8)
    yield Scene(moment(frozen), "projects", "plan_classes.freeze", facts={"plan_year": 2024, "frozen_on": frozen})
    yield Scene(moment(date(2024, 4, 9)), "projects", "plan_classes.correct", "Y0006", {
        "facts": {"kind": "completing"}, "reason": "设备提前到货，年内竣工",
    })


def classified() -> Iterator[Scene]:
    """Yield that one project counts as continuing in the month of its start, as an office would decide it."""
    yield Scene(moment(date(2024, 5, 20)), "projects", "projects.classify", "P0017", {
        "period": "2024-04", "kind": "continuing", "person": Ref(User, "director"),
        "ground": "演示：2023 年已完成土地平整和临时设施，按续建调度",
    })


def corrections(projects: Iterable[dict[str, str]]) -> Iterator[Scene]:
    """Yield the corrected start of construction, and the output that filled an empty place."""
    yield Scene(moment(date(2024, 5, 15)), "projects", "projects.correct", "P0017", {
        "facts": {"started_on": "2024-04-02"}, "reason": "开工日期以施工许可证为准，原按进场日期登记",
    })
    for row in projects:
        if "actual_annual_output" in row:
            facts = {"actual_annual_output": row["actual_annual_output"]}
            yield Scene(moment(OUTPUT_KNOWN), "projects", "projects.correct", row["code"], {"facts": facts})


def monthly_progress(projects: Iterable[dict[str, str]]) -> Iterator[Scene]:
    """Yield what was reported of each project under construction for each month, its review and lock, and one correction."""
    building = [row for row in projects if "started_on" in row]
    for month in REPORTED:
        last = PartialDate.parse(month).last
        told = last + timedelta(days=4)
        for number, row in enumerate(building):
            started, over = PartialDate.parse(row["started_on"]).first, row.get("production_on")
            if started <= last and (over is None or PartialDate.parse(over).first > last):
                yield Scene(moment(told, 200 + number), "projects", "progress.create", facts={"facts": {
                    "subject": Ref(Project, row["code"]), "month": month, **amounts(row, last),
                }})
        yield Scene(moment(told + timedelta(days=2), 30), "projects", "progress.review_month", facts={"month": PartialDate.parse(month)})
        if month != REPORTED[-1]:
            yield Scene(moment(told + timedelta(days=4), 30), "projects", "progress.lock_month", facts={"month": PartialDate.parse(month)})
    yield Scene(moment(date(2024, 6, 18), 45), "projects", "progress.correct", "JD0001", {
        "facts": {"problems": "冬季施工进度偏慢"}, "reason": "补记企业 1 月函告的问题",
    })


def asked_for_july(projects: Iterable[dict[str, str]]) -> Iterator[Scene]:
    """Yield the collection of July's progress, sent to the enterprises and not yet answered on the day the demo stands on."""
    asked = moment(date(2024, 8, 1))
    yield Scene(asked, "projects", "collections.create", facts={"facts": {
        "code": "SB0001", "name": "2024 年 7 月项目月度进展", "target": "progress", "period": "2024-07", "due_on": "2024-08-07",
        "note": "金额单位为万元；没有发生的填 0，不知道的空着",
    }})
    codes: dict[str, list[str]] = {}
    for row in projects:
        if "started_on" in row and "production_on" not in row:
            codes.setdefault(row["enterprise"], []).append(row["code"])
    for number, enterprise in enumerate(row for row in organisations.rows() if row["code"] in codes):
        yield Scene(asked + timedelta(minutes=1, seconds=number), "projects", "collection_units.create", facts={"facts": {
            "collection": Ref(Collection, "SB0001"), "name": enterprise["name"], "records": "、".join(codes[enterprise["code"]]),
        }})


def amounts(row: dict[str, str], last: date) -> dict[str, str]:
    """Return a month's report: a twelfth of a year's plan each month, more in summer, and the node that so much work has reached."""
    total, started = int(row["total_investment"]), PartialDate.parse(row["started_on"]).first
    before = total * min(55, max(0, (date(2024, 1, 1) - started).days // 15)) // 100
    plan = (total - before) * 2 // 5 // 100 * 100
    shares = [4, 4, 7, 9, 10, 11]
    first = started.month if started.year == last.year else 1
    done = [plan * share // 100 for month, share in enumerate(shares, 1) if first <= month <= last.month]
    node = NODES[min(len(NODES) - 1, (before + sum(done)) * len(NODES) // total)]
    required = sum(done) * 8 // 10
    slow = sum(done) * 12 < plan * last.month * 8 // 10
    return {
        "planned_investment": str(plan), "month_investment": str(done[-1]), "year_to_date": str(sum(done)),
        "completed_to_date": str(before + sum(done)), "funds_in_place": str(sum(done) * 11 // 10), "physical": node,
        "payment_required": str(required), "paid": str(required * 9 // 10 if row["code"] == UNPAID else required),
        **({"problems": "投资进度低于序时进度"} if slow else {}), "next_steps": "按节点计划推进下月施工",
    }
