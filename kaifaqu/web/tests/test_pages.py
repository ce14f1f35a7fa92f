"""The pages of the frame: home, figures, events, languages, errors."""

import errno
import re
from datetime import date
from unittest.mock import Mock

import pytest
from django.test import override_settings
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from kaifaqu.kernel import clock, events, testing
from kaifaqu.kernel.access import SYSTEM, Installation
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.registers.projects.actions import produce
from kaifaqu.web.actions import move_day

INVESTMENT = "projects.under_construction.investment"


@pytest.fixture
def page(clerk, client, projects):
    """Return a person at a desk: `page(name, *keys, **asked)` opens a page as the clerk."""
    client.force_login(clerk)
    return lambda name, *keys, **asked: client.get(reverse(name, args=keys), asked)


# Home


def test_home_of_a_person_without_rights_says_so(zone, client):
    client.force_login(testing.employ(zone, "guest", "projects.edit"))
    assertContains(client.get(reverse("home")), "您还没有任何台账的查看权限")


# Figures


def test_a_figure_opens_its_records(page):
    answer = page("figure", INVESTMENT, period="2024-H1")
    assert answer.context["figure"].display == "2.00005 亿元"
    assert [row.code for row in answer.context["page"]] == ["P1", "P2"]
    assertContains(answer, "期末已开工，未投产")
    assertContains(answer, reverse("record", args=["projects", answer.context["page"][0].pk]))


def test_a_figure_as_known_leads_to_the_records_as_known(page, projects, clerk):
    known = events.last_seq()
    commit([produce(projects[0], by=clerk, version=1, production_on="2024-06-30")], by=clerk)
    assert page("figure", INVESTMENT, period="2024-H1").context["figure"].display == "8000 万元"
    before = page("figure", INVESTMENT, period="2024-H1", known=f"#{known}")
    assert before.context["figure"].display == "2.00005 亿元"
    assertContains(before, f"{reverse('record', args=['projects', projects[0].pk])}?known=%23{known}")


def test_a_ratio_leads_to_its_two_sides(page):
    answer = page("figure", "projects.new.investment_share", period="2024-H1", scope="ZONE")
    assertContains(answer, "40%")
    for side in ("projects.new.investment", INVESTMENT):
        assertContains(answer, f'{reverse("figure", args=[side])}?period=2024-H1&amp;scope=ZONE')


def test_a_grouped_figure_shows_its_groups(page):
    groups = page("figure", INVESTMENT, period="2024-Q1", by="nature").context["figure"].groups
    assert [(group.label, str(group.value)) for group in groups] == [("扩建", "5000.000000"), ("新建", "20000.500000")]


def test_a_refused_figure_does_not_tell_which_definition_the_owner_chose(page, zone, stranger, client):
    testing.enter(
        DatedRule, zone, "kind\nprojects.rate.signing", content='{"variant": "negotiation"}', since="2024-01-01",
        published_on="2024-01-10", source_document="演示开发区〔2024〕1号")  # fmt: skip
    assertContains(page("figure", "projects.rate.signing", period="2024-H1"), "采用口径")
    client.force_login(stranger)
    answer = page("figure", "projects.rate.signing", period="2024-H1", scope="ZONE")
    assert answer.context["figure"].status == "refused"
    assertNotContains(answer, "采用口径")
    assertNotContains(answer, "取自")


def test_a_figure_that_cannot_be_computed_says_why_and_marks_the_incomplete_sum(page, projects, clerk):
    facts = {"started_on": "2024-03-01", "reason": ""}
    from kaifaqu.registers.projects.actions import start

    commit([start(projects[3], by=clerk, version=1, **facts)], by=clerk)
    answer = page("figure", INVESTMENT, period="2024-H1")
    assertContains(answer, "3 条记录中有 1 条缺少「计划总投资（万元）」：P4 演示陶瓷")
    assertContains(answer, "不完整，不可发布")


@pytest.mark.parametrize(("asked", "sentence"), [
    ({"period": "去年"}, "不是期间"),
    ({"period": "2024", "known": "昨天"}, "不是日期"),
    ({"period": "2024", "scope": "NOWHERE"}, "没有单位「NOWHERE」"),
    ({"period": "2024", "by": "colour"}, "不能按「colour」分组"),
])  # fmt: skip
def test_what_is_asked_wrongly_is_answered_in_a_sentence(page, asked, sentence):
    assertContains(page("figure", INVESTMENT, **asked), sentence, status_code=400)


