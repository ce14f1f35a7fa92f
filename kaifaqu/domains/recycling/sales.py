"""What was sold: one row an invoice or settlement, by line of business, with its margin."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.organisations.models import Enterprise


class Line(models.TextChoices):
    """Lines of business that the company has income from."""

    METALS = "metals", _("废金属")
    PARTS = "parts", _("旧件")
    SERVICES = "services", _("服务")


class SalesChannel(models.TextChoices):
    """By which way something was sold."""

    ONLINE = "online", _("线上")
    OFFLINE = "offline", _("线下")


class BuyerKind(models.TextChoices):
    """Who bought."""

    PROCESSOR = "processor", _("终端利废企业")
    MAINTENANCE = "maintenance", _("维修机构")
    REPAIR_SHOP = "repair_shop", _("汽修厂")
    OTHER = "other", _("其他客户")


class LineSale(Record):
    """销售收入：一笔销售或服务的收入和毛利，记在一条业务线上。

    One record is one invoice or settlement; one over several lines is several records.
    """

    register = "line_sales"
    columns = ("code", "sold_on", "line", "channel", "buyer_kind", "buyer", "amount", "margin", "document")
    code_prefix = "XS"
    totals = ("amount", "margin")
    headings = {
        "sold_on": ("销售日期", "日期"), "line": ("业务线", "产品大类"), "channel": ("渠道",), "buyer_kind": ("客户类别",),
        "buyer": ("客户",), "amount": ("收入", "销售额"), "margin": ("毛利",), "document": ("发票号",),
    }

    sold_on = models.DateField(_("销售日期"))
    line = models.CharField(_("业务线"), max_length=10, choices=Line)
    channel = models.CharField(_("销售渠道"), max_length=8, choices=SalesChannel)
    buyer_kind = models.CharField(_("客户类别"), max_length=12, choices=BuyerKind)
    buyer = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("客户"), related_name="+")
    amount = ExactField(_("收入（万元）"), scale=6)
    margin = ExactField(_("毛利（万元）"), scale=6, null=True, blank=True)
    document = models.CharField(_("发票或结算单"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("销售收入")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a margin above the income, a day that has not come, and another owner's buyer."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "buyer")
        refuse_ahead(self, "sold_on")
        if self.margin is not None and self.amount >= 0 and self.margin > self.amount:
            raise ValidationError(_t("「毛利（万元）」大于收入，请核对。"))
