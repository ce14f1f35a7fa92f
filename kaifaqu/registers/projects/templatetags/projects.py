"""What projects put on the generic pages: how a project stands today."""

from typing import Any

from django import template

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.lights import is_told, light
from kaifaqu.registers.projects.models import Project, ProjectAssignment, ProjectProgress, ProjectRole
from kaifaqu.registers.projects.stays import stay

register = template.Library()


@register.simple_tag(takes_context=True)
def standing(context: Any, record: Record) -> dict[str, Any] | None:
    """Return how a project stands today: its light, who answers for it in each role, and what was last reported of it."""
    if not isinstance(record, Project):
        return None
    user, today, world = context["user"], clock.today(), World()
    reports = ProjectProgress.objects.visible_to(user).filter(subject=record, month__lte=today).order_by("-month", "-id")
    report = reports.first() if user.may("progress.view", record.owner_id) else None
    has_light = record.stage != Stage.TERMINATED and is_told(user, record)
    return {
        "light": light(record, report, today, world) if has_light else None,
        "answering": _answering(record, context["reader"]) if user.may("assignments.view", record.owner_id) else [],
        "report": report, "stay": stay(record, today, world),
    }


def _answering(project: Project, reader: Reader) -> list[tuple[str, str]]:
    """Return each role with whoever holds it today, and with nothing where nobody does."""
    held = ProjectAssignment.objects.visible_to(reader.user).filter(ProjectAssignment.on(clock.today()), subject=project)
    rows = list(held.order_by("id"))
    reader.expect(ProjectAssignment, rows)
    names = dict.fromkeys(ProjectRole.values, "")
    for row in rows:
        names[row.role] = reader.name(User, row.person_id) if row.person_id else reader.name(Party, row.office_id) if row.office_id else ""
    return [(str(ProjectRole(role).label), name) for role, name in names.items()]
