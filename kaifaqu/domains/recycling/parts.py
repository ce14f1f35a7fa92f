"""What vehicles are taken apart into: categories, itemised parts, assemblies for remanufacture, traction batteries."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.qualifications.models import Kind, Qualification
from kaifaqu.registers.vehicles.models import Vehicle


class PartKind(models.TextChoices):
    """How a category is dealt with by law: 五大总成 are sold to remanufacturers only, or scrapped."""

    ASSEMBLY = "assembly", _("五大总成")
    PART = "part", _("零部件")
    MATERIAL = "material", _("材料")
    SEPARATE = "separate", _("须单独管理")


class PartCategory(Dated):
    """零部件品类：拆下的东西按什么分类，自某日起用这个分类。

    One record is one category; its number is a query over these rows. `named` marks those that the company names in public.
    """

    register = "part_categories"
    columns = ("code", "name", "kind", "named", "since", "until")
    code_prefix = "PL"
    keys = (("name",), ("code",))
    headings = {"name": ("品类", "零部件", "名称"), "kind": ("类别",), "named": ("对外公布",)}

    name = models.CharField(_("品类名称"), max_length=60)
    kind = models.CharField(_("品类类别"), max_length=10, choices=PartKind)
    named = models.BooleanField(_("对外点名"), default=False, help_text=_("企业对外介绍时点名的主要品类"))

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("零部件品类")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "name"), condition=Q(archived_at=None), name="partcategory_name",
            violation_error_message=_("这个品类已经登记；重新启用的请更正原来的那一条。"))]

    def __str__(self) -> str:
        return self.name or self.code

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a category goes away while parts or masses stand on it."""
        refuse_leaving(written)


class PartUse(models.TextChoices):
    """What a part that was itemised is for."""

    REUSE = "reuse", _("报废机动车回用件")
    REMANUFACTURE = "remanufacture", _("交再制造")
    SCRAP = "scrap", _("作材料")


