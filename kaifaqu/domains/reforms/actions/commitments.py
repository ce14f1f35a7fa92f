"""What people do with commitments: they are signed, publicised and approved, and it is checked whether they are kept."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.commitments import Commitment, CommitmentItem, ComplianceCheck, Phase, Result
from kaifaqu.domains.reforms.commitments_lifecycle import BREACHED, COMMITMENT_LIFECYCLE, CommitmentStage
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import PartialDate

ADVANCE = "commitments.advance"
On = Annotated[date, _("检查日期")]
Found = Annotated[Result, _("结果")]
When = Annotated[Phase, _("环节")]
Office = Annotated[Party | None, _("检查单位")]
Findings = Annotated[str, _("检查情况")]
Consequence = Annotated[str, _("后果（违诺的必须写明）")]
FollowUp = Annotated[date | None, _("复查日期（整改的必须写明）")]


def _step(case: Commitment, target: str, day: str, facts: dict[str, Any], reason: str = "") -> Change:
    """Plan the step; it occurred on the day that the column `day` will hold."""
    change = COMMITMENT_LIFECYCLE.plan(case, target, facts=facts, reason=reason)
    change.occurred_on = getattr(change.result, day)
    return change


@action("commitments.sign", right=ADVANCE, label=_("签承诺书"))
def sign(case: Commitment, *, by: User, version: int, signed_on: PartialDate, signed_evidence: str = "") -> Change:
    """Plan that the enterprise has signed; raise ValidationError while no item is chosen."""
    if not CommitmentItem.objects.current().filter(commitment=case).exists():
        raise ValidationError(_t("{case}：还没有选「承诺事项」；请先登记这份承诺书所承诺的事项。").format(case=case))
    return _step(case, CommitmentStage.SIGNED, "signed_on", {"signed_on": signed_on, "signed_evidence": signed_evidence})


@action("commitments.publicise", right=ADVANCE, label=_("公示"))
def publicise(case: Commitment, *, by: User, version: int, publicised_on: PartialDate, publicised_evidence: str = "") -> Change:
    """Plan that the commitment is made public; the rule says until when."""
    facts = {"publicised_on": publicised_on, "publicised_evidence": publicised_evidence}
    return _step(case, CommitmentStage.PUBLICISED, "publicised_on", facts)


@action("commitments.approve", right=ADVANCE, label=_("批复"))
def approve(
    case: Commitment, *, by: User, version: int, approved_on: PartialDate, approved_evidence: str, verify_due_on: date | None = None,
) -> Iterator[Change]:
    """Plan the approval on the commitment; items without a date for their check get that of the rule."""
    facts: dict[str, Any] = {"approved_on": approved_on, "approved_evidence": approved_evidence}
    if verify_due_on:
        facts["verify_due_on"] = verify_due_on
    step = _step(case, CommitmentStage.APPROVED, "approved_on", facts)
    yield step
    for item in CommitmentItem.objects.current().filter(commitment=case, check_due_on=None).order_by("id"):
        yield Change(item, {"check_due_on": item.due_after(PartialDate.parse(approved_on).last)})


@action("commitments.check", right="compliance_checks.edit", label=_("登记整件检查"))
def check(
    case: Commitment, *, by: User, version: int, checked_on: On, result: Found, phase: When = Phase.AFTER, office: Office = None,
    findings: Findings = "", consequence: Consequence = "", follow_up_on: FollowUp = None,
) -> Iterator[Change]:
    """Plan a check of the case as a whole and what it found."""
    return _checked(case, {
        "checked_on": checked_on, "office": office, "phase": phase, "result": result, "findings": findings,
        "consequence": consequence, "follow_up_on": follow_up_on})


@action("commitment_items.check", right="compliance_checks.edit", label=_("登记检查"))
def check_item(
    item: CommitmentItem, *, by: User, version: int, checked_on: On, result: Found, phase: When = Phase.DURING, office: Office = None,
    findings: Findings = "", consequence: Consequence = "", follow_up_on: FollowUp = None,
) -> Iterator[Change]:
    """Plan a check of one item and what it found."""
    return _checked(item.commitment, {
        "item": item, "checked_on": checked_on, "office": office, "phase": phase, "result": result, "findings": findings,
        "consequence": consequence, "follow_up_on": follow_up_on})


def _checked(case: Commitment, facts: dict[str, Any]) -> Iterator[Change]:
    """Yield a check; where the enterprise broke its word, the case is at 违诺 from that day on."""
    yield Change(ComplianceCheck(owner_id=case.owner_id), {"commitment": case, **facts})
    if facts["result"] == Result.BREACH and BREACHED in {step.target for step in COMMITMENT_LIFECYCLE.steps_from(case)}:
        yield _step(case, BREACHED, "breached_on", {"breached_on": facts["checked_on"], "consequence": facts["consequence"]})
    else:
        yield Change(case, {})  # writes nothing; who sent the form goes on from the case


@action("commitments.conclude", right=ADVANCE, label=_("核查完毕"))
def conclude(case: Commitment, *, by: User, version: int, checked_on: PartialDate) -> Change:
    """Plan that all was checked and kept; raise ValidationError that names every item of which the last check does not say so."""
    made = [*ComplianceCheck.objects.current().filter(commitment=case).order_by("checked_on", "id")]
    items = [*CommitmentItem.objects.current().filter(commitment=case).order_by("id")]
    found = {item: next((each.result for each in reversed(made) if each.item_id in (item.pk, None)), "") for item in items}
    lacking = [str(item) for item, result in found.items() if result != Result.KEPT]
    if lacking:
        raise ValidationError(_t("{case}：还不能核查完毕。没有检查或最近一次检查不是「履行」的：{items}。").format(
            case=case, items="、".join(lacking)))
    return _step(case, CommitmentStage.CHECKED, "checked_on", {"checked_on": checked_on})


@action("commitments.accept", right=ADVANCE, label=_("验收"))
def accept(case: Commitment, *, by: User, version: int, accepted_on: PartialDate, accepted_evidence: str = "") -> Change:
    """Plan that the project was accepted with its commitment kept."""
    return _step(case, CommitmentStage.ACCEPTED, "accepted_on", {"accepted_on": accepted_on, "accepted_evidence": accepted_evidence})


@action("commitments.breach", right=ADVANCE, label=_("违诺"))
def breach(case: Commitment, *, by: User, version: int, breached_on: PartialDate, consequence: str) -> Change:
    """Plan that the enterprise broke its word, with the consequence."""
    return _step(case, BREACHED, "breached_on", {"breached_on": breached_on, "consequence": consequence}, consequence)


@action("commitments.withdraw", right=ADVANCE, label=_("撤回"))
def withdraw(case: Commitment, *, by: User, version: int, withdrawn_on: PartialDate, withdraw_reason: str) -> Change:
    """Plan that the case is given up, with the reason; the ordinary approvals are due again."""
    facts = {"withdrawn_on": withdrawn_on, "withdraw_reason": withdraw_reason}
    return _step(case, CommitmentStage.WITHDRAWN, "withdrawn_on", facts, withdraw_reason)
