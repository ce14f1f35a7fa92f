"""What happened, and the three clocks over it; days of March 2026, which has no holiday and begins on a Sunday."""

from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.clocks.clocks import Extension, Pause, Rule, Start, Unit
from kaifaqu.clocks.moments import Happening, Kind, State, What, clock
from kaifaqu.kernel.clock import ZONE

RULES = {Kind.RESPONSE: Rule(2), Kind.RESOLUTION: Rule(10), Kind.SILENCE: Rule(5)}


def day(number: int) -> date:
    return date(2026, 3, number)


def happened(text: str) -> list[Happening]:
    """Return what is written as `2 opened, 3 responded`."""
    pairs = (each.split() for each in text.split(", "))
    return [Happening(day(int(number)), What(what)) for number, what in pairs]


@pytest.mark.parametrize(("text", "response", "resolution", "silence"), [
    ("2 opened", 4, 16, 9),
    ("2 opened, 3 responded", 4, 16, 10),
    ("2 opened, 3 responded, 6 updated", 4, 16, 13),
    ("2 opened, 6 reminded", 4, 16, 9),
    ("2 opened, 3 updated, 6 reminded, 9 reminded", 4, 16, 10),
    ("2 opened, 3 responded, 6 resolved", 4, 16, 10),
    ("2 opened, 3 responded, 6 resolved, 9 updated", 4, 16, 10),  # what follows the end starts nothing
    ("2 opened, 3 responded, 6 resolved, 9 reopened", 11, 23, 16),
    ("9 reopened, 2 opened, 6 resolved, 10 responded", 11, 23, 17),  # in whatever order they are written
])  # fmt: skip
def test_the_three_clocks(calendar, text, response, resolution, silence):
    due = [clock(kind, RULES[kind], happened(text), calendar).due.at for kind in (Kind.RESPONSE, Kind.RESOLUTION, Kind.SILENCE)]
    assert due == [day(response), day(resolution), day(silence)]


def test_the_silence_clock_is_not_restarted_by_asking_for_news(calendar):
    """osTicket#407: to ask for an update restarted the clock of silence."""
    quiet, asked = happened("2 opened"), happened("2 opened, 4 reminded, 6 reminded")
    assert clock(Kind.SILENCE, Rule(5), asked, calendar) == clock(Kind.SILENCE, Rule(5), quiet, calendar)


@pytest.mark.parametrize(("text", "kind", "states"), [
    ("2 opened", Kind.RESPONSE, "2 running, 4 running, 5 expired, 31 expired"),
    ("2 opened, 4 responded", Kind.RESPONSE, "3 running, 4 met, 9 met"),
    ("2 opened, 6 responded", Kind.RESPONSE, "4 running, 5 expired, 6 met"),
    ("2 opened, 3 resolved", Kind.RESPONSE, "2 running, 3 met"),  # who solves it answers
    ("2 opened, 3 responded", Kind.RESOLUTION, "3 running, 16 running, 17 expired"),
    ("2 opened, 3 resolved, 9 reopened", Kind.RESOLUTION, "9 running, 23 running, 24 expired"),
])  # fmt: skip
def test_states(calendar, text, kind, states):
    found = clock(kind, RULES[kind], happened(text), calendar)
    pairs = [each.split() for each in states.split(", ")]
    assert [found.state(day(int(number))) for number, _state in pairs] == [State(state) for _number, state in pairs]


@pytest.mark.parametrize(("hour", "minute", "state"), [(11, 59, State.RUNNING), (12, 0, State.RUNNING), (12, 1, State.EXPIRED)])
def test_a_clock_of_hours_expires_after_its_moment(calendar, hour, minute, state):
    opened = [Happening(datetime(2026, 3, 2, 10, tzinfo=ZONE), What.OPENED)]
    found = clock(Kind.RESPONSE, Rule(2, Unit.HOUR, Start.SAME_DAY), opened, calendar)
    assert found.state(datetime(2026, 3, 2, hour, minute, tzinfo=ZONE)) is state


def test_a_clock_expires_by_itself(calendar):
    """viewflow#317: a task had no end on timeout. Nothing needs to happen for a clock to expire, and it can be met after that."""
    late = clock(Kind.RESOLUTION, Rule(2), happened("2 opened, 9 resolved"), calendar)
    assert [late.state(day(n)) for n in (4, 5, 9)] == [State.RUNNING, State.EXPIRED, State.MET]
    assert (late.late, clock(Kind.RESOLUTION, Rule(2), happened("2 opened, 4 resolved"), calendar).late) == (True, False)


def test_a_clock_under_way_can_take_another_rule(calendar):
    """viewflow#74: a running process could not be migrated. A clock is read from what happened, under whichever rule is given."""
    course, held = happened("2 opened, 3 responded"), [Pause(day(4), day(6), "检测", "行政许可法第四十五条")]
    assert clock(Kind.RESOLUTION, Rule(10), course, calendar, held).due.at == day(18)
    assert clock(Kind.RESOLUTION, Rule(5), course, calendar, held).due.at == day(11)
    assert clock(Kind.RESOLUTION, Rule(5, Unit.CALENDAR_DAY, Start.SAME_DAY), course, calendar, held).due.at == day(8)


@pytest.mark.parametrize(("since", "until", "states"), [
    (4, 10, "3 running, 4 paused, 9 paused, 10 running, 11 running, 12 expired"),
    (4, None, "3 running, 4 paused, 31 paused"),
    (6, None, "5 running, 6 expired, 31 expired"),  # it had expired before
])  # fmt: skip
def test_states_with_a_pause(calendar, since, until, states):
    held = Pause(day(since), until and day(until), "检测", "行政许可法第四十五条")
    found = clock(Kind.RESOLUTION, Rule(3), happened("2 opened"), calendar, [held])
    pairs = [each.split() for each in states.split(", ")]
    assert [found.state(day(int(number))) for number, _state in pairs] == [State(state) for _number, state in pairs]


def test_a_reopening_gives_the_whole_time_anew(calendar):
    held = Pause(day(3), day(5), "检测", "行政许可法第四十五条")
    more = Extension(4, day(5), day(5), "主办单位批准")
    course = "2 opened, 6 resolved"
    first = clock(Kind.RESOLUTION, Rule(3), happened(course), calendar, [held], [more])
    again = clock(Kind.RESOLUTION, Rule(3), happened(f"{course}, 9 reopened"), calendar, [held], [more])
    assert (first.due.at, first.reopened, first.met_at) == (day(13), 0, day(6))
    assert (again.due.at, again.reopened, again.met_at) == (day(12), 1, None)


def test_what_was_never_opened_has_no_clock(calendar):
    with pytest.raises(ValidationError, match="还没有登记，不能计时。"):
        clock(Kind.RESPONSE, Rule(2), happened("2 updated"), calendar)
