"""End-of-life vehicles: one file a vehicle, and the recycling certificates whose numbers the national system gives."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField, PersonalField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.vehicles.vin import VinField, vin_problem


class Category(models.TextChoices):
    """What kind of vehicle it is, as far as rules of dismantling and subsidies ask: a passenger car is 小型、微型载客汽车."""

    PASSENGER_CAR = "passenger_car", _("小型、微型载客汽车")
    COACH = "coach", _("大型、中型载客汽车")
    TRUCK = "truck", _("载货汽车")
    SCHOOL_BUS = "school_bus", _("校车")
    OTHER = "other", _("其他机动车")


class Power(models.TextChoices):
    """燃料种类: what drives the vehicle, by the codes of the form of the recycling certificate."""

    PETROL = "1", _("汽油")
    DIESEL = "2", _("柴油")
    LPG = "3", _("液化石油气")
    CNG = "4", _("天然气")
    METHANOL = "5", _("甲醇")
    ETHANOL = "6", _("乙醇")
    SOLAR = "7", _("太阳能")
    HYBRID = "8", _("混合动力")
    ELECTRIC = "9", _("纯电动")
    HYDROGEN = "A", _("氢")
    BIOFUEL = "B", _("生物燃料")
    DIMETHYL_ETHER = "C", _("二甲醚")
    OTHER = "D", _("其他")


class OwnerKind(models.TextChoices):
    """Whose vehicle it was: only individuals may apply for a subsidy."""

    INDIVIDUAL = "individual", _("个人")
    ORGANISATION = "organisation", _("单位")


class Channel(models.TextChoices):
    """回收渠道: by which way a vehicle came, two of them online, two offline."""

    TENDER = "tender", _("招投标")
    PLATFORM = "platform", _("网络平台")
    OWN = "own", _("自主回收")
    PARTNER = "partner", _("合作回收")


ONLINE, OFFLINE = (Channel.TENDER, Channel.PLATFORM), (Channel.OWN, Channel.PARTNER)


class Vehicle(Record):
    """报废机动车：交来报废的一辆车，从约定收车到拆解归档只有一条记录。

    One record is one vehicle by its identification number; entered twice it is stopped. Without a day of intake it is
    agreed upon and has not come yet. `synthetic` marks an invented vehicle, whose number fails its check digit on purpose.
    It is told by its code: plate and identification number lead to a person, though they are not kept as personal facts yet.
    """

    register = "vehicles"
    columns = (
        "code", "vin", "plate", "category", "power", "model", "engine_number", "first_registered_on", "province", "city", "owner_kind",
        "holder", "phone", "channel", "partner", "received_on", "kerb_mass", "handed_over_on", "dismantled_on", "deregistered_on",
        "synthetic")
    listed = ("code", "vin", "plate", "category", "power", "channel", "received_on", "dismantled_on", "deregistered_on")
    code_prefix = "V"
    keys = (("vin",), ("code",))
    totals = ("kerb_mass",)
    headings = {
        "vin": ("VIN", "车架号", "识别代号"), "plate": ("车牌号", "号牌", "车牌"), "category": ("车辆类型", "车型类别"),
        "power": ("燃料种类", "动力类型", "能源种类"), "model": ("品牌型号", "厂牌型号"), "engine_number": ("发动机号",),
        "first_registered_on": ("初次登记日期", "注册登记日期", "注册日期"), "holder": ("车主", "所有人"), "phone": ("电话", "联系方式"),
        "received_on": ("入库日期", "接车日期", "进场时间"), "kerb_mass": ("整备质量", "重量"), "handed_over_on": ("交车时间",),
        "dismantled_on": ("拆解完成日期",), "deregistered_on": ("注销时间",),
    }

    vin = VinField(_("车辆识别代号"))
    plate = models.CharField(_("号牌号码"), max_length=16, blank=True)
    category = models.CharField(_("车辆类别"), max_length=16, choices=Category)
    power = models.CharField(_("动力种类"), max_length=1, choices=Power)
    model = models.CharField(_("厂牌型号"), max_length=100, blank=True)
    engine_number = models.CharField(_("发动机号码"), max_length=40, blank=True)
    first_registered_on = models.DateField(_("初次登记日期"), null=True, blank=True)
    province = models.CharField(_("登记地省份"), max_length=20, blank=True)
    city = models.CharField(_("登记地市"), max_length=20, blank=True)
    owner_kind = models.CharField(_("车主类别"), max_length=12, choices=OwnerKind)
    holder = PersonalField(_("机动车所有人"), max_length=100, blank=True)
    phone = PersonalField(_("联系电话"), max_length=40, blank=True)
    channel = models.CharField(_("回收渠道"), max_length=10, choices=Channel)
    partner = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("合作单位"), related_name="+")
    received_on = models.DateField(_("进场日期"), null=True, blank=True)
    kerb_mass = ExactField(_("整备质量（千克）"), scale=1, null=True, blank=True)
    handed_over_on = models.DateField(_("交车日期"), null=True, blank=True)
    dismantled_on = models.DateField(_("拆解日期"), null=True, blank=True)
    deregistered_on = models.DateField(_("注销日期"), null=True, blank=True)
    synthetic = models.BooleanField(_("虚构"), default=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("报废机动车")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "vin"), condition=Q(archived_at=None), name="vehicle_vin",
            violation_error_message=_("这个车辆识别代号已经登记过一辆车，请打开那一条核对，不要重复登记。"))]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Refuse days that have not come or that contradict each other, a partner where none is meant, and another owner's."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "first_registered_on", "received_on", "handed_over_on", "dismantled_on", "deregistered_on")
        refuse_before(self, "received_on", "first_registered_on")
        refuse_before(self, "dismantled_on", "received_on", "handed_over_on")
        refuse_before(self, "deregistered_on", "handed_over_on")
        if self.dismantled_on is not None and self.received_on is None:
            raise ValidationError(_t("没有「进场日期」的车不能有「拆解日期」，请先登记进场。"))
        if (self.channel == Channel.PARTNER) != (self.partner_id is not None):
            raise ValidationError(_t("「合作回收」的车请填写合作单位；其他渠道的车不填合作单位。"))
        if self.kerb_mass is not None and self.kerb_mass <= 0:
            raise ValidationError(_t("「整备质量（千克）」要大于 0。"))
        refuse_foreign(self, "partner")

    def warnings(self) -> list[str]:
        """Return the sentence about an identification number that cannot be right; nothing of it prevents saving."""
        problem = "" if self.synthetic else vin_problem(self.vin)
        return [problem] if problem else []

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a vehicle goes away while a certificate or anything else stands on it."""
        refuse_leaving(written)


