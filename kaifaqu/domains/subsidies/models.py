"""Trade-in subsidies: the documents in which the state says what it pays, who applied for it, and what was paid."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.evaluating import amount_of, deciding_share
from kaifaqu.domains.subsidies.examples import SchemeExample as SchemeExample
from kaifaqu.domains.subsidies.papers import PaperKind
from kaifaqu.domains.subsidies.schemes import SCHEMES, judging
from kaifaqu.kernel import dated
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField, PartialDateField, PersonalField
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.kernel.world import World
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.vehicles.models import OwnerKind, RecyclingCertificate, Vehicle
from kaifaqu.registers.vehicles.vin import VinField, vin_problem

YUAN, CENTS = 10_000, 1_000_000  # in one 万元


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


class Answer(models.TextChoices):
    """What the applicant says to a question."""

    YES = "yes", _("是")
    NO = "no", _("否")


DECLARED = ("claimed_before", "used_for_replacement")  # what the applicant says and no paper shows
DOCUMENTS = ("handed_over_on", "deregistered_on", "invoiced_on", "registered_on")  # by whose printed dates an application is judged


class SubsidyApplication(Record):
    """补贴申请：车主就一辆报废的车和一辆新买的车提交的一次报废更新补贴申请。

    One record is one vehicle that was scrapped: corrected and handed in again it stays the same application. The dates are
    those printed on its four papers. Who decides is the commerce department; here stands what was handed in.
    """

    register = "subsidy_applications"
    columns = ("code", "vehicle", "number", "submitted_on", "power", "displacement", "price", "city", *DOCUMENTS, *DECLARED)
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
    claimed_before = models.CharField(
        _("本年已享受过汽车以旧换新补贴"), max_length=4, blank=True, choices=Answer, help_text=_("照申请人说的填；没有说的空着"))
    used_for_replacement = models.CharField(
        _("新车已申请置换更新补贴"), max_length=4, blank=True, choices=Answer, help_text=_("照申请人说的填；没有说的空着"))
    month = models.CharField(_("开票月份"), max_length=7, default="", editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("补贴申请")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("vehicle",), condition=Q(archived_at=None), name="subsidyapplication_vehicle",
            violation_error_message=_("这辆车已有一份补贴申请；补正后再次提交的，请更正原来的一条。"))]

    def declared(self) -> dict[str, bool]:
        """Return what the applicant said that no paper shows; nothing of what he did not say."""
        return {name: said == Answer.YES for name in DECLARED if (said := getattr(self, name))}

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
        told += [_t("申请人说「{label}」，请核对还能不能补贴。").format(label=field_of(SubsidyApplication, name).verbose_name)
                 for name, said in self.declared().items() if said]
        return told

    def offers(self, verb: str) -> bool:
        """Tell whether there is something to do: what was not sent back is not handed in again."""
        if verb != "resubmit":
            return True
        last = self.last_step()
        return last is not None and last.state == StepState.RETURNED

    def last_step(self) -> "SubsidyStep | None":
        """Return what happened to it last."""
        return SubsidyStep.objects.current().filter(application=self).order_by("taken_on", "id").last()

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
        """Refuse a payment of nothing, one not come yet, before its application or after its refusal, and a foreign application."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "paid_on")
        if self.amount <= 0:
            raise ValidationError(_t("「发放金额（万元）」要大于 0。"))
        if self.paid_on < self.application.submitted_on:
            raise ValidationError(_t("「发放日期」{day} 早于申请提交日期 {submitted}，请核对。").format(
                day=self.paid_on, submitted=self.application.submitted_on))
        last = self.application.last_step()
        if last and last.state == StepState.REFUSED and last.taken_on <= self.paid_on:
            raise ValidationError(_t("{application} 在 {day} 已不予通过，不能再发放；通知登记错了的，请先更正「办理进度」。").format(
                application=self.application, day=last.taken_on))
        refuse_foreign(self, "application")

    def warnings(self) -> list[str]:
        """Say where more has been paid than the scheme gives, by what was implemented on the day of the payment."""
        application = self.application
        content = dated.resolve(SCHEMES.code, self.owner_id, self.paid_on, World()).content
        terms = judging(content, str(application.submitted_on), str(application.invoiced_on), self.paid_on)
        facts = {"new_power": application.power, "price": int(application.price * CENTS)}
        most = None if terms is None else amount_of(terms, facts)
        before = SubsidyPayment.objects.current().filter(application=application, paid_on__lte=self.paid_on)
        paid = sum(before.values_list("amount", flat=True), Decimal(0)) * YUAN
        if terms is None or most is None or paid <= most or (deciding_share(terms, facts) and paid < most + 1):  # rounded or not
            return []
        return [_t("{application} 到 {day} 共发放 {paid} 元，多于方案给的 {most} 元，请核对。").format(
            application=application, day=self.paid_on, paid=f"{paid.normalize():f}", most=most)]


