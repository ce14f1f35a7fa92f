"""What people do with commitments: they are signed, publicised and approved, and it is checked whether they are kept."""

from collections.abc import Iterator
from datetime import date
from math import inf
from typing import Annotated, Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.commitments import Commitment, CommitmentItem, ComplianceCheck, Phase, Result
from kaifaqu.domains.reforms.commitments_lifecycle import BREACHED, COMMITMENT_LIFECYCLE, GOING_ON, CommitmentStage
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action, plan_correction, plan_new
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
    yield from _with_items(_step(case, CommitmentStage.APPROVED, "approved_on", facts))


@action("commitments.correct", right="commitments.edit", label=_("更正"))
def correct(record: Commitment, *, by: User, version: int, facts: dict, reason: str = "") -> Iterator[Change]:
    """Plan other facts of a case; the dates of its items follow from another day of approval."""
    yield from _with_items(plan_correction(record, facts, reason=reason))


def _with_items(change: Change) -> Iterator[Change]:
    """Yield the change of a case, and where that moves the approval, those of its items, whose dates follow from it."""
    yield change
    if "approved_on" in change.names:
        for item in CommitmentItem.objects.current().filter(commitment_id=change.record.pk).order_by("id"):
            item.commitment = cast(Commitment, change.result)
            yield Change(item, {}, reason=change.reason)


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


