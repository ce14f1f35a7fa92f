"""The rules of clocks on pages: typed row by row, the calendar read from the text of a notice, the year and the clocks looked at."""

import json
import re
from datetime import datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.clocks.calendar import CALENDAR
from kaifaqu.clocks.rules import CLOCKS
from kaifaqu.interfaces.commandline.management.commands.doctor import Command as Doctor
from kaifaqu.kernel import clock, events, testing
from kaifaqu.kernel.access import Installation
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.world import World
from kaifaqu.web import duties

FACTS = {"since": "2026-11-20", "published_on": "2026-11-20", "source_document": "演示〔2026〕9号"}
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕7号
各单位：
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月14日（周六）上班。
2026年11月4日"""
ROW = {"code": "a", "label": "回应", "amount": "2", "unit": "working_day", "basis": "演示文件", "steps-rows": "0", "hours-rows": "0"}


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on 20 November 2026: next year has no notice yet."""
    clock.set(datetime(2026, 11, 20, 9, tzinfo=clock.ZONE))


@pytest.fixture
def desk(client, clerk):
    """Return the client of a person with every right."""
    client.force_login(clerk)
    return client


def send(client, zone, kind, **typed):
    """Open the form of a kind and send it as it is typed."""
    address = f"{reverse('new-rule')}?kind={kind.code}"
    token = client.get(address).context["form"].token
    return client.post(address, {"token": token, "kind": kind.code, "owner": zone.pk, **FACTS, **typed})


def rows(*listed: dict) -> dict[str, str]:
    """Return the inputs of rows of the table of clocks."""
    inputs = {f"content-{n}-{name}": value for n, row in enumerate(listed) for name, value in row.items()}
    return {"content-rows": f"{len(listed)}", **inputs}


def typed(answer) -> object:
    return json.loads(answer.context["form"]["content"].value())


def focused(answer) -> str:
    """Return the one field with which the typing goes on."""
    [found] = re.findall(r'id="([^"]+)"[^>]* autofocus', answer.content.decode())
    return found


# Rows


def test_a_row_is_added_and_taken_away_by_buttons_and_nothing_is_checked_or_written_yet(desk, zone):
    before = events.last_seq()
    more = send(desk, zone, CLOCKS, **rows(ROW), **{"change-rows": "add content"})
    assert typed(more) == [{"code": "a", "label": "回应", "amount": 2, "unit": "working_day", "basis": "演示文件"}, {}]
    assert (focused(more), more.context["form"].errors) == ("id_content-1-code", {})
    step = send(desk, zone, CLOCKS, **rows(ROW | {"steps-rows": "1", "steps-0-level": "red"}), **{"change-rows": "add content-0-steps"})
    assert (typed(step)["a"]["steps"], focused(step)) == ([["red", None], [None, None]], "id_content-0-steps-1-level")
    less = send(desk, zone, CLOCKS, **rows(ROW, ROW | {"code": "b"}), **{"change-rows": "0 content"})
    assert (list(typed(less)), focused(less)) == (["b"], "id_content-add")
    assert events.last_seq() == before


def test_every_button_says_which_row_it_takes_away_and_enter_presses_none_of_them(desk, zone):
    page = desk.get(f"{reverse('new-rule')}?kind={CLOCKS.code}").content.decode()
    assert 'aria-label="去掉时限第 2 行"' in page
    form = page[page.index('<form method="post" class="card'):]
    assert 'name="preview"' in re.search(r"<button[^>]*>", form)[0]


def test_the_clocks_that_are_typed_are_stored_as_they_always_were(desk, zone):
    row = ROW | {"steps-rows": "3", "steps-0-level": "remind", "steps-0-offset": "-1", "steps-1-level": "yellow", "steps-1-offset": "0"}
    hours = {"unit": "hour", "hours-rows": "2", "hours-0-opening": "08:30", "hours-0-closing": "12:00", "hours-1-opening": "14:00",
             "hours-1-closing": "18:00", "code": "issue.response"}
    assert send(desk, zone, CLOCKS, **rows(row, ROW | hours, {})).status_code == 302  # the row that is empty is none
    assert json.loads(DatedRule.objects.get().content) == {
        "a": {"label": "回应", "amount": 2, "unit": "working_day", "basis": "演示文件", "steps": [["remind", -1], ["yellow", 0]]},
        "issue.response": {"label": "回应", "amount": 2, "unit": "hour", "basis": "演示文件",
                           "hours": [["08:30", "12:00"], ["14:00", "18:00"]]},
    }  # fmt: skip
    page = desk.get(reverse("record", args=["rules", DatedRule.objects.get().pk]))
    assertContains(page, "到期前 1 个工作日提醒，到期当日黄牌")
    assertContains(page, "<del>个工作日</del> → 小时")  # against the shipped table; what was not named stays as it is there
    assertNotContains(page, "行政许可决定</b>")


