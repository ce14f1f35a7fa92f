"""What projects put on an agenda: the days by which they are planned to start and to be completed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel.access import User
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Entry
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.models import Project


@agenda.source
def planned(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the planned start of projects that have not started, and the planned completion of those under construction.

    A plan to the month or the year is due on its last day.
    """
    rows = Project.objects.visible_to(user)
    waiting: tuple[tuple[str, str, Any], ...] = (
        ("expected_start_on", _("计划开工"), rows.filter(stage__in=(Stage.SIGNED, Stage.LANDED))),
        ("expected_completion_on", _("计划竣工"), rows.filter(stage=Stage.UNDER_CONSTRUCTION)),
    )
    for column, words, projects in waiting:
        for project in projects.filter(**{f"{column}__isnull": False}):
            plan = getattr(project, column)
            if since <= plan.last <= until:
                yield Entry(project, column.removesuffix("_on"), f"{plan} {words}", str(project), plan.last)
