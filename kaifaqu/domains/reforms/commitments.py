"""承诺制: what an enterprise may do on its written commitment instead of waiting for approvals, and whether it kept its word."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.commitments_lifecycle import COMMITMENT_LIFECYCLE, NOTIFIED, CommitmentStage
from kaifaqu.domains.reforms.commitments_rules import ITEMS, OTHER, held, publicity_end
from kaifaqu.domains.reforms.parts import Part, Shared
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, refuse_foreign
from kaifaqu.kernel.fields import PartialDateField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.projects.milestones import Milestones, evidence, follows, milestone
from kaifaqu.registers.projects.models import Project


class Commitment(Shared, Milestones):
    """承诺办理：一个项目按承诺制办理的一件事，从告知、承诺、公示、批复到核查、验收。

    One record is one case of one project, with all approvals that it replaces; a case that was withdrawn and begun
    again is another one. The project's enterprise sees it. `publicised_until` and, where no other day was agreed,
    `verify_by` follow from the dated rule. A breach is found by a check, which gives its day and consequence; what was put
    right goes on. One that is entered as signed already is old stock (`historical`): its items come after it.
    """

    register = "commitments"
    columns = (
        "code", "project", "notified_on", "notified_evidence", "signed_on", "signed_evidence", "publicised_on", "publicised_evidence",
        "approved_on", "approved_evidence", "verify_due_on", "checked_on", "accepted_on", "accepted_evidence", "withdrawn_on",
        "withdraw_reason",
    )
    listed = ("code", "project", "stage", "signed_on", "publicised_until", "approved_on", "verify_by", "checked_on")
    shared = ("project__enterprise__party",)
    code_prefix = "CN"
    keys = (("code",), ("project", "notified_on"))
    headings = {
        "project": ("项目名称", "项目编号"), "notified_on": ("告知时间",), "signed_on": ("承诺时间", "签订承诺书日期"),
        "approved_on": ("批复时间",), "approved_evidence": ("批复文号", "承诺制批复"), "verify_due_on": ("核查时限",),
        "accepted_on": ("验收时间",),
    }  # fmt: skip
    ORDER = ("notified_on", "signed_on", "publicised_on", "approved_on", "checked_on", "accepted_on")
    LAST = "withdrawn_on"
    BESIDE = ("breached_on", "restored_on")
    lifecycle = COMMITMENT_LIFECYCLE

    project = models.ForeignKey(Project, models.PROTECT, verbose_name=_("项目"), related_name="+")
    name = models.CharField(_("名称"), max_length=200, blank=True, editable=False)  # of the project, as the enterprise was told
    notified_on = milestone(_("告知日期"))
    notified_evidence = evidence(_("告知书"))
    signed_on = milestone(_("承诺日期"))
    signed_evidence = evidence(_("承诺书"))
    publicised_on = milestone(_("公示日期"))
    publicised_evidence = evidence(_("公示载体"))
    publicised_until = models.DateField(_("公示截止"), null=True, blank=True, editable=False)
    approved_on = milestone(_("批复日期"))
    approved_evidence = evidence(_("批复文号"))
    verify_due_on = models.DateField(_("约定核查期限"), null=True, blank=True, help_text=_("没有约定的空着，批复以后按规则计算"))
    verify_by = models.DateField(_("核查期限"), null=True, blank=True, editable=False)
    checked_on = milestone(_("核查完毕日期"))
    accepted_on = milestone(_("验收日期"))
    accepted_evidence = evidence(_("验收文件"))
    breached_on = PartialDateField(_("违诺日期"), null=True, blank=True, editable=False)  # of the last check that found a breach
    consequence = models.CharField(_("违诺后果"), max_length=200, blank=True, editable=False)
    restored_on = PartialDateField(_("整改到位日期"), null=True, blank=True, editable=False)
    historical = models.BooleanField(_("历史补录"), default=False, editable=False)
    withdrawn_on = milestone(_("撤回日期"))
    withdraw_reason = models.CharField(_("撤回原因"), max_length=200, blank=True)
    stage = models.CharField(_("状态"), max_length=12, choices=CommitmentStage, default=NOTIFIED, editable=False)

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("承诺办理")
        constraints = [
            *Record.Meta.constraints,
            follows("approved", "approved_on", _("已批复的承诺必须有批复日期。")),
            models.UniqueConstraint(
                fields=("project",), condition=Q(archived_at=None, withdrawn_on=None), name="commitment_once_a_project",
                violation_error_message=_("该项目已有一件没有撤回的承诺办理。")),
            models.CheckConstraint(
                condition=Q(breached_on=None) | ~Q(consequence=""), name="commitment_breach_has_consequence",
                violation_error_message=_("违诺必须写明后果。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: only what was promised is checked."""
        return self.stage not in (NOTIFIED, CommitmentStage.WITHDRAWN) if verb == "check" else True

    def derived(self) -> dict[str, Any]:
        """Return the stage that the dates say, and until when it is publicised and to be verified by the rule of the day."""
        latest_first = (
            (CommitmentStage.WITHDRAWN, self.withdrawn_on), (CommitmentStage.BREACHED, self.breached_on and not self.restored_on),
            (CommitmentStage.ACCEPTED, self.accepted_on), (CommitmentStage.CHECKED, self.checked_on),
            (CommitmentStage.APPROVED, self.approved_on), (CommitmentStage.PUBLICISED, self.publicised_on),
            (CommitmentStage.SIGNED, self.signed_on),
        )
        begun, approved = self.publicised_on, self.approved_on and self.approved_on.last
        days = held(self.owner_id, approved)["verify_days"] if approved else 0
        return {
            "name": self.name or self.project.name,
            "stage": next((stage for stage, day in latest_first if day), NOTIFIED),
            "publicised_until": publicity_end(self.owner_id, begun.last) if begun else None,
            "verify_by": self.verify_due_on or (approved + timedelta(days=days) if approved else None),
            "historical": self.historical if self.row_version else self.signed_on is not None,
        }

    def clean(self) -> None:
        """Refuse dates that cannot be, an approval before the publicity is over, and another owner's project."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "project")
        if problems := [*self._of_approval(), *self._of_ends()]:
            raise ValidationError(problems)

    def _of_approval(self) -> Iterator[str]:
        if not self.notified_on:
            yield _t("请填写「告知日期」：承诺制从书面告知开始。")
        if self.approved_on and not self.publicised_on:
            yield _t("没有公示，不能批复；请先填「公示日期」。")
        if self.approved_on and self.publicised_until and self.approved_on.last <= self.publicised_until:
            yield _t("公示到 {until} 为止，「批复日期」{day} 还在公示期内；请在公示期满以后批复。").format(
                until=self.publicised_until, day=self.approved_on)
        if self.verify_due_on and self.approved_on and self.verify_due_on < self.approved_on.first:
            yield _t("「约定核查期限」{due} 早于批复日期 {day}。").format(due=self.verify_due_on, day=self.approved_on)

    def _of_ends(self) -> Iterator[str]:
        if self.withdrawn_on and not self.withdraw_reason.strip():
            yield _t("撤回请写明「撤回原因」。")

    def warnings(self) -> list[str]:
        """Say which document is not named, and what is past its date and unchecked."""
        from kaifaqu.domains.reforms.commitments_conditions import overdue_words  # stands above this room

        documents = held(self.owner_id, clock.today())["documents"]
        lacking = [
            _t("「{label}」{day} 办理，没有写明「{document}」。").format(
                label=self._label(f"{step}_on"), day=getattr(self, f"{step}_on"), document=documents[step]["label"])
            for step in documents if getattr(self, f"{step}_on") and not getattr(self, f"{step}_evidence")]
        return [*lacking, *overdue_words(self, clock.today())]


class CommitmentItem(Part):
    """承诺事项：一件承诺办理所替代的一项审批，到检查期限要检查承诺是否履行。

    One record is one approval that one commitment replaces; items are chosen before the commitment is signed, and stay.
    `check_due_on` is a day that was agreed; where none was, `check_by` follows from the approval and the dated rule.
    """

    register = "commitment_items"
    belongs_to = "commitment"
    columns = ("code", "commitment", "item", "name", "check_due_on")
    listed = ("code", "commitment", "item", "name", "check_by")
    CHOSEN = ("commitment_id", "item", "name", "archived_at")
    code_prefix = "CS"
    keys = (("commitment", "item", "name"), ("code",))
    headings = {"item": ("承诺事项", "审批事项"), "check_due_on": ("检查时限",)}

    commitment = models.ForeignKey(Commitment, models.PROTECT, verbose_name=_("承诺办理"), related_name="+")
    item = models.CharField(_("事项"), max_length=16, choices=ITEMS)
    name = models.CharField(_("事项名称"), max_length=100, blank=True, help_text=_("选「其他」的写明名称"))
    check_due_on = models.DateField(_("约定检查期限"), null=True, blank=True, help_text=_("没有约定的空着，批复以后按规则计算"))
    check_by = models.DateField(_("检查期限"), null=True, blank=True, editable=False)

    class Meta(Part.Meta):
        verbose_name = verbose_name_plural = _("承诺事项")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("commitment", "item", "name"), condition=Q(archived_at=None), name="commitmentitem_once",
            violation_error_message=_("这一件承诺办理里已有这个事项。"))]

    def __str__(self) -> str:
        return self.name or self.get_item_display()

    def offers(self, verb: str) -> bool:
        """Tell whether there is something of the kind to do now: only what was promised is checked."""
        return self.commitment.offers("check") if verb == "check" else True

    def derived(self) -> dict[str, Any]:
        """Return when it is checked at the latest: the agreed day, else by the rule of the day of approval."""
        approved = self.commitment.approved_on and self.commitment.approved_on.last
        items = held(self.owner_id, approved)["items"] if approved else {}
        days = items[self.item]["check_days"] if self.item in items else 0
        return {"check_by": self.check_due_on or (approved + timedelta(days=days) if approved else None)}

    def clean(self) -> None:
        """Refuse another owner's commitment, an item without a name or that the rule does not permit, and what comes after signing."""
        super().clean()
        problems = [*self._of_time()]
        if self.archived_at is None:
            refuse_foreign(self, "commitment")
            problems += self._of_item()
        if problems:
            raise ValidationError(problems)

    def _of_time(self) -> Iterator[str]:
        """Yield why it is too late to choose, change or take away the item: of old stock it never is."""
        stored = type(self).objects.filter(pk=self.pk).select_related("commitment").first() if self.pk else None
        if stored and all(getattr(stored, name) == getattr(self, name) for name in self.CHOSEN):
            return
        for case in {each.pk: each for each in (self.commitment, stored.commitment if stored else None) if each}.values():
            if case.signed_on and not case.historical:
                yield _t("{commitment} 已于 {day} 签承诺书，事项不能再增减或更改；另办一件，或撤回后重新办理。").format(
                    commitment=case, day=case.signed_on)

    def _of_item(self) -> Iterator[str]:
        if self.item == OTHER and not self.name.strip():
            yield _t("选「其他」的请写明「事项名称」。")
        items = held(self.owner_id, self.commitment.notified_on.last if self.commitment.notified_on else clock.today())["items"]
        if self.item not in items:
            yield _t("「{item}」不在可以承诺的事项之内；可选：{items}。").format(
                item=self.get_item_display(), items="、".join(str(dict(ITEMS)[each]) for each in items))


