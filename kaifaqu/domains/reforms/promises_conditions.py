"""Questions about standard parcels and promises that figures, queues and pages ask, as conditions."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from kaifaqu.domains.reforms.parcels import StandardParcel
from kaifaqu.domains.reforms.promises import Evidence, Verdict, expected
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Project


def planned(on: date) -> Q:
    """Return the condition 拟出让: in the plan by the day, and by then neither announced, transferred nor withdrawn."""
    further = Q(announced_on__lte=on) | Q(transferred_on__lte=on) | Q(withdrawn_on__lte=on)
    return Q(planned_on__lte=on) & ~further


def announced(on: date) -> Q:
    """Return the condition 公告: announced by the day, and by then neither transferred nor withdrawn."""
    return Q(announced_on__lte=on) & ~(Q(transferred_on__lte=on) | Q(withdrawn_on__lte=on))


def transferred(on: date) -> Q:
    """Return the condition 出让: transferred by the day."""
    return Q(transferred_on__lte=on)


def due(on: date, world: World) -> Q:
    """Return the condition on promises: signed by the day, with the agreed day come by then, or else that of the project."""
    return Q(signed_on__lte=on) & (Q(due_on__lte=on) | _by_project(
        [pk for pk, (_first, last) in expected(world).items() if last <= on], world))


def maybe_due(on: date, world: World) -> Q:
    """Return the condition on promises: whether one is due cannot be said, for the day falls inside a date of its project."""
    return Q(signed_on__lte=on) & _by_project([pk for pk, (first, last) in expected(world).items() if first <= on < last], world)


def undated(on: date, world: World) -> Q:
    """Return the condition on promises: signed by the day, not settled, and nobody knows when it is due."""
    return Q(signed_on__lte=on, due_on=None) & ~_by_project([*expected(world)], world) & ~settled(on) & ~Q(
        id__in=_rectified(on, world))


def _by_project(found: list[int], world: World) -> Q:
    """Return the condition: one of these, whose day is that of a project; it names what they were found by, for all to see."""
    sold = world.rows(StandardParcel).filter(project_id__in=world.rows(Project).values("id"))
    return Q(id__in=found, standard_parcel_id__in=sold.values("id"))


def settled(on: date) -> Q:
    """Return the condition on promises: found to be met or breached by the day."""
    return Q(met_on__lte=on) | Q(breached_on__lte=on)


def verified(on: date, world: World) -> Q:
    """Return the condition on promises: judged by the day, whatever the verdict."""
    return settled(on) | Q(id__in=judged(on, world).values("promise_id"))


def overdue(on: date, world: World) -> Q:
    """Return the condition on promises: on the day past its date and not settled; a rectification gives it another date."""
    past = due(on - timedelta(days=1), world) & ~Q(id__in=_rectified(on, world))
    return Q(signed_on__lte=on) & ~settled(on) & (past | Q(id__in=_rectified(on, world).filter(rectify_by__lt=on)))


def maybe_overdue(on: date, world: World) -> Q:
    """Return the condition on promises: whether one is overdue cannot be said, as its project's date leaves open whether it was due."""
    return maybe_due(on - timedelta(days=1), world) & ~settled(on) & ~Q(id__in=_rectified(on, world))


def waiting(on: date, world: World) -> Q:
    """Return the condition on promises: not settled, and something was handed in for it by the day and not judged by then."""
    papers = world.rows(Evidence).filter(handed_in_on__lte=on).exclude(verified_on__lte=on)
    return Q(id__in=papers.values("promise_id")) & ~settled(on)


def judged(on: date, world: World) -> Any:
    """Return the pieces of evidence that were judged by the day; what was refused as evidence is none."""
    return world.rows(Evidence).filter(verdict__in=(Verdict.MET, Verdict.SHORT), verified_on__lte=on)


def _rectified(on: date, world: World) -> Any:
    """Return by their promises the last verdicts of the day's promises, where these gave time to put something right."""
    later = Q(verified_on__gt=OuterRef("verified_on")) | Q(verified_on=OuterRef("verified_on"), id__gt=OuterRef("id"))
    last = ~Exists(judged(on, world).filter(later, promise_id=OuterRef("promise_id")))
    return judged(on, world).filter(last).exclude(rectify_by=None).values("promise_id")
