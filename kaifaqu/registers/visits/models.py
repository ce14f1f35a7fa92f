"""Visits: one record for all lines of work; who came; the days on which nobody should come; who looks after an enterprise."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, Party, User, refuse_foreign
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.assigning import OneHolder
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.visits.kinds import CHOICES, VISIT, is_used
from kaifaqu.registers.visits.lifecycle import VISIT_LIFECYCLE, VisitStage

DAY = Coalesce("visited_on", "planned_on")  # of a visit, in a statement: what `Visit.day` is in memory


class Visit(Record):
    """走访：一个单位与一家企业的一次见面或通话，从计划到完成；统计、项目、服务各条线用同一张表。

    One record is one visit of one department, planned or done; two that were merged are two records, of which one goes
    on. It belongs to the zone, whose departments all see it, and is shared with the parties that come. It is a fact, not
    a score: no photograph, no place, and not used to assess anybody.
    """

    register = "visits"
    columns = (
        "code", "enterprise", "kind", "planned_on", "visited_on", "department", "partner", "project", "for_statistics",
        "for_projects", "for_service", "purpose", "received_by", "heard", "appeals", "exception", "cancel_reason", "merged_into",
    )
    listed = ("code", "enterprise", "kind", "stage", "planned_on", "visited_on", "department", "partner")
    shared = ("department", "partner")
    code_prefix = "ZF"
    headings = {
        "code": ("走访编号",), "enterprise": ("企业名称", "单位名称", "走访企业"), "kind": ("方式", "联系方式"),
        "planned_on": ("计划时间", "拟走访日期"), "visited_on": ("走访时间", "联系日期"), "department": ("部门", "走访部门"),
        "purpose": ("走访目的", "内容"), "received_by": ("企业接待人", "企业联系人"), "heard": ("走访情况", "了解情况"),
        "appeals": ("企业诉求", "存在问题", "困难诉求"),
    }
    PURPOSES = ("for_statistics", "for_projects", "for_service")
    lifecycle = VISIT_LIFECYCLE

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("企业"), related_name="+")
    kind = models.CharField(_("方式"), max_length=16, choices=CHOICES, default=VISIT)
    planned_on = models.DateField(_("计划日期"), null=True, blank=True)
    visited_on = models.DateField(_("走访日期"), null=True, blank=True)
    department = models.ForeignKey(Party, models.PROTECT, verbose_name=_("走访单位"), related_name="+")
    partner = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("联合单位"), related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, verbose_name=_("项目"), related_name="+")
    for_statistics = models.BooleanField(_("为统计"), default=False)
    for_projects = models.BooleanField(_("为项目"), default=False)
    for_service = models.BooleanField(_("为企业服务"), default=False)
    purpose = models.CharField(_("事由"), max_length=200, blank=True)
    received_by = PersonalField(_("接待人"), max_length=100, blank=True)
    heard = models.TextField(_("了解到的情况"), blank=True, help_text=_("只记事实"))
    appeals = models.TextField(_("诉求"), blank=True, help_text=_("企业提出的要求，一行一条"))
    exception = models.CharField(_("例外理由"), max_length=200, blank=True, help_text=_("超出上限或在免打扰日走访时填写"))
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("并入"), related_name="+")
    stage = models.CharField(_("状态"), max_length=12, choices=VisitStage, default=VisitStage.PLANNED)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("走访")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(stage=VisitStage.DONE) | Q(visited_on__isnull=False), name="visit_done_has_day",
                violation_error_message=_("已完成的走访必须有走访日期。")),
            models.CheckConstraint(
                condition=~Q(stage=VisitStage.MERGED) | Q(merged_into__isnull=False), name="visit_merged_has_other",
                violation_error_message=_("已合并的走访必须写明并入哪一次。")),
        ]
        indexes = [models.Index(fields=("enterprise", "visited_on"), name="visit_enterprise_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()} {self.visited_on or self.planned_on or ''}".strip()

    @property
    def day(self) -> date | None:
        """Return the day of the visit; of one that was not made, the day for which it was planned."""
        return self.visited_on or self.planned_on

    @property
    def lines(self) -> list[str]:
        """Return the lines of work that it serves, in words."""
        return [str(self._meta.get_field(name).verbose_name) for name in self.PURPOSES if getattr(self, name)]  # type: ignore[union-attr]

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: who joins comes to a visit that is planned or was made."""
        if verb == "join":
            return self.stage in (VisitStage.PLANNED, VisitStage.DONE)
        return self.stage == VisitStage.DONE if verb == "raise_issue" else True

    def derived(self) -> dict[str, str]:
        """Return the stage that the facts say."""
        if self.merged_into_id:
            return {"stage": VisitStage.MERGED}
        if self.cancel_reason:
            return {"stage": VisitStage.CANCELLED}
        return {"stage": VisitStage.DONE if self.visited_on else VisitStage.PLANNED}

    def clean(self) -> None:
        """Refuse a visit without a day, one that is said to have been made later than today, and facts that contradict each other."""
        if self.archived_at is None:
            refuse_foreign(self, "enterprise", "project", "merged_into")
            if problems := [*self._of_days(), *self._of_parties(), *self._of_end()]:
                raise ValidationError(problems)

    def warnings(self) -> list[str]:
        """Say where a visit is above the ceiling and gives no reason; nothing of it prevents saving."""
        from kaifaqu.registers.visits.limits import overlooked  # stands above this room

        return [each for each in (overlooked(self),) if each]

    def _of_days(self) -> list[str]:
        if self.day is None:
            return [_t("「计划日期」和「走访日期」至少填一项。")]
        problems = []
        if self.visited_on and self.visited_on > clock.today():
            problems.append(_t("「走访日期」{day} 还没有到（今天是 {today}）；将要走访的请填「计划日期」。").format(
                day=self.visited_on, today=clock.today()))
        if not is_used(self.kind, str(self.day)):
            problems.append(_t("「方式」{kind} 在 {day} 还没有或不再使用。").format(kind=self.get_kind_display(), day=self.day))
        return problems

    def _of_parties(self) -> list[str]:
        problems = []
        if self.partner_id and self.partner_id == self.department_id:
            problems.append(_t("「联合单位」与「走访单位」相同；没有别的单位参加的，请空着。"))
        if self.project and self.project.enterprise_id not in (None, self.enterprise_id):
            problems.append(_t("「项目」{project} 不是这家企业的项目。").format(project=self.project))
        return problems

    def _of_end(self) -> list[str]:
        into, problems = self.merged_into, []
        if sum(map(bool, (into, self.cancel_reason, self.visited_on))) > 1:
            problems.append(_t("「走访日期」「取消原因」「并入」只能填一项：走访过的不能取消，取消或合并的没有走访。"))
        if into is not None and (into.pk == self.pk or into.enterprise_id != self.enterprise_id):
            problems.append(_t("「并入」应填同一家企业的另一次走访。"))
        elif into is not None and into.stage in (VisitStage.MERGED, VisitStage.CANCELLED):
            problems.append(_t("「并入」{visit} 已取消或已合并，不能再并入。").format(visit=into.code))
        return problems


