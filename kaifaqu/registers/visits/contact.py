"""Which projects wait for contact, for the page of whoever answers for them; no list over persons is made of it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _t

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.visits.conditions import without_contact
from kaifaqu.registers.visits.limits import today_count
from kaifaqu.registers.visits.rules import CONTACT


def waiting(user: Any, projects: Iterable[int]) -> dict[int, str]:
    """Return by project, of those given, what says that it waits for a visit, a call or a report, and what is enough."""
    today, world = clock.today(), World()
    if not all(user.owners(f"{name}.view") for name in ("visits", "progress", "assignments")):
        return {}
    rows = Project.objects.visible_to(user).filter(pk__in=[*projects]).filter(without_contact(today, world))
    told = {}
    for row in rows:
        days = dated.resolve(CONTACT.code, row.owner_id, today, world).content["days"]
        told[row.pk] = _t("{days} 天内没有走访、电话或进展").format(days=days)
        if row.enterprise_id and today_count(row.owner_id, row.enterprise_id).is_reached:
            told[row.pk] += _t("；该企业今年的走访已到上限，打电话或报进展即可")
    return told
