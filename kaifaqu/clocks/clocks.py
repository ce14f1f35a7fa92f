"""When something is due: a rule, the moment it starts, pauses and extensions, counted on a calendar. No database.

Days are counted as 民法典 §201 and §203 say: the day of the event is not counted, the last day is, to its end; 行政许可法 §82
counts working days. The time of a hearing, a tender, a test or an expert review is not counted (行政许可法 §45): a pause.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.clocks.calendar import DAY, Calendar
from kaifaqu.kernel.clock import ZONE

Moment = date | datetime  # a date for clocks that count days; for those that count hours, it is the day's first moment


class Unit(StrEnum):
    """What a rule counts."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"


class Start(StrEnum):
    """Where counting begins: after the day of the event, on it (hours: at the moment itself), on the next working day after it."""

    NEXT_DAY = "next_day"
    SAME_DAY = "same_day"
    NEXT_WORKING_DAY = "next_working_day"


class Step(NamedTuple):
    """One step of an escalation: its level, and working days after the due date, before it where negative."""

    level: str
    offset: int


@dataclass(frozen=True)
class Rule:
    """How much time there is.

    `roll`: a last calendar day that is a day of rest moves to the next working day (民法典 §203). `hours`: the hours of
    work of a working day, in which alone a clock of hours runs; without them it runs day and night. An extension may be
    no longer than `longest_extension`, all together, and is asked for `ask_ahead` working days before expiry at the latest.
    Raise ValidationError where the amount is less than one.
    """

    amount: int
    unit: Unit = Unit.WORKING_DAY
    start: Start = Start.NEXT_DAY
    roll: bool = False
    hours: tuple[tuple[time, time], ...] = ()
    longest_extension: int | None = None
    ask_ahead: int = 0
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValidationError(_("时限不能少于 1。"))


@dataclass(frozen=True)
class Pause:
    """A time that is not counted: from its beginning to before its end, both in moments or in days; open without end.

    So the day on which it begins is not counted, and the day on which it ends is again. Raise ValidationError without a
    reason or a basis in law, and where it ends before it begins.
    """

    since: Moment
    until: Moment | None
    reason: str
    basis: str

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.basis.strip():
            raise ValidationError(_("自 {since} 的中止请写明原因和依据。").format(since=self.since))
        if self.until is not None and first_moment(self.until) < first_moment(self.since):
            raise ValidationError(_("自 {since} 的中止不能在 {until} 就恢复：恢复不早于中止。").format(since=self.since, until=self.until))


@dataclass(frozen=True)
class Extension:
    """More time, in the unit of the rule: how much, when it was asked for and granted, and on what basis.

    Raise ValidationError where nothing is added, where the basis is missing, and where it was granted before it was asked for.
    """

    amount: int
    asked_on: Moment
    granted_on: Moment
    basis: str

    def __post_init__(self) -> None:
        if self.amount < 1 or not self.basis.strip():
            raise ValidationError(_("{asked} 申请的延期请写明延长多少（不少于 1）和依据。").format(asked=self.asked_on))
        if first_moment(self.granted_on) < first_moment(self.asked_on):
            raise ValidationError(_("{asked} 申请的延期不能在 {granted} 就批准：批准不早于申请。").format(
                asked=self.asked_on, granted=self.granted_on))


class Segment(NamedTuple):
    """A part of a clock's time, to before `until`: running (how much was counted, in days or as a duration) or a pause."""

    since: Moment
    until: Moment | None
    counted: int | timedelta
    pause: Pause | None


@dataclass(frozen=True)
class Due:
    """When it is due: to the end of a day, or at a moment; None while an open pause holds it. Its segments tell how.

    `leans` are the days of which the calendar was asked. It is provisional when one of them is not laid down yet.
    """

    at: Moment | None
    provisional: bool
    segments: tuple[Segment, ...]
    leans: tuple[date, ...]

    def is_past(self, moment: Moment) -> bool:
        """Return whether it has expired at the moment."""
        if self.at is None:
            return False
        return first_moment(moment) > self.at if isinstance(self.at, datetime) else _day(moment) > self.at


def due(
    rule: Rule, started_at: Moment, calendar: Calendar, pauses: Iterable[Pause] = (), extensions: Iterable[Extension] = (),
) -> Due:  # fmt: skip
    """Return when it is due.

    Raise ValidationError for an extension that was asked for too late, or is longer than the rule allows.
    """
    counter: _Days | _Hours = (_Hours if rule.unit is Unit.HOUR else _Days)(rule, started_at, calendar)
    at = counter.at
    ordered = [replace(each, since=at(each.since), until=each.until and at(each.until)) for each in pauses]
    ordered = sorted((each for each in ordered if each.since != each.until), key=lambda each: each.since)
    amount = rule.amount
    for extension in sorted(extensions, key=lambda each: first_moment(each.asked_on)):
        _refuse_late(extension, rule, _counted(counter, amount, ordered), calendar)
        amount += extension.amount
    if rule.longest_extension is not None and amount - rule.amount > rule.longest_extension:
        raise ValidationError(_("延期合计 {total}，超过规定的 {longest}。").format(
            total=amount - rule.amount, longest=rule.longest_extension))
    return _counted(counter, amount, ordered)


def _refuse_late(extension: Extension, rule: Rule, before: Due, calendar: Calendar) -> None:
    if before.at is None:
        return
    last = before.at if not rule.ask_ahead else calendar.step(_day(before.at), -rule.ask_ahead)
    if replace(before, at=last).is_past(extension.asked_on):
        raise ValidationError(_("{asked} 申请延期已迟：期限到 {due}，最迟应在 {last} 申请。").format(
            asked=extension.asked_on, due=before.at, last=last))