class Phase(models.TextChoices):
    """When a check is made."""

    DURING = "during", _("事中")
    AFTER = "after", _("事后")


class Result(models.TextChoices):
    """What a check found."""

    KEPT = "kept", _("履行")
    RECTIFY = "rectify", _("整改")
    BREACH = "breach", _("违诺")


class ComplianceCheck(Part):
    """履诺检查：一个单位对一件承诺办理（或其中一个事项）的一次检查，写明结果；违诺的写明后果，整改的写明复查日期。

    One record is one check of one item, or of the case as a whole where no item is named: that one answers for the
    case's own date, and for no item's.
    """

    register = "compliance_checks"
    belongs_to = "commitment"
    columns = ("code", "commitment", "item", "checked_on", "office", "phase", "result", "findings", "consequence", "follow_up_on")
    listed = ("code", "commitment", "item", "checked_on", "phase", "result", "consequence", "follow_up_on")
    code_prefix = "JC"
    keys = (("commitment", "item", "checked_on"), ("code",))
    headings = {"checked_on": ("检查时间",), "office": ("检查部门",), "result": ("检查结果",), "findings": ("检查情况", "存在问题")}

    commitment = models.ForeignKey(Commitment, models.PROTECT, verbose_name=_("承诺办理"), related_name="+")
    item = models.ForeignKey(
        CommitmentItem, models.PROTECT, null=True, blank=True, verbose_name=_("承诺事项"), related_name="+",
        help_text=_("空着为整件承诺办理"))
    checked_on = models.DateField(_("检查日期"))
    office = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("检查单位"), related_name="+")
    phase = models.CharField(_("环节"), max_length=8, choices=Phase, default=Phase.DURING)
    result = models.CharField(_("结果"), max_length=8, choices=Result)
    findings = models.TextField(_("检查情况"), blank=True)
    consequence = models.CharField(_("后果"), max_length=200, blank=True, help_text=_("违诺的必须写明"))
    follow_up_on = models.DateField(_("复查日期"), null=True, blank=True, help_text=_("整改的必须写明"))

    class Meta(Part.Meta):
        verbose_name = verbose_name_plural = _("履诺检查")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.checked_on} {self.get_result_display()}"

    def clean(self) -> None:
        """Refuse a check of another case's item, before the commitment or in the future, and a result without what follows from it."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "commitment", "item")
        if problems := [*self._of_days(), *self._of_result()]:
            raise ValidationError(problems)

    def _of_days(self) -> Iterator[str]:
        signed = self.commitment.signed_on
        if self.item and self.item.commitment_id != self.commitment_id:
            yield _t("「承诺事项」{item} 不是 {commitment} 的事项。").format(item=self.item, commitment=self.commitment)
        if not signed or self.checked_on < signed.first:
            yield _t("{commitment} 在 {day} 还没有签承诺书，没有可以检查的承诺。").format(commitment=self.commitment, day=self.checked_on)
        if self.checked_on > clock.today():
            yield _t("「检查日期」{day} 还没有到（今天是 {today}）。").format(day=self.checked_on, today=clock.today())

    def _of_result(self) -> Iterator[str]:
        if self.result == Result.BREACH and not self.consequence.strip():
            yield _t("违诺的请写明「后果」。")
        if self.result == Result.RECTIFY and not self.follow_up_on:
            yield _t("整改的请写明「复查日期」。")
        if self.follow_up_on and self.follow_up_on <= self.checked_on:
            yield _t("「复查日期」{day} 应晚于检查日期 {checked}。").format(day=self.follow_up_on, checked=self.checked_on)