def test_an_unknown_figure_offers_the_nearest(page):
    assertContains(page("figure", INVESTMENT[:-1]), INVESTMENT, status_code=404)


def test_a_person_with_the_right_to_figures_only_sees_the_value_without_records(zone, client, projects):
    client.force_login(testing.employ(zone, "reader", "projects.figures suspensions.figures"))
    answer = client.get(reverse("figure", args=[INVESTMENT]), {"period": "2024-H1"})
    assertContains(answer, "2.00005 亿元")
    assertNotContains(answer, "演示光伏组件")


def test_the_catalogue_finds_a_word(page):
    assert [each.code for each in page("figures", q="projects.continuing.count").context["figures"]] == ["projects.continuing.count"]


# Events


def test_events_are_filtered_by_person_register_and_batch(page, projects):
    batch = events.Event.objects.filter(subject="projects.project").first().changeset
    answer = page("events", actor="clerk", register="projects", changeset=batch)
    assert [event.subject_id for event in answer.context["page"]] == [each.pk for each in reversed(projects)]
    assertContains(answer, "登记")


@pytest.mark.parametrize(("asked", "found"), [("P1", ["P1"]), ("p1", ["P1"]), ("P9", []), ("没有", [])])
def test_events_are_filtered_by_the_code_of_a_record(page, projects, asked, found):
    answer = page("events", register="projects", id=asked)
    assert {event.facts["code"] for event in answer.context["page"]} == {*found}


# The frame


def test_the_day_of_a_demo_is_moved_from_the_bar(page, clerk, client):
    installation = Installation.objects.get()
    commit([move_day(installation, by=SYSTEM, version=1, demo_day=clock.today())], by=SYSTEM)
    day = date(clock.today().year + 1, 1, 5)
    form = {"version": 2, "demo_day": day.isoformat()}
    client.post(reverse("act", args=["installations", installation.pk, "move_day"]), form)
    assertContains(page("home"), f"演示日期 {day}")


def test_the_language_is_switched(page, client):
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assertContains(page("home"), "Sign out")


def test_no_page_carries_script_or_style_of_its_own_and_all_carry_the_policy(page, projects):
    for name, keys in (("home", []), ("records", ["projects"]), ("record", ["projects", projects[0].pk]), ("figure", [INVESTMENT])):
        answer = page(name, *keys)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        for word in ("<style", " style=", " onclick="):
            assertNotContains(answer, word)
        assert re.findall(r"<script([^>]*)>", answer.text) == re.findall(r'<script( src="/static/[^"]*" defer)></script>', answer.text)


def test_errors_have_a_page_without_a_trace(page, client):
    assertContains(page("records", "unicorns"), "没有找到", status_code=404)
    client.raise_request_exception = False
    with override_settings(DEBUG=False), pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaifaqu.web.views.installation_of", lambda request: 1 / 0)
        answer = page("home")
    assertContains(answer, "出错了", status_code=500)
    assertNotContains(answer, "ZeroDivisionError", status_code=500)


def test_a_full_disk_is_said_without_asking_the_database(page, client, django_assert_num_queries):
    client.raise_request_exception = False
    with override_settings(DEBUG=False), pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaifaqu.web.views.Reader", Mock(side_effect=OSError(errno.ENOSPC, "No space left", "/srv/private")))
        with django_assert_num_queries(2):  # of the session and the person, none for the page
            answer = page("home")
    assertContains(answer, "磁盘已满，没有保存任何内容", status_code=507)
    assertNotContains(answer, "private", status_code=507)


def test_nobody_is_shown_anything_before_signing_in(projects, client):
    assertRedirects(client.get(reverse("home")), f"{reverse('sign-in')}?next=/")
    assertNotContains(client.get(reverse("sign-in")), "演示光伏组件")


@pytest.mark.parametrize("odd", ["²", "9" * 24, "\0"])
def test_an_odd_text_in_an_address_is_no_error(page, odd):
    assert page("events", id=odd, changeset=odd, actor=odd, register=odd).status_code == 200
    assert page("figure", INVESTMENT, scope=odd).status_code in (200, 400)
    assert page("figures", q=odd).status_code == 200