class VehiclePart(Record):
    """拆解零部件：从一辆车上拆下、单独登记的一件；编号就是标签，连到车架号。

    One record is one piece with its label. Itemised is what is resold or what the law demands; all else goes by the lot.
    """

    register = "vehicle_parts"
    columns = ("code", "vehicle", "category", "removed_on", "use", "marked", "mass", "location")
    code_prefix = "LB"
    keys = (("code",),)
    totals = ("mass",)
    headings = {
        "code": ("标签号", "零件编号"), "vehicle": ("车架号", "车辆"), "category": ("品类", "零部件名称"), "removed_on": ("拆下日期",),
        "use": ("去向",), "mass": ("重量",), "location": ("库位",),
    }

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("报废机动车"), related_name="+")
    category = models.ForeignKey(PartCategory, models.PROTECT, verbose_name=_("零部件品类"), related_name="+")
    removed_on = models.DateField(_("拆下日期"))
    use = models.CharField(_("用途"), max_length=14, choices=PartUse)
    marked = models.BooleanField(_("已标“报废机动车回用件”"), default=False)
    mass = ExactField(_("质量（千克）"), scale=2, null=True, blank=True)
    location = models.CharField(_("库位"), max_length=40, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("拆解零部件")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse an assembly as a reuse part, a day that cannot be, another owner's, and a change of what was handed over."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "vehicle", "category")
        refuse_ahead(self, "removed_on")
        if self.vehicle.received_on is None or self.removed_on < self.vehicle.received_on:
            raise ValidationError(_t("{vehicle} 到 {day} 还没有进场，请核对「拆下日期」。").format(
                vehicle=self.vehicle, day=self.removed_on))
        if self.use == PartUse.REUSE and self.category.kind == PartKind.ASSEMBLY:
            raise ValidationError(_t("「{category}」属于五大总成，不能作回用件出售：可再制造的交再制造企业，其余作材料。").format(
                category=self.category))
        self._refuse_changed()

    def _refuse_changed(self) -> None:
        """Refuse another vehicle, use or day of a part that was handed over: its hand-over stands on them."""
        handed = RemanufactureTransfer.objects.current().filter(part_id=self.pk).first() if self.pk else None
        if handed is not None:
            before = VehiclePart.objects.get(pk=self.pk)
            changed = [name for name in ("vehicle_id", "use", "removed_on") if getattr(before, name) != getattr(self, name)]
            if changed:
                raise ValidationError(_t("{part} 已经移交（{handed}），「{label}」不再改；移交登记错了的，请先归档那一条移交。").format(
                    part=self, handed=handed, label=field_of(VehiclePart, changed[0]).verbose_name))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a part goes away while its hand-over stands on it."""
        refuse_leaving(written)


class RemanufactureTransfer(Record):
    """再制造移交：一件可再制造的总成或零部件交给当天持有有效资质的再制造企业。

    One record is one piece that was handed over; the remanufacturer's licence of that day is a record of its own.
    """

    register = "remanufacture_transfers"
    columns = ("code", "part", "receiver", "handed_over_on", "document")
    code_prefix = "ZY"
    keys = (("part",), ("code",))
    headings = {
        "part": ("标签号", "零件编号"), "receiver": ("再制造企业", "接收单位"), "handed_over_on": ("移交日期",),
        "document": ("移交单",),
    }

    part = models.ForeignKey(VehiclePart, models.PROTECT, verbose_name=_("拆解零部件"), related_name="+")
    receiver = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("接收的再制造企业"), related_name="+")
    handed_over_on = models.DateField(_("移交日期"))
    document = models.CharField(_("移交单号"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("再制造移交")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("part",), condition=Q(archived_at=None), name="remanufacture_once",
            violation_error_message=_("这一件已经登记过移交。"))]

    def clean(self) -> None:
        """Refuse a receiver without a licence valid on that day, a part that is not for remanufacture, and days that cannot be."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "part", "receiver")
        refuse_ahead(self, "handed_over_on")
        if self.part.use != PartUse.REMANUFACTURE:
            raise ValidationError(_t("{part} 的用途不是「交再制造」，请先更正零部件的用途。").format(part=self.part))
        if self.handed_over_on < self.part.removed_on:
            raise ValidationError(_t("「移交日期」{day} 早于这一件的拆下日期 {removed}。").format(
                day=self.handed_over_on, removed=self.part.removed_on))
        licences = Qualification.objects.current().filter(
            Qualification.on(self.handed_over_on), holder_id=self.receiver_id, kind=Kind.REMANUFACTURING)
        if not licences.exists():
            raise ValidationError(_t("{receiver} 在 {day} 没有有效的再制造企业资质，不能移交；资质有变化的，请先登记资质证照。").format(
                receiver=self.receiver, day=self.handed_over_on))


class TractionBattery(Record):
    """动力蓄电池：从一辆新能源车上拆下的一个电池包，和它的去向；回执号是国家溯源平台给出的。

    One record is one pack by its code; without a code it is one whose code could not be read.
    """

    register = "traction_batteries"
    columns = ("code", "vehicle", "pack_code", "removed_on", "mass", "destination", "handed_over_on", "receipt")
    code_prefix = "DC"
    keys = (("pack_code",), ("code",))
    totals = ("mass",)
    headings = {
        "vehicle": ("车架号", "车辆"), "pack_code": ("电池编码", "电池包编码"), "mass": ("重量",), "destination": ("去向企业", "接收单位"),
        "receipt": ("溯源平台回执",),
    }

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("报废机动车"), related_name="+")
    pack_code = models.CharField(_("电池包编码"), max_length=40, blank=True)
    removed_on = models.DateField(_("电池拆下日期"))
    mass = ExactField(_("电池质量（千克）"), scale=2, null=True, blank=True)
    destination = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("电池去向"), related_name="+")
    handed_over_on = models.DateField(_("电池移交日期"), null=True, blank=True)
    receipt = models.CharField(_("回执号"), max_length=60, blank=True, help_text=_("照国家溯源平台给出的填写"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("动力蓄电池")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("owner", "pack_code"), condition=Q(archived_at=None) & ~Q(pack_code=""), name="battery_pack",
            violation_error_message=_("这个电池包编码已经登记过，请核对。"))]

    def clean(self) -> None:
        """Refuse a destination without its day, a receipt without a destination, and days that cannot be."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "vehicle", "destination")
        refuse_ahead(self, "removed_on", "handed_over_on")
        refuse_before(self, "handed_over_on", "removed_on")
        if (self.destination_id is None) != (self.handed_over_on is None):
            raise ValidationError(_t("「电池去向」和「电池移交日期」要么都填，要么都不填。"))
        if self.receipt and self.destination_id is None:
            raise ValidationError(_t("有「回执号」的电池请填写去向和移交日期。"))
