"""The classes of a project: frozen for a plan year, derived for a period, and what was decided otherwise."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import User, refuse_foreign
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.pages import asked
from kaifaqu.registers.projects.cycle import Project


class PlanClass(models.TextChoices):
    """The class of a project in a plan year; exclusive, and not the same axis as 建设性质."""

    COMPLETING = "completing", _("竣工")
    CONTINUING = "continuing", _("续建")
    NEW = "new", _("新开工")
    PREPARING = "preparing", _("预备")


class PlanYearClass(Record):
    """年度分类：一个项目在一个计划年度属于竣工、续建、新开工、预备中的哪一类。

    One record is one project in one plan year. The classes are frozen together at the start of the year and are not
    derived again; one that is changed or added afterwards says why and is marked `corrected`.
    """

    register = "plan_classes"
    columns = ("code", "subject", "plan_year", "kind", "frozen_on", "corrected")
    code_prefix = "Y"

    subject = models.ForeignKey(Project, models.PROTECT, verbose_name=_("项目"), related_name="+")
    plan_year = models.PositiveIntegerField(_("计划年度"))
    kind = models.CharField(_("年度分类"), max_length=12, choices=PlanClass)
    frozen_on = models.DateField(_("冻结日期"))
    corrected = models.BooleanField(_("冻结后更正"), default=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("年度分类")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("subject", "plan_year"), condition=Q(archived_at=None), name="planyearclass_one_a_year",
                violation_error_message=_("该项目在这一年度已有分类。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.plan_year}"

    def clean(self) -> None:
        """Refuse another owner's project."""
        if self.archived_at is None:
            refuse_foreign(self, "subject")


def plan_class(project: Project, year: int) -> PlanClass | None:
    """Return the class that the project's dates and plan say at the start of the year; None when it is over by then.

    竣工: started earlier, to be completed this year. 续建: started earlier, not to be completed this year.
    新开工: starts this year. 预备: prepares to start.
    """
    def in_year(day: PartialDate | None) -> bool:
        return day is not None and day.year == year

    if any(day is not None and day.year < year for day in (project.production_on, project.terminated_on)):
        return None
    if project.started_on is not None and project.started_on.year < year:
        return PlanClass.COMPLETING if in_year(project.expected_completion_on) else PlanClass.CONTINUING
    return PlanClass.NEW if in_year(project.started_on) or in_year(project.expected_start_on) else PlanClass.PREPARING


class Since(models.TextChoices):
    """Whether a project under construction was started before the period or within it; not the axis of 建设性质."""

    CONTINUING = "continuing", _("续建")
    NEW = "new", _("新建")


def since(started_on: PartialDate, first: date) -> Since | None:
    """Return the class that a start of construction gives a project in a period that begins on a day; None where it is not certain."""
    if started_on.last < first:
        return Since.CONTINUING
    return Since.NEW if started_on.first >= first else None


class PeriodField(models.CharField):
    """期间：写作 2024-H1；one value is a period in its canonical spelling, however people wrote it (2024年上半年)."""

    def to_python(self, value: Any) -> str | None:
        """Return the period's text, None for an empty value; raise ValidationError for what is no period."""
        if value in (None, ""):
            return None
        try:
            return Period.parse(asked.period(str(value))).text
        except ValueError as problem:
            raise ValidationError(problem.args[0]) from None


class PeriodClass(Record):
    """续建、新建核定：一个项目在一个期间内不按开工日期、另行核定为续建或新建，写明理由和核定人。

    One record is one project in one period; of any other period its date of start decides. It moves the project from one
    class to the other, never into or out of what is under construction. `first` and `last` are the period's days, by which
    it is found however the period is called.
    """

    register = "period_classes"
    columns = ("code", "subject", "period", "kind", "ground", "person")
    listed = columns
    code_prefix = "HD"
    keys = (("subject", "period"), ("code",))

    subject = models.ForeignKey(Project, models.PROTECT, verbose_name=_("项目"), related_name="+")
    period = PeriodField(_("期间"), max_length=20, help_text=_("如 2024-H1（上半年）、2024-Q1（一季度）"))
    first = models.DateField(_("期初"), editable=False)
    last = models.DateField(_("期末"), editable=False)
    kind = models.CharField(_("核定为"), max_length=12, choices=Since)
    ground = models.CharField(_("核定理由"), max_length=200, help_text=_("与开工日期不同，依据什么事实或文件"))
    person = models.ForeignKey(User, models.PROTECT, verbose_name=_("核定人"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("续建、新建核定")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("subject", "first", "last"), condition=Q(archived_at=None), name="periodclass_one_a_period",
            violation_error_message=_("该项目在这一期间已有核定，有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.subject} {self.period}".strip()

    def derived(self) -> dict[str, date]:
        """Return the period's first and last day."""
        days = Period.parse(self.period)
        return {"first": days.start, "last": days.end}

    def clean(self) -> None:
        """Refuse another owner's project, one that had not started by the period's end, the class that it has anyway, and no ground."""
        super().clean()
        if self.archived_at is not None:
            return
        if not self.ground.strip():
            raise ValidationError({"ground": _t("请写明「核定理由」：与开工日期不同，依据什么事实或文件。")})
        refuse_foreign(self, "subject")
        started = self.subject.started_on
        if started is None or started.first > self.last:
            raise ValidationError(_t("{project} 到期末 {last} 还没有开工，不在续建、新建之内。").format(
                project=self.subject, last=self.last))
        if since(started, self.first) == self.kind:
            raise ValidationError(_t("{project} 开工日期是 {day}，在这一期间本来就是{kind}，不用核定。").format(
                project=self.subject, day=started, kind=self.get_kind_display()))
