"""The agenda: what is due or planned for a person, as each room offers it. Whatever shows days to come asks here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
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


Source = Callable[[User, date, date], Iterator[Entry]]
_sources: list[Source] = []


def source(offer: Source) -> Source:
    """Register the decorated function, which yields a person's entries from one day to another, as far as he may see them today."""
    _sources.append(offer)
    return offer


def entries(user: User) -> list[Entry]:
    """Return everything that stands on the person's agenda, the earliest first."""
    today = clock.today()
    found = [
        entry for offer in _sources if domains.is_shown(offer.__module__) for entry in offer(user, today - BEFORE, today + AHEAD)]
    return sorted(found, key=lambda each: (_day(each.at), each.record.register, each.record.code, each.what))


def _day(at: date | datetime) -> date:
    return at.astimezone(clock.ZONE).date() if isinstance(at, datetime) else at
