"""A small zone with a sheet of its own in every form, projects, a target, and two people: one decides, one issues."""

import json
from datetime import datetime

import pytest

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.targets.models import YearlyTarget

SIGNED = "projects.signed.year.count"
SHEET = {
    "title": "半年评分", "basis": "演示〔2024〕8号", "full": "100", "places": 2,
    "pro_rata": [{"number": "1.1", "dimension": "招商", "label": "签约", "figure": SIGNED, "target": "4", "marks": "40", "cap": "100%"}],
    "deductions": [{"number": "2.1", "dimension": "环保", "label": "督察问题", "unit": "个", "base": "10", "per": "0.5", "most": "10"}],
    "vetoes": [{"number": "3.1", "dimension": "安全", "label": "重大事故", "unit": "起", "when": "more", "limit": "0", "then": "zero"}],
    "grades": [["优秀", "45"], ["合格", "30"]],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on 5 August 2024."""
    clock.set(datetime(2024, 8, 5, 9, tzinfo=clock.ZONE))


@pytest.fixture
def lay(zone):
    """Return how sheets are laid down from a day on: `lay({code: sheet})`."""

    def laid(content, since="2024-01-01", **facts):
        facts = {"kind": "scoring.sheets", "since": since, "published_on": since, "source_document": "演示〔2024〕8号", **facts}
        plan = actions.find("rules.create").plan(zone, by=SYSTEM, facts={**facts, "content": json.dumps(content)})
        return commit([plan], by=SYSTEM)[0]

    return laid


@pytest.fixture
def sheet(lay):
    """Lay down the zone's own sheet."""
    return lay({"half": SHEET})


@pytest.fixture
def projects(zone):
    """Return five projects: three signed in the first half of 2024, one after it, one before."""
    return testing.enter(Project, zone, """
        code | name | total_investment | signed_on
        P1   | 甲   | 10000            | 2024-01-05
        P2   | 乙   | 20000            | 2024-03-05
        P3   | 丙   | 30000            | 2024-06-30
        P4   | 丁   | 40000            | 2024-07-01
        P5   | 戊   | 50000            | 2023-12-31
    """)


@pytest.fixture
def target(zone):
    """Enter the yearly target of signing."""
    return testing.enter(YearlyTarget, zone, f"""
        code | year | indicator | amount | document | document_on
        T    | 2024 | {SIGNED}  | 10     | 演示2号  | 2024-01-10
    """)[0]


@pytest.fixture
def do():
    """Return how an action is taken on a record as it stands now: `do(code, record, by, **facts)`."""

    def take(code, record, by, **facts):
        action = actions.find(code)
        if not action.creates:
            record = type(record).objects.get(pk=record.pk)
            facts["version"] = record.row_version
        return commit([action.plan(record, by=by, **facts)], by=by)[0]

    return take


@pytest.fixture
def issuer(zone):
    """Return a person who issues scorings, and may look at what stands behind them."""
    return testing.employ(zone, "issuer", "scorings.view scorings.issue score_findings.view score_overrides.view projects.view rules.view")


@pytest.fixture
def scoring(zone, clerk, sheet, projects, do):
    """Return a scoring of the first half of 2024."""
    return do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-H1"})
