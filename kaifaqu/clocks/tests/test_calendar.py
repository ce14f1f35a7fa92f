"""The calendar: what the notices lay down, which were out on a day, and what an owner adds."""

import json
import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.clocks.calendar import CALENDAR, Calendar, lacking, shipped, unshipped
from kaifaqu.clocks.clocks import Rule, due
from kaifaqu.kernel import actions, dated, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.world import World

NEW_YEAR = {"notices": [{"years": [2027], "holidays": [
    {"name": "元旦", "off": ["2027-01-01", "2027-01-03"], "work": ["2027-01-09"]},
]}]}  # fmt: skip
LOCAL = {"notices": [{"holidays": [{"name": "市庆", "off": ["2026-03-16"]}, {"name": "补班", "work": ["2026-03-21"]}]}]}


def day(text: str) -> date:
    return date.fromisoformat(text)


def enter(zone, content, published_on: str, **facts) -> DatedRule:
    """Enter a notice of the owner's."""
    [rule] = testing.enter(DatedRule, zone, f"kind | since | published_on | source_document\n"
                           f"clocks.calendar | {published_on} | {published_on} | 演示通知", content=json.dumps(content), **facts)
    return rule


def last_event() -> int:
    return Event.objects.order_by("seq").last().seq


# Each row is one sentence of a notice, typed from it and not from our file: days of rest, then working days on a weekend.
@pytest.mark.parametrize(("rest", "work"), [
    ("2018-02-15 2018-02-21 2018-12-31", "2018-02-11 2018-02-24 2018-12-29"),
    ("2019-05-01 2019-05-02 2019-05-03", "2019-04-28 2019-05-05"),
    ("2020-01-31 2020-02-01 2020-02-02 2020-10-08", "2020-01-19 2020-06-28"),
    ("2021-09-20 2021-10-07", "2021-09-18 2021-09-26"),
    ("2022-04-04 2022-12-31", "2022-10-08 2022-10-09"),
    ("2023-01-02 2023-10-06", "2023-04-23 2023-06-25"),
    ("2024-02-16 2024-06-10", "2024-02-04 2024-09-14"),
    ("2025-01-28 2025-10-08", "2025-01-26 2025-02-08"),
    ("2026-01-02 2026-02-23", "2026-01-04 2026-10-10"),
])  # fmt: skip
def test_the_shipped_notices(calendar, rest, work):
    assert [calendar.is_working(day(each)) for each in rest.split()] == [False] * len(rest.split())
    assert [calendar.is_working(day(each)) for each in work.split()] == [True] * len(work.split())


def test_working_days_a_year(calendar):
    counts = {year: calendar.between(date(year, 1, 1), date(year + 1, 1, 1)) for year in range(2018, 2027)}
    # the weekdays of the year less the days of rest by law: 11, from 2025 on 13; fewer where one falls on a weekend and is not moved
    assert counts == {2018: 250, 2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}


@pytest.mark.parametrize(("on", "asked", "working"), [
    ("2019-03-21", "2019-05-02", True),  # before the Labour Day of 2019 was prolonged
    ("2019-03-22", "2019-05-02", False),
    ("2020-01-26", "2020-02-01", True),
    ("2020-01-27", "2020-02-01", False),  # prolonged at the time of the epidemic
    ("2018-12-05", "2018-12-31", True),
    ("2018-12-06", "2018-12-31", False),  # the notice of 2019 reaches back
])  # fmt: skip
def test_a_notice_counts_from_its_publication(on, asked, working):
    assert Calendar.from_notices(shipped(), day(on)).is_working(day(asked)) is working


@pytest.mark.parametrize(("on", "asked", "settled"), [
    ("2026-12-31", "2026-12-28", True),
    ("2026-12-31", "2026-12-29", False),  # the notice of 2027 may still move it
    ("2026-12-31", "2027-01-04", False),
    ("2018-12-06", "2018-12-31", True),
    ("2025-11-03", "2026-05-01", False),
    ("2025-11-04", "2026-05-01", True),
])  # fmt: skip
def test_what_is_laid_down(on, asked, settled):
    assert Calendar.from_notices(shipped(), day(on)).is_laid_down(day(asked)) is settled


def test_an_owner_adds_a_year_and_what_was_known_before_stays(zone):
    start, rule = date(2026, 12, 28), Rule(4)
    before = due(rule, start, Calendar.of(zone.pk, date(2026, 12, 28), World()))
    known = last_event()
    enter(zone, NEW_YEAR, "2026-12-20")
    world = World()
    after = due(rule, start, Calendar.of(zone.pk, date(2026, 12, 28), world))
    assert (before.at, before.provisional) == (date(2027, 1, 1), True)
    assert (after.at, after.provisional) == (date(2027, 1, 4), False)
    assert due(rule, start, Calendar.of(zone.pk, date(2026, 12, 28), World(known))) == before  # as known then
    assert due(rule, start, Calendar.of(zone.pk, date(2026, 12, 19), world)) == before  # as published then


def test_a_local_correction_is_only_its_owners(zone, other):
    enter(zone, LOCAL, "2026-03-01")
    world, on = World(), date(2026, 12, 1)
    monday, saturday = date(2026, 3, 16), date(2026, 3, 21)
    assert [Calendar.of(zone.pk, on, world).is_working(each) for each in (monday, saturday)] == [False, True]
    assert [Calendar.of(other.pk, on, world).is_working(each) for each in (monday, saturday)] == [True, False]
    assert Calendar.of(zone.pk, on, world).is_working(date(2026, 1, 4))  # the shipped notices still hold


