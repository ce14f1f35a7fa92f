"""Money: what comes in and what it costs, what is borrowed and owed, and what the statements say."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.company.assets import Asset
from kaifaqu.domains.company.rules import LINES
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.registers.amounts import refuse_negative, refuse_nothing
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.listing import refuse_unlisted
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.classes import PeriodField


class CompanyIncome(Record):
    """经营收入：一个收入类别在一个月或一个季度的收入和成本，可以落到一项资产上。

    One record is one line in one period, of one asset or of none. Fiscal support is marked and is no operating income.
    """

    register = "company_income"
    columns = ("code", "line", "asset", "period", "amount", "cost", "fiscal", "document")
    code_prefix = "SR"
    totals = ("amount", "cost")
    keys = (("code",), ("line", "asset", "period"))
    headings = {
        "line": ("业务板块", "收入类型", "科目"), "period": ("月份", "季度"), "amount": ("收入", "本期收入"), "cost": ("成本", "本期成本"),
        "fiscal": ("财政补助", "财政支持"), "asset": ("资产名称",),
    }

    line = models.CharField(_("收入类别"), max_length=40, help_text=_("规则「收入类别」里的名称"))
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, verbose_name=_("国有资产"), related_name="+")
    period = PeriodField(_("收入期间"), max_length=20, help_text=_("一个月或一个季度，如 2024-06、2024-Q2"))
    first = models.DateField(_("期初"), editable=False)
    last = models.DateField(_("期末"), editable=False)
    amount = ExactField(_("收入金额（万元）"), scale=6)
    cost = ExactField(_("成本金额（万元）"), scale=6, null=True, blank=True)
    fiscal = models.BooleanField(_("财政补助收入"), default=False)
    document = models.CharField(_("入账凭证"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("经营收入")
        constraints = [*Record.Meta.constraints, *(
            models.UniqueConstraint(
                fields=fields, condition=Q(archived_at=None, asset__isnull=without), name=name,
                violation_error_message=_("这一类收入这一期已经登记；有变化请更正原来的一条。"))
            for fields, without, name in (
                (("owner", "line", "fiscal", "first", "last"), True, "companyincome_once"),
                (("line", "fiscal", "asset", "first", "last"), False, "companyincome_once_an_asset")))]

    def __str__(self) -> str:
        return f"{self.line} {self.period}"

    def derived(self) -> dict[str, date]:
        """Return the period's first and last day."""
        days = Period.parse(self.period)
        return {"first": days.start, "last": days.end}

    def clean(self) -> None:
        """Refuse another owner's asset, a line that the rule does not have, other periods, and an asset's income without its cost."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "asset")
        days = Period.parse(self.period)
        if len(days.months()) not in (1, 3) or ".." in days.text:
            raise ValidationError(_t("「收入期间」要是一个月或一个季度，如 2024-06、2024-Q2；不是 {period}。").format(period=days.text))
        if days.start > clock.today():
            raise ValidationError(_t("「收入期间」{period} 还没有开始。").format(period=days.text))
        refuse_unlisted(self, "line", LINES, "", days.end)
        refuse_negative(self, "cost")
        if self.asset_id and self.cost is None:
            raise ValidationError(_t("落到资产上的收入请填「成本金额（万元）」，没有成本的填 0：盈利资产由收入和成本比较得出。"))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse a quarter beside one of its months: what is the same income would be added up."""
        told = [each for each in written if each.archived_at is None]
        kinds = {each.kind: None for each in told}
        rows = cls.objects.current().filter(
            owner__in={each.owner_id for each in told}, line__in={each.line for each in told},
            first__lte=max((each.last for each in told), default=date.min), last__gte=min((each.first for each in told), default=date.max))
        last: dict[Any, CompanyIncome] = {}
        for row in rows.order_by("first", "last", "id"):
            before = last.get(row.kind)
            if before is not None and row.first <= before.last and row.kind in kinds:
                raise ValidationError(_t(
                    "{row} 与 {before} 的期间重叠，同一笔收入会加两遍。请只按月或只按季登记，或更正原来的一条。").format(
                        row=row, before=before))
            last[row.kind] = row

    @property
    def kind(self) -> tuple[Any, ...]:
        """Return what rows share of which no two are of one day."""
        return self.owner_id, self.line, self.fiscal, self.asset_id


