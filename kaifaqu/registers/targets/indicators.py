"""Figures about the lines along which the year's work is arranged."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.indicators import Indicator
from kaifaqu.registers.targets.lines import WorkLine

LINES = Indicator(
    code="zone.work_lines.count", label=_("工作主线数"), unit="条", basis=_("期末开发区安排全年工作的主线"),
    register=WorkLine, where=lambda period, world: WorkLine.on(period.end))
