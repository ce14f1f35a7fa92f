"""What people do with leads and projects; correcting, archiving and plain entry come from the kernel."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.actions import action, plan_correction, plan_new
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.lifecycle import Lifecycle
from kaifaqu.kernel.records import field_of
from kaifaqu.registers.assigning import succeed
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects import gates
from kaifaqu.registers.projects.lifecycle import (
    LEAD_LIFECYCLE,
    PROGRESS_LIFECYCLE,
    PROJECT_LIFECYCLE,
    LeadStage,
    ProgressStage,
    Stage,
)
from kaifaqu.registers.projects.models import (
    CohortProject,
    FailKind,
    Lead,
    PeriodClass,
    PlanYearClass,
    Project,
    ProjectAssignment,
    ProjectCohort,
    ProjectProgress,
    ProjectRole,
    ProjectSuspension,
    Since,
    plan_class,
)


def _step(
    lifecycle: Lifecycle, record: Lead | Project, target: str, day: str, facts: dict[str, Any], reason: str
) -> Change:
    """Plan the step; it occurred on the day that the column `day` will hold."""
    change = lifecycle.plan(record, target, facts=facts, reason=reason)
    change.occurred_on = getattr(change.result, day)
    return change


@action("leads.correct", right="leads.edit", label=_("更正"))
def correct(lead: Lead, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other facts of a lead. Raise ValidationError as its step does where negotiations begin by it, unless a reason is given."""
    if lead.begins(facts):
        gates.refuse(lead, "negotiate", reason)
    return plan_correction(lead, facts, reason=reason)


@action("leads.judge", right="leads.advance", label=_("研判"))
def judge(
    lead: Lead, *, by: User, version: int, judged_on: PartialDate, judged_evidence: str = "", reason: str = ""
) -> Change:
    """Plan the judgement of a lead: what it is worth was looked at; it stays a lead."""
    facts = {"judged_on": judged_on, "judged_evidence": judged_evidence}
    return _step(LEAD_LIFECYCLE, lead, LeadStage.LEAD, "judged_on", facts, reason)


@action("leads.negotiate", right="leads.advance", label=_("进入洽谈"))
def negotiate(
    lead: Lead, *, by: User, version: int, negotiating_on: PartialDate, negotiating_evidence: str = "", reason: str = ""
) -> Change:
    """Plan the beginning of negotiations: the lead moves from 线索 to 在谈.

    Raise ValidationError for what a room above demands of it, unless a reason is given.
    """
    gates.refuse(lead, "negotiate", reason)
    facts = {"negotiating_on": negotiating_on, "negotiating_evidence": negotiating_evidence}
    return _step(LEAD_LIFECYCLE, lead, LeadStage.NEGOTIATING, "negotiating_on", facts, reason)


@action("leads.intend", right="leads.advance", label=_("达成意向"))
def intend(
    lead: Lead, *, by: User, version: int, intent_on: PartialDate, intent_evidence: str = "", reason: str = ""
) -> Change:
    """Plan the letter of intent; the lead stays in negotiation."""
    facts = {"intent_on": intent_on, "intent_evidence": intent_evidence}
    return _step(LEAD_LIFECYCLE, lead, LeadStage.NEGOTIATING, "intent_on", facts, reason)


@action("leads.sign", right="leads.advance", label=_("签约"))
def sign(
    lead: Lead, *, by: User, version: int, signed_on: PartialDate, signed_evidence: str = "", code: str = "", name: str = "",
    enterprise: Enterprise | None = None, national_code: str = "", nature: str = "",
    total_investment: Decimal | None = None, expected_annual_output: Decimal | None = None,
    expected_start_on: PartialDate | None = None, expected_completion_on: PartialDate | None = None, reason: str = "",
) -> Iterator[Change]:
    """Plan the contract: the lead moves from 在谈 to 已签约, and its project is made.

    Raise StepRefused when the lead is not in negotiation or the date is missing.
    """
    signed = {"signed_on": signed_on, "signed_evidence": signed_evidence}
    step = _step(LEAD_LIFECYCLE, lead, LeadStage.SIGNED, "signed_on", signed, reason)
    yield step
    yield Change(Project(owner_id=lead.owner_id), {
        **signed, **({"code": code} if code else {}), "name": name or lead.name, "lead": step.result,
        "enterprise": enterprise or lead.enterprise, "national_code": national_code, "nature": nature,
        "total_investment": total_investment, "expected_annual_output": expected_annual_output,
        "expected_start_on": expected_start_on, "expected_completion_on": expected_completion_on,
    }, target=Stage.SIGNED, occurred_on=step.occurred_on, reason=reason)


