"""Orders of the three lines of business, test reports that can be verified, and cooperation across borders."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.research.products import BusinessLine, RDProduct
from kaifaqu.kernel import events
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.registers.agreeing import Agreement
from kaifaqu.registers.amounts import refuse_negative, refuse_nothing
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.milestones import Milestones, milestone

HOME = ("中国", "国内", "中华人民共和国")


class InstituteOrder(Milestones):
    """业务订单：一个客户的一份订单、服务单或委托检验单，从受理、完成、出报告到结算.

    One record is one order of one line of business. An order from abroad names its country. Income is what was settled.
    """

    register = "institute_orders"
    columns = ("code", "line", "title", "product", "customer", "customer_name", "country", "amount", "accepted_on", "done_on",
               "reported_on", "settled_on", "settled")  # fmt: skip
    listed = ("code", "line", "title", "customer", "country", "stage", "amount", "settled")
    code_prefix = "YD"
    totals = ("amount", "settled")
    headings = {
        "line": ("板块",), "title": ("订单", "服务内容", "检验项目"), "customer_name": ("客户", "委托单位"), "country": ("国别", "出口国"),
        "amount": ("订单金额", "合同金额"), "accepted_on": ("受理时间", "签订日期"), "settled": ("结算额", "收入"),
    }
    ORDER = ("accepted_on", "done_on", "reported_on")
    LAST = "settled_on"

    line = models.CharField(_("业务板块"), max_length=12, choices=BusinessLine)
    title = models.CharField(_("订单内容"), max_length=100)
    product = models.ForeignKey(RDProduct, models.PROTECT, null=True, blank=True, verbose_name=_("产品"), related_name="+")
    customer = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("客户（在册）"), related_name="+")
    customer_name = models.CharField(_("客户名称"), max_length=200, blank=True, help_text=_("不在册的客户，只写名称"))
    country = models.CharField(_("出口国家"), max_length=40, blank=True, help_text=_("国内的空着"))
    amount = ExactField(_("订单金额（万元）"), scale=6, null=True, blank=True)
    accepted_on = milestone(_("受理日期"))
    done_on = milestone(_("完成日期"))
    reported_on = milestone(_("报告日期"))
    settled_on = milestone(_("结算日期"))
    settled = ExactField(_("结算收入（万元）"), scale=6, null=True, blank=True)
    stage = models.CharField(_("状态"), max_length=12, editable=False, default="new", choices={
        "new": _("待受理"), "accepted": _("受理"), "done": _("完成"), "reported": _("已出报告"), "settled": _("已结算")})

    class Meta(Milestones.Meta):
        verbose_name = verbose_name_plural = _("业务订单")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def derived(self) -> dict[str, Any]:
        """Return the stage that the dates say."""
        latest_first = (("settled", self.settled_on), ("reported", self.reported_on), ("done", self.done_on),
                        ("accepted", self.accepted_on))  # fmt: skip
        return {"stage": next((stage for stage, day in latest_first if day), "new")}

    def clean(self) -> None:
        """Refuse dates and amounts that cannot be, income without its day, a customer named twice, and home as a country of export."""
        super().clean()
        refuse_nothing(self, "amount")
        refuse_negative(self, "settled")
        if self.archived_at is not None:
            return
        refuse_foreign(self, "product", "customer")
        if (self.settled is None) != (self.settled_on is None):
            raise ValidationError(_t("「结算收入（万元）」和「结算日期」要一起填。"))
        if (self.customer is None) == (not self.customer_name):
            raise ValidationError(_t("在册的客户请选「客户（在册）」，不在册的写「客户名称」，两者填一个。"))
        refuse_home(self)

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive an order with reports, runs or deliveries."""
        refuse_leaving(written)


class TestReport(Record):
    """检验报告：一份有编号、可以核验的检验报告；作废的保留编号和原因.

    One record is one report under one number, which nobody else has after it, not even when the record is archived. Who holds a
    copy verifies it by its number and the digest of what is printed on it.
    """

    __test__ = False  # it is no test
    register = "test_reports"
    PRINTED = ("number", "sample", "passed", "conclusion", "issued_on")  # besides the code of the order
    columns = ("code", "number", "order", "sample", "passed", "conclusion", "issued_on", "voided_on", "void_reason")
    listed = ("code", "number", "order", "sample", "passed", "issued_on", "voided_on")
    code_prefix = "BG"
    keys = (("number",), ("code",))
    headings = {"number": ("报告号",), "order": ("委托单",), "sample": ("样品",), "issued_on": ("签发日期",), "passed": ("是否合格",)}

    number = models.CharField(_("报告编号"), max_length=60)
    order = models.ForeignKey(InstituteOrder, models.PROTECT, verbose_name=_("业务订单"), related_name="+")
    sample = models.CharField(_("样品名称"), max_length=100, blank=True)
    passed = models.BooleanField(_("合格"), default=False)
    conclusion = models.CharField(_("检验结论"), max_length=200, blank=True)
    issued_on = models.DateField(_("签发日期"))
    voided_on = models.DateField(_("作废日期"), null=True, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("检验报告")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "number"), name="testreport_number",
            violation_error_message=_("这个报告编号已经用过；作废的报告也保留编号，请另编一个。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def digest(self) -> str:
        """Return the digest of what is printed on a copy: it stays when the report is voided, and changes with what it says."""
        printed = {name: str(getattr(self, name)) for name in self.PRINTED}
        return events.digest({**printed, "order": self.order.code})

    def clean(self) -> None:
        """Refuse an order that is no test, days that cannot be, and a voided report without its reason."""
        super().clean()
        refuse_ahead(self, "issued_on", "voided_on")
        if self.archived_at is not None:
            return
        refuse_foreign(self, "order")
        if self.order.line != BusinessLine.TESTING:
            raise ValidationError(_t("{order} 不是「检验检测」板块的订单，不出检验报告。").format(order=self.order))
        if self.voided_on is not None and (self.voided_on < self.issued_on or not self.void_reason):
            raise ValidationError(_t("作废的报告请写明「作废原因」，「作废日期」不能早于「签发日期」。"))


class InstituteCooperation(Agreement):
    """国际合作：和一家单位签订的一份合作协议，注明对方所在国家.

    One record is one signed agreement; partners and countries are counted distinct.
    """

    register = "institute_cooperations"
    columns = (*Agreement.columns, "country", "content")
    listed = ("code", "partner", "title", "country", "signed_on", "until")
    code_prefix = "HZ"
    headings = {**Agreement.headings, "country": ("国别",), "content": ("合作内容",)}

    country = models.CharField(_("合作国家"), max_length=40, blank=True, help_text=_("国内的空着"))
    content = models.CharField(_("合作内容"), max_length=200, blank=True)

    class Meta(Agreement.Meta):
        verbose_name = verbose_name_plural = _("国际合作")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse what no agreement can be, and home as another country."""
        super().clean()
        refuse_home(self)


def refuse_home(row: InstituteOrder | InstituteCooperation) -> None:
    """Refuse home as the country of an export or of cooperation across borders."""
    if row.archived_at is None and row.country in HOME:
        raise ValidationError(_t("「{label}」{country} 在国内；国内的这里空着。").format(
            label=field_of(type(row), "country").verbose_name, country=row.country))
