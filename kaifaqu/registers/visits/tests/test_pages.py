"""The pages of visits: the calendar of all departments, the form, merging with one action, the sheet, and an enterprise's page."""

import re
from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import testing
from kaifaqu.kernel.records import references
from kaifaqu.pages.chronicle import chronicle, left_out, strands_of
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project, ProjectAssignment
from kaifaqu.registers.visits import calendar
from kaifaqu.registers.visits.models import QuietSpan, ServiceAssignment, Visit, Visitor
from kaifaqu.registers.visits.tests.conftest import RULE, do, lay_down

AUGUST = """
    code | enterprise | department | planned_on | purpose
    Z1   | Q1         | XM         | 2024-08-08 | 用电
    Z2   | Q1         | ZS         | 2024-08-14 | 台账
    Z3   | Q2         | XM         | 2024-08-14 |
    Z4   | Q2         | XM         | 2024-09-20 |
"""


@pytest.fixture
def planned(today, zone, visits):
    """Let the zone permit three visits a year, and two departments plan theirs."""
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 3}, "开发区〔2024〕9号")
    return {each.code: each for each in visits(AUGUST)}


def test_the_calendar_shows_the_month_and_offers_to_merge(planned, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("visits"))
    assertContains(page, "不用于考核")
    assertContains(page, "开发区〔2024〕9号")
    assert re.findall(r">(Z\d)</a> <span", page.content.decode()) == ["Z1", "Z2", "Z3"]
    assertContains(page, "招商部 计划 2024-08-14 走访这家企业，可以合并成一次。")
    assertContains(page, "项目部 计划 2024-08-08 走访这家企业")
    one, other = planned["Z1"].pk, planned["Z2"].pk
    offered = re.findall(r'action="/visits/(\d+)/merge/(\d+)/"', page.content.decode())
    assert offered == [(str(one), str(other)), (str(other), str(one))]
    assertNotContains(client.get(reverse("visits"), {"department": planned["Z2"].department_id}), ">Z1</a> <span")
    assertContains(client.get(reverse("visits"), {"month": "2024-09"}), ">Z4</a> <span")
    assertContains(client.get(reverse("visits"), {"month": "九月"}), "「九月」不是期间")


def test_the_calendar_by_enterprise_counts_against_the_ceiling(planned, zone, visits, clerk, client):
    visits("code | enterprise | department | visited_on\nZ5 | Q1 | XM | 2024-03-01")
    client.force_login(clerk)
    rows = re.findall(r"<tr><td>.*?</tr>", client.get(reverse("visits"), {"by": "enterprise"}).content.decode())
    told = [re.sub(r"<[^>]+>", " ", row).split() for row in rows]
    assert told == [["Q1", "铸造公司", "3", "3", "已到上限", "2024-03-01", "2024-08-08"], ["Q2", "陶瓷公司", "2", "3", "—", "2024-08-14"]]


def test_quiet_days_stand_in_the_calendar(planned, zone, clerk, client):
    testing.enter(QuietSpan, zone, "code | since | until | cause\nM1 | 2024-08-20 | 2024-08-22 | 演练")
    client.force_login(clerk)
    assert client.get(reverse("visits")).content.decode().count('<small title="演练">静</small>') == 2
    lay_down(zone, "visits.ceiling", RULE | {"quiet": {"from_day": 21, "to_day": 22}})
    told = re.findall(r'<small title="([^"]*)">静', client.get(reverse("visits")).content.decode())
    assert told == ["演练", "每月 21 日至 22 日；演练", "每月 21 日至 22 日"]


def test_the_days_of_the_week_are_in_the_reader_s_language(planned, clerk, client):
    client.force_login(clerk)
    for language, days in (("zh-hans", ["周一", "周二", "周三"]), ("en", ["Mo", "Tu", "We"])):
        page = client.get(reverse("visits"), headers={"accept-language": language}).content.decode()
        [head] = re.findall(r'<table class="short month">.*?<tr>(.*?)</tr>', page, re.DOTALL)
        assert [re.sub(r"<[^>]+>", "", each) for each in re.findall("<th>.*?</th>", head)][:3] == days


def test_a_month_is_shown_as_a_whole(planned, visits, clerk, client):
    rows = "\n".join(f"T{number} | Q2 | XM" for number in range(498))
    visits(f"code | enterprise | department\n{rows}", kind="call", planned_on="2024-08-05")
    weeks = calendar.month(clerk, calendar.seen(clerk), date(2024, 8, 1), clerk.owner_id)
    assert sum(len(day.visits) for week in weeks for day in week) == 501


