"""Yearly targets: what a document lays down for the zone, and its parts by department and month."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import units
from kaifaqu.kernel.access import Below, Party, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.targets import bearing
from kaifaqu.registers.targets.lines import WorkLine

MONTHS = [(month, format_lazy(_("{month}月"), month=month)) for month in range(1, 13)]
YEARS = range(2000, 2100)


class BearingField(models.CharField):
    """指标：the code of a figure that may bear a target."""

    def validate(self, value: Any, model_instance: Any) -> None:
        """Refuse an indicator that may not bear a target, with the reason."""
        if value:
            bearing.demand(value)


class YearlyTarget(Record):
    """全年目标：一份文件对一个指标下达的一个年度要完成的数，归开发区和它的部门，不对个人，也不对企业。

    One record is what one document lays down for one indicator and year; another document that changes it is another
    record, which supersedes it from the day of that document on. What was reached comes from the indicator.
    """

    register = "targets"
    columns = ("code", "year", "indicator", "amount", "line", "document", "document_on", "supersedes")
    code_prefix = "MB"
    keys = (("year", "indicator", "document"), ("code",))
    revives = False  # another target may have taken its place since
    headings = {
        "year": ("年份", "目标年度"), "indicator": ("目标名称", "指标名称", "指标"), "amount": ("目标数", "全年目标", "目标值", "任务数"),
        "document": ("文件", "文号", "下达文件"), "document_on": ("下达日期", "印发日期", "发文日期"), "supersedes": ("替代的目标",),
    }

    year = models.PositiveIntegerField(_("年度"))
    indicator = BearingField(_("目标指标"), max_length=80, choices=bearing.choices)
    amount = ExactField(_("目标数"), scale=6, help_text=_("按指标的单位：个数填整数，投资填万元"))
    line = models.ForeignKey(WorkLine, models.PROTECT, null=True, blank=True, verbose_name=_("工作主线"), related_name="+")
    document = models.CharField(_("依据文件"), max_length=200, help_text=_("下达或调整目标的文件名称和文号"))
    document_on = models.DateField(_("文件日期"))
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("替代"), related_name="+",
        help_text=_("调整目标时，填原来的那一条；原来的留着，可以查看"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("全年目标")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("owner", "year", "indicator"), condition=Q(supersedes=None, archived_at=None), name="yearlytarget_first",
                violation_error_message=_("这个年度的这个指标已经下达目标；由后来的文件调整的，请在「替代」中填原来的那一条。")),
            models.UniqueConstraint(
                fields=("supersedes",), condition=Q(archived_at=None), name="yearlytarget_superseded_once",
                violation_error_message=_("「替代」所填的目标已被另一份文件替代，请填最近的那一条。")),
        ]

    def __str__(self) -> str:
        if None in (self.year, self.amount):
            return self.code
        return _t("{year} 年{indicator} {amount}").format(
            year=self.year, indicator=self.get_indicator_display(), amount=units.display(self.amount, bearing.unit_of(self.indicator)))

    @property
    def unit(self) -> str:
        """Return the unit of the amount: that of the indicator."""
        return bearing.unit_of(self.indicator)

    def clean(self) -> None:
        """Refuse a target that no zone can have, and a document that supersedes what it cannot."""
        if problems := [
            *self._of_amount(), *self._of_owner(), *self._of_line(), *(self._of_document() if self.supersedes_id else ()),
            *self._of_successor(),
        ]:
            raise ValidationError(problems)
        if self.archived_at is None:
            refuse_foreign(self, "supersedes", "line")

    def _of_amount(self) -> list[str]:
        problems = [] if self.year in YEARS else [_t("「年度」{year} 不像年份，请写四位数，如 2024。").format(year=self.year)]
        return [*problems, *amount_problems(self.amount, self.indicator)]

    def _of_owner(self) -> list[str]:
        if not is_enterprise(self.owner):
            return []
        return [_t("{party} 是企业：目标只对开发区和它的部门，不能对企业下达。").format(party=self.owner)]

    def _of_line(self) -> list[str]:
        line = self.line
        if line is None or self.archived_at is not None:
            return []
        if line.since.year <= self.year and (line.until is None or (line.until - timedelta(days=1)).year >= self.year):
            return []
        return [_t("工作主线「{line}」（{since} 至 {until}）在 {year} 年不存在，请改选那一年的主线。").format(
            line=line, since=line.since, until=line.until or _t("今"), year=self.year)]

    def _of_document(self) -> list[str]:
        earlier, problems = self.supersedes, []
        assert earlier is not None
        if (earlier.year, earlier.indicator) != (self.year, self.indicator):
            problems.append(_t("「替代」应填同一年度、同一指标的目标，{earlier} 不是。").format(earlier=earlier))
        if earlier.document_on >= self.document_on:
            problems.append(_t("只有后来的文件才能替代：{document}（{day}）不晚于原文件（{earlier}）。").format(
                document=self.document, day=self.document_on, earlier=earlier.document_on))
        return problems

    def _of_successor(self) -> list[str]:
        """Refuse to move or archive what a later document supersedes: it would be left without what it changes."""
        later = YearlyTarget.objects.current().filter(supersedes_id=self.pk).first() if self.pk else None
        if later is None or self.archived_at is None and (
                (later.year, later.indicator) == (self.year, self.indicator) and later.document_on > self.document_on):
            return []
        return [_t("已被 {document}（{day}）替代，年度、指标和文件日期不能与它矛盾，也不能归档。").format(
            document=later.document, day=later.document_on)]


class TargetShare(Record):
    """目标分解：一个全年目标分给一个部门、一个月，或者一个部门一个月的一份。

    One record is one part. Those of a department without month are the split by department, those of a month without
    department the split by month; one with both is a department's month. A split counts when its parts sum to the whole.
    """

    register = "target_shares"
    columns = ("code", "target", "department", "month", "amount")
    code_prefix = "MF"
    keys = (("code",),)
    headings = {
        "target": ("全年目标", "目标"), "department": ("责任单位", "牵头单位", "责任部门", "单位"), "month": ("月",),
        "amount": ("分解数", "任务数", "目标数"),
    }

    target = models.ForeignKey(YearlyTarget, models.PROTECT, verbose_name=_("全年目标"), related_name="+")
    department = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, verbose_name=_("部门"), related_name="+", help_text=_("不分部门的，空着"))
    month = models.PositiveSmallIntegerField(_("月份"), null=True, blank=True, choices=MONTHS, help_text=_("不分月的，空着"))
    amount = ExactField(_("分解数"), scale=6, help_text=_("与目标的单位相同"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("目标分解")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("target", "department", "month"), condition=Q(archived_at=None), name="targetshare_both",
                violation_error_message=_("这个部门的这个月已经分解。")),
            models.UniqueConstraint(
                fields=("target", "department"), condition=Q(archived_at=None, month=None), name="targetshare_department",
                violation_error_message=_("这个部门已经分解。")),
            models.UniqueConstraint(
                fields=("target", "month"), condition=Q(archived_at=None, department=None), name="targetshare_month",
                violation_error_message=_("这个月已经分解。")),
        ]

    def __str__(self) -> str:
        parts = [str(self.department) if self.department_id else "", self.get_month_display() if self.month else ""]
        return f"{self.code} {' '.join(filter(None, parts))}"

    def clean(self) -> None:
        """Refuse a part of nothing, one of another owner's target, and a department that is none of the zone's."""
        if self.archived_at is not None:
            return
        refuse_foreign(self, "target")
        problems = amount_problems(self.amount, self.target.indicator)
        if self.department_id is None and self.month is None:
            problems.append(_t("请填部门或月，或者两者都填。"))
        if problems := [*problems, *self._of_department()]:
            raise ValidationError(problems)

    def _of_department(self) -> list[str]:
        if self.department is None:
            return []
        if is_enterprise(self.department):
            return [_t("{party} 是企业：目标只对开发区和它的部门，不能分给企业。").format(party=self.department)]
        if not lies_below(self.department, self.target.owner_id):
            return [_t("{party} 不是{owner}的部门，目标不能分给它。").format(party=self.department, owner=self.target.owner)]
        return []


def amount_problems(amount: Decimal, indicator: str) -> list[str]:
    """Return what is wrong with an amount of the indicator's target or of a part of it."""
    borne = bearing.bearer(indicator)
    if amount < 0:
        return [_t("{amount} 是负数，请核对。").format(amount=units.text(amount))]
    if borne.is_counted and amount % 1:
        return [_t("{amount} 不是整数：「{label}」以{unit}计。").format(amount=units.text(amount), label=borne.label, unit=_t(borne.unit))]
    return []


def is_enterprise(party: Party) -> bool:
    """Tell whether the party is an enterprise's."""
    return Enterprise.objects.current().filter(party_id=party.pk).exists()


def lies_below(party: Party, above: int) -> bool:
    """Tell whether the party stands somewhere below the one of this number in the tree of parties."""
    return party.pk != above and party.pk in Below().of(above)
