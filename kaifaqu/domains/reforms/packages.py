"""Packages: the approvals of one project that the zone carries through for an enterprise, or that are handed in as one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.packages_lifecycle import ENTRUSTED, PACKAGE_LIFECYCLE, PackageStage
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.projects.models import Project


class PackageKind(models.TextChoices):
    """全代办: the zone's agent does it for the enterprise. 集成办理: handed in once, each body does its part."""

    AGENCY = "agency", _("全代办")
    INTEGRATED = "integrated", _("集成办理")


class Scope(models.TextChoices):
    """How much of the catalogue is entrusted."""

    WHOLE = "whole", _("全部事项")
    PARTIAL = "partial", _("部分事项")


def _fixed(label: Any) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, null=True, blank=True, editable=False)


class Package(Record):
    """办件包：一个项目一次委托或一次递交的全部审批事项，由一名代办专员跟到底。

    One record is one entrusting (全代办) or one submission (集成办理) of one project; what is entrusted later is another.
    The enterprise (`requester`) sees it. `statutory_days` and `promised_days` are those of the longest path by the catalogue
    that held on `catalogue_on`; `days_taken` and `days_saved` are laid down when it is finished.
    """

    register = "packages"
    columns = ("code", "kind", "project", "title", "requester", "entrusted_on", "chosen", "authorisation", "agent", "leader")
    listed = ("code", "title", "kind", "stage", "scope", "agent", "entrusted_on", "submitted_on", "finished_on", "days_saved")
    shared = ("requester",)
    revives = False
    code_prefix = "BJ"
    headings = {
        "project": ("项目", "项目名称"), "entrusted_on": ("委托时间",), "agent": ("代办员", "专员"), "leader": ("领办领导",),
        "authorisation": ("委托书", "授权书"),
    }
    lifecycle = PACKAGE_LIFECYCLE

    kind = models.CharField(_("办理方式"), max_length=12, choices=PackageKind)
    project = models.ForeignKey(Project, models.PROTECT, verbose_name=_("项目"), related_name="+")
    title = models.CharField(_("名称"), max_length=200, blank=True, help_text=_("不填的，取项目名称"))
    requester = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, verbose_name=_("委托企业"), related_name="+",
        help_text=_("企业的账户单位；不填的，取项目投资主体的账户单位"))
    entrusted_on = models.DateField(_("委托日期"))
    chosen = models.TextField(_("委托事项"), blank=True, help_text=_("不选的为目录中全部事项；没有选的前置事项，由它自己的前置接上"))
    scope = models.CharField(_("委托范围"), max_length=8, choices=Scope, default=Scope.WHOLE, editable=False)
    authorisation = models.CharField(_("授权委托书"), max_length=200, blank=True)
    agent = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("代办专员"), related_name="+")
    leader = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("领办人"), related_name="+")
    catalogue_on = models.DateField(_("目录日期"), null=True, blank=True, editable=False)
    submitted_on = models.DateField(_("递交日期"), null=True, blank=True, help_text=_("不填的为今天"))
    finished_on = models.DateField(_("办结日期"), null=True, blank=True, help_text=_("不填的为今天"))
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True, help_text=_("不填的为今天"))
    result = models.TextField(_("汇总结果"), blank=True, help_text=_("不填的，汇总各事项的办理结果"))
    statutory_days = _fixed(_("法定最长路径（工作日）"))
    promised_days = _fixed(_("承诺最长路径（工作日）"))
    days_taken = _fixed(_("实际用时（工作日）"))
    days_saved = models.IntegerField(_("节省（工作日）"), null=True, blank=True, editable=False)
    stage = models.CharField(_("状态"), max_length=12, choices=PackageStage, default=ENTRUSTED, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("办件包")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    def derived(self) -> dict[str, Any]:
        """Return the project's name, the enterprise's party where the project's enterprise names it, and how much is entrusted."""
        enterprise = self.project.enterprise
        return {
            "title": self.title or self.project.name, "requester": self.requester or (enterprise.party if enterprise else None),
            "scope": Scope.PARTIAL if self.chosen else Scope.WHOLE,
        }  # fmt: skip

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: items are listed before it is handed in."""
        return self.stage == ENTRUSTED if verb == "lay_out" else super().offers(verb)

    def clean(self) -> None:
        """Refuse another owner's project, and a day that has not come."""
        if self.archived_at is None:
            refuse_foreign(self, "project")
        if self.entrusted_on > clock.today():
            raise ValidationError(_t("「委托日期」{day} 还没有到（今天是 {today}）。").format(day=self.entrusted_on, today=clock.today()))
