"""Fixtures: a bureau, departments, firms with projects, and visits from small tables, on a day of their own."""

import json
from datetime import date

import pytest

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import moment
from kaifaqu.registers.visits.models import Visit

RULE = {
    "yearly": 2, "merge_within_days": 14, "quiet": {"from_day": 0, "to_day": 0},
    "counted": {"visit": "yes", "joint": "yes", "call": "no", "inspection": "yes", "observation": "yes"},
}


@pytest.fixture
def zone(db):
    """Return a test zone that was founded on 5 August 2024."""
    clock.set(moment(date(2024, 8, 5)))
    return testing.found()


@pytest.fixture
def today(zone):
    """Return the day: 5 August 2024."""
    return clock.today()


@pytest.fixture
def parties(zone):
    """Return the departments XM and ZS of the zone, and the bureau TJ, which is no part of it."""
    return {
        "XM": testing.party(zone, "XM", "项目部", zone), "ZS": testing.party(zone, "ZS", "招商部", zone),
        "TJ": testing.party(zone, "TJ", "统计局"),
    }


@pytest.fixture
def firms(zone):
    """Return two enterprises by their codes."""
    rows = testing.enter(Enterprise, zone, """
        code | name
        Q1   | 铸造公司
        Q2   | 陶瓷公司
    """)
    return {row.code: row for row in rows}


@pytest.fixture
def projects(zone, firms):
    """Return three projects under construction, two of the first firm and one of the second."""
    rows = testing.enter(Project, zone, """
        code | name | enterprise | signed_on  | started_on
        P1   | 铸造 | Q1         | 2023-01-05 | 2023-03-01
        P2   | 锻造 | Q1         | 2023-01-05 | 2023-03-01
        P3   | 陶瓷 | Q2         | 2023-01-05 | 2023-03-01
    """)
    return {row.code: row for row in rows}


@pytest.fixture
def visits(zone, parties, firms):
    """Return a function that enters visits from a table; firms, departments and projects are written as codes."""

    def enter(text: str, by=SYSTEM, **facts) -> list[Visit]:
        return testing.enter(Visit, zone, text, by=by, **facts)

    return enter


def do(code: str, record, by=SYSTEM, **facts):
    """Take an action on a record as it stands now, and return the record afterwards."""
    record = type(record).objects.get(pk=record.pk)
    facts = {name: type(each).objects.get(pk=each.pk) if isinstance(each, Visit) else each for name, each in facts.items()}
    commit([actions.find(code).plan(record, by=by, version=record.row_version, **facts)], by=by)
    return type(record).objects.get(pk=record.pk)


def lay_down(zone, kind: str, content: dict, document: str = "开发区〔2024〕9号"):
    """Lay down the zone's own rule from New Year 2024 on."""
    facts = {"kind": kind, "since": "2024-01-01", "published_on": "2024-01-01", "source_document": document, "content": json.dumps(content)}
    commit([actions.find("rules.create").plan(zone, by=SYSTEM, facts=facts)], by=SYSTEM)
