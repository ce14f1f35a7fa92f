"""Rules on pages: typed in fields, told in words, with what a new one would change; the JSON is what is stored."""

import json
from datetime import date, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import clock, events, testing
from kaifaqu.kernel.actions import find
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.records import registers
from kaifaqu.pages.rules import following
from kaifaqu.pages.tests.test_pages import _hidden
from kaifaqu.registers.projects import rules
from kaifaqu.registers.projects.models import Project
from kaifaqu.sheets import importing

START = "projects.rate.start"
FILLED = {"since": "2024-09-01", "published_on": "2024-08-20", "source_document": "演示〔2024〕9号", "content-variant": "cohort"}


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on 5 August 2024."""
    clock.set(datetime(2024, 8, 5, 9, tzinfo=clock.ZONE))


@pytest.fixture
def desk(client, clerk):
    """Return the client of a person with every right."""
    client.force_login(clerk)
    return client


def lay(zone, kind: str, content: dict, since: str = "2024-01-01", **facts) -> DatedRule:
    [rule] = testing.enter(
        DatedRule, zone, f"kind | since\n{kind} | {since}", content=json.dumps(content),
        **{"published_on": since, "source_document": f"文件 {since}", **facts})
    return rule


def send(client, kind: str, **typed):
    """Open the form of a kind, type over it and send it."""
    address = f"{reverse('new-rule')}?kind={kind}"
    form = client.get(address).context["form"]
    proposed = {name: form[name].value() for name in ("kind", "owner", "supersedes") if form[name].value()}
    return client.post(address, {"token": form.token, **proposed, **typed})


@pytest.fixture
def lists(zone, clerk):
    """Enter two lists of signed projects: of the older both have started, of the newer none."""
    testing.enter(Project, zone, """
        code | name | signed_on  | started_on
        P1   | 甲   | 2024-01-05 | 2024-02-01
        P2   | 乙   | 2024-01-05 | 2024-02-01
        P3   | 丙   | 2024-06-01 |
    """, by=clerk)
    for register, text in (
        ("cohorts", "code | name | kind | number | held_on\nC1 | 第一期 | signed | 1 | 2024-01-10\nC2 | 第二期 | signed | 2 | 2024-06-10"),
        ("cohort_entries", "cohort | subject\nC1 | P1\nC1 | P2\nC2 | P3"),
    ):
        testing.enter(registers()[register], zone, text, by=clerk)


def test_the_kind_is_chosen_first_and_the_fields_begin_as_the_rule_in_force(desk, zone):
    assertContains(desk.get(reverse("new", args=["rules"])), "?kind=projects.lights")
    form = desk.get(f"{reverse('new-rule')}?kind={START}").context["form"]
    assert (json.loads(form["content"].value()), form["supersedes"].value()) == ({"variant": "cohort", "grace": 1}, None)
    rule = lay(zone, START, {"variant": "year", "grace": 0})
    page = desk.get(f"{reverse('new-rule')}?kind={START}")
    form = page.context["form"]
    assert (json.loads(form["content"].value()), form["supersedes"].value()) == ({"variant": "year", "grace": 0}, rule.pk)
    assertContains(page, '<option value="year" selected>按年度</option>', html=True)
    assertContains(page, "现行：口径：按年度；不设宽限（文件 2024-01-01）")


def test_what_is_typed_in_fields_is_stored_as_json(desk, zone):
    assert send(desk, START, **FILLED, **{"content-grace": "2"}).status_code == 302
    rule = DatedRule.objects.get()
    assert (rule.kind, json.loads(rule.content), rule.since) == (START, {"variant": "cohort", "grace": 2}, date(2024, 9, 1))
    page = desk.get(reverse("record", args=["rules", rule.pk]))
    assertContains(page, "口径：按批次；最新 2 期批次暂不计入")
    assertContains(page, "<del>1 期批次</del> → 2 期批次")
    assertContains(desk.get(reverse("records", args=["rules"])), "口径：按批次；最新 2 期批次暂不计入")


@pytest.mark.parametrize(("kind", "typed", "content"), [
    ("targets.lights", {"content-yellow_points": "5", "content-red_points": "9"}, {"yellow_points": 5, "red_points": 9}),
    ("projects.lights", {"content-start.red_after_months": "2", "content-progress.yellow_points": "5", "content-progress.red_points": "9"},
     {"start": {"red_after_months": 2}, "progress": {"yellow_points": 5, "red_points": 9}}),
    ("projects.rate.full_capacity", {"content-variant": "count", "content-grace": "0", "content-actual": "annualised"},
     {"variant": "count", "grace": 0, "actual": "annualised"}),
])
def test_each_kind_has_its_fields(desk, zone, kind, typed, content):
    assert send(desk, kind, **{**FILLED, **typed}).status_code == 302
    assert json.loads(DatedRule.objects.get().content) == content


@pytest.mark.parametrize(("typed", "sentence"), [
    *(({"content-grace": odd}, "请写明「宽限期数」") for odd in ("", "-1", "²", "9" * 30)),
    ({"content-grace": "1", "content-variant": "value"}, "请写明「口径」"),
])
def test_what_cannot_be_read_is_refused_beside_the_fields(desk, zone, typed, sentence):
    for more in ({}, {"preview": "1"}):
        answer = send(desk, START, **{**FILLED, **typed, **more})
        assert sentence in str(answer.context["form"].errors["content"])
    assert not DatedRule.objects.exists()


def test_the_effect_is_shown_and_nothing_is_written(desk, zone, lists):
    before = events.last_seq()
    answer = send(desk, START, **FILLED, **{"content-grace": "0", "preview": "1"})
    shown = answer.context["effect"]
    assert (str(shown.period), shown.holds, shown.changed) == ("2024-01..09", True, [("宽限期数", "1 期批次", "0 期批次")])
    told = {now.asked.code: (now.display, then.display) for now, then in shown.figures}
    assert told[START] == ("100%", "66.67%")
    assert told["projects.cohorts.signed.count"] == ("2 个", "3 个")
    assert (events.last_seq(), DatedRule.objects.count()) == (before, 0)
    assertContains(answer, "这是试算，还没有保存")
    assert send(desk, START, **FILLED, **{"content-grace": "0"}).status_code == 302


def test_a_rule_that_ends_before_is_said_to_change_nothing(desk, zone, lists):
    answer = send(desk, START, **{**FILLED, "since": "2024-01-01", "until": "2024-03-01", "content-grace": "0", "preview": "1"})
    assert answer.context["effect"].holds is False
    assertContains(answer, "新规则并不起作用")


def test_the_effect_refuses_what_saving_would_refuse(desk, zone, lists):
    answer = send(desk, START, **{**FILLED, "until": "2024-08-01", "content-grace": "0", "preview": "1"})
    assertContains(answer, "应晚于起始日期")


def test_a_person_who_may_not_see_the_rules_is_offered_the_shipped_default(zone, client):
    lay(zone, START, {"variant": "year", "grace": 0})
    client.force_login(testing.employ(zone, "keeper", "rules.edit"))
    assertNotContains(client.get(f"{reverse('new-rule')}?kind={START}"), "文件 2024-01-01")


def test_the_board_shows_of_each_kind_what_holds_comes_and_was(desk, zone, other):
    past = lay(zone, START, {"variant": "year", "grace": 0}, "2023-01-01")
    now = lay(zone, START, {"variant": "cohort", "grace": 0}, "2024-01-01", supersedes=past)
    ahead = lay(zone, START, {"variant": "cohort", "grace": 2}, "2024-10-01")
    lay(other, START, {"variant": "year", "grace": 0})
    page = desk.get(reverse("rules"))
    kinds = {kind.code: standings for kind, _words, standings in page.context["kinds"]}
    [standing] = kinds[START]
    assert (standing.now.rule, [each.rule for each in standing.ahead], [each.rule for each in standing.past]) == (now, [ahead], [past])
    assert standing.now.changed == [("口径", "按年度", "按批次")]
    assert kinds["projects.lights"][0].now is None
    assertContains(page, "最新 2 期批次暂不计入")
    assertContains(page, "银川市")


def test_the_board_asks_a_constant_number_of_questions(desk, zone, django_assert_max_num_queries):
    for year in range(2010, 2024):
        lay(zone, START, {"variant": "cohort", "grace": 1}, f"{year}-01-01")
    with django_assert_max_num_queries(15):
        desk.get(reverse("rules"))


def test_two_editors_of_one_rule_choose_between_contents(desk, zone, clerk):
    rule = lay(zone, START, {"variant": "cohort", "grace": 1})
    address = reverse("edit", args=["rules", rule.pk])
    form = desk.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields if name != "content" and form[name].value() is not None}
    typed = {**shown, "token": form.token, "version": 1, "read": 1, "content-variant": "cohort", "content-grace": "2", "reason": "改"}
    facts = {"content": json.dumps({"variant": "year", "grace": 0})}
    commit([find("rules.correct").plan(rule, by=clerk, version=1, facts=facts, reason="他人")], by=clerk)
    first = desk.post(address, typed)
    assert [(row.read, row.stored, row.typed, row.clash) for row in first.context["rows"]] == [
        ("口径：按批次；最新 1 期批次暂不计入", "口径：按年度；不设宽限", "口径：按批次；最新 2 期批次暂不计入", True)]
    assert desk.post(address, {**_hidden(first), "keep-content": "typed"}).status_code == 302
    assert json.loads(DatedRule.objects.get().content) == {"variant": "cohort", "grace": 2}
    latest = desk.get(reverse("record", args=["rules", rule.pk])).context["past"].timeline[0]
    assert ("内容", "口径：按年度；宽限期数：0 期批次", "口径：按批次；宽限期数：2 期批次") in latest.changes


def test_a_table_brings_rules_in_with_their_json(zone, clerk):
    table = "规则种类\t自\t发布日期\t依据文件\t内容\n" + "\t".join(
        (START, "2024-01-01", "2024-01-10", "演示文件", '{"variant": "year", "grace": 0}')) + "\n" + "\t".join(
        (START, "2025-01-01", "2025-01-10", "演示文件", '{"variant": "month", "grace": 0}')) + "\n"
    upload = importing.receive(DatedRule, zone, clerk, "规则.txt", table)
    checked = importing.check(upload)
    assert upload.found["counts"]["new"] == 1, checked
    assert upload.found["counts"]["wrong"] == 1


def test_the_figures_that_follow_a_rule_are_named():
    assert [each.code for each in following(rules.SIGNING)] == ["projects.rate.signing"]
    assert following(rules.LIGHTS) == []
