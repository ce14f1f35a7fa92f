"""Work orders of property management: of four kinds, by plan or on request, with the day by which each is to be done."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Unit


class WorkKind(models.TextChoices):
    """The four lines of property management."""

    MAINTENANCE = "maintenance", _("维管")
    CLEANING = "cleaning", _("清洁")
    FIRE = "fire", _("消防")
    EMERGENCY = "emergency", _("应急")


class Origin(models.TextChoices):
    """What a work order comes from."""

    PLAN = "plan", _("计划")
    REQUEST = "request", _("报修报事")


class WorkOrder(Record):
    """物业工单：一件要在期限前做完的物业工作，来自计划或来自报修报事。

    One record is one piece of work with one day by which it is to be done. It is on time when it was done by that day; one that is
    not done yet is not.
    """

    register = "work_orders"
    columns = ("code", "kind", "origin", "title", "park", "unit", "enterprise", "opened_on", "due_on", "done_on", "result")
    listed = ("code", "kind", "origin", "title", "park", "opened_on", "due_on", "done_on", "on_time")
    code_prefix = "GD"
    headings = {
        "code": ("工单号", "工单编号"), "kind": ("类别", "工单类别"), "origin": ("来源",), "title": ("内容", "工单内容", "报修内容"),
        "enterprise": ("报修单位", "报事单位"), "opened_on": ("派单日期", "报修日期"), "due_on": ("完成期限", "要求完成日期"),
        "done_on": ("完工日期", "完成时间"),
    }

    kind = models.CharField(_("物业类别"), max_length=12, choices=WorkKind)
    origin = models.CharField(_("工单来源"), max_length=12, choices=Origin, default=Origin.REQUEST)
    title = models.CharField(_("工作内容"), max_length=200)
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("单元"), related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("报事单位"), related_name="+")
    opened_on = models.DateField(_("登记日期"))
    due_on = models.DateField(_("完成期限"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    result = models.CharField(_("完成情况"), max_length=400, blank=True)
    on_time = models.BooleanField(_("按时完成"), default=False, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("物业工单")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def derived(self) -> dict[str, Any]:
        """Return whether it was done by the day."""
        return {"on_time": self.done_on is not None and self.done_on <= self.due_on}

    def clean(self) -> None:
        """Refuse days that cannot be, and another owner's park, unit or enterprise."""
        super().clean()
        refuse_ahead(self, "opened_on", "done_on")
        refuse_before(self, "due_on", "opened_on")
        refuse_before(self, "done_on", "opened_on")
        if self.archived_at is None:
            refuse_foreign(self, "park", "unit", "enterprise")
