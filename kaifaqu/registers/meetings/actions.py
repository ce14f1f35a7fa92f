"""What people do with plans and meetings: lay out a year, draw up an agenda, hold, write minutes, sign, supplement, cancel."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM, User
from kaifaqu.kernel.actions import action, plan_correction
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.registers.meetings import agenda, looking, minutes
from kaifaqu.registers.meetings.lifecycle import CANCELLED, DONE, HELD, MEETING_LIFECYCLE, MINUTED, PLANNED, SIGNED
from kaifaqu.registers.meetings.models import AgendaItem, Meeting, MeetingPlan, PlanComponent, Signature
from kaifaqu.registers.meetings.planning import calendar_of, slots
from kaifaqu.registers.meetings.rules import templates


@action("meeting_plans.lay_out", right="meeting_plans.edit", label=_("生成年度计划"))
def lay_out(plan: MeetingPlan, *, by: User, version: int) -> Iterator[Change]:
    """Plan the components of the plan's kind and every slot of its year; what is there already stays as it is.

    Raise ValidationError where there are no components, and where nothing is missing.
    """
    components, changes = _components(plan)
    rows, calendar = Meeting.objects.current().filter(component__plan=plan), calendar_of(plan.owner_id)
    there = {*rows.values_list("component_id", "number")}
    for component in components:
        for slot in slots(component, plan.year, calendar):
            if (component.pk, slot.number) not in there:
                changes.append(Change(Meeting(owner_id=plan.owner_id), {"component": component, **vars(slot)}))
    if not components:
        raise ValidationError(_t("{plan}：还没有组成部分。请先选「计划种类」，或登记「计划组成部分」。").format(plan=plan))
    if not changes:
        raise ValidationError(_t("{plan}：各组成部分和各次会议都已生成，没有要补的；不定期的请逐次登记。").format(plan=plan))
    yield Change(plan, {}, note="laid out")
    yield from changes


def _components(plan: MeetingPlan) -> tuple[list[PlanComponent], list[Change]]:
    """Return the plan's components, with those of its kind that it does not have yet, and the changes that make these."""
    components = list(PlanComponent.objects.current().filter(plan=plan).order_by("order", "id"))
    named, changes = {each.name for each in components}, []
    for order, told in enumerate(templates(plan.owner_id).get(plan.kind, {}).get("components", ()), 1):
        if told["name"] not in named:
            facts = {name: told[name] for name in ("name", "kind", "cadence", "planned_days", "due_days")}
            facts |= {name: "\n".join(told.get(name, ())) for name in ("agenda", "indicators")}
            facts |= {"no_return": "、".join(map(str, told.get("no_return", ()))), "instead": told.get("instead", "")}
            change = Change(PlanComponent(owner_id=plan.owner_id), {"plan": plan, "order": order, **facts})
            changes.append(change)
            components.append(cast(PlanComponent, change.result))
    return components, changes


@action("meetings.draft_agenda", right="meetings.edit", label=_("从亮灯和上次议定事项生成议程"))
def draft_agenda(meeting: Meeting, *, by: User, version: int) -> Iterator[Change]:
    """Plan the topics that the meeting's agenda does not have yet. Raise ValidationError where there is none."""
    _demand_open(meeting)
    found = agenda.missing(meeting, by)
    if not found:
        raise ValidationError(_t("{meeting}：没有新的议题，议程已经齐全。").format(meeting=meeting))
    yield Change(meeting, {}, note="agenda drafted")
    for facts in found:
        yield Change(AgendaItem(owner_id=meeting.owner_id), facts)


@action("meetings.hold", right="meetings.edit", label=_("召开"))
def hold(
    meeting: Meeting, *, by: User, version: int, held_on: date, place: str = "", chair: User | None = None, reason: str = "",
) -> Change:  # fmt: skip
    """Plan that the meeting was held: the figures that it looks at are frozen as known now; to correct the day freezes nothing anew."""
    facts: dict[str, Any] = {"held_on": held_on, "place": place or meeting.place, "chair": chair or meeting.chair}
    if meeting.stage == PLANNED:
        facts["frozen_sha256"] = looking.freeze(meeting, by)
    return MEETING_LIFECYCLE.plan(meeting, HELD, facts=facts, occurred_on=PartialDate.parse(held_on), reason=reason)


