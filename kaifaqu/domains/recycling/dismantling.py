"""Dismantling: lots of vehicles, what each vehicle weighed, and what came out of the lot as a whole."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.recycling.parts import PartCategory
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.vehicles.models import Vehicle


class DismantlingLot(Record):
    """拆解批次：一起拆解、产物合并称重的若干辆车；物料平衡按批次和月份核对。

    One record is one lot. What is weighed for a single vehicle stands on its own row, all else on the outputs of the lot.
    """

    register = "dismantling_lots"
    columns = ("code", "closed_on", "explanation")
    code_prefix = "PC"
    headings = {"code": ("批次号",), "closed_on": ("批次日期", "结批日期"), "explanation": ("差额说明",)}

    closed_on = models.DateField(_("结批日期"))
    explanation = models.CharField(_("差额说明"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("拆解批次")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a day that has not come."""
        super().clean()
        if self.archived_at is None:
            refuse_ahead(self, "closed_on")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a lot goes away while vehicles or outputs stand on it."""
        refuse_leaving(written)


class Route(models.TextChoices):
    """How a vehicle is taken apart."""

    QUICK = "quick", _("机器快速拆解")
    FINE = "fine", _("人工精细化拆解")


class DismantlingJob(Record):
    """拆解作业：一辆车在一个批次里的拆解，和为它单独称得的质量。

    One record is one vehicle. Its masses are measured, never allocated: what was not weighed for this vehicle is empty.
    """

    register = "dismantling_jobs"
    columns = ("code", "vehicle", "lot", "route", "depolluted_on", "minutes", "input_mass", "shell_mass", "assembly_mass")
    code_prefix = "CZ"
    keys = (("vehicle",), ("code",))
    totals = ("minutes", "input_mass", "shell_mass", "assembly_mass")
    headings = {
        "vehicle": ("车架号", "车辆"), "lot": ("批次号",), "route": ("拆解方式",), "depolluted_on": ("预处理日期",), "minutes": ("工时",),
        "input_mass": ("入料重量",), "shell_mass": ("车壳重量",), "assembly_mass": ("总成重量",),
    }
    MASSES = ("input_mass", "shell_mass", "assembly_mass")

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, verbose_name=_("报废机动车"), related_name="+")
    lot = models.ForeignKey(DismantlingLot, models.PROTECT, verbose_name=_("拆解批次"), related_name="+")
    route = models.CharField(_("拆解路线"), max_length=8, choices=Route)
    depolluted_on = models.DateField(_("预处理完成日期"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("用时（分钟）"), null=True, blank=True)
    input_mass = ExactField(_("投入质量（千克）"), scale=1)
    shell_mass = ExactField(_("车壳质量（千克）"), scale=1, null=True, blank=True)
    assembly_mass = ExactField(_("总成质量（千克）"), scale=1, null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("拆解作业")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("vehicle",), condition=Q(archived_at=None), name="dismantlingjob_once",
            violation_error_message=_("这辆车的拆解作业已经登记。"))]

    def clean(self) -> None:
        """Refuse masses below zero, a day that has not come, and another owner's vehicle or lot."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "vehicle", "lot")
        refuse_ahead(self, "depolluted_on")
        if below := [name for name in self.MASSES if (getattr(self, name) or 0) < 0]:
            raise ValidationError([
                _t("「{label}」是负数，请核对。").format(label=field_of(DismantlingJob, name).verbose_name) for name in below])

    def warnings(self) -> list[str]:
        """Say that the vehicle does not bear the day on which its lot was closed."""
        if self.vehicle.dismantled_on == self.lot.closed_on:
            return []
        return [_t("车辆的拆解日期 {day} 与批次的结批日期 {closed} 不一致，请核对。").format(
            day=self.vehicle.dismantled_on or "—", closed=self.lot.closed_on)]


class LotOutput(Record):
    """批次产物：一个批次合并称得的一个品类的质量。

    One record is one category of one lot, weighed together; to single vehicles it can only be allocated.
    """

    register = "lot_outputs"
    columns = ("code", "lot", "category", "mass")
    code_prefix = "CW"
    keys = (("lot", "category"), ("code",))
    totals = ("mass",)
    headings = {"lot": ("批次号",), "category": ("品类", "物料"), "mass": ("重量",)}

    lot = models.ForeignKey(DismantlingLot, models.PROTECT, verbose_name=_("拆解批次"), related_name="+")
    category = models.ForeignKey(PartCategory, models.PROTECT, verbose_name=_("零部件品类"), related_name="+")
    mass = ExactField(_("合并称重（千克）"), scale=1)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("批次产物")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("lot", "category"), condition=Q(archived_at=None), name="lotoutput_once",
            violation_error_message=_("这个批次的这个品类已经登记，请更正原来的那一条。"))]

    def clean(self) -> None:
        """Refuse a mass below zero, and another owner's lot or category."""
        super().clean()
        if self.mass < 0:
            raise ValidationError(_t("「合并称重（千克）」是负数，请核对。"))
        if self.archived_at is None:
            refuse_foreign(self, "lot", "category")
