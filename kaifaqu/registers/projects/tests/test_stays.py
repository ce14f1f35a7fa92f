"""Who stays in a stage for longer than the norm, and who answers for what is under construction: small tables."""

from datetime import date
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains

from kaifaqu.kernel import actions, indicators, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Project, ProjectAssignment
from kaifaqu.registers.projects.stays import stay

TABLE = """
    code | name | signed_on  | landed_on  | started_on | production_on | full_capacity_on | suspended
    P1   | 甲   | 2024-01-02 |            |            |               |                  |
    P2   | 乙   | 2024-01-01 |            |            |               |                  |
    P3   | 丙   | 2023-01-01 | 2024-01-01 |            |               |                  |
    P4   | 丁   | 2020-01-01 |            | 2022-06-30 |               |                  |
    P5   | 戊   | 2020-01-01 |            | 2022-07-01 |               |                  |
    P6   | 己   | 2020-01-01 |            | 2021-01-01 | 2023-06-01    |                  |
    P7   | 庚   | 2020-01-01 |            | 2021-01-01 | 2023-06-01    | 2024-01-01       |
    P8   | 辛   | 2020-01-01 |            | 2021-01-01 |               |                  | 2024-01-01
    P9   | 壬   | 2020-01-01 |            | 2021-01-01 |               |                  | 2024-02-01
    P10  | 癸   | 2024-01-01 |            |            |               |                  | 2024-06-01
"""


def figure(code, zone, period="2024-06-30", known=None):
    return indicators.find(code).figure(Period.parse(period), scope=[zone], known=known)


def test_by_the_default_norms(zone, projects):
    """To 30 June 2024: 181 days since 1 January are more than 180, 180 are not; 731 since 30 June 2022 more than 730."""
    projects(TABLE)
    told = figure("projects.stay.over_norm.count", zone)
    assert [row.code for row in told.records] == ["P2", "P3", "P4", "P6", "P8"]
    assert "出厂默认" in told.rule
    archive = actions.find("projects.archive").plan
    commit([archive(Project.objects.get(code="P4"), by=SYSTEM, version=1, reason="重复")], by=SYSTEM)
    assert figure("projects.stay.over_norm.count", zone).value == 4


def test_the_words_say_what_the_figure_counts(zone, projects):
    projects(TABLE)
    words = {row.code: stay(row, date(2024, 6, 30), World()) for row in Project.objects.all()}
    assert {code for code, told in words.items() if told} == {row.code for row in figure("projects.stay.over_norm.count", zone).records}
    assert words["P2"] == "签约自 2024-01-01，已 181 天，超过 180 天"
    assert words["P8"] == "停缓建自 2024-01-01，已 181 天，超过 180 天"


def test_the_zones_own_norms_hold_from_their_day(zone, projects):
    projects(TABLE)
    testing.enter(DatedRule, zone, "kind | since | published_on | source_document | content\n"
                                   'projects.stays | 2024-06-01 | 2024-05-20 | 演示文件 | {"landed": 100}')
    assert [row.code for row in figure("projects.stay.over_norm.count", zone).records] == ["P3"]
    assert figure("projects.stay.over_norm.count", zone, "2024-05-31").value == 0  # then the default still held


def test_coverage_names_who_is_not_covered(zone, projects):
    projects("code | name | started_on\nP1 | 甲 | 2024-01-01\nP2 | 乙 | 2024-01-01\nP3 | 丙 | 2024-07-01")
    person = testing.employ(zone, "leader")
    facts = {"role": "leader", "person": person, "since": "2024-02-01"}
    testing.enter(ProjectAssignment, zone, "subject\nP1", **facts)
    testing.enter(ProjectAssignment, zone, "subject | until\nP2 | 2024-06-30", **facts)
    assert figure("projects.assigned_rate", zone).value == Decimal("50.00")
    assert [row.code for row in figure("projects.unassigned.count", zone).records] == ["P2"]  # until the day before only
    assert figure("projects.assigned_rate", zone, "2024-06-29").value == Decimal("100.00")


@pytest.mark.parametrize(("rights", "status"), [("projects.view progress.view", 200), ("projects.view", 200), ("leads.view", 403)])
def test_the_page_of_the_lights(zone, client, projects, rights, status):
    projects("code | name | started_on | total_investment | expected_start_on\nP1 | 甲 | 2024-01-01 | 600 |\nP2 | 乙 | | | 2024-07")
    client.force_login(testing.employ(zone, "reader", rights))
    page = client.get("/lights/")
    assert page.status_code == status
    if "progress.view" in rights:
        assert [(row.code, light.colour.value) for row, light, _stay in page.context["shown"]] == [("P1", "red"), ("P2", "red")]
        assert [count for _kind, _label, count in page.context["tabs"]] == [2, 2, 0, 0]
        assert client.get("/lights/", {"kind": "green"}).context["shown"] == []
    elif status == 200:
        assert [(row.code, light.colour.value) for row, light, _stay in page.context["shown"]] == [("P2", "red")]  # tells of no report
        assertContains(page, "progress.view")
