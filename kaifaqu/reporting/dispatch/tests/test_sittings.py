"""What goes on the agenda of a dispatch meeting by itself, and how the table leads to the meetings of its month."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.kernel import clock
from kaifaqu.registers.meetings.models import AgendaItem, Decision, Meeting
from kaifaqu.reporting.dispatch.lines import Asked, Dispatch


@pytest.fixture
def weekly(town, do):
    """Return the meetings of the weekly dispatch of 2024 in their order."""
    plan = do("meeting_plans.create", town.zone, town.clerk, facts={"name": "每周调度", "kind": "weekly_dispatch", "year": 2024})
    do("meeting_plans.lay_out", plan, town.clerk)
    return list(Meeting.objects.current().filter(component__plan=plan).order_by("number"))


def agenda_of(meeting):
    return [(each.kind, each.topic, each.text) for each in AgendaItem.objects.current().filter(meeting=meeting).order_by("order")]


def test_red_projects_overdue_issues_and_promises_become_the_agenda(town, weekly, do, raise_issue):
    opened = clock.today() - timedelta(days=20)
    raise_issue("N1", "缺地", town.projects["P1"], opened_on=opened, agreed_on="2024-08-01", holder=town.department)
    raise_issue("N2", "缺电", town.projects["P1"], agreed_on="2024-09-01")
    coming = weekly[30]  # the week to Sunday 4 August
    assert coming.period == "2024-08-04"
    do("meetings.draft_agenda", coming, town.clerk)
    assert agenda_of(coming) == [
        ("red", "P2 锻造", "2024-07 完成年计划的 25%，落后序时进度 33.3 个百分点"),
        ("red", "P3 陶瓷", "计划 2024-03 开工，已过 5 个月还没有开工"),
        ("red", "超期难点堵点：N1 缺地", "项目部承办，期限 2024-08-01，已过 4 天"),
        ("other", "2024-08-20 计划竣工：P2 锻造", "2024-08-20 到期"),
        ("other", "项目进展", ""), ("other", "需要协调的问题", ""),
    ]


def test_decisions_that_are_not_fulfilled_come_first_and_stand_beside_their_project(client, town, weekly, do):
    held, coming = weekly[29], weekly[30]
    do("meetings.hold", held, town.clerk, held_on="2024-08-02")
    facts = {"meeting": held, "project": town.projects["P2"], "title": "补模具", "holder": town.department, "opened_on": "2024-08-02",
             "agreed_on": "2024-08-20"}
    decision = do("decisions.create", town.zone, town.clerk, facts=facts)
    do("meetings.draft_agenda", coming, town.clerk)
    assert [(kind, topic) for kind, topic, _text in agenda_of(coming)][:2] == [("earlier", "补模具"), ("red", "P2 锻造")]

    client.force_login(town.clerk)
    assertContains(client.get(reverse("dispatch")), "补模具，2024-08-20 前")
    assert [each.pk for each in Decision.objects.visible_to(town.helper)] == [decision.pk]  # a case of the department that does it
    client.force_login(town.helper)
    assertContains(client.get(reverse("dispatch-mine")), "补模具")
    do("decisions.resolve", decision, town.helper, result="补了")
    dispatch = Dispatch(town.clerk, Asked.of({}))
    assert not any(line.decisions for line in dispatch.fill(dispatch.lines))


def test_a_decision_of_another_dispatch_meeting_is_heard_of_once_it_is_over_its_day(town, weekly, do, at):
    plan = do("meeting_plans.create", town.zone, town.clerk, facts={"name": "每月调度", "kind": "monthly_dispatch", "year": 2024})
    do("meeting_plans.lay_out", plan, town.clerk)
    monthly = Meeting.objects.current().get(component__plan=plan, period="2024-07")
    do("meetings.hold", monthly, town.clerk, held_on="2024-08-05")
    do("decisions.create", town.zone, town.clerk, facts={
        "meeting": monthly, "title": "修路", "holder": town.department, "opened_on": "2024-08-05", "agreed_on": "2024-08-07"})
    do("meetings.draft_agenda", weekly[30], town.clerk)
    assert not any("修路" in topic for _kind, topic, _text in agenda_of(weekly[30]))
    at("2024-08-09")
    do("meetings.draft_agenda", weekly[31], town.clerk)
    assert [text for _kind, topic, text in agenda_of(weekly[31]) if "修路" in topic] == ["项目部承办，期限 2024-08-07，已过 2 天"]


def test_other_meetings_hear_nothing_of_dispatch(town, do):
    plan = do("meeting_plans.create", town.zone, town.clerk, facts={"name": "四联合", "kind": "four_joint", "year": 2024})
    do("meeting_plans.lay_out", plan, town.clerk)
    meeting = Meeting.objects.current().filter(component__plan=plan).order_by("id").first()
    do("meetings.draft_agenda", meeting, town.clerk)
    assert not any(kind == "red" for kind, _topic, _text in agenda_of(meeting))


def test_one_click_leads_to_the_meetings_of_the_month(client, town, weekly):
    client.force_login(town.clerk)
    answer = client.get(reverse("dispatch"), {"period": "2024-07"})
    assert [each.period for each in answer.context["sittings"]] == [
        "2024-07-07", "2024-07-14", "2024-07-21", "2024-07-28", "2024-08-04", "2024-08-11"]  # and the next two
    assertContains(answer, reverse("meeting", args=[weekly[29].pk]))
