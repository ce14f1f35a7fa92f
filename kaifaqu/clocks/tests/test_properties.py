"""What must hold of every clock, whatever its start, pauses, extensions, re-openings and corrections of the calendar."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kaifaqu.clocks.calendar import DAY, Calendar, Laid, shipped
from kaifaqu.clocks.clocks import Extension, Pause, Rule, Start, Step, Unit, due, escalations
from kaifaqu.clocks.moments import Happening, Kind, What, clock
from kaifaqu.kernel.clock import ZONE

CALENDAR = Calendar.from_notices(shipped(), date(2026, 12, 31))
OFFICE = ((time(8, 30), time(12)), (time(14, 30), time(18)))

amounts = st.integers(1, 30)
starts = st.dates(date(2018, 1, 1), date(2026, 8, 31))
days = st.integers(0, 60)
rules = st.one_of(
    st.builds(Rule, amounts, st.just(Unit.WORKING_DAY), st.sampled_from(Start)),
    st.builds(Rule, amounts, st.just(Unit.CALENDAR_DAY), st.sampled_from(Start), st.booleans()),
    st.builds(Rule, amounts, st.just(Unit.HOUR), st.sampled_from(Start), st.just(False), st.sampled_from([(), OFFICE])),
)


@st.composite
def pauses(draw, start: date, most: int = 4) -> list[Pause]:
    """Draw pauses, in whatever order, that may overlap, be empty, and begin before the clock or after it."""
    spans = draw(st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 20)), max_size=most))
    return [Pause(start + since * DAY, start + (since + length) * DAY, "检测", "行政许可法第四十五条") for since, length in spans]


def cases():
    """Draw a start with pauses about it."""
    return starts.flatmap(lambda start: st.tuples(st.just(start), pauses(start)))


def held(start: date, since: int, length: int) -> Pause:
    return Pause(start + since * DAY, start + (since + length) * DAY, "检测", "行政许可法第四十五条")


def moment(at: date | datetime) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(), ZONE)


@given(amounts, starts, days, days)
def test_a_pause_of_so_many_working_days_moves_the_due_date_by_exactly_so_many(amount, start, since, length):
    pause, plain = held(start, since, length), due(Rule(amount), start, CALENDAR)
    counts = pause.since <= plain.at  # a pause that begins later comes too late
    lost = CALENDAR.between(max(pause.since, start + DAY), max(pause.until, start + DAY)) if counts else 0
    assert due(Rule(amount), start, CALENDAR, [pause]).at == CALENDAR.step(plain.at, lost)


@given(rules, cases(), st.randoms())
def test_the_order_of_pauses_does_not_matter(rule, case, random):
    start, spans = case
    shuffled = random.sample(spans, len(spans))
    one, other = (due(rule, start, CALENDAR, each) for each in (spans, shuffled))
    assert (one.at, one.provisional, one.leans) == (other.at, other.provisional, other.leans)


@given(rules, cases())
def test_overlapping_pauses_count_once(rule, case):
    start, spans = case
    each_day = {pause.since + n * DAY for pause in spans for n in range((pause.until - pause.since).days)}
    single = [held(day, 0, 1) for day in each_day]
    assert due(rule, start, CALENDAR, spans).at == due(rule, start, CALENDAR, single).at


@given(rules, cases())
def test_it_is_never_due_in_a_pause(rule, case):
    start, spans = case
    at = moment(due(rule, start, CALENDAR, spans).at)
    if rule.unit is Unit.HOUR:  # a moment may be the last before a pause begins
        at -= timedelta(microseconds=1)
    assert not any(moment(each.since) <= at < moment(each.until) for each in spans)


@given(rules, cases())
def test_the_segments_follow_on_each_other_and_add_up(rule, case):
    start, spans = case
    segments = due(rule, start, CALENDAR, spans).segments
    assert all(one.until == other.since for one, other in pairwise(segments))
    assert all(one.pause or other.pause for one, other in pairwise(segments))
    total = sum((each.counted for each in segments), timedelta() if rule.unit is Unit.HOUR else 0)
    assert total == (timedelta(hours=rule.amount) if rule.unit is Unit.HOUR else rule.amount)
    assert not any(each.counted for each in segments if each.pause)


@given(rules, cases(), st.lists(amounts, min_size=1, max_size=3))
def test_extensions_never_shorten_and_add_to_the_amount(rule, case, more):
    start, spans = case
    extensions = [Extension(amount, start, start, "主办单位批准") for amount in more]
    plain, extended = due(rule, start, CALENDAR, spans), due(rule, start, CALENDAR, spans, extensions)
    assert extended.at > plain.at or rule.roll and extended.at >= plain.at  # of calendar days the roll may swallow some
    assert extended.at == due(replace(rule, amount=rule.amount + sum(more)), start, CALENDAR, spans).at


@given(rules, cases(), days, days)
def test_due_dates_are_monotone_in_start_and_amount(rule, case, later, more):
    start, spans = case
    first = due(rule, start, CALENDAR, spans).at
    assert due(rule, start + later * DAY, CALENDAR, spans).at >= first
    assert due(replace(rule, amount=rule.amount + more), start, CALENDAR, spans).at >= first


@given(rules, cases(), st.integers(-10, 90))
def test_a_correction_of_the_calendar_moves_only_the_clocks_that_lean_on_it(rule, case, offset):
    start, spans = case
    day = start + offset * DAY
    corrected = replace(CALENDAR, days={**CALENDAR.days, day: Laid(not CALENDAR.is_working(day), "更正", "更正")})
    before, after = (due(rule, start, each, spans) for each in (CALENDAR, corrected))
    if day not in before.leans:
        assert before == after
    elif rule.unit is Unit.WORKING_DAY and rule.start is not Start.NEXT_WORKING_DAY:
        assert before.at != after.at


@given(amounts, cases())
def test_a_due_date_of_working_days_is_a_working_day(amount, case):
    start, spans = case
    found = due(Rule(amount), start, CALENDAR, spans)
    assert CALENDAR.is_working(found.at)
    assert sum(CALENDAR.is_working(each) for each in found.leans) == amount


@given(rules, cases(), st.integers(0, 60))
def test_an_open_pause_holds_what_is_not_due_before_it(rule, case, since):
    start, spans = case
    stop = Pause(start + since * DAY, None, "检测", "行政许可法第四十五条")
    plain, stopped = (due(rule, start, CALENDAR, each) for each in (spans, [*spans, stop]))
    before = moment(plain.at) <= moment(stop.since) if rule.unit is Unit.HOUR else plain.at < stop.since
    assert stopped.at == (plain.at if before else None)


@given(rules, cases(), st.integers(1, 400))
def test_a_reopened_clock_is_like_a_new_one(rule, case, after):
    start, spans = case
    assume(start.year + after // 365 < 2026)
    again = start + after * DAY
    assume(all(each.until <= again for each in spans))
    course = [Happening(start, What.OPENED), Happening(again, What.RESOLVED), Happening(again, What.REOPENED)]
    extensions = [Extension(3, start, start, "主办单位批准")]
    found = clock(Kind.RESOLUTION, rule, course, CALENDAR, spans, extensions)
    assert (found.due, found.reopened) == (due(rule, again, CALENDAR), 1)


@given(rules, starts, st.lists(st.integers(-10, 10), min_size=1, max_size=5))
def test_escalations_stand_in_the_order_of_their_offsets(rule, start, offsets):
    found = due(rule, start, CALENDAR)
    reached = escalations(found, [Step("remind", each) for each in offsets], CALENDAR)
    assert [each.at for each in reached] == sorted(each.at for each in reached)
    assert all((each.at < found.at, each.at == found.at, each.at > found.at)[(offset > -1) + (offset > 0)]
               for each, offset in zip(reached, sorted(offsets), strict=True))


@settings(max_examples=20)
@given(st.dates(date(2018, 1, 1), date(2026, 12, 31)), amounts)
def test_a_settled_due_date_stays_when_further_notices_come_out(start, amount):
    """Unless a notice corrects another, as those of 2019 and 2020 did; both named days that were laid down already."""
    known = Calendar.from_notices(shipped(), start)
    early = due(Rule(amount), start, known)
    corrected = {date(2019, 4, 28), *(date(2019, 5, n) for n in (2, 3, 5)), date(2020, 1, 31), date(2020, 2, 1)}
    if not early.provisional and not corrected & {*early.leans}:
        assert due(Rule(amount), start, CALENDAR).at == early.at
