"""Clocks: small tables that can be checked on a calendar, and the faults that the clocks of other systems had.

March 2026 has no holiday: the 2nd, 9th, 16th, 23rd and 30th are Mondays. Rest 4 to 6 April, 1 to 5 May; work on 9 May.
"""

from datetime import date, datetime, time

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.clocks.calendar import Calendar, shipped
from kaifaqu.clocks.clocks import Extension, Pause, Rule, Segment, Start, Step, Unit, due, escalations
from kaifaqu.kernel.clock import ZONE

OFFICE = ((time(8, 30), time(12)), (time(14, 30), time(18)))  # seven hours
WEEK = Calendar(frozenset(range(2018, 2028)), {})


def at(text: str) -> date | datetime:
    """Return the day of 2026, or with a time the moment."""
    if " " in text:
        return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    return date.fromisoformat(f"2026-{text}")


def paused(*spans: str) -> list[Pause]:
    """Return pauses, each written as its beginning and its end; one that is open ends in nothing."""
    ends = [each.partition(" - ")[::2] for each in spans]
    return [Pause(at(since), at(until) if until else None, "听证", "行政许可法第四十五条") for since, until in ends]


def asked(amount: int, on: str) -> Extension:
    return Extension(amount, at(on), at(on), "行政许可法第四十二条")


@pytest.mark.parametrize(("start", "amount", "last"), [
    ("03-02", 1, "03-03"),
    ("03-02", 5, "03-09"),
    ("03-06", 1, "03-09"),  # a Friday
    ("03-07", 1, "03-09"),  # a Saturday
    ("02-13", 1, "02-14"),  # a Saturday on which people work
    ("02-13", 2, "02-24"),  # after the Spring Festival
    ("04-30", 3, "05-08"),
    ("04-30", 4, "05-09"),  # a Saturday on which people work
    ("03-02 23:59", 1, "03-03"),
])  # fmt: skip
def test_working_days(calendar, start, amount, last):
    assert due(Rule(amount), at(start), calendar).at == at(last)


@pytest.mark.parametrize(("start", "amount", "roll", "last"), [
    ("03-02", 10, False, "03-12"),
    ("03-02", 5, False, "03-07"),  # a Saturday
    ("03-02", 5, True, "03-09"),
    ("03-02", 4, True, "03-06"),
    ("03-30", 5, True, "04-07"),  # 4 April, a day of rest like the two that follow
    ("04-29", 10, True, "05-09"),  # a Saturday on which people work
])  # fmt: skip
def test_calendar_days(calendar, start, amount, roll, last):
    assert due(Rule(amount, Unit.CALENDAR_DAY, roll=roll), at(start), calendar).at == at(last)


@pytest.mark.parametrize(("start", "amount", "hours", "end"), [
    ("03-06 17:30", 1, (), "03-06 18:30"),
    ("03-06 17:30", 24, (), "03-07 17:30"),
    ("03-06 09:00", 1, OFFICE, "03-06 10:00"),
    ("03-06 11:30", 1, OFFICE, "03-06 15:00"),  # over noon
    ("03-06 17:30", 1, OFFICE, "03-09 09:00"),  # over the weekend
    ("03-06 17:00", 1, OFFICE, "03-06 18:00"),  # to the end of the day, not the next morning
    ("04-30 17:00", 8, OFFICE, "05-06 18:00"),
    ("03-06 09:00", 14, OFFICE, "03-10 09:00"),
])  # fmt: skip
def test_hours(calendar, start, amount, hours, end):
    assert due(Rule(amount, Unit.HOUR, Start.SAME_DAY, hours=hours), at(start), calendar).at == at(end)


@pytest.mark.parametrize(("unit", "start", "event", "end"), [
    (Unit.WORKING_DAY, Start.NEXT_DAY, "03-06", "03-10"),
    (Unit.WORKING_DAY, Start.SAME_DAY, "03-06", "03-09"),
    (Unit.WORKING_DAY, Start.NEXT_WORKING_DAY, "03-06", "03-10"),
    (Unit.CALENDAR_DAY, Start.NEXT_DAY, "03-06", "03-08"),
    (Unit.CALENDAR_DAY, Start.SAME_DAY, "03-06", "03-07"),
    (Unit.CALENDAR_DAY, Start.NEXT_WORKING_DAY, "03-06", "03-10"),
    (Unit.HOUR, Start.NEXT_DAY, "03-06 10:00", "03-07 02:00"),
    (Unit.HOUR, Start.SAME_DAY, "03-06 10:00", "03-06 12:00"),
    (Unit.HOUR, Start.NEXT_WORKING_DAY, "03-06 10:00", "03-09 02:00"),
])  # fmt: skip
def test_the_timer_starts_where_the_rule_says(calendar, unit, start, event, end):
    """SpiffWorkflow#390: where a timer started changed between versions. Here it is part of the rule, and of this table."""
    assert due(Rule(2, unit, start), at(event), calendar).at == at(end)


