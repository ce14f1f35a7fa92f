"""Packages: the approvals of one project that the zone carries through for an enterprise, or that are handed in as one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.packages_lifecycle import (
    ENTRUSTED,
    HANDLING,
    IDLE,
    PACKAGE_LIFECYCLE,
    UNFINISHED,
    ItemStage,
    PackageStage,
)
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User, refuse_foreign
from kaifaqu.kernel.records import Record, RecordQuerySet, registers
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


class LentQuerySet(RecordQuerySet):
    """Packages or items of them, seen by their owner and by whomever they are lent to."""

    def seen_by(self, user: Any) -> "LentQuerySet":
        """Return the records, archived ones included, of owners that the user may look at, or lent to a party of his."""
        model: Any = self.model
        owners = user.owners(model.right_to("view"))
        return self.filter(Q(owner__in=owners) | model.lent_to(owners))


class Package(Record):
    """办件包：一个项目一次委托或一次递交的全部审批事项，由一名代办专员跟到底。

    One record is one entrusting (全代办) or one submission (集成办理) of one project; what is entrusted later is another.
    The enterprise sees it: the one that is named (`requester`), else that of the project as it is now. `statutory_days` and
    `promised_days` are those of the longest path by the catalogue that held on `catalogue_on`; `days_taken` and `days_saved`
    are laid down when it is finished.
    """

    register = "packages"
    columns = ("code", "kind", "project", "title", "requester", "entrusted_on", "chosen", "authorisation", "agent", "leader")
    listed = ("code", "title", "kind", "stage", "scope", "agent", "entrusted_on", "submitted_on", "finished_on", "days_saved")
    shared = ("requester",)
    revives = False
    code_prefix = "BJ"
    attached_by = ("packages.submit", ("owner", "party"))  # the enterprise brings what it hands in
    # Each body reads what was handed in once, from then on: also while its item waits, not when it has given it back.
    files_follow = {"package_items.package": ~Q(stage__in=IDLE) | Q(stage=ItemStage.REGISTERED, package__stage=HANDLING)}
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
        help_text=_("企业的账户单位；不填的，是项目投资主体的账户单位"))
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

    objects = LentQuerySet.as_manager()  # type: ignore[misc]  # a manager that asks the project, too

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("办件包")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    @classmethod
    def lent_to(cls, owners: Any, of: str = "") -> Q:
        """Return the condition, `of` a package or of what points at one: one of these parties is its enterprise."""
        theirs = Q(**{f"{of}requester": None, f"{of}project__enterprise__party__in": owners})
        return Q(**{f"{of}requester__in": owners}) | theirs

    @property
    def party_id(self) -> int | None:
        """Return the number of the enterprise's party: the one that is named, else that of the project's enterprise."""
        enterprise = self.project.enterprise
        return self.requester_id or (enterprise.party_id if enterprise else None)

    def parties(self) -> set[int]:
        """Return the numbers of its owner and of its enterprise's party."""
        return {pk for pk in (self.owner_id, self.party_id) if pk}

    @property
    def files_closed(self) -> str:
        """Return why nothing is attached any more, or an empty text."""
        if self.stage in UNFINISHED:
            return ""
        return _t("{package} 已经{stage}，文件不再增减；批文请附在各审批事项上。").format(package=self, stage=self.get_stage_display())

    def derived(self) -> dict[str, Any]:
        """Return the project's name, anew where it is another project, and how much is entrusted."""
        known = type(self).objects.filter(pk=self.pk).select_related("project").first() if self.row_version else None
        is_of_another = known is not None and known.project_id != self.project_id and known.title == self.title == known.project.name
        title = self.project.name if is_of_another or not self.title else self.title
        return {"title": title, "scope": Scope.PARTIAL if self.chosen else Scope.WHOLE}

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: items are listed once, before it is handed in."""
        if verb == "lay_out":
            return self.stage == ENTRUSTED and not self.items.filter(archived_at=None).exists()
        return super().offers(verb)

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Raise ValidationError for items that are now carried through twice for one project."""
        items: Any = registers()["package_items"]
        items.refuse_together(list(items.objects.current().filter(package__in=written)))

    def clean(self) -> None:
        """Refuse another owner's project, and a day that has not come."""
        if self.archived_at is None:
            refuse_foreign(self, "project")
        if self.entrusted_on > clock.today():
            raise ValidationError(_t("「委托日期」{day} 还没有到（今天是 {today}）。").format(day=self.entrusted_on, today=clock.today()))
