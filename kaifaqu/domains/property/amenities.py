"""Amenities of parks: which unit serves as what, and the rent bills of leases; the merchant is whoever leases the unit."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.amounts import refuse_negative
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.premises.models import Lease, Unit
from kaifaqu.registers.projects.progress import MonthField
from kaifaqu.registers.spans import refuse_overlaps

MONTH = _("写到月，如 2024-07")


class AmenityKind(models.TextChoices):
    """What an amenity serves for: the five kinds that the page names, and others."""

    RESTAURANT = "restaurant", _("餐厅")
    SUPERMARKET = "supermarket", _("超市")
    MALL = "mall", _("商场")
    APARTMENT = "apartment", _("公寓")
    BANK = "bank", _("银行")
    OTHER = "other", _("其他配套")


class Amenity(Dated):
    """商业配套：自某日起划作一种商业配套使用的一个单元，不论当时有没有商户。

    One record is one unit serving one purpose for a time. The merchant is the tenant of the unit's lease on a day; without
    one it is vacant.
    """

    register = "amenities"
    columns = ("code", "name", "kind", "unit", "since", "until")
    code_prefix = "PP"
    keys = (("code",), ("unit", "since"))
    headings = {"name": ("配套名称", "商铺名称"), "kind": ("类别", "业态"), "since": ("启用日期",)}

    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("配套类别"), max_length=12, choices=AmenityKind)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("单元"), related_name="+")

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("商业配套")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse a span that is none, and another owner's unit."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "unit")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse one unit as two amenities on one day."""
        refuse_overlaps(written, "unit")


class RentBill(Record):
    """租金账单：一项租赁一个月的租金：应收多少、哪天到期、已收多少。

    One record is one lease and month. A deposit is no rent and stands in no bill; late fees are none either.
    """

    register = "rent_bills"
    columns = ("code", "lease", "month", "due", "due_on", "received", "received_on")
    listed = ("code", "lease", "month", "due", "due_on", "received", "arrears", "received_on")
    code_prefix = "ZJ"
    totals = ("due", "received", "arrears")
    keys = (("lease", "month"), ("code",))
    headings = {
        "lease": ("租赁合同", "租赁编号"), "month": ("账单月份", "所属月份"), "due": ("应收", "应收租金", "租金"),
        "received": ("实收", "实收租金", "已收"), "due_on": ("缴费期限", "应缴日期"), "received_on": ("收款日期", "到账日期"),
    }

    lease = models.ForeignKey(Lease, models.PROTECT, verbose_name=_("租赁"), related_name="+")
    month = MonthField(_("月份"), help_text=MONTH)
    due = ExactField(_("应收租金（万元）"), scale=6)
    due_on = models.DateField(_("到期日"))
    received = ExactField(_("实收租金（万元）"), scale=6, default=0)
    received_on = models.DateField(_("最近收款日期"), null=True, blank=True)
    arrears = ExactField(_("欠租（万元）"), scale=6, null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("租金账单")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("lease", "month"), condition=models.Q(archived_at=None), name="rentbill_once",
            violation_error_message=_("这项租赁这个月的账单已经登记；收款请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.month}"

    def derived(self) -> dict[str, Any]:
        """Return what is still owed."""
        return {"arrears": self.due - self.received}

    def clean(self) -> None:
        """Refuse less than nothing, a month in which the unit was not let, a receipt without its day, and another owner's lease."""
        super().clean()
        refuse_negative(self, "due", "received")
        refuse_ahead(self, "received_on")
        if self.archived_at is not None:
            return
        if self.received and self.received_on is None:
            raise ValidationError(_t("填了「实收租金（万元）」的，请填「最近收款日期」：过去某一天欠多少，要看钱是哪天到的。"))
        refuse_foreign(self, "lease")
        gone = self.lease.over_on
        if self.month.last < self.lease.since or gone is not None and self.month.first >= gone:
            raise ValidationError(_t("{month} 不在租期里：{lease} 自 {since} 起租{until}。请核对月份或租赁。").format(
                month=self.month, lease=self.lease.code, since=self.lease.since,
                until=(_t("，{day} 已退租") if self.lease.ended_on else _t("，到 {day}（不含）")).format(day=gone) if gone else ""))
