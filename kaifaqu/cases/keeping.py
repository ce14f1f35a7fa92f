"""What a case keeps of its clocks: when it is due, from when on it has which level of escalation, how long it took.

It is computed from the case's days and steps, the rules and the calendar each time that one of them changes, so that lists
and figures need not. Nothing of it is entered.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kaifaqu.cases.lifecycle import DONE, HALTED_STAGES
from kaifaqu.clocks.calendar import CALENDAR, DAY, Calendar
from kaifaqu.clocks.clocks import Extension, Moment, Pause, Rule, Start, Unit, escalations, first_moment
from kaifaqu.clocks.moments import Clock, Happening, Kind, clock
from kaifaqu.clocks.moments import What as Happened
from kaifaqu.clocks.rules import CLOCKS, LEVELS, Named, clocks_of
from kaifaqu.kernel import clock as time_of
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.world import World

if TYPE_CHECKING:
    from kaifaqu.cases.models import Case

HELD, GOES_ON = ("paused", "put_off"), ("resumed", "taken_up")
OPENINGS = ("reopened", "disputed")  # each gives the whole time anew
_once: ContextVar[World | None] = ContextVar("rules", default=None)


@dataclass(frozen=True)
class Running:
    """One clock of a case: its kind, what the rules call it, the rule as it runs for this case, and how it stands."""

    kind: Kind
    named: Named
    rule: Rule
    clock: Clock


def running(case: "Case", steps: Sequence[Any], world: World | None = None) -> list[Running]:
    """Return the clocks of a case after its steps, by the rules of the day on which it was opened last."""
    world = world or laid_down()
    started = _opened(case, steps)
    since = steps[started:] if started else steps
    opened = steps[started - 1].moment if started else case.opened
    day = first_moment(opened).date()
    named = named_on(case.owner_id, day, world)
    calendar = Calendar.of(case.owner_id, time_of.today(), world)
    pauses, found = list(pauses_of(steps)), []
    for kind, code in case.codes.items():
        began = opened if started else case.began(kind)
        if code in named and began is not None:
            own = case.own(kind, named[code])
            rule = _rule(case, own.rule, day, case.granted(since)) if kind is Kind.RESOLUTION else own.rule
            happenings = [Happening(began, Happened.OPENED), *_happenings(case, since, began)]
            found.append(Running(kind, own, rule, clock(kind, rule, happenings, calendar, pauses)))
    return found


def named_on(owner_id: int, day: date, world: World) -> dict[str, Named]:
    """Return the clocks that hold for the owner on the day, asked for once."""
    return world.once((clocks_of, owner_id, day), lambda: clocks_of(owner_id, day, world))


def refuse_extension(case: "Case", steps: Sequence[Any], amount: int, asked_on: Moment, basis: str) -> None:
    """Raise ValidationError where so much more time may not be asked for on that day: too late, too much, without a basis."""
    extension = Extension(amount, asked_on, asked_on, basis)
    for each in running(case, steps):
        if each.kind is Kind.RESOLUTION:
            counts = each.named.rule.longest_extension is not None and not case.agreed_on  # what was granted before counts as well
            granted = each.rule.amount - each.named.rule.amount if counts else 0
            rule = replace(each.rule, amount=each.rule.amount - granted)
            began = each.clock.started_at
            before, happenings = [Extension(granted, began, began, basis)] if granted else [], [Happening(began, Happened.OPENED)]
            calendar = Calendar.of(case.owner_id, time_of.today(), laid_down())
            clock(Kind.RESOLUTION, rule, happenings, calendar, each.clock.pauses, [*before, extension])


def kept(case: "Case", stage: str) -> dict[str, Any]:
    """Return the facts of a case that follow from its clocks."""
    world, steps, now = laid_down(), case.steps(), time_of.now()
    found, calendar = running(case, steps, world), Calendar.of(case.owner_id, time_of.today(), world)
    facts: dict[str, Any] = {}
    for kind in Kind:
        each = next((one for one in found if one.kind is kind), None)
        facts |= _written(f"{kind.value}_due", each.clock.due.at if each and not _needless(each, stage) else None)
    late = {each.kind for each in found if each.clock.late}
    facts |= {"response_late": Kind.RESPONSE in late, "resolution_late": Kind.RESOLUTION in late}
    resolution = next((each for each in found if each.kind is Kind.RESOLUTION), None)
    facts["provisional"] = resolution is not None and resolution.clock.due.provisional
    if facts["provisional"] and facts["resolution_due_on"]:
        facts["provisional_due_on"] = facts["resolution_due_on"]
    facts |= _escalated(case, found, now, stage, calendar)
    facts["days_taken"] = _days_taken(case, steps, calendar) if case.resolved_on else None
    return facts


def _needless(each: Running, stage: str) -> bool:
    """Tell whether a clock of silence has nothing to wait for any more."""
    return each.kind is Kind.SILENCE and stage in (*DONE, *HALTED_STAGES)


def _escalated(case: "Case", found: Iterable[Running], now: datetime, stage: str, calendar: Calendar) -> dict[str, Any]:
    """Return from when on the case has each level; of one that is done, those that it had come to."""
    begins: dict[str, Moment | None] = dict.fromkeys(LEVELS)
    if stage in DONE:
        begins |= {level: at for level in LEVELS if (at := case.moment(level)) is not None and first_moment(at) <= now}
    else:
        for each in found:
            for step in escalations(each.clock.due, each.rule.steps, calendar) if each.clock.met_at is None else ():
                begins[step.level] = min(filter(None, (begins[step.level], step.at)), key=first_moment)
    return {name: value for level, at in begins.items() for name, value in _written(level, at).items()}


def _written(name: str, at: Moment | None) -> dict[str, Any]:
    """Return a moment as the two columns that hold it."""
    if at is None:
        return {f"{name}_on": None, f"{name}_time": ""}
    if not isinstance(at, datetime):
        return {f"{name}_on": at, f"{name}_time": ""}
    at = at.astimezone(time_of.ZONE)
    return {f"{name}_on": at.date(), f"{name}_time": f"{at:%H:%M}"}


def _opened(case: "Case", steps: Sequence[Any]) -> int:
    """Return the number of steps up to the last opening, that one included; 0 where it was opened once."""
    return max((n for n, step in enumerate(steps, 1) if step.kind in OPENINGS), default=0)


def _happenings(case: "Case", since: Sequence[Any], opened: Moment) -> Iterator[Happening]:
    """Yield what happened since the last opening; what has no time of day happened after the opening of that day."""
    told = [(step.moment, {"updated": Happened.UPDATED, "reminded": Happened.REMINDED}.get(step.kind)) for step in since]
    told += [(case.moment("responded"), Happened.RESPONDED), (case.moment("resolved"), Happened.RESOLVED)]
    for at, what in told:
        if at is not None and what is not None:
            yield Happening(max(at, opened, key=first_moment), what)


def pauses_of(steps: Iterable[Any]) -> Iterator[Pause]:
    """Yield the times in which a case stood still, each with its reason and its basis."""
    begun: Any = None
    for step in steps:
        if step.kind in HELD and begun is None:
            begun = step
        elif step.kind in GOES_ON and begun is not None:
            yield Pause(begun.moment, step.moment, begun.text, begun.basis)
            begun = None
    if begun is not None:
        yield Pause(begun.moment, None, begun.text, begun.basis)


def _rule(case: "Case", rule: Rule, opened: date, more: int) -> Rule:
    """Return the rule as it runs for the case: with the day that was agreed on, and the time that was granted."""
    if case.agreed_on and case.agreed_on >= opened:
        days = (case.agreed_on - opened).days + 1
        return replace(rule, amount=days + more, unit=Unit.CALENDAR_DAY, start=Start.SAME_DAY, roll=False, hours=())
    return replace(rule, amount=rule.amount + more)


def _days_taken(case: "Case", steps: Sequence[Any], calendar: Calendar) -> int | None:
    """Return the working days from after the day on which its clock began last to that on which it was done, without its pauses."""
    started = _opened(case, steps)
    began = steps[started - 1].on if started else case.began(Kind.RESOLUTION)
    if began is None:
        return None
    day = first_moment(began).date()
    held = [(first_moment(each.since).date(), each.until and first_moment(each.until).date()) for each in pauses_of(steps)]
    taken = 0
    while case.resolved_on and day < case.resolved_on:
        day += DAY
        still = any(since <= day and (until is None or day < until) for since, until in held)
        taken += calendar.is_working(day) and not still
    return taken


@contextmanager
def rules_read_once() -> Iterator[None]:
    """Let many cases be counted by the rules as they stand now, without asking for each whether they still do."""
    token = _once.set(laid_down())
    try:
        yield
    finally:
        _once.reset(token)


def laid_down() -> World:
    """Return a world of today's rules: the same one as long as the rules of clocks and calendars stay the same."""
    if (held := _once.get()) is not None:
        return held
    rules = DatedRule.objects.current().filter(kind__in=(CALENDAR.code, CLOCKS.code)).order_by("id")
    return _world(tuple(rules.values_list("id", "owner_id", "since", "until", "published_on", "supersedes_id", "content")))


@lru_cache(8)
def _world(rules: tuple[Any, ...]) -> World:
    return World()
