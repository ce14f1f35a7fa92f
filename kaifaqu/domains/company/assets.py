"""State assets: what there is, how it is used, what it is worth, and what was done about it."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.amounts import refuse_negative, refuse_nothing
from kaifaqu.registers.days import refuse_ahead, refuse_before
from kaifaqu.registers.leaving import refuse_leaving
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Unit
from kaifaqu.registers.spans import refuse_overlaps


class AssetKind(models.TextChoices):
    """What an asset is."""

    LAND = "land", _("土地")
    WORKSHOP = "workshop", _("厂房")
    APARTMENT = "apartment", _("公寓")
    EQUIPMENT = "equipment", _("设备")
    OTHER = "other", _("其他")


class UseState(models.TextChoices):
    """How an asset is used. What could be used or let and is not, is idle; what cannot be used is not."""

    OWN = "own", _("自用")
    LET = "let", _("出租")
    LENT = "lent", _("出借")
    IDLE = "idle", _("闲置")
    BUILDING = "building", _("改造中")
    UNFIT = "unfit", _("不能使用")


class Basis(models.TextChoices):
    """On which basis a value is told; the two are never added up."""

    BOOK = "book", _("账面价值")
    APPRAISED = "appraised", _("评估价值")


class Means(models.TextChoices):
    """By which means assets are put to use (the three that the newspaper page of the demo names, M5-04)."""

    RESTRUCTURING = "restructuring", _("整合重组")
    ALLOCATION = "allocation", _("优化配置")
    EXPANSION = "expansion", _("拓展经营业务")


class Asset(Record):
    """国有资产：一项单独登记、单独使用的资产，从取得到处置。

    One record is one asset with a certificate or card of its own; split or merged, it is disposed of and others begin.
    """

    register = "assets"
    columns = ("code", "name", "kind", "holder", "park", "unit", "area", "cost", "certificate", "acquired_on", "disposed_on", "disposal")
    listed = ("code", "name", "kind", "holder", "area", "cost", "acquired_on")
    code_prefix = "ZC"
    totals = ("area", "cost")
    keys = (("code",), ("certificate",))
    headings = {
        "name": ("资产", "资产名称"), "kind": ("资产类型", "类别"), "holder": ("产权单位", "产权人"), "cost": ("原值", "账面原值"),
        "certificate": ("权属证", "产权证号", "不动产权证号"), "acquired_on": ("购置日期", "入账日期"), "area": ("面积",),
    }

    name = models.CharField(_("资产名称"), max_length=200)
    kind = models.CharField(_("资产类别"), max_length=12, choices=AssetKind)
    holder = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("权属单位"), related_name="+")
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("单元"), related_name="+")
    area = ExactField(_("资产面积（平方米）"), scale=2, null=True, blank=True)
    cost = ExactField(_("取得成本（万元）"), scale=6, null=True, blank=True)
    certificate = models.CharField(_("权属证号"), max_length=100, blank=True)
    acquired_on = models.DateField(_("取得日期"))
    disposed_on = models.DateField(_("处置日期"), null=True, blank=True)
    disposal = models.CharField(_("处置文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("国有资产")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @staticmethod
    def held(day: date) -> Q:
        """Return the condition: acquired by that day, and not disposed of."""
        return Q(acquired_on__lte=day) & (Q(disposed_on=None) | Q(disposed_on__gt=day))

    def clean(self) -> None:
        """Refuse another owner's company or place, days to come or in a wrong order, and amounts of nothing."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "holder", "park", "unit")
            refuse_ahead(self, "acquired_on", "disposed_on")
            refuse_before(self, "disposed_on", "acquired_on")
            refuse_nothing(self, "area")
            refuse_negative(self, "cost")

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse to archive an asset that other records stand on."""
        refuse_leaving(written)


class OfAsset(Record):
    """What is said of one asset."""

    asset = models.ForeignKey(Asset, models.PROTECT, verbose_name=_("国有资产"), related_name="+")

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.asset.name}" if self.asset_id else self.code

    def clean(self) -> None:
        """Refuse another owner's asset."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "asset")