class FinancingKind(models.TextChoices):
    """How money is borrowed; a guarantee is owed only when somebody else does not pay."""

    LOAN = "loan", _("贷款")
    BOND = "bond", _("债券")
    GUARANTEE = "guarantee", _("担保")


class Financing(Dated):
    """融资合同：一份贷款、债券或担保合同。

    One record is one contract with one creditor, from its first day to its last; prolonged, it is corrected by a document.
    """

    register = "financings"
    columns = ("code", "kind", "borrower", "creditor", "amount", "rate", "applied_on", "drawn_on", "since", "until", "document")
    listed = ("code", "kind", "creditor", "amount", "rate", "since", "until")
    code_prefix = "RZ"
    totals = ("amount",)
    keys = (("code",), ("document",))
    headings = {
        "kind": ("融资方式", "类型"), "creditor": ("贷款银行", "债权人", "金融机构"), "amount": ("借款金额", "融资金额", "金额"),
        "rate": ("利率", "年利率"), "document": ("合同号",), "until": ("到期日",),
    }

    kind = models.CharField(_("融资种类"), max_length=12, choices=FinancingKind)
    borrower = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("借款单位"), related_name="+")
    creditor = models.CharField(_("出资机构"), max_length=100)
    amount = ExactField(_("合同金额（万元）"), scale=6)
    rate = ExactField(_("年利率（%）"), scale=4, null=True, blank=True)
    applied_on = models.DateField(_("申请日期"), null=True, blank=True)
    drawn_on = models.DateField(_("提款日期"), null=True, blank=True)
    document = models.CharField(_("合同编号"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("融资合同")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.creditor} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse another owner's company, days to come, and amounts of nothing."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "borrower")
            refuse_ahead(self, "applied_on", "drawn_on")
            refuse_nothing(self, "amount")
            refuse_negative(self, "rate")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive a contract that still has repayments."""
        refuse_leaving(written)


class Repayment(Record):
    """还款计划：一份融资合同在一个日期应还的本金和利息，以及什么时候还的。

    One record is one due day of one contract; paid, it says when and by which voucher.
    """

    register = "repayments"
    columns = ("code", "financing", "due_on", "amount", "interest", "paid_on", "voucher")
    code_prefix = "HK"
    totals = ("amount", "interest")
    keys = (("financing", "due_on"), ("code",))
    headings = {"due_on": ("还款日", "到期日"), "amount": ("应还金额", "本息合计"), "interest": ("利息",), "paid_on": ("实际还款日",)}

    financing = models.ForeignKey(Financing, models.PROTECT, verbose_name=_("融资合同"), related_name="+")
    due_on = models.DateField(_("应还日期"))
    amount = ExactField(_("应还本息（万元）"), scale=6)
    interest = ExactField(_("其中利息（万元）"), scale=6, null=True, blank=True)
    paid_on = models.DateField(_("还款日期"), null=True, blank=True)
    voucher = models.CharField(_("还款凭证"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("还款计划")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("financing", "due_on"), condition=Q(archived_at=None), name="repayment_once",
            violation_error_message=_("这份合同这一天的还款已经登记；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.financing.creditor} {self.due_on}" if self.financing_id else self.code

    def clean(self) -> None:
        """Refuse another owner's contract, payment on a day to come, amounts of nothing, and interest above the whole."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "financing")
            refuse_ahead(self, "paid_on")
            refuse_nothing(self, "amount")
            refuse_negative(self, "interest")
            if (self.interest or 0) > self.amount:
                raise ValidationError(_t("「其中利息（万元）」大于应还本息，请核对。"))


class BalanceStatement(Record):
    """财务报表：一家公司在一个日期的资产、负债和国有资本，单户或者合并。

    One record is one company at one date, on one scope; restated, it is corrected.
    """

    register = "balance_statements"
    columns = ("code", "company", "as_of", "consolidated", "assets", "liabilities", "state_capital", "document")
    code_prefix = "BB"
    keys = (("company", "as_of", "consolidated"), ("code",))
    headings = {
        "as_of": ("报表日期", "截止日期"), "consolidated": ("是否合并",), "assets": ("资产总计", "资产合计"),
        "liabilities": ("负债合计", "负债总计"), "state_capital": ("国有资本及权益", "国有资本"),
    }

    company = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("公司"), related_name="+")
    as_of = models.DateField(_("报表日"))
    consolidated = models.BooleanField(_("合并报表"), default=False, help_text=_("没有子公司的，本单位的报表就是合并报表，请勾选"))
    assets = ExactField(_("资产总额（万元）"), scale=6)
    liabilities = ExactField(_("负债总额（万元）"), scale=6)
    state_capital = ExactField(_("国有资本（万元）"), scale=6, null=True, blank=True)
    document = models.CharField(_("报表文号"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("财务报表")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("company", "as_of", "consolidated"), condition=Q(archived_at=None), name="balancestatement_once",
            violation_error_message=_("这家公司这一天的报表已经登记；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.company.name} {self.as_of}" if self.company_id else self.code

    def clean(self) -> None:
        """Refuse another owner's company, a day to come, and assets or liabilities below zero."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "company")
            refuse_ahead(self, "as_of")
            refuse_negative(self, "assets", "liabilities")


class AdjustmentKind(models.TextChoices):
    """客观因素: for which reasons state capital grew or shrank without the company's own doing (国资委令第 9 号)."""

    INVESTED = "more_invested", _("增加：直接或追加投资")
    GIVEN = "more_given", _("增加：无偿划入")
    APPRAISED_UP = "more_appraised", _("增加：资产评估")
    VERIFIED_UP = "more_verified", _("增加：清产核资")
    HOUSING = "more_housing", _("增加：住房周转金")
    DONATED = "more_donated", _("增加：接受捐赠")
    CONVERTED = "more_converted", _("增加：债权转股权")
    OTHER_UP = "more_other", _("增加：其他客观因素")
    CUT = "less_cut", _("减少：经批准核减")
    TAKEN = "less_taken", _("减少：无偿划出或分立")
    APPRAISED_DOWN = "less_appraised", _("减少：资产评估")
    VERIFIED_DOWN = "less_verified", _("减少：清产核资")
    FORCE_MAJEURE = "less_force_majeure", _("减少：不可抗力")
    OTHER_DOWN = "less_other", _("减少：其他客观因素")


class EquityAdjustment(Record):
    """保值增值客观因素：一家公司的国有资本因一个客观因素的一次增减。

    One record is one increase or decrease by one cause with its document; the amount is above zero, the cause says which way.
    """

    register = "equity_adjustments"
    columns = ("code", "company", "occurred_on", "kind", "amount", "document")
    code_prefix = "KG"
    totals = ("amount",)
    keys = (("code",), ("company", "occurred_on", "kind", "document"))
    headings = {"kind": ("客观因素", "增减因素"), "amount": ("金额", "影响金额"), "document": ("依据文件", "文件")}

    company = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("公司"), related_name="+")
    occurred_on = models.DateField(_("发生日期"))
    kind = models.CharField(_("增减因素"), max_length=20, choices=AdjustmentKind)
    amount = ExactField(_("增减金额（万元）"), scale=6)
    document = models.CharField(_("证明文件"), max_length=200)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("保值增值客观因素")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.company.name} {self.occurred_on} {self.get_kind_display()}" if self.company_id else self.code

    def clean(self) -> None:
        """Refuse another owner's company, a day to come, and an amount of nothing."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "company")
            refuse_ahead(self, "occurred_on")
            refuse_nothing(self, "amount")
