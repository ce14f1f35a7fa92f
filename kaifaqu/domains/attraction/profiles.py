"""The key information about a lead: the second of the two forms, filled in when the lead is judged."""

import json
from importlib import resources
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.labels import labelled
from kaifaqu.registers.projects.models import Lead

LISTED = json.loads(resources.files(__package__).joinpath("data/kinds.json").read_text(encoding="utf-8"))["kinds"]
KINDS = [(entry["value"], labelled(entry)) for entry in LISTED]


def _amount(label: Any, scale: int = 6) -> ExactField:
    return ExactField(label, scale=scale, null=True, blank=True)


class LeadProfile(Record):
    """项目关键信息：一条线索的投资方、投资内容、投资额、要素需求和效益。

    One record is the key information of one lead; what changes in the course of negotiation is corrected in it. What it
    says is a plan of the investor, and no fact of the project that may come of it.
    """

    register = "lead_profiles"
    columns = (
        "code", "lead", "kind", "investor_introduction", "content", "process", "total_investment", "fixed_investment", "land",
        "power", "water", "wastewater", "heat", "environment", "output", "tax", "siting", "coordination",
    )
    listed = ("code", "lead", "kind", "total_investment", "fixed_investment", "land", "output")
    code_prefix = "XG"
    keys = (("lead",), ("code",))
    totals = ("total_investment", "fixed_investment", "land", "output", "tax")
    headings = {
        "lead": ("线索", "项目名称"), "content": ("投资内容", "建设内容"), "total_investment": ("总投资", "总投资额"),
        "fixed_investment": ("固定资产投资额",), "land": ("用地", "用地需求"), "output": ("产值",), "tax": ("税收",), "siting": ("选址",),
        "coordination": ("需协调事项",),
    }

    lead = models.ForeignKey(Lead, models.PROTECT, verbose_name=_("线索"), related_name="+")
    kind = models.CharField(_("投资类别"), max_length=12, choices=KINDS, default="industry")
    investor_introduction = models.TextField(_("投资方介绍"), blank=True)
    content = models.TextField(_("拟投资内容"), blank=True)
    process = models.TextField(_("工艺流程"), blank=True)
    total_investment = _amount(_("总投资额（万元）"))
    fixed_investment = _amount(_("固定资产投资（万元）"))
    land = _amount(_("用地需求（亩）"), 4)
    power = _amount(_("用电需求（千伏安）"), 2)
    water = _amount(_("用水需求（立方米/日）"), 2)
    wastewater = _amount(_("污水排放（立方米/日）"), 2)
    heat = _amount(_("用热需求（吨/小时）"), 2)
    environment = models.TextField(_("生态环境容量需求"), blank=True)
    output = _amount(_("预计年产值（万元）"))
    tax = _amount(_("预计年税收（万元）"))
    siting = models.CharField(_("选址要求"), max_length=200, blank=True)
    coordination = models.TextField(_("需协调事项"), blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("项目关键信息")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("lead",), condition=models.Q(archived_at=None), name="leadprofile_once",
            violation_error_message=_("这条线索的关键信息已经登记，请更正那一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse another owner's lead, amounts below zero, and more fixed assets than there is investment."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "lead")
        amounts = [each for each in self._meta.concrete_fields if isinstance(each, ExactField)]
        problems = [
            _t("「{label}」不能小于 0。").format(label=each.verbose_name) for each in amounts if (getattr(self, each.name) or 0) < 0]
        total, fixed = self.total_investment, self.fixed_investment
        if total is not None and fixed is not None and fixed > total:
            problems.append(_t("固定资产投资 {fixed} 万元大于总投资额 {total} 万元，请核对。").format(fixed=fixed, total=total))
        if problems:
            raise ValidationError(problems)