@action("meetings.minute", right="meetings.edit", label=_("写纪要"))
def minute(meeting: Meeting, *, by: User, version: int, minutes: str, reason: str = "") -> Change:
    """Plan the minutes, or others until all parties have signed; signatures that were given are about the earlier text.

    Raise ValidationError once all have signed: a supplement is written then.
    """
    if meeting.stage == SIGNED or meeting.supplement:
        raise ValidationError(_t("{meeting}：纪要已由各方签署，不能改写；请办「补充纪要」。").format(meeting=meeting))
    if not minutes.strip():
        raise ValidationError(_t("{meeting}：请填写「纪要」。").format(meeting=meeting))
    facts = {"minutes": minutes, "minuted_on": meeting.minuted_on or clock.today(), "signed_parties": 0}
    return MEETING_LIFECYCLE.plan(meeting, MINUTED, facts=facts, reason=reason)


@action("meetings.sign", right="meetings.sign", label=_("签署"), of=("owner", "partner"))
def sign(meeting: Meeting, *, by: User, version: int) -> Iterator[Change]:
    """Plan the signature of the party for which the person may sign, on the content as it stands; the last one closes it.

    Raise ValidationError where there are no minutes, or that party has signed this content.
    """
    if meeting.stage != MINUTED:
        raise ValidationError(_t("{meeting}：现在是「{stage}」，纪要写成以后、各方签完以前才能签署。").format(
            meeting=meeting, stage=meeting.get_stage_display()))
    sha256 = minutes.keep(meeting)
    done, signers = minutes.signed(meeting, sha256), meeting.signers()
    party = next((each for each in signers if each.pk not in done and by.may("meetings.sign", each.pk)), None)
    if party is None:
        raise ValidationError(_t("{meeting}：您的单位已经签过这份纪要。").format(meeting=meeting))
    facts = {"sheet_sha256": sha256, "signed_parties": len(done) + 1}
    if len(done) + 1 == len(signers):
        yield MEETING_LIFECYCLE.plan(meeting, SIGNED, facts=facts)
    else:
        yield Change(meeting, facts)
    yield Change(Signature(owner_id=meeting.owner_id), {
        "meeting": meeting, "party": party, "person": None if by is SYSTEM else by, "signed_at": clock.now(), "sha256": sha256})


@action("meetings.supplement", right="meetings.edit", label=_("补充纪要"))
def supplement(meeting: Meeting, *, by: User, version: int, supplement: str, reason: str) -> Change:
    """Plan a supplement to minutes that all have signed; the minutes stay, and all parties sign anew. It needs a reason."""
    if not reason:
        raise ValidationError(_t("{meeting}：补充纪要请写明原因。").format(meeting=meeting))
    if not supplement.strip():
        raise ValidationError(_t("{meeting}：请填写「补充纪要」。").format(meeting=meeting))
    if meeting.stage != SIGNED and not meeting.supplement:
        raise ValidationError(_t("{meeting}：纪要还没有签完，直接「改写纪要」即可。").format(meeting=meeting))
    text = "\n\n".join(filter(None, (meeting.supplement, f"{clock.today()} {supplement.strip()}")))
    return MEETING_LIFECYCLE.plan(meeting, MINUTED, facts={"supplement": text, "signed_parties": 0}, reason=reason)


@action("meetings.cancel", right="meetings.edit", label=_("取消"))
def cancel(meeting: Meeting, *, by: User, version: int, cancelled_for: str) -> Change:
    """Plan that the meeting is not held, with the reason."""
    return MEETING_LIFECYCLE.plan(meeting, CANCELLED, facts={"cancelled_for": cancelled_for}, reason=cancelled_for)


@action("meetings.plan_again", right="meetings.edit", label=_("恢复计划"))
def plan_again(meeting: Meeting, *, by: User, version: int, reason: str = "") -> Change:
    """Plan that a cancelled meeting is held after all."""
    return MEETING_LIFECYCLE.plan(meeting, PLANNED, facts={"cancelled_for": ""}, reason=reason)


@action("meetings.correct", right="meetings.edit", label=_("更正"))
def correct(meeting: Meeting, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other facts of a meeting. Raise ValidationError once all parties have signed it, and for another period once it was held."""
    _demand_open(meeting)
    change = plan_correction(meeting, facts, reason=reason)
    if meeting.stage in (HELD, *DONE) and {"period", "component"} & {*change.names}:
        raise ValidationError(_t("{meeting} 已经召开，数据已按原来的期间定下，不能再改「数据期间」和组成部分。").format(meeting=meeting))
    return change


def _demand_open(meeting: Meeting) -> None:
    """Raise ValidationError for a meeting that all parties have signed."""
    if meeting.stage == SIGNED:
        raise ValidationError(_t("{meeting} 已由各方签署，不能再改；要补充的请先办「补充纪要」。").format(meeting=meeting))
