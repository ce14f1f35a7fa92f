"""What is to be done along a chain: gaps to fill, and what its leader and other firms do together."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Party, refuse_foreign
from kaifaqu.kernel.records import Record
from kaifaqu.registers.chains.chain import Chain
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.organisations.models import Enterprise


class TaskKind(models.TextChoices):
    """What a task does for the chain."""

    FILL = "fill", _("补链")
    STRENGTHEN = "strengthen", _("强链")
    EXTEND = "extend", _("延链")
    JOINT = "joint", _("协同攻关")


class Mode(models.TextChoices):
    """The three ways in which a chain develops."""

    CHAIN = "chain", _("链式")
    CLUSTER = "cluster", _("集群")
    FUSION = "fusion", _("融合")


class LeaderRole(models.TextChoices):
    """The three roles that a central state firm plays on a chain."""

    INNOVATION = "innovation", _("科技创新")
    CONTROL = "control", _("产业控制")
    SAFETY = "safety", _("安全支撑")


class ChainTask(Record):
    """链上任务：一条产业链上要办的一件事，办好以前一直挂在链上.

    One record is one task of one chain; done, it keeps the day and what came of it. Whoever does it is a firm, an office, or both.
    """

    register = "chain_tasks"
    columns = ("code", "chain", "title", "kind", "mode", "role", "enterprise", "office", "set_on", "due_on", "done_on", "result")
    listed = ("code", "chain", "title", "kind", "enterprise", "office", "due_on", "done_on")
    code_prefix = "LW"
    keys = (("code",), ("chain", "title"))
    headings = {"title": ("任务", "工作内容"), "enterprise": ("承担企业",), "office": ("责任部门",), "due_on": ("完成时限",)}

    chain = models.ForeignKey(Chain, models.PROTECT, verbose_name=_("产业链"), related_name="+")
    title = models.CharField(_("任务内容"), max_length=200)
    kind = models.CharField(_("任务类别"), max_length=12, choices=TaskKind)
    mode = models.CharField(_("发展方式"), max_length=12, choices=Mode, blank=True)
    role = models.CharField(_("链主作用"), max_length=12, choices=LeaderRole, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("承担企业"), related_name="+")
    office = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("责任单位"), related_name="+")
    set_on = models.DateField(_("提出日期"))
    due_on = models.DateField(_("要求完成日期"), null=True, blank=True)
    done_on = models.DateField(_("实际完成日期"), null=True, blank=True)
    result = models.CharField(_("完成情况"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("链上任务")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @staticmethod
    def open_on(day: Any) -> Q:
        """Return the condition: set by that day, and not done by then."""
        return Q(set_on__lte=day) & (Q(done_on=None) | Q(done_on__gt=day))

    def clean(self) -> None:
        """Refuse days that cannot be, another owner's chain or enterprise, and a task that nobody does."""
        super().clean()
        refuse_ahead(self, "set_on", "done_on")
        if self.archived_at is not None:
            return
        refuse_foreign(self, "chain", "enterprise")
        if early := [day for day in (self.due_on, self.done_on) if day is not None and day < self.set_on]:
            raise ValidationError(_t("{day} 早于提出日期 {since}，请核对。").format(day=early[0], since=self.set_on))
        if self.enterprise is None and self.office is None:
            raise ValidationError(_t("请填写「承担企业」或「责任单位」。"))
