"""How a number is written in a document: unit, decimals, 近, 余, 约 and 预计, and how a change is told."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from kaifaqu.kernel import units

EXACT, NEAR, OVER, ABOUT, EXPECTED = STYLES = ("", "近", "余", "约", "预计")
RATE, AMOUNT, POINTS = CHANGES = ("增减", "增减量", "增减点")
WORDS = {RATE: ("增长", "下降"), AMOUNT: ("增加", "减少"), POINTS: ("提高", "下降")}
LEVEL = "持平"
ROUNDING = {NEAR: ROUND_CEILING, OVER: ROUND_FLOOR, ABOUT: ROUND_HALF_UP}
Rule = Mapping[str, int]  # the content of the dated rule `reporting.display`


class Untold(ValueError):
    """A number that cannot be written so, true as it is; with other records the same mark may be right."""


def written(
    value: Decimal, unit: str, rule: Rule, *, to: str = "", places: int | None = None, style: str = EXACT, grain: Decimal | None = None,
) -> str:
    """Return the number as a document writes it: 62.49亿元, 近5000人次, 623余项, 约3500元, 预计4宗.

    It is converted to the unit `to` (of ten thousand 万元 and more: 亿元) and rounded once, half up, to `places` decimals;
    `grain` is the step to which 近, 余 and 约 round (by default the coarsest that the rule permits). Raise ValueError with
    a sentence where the units differ, and Untold where the word would not be true.
    """
    number, to = _converted(value, unit, to, places)
    if style in (EXACT, EXPECTED):
        return f"{style}{_number(number, places)}{to}"
    if style not in ROUNDING:
        raise ValueError(_("没有写法「{style}」。可选：{styles}。").format(style=style, styles="、".join((*STYLES[1:], *CHANGES))))
    for step in [grain] if grain else _grains(number):
        whole = (number / step).to_integral_value(ROUNDING[style]) * step
        if whole == number:
            return f"{units.text(number)}{to}"
        if _is_true(style, number, whole, rule):
            told = units.text(whole)
            return f"{told}{style}{to}" if style == OVER else f"{style}{told}{to}"
    raise Untold(_("{number} 不能写「{style}」：没有合乎规则的整数。请去掉「{style}」，或写明「取整」。").format(
        number=f"{units.text(number)}{to}", style=style))


def changed(value: Decimal, base: Decimal, unit: str, rule: Rule, *, style: str = RATE, to: str = "", places: int | None = None) -> str:
    """Return how a number changed against its base: 增长12.3%, 减少2个, 提高1.2个百分点, 持平.

    What a percentage gains or loses are points. Raise ValueError with a sentence for points of anything else, and Untold
    where there is no rate because the base is zero or below.
    """
    if style == AMOUNT and unit == "%":
        style = POINTS
    if style == POINTS and unit != "%":
        raise ValueError(_("「{style}」只用于单位是 % 的指标，这个指标的单位是「{unit}」；请改用「{amount}」。").format(
            style=POINTS, unit=unit, amount=AMOUNT))
    rise, fall = WORDS[style]
    if style == RATE:
        if base <= 0:
            raise Untold(_("比较基数是 {base}，不能计算增减幅度；请改用「增减量」。").format(base=units.text(base)))
        change, unit, to = units.ROUNDED.divide((value - base) * 100, base), "%", ""
        places = rule["growth_places"] if places is None else places
    else:
        change = value - base
        unit, to = ("个百分点", "") if style == POINTS else (unit, to)
    size, to = _converted(abs(change), unit, to, places)
    return f"{rise if change > 0 else fall}{_number(size, places)}{to}" if size else LEVEL


def _converted(value: Decimal, unit: str, to: str, places: int | None) -> tuple[Decimal, str]:
    """Return the number in the unit in which it is written, rounded once, and that unit."""
    to = to or units.told_in(unit, value)
    number = units.convert(value, unit, to) if to != unit else value
    return number if places is None else units.round_half_up(number, places), to


def _number(number: Decimal, places: int | None) -> str:
    """Return the digits; decimals that were asked for stay, zeros as well."""
    return units.text(number) if places is None else f"{number:f}"


def _grains(number: Decimal) -> Iterator[Decimal]:
    """Yield the steps 1000, 100, 10 ... of the number, the coarsest first, down to its last digit."""
    digits = number.normalize().as_tuple()
    assert isinstance(digits.exponent, int)
    for power in range(number.adjusted(), digits.exponent - 1, -1):
        yield Decimal(1).scaleb(power)


def _is_true(style: str, number: Decimal, whole: Decimal, rule: Rule) -> bool:
    """Tell whether the word is true of the number and the whole that is written."""
    if style == NEAR:
        return whole * rule["near_from"] <= number * 100 and number < whole
    if style == OVER:
        return whole < number and number * 100 <= whole * rule["over_to"]
    return abs(number - whole) * 100 <= abs(whole) * rule["about_within"]
