"""How numbers are written in a document: tables that can be checked by eye."""

from decimal import Decimal

import pytest

from kaifaqu.reporting.display import changed, written

RULE = {"near_from": 99, "over_to": 110, "about_within": 2, "growth_places": 1}


@pytest.mark.parametrize(("value", "unit", "options", "text"), [
    ("624900", "万元", {}, "62.49亿元"),
    ("9999", "万元", {}, "9999万元"),
    ("624900", "万元", {"to": "万元"}, "624900万元"),
    ("62.485", "%", {"places": 2}, "62.49%"),
    ("8.9", "亿元", {"places": 2}, "8.90亿元"),
    ("-0.004", "%", {"places": 2}, "0.00%"),
    ("41.158", "公顷", {"to": "亩", "places": 2}, "617.37亩"),
    ("4986", "人", {"style": "近"}, "近5000人"),
    ("4950", "人", {"style": "近"}, "近5000人"),
    ("5000", "人", {"style": "近"}, "5000人"),
    ("623", "项", {"style": "余"}, "600余项"),
    ("2010", "辆", {"style": "余"}, "2000余辆"),
    ("3498", "元", {"style": "约"}, "约3500元"),
    ("0.95", "亿元", {"style": "约"}, "0.95亿元"),
    ("4", "宗", {"style": "预计"}, "预计4宗"),
])  # fmt: skip
def test_a_number_is_written_as_an_office_writes_it(value, unit, options, text):
    assert written(Decimal(value), unit, RULE, **options) == text


@pytest.mark.parametrize(("value", "options", "named"), [
    ("4949", {"style": "近", "grain": Decimal(1000)}, "4949"), ("5600", {"style": "余", "grain": Decimal(1000)}, "5600"),
    ("5", {"style": "大约"}, "大约"), ("5", {"to": "亩"}, "不是同一种量"),
])  # fmt: skip
def test_a_word_that_is_not_true_is_refused(value, options, named):
    with pytest.raises(ValueError, match=named):
        written(Decimal(value), "人", RULE, **options)


@pytest.mark.parametrize(("value", "base", "options", "text"), [
    ("14", "12", {}, "增长16.7%"), ("12", "14", {}, "下降14.3%"), ("12", "12", {}, "持平"), ("10000", "10001", {}, "持平"),
    ("14", "12", {"style": "增减量"}, "增加2个"), ("12", "14", {"style": "增减量"}, "减少2个"), ("5", "5", {"style": "增减量"}, "持平"),
    ("14", "12", {"places": 2}, "增长16.67%"),
])  # fmt: skip
def test_a_change_is_told_in_words(value, base, options, text):
    assert changed(Decimal(value), Decimal(base), "个", RULE, **options) == text


@pytest.mark.parametrize("style", ["增减点", "增减量"])
def test_what_a_percentage_loses_are_points_and_nothing_else_has_points(style):
    assert changed(Decimal("87.2"), Decimal(88), "%", RULE, style=style) == "下降0.8个百分点"
    with pytest.raises(ValueError, match="请改用「增减量」"):
        changed(Decimal(5), Decimal(4), "个", RULE, style="增减点")


@pytest.mark.parametrize(("value", "text"), [("21000", "持平"), ("24999.6", "持平"), ("25000", "增加1亿元"), ("20000", "持平")])
def test_a_change_is_rounded_once_in_the_unit_in_which_it_is_written(value, text):
    assert changed(Decimal(value), Decimal(20000), "万元", RULE, style="增减量", to="亿元", places=0) == text


@pytest.mark.parametrize("base", ["0", "-3"])
def test_there_is_no_growth_over_nothing(base):
    with pytest.raises(ValueError, match="增减量"):
        changed(Decimal(5), Decimal(base), "个", RULE)
