"""What projects put on the generic pages: how a project stands today."""

from typing import Any

from django import template

from kaifaqu.kernel import clock
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.lights import Light, lights
from kaifaqu.registers.projects.models import Project, ProjectAssignment, ProjectProgress, ProjectRole

register = template.Library()


@register.simple_tag(takes_context=True)
def standing(context: Any, record: Record) -> dict[str, Any] | None:
    """Return how a project stands today: its light, who answers for it in each role, and what was last reported of it."""
    if not isinstance(record, Project):
        return None
    user = context["user"]
    return {
        "light": _light(record, user),
        "answering": _answering(record, user) if user.may("assignments.view", record.owner_id) else [],
        "report": ProjectProgress.objects.visible_to(user).filter(subject=record).order_by("-month", "-id").first(),
    }


def _light(project: Project, user: Any) -> Light | None:
    """Return the project's light; None where none is told, and where it tells of reports that the person may not see."""
    if project.stage == Stage.TERMINATED:
        return None
    if project.stage == Stage.UNDER_CONSTRUCTION and not user.may("progress.view", project.owner_id):
        return None
    return lights([project], clock.today(), World())[project.pk]


def _answering(project: Project, user: Any) -> list[tuple[str, str]]:
    """Return each role with whoever holds it today, and with nothing where nobody does."""
    rows = ProjectAssignment.objects.visible_to(user).filter(ProjectAssignment.on(clock.today()), subject=project)
    reader, names = Reader(user), dict.fromkeys(ProjectRole.values, "")
    for row in rows.select_related("person", "office").order_by("id"):
        holder = row.person or row.office
        names[row.role] = reader.text(holder) if holder is not None else ""
    return [(str(ProjectRole(role).label), name) for role, name in names.items()]
