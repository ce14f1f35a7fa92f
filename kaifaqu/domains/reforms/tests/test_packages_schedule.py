"""The longest path, counted by hand on July 2024: the 1st is a Monday."""

from datetime import date

import pytest

from kaifaqu.clocks.calendar import Calendar
from kaifaqu.clocks.clocks import Pause
from kaifaqu.domains.reforms.packages_schedule import Part, bridged, cycle, longest, ordered, schedule

WEEK = Calendar(frozenset({2024}), {})
NEEDS = {"filing": (), "plan": ("filing",), "eia": ("filing",), "permit": ("plan", "eia")}
DAYS = {"filing": 1, "plan": 5, "eia": 4, "permit": 3}


def july(day):
    """Return a day of July 2024."""
    return date(2024, 7, day)


def planned(today=1, **happened):
    """Return by item its start, finish and slack, and the critical path; `happened` are facts of the parts."""
    parts = [Part(key, DAYS[key], NEEDS[key], **happened.get(key, {})) for key in NEEDS]
    found = schedule(parts, july(1), WEEK, july(today))
    return {key: (each.start.day, each.finish.day, each.slack) for key, each in found.stretches.items()}, "、".join(found.critical)


def test_what_waits_for_two_starts_when_the_later_is_due():
    assert planned() == ({
        "filing": (1, 2, 0),    # Tuesday
        "plan": (2, 9, 0),      # five working days after the 2nd, over a weekend
        "eia": (2, 8, 1),       # a day before, so it may slip one
        "permit": (9, 12, 0),
    }, "filing、plan、permit")  # fmt: skip


def test_a_pause_moves_what_waits_for_it_and_nothing_else():
    paused = {"accepted": july(2), "pauses": (Pause(july(3), july(8), "补正", "第三十二条"),)}  # Wednesday to Friday do not count
    assert planned(eia=paused, filing={"accepted": july(1), "done": july(2)}, plan={"accepted": july(2)}) == ({
        "filing": (1, 2, 0), "plan": (2, 9, 2), "eia": (2, 11, 0), "permit": (11, 16, 0)}, "filing、eia、permit")  # fmt: skip


def test_an_open_pause_is_counted_until_today():
    paused = {"accepted": july(2), "pauses": (Pause(july(3), None, "补正", "第三十二条"),)}
    assert planned(8, eia=paused)[0]["eia"] == (2, 11, 0)
    assert planned(9, eia=paused)[0]["eia"] == (2, 12, 0)


def test_what_was_done_early_lets_the_next_start_early():
    told, critical = planned(plan={"accepted": july(2), "done": july(4)}, eia={"accepted": july(2), "done": july(5)})
    assert (told["permit"], critical) == ((5, 10, 0), "filing、eia、permit")


def test_the_longest_path_is_not_the_sum():
    assert (longest(DAYS, NEEDS), sum(DAYS.values())) == (9, 13)
    assert longest({"a": 3, "b": 7}, {"a": (), "b": ()}) == 7
    assert longest({}, {}) == 0


def test_what_is_left_out_is_bridged_by_what_it_needs():
    assert bridged(NEEDS, ["filing", "permit"]) == {"filing": [], "permit": ["filing"]}
    assert bridged(NEEDS, ["eia", "permit"]) == {"eia": [], "permit": ["eia"]}


@pytest.mark.parametrize(("needs", "found"), [
    ({"a": ["a"]}, "aa"), ({"a": ["b"], "b": ["c"], "c": ["b"]}, "bcb"), ({"a": ["b", "c"], "b": [], "c": ["b"]}, ""), ({}, ""),
    ({"a": ["x"], "b": ["a"]}, ""),
])  # fmt: skip
def test_a_circle_is_found_with_the_keys_along_it(needs, found):
    assert "".join(cycle(needs)) == found


def test_a_circle_has_no_order():
    assert ordered(NEEDS) == ["filing", "plan", "eia", "permit"]
    with pytest.raises(ValueError, match="b"):
        ordered({"a": ["b"], "b": ["a"]})
