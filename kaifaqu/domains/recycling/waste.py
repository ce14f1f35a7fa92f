"""Hazardous waste: lots by the code of the national list, and where they went; what came in is what went out and what is stored."""

from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.recycling import rules
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.units import text
from kaifaqu.registers.days import refuse_ahead
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise


class WasteLot(Record):
    """危险废物批次：一次入库、同一废物代码的一批危险废物。

    One record is one container or heap as it came into the store, with its mass; it leaves in one or several transfers.
    """

    register = "waste_lots"
    columns = ("code", "waste_code", "stored_on", "mass", "place", "origin")
    code_prefix = "WF"
    totals = ("mass",)
    headings = {
        "waste_code": ("废物代码", "代码"), "stored_on": ("产生日期", "入库时间"), "mass": ("入库量", "重量"), "place": ("贮存位置",),
    }

    waste_code = models.CharField(_("危险废物代码"), max_length=12, help_text=_("如 900-052-31"))
    stored_on = models.DateField(_("入库日期"))
    mass = ExactField(_("入库质量（千克）"), scale=2)
    place = models.CharField(_("存放位置"), max_length=60, blank=True)
    origin = models.CharField(_("产生环节"), max_length=100, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("危险废物批次")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.waste_code}"

    def clean(self) -> None:
        """Refuse a code that the list of that day does not have, a mass of nothing, and a day that has not come."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_ahead(self, "stored_on")
        if self.mass <= 0:
            raise ValidationError(_t("「入库质量（千克）」要大于 0。"))
        if self.waste_code not in (known := rules.waste_codes(self.owner_id, self.stored_on)):
            raise ValidationError(_t("「危险废物代码」{code} 不在 {day} 的代码表里。可用：{known}。名录更新的，请在规则里登记。").format(
                code=self.waste_code, day=self.stored_on, known="、".join(known)))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that a lot goes away under its transfers, or becomes smaller than they are."""
        refuse_leaving(written)
        _refuse_more(each.pk for each in written)


class WasteTransfer(Record):
    """危险废物转移：一批危险废物的全部或一部分交给处置单位；联单编号是国家系统给出的。

    One record is one hand-over of one lot; one manifest over several lots is several records with its number.
    """

    register = "waste_transfers"
    columns = ("code", "lot", "handed_over_on", "mass", "receiver", "manifest")
    code_prefix = "WZ"
    totals = ("mass",)
    headings = {
        "lot": ("批次号",), "handed_over_on": ("转移时间",), "mass": ("转移量",), "receiver": ("处置单位",), "manifest": ("联单号",),
    }

    lot = models.ForeignKey(WasteLot, models.PROTECT, verbose_name=_("危险废物批次"), related_name="+")
    handed_over_on = models.DateField(_("转移日期"))
    mass = ExactField(_("转移质量（千克）"), scale=2)
    receiver = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("接收的处置单位"), related_name="+")
    manifest = models.CharField(_("转移联单编号"), max_length=40, blank=True, help_text=_("照全国固体废物管理信息系统给出的填写"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("危险废物转移")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a mass of nothing, a day that cannot be, and another owner's lot or receiver."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "lot", "receiver")
        refuse_ahead(self, "handed_over_on")
        if self.mass <= 0:
            raise ValidationError(_t("「转移质量（千克）」要大于 0。"))
        if self.handed_over_on < self.lot.stored_on:
            raise ValidationError(_t("「转移日期」{day} 早于入库日期 {stored}，请核对。").format(
                day=self.handed_over_on, stored=self.lot.stored_on))

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse that more goes out of a lot than came in."""
        _refuse_more(each.lot_id for each in written)


def _refuse_more(lots: Any) -> None:
    transfers = WasteTransfer.objects.current().filter(lot_id__in={*lots}).select_related("lot").order_by("lot_id")
    problems = []
    for lot, own in groupby(transfers, key=lambda each: each.lot):
        if (out := sum(each.mass for each in own)) > lot.mass:
            problems.append(_t("{lot}：转出合计 {out} 千克，多于入库的 {mass} 千克，请核对。").format(
                lot=lot, out=text(out), mass=text(lot.mass)))
    if problems:
        raise ValidationError(problems)
