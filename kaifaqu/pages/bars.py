"""Bars of numbers as a Vega-Lite specification, and the pictures that are made of it on the server: SVG and PNG."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

INK, QUIET, ACCENT = "#76797d", "#b9bcbf", "#3d8ba3"  # on light and on dark paper
FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"
VEGA_LITE = "5.20"


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its value in the unit of the chart, and what is written at its end; without a value a gap."""

    name: str
    value: Decimal | None
    text: str


def specification(
    bars: Sequence[Bar], unit: str, *, width: int = 720, height: int = 120, ink: str = INK, font: str = FONT, size: float = 11,
    lying: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return the chart of these bars, standing, or `lying` where their names are long; lengths are pixels."""
    told = [{"bar": f"{place}\t{each.name}", "value": None if each.value is None else float(each.value), "text": each.text}
            for place, each in enumerate(bars)]  # two bars of one name are two bars
    axis = {"labelColor": ink, "titleColor": ink, "domainColor": QUIET, "tickColor": QUIET, "labelFontSize": size}
    names = {"title": None, "labelAngle": 0, "ticks": False, "labelLimit": width // 2, "labelExpr": r"split(datum.label, '\t')[1]"}
    along: dict[str, Any] = {"field": "bar", "type": "ordinal", "sort": None, "axis": names}
    across: dict[str, Any] = {"field": "value", "type": "quantitative", "axis": None}
    end = {"dx": 4, "align": "left", "baseline": "middle"} if lying else {"dy": -6}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width, "height": height, "background": "transparent", "padding": {"left": 0, "right": 0, "top": 4, "bottom": 0},
        "title": {"text": unit, "anchor": "start", "fontSize": size, "fontWeight": "normal", "color": ink},
        "config": {"font": font, "axis": axis, "view": {"stroke": None}},
        "data": {"values": told},
        "encoding": {"y": along, "x": across} if lying else {"x": along, "y": across},
        "layer": [
            {"mark": {"type": "bar", "color": ACCENT, "height" if lying else "width": {"band": 0.55}}},
            {"mark": {"type": "text", **end, "fontSize": size - 0.5, "color": ink}, "encoding": {"text": {"field": "text"}}},
        ],
    }  # fmt: skip


def svg(specified: dict[str, Any]) -> str:
    """Return the chart as SVG, its words as text."""
    import vl_convert  # a tenth of a second that no other page needs

    return vl_convert.vegalite_to_svg(json.dumps(specified), vl_version=VEGA_LITE)


def picture(told: Sequence[Bar], unit: str) -> str:
    """Return the address of a picture of these bars, which holds the picture itself."""
    drawn = svg(specification(told, "/".join(map(gettext, unit.split("/")))))
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def png(specified: dict[str, Any], scale: float) -> bytes:
    """Return the chart as PNG with so many points to a pixel."""
    import vl_convert

    return vl_convert.vegalite_to_png(json.dumps(specified), vl_version=VEGA_LITE, scale=scale)