@pytest.mark.parametrize(("pauses", "last"), [
    ([], "03-06"),
    (["03-03 - 03-05"], "03-10"),  # Tuesday and Wednesday; Thursday counts again
    (["03-02 - 03-03"], "03-06"),  # the day of the event does not count anyway
    (["03-06 - 03-07"], "03-09"),  # on the last day
    (["03-06 - 03-08"], "03-09"),  # to a Sunday
    (["03-09 - 03-20"], "03-06"),  # after expiry
    (["03-03 - 03-04", "03-05 - 03-06"], "03-10"),
    (["03-03 - 03-05", "03-04 - 03-06"], "03-11"),  # one into the other: three days, not four
    (["03-03 - 03-03"], "03-06"),  # nothing
    (["03-04 - "], None),
    (["03-09 - "], "03-06"),
])  # fmt: skip
def test_hold_time_is_right(calendar, pauses, last):
    """ERPNext PR 47884 and 49414: the time on hold was counted wrongly."""
    assert due(Rule(4), at("03-02"), calendar, paused(*pauses)).at == (last and at(last))


def test_a_pause_over_a_holiday_does_not_count_twice(calendar):
    # 30 April, then rest to 5 May: of the pause only 30 April and 6 May are working days
    assert due(Rule(3), at("04-28"), calendar).at == at("05-06")
    assert due(Rule(3), at("04-28"), calendar, paused("04-30 - 05-07")).at == at("05-08")


def test_hours_on_hold(calendar):
    rule = Rule(4, Unit.HOUR, Start.SAME_DAY, hours=OFFICE)
    assert due(rule, at("03-02 09:00"), calendar).at == at("03-02 15:30")
    held = due(rule, at("03-02 09:00"), calendar, paused("03-02 10:00 - 03-02 15:00"))
    assert held.at == at("03-02 18:00")
    assert [str(each.counted) for each in held.segments] == ["1:00:00", "0:00:00", "3:00:00"]


def test_a_weekend_can_become_a_working_day(calendar):
    """GLPI#467, and what was added in Strata#1958 and business-day#62: a Saturday on which people work."""
    assert due(Rule(1), at("05-08"), calendar).at == at("05-09")
    assert due(Rule(1, Unit.HOUR, Start.SAME_DAY, hours=OFFICE), at("05-09 09:00"), calendar).at == at("05-09 10:00")


def test_a_holiday_is_not_ignored(calendar):
    """jBPM PR 233: a timer ran through a holiday."""
    assert due(Rule(1, Unit.HOUR, Start.SAME_DAY, hours=OFFICE), at("04-30 17:30"), calendar).at == at("05-06 09:00")


@pytest.mark.parametrize(("event", "end"), [
    ("03-06 07:00", "03-06 10:30"), ("03-06 13:00", "03-06 16:30"), ("03-06 20:00", "03-09 10:30"), ("03-07 09:00", "03-09 10:30"),
])  # fmt: skip
def test_a_start_outside_opening_hours(calendar, event, end):
    """jBPM PR 1830: a start before opening hours was wrong."""
    assert due(Rule(2, Unit.HOUR, Start.SAME_DAY, hours=OFFICE), at(event), calendar).at == at(end)


def test_a_working_day_is_not_24_hours_of_work(calendar):
    """jmix#790: one day on a business calendar became 24 business hours."""
    assert due(Rule(1), at("03-02 09:00"), calendar).at == at("03-03")
    assert due(Rule(24, Unit.HOUR, Start.SAME_DAY, hours=OFFICE), at("03-02 09:00"), calendar).at == at("03-05 12:00")


@pytest.mark.parametrize("rule", [
    Rule(3), Rule(3, Unit.CALENDAR_DAY, roll=True), Rule(3, Unit.CALENDAR_DAY, Start.NEXT_WORKING_DAY),
    Rule(15, Unit.HOUR, Start.SAME_DAY, hours=OFFICE),
])  # fmt: skip
def test_the_calendar_is_not_ignored(calendar, rule):
    """pm4py#558: a calendar was accepted and ignored."""
    assert due(rule, at("04-30 09:00"), calendar).at != due(rule, at("04-30 09:00"), WEEK).at


def test_segments(calendar):
    [pause] = paused("03-04 - 03-10")
    found = due(Rule(3), at("03-02"), calendar, [pause])
    assert found.segments == (
        Segment(at("03-03"), at("03-04"), 1, None), Segment(at("03-04"), at("03-10"), 0, pause), Segment(at("03-10"), at("03-12"), 2, None),
    )  # fmt: skip
    assert found.leans == tuple(map(at, ("03-03", "03-10", "03-11")))


