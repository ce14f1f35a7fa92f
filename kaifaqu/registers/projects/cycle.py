"""Projects: the whole cycle from signing to full capacity, as dated facts with their evidence."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.projects.codes import national_project_code_problem
from kaifaqu.registers.projects.leads import Lead
from kaifaqu.registers.projects.lifecycle import PROJECT_LIFECYCLE, Stage
from kaifaqu.registers.projects.milestones import Milestones, evidence, follows, milestone

OVER = (Stage.IN_PRODUCTION, Stage.FULL_CAPACITY, Stage.TERMINATED)  # after these no project stands still


class Nature(models.TextChoices):
    """建设性质: what is built, not when; 新建 here is not a project new in a period."""

    NEW = "new", _("新建")
    EXPANSION = "expansion", _("扩建")
    RECONSTRUCTION = "reconstruction", _("改建")
    RELOCATION = "relocation", _("迁建")
    RESTORATION = "restoration", _("恢复")


class Project(Milestones):
    """项目：已签订投资协议、纳入开发区推进的投资建设项目。

    One record is one project from signing to full capacity; built in phases, each phase is a project. One enterprise
    may have several; two records with one national project code are one project. `total_investment` is what is
    planned, not what is spent. `historical` marks an old record whose evidence was not kept.
    """

    register = "projects"
    columns = (
        "code", "name", "enterprise", "lead", "park", "national_code", "nature", "total_investment",
        "expected_annual_output", "actual_annual_output", "expected_start_on", "expected_completion_on", "historical",
        "signed_on", "signed_evidence", "landed_on", "landed_evidence", "started_on", "started_evidence",
        "production_on", "production_evidence", "full_capacity_on", "full_capacity_evidence",
        "terminated_on", "terminated_evidence", "entered_in_statistics_on", "entered_in_statistics_evidence",
    )
    listed = ("code", "name", "stage", "total_investment", "signed_on", "started_on", "production_on")
    code_prefix = "P"
    totals = ("total_investment", "expected_annual_output", "actual_annual_output")
    keys = (("national_code",), ("code",), ("name", "enterprise__credit_code"), ("name", "signed_on"))  # the last two ask
    headings = {
        "code": ("项目编号", "编码", "项目编码"), "name": ("项目", "名称"),
        "enterprise": ("建设单位", "项目单位", "投资企业", "企业名称", "投资方", "建设单位/法人"),
        "park": ("所在园区", "所属园区"), "national_code": ("项目代码", "项目统一代码", "投资项目代码"),
        "nature": ("建设类型",), "total_investment": ("总投资", "总投资额", "计划投资", "投资总额", "计划总投资额"),
        "expected_annual_output": ("预计产值", "预计年产值", "达产年产值"), "actual_annual_output": ("实际产值", "年产值"),
        "expected_start_on": ("计划开工时间", "拟开工时间", "拟开工日期"),
        "expected_completion_on": ("计划竣工时间", "预计竣工时间", "计划完工日期", "预计投产时间"),
        "signed_on": ("签约时间", "签订日期", "协议签订时间"), "landed_on": ("落地时间",),
        "started_on": ("开工时间", "实际开工时间", "实际开工日期"),
        "production_on": ("投产时间", "实际投产日期"), "full_capacity_on": ("达产时间", "达产日期", "达效日期"),
        "terminated_on": ("终止时间",), "entered_in_statistics_on": ("入统日期", "入统时间", "入库时间", "纳统时间"),
        "signed_evidence": ("协议编号", "投资协议"), "started_evidence": ("施工许可证", "施工许可证号"),
    }
    ORDER = ("signed_on", "landed_on", "started_on", "production_on", "full_capacity_on")
    LAST = "terminated_on"
    BESIDE = ("entered_in_statistics_on",)
    lifecycle = PROJECT_LIFECYCLE

    name = models.CharField(_("项目名称"), max_length=200)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("投资主体"), related_name="+")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, verbose_name=_("来源线索"), related_name="+")
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    national_code = models.CharField(_("国家项目代码"), max_length=40, blank=True)
    nature = models.CharField(_("建设性质"), max_length=16, choices=Nature, blank=True)
    total_investment = ExactField(_("计划总投资（万元）"), scale=6, null=True, blank=True)
    expected_annual_output = ExactField(_("预计年产值（万元）"), scale=6, null=True, blank=True)
    actual_annual_output = ExactField(
        _("实际年产值（万元）"), scale=6, null=True, blank=True,
        help_text=_("本年累计、近十二个月或折算全年，以本区达效率的规则为准"))
    expected_start_on = milestone(_("计划开工日期"))
    expected_completion_on = milestone(_("计划竣工日期"))
    historical = models.BooleanField(_("历史补录"), default=False)
    signed_on = milestone(_("签约日期"))
    signed_evidence = evidence(_("签约依据"))
    landed_on = milestone(_("落地日期"))
    landed_evidence = evidence(_("落地依据"))
    started_on = milestone(_("开工日期"))
    started_evidence = evidence(_("开工依据"))
    production_on = milestone(_("投产日期"))
    production_evidence = evidence(_("投产依据"))
    full_capacity_on = milestone(_("达产达效日期"))
    full_capacity_evidence = evidence(_("达产达效依据"))
    terminated_on = milestone(_("终止日期"))
    terminated_evidence = evidence(_("终止依据"))
    entered_in_statistics_on = milestone(_("入库日期"), _("列入固定资产投资统计（入统、入库）的日期"))
    entered_in_statistics_evidence = evidence(_("入库依据"))
    stage = models.CharField(_("阶段"), max_length=24, choices=Stage, default=Stage.SIGNED)

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("项目")
        constraints = [
            *Record.Meta.constraints,
            follows("signed", "signed_on", _("签约项目必须有签约日期。")),
            follows("landed", "landed_on", _("落地项目必须有落地日期。")),
            follows("under_construction", "started_on", _("在建项目必须有开工日期。")),
            follows("in_production", "production_on", _("投产项目必须有投产日期。")),
            follows("full_capacity", "full_capacity_on", _("达产达效项目必须有达产达效日期。")),
            follows("terminated", "terminated_on", _("终止项目必须有终止日期。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def stage_by_dates(self) -> Stage:
        """Return the stage that the dates say, whether or not work stands still."""
        return self.stage_by(date.max)

    def stage_by(self, on: date) -> Stage:
        """Return the stage that the dates say for a day, whether or not work stood still."""
        latest_first = (
            (Stage.TERMINATED, self.terminated_on), (Stage.FULL_CAPACITY, self.full_capacity_on),
            (Stage.IN_PRODUCTION, self.production_on), (Stage.UNDER_CONSTRUCTION, self.started_on),
            (Stage.LANDED, self.landed_on),
        )
        return next((stage for stage, day in latest_first if day and day.first <= on), Stage.SIGNED)

    def clean(self) -> None:
        """Refuse dates that cannot be, and another owner's enterprise, lead or park."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "enterprise", "lead", "park")

    def derived(self) -> dict[str, str]:
        """Return the stage that the dates say; 停缓建 as long as a suspension is open and the dates say no later end of it."""
        stage = self.stage_by_dates
        if stage not in OVER and (self.stage == Stage.SUSPENDED or (self.stage in OVER and self._stands_still())):
            return {"stage": Stage.SUSPENDED}
        return {"stage": stage}

    def _stands_still(self) -> bool:
        """Tell whether a suspension is open: one is, where a wrong date of production or termination was taken back."""
        from kaifaqu.registers.projects.tracking import ProjectSuspension  # stands above this room

        return ProjectSuspension.objects.current().filter(subject_id=self.pk, owner_id=self.owner_id, until=None).exists()

    def adopted(self) -> dict[str, bool]:
        """Return that an old record without kept evidence is marked 历史补录."""
        return {"historical": True} if self.undocumented() else {}

    def warnings(self) -> list[str]:
        """Return what a person should look at; nothing of it prevents saving."""
        problem = national_project_code_problem(self.national_code)
        return [*([problem] if problem else []), *([] if self.historical else self.undocumented())]
