"""Fixtures: a zone on 5 August 2024 with a department, people, an enterprise, projects and what was reported of them."""

from datetime import date
from types import SimpleNamespace

import pytest

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project, ProjectProgress
from kaifaqu.registers.story import moment

PROJECTS = """
    code | name | total_investment | signed_on  | started_on | production_on | expected_start_on | expected_completion_on
    P1   | 铸造 | 1000             | 2023-01-05 | 2023-03-01 |               |                   | 2025-03
    P2   | 锻造 | 2000             | 2023-01-05 | 2023-03-01 |               |                   | 2024-08-20
    P3   | 陶瓷 | 4000             | 2024-01-05 |            |               | 2024-03           |
    P4   | 水泥 | 8000             | 2023-01-05 | 2023-03-01 | 2024-07-20    |                   |
    P5   | 玻璃 | 16000            | 2024-01-05 |            |               | 2024-12           |
"""
REPORTS = """
    subject | month   | planned_investment | month_investment | year_to_date | completed_to_date | funds_in_place | problems
    P1      | 2024-06 | 120                | 10               | 60           | 200               | 60             | 缺砂
    P1      | 2024-07 | 120                | 12               | 72           | 212               | 80             |
    P2      | 2024-07 | 240                | 20               | 60           | 300               | 70             | 缺模具
    P4      | 2024-07 | 100                | 5                | 100          | 900               | 100            |
"""


@pytest.fixture
def zone(db):
    """Return a test zone that was founded on 1 January 2024."""
    clock.set(moment(date(2024, 1, 1)))
    return testing.found()


@pytest.fixture
def at(zone):
    """Return a function that sets the clock of the test installation to a day."""
    return lambda day: clock.set(moment(date.fromisoformat(day)))


@pytest.fixture
def do():
    """Return a function that takes an action on a record as it stands and returns what was written of its register."""

    def take(code, subject, by=SYSTEM, **facts):
        action = actions.find(code)
        if not action.creates:
            subject = type(subject).objects.get(pk=subject.pk)
            facts["version"] = subject.row_version
        written = commit([action.plan(subject, by=by, **facts)], by=by)
        return next((each for each in written if isinstance(each, action.register)), written[-1])

    return take


@pytest.fixture
def town(zone, clerk, at, do):
    """Return the zone's people, department and projects on 5 August 2024: P2 and P3 are red by the default rule.

    To the end of July 58.3 per cent of the year are over: P1 has done 60, P2 25. P3 should have been started in March.
    """
    department = testing.party(zone, "XM", "项目部", zone)
    leader = testing.employ(zone, "leader")
    helper = testing.employ(zone, "helper", "decisions.view decisions.handle issues.view issues.handle", at=department)
    at("2024-08-05")
    [firm] = testing.enter(Enterprise, zone, "code | name\nQ1 | 某企业")
    projects = {each.code: each for each in testing.enter(Project, zone, PROJECTS, enterprise=firm)}
    for code in ("P1", "P2", "P4"):
        projects[code] = do("projects.correct", projects[code], facts={"entered_in_statistics_on": "2023-03-20"})
    testing.enter(ProjectProgress, zone, REPORTS)
    for code, role, holder in (("P2", "leader", {"person": leader}), ("P2", "department", {"office": department})):
        do("projects.assign", projects[code], clerk, role=role, since="2024-02-01", **holder)
    return SimpleNamespace(zone=zone, clerk=clerk, leader=leader, helper=helper, department=department, projects=projects)


@pytest.fixture
def raise_issue(zone):
    """Return a function that enters an issue of a project."""

    def enter(code, title, project, **facts):
        told = {"title": title, "category": "land", "project": project, "opened_on": clock.today(), **facts}
        [issue] = testing.enter(Issue, zone, f"code\n{code}", **told)
        return issue

    return enter
