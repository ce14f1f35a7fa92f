"""What visits put on the pages of other registers: who looks after an enterprise, how often it was visited, what is planned."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.pages import manners
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.limits import counted, quiet
from kaifaqu.registers.visits.models import ServiceAssignment, Visit


def declare() -> None:
    """Declare the section of an enterprise's page."""
    manners.panel(Enterprise, "visits/_enterprise.html", replaces=("visits.enterprise", "service_assignments.subject"))(served)


def served(user: Any, record: Enterprise) -> dict[str, Any] | None:
    """Return who looks after the enterprise, its visits of this year against the ceiling, and those that are planned."""
    looking = user.may("visits.view", record.owner_id)
    if not looking and not user.may("service_assignments.view", record.owner_id):
        return None
    today, reader = clock.today(), Reader(user)
    planned = Visit.objects.visible_to(user).filter(enterprise=record, stage=VisitStage.PLANNED).select_related("department")
    return {
        "record": record, "holders": [*_holders(user, record, reader)],
        "count": counted(record.owner_id, record.pk, today) if looking else None,
        "planned": planned.order_by("planned_on", "id")[:10] if looking else [],
        "solved": solved(user, record.pk) if user.owners("issues.view") else None,
        "quiet": quiet(record.owner_id, today, record.pk) if looking else [],
        "may_plan": user.may("visits.edit", record.owner_id),
    }  # fmt: skip


def solved(user: Any, enterprise_id: int, since: Any = None, until: Any = None) -> QuerySet:
    """Return the enterprise's issues that it confirmed as solved, from a day on and before another where they are given."""
    span = {**({"confirmed_on__gte": since} if since else {}), **({"confirmed_on__lt": until} if until else {})}
    rows = Issue.objects.visible_to(user).filter(enterprise_id=enterprise_id, confirmed_on__isnull=False, **span)
    return rows.order_by("-confirmed_on", "-id")


def _holders(user: Any, record: Enterprise, reader: Reader) -> Iterator[tuple[str, str, Any]]:
    rows: Any = ServiceAssignment.objects.visible_to(user).filter(ServiceAssignment.on(clock.today()), subject=record)
    for each in rows.order_by("role", "id"):
        yield each.get_role_display(), reader.name(User, each.person_id) if each.person_id else reader.name(Party, each.office_id), each
