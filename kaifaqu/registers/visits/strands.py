"""What belongs on an enterprise's page: its projects' steps, issues, visits, collections that it answered, and who looked after it."""

from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.records import field_of
from kaifaqu.pages.chronicle import leave_out, strand
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.chains.models import ChainTask, NodeFirm, Supply
from kaifaqu.registers.feeds.models import Feed
from kaifaqu.registers.issues.models import Issue, IssueLink
from kaifaqu.registers.meetings.models import Decision
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.premises.models import Lease
from kaifaqu.registers.projects.lifecycle import PROJECT_LIFECYCLE
from kaifaqu.registers.projects.models import (
    CohortProject,
    Lead,
    PeriodClass,
    PlanYearClass,
    Project,
    ProjectAssignment,
    ProjectProgress,
    ProjectSuspension,
)
from kaifaqu.registers.qualifications.models import Qualification
from kaifaqu.registers.visits.models import DAY, QuietSpan, ServiceAssignment, Visit
from kaifaqu.sheets.models import CollectionUnit, Upload, UploadState

UNTOLD: dict[Any, str] = {
    Lead: "what was talked about before a contract is the business of those who attract investment",
    ProjectProgress: "twelve reports a year of each project have a table and figures of their own",
    Feed: "numbers that meters send: they stand in the overview and in tables of their own",
    IssueLink: "a way in and no dealing: what comes through it is an issue",
    PlanYearClass: "how a plan counts a project is the zone's own bookkeeping",
    PeriodClass: "how a report counts a project is the zone's own bookkeeping",
    NodeFirm: "where a firm stands on a chain is seen on the map of the chain",
    Supply: "who buys from whom is the firms' own business; the chain's figures use it",
}


def declare() -> None:
    """Declare the strands of an enterprise's chronicle, and which registers tell nothing in it."""
    for register, reason in UNTOLD.items():
        leave_out(register, reason)
    strand(Enterprise, Project, "enterprise", _steps(), _evidence)
    strand(Enterprise, ProjectSuspension, "subject__enterprise", {"since": _("停缓建"), "until": _("复工")}, lambda reader, row: row.cause)
    strand(Enterprise, CohortProject, "subject__enterprise", {"cohort__held_on": _("列入批次")}, _named("cohort"))
    strand(Enterprise, ProjectAssignment, "subject__enterprise", {"since": _("开始包联"), "until": _("结束包联")}, _holder)
    strand(Enterprise, ServiceAssignment, "subject", {"since": _("开始包保"), "until": _("结束包保")}, _holder)
    strand(Enterprise, Visit, "enterprise", {DAY: _visit}, _about)
    strand(Enterprise, Qualification, "holder", {"since": _("取得证照"), "until": _("证照失效")},
           lambda reader, row: " ".join(filter(None, (row.get_kind_display(), row.subject))))
    strand(Enterprise, Issue, "enterprise", {
        "opened_on": _("提出难点堵点"), "responded_on": _("得到回应"), "resolved_on": _("办结"), "confirmed_on": _("企业确认解决"),
    }, lambda reader, row: row.get_stage_display())  # fmt: skip
    strand(Enterprise, ChainTask, "enterprise", {"set_on": _("承担链上任务"), "done_on": _("完成链上任务")}, lambda reader, row: row.title)
    strand(Enterprise, Decision, "project__enterprise", {"opened_on": _("会议议定事项"), "resolved_on": _("议定事项办结")},
           lambda reader, row: row.get_stage_display())
    strand(Enterprise, Lease, "tenant", {"since": _("租用"), "ended_on": _("退租")}, _named("unit"))
    strand(Enterprise, QuietSpan, "enterprise", {"since": _("免打扰")}, lambda reader, row: row.cause)
    answered = Upload.objects.filter(unit=OuterRef("id"), state=UploadState.COMMITTED).order_by("-made_at").values("made_at")[:1]
    strand(Enterprise, CollectionUnit, _collected,
           {Subquery(answered, output_field=models.DateTimeField()): _("交回所填的表")}, _named("collection"))


def _steps() -> dict[str, Any]:
    """Return the dates of a project with the steps that they are of."""
    return {step.requires[0]: step.label for step in PROJECT_LIFECYCLE.steps if step.requires} | {"signed_on": _("签约")}


def _evidence(reader: Reader, row: Project) -> str:
    return reader.tell(field_of(Project, "stage"), row.stage)


def _named(column: str) -> Any:
    return lambda reader, row: reader.tell(field_of(type(row), column), getattr(row, f"{column}_id"))


def _holder(reader: Reader, row: Any) -> str:
    holder = reader.name(User, row.person_id) if row.person_id else reader.name(Party, row.office_id)
    return format_html("{} {}", row.get_role_display(), holder)


def _visit(row: Visit) -> str:
    return f"{row.get_kind_display()}（{row.get_stage_display()}）"


def _about(reader: Reader, row: Visit) -> str:
    told = (reader.name(Party, row.department_id), "、".join(row.lines), row.purpose)
    return format_html_join(" · ", "{}", [[each] for each in told if each])


def _collected(user: User, record: Any) -> Q:
    """Return the condition on filling units: they are this enterprise, by its name."""
    return Q(owner_id=record.owner_id, name=record.name)