def test_everything_wrong_is_said_at_once_and_names_its_row(desk, zone):
    answer = send(desk, zone, CLOCKS, **rows(ROW | {"amount": "0"}, ROW, ROW | {"code": "b", "basis": ""}))
    wrong = answer.context["form"].errors["content"]
    assert wrong == ["「a」写了 2 次，请改用不同的代码或去掉一行。", "时限「a」：请写明「时间」（amount）：1 至 9999 的整数。",
                     "时限「b」：请写明「依据」（basis）：规定它的文件。"]
    assert len(typed(answer)) == 3
    assert not DatedRule.objects.exists()


def test_a_rule_is_corrected_row_by_row(desk, zone):
    send(desk, zone, CLOCKS, **rows(ROW, ROW | {"code": "b"}))
    rule = DatedRule.objects.get()
    address = reverse("edit", args=["rules", rule.pk])
    form = desk.get(address).context["form"]
    facts = {**FACTS, "code": rule.code, "kind": CLOCKS.code, "token": form.token, "version": 1, "read": 1, "reason": "改"}
    more = desk.post(address, {**facts, **rows(ROW), "change-rows": "add content"})
    assert (focused(more), typed(more)[1]) == ("id_content-1-code", {})
    assert desk.post(address, {**facts, **rows(ROW | {"amount": "3"})}).status_code == 302
    assert [*json.loads(DatedRule.objects.get().content)] == ["a"]
    changes = desk.get(reverse("record", args=["rules", rule.pk])).context["past"].timeline[0].changes
    assert ("内容", "回应：时间：2；回应：回应：2 个工作日", "回应：时间：3；回应：—") in changes


# The notice


def test_a_notice_is_read_into_the_fields_and_what_does_not_fit_is_named(desk, zone):
    before = events.last_seq()
    answer = send(desk, zone, CALENDAR, notice=NOTICE, **{"change-rows": "read"})
    assert typed(answer) == {"notices": [{"years": [2027], "holidays": [
        {"name": "元旦", "off": ["2027-01-01", "2027-01-03"]}, {"name": "春节", "off": ["2027-02-05", "2027-02-11"]}]}]}
    form = answer.context["form"]
    assert [form[name].value() for name in ("source_document", "published_on")] == [
        "国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕7号）", "2026-11-04"]
    assertContains(answer, "2027-02-14 是星期日，写的是「周六」")
    assertContains(answer, 'title="2027-02-05 春节放假')
    assert [(each.first.month, each.working_days) for each in answer.context["months"]] == [(1, 20), (2, 15)]
    assert (focused(answer), events.last_seq()) == ("read", before)


def test_what_was_read_and_corrected_is_entered_as_the_owners_rule(desk, zone):
    typed_rows = {"content-notices-rows": "1", "content-notices-0-years": "2027", "content-notices-0-holidays-rows": "2",
                  "content-notices-0-holidays-0-name": "春节", "content-notices-0-holidays-0-off": "2027-02-05 至 2027-02-11",
                  "content-notices-0-holidays-0-work": "2027-01-31、2027年2月13日"}
    preview = send(desk, zone, CALENDAR, notice=NOTICE, preview="1", **typed_rows)
    assert preview.context["effect"].changed == [("2027 年", "—", "2027 年：放假 7 天，调休上班 2 天")]
    assertNotContains(preview, "新规则并不起作用")
    assertContains(preview, "2027-02-14 是星期日")  # as long as the text stands there
    assert send(desk, zone, CALENDAR, **typed_rows).status_code == 302
    assert json.loads(DatedRule.objects.get().content) == {"notices": [{"years": [2027], "holidays": [
        {"name": "春节", "off": ["2027-02-05", "2027-02-11"], "work": ["2027-01-31", "2027-02-13"]}]}]}
    board = desk.get(reverse("rules"))
    assertContains(board, "<small>本单位录入</small>", count=1)
    assertNotContains(board, "下一年度的工作日历还没有录入")


def test_a_new_notice_begins_empty_and_takes_no_other_ones_place(desk, zone):
    enter(zone, 2027, "2026-11-19")
    form = desk.get(f"{reverse('new-rule')}?kind={CALENDAR.code}").context["form"]
    assert json.loads(form["content"].value()) == {"notices": [{"years": [2027], "holidays": [{}]}]}
    assert form["supersedes"].value() is None
    enter(zone, 2028, "2026-11-20")
    [standing] = next(standings for kind, _words, standings in desk.get(reverse("rules")).context["kinds"] if kind is CALENDAR)
    assert len([standing.now, *standing.also]) == 2
    assert standing.past == standing.ahead == []
    assert standing.now.changed == [("2027 年", "—", "2027 年：放假 1 天，调休上班 0 天")]


def test_a_notice_that_is_superseded_is_past_and_the_other_is_compared_with_it(desk, zone):
    first = enter(zone, 2027, "2026-11-18")
    enter(zone, 2027, "2026-11-19", last="2027-01-03", supersedes=first)
    [standing] = next(standings for kind, _words, standings in desk.get(reverse("rules")).context["kinds"] if kind is CALENDAR)
    assert ([each.rule for each in standing.past], standing.also) == ([first], [])
    assert standing.now.changed == [("2027 年：元旦：放假", "2027-01-01", "2027-01-01 至 2027-01-03")]


