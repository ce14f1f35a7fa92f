"""What happened to something owed, and the three clocks that it drives: response, resolution and silence. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.clocks.calendar import Calendar
from kaifaqu.clocks.clocks import Due, Extension, Moment, Pause, Rule, due, first_moment


class What(StrEnum):
    """What happened. An update is the handler's; a reminder is anybody's who asks for one."""

    OPENED = "opened"
    RESPONDED = "responded"
    UPDATED = "updated"
    REMINDED = "reminded"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class Happening(NamedTuple):
    """One thing that happened, and when."""

    at: Moment
    what: What


class Kind(StrEnum):
    """The three clocks: until the first response, until it is resolved, and since the handler was last heard of."""

    RESPONSE = "response"
    RESOLUTION = "resolution"
    SILENCE = "silence"


OPENING = {What.OPENED, What.REOPENED}
# What starts each clock, and what meets it. A reminder is in neither: to ask for news is no news.
STARTS = {
    Kind.RESPONSE: OPENING, Kind.RESOLUTION: OPENING, Kind.SILENCE: OPENING | {What.RESPONDED, What.UPDATED},
}  # fmt: skip
MEETS = {
    Kind.RESPONSE: {What.RESPONDED, What.RESOLVED}, Kind.RESOLUTION: {What.RESOLVED}, Kind.SILENCE: {What.RESOLVED},
}  # fmt: skip


class State(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    EXPIRED = "expired"
    MET = "met"


STATES = {State.RUNNING: _("计时中"), State.PAUSED: _("中止"), State.EXPIRED: _("超期"), State.MET: _("已完成")}


@dataclass(frozen=True)
class Clock:
    """One clock: when it started last, when it is due, when it was met, and how many times it was re-opened before."""

    started_at: Moment
    due: Due
    met_at: Moment | None
    pauses: tuple[Pause, ...]
    reopened: int

    def state(self, at: Moment) -> State:
        """Return how it stands at a moment that is not before its start. It expires by itself: nothing needs to happen."""
        moment = first_moment(at)
        if self.met_at is not None and first_moment(self.met_at) <= moment:
            return State.MET
        if self.due.is_past(at):
            return State.EXPIRED
        held = any(
            first_moment(each.since) <= moment and (each.until is None or moment < first_moment(each.until)) for each in self.pauses)
        return State.PAUSED if held else State.RUNNING

    @property
    def late(self) -> bool:
        """Return whether it was met after it had expired."""
        return self.met_at is not None and self.due.is_past(self.met_at)


def clock(
    kind: Kind, rule: Rule, happenings: Sequence[Happening], calendar: Calendar,
    pauses: Iterable[Pause] = (), extensions: Iterable[Extension] = (),
) -> Clock:  # fmt: skip
    """Return the clock of the kind after what happened. A re-opening gives the whole time anew.

    Pauses that ended and extensions that were asked for before the last re-opening do not count. Raise ValidationError
    where it was never opened, and as `due` does.
    """
    ordered = sorted(happenings, key=lambda each: first_moment(each.at))
    opened = next((n for n in reversed(range(len(ordered))) if ordered[n].what in OPENING), None)
    if opened is None:
        raise ValidationError(_t("还没有登记，不能计时。"))
    current = ordered[opened:]
    started = max(n for n, each in enumerate(current) if each.what in STARTS[kind] and not _met(kind, current[:n]))
    met = next((each.at for each in current if each.what in MEETS[kind]), None)
    since = first_moment(current[0].at)
    kept = tuple(each for each in pauses if met is None or first_moment(each.since) < first_moment(met))  # it runs no more
    granted = [each for each in extensions if first_moment(each.asked_on) >= since]
    found = due(rule, current[started].at, calendar, kept, granted)
    return Clock(current[started].at, found, met, kept, sum(each.what is What.REOPENED for each in ordered))


def _met(kind: Kind, happenings: Iterable[Happening]) -> bool:
    return any(each.what in MEETS[kind] for each in happenings)