class Visitor(Record):
    """参加人：走访单位或联合单位的一个人，参加一次走访。

    One record is one person at one visit, for the party that he came for. Who has no account is named in `name`.
    """

    register = "visitors"
    columns = ("code", "visit", "party", "person", "name")
    shared = ("party",)
    code_prefix = "CJ"

    visit = models.ForeignKey(Visit, models.PROTECT, verbose_name=_("走访"), related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, verbose_name=_("参加单位"), related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("人员"), related_name="+")
    name = PersonalField(_("姓名"), max_length=100, blank=True, help_text=_("没有账号的人写姓名"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("参加人")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("visit", "person"), condition=Q(archived_at=None), name="visitor_once",
                violation_error_message=_("这个人已经列为参加人。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()

    def clean(self) -> None:
        """Refuse another owner's visit, and a new row that names nobody; the name of an old one may have been erased."""
        if self.archived_at is None:
            refuse_foreign(self, "visit")
        if not (self.pk or self.person_id or self.name):
            raise ValidationError(_t("「人员」和「姓名」至少填一项。"))


class VisitIssue(Record):
    """诉求转办：一次走访中听到的一条诉求，转成了一个难点堵点。

    One record is one issue that came of one visit; it is made by `visits.raise_issue`.
    """

    register = "visit_issues"
    columns = ("code", "visit", "issue")
    code_prefix = "SQ"

    visit = models.ForeignKey(Visit, models.PROTECT, verbose_name=_("走访"), related_name="+")
    issue = models.ForeignKey(Issue, models.PROTECT, verbose_name=_("难点堵点"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("诉求转办")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("issue",), condition=Q(archived_at=None), name="visitissue_once",
                violation_error_message=_("这个难点堵点已经记在一次走访下。")),
        ]

    def clean(self) -> None:
        """Refuse another owner's visit or issue, and an issue of another enterprise."""
        if self.archived_at is not None:
            return
        refuse_foreign(self, "visit", "issue")
        if self.issue.enterprise_id != self.visit.enterprise_id:
            raise ValidationError(_t("「难点堵点」不是走访的这家企业提出的。"))


class QuietSpan(Dated):
    """免打扰日：一段不走访的日子，全区的或一家企业的，从起始之日到截止之日（不含）。

    One record is one span with one cause; without an enterprise it holds for the whole zone.
    """

    register = "quiet_spans"
    columns = ("code", "enterprise", "since", "until", "cause", "document")
    code_prefix = "MD"

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("企业"), related_name="+", help_text=_("空着为全区"))
    cause = models.CharField(_("事由"), max_length=100)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("免打扰日")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.cause}"

    def clean(self) -> None:
        """Refuse an empty span, one without an end, and another owner's enterprise."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "enterprise")
        if self.until is None:
            raise ValidationError(_t("「至（不含）」请填写：免打扰日要有截止之日。"))


class ServiceRole(models.TextChoices):
    """The roles of 包保."""

    CADRE = "cadre", _("包保干部")
    LEADER = "leader", _("包保领导")


class ServiceAssignment(OneHolder):
    """包保：一位干部或一个单位，在一段时间里服务一家企业。

    One record is one holder of one role for one enterprise; a change of person ends it and begins another. No number of
    visits is asked of anybody, and nobody is ranked.
    """

    register = "service_assignments"
    code_prefix = "BB"
    subject = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("企业"), related_name="+")
    role = models.CharField(_("职责"), max_length=40, choices=ServiceRole)

    class Meta(OneHolder.Meta):
        verbose_name = verbose_name_plural = _("包保")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("subject", "role"), condition=Q(until=None, archived_at=None), name="serviceassignment_one_holder",
                violation_error_message=_("该企业的这一职责已有人承担；更换请在企业上办理「包保」。")),
        ]
