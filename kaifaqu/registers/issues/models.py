"""Issues: what stands in an enterprise's way, reported by it or heard of it, and handled to its satisfaction."""

import json
from importlib import resources
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.acting import provide
from kaifaqu.cases.lifecycle import FIRST
from kaifaqu.cases.links import Link
from kaifaqu.cases.models import Case, CaseStep
from kaifaqu.clocks.moments import Kind
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.labels import labelled
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.lifecycle import Stage as ProjectStage
from kaifaqu.registers.projects.models import Project

LISTED = json.loads(resources.files(__package__).joinpath("data/categories.json").read_text(encoding="utf-8"))["categories"]
CATEGORIES = [(entry["value"], labelled(entry)) for entry in LISTED]


class Channel(models.TextChoices):
    """How the zone heard of an issue."""

    ACCOUNT = "account", _("企业账户")
    LINK = "link", _("链接填报")
    SHEET = "sheet", _("表格填报")
    VISIT = "visit", _("走访")
    MEETING = "meeting", _("会议")
    CALL = "call", _("来电来访")


class Issue(Case):
    """难点堵点：一家企业提出的一个困难，有期限、有承办单位，由企业确认解决后销号。

    One record is one difficulty of one enterprise in one category; the same difficulty reported twice is one issue, that
    of another enterprise another. `project_stage` is where the project stood when the issue was opened. `hard` gives
    it the longer time of what is difficult or concerns several departments. An enterprise with an account sees its own
    (`requester`), and it alone says whether they are solved.
    """

    register = "issues"
    columns = ("code", "title", "category", "enterprise", "project", "demand", "hard", "channel",
               *(name for name in Case.columns if name not in ("code", "title", "demand")))
    listed = ("code", "title", "category", "enterprise", "stage", "holder", "opened_on", "resolution_due_on", "yellow_on")
    code_prefix = "ND"
    keys = (("code",), ("title", "enterprise__credit_code", "opened_on"))
    headings = {
        "code": ("序号", "问题编号"), "title": ("问题", "问题名称", "存在问题", "难点堵点", "诉求", "事项名称"),
        "category": ("问题类别", "类型", "类别"),
        "enterprise": ("企业", "企业名称", "单位名称", "提出企业"), "project": ("项目", "项目名称", "涉及项目"),
        "demand": ("问题描述", "具体问题", "具体情况", "诉求内容", "需协调事项"), "holder": ("责任单位", "牵头单位", "承办部门"),
        "person": ("责任人", "联系人"), "opened_on": ("提出时间", "登记时间", "受理时间", "收集时间", "提出日期"),
        "agreed_on": ("时限", "办结时限", "要求办结时间", "计划办结时间"), "resolved_on": ("办结时间", "解决时间"),
        "responded_on": ("答复时间", "回应时间"), "result": ("办理情况", "办结情况", "解决情况"),
        "confirmed_on": ("销号时间", "销号日期"), "satisfaction": ("满意情况", "评价"),
    }
    clock_codes = {Kind.RESPONSE: "issue.response", Kind.RESOLUTION: "issue.resolution", Kind.SILENCE: "issue.silence"}

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("企业"), related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, verbose_name=_("涉及项目"), related_name="+")
    category = models.CharField(_("类别"), max_length=12, choices=CATEGORIES)
    hard = models.BooleanField(_("疑难或涉及多部门"), default=False)
    channel = models.CharField(_("来源渠道"), max_length=12, choices=Channel, blank=True)
    project_stage = models.CharField(_("提出时项目阶段"), max_length=24, choices=ProjectStage, blank=True, editable=False)

    class Meta(Case.Meta):
        verbose_name = verbose_name_plural = _("难点堵点")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("stage", "resolution_due_on"), name="issue_due")]

    @property
    def codes(self) -> dict[Kind, str]:
        """Return its clocks: what is difficult has more time."""
        return {**self.clock_codes, **({Kind.RESOLUTION: "issue.resolution_hard"} if self.hard else {})}

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: what nobody holds yet goes by the division of work."""
        return self.holder_id is None and self.stage in FIRST if verb == "route" else super().offers(verb)

    def clean(self) -> None:
        """Refuse days that cannot be, and another owner's enterprise or project."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "enterprise", "project")

    def derived(self) -> dict[str, Any]:
        """Return what a case has, the enterprise and its party where the project and the enterprise name them, and the project's stage."""
        enterprise = self.enterprise or (self.project.enterprise if self.project else None)
        requester = self.requester or (enterprise.party if enterprise else None)
        stage = self.project_stage or (self.project.stage if self.project and not self.row_version else "")
        return {**super().derived(), "enterprise": enterprise, "requester": requester, "project_stage": stage}


class IssueStep(CaseStep):
    """办理记录：对一个难点堵点所做的一步：受理、交办、回应、延期、挂起、办结、确认等。"""

    register = "issue_steps"
    subject = models.ForeignKey(Issue, models.PROTECT, verbose_name=_("难点堵点"), related_name="+")

    class Meta(CaseStep.Meta):
        verbose_name = verbose_name_plural = _("难点堵点办理记录")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("subject",), name="issuestep_subject")]


class IssueLink(Link):
    """难点堵点链接：交给一家企业的一个地址，凭它不用账户就能提出一个难点堵点，并查看和确认它的办理。

    One record is one address for one issue of one enterprise; another person gets another link.
    """

    register = "issue_links"
    columns = ("code", "enterprise", "subject", "addressee", "expires_on")
    listed = ("code", "enterprise", "subject", "addressee", "expires_on", "used_on")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("企业"), related_name="+")
    subject = models.ForeignKey(Issue, models.PROTECT, null=True, blank=True, verbose_name=_("难点堵点"), related_name="+")

    class Meta(Link.Meta):
        verbose_name = verbose_name_plural = _("难点堵点链接")
        constraints = [*Record.Meta.constraints]
        indexes = [models.Index(fields=("secret_hash",), name="issuelink_secret")]

    def clean(self) -> None:
        """Refuse another owner's enterprise or issue, and an issue of another enterprise."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "enterprise", "subject")
            if self.subject is not None and self.subject.enterprise_id != self.enterprise_id:
                raise ValidationError(_t("{issue} 不是 {enterprise} 提出的。").format(issue=self.subject, enterprise=self.enterprise))


provide(Issue, IssueStep)
