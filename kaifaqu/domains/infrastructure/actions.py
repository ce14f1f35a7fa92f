"""What people do with works, plants and pools; plain entry comes from the kernel."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.infrastructure.lifecycle import WORK_LIFECYCLE, WorkStage
from kaifaqu.domains.infrastructure.models import Plant, PlantCapacity, Reservation, Work, WorkBuilding
from kaifaqu.domains.infrastructure.works import DAYS
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action, plan_correction, plan_new
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.registers.projects.models import Project

# Works: what is said of the work's days holds for the buildings that it builds, unless they have a day of their own. Whoever
# may say it of the work says it of them: nobody types a day twice, and nobody can forget the other half.


def _step(work: Work, target: str, day: str, facts: dict[str, Any], reason: str) -> Iterator[Change]:
    change = WORK_LIFECYCLE.plan(work, target, facts=facts, reason=reason)
    change.occurred_on = getattr(change.result, day)
    yield from _with_buildings(change, reason)


def _with_buildings(change: Change, reason: str) -> Iterator[Change]:
    """Yield a change of a work, and that of each building whose day was the work's, or is still empty, and is another one now."""
    yield change
    before, after = cast(Work, change.record), change.result
    changed = {told: day for day, told in DAYS.items() if day in change.names}
    links = WorkBuilding.objects.current().filter(work=before).select_related("building").order_by("id") if changed else ()
    for building in (link.building for link in links):
        same = {told: getattr(after, day) for told, day in changed.items() if getattr(building, told) in (None, getattr(before, day))}
        if same:
            yield Change(building, same, reason=reason or _t("随所属工程办理"))


@action("works.correct", right="works.edit", label=_("更正"))
def correct(record: Work, *, by: User, version: int, facts: dict, reason: str = "") -> Iterator[Change]:
    """Plan other facts of a work, and other days of the buildings that had its days."""
    yield from _with_buildings(plan_correction(record, facts, reason=reason), reason)


@action("work_buildings.create", right="work_buildings.edit", label=_("登记"), creates=WorkBuilding)
def link(owner: Party, *, by: User, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Iterator[Change]:
    """Plan which work builds a building; what is known of the work's days holds for it."""
    change = plan_new(WorkBuilding, owner, facts, source=source, reason=reason)
    yield change
    made = cast(WorkBuilding, change.result)
    work, building = made.work, made.building
    empty = {told: day for name, told in DAYS.items() if getattr(building, told) is None and (day := getattr(work, name))}
    if empty:
        yield Change(building, empty, reason=reason or _t("随所属工程办理"))


@action("works.start", right="works.advance", label=_("开工"))
def start(work: Work, *, by: User, version: int, started_on: PartialDate, started_evidence: str, reason: str = "") -> Iterator[Change]:
    """Plan the start of construction, of the work and of its buildings."""
    facts = {"started_on": started_on, "started_evidence": started_evidence}
    yield from _step(work, WorkStage.BUILDING, "started_on", facts, reason)


@action("works.accept", right="works.advance", label=_("验收"))
def accept(work: Work, *, by: User, version: int, accepted_on: PartialDate, accepted_evidence: str, reason: str = "") -> Iterator[Change]:
    """Plan the acceptance: the work is completed, and so are its buildings."""
    facts = {"accepted_on": accepted_on, "accepted_evidence": accepted_evidence}
    yield from _step(work, WorkStage.ACCEPTED, "accepted_on", facts, reason)


@action("works.hand_over", right="works.advance", label=_("移交"))
def hand_over(
    work: Work, *, by: User, version: int, handed_over_on: PartialDate, handed_over_to: Party, handed_over_evidence: str, reason: str = "",
) -> Iterator[Change]:
    """Plan the hand-over of the work and its buildings to whoever keeps them."""
    facts = {"handed_over_on": handed_over_on, "handed_over_to": handed_over_to, "handed_over_evidence": handed_over_evidence}
    yield from _step(work, WorkStage.HANDED_OVER, "handed_over_on", facts, reason)


@action("works.operate", right="works.advance", label=_("投入运行"))
def operate(
    work: Work, *, by: User, version: int, operating_on: PartialDate, operating_evidence: str, reason: str = "",
) -> Iterator[Change]:
    """Plan that the work operates."""
    facts = {"operating_on": operating_on, "operating_evidence": operating_evidence}
    yield from _step(work, WorkStage.OPERATING, "operating_on", facts, reason)


# Plants


@action("plants.enlarge", right="plant_capacities.edit", label=_("变更能力"))
def enlarge(plant: Plant, *, by: User, version: int, since: date, amount: Any, document: str = "", reason: str = "") -> Change:
    """Plan another daily capacity of the plant from a day on."""
    facts = {"plant": plant, "since": since, "amount": amount, "document": document}
    return plan_new(PlantCapacity, plant.owner, facts, reason=reason)


# Reservations


@action("reservations.release", right="reservations.edit", label=_("释放"))
def release(reservation: Reservation, *, by: User, version: int, released_on: date, release_reason: str) -> Change:
    """Plan that a reservation no longer stands, with the reason."""
    _refuse_over(reservation)
    return Change(reservation, {"released_on": released_on, "release_reason": release_reason}, reason=release_reason)


@action("reservations.pass_on", right="reservations.edit", label=_("转给项目"))
def pass_on(
    reservation: Reservation, *, by: User, version: int, project: Project,
    passed_on: Annotated[date, _("自何日起转给项目")], reason: str = "",
) -> Iterator[Change]:
    """Plan that the reservation of a signed lead ends, and that of its project begins with as much."""
    _refuse_over(reservation)
    if reservation.lead_id is None or project.lead_id != reservation.lead_id:
        raise ValidationError(_t("{reservation}：只能转给由「{lead}」签约而来的项目。").format(
            reservation=reservation, lead=reservation.lead or "—"))
    if reservation.until is not None and passed_on >= reservation.until:
        raise ValidationError(_t("{reservation}：{until} 已经到期，不能再转给项目，请为项目另行预留。").format(
            reservation=reservation, until=reservation.until))
    since = max(passed_on, reservation.since)
    yield Change(reservation, {"released_on": passed_on, "release_reason": _t("转给项目 {project}").format(project=project)}, reason=reason)
    yield Change(Reservation(owner_id=reservation.owner_id), {
        "pool": reservation.pool, "project": project, "amount": reservation.amount, "since": since, "until": reservation.until,
        "document": reservation.document}, reason=reason)


def _refuse_over(reservation: Reservation) -> None:
    if reservation.released_on is not None:
        raise ValidationError(_t("{reservation}：已于 {day} 释放。").format(reservation=reservation, day=reservation.released_on))
