"""What stands on the page of a standard parcel: what was assessed, what is demanded, and what is promised against what was verified."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from kaifaqu.domains.reforms.parcels import ControlIndicator, RegionalAssessment, StandardParcel
from kaifaqu.domains.reforms.parcels_rules import ASSESSED, required
from kaifaqu.domains.reforms.promises import Evidence, Promise
from kaifaqu.domains.reforms.promises_lifecycle import SIGNED, PromiseStage
from kaifaqu.kernel import clock
from kaifaqu.pages import manners
from kaifaqu.registers.places.telling import in_words

COLOURS = {PromiseStage.MET: "green", PromiseStage.RECTIFYING: "yellow", PromiseStage.BREACHED: "red"}


class Assessed(NamedTuple):
    """One kind of assessment over the parcel: the one that is valid on the day, else the latest, else none."""

    label: str
    is_required: bool
    found: Any
    is_valid: bool


class Line(NamedTuple):
    """One indicator of the parcel: what is demanded, promised and verified, with what was handed in."""

    control: ControlIndicator
    promise: Any
    evidence: list[Evidence]
    colour: str
    is_late: bool


@manners.panel(StandardParcel, "reforms/_parcel.html", replaces=("control_indicators.standard_parcel", "land_promises.standard_parcel"))
def shown(user: Any, record: StandardParcel) -> dict[str, Any]:
    """Return what the person may see of it; the enterprise does not see the zone's assessments."""
    on = record.announced_on.first if record.announced_on else clock.today()
    looking = user.may(RegionalAssessment.right_to("view"), record.owner_id)
    return {
        "record": record, "on": on, "area": in_words(record.area, "亩") if record.area is not None else "",
        "assessed": [*assessed(record, on)] if looking else None, "lines": [*lines(user, record)],
        "may_set": user.may("control_indicators.edit", record.owner_id) and not record.announced_on and not record.withdrawn_on,
        "may_assess": user.may("regional_assessments.edit", record.owner_id) and not record.announced_on,
    }  # fmt: skip


@manners.panel(Promise, "reforms/_promise.html")
def standing(user: Any, record: Promise) -> dict[str, Any]:
    """Return how the promise stands: what is demanded and promised, when it is due, and what the last verdict found."""
    told = _("整改期限") if record.rectify_by else _("约定") if record.due_on else _("按项目的日期推算")
    return {"record": record, "colour": COLOURS.get(PromiseStage(record.stage), ""), "due": record.due, "due_by": told}


def assessed(record: StandardParcel, on: date) -> Iterator[Assessed]:
    """Yield the kinds that are required or that cover the parcel, each with the assessment that is valid on the day."""
    needed, rows = required(record.owner_id, on), [*record.assessments().select_related("park")]
    for kind, label in ASSESSED:
        of_kind = [each for each in rows if each.kind == kind]
        valid = [each for each in of_kind if each.done_on <= on and (each.expires_on is None or each.expires_on >= on)]
        if of_kind or kind in needed:
            yield Assessed(str(label), kind in needed, next(iter(valid or of_kind), None), bool(valid))


def lines(user: Any, record: StandardParcel) -> Iterator[Line]:
    """Yield the indicators in their order, each with its promise and what was handed in for it."""
    promises = {each.control_id: each for each in Promise.objects.visible_to(user).filter(standard_parcel=record)}
    papers: dict[int, list[Evidence]] = {}
    for each in Evidence.objects.current().filter(promise__in=[each.pk for each in promises.values()]).order_by("handed_in_on", "id"):
        papers.setdefault(each.promise_id, []).append(each)
    for control in ControlIndicator.objects.current().filter(standard_parcel=record).order_by("id"):
        promise: Any = promises.get(control.pk)
        if promise:
            promise.standard_parcel = record  # whose project says when it is due
        is_late = bool(promise and promise.stage in (SIGNED, PromiseStage.RECTIFYING) and promise.due and promise.due < clock.today())
        colour = "red" if is_late else COLOURS.get(promise.stage, "") if promise else ""
        yield Line(control, promise, papers.get(promise.pk, []) if promise else [], colour, is_late)


manners.column(StandardParcel, "area", told=lambda area, _row: "—" if area is None else in_words(area, "亩"))
