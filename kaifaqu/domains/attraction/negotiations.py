"""Rounds of negotiation: who met whom, what was agreed, what was not, and what comes next."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.projects.models import Lead


class RoundKind(models.TextChoices):
    """What a round was; the first three are what makes information effective."""

    SITE = "site", _("实地考察")
    DECISION = "decision", _("决策层会谈")
    DRAFTING = "drafting", _("合同起草")
    TALK = "talk", _("一般洽谈")
    REPORT = "report", _("进展报告")


class NegotiationRound(Record):
    """洽谈轮次：为一条线索的一次考察、会谈、起草或进展报告。

    One record is one meeting of one day about one lead; the same journey for two leads is two records. Their order is that
    of their days; a number is kept where the paper has one. Any round is news: the clock of reporting begins anew with it.
    """

    register = "negotiation_rounds"
    columns = (
        "code", "lead", "number", "held_on", "kind", "participants", "consensus", "disagreements", "next_steps", "next_meeting_on")
    listed = ("code", "lead", "number", "held_on", "kind", "next_meeting_on")
    code_prefix = "QT"
    keys = (("lead", "number"), ("code",), ("lead", "held_on", "kind"))
    headings = {
        "lead": ("线索", "项目名称"), "number": ("轮次", "第几轮"), "held_on": ("洽谈时间", "日期"), "kind": ("方式", "类型"),
        "participants": ("参加人员",), "consensus": ("共识",), "disagreements": ("分歧",), "next_steps": ("下一步",),
    }

    lead = models.ForeignKey(Lead, models.PROTECT, verbose_name=_("线索"), related_name="+")
    number = models.PositiveIntegerField(_("轮次"), null=True, blank=True, help_text=_("纪要上有的才填；先后按洽谈日期"))
    held_on = models.DateField(_("洽谈日期"))
    kind = models.CharField(_("洽谈形式"), max_length=12, choices=RoundKind, default=RoundKind.TALK)
    participants = models.CharField(_("参加单位和人员"), max_length=200, blank=True)
    consensus = models.TextField(_("达成的共识"), blank=True)
    disagreements = models.TextField(_("存在的分歧"), blank=True)
    next_steps = models.TextField(_("下步安排"), blank=True)
    next_meeting_on = models.DateField(_("下次洽谈日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("洽谈轮次")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("lead", "number"), condition=models.Q(archived_at=None), name="negotiationround_number",
            violation_error_message=_("这条线索的这一轮洽谈已经登记。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse another owner's lead, a round that has not been held, and a next one before it."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "lead")
        if self.held_on > clock.today():
            raise ValidationError(_t("「洽谈日期」{day} 还没有到（今天是 {today}）；计划的下一次写在上一轮的「下次洽谈日期」里。").format(
                day=self.held_on, today=clock.today()))
        if self.next_meeting_on and self.next_meeting_on < self.held_on:
            raise ValidationError(_t("「下次洽谈日期」{next} 早于「洽谈日期」{day}，请核对。").format(
                next=self.next_meeting_on, day=self.held_on))
