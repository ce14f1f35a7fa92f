"""Units and plain numbers: exact conversion, ratios, rounding, and how an amount is written."""

from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _  # marks the names of units for translation

MEASURED = {  # unit: what it measures, and its size; units of one kind turn into each other
    _("元"): ("money", Fraction(1)),
    _("万元"): ("money", Fraction(10_000)),
    _("亿元"): ("money", Fraction(100_000_000)),
    _("平方米"): ("area", Fraction(1)),
    _("亩"): ("area", Fraction(2000, 3)),
    _("公顷"): ("area", Fraction(10_000)),
    _("万平方米"): ("area", Fraction(10_000)),
    _("平方公里"): ("area", Fraction(1_000_000)),
    _("米"): ("length", Fraction(1)),
    _("公里"): ("length", Fraction(1000)),
    _("升"): ("volume", Fraction(1, 1000)),
    _("立方米"): ("volume", Fraction(1)),
    _("万立方米"): ("volume", Fraction(10_000)),
    _("千克"): ("mass", Fraction(1, 1000)),
    _("吨"): ("mass", Fraction(1)),
    _("万吨"): ("mass", Fraction(10_000)),
    _("千瓦时"): ("energy", Fraction(1)),
    _("万千瓦时"): ("energy", Fraction(10_000)),
    _("分钟"): ("time", Fraction(1, 60)),
    _("小时"): ("time", Fraction(1)),
    _("人"): ("people", Fraction(1)),
    _("万人"): ("people", Fraction(10_000)),
    _("倍"): ("share", Fraction(1)),
    "%": ("share", Fraction(1, 100)),
    "‰": ("share", Fraction(1, 1000)),
}
COUNTED = {  # each is a kind of its own; the calendar's units serve in rates, 吨/年
    _("个"), _("项"), _("家"), _("人次"), _("人月"), _("次"), _("场次"), _("期"), _("批"), _("步"), _("段"),
    _("宗"), _("栋"), _("层"), _("套"), _("户"), _("处"), _("条"), _("种"), _("类"), _("级"), _("型"),
    _("张"), _("支"), _("件"), _("份"), _("台"), _("辆"), _("架"), _("架次"),
    _("吨标准煤"), _("千伏安"), _("个百分点"), _("工作日"), _("日"), _("月"), _("季"), _("年"), _("年份"),
}  # fmt: skip
EXACT = Context(prec=100, traps=[Inexact])
ROUNDED = Context(prec=28, rounding=ROUND_HALF_UP)


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """Return the value in another unit: exactly, or to 28 digits where it has no end (1 亩 in 平方米).

    Compound units are converted as a whole: 万元/亩 to 元/平方米. Raise ValueError when a unit is unknown or the two
    measure different things.
    """
    kind, factor = _meaning(unit)
    kind_wanted, factor_wanted = _meaning(to)
    if kind != kind_wanted:
        message = gettext("「{unit}」不能换算成「{to}」：两者不是同一种量。")
        raise ValueError(message.format(unit=unit, to=to))
    result = Fraction(value) * factor / factor_wanted
    try:
        return EXACT.divide(Decimal(result.numerator), Decimal(result.denominator))
    except Inexact:
        return ROUNDED.divide(Decimal(result.numerator), Decimal(result.denominator))


def _meaning(unit: str) -> tuple[list[str], Fraction]:
    """Return what the parts of a unit measure, and its size: 万元/亩 is money by area."""
    above, *below = (_part(name, unit) for name in unit.split("/"))
    size = above[1]
    for _kind, divisor in below:
        size /= divisor
    return [kind for kind, _size in (above, *below)], size


def _part(name: str, unit: str) -> tuple[str, Fraction]:
    if name in MEASURED:
        return MEASURED[name]
    if name in COUNTED:
        return name, Fraction(1)
    message = gettext("没有单位「{unit}」。可用：{known}。")
    raise ValueError(message.format(unit=unit, known="、".join([*MEASURED, *sorted(COUNTED)])))


def ratio(a: Decimal | int | None, b: Decimal | int | None) -> Decimal | None:
    """Return a over b to 28 digits; None when one of them is missing or b is zero."""
    if a is None or not b:
        return None
    return ROUNDED.divide(Decimal(a), Decimal(b))


def round_half_up(x: Decimal, places: int) -> Decimal:
    """Return the number rounded as people round (四舍五入): a half goes away from zero; zero has no sign."""
    rounded = x.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=100))
    return rounded or rounded.copy_abs()


def text(value: Decimal | int) -> str:
    """Return the number in plain digits, without idle zeros or exponent: 624900, 0.5, -3."""
    plain = f"{Decimal(value):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def told_in(unit: str, largest: Decimal | int) -> str:
    """Return the unit in which numbers up to this size are told where nobody asked for one: of 10,000 万元 and more 亿元."""
    return "亿元" if unit == "万元" and abs(Decimal(largest)) >= 10_000 else unit


def display(value: Decimal | int, unit: str) -> str:
    """Return the number with its unit, as a page shows it: 14 个, 85.76%, 62.49 亿元.

    Ten thousand 万元 and more are shown in 亿元, exactly: nothing is rounded here. An unknown unit is shown as it is.
    """
    number, told = Decimal(value), told_in(unit, value)
    if told != unit:
        number, unit = convert(number, unit, told), told
    name = "/".join(gettext(part) for part in unit.split("/"))
    space = "" if name in ("", "%", "‰") else " "
    return f"{text(number)}{space}{name}"
