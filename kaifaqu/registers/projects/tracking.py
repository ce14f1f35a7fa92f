"""What stands beside a project in time: suspensions, assignments, cohorts and plan-year classes."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.facts import Cohort, CohortEntry, Suspension
from kaifaqu.kernel.records import Record
from kaifaqu.registers.assigning import OneHolder
from kaifaqu.registers.projects.cycle import Project
from kaifaqu.registers.projects.lifecycle import Stage


class ProjectSuspension(Suspension):
    """停缓建：一个项目停工的一段时间，从停工之日到复工之日（不含）。

    One record is one standstill with one cause; a project that stops again after work was resumed has another. The
    action `projects.suspend` opens it and sets the stage; one that is over is entered as it was.
    """

    register = "suspensions"
    subject = models.ForeignKey(Project, models.PROTECT, verbose_name=_("项目"), related_name="+")

    class Meta(Suspension.Meta):
        verbose_name = verbose_name_plural = _("停缓建")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("subject",), condition=Q(until=None, archived_at=None), name="projectsuspension_one_open",
                violation_error_message=_("该项目已有一段没有结束的停缓建。")),
        ]

    def clean(self) -> None:
        """Refuse what would contradict the project's stage: it is at 停缓建 as long as a suspension of it is open."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "subject")
            if self.until is None and self.subject.stage != Stage.SUSPENDED:
                raise ValidationError(_t("{project} 的阶段是「{stage}」：正在停缓建的，请在项目上办理「停缓建」。").format(
                    project=self.subject, stage=self.subject.get_stage_display()))
        self._refuse_end_without_step()

    def _refuse_end_without_step(self) -> None:
        """Refuse to end, archive or move the open suspension of a project that stays at 停缓建."""
        before = ProjectSuspension.objects.current().filter(pk=self.pk, until=None).select_related("subject").first()
        if before is None:
            return
        stays = self.subject_id == before.subject_id
        project = self.subject if stays else before.subject  # the project as planned, where the same step changes it
        if project.stage == Stage.SUSPENDED and not (stays and self.until is None and self.archived_at is None):
            raise ValidationError(_t("{project} 正在停缓建：结束这一段停缓建，请在项目上办理「复工」或「终止」。").format(project=project))


class ProjectRole(models.TextChoices):
    """The roles of 包联."""

    LEADER = "leader", _("责任领导")
    DEPARTMENT = "department", _("牵头单位")
    SPECIALIST = "specialist", _("服务专员")


class ProjectAssignment(OneHolder):
    """包联：一位领导、一个单位或一名专员，在一段时间里对一个项目负责。

    One record is one holder of one role on one project; a change of person ends it and begins another, so that who was
    responsible on a day stays known.
    """

    register = "assignments"
    subject = models.ForeignKey(Project, models.PROTECT, verbose_name=_("项目"), related_name="+")
    role = models.CharField(_("职责"), max_length=40, choices=ProjectRole)

    class Meta(OneHolder.Meta):
        verbose_name = verbose_name_plural = _("包联")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("subject", "role"), condition=Q(until=None, archived_at=None),
                name="projectassignment_one_holder",
                violation_error_message=_("该项目的这一职责已有人承担；更换请在项目上办理「包联」。")),
        ]


class CohortKind(models.TextChoices):
    """三个一批: the lists of signed, started and commissioned projects."""

    SIGNED = "signed", _("签约一批")
    STARTED = "started", _("开工一批")
    PRODUCTION = "production", _("投产一批")


class ProjectCohort(Cohort):
    """批次：某一期「三个一批」活动公布的一份项目名单（第N期签约一批、开工一批、投产一批）。

    One record is one list of one kind, held on one day; the same event with three lists is three records.
    """

    register = "cohorts"
    code_prefix = "B"
    kind = models.CharField(_("批次种类"), max_length=24, choices=CohortKind)

    class Meta(Cohort.Meta):
        verbose_name = verbose_name_plural = _("批次")
        constraints = [*Record.Meta.constraints]


class CohortProject(CohortEntry):
    """批次项目：一个项目列在一份名单上；一个项目可以列在几份名单上。"""

    register = "cohort_entries"
    cohort = models.ForeignKey(ProjectCohort, models.PROTECT, verbose_name=_("批次"), related_name="+")
    subject = models.ForeignKey(Project, models.PROTECT, verbose_name=_("项目"), related_name="+")

    class Meta(CohortEntry.Meta):
        verbose_name = verbose_name_plural = _("批次项目")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("cohort", "subject"), condition=Q(archived_at=None), name="cohortproject_once",
                violation_error_message=_("该项目已列在这一批次中。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"

    def clean(self) -> None:
        """Refuse another owner's list or project."""
        if self.archived_at is None:
            refuse_foreign(self, "cohort", "subject")
