"""A person's calendar: who opens it, what stands in it, and how another program reads it."""

import json
import re
from datetime import date, datetime

import pytest
import vobject
from django.urls import reverse

from kaifaqu.clocks.rules import CLOCKS
from kaifaqu.interfaces.icalendar.models import CalendarKey, digest
from kaifaqu.interfaces.icalendar.writing import written
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM, Installation, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import Event
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Entry
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import moment
from kaifaqu.sheets.models import Collection

DAY = date(2030, 8, 5)
LONG = "年产三十万套新能源汽车轻量化铝合金底盘结构件及其智能检测生产线（二期，含配套研发中心和危险废物暂存库）建设项目" * 2


@pytest.fixture(autouse=True)
def _stand(zone):
    clock.set(moment(DAY))


@pytest.fixture
def work(zone, clerk):
    """Return the zone with planned projects, a collection and two cases, of which the clerk holds one."""
    testing.enter(Project, zone, f"""
        code | name   | signed_on  | expected_start_on | started_on | expected_completion_on
        P1   | 碳纤维 | 2030-01-05 | 2030-08           |            |
        P2   | {LONG} | 2030-01-05 |                   | 2030-03-01 | 2030-12-20
        P3   | 远的   | 2030-01-05 | 2035-01-01        |            |
    """)
    testing.enter(Collection, zone, "code|name|target|period|due_on\nS1|八月进展|progress|2030-07|2030-08-10")
    [firm] = testing.enter(Enterprise, zone, "code|name\nQ1|某企业")
    facts = {"category": "land", "enterprise": firm, "opened_on": "2030-08-01", "holder": zone}
    testing.enter(Issue, zone, "code|title|agreed_on\nN1|用地手续|2030-08-09", person=clerk, **facts)
    testing.enter(Issue, zone, "code|title|agreed_on\nN2|别人承办|2030-08-09", person=testing.employ(zone, "another"), **facts)
    return zone


@pytest.fixture
def key(clerk):
    return CalendarKey.make(clerk)


def fetched(client, key):
    return client.get(reverse("calendar-feed", args=[key]))


def read(answer):
    """Return the events as vobject reads them, by UID without the host."""
    found = vobject.readOne(answer.content.decode())
    return {str(each.uid.value).partition("@")[0]: each for each in found.contents.get("vevent", [])}


def titles(answer):
    return sorted(str(each.summary.value) for each in read(answer).values())


def test_what_stands_in_it_as_another_program_reads_it(work, clerk, key, client):
    answer = fetched(client, key)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert titles(answer) == sorted([
        "2030-08 计划开工：P1 碳纤维", f"2030-12-20 计划竣工：P2 {LONG}", "收表截止：S1 八月进展", "办结期限：N1 用地手续"])


def test_a_due_day_is_a_whole_day(work, clerk, key, client):
    issue = Issue.objects.get(code="N1")
    event = read(fetched(client, key))[f"issues-{issue.pk}-due"]
    assert (event.dtstart.value, event.dtend.value) == (date(2030, 8, 9), date(2030, 8, 10))
    assert f"DTSTART;VALUE=DATE:{event.dtstart.value:%Y%m%d}\r\n" in fetched(client, key).content.decode()
    [start] = [each for name, each in read(fetched(client, key)).items() if name.endswith("expected_start")]
    assert start.dtstart.value == date(2030, 8, 31)  # a plan to the month is due on its last day