@pytest.mark.parametrize(("on", "rests"), [("2026-03-01", True), ("2026-03-04", True), ("2026-03-05", False), ("2026-03-10", False)])
def test_a_superseded_correction_no_longer_counts(zone, on, rests):
    earlier = enter(zone, LOCAL, "2026-03-01")
    enter(zone, {"notices": [{"holidays": [{"name": "补班", "work": ["2026-03-22"]}]}]}, "2026-03-05", supersedes=earlier)
    assert Calendar.of(zone.pk, day(on), World()).is_working(date(2026, 3, 16)) is not rests


def test_an_ended_and_an_archived_correction_no_longer_count(zone, clerk):
    enter(zone, LOCAL, "2026-03-01", until=date(2026, 3, 10))
    monday = date(2026, 3, 16)
    assert not Calendar.of(zone.pk, date(2026, 3, 9), World()).is_working(monday)
    assert Calendar.of(zone.pk, date(2026, 3, 10), World()).is_working(monday)
    rule = enter(zone, LOCAL, "2026-03-11")
    assert not Calendar.of(zone.pk, date(2026, 3, 11), World()).is_working(monday)
    commit([actions.find("rules.archive").plan(rule, by=clerk, version=1, reason="误录")], by=clerk)
    assert Calendar.of(zone.pk, date(2026, 3, 11), World()).is_working(monday)


@pytest.mark.parametrize(("on", "years"), [
    ("2026-09-30", set()), ("2026-10-01", {2027}), ("2026-12-31", {2027}), ("2027-01-01", {2027}),
    ("2025-10-31", {2026}), ("2025-11-03", {2026}), ("2025-11-04", set()),  # the notice of 2026 came out
])  # fmt: skip
def test_from_october_on_the_next_year_is_missed(on, years):
    assert unshipped(day(on)) == years


def test_an_owner_misses_a_year_until_it_has_a_notice_of_it(zone, other):
    enter(zone, LOCAL, "2026-03-01")  # which lays down no year
    enter(zone, NEW_YEAR, "2026-12-20")
    world = World()
    assert [lacking(zone.pk, day(on), world) for on in ("2026-12-19", "2026-12-20")] == [[2027], []]
    assert lacking(other.pk, day("2026-12-20"), world) == [2027]


@pytest.mark.parametrize(("content", "sentence"), [
    ([], "内容请写成"),
    ({"notices": []}, "请写明「通知」（notices）：至少一行"),
    ({"notices": [{"years": [2027]}]}, "通知第 1 行「2027 年」：请写明「节假日」（holidays）"),
    ({"notices": [{"years": ["2027"], "holidays": [{"name": "元旦", "off": ["2027-01-01"]}]}]},
     "通知第 1 行：请写明「年度」（years）：写成 2027 的样子"),
    ({"notices": [{"published_on": "昨天", "holidays": [{"name": "元旦", "off": ["2027-01-01"]}]}]},
     "通知第 1 行：请写明「发布日期」（published_on）：日期，写成"),
    ({"notices": [{"holidays": [{"off": ["2027-01-01"]}]}]}, "节假日第 1 行：请写明「名称」（name）"),
    ({"notices": [{"holidays": [{"name": "元旦", "off": ["2027-02-30"]}]}]}, "节假日第 1 行「元旦」：请写明「放假」（off）"),
    ({"notices": [{"holidays": [{"name": "元旦"}]}]}, "「元旦」：请写明「放假」或「调休上班」的日子"),
    ({"notices": [{"holidays": [{"name": "元旦", "off": ["2027-01-01", "2027-01-02", "2027-01-03"]}]}]}, "请写明「放假」（off）"),
    ({"notices": [{"holidays": [{"name": "元旦", "off": ["2027-01-01", "2027-03-03"]}]}]}, "60 天以上"),
    ({"notices": [{"holidays": [{"name": "元旦", "off": ["2027-01-03", "2027-01-01"]}]}]}, "最后一天不能早于第一天"),
    ({"notices": [{"holidays": [{"name": "元旦", "off": ["2027-01-03"], "work": ["2027-01-03"]}]}]},
     "「元旦」的 2027-01-03 已写在「元旦」中"),
    ({"notices": [{"years": [2027], "holidays": [{"name": "元旦", "off": ["2026-12-28"]}]}]}, "2026-12-28 不在本通知的年度内"),
    ({"notices": [{"holydays": 1, "holidays": [{"name": "元旦", "off": ["2027-01-01"]}]}]}, "没有「holydays」这一项"),
])  # fmt: skip
def test_what_a_content_may_not_say(zone, content, sentence):
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        enter(zone, content, "2026-12-20")


def test_everything_wrong_is_said_at_once():
    told = CALENDAR.check({"notices": [{"years": 2027, "holidays": [{"name": ""}]}, {}]})
    assert [part in told for part in ("（years）", "（name）", "通知第 2 行")] == [True] * 3


def test_the_shipped_content_is_right_and_told_in_words():
    content = dated.kinds()["clocks.calendar"].shipped().content
    assert CALENDAR.check(content) == ""
    told = CALENDAR.check.words(content)
    assert told.startswith("2018 年：放假 23 天，调休上班 6 天；2019 年：放假 21 天，调休上班 5 天；劳动节：放假 4 天")
    assert "春节：放假 3 天，调休上班 0 天" in told
    assert CALENDAR.check.words([1]) == "[1]"  # as it stands
