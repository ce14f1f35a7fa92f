"""Trade-in subsidies: the documents in which the state says what it pays, who applied for it, and what was paid."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField, PartialDateField
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.vehicles.models import OwnerKind, RecyclingCertificate, Vehicle


class DocumentKind(models.TextChoices):
    """What a document does: lays down how the subsidy is applied for, says what will come, or changes what is paid."""

    RULES = "rules", _("实施细则")
    MEASURES = "measures", _("若干措施")
    NOTICE = "notice", _("实施通知")
    OTHER = "other", _("其他")


class PolicyDocument(Record):
    """政策文件：主管部门印发的一份规定以旧换新补贴的文件。

    One record is one document by its number; a reprint is the same one, and a text of the same title that another level
    issues is another one. What is not known of a day (often only the month of issue is told) stays unknown. What is paid by
    it is a dated rule, in which the document is named by its number.
    """

    register = "policy_documents"
    columns = ("code", "number", "title", "kind", "issuer", "issuers", "issued_on", "announced_on", "published_on", "raises", "since",
               "until", "reference")  # fmt: skip
    listed = ("code", "number", "title", "kind", "issuer", "issued_on", "announced_on", "published_on")
    code_prefix = "ZC"
    keys = (("number",), ("code",), ("title", "issuer"))
    headings = {
        "number": ("文件号", "发文字号"), "title": ("标题", "文件标题"), "issuer": ("发文单位", "牵头部门"),
        "issued_on": ("发文日期", "成文日期"), "published_on": ("发布日期",),
        "since": ("施行日期",), "until": ("有效期至",), "reference": ("出处", "链接"),
    }  # fmt: skip

    number = models.CharField(_("文号"), max_length=60, blank=True)
    title = models.CharField(_("文件名称"), max_length=200)
    kind = models.CharField(_("文件种类"), max_length=10, choices=DocumentKind)
    issuer = models.CharField(_("发文机关"), max_length=100, help_text=_("联合印发的写牵头的一个"))
    issuers = models.PositiveSmallIntegerField(_("印发部门数"), null=True, blank=True, help_text=_("含牵头的一个；不知道的空着"))
    issued_on = PartialDateField(_("印发日期"), null=True, blank=True)
    announced_on = PartialDateField(_("宣布日期"), null=True, blank=True, help_text=_("向社会公开发布的日子"))
    published_on = PartialDateField(_("公布日期"), null=True, blank=True, help_text=_("据以办理的文本公布的日子"))
    raises = models.BooleanField(_("提高补贴标准"), default=False)
    since = models.DateField(_("施行自"), null=True, blank=True)
    until = models.DateField(_("施行至（含）"), null=True, blank=True)
    reference = models.CharField(_("文本出处"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("政策文件")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "number"), condition=Q(archived_at=None) & ~Q(number=""), name="policydocument_number",
            violation_error_message=_("这个文号的文件已经登记过。"))]

    def __str__(self) -> str:
        return self.number or self.title

    def clean(self) -> None:
        """Refuse a document of no department, and one that ends before it begins."""
        super().clean()
        if self.issuers is not None and self.issuers < 1:
            raise ValidationError(_t("「印发部门数」至少是 1。"))
        refuse_before(self, "until", "since")


class NewPower(models.TextChoices):
    """What the new car is, as the rates of the subsidy tell it."""

    NEV = "nev", _("新能源乘用车")
    FUEL = "fuel", _("燃油乘用车")


DOCUMENTS = ("handed_over_on", "deregistered_on", "invoiced_on", "registered_on")  # by whose printed dates an application is judged


class SubsidyApplication(Record):
    """补贴申请：车主就一辆报废的车和一辆新买的车提交的一次报废更新补贴申请。

    One record is one vehicle that was scrapped: corrected and handed in again it stays the same application. The dates are
    those printed on its four papers. Who decides is the commerce department; here stands what was handed in.
    """

    register = "subsidy_applications"
    columns = ("code", "vehicle", "number", "submitted_on", "power", "displacement", "price", "city", *DOCUMENTS)
    listed = ("code", "vehicle", "submitted_on", "power", "displacement", "price", "city", "invoiced_on")
    code_prefix = "BT"
    keys = (("vehicle",), ("number",), ("code",))
    totals = ("price",)
    headings = {
        "vehicle": ("旧车", "车辆识别代号", "报废车辆"), "number": ("申请编号", "受理编号"), "submitted_on": ("提交日期", "申请日期"),
        "power": ("新车动力类型", "新车类型"), "displacement": ("排量", "新车排量"), "price": ("新车价格", "发票金额", "价税合计"),
        "city": ("开票地", "购车城市"), "invoiced_on": ("发票日期",), "registered_on": ("注册登记日期", "新车注册日期"),
        "handed_over_on": ("交车时间",), "deregistered_on": ("注销时间",),
    }  # fmt: skip

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("报废机动车"), related_name="+")
    number = models.CharField(_("申请号"), max_length=40, blank=True, help_text=_("照申领平台给出的填写"))
    submitted_on = models.DateField(_("申请提交日期"))
    power = models.CharField(_("新车类别"), max_length=4, choices=NewPower)
    displacement = ExactField(_("新车排量（升）"), scale=3, null=True, blank=True, help_text=_("新能源车空着"))
    price = ExactField(_("新车价税合计（万元）"), scale=6)
    city = models.CharField(_("新车开票地市"), max_length=20)
    handed_over_on = models.DateField(_("证明上的交车日期"))
    deregistered_on = models.DateField(_("注销证明上的注销日期"))
    invoiced_on = models.DateField(_("新车开票日期"))
    registered_on = models.DateField(_("新车注册日期"))
    month = models.CharField(_("开票月份"), max_length=7, default="", editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("补贴申请")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("vehicle",), condition=Q(archived_at=None), name="subsidyapplication_vehicle",
            violation_error_message=_("这辆车已有一份补贴申请；补正后再次提交的，请更正原来的一条。"))]

    def derived(self) -> dict[str, str]:
        """Return the month in which the new car was bought."""
        return {"month": f"{self.invoiced_on:%Y-%m}"}

    def clean(self) -> None:
        """Refuse days that cannot be, a fuel car without displacement, a price of nothing, and another owner's vehicle."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "submitted_on", *DOCUMENTS)
        refuse_before(self, "submitted_on", *DOCUMENTS)
        if (self.power == NewPower.FUEL) != (self.displacement is not None):
            raise ValidationError(_t("燃油乘用车请填写「新车排量（升）」；新能源乘用车不填。"))
        for name in ("price", "displacement"):
            if (value := getattr(self, name)) is not None and value <= 0:
                raise ValidationError(_t("「{label}」要大于 0。").format(label=field_of(SubsidyApplication, name).verbose_name))
        refuse_foreign(self, "vehicle")

    def warnings(self) -> list[str]:
        """Say where the application differs from what is known of the old car: such an application is sent back."""
        told = []
        if self.vehicle.owner_kind == OwnerKind.ORGANISATION:
            told.append(_t("{vehicle} 的车主是单位；只有个人可以申请。").format(vehicle=self.vehicle))
        certificate = RecyclingCertificate.objects.current().filter(vehicle_id=self.vehicle_id, voided_on=None).first()
        if certificate is None:
            told.append(_t("{vehicle} 没有有效的回收证明，这份申请不计入件数。").format(vehicle=self.vehicle))
        for name, known in (("handed_over_on", certificate and certificate.handed_over_on),
                            ("deregistered_on", self.vehicle.deregistered_on)):
            if known is not None and known != getattr(self, name):
                told.append(_t("「{label}」{day} 与登记的 {known} 不一致，请核对，以免退回。").format(
                    label=field_of(SubsidyApplication, name).verbose_name, day=getattr(self, name), known=known))
        return told

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that an application goes away while something was paid on it."""
        refuse_leaving(written)


class SubsidyPayment(Record):
    """补贴发放：就一份申请在一天发放的一笔补贴；标准提高后补发的，另为一笔。"""

    register = "subsidy_payments"
    columns = ("code", "application", "paid_on", "amount", "document")
    code_prefix = "FF"
    keys = (("application", "paid_on"), ("code",))
    totals = ("amount",)
    headings = {
        "application": ("申请", "申请号"), "paid_on": ("到账日期", "拨付日期"), "amount": ("金额", "补贴金额"), "document": ("凭证",),
    }  # fmt: skip

    application = models.ForeignKey(SubsidyApplication, models.PROTECT, verbose_name=_("补贴申请"), related_name="+")
    paid_on = models.DateField(_("发放日期"))
    amount = ExactField(_("发放金额（万元）"), scale=6)
    document = models.CharField(_("发放凭证"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("补贴发放")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("application", "paid_on"), condition=Q(archived_at=None), name="subsidypayment_once_a_day",
            violation_error_message=_("这份申请在这一天的发放已经登记过；金额不对的请更正原来的一条。"))]

    def clean(self) -> None:
        """Refuse a payment of nothing, one that has not come or came before its application, and another owner's application."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "paid_on")
        if self.amount <= 0:
            raise ValidationError(_t("「发放金额（万元）」要大于 0。"))
        if self.paid_on < self.application.submitted_on:
            raise ValidationError(_t("「发放日期」{day} 早于申请提交日期 {submitted}，请核对。").format(
                day=self.paid_on, submitted=self.application.submitted_on))
        refuse_foreign(self, "application")
