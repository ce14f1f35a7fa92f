"""Questions about projects and leads that are asked often, as conditions: one for rows of today and rows as known."""

from calendar import monthrange
from datetime import date

from django.db.models import F, Q, Window
from django.db.models.functions import Rank

from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import (
    CohortKind,
    CohortProject,
    PeriodClass,
    ProjectAssignment,
    ProjectCohort,
    ProjectProgress,
    ProjectSuspension,
    Since,
)


@asked_once
def under_construction(on: date, world: World) -> Q:
    """Return the condition 在建: started by that day, and on it not in production, terminated or suspended."""
    suspended = world.rows(ProjectSuspension).filter(ProjectSuspension.on(on))
    return (
        Q(started_on__lte=on)
        & ~Q(production_on__lte=on)
        & ~Q(terminated_on__lte=on)
        & ~Q(id__in=suspended.values("subject_id"))
    )


def continuing(period: Period, world: World) -> Q:
    """Return the condition 续建: under construction on the last day, started before the first, or decided to count so."""
    return under_construction(period.end, world) & _class(Q(started_on__lt=period.start), Since.CONTINUING, Since.NEW, period, world)


def new(period: Period, world: World) -> Q:
    """Return the condition 新建: under construction on the last day, started within the period, or decided to count so."""
    return under_construction(period.end, world) & _class(during("started_on", period), Since.NEW, Since.CONTINUING, period, world)


def _class(by_date: Q, kind: Since, other: Since, period: Period, world: World) -> Q:
    """Return the condition of a class: by the date of start, but for what was decided for this very period."""
    return by_date & ~_decided(other, period, world) | _decided(kind, period, world)


@asked_once
def _decided(kind: Since, period: Period, world: World) -> Q:
    rows = world.rows(PeriodClass).filter(first=period.start, last=period.end, kind=kind)
    return Q(id__in=rows.values("subject_id"))


def this_year(column: str, period: Period) -> Q:
    """Return the condition that the date lies between New Year and the period's last day."""
    return Q(**{f"{column}__gte": date(period.end.year, 1, 1), f"{column}__lte": period.end})


def resumed(period: Period, world: World) -> Q:
    """Return the condition 复工: started earlier, not under construction the day before, again so on the last day."""
    return (
        Q(started_on__lt=period.start)
        & ~under_construction(period.day_before, world)
        & under_construction(period.end, world)
    )


def left(period: Period, world: World) -> Q:
    """Return the condition: was under construction before, or started within the period, and is not so at its end."""
    before_or_within = under_construction(period.day_before, world) | during("started_on", period)
    return before_or_within & ~under_construction(period.end, world)


def on_cohorts(kind: CohortKind, rule: RuleKind, period: Period, world: World) -> Q:
    """Return the condition: on a list of the kind that counts by the owner's rule at the end of the period.

    A list counts when it was held by then and as many later ones of the owner as the rule exempts (its grace).
    """
    days = world.once((ProjectCohort, kind), lambda: sorted(set(
        world.rows(ProjectCohort).filter(kind=kind).values_list("held_on", flat=True))))
    held = [day for day in days if day <= period.end]
    on = held[-1] if held else period.end  # until the next list is held nothing changes: months share one question
    return dated.by_owner(rule, period.end, world, lambda content: _on_cohorts(kind, content["grace"], on, world))


@asked_once
def _on_cohorts(kind: CohortKind, grace: int, on: date, world: World) -> Q:
    held = world.rows(ProjectCohort).filter(kind=kind, held_on__lte=on)
    if grace:
        newest_first = Window(Rank(), partition_by="owner_id", order_by=F("held_on").desc())
        held = held.annotate(place=newest_first).filter(place__gt=grace)
    entries = world.rows(CohortProject).filter(cohort_id__in=held.values("id"))
    return Q(id__in=entries.values("subject_id"))


def known(on: date) -> Q:
    """Return the condition: the lead was known by that day."""
    return Q(first_contact_on__lte=on)


def negotiated(on: date) -> Q:
    """Return the condition: the lead has been in negotiation by that day, whatever became of it."""
    return Q(negotiating_on__lte=on)


def in_negotiation(on: date) -> Q:
    """Return the condition 在谈: in negotiation on that day, not yet signed and not given up."""
    return negotiated(on) & ~Q(signed_on__lte=on) & ~Q(failed_on__lte=on)


def assigned(on: date, world: World) -> Q:
    """Return the condition: on that day somebody answers for the project in a role (包联)."""
    return Q(id__in=world.rows(ProjectAssignment).filter(ProjectAssignment.on(on)).values("subject_id"))


def introduced(on: date) -> Q:
    """Return the condition: a project brought in along an industry chain, signed by that day."""
    return Q(introduced=True, signed_on__lte=on)


def of_last_month(period: Period) -> Q:
    """Return the condition: reported for the month in which the period ends."""
    return Q(month__gte=period.end.replace(day=1), month__lte=_month_end(period))


def unreported(period: Period, world: World) -> Q:
    """Return the condition: under construction at the end of the month in which the period ends, and not reported for it."""
    reported = world.rows(ProjectProgress).filter(of_last_month(period))
    return under_construction(_month_end(period), world) & ~Q(id__in=reported.values("subject_id"))


def _month_end(period: Period) -> date:
    return period.end.replace(day=monthrange(period.end.year, period.end.month)[1])
