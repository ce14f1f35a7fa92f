"""Decisions of meetings: what was agreed, who does it by when; each is a case whose fulfilment the next meeting shows."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.acting import provide
from kaifaqu.cases.models import Case, CaseStep
from kaifaqu.clocks.moments import Kind
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.meetings.sessions import Meeting, signed_meeting
from kaifaqu.registers.projects.models import Project


class Decision(Case):
    """议定事项：一次会议活动定下来要办的一件事，有承办单位和期限，办结后由本单位核实销号。

    One record is one thing to be done by one unit. Both parties of the meeting see it, and so does whoever does it. What
    the minutes say of it (`title` and `demand`) stays once all parties have signed; how it goes on is told by its steps.
    """

    register = "decisions"
    columns = (
        "code", "meeting", "project", "title", "demand", "holder", "person", "opened_on", "agreed_on", "responded_on", "resolved_on",
        "result",
    )  # fmt: skip
    listed = ("code", "title", "meeting", "stage", "holder", "person", "agreed_on", "resolution_due_on", "yellow_on")
    code_prefix = "YD"
    headings = {
        "project": ("项目", "项目名称", "涉及项目"), "title": ("议定事项", "工作任务", "对策"), "demand": ("工作要求", "具体要求"),
        "holder": ("责任单位", "牵头单位"),
        "person": ("责任人",), "opened_on": ("议定日期",), "agreed_on": ("完成时限", "时限"), "result": ("完成情况", "落实情况"),
    }
    clock_codes = {Kind.RESOLUTION: "meeting.decision"}
    confirmed = False
    TEXT = ("title", "demand", "meeting_id", "archived_at")  # what the minutes say, and whether they say it

    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name=_("会议活动"), related_name="+")
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, verbose_name=_("涉及项目"), related_name="+",
        help_text=_("调度表上列在这个项目下面"))

    class Meta(Case.Meta):
        verbose_name = verbose_name_plural = _("议定事项")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("stage", "resolution_due_on"), name="decision_due")]

    def derived(self) -> dict[str, Any]:
        """Return what a case has; its second party is that of the meeting."""
        return {**super().derived(), "requester": self.meeting.partner}

    def clean(self) -> None:
        """Refuse another owner's meeting or project, and what would change minutes that all have signed."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "meeting", "project")
        if (self.pk is None or self._says_otherwise()) and (meeting := signed_meeting(self)):
            raise ValidationError(_t("{meeting} 的纪要已由各方签署，不能再加、归档议定事项或改它的文字；请先办「补充纪要」。").format(
                meeting=meeting))

    def _says_otherwise(self) -> bool:
        stored = type(self).objects.get(pk=self.pk)
        return any(getattr(stored, name) != getattr(self, name) for name in self.TEXT)


class DecisionStep(CaseStep):
    """议定事项办理记录：对一件议定事项所做的一步：交办、回应、进展、延期、办结、核实等。"""

    register = "decision_steps"
    subject = models.ForeignKey(Decision, models.PROTECT, verbose_name=_("议定事项"), related_name="+")

    class Meta(CaseStep.Meta):
        verbose_name = verbose_name_plural = _("议定事项办理记录")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("subject",), name="decisionstep_subject")]


provide(Decision, DecisionStep)


def before(meeting: Meeting) -> Any:
    """Return the earlier meetings of the same component, those of earlier years' plans of the same name and parties included."""
    component = meeting.component
    earlier = Q(component__plan__year__lt=component.plan.year) | Q(component__plan__year=component.plan.year, number__lt=meeting.number)
    return Meeting.objects.current().filter(
        earlier, owner_id=meeting.owner_id, partner_id=meeting.partner_id, component__name=component.name,
        component__plan__name=component.plan.name)


def unfulfilled(meeting: Meeting) -> Any:
    """Return the decisions of earlier meetings of the same component that are not done, what is due first in front."""
    rows = Decision.objects.current().filter(Decision.open(), meeting__in=before(meeting))
    return rows.select_related("holder", "person", "meeting__component").order_by("resolution_due_on", "id")


def to_report(meeting: Meeting, user: Any) -> list[Decision]:
    """Return what a meeting hears about first, as this person sees it: earlier decisions not done, and those of the last meeting."""
    last = before(meeting).exclude(held_on=None).order_by("-component__plan__year", "-number").first()
    wanted = Q(pk__in=unfulfilled(meeting).values("pk")) | Q(meeting=last)
    rows = Decision.objects.visible_to(user).filter(wanted).select_related("holder", "person", "meeting__component")
    return sorted(rows, key=lambda each: (each.resolved_on is not None, each.resolution_due_on is None, each.resolution_due_on, each.pk))
