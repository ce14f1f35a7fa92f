"""The pages of meetings: the board, the sheet of a meeting, its figures then and now, and the minutes on paper."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import testing
from kaifaqu.registers.meetings.models import PlanComponent, Signature
from kaifaqu.registers.meetings.tests.conftest import again

COUNT = "projects.under_construction.count"


@pytest.fixture
def desk(client, clerk):
    """Return a browser in which the clerk has signed in."""
    client.force_login(clerk)
    return client


def test_the_board_has_a_line_for_each_component_and_a_link_for_each_slot(desk, plan, slot):
    answer = desk.get(reverse("meetings"))
    assert [line.component.name for line in answer.context["lines"]] == ["每月联合分析", "每季联合会商", "定期联合调研", "联合指导走访"]
    assertContains(answer, reverse("meeting", args=[slot("每月联合分析", 5).pk]))
    assertContains(answer, "三季度 计划")
    assert desk.get(reverse("meetings"), {"plan": 10**6}).status_code == 404


def test_a_plan_beyond_those_to_choose_from_opens_from_its_record(desk, zone, plan, do, clerk, monkeypatch):
    monkeypatch.setattr("kaifaqu.registers.meetings.views.PLANS", 1)
    do("meeting_plans.create", zone, clerk, facts={"name": "例会", "year": 2025})
    answer = desk.get(reverse("meetings"), {"plan": plan.pk})
    assert (answer.status_code, answer.context["plan"]) == (200, plan)
    assertContains(answer, f'<option value="{plan.pk}" selected>')


def test_without_a_plan_the_board_says_how_to_begin(desk):
    assertContains(desk.get(reverse("meetings")), "还没有会议计划")


def test_the_sheet_goes_from_plan_to_signed_minutes(desk, plan, slot, do, at, clerk, officer):
    held = slot("每月联合分析", 3)
    assertContains(desk.get(reverse("meeting", args=[held.pk])), "还没有纪要")
    at("2024-04-18")
    do("meetings.draft_agenda", held, clerk)
    do("meetings.hold", held, clerk, held_on="2024-04-18", place="二楼会议室")
    do("attendances.create", held.owner, clerk, facts={"meeting": held, "party": held.partner, "office": "副局长"})
    do("meetings.minute", held, clerk, minutes="用电平稳。\n\n<b>两户</b>停产。")
    do("meetings.sign", held, officer)
    page = desk.get(reverse("meeting", args=[held.pk]))
    for text in ("纪要待签", "突出问题", "二楼会议室", "副局长", "&lt;b&gt;两户&lt;/b&gt;停产"):
        assertContains(page, text)
    paper = desk.get(reverse("meeting-minutes", args=[held.pk]))
    assertContains(paper, "2024年3月")
    assertContains(paper, again(held).sheet_sha256)
    assertContains(paper, "＿＿＿＿")  # the owner has not signed
    do("meetings.minute", held, clerk, minutes="用电下降。")
    assertContains(desk.get(reverse("meeting", args=[held.pk])), "签的是以前的内容")
    assertContains(desk.get(reverse("meeting-minutes", args=[held.pk])), "这是草稿")
    [signature] = Signature.objects.current()
    assertContains(desk.get(reverse("meeting-minutes", args=[held.pk]), {"signature": signature.pk}), "用电平稳")


@pytest.mark.parametrize(("verb", "label", "field"), [
    ("hold", "召开日期", '<input type="date" name="held_on"'), ("minute", "纪要", '<textarea name="minutes"'),
    ("cancel", "取消原因", '<input type="text" name="cancelled_for"'),
])  # fmt: skip
def test_what_only_actions_fill_in_is_typed_under_the_label_of_its_column(desk, plan, slot, do, at, clerk, verb, label, field):
    held = slot("每月联合分析", 3)
    if verb == "minute":
        at("2024-04-18")
        do("meetings.hold", held, clerk, held_on="2024-04-18")
    page = desk.get(reverse("act", args=["meetings", held.pk, verb]))
    assertContains(page, f">{label} <span")
    assertContains(page, field)


def test_a_figure_shows_then_and_today(desk, zone, plan, slot, do, at, clerk):
    from kaifaqu.registers.projects.models import Project

    testing.enter(Project, zone, "name | signed_on | started_on\n铸造 | 2023-01-05 | 2023-03-01")
    component = PlanComponent.objects.get(name="每季联合会商")
    do("meeting_components.correct", component, clerk, facts={"indicators": COUNT})
    held = slot("每季联合会商", 1)
    at("2024-04-22")
    assertContains(desk.get(reverse("meeting", args=[held.pk])), "这是此刻的数")
    do("meetings.hold", held, clerk, held_on="2024-04-22")
    address = reverse("meeting-figure", args=[held.pk, 0])
    assertContains(desk.get(address), "<h1>1 个 ")
    assertNotContains(desk.get(address), "已不同")
    at("2024-05-06")
    testing.enter(Project, zone, "name | signed_on | started_on\n陶瓷 | 2023-02-05 | 2024-03-01")
    answer = desk.get(address)
    assertContains(answer, "已不同")
    assert (answer.context["number"].value, answer.context["today_is"].value) == ("1", 2)
    assertContains(desk.get(answer.context["source"]), "陶瓷")  # the difference is explained
    assert desk.get(reverse("meeting-figure", args=[held.pk, 1])).status_code == 404


def test_a_damaged_content_is_a_sentence(desk, plan, slot, do, at, clerk):
    from kaifaqu.files.models import Content

    do("meeting_components.correct", PlanComponent.objects.get(name="每季联合会商"), clerk, facts={"indicators": COUNT})
    held = slot("每季联合会商", 1)
    at("2024-04-22")
    do("meetings.hold", held, clerk, held_on="2024-04-22")
    Content.objects.update(text="{}")
    assertContains(desk.get(reverse("meeting", args=[held.pk])), "已被改动")
    assertContains(desk.get(reverse("meeting-minutes", args=[held.pk])), "已被改动", status_code=409)