def test_a_case_that_is_due_at_a_time_of_day_is_an_hour_that_ends_with_it_and_a_late_one_stays(work, zone, clerk, key, client):
    """N3 was opened at 9:30 and had two hours; N4 was due on 1 August; what falls into a year that is not laid down may move."""
    clocks = CLOCKS.shipped().content
    hours = {"label": "难点堵点化解", "amount": 2, "unit": "hour", "start": "same_day", "basis": "演示文件",
             "hours": [["09:00", "12:00"], ["14:00", "18:00"]]}
    rule = {"kind": CLOCKS.code, "since": "2030-01-01", "published_on": "2030-01-01", "source_document": "演示文件",
            "content": json.dumps(clocks | {"issue.resolution": hours})}
    commit([actions.find("rules.create").plan(zone, by=SYSTEM, facts=rule)], by=SYSTEM)
    firm = Enterprise.objects.get(code="Q1")
    facts = {"category": "land", "enterprise": firm, "holder": zone, "person": clerk}
    testing.enter(Issue, zone, "code|title|opened_on|opened_time\nN3|停水|2030-08-05|09:30", **facts)
    testing.enter(Issue, zone, "code|title|opened_on|agreed_on\nN4|旧的|2030-07-01|2030-08-01", **facts)
    events = {str(each.summary.value): each for each in read(fetched(client, key)).values()}
    at = events["办结期限（暂定）：N3 停水"]
    assert [f"{each.value:%Y-%m-%d %H:%M}" for each in (at.dtstart, at.dtend)] == ["2030-08-05 10:30", "2030-08-05 11:30"]
    assert events["办结期限：N4 旧的"].dtstart.value == date(2030, 8, 1)


def test_a_moment_stands_in_the_time_of_shanghai(work, zone, clerk):
    project = Project.objects.get(code="P1")
    at, end = (datetime(2030, 8, 9, hour, 30, tzinfo=clock.ZONE) for hour in (9, 11))
    text = written([Entry(project, "meeting", "调度会", "P1", at, end)], clerk, Installation.objects.get()).decode()
    assert "DTSTART;TZID=Asia/Shanghai:20300809T093000\r\n" in text
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n" in text
    assert "TZOFFSETTO:+0800" in text
    [event] = vobject.readOne(text).contents["vevent"]
    assert event.dtstart.value.utctimetuple()[:5] == (2030, 8, 9, 1, 30)
    assert event.dtend.value.utctimetuple()[:5] == (2030, 8, 9, 3, 30)


