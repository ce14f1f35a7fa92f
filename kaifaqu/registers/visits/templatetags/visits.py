"""What visits put on their own record pages."""

from typing import Any

from django import template

from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.records import Record
from kaifaqu.registers.visits.kinds import JOINT
from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.limits import near, parties
from kaifaqu.registers.visits.models import Visit, Visitor

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
        "may_open": user.has_perm("enterprises.view", record.enterprise),
    }  # fmt: skip
