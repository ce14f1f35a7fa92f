"""The register of issues: what every register keeps, what follows from its facts, and its figures."""

import random
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, clock, indicators
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.testing import RegisterTests, enter
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.issues.tests.conftest import act, at
from kaifaqu.registers.projects.models import Project

MONTH = Period.parse("2024-06")
QUARTER = """
    code | title | category | opened_on  | responded_on | resolved_on | confirmed_on | satisfaction
    A1   | 用地  | land     | 2024-06-03 | 2024-06-04   | 2024-06-12  | 2024-06-14   | satisfied
    A2   | 用地  | land     | 2024-06-03 | 2024-06-07   | 2024-06-21  | 2024-06-25   | unsatisfied
    A3   | 供电  | power    | 2024-06-11 | 2024-06-12   | 2024-06-20  |              |
    A4   | 供电  | power    | 2024-06-12 |              |             |              |
    A5   | 资金  | funds    | 2024-05-20 | 2024-05-21   | 2024-05-30  | 2024-06-03   | fair
    A6   | 资金  | funds    | 2024-06-28 |              |             |              |
"""
# To be answered in two working days and solved in ten; 10 June was a holiday. A2 was answered late (due on 5 June), and A4,
# due on 26 June, stands open.
EXPECTED = {
    "issues.registered.count": 5,  # all but A5
    "issues.open.count": 3,  # A3 A4 A6
    "issues.overdue.count": 1,  # A4
    "issues.solved.count": 3,  # A1 A2 A5
    "issues.registered.solved.count": 2,  # A1 A2
    "issues.answer_due.count": 4,  # A1 A2 A3 A4; A6 has until 2 July
    "issues.answered_in_time.count": 2,  # A1 A3
    "issues.rated.count": 3,
    "issues.satisfied.count": 2,  # A1 A5
    "issues.reopened.count": 0,
    "issues.days.total": 6 + 13 + 8,  # A1, A2, A5
    "issues.solved_rate": Decimal(40),
    "issues.response_rate": Decimal(50),
    "issues.satisfaction_rate": Decimal("66.67"),
    "issues.days_to_solve": Decimal(9),
}


class TestIssue(RegisterTests):
    register = Issue

    def facts(self, zone):
        return {"title": "用地", "category": "land", "opened_on": "2024-07-01"}


def figures(zone):
    return {code: indicators.find(code).figure(MONTH, scope={zone}).value for code in EXPECTED}


def test_the_figures_of_a_month_are_those_that_the_table_gives_by_hand(office):
    enter(Issue, office.zone, QUARTER)
    told = {code: round(Decimal(value), 2) for code, value in figures(office.zone).items()}
    assert told == {code: Decimal(value) for code, value in EXPECTED.items()}


@pytest.mark.parametrize("seed", range(4))
def test_a_record_that_is_taken_away_is_missing_in_each_figure_that_counted_it(office, seed):
    rows = enter(Issue, office.zone, QUARTER)
    gone = random.Random(seed).choice(rows)
    counted = {}
    for code in EXPECTED:
        figure = indicators.find(code).figure(MONTH, scope={office.zone})
        if code.endswith(".count"):
            counted[code] = figure.value - (gone.pk in {row.pk for row in figure.records})
    archive = actions.find("issues.archive").plan
    commit([archive(gone, by=office.clerk, version=gone.row_version, reason="错录")], by=office.clerk)
    assert {code: value for code, value in figures(office.zone).items() if code in counted} == counted


def test_the_solved_rate_of_each_category_is_its_own(office):
    enter(Issue, office.zone, QUARTER)
    rate = indicators.find("issues.solved_rate")
    [by] = [each for each in rate.by if each.code == "category"]
    figure = rate.figure(MONTH, scope={office.zone}, by=by)
    assert {group.label: group.value for group in figure.groups} == {"用地": 100, "供电": 0, "资金": 0}


def test_what_the_project_names_is_not_asked_again(office):
    [project] = enter(Project, office.zone, """
        code | name   | enterprise | signed_on  | signed_evidence | started_on | started_evidence
        P1   | 某项目 | Q1         | 2024-01-05 | 协议            | 2024-03-01 | 许可证
    """)
    [issue] = enter(Issue, office.zone, """
        code | title | category | project | opened_on
        B1   | 用电  | power    | P1      | 2024-07-01
    """)
    assert (issue.enterprise, issue.requester, issue.project_stage) == (office.firm, office.firm_party, project.stage)


def test_what_is_hard_has_the_longer_time(office):
    easy, hard = office.opened("E1"), office.opened("H1", hard=True)
    assert (easy.resolution_due_on.isoformat(), hard.resolution_due_on.isoformat()) == ("2024-07-15", "2024-08-05")


def test_an_enterprise_reports_for_itself_only(office):
    report = actions.find("issues.report").plan
    for person in (office.owner, office.rival):
        with pytest.raises(Exception, match="没有对"):
            report(office.zone, by=person, title="缺水", category="water")
    lend = actions.find("grants.create").plan
    for party in (office.firm_party, office.rival_party):
        facts = {"receiver": party, "right": "issues.report", "purpose": "提出难点堵点", "since": "2024-01-01"}
        commit([lend(office.zone, by=office.clerk, facts=facts)], by=office.clerk)
    owner, rival = (type(each).objects.get(pk=each.pk) for each in (office.owner, office.rival))  # rights are asked once a person
    [issue] = commit([report(office.zone, by=owner, title="缺水", category="water")], by=owner)
    assert (issue.enterprise, issue.requester, issue.channel, issue.opened_time) == (office.firm, office.firm_party, "account", "09:30")
    with pytest.raises(ValidationError, match="本单位的企业"):
        report(office.zone, by=rival, title="缺水", category="water")


def test_written_words_of_many_enterprises_come_back_as_a_table(office):
    issue = act(act(office.opened(), "assign", office.clerk, holder=office.department), "resolve", office.handler, result="好了")
    clock.set(at("07-05 10:00"))
    correct = actions.find("issues.correct").plan
    with pytest.raises(ValidationError, match="来源"):
        correct(issue, by=office.clerk, version=issue.row_version, facts={"satisfaction": "fair"})
    issue = act(issue, "correct", office.clerk, facts={"satisfaction": "fair"}, reason="收表汇总")
    assert (issue.stage, issue.word, issue.satisfaction, issue.confirmed_on.isoformat()) == ("closed", "sheet", "fair", "2024-07-05")
