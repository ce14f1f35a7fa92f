"""Figures about the standard workshops that are built: whichever work builds them, areas are facts of the buildings."""

from datetime import date

from django.db.models import Q, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.registers.premises.indicators import STANDARD, completed
from kaifaqu.registers.premises.models import Building

BUILDINGS_BY = (Dimension("park", _("园区"), "park__name"),)


def under_way(on: date) -> Q:
    """Return the condition: on that day the building was under construction."""
    return Q(started_on__lte=on) & ~Q(completed_on__lte=on) & ~Q(demolished_on__lte=on)


COMPLETED_AREA, IN_PROGRESS_AREA, TOTAL_AREA = (
    Indicator(
        code=f"infrastructure.standard_workshop.{code}", label=label, unit="平方米", basis=basis, register=Building,
        measure=Sum("area"), by=BUILDINGS_BY, where=where)
    for code, label, basis, where in (
        ("completed_area", _("已建成标准化厂房面积"), _("期末已建成、未拆除的标准化厂房的建筑面积之和"),
         lambda period, world: STANDARD & completed(period.end)),
        ("in_progress_area", _("在建标准化厂房面积"), _("期末已开工、未建成的标准化厂房的建筑面积之和"),
         lambda period, world: STANDARD & under_way(period.end)),
        ("total_area", _("已建和在建标准化厂房面积"), _("期末已建成的和在建的标准化厂房的建筑面积之和"),
         lambda period, world: STANDARD & (completed(period.end) | under_way(period.end))),
    )
)
COMPLETED_BUILDINGS = Indicator(
    code="infrastructure.standard_workshop.completed_buildings", label=_("已建成标准化厂房栋数"), unit="栋",
    basis=_("期末已建成、未拆除的标准化厂房"), register=Building, by=BUILDINGS_BY,
    where=lambda period, world: STANDARD & completed(period.end))
AREA_PER_BUILDING = Ratio(
    code="infrastructure.standard_workshop.area_per_building", label=_("标准化厂房平均每栋面积"), unit="平方米/栋",
    basis=format_lazy(_("{above} ÷ {below}"), above=COMPLETED_AREA.label, below=COMPLETED_BUILDINGS.label),
    numerator=COMPLETED_AREA, denominator=COMPLETED_BUILDINGS, times=1, by=BUILDINGS_BY)