@action("compliance_checks.create", right="compliance_checks.edit", label=_("登记"), creates=ComplianceCheck)
def create_check(owner: Party, *, by: User, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Iterator[Change]:
    """Plan a check, also of old stock; what it finds is told by the case as well."""
    return _told(plan_new(ComplianceCheck, owner, facts, source=source, reason=reason))


@action("compliance_checks.correct", right="compliance_checks.edit", label=_("更正"))
def correct_check(record: ComplianceCheck, *, by: User, version: int, facts: dict, reason: str = "") -> Iterator[Change]:
    """Plan other facts of a check; the case tells what is then found."""
    return _told(plan_correction(record, facts, reason=reason))


@action("compliance_checks.archive", right="compliance_checks.edit", label=_("归档"))
def archive_check(record: ComplianceCheck, *, by: User, version: int, reason: str) -> Iterator[Change]:
    """Plan that a check was entered by mistake; the case tells no more what it found. Raise ValidationError without a reason."""
    if not reason:
        raise ValidationError(_t("{record}：归档请写明原因。").format(record=record))
    return _told(Change(record, {"archived_at": clock.now()}, reason=reason))


def _checked(case: Commitment, facts: dict[str, Any]) -> Iterator[Change]:
    """Yield a check of the case and what the case tells then; who sent the form goes on from the case."""
    check, *told = _told(Change(ComplianceCheck(owner_id=case.owner_id), {"commitment": case, **facts}))
    yield from (check, *(told or [Change(case, {})]))


def _told(change: Change) -> Iterator[Change]:
    """Yield the change of a check, and that of its case, if it tells another breach then, or none any more."""
    yield change
    check = cast(ComplianceCheck, change.result)
    cases = {check.commitment_id, cast(ComplianceCheck, change.record).commitment_id}
    yield from (each for key in sorted(cases) if (each := _found(Commitment.objects.get(pk=key), check)).writes)


def _found(case: Commitment, check: ComplianceCheck) -> Change:
    """Plan what a case tells of a breach, with a check as it will be: the last that was found, and whether all was put right."""
    made = [*ComplianceCheck.objects.current().filter(commitment=case).exclude(pk=check.pk)]
    if check.commitment_id == case.pk and check.archived_at is None:
        made.append(check)
    made.sort(key=lambda each: (each.checked_on, each.pk or inf))
    last = next((each for each in reversed(made) if each.result == Result.BREACH), None)
    facts: dict[str, Any] = {
        "breached_on": PartialDate.parse(last.checked_on) if last else None, "consequence": last.consequence if last else ""}
    if last and case.restored_on and not _not_put_right(made, case.restored_on.last):
        return Change(case, facts)
    facts["restored_on"] = None  # broken anew, found late to be broken besides, or never broken
    if last and BREACHED in {step.target for step in COMMITMENT_LIFECYCLE.steps_from(case)}:
        return _step(case, BREACHED, "breached_on", facts)
    return Change(case, facts)


def _not_put_right(made: list[ComplianceCheck], on: date) -> list[str]:
    """Return what was broken, be it after the day, and was not kept when it was last looked at by the day."""
    seen = [each for each in made if each.checked_on <= on or each.result == Result.BREACH]
    broken = {each.item_id: each.item for each in seen if each.result == Result.BREACH}
    return [str(item or _t("整件")) for key, item in broken.items() if not _is_kept(seen, key)]


@action("commitments.conclude", right=ADVANCE, label=_("核查完毕"))
def conclude(case: Commitment, *, by: User, version: int, checked_on: PartialDate) -> Change:
    """Plan that all was checked and kept; raise ValidationError that names every item, and the whole, of which no check says so last."""
    made = [*ComplianceCheck.objects.current().filter(commitment=case).order_by("checked_on", "id")]
    items = [*CommitmentItem.objects.current().filter(commitment=case).order_by("id")]
    lacking = [str(item) for item in items if not _is_kept(made, item.pk)]
    if any(each.item_id is None for each in made) and not _is_kept(made, None):
        lacking.append(_t("整件"))
    if lacking or not items:
        raise ValidationError(_t("{case}：还不能核查完毕。没有检查或最近一次检查不是「履行」的：{items}。").format(
            case=case, items="、".join(lacking) or _t("还没有登记承诺事项")))
    if PartialDate.parse(checked_on).last < made[-1].checked_on:
        raise ValidationError(_t("{case}：「核查完毕日期」{day} 早于最近一次检查 {last}。").format(
            case=case, day=checked_on, last=made[-1].checked_on))
    return _step(case, CommitmentStage.CHECKED, "checked_on", {"checked_on": checked_on})


def _is_kept(made: list[ComplianceCheck], item_id: int | None) -> bool:
    """Tell whether an item (None: the case as a whole) was checked itself, and the last look at it found it kept."""
    seen = [each for each in made if each.item_id in (item_id, None)]
    return any(each.item_id == item_id for each in made) and seen[-1].result == Result.KEPT


@action("commitments.restore", right=ADVANCE, label=_("整改到位"))
def restore(case: Commitment, *, by: User, version: int, restored_on: Annotated[date, _("整改到位日期")]) -> Change:
    """Plan that what was broken is put right, and the case goes on where it was. Raise ValidationError before a check that says so."""
    made = [*ComplianceCheck.objects.current().filter(commitment=case).order_by("checked_on", "id")]
    lacking = _not_put_right(made, restored_on)
    if lacking or restored_on > clock.today() or not case.breached_on:
        raise ValidationError(_t("{case}：{day} 还不能办整改到位。请先登记复查为「履行」的检查：{items}。").format(
            case=case, day=restored_on, items="、".join(lacking) or _t("整件")))
    day = PartialDate.parse(restored_on)
    before = next(stage for stage in reversed(GOING_ON) if getattr(case, f"{stage}_on"))
    return COMMITMENT_LIFECYCLE.plan(case, before, facts={"restored_on": day}, occurred_on=day)


@action("commitments.accept", right=ADVANCE, label=_("验收"))
def accept(case: Commitment, *, by: User, version: int, accepted_on: PartialDate, accepted_evidence: str = "") -> Change:
    """Plan that the project was accepted with its commitment kept."""
    return _step(case, CommitmentStage.ACCEPTED, "accepted_on", {"accepted_on": accepted_on, "accepted_evidence": accepted_evidence})


@action("commitments.breach", right=ADVANCE, label=_("违诺"))
def breach(
    case: Commitment, *, by: User, version: int, breached_on: Annotated[date, _("违诺日期")], consequence: str,
) -> Iterator[Change]:
    """Plan that the enterprise broke its word, with the consequence: a check of the whole that found it."""
    return _checked(case, {"checked_on": breached_on, "phase": Phase.AFTER, "result": Result.BREACH, "consequence": consequence})


@action("commitments.withdraw", right=ADVANCE, label=_("撤回"))
def withdraw(case: Commitment, *, by: User, version: int, withdrawn_on: PartialDate, withdraw_reason: str) -> Change:
    """Plan that the case is given up, with the reason; the ordinary approvals are due again."""
    facts = {"withdrawn_on": withdrawn_on, "withdraw_reason": withdraw_reason}
    return _step(case, CommitmentStage.WITHDRAWN, "withdrawn_on", facts, withdraw_reason)