@pytest.mark.parametrize(("rule", "start", "pauses", "provisional"), [
    (Rule(3), "12-22", [], False),
    (Rule(5), "12-22", [], True),  # to 29 December, which the notice of the next year may still move
    (Rule(30), "12-22", [], True),
    (Rule(20, Unit.CALENDAR_DAY), "12-22", [], False),  # asks no calendar
    (Rule(20, Unit.CALENDAR_DAY, roll=True), "12-22", [], True),
    (Rule(20, Unit.HOUR), "12-31 10:00", [], False),
    (Rule(3), "12-22", ["12-24 - "], False),
    (Rule(2), "12-22", ["12-25 - 12-31"], False),
    (Rule(3), "12-22", ["12-25 - 12-31"], True),
])  # fmt: skip
def test_what_leans_on_a_year_without_calendar_is_provisional(calendar, rule, start, pauses, provisional):
    assert due(rule, at(start), calendar, paused(*pauses)).provisional is provisional


@pytest.mark.parametrize(("extensions", "last"), [
    ([(2, "03-04")], "03-10"),
    ([(2, "03-06")], "03-10"),  # on the last day
    ([(2, "03-06"), (1, "03-10")], "03-11"),  # on the last day of the time already extended
    ([(3, "03-10"), (2, "03-06")], "03-13"),  # in whatever order they are written
])  # fmt: skip
def test_extensions(calendar, extensions, last):
    assert due(Rule(4), at("03-02"), calendar, (), [asked(*each) for each in extensions]).at == at(last)


@pytest.mark.parametrize(("rule", "pauses", "extensions", "sentence"), [
    (Rule(4), [], [(2, "03-09")], "2026-03-09 申请延期已迟：期限到 2026-03-06，最迟应在 2026-03-06 申请。"),
    (Rule(4), ["03-03 - 03-04"], [(2, "03-10")], "期限到 2026-03-09"),
    (Rule(4), [], [(2, "03-05"), (1, "03-11")], "期限到 2026-03-10"),
    (Rule(4, ask_ahead=1), [], [(2, "03-06")], "最迟应在 2026-03-05 申请"),
    (Rule(4, longest_extension=10), [], [(6, "03-03"), (5, "03-04")], "延期合计 11，超过规定的 10。"),
])  # fmt: skip
def test_an_extension_that_is_refused(calendar, rule, pauses, extensions, sentence):
    with pytest.raises(ValidationError, match=sentence):
        due(rule, at("03-02"), calendar, paused(*pauses), [asked(*each) for each in extensions])


def test_an_extension_while_it_is_held(calendar):
    held = paused("03-04 - ")
    assert due(Rule(4), at("03-02"), calendar, held, [asked(2, "04-01")]).at is None


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: Pause(at("03-03"), None, " ", "行政许可法第四十五条"), "自 2026-03-03 的中止请写明原因和依据。"),
    (lambda: Pause(at("03-03"), None, "听证", ""), "请写明原因和依据"),
    (lambda: Pause(at("03-03"), at("03-02"), "听证", "行政许可法第四十五条"), "不能在 2026-03-02 就恢复"),
    (lambda: Extension(0, at("03-03"), at("03-03"), "第四十二条"), "请写明延长多少"),
    (lambda: Extension(1, at("03-03"), at("03-03"), ""), "和依据"),
    (lambda: Extension(1, at("03-03"), at("03-02"), "第四十二条"), "不能在 2026-03-02 就批准"),
    (lambda: Rule(0), "时限不能少于 1。"),
])  # fmt: skip
def test_what_is_refused(make, sentence):
    with pytest.raises(ValidationError, match=sentence):
        make()


STEPS = (Step("yellow", 0), Step("red", 3), Step("remind", -1))


@pytest.mark.parametrize(("rule", "start", "moments"), [
    (Rule(4), "03-02", ["remind 03-05", "yellow 03-06", "red 03-11"]),
    (Rule(3), "04-28", ["remind 04-30", "yellow 05-06", "red 05-09"]),
    (Rule(1, Unit.HOUR, Start.SAME_DAY), "03-06 17:30", ["remind 03-05 18:30", "yellow 03-06 18:30", "red 03-11 18:30"]),
])  # fmt: skip
def test_escalations(calendar, rule, start, moments):
    reached = escalations(due(rule, at(start), calendar), STEPS, calendar)
    assert [(each.level, each.at, each.provisional) for each in reached] == [
        (level, at(moment), False) for level, moment in (each.split(" ", 1) for each in moments)]


def test_an_escalation_into_a_year_without_calendar_is_provisional(calendar):
    reached = escalations(due(Rule(3), at("12-22"), calendar), STEPS, calendar)
    assert [each.provisional for each in reached] == [False, False, True]


def test_nothing_escalates_while_it_is_held(calendar):
    assert escalations(due(Rule(4), at("03-02"), calendar, paused("03-04 - ")), STEPS, calendar) == []


def test_a_due_date_is_recomputed_when_the_year_is_entered():
    start, rule = date(2019, 4, 25), Rule(5)
    first, then = (Calendar.from_notices(shipped(), date(2019, 3, each)) for each in (21, 22))
    # 28 April became a working Sunday, 2 and 3 May days of rest, 5 May a working Sunday
    assert (due(rule, start, first).at, due(rule, start, then).at) == (date(2019, 5, 3), date(2019, 5, 5))
