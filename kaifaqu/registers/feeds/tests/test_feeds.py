"""Feeds: how they stand on a day, what is warned of, and the two figures; a dead feed has no value."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, clock, events, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.feeds import standing, watching
from kaifaqu.registers.feeds.indicators import LIVE_FEEDS, OPEN_ALERTS
from kaifaqu.registers.feeds.models import Alert, Feed, Kind, Reading
from kaifaqu.registers.story import moment

DAY = date(2030, 8, 5)


@pytest.fixture(autouse=True)
def _today(zone):
    clock.set(moment(DAY))


@pytest.fixture
def feeds(zone):
    """Return four feeds: one well, one beyond its limit, one dead, one that has never sent; and one that has ended."""
    found = testing.enter(Feed, zone, """
        code | name | measures | unit | every  | low | high | limit_basis | ended_on
        F1   | 进水 | 水量     | 吨   | daily  |     | 100  | 设计        |
        F2   | 出水 | 浓度     | 度   | daily  | 5   | 50   | 标准        |
        F3   | 水表 | 水量     | 吨   | weekly |     |      |             |
        F4   | 电表 | 电量     | 度   | daily  |     |      |             |
        F5   | 旧表 | 水量     | 吨   | daily  |     |      |             | 2030-08-05
    """)
    testing.enter(Reading, zone, """
        feed | day        | time  | value
        F1   | 2030-08-04 |       | 100
        F2   | 2030-08-05 | 08:00 | 30
        F2   | 2030-08-05 | 14:30 | 50.0001
        F3   | 2030-07-28 |       | 0
        F5   | 2030-08-01 |       | 7
    """)
    return found


def test_how_feeds_stand(zone, clerk, feeds):
    told = [(each.feed.code, each.value, each.is_dead, each.beyond, each.words) for each in standing.seen_by(clerk)]
    assert told == [
        ("F3", "0 吨", True, None, "最近一次数据 2030-07-28，应每周一次"),
        ("F4", "—", True, None, "还没有来过数据，应每天一次"),
        ("F2", "50.0001 度", False, Kind.HIGH, "2030-08-05 14:30 为 50.0001 度，应不低于 5 度，不高于 50 度"),
        ("F1", "100 吨", False, None, ""),
    ]


@pytest.mark.parametrize(("value", "beyond"), [("4.9999", Kind.LOW), ("5", None), ("50", None), ("50.0001", Kind.HIGH)])
def test_a_limit_itself_is_not_beyond_it(zone, clerk, feeds, value, beyond):
    testing.enter(Reading, zone, f"feed|day|time|value\nF2|2030-08-05|16:00|{value}")
    [found] = [each for each in standing.seen_by(clerk) if each.feed.code == "F2"]
    assert (found.beyond, found.words) == (beyond, f"2030-08-05 16:00 为 {value} 度，应不低于 5 度，不高于 50 度" if beyond else "")


def test_what_is_written_while_it_looks_is_looked_at_next_time(zone, feeds, monkeypatch):
    looked = []

    def look() -> None:
        if not looked:
            testing.enter(Reading, zone, "feed|day|value\nF1|2030-08-05|100.5", by=SYSTEM)  # after the look, before its end
        looked.append(1)

    monkeypatch.setattr(watching, "_seen", (-10.0, None))
    monkeypatch.setattr(watching, "PAUSE", 0)
    monkeypatch.setattr(watching, "raise_due", look)
    for _time in range(3):
        watching.watch()
    assert len(looked) == 2


@pytest.mark.parametrize(("every", "last", "dead"), [
    ("daily", "2030-08-04", False), ("daily", "2030-08-03", True), ("weekly", "2030-07-29", False), ("weekly", "2030-07-28", True),
    ("monthly", "2030-07-05", False), ("monthly", "2030-07-04", True),
    ("quarterly", "2030-05-05", False), ("quarterly", "2030-05-04", True),
])
def test_a_feed_is_dead_after_its_cadence(zone, clerk, every, last, dead):
    testing.enter(Feed, zone, f"code|name|measures|unit|every\nF1|表|量|吨|{every}")
    testing.enter(Reading, zone, f"feed|day|value\nF1|{last}|1")
    [found] = standing.seen_by(clerk)
    assert found.is_dead is dead
    assert LIVE_FEEDS.figure(Period.parse(f"{DAY}"), scope={zone}).value == (0 if dead else 1)


def test_live_feeds_on_a_day_and_as_known(zone, feeds):
    def live(day, known=None):
        return {row.code for row in LIVE_FEEDS.figure(Period.parse(day), scope={zone}, known=known).records}

    known = events.last_seq()
    assert live("2030-08-05") == {"F1", "F2"}
    assert live("2030-08-04") == {"F1", "F3"}  # F5 has been silent since the first
    assert live("2030-08-02") == {"F3", "F5"}
    testing.enter(Reading, zone, "feed|day|value\nF3|2030-08-05|0")
    assert live("2030-08-05") == {"F1", "F2", "F3"}
    assert live("2030-08-05", known) == {"F1", "F2"}


def test_warnings_are_raised_once_and_closed_by_whoever_has_seen_to_them(zone, clerk, feeds):
    watching.raise_due()
    watching.raise_due()
    found = {each.feed.code: each for each in Alert.objects.current()}
    assert {code: each.kind for code, each in found.items()} == {"F2": "high", "F3": "silent", "F4": "silent"}
    today = Period.parse(f"{DAY}")
    assert OPEN_ALERTS.figure(today, scope={zone}).value == 3

    close = actions.find("alerts.close").plan
    with pytest.raises(ValidationError, match="请写明处理结果"):
        close(found["F2"], by=clerk, version=1, outcome=" ")
    [closed] = commit([close(found["F2"], by=clerk, version=1, outcome="已复测")], by=clerk)
    assert (closed.closed_on, closed.person, closed.outcome) == (DAY, clerk, "已复测")
    assert OPEN_ALERTS.figure(today, scope={zone}).value == 2
    assert [each.offers("close") for each in (found["F3"], closed)] == [True, False]
    with pytest.raises(ValidationError, match="已于 2030-08-05 办结"):
        close(closed, by=clerk, version=2, outcome="再来")
    watching.raise_due()  # somebody has seen to it: of the same reading there is nothing new to say
    assert OPEN_ALERTS.figure(today, scope={zone}).value == 2
    testing.enter(Reading, zone, "feed|day|time|value\nF2|2030-08-05|23:00|99", by=SYSTEM)
    watching.raise_due()  # still beyond with a new reading
    assert OPEN_ALERTS.figure(today, scope={zone}).value == 3


def test_nothing_to_warn_of_is_said(zone, clerk):
    with pytest.raises(ValidationError, match="没有新的预警"):
        actions.find("alerts.look").plan(zone, by=clerk)


@pytest.mark.parametrize(("facts", "said"), [
    ({"low": "5", "high": "4", "limit_basis": "标准"}, "下限不能大于上限"), ({"high": "4"}, "限值依据"),
])
def test_limits_that_cannot_be(zone, clerk, facts, said):
    with pytest.raises(ValidationError, match=said):
        actions.find("feeds.create").plan(zone, by=clerk, facts={"name": "表", "measures": "量", "unit": "吨", **facts})


@pytest.mark.parametrize(("facts", "said"), [
    ({"day": "2030-08-06"}, "还没有到"), ({"time": "8点"}, "08:30"), ({"value": None}, "值"),
])
def test_readings_that_cannot_be(zone, clerk, feeds, facts, said):
    create = actions.find("readings.create").plan
    with pytest.raises(ValidationError, match=said):
        commit([create(zone, by=clerk, facts={"feed": feeds[0], "day": "2030-08-05", "value": "1", **facts})], by=clerk)


def test_one_reading_a_moment(zone, clerk, feeds):
    with pytest.raises(ValidationError, match="已有读数"):
        testing.enter(Reading, zone, "feed|day|time|value\nF2|2030-08-05|14:30|1", by=SYSTEM)


class TestFeeds(testing.RegisterTests):
    register = Feed

    def facts(self, zone):
        return {"name": "进水", "measures": "水量", "unit": "吨", "every": "daily", "high": "100", "limit_basis": "设计"}


class TestReadings(testing.RegisterTests):
    register = Reading

    def facts(self, zone):
        [feed] = testing.enter(Feed, zone, "code|name|measures|unit\nF1|进水|水量|吨")
        return {"feed": feed, "day": "2024-08-05", "value": "12.5"}


class TestAlerts(testing.RegisterTests):
    register = Alert

    def facts(self, zone):
        [feed] = testing.enter(Feed, zone, "code|name|measures|unit\nF1|进水|水量|吨")
        return {"feed": feed, "kind": "high", "found_on": "2024-08-05"}
