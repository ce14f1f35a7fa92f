"""What the mechanisms of visits and service promise, said by their acceptance texts, end to end."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import indicators, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.projects.models import ProjectAssignment
from kaifaqu.registers.visits.actions import Category
from kaifaqu.registers.visits.models import ServiceAssignment, Visit
from kaifaqu.registers.visits.tests.conftest import RULE, do, lay_down


def figure(code: str, zone, period: str = "2024"):
    """Return a figure's value."""
    return indicators.find(code).figure(Period.parse(period), scope=[zone]).value


@pytest.fixture
def ruled(today, zone):
    """Let the zone permit two visits a year, and demand contact within 30 days."""
    lay_down(zone, "visits.ceiling", RULE)
    lay_down(zone, "visits.contact", {"days": 30})


def test_m1_07_visits_are_merged_and_limited_and_their_appeals_become_issues(
    ruled, zone, parties, firms, projects, visits, clerk, client,
):  # fmt: skip
    client.force_login(clerk)
    firm = firms["Q1"]
    # the calendar shows other departments' planned visits to the firm and offers to merge
    first, second = visits("""
        code | enterprise | department | planned_on | project
        Z1   | Q1         | XM         | 2024-08-02 | P1
        Z2   | Q1         | TJ         | 2024-08-05 |
    """)
    assertContains(client.get(reverse("visits")), "统计局 计划 2024-08-05 走访这家企业，可以合并成一次。")
    do("visits.merge", second, by=clerk, into=first)
    # a joint visit counts only with a person of each party
    with pytest.raises(ValidationError, match="还没有统计局、项目部的参加人"):
        do("visits.complete", first, visited_on=date(2024, 8, 2))
    for party in ("XM", "TJ"):
        do("visits.join", first, party=parties[party], name=f"演示 {party}")
    do("visits.complete", first, visited_on=date(2024, 8, 2), appeals="请协调专线送电")
    assert figure("stats.visits.enterprises.distinct", zone) == figure("services.visits.joint.count", zone) == 1
    # above the firm's yearly ceiling a visit needs a reason
    visits("code | enterprise | department | planned_on\nZ3 | Q1 | ZS | 2024-10-08")
    with pytest.raises(ValidationError, match="「例外理由」请写明：2024 年各部门已安排 2 次，上限 2 次"):
        visits("code | enterprise | department | planned_on\nZ4 | Q1 | ZS | 2024-12-08")
    # an appeal recorded becomes an issue with a deadline
    do("visits.raise_issue", first, by=clerk, category=Category.POWER)
    issue = Issue.objects.get()
    assert (issue.title, issue.enterprise) == ("请协调专线送电", firm)
    assert issue.resolution_due_on > issue.opened_on
    # a visit opens the enterprise's one page: projects, problems, service, visits, what it gave
    assertContains(client.get(reverse("record", args=["visits", first.pk])), f'href="/r/enterprises/{firm.pk}/"')
    page = client.get(reverse("record", args=["enterprises", firm.pk]))
    for text in ("P1 铸造", issue.title, "联合走访（完成）", "包保和走访", "附件"):
        assertContains(page, text)
    # statistical unit data are no part of it: what is told comes from these registers only
    told = {code for code, _label, _count in client.get(reverse("chronicle", args=["enterprises", firm.pk])).context["found"].kinds}
    assert told == {"projects", "visits", "issues"}


def test_m2_05_one_form_serves_all_lines_and_one_enterprise_has_one_timeline(ruled, zone, parties, firms, projects, visits, clerk, client):
    visits("""
        code | enterprise | department | visited_on | for_statistics | for_projects | for_service
        Z1   | Q1         | TJ         | 2024-03-01 | True           |              |
        Z2   | Q1         | XM         | 2024-07-01 |                | True         | True
    """)
    assert figure("services.visits.count", zone) == 2
    do("visits.archive", Visit.objects.get(code="Z1"), reason="登记错误")
    assert figure("services.visits.count", zone) == 1
    client.force_login(clerk)
    assert [name for name in Visit.PURPOSES if f'name="{name}"' in client.get(reverse("visit-new")).content.decode()] == [*Visit.PURPOSES]
    page = client.get(reverse("chronicle", args=["enterprises", firms["Q1"].pk])).content.decode()
    days = re.findall(r"<time>([^<]+)</time>", page)
    assert days == sorted(days, reverse=True) == ["2024-07-01", "2023-03-01", "2023-03-01", "2023-01-05", "2023-01-05"]


