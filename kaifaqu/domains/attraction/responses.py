"""How soon a lead is answered: the days on which it was, and those by which the clocks of the zone want it."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.keeping import laid_down
from kaifaqu.clocks.calendar import Calendar
from kaifaqu.clocks.clocks import Due, due, first_moment
from kaifaqu.clocks.rules import Named, clocks_of
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Lead

STEPS = (("answer", "lead.answer"), ("judge", "lead.judge"), ("feedback", "lead.feedback"))  # and the clock of each


def counted(owner_id: int, code: str, start: date, world: World) -> tuple[Named, Due]:
    """Return the owner's clock of this code and when it is due that starts on the day."""
    named = clocks_of(owner_id, start, world)[code]
    return named, due(named.rule, start, Calendar.of(owner_id, clock.today(), world))


class LeadResponse(Record):
    """线索响应：一条线索何时收到、何时答复投资方、何时反馈研判结果。

    One record is how one lead was answered. The day of judgement stands on the lead itself. By when each is due follows
    from the day of receipt, by the dated rule of clocks.
    """

    register = "lead_responses"
    columns = ("code", "lead", "received_on", "answered_on", "feedback_on", "note")
    listed = ("code", "lead", "received_on", "answer_due_on", "answered_on", "judge_due_on", "feedback_due_on", "feedback_on")
    code_prefix = "XY"
    keys = (("lead",), ("code",))
    headings = {
        "lead": ("线索", "项目名称"), "received_on": ("登记日期", "收到线索"), "answered_on": ("答复时间",), "feedback_on": ("反馈时间",),
    }

    lead = models.ForeignKey(Lead, models.PROTECT, verbose_name=_("线索"), related_name="+")
    received_on = models.DateField(_("收到日期"))
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    feedback_on = models.DateField(_("反馈日期"), null=True, blank=True, help_text=_("把研判结果告诉投资方的日期"))
    note = models.CharField(_("备注"), max_length=200, blank=True)
    answer_due_on = models.DateField(_("答复期限"), null=True, blank=True, editable=False)
    judge_due_on = models.DateField(_("研判期限"), null=True, blank=True, editable=False)
    feedback_due_on = models.DateField(_("反馈期限"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("线索响应")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("lead",), condition=models.Q(archived_at=None), name="leadresponse_once",
            violation_error_message=_("这条线索的响应已经登记，请在那一条上补填。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.received_on:%Y-%m-%d}" if self.received_on else self.code

    def clean(self) -> None:
        """Refuse another owner's lead, and days that have not come or lie before the day of receipt."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "lead")
        for name in ("received_on", "answered_on", "feedback_on"):
            day, label = getattr(self, name), field_of(LeadResponse, name).verbose_name
            if day and day > clock.today():
                raise ValidationError(_t("「{label}」{day} 还没有到（今天是 {today}）。").format(label=label, day=day, today=clock.today()))
            if day and day < self.received_on:
                raise ValidationError(_t("「{label}」{day} 早于收到日期 {received}。").format(
                    label=label, day=day, received=self.received_on))

    def derived(self) -> dict[str, Any]:
        """Return by when each step is due."""
        if not self.received_on:
            return {}
        found, world = {}, laid_down()
        for name, code in STEPS:
            at = counted(self.owner_id, code, self.received_on, world)[1].at
            found[f"{name}_due_on"] = at and first_moment(at).date()
        return found
