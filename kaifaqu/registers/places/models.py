"""Places: the zone, its parks and parcels of land. Their versions give each boundary in time."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.fields import ExactField, PartialDateField
from kaifaqu.kernel.records import Record, registers
from kaifaqu.kernel.units import convert, display, round_half_up, text
from kaifaqu.registers.places.boundaries import BoundaryField, check_boundary, polygons_of
from kaifaqu.registers.places.divisions import division_problem
from kaifaqu.registers.places.measures import hectares

TOLERANCE = Decimal("0.01")  # by which the area entered may differ from that of the boundary: plane and ellipsoid differ by less


class Level(models.TextChoices):
    """The level of government that approved the zone."""

    NATIONAL = "national", _("国家级")
    PROVINCIAL = "provincial", _("省级")


def check_division(code: str) -> None:
    """Raise ValidationError for a division code that Shanxi does not have."""
    if problem := division_problem(code):
        raise ValidationError(problem)


class Place(Record):
    """What every place has: a boundary, and an area that somebody entered, which need not be the one within the boundary."""

    geometry = "boundary"
    measured = "公顷"  # the unit of `area`
    headings = {"boundary": ("geometry", "图形")}
    keys = (("code",), ("name", "name"))  # a name alone is a likeness only, which a person confirms

    class Meta(Record.Meta):
        abstract = True

    def warnings(self) -> list[str]:
        """Return the sentence about an area that the boundary does not have."""
        return area_problem(self)


def area_problem(place: Any) -> list[str]:
    """Return the sentence about a place, or a version of one, whose boundary has another area than was entered."""
    polygons = polygons_of(place.boundary)
    if not polygons or not place.area:
        return []
    unit = registers()[place.register].measured  # type: ignore[attr-defined]
    computed = round_half_up(convert(hectares(polygons), "公顷", unit), 2)
    off = abs(computed - place.area) / place.area
    if off <= TOLERANCE:
        return []
    return [_t("按边界算得 {computed}，与登记的 {entered} 相差 {share}%，请核对面积或边界。").format(
        computed=display(computed, unit), entered=display(place.area, unit), share=text(round_half_up(off * 100, 1)))]


class Zone(Place):
    """开发区：经批准设立、有四至范围的一个开发区。

    One record is one zone by its approval; a zone of several separate areas is one zone. Enlarged or moved by a later
    approval it stays the same record: the version of a day has the boundary and the document that were valid then.
    """

    register = "zones"
    columns = ("code", "name", "level", "approval", "approved_on", "area", "division", "statistical_code", "boundary")
    listed = ("code", "name", "level", "approved_on", "area", "division")
    code_prefix = "Z"
    totals = ("area",)

    name = models.CharField(_("名称"), max_length=200)
    level = models.CharField(_("级别"), max_length=12, choices=Level)
    approval = models.CharField(_("批准文件"), max_length=200, blank=True)
    approved_on = PartialDateField(_("批准日期"), null=True, blank=True)
    area = ExactField(_("批准面积（公顷）"), scale=4, null=True, blank=True)
    division = models.CharField(_("所在区划代码"), max_length=6, blank=True, validators=[check_division])
    statistical_code = models.CharField(
        _("统计用区划代码"), max_length=9, blank=True, validators=[RegexValidator(r"^\d{9}$", _("应为九位数字。"))]
    )
    boundary = BoundaryField(_("边界（GeoJSON）"), blank=True, validators=[check_boundary])

    class Meta(Place.Meta):
        verbose_name = verbose_name_plural = _("开发区")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code


class Park(Place):
    """园区：开发区内有名称、有范围的一片，例如专业园、标准化厂房区；所属开发区即本记录的所属单位。

    One record is one named area; the parks of a zone need not cover it, and may not be counted as zones.
    """

    register = "parks"
    columns = ("code", "name", "area", "approval", "boundary")
    listed = ("code", "name", "area", "approval")
    code_prefix = "K"
    totals = ("area",)

    name = models.CharField(_("名称"), max_length=200)
    area = ExactField(_("面积（公顷）"), scale=4, null=True, blank=True)
    approval = models.CharField(_("批准文件"), max_length=200, blank=True)
    boundary = BoundaryField(_("边界（GeoJSON）"), blank=True, validators=[check_boundary])

    class Meta(Place.Meta):
        verbose_name = verbose_name_plural = _("园区")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code


class Parcel(Place):
    """宗地：权属界线封闭、用途单一的一块土地，供地、标准地和预留都以它为单位。

    One record is one parcel as it is offered or held; divided, its parts are parcels of their own. The area is kept in 亩,
    into which hectares and square metres turn exactly (1 公顷 = 15 亩); pages tell it in hectares besides.
    """

    register = "parcels"
    columns = ("code", "name", "park", "area", "land_use", "unit_number", "address", "boundary")
    listed = ("code", "name", "park", "area", "land_use", "address")
    code_prefix = "ZD"
    totals = ("area",)
    measured = "亩"
    headings = {
        **Place.headings, "name": ("地块名称", "地块", "宗地"), "area": ("面积", "用地面积", "宗地面积"), "land_use": ("用途", "规划用途"),
        "address": ("位置", "四至"),
    }

    name = models.CharField(_("宗地名称"), max_length=200)
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    area = ExactField(_("面积（亩）"), scale=6, null=True, blank=True)
    land_use = models.CharField(_("土地用途"), max_length=60, blank=True, help_text=_("如 二类工业用地"))
    unit_number = models.CharField(_("宗地编码"), max_length=40, blank=True, help_text=_("不动产登记的宗地代码或出让公告的编号"))
    address = models.CharField(_("坐落"), max_length=200, blank=True)
    boundary = BoundaryField(_("边界（GeoJSON）"), blank=True, validators=[check_boundary])

    class Meta(Place.Meta):
        verbose_name = verbose_name_plural = _("宗地")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Refuse an area that is none, and another owner's park."""
        super().clean()
        if self.area is not None and self.area <= 0:
            raise ValidationError(_t("「面积（亩）」要大于 0。"))
        if self.archived_at is None:
            refuse_foreign(self, "park")
