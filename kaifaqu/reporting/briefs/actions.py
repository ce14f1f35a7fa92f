"""What people do with briefs: draft, send to review, send back, review, issue, restate."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files.models import Attachment
from kaifaqu.files.store import Kept
from kaifaqu.kernel import clock, dated, events
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action, plan_correction, plan_new
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.world import World
from kaifaqu.reporting.briefs import making
from kaifaqu.reporting.briefs.models import BRIEF_LIFECYCLE, Brief, BriefStage
from kaifaqu.reporting.briefs.rules import OWN_REVIEW


@action("briefs.create", right="briefs.edit", label=_("拟稿"), creates=Brief)
def create(owner: Party, *, by: User, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Change:
    """Plan a new brief; whoever enters it has drafted it."""
    plan_new(Brief, owner, facts, source=source)  # refuses what is no column
    drafted = {"drafted_by": by} if isinstance(by, User) else {}
    return Change(Brief(owner=owner), {**facts, **drafted, **({"source": source} if source else {})}, reason=reason)


@action("briefs.correct", right="briefs.edit", label=_("更正"))
def correct(brief: Brief, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other facts of a draft. Raise ValidationError for one whose content is frozen."""
    _demand_open(brief)
    return plan_correction(brief, facts, reason=reason)


@action("briefs.archive", right="briefs.edit", label=_("归档"))
def archive(brief: Brief, *, by: User, version: int, reason: str) -> Change:
    """Plan that a draft is given up. Raise ValidationError for one whose content is frozen, and without the reason."""
    _demand_open(brief)
    if not reason:
        raise ValidationError(_t("{record}：归档请写明原因。").format(record=brief))
    return Change(brief, {"archived_at": clock.now()}, reason=reason)


@action("briefs.submit", right="briefs.edit", label=_("送审"))
def submit(brief: Brief, *, by: User, version: int, reason: str = "") -> Iterator[Change]:
    """Plan that a draft goes to review: it is composed as known now and its content frozen.

    Raise ValidationError that says everything that is wrong with the template, and every number that is missing.
    """
    _demand_open(brief)
    composed = making.compose(brief.template, brief.asked, by)
    if composed.problems:
        raise ValidationError([_t("还不能送审：{problem}").format(problem=each) for each in composed.problems])
    (sha256, form), document = making.freeze(composed), composed.document
    yield BRIEF_LIFECYCLE.plan(brief, BriefStage.REVIEW, reason=reason, facts={
        "title": document.title[:200], "known": document.known, "content_sha256": sha256})
    if form and not Attachment.objects.current().of(brief).filter(sha256=form.sha256).exists():
        yield _attached(brief, form)  # a backup holds the files that are attached


@action("briefs.send_back", right="briefs.review", label=_("退回"))
def send_back(brief: Brief, *, by: User, version: int, reason: str) -> Change:
    """Plan that a brief becomes a draft again. Raise ValidationError without the reason."""
    if not reason:
        raise ValidationError(_t("{record}：退回请写明原因。").format(record=brief))
    return BRIEF_LIFECYCLE.plan(brief, BriefStage.DRAFT, reason=reason, facts={"content_sha256": "", "known": None, "reviewed_by": None})


@action("briefs.review", right="briefs.review", label=_("审核通过"))
def review(brief: Brief, *, by: User, version: int, reason: str = "") -> Change:
    """Plan that a brief was reviewed. Raise ValidationError where the owner's rule wants another person than the drafter."""
    rule = dated.resolve(OWN_REVIEW.code, brief.owner_id, clock.today(), World()).content
    sent = events.timeline(brief).filter(action="briefs.submit").first()
    if rule["own_draft"] == "refused" and (brief.drafted_by_id == by.pk or sent is not None and sent.actor == by.code):
        raise ValidationError(_t("{brief} 是您拟的稿，请由别人审核；人手少的单位可在规则「{rule}」里放开。").format(
            brief=brief, rule=OWN_REVIEW.label))
    return BRIEF_LIFECYCLE.plan(brief, BriefStage.REVIEWED, reason=reason, facts={"reviewed_by": by})


@action("briefs.issue", right="briefs.issue", label=_("签发"))
def issue(
    brief: Brief, *, by: User, version: int, number: str, issued_on: Annotated[date | None, _("印发日期")] = None, reason: str = "",
) -> Iterator[Change]:
    """Plan that a reviewed brief is signed and issued: its files are made of the frozen content and kept with their hashes.

    Raise ValidationError where a file cannot be made here, and StepRefused as a lifecycle does.
    """
    day = issued_on or clock.today()
    step = BRIEF_LIFECYCLE.plan(brief, BriefStage.ISSUED, reason=reason, facts={"number": number, "issued_by": by, "issued_on": day})
    try:
        files = making.files(brief, number, day, by)
    except (ValueError, LookupError, ImproperlyConfigured) as problem:
        raise ValidationError(_t("{brief} 的文件没有做成：{problem}").format(brief=brief, problem=problem.args[0])) from None
    hashes = {column: files[format].sha256 for format, column in Brief.FILES.items()}
    yield Change(brief, {**step.after, **hashes}, origin=step.origin, target=step.target, reason=reason)
    for kept in files.values():
        yield _attached(brief, kept)


@action("briefs.restate", right="briefs.edit", label=_("出更正稿"))
def restate(brief: Brief, *, by: User, version: int, reason: str) -> Change:
    """Plan a restatement of an issued brief: a new draft of the same period. Raise ValidationError without the reason."""
    if brief.stage != BriefStage.ISSUED:
        raise ValidationError(_t("{brief} 还没有印发，直接改稿即可，不必另出更正稿。").format(brief=brief))
    if not reason:
        raise ValidationError(_t("{record}：更正请写明原因。").format(record=brief))
    return Change(Brief(owner_id=brief.owner_id), {
        "template": brief.template, "period": brief.period, "restates": brief, "drafted_by": by, "note": reason[:200],
    }, reason=reason)


def _demand_open(brief: Brief) -> None:
    """Raise ValidationError for a brief whose content is frozen."""
    if brief.stage == BriefStage.ISSUED:
        raise ValidationError(_t("{brief} 已经印发，不能改动；内容有误请「出更正稿」。").format(brief=brief))
    if not brief.is_open:
        raise ValidationError(_t("{brief} 已经送审，要改请先「退回」。").format(brief=brief))


def _attached(brief: Brief, kept: Kept) -> Change:
    facts: dict[str, Any] = {
        "subject": brief._meta.label_lower, "subject_id": brief.pk, "name": kept.name, "media_type": kept.media_type,
        "size": kept.size, "sha256": kept.sha256,
    }  # fmt: skip
    return Change(Attachment(owner_id=brief.owner_id), facts)
