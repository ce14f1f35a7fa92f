"""Questions about visits that figures ask, as conditions: the same for rows of today and rows as known."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from kaifaqu.kernel import dated
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.conditions import under_construction
from kaifaqu.registers.projects.models import ProjectAssignment, ProjectProgress
from kaifaqu.registers.visits.kinds import ENTERING, JOINT
from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.models import Visit, Visitor
from kaifaqu.registers.visits.rules import CONTACT


def made(period: Period, world: World) -> Q:
    """Return the condition: somebody went to the enterprise within the period; a joint visit had a person of each party."""
    within = Q(stage=VisitStage.DONE, kind__in=ENTERING) & during("visited_on", period)
    return within & ~Q(id__in=_incomplete(world).values("id"))


def joint(period: Period, world: World) -> Q:
    """Return the condition: a joint visit made within the period, with a person of each party."""
    return made(period, world) & Q(kind=JOINT)


def _incomplete(world: World):
    """Return the joint visits that lack a person of some party: whose it is, who joins it, both of each visit merged into it."""

    def came(visit: str, party: str) -> Exists:
        return Exists(world.rows(Visitor).filter(visit_id=OuterRef(visit), party_id=OuterRef(party)))

    partner_missing = Q(partner_id__isnull=False) & ~came("merged_into_id", "partner_id")
    merged = world.rows(Visit).filter(merged_into_id=OuterRef("id")).filter(~came("merged_into_id", "department_id") | partner_missing)
    return world.rows(Visit).filter(kind=JOINT).filter(
        ~came("id", "department_id") | ~came("id", "partner_id") | Exists(merged))


def without_contact(on: date, world: World) -> Q:
    """Return the condition: a project under construction with an assignee and no contact within the days of its owner's rule."""
    return dated.by_owner(CONTACT, on, world, lambda content: _without_contact(content["days"], on, world))


def _without_contact(days: int, on: date, world: World) -> Q:
    """Return the condition for a rule of so many days (0: there is none).

    Contact is a visit or a call to the enterprise by any department, or progress reported of a month that has one of these days.
    """
    if not days:
        return Q(id__in=[])
    since = on - timedelta(days=days)
    met = world.rows(Visit).filter(stage=VisitStage.DONE, visited_on__gte=since, visited_on__lte=on)
    told = world.rows(ProjectProgress).filter(month__gte=since.replace(day=1), month__lte=on)
    answered_for = world.rows(ProjectAssignment).filter(ProjectAssignment.on(on))
    return (
        under_construction(on, world)
        & Q(started_on__lt=since)
        & Q(id__in=answered_for.values("subject_id"))
        & ~Q(id__in=met.exclude(project_id=None).values("project_id"))
        & ~Q(enterprise_id__in=met.values("enterprise_id"))
        & ~Q(id__in=told.values("subject_id"))
    )
