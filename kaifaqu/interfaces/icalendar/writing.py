"""A calendar by RFC 5545, written with the library icalendar, which folds lines at 75 octets and ends them with CRLF."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import TRANSP, Calendar, Event, Timezone

from kaifaqu.kernel import events
from kaifaqu.kernel.access import Installation, User
from kaifaqu.kernel.records import Record
from kaifaqu.pages.agenda import Entry

PRODUCT = "-//Kaifaqu//Kaifaqu//ZH"
FIRST, LAST = date(1992, 1, 1), date(2038, 1, 1)  # between which the time of Asia/Shanghai is told: without summer time
REFRESH = timedelta(hours=6)


def written(entries: Iterable[Entry], person: User, owner: Installation) -> bytes:
    """Return the person's calendar of the entries. What is no longer among them is gone from it: programs take the calendar as a whole.

    It holds the record's code and name, when it is due, and the address of its page, which asks for a sign-in; no alarm. An entry
    keeps its UID, and its SEQUENCE grows with the row version of its record. The same entries give the same bytes.
    """
    entries = list(entries)
    name = _("{owner} 到期事项").format(owner=owner.owner)
    calendar = Calendar.new(
        prodid=PRODUCT, uid=_uid(f"users-{person.pk}-agenda", owner), name=name, language="zh-CN", refresh_interval=REFRESH)
    calendar.add("X-WR-CALNAME", name)  # what programs read that do not know NAME
    calendar.add("X-WR-TIMEZONE", settings.TIME_ZONE)
    if any(isinstance(each.at, datetime) for each in entries):
        zone = Timezone.from_tzid(settings.TIME_ZONE, first_date=FIRST, last_date=LAST)
        zone.pop("COMMENT", None)
        calendar.add_component(zone)
    changed = _changed(entries)
    for each in entries:
        calendar.add_component(_event(each, owner, changed[each.record.register, each.record.pk]))
    return calendar.to_ical()


def _event(entry: Entry, owner: Installation, changed: datetime) -> Event:
    record, is_moment = entry.record, isinstance(entry.at, datetime)
    return Event.new(
        uid=_uid(f"{record.register}-{record.pk}-{entry.what}", owner),
        summary=f"{entry.words}：{entry.title}", url=f"{settings.ADDRESS}{reverse('record', args=[record.register, record.pk])}",
        start=entry.at, end=entry.end if is_moment else entry.at + timedelta(days=1), transparency=TRANSP.TRANSPARENT,
        sequence=record.row_version - 1, last_modified=changed, stamp=changed)


def _uid(name: str, owner: Installation) -> str:
    """Return a name that no other installation gives; it must outlive any address."""
    return f"{name}@{owner.owner.code.lower()}.kaifaqu"


def _changed(entries: Iterable[Entry]) -> dict[tuple[str, int], datetime]:
    """Return when the records of the entries were changed last, by register and number."""
    wanted: dict[type[Record], set[int]] = defaultdict(set)
    for each in entries:
        wanted[type(each.record)].add(each.record.pk)
    last: dict[tuple[str, int], Any] = {}
    for register, keys in wanted.items():
        versions = register.Version.objects.filter(id__in=keys).values("id").annotate(last=Max("seq"))
        last |= {(register.register, pk): seq for pk, seq in versions.values_list("id", "last")}
    moments = dict(events.Event.objects.filter(seq__in={*last.values()}).values_list("seq", "at"))
    return {key: moments[seq] for key, seq in last.items()}