def test_m2_07_each_enterprise_shows_its_cadre_and_what_was_confirmed_as_solved(ruled, zone, firms, visits, clerk, client):
    firm = firms["Q1"]
    do("enterprises.assign", firm, role="cadre", since=date(2024, 1, 1), person=clerk, document="〔2024〕3号")
    successor = testing.employ(zone, "successor")
    do("enterprises.assign", firm, role="cadre", since=date(2024, 7, 1), person=successor, reason="分工调整")
    assert [(str(each.since), str(each.until), each.person.code) for each in ServiceAssignment.objects.order_by("since")] == [
        ("2024-01-01", "2024-07-01", "clerk"), ("2024-07-01", "None", "successor")]
    assert figure("services.assigned_enterprises.count", zone, "2024-08") == 1
    testing.enter(Issue, zone, """
        code | title    | category | opened_on  | responded_on | resolved_on | confirmed_on | result
        N1   | 用电不足 | power    | 2024-06-03 | 2024-06-04   | 2024-06-20  | 2024-06-25   | 已送电
        N2   | 缺工     | labour   | 2024-07-10 | 2024-07-11   | 2024-07-20  |              | 已对接
        N3   | 排水     | water    | 2024-07-02 | 2024-07-03   | 2024-07-08  | 2024-07-09   | 已疏通
    """, enterprise=firm, satisfaction="")
    visits("code | enterprise | department | visited_on\nZ1 | Q1 | XM | 2024-07-15")
    client.force_login(clerk)
    page = re.sub(r"<[^>]+>", " ", client.get(reverse("record", args=["enterprises", firm.pk])).content.decode())
    assert re.search(r"包保干部\s+演示successor\s+自 2024-07-01", page)
    assert re.search(r"企业确认解决的难点堵点\s+2\s", page)
    assert "不用于考核" in page
    own = client.get(reverse("record", args=["service_assignments", ServiceAssignment.objects.get(until=None).pk]))
    assertContains(own, "N3 排水")
    for not_his in ("N1 用电不足", "N2 缺工"):
        assertNotContains(own, not_his)
    # visits are facts: no photograph, no place, no figure and no list of persons
    assert not {"photo", "location", "latitude", "score", "rank"} & {each.name for each in Visit._meta.concrete_fields}
    registers = (Visit, ServiceAssignment)
    of_visits = [each for each in indicators.catalogue().values() if any(part.register in registers for part in each.parts())]
    assert len(of_visits) == 4
    assert not [by.path for each in of_visits for by in each.by if "person" in by.path]


def test_m2_02_a_project_without_contact_waits_on_its_assignees_own_page(ruled, zone, projects, visits, clerk, client):
    testing.enter(ProjectAssignment, zone, "code | subject | role\nA1 | P1 | leader\nA2 | P3 | leader", person=clerk, since="2024-01-01")
    client.force_login(clerk)
    assert figure("projects.visits.overdue.count", zone, "2024-08-05") == 2
    assert client.get(reverse("home")).content.decode().count("待联系") == 2
    visits("code | enterprise | department | visited_on | kind\nZ1 | Q1 | ZS | 2024-08-01 | call")  # another department's call
    assert figure("projects.visits.overdue.count", zone, "2024-08-05") == 1
    page = client.get(reverse("home")).content.decode()
    assert page.count("待联系") == 1
    assert page.index("P3 陶瓷") < page.index("30 天内没有走访、电话或进展")
    client.force_login(testing.employ(zone, "somebody"))
    assertNotContains(client.get(reverse("home")), "待联系")
