"""Amounts of a scoring sheet: written as text ("0.5", "50%"), counted as exact fractions, rounded half up once."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel import units
from kaifaqu.shapes import Word
from kaifaqu.shapes.items import Item

FORM = re.compile(r"(-?\d{1,12}(?:\.\d{1,6})?)(%?)", re.ASCII)
UNCAPPED, NO_FLOOR, OPEN = "不封顶", "不保底", "不限"  # what a sheet writes instead of an amount; part of its content, like 本期
DIGITS = 4  # of a number in a sentence that has no end


def exact(text: str) -> Fraction:
    """Return what an amount says, exactly: "50%" is a half."""
    found = FORM.fullmatch(text)
    assert found is not None, text  # the rule has been checked
    return Fraction(found[1]) / (100 if found[2] else 1)


def limit(text: str | None) -> Fraction | None:
    """Return what a limit says; None for one of the words that say that there is none."""
    return None if text in (None, "", UNCAPPED, NO_FLOOR, OPEN) else exact(text)


def rounded(value: Fraction, places: int) -> Decimal:
    """Return a fraction rounded half up, away from zero, by whole numbers alone: no quotient is cut off before."""
    whole, rest = divmod(abs(value.numerator) * 10**places, value.denominator)
    digits = whole + (2 * rest >= value.denominator)
    return Decimal(-digits if value < 0 else digits).scaleb(-places)


def plain(value: Fraction) -> str:
    """Return a fraction as people write it: 0.25, −0.3, or where it has no such end ≈ 0.2593."""
    if value < 0:
        told = plain(-value)
        return told.replace("≈ ", "≈ −") if told.startswith("≈") else f"−{told}"
    for places in range(DIGITS + 3):
        if (value * 10**places).denominator == 1:
            return units.text(rounded(value, places))
    return f"≈ {units.text(rounded(value, DIGITS))}"


def marks(value: Fraction, places: int) -> str:
    """Return marks to the places of the sheet."""
    return f"{rounded(value, places):f}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Amount(Item):
    """A number of up to six decimals, also in per cent, kept as text; `instead` is a word that may stand in its place."""

    above_zero: bool = False
    not_below_zero: bool = False
    instead: str = ""

    @property
    def example(self) -> str:
        return "1"

    def may_be(self, value: Any) -> bool:
        if self.instead and value == self.instead:
            return True
        if not isinstance(value, str) or not FORM.fullmatch(value):
            return False
        number = exact(value)
        return (number > 0 or not self.above_zero) and (number >= 0 or not self.not_below_zero)

    def permitted(self) -> str:
        sign = _("大于 0 的数") if self.above_zero else _("不小于 0 的数") if self.not_below_zero else _("数")
        told = _("{sign}，写成文本 \"0.5\" 或 \"50%\" 的样子，最多 6 位小数").format(sign=sign)
        if self.instead:
            told = _("{told}；没有的写「{word}」").format(told=told, word=self.instead)
        return "；".join(filter(None, (told, str(self.help).removesuffix("。"))))

    def read(self, typed: str) -> Any:
        return typed.replace("％", "%").replace(" ", "") or None


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbering(Word):
    """The number of an item on its sheet: 1.2."""

    example = "1.1"

    def may_be(self, value: Any) -> bool:
        return isinstance(value, str) and bool(re.fullmatch(r"\d{1,3}(\.\d{1,3}){0,3}", value, re.ASCII))


def order(number: str) -> tuple[int, ...]:
    """Return by what items are put in order: 1.10 comes after 1.9."""
    return tuple(map(int, number.split(".")))
