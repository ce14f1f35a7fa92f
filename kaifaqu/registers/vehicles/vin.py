"""The vehicle identification number (车辆识别代号), by GB 16735."""

import re
import unicodedata
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel.fields import CleanedOnAssignment

FORM = re.compile(r"[0-9A-HJ-NPR-Z]{17}")
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
CHECKED = 8  # the place of the check digit, counted from 0
VALUES = {
    **{digit: int(digit) for digit in "0123456789"}, **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)), "P": 7, "R": 9, **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}  # fmt: skip


class VinField(models.CharField):
    """车辆识别代号（车架号）：存为大写半角，不含空格和连字符。

    A wrong number is kept as written: `vin_problem` says what is wrong with it, a person decides.
    """

    descriptor_class = CleanedOnAssignment

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 32, **kwargs})  # longer than a right number, so that a wrong one is kept

    def to_python(self, value: Any) -> str | None:
        return None if value is None else compact(str(value))

    def event_value(self, value: Any) -> str | None:
        """Return the number as it is stored."""
        return self.to_python(value)


def check_digit(vin: str) -> str:
    """Return the digit that stands in the ninth place of a number of the right form."""
    rest = sum(weight * VALUES[digit] for weight, digit in zip(WEIGHTS, vin, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def vin_problem(vin: str) -> str:
    """Return what is wrong with a 车辆识别代号, or "" when nothing is; an empty one is not wrong."""
    vin = compact(vin)
    if not vin:
        return ""
    if len(vin) != 17:
        problem = _("「{vin}」：车辆识别代号应为 17 位，现为 {length} 位，请对照车架和行驶证核对；老旧车可以不足 17 位。")
    elif not FORM.fullmatch(vin):
        problem = _("「{vin}」：车辆识别代号只用数字和字母，不用字母 I、O、Q，请对照车架和行驶证核对。")
    elif vin[CHECKED] != check_digit(vin):
        problem = _("「{vin}」：车辆识别代号第 9 位校验位不符，请逐位核对；进口车和老旧车可能没有校验位。")
    else:
        return ""
    return problem.format(vin=vin, length=len(vin))


def compact(vin: str) -> str:
    """Return the number in upper case and half width, without spaces and hyphens of any kind."""
    return re.sub(r"[\s\-‐‑‒–—−]", "", unicodedata.normalize("NFKC", vin)).upper()