def test_a_party_is_told_only_what_is_missing(planned, zone, parties, client):
    member = testing.employ(zone, "statistician", "visits.view visitors.view", at=parties["TJ"])
    do("visits.correct", planned["Z1"], facts={"kind": "joint", "partner": parties["TJ"]}, reason="联合")
    do("visits.join", planned["Z1"], party=parties["XM"], name="演示人员 001")
    client.force_login(member)
    page = client.get(reverse("record", args=["visits", planned["Z1"].pk])).content.decode()
    [lacking] = re.findall(r"还没有参加人的单位</dt><dd>(.*?)<small>", page)
    assert re.sub(r"<[^>]+>", "", lacking).strip() == "统计局"


def test_one_click_merges(planned, clerk, client):
    client.force_login(clerk)
    assertContains(client.get(reverse("record", args=["visits", planned["Z2"].pk])), "并入 Z1")
    answer = client.post(reverse("visit-merge", args=[planned["Z2"].pk, planned["Z1"].pk]), {"version": 1}, follow=True)
    assertContains(answer, "Z2 已并入 Z1")
    assert Visit.objects.get(code="Z2").stage == "merged"
    assertContains(answer, "还没有参加人的单位")
    again = client.post(reverse("visit-merge", args=[planned["Z3"].pk, planned["Z1"].pk]), {"version": 1}, follow=True)
    assertContains(again, "「并入」应填同一家企业的另一次走访")
    assert Visit.objects.get(code="Z3").stage == "planned"


def test_the_form_asks_for_little_and_tells_what_others_plan(planned, clerk, firms, client):
    client.force_login(clerk)
    page = client.get(reverse("visit-new"), {"enterprise": firms["Q1"].pk})
    visible, _summary, _folded = page.content.decode().partition("<details")
    shown = [name for name in re.findall(r'id="id_(\w+)"', visible) if not name.endswith("_helptext")]
    assert shown == ["enterprise", "kind", "planned_on", "visited_on", "heard", "appeals"]
    assertContains(page, "项目部 计划 2024-08-08 走访这家企业，保存以后可以合并")
    near = client.get(reverse("visit-near"), {"enterprise": firms["Q1"].pk, "planned_on": "2024-08-10"})
    assertContains(near, "2024 年各部门已安排 2 次，上限 3 次")
    far = client.get(reverse("visit-near"), {"enterprise": firms["Q1"].pk, "planned_on": "2024-08-25"})
    assertContains(far, "招商部 计划 2024-08-14")
    assertNotContains(far, "2024-08-08")  # 17 days: by the rule of 14 days that is not near
    hidden = dict(re.findall(r'name="(token|draft-key|version|read)" value="([^"]*)"', page.content.decode()))
    sent = {**hidden, "owner": firms["Q1"].owner_id, "enterprise": firms["Q1"].pk, "kind": "visit", "department": firms["Q1"].owner_id}
    answer = client.post(reverse("visit-new"), sent)
    assertContains(answer, "「计划日期」和「走访日期」至少填一项")
    answer = client.post(reverse("visit-new"), {**sent, "visited_on": "2024-08-05", "heard": "正常", "token": "2"}, follow=True)
    assertContains(answer, "已办理「登记」")
    visit = Visit.objects.get(visited_on=date(2024, 8, 5))
    assert (visit.stage, visit.heard, visit.department_id) == ("done", "正常", firms["Q1"].owner_id)


def test_a_reason_that_is_missing_is_asked_for_beside_its_field(planned, visits, clerk, firms, client):
    visits("code | enterprise | department | visited_on\nZ5 | Q1 | XM | 2024-03-01")
    client.force_login(clerk)
    owner = firms["Q1"].owner_id
    answer = client.post(reverse("visit-new"), {
        "owner": owner, "enterprise": firms["Q1"].pk, "kind": "visit", "department": owner, "planned_on": "2024-10-10"})
    assertContains(answer, "<details open>")
    assertContains(answer, "「例外理由」请写明：2024 年各部门已安排 3 次，上限 3 次（规则「走访上限和免打扰日」，依据：开发区〔2024〕9号）")


def test_the_sheet_has_the_code_and_what_is_known_and_an_empty_one_has_room(planned, parties, clerk, client):
    do("visits.join", planned["Z1"], party=parties["XM"], name="演示人员 001")
    client.force_login(clerk)
    page = client.get(reverse("visit-sheet", args=[planned["Z1"].pk]))
    for text in ("Z1", "铸造公司", "2024-08-08", "演示人员 001（项目部）", "不用于考核", "用电"):
        assertContains(page, text)
    assertContains(client.get(reverse("visit-blank")), "____________")


def test_a_visit_leads_to_its_enterprise_in_one_click(planned, clerk, firms, client):
    client.force_login(clerk)
    page = client.get(reverse("record", args=["visits", planned["Z1"].pk]))
    assertContains(page, f'href="/r/enterprises/{firms["Q1"].pk}/">企业页</a>')


# The enterprise's page


