"""When a package is due: the longest path through its items, counted on a calendar. No database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from kaifaqu.clocks.calendar import DAY, Calendar
from kaifaqu.clocks.clocks import Pause, Rule, due, first_moment

Key = TypeVar("Key")


@dataclass(frozen=True)
class Part:
    """One item as the schedule sees it: its working days, what it waits for, and what has happened to it so far."""

    key: Any
    days: int
    needs: tuple[Any, ...] = ()
    accepted: date | None = None
    done: date | None = None
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """One item in the schedule: from when to when it runs, and how many working days it may slip before the package does.

    `finish` is the day on which it was done, else its due day. An open pause is counted until today (`held`): the item
    cannot be due earlier.
    """

    part: Part
    start: date
    due: date
    finish: date
    held: bool = False
    slack: int = 0
    critical: bool = False


@dataclass(frozen=True)
class Schedule:
    """The items of a package in an order in which none comes before what it needs, and the day on which the last is due."""

    stretches: dict[Any, Stretch] = field(default_factory=dict)
    critical: tuple[Any, ...] = ()

    @property
    def due(self) -> date | None:
        """Return the day on which the package is due, None for one without items."""
        return max((each.finish for each in self.stretches.values()), default=None)


def cycle(needs: Mapping[Key, Collection[Key]]) -> list[Key]:
    """Return the keys along a circle of prerequisites, the first one again at the end; nothing where there is none."""
    done: set[Key] = set()
    for first in needs:
        path: list[Key] = []
        waiting = [(first, iter(needs[first]))] if first not in done else []
        while waiting:
            key, further = waiting[-1]
            if not path or path[-1] != key:
                path.append(key)
            following = next((each for each in further if each not in done), None)
            if following is None:
                done.add(key)
                path.pop()
                waiting.pop()
            elif following in path:
                return [*path[path.index(following):], following]
            else:
                waiting.append((following, iter(needs.get(following, ()))))
    return []


def ordered(needs: Mapping[Key, Collection[Key]]) -> list[Key]:
    """Return the keys, each after everything that it needs, otherwise as they stand. Raise ValueError for a circle."""
    if circle := cycle(needs):
        raise ValueError(circle)
    found: dict[Key, None] = {}
    while len(found) < len(needs):
        for key, wanted in needs.items():
            if key not in found and all(each in found or each not in needs for each in wanted):
                found[key] = None
    return list(found)


def bridged(needs: Mapping[Key, Collection[Key]], chosen: Collection[Key]) -> dict[Key, list[Key]]:
    """Return what each chosen one needs among the chosen: in place of one that is left out stands what that one needs."""
    reached: dict[Key, dict[Key, None]] = {}
    for key in ordered(needs):
        found: dict[Key, None] = {}
        for each in needs[key]:
            found |= {each: None} if each in chosen else reached.get(each, {})
        reached[key] = found
    return {key: list(reached[key]) for key in needs if key in chosen}


def longest(days: Mapping[Key, int], needs: Mapping[Key, Collection[Key]]) -> int:
    """Return the working days of the longest path."""
    total: dict[Key, int] = {}
    for key in ordered(needs):
        total[key] = days[key] + max((total[each] for each in needs[key]), default=0)
    return max(total.values(), default=0)


def schedule(parts: Iterable[Part], begun: date, calendar: Calendar, today: date) -> Schedule:
    """Return when each item runs.

    An item starts on the day on which it was accepted (handed in, while it is not); before that, on the day on which the last
    of what it needs is done or due, and where it needs nothing, on the day on which the package begins. It is due after its
    working days, in which pauses do not count. A pause therefore moves the item and what waits for it, and nothing else.
    """
    by_key = {each.key: each for each in parts}
    found: dict[Any, Stretch] = {}
    for key in ordered({each.key: each.needs for each in by_key.values()}):
        part = by_key[key]
        start = part.accepted or max((found[each].finish for each in part.needs), default=begun)
        held = any(each.until is None for each in part.pauses) and part.done is None
        pauses = [_until(each, today) for each in part.pauses]
        at = due(Rule(part.days), start, calendar, pauses).at
        found[key] = Stretch(part, start, _day(at), part.done or _day(at), held)
    critical = _critical(found)
    slack = _slack(found, calendar)
    return Schedule(
        {key: replace(each, slack=slack[key], critical=key in critical) for key, each in found.items()}, tuple(critical))


def _until(pause: Pause, today: date) -> Pause:
    """Return the pause in whole days, an open one until today."""
    since = _day(pause.since)
    return replace(pause, since=since, until=max(today, since) if pause.until is None else _day(pause.until))


def _critical(found: Mapping[Any, Stretch]) -> list[Any]:
    """Return the chain of items that ends last: each time what is needed and finishes last, the first item in front."""
    chain: list[Any] = []
    ends: Iterable[Any] = found
    while last := max(ends, key=lambda key: found[key].finish, default=None):
        chain.insert(0, last)
        ends = found[last].part.needs
    return chain


def _slack(found: Mapping[Any, Stretch], calendar: Calendar) -> dict[Any, int]:
    """Return how many working days each item may finish later without moving the end; what is done or accepted waits for nothing more."""
    end = max((each.finish for each in found.values()), default=date.max)
    latest = dict.fromkeys(found, end)
    for key in reversed(found):
        stretch = found[key]
        if stretch.part.accepted is None and stretch.part.done is None:
            start = calendar.step(latest[key], -stretch.part.days)
            for each in stretch.part.needs:
                latest[each] = min(latest[each], start)
    return {
        key: 0 if each.part.done else max(calendar.between(each.finish + DAY, latest[key] + DAY), 0) for key, each in found.items()}


def _day(at: Any) -> date:
    return first_moment(at).date()
