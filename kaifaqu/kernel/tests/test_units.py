"""Units and plain numbers: each row of a table is one conversion, rounding or way of writing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaifaqu.kernel.units import COUNTED, MEASURED, convert, display, ratio, round_half_up, text

MONEY = st.sampled_from(["元", "万元", "亿元"])


@pytest.mark.parametrize(
    ("value", "unit", "to", "result"),
    [
        ("62.49", "亿元", "万元", "624900"),
        ("624900", "万元", "亿元", "62.49"),
        ("0.000001", "万元", "元", "0.01"),
        ("617.37", "亩", "公顷", "41.158"),
        ("54.98", "亩", "平方米", "36653.33333333333333333333333"),
        ("1", "公顷", "亩", "15"),
        ("1.4", "万平方米", "平方米", "14000"),
        ("1", "平方公里", "公顷", "100"),
        ("90", "分钟", "小时", "1.5"),
        ("2", "万吨/年", "吨/年", "20000"),
        ("2", "万立方米/日", "立方米/日", "20000"),
        ("1", "万元/亩", "元/平方米", "15"),
        ("0.85", "倍", "%", "85"),
        ("3", "个", "个", "3"),
    ],
)
def test_a_conversion_is_exact(value, unit, to, result):
    assert convert(Decimal(value), unit, to) == Decimal(result)


@pytest.mark.parametrize(
    ("unit", "to", "sentence"),
    [
        ("万元", "亩", "「万元」不能换算成「亩」：两者不是同一种量。"),
        ("个", "项", "「个」不能换算成「项」：两者不是同一种量。"),
        ("万元/个", "万元", "「万元/个」不能换算成「万元」：两者不是同一种量。"),
        ("万元", "美元", "没有单位「美元」。可用："),
        ("万元/吋", "元", "没有单位「万元/吋」。可用："),
    ],
)
def test_different_quantities_do_not_turn_into_each_other(unit, to, sentence):
    with pytest.raises(ValueError, match=sentence):
        convert(Decimal(1), unit, to)


def test_no_unit_is_both_measured_and_counted():
    assert not COUNTED & MEASURED.keys()


@given(st.decimals(-(10**9), 10**9, places=6), MONEY, MONEY)
def test_money_goes_there_and_back(value, unit, to):
    assert convert(convert(value, unit, to), to, unit) == value


@pytest.mark.parametrize(
    ("a", "b", "places", "shown"),
    [
        (82, 94, 2, "87.23"),
        (67, 107, 2, "62.62"),
        (Decimal("216.65"), Decimal("235.04"), 2, "92.18"),
        (40, 68, 2, "58.82"),
        (1, 3, 0, "33"),
        (0, 5, 1, "0.0"),
        (5, 0, 1, None),
        (None, 5, 1, None),
        (5, None, 1, None),
    ],
)
def test_a_published_rate_is_its_numerator_over_its_denominator(a, b, places, shown):
    quotient = ratio(a, b)
    result = None if quotient is None else round_half_up(quotient * 100, places)
    assert (None if result is None else str(result)) == shown


@pytest.mark.parametrize(
    ("x", "places", "rounded"),
    [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.125", 2, "0.13"),
        ("53.585", 2, "53.59"),
        ("-0.04", 1, "0.0"),
        ("1250", -2, "1.3E+3"),
        ("1234567890123456789012345678901.5", 0, "1234567890123456789012345678902"),
    ],
)
def test_a_half_is_rounded_away_from_zero(x, places, rounded):
    assert str(round_half_up(Decimal(x), places)) == rounded


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Decimal("624900.000000"), "624900"),
        (Decimal("0.500000"), "0.5"),
        (Decimal("1.3E+3"), "1300"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-0.00"), "0"),
        (Decimal("0E-6"), "0"),
        (-3, "-3"),
        (100, "100"),
    ],
)
def test_a_number_is_written_without_idle_zeros_or_exponent(value, plain):
    assert text(value) == plain


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Decimal("624900"), "万元", "62.49 亿元"),
        (Decimal("10000"), "万元", "1 亿元"),
        (Decimal("9999.990000"), "万元", "9999.99 万元"),
        (Decimal("-535900"), "万元", "-53.59 亿元"),
        (Decimal("624900.000001"), "万元", "62.4900000001 亿元"),
        (Decimal("624900"), "元", "624900 元"),
        (14, "个", "14 个"),
        (Decimal("85.76"), "%", "85.76%"),
        (Decimal("1.2"), "个百分点", "1.2 个百分点"),
        (Decimal("7.655714"), "亿元/个", "7.655714 亿元/个"),
        (Decimal("0.45"), "", "0.45"),
    ],
)
def test_an_amount_is_shown_with_its_unit_and_nothing_is_rounded(value, unit, shown):
    assert display(value, unit) == shown