@action("leads.fail", right="leads.advance", label=_("未成"))
def fail(lead: Lead, *, by: User, version: int, failed_on: PartialDate, fail_kind: FailKind, fail_reason: str) -> Change:
    """Plan the end of a lead that came to nothing, with the reason and its kind."""
    facts = {"failed_on": failed_on, "fail_kind": fail_kind, "fail_reason": fail_reason}
    return _step(LEAD_LIFECYCLE, lead, LeadStage.FAILED, "failed_on", facts, fail_reason)


@action("projects.land", right="projects.advance", label=_("落地"))
def land(
    project: Project, *, by: User, version: int, landed_on: PartialDate, landed_evidence: str = "",
    enterprise: Enterprise | None = None, national_code: str = "", reason: str = "",
) -> Change:
    """Plan the landing: the company is registered, the project filed or the land supplied."""
    facts = {
        "landed_on": landed_on, "landed_evidence": landed_evidence, "enterprise": enterprise or project.enterprise,
        "national_code": national_code or project.national_code,
    }
    return _step(PROJECT_LIFECYCLE, project, Stage.LANDED, "landed_on", facts, reason)


@action("projects.start", right="projects.advance", label=_("开工"))
def start(
    project: Project, *, by: User, version: int, started_on: PartialDate, started_evidence: str = "", reason: str = ""
) -> Change:
    """Plan the start of construction: the project moves from 签约 or 落地 to 在建.

    Raise StepRefused when the project is at another stage or the date is missing.
    """
    facts = {"started_on": started_on, "started_evidence": started_evidence}
    return _step(PROJECT_LIFECYCLE, project, Stage.UNDER_CONSTRUCTION, "started_on", facts, reason)


@action("projects.produce", right="projects.advance", label=_("投产"))
def produce(
    project: Project, *, by: User, version: int, production_on: PartialDate, production_evidence: str = "", reason: str = ""
) -> Change:
    """Plan the start of production: the project moves from 在建 to 投产."""
    facts = {"production_on": production_on, "production_evidence": production_evidence}
    return _step(PROJECT_LIFECYCLE, project, Stage.IN_PRODUCTION, "production_on", facts, reason)


@action("projects.reach_full", right="projects.advance", label=_("达产达效"))
def reach_full(
    project: Project, *, by: User, version: int, full_capacity_on: PartialDate, full_capacity_evidence: str = "",
    actual_annual_output: Decimal | None = None, reason: str = "",
) -> Change:
    """Plan the reaching of full capacity, with the output that shows it where it is known."""
    facts = {"full_capacity_on": full_capacity_on, "full_capacity_evidence": full_capacity_evidence}
    if actual_annual_output is not None:
        facts["actual_annual_output"] = actual_annual_output
    return _step(PROJECT_LIFECYCLE, project, Stage.FULL_CAPACITY, "full_capacity_on", facts, reason)


@action("projects.suspend", right="projects.advance", label=_("停缓建"))
def suspend(project: Project, *, by: User, version: int, since: date, cause: str) -> Iterator[Change]:
    """Plan a standstill from a day on: the project moves to 停缓建, and its suspension begins."""
    day = PartialDate.parse(since)
    step = PROJECT_LIFECYCLE.plan(project, Stage.SUSPENDED, facts={}, occurred_on=day, reason=cause)
    yield step
    facts = {"subject": step.result, "since": since, "cause": cause}
    yield Change(ProjectSuspension(owner_id=project.owner_id), facts, reason=cause)


@action("projects.resume", right="projects.advance", label=_("复工"))
def resume(project: Project, *, by: User, version: int, resumed_on: Annotated[date, _("复工日期")], reason: str = "") -> Iterator[Change]:
    """Plan the end of a standstill: the suspension ends that day, the project is at the stage that its dates say."""
    day = PartialDate.parse(resumed_on)
    step = PROJECT_LIFECYCLE.plan(project, project.stage_by_dates, facts={}, occurred_on=day, reason=reason)
    yield step
    for suspension in _open_suspensions(project):
        yield Change(suspension, {"subject": step.result, "until": resumed_on}, reason=reason)


def _open_suspensions(project: Project) -> Iterable[ProjectSuspension]:
    return ProjectSuspension.objects.current().filter(subject=project, owner_id=project.owner_id, until=None)


