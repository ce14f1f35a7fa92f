"""The acceptance of M2-01 and M2-02 as far as dispatch shows it, each part of its text as an assertion."""

import json
from decimal import Decimal

from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import actions, indicators, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.projects.models import Project, ProjectAssignment
from kaifaqu.reporting.dispatch.agenda import promises
from kaifaqu.reporting.dispatch.own import mine
from kaifaqu.reporting.dispatch.stages import at_stages


def figure(code, zone, period="2024-08-05"):
    return indicators.find(code).figure(Period.parse(period), scope=[zone])


def test_m2_01_each_stage_lists_its_open_and_solved_problems(town, raise_issue):
    raise_issue("N1", "缺地", town.projects["P3"])
    raise_issue("N2", "缺电", town.projects["P1"], opened_on="2024-06-03", resolved_on="2024-06-10", confirmed_on="2024-06-12",
                result="通了")
    told = {str(at.stage): ([each.code for each in at.open], [each.code for each in at.solved]) for at in at_stages(town.clerk)}
    assert told["signed"] == (["N1"], [])
    assert told["under_construction"] == ([], ["N2"])
    assert told["in_production"] == ([], [])


def test_m2_01_a_long_stay_is_listed_with_its_problem_or_with_no_problem_named(client, town, raise_issue, at, do):
    at("2024-08-20")  # P3 and P5 were signed on 5 January, 228 days ago: longer than the 180 of the default
    raise_issue("N1", "缺地", town.projects["P3"])
    [signed] = [each for each in at_stages(town.clerk) if each.stage == "signed"]
    assert [(each.project.code, [issue.title for issue in each.issues]) for each in signed.long] == [("P3", ["缺地"]), ("P5", [])]
    assert signed.long[0].words == "签约自 2024-01-05，已 228 天，超过 180 天"
    client.force_login(town.clerk)
    assertContains(client.get(reverse("dispatch-stages")), "没有登记问题", count=1)
    assert [each.code for each in figure("projects.stay.over_norm.count", town.zone, "2024-08-20").records] == ["P3", "P5"]
    do("projects.start", town.projects["P3"], town.clerk, started_on="2024-08-19", started_evidence="许可证")
    [signed] = [each for each in at_stages(town.clerk) if each.stage == "signed"]
    assert [each.project.code for each in signed.long] == ["P5"]
    assert [each.code for each in signed.open] == ["N1"]  # where it arose


def test_m2_01_an_issue_that_is_shared_stands_at_no_stage_of_a_project_that_is_not(town, other, stranger, raise_issue):
    raise_issue("N1", "缺地", town.projects["P3"], holder=other)
    assert [each.code for each in Issue.objects.visible_to(stranger)] == ["N1"]
    assert [[each.code for at in at_stages(person) for each in at.open] for person in (town.clerk, stranger)] == [["N1"], []]


def test_m2_02_coverage_is_shown_and_reaches_100_percent(client, town, do):
    """P1 and P2 are under construction; P2 has a leader, P1 nobody yet."""
    client.force_login(town.clerk)
    page = reverse("dispatch-holders")
    assert client.get(page).context["coverage"].value == Decimal(50)
    do("projects.assign", town.projects["P1"], town.clerk, role="specialist", since="2024-08-01", person=town.helper)
    answer = client.get(page)
    assert answer.context["coverage"].value == figure("projects.assigned_rate", town.zone).value == Decimal(100)
    assert [line.project.code for line, _names in answer.context["rows"]] == ["P1", "P2", "P3"]  # in order of project, nobody is ranked


def test_m2_02_an_assignee_sees_own_projects_first_and_no_others_on_the_own_page(client, town, do):
    do("projects.assign", town.projects["P1"], town.clerk, role="leader", since="2024-02-01", person=town.leader)
    own = mine(town.leader)
    assert [(each.project.code, each.light.colour.value) for each in own.projects] == [("P2", "red"), ("P1", "green")]
    assert [each.project.code for each in own.red] == ["P2"]  # waits for a decision
    assert [(str(due), project.code) for due, _words, project in own.promises] == [("2024-08-20", "P2")]
    client.force_login(town.leader)
    answer = client.get(reverse("dispatch-mine"))
    assertContains(answer, "P2 锻造")
    assertNotContains(answer, "P3 陶瓷")
    client.force_login(town.helper)  # without the right to look at projects
    assertNotContains(client.get(reverse("dispatch-mine")), "P2 锻造")


def test_m2_02_a_project_without_contact_is_red_on_the_assignees_own_page(client, town, at, do):
    assert [each.waiting for each in mine(town.leader).projects] == [""]  # reported for July
    at("2024-12-02")
    [own] = mine(town.leader).projects
    assert "没有走访、电话或进展" in own.waiting
    client.force_login(town.leader)
    assertContains(client.get(reverse("dispatch-mine")), '<span class="light red">待联系</span>')


def test_m2_02_reassigning_keeps_the_old_assignee_with_the_end_date(client, town, do):
    do("projects.assign", town.projects["P2"], town.clerk, role="leader", since="2024-08-01", person=town.clerk, reason="分工调整")
    rows = ProjectAssignment.objects.current().filter(subject=town.projects["P2"], role="leader").order_by("since")
    assert [(str(each.person), str(each.since), str(each.until)) for each in rows] == [
        ("演示leader", "2024-02-01", "2024-08-01"), ("演示clerk", "2024-08-01", "None")]
    client.force_login(town.clerk)
    told = {month: client.get(reverse("dispatch"), {"period": month}).context["dispatch"].all for month in ("2024-07", "2024-08")}
    holders = {month: next(line.holder("leader") for line in lines if line.project.code == "P2") for month, lines in told.items()}
    assert holders == {"2024-07": "演示leader", "2024-08": "演示clerk"}  # who answered then stays known
    assert mine(town.leader).projects == []
    assert [each.project.code for each in mine(town.clerk).projects] == ["P2"]


def test_m2_02_how_far_ahead_promises_are_told_is_the_zones_rule(town):
    """P2 is to be completed on 20 August, 15 days from now."""
    rule = {"kind": "dispatch.promises", "since": "2024-08-01", "published_on": "2024-08-01", "source_document": "演示文件"}
    found = []
    for days in (14, 15):
        facts = {**rule, "content": json.dumps({"days": days})}
        commit([actions.find("rules.create").plan(town.zone, by=town.clerk, facts=facts)], by=town.clerk)
        found.append([project.code for _due, _words, project in promises(Project.objects.visible_to(town.clerk))])
    assert found == [[], ["P2"]]


def test_m2_02_whoever_asked_for_more_time_is_not_asked_to_grant_it(town, raise_issue, do):
    deputy = testing.employ(town.zone, "deputy")
    issue = raise_issue("N1", "缺地", town.projects["P2"], holder=town.department)
    commit([actions.find("issues.ask").plan(issue, by=town.clerk, version=issue.row_version, amount=5, text="等待批文")], by=town.clerk)
    assert [[each.code for each in mine(person).asked] for person in (town.clerk, deputy)] == [[], ["N1"]]
