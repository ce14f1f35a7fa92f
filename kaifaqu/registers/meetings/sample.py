"""The demo zone's four-joint mechanism of 2024 with the county's statistics bureau: what was held, signed and decided."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from typing import Any

from kaifaqu.kernel.access import Party, User
from kaifaqu.registers.meetings.models import Meeting, PlanComponent
from kaifaqu.registers.story import Ref, Scene, moment

OFFICE, LEADER, PARTNER = "projects", "director", "bureau"
LAID_OUT = date(2024, 1, 10)
COMPONENTS = {"每月联合分析": "HZ0001", "每季联合会商": "HZ0002", "定期联合调研": "HZ0003", "联合指导走访": "HZ0004"}
FIRST = {"每月联合分析": 1, "每季联合会商": 13}  # of the meetings' codes, as the plan lays them out
FIGURES = {
    "每月联合分析": "projects.under_construction.count\nprojects.started.year.count",
    "每季联合会商": "projects.under_construction.count\nprojects.under_construction.investment\n"
                    "projects.signed.year.count/projects.targets.signed",
}
PRESENT = (("DEMO", LEADER, "分管领导"), ("BUREAU", PARTNER, "分管领导"), ("DEMO-XM", "", "相关科室"))
EXTRA = (  # of components without a cadence: component, topic, period, held; the last is still to come
    ("定期联合调研", "停产检修企业恢复情况", "2024-Q1", "2024-05-14"),
    ("联合指导走访", "新入库企业统计业务", "2024-05", "2024-06-05"),
    ("联合指导走访", "更换统计员的企业", "2024-07", ""),
)
DECISIONS = (  # meeting, day, what is to be done, by whom, until; by which account it was done, when, and how
    ("HY0003", "2024-04-18", "走访三户订单减少的企业", "DEMO-XM", "2024-05-10", OFFICE, "2024-05-08", "三户已走访，两户订单恢复"),
    ("HY0013", "2024-04-24", "按月核对新开工项目入库进度", "BUREAU", "2024-06-28", PARTNER, "2024-06-25", "四至六月已逐月核对"),
    ("HY0013", "2024-04-24", "停产检修企业专题调研", "DEMO-GH", "2024-06-14", "planning", "2024-06-12", "调研报告已报送"),
    ("HY0004", "2024-05-21", "辅导两户新企业办理入库", "BUREAU", "2024-07-19", "", "", ""),
    ("HY0014", "2024-07-22", "拟定下半年入库培育名单", "DEMO-XM", "2024-08-20", "", "", ""),
)


def scenes() -> Iterator[Scene]:
    """Yield how the plan was made, what was held and signed, and what became of the decisions."""
    yield Scene(moment(LAID_OUT, 40), OFFICE, "meeting_plans.create", facts={"facts": {
        "code": "HJ0001", "name": "工业统计“四联合”沟通服务机制", "kind": "four_joint", "year": 2024, "partner": Ref(Party, "BUREAU"),
        "document": "演示开发区、县统计局〔2024〕4号",
    }})  # fmt: skip
    yield Scene(moment(LAID_OUT, 41), OFFICE, "meeting_plans.lay_out", "HJ0001")
    for name, codes in FIGURES.items():
        facts = {"facts": {"indicators": codes}}
        yield Scene(moment(LAID_OUT, 42), OFFICE, "meeting_components.correct", COMPONENTS[name], facts)
    text = resources.files(__package__).joinpath("data/demo_meetings.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield from session(f"HY{FIRST[row['component']] + int(row['number']) - 1:04d}", row)
    yield from extra()
    yield from decisions()


def session(code: str, row: dict[str, str]) -> Iterator[Scene]:
    """Yield one session: its agenda the day before, who was there, its minutes, and the signatures of both parties."""
    held = date.fromisoformat(row["held"])
    yield Scene(moment(held - timedelta(days=1), 300), OFFICE, "meetings.draft_agenda", code)
    yield Scene(moment(held, 30), OFFICE, "meetings.hold", code, {
        "held_on": held, "place": "演示会议室", "chair": Ref(User, LEADER)})
    for minutes, (party, person, office) in enumerate(PRESENT, 31):
        yield Scene(moment(held, minutes), OFFICE, "attendances.create", facts={"facts": {
            "meeting": Ref(Meeting, code), "party": Ref(Party, party), "office": office,
            **({"person": Ref(User, person)} if person else {}),
        }})  # fmt: skip
    if row["minuted"]:
        minuted = date.fromisoformat(row["minuted"])
        yield Scene(moment(minuted, 60), OFFICE, "meetings.minute", code, {"minutes": row["minutes"]})
        signed = minuted if row["signed"] == PARTNER else date.fromisoformat(row["signed"])
        yield Scene(moment(signed, 90), PARTNER, "meetings.sign", code)
        if row["signed"] != PARTNER:
            yield Scene(moment(signed, 120), LEADER, "meetings.sign", code)


def extra() -> Iterator[Scene]:
    """Yield the surveys and visits, which have no cadence and are entered one by one."""
    numbers: dict[str, int] = {}
    for place, (name, topic, period, held) in enumerate(EXTRA, 17):
        numbers[name] = number = numbers.get(name, 0) + 1
        planned = date.fromisoformat(held or "2024-08-15")
        code, before = f"HY{place:04d}", moment(planned - timedelta(days=14), 20)
        yield Scene(min(before, moment(date(2024, 8, 1), 20)), OFFICE, "meetings.create", facts={"facts": {
            "code": code, "component": Ref(PlanComponent, COMPONENTS[name]), "number": number, "topic": topic, "period": period,
            "planned_on": planned, "due_on": planned + timedelta(days=14),
        }})  # fmt: skip
        if held:
            told: dict[str, Any] = {"minutes": f"演示：{topic}，双方各派一人，问题和建议已列入下次分析。"}
            yield Scene(moment(planned, 400), OFFICE, "meetings.hold", code, {"held_on": planned})
            yield Scene(moment(planned + timedelta(days=2), 60), OFFICE, "meetings.minute", code, told)
            for minutes, by in ((90, PARTNER), (120, LEADER)):
                yield Scene(moment(planned + timedelta(days=3), minutes), by, "meetings.sign", code)


def decisions() -> Iterator[Scene]:
    """Yield what was decided, and what became of it; one is over its day."""
    for place, (meeting, day, title, holder, until, by, done, result) in enumerate(DECISIONS, 1):
        code = f"YD{place:04d}"
        yield Scene(moment(date.fromisoformat(day), 45), OFFICE, "decisions.create", facts={"facts": {
            "code": code, "meeting": Ref(Meeting, meeting), "title": title, "holder": Ref(Party, holder), "opened_on": day,
            "agreed_on": until, "demand": f"演示：{title}，下次会上报告。",
        }})  # fmt: skip
        if done:
            yield Scene(moment(date.fromisoformat(done), 60), by, "decisions.resolve", code, {"result": f"演示：{result}"})
            checked = date.fromisoformat(done) + timedelta(days=2)
            yield Scene(moment(checked, 60), LEADER, "decisions.verify", code, {"text": "演示：属实"})
