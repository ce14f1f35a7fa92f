"""Datums: what the coordinates of a file are measured in. What is not CGCS2000, to the centimetre, is not taken."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

OFFSET = _(
    "「{datum}」是商业地图的加偏坐标，与 CGCS2000 相差几百米，没有公开的精确换算。请向提供图形的人要测绘或规划部门的 CGCS2000 原图。")
EARLIER = _("「{datum}」与 CGCS2000 相差几十米至一百多米，要用测绘部门的参数换算。请由测绘单位转成 CGCS2000 经纬度再导入。")
DATUMS: dict[str, Any] = {  # name: why it is not taken, or "" for one that is taken as it is
    "CGCS2000": "", "WGS-84": "", "GCJ-02": OFFSET, "BD-09": OFFSET, "Xian-1980": EARLIER, "Beijing-1954": EARLIER,
}  # fmt: skip
LABELS = {
    "CGCS2000": _("CGCS2000（国家大地坐标系，测绘、规划部门的图）"), "WGS-84": _("WGS-84（卫星定位，与 CGCS2000 相差厘米）"),
    "GCJ-02": _("GCJ-02（高德、腾讯等商业地图）"), "BD-09": _("BD-09（百度地图）"), "Xian-1980": _("1980 西安坐标系"),
    "Beijing-1954": _("1954 北京坐标系"),
}  # fmt: skip
SHAPES = re.compile(rb'"(?:FeatureCollection|Feature|(?:Multi)?Polygon)"')
START = 2**16


def is_asked(name: str, start: bytes) -> bool:
    """Tell from a file's name and its first bytes whether it holds shapes, of which the datum must be told."""
    extension = name.lower().rpartition(".")[2]
    return extension == "geojson" or extension == "json" and bool(SHAPES.search(start[:START]))


def check(datum: str) -> None:
    """Raise ValidationError for a datum that is not taken, and where none is told."""
    if datum not in DATUMS:
        raise ValidationError(_t("请说明图形的坐标基准，可选：{datums}。").format(datums="、".join(DATUMS)))
    if refusal := DATUMS[datum]:
        raise ValidationError(str(refusal).format(datum=datum))


def noted(reason: str, datum: str) -> str:
    """Return the reason of an import with the datum that the person told."""
    return "；".join(filter(None, (reason, _t("坐标基准 {datum}").format(datum=datum))))[-200:]
