"""The demo zone's packages of 2024: nine of agency with 32 items, two that were handed in as one, as the tables beside this module say."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Any

from kaifaqu.domains.reforms.catalogue import CATALOGUE
from kaifaqu.kernel.access import User
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import Ref, Scene, moment

OFFICE, PLANNING = "projects", "planning"
BODIES = {"行政审批服务管理局": "SPJ", "自然资源局": "ZRZY", "生态环境局": "SPJ", "住房和城乡建设局": "DEMO-GH"}  # of the shipped catalogue
PARTIES = {"SPJ": ("演示县行政审批服务管理局", ""), "ZRZY": ("演示县自然资源局", "")}
KEPT = "2024-07-26"  # what was decided from this day on is not handed over yet
INQUIRIES = (
    ("2024-05-30", "Q0023 演示企业", "新上项目要办哪些手续，能不能委托代办", "演示：已给事项清单，可以全代办，不收费"),
    ("2024-06-18", "演示装配式钢结构企业", "用地预审和环评能不能同时办", "演示：都只等备案，可以同时递交"),
    ("2024-07-12", "演示甲一精细化工有限公司", "技改要不要重新做安全条件审查", "演示：要，和环评、节能审查一并代办"),
)


def scenes() -> Iterator[Scene]:
    """Yield the catalogue that the zone laid down, what enterprises asked, and what became of each package."""
    yield Scene(moment(date(2024, 1, 10), 35), OFFICE, "rules.create", facts={"facts": {
        "kind": CATALOGUE.code, "since": "2024-01-01", "published_on": "2024-01-10",
        "source_document": "演示开发区〔2024〕5号：审批事项目录（天数同出厂默认）", "content": json.dumps(_catalogue(), ensure_ascii=False),
    }})  # fmt: skip
    for place, (day, unit, content, answer) in enumerate(INQUIRIES, 1):
        yield Scene(moment(date.fromisoformat(day), 200), OFFICE, "consultations.create", facts={"facts": {
            "code": f"ZX{place:04d}", "consulted_on": day, "unit": unit, "content": content, "answer": answer}})
    numbers, items = 0, _rows("demo_items.csv")
    for package in _rows("demo_packages.csv"):
        own = {each["item"]: each for each in items if each["package"] == package["code"]}
        listed = [code for code in _catalogue()["items"] if code in own]
        codes = {code: f"SX{numbers + place:04d}" for place, code in enumerate(listed, 1)}
        numbers += len(listed)
        yield from story(package, [(codes[code], own[code]) for code in listed])


def story(package: dict[str, str], items: list[tuple[str, dict[str, str]]]) -> Iterator[Scene]:
    """Yield what happened to one package."""
    code, whole = package["code"], len(items) == len(_catalogue()["items"])
    entrusted = date.fromisoformat(package["entrusted"])
    yield Scene(moment(entrusted, 20), OFFICE, "packages.entrust", facts={
        "code": code, "kind": package["kind"], "project": Ref(Project, package["project"]), "entrusted_on": entrusted,
        "agent": Ref(User, package["agent"]), "leader": Ref(User, package["leader"]), "authorisation": f"演示授权委托书 {code}",
        "chosen": "" if whole else " ".join(row["item"] for _item, row in items),
    })  # fmt: skip
    if package["submitted"]:
        yield _step(package["submitted"], 40, OFFICE, "packages.submit", code)
    for item, row in items:
        yield from _item(item, row)
    for item, row in items:
        day = package["finished"] or row["resolved"]
        if row["resolved"] and day < KEPT:
            yield _step(day, 300, OFFICE, "package_items.deliver", item)
    if package["finished"]:
        yield _step(package["finished"], 310, OFFICE, "packages.finish", code)


def _item(item: str, row: dict[str, str]) -> Iterator[Scene]:
    """Yield what happened to one item."""
    by = PLANNING if _catalogue()["items"][row["item"]]["body"] == "DEMO-GH" else OFFICE
    told: tuple[tuple[str, int, str, str, dict[str, Any]], ...] = (
        ("submitted", 240, OFFICE, "submit", {}), ("accepted", 260, by, "accept", {}),
        ("told", 280, by, "supplement", {"text": "演示：1. 说明文本一式三份；2. 图件加盖公章"}),
        ("resumed", 150, by, "resume", {}), ("resolved", 180, by, "resolve", {"result": "演示：同意，已出批文"}),
    )  # fmt: skip
    for column, minutes, actor, verb, facts in told:
        if row[column]:
            yield _step(row[column], minutes, actor, f"package_items.{verb}", item, **facts)


def _step(day: str, minutes: int, by: str, action: str, record: str, **facts: Any) -> Scene:
    return Scene(moment(date.fromisoformat(day), minutes), by, action, record, facts)


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _catalogue() -> Any:
    """Return the shipped catalogue with the demo's own bodies."""
    items = CATALOGUE.shipped().content["items"]
    return {"items": {code: {**each, "body": BODIES[each["body"]]} for code, each in items.items()}}
