"""The demo zone's issues of 2024: what enterprises reported, and what became of it, as the table beside this module says."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from importlib import resources
from typing import Any

from kaifaqu.kernel.access import Party
from kaifaqu.registers.issues.rules import ROUTING
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import Ref, Scene, moment

OFFICE, PLANNING = "projects", "planning"
ROUTES = {"land": "DEMO-GH", "water": "DEMO-GH", "roads": "DEMO-GH", "heat": "DEMO-GH", "power": "POWER", "funds": "DEMO-BG"}
FOCUS = ("land", "power", "funds")  # the three that the newspaper page names
EVALUATION = "行政许可法第四十五条：专家评审所需时间不计算在期限内"


def scenes() -> Iterator[Scene]:
    """Yield everything that happened to the demo's issues."""
    routes = {category: {"holder": code, "focus": category in FOCUS} for category, code in ROUTES.items()}
    yield Scene(moment(date(2024, 1, 10), 30), OFFICE, "rules.create", facts={"facts": {
        "kind": ROUTING.code, "since": "2024-01-01", "published_on": "2024-01-10",
        "source_document": "演示开发区〔2024〕3号：难点堵点办理分工", "content": json.dumps({"routes": routes}),
    }})  # fmt: skip
    text = resources.files(__package__).joinpath("data/demo_issues.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield from story(row)


def story(row: dict[str, str]) -> Iterator[Scene]:
    """Yield what happened to one issue."""
    code, handler = row["code"], PLANNING if row["holder"] == "DEMO-GH" else OFFICE
    opened = date.fromisoformat(row["opened"])
    yield Scene(moment(opened, 20), OFFICE, "issues.create", facts={"facts": {
        "code": code, "title": row["title"], "category": row["category"], "hard": bool(row["hard"]), "channel": "visit",
        "enterprise": Ref(Enterprise, row["enterprise"]), "project": Ref(Project, row["project"]) if row["project"] else None,
        "opened_on": opened, "opened_time": "09:00", "demand": f"演示：{row['title']}，希望开发区协调解决。",
    }})  # fmt: skip
    if row["holder"]:
        yield step(opened, 40, OFFICE, "assign", code, holder=Ref(Party, row["holder"]), text="演示：请按期办理")
    told: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("responded", handler, "respond", {"text": "演示：已与企业联系，正在办理"}),
        ("paused", OFFICE, "pause", {"text": "演示：等待专家评审", "basis": EVALUATION}),
        ("resumed", OFFICE, "resume", {"text": "演示：评审已结束"}),
        ("resolved", handler, "resolve", {"result": "演示：已经解决"}),
    )
    for column, by, verb, facts in told:
        if row[column]:
            yield step(date.fromisoformat(row[column]), 60, by, verb, code, **facts)
    if row["resolved"] and (row["confirmed"] or row["returned"]):
        yield step(date.fromisoformat(row["confirmed"] or row["returned"]), 30, OFFICE, "verify", code, text="演示：现场核实")
    if row["confirmed"]:
        yield step(date.fromisoformat(row["confirmed"]), 90, "director", "take_word", code, word="call", contact="演示联系人",
                   satisfaction=row["satisfaction"], text="演示：企业答复已经解决")
    if row["returned"]:
        yield step(date.fromisoformat(row["returned"]), 90, OFFICE, "send_back", code, text="演示：企业反映招聘到岗的人数不够")


def step(day: date, minutes: int, by: str, verb: str, code: str, **facts: Any) -> Scene:
    """Return one step of an issue on a day."""
    at: datetime = moment(day, minutes)
    return Scene(at, by, f"issues.{verb}", code, facts)