@action("projects.terminate", right="projects.advance", label=_("终止"))
def terminate(
    project: Project, *, by: User, version: int, terminated_on: PartialDate, terminated_evidence: str = "", reason: str
) -> Iterator[Change]:
    """Plan the end of a project that will not be finished, with the reason; a standstill of it ends with it."""
    facts = {"terminated_on": terminated_on, "terminated_evidence": terminated_evidence}
    step = _step(PROJECT_LIFECYCLE, project, Stage.TERMINATED, "terminated_on", facts, reason)
    yield step
    last = PartialDate.parse(terminated_on).last
    for suspension in _open_suspensions(project):
        until = last + timedelta(days=1) if last == suspension.since else last  # one day at least
        yield Change(suspension, {"subject": step.result, "until": until}, reason=reason)


@action("projects.assign", right="assignments.edit", label=_("包联"))
def assign(
    project: Project, *, by: User, version: int, role: ProjectRole, since: date, person: User | None = None,
    office: Party | None = None, document: str = "", reason: str = "",
) -> Iterator[Change]:
    """Plan who answers for the project in a role from a day on; whoever did so before stays known until that day."""
    yield from succeed(ProjectAssignment, project, role, since, reason, person=person, office=office, document=document)


@action("projects.enter_cohort", right="cohort_entries.edit", label=_("列入批次"))
def enter_cohort(project: Project, *, by: User, version: int, cohort: ProjectCohort, reason: str = "") -> Change:
    """Plan the project's place on a list."""
    return Change(CohortProject(owner_id=project.owner_id), {"cohort": cohort, "subject": project}, reason=reason)


@action("projects.classify", right="period_classes.edit", label=_("核定续建、新建"))
def classify(
    project: Project, *, by: User, version: int, period: Annotated[str, _("期间（如 2024-H1）")], kind: Since,
    ground: Annotated[str, _("核定理由")], person: Annotated[User | None, _("核定人（不填的为本人）")] = None,
) -> Change:
    """Plan that in one period a project counts as 续建 or 新建 otherwise than its date of start says, with the reason and who decided."""
    decided = person or (None if by is SYSTEM else by)
    return Change(PeriodClass(owner_id=project.owner_id), {
        "subject": project, "period": period, "kind": kind, "ground": ground, "person": decided})


@action("plan_classes.freeze", right="plan_classes.freeze", label=_("冻结年度分类"), creates=PlanYearClass)
def freeze_plan_year(owner: Party, *, by: User, version: int = 0, plan_year: int, frozen_on: date) -> Iterable[Change]:
    """Plan the class of each of the owner's projects in the plan year, as their dates and plans say now.

    Raise ValidationError when the year is frozen already, or nothing is there to be classed.
    """
    if PlanYearClass.objects.current().filter(owner=owner, plan_year=plan_year).exists():
        raise ValidationError(_t("{year} 年的年度分类已经冻结；个别项目的变化请逐条更正并写明原因。").format(
            year=plan_year))
    projects = Project.objects.current().filter(owner=owner).order_by("code")
    classes = ((project, plan_class(project, plan_year)) for project in projects)
    changes = [
        Change(PlanYearClass(owner=owner), {
            "subject": project, "plan_year": plan_year, "kind": kind, "frozen_on": frozen_on,
        })
        for project, kind in classes if kind is not None
    ]
    if not changes:
        raise ValidationError(_t("{year} 年没有可以分类的项目。").format(year=plan_year))
    return changes


