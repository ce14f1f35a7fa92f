"""The agenda: what is due or planned for a person, as each room offers it. Whatever shows days to come asks here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.world import World
from kaifaqu.pages import domains

BEFORE, AHEAD = timedelta(days=31), timedelta(days=366)  # which days an agenda covers, around today


@dataclass(frozen=True)
class Entry:
    """One thing at its time: a whole day, or a moment with its end. It tells its record's code and name, and no other fact.

    `what` tells the times of one record apart, and never changes; `words` say what is due.
    """

    record: Any
    what: str
    words: str
    title: str
    at: date | datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """Records that wait for a person: in words, where they are listed, which they are, and whether they wait too long."""

    words: str
    address: str
    rows: QuerySet
    is_late: bool = False


Source = Callable[[User, date, date], Iterator[Entry]]
Waits = Callable[[User, World], Iterator[Queue]]
_sources: list[Source] = []
_queues: list[Waits] = []


def source(offer: Source) -> Source:
    """Register the decorated function, which yields a person's entries from one day to another, as far as he may see them today."""
    _sources.append(offer)
    return offer


def queue(offer: Waits) -> Waits:
    """Register the decorated function, which yields what waits for a person in a room's registers, in today's world."""
    _queues.append(offer)
    return offer


def queues(user: User, world: World) -> list[Queue]:
    """Return what waits for the person in the rooms that are switched on; `world` is today's, in which rules are read once."""
    return [each for offer in _queues if domains.is_shown(offer.__module__) for each in offer(user, world)]


def entries(user: User) -> list[Entry]:
    """Return everything that stands on the person's agenda, the earliest first."""
    today = clock.today()
    found = [
        entry for offer in _sources if domains.is_shown(offer.__module__) for entry in offer(user, today - BEFORE, today + AHEAD)]
    return sorted(found, key=lambda each: (_day(each.at), each.record.register, each.record.code, each.what))


def _day(at: date | datetime) -> date:
    return at.astimezone(clock.ZONE).date() if isinstance(at, datetime) else at
