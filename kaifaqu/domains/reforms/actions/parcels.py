"""What people do with standard parcels: they are announced, transferred, promised, verified or withdrawn."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.parcels import ControlIndicator, StandardParcel
from kaifaqu.domains.reforms.parcels_lifecycle import PARCEL_LIFECYCLE, TRANSFERRED, ParcelStage
from kaifaqu.domains.reforms.promises import OPEN, Promise
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action, plan_correction, plan_new
from kaifaqu.kernel.commit import EMPTY, Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project

ADVANCE = "standard_parcels.advance"


def _step(parcel: StandardParcel, target: str, day: str, facts: dict[str, Any], reason: str = "") -> Change:
    """Plan the step; it occurred on the day that the column `day` will hold."""
    change = PARCEL_LIFECYCLE.plan(parcel, target, facts=facts, reason=reason)
    change.occurred_on = getattr(change.result, day)
    return change


def _with_area(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts without an empty area: it is then that of the parcel."""
    return {name: value for name, value in facts.items() if name != "area" or value not in EMPTY}


@action("standard_parcels.create", right="standard_parcels.edit", label=_("登记"), creates=StandardParcel)
def create(owner: Party, *, by: User, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Change:
    """Plan a standard parcel; without an area of its own it has that of the parcel."""
    return plan_new(StandardParcel, owner, _with_area(facts), source=source, reason=reason)


@action("standard_parcels.correct", right="standard_parcels.edit", label=_("更正"))
def correct(record: StandardParcel, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other facts of a standard parcel."""
    return plan_correction(record, _with_area(facts), reason=reason)


@action("standard_parcels.announce", right=ADVANCE, label=_("公告"))
def announce(parcel: StandardParcel, *, by: User, version: int, announced_on: PartialDate, announced_evidence: str) -> Change:
    """Plan the announcement; raise ValidationError that names every assessment and core indicator that is missing."""
    facts = {"announced_on": announced_on, "announced_evidence": announced_evidence}
    return _step(parcel, ParcelStage.ANNOUNCED, "announced_on", facts)


@action("standard_parcels.transfer", right=ADVANCE, label=_("出让"))
def transfer(
    parcel: StandardParcel, *, by: User, version: int, transferred_on: PartialDate, transferred_evidence: str,
    enterprise: Enterprise | None = None, project: Project | None = None, price: Decimal | None = None,
) -> Change:
    """Plan the transfer to an enterprise; from then on the indicators stay as they are."""
    return _step(parcel, TRANSFERRED, "transferred_on", {
        "transferred_on": transferred_on, "transferred_evidence": transferred_evidence, "project": project or parcel.project,
        "enterprise": enterprise or (project.enterprise if project else parcel.enterprise),
        "price": parcel.price if price is None else price,
    })  # fmt: skip


@action("standard_parcels.promise", right="land_promises.edit", label=_("签订对标承诺"))
def promise(parcel: StandardParcel, *, by: User, version: int, signed_on: Annotated[date, _("签订日期")]) -> Iterator[Change]:
    """Plan a promise for each indicator that has none: the value demanded, at the point of the rule; a stricter one is corrected after."""
    promised = Promise.objects.current().filter(standard_parcel=parcel).values("control_id")
    controls = [*ControlIndicator.objects.current().filter(standard_parcel=parcel).exclude(id__in=promised).order_by("id")]
    if not controls:
        raise ValidationError(_t("{parcel}：没有还要承诺的控制性指标。").format(parcel=parcel))
    for control in controls:
        yield Change(Promise(owner_id=parcel.owner_id), {"control": control, "value": control.value, "signed_on": signed_on})
    yield Change(parcel, {})  # writes nothing; who sent the form goes on from the parcel


@action("standard_parcels.conclude", right=ADVANCE, label=_("核验完毕"))
def conclude(parcel: StandardParcel, *, by: User, version: int, verified_on: PartialDate) -> Change:
    """Plan that all that was demanded is promised and verified, met or not; raise ValidationError that names what is not."""
    promises = {each.control_id: each for each in Promise.objects.current().filter(standard_parcel=parcel)}
    lacking = []
    for control in ControlIndicator.objects.current().filter(standard_parcel=parcel).order_by("id"):
        found = promises.get(control.pk)
        if found is None or found.stage in OPEN:
            lacking.append(f"{control.get_indicator_display()}（{found.get_stage_display() if found else _t('还没有签订')}）")
    if lacking or not promises:
        raise ValidationError(_t("{parcel}：还不能核验完毕。没有核验为达标或认定违约的：{names}。").format(
            parcel=parcel, names="、".join(lacking) or _t("没有对标承诺")))
    return _step(parcel, ParcelStage.VERIFIED, "verified_on", {"verified_on": verified_on})


@action("standard_parcels.withdraw", right=ADVANCE, label=_("撤出"))
def withdraw(parcel: StandardParcel, *, by: User, version: int, withdrawn_on: PartialDate, withdraw_reason: str) -> Change:
    """Plan that the parcel is not offered any more, with the reason."""
    facts = {"withdrawn_on": withdrawn_on, "withdraw_reason": withdraw_reason}
    return _step(parcel, ParcelStage.WITHDRAWN, "withdrawn_on", facts, withdraw_reason)
