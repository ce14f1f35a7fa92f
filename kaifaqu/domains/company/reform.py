"""What is to be done: items of reform with their tasks, and strategic plans with their goals."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.company.rules import GROUPS, MODEL
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.listing import refuse_unlisted


class ReformItem(Record):
    """改革事项：改革方案里的一项，属于一个分组。

    One record is one item of the plan of reform; what is done for it are its tasks, and by these alone it is counted.
    """

    register = "reform_items"
    columns = ("code", "name", "category", "measure", "office", "set_on", "document")
    code_prefix = "GG"
    keys = (("code",), ("name",))
    headings = {"name": ("改革内容", "事项"), "category": ("类别", "分组"), "measure": ("具体措施", "举措"), "office": ("责任部门",)}

    name = models.CharField(_("改革事项"), max_length=200)
    category = models.CharField(_("改革分组"), max_length=40, help_text=_("规则「改革任务分组」里的名称"))
    measure = models.CharField(_("改革措施"), max_length=500, blank=True)
    office = models.CharField(_("牵头单位"), max_length=100, blank=True)
    set_on = models.DateField(_("确定日期"))
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("改革事项")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a group that the rule does not have, and a day that has not come."""
        super().clean()
        if self.archived_at is None:
            refuse_unlisted(self, "category", GROUPS, "")
            refuse_ahead(self, "set_on")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive an item that still has tasks."""
        refuse_leaving(written)


class Task(Record):
    """Something that is set on a day, due by another, and done when it is; nothing is done without its result."""

    office = models.CharField(_("责任单位"), max_length=100, blank=True)
    due_on = models.DateField(_("完成期限"), null=True, blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    result = models.CharField(_("完成情况"), max_length=500, blank=True)

    class Meta(Record.Meta):
        abstract = True

    def clean(self) -> None:
        """Refuse what is done on a day to come, or without a result."""
        super().clean()
        if self.archived_at is None:
            refuse_ahead(self, "done_on")
            if self.done_on is not None and not self.result.strip():
                raise ValidationError(_t("填了「完成日期」，请写明「完成情况」。"))


class ReformTask(Task):
    """改革任务：一项改革事项分解出的一件任务。

    One record is one task with one office and one due day; a task that is set again is another one.
    """

    register = "reform_tasks"
    columns = ("code", "item", "title", "office", "set_on", "due_on", "done_on", "result")
    code_prefix = "GR"
    keys = (("code",), ("item", "title"))
    headings = {"title": ("任务", "工作任务"), "office": ("责任部门",), "due_on": ("完成时限",), "result": ("进展", "成效")}

    item = models.ForeignKey(ReformItem, models.PROTECT, verbose_name=_("改革事项"), related_name="+")
    title = models.CharField(_("任务内容"), max_length=200)
    set_on = models.DateField(_("下达日期"))

    class Meta(Task.Meta):
        verbose_name = verbose_name_plural = _("改革任务")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        """Refuse another owner's item, and days in a wrong order."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "item")
            refuse_ahead(self, "set_on")
            for name in ("due_on", "done_on"):
                refuse_before(self, name, "set_on")


class StrategyPlan(Dated):
    """发展规划：一份规划，有名称和代号，从生效到终止。

    One record is one plan. Its code (136336) is a label: what it stands for are the goals that people enter.
    """

    register = "strategy_plans"
    columns = ("code", "label", "name", "since", "until", "document")
    code_prefix = "GH"
    keys = (("code",), ("label",))
    headings = {"label": ("代号",), "name": ("规划名称",)}

    label = models.CharField(_("规划代号"), max_length=20, help_text=_("只是名称，不作数值"))
    name = models.CharField(_("规划名称"), max_length=200)
    document = models.CharField(_("规划文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("发展规划")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"“{self.label}”{self.name}"

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a plan that still has goals."""
        refuse_leaving(written)


class PlanGoal(Task):
    """规划目标：一份规划里逐条登记的一个目标。

    One record is one goal of one plan, in the group to which the plan counts it.
    """

    register = "plan_goals"
    columns = ("code", "plan", "part", "name", "word", "target", "office", "due_on", "done_on", "result")
    code_prefix = "MB"
    keys = (("code",), ("plan", "name"))
    headings = {"name": ("目标", "目标任务"), "part": ("目标类别",), "target": ("目标值",), "office": ("责任部门",)}

    plan = models.ForeignKey(StrategyPlan, models.PROTECT, verbose_name=_("发展规划"), related_name="+")
    part = models.CharField(_("目标分组"), max_length=40)
    name = models.CharField(_("目标内容"), max_length=200)
    word = models.CharField(_("对应用语"), max_length=40, blank=True, help_text=_("规则「运营模式用语」里的名称，可以不填"))
    target = models.CharField(_("目标要求"), max_length=200, blank=True)

    class Meta(Task.Meta):
        verbose_name = verbose_name_plural = _("规划目标")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse another owner's plan, and a word that the rule does not have."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "plan")
            refuse_unlisted(self, "word", MODEL, "")
