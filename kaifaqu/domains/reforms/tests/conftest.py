"""A zone in July 2024 with a catalogue of four items, two bodies, an enterprise with an account and its project."""

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from kaifaqu.domains.reforms.catalogue import CATALOGUE
from kaifaqu.domains.reforms.models import Package, PackageItem
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import moment

ITEMS = {  # 备案 (1) → 规划 (5) → 施工许可 (3); 环评 (4) waits for 备案 and is waited for by 施工许可
    "filing": {"label": "备案", "body": "审批局", "phase": "立项", "statutory": 3, "promised": 1},
    "plan": {"label": "规划许可", "body": "DEP", "phase": "规划", "statutory": 15, "promised": 5, "needs": ["filing"]},
    "eia": {"label": "环评", "body": "审批局", "phase": "立项", "statutory": 20, "promised": 4, "needs": ["filing"]},
    "permit": {"label": "施工许可", "body": "审批局", "phase": "施工", "statutory": 7, "promised": 3, "needs": ["plan", "eia"]},
}


def on(month: int, day: int) -> date:
    """Return a day of 2024."""
    return date(2024, month, day)


def stand(day: date) -> None:
    """Let the clock stand on the day, at nine in the morning."""
    clock.set(moment(day))


def do(code: str, record: Any, by: Any = SYSTEM, **facts: Any) -> Any:
    """Take an action on the record as it stands, and return it as it stands then."""
    record = type(record).objects.get(pk=record.pk)
    commit([actions.find(code).plan(record, by=by, version=record.row_version, **facts)], by=by)
    return type(record).objects.get(pk=record.pk)


def lay_down(zone: Any, items: dict[str, Any], since: str = "2024-01-01") -> None:
    """Lay down a catalogue."""
    commit([actions.find("rules.create").plan(zone, by=SYSTEM, facts={
        "kind": CATALOGUE.code, "since": since, "published_on": since, "source_document": "事项清单",
        "content": json.dumps({"items": items})})], by=SYSTEM)


@pytest.fixture
def office(db: Any) -> Any:
    """Return the zone with its people, and `entrust`, which makes a package."""
    stand(on(7, 1))  # a Monday
    zone = testing.found()
    department, bureau = testing.party(zone, "DEP", "规划部", zone), testing.party(zone, "SPJ", "审批局")
    firm, rival = testing.party(zone, "FIRM", "某企业"), testing.party(zone, "OTHER", "另一企业")
    testing.enter(Enterprise, zone, "code | name | party\nQ1 | 某企业 | FIRM")
    testing.enter(Project, zone, "code | name | enterprise | signed_on\nP1 | 新厂 | Q1 | 2024-01-10")
    testing.enter(Project, zone, "code | name | signed_on\nP2 | 另一厂 | 2024-01-10")
    lay_down(zone, ITEMS)
    agent = testing.employ(zone, "agent")

    def entrust(project: str = "P1", kind: str = "agency", **facts: Any) -> Any:
        told = {"project": Project.objects.get(code=project), "entrusted_on": clock.today(), "agent": agent, **facts}
        written = commit([actions.find("packages.entrust").plan(zone, by=SYSTEM, kind=kind, **told)], by=SYSTEM)
        return Package.objects.get(pk=written[0].pk)

    made: Any = {"entrust": entrust}
    return SimpleNamespace(
        zone=zone, department=department, bureau=bureau, firm=firm, agent=agent,
        planner=testing.employ(zone, "planner", at=department), officer=testing.employ(zone, "officer", at=bureau),
        owner=testing.employ(zone, "owner", at=firm), rival=testing.employ(zone, "rival", at=rival), **made)


def item(package: Any, code: str) -> Any:
    """Return the package's item of this code in the catalogue, as it stands."""
    return PackageItem.objects.get(package=package, item=code)


def stages(package: Any) -> dict[str, str]:
    """Return how the items of a package stand, in words."""
    return {each.item: each.get_stage_display() for each in PackageItem.objects.current().filter(package=package).order_by("id")}
