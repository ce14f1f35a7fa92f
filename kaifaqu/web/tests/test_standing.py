"""A project's page tells how the project stands today: its light, who answers for it, what was last reported."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.projects.models import ProjectProgress
from kaifaqu.registers.projects.templatetags.projects import standing

TOP = 'class="facts standing"'


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on 5 August 2024, as the demo does."""
    clock.set(datetime(2024, 8, 5, 9, tzinfo=clock.ZONE))


@pytest.fixture
def project(zone, clerk, projects):
    """Return a project that stays behind, whose leader has changed and whose specialist has left, with two monthly reports."""
    testing.enter(ProjectProgress, zone, """
        subject | month   | planned_investment | year_to_date | problems     | next_steps
        P1      | 2024-05 | 100                | 20           | 早先的问题   | 早先的计划
        P1      | 2024-06 | 100                | 30           | 演示用地未批 | 演示补办手续
    """, by=clerk)
    [subject] = commit([actions.find("projects.correct").plan(
        projects[0], by=clerk, version=1, facts={"entered_in_statistics_on": "2023-04-01"})], by=clerk)
    facts = {"subject": subject, "role": "leader", "since": date(2024, 1, 1), "until": date(2024, 3, 1)}
    first = testing.employ(zone, "first")
    commit([actions.find("assignments.create").plan(zone, by=clerk, facts={**facts, "person": first})], by=clerk)
    commit([actions.find("assignments.create").plan(zone, by=clerk, facts={**facts, "role": "specialist", "person": first})], by=clerk)
    facts |= {"person": clerk, "since": date(2024, 3, 1), "until": None}
    commit([actions.find("assignments.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    return subject


@pytest.fixture
def top(client):
    """Return what stands at the top of a record's page for a person: `top(user, record)`."""

    def read(user, record, **asked):
        client.force_login(user)
        text = client.get(reverse("record", args=[record.register, record.pk]), asked).content.decode()
        return text.partition(TOP)[2].partition("</dl>")[0]

    return read


@pytest.mark.parametrize("words", [
    'class="light yellow">黄灯</span> 2024-06 完成年计划的 30%，落后序时进度 20 个百分点',
    "<dt>责任领导</dt><dd>演示clerk</dd>", "<dt>牵头单位</dt><dd>—</dd>", "<dt>服务专员</dt><dd>—</dd>", ">2024-06</a>",
    "<dd>30 / 100</dd>", "<dd>演示用地未批</dd>", "<dd>演示补办手续</dd>",
])  # fmt: skip
def test_the_light_who_answers_and_the_latest_report_stand_on_top(project, clerk, top, words):
    assert words in re.sub(r'<a href="/r/users/\d+/">(.*?)</a>', r"\1", top(clerk, project).replace(str(clerk), "演示clerk"))


def test_a_report_of_last_year_turns_no_light_of_this_year(project, clerk, top):
    clock.set(datetime(2025, 2, 5, 9, tzinfo=clock.ZONE))
    told = top(clerk, project)
    assert ('class="light green">绿灯' in told, ">2024-06</a>" in told) == (True, True)


@pytest.mark.parametrize("words", ["演示first", "早先的问题", "2024-05"])
def test_what_is_over_does_not(project, clerk, top, words):
    assert words not in top(clerk, project)


def test_who_may_not_see_reports_or_assignments_sees_none_of_them(project, zone, top):
    told = top(testing.employ(zone, "narrow", "projects.view"), project)
    assert [word for word in ("30%", "责任领导", "演示用地未批", "2024-06") if word in told] == []


def test_a_past_day_an_archived_project_and_other_registers_have_none(project, clerk, client):
    client.force_login(clerk)
    address = reverse("record", args=["projects", project.pk])
    assertContains(client.get(address), TOP)
    assertNotContains(client.get(address, {"known": "2024-08-04"}), TOP)
    assertNotContains(client.get(address, {"known": "2024-08-05"}), TOP)
    assertNotContains(client.get(reverse("record", args=["progress", ProjectProgress.objects.first().pk])), TOP)
    assertNotContains(client.get(reverse("record", args=["enterprises", project.enterprise_id])), TOP)


def test_it_costs_at_most_four_statements(project, clerk, django_assert_max_num_queries):
    clerk.may("projects.view", project.owner_id)
    with django_assert_max_num_queries(4):  # the last report, two kinds of rules, who answers
        standing({"user": clerk, "reader": Reader(clerk)}, project)
