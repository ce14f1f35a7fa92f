"""What visits put on their own record pages."""

from typing import Any

from django import template
from django.db.models import QuerySet

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.records import Record
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.visits.kinds import JOINT
from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.limits import near, parties
from kaifaqu.registers.visits.models import ServiceAssignment, Visit, VisitIssue, Visitor
from kaifaqu.registers.visits.panels import solved

register = template.Library()


@register.simple_tag(takes_context=True)
def standing(context: Any, record: Record) -> dict[str, Any] | None:
    """Return how a visit stands: its firm, who comes, of which party nobody does yet, and with which others it may be merged."""
    if not isinstance(record, Visit):
        return None
    user, reader = context["user"], context["reader"]
    rows = list(Visitor.objects.visible_to(user).filter(visit=record).order_by("id"))
    came = [(reader.name(Party, each.party_id), reader.name(User, each.person_id) if each.person_id else each.name) for each in rows]
    lacking = parties(record) - {each.party_id for each in rows} if record.kind == JOINT else set()
    may_merge = record.stage == VisitStage.PLANNED and user.may("visits.edit", record.owner_id)
    return {
        "visit": record, "came": came, "lacking": [reader.name(Party, pk) for pk in sorted(lacking)],
        "offers": near(record) if may_merge else [], "lines": record.lines,
        "issues": [reader.name(Issue, each.issue_id) for each in _raised(record)],
        "appeals": _appeals(record) if actions.find("visits.raise_issue").permits(user, record) else [],
        "may_open": user.has_perm("enterprises.view", record.enterprise),
    }  # fmt: skip


def _appeals(visit: Visit) -> list[tuple[int, str]]:
    """Return the lines of what the enterprise asked for that are no issue yet, each with its number."""
    if visit.stage != VisitStage.DONE:
        return []
    raised, lines = {each.issue.title for each in _raised(visit)}, visit.appeals.split("\n")
    return [(number, line) for number, line in enumerate(lines) if line.strip() and line.strip()[:200] not in raised]


def _raised(visit: Visit) -> QuerySet:
    return VisitIssue.objects.current().filter(visit=visit).select_related("issue").order_by("id")


@register.simple_tag(takes_context=True)
def service(context: Any, record: Record) -> dict[str, Any] | None:
    """Return what is shown of a service: what the enterprise confirmed as solved while it lasted, and no number of visits."""
    if not isinstance(record, ServiceAssignment):
        return None
    return {"solved": solved(context["user"], record.subject_id, record.since, record.until)[:50]}
