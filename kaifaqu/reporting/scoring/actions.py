"""What people do with scorings: compute, decide marks by hand, issue."""

from datetime import date
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.files.models import Content
from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action, plan_correction, plan_new
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.world import World
from kaifaqu.reporting.scoring.making import computed, draft
from kaifaqu.reporting.scoring.models import SCORING_LIFECYCLE, ScoreOverride, Scoring, ScoringStage
from kaifaqu.reporting.scoring.rules import ISSUING


@action("scorings.correct", right="scorings.edit", label=_("更正"))
def correct(scoring: Scoring, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other facts of a scoring. Raise ValidationError for one that is issued."""
    _demand_open(scoring)
    return plan_correction(scoring, facts, reason=reason)


@action("scorings.archive", right="scorings.edit", label=_("归档"))
def archive(scoring: Scoring, *, by: User, version: int, reason: str) -> Change:
    """Plan that a scoring is given up. Raise ValidationError for one that is issued, and without the reason."""
    _demand_open(scoring)
    if not reason:
        raise ValidationError(_t("{record}：归档请写明原因。").format(record=scoring))
    return Change(scoring, {"archived_at": clock.now()}, reason=reason)


@action("score_overrides.create", right="score_overrides.edit", label=_("人工核定"), creates=ScoreOverride)
def decide(owner: Party, *, by: User, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Change:
    """Plan marks given by hand: beside them stand those that were computed, who gave them and when."""
    change = plan_new(ScoreOverride, owner, facts, source=source, reason=reason)
    return Change(ScoreOverride(owner=owner), {**change.after, **_decided(change.result, by)}, reason=reason)


@action("score_overrides.correct", right="score_overrides.edit", label=_("更正"))
def decide_anew(record: ScoreOverride, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other marks than were given: whoever does so has given them, beside what is computed now."""
    change = plan_correction(record, facts, reason=reason)
    return Change(record, {**facts, **_decided(change.result, by)}, reason=reason) if change.names else change


def _decided(given: Any, by: Any) -> dict[str, Any]:
    """Return who gives marks by hand, when, and what is computed for the item then."""
    person = by if isinstance(by, User) else None
    marks = None if given.scoring.is_issued else computed(given.scoring, given.item, person)
    return {"computed": marks, "decided_by": person, "decided_on": clock.today()}


@action("scorings.issue", right="scorings.issue", label=_("印发"))
def issue(scoring: Scoring, *, by: User, version: int, issued_on: Annotated[date | None, _("印发日期")] = None, reason: str = "") -> Change:
    """Plan that a scoring is issued: it is computed as known now, and frozen.

    Raise ValidationError that says every item that cannot be computed, every decision that was made about other marks than
    those of now, where the owner's rule wants another person than the one who decided marks by hand, a day before the end
    of the period or after today, and, without the reason, that another was issued before.
    """
    _demand_open(scoring)
    result, day, other = draft(scoring, by), issued_on or clock.today(), scoring.holds_instead
    problems = []
    if day > clock.today():
        problems.append(_t("印发日期 {day} 在今天以后。").format(day=day))
    if scoring.asked.end > min(day, clock.today()):
        problems.append(_t("期间到 {end} 才结束，在那以前不能印发；要印发到现在为止的，评已经结束的期间。").format(end=scoring.asked.end))
    if other and not reason:
        problems.append(_t("同一评分表、同一期间已印发 {other}；再印发的代替它，请写明原因。").format(other=other))
    problems += [_t("{number}「{label}」无法计算：{problem}请补齐记录，或由人核定。").format(
        number=each.number, label=each.label, problem=each.problem) for each in result.unknown]
    for line in result.lines:
        if line.decision is not None and line.decision.computed != line.computed_six:
            problems.append(_t("{number}「{label}」核定时计算得 {before} 分，现在是 {now} 分，请重新核定，或归档原来的核定。").format(
                number=line.number, label=line.label, before=line.decision.computed or "—", now=line.computed_six or "—"))
    problems += result.strays
    rule = dated.resolve(ISSUING.code, scoring.owner_id, clock.today(), World()).content
    if rule["own_override"] == "refused" and any(line.decision and line.decision.by == by.pk for line in result.lines):
        problems.append(_t("{scoring} 中有您自己核定的分数，请由别人印发；人手少的单位可在规则「{rule}」里放开。").format(
            scoring=scoring, rule=ISSUING.label))
    if problems:
        raise ValidationError(problems)
    return SCORING_LIFECYCLE.plan(scoring, ScoringStage.ISSUED, reason=reason, facts={
        "title": result.title[:200], "total": result.total_rounded, "grade": result.grade, "known": result.known,
        "content_sha256": Content.keep(result.as_dict()), "issued_by": by, "issued_on": day})


def _demand_open(scoring: Scoring) -> None:
    """Raise ValidationError for a scoring that is issued."""
    if scoring.is_issued:
        raise ValidationError(_t("{scoring} 已经印发，不能再改；有误的，另做一份评分。").format(scoring=scoring))
