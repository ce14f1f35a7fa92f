"""Plans of a year: a mechanism with its document, its two parties and its components."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import indicators
from kaifaqu.kernel.access import Party, refuse_foreign
from kaifaqu.kernel.indicators import Definition
from kaifaqu.kernel.records import Record
from kaifaqu.registers.meetings.rules import Cadence, ComponentKind, indicator_problems, templates


def partner(**options: Any) -> models.ForeignKey:
    """Return the column for the second party, which sees the record as the owner does."""
    return models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("对方单位"), related_name="+", **options)


class MeetingPlan(Record):
    """会议计划：一个工作机制一年的安排，有依据文件、双方单位和各组成部分；没有对方单位的是本单位自己的例会。

    One record is one mechanism in one year. The partner sees it, and everything that belongs to it, by its own right; only
    the owner changes it.
    """

    register = "meeting_plans"
    shared = ("partner",)
    columns = ("code", "name", "kind", "year", "partner", "document", "note")
    listed = ("code", "name", "kind", "year", "partner", "document")
    code_prefix = "HJ"
    keys = (("code",), ("name", "year"))
    headings = {"name": ("计划名称", "机制名称"), "year": ("年份",), "document": ("文件", "依据"), "partner": ("合作单位",)}

    name = models.CharField(_("机制或计划名称"), max_length=100)
    kind = models.CharField(_("计划种类"), max_length=40, blank=True, help_text=_("规则「会议和活动计划」里的一种；自己安排的留空"))
    year = models.PositiveSmallIntegerField(_("年度"))
    partner = partner(help_text=_("与哪个单位共同开展；对方按自己的权限看到同一份记录，各自签署"))
    document = models.CharField(_("依据文件"), max_length=200, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("会议计划")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return _t("{name}（{year} 年）").format(name=self.name, year=self.year) if self.name and self.year else self.code

    def clean(self) -> None:
        """Refuse a kind that the owner's rule does not have, a year that cannot be, and another partner once it has components."""
        found = []
        if self.kind and self.archived_at is None and self.kind not in (known := templates(self.owner_id)):
            found.append(_t("没有计划种类「{kind}」，可填：{kinds}。").format(
                kind=self.kind, kinds="、".join(f"{code}（{each['name']}）" for code, each in known.items())))
        if not 1990 <= self.year <= 2100:
            found.append(_t("「年度」{year} 不对，请写四位年份，如 2024。").format(year=self.year))
        if self.partner_id and self.partner_id == self.owner_id:
            found.append(_t("「对方单位」不能是本单位自己。"))
        if self.pk and PlanComponent.objects.current().filter(plan_id=self.pk).exclude(partner_id=self.partner_id).exists():
            found.append(_t("计划已有组成部分，不能再换「对方单位」；请另立一份计划。"))
        if found:
            raise ValidationError(found)


class PlanComponent(Record):
    """计划组成部分：一份计划里的一种会议、调研或走访，按什么周期开展、期末后几天办、看哪些指标。

    One record is one component of one plan. Its slots are meetings of their own; days are working days after the end of the
    period that a slot looks at.
    """

    register = "meeting_components"
    shared = ("partner",)
    columns = (
        "code", "plan", "order", "name", "kind", "cadence", "planned_days", "due_days", "agenda", "indicators", "no_return",
        "instead",
    )  # fmt: skip
    listed = ("code", "plan", "order", "name", "kind", "cadence", "planned_days", "due_days")
    code_prefix = "HZ"
    keys = (("code",), ("plan", "name"))
    headings = {"name": ("组成部分", "名称"), "cadence": ("周期",)}

    plan = models.ForeignKey(MeetingPlan, models.PROTECT, verbose_name=_("会议计划"), related_name="+")
    partner = partner(editable=False)
    order = models.PositiveSmallIntegerField(_("次序"), default=1)
    name = models.CharField(_("组成部分名称"), max_length=60)
    kind = models.CharField(_("形式"), max_length=10, choices=ComponentKind, default=ComponentKind.MEETING)
    cadence = models.CharField(_("周期"), max_length=10, choices=Cadence, default=Cadence.NONE)
    planned_days = models.PositiveSmallIntegerField(_("期末后第几个工作日开展"), default=0)
    due_days = models.PositiveSmallIntegerField(_("期末后第几个工作日前出纪要"), default=10)
    agenda = models.TextField(_("固定议程"), blank=True, help_text=_("一行一项"))
    indicators = models.TextField(_("要看的指标"), blank=True, help_text=_(
        "一行一个指标代码；要与全年目标相比的，写作 指标代码/目标代码"))
    no_return = models.CharField(_("没有报表的月份"), max_length=40, blank=True, help_text=_("如 1，或 1、2"))
    instead = models.CharField(_("没有报表时看什么"), max_length=200, blank=True, help_text=_("会照开，写明看什么"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("计划组成部分")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("plan", "name"), condition=Q(archived_at=None), name="plancomponent_name",
                violation_error_message=_("这份计划里已有同名的组成部分。")),
        ]

    def __str__(self) -> str:
        return self.name

    def derived(self) -> dict[str, Any]:
        """Return the partner, which is that of the plan."""
        return {"partner": self.plan.partner}

    def clean(self) -> None:
        """Refuse another owner's plan, unknown indicators, months that are none, and minutes that are due before the meeting."""
        if self.archived_at is not None:
            return
        refuse_foreign(self, "plan")
        found = [problem for line in lines(self.indicators) for problem in indicator_problems(line)]
        if not all(1 <= month <= 12 for month in self.months()) or bool(self.no_return) != bool(self.instead):
            found.append(_t("「没有报表的月份」请写 1 至 12 的月份，如 1、2，并写明「没有报表时看什么」；都有报表的，两项都不写。"))
        if self.due_days < self.planned_days:
            found.append(_t("出纪要的期限（{due}）早于开展的日子（{planned}），请核对。").format(
                due=self.due_days, planned=self.planned_days))
        if found:
            raise ValidationError(found)

    def looked_at(self) -> list[tuple[Definition, Definition | None]]:
        """Return the indicators that its meetings look at, each with the one that lays down its yearly target, where it has one.

        One that this version of the product no longer has is left out, and a target in another unit.
        """
        known, found = indicators.catalogue(), []
        for line in lines(self.indicators):
            code, _slash, target = (part.strip() for part in line.partition("/"))
            if code in known:
                aim = known.get(target)
                found.append((known[code], aim if aim is not None and aim.unit == known[code].unit else None))
        return found

    def months(self) -> list[int]:
        """Return the months that have no return; a word that is no month as 0."""
        return [int(each) if each.isdecimal() else 0 for each in re.split(r"[、，,;；\s]+", self.no_return) if each]


def lines(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
