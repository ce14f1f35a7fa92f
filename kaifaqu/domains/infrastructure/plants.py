"""Plants: what they can do a day, and what they did each day. A day without a report has no value, which is never zero."""

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Expression, OuterRef, Q, Subquery
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.infrastructure.works import Work
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.kernel.units import ratio, round_half_up, text
from kaifaqu.kernel.world import World
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park


class PlantKind(models.TextChoices):
    """What a plant does; all of them are measured in cubic metres."""

    SEWAGE = "sewage", _("污水处理")
    RECLAIMED = "reclaimed", _("中水回用")
    WATER = "water", _("供水")


def _volume(label: Any) -> ExactField:
    return ExactField(label, scale=2, null=True, blank=True)


def _quality(label: Any) -> ExactField:
    return ExactField(label, scale=3, null=True, blank=True, help_text=_("有在线监测数据源的，空着"))


class Plant(Record):
    """厂站：一座污水处理厂、中水厂或供水厂，以它的出水口或产权为界。

    One record is one plant; enlarged, it stays the same plant with another capacity from a day on.
    """

    register = "plants"
    columns = ("code", "name", "kind", "park", "operator", "work")
    code_prefix = "CZ"
    keys = (("code",), ("name",))

    name = models.CharField(_("厂站名称"), max_length=100)
    kind = models.CharField(_("厂站类别"), max_length=12, choices=PlantKind)
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    operator = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, verbose_name=_("运营企业"), related_name="+")
    work = models.ForeignKey(Work, models.PROTECT, null=True, blank=True, verbose_name=_("建设工程"), related_name="+")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("厂站")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse another owner's park, enterprise or work."""
        super().clean()
        if self.archived_at is None:
            refuse_foreign(self, "park", "operator", "work")

    @cached_property
    def capacities(self) -> list[tuple[date, Decimal]]:
        """Return its capacities, each from a day on, in the order of the days: read once for many reports."""
        return [*PlantCapacity.objects.current().filter(plant_id=self.pk).order_by("since").values_list("since", "amount")]

    def capacity_on(self, day: date) -> Decimal | None:
        """Return what it could do on the day; None before its first capacity."""
        return next((amount for since, amount in reversed(self.capacities) if since <= day), None)


