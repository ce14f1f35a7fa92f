"""What is done about promises: the enterprise hands in evidence, and the land office verifies it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.parcels_rules import EvidenceKind
from kaifaqu.domains.reforms.promises import Evidence, Promise, Verdict
from kaifaqu.domains.reforms.promises_lifecycle import PROMISE_LIFECYCLE, PromiseStage
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import PartialDate

VERIFYING = "land_promises.verify"
Kind = Annotated[EvidenceKind, _("材料")]
Value = Annotated[Decimal, _("材料上的数值")]
Paper = Annotated[Evidence | None, _("核验材料（空着为最近交来、还没有核验的一份）")]
RectifyBy = Annotated[date | None, _("整改期限（未达标、责令整改的填写）")]
Short = Annotated[str, _("违约后果（未达标、认定违约的填写）")]
Document = Annotated[str, _("材料名称和编号")]


@action("land_promises.hand_in", right="land_promises.hand_in", label=_("提交核验材料"), of=("party",))
def hand_in(promise: Promise, *, by: User, version: int, kind: Kind, value: Value, document: Document) -> Change:
    """Plan what the enterprise's own people hand in today to show that the promise is kept; they go on from it, and attach it there."""
    return _evidence(promise, kind, value, document, clock.today(), True)


@action("land_promises.record_paper", right="promise_evidence.edit", label=_("登记书面材料"))
def record_paper(
    promise: Promise, *, by: User, version: int, kind: Kind, value: Value, document: Document,
    handed_in_on: Annotated[date, _("交来日期")],
) -> Change:
    """Plan what the enterprise has handed in on paper, entered by the office."""
    return _evidence(promise, kind, value, document, handed_in_on, False)


def _evidence(promise: Promise, kind: str, value: Decimal, document: str, day: date, by_enterprise: bool) -> Change:
    if not promise.offers("hand_in"):
        raise ValidationError(_t("{promise}：已是「{stage}」，不再收材料。").format(promise=promise, stage=promise.get_stage_display()))
    return Change(Evidence(owner_id=promise.owner_id), {
        "promise": promise, "kind": kind, "value": value, "document": document, "handed_in_on": day, "by_enterprise": by_enterprise,
    })  # fmt: skip


@action("promise_evidence.refuse", right=VERIFYING, label=_("不予采用"))
def refuse(evidence: Evidence, *, by: User, version: int, reason: str) -> Change:
    """Plan that a paper is not taken as evidence, with the reason: it is no verdict, and another one is to be handed in."""
    if evidence.verdict or not reason:
        raise ValidationError(_t("{evidence}：请写明「不予采用的原因」；已核验的不能再办。").format(evidence=evidence))
    return Change(evidence, {"verdict": Verdict.REFUSED, "verified_on": clock.today(), "why": reason}, reason=reason)


@action("land_promises.verify", right=VERIFYING, label=_("核验"))
def verify(
    promise: Promise, *, by: User, version: int, verified_on: Annotated[date, _("核验日期")], evidence: Paper = None,
    rectify_by: RectifyBy = None, consequence: Short = "",
) -> Iterator[Change]:
    """Plan the verdict: the value of the evidence held against the promise, exactly; where it falls short, what follows from that.

    Raise ValidationError where nothing was handed in, for evidence of another promise or judged already, and where it is
    short with no rectification and no consequence.
    """
    evidence = evidence or Evidence.objects.current().filter(promise=promise, verdict="").order_by("handed_in_on", "id").last()
    if evidence is None:
        raise ValidationError(_t("{promise}：没有还没核验的材料；请等企业交来，或先办「登记书面材料」。").format(promise=promise))
    follows = _of_consequence(promise, evidence, verified_on, rectify_by, consequence)
    if problems := [*_of_evidence(promise, evidence, verified_on), *follows]:
        raise ValidationError([f"{promise}：{problem}" for problem in problems])
    is_met = promise.is_met(evidence.value)
    facts: dict[str, Any] = {"verified_on": verified_on, "verified_value": evidence.value}
    if is_met:
        target, facts = PromiseStage.MET, {**facts, "met_on": verified_on}
    elif rectify_by:
        target, facts = PromiseStage.RECTIFYING, {**facts, "rectify_on": verified_on, "rectify_by": rectify_by}
    else:
        target, facts = PromiseStage.BREACHED, {**facts, "breached_on": verified_on, "consequence": consequence.strip()}
    yield PROMISE_LIFECYCLE.plan(promise, target, facts=facts, occurred_on=PartialDate.parse(verified_on))
    yield Change(evidence, {"verdict": Verdict.MET if is_met else Verdict.SHORT, "verified_on": verified_on, "rectify_by": rectify_by})