def test_lines_end_with_crlf_and_have_at_most_75_octets_with_no_character_cut(work, key, client):
    body = fetched(client, key).content
    lines = body.split(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert len([line for line in lines if line.startswith(b" ")]) > 3  # the long title is folded
    for line in lines:
        line.decode()
    assert LONG in body.replace(b"\r\n ", b"").decode()
    assert b"VALARM" not in body


def test_an_entry_keeps_its_uid_and_its_sequence_grows(work, zone, clerk, key, client):
    project = Project.objects.get(code="P1")
    before = read(fetched(client, key))[f"projects-{project.pk}-expected_start"]
    clock.set(moment(DAY, 60))
    commit([actions.find("projects.correct").plan(
        project, by=clerk, version=1, facts={"expected_start_on": "2030-09-15"}, reason="推迟")], by=clerk)
    after = read(fetched(client, key))[f"projects-{project.pk}-expected_start"]
    assert (before.uid.value, before.sequence.value) == (after.uid.value, "0")
    assert (after.sequence.value, after.dtstart.value) == ("1", date(2030, 9, 15))
    assert after.last_modified.value == Event.objects.order_by("-seq").first().at.replace(microsecond=0)
    assert before.last_modified.value < after.last_modified.value


def test_the_same_entries_are_the_same_bytes_and_need_not_be_sent_again(work, key, client):
    first, second = fetched(client, key), fetched(client, key)
    assert first.content == second.content
    again = client.get(reverse("calendar-feed", args=[key]), headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_done_or_called_off_is_gone(work, zone, clerk, key, client):
    project, issue = Project.objects.get(code="P1"), Issue.objects.get(code="N1")
    commit([actions.find("projects.start").plan(
        project, by=clerk, version=1, started_on="2030-08-05", started_evidence="许可证")], by=clerk)
    commit([actions.find("issues.archive").plan(issue, by=clerk, version=issue.row_version, reason="重复登记")], by=clerk)
    assert titles(fetched(client, key)) == sorted([f"2030-12-20 计划竣工：P2 {LONG}", "收表截止：S1 八月进展"])


def test_it_holds_code_and_name_only(work, zone, clerk, key, client):
    issue = Issue.objects.get(code="N1")
    commit([actions.find("issues.correct").plan(
        issue, by=clerk, version=issue.row_version, facts={"demand": "不可外传的诉求"}, reason="补充")], by=clerk)
    body = fetched(client, key).content.replace(b"\r\n ", b"").decode()
    assert "不可外传" not in body
    assert "某企业" not in body
    assert {*re.findall(r"^([A-Z-]+)[;:]", body.split("BEGIN:VEVENT", 1)[1], re.M)} <= {
        "BEGIN", "END", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "LAST-MODIFIED", "TRANSP", "URL"}


def test_it_is_open_without_a_sign_in_and_only_by_the_key(work, clerk, key, client):
    assert "_auth_user_id" not in client.session
    assert fetched(client, key).status_code == 200
    answer = fetched(client, key[:-1] + ("A" if key[-1] != "A" else "B"))
    assert answer.status_code == 404
    assert "日历地址无效" in answer.content.decode()


def test_only_the_hash_is_kept_and_a_key_is_not_to_be_guessed(clerk):
    keys = {CalendarKey.make(clerk) for _each in range(20)}
    assert len(keys) == 20
    assert min(map(len, keys)) >= 43  # 32 octets of chance
    kept = CalendarKey.objects.get()
    assert kept.digest not in keys
    assert kept.digest in {digest(key) for key in keys}


def test_a_revoked_key_a_replaced_one_and_an_old_one_open_nothing(work, clerk, client):
    client.force_login(clerk)
    first = re.search(r"calendar/([\w-]+)\.ics", client.post(reverse("own-calendar")).content.decode())[1]
    second = re.search(r"calendar/([\w-]+)\.ics", client.post(reverse("own-calendar")).content.decode())[1]
    assert [fetched(client, key).status_code for key in (first, second)] == [404, 200]
    assert "calendar/" + second not in client.get(reverse("own-calendar")).content.decode()  # shown once
    client.post(reverse("revoke-calendar"))
    assert fetched(client, second).status_code == 404
    third = CalendarKey.make(clerk)
    clock.set(moment(date(2031, 8, 4)))
    assert fetched(client, third).status_code == 200
    clock.set(moment(date(2031, 8, 5)))
    assert fetched(client, third).status_code == 404


def test_making_and_revoking_leave_a_note_without_the_key(clerk, client):
    client.force_login(clerk)
    key = re.search(r"calendar/([\w-]+)\.ics", client.post(reverse("own-calendar")).content.decode())[1]
    client.post(reverse("revoke-calendar"))
    notes = [*Event.objects.order_by("-seq")[:2]]
    assert [each.action for each in notes] == ["users.close_calendar", "users.open_calendar"]
    assert not [each for each in notes if key in each.payload or digest(key) in each.payload]


def test_rights_are_those_of_today(work, zone, client):
    person = testing.employ(zone, "reader", "projects.view")
    key = CalendarKey.make(person)
    assert len(titles(fetched(client, key))) == 2
    membership = testing.Party._meta.apps.get_model("kernel.Membership").objects.get(user=person)
    commit([actions.find("memberships.archive").plan(membership, by=SYSTEM, version=1, reason="调离")], by=SYSTEM)
    answer = fetched(client, key)
    assert (answer.status_code, titles(answer)) == (200, [])
    account = User.objects.get(pk=person.pk)
    commit([actions.find("users.correct").plan(
        account, by=SYSTEM, version=account.row_version, facts={"is_active": False}, reason="离职")], by=SYSTEM)
    assert fetched(client, key).status_code == 404


def test_a_person_without_rights_has_an_empty_calendar(work, stranger, client):
    assert titles(fetched(client, CalendarKey.make(stranger))) == []


def test_the_page_shows_what_the_calendar_holds(work, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("own-calendar"))
    assert [each.record.code for each in page.context["entries"]] == ["N1", "S1", "P1", "P2"]
    assert page.context["key"] is None


def test_a_room_offers_what_it_has(zone, clerk, monkeypatch):
    monkeypatch.setattr(agenda, "_sources", [])

    @agenda.source
    def visits(user, since, until):
        yield Entry(zone, "visit", "走访", "Z", until)
        yield Entry(zone, "visit", "走访", "Z", since)

    assert [each.at for each in agenda.entries(clerk)] == [date(2030, 7, 5), date(2031, 8, 6)]