@pytest.fixture
def lived(planned, zone, projects, clerk):
    """Let the first enterprise have a past: steps of its projects, assignments, visits."""
    testing.enter(ProjectAssignment, zone, "code | subject\nA1 | P1", role="leader", person=clerk, since="2024-01-10")
    testing.enter(ServiceAssignment, zone, "code | subject | role\nB1 | Q1 | cadre", person=clerk, since="2024-02-01")
    do("visits.complete", planned["Z1"], visited_on="2024-08-05")
    return planned


def test_one_list_by_date_of_what_happened_to_an_enterprise(lived, clerk, firms):
    told = [(line.day, line.kind, line.what, re.sub("<[^>]+>", "", line.name)) for line in chronicle(clerk, firms["Q1"]).lines]
    assert told == [
        ("2024-08-14", "走访", "走访（计划中）", "Z2 走访 2024-08-14"),
        ("2024-08-05", "走访", "走访（完成）", "Z1 走访 2024-08-05"),
        ("2024-02-01", "包保", "开始包保", "B1 包保干部"),
        ("2024-01-10", "包联", "开始包联", "A1 责任领导"),
        ("2023-03-01", "项目", "开工", "P2 锻造"),
        ("2023-03-01", "项目", "开工", "P1 铸造"),
        ("2023-01-05", "项目", "签约", "P2 锻造"),
        ("2023-01-05", "项目", "签约", "P1 铸造"),
    ]


def test_it_is_narrowed_by_kind_and_turned_page_by_page(lived, clerk, firms, client):
    found = chronicle(clerk, firms["Q1"], size=3, page=2)
    assert [line.day for line in found.lines] == ["2024-01-10", "2023-03-01", "2023-03-01"]
    assert (found.more, found.count) == (True, 8)
    counts = {code: count for code, _label, count in found.kinds}
    assert counts == {"projects": 4, "assignments": 1, "service_assignments": 1, "visits": 2}
    client.force_login(clerk)
    page = client.get(reverse("chronicle", args=["enterprises", firms["Q1"].pk]), {"kind": "visits"})
    assert page.content.decode().count("<time>") == 2
    assert client.get(reverse("chronicle", args=["parks", 1])).status_code == 404


def test_nobody_learns_from_it_what_he_may_not_see(lived, zone, firms):
    for rights, kinds in (
        ("enterprises.view visits.view", {"visits"}), ("enterprises.view assignments.view", set()), ("enterprises.view", set()),
        ("enterprises.view assignments.view projects.view", {"assignments", "projects"}),
    ):
        person = testing.employ(zone, f"p{len(rights)}", rights)
        assert {code for code, _label, _count in chronicle(person, firms["Q1"]).kinds} == kinds, rights


def test_it_asks_as_often_for_much_as_for_little(lived, clerk, firms, zone, visits, django_assert_max_num_queries):
    visits("\n".join(["code | enterprise | department | kind", *(f"T{n} | Q1 | XM | call" for n in range(20))]), visited_on="2024-05-02")
    clerk.owners("visits.view")
    with django_assert_max_num_queries(14):
        assert len(chronicle(clerk, firms["Q1"]).lines) == 28


def test_every_register_about_an_enterprise_is_told_or_left_out_for_a_reason(zone):
    about = {register for target in (Enterprise, Project) for register, _key in references(target)}
    told = {each.register for each in strands_of(Enterprise)}
    assert {each.register for each in about - told} == {*left_out}


def test_the_page_shows_who_looks_after_the_enterprise_and_how_often_it_was_visited(lived, clerk, firms, client):
    client.force_login(clerk)
    page = client.get(reverse("record", args=["enterprises", firms["Q1"].pk]))
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    assert re.search(r"包保干部\s+演示clerk\s+自 2024-02-01", text)
    assert re.search(r"2024 年走访 / 上限\s+2 / 3", text)
    assertContains(page, "走访是事实记录，不给个人排名。")
    assertContains(page, "全部往来")


def test_a_project_that_waits_is_red_on_its_assignees_own_page_and_nowhere_else(today, zone, visits, projects, clerk, client):
    testing.enter(ProjectAssignment, zone, "code | subject\nA1 | P1", role="leader", person=clerk, since="2024-01-01")
    lay_down(zone, "visits.contact", {"days": 30})
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 1})
    visits("code | enterprise | department | visited_on\nZ1 | Q1 | XM | 2024-05-01")
    client.force_login(clerk)
    page = client.get(reverse("home"))
    assertContains(page, '<span class="light red">待联系</span>')
    assertContains(page, "30 天内没有走访、电话或进展；该企业今年的走访已到上限，打电话或报进展即可")
    colleague = testing.employ(zone, "colleague")
    client.force_login(colleague)
    assertNotContains(client.get(reverse("home")), "待联系")
    visits("code | enterprise | department | visited_on | kind\nZ2 | Q1 | ZS | 2024-08-02 | call")
    client.force_login(clerk)
    assertNotContains(client.get(reverse("home")), "待联系")
    assert not Visitor.objects.exists()
