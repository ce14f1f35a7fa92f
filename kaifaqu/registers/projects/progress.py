"""The monthly progress of projects: what was reported of each for a month, reviewed, and locked."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import resources
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock, units
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField, PartialDate, PartialDateField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.labels import labelled
from kaifaqu.registers.projects.cycle import Project
from kaifaqu.registers.projects.lifecycle import PROGRESS_LIFECYCLE, ProgressStage

NODES = json.loads(resources.files(__package__).joinpath("data/physical_progress.json").read_text(encoding="utf-8"))["nodes"]
PHYSICAL = [(node["value"], labelled(node)) for node in NODES]


def _amount(label: Any, help_text: Any = "") -> ExactField:
    return ExactField(label, scale=6, null=True, blank=True, help_text=help_text)


class MonthField(PartialDateField):
    """月份：写作 2024-07。

    One value is a PartialDate of month precision. The first day of a month is taken for the month, because a spreadsheet
    makes it of a typed 2024-07.
    """

    def to_python(self, value: Any) -> PartialDate | None:
        """Return the month, None for an empty value; raise ValidationError for a year, or a day that is not the first."""
        known = super().to_python(value)
        if known is not None and (known.month is None or known.day not in (None, 1)):
            raise ValidationError(_t("「{value}」不是月份，请写到月，如 2024-07。").format(value=known))
        return known and PartialDate(known.year, known.month)

    def get_prep_value(self, value: Any) -> Any:
        """Return the number that is stored, or with which stored ones are compared: that may be any day."""
        return PartialDate.parse(value).as_number() if isinstance(value, date) else super().get_prep_value(value)


class ProjectProgress(Record):
    """月度进展：一个项目一个月报送的投资完成、形象进度和问题。

    One record is what was reported of one project for one month; two reports of the same month are one record that was
    corrected. Amounts are in 万元 and cumulative from New Year or from the start of construction to the month's last
    day, but `month_investment`, which is the month's own. What is not reported is empty, never 0.
    """

    register = "progress"
    columns = (
        "code", "subject", "month", "planned_investment", "month_investment", "year_to_date", "completed_to_date",
        "funds_in_place", "payment_required", "paid", "physical", "problems", "next_steps",
    )
    listed = (
        "code", "subject", "month", "stage", "planned_investment", "month_investment", "year_to_date", "completed_to_date", "physical",
        "corrected",
    )
    code_prefix = "JD"
    totals = ("month_investment",)  # the others are cumulative: added over the months they would mean nothing
    revives = False  # a report under the code of an archived one is another report, and takes no lock away
    keys = (("subject", "month"), ("code",))
    periodic = ("subject", "month")  # one record a subject and period: how it is collected
    carried = ("planned_investment",)  # stays the same over the year, so a form brings it along
    headings = {
        "subject": ("项目名称", "项目编号", "项目"), "month": ("月份", "报告期", "所属月份", "填报月份", "统计月份"),
        "planned_investment": ("本年计划投资", "年度计划投资", "今年计划投资", "年度投资计划"),
        "month_investment": ("本月完成投资", "当月完成投资", "本月完成", "本月投资"),
        "year_to_date": ("本年累计完成投资", "本年完成投资", "今年累计完成投资", "年初至本月完成投资", "1至本月完成投资"),
        "completed_to_date": ("自开工累计完成投资", "开工以来累计完成投资", "累计完成投资", "累计投资"),
        "funds_in_place": ("到位资金", "资金到位", "本年到位资金", "累计到位资金"),
        "payment_required": ("应支付资金", "应付资金", "计划支付资金"), "paid": ("已支付资金", "支付资金", "实际支付资金"),
        "physical": ("形象进度", "工程形象进度", "进度节点"), "problems": ("存在问题", "困难问题", "问题"),
        "next_steps": ("下步计划", "下一步计划", "下步打算", "下一步工作"),
    }
    REPORTED = ("month_investment", "year_to_date", "completed_to_date", "funds_in_place", "paid", "physical", "problems", "next_steps")
    lifecycle = PROGRESS_LIFECYCLE

    subject = models.ForeignKey(Project, models.PROTECT, verbose_name=_("项目"), related_name="+")
    month = MonthField(_("月份"), help_text=_("写到月，如 2024-07"))
    planned_investment = _amount(_("本年计划投资（万元）"))
    month_investment = _amount(_("本月完成投资（万元）"))
    year_to_date = _amount(_("本年累计完成投资（万元）"))
    completed_to_date = _amount(_("自开工累计完成投资（万元）"))
    funds_in_place = _amount(_("到位资金（万元）"), _("本年累计到位，各种来源合计"))
    payment_required = _amount(_("应支付资金（万元）"), _("按合同和计划，本年累计应支付的"))
    paid = _amount(_("已支付资金（万元）"), _("本年累计实际支付的"))
    physical = models.CharField(_("形象进度"), max_length=24, choices=PHYSICAL, blank=True)
    problems = models.TextField(_("存在问题"), blank=True)
    next_steps = models.TextField(_("下步计划"), blank=True)
    corrected = models.BooleanField(_("锁定后更正"), default=False)
    stage = models.CharField(_("状态"), max_length=12, choices=ProgressStage, default=ProgressStage.REPORTED)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("月度进展")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("subject", "month"), condition=Q(archived_at=None), name="projectprogress_one_a_month",
                violation_error_message=_("该项目这个月已经报送；有变化请更正原来的一条。")),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.month}"

    def needs_own_reason(self, facts: dict[str, Any]) -> bool:
        """Tell whether a change needs a reason that a person has written: what is locked has been reported further."""
        return self.stage == ProgressStage.LOCKED

    @classmethod
    def locked(cls, months: Iterable[PartialDate]) -> set[tuple[int, PartialDate]]:
        """Return which of the months are locked, each with the owner: one report of it is, or was when it was archived."""
        rows = cls.objects.filter(month__in={*months}, stage=ProgressStage.LOCKED)
        return {*rows.values_list("owner_id", "month").distinct()}

    @classmethod
    def held_back(cls, rows: Iterable["ProjectProgress"]) -> Iterator[tuple["ProjectProgress", str]]:
        """Yield the rows that no undo may touch, each with the reason: what was locked is corrected one by one."""
        rows = list(rows)
        locked = cls.locked(row.month for row in rows)
        for row in rows:
            if (row.owner_id, row.month) in locked:
                yield row, _t("{record}：{month} 已经锁定，不能整批撤销；请逐条更正或归档，写明原因。").format(record=row, month=row.month)

    def clean(self) -> None:
        """Refuse another owner's project, a month that has not begun, an empty report, and amounts that cannot be."""
        if self.archived_at is not None:
            return
        refuse_foreign(self, "subject")
        if problems := [*self._of_month(), *self._of_amounts()]:
            raise ValidationError(problems)

    def _of_month(self) -> list[str]:
        problems = []
        if self.month.first > clock.today():
            problems.append(_t("「{label}」{month} 还没有开始（今天是 {today}）。").format(
                label=self._label("month"), month=self.month, today=clock.today()))
        if all(getattr(self, name) in (None, "") for name in self.REPORTED):
            problems.append(_t("{month} 的完成情况一项也没有填。").format(month=self.month))
        node = next((node for node in NODES if node["value"] == self.physical), None)
        if node and not node["since"] <= str(self.month) <= node.get("until", "9999"):
            problems.append(_t("「{label}」{node} 在 {month} 还没有或不再使用。").format(
                label=self._label("physical"), node=labelled(node), month=self.month))
        return problems

    def _of_amounts(self) -> list[str]:
        problems = [
            _t("「{label}」{amount} 是负数，请核对。").format(label=self._label(name), amount=units.text(amount))
            for name in ("planned_investment", "year_to_date", "completed_to_date", "funds_in_place", "payment_required", "paid")
            if (amount := getattr(self, name)) is not None and amount < 0
        ]
        for part, whole in (("month_investment", "year_to_date"), ("year_to_date", "completed_to_date")):
            one, other = getattr(self, part), getattr(self, whole)
            if one is not None and other is not None and one > other:
                problems.append(_t("「{part}」{one} 大于「{whole}」{other}，请核对。").format(
                    part=self._label(part), one=units.text(one), whole=self._label(whole), other=units.text(other)))
        return problems

    def warnings(self) -> list[str]:
        """Say where the amounts do not follow from those of the month before."""
        rows = type(self).objects.current().filter(subject_id=self.subject_id, owner_id=self.owner_id, month__lt=self.month.first)
        before = rows.order_by("-month").first()
        if before is None:
            return []
        falling = ["completed_to_date", *(["year_to_date"] if before.month.year == self.month.year else [])]
        return [
            _t("「{label}」{now} 少于 {month} 的 {then}，请核对。").format(
                label=self._label(name), now=units.text(getattr(self, name)), month=before.month, then=units.text(getattr(before, name)))
            for name in falling
            if None not in (getattr(self, name), getattr(before, name)) and getattr(self, name) < getattr(before, name)
        ]

    def _label(self, name: str) -> str:
        return str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
