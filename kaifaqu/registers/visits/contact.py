"""Which projects wait for contact, for the page of whoever answers for them; no list over persons is made of it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _t

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.visits.conditions import without_contact
from kaifaqu.registers.visits.limits import GOES_ON, Ceiling
from kaifaqu.registers.visits.models import DAY, Visit
from kaifaqu.registers.visits.rules import CONTACT


def waiting(user: Any, projects: Collection[int], world: World) -> dict[int, str]:
    """Return by project, of those given, what says that it waits for a visit, a call or a report, and what is enough."""
    today = clock.today()
    if not projects or not all(user.owners(f"{name}.view") for name in ("visits", "progress", "assignments")):
        return {}
    own = Project.objects.visible_to(user).filter(pk__in=projects)
    rows = list(own.filter(without_contact(today, world)))
    full, told = _at_ceiling(own, {each.owner_id for each in rows}, today, world), {}
    for row in rows:
        days = dated.resolve(CONTACT.code, row.owner_id, today, world).content["days"]
        told[row.pk] = _t("{days} 天内没有走访、电话或进展").format(days=days)
        if row.enterprise_id in full:
            told[row.pk] += _t("；该企业今年的走访已到上限，打电话或报进展即可")
    return told


def _at_ceiling(projects: QuerySet[Project], owners: Collection[int], today: date, world: World) -> set[int | None]:
    """Return the enterprises of the projects at which no further visit is possible this year; asked for all at once."""
    rules = {owner: Ceiling.of(owner, today, world) for owner in owners}
    firms = projects.exclude(enterprise=None).values("enterprise_id")
    rows = Visit.objects.current().filter(enterprise__in=firms, stage__in=GOES_ON).annotate(on=DAY)
    counts = rows.filter(on__year=today.year).values_list("owner_id", "enterprise_id", "kind").annotate(count=Count("id")).order_by()
    found: dict[tuple[int, int], int] = {}
    for owner, firm, kind, count in counts:
        if owner in rules and kind in rules[owner].counted:
            found[owner, firm] = found.get((owner, firm), 0) + count
    return {firm for (owner, firm), count in found.items() if rules[owner].is_reached_by(count)}
