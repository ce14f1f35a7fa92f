"""How vehicles are acquired: tenders and bids online, partners and their commissions offline."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.spans import refuse_overlaps
from kaifaqu.registers.vehicles.models import Channel, Vehicle


class Tender(Record):
    """招标项目：机关事业单位或企业公开处置一批报废车的一次招标。

    One record is one tender, whether we bid or not; announced anew after it failed it is another one.
    """

    register = "tenders"
    columns = ("code", "title", "purchaser", "published_on", "closes_on", "vehicles")
    code_prefix = "ZB"
    keys = (("code",), ("title", "purchaser"))
    totals = ("vehicles",)
    headings = {
        "title": ("项目名称",), "purchaser": ("采购人", "处置单位"), "published_on": ("公告日期",), "closes_on": ("开标日期", "投标截止"),
        "vehicles": ("车辆数", "台数"),
    }

    title = models.CharField(_("招标项目名称"), max_length=200)
    purchaser = models.CharField(_("招标单位"), max_length=200)
    published_on = models.DateField(_("公告日期"))
    closes_on = models.DateField(_("投标截止日期"), null=True, blank=True)
    vehicles = models.PositiveIntegerField(_("车辆数（辆）"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("招标项目")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        """Refuse a day of publication that has not come, and bids that close before it."""
        super().clean()
        if self.archived_at is None:
            refuse_ahead(self, "published_on")
            refuse_before(self, "closes_on", "published_on")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a tender goes away while a bid stands on it."""
        refuse_leaving(written)


class Outcome(models.TextChoices):
    """How a bid ended; a tender that failed says nothing about the bid."""

    WON = "won", _("中标")
    LOST = "lost", _("未中标")
    FAILED = "failed", _("流标或撤回")


class Bid(Record):
    """投标：本单位对一个招标项目的一次投标；中标率由它算出。

    One record is our one bid in a tender, with how it ended; without an outcome it is not decided yet.
    """

    register = "bids"
    columns = ("code", "tender", "bid_on", "amount", "decided_on", "outcome", "contracted_on", "contract")
    code_prefix = "TJ"
    keys = (("tender",), ("code",))
    totals = ("amount",)
    headings = {
        "tender": ("招标项目名称",), "bid_on": ("投标时间",), "amount": ("报价", "投标报价"), "decided_on": ("开标结果日期", "中标日期"),
        "outcome": ("是否中标", "结果"), "contract": ("合同编号",),
    }

    tender = models.ForeignKey(Tender, models.PROTECT, verbose_name=_("招标项目"), related_name="+")
    bid_on = models.DateField(_("投标日期"))
    amount = ExactField(_("报价（万元）"), scale=6, null=True, blank=True)
    decided_on = models.DateField(_("结果日期"), null=True, blank=True)
    outcome = models.CharField(_("投标结果"), max_length=8, choices=Outcome, blank=True)
    contracted_on = models.DateField(_("合同签订日期"), null=True, blank=True)
    contract = models.CharField(_("合同"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("投标")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("tender",), condition=Q(archived_at=None), name="bid_once",
            violation_error_message=_("这个招标项目的投标已经登记；结果请填在原来的那一条上。"))]

    def clean(self) -> None:
        """Refuse a result without its day, a contract of a bid that was not won, days that cannot be, and another owner's tender."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "tender")
        refuse_ahead(self, "bid_on", "decided_on", "contracted_on")
        refuse_before(self, "decided_on", "bid_on")
        refuse_before(self, "contracted_on", "decided_on")
        if (self.decided_on is None) != (not self.outcome):
            raise ValidationError(_t("「结果日期」和「投标结果」要么都填，要么都不填。"))
        if self.contracted_on is not None and self.outcome != Outcome.WON:
            raise ValidationError(_t("只有中标的投标才有「合同签订日期」，请先填写投标结果。"))


class PartnerKind(models.TextChoices):
    """What a partner is that sends vehicles; the first three are the kinds of places that the newspaper page names."""

    DEALER = "dealer", _("4S店")
    AUTO_MART = "auto_mart", _("汽贸园")
    USED_CAR_MARKET = "used_car_market", _("二手车交易市场")
    MAKER = "maker", _("车企")
    OTHER = "other", _("其他合作单位")


class RecoveryPartner(Dated):
    """回收合作单位：一家企业自某日起为本单位介绍、代收报废车。

    One record is one enterprise for a time; which vehicles it sent stands on the vehicles.
    """

    register = "recovery_partners"
    columns = ("code", "enterprise", "kind", "since", "until", "document")
    code_prefix = "HB"
    keys = (("enterprise", "since"), ("code",))
    headings = {"enterprise": ("合作单位", "单位名称"), "kind": ("单位类别",), "since": ("合作起始日期",), "document": ("合作协议",)}

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("合作企业"), related_name="+")
    kind = models.CharField(_("合作单位类别"), max_length=16, choices=PartnerKind)
    document = models.CharField(_("协议"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("回收合作单位")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse an empty span and another owner's enterprise."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "enterprise")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that an enterprise is a partner twice on a day."""
        refuse_overlaps(written, "enterprise_id")


class Commission(Record):
    """合作佣金：为一辆已经交来的合作回收车付给合作单位的佣金。

    One record is the commission for one vehicle; whose it is stands on the vehicle. A vehicle that has not come has none.
    """

    register = "partner_commissions"
    columns = ("code", "vehicle", "agreed_on", "amount", "paid_on", "document")
    code_prefix = "YJ"
    keys = (("vehicle",), ("code",))
    totals = ("amount",)
    headings = {"vehicle": ("车辆", "车架号"), "amount": ("佣金", "提成"), "agreed_on": ("确认日期",), "paid_on": ("付款日期",)}

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("报废机动车"), related_name="+")
    agreed_on = models.DateField(_("佣金确认日期"))
    amount = ExactField(_("佣金（元）"), scale=2)
    paid_on = models.DateField(_("佣金支付日期"), null=True, blank=True)
    document = models.CharField(_("凭证"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("合作佣金")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("vehicle",), condition=Q(archived_at=None), name="commission_once",
            violation_error_message=_("这辆车的佣金已经登记；有变化请更正原来的那一条。"))]

    def clean(self) -> None:
        """Refuse a commission for a vehicle that no partner sent or that has not come, and days that cannot be."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "vehicle")
        refuse_ahead(self, "agreed_on", "paid_on")
        refuse_before(self, "paid_on", "agreed_on")
        if self.amount <= 0:
            raise ValidationError(_t("「佣金（元）」要大于 0。"))
        if self.vehicle.channel != Channel.PARTNER:
            raise ValidationError(_t("{vehicle} 不是合作回收的车，没有佣金。").format(vehicle=self.vehicle))
        if self.vehicle.received_on is None or self.vehicle.received_on > self.agreed_on:
            raise ValidationError(_t("{vehicle} 到 {day} 还没有进场；佣金只按已经交来的车计，请先登记进场日期。").format(
                vehicle=self.vehicle, day=self.agreed_on))