class AssetUse(OfAsset, Dated):
    """使用状态：一项资产自某日起怎样使用。

    One record is one state of one asset while it lasts; an asset is in one state at a time.
    """

    register = "asset_uses"
    columns = ("code", "asset", "state", "since", "until", "remark")
    code_prefix = "ZT"
    keys = (("asset", "since"), ("code",))
    headings = {"state": ("使用情况", "现状", "状态"), "remark": ("备注", "说明")}

    state = models.CharField(_("使用状态"), max_length=12, choices=UseState)
    remark = models.CharField(_("使用说明"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = _("使用状态")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.asset.name} {self.get_state_display()}" if self.asset_id else self.code

    @classmethod
    def refuse_together(cls, written: list[Any]) -> None:
        """Refuse two states of one asset on one day."""
        refuse_overlaps(written, "asset")


class AssetValuation(OfAsset):
    """资产价值：一项资产在一个日期的账面价值，或者评估价值。

    One record is one value on one basis at one date; book and appraised values are kept apart and never added up.
    """

    register = "asset_valuations"
    columns = ("code", "asset", "basis", "valued_on", "amount", "document")
    code_prefix = "JZ"
    totals = ("amount",)
    keys = (("asset", "basis", "valued_on"), ("code",))
    headings = {"amount": ("价值", "净值", "评估值"), "valued_on": ("基准日", "评估基准日"), "document": ("评估报告", "报告文号")}

    basis = models.CharField(_("价值口径"), max_length=12, choices=Basis)
    valued_on = models.DateField(_("价值日期"))
    amount = ExactField(_("资产价值（万元）"), scale=6)
    document = models.CharField(_("价值依据"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("资产价值")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("asset", "basis", "valued_on"), condition=Q(archived_at=None), name="assetvaluation_once",
            violation_error_message=_("这项资产这一天的这种价值已经登记；有变化请更正原来的一条。"))]

    def clean(self) -> None:
        """Refuse a value below zero, and one of a day to come."""
        super().clean()
        if self.archived_at is None:
            refuse_ahead(self, "valued_on")
            refuse_negative(self, "amount")


class AssetAction(OfAsset):
    """资产盘活：为盘活一项资产采取的一次措施，从计划到完成和检查。

    One record is one measure by one means; what it brought is seen in the income rows of the asset before and after.
    """

    register = "asset_actions"
    columns = ("code", "asset", "means", "plan", "planned_on", "done_on", "result", "checked_on", "document")
    code_prefix = "PH"
    keys = (("code",), ("asset", "means", "planned_on"))
    headings = {"means": ("盘活方式", "手段"), "plan": ("盘活方案", "措施"), "done_on": ("盘活日期",), "result": ("盘活成效",)}

    means = models.CharField(_("盘活手段"), max_length=16, choices=Means)
    plan = models.CharField(_("盘活措施"), max_length=500)
    planned_on = models.DateField(_("计划日期"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    result = models.CharField(_("盘活结果"), max_length=500, blank=True)
    checked_on = models.DateField(_("检查日期"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("资产盘活")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse days to come, and a check of what is not done."""
        super().clean()
        if self.archived_at is None:
            refuse_ahead(self, "done_on", "checked_on")
            refuse_before(self, "checked_on", "done_on")
            if self.checked_on is not None and self.done_on is None:
                raise ValidationError(_t("还没有完成，不能填「检查日期」；请先填「完成日期」。"))


class AssetTransfer(OfAsset):
    """资产划转：一项资产在集团内两家公司之间的一次划转。

    One record is one transfer from one company to another, with the approval it needs.
    """

    register = "asset_transfers"
    columns = ("code", "asset", "giver", "receiver", "price", "approved_on", "approval", "transferred_on", "booked_on")
    code_prefix = "HZ"
    totals = ("price",)
    keys = (("asset", "transferred_on"), ("code",))
    headings = {"giver": ("划出方",), "receiver": ("划入方",), "price": ("划转价值", "价格"), "approval": ("批准文件", "批复")}

    giver = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("划出单位"), related_name="+")
    receiver = models.ForeignKey(Enterprise, models.PROTECT, verbose_name=_("划入单位"), related_name="+")
    price = ExactField(_("划转价格（万元）"), scale=6)
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    approval = models.CharField(_("批准文件"), max_length=200, blank=True)
    transferred_on = models.DateField(_("划转日期"), null=True, blank=True)
    booked_on = models.DateField(_("入账日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("资产划转")
        constraints = [*Record.Meta.constraints]

    def clean(self) -> None:
        """Refuse a transfer to whoever has it, days to come or in a wrong order, and a transfer without approval."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "giver", "receiver")
        refuse_ahead(self, "approved_on", "transferred_on", "booked_on")
        refuse_before(self, "transferred_on", "approved_on")
        refuse_before(self, "booked_on", "transferred_on")
        refuse_negative(self, "price")
        if self.giver_id == self.receiver_id:
            raise ValidationError(_t("「划入单位」不能就是「划出单位」。"))
        if self.transferred_on is not None and (self.approved_on is None or not self.approval.strip()):
            raise ValidationError(_t("划转以前要经批准：请填「批准日期」和「批准文件」。"))
