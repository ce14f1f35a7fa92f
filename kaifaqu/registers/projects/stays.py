"""How long projects stay in a stage, and which of them longer than the owner's norm (a dated rule)."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _t

from kaifaqu.kernel import dated
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.conditions import under_construction
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.models import ProjectSuspension
from kaifaqu.registers.projects.rules import STAYS

NEXT = {  # the date from which a project is in a stage, and the dates that end it
    Stage.SIGNED: ("signed_on", ("landed_on", "started_on", "terminated_on")),
    Stage.LANDED: ("landed_on", ("started_on", "terminated_on")),
    Stage.IN_PRODUCTION: ("production_on", ("full_capacity_on", "terminated_on")),
}
SINCE = {Stage.UNDER_CONSTRUCTION: "started_on", **{stage: since for stage, (since, _ends) in NEXT.items()}}


def over_norm(period: Period, world: World) -> Q:
    """Return the condition: on the last day of the period a project has been in its stage for more days than its owner's norm."""
    return dated.by_owner(STAYS, period.end, world, lambda norms: _over(norms, period.end, world))


def _over(norms: dict[str, int], on: date, world: World) -> Q:
    """Return the condition by these norms, in days; a stage without norm is never too long."""
    still = world.rows(ProjectSuspension).filter(ProjectSuspension.on(on))
    condition = Q(id__in=[])
    for stage, (since, ends) in NEXT.items():
        if stage in norms:
            stays = Q(**{f"{since}__lt": on - timedelta(days=norms[stage])})
            for end in ends:
                stays &= ~Q(**{f"{end}__lte": on})
            condition |= stays & ~Q(id__in=still.values("subject_id"))
    if Stage.UNDER_CONSTRUCTION in norms:
        condition |= Q(started_on__lt=on - timedelta(days=norms[Stage.UNDER_CONSTRUCTION])) & under_construction(on, world)
    if Stage.SUSPENDED in norms:
        long = still.filter(since__lt=on - timedelta(days=norms[Stage.SUSPENDED]))
        condition |= Q(id__in=long.values("subject_id")) & ~Q(terminated_on__lte=on)
    return condition


def stay(project: Any, on: date, world: World) -> str:
    """Return in words since when a project is in its stage, for how many days, and its norm where it is longer; else nothing."""
    norms = dated.resolve(STAYS.code, project.owner_id, on, world).content
    since = _since(project, on, world)
    norm = norms.get(project.stage)
    if since is None or norm is None or (on - since.last).days <= norm:
        return ""
    return _t("{stage}自 {since}，已 {days} 天，超过 {norm} 天").format(
        stage=Stage(project.stage).label, since=since, days=(on - since.last).days, norm=norm)


def _since(project: Any, on: date, world: World) -> PartialDate | None:
    """Return since when a project is in the stage it has."""
    if project.stage != Stage.SUSPENDED:
        name = SINCE.get(Stage(project.stage))
        return getattr(project, name) if name else None
    return standstills(on, world).get(project.id)


def standstills(on: date, world: World) -> dict[int, PartialDate]:
    """Return by project since when it stands still on the day; asked once for all of a world."""
    rows = world.rows(ProjectSuspension).filter(ProjectSuspension.on(on)).order_by("-since")
    return world.once((standstills, on), lambda: {row.subject_id: PartialDate.parse(row.since) for row in rows})
