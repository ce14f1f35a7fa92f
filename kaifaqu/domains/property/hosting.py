"""Hosted parks: the contract under which a park of others is run, what was handed over, fees, settlements and reviews."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.property.amenities import MONTH, RentBill
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField, PartialDate
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.units import text
from kaifaqu.registers.agreeing import Agreement
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.projects.progress import MonthField


class RentBasis(models.TextChoices):
    """Which rents a settlement counts, as the contract says."""

    RECEIVED = "received", _("实收租金")
    DUE = "due", _("应收租金")


class HostingContract(Agreement):
    """园区托管：受托运营别人的一个园区的一份合同。

    One record is one contract about one park; a renewal is another one. A park is hosted while a contract about it is in
    force. The hand-over list is that of the contract: once it is signed, its items stay as they are.
    """

    register = "hosting_contracts"
    columns = (
        "code", "title", "partner", "park", "rent_basis", "signed_on", "since", "until", "ended_on", "handed_over_on", "document")
    listed = ("code", "title", "partner", "park", "since", "until", "ended_on", "handed_over_on")
    code_prefix = "TG"
    keys = (("code",), ("park", "since"))
    headings = {
        "title": ("合同名称", "托管合同"), "partner": ("委托方", "业主单位", "业主方", "产权单位"), "park": ("园区名称", "托管园区"),
        "since": ("托管起始日期",),
    }

    park = models.ForeignKey(Park, models.PROTECT, verbose_name=_("园区"), related_name="+")
    rent_basis = models.CharField(_("结算租金口径"), max_length=12, choices=RentBasis, default=RentBasis.RECEIVED)
    handed_over_on = models.DateField(
        _("交接清单签署日期"), null=True, blank=True, help_text=_("先登记交接事项，双方签署后再填；填了以后清单不再改动"))

    class Meta(Agreement.Meta):
        verbose_name = verbose_name_plural = _("园区托管合同")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse dates that cannot be, another owner's park, and the signature of a list on which nothing stands."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "park")
        refuse_ahead(self, "handed_over_on")
        if self.handed_over_on and not HandoverItem.objects.current().filter(contract=self.pk).exists():
            raise ValidationError(_t("{contract}：交接清单上还没有事项，请先登记「交接事项」，再填签署日期。").format(contract=self))

    @property
    def gone_on(self) -> date | None:
        """Return the first day on which it is no longer in force; None where no end is agreed."""
        return min((day for day in (self.until, self.ended_on) if day is not None), default=None)

    def refuse_beyond(self, *months: PartialDate) -> None:
        """Raise ValidationError for a month on no day of which it is in force."""
        gone = self.gone_on
        for month in months:
            if month.last < self.since or gone is not None and month.first >= gone:
                raise ValidationError(_t("{month} 不在合同期里：{contract} 自 {since} 起{until}。请核对月份或合同。").format(
                    month=month, contract=self, since=self.since, until=_t("，到 {day}（不含）").format(day=gone) if gone else ""))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse a contract that goes away under what stands on it, and one whose corrected span or park does not fit that."""
        refuse_leaving(written)
        told = {"contract__in": [each.pk for each in written if each.archived_at is None]}
        for fee in HostingFee.objects.current().filter(**told).select_related("contract"):
            fee.contract.refuse_beyond(fee.month)
        for run in Settlement.objects.current().filter(**told).select_related("contract"):
            run.contract.refuse_beyond(run.first, run.last)
        Settlement.refuse_twice({each.park_id for each in written})


