"""What visits put on their own record pages."""

from typing import Any

from django import template

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.records import Record
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.visits.kinds import JOINT
from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.limits import Ceiling, came_to, near, parties
from kaifaqu.registers.visits.models import ServiceAssignment, Visit, VisitIssue, Visitor
from kaifaqu.registers.visits.panels import solved

register = template.Library()


@register.simple_tag(takes_context=True)
def standing(context: Any, record: Record) -> dict[str, Any] | None:
    """Return how a visit stands: who comes, of which party nobody does yet, and with which others it may be merged."""
    if not isinstance(record, Visit):
        return None
    user, reader = context["user"], context["reader"]
    rows = Visitor.objects.visible_to(user).filter(visit=record).order_by("id")
    came = [(reader.name(Party, each.party_id), reader.name(User, each.person_id) if each.person_id else each.name) for each in rows]
    lacking = parties(record) - came_to(record) if record.kind == JOINT else set()
    may_merge = record.stage == VisitStage.PLANNED and user.may("visits.edit", record.owner_id)
    raised = list(VisitIssue.objects.current().filter(visit=record).select_related("issue").order_by("id"))
    return {
        "came": came, "lacking": [reader.name(Party, pk) for pk in sorted(lacking)],
        "offers": _offers(user, record) if may_merge else [],
        "issues": [reader.name(Issue, each.issue_id) for each in raised],
        "appeals": _appeals(record, raised) if actions.find("visits.raise_issue").permits(user, record) else [],
        "may_open": user.has_perm("enterprises.view", record.enterprise),
    }  # fmt: skip


def _offers(user: Any, visit: Any) -> list[Visit]:
    """Return the visits into which a planned one may be merged, of those that the person sees."""
    return near([visit], Visit.objects.visible_to(user), Ceiling.of(visit.owner_id, visit.planned_on)).get(visit.pk, [])


def _appeals(visit: Visit, raised: list[VisitIssue]) -> list[tuple[int, str]]:
    """Return the lines of what the enterprise asked for that are no issue yet, each with its number."""
    if visit.stage != VisitStage.DONE:
        return []
    titles, lines = {each.issue.title for each in raised}, visit.appeals.split("\n")
    return [(number, line) for number, line in enumerate(lines) if line.strip() and line.strip()[:200] not in titles]


@register.simple_tag(takes_context=True)
def service(context: Any, record: Record) -> dict[str, Any] | None:
    """Return what is shown of a service: what the enterprise confirmed as solved while it lasted, and no number of visits."""
    if not isinstance(record, ServiceAssignment):
        return None
    return {"solved": solved(context["user"], record.subject_id, record.since, record.until)[:50]}
