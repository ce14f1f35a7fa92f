"""What stands on the page of a commitment: its items with their checks; and of a project, which reforms it has."""

from typing import Any

from kaifaqu.domains.reforms.commitments import Commitment, CommitmentItem, ComplianceCheck, Result
from kaifaqu.domains.reforms.commitments_conditions import owed_items, unchecked, under_watch
from kaifaqu.domains.reforms.parcels import StandardParcel
from kaifaqu.domains.reforms.promises import Promise
from kaifaqu.kernel import clock
from kaifaqu.kernel.world import World
from kaifaqu.pages import manners
from kaifaqu.registers.places.telling import in_words
from kaifaqu.registers.projects.models import Project

COLOURS = {Result.KEPT: "green", Result.RECTIFY: "yellow", Result.BREACH: "red"}


@manners.panel(Commitment, "reforms/_commitment.html", replaces=("commitment_items.commitment", "compliance_checks.commitment"))
def shown(user: Any, record: Commitment) -> dict[str, Any]:
    """Return the items of the case with their checks, the latest first, and the checks of the whole."""
    checks = [*ComplianceCheck.objects.current().filter(commitment=record).select_related("office").order_by("-checked_on", "-id")]
    coloured = [(each, COLOURS[Result(each.result)]) for each in checks]
    late = {*_late_items(record)}
    items = CommitmentItem.objects.current().filter(commitment=record).order_by("id")
    return {
        "record": record, "whole": [pair for pair in coloured if pair[0].item_id is None],
        "items": [(item, item.pk in late, [pair for pair in coloured if pair[0].item_id == item.pk]) for item in items],
        "may_add": user.may("commitment_items.edit", record.owner_id) and (not record.signed_on or record.historical),
        "may_check": user.may("compliance_checks.edit", record.owner_id) and record.offers("check"),
    }  # fmt: skip


def _late_items(record: Commitment) -> Any:
    """Return the numbers of the items past their date and unchecked; of a case that is over there are none."""
    watched = Commitment.objects.filter(under_watch(clock.today()), pk=record.pk)
    owed = owed_items(clock.today(), World()).filter(check_by__lt=clock.today())
    return owed.filter(commitment_id__in=watched.values("id")).values_list("id", flat=True)


@manners.panel(Project, "reforms/_project.html", replaces=("standard_parcels.project", "commitments.project"))
def of_project(user: Any, record: Project) -> dict[str, Any] | None:
    """Return the standard parcels and the commitments of a project; nothing where it has none that the person may see."""
    parcels = [*StandardParcel.objects.visible_to(user).filter(project=record).order_by("id")]
    cases = [*Commitment.objects.visible_to(user).filter(project=record).order_by("id")]
    may_begin = user.may("commitments.edit", record.owner_id)
    if not parcels and not cases and not may_begin:
        return None
    late = {*Commitment.objects.filter(unchecked(clock.today(), World()), pk__in=[each.pk for each in cases]).values_list("pk", flat=True)}
    promises = [*Promise.objects.visible_to(user).filter(standard_parcel__in=[each.pk for each in parcels])]
    return {
        "record": record, "may_begin": may_begin and not any(each.withdrawn_on is None for each in cases),
        "parcels": [(
            each, in_words(each.area, "亩") if each.area is not None else "", sum(one.standard_parcel_id == each.pk for one in promises),
            sum(one.standard_parcel_id == each.pk and one.met_on is not None for one in promises)) for each in parcels],
        "cases": [(each, each.pk in late) for each in cases],
    }  # fmt: skip
