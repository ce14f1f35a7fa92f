"""What projects put on the generic pages: how a project stands today."""

from typing import Any

from django import template

from kaifaqu.kernel import clock
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.lights import lights
from kaifaqu.registers.projects.models import Project, ProjectAssignment, ProjectProgress, ProjectRole

register = template.Library()


@register.simple_tag(takes_context=True)
def standing(context: Any, record: Record) -> dict[str, Any] | None:
    """Return how a project stands today: its light, who answers for it in each role, and what was last reported of it."""
    if not isinstance(record, Project):
        return None
    user, today = context["user"], clock.today()
    return {
        "light": None if record.stage == Stage.TERMINATED else lights([record], today, World())[record.pk],
        "answering": _answering(record, user) if user.may("assignments.view", record.owner_id) else [],
        "report": ProjectProgress.objects.visible_to(user).filter(subject=record).order_by("-month", "-id").first(),
    }


def _answering(project: Project, user: Any) -> list[tuple[str, str]]:
    """Return each role with whoever holds it today, and with nothing where nobody does."""
    reader, today = Reader(user), clock.today()
    rows = ProjectAssignment.objects.visible_to(user).filter(ProjectAssignment.on(today), subject=project)
    holders = {row.role: row.person or row.office for row in rows.select_related("person", "office").order_by("id")}
    return [(str(role.label), reader.text(holders[role]) if holders.get(role) else "") for role in ProjectRole]
