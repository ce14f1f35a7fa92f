"""Industry chains themselves: what each is called, who leads it, and whether the zone attracts investment around it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Party
from kaifaqu.kernel.records import Record
from kaifaqu.registers.leaving import refuse_leaving


class Chain(Record):
    """产业链：开发区按环节梳理、由一个单位牵头的一条产业链。

    One record is one chain under one name; its segments are records of their own. `focus` marks a chain around which the
    zone attracts investment (重点链).
    """

    register = "chains"
    columns = ("code", "name", "focus", "lead_unit", "document")
    code_prefix = "LT"
    keys = (("code",), ("name",))
    headings = {"name": ("产业链", "链条名称"), "lead_unit": ("牵头部门", "责任单位"), "document": ("文件", "文号")}

    name = models.CharField(_("产业链名称"), max_length=60)
    focus = models.BooleanField(_("重点链"), default=False, help_text=_("开发区围绕它招商"))
    lead_unit = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("牵头单位"), related_name="+")
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("产业链")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "name"), condition=Q(archived_at=None), name="chain_name",
            violation_error_message=_("本单位已有这个名称的产业链。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a chain that has segments, a leader or leads."""
        refuse_leaving(written)
