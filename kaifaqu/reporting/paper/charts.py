"""The charts of a document, drawn from its numbers: as SVG for PDF and page, as PNG for Word."""

from decimal import Decimal
from functools import cache

from django.conf import settings

from kaifaqu.kernel import units
from kaifaqu.pages import bars
from kaifaqu.reporting.document import Chart, Document, Number
from kaifaqu.reporting.paper.fonts import fonts

INK, FONT_SIZE = "#333333", 12
WIDTH, HEIGHT, BAR = 560, 200, 26  # pixels: of the plot, and of one lying bar
SHORT, FEW = 6, 13  # characters of a name, and bars, that stand beside one another
SCALE = 2.0  # of the picture in Word


def svg(document: Document, chart: Chart, font: str = bars.FONT, ink: str = INK) -> str:
    """Return the chart as SVG, its words as text in the font."""
    return bars.svg(_specified(document, chart, font, ink))


def png(document: Document, chart: Chart) -> bytes:
    """Return the chart as PNG."""
    return bars.png(_specified(document, chart, _font(settings.FONTS), INK), SCALE)


@cache
def _font(folder: str) -> str:
    """Return the font of pictures: that of PDFs where the installation names a folder, else what the system has."""
    if not folder:
        return bars.FONT
    import vl_convert

    vl_convert.register_font_directory(folder)
    return f"{fonts().sans}, {bars.FONT}"


def told(document: Document, chart: Chart) -> str:
    """Return the chart in words, for who cannot see it: its caption, and each bar with its number."""
    return f"{chart.caption}：" + "，".join(f"{name} {document.numbers[place].shown}" for name, place in chart.bars)


def _specified(document: Document, chart: Chart, font: str, ink: str) -> dict:
    drawn = [_bar(name, document.numbers[place], chart.unit) for name, place in chart.bars]
    lying = len(drawn) > FEW or any(len(each.name) > SHORT for each in drawn)
    return bars.specification(
        drawn, chart.unit, width=WIDTH - 150 if lying else WIDTH, height=BAR * len(drawn) if lying else HEIGHT,
        ink=ink, font=font, size=FONT_SIZE, lying=lying)


def _bar(name: str, number: Number, unit: str) -> bars.Bar:
    """Return the bar of a number: as long as its exact value, and written as it stands in the text, without the chart's unit."""
    value = None if number.value is None or number.problem else Decimal(number.value)
    if value is not None and unit and unit != number.unit:
        value = units.convert(value, number.unit, unit)
    return bars.Bar(name, value, "" if value is None else number.shown.removesuffix(unit))
