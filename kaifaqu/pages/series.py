"""A figure month by month: the months, and the chart that is drawn of them on the server."""

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext

from kaifaqu.kernel import units
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.indicators import Definition
from kaifaqu.kernel.periods import Period, month_series

MONTHS = 12
PLACES = 2  # decimals above a bar; the table beside it has all of them
INK, QUIET, ACCENT = "#76797d", "#b9bcbf", "#3d8ba3"  # on light and on dark paper
FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"


def months_to(period: Period, count: int = MONTHS) -> list[Period]:
    """Return the months that end with the one in which the period ends."""
    first = period.end.year * 12 + period.end.month - count
    return month_series(f"{first // 12}-{first % 12 + 1:02d}", count)


def series(definition: Definition, period: Period, scope: Iterable[Any], known: int | None, user: Any) -> list[Figure]:
    """Return the figure of each of these months, all as known at one event, computed together."""
    return evaluate([(definition, month) for month in months_to(period)], scope=scope, known=known, user=user)


def chart(figures: Sequence[Figure]) -> str:
    """Return the address of a picture of the months, which holds the picture itself; of fewer than two values, nothing.

    A month without a value is a gap, never a zero.
    """
    present = [abs(figure.value) for figure in figures if figure.value is not None]
    if len(present) < 2:
        return ""
    import vl_convert  # a tenth of a second that no other page needs

    unit = figures[-1].indicator.unit
    shown = "亿元" if unit == "万元" and max(present) >= 10_000 else unit
    told: list[dict[str, Any]] = []
    for figure in figures:
        month = figure.period.start
        name = f"{month:%Y-%m}" if not told or month.month == 1 else f"{month:%m}"
        value = None if figure.value is None else units.convert(figure.value, unit, shown) if shown != unit else figure.value
        told.append({
            "month": name, "value": None if value is None else float(value),
            "text": "" if value is None else units.text(units.round_half_up(value, PLACES)),
        })  # fmt: skip
    axis = {"labelColor": INK, "titleColor": INK, "domainColor": QUIET, "tickColor": QUIET, "labelFontSize": 11}
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 720, "height": 120, "background": "transparent", "padding": {"left": 0, "right": 0, "top": 4, "bottom": 0},
        "title": {"text": gettext(shown), "anchor": "start", "fontSize": 11, "fontWeight": "normal", "color": INK},
        "config": {"font": FONT, "axis": axis, "view": {"stroke": None}},
        "data": {"values": told},
        "encoding": {
            "x": {"field": "month", "type": "ordinal", "sort": None, "axis": {"title": None, "labelAngle": 0, "ticks": False}},
            "y": {"field": "value", "type": "quantitative", "axis": None},
        },
        "layer": [
            {"mark": {"type": "bar", "color": ACCENT, "width": {"band": 0.55}}},
            {"mark": {"type": "text", "dy": -6, "fontSize": 10.5, "color": INK}, "encoding": {"text": {"field": "text"}}},
        ],
    }  # fmt: skip
    svg = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="5.20")
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