class RecyclingCertificate(Record):
    """报废机动车回收证明：全国系统为一辆车给出的一个编号；本系统只记录，不编号。

    One record is one number. A vehicle has one valid certificate at most; a voided one keeps its number and reason, and the
    next is a record of its own.
    """

    register = "recycling_certificates"
    columns = ("code", "vehicle", "number", "issued_on", "handed_over_on", "voided_on", "void_reason")
    listed = ("code", "number", "vehicle", "issued_on", "handed_over_on", "voided_on")
    code_prefix = "HS"
    keys = (("number",), ("code",))
    headings = {
        "vehicle": ("车辆", "车辆识别代号"), "number": ("回收证明编号", "证明号", "编号"), "issued_on": ("开具日期", "出证日期"),
        "handed_over_on": ("交车时间",), "voided_on": ("作废时间",), "void_reason": ("作废理由",),
    }

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("报废机动车"), related_name="+")
    number = models.CharField(_("证明编号"), max_length=40, help_text=_("照全国汽车流通信息管理应用服务给出的编号填写"))
    issued_on = models.DateField(_("开具日期"))
    handed_over_on = models.DateField(_("证明上的交车日期"), help_text=_("补贴以这一天为报废日期"))
    voided_on = models.DateField(_("作废日期"), null=True, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("报废机动车回收证明")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("owner", "number"), condition=Q(archived_at=None), name="certificate_number",
                violation_error_message=_("这个证明编号已经登记过，请核对全国系统给出的编号。")),
            models.UniqueConstraint(
                fields=("vehicle",), condition=Q(archived_at=None, voided_on=None), name="certificate_valid_once",
                violation_error_message=_("这辆车已有一张有效的回收证明；重新开具的，请先登记原证明的作废日期和原因。")),
        ]

    def __str__(self) -> str:
        return self.number or self.code

    @staticmethod
    def valid(day: date) -> Q:
        """Return the condition: it was issued by that day and not voided by then."""
        return Q(issued_on__lte=day) & (Q(voided_on=None) | Q(voided_on__gt=day))

    def clean(self) -> None:
        """Refuse days that cannot be, a void without a reason, a change of what was voided, and another owner's vehicle."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "issued_on", "handed_over_on", "voided_on")
        refuse_before(self, "issued_on", "handed_over_on")
        refuse_before(self, "voided_on", "issued_on")
        if (self.voided_on is None) != (not self.void_reason):
            raise ValidationError(_t("「作废日期」和「作废原因」要么都填，要么都不填。"))
        refuse_foreign(self, "vehicle")
        before = RecyclingCertificate.objects.current().filter(pk=self.pk).exclude(voided_on=None).first() if self.pk else None
        if before is not None and (before.number, before.voided_on) != (self.number, self.voided_on):
            raise ValidationError(_t("证明 {number} 已于 {day} 作废，编号和作废日期不再改；重新开具的请另登记一条。").format(
                number=before.number, day=before.voided_on))

    def warnings(self) -> list[str]:
        """Say that certificate and vehicle name different days of handing over."""
        noted = self.vehicle.handed_over_on
        if noted is None or noted == self.handed_over_on:
            return []
        return [_t("证明上的交车日期 {printed} 与车辆的交车日期 {noted} 不一致，请核对。").format(printed=self.handed_over_on, noted=noted)]