class PlantCapacity(Record):
    """厂站能力：一座厂站自某日起的每日能力，到下一次变更为止。

    One record is one capacity from a day on, by one document; what held before stays known.
    """

    register = "plant_capacities"
    columns = ("code", "plant", "since", "amount", "document")
    code_prefix = "NL"
    keys = (("plant", "since"), ("code",))
    headings = {"amount": ("日处理能力", "设计能力", "处理能力"), "since": ("起始日期", "自")}

    plant = models.ForeignKey(Plant, models.PROTECT, verbose_name=_("厂站"), related_name="+")
    since = models.DateField(_("自何日起"))
    amount = ExactField(_("每日能力（立方米/日）"), scale=2)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("厂站能力")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("plant", "since"), condition=Q(archived_at=None), name="plantcapacity_once",
            violation_error_message=_("这座厂站自这一天起的能力已经登记；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.plant} {self.since}" if self.plant_id else self.code

    def clean(self) -> None:
        """Refuse a capacity of nothing, and another owner's plant."""
        super().clean()
        if self.amount <= 0:
            raise ValidationError(_t("「每日能力（立方米/日）」要大于 0。"))
        if self.archived_at is None:
            refuse_foreign(self, "plant")


class PlantDay(Record):
    """厂站日报：一座厂站一天的进水、出水、回用水量和出水水质。

    One record is one day of one plant. What was not measured is empty, never 0. What the plant could do on that day is told by
    its capacities.
    """

    register = "plant_days"
    columns = ("code", "plant", "day", "inflow", "outflow", "reclaimed", "cod", "ammonia")
    code_prefix = "RB"
    totals = ("inflow", "outflow", "reclaimed")
    keys = (("plant", "day"), ("code",))
    periodic = ("plant", "day")
    headings = {
        "plant": ("厂站名称", "污水处理厂"), "day": ("日期",), "inflow": ("进水量", "进水"), "outflow": ("出水量", "出水", "排水量"),
        "reclaimed": ("回用水量", "中水回用量"), "cod": ("出水COD", "COD", "化学需氧量"), "ammonia": ("出水氨氮", "氨氮", "NH3-N"),
    }
    MEASURED = ("inflow", "outflow", "reclaimed", "cod", "ammonia")

    plant = models.ForeignKey(Plant, models.PROTECT, verbose_name=_("厂站"), related_name="+")
    day = models.DateField(_("日报日期"))
    inflow = _volume(_("进水量（立方米）"))
    outflow = _volume(_("出水量（立方米）"))
    reclaimed = _volume(_("回用水量（立方米）"))
    cod = _quality(_("出水化学需氧量（毫克/升）"))
    ammonia = _quality(_("出水氨氮（毫克/升）"))

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("厂站日报")
        constraints = [*Record.Meta.constraints, models.UniqueConstraint(
            fields=("plant", "day"), condition=Q(archived_at=None), name="plantday_once",
            violation_error_message=_("这座厂站这一天已有日报；有变化请更正原来的一条。"))]

    def __str__(self) -> str:
        return f"{self.plant} {self.day}" if self.plant_id else self.code

    @property
    def capacity(self) -> Decimal | None:
        """Return what the plant could do on the day."""
        return self.plant.capacity_on(self.day)

    @property
    def is_over(self) -> bool:
        """Tell whether more came in than the plant can take."""
        return self.inflow is not None and self.capacity is not None and self.inflow > self.capacity

    @property
    def load(self) -> str:
        """Return the inflow as a share of the day's capacity, in words; a dash where one of them is not known."""
        share = ratio(self.inflow, self.capacity)
        return "—" if share is None else f"{text(round_half_up(share * 100, 2))}%"

    def clean(self) -> None:
        """Refuse a day that has not come, an empty report, amounts below zero, and another owner's plant."""
        super().clean()
        if self.archived_at is not None:
            return
        refuse_foreign(self, "plant")
        if self.day > clock.today():
            raise ValidationError(_t("「日报日期」{day} 还没有到。").format(day=self.day))
        told = {name: value for name in self.MEASURED if (value := getattr(self, name)) is not None}
        if not told:
            raise ValidationError(_t("{day} 的日报一项也没有填；没有数据的日子不登记。").format(day=self.day))
        if below := [name for name, value in told.items() if value < 0]:
            raise ValidationError([
                _t("「{label}」是负数，请核对。").format(label=field_of(PlantDay, name).verbose_name) for name in below])

    def warnings(self) -> list[str]:
        """Say that more came in than the plant can take, and that more was reclaimed than went out."""
        told = []
        if self.is_over:
            told.append(_t("进水 {inflow} 立方米，超过当日能力 {capacity} 立方米。").format(
                inflow=text(self.inflow or 0), capacity=text(self.capacity or 0)))
        if self.outflow is not None and self.reclaimed is not None and self.reclaimed > self.outflow:
            told.append(_t("回用水量 {reclaimed} 立方米大于出水量 {outflow} 立方米，请核对。").format(
                reclaimed=text(self.reclaimed), outflow=text(self.outflow)))
        return told


def held(capacities: models.QuerySet) -> models.QuerySet:
    """Return, within a question about days, the amount of those capacities that held on the day."""
    begun = capacities.filter(plant_id=OuterRef("plant_id"), since__lte=OuterRef("day"))
    return begun.order_by("-since").values("amount")[:1]


class CapacityOfDay(Expression):
    """What the plant could do on the day of a row, today or as known: the world is that out of which the row is asked."""

    def resolve_expression(self, query: Any = None, *how: Any, **more: Any) -> Any:
        """Return the question to the capacities of the same world."""
        known = next((
            each.rhs for each in query.where.children if isinstance(each, LessThanOrEqual) and each.lhs.target.column == "seq"), None)
        return Subquery(held(World(known).rows(PlantCapacity))).resolve_expression(query, *how, **more)