@action("plan_classes.create", right="plan_classes.edit", label=_("登记"), creates=PlanYearClass)
def add_class(owner: Party, *, by: User, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Change:
    """Plan the class of a project that was not there when the year was frozen, with the reason; it is marked as corrected."""
    if not reason:
        raise ValidationError(_t("年度分类由「冻结年度分类」统一产生；冻结后补登的请写明原因。"))
    return plan_new(PlanYearClass, owner, {**facts, "corrected": True}, source=source, reason=reason)


@action("plan_classes.correct", right="plan_classes.edit", label=_("更正"))
def correct_class(record: PlanYearClass, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan another class than the frozen one, with the reason; the row is marked as corrected."""
    if not reason:
        raise ValidationError(_t("{record}：冻结后的更正请写明原因。").format(record=record))
    return plan_correction(record, {**facts, "corrected": True}, reason=reason)


@action("progress.create", right="progress.edit", label=_("登记"), creates=ProjectProgress)
def report(owner: Party, *, by: User, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Change:
    """Plan a project's report of a month; one that comes after the month was locked needs a reason and is marked."""
    change = plan_new(ProjectProgress, owner, facts, source=source, reason=reason)
    month = cast(ProjectProgress, change.result).month
    if (owner.pk, month) not in ProjectProgress.locked([month]):
        return change
    if not reason:
        raise ValidationError(_t("{month} 的月度进展已经锁定，补报请写明原因。").format(month=month))
    return Change(ProjectProgress(owner=owner), {**change.after, "corrected": True}, reason=reason)


@action("progress.correct", right="progress.edit", label=_("更正"))
def correct_progress(record: ProjectProgress, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other facts of a report. A reviewed one is reviewed again; a locked one needs a reason, and is marked.

    So is one that is moved to a month that was locked. What is locked stays the report of its project and month.
    """
    change = plan_correction(record, facts, reason=reason)
    if not change.names:
        return change
    if record.stage == ProgressStage.LOCKED:
        if moved := {*ProjectProgress.periodic} & {*change.names}:
            raise ValidationError(_t("{record}：已经锁定，不能改「{labels}」。报错了的请归档，另行补报。").format(
                record=record, labels="、".join(str(field_of(ProjectProgress, name).verbose_name) for name in sorted(moved))))
        if not reason:
            raise ValidationError(_t("{record}：已经锁定，更正请写明原因。").format(record=record))
        return Change(record, {**facts, "corrected": True}, reason=reason)
    month = cast(ProjectProgress, change.result).month
    late = "month" in change.names and (record.owner_id, month) in ProjectProgress.locked([month])
    again = {"stage": ProgressStage.REPORTED} if record.stage == ProgressStage.REVIEWED else {}
    return Change(record, {**facts, **again, **({"corrected": True} if late else {})}, reason=reason)


@action("progress.archive", right="progress.edit", label=_("归档"))
def archive_progress(record: ProjectProgress, *, by: User, version: int, reason: str) -> Change:
    """Plan that a report was a mistake, with the reason; a locked one is marked, as when it is corrected."""
    if not reason:
        raise ValidationError(_t("{record}：归档请写明原因。").format(record=record))
    mark = {"corrected": True} if record.stage == ProgressStage.LOCKED else {}
    return Change(record, {"archived_at": clock.now(), **mark}, reason=reason)


@action("progress.review", right="progress.lock", label=_("审核通过"))
def review(record: ProjectProgress, *, by: User, version: int, reason: str = "") -> Change:
    """Plan that the report was looked at and is right."""
    return PROGRESS_LIFECYCLE.plan(record, ProgressStage.REVIEWED, facts={}, reason=reason)


@action("progress.send_back", right="progress.lock", label=_("退回重报"))
def send_back(record: ProjectProgress, *, by: User, version: int, reason: str) -> Change:
    """Plan that a reviewed report is to be filled in again, with the reason."""
    return PROGRESS_LIFECYCLE.plan(record, ProgressStage.REPORTED, facts={}, reason=reason)


@action("progress.lock", right="progress.lock", label=_("锁定"))
def lock(record: ProjectProgress, *, by: User, version: int, reason: str = "") -> Change:
    """Plan the lock of one report: from now on a correction needs a reason and is marked."""
    return PROGRESS_LIFECYCLE.plan(record, ProgressStage.LOCKED, facts={}, reason=reason)


@action("progress.review_month", right="progress.lock", label=_("审核全月"), creates=ProjectProgress)
def review_month(owner: Party, *, by: User, version: int = 0, month: PartialDate, reason: str = "") -> Iterable[Change]:
    """Plan the review of all the owner's reports of a month. Raise ValidationError when none waits for it."""
    rows = _of_month(owner, month).filter(stage=ProgressStage.REPORTED)
    if not rows:
        raise ValidationError(_t("{month} 没有待审核的月度进展。").format(month=month))
    return [PROGRESS_LIFECYCLE.plan(each, ProgressStage.REVIEWED, facts={}, reason=reason) for each in rows]


@action("progress.lock_month", right="progress.lock", label=_("锁定全月"), creates=ProjectProgress)
def lock_month(owner: Party, *, by: User, version: int = 0, month: PartialDate, reason: str = "") -> Iterable[Change]:
    """Plan the lock of all the owner's reports of a month.

    Raise ValidationError when there is nothing to lock, or reports wait for review: it names them.
    """
    rows = list(_of_month(owner, month).exclude(stage=ProgressStage.LOCKED))
    if waiting := [each for each in rows if each.stage == ProgressStage.REPORTED]:
        raise ValidationError(_t("{month} 还有 {count} 条没有审核，不能锁定：{records}。").format(
            month=month, count=len(waiting), records="、".join(each.subject.code for each in waiting)))
    if not rows:
        raise ValidationError(_t("{month} 没有可以锁定的月度进展。").format(month=month))
    return [PROGRESS_LIFECYCLE.plan(each, ProgressStage.LOCKED, facts={}, reason=reason) for each in rows]


def _of_month(owner: Party, month: PartialDate) -> QuerySet:
    column = field_of(ProjectProgress, "month")
    return ProjectProgress.objects.current().filter(owner=owner, month=column.to_python(month)).select_related("subject").order_by("code")
