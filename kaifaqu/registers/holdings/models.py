"""Holdings: who holds which share of a company, from a day on, and what came of it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.units import text
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.holdings import shares
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.levels import levels
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.spans import refuse_overlaps


class Holding(Dated):
    """股权：一个股东自某日起对一家公司的持股比例。

    One record is one holder's direct share in one company while it stays the same; a changed share ends the record and
    begins another. What is held through other companies follows from the records and is never entered.
    """

    register = "holdings"
    columns = ("code", "company", "holder", "share", "since", "until", "cost", "decided_on", "decision")
    code_prefix = "GQ"
    keys = (("company", "holder", "since"), ("code",))
    headings = {
        "company": ("被投资企业", "标的企业", "公司名称"), "holder": ("投资方", "股东名称", "持股单位"),
        "share": ("持股比例", "股比", "比例"), "cost": ("投资成本", "出资额"), "decision": ("决策文件", "批复文号"),
    }

    company = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("公司"), related_name="+")
    holder = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("股东"), related_name="+")
    share = ExactField(_("持股比例（%）"), scale=6)
    cost = ExactField(_("取得成本（万元）"), scale=6, null=True, blank=True)
    decided_on = models.DateField(_("批准日期"), null=True, blank=True)
    decision = models.CharField(_("批准文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("股权")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.holder.name} → {self.company.name}" if self.holder_id and self.company_id else self.code

    def clean(self) -> None:
        """Refuse another owner's enterprises, a share that is none, and an approval that has not been given."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "company", "holder")
            refuse_ahead(self, "decided_on")
            if not 0 < self.share <= 100:
                raise ValidationError(_t("「持股比例（%）」要大于 0、不超过 100。"))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse two shares of one holder on one day, shares above 100 % together, circles, and archiving what income came from."""
        refuse_leaving(written)
        refuse_overlaps(written, "company", "holder")
        told = [each for each in written if each.archived_at is None]
        rows: list[Any] = [*cls.objects.current().filter(owner__in={each.owner_id for each in told}).select_related("company", "holder")]
        for company in {each.company_id for each in told}:
            _refuse_above_whole([row for row in rows if row.company_id == company])
        for owner in {each.owner_id for each in told}:
            _refuse_circle([row for row in rows if row.owner_id == owner], [each for each in told if each.owner_id == owner])


def _refuse_above_whole(rows: list[Any]) -> None:
    for day, total in levels((row.since, row.until, row.share) for row in rows):
        if total > 100:
            raise ValidationError(_t("{company} 自 {day} 起各股东持股合计 {total}%，超过 100%，请核对比例和起止日期。").format(
                company=rows[0].company.name, day=day, total=text(total)))


def _refuse_circle(rows: list[Any], told: list[Any]) -> None:
    days = sorted({row.since for row in rows})
    for day in (day for day in days if any(each.since <= day and (each.until is None or day < each.until) for each in told)):
        held = [row for row in rows if row.since <= day and (row.until is None or day < row.until)]
        if found := shares.circle((row.holder_id, row.company_id, row.share) for row in held):
            names = {row.holder_id: row.holder.name for row in held}
            raise ValidationError(_t("{names}：自 {day} 起循环持股，请核对股东和公司。").format(
                names=" → ".join(names[each] for each in [*found, found[0]]), day=day))


class Dividend(Record):
    """分红：一笔股权按一次决议应得和实得的分红。

    One record is what one holding gets by one decision of the company's shareholders; what has not been received is empty.
    """

    register = "dividends"
    columns = ("code", "holding", "declared_on", "due", "received", "received_on", "document")
    code_prefix = "FH"
    totals = ("due", "received")
    keys = (("holding", "declared_on"), ("code",))
    headings = {"due": ("应收股利", "应分金额"), "received": ("实收股利", "到账金额")}

    holding = models.ForeignKey(Holding, models.PROTECT, verbose_name=_("股权"), related_name="+")
    declared_on = models.DateField(_("决议日期"))
    due = ExactField(_("应得分红（万元）"), scale=6)
    received = ExactField(_("实得分红（万元）"), scale=6, null=True, blank=True)
    received_on = models.DateField(_("到账日期"), null=True, blank=True)
    document = models.CharField(_("分红决议"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("分红")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("holding", "declared_on"), condition=models.Q(archived_at=None), name="dividend_once",
            violation_error_message=_("这笔股权按这一天的决议已登记分红；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.holding} {self.declared_on}" if self.holding_id else self.code

    def clean(self) -> None:
        """Refuse another owner's holding, days to come, amounts below zero, and income without its day or a day without income."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "holding")
        refuse_ahead(self, "declared_on", "received_on")
        refuse_before(self, "received_on", "declared_on")
        if self.due < 0 or (self.received or 0) < 0:
            raise ValidationError(_t("分红不能是负数，请核对。"))
        if (self.received is None) != (self.received_on is None):
            raise ValidationError(_t("「实得分红（万元）」和「到账日期」要么都填，要么都不填。"))
