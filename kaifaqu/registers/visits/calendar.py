"""The one calendar of all departments: a month of visits by day, and the enterprises of a year with their counts."""

import calendar
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import Max, Min, Q, QuerySet

from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.limits import Ceiling, near
from kaifaqu.registers.visits.models import DAY, QuietSpan, Visit


@dataclass
class Shown:
    """A visit in the calendar, and another department's planned one that it may be merged with."""

    visit: Visit
    other: Visit | None = None
    firm: str = ""  # the enterprise's name, as the person may know it


@dataclass
class Day:
    """A day of the month: its visits, why nobody should come, and whether it belongs to the month at all."""

    day: date
    within: bool
    quiet: list[str] = field(default_factory=list)
    visits: list[Shown] = field(default_factory=list)


def seen(user: Any) -> QuerySet:
    """Return the visits that the person may see, with the day that the calendar shows."""
    return Visit.objects.visible_to(user).annotate(on=DAY)


def month(user: Any, rows: QuerySet, first: date, owner_id: int) -> list[list[Day]]:
    """Return the weeks of the month that begins on `first`, each with its days."""
    dates = calendar.Calendar().monthdatescalendar(first.year, first.month)
    weeks = [[Day(day, day.month == first.month) for day in week] for week in dates]
    days = {each.day: each for week in weeks for each in week if each.within}
    rule, last = Ceiling.of(owner_id, first), max(days)
    for day, shown in days.items():
        shown.quiet += rule.monthly(day)
    spans = QuietSpan.objects.visible_to(user).filter(owner_id=owner_id, enterprise=None, since__lte=last, until__gt=first)
    for span in spans:
        for each in days.values():
            if span.until and span.since <= each.day < span.until:
                each.quiet.append(span.cause)
    found = rows.filter(on__gte=first, on__lte=last).select_related("enterprise", "department", "partner").order_by("on", "id")
    visits = list(found)
    others = near(visits, Visit.objects.visible_to(user), rule)
    for each in visits:
        days[each.on].visits.append(Shown(each, next(iter(others.get(each.pk, ())), None)))
    return weeks


def by_enterprise(rows: QuerySet, year: int, owner_id: int, today: date) -> QuerySet:
    """Return the enterprises visited or to be visited in the year: how many visits count, the last one, the next one."""
    rule = Ceiling.of(owner_id, today)
    going_on = Q(stage__in=(VisitStage.PLANNED, VisitStage.DONE))
    return rows.filter(on__year=year).values("enterprise_id").annotate(
        count=CountOf("id", filter=going_on & Q(kind__in=rule.counted, owner_id=owner_id)),
        last=Max("visited_on", filter=Q(stage=VisitStage.DONE)),
        next=Min("planned_on", filter=Q(stage=VisitStage.PLANNED)),
    ).order_by("-count", "enterprise_id")
