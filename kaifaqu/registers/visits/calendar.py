"""The one calendar of all departments: a month of visits by day, and the enterprises of a year with their counts."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count as CountOf
from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.limits import Ceiling
from kaifaqu.registers.visits.models import QuietSpan, Visit


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
    return Visit.objects.visible_to(user).annotate(on=Coalesce("visited_on", "planned_on"))


def month(user: Any, rows: QuerySet, first: date, owner_id: int) -> list[list[Day]]:
    """Return the weeks of the month that begins on `first`, each with its days."""
    dates = calendar.Calendar().monthdatescalendar(first.year, first.month)
    weeks = [[Day(day, day.month == first.month) for day in week] for week in dates]
    days = {each.day: each for week in weeks for each in week if each.within}
    rule, last = Ceiling.of(owner_id, first), max(days)
    for each in days.values():
        if rule.quiet[0] <= each.day.day <= rule.quiet[1]:
            each.quiet.append("")
    spans = QuietSpan.objects.visible_to(user).filter(owner_id=owner_id, enterprise=None, since__lte=last, until__gt=first)
    for span in spans:
        for each in days.values():
            if span.until and span.since <= each.day < span.until:
                each.quiet.append(span.cause)
    found = rows.filter(on__gte=first, on__lte=last).select_related("enterprise", "department", "partner").order_by("on", "id")
    for shown in offers(user, list(found[:500]), rule):
        days[shown.visit.day].visits.append(shown)  # type: ignore[index]
    return weeks


def offers(user: Any, visits: Iterable[Visit], rule: Ceiling) -> list[Shown]:
    """Return each visit with another department's planned one to the same enterprise that is near; they are read at once."""
    visits = list(visits)
    planned = [each for each in visits if each.stage == VisitStage.PLANNED and each.kind in rule.counted]
    others: dict[int, list[Visit]] = defaultdict(list)
    if planned:
        days = [each.planned_on for each in planned if each.planned_on]
        near = Visit.objects.visible_to(user).filter(
            enterprise_id__in={each.enterprise_id for each in planned}, stage=VisitStage.PLANNED, kind__in=rule.counted,
            planned_on__gte=min(days) - rule.near, planned_on__lte=max(days) + rule.near,
        ).select_related("department").order_by("planned_on", "id")
        for each in near:
            others[each.enterprise_id].append(each)
    return [Shown(each, _nearest(each, others[each.enterprise_id], rule.near) if each in planned else None) for each in visits]


def _nearest(visit: Visit, others: list[Visit], near: timedelta) -> Visit | None:
    """Return the visit into which this one may be merged: another department's, the nearest day."""
    assert visit.planned_on is not None
    found = [(abs(each.planned_on - visit.planned_on), each.pk, each) for each in others
             if each.department_id != visit.department_id and each.planned_on and abs(each.planned_on - visit.planned_on) <= near]
    return min(found)[2] if found else None


def by_enterprise(rows: QuerySet, year: int, owner_id: int, today: date) -> QuerySet:
    """Return the enterprises visited or to be visited in the year: how many visits count, the last one, the next one."""
    rule = Ceiling.of(owner_id, today)
    going_on = Q(stage__in=(VisitStage.PLANNED, VisitStage.DONE))
    return rows.filter(on__year=year).values("enterprise_id").annotate(
        count=CountOf("id", filter=going_on & Q(kind__in=rule.counted, owner_id=owner_id)),
        last=Max("visited_on", filter=Q(stage=VisitStage.DONE)),
        next=Min("planned_on", filter=Q(stage=VisitStage.PLANNED)),
    ).order_by("-count", "enterprise_id")
