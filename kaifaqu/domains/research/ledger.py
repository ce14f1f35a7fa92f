"""The ledger of research: projects, results, awards, patents, and what was spent."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.research.rules import DIRECTIONS, RESEARCH
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import CleanedOnAssignment, ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.amounts import refuse_negative, refuse_nothing
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.listing import refuse_unlisted
from kaifaqu.registers.projects.milestones import Milestones, milestone

FIRST = 1949  # no project, award or return of an institute is older


class Level(models.TextChoices):
    """Who set up a project or gave an award."""

    NATIONAL = "national", _("国家级")
    PROVINCIAL = "provincial", _("省部级")
    OTHER = "other", _("其他")


class Field(models.TextChoices):
    """The stages of mining for which technology is made."""

    MINING = "mining", _("开采")
    HEADING = "heading", _("掘进")
    HAULAGE = "haulage", _("运输")
    SUPPORT = "support", _("支护")


def year_column(label: Any) -> Any:
    """Return a column for the year of a date, which is never typed: lists are filtered and figures grouped by it."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True, editable=False)


class RDProject(Milestones):
    """科研项目：下达部门批准立项的一个科研项目或课题。

    One record is one project or task with an approval of its own. Where it stands follows from its dates: 立项, 中期, 验收, 转化.
    """

    register = "rd_projects"
    columns = ("code", "name", "level", "direction", "field", "fund", "budget", "spent", "approved_on", "midterm_on", "accepted_on",
               "converted_on")  # fmt: skip
    listed = ("code", "name", "level", "direction", "year", "stage", "budget")
    code_prefix = "KY"
    keys = (("code",), ("name",))
    totals = ("budget", "spent")
    headings = {
        "name": ("课题名称", "项目名称"), "level": ("项目级别", "级别"), "fund": ("经费来源", "计划类别"), "budget": ("总经费", "经费"),
        "approved_on": ("立项时间", "批准时间"), "accepted_on": ("验收时间", "结题日期"),
    }
    ORDER = ("approved_on", "midterm_on", "accepted_on")
    LAST = "converted_on"

    name = models.CharField(_("科研项目名称"), max_length=200)
    level = models.CharField(_("立项级别"), max_length=12, choices=Level)
    direction = models.CharField(_("科研方向"), max_length=40, blank=True, help_text=_("规则「产业方向和科研方向」里的名称"))
    field = models.CharField(_("技术环节"), max_length=12, choices=Field, blank=True)
    fund = models.CharField(_("资金来源"), max_length=100, blank=True)
    budget = ExactField(_("经费预算（万元）"), scale=6, null=True, blank=True)
    spent = ExactField(_("已用经费（万元）"), scale=6, null=True, blank=True)
    approved_on = milestone(_("立项日期"))
    midterm_on = milestone(_("中期检查日期"))
    accepted_on = milestone(_("验收日期"))
    converted_on = milestone(_("转化日期"))
    year = year_column(_("立项年度"))
    stage = models.CharField(_("状态"), max_length=12, editable=False, default="planned", choices={
        "planned": _("申报"), "approved": _("立项"), "midterm": _("中期"), "accepted": _("验收"), "converted": _("转化")})

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("科研项目")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def derived(self) -> dict[str, Any]:
        """Return the stage and the year that the dates say."""
        latest_first = (("converted", self.converted_on), ("accepted", self.accepted_on), ("midterm", self.midterm_on),
                        ("approved", self.approved_on))  # fmt: skip
        return {"stage": next((stage for stage, day in latest_first if day), "planned"), "year": self.approved_on and self.approved_on.year}

    def clean(self) -> None:
        """Refuse dates and amounts that cannot be, and a direction that the rule does not have."""
        super().clean()
        refuse_negative(self, "budget", "spent")
        refuse_unlisted(self, "direction", DIRECTIONS, RESEARCH, *([self.approved_on.last] if self.approved_on else []))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a project to which results or links still point."""
        refuse_leaving(written)


class Appraisal(models.TextChoices):
    """How high a result was appraised."""

    INTERNATIONAL = "international", _("国际领先")
    DOMESTIC = "domestic", _("国内领先")
    OTHER = "other", _("其他水平")


class RDResult(Milestones):
    """科研成果：经鉴定、评价或验收认定的一项成果。

    One record is one result with an appraisal of its own; without a project it says so.
    """

    register = "rd_results"
    columns = ("code", "name", "level", "project", "appraised_on", "document")
    listed = ("code", "name", "level", "project", "year")
    code_prefix = "CG"
    keys = (("code",), ("name",))
    headings = {"name": ("成果",), "level": ("鉴定水平", "评价结论"), "project": ("所属项目", "来源项目"), "document": ("鉴定证书号",)}
    ORDER = ("appraised_on",)
    LAST = "appraised_on"

    name = models.CharField(_("成果名称"), max_length=200)
    level = models.CharField(_("成果水平"), max_length=16, choices=Appraisal)
    project = models.ForeignKey(RDProject, models.PROTECT, null=True, blank=True, verbose_name=_("科研项目"), related_name="+")
    appraised_on = milestone(_("鉴定日期"))
    document = models.CharField(_("鉴定依据"), max_length=200, blank=True)
    year = year_column(_("鉴定年度"))

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("科研成果")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def derived(self) -> dict[str, Any]:
        """Return the year of the appraisal."""
        return {"year": self.appraised_on and self.appraised_on.year}

    def clean(self) -> None:
        """Refuse a day to come, and another owner's project."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "project")

    def warnings(self) -> list[str]:
        """Say that no project is named."""
        return [] if self.project_id else [_t("这项成果没有挂靠科研项目。")]

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a result to which awards or patents still point."""
        refuse_leaving(written)


class RDAward(Record):
    """科研奖励：一项成果在一个年度获得的一个奖项。

    One record is one award by one giver in one year; the same result awarded twice has two.
    """

    register = "rd_awards"
    columns = ("code", "name", "level", "year", "grade", "result")
    code_prefix = "JL"
    keys = (("code",), ("name", "year"))
    headings = {
        "name": ("奖项", "获奖名称"), "level": ("奖励类别", "获奖级别"), "year": ("年份",), "grade": ("等级",), "result": ("获奖成果",)}

    name = models.CharField(_("奖励名称"), max_length=200)
    level = models.CharField(_("奖励级别"), max_length=12, choices=Level)
    year = models.PositiveSmallIntegerField(_("获奖年度"))
    grade = models.CharField(_("奖励等级"), max_length=40, blank=True)
    result = models.ForeignKey(RDResult, models.PROTECT, null=True, blank=True, verbose_name=_("成果"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("科研奖励")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a year that has not begun, and another owner's result."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "result")
            refuse_year(self)


def refuse_year(row: Any) -> None:
    """Refuse a year that is none, or has not begun."""
    if row.archived_at is None and not FIRST <= row.year <= clock.today().year:
        raise ValidationError(_t("年度 {year} 不对：应在 {first} 和今年（{this}）之间。").format(
            year=row.year, first=FIRST, this=clock.today().year))


class PatentNumberField(models.CharField):
    """专利号：存为大写半角，不含空格、连字符和开头的 ZL、CN，末位校验位前有一个点；所以怎样写都是同一个号."""

    descriptor_class = CleanedOnAssignment

    def to_python(self, value: Any) -> str | None:
        return None if value is None else compact(str(value))

    def event_value(self, value: Any) -> str | None:
        """Return the number as it is stored."""
        return self.to_python(value)


def compact(number: str) -> str:
    """Return a patent number in the one spelling in which it is kept."""
    plain = re.sub(r"[\s\-‐‑‒–—−.．。]", "", unicodedata.normalize("NFKC", number)).upper().removeprefix("ZL").removeprefix("CN")
    return f"{plain[:-1]}.{plain[-1]}" if re.fullmatch(r"(\d{8}|\d{12})[\dX]", plain, re.ASCII) else plain


class PatentKind(models.TextChoices):
    """The three kinds of patents that the patent law knows."""

    INVENTION = "invention", _("发明")
    UTILITY = "utility", _("实用新型")
    DESIGN = "design", _("外观设计")


class RDPatent(Milestones):
    """专利：一个申请号或专利号的一件专利，不论怎样写、登记几次都是一件。

    One record is one number; the application keeps its number when it is granted. How it stands follows from its dates.
    """

    register = "rd_patents"
    columns = ("code", "number", "name", "kind", "filed_on", "accepted_on", "granted_on", "lapsed_on", "annuity_due_on", "result")
    listed = ("code", "number", "name", "kind", "stage", "year", "annuity_due_on")
    code_prefix = "ZL"
    keys = (("number",), ("code",))
    merges = True  # lists of patents name the same one again and again
    headings = {
        "number": ("申请号", "专利申请号", "授权号"), "name": ("发明名称", "专利"), "kind": ("专利类型",), "filed_on": ("申请日",),
        "granted_on": ("授权日", "授权公告日"), "annuity_due_on": ("年费到期日",),
    }
    ORDER = ("filed_on", "accepted_on", "granted_on")
    LAST = "lapsed_on"

    number = PatentNumberField(_("专利号"), max_length=40)
    name = models.CharField(_("专利名称"), max_length=200)
    kind = models.CharField(_("专利种类"), max_length=12, choices=PatentKind)
    filed_on = milestone(_("申请日期"))
    accepted_on = milestone(_("受理日期"))
    granted_on = milestone(_("授权日期"))
    lapsed_on = milestone(_("失效日期"))
    annuity_due_on = models.DateField(_("年费缴至"), null=True, blank=True)
    result = models.ForeignKey(RDResult, models.PROTECT, null=True, blank=True, verbose_name=_("成果"), related_name="+")
    year = year_column(_("授权年度"))
    stage = models.CharField(_("状态"), max_length=12, editable=False, default="filed", choices={
        "filed": _("申请"), "accepted": _("受理"), "granted": _("授权"), "lapsed": _("失效")})

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("专利")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "number"), condition=Q(archived_at=None), name="rdpatent_number",
            violation_error_message=_("这个专利号已经登记，同一件专利只算一件；状态变了的，请更正那一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def derived(self) -> dict[str, Any]:
        """Return how it stands, and the year of the grant, as the dates say."""
        latest_first = (("lapsed", self.lapsed_on), ("granted", self.granted_on), ("accepted", self.accepted_on))
        return {"stage": next((stage for stage, day in latest_first if day), "filed"), "year": self.granted_on and self.granted_on.year}

    def clean(self) -> None:
        """Refuse dates that cannot be, and another owner's result."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "result")

    def warnings(self) -> list[str]:
        """Say that the annuity of a patent in force is paid no longer."""
        if self.stage == "granted" and self.annuity_due_on is not None and self.annuity_due_on < clock.today():
            return [_t("年费只缴到 {day}，请核对是否已续缴或失效。").format(day=self.annuity_due_on)]
        return []


class RDExpenditure(Record):
    """研发投入：一个年度的研发费用，和同一年度的营业收入。

    One record is one year; corrected, it stays one.
    """

    register = "rd_expenditures"
    columns = ("code", "year", "amount", "revenue", "document")
    code_prefix = "YF"
    keys = (("year",), ("code",))
    totals = ("amount", "revenue")
    headings = {"year": ("年份",), "amount": ("研发费用", "研发经费"), "revenue": ("营业收入", "营收"), "document": ("依据",)}

    year = models.PositiveSmallIntegerField(_("年度"))
    amount = ExactField(_("研发投入（万元）"), scale=6)
    revenue = ExactField(_("营业收入（万元）"), scale=6, null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("研发投入")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "year"), condition=Q(archived_at=None), name="rdexpenditure_year",
            violation_error_message=_("这一年度已经登记；数变了的，请更正那一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.year}"

    def clean(self) -> None:
        """Refuse a year that has not begun, and amounts that cannot be."""
        super().clean()
        refuse_year(self)
        refuse_negative(self, "amount")
        refuse_nothing(self, "revenue")