PRINTED = {  # what stands on each kind; the rest is not asked of it
    PaperKind.CERTIFICATE: ("number", "holder", "vin", "dated_on", "issued_on", "plate"),
    PaperKind.DEREGISTRATION: ("number", "holder", "vin", "dated_on", "plate"),
    PaperKind.INVOICE: ("number", "holder", "identity", "vin", "dated_on", "price", "province", "city"),
    PaperKind.NEW_REGISTRATION: (
        "number", "holder", "identity", "vin", "dated_on", "plate", "power", "displacement", "in_catalogue", "province"),
    PaperKind.OLD_REGISTRATION: ("number", "holder", "vin", "dated_on", "plate"),
    PaperKind.IDENTITY: ("holder", "identity"),
    PaperKind.BANK: ("holder",),
}  # fmt: skip
ON_PAPERS = tuple(dict.fromkeys(name for names in PRINTED.values() for name in names))
SCAN = "scan_evidence"  # what an attached file proves of a paper: that it is there


class SubsidyPaper(Record):
    """申请单证：为一辆报废的车申请补贴要交的一种单证，照单证上印的登记；扫描件附在这条记录上。

    One record is one kind of paper of one scrapped vehicle; a corrected paper takes the place of the wrong one, in the same
    record. What the ledgers of vehicles and certificates know already may stay empty on the 回收证明 and, as to the day, on
    the 注销证明: it counts as it stands there.
    """

    register = "subsidy_papers"
    columns = ("code", "vehicle", "kind", *ON_PAPERS, SCAN)
    listed = ("code", "vehicle", "kind", "number", "dated_on", "vin", "price", SCAN)
    code_prefix = "DZ"
    keys = (("vehicle", "kind"), ("code",))
    totals = ("price",)
    headings = {
        "vehicle": ("旧车", "报废车辆"), "kind": ("单证", "材料名称"), "number": ("发票号码", "证明编号"),
        "holder": ("购买方", "机动车所有人", "户名"),
        "identity": ("身份证号", "身份证号码"), "vin": ("车架号", "VIN"), "dated_on": ("开票日期", "注册日期", "交车日期"),
        "plate": ("车牌号",), "power": ("新车类别",), "displacement": ("排量",), "price": ("价税合计", "发票金额"),
    }  # fmt: skip

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("报废机动车"), related_name="+")
    kind = models.CharField(_("单证种类"), max_length=16, choices=PaperKind)
    number = models.CharField(_("单证编号"), max_length=40, blank=True, help_text=_("证明编号、发票号码；身份证和银行卡不填"))
    holder = PersonalField(_("单证上的姓名"), max_length=100, blank=True, help_text=_("车主、购买方、户名"))
    identity = PersonalField(_("单证上的证件号码"), max_length=40, blank=True)
    vin = VinField(_("单证上的车辆识别代号"), blank=True, help_text=_("旧车的单证写旧车的，新车的单证写新车的"))
    dated_on = models.DateField(_("单证日期"), null=True, blank=True, help_text=_(
        "据以判断的日子：交车、注销、开票、注册日期；旧车登记证书上写登记到申请人名下的日期"))
    issued_on = models.DateField(_("证明开具日期"), null=True, blank=True)
    plate = models.CharField(_("单证上的号牌"), max_length=16, blank=True)
    power = models.CharField(_("新车动力"), max_length=4, choices=NewPower, blank=True)
    displacement = ExactField(_("新车排量（升）"), scale=3, null=True, blank=True, help_text=_("新能源车空着"))
    in_catalogue = models.BooleanField(_("在减免购置税目录里"), null=True, blank=True, help_text=_("新能源车填；没有查过的空着"))
    price = ExactField(_("发票价税合计（万元）"), scale=6, null=True, blank=True)
    province = models.CharField(_("单证所在省份"), max_length=20, blank=True)
    city = models.CharField(_("开票地市"), max_length=20, blank=True)
    scan_evidence = models.CharField(_("单证扫描件"), max_length=200, blank=True, help_text=_(
        "写明页数、是否清晰完整；扫描件附在这条记录上，证明事项选「单证扫描件」"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("申请单证")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("vehicle", "kind"), condition=Q(archived_at=None), name="subsidypaper_kind",
            violation_error_message=_("这辆车的这种单证已经登记过；重新开具的，请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse what does not stand on such a paper, days that have not come, amounts of nothing, and another owner's vehicle."""
        super().clean()
        if self.archived_at is not None:
            return
        foreign = [str(field_of(SubsidyPaper, name).verbose_name) for name in ON_PAPERS
                   if getattr(self, name) not in (None, "") and name not in PRINTED[PaperKind(self.kind)]]
        if foreign:
            raise ValidationError(_t("{kind}上没有：{names}，请不要填在这里。").format(
                kind=self.get_kind_display(), names="、".join(foreign)))
        refuse_ahead(self, "dated_on", "issued_on")
        for name in ("price", "displacement"):
            if (value := getattr(self, name)) is not None and value <= 0:
                raise ValidationError(_t("「{label}」要大于 0。").format(label=field_of(SubsidyPaper, name).verbose_name))
        refuse_foreign(self, "vehicle")

    def warnings(self) -> list[str]:
        """Return the sentence about an identification number that cannot be right."""
        problem = "" if self.vehicle.synthetic else vin_problem(self.vin)
        return [problem] if problem else []


class Office(models.TextChoices):
    """Who handles an application."""

    COMMERCE = "commerce", _("商务部门")
    POLICE = "police", _("公安机关")
    FINANCE = "finance", _("财政部门")
    OTHER = "other", _("其他部门")


class StepState(models.TextChoices):
    """What happened to an application. That it was paid is no step: that is told by its payments."""

    ACCEPTED = "accepted", _("受理")
    RETURNED = "returned", _("退回补正")
    RESUBMITTED = "resubmitted", _("补正后再提交")
    PASSED = "passed", _("审核通过")
    REFUSED = "refused", _("不予通过")


ACCEPTED, RETURNED, RESUBMITTED, PASSED, REFUSED = StepState
FOLLOWS = {  # what may come after what; "" is the submission
    "": {ACCEPTED, RETURNED, REFUSED}, ACCEPTED: {PASSED, RETURNED, REFUSED}, RETURNED: {RESUBMITTED, REFUSED},
    RESUBMITTED: {ACCEPTED, PASSED, RETURNED, REFUSED}, PASSED: {PASSED, RETURNED, REFUSED}, REFUSED: set(),
}  # fmt: skip


class SubsidyStep(Record):
    """办理进度：一份补贴申请提交以后，一个部门在一天对它办的一步；照申领平台或短信的通知登记。

    Several departments may pass it, each in a step of its own.
    """

    register = "subsidy_steps"
    columns = ("code", "application", "office", "state", "taken_on", "reason")
    code_prefix = "BJ"
    keys = (("application", "taken_on", "state", "office"), ("code",))
    headings = {
        "application": ("申请", "申请号"), "office": ("部门",), "state": ("状态", "办理状态"), "taken_on": ("日期", "通知日期"),
        "reason": ("退回原因", "审核意见"),
    }  # fmt: skip

    application = models.ForeignKey(SubsidyApplication, models.PROTECT, verbose_name=_("补贴申请"), related_name="+")
    office = models.CharField(_("办理部门"), max_length=10, choices=Office, default=Office.COMMERCE)
    state = models.CharField(_("办理情况"), max_length=12, choices=StepState)
    taken_on = models.DateField(_("办理日期"))
    reason = models.CharField(_("退回或不予通过的原因"), max_length=400, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("办理进度")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("application", "taken_on", "state", "office"), condition=Q(archived_at=None), name="subsidystep_once",
            violation_error_message=_("这一步已经登记过。"))]

    def __str__(self) -> str:
        return f"{self.code} {self.get_state_display()}"

    def clean(self) -> None:
        """Refuse a day that has not come, a return without a reason, and another owner's application."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "taken_on")
        if self.state in (RETURNED, REFUSED) and not self.reason.strip():
            raise ValidationError(_t("「{state}」请写明原因。").format(state=self.get_state_display()))
        refuse_foreign(self, "application")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse what comes before the submission, or after something that it cannot follow."""
        problems: list[str] = []
        before: dict[int, SubsidyStep] = {}
        rows = cls.objects.current().filter(application__in={each.application_id for each in written}).select_related("application")
        for step in rows.order_by("application_id", "taken_on", "id"):
            last = before.get(step.application_id)
            before[step.application_id] = step
            if step.taken_on < step.application.submitted_on:
                problems.append(_t("{application}：「{state}」{day} 早于申请提交日期 {submitted}，请核对。").format(
                    application=step.application, state=step.get_state_display(), day=step.taken_on,
                    submitted=step.application.submitted_on))
            if step.state not in FOLLOWS[last.state if last else ""]:
                problems.append(_t("{application}：「{state}」（{day}）不能接在「{last}」后面，请核对办理情况和日期。").format(
                    application=step.application, state=step.get_state_display(), day=step.taken_on,
                    last=last.get_state_display() if last else _t("提交申请")))
        if problems:
            raise ValidationError(problems)
