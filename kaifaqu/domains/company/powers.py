"""Separation of powers: which functions there are, who bears each, what is delegated by contract and how that was reviewed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.agreeing import Agreement
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.spans import refuse_overlaps


class Side(models.TextChoices):
    """管运分离: the two bodies between which functions are divided."""

    COMMITTEE = "committee", _("管委会")
    COMPANY = "company", _("平台公司")


class FunctionItem(Dated):
    """职能事项：职能清单上的一项职能，从列入清单到取消。

    One record is one function that exactly one body should bear; who bears it is a record of its own.
    """

    register = "function_items"
    columns = ("code", "name", "field", "since", "until", "document")
    code_prefix = "ZN"
    keys = (("code",), ("name",))
    headings = {"name": ("职能", "事项", "职能名称"), "field": ("类别", "领域"), "document": ("依据", "文件")}

    name = models.CharField(_("职能事项"), max_length=200)
    field = models.CharField(_("职能领域"), max_length=40, blank=True)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("职能事项")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a function that somebody still bears."""
        refuse_leaving(written)


class Delegation(Agreement):
    """委托合同：管委会把职能委托给平台公司办理的一份合同。

    One record is one signed contract; a renewal is another one. Which functions it covers stands on who bears them.
    """

    register = "delegations"
    code_prefix = "WT"

    class Meta(Agreement.Meta):
        verbose_name = verbose_name_plural = _("委托合同")
        constraints = [*Record.Meta.constraints]

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a contract that functions or reviews stand on."""
        refuse_leaving(written)


class FunctionHolder(Dated):
    """职能归属：一项职能自某日起由哪一方承担。

    One record is one body that says it bears a function. Two bodies on one day are an overlap: it is not refused, because
    it must be seen to be settled; figures list it.
    """

    register = "function_holders"
    columns = ("code", "function", "side", "office", "since", "until", "delegation", "document")
    code_prefix = "ZG"
    keys = (("function", "side", "since"), ("code",))
    headings = {"side": ("主体", "责任主体", "承担单位"), "office": ("承担部门", "责任部门")}

    function = models.ForeignKey(FunctionItem, models.PROTECT, verbose_name=_("职能事项"), related_name="+")
    side = models.CharField(_("承担主体"), max_length=12, choices=Side)
    office = models.CharField(_("承担部门"), max_length=100, blank=True)
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, blank=True, verbose_name=_("委托合同"), related_name="+")
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("职能归属")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.function.name} {self.get_side_display()}" if self.function_id else self.code

    def clean(self) -> None:
        """Refuse another owner's function or contract, and a contract by which the committee would delegate to itself."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "function", "delegation")
            if self.delegation_id and self.side != Side.COMPANY:
                raise ValidationError(_t("只有平台公司承担的职能才填「委托合同」。"))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse the same body twice for one function on one day."""
        refuse_overlaps(written, "function", "side")


class DelegationReview(Record):
    """委托考核：一份委托合同一个年度的考核。

    One record is one contract in one year; reviewed again, it is corrected.
    """

    register = "delegation_reviews"
    columns = ("code", "delegation", "year", "reviewed_on", "score", "result", "document")
    code_prefix = "KH"
    keys = (("delegation", "year"), ("code",))
    headings = {"year": ("考核年度",), "score": ("得分", "考核得分"), "result": ("等次", "考核等次", "结论")}

    delegation = models.ForeignKey(Delegation, models.PROTECT, verbose_name=_("委托合同"), related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"))
    reviewed_on = models.DateField(_("考核日期"))
    score = ExactField(_("考核得分（分）"), scale=2, null=True, blank=True)
    result = models.CharField(_("考核结果"), max_length=200)
    document = models.CharField(_("考核文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("委托考核")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("delegation", "year"), condition=models.Q(archived_at=None), name="delegationreview_once",
            violation_error_message=_("这份合同这一年度已经考核；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.delegation.title} {self.year}" if self.delegation_id else self.code

    def clean(self) -> None:
        """Refuse another owner's contract, a day that has not come, and a year that had not begun."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "delegation")
            refuse_ahead(self, "reviewed_on")
            if self.year > self.reviewed_on.year:
                raise ValidationError(_t("「年度」{year} 晚于考核日期 {day}，请核对。").format(year=self.year, day=self.reviewed_on))