def _of_evidence(promise: Promise, evidence: Evidence, verified_on: date) -> Iterator[str]:
    if evidence.promise_id != promise.pk:
        yield _t("「{evidence}」不是为这项承诺交来的。").format(evidence=evidence)
    if evidence.verdict:
        yield _t("「{evidence}」已于 {day} 核验过；请用企业新交来的材料。").format(evidence=evidence, day=evidence.verified_on)
    if verified_on < evidence.handed_in_on:
        yield _t("「核验日期」{day} 早于材料交来日期 {handed}。").format(day=verified_on, handed=evidence.handed_in_on)
    if verified_on > clock.today():
        yield _t("「核验日期」{day} 还没有到（今天是 {today}）。").format(day=verified_on, today=clock.today())


def _of_consequence(promise: Promise, evidence: Evidence, verified_on: date, rectify_by: date | None, consequence: str) -> Iterator[str]:
    is_met = promise.is_met(evidence.value)
    if is_met and (rectify_by or consequence.strip()):
        yield _t("材料上的数值已达到承诺，没有整改或违约可写。")
    if not is_met and bool(rectify_by) == bool(consequence.strip()):
        yield _t("材料上的数值没有达到承诺（{promised}）：请填「整改期限」或「违约后果」中的一项。").format(promised=promise.words)
    if rectify_by and rectify_by <= verified_on:
        yield _t("「整改期限」{by} 应晚于核验日期 {day}。").format(by=rectify_by, day=verified_on)


@action("land_promises.lapse", right=VERIFYING, label=_("逾期未交材料"))
def lapse(promise: Promise, *, by: User, version: int, verified_on: Annotated[date, _("认定日期")],
          consequence: Annotated[str, _("违约后果")]) -> Change:
    """Plan that the day is past and nothing was handed in, with the consequence. Raise ValidationError before that day."""
    if promise.due is None or promise.due >= verified_on:
        raise ValidationError(_t("{promise}：到期日是 {due}，{day} 还没有过期。").format(
            promise=promise, due=promise.due or _t("（没有填）"), day=verified_on))
    if Evidence.objects.current().filter(promise=promise, verdict="").exists():
        raise ValidationError(_t("{promise}：企业已交来材料，请先核验。").format(promise=promise))
    if not consequence.strip() or verified_on > clock.today():
        raise ValidationError(_t("{promise}：请写明「违约后果」，认定日期不能晚于今天。").format(promise=promise))
    facts = {"verified_on": verified_on, "verified_value": None, "breached_on": verified_on, "consequence": consequence.strip()}
    return PROMISE_LIFECYCLE.plan(promise, PromiseStage.BREACHED, facts=facts, occurred_on=PartialDate.parse(verified_on))


@action("land_promises.revoke", right=VERIFYING, label=_("撤销核验"))
def revoke(promise: Promise, *, by: User, version: int, reason: str) -> Iterator[Change]:
    """Plan that the last verdict is taken back, with the reason: the promise is as it was before, and the evidence is judged again."""
    papers = Evidence.objects.current().filter(promise=promise, verdict__in=(Verdict.MET, Verdict.SHORT))
    judged = [*papers.order_by("verified_on", "id")]
    last = judged.pop() if judged and promise.verified_value is not None else None  # a lapse has judged nothing
    before = judged[-1] if judged else None
    target = PromiseStage.RECTIFYING if before else PromiseStage.SIGNED
    facts: dict[str, Any] = {
        "verified_on": None, "verified_value": None, "rectify_on": None, "rectify_by": None, "met_on": None, "breached_on": None}
    if before:
        facts |= {"verified_on": before.verified_on, "verified_value": before.value, "rectify_on": before.verified_on,
                  "rectify_by": before.rectify_by}
    yield PROMISE_LIFECYCLE.plan(promise, target, facts={**facts, "consequence": ""}, reason=reason)
    if last:
        yield Change(last, {"verdict": "", "verified_on": None, "rectify_by": None}, reason=reason)