def _counted(counter: "_Days | _Hours", amount: int, pauses: Sequence[Pause]) -> Due:
    """Return when the amount has been counted, running from pause to pause. The pauses stand in order and may overlap."""
    counter.asked = []
    at: Any = counter.begin()  # here and below days where days are counted, else moments
    left: Any = counter.size(amount)
    end: Any = None
    segments = []
    while end is None:
        pause = next((each for each in pauses if each.since <= at and (each.until is None or at < each.until)), None)
        if pause is None:
            stop: Any = min((each.since for each in pauses if each.since > at), default=None)
            counted, end = counter.run(at, stop, left)
            segments.append(Segment(at, end or stop, counted, None))
            left -= counted
            at = stop
        else:
            segments.append(Segment(at, pause.until, counter.size(0), pause))
            if pause.until is None:
                break
            at = pause.until
    provisional = not all(map(counter.calendar.is_laid_down, counter.asked))
    return Due(end and counter.last(end), provisional, tuple(segments), tuple(counter.asked))


class _Counter:
    """Counts on a calendar, and keeps of which days it was asked."""

    def __init__(self, rule: Rule, started_at: Moment, calendar: Calendar):
        self.rule, self.started_at, self.calendar = rule, started_at, calendar
        self.asked: list[date] = []

    def works(self, day: date) -> bool:
        """Return whether the day is a working day."""
        self.asked.append(day)
        return self.calendar.is_working(day)

    def first(self) -> date:
        """Return the first day that may be counted."""
        day = _day(self.started_at)
        if self.rule.start is not Start.SAME_DAY:
            day += DAY
        while self.rule.start is Start.NEXT_WORKING_DAY and not self.works(day):
            day += DAY
        return day


class _Days(_Counter):
    """Counts whole days, working days or all."""

    @staticmethod
    def at(moment: Moment) -> date:
        return _day(moment)

    @staticmethod
    def size(amount: int) -> int:
        return amount

    @staticmethod
    def last(end: date) -> date:
        """Return the last day: a day is due to its end."""
        return end - DAY

    def begin(self) -> date:
        return self.first()

    def run(self, at: date, stop: date | None, left: int) -> tuple[int, date | None]:
        """Return how many days count from the one day to before the other, and the day after the last where all are counted."""
        counted = 0
        while counted < left and (stop is None or at < stop):
            counted += self._counts(at, left - counted)
            at += DAY
        return counted, at if counted == left else None

    def _counts(self, day: date, left: int) -> bool:
        """Return whether the day counts. Where a day of rest may not be the last one, it waits for a working day."""
        if self.rule.unit is Unit.CALENDAR_DAY and not (self.rule.roll and left == 1):
            return True
        return self.works(day)


class _Hours(_Counter):
    """Counts hours, in the hours of work of working days or day and night."""

    @staticmethod
    def at(moment: Moment) -> datetime:
        return first_moment(moment)

    @staticmethod
    def size(amount: int) -> timedelta:
        return timedelta(hours=amount)

    @staticmethod
    def last(end: datetime) -> datetime:
        return end

    def begin(self) -> datetime:
        """Return the first moment that may be counted."""
        return first_moment(self.started_at if self.rule.start is Start.SAME_DAY else self.first())

    def run(self, at: datetime, stop: datetime | None, left: timedelta) -> tuple[timedelta, datetime | None]:
        """Return how much counts from the one moment to the other, and the moment at which all is counted."""
        counted, day = timedelta(), at.date()
        while stop is None or datetime.combine(day, time.min, ZONE) < stop:
            for opening, closing in self._open(day):
                since, until = max(opening, at), min(closing, stop or closing)
                if left - counted <= until - since:
                    return left, since + (left - counted)
                counted += max(until - since, timedelta())
            day += DAY
        return counted, None

    def _open(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans of a day in which the clock may run."""
        if not self.rule.hours:
            midnight = datetime.combine(day, time.min, ZONE)
            yield midnight, midnight + DAY
        elif self.works(day):
            for opening, closing in self.rule.hours:
                yield datetime.combine(day, opening, ZONE), datetime.combine(day, closing, ZONE)


class Escalation(NamedTuple):
    """A moment at which something escalates, and to which level; provisional like the due date, or because its day is."""

    at: Moment
    level: str
    provisional: bool


def escalations(found: Due, steps: Iterable[Step], calendar: Calendar) -> list[Escalation]:
    """Return when each step is taken, in order: so many working days before or after the due date; none while it is held."""
    if found.at is None:
        return []
    reached = []
    for step in sorted(steps, key=lambda each: each.offset):
        day = calendar.step(_day(found.at), step.offset)
        at = datetime.combine(day, found.at.timetz()) if isinstance(found.at, datetime) else day
        span = sorted((_day(found.at), day))
        settled = all(map(calendar.is_laid_down, (span[0] + n * DAY for n in range((span[1] - span[0]).days + 1))))
        reached.append(Escalation(at, step.level, found.provisional or not settled))
    return reached


def _day(moment: Moment) -> date:
    """Return the day of a moment in Asia/Shanghai."""
    return moment.astimezone(ZONE).date() if isinstance(moment, datetime) else moment


def first_moment(moment: Moment) -> datetime:
    """Return a moment in Asia/Shanghai, of a day the first one."""
    return moment.astimezone(ZONE) if isinstance(moment, datetime) else datetime.combine(moment, time.min, ZONE)