class HandoverItem(Record):
    """交接事项：托管合同交接清单上的一项：一处设施、一批钥匙、一套图纸等，连同数量和当时的状况。

    One record is one line of the list that both sides sign; the signature is a date of the contract.
    """

    register = "handover_items"
    columns = ("code", "contract", "name", "quantity", "unit", "condition")
    code_prefix = "JJ"
    keys = (("contract", "name"), ("code",))
    headings = {"name": ("名称", "项目", "资产名称", "设施"), "quantity": ("数量",), "unit": ("单位",), "condition": ("状况", "现状")}

    contract = models.ForeignKey(HostingContract, models.PROTECT, verbose_name=_("托管合同"), related_name="+")
    name = models.CharField(_("交接内容"), max_length=200)
    quantity = ExactField(_("数量"), scale=2, null=True, blank=True)
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    condition = models.CharField(_("交接时状况"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("交接事项")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse another owner's contract, and whatever would change a list that is signed."""
        super().clean()
        refuse_foreign(self, "contract")
        lists = HostingContract.objects.filter(pk__in={self.contract_id, *type(self).objects.filter(pk=self.pk).values_list(
            "contract", flat=True)})  # the list that it is to stand on, and the one on which it stands
        if signed := lists.exclude(handed_over_on=None).first():
            raise ValidationError(_t("{contract} 的交接清单已于 {day} 签署，清单不再改动；确有错漏的，请先更正签署日期。").format(
                contract=signed, day=signed.handed_over_on))


class HostingFee(Record):
    """托管费用：一份托管合同一个月的一笔费用，由业主方负担，结算时从租金里扣：托管费、代垫的维修费等。

    One record is one kind of fee for one month; what goes back to the park's owner is a negative amount.
    """

    register = "hosting_fees"
    columns = ("code", "contract", "month", "name", "amount", "document")
    code_prefix = "TF"
    totals = ("amount",)
    keys = (("contract", "month", "name"), ("code",))
    headings = {"name": ("费用", "费用项目", "费用名称"), "amount": ("金额",), "month": ("所属月份", "费用月份")}

    contract = models.ForeignKey(HostingContract, models.PROTECT, verbose_name=_("托管合同"), related_name="+")
    month = MonthField(_("月份"), help_text=MONTH)
    name = models.CharField(_("费用名称"), max_length=100)
    amount = ExactField(_("费用金额（万元）"), scale=6)
    document = models.CharField(_("费用凭证"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("托管费用")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("contract", "month", "name"), condition=models.Q(archived_at=None), name="hostingfee_once",
            violation_error_message=_("这份合同这个月的这项费用已经登记；有变化请更正原来的一条。"))]

    def clean(self) -> None:
        """Refuse another owner's contract, and a month that has not begun or in which the contract was not in force."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "contract")
        self.contract.refuse_beyond(self.month)
        if self.month.first > clock.today():
            raise ValidationError(_t("{month} 还没有开始，请核对月份。").format(month=self.month))


class Settlement(Record):
    """托管结算：一份托管合同若干个月的结算：租金合计减费用合计，为应付业主方的数（负数为业主方应补付）。

    One record is one run of months of one contract; a month of a park is settled once, whatever contracts are about it. The
    amounts are computed from rent bills and fees, never typed; until it is signed each correction computes them again, from then
    on they stay, and the page says where the rows now give others.
    """

    register = "hosting_settlements"
    columns = ("code", "contract", "first", "last", "settled_on", "paid_on", "document")
    listed = ("code", "contract", "first", "last", "rent", "fees", "balance", "settled_on", "paid_on")
    code_prefix = "JS"
    totals = ("rent", "fees", "balance")
    revives = False
    keys = (("contract", "first"), ("code",))
    headings = {"first": ("起始月份",), "last": ("截止月份",), "settled_on": ("结算日期", "签认日期"), "paid_on": ("支付日期",)}

    contract = models.ForeignKey(HostingContract, models.PROTECT, verbose_name=_("托管合同"), related_name="+")
    first = MonthField(_("自何月"), help_text=MONTH)
    last = MonthField(_("至何月"), help_text=MONTH)
    settled_on = models.DateField(_("双方签认日期"), null=True, blank=True)
    paid_on = models.DateField(_("付款日期"), null=True, blank=True)
    document = models.CharField(_("结算单"), max_length=200, blank=True)
    rent = ExactField(_("租金合计（万元）"), scale=6, null=True, blank=True, editable=False)
    fees = ExactField(_("费用合计（万元）"), scale=6, null=True, blank=True, editable=False)
    balance = ExactField(_("应付业主方（万元）"), scale=6, null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("托管结算")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.first}—{self.last}"

    def bills(self) -> Any:
        """Return the rent bills that it counts: of its months, of leases in its park."""
        return RentBill.objects.current().filter(
            lease__unit__building__park=self.contract.park_id, owner_id=self.owner_id, month__gte=self.first.first,
            month__lte=self.last.last)

    def charged(self) -> Any:
        """Return the fees that it counts."""
        return HostingFee.objects.current().filter(contract=self.contract_id, month__gte=self.first.first, month__lte=self.last.last)

    def computed(self) -> dict[str, Decimal]:
        """Return the amounts that rent bills and fees give now."""
        rent = sum(self.bills().values_list(self.contract.rent_basis, flat=True), Decimal(0))
        fees = sum(self.charged().values_list("amount", flat=True), Decimal(0))
        return {"rent": rent, "fees": fees, "balance": rent - fees}

    def derived(self) -> dict[str, Any]:
        """Return the amounts; those of a settlement that was signed before stay."""
        stored = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        is_kept = self.archived_at is not None or stored is not None and self.settled_on is not None and self._is_of_the_months(stored)
        return {} if is_kept else self.computed()

    def _is_of_the_months(self, other: "Settlement") -> bool:
        return (self.contract_id, self.first, self.last) == (other.contract_id, other.first, other.last)

    def warnings(self) -> list[str]:
        """Say that the rows now give another amount than was settled."""
        now = self.computed()["balance"]
        if self.balance is None or now == self.balance:
            return []
        return [_t("按现在的租金账单和托管费用，应付业主方为 {now} 万元，结算单上是 {then} 万元，请核对。").format(
            now=text(now), then=text(self.balance))]

    def clean(self) -> None:
        """Refuse months in the wrong order, not over or outside the contract, days that have not come, and another's contract."""
        super().clean()
        if self.last.last < self.first.first:
            raise ValidationError(_t("「至何月」{last} 早于「自何月」{first}。").format(last=self.last, first=self.first))
        refuse_ahead(self, "settled_on", "paid_on")
        if self.paid_on and not self.settled_on:
            raise ValidationError(_t("填了「付款日期」的，请先填「双方签认日期」。"))
        if self.archived_at is not None:
            return
        refuse_foreign(self, "contract")
        self.contract.refuse_beyond(self.first, self.last)
        gone = self.contract.gone_on
        if self.last.last >= clock.today() and (gone is None or gone > clock.today()):
            raise ValidationError(_t("{month} 还没有过完，租金和费用还不全，请过了这个月再结算。").format(month=self.last))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse a month of a park that is settled twice."""
        cls.refuse_twice({each.contract.park_id for each in written if each.archived_at is None})

    @classmethod
    def refuse_twice(cls, parks: set[int]) -> None:
        """Raise ValidationError for a month of one of these parks that is settled twice, be it under two contracts."""
        rows: Any = cls.objects.current().filter(contract__park__in=parks).select_related("contract")
        for before, after in pairwise(rows.order_by("contract__park", "first", "id")):
            if before.contract.park_id == after.contract.park_id and after.first.first <= before.last.last:
                raise ValidationError(_t("{after} 与 {before} 有同一个月：一个园区的一个月只结算一次，请改月份或合同。").format(
                    after=after, before=before))


class Layer(models.TextChoices):
    """The three layers of what hosting a park means (M5-12 tells how the third is measured)."""

    PROPERTY = "property", _("物业基础")
    COMMERCE = "commerce", _("商业保障")
    INDUSTRY = "industry", _("产业驱动")


class HostingReview(Record):
    """托管评议：对一份托管合同的一个层次作的一次评议，写明结论。

    One record is one layer at one review; a review of all three layers on one day is three records.
    """

    register = "hosting_reviews"
    columns = ("code", "contract", "layer", "reviewed_on", "conclusion", "document")
    code_prefix = "TP"
    keys = (("contract", "layer", "reviewed_on"), ("code",))
    headings = {"conclusion": ("评议结论", "评价", "考核结果"), "reviewed_on": ("考核日期", "评价日期")}

    contract = models.ForeignKey(HostingContract, models.PROTECT, verbose_name=_("托管合同"), related_name="+")
    layer = models.CharField(_("托管层次"), max_length=12, choices=Layer)
    reviewed_on = models.DateField(_("评议日期"))
    conclusion = models.CharField(_("结论"), max_length=400)
    document = models.CharField(_("评议文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("托管评议")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a day that has not come, and another owner's contract."""
        super().clean()
        refuse_ahead(self, "reviewed_on")
        if self.archived_at is None:
            refuse_foreign(self, "contract")