def enter(zone, year: int, published_on: str, last: str = "", **facts) -> DatedRule:
    content = {"notices": [{"years": [year], "holidays": [{"name": "元旦", "off": [f"{year}-01-01", *filter(None, [last])]}]}]}
    [rule] = testing.enter(DatedRule, zone, f"kind | since | published_on | source_document\n"
                  f"{CALENDAR.code} | {published_on} | {published_on} | 演示", content=json.dumps(content), **facts)
    return rule


# What is missing


def test_it_is_told_on_the_rules_at_home_and_by_the_doctor_until_the_notice_is_there(desk, zone, clerk):
    def told() -> list[bool]:
        well, doctor = Doctor()._calendar(Installation.objects.get())
        assert well  # that the State Council has not laid it down yet is no fault of the installation's
        pages = (desk.get(reverse("rules")).content.decode(), desk.get(reverse("home")).content.decode(), doctor)
        return ["下一年度的工作日历还没有录入" in page for page in pages]

    assert told() == [True, True, True]
    enter(zone, 2027, "2026-11-19")
    assert told() == [False, False, False]


def test_it_is_only_a_duty_of_whoever_lays_down_rules(zone, client):
    reader = testing.employ(zone, "reader", "rules.view")
    assert [*duties._calendar(reader, World())] == []
    [duty] = duties._calendar(testing.employ(zone, "keeper", "rules.edit"), World())
    assert (duty.words, duty.address, duty.is_late) == (
        "下一年度的工作日历还没有录入（2027 年）", f"/r/rules/new/?kind=clocks.calendar&owner={zone.pk}", False)


def test_this_years_calendar_is_a_fault(zone, clerk):
    clock.set(datetime(2027, 1, 4, 9, tzinfo=clock.ZONE))
    well, told = Doctor()._calendar(Installation.objects.get())
    assert (well, "2027 年的工作日历还没有录入" in told) == (False, True)
    assert [duty.is_late for duty in duties._calendar(clerk, World())] == [True]


# Looking


def test_a_year_shows_what_each_day_rests_on(desk, zone):
    page = desk.get(reverse("calendar", args=[2026]))
    assert [each.working_days for each in page.context["months"]] == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    assert page.context["working_days"] == 248
    assertContains(page, 'class="instead" title="2026-01-04 元旦调休上班：国务院办公厅关于2026年部分节假日安排的通知')
    assertContains(page, 'class="off" title="2026-01-01 元旦放假：')
    assertContains(page, 'class="rest" title="2026-01-10 休息日"')
    first = page.context["entries"][0]
    assert (f"{first.first}", f"{first.last}", first.length, first.holiday) == ("2026-01-01", "2026-01-03", 3, "元旦")
    assertContains(desk.get(reverse("calendar", args=[2027])), "这一年的节假日安排还没有录入")
    assert desk.get(reverse("calendar", args=[1900])).status_code == 404


def test_an_owners_days_are_seen_by_whoever_may_look_at_its_rules(zone, other, client, clerk):
    enter(zone, 2027, "2026-11-19")
    seen = {}
    for person in (clerk, testing.employ(zone, "nobody", "projects.view"), testing.employ(zone, "elsewhere", "rules.view", at=other)):
        client.force_login(person)
        seen[person.code] = client.get(reverse("calendar", args=[2027]), {"owner": zone.pk}).context["laid"]
    assert seen == {"clerk": True, "nobody": False, "elsewhere": False}


def test_who_lays_down_rules_without_seeing_them_learns_of_no_years(zone, client):
    enter(zone, 2027, "2026-11-19")
    client.force_login(testing.employ(zone, "keeper", "rules.edit"))
    page = client.get(f"{reverse('new-rule')}?kind={CALENDAR.code}")
    assertContains(page, "通知原文")
    assertNotContains(page, "已有的年度")


def test_the_clocks_are_a_table_in_words(desk, zone, client):
    assert send(desk, zone, CLOCKS, **{**rows(ROW | {"code": "issue.response"}), "since": "2026-11-01"}).status_code == 302
    told = {row["code"]: row for row in desk.get(reverse("clocks")).context["rows"]}
    shipped = told["approval.decision"]
    assert [shipped[name] for name in ("label", "time", "start", "extension", "is_own")] == [
        "行政许可决定", "20 个工作日", "次日起算", "可延长 10 个工作日", False]
    assert shipped["escalation"] == "到期前 3 个工作日提醒，到期当日黄牌，到期后 1 个工作日红牌"
    own = told["issue.response"]
    assert (own["label"], own["escalation"], own["is_own"], own["basis"]) == ("回应", "", True, "演示文件")
    client.force_login(testing.employ(zone, "nobody", "projects.view"))
    assert {row["is_own"] for row in client.get(reverse("clocks")).context["rows"]} == {False}
