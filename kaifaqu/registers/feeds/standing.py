"""How feeds stand: the last reading of each, whether it is dead, whether it is beyond its limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, units
from kaifaqu.kernel.access import User
from kaifaqu.registers.feeds.models import Feed, Kind, Reading


@dataclass(frozen=True)
class Standing:
    """One feed on a day, with its last reading until then, if there is one."""

    feed: Feed
    last: Reading | None
    on: date

    @property
    def is_dead(self) -> bool:
        """Tell whether it has been silent longer than it should."""
        return self.feed.is_dead(self.last.day if self.last else None, self.on)

    @property
    def beyond(self) -> Kind | None:
        """Return which limit the last reading is beyond; None for none, and of a dead feed, of which nothing is known now."""
        if self.last is None or self.is_dead:
            return None
        if self.feed.high is not None and self.last.value > self.feed.high:
            return Kind.HIGH
        if self.feed.low is not None and self.last.value < self.feed.low:
            return Kind.LOW
        return None

    @property
    def trouble(self) -> Kind | None:
        """Return what a warning would say; None where there is nothing to warn of."""
        return Kind.SILENT if self.is_dead else self.beyond

    @property
    def value(self) -> str:
        """Return the last value with its unit; a dash where there has never been one."""
        return "—" if self.last is None else units.display(self.last.value, self.feed.unit)

    @property
    def limits(self) -> str:
        """Return the limits in words; nothing where there are none."""
        told = (_("不低于 {limit}"), self.feed.low), (_("不高于 {limit}"), self.feed.high)
        return "，".join(words.format(limit=units.display(limit, self.feed.unit)) for words, limit in told if limit is not None)

    @property
    def words(self) -> str:
        """Return the trouble in a sentence; nothing where there is none."""
        if self.is_dead:
            since = _("最近一次数据 {at}").format(at=self.last.at) if self.last else _("还没有来过数据")
            return _("{since}，应{every}一次").format(since=since, every=self.feed.get_every_display())
        if self.last is None or self.beyond is None:
            return ""
        return _("{at} 为 {value}，应{limits}").format(at=self.last.at, value=self.value, limits=self.limits)


def may_see(user: User) -> bool:
    """Tell whether the person may see how any feed stands: feeds alone say nothing of their readings."""
    return bool(user.owners("feeds.view") & user.owners("readings.view"))


def seen_by(user: User, on: date | None = None) -> list[Standing]:
    """Return how the feeds in use stand that the person may see with their readings: dead ones first, then those beyond a limit."""
    feeds = Feed.objects.visible_to(user).filter(owner_id__in=user.owners("readings.view"))
    return sorted(
        _standings(feeds, Reading.objects.visible_to(user), on or clock.today()),
        key=lambda each: (not each.is_dead, each.beyond is None, each.feed.code))


def of_owner(owner_id: int, on: date) -> list[Standing]:
    """Return how the feeds in use of an owner stand."""
    own = Q(owner_id=owner_id)
    return list(_standings(Feed.objects.current().filter(own), Reading.objects.current().filter(own), on))


def _standings(feeds: Any, readings: Any, on: date) -> Iterator[Standing]:
    """Yield the feeds with the last reading of each, in two statements."""
    last = readings.filter(feed=OuterRef("pk"), day__lte=on).order_by("-day", "-time", "-id")
    rows = list(feeds.filter(Q(ended_on=None) | Q(ended_on__gt=on)).annotate(last=Subquery(last.values("pk")[:1])).order_by("code"))
    found = Reading.objects.in_bulk({row.last for row in rows} - {None})
    for row in rows:
        yield Standing(row, found.get(row.last), on)
