"""What one cell means in one column, or what is wrong with it and what to write: each row of a table is one cell."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.fields import ExactField, PartialDate, PartialDateField, PersonalField
from kaifaqu.sheets.cells import Wrong, converted, known_unit, value_of
from kaifaqu.sheets.reading import EMPTY, Cell
from kaifaqu.sheets.tests.sample import CODE, INVESTMENT, NAME, NATURE, STARTED_ON, named

AREA = named("area", ExactField("建筑面积（平方米）", scale=2))
SHARE = named("share", ExactField("持股比例（%）", scale=2))
WORKERS = named("workers", models.IntegerField("用工人数（人）", null=True))
COUNT = named("count", models.IntegerField("序次"))
LISTED = named("listed", models.BooleanField("历史补录"))
DAY = named("day", models.DateField("登记日期", null=True))
PHONE = named("phone", PersonalField("联系电话"))
OWNER = named("enterprise", models.ForeignKey("kernel.Party", models.PROTECT, verbose_name="投资主体"))
STATE = named("state", models.CharField(_("状态"), max_length=8, choices=[("yes", _("是")), ("no", _("否"))]))


def text(value: str) -> Cell:
    return Cell("text", value)


def number(value: str) -> Cell:
    return Cell("number", value)


@pytest.mark.parametrize(
    ("column", "cell", "fact"),
    [
        (NAME, text("  光伏组件　"), "光伏组件"),
        (NAME, text("Ａ座１号\u200b"), "Ａ座１号"),
        (NAME, text("=1+1"), "=1+1"),
        (NAME, number("2024"), "2024"),
        (NAME, Cell("date", "2024-03-01"), "2024-03-01"),
        (NAME, EMPTY, ""),
        (NAME, text(" \u200b "), ""),
        (CODE, number("12345678"), "12345678"),
        (CODE, text("００７-Ａ"), "007-A"),
        (CODE, text("911400007701234567"), "911400007701234567"),
        (CODE, number("123456789012345"), "123456789012345"),
        (CODE, EMPTY, ""),
        (PHONE, number("13800138000"), "13800138000"),
        (PHONE, text("１３８"), "138"),
        (OWNER, number("1001"), "1001"),
        (OWNER, text(" 甲公司 "), "甲公司"),
        (OWNER, EMPTY, None),
    ],
)
def test_text_stays_as_it_is_and_identifiers_stay_text(column, cell, fact):
    assert value_of(column, cell) == fact


@pytest.mark.parametrize(
    ("column", "cell", "unit", "fact"),
    [
        (INVESTMENT, number("12000.5"), "", "12000.5"),
        (INVESTMENT, text("12,000.5"), "", "12000.5"),
        (INVESTMENT, text("１２，０００．５"), "", "12000.5"),
        (INVESTMENT, text(" 8000. "), "", "8000"),
        (INVESTMENT, text("-3"), "", "-3"),
        (INVESTMENT, text("−3"), "", "-3"),
        (INVESTMENT, text(".5"), "", "0.5"),
        (INVESTMENT, number("1.2"), "亿元", "12000"),
        (INVESTMENT, number("120005000"), "元", "12000.5"),
        (INVESTMENT, text("5"), "千元", "0.5"),
        (INVESTMENT, text("5"), "百万元", "500"),
        (AREA, number("3"), "亩", "2000"),
        (AREA, text("1.5"), "公顷", "15000"),
        (AREA, text("0.01"), "平方公里", "10000"),
        (AREA, text("1"), "万平方米", "10000"),
        (SHARE, text("85%"), "", "85"),
        (SHARE, text("85.5"), "", "85.5"),
        (WORKERS, number("12"), "", "12"),
        (WORKERS, text("１，２００"), "", "1200"),
        (WORKERS, text("0.12"), "万人", "1200"),
    ],
)
def test_amounts_are_exact_and_in_the_columns_own_unit(column, cell, unit, fact):
    told = value_of(column, cell, unit)
    assert told == Decimal(fact)
    assert isinstance(told, Decimal if isinstance(column, ExactField) else int)


@pytest.mark.parametrize(
    ("column", "cell", "unit", "sentence", "suggestion"),
    [
        (INVESTMENT, text("1.2亿"), "", "「1.2亿」不是数字。本列单位为万元，请填 12000。", "12000"),
        (INVESTMENT, text("12000万元"), "", "「12000万元」不是数字。本列单位为万元，请填 12000。", "12000"),
        (INVESTMENT, text("1,200.5 万"), "", "「1,200.5 万」不是数字。本列单位为万元，请填 1200.5。", "1200.5"),
        (INVESTMENT, text("300元"), "", "「300元」不是数字。本列单位为万元，请填 0.03。", "0.03"),
        (INVESTMENT, text("1.2亿"), "亿元", "「1.2亿」不是数字。本列单位为亿元，请填 1.2。", "1.2"),
        (INVESTMENT, text("约3亿元"), "", "「约3亿元」不是数字。本列单位为万元，请填 30000。", "30000"),
        (INVESTMENT, text("1200余万元"), "", "「1200余万元」不是数字。本列单位为万元，请填 1200。", "1200"),
        (INVESTMENT, text("1200万元左右"), "", "「1200万元左右」不是数字。本列单位为万元，请填 1200。", "1200"),
        (INVESTMENT, text("3亩"), "", "「3亩」不是数字。本列单位为万元，请只填数字，如 12000.5。", None),
        (INVESTMENT, text("（500）"), "", "「（500）」不是数字。负数请写减号：-500。", "-500"),
        (INVESTMENT, text("1,2000"), "", "「1,2000」的千位分隔不对。请核对后只填数字，如 12000.5。", None),
        (INVESTMENT, text("1,200,0"), "", "「1,200,0」的千位分隔不对。请核对后只填数字，如 12000.5。", None),
        (INVESTMENT, text("12.5.3"), "", "「12.5.3」不是数字。本列单位为万元，请只填数字，如 12000.5。", None),
        (INVESTMENT, text("待定"), "", "「待定」不是数字。本列单位为万元，请只填数字，如 12000.5。", None),
        (INVESTMENT, text("—"), "", "「—」不是数字。没有数值请留空。", ""),
        (INVESTMENT, text("/"), "", "「/」不是数字。没有数值请留空。", ""),
        (INVESTMENT, text("1.5E+09"), "", "「1.5E+09」不是数字。本列单位为万元，请只填数字，如 12000.5。", None),
        (INVESTMENT, number("0.1234567"), "", "「0.1234567」小数位数太多。本列单位为万元，请填 0.123457。", "0.123457"),
        (INVESTMENT, number("9999999999"), "", "9999999999：超出范围，请核对单位。", None),
        (INVESTMENT, Cell("date", "2024-03-01"), "", "「2024-03-01」不是数字。请把单元格格式设为数值，再填写数字。", None),
        (AREA, number("1"), "亩", "「1」亩换算成平方米除不尽。请把本列单位改为平方米，填 666.67。", None),
        (AREA, text("2万平米"), "", "「2万平米」不是数字。本列单位为平方米，请填 20000。", "20000"),
        (AREA, text("2.5公顷"), "亩", "「2.5公顷」不是数字。本列单位为亩，请填 37.5。", "37.5"),
        (SHARE, text("八成"), "", "「八成」不是数字。本列单位为%，请只填数字，如 12000.5。", None),
        (INVESTMENT, text("85%"), "", "「85%」不是数字。本列单位为万元，请只填数字，如 12000.5。", None),
        (WORKERS, text("1.2万"), "", "「1.2万」不是数字。本列单位为人，请填 12000。", "12000"),
        (WORKERS, number("12.5"), "", "「12.5」不是整数。请填整数，如 12。", None),
        (COUNT, text("3个"), "", "「3个」不是数字。请填 3。", "3"),
        (INVESTMENT, Cell("error", "#REF!"), "", "单元格是错误值 #REF!。请改正公式，或直接填写内容。", None),
        (NAME, Cell("error", "="), "", "公式还没有算出结果。请用 Excel 或 WPS 打开文件，保存后再上传；或直接填写数值。", None),
        (CODE, number("123456789012345700"), "", "「123456789012345700」已被表格软件改写：超过 15 位的数字只保留了前 15 位。"
         "请先把单元格格式设为文本，再重新填写完整的号码。", None),
        (CODE, text("1.23457E+17"), "", "「1.23457E+17」已被表格软件改写：超过 15 位的数字只保留了前 15 位。"
         "请先把单元格格式设为文本，再重新填写完整的号码。", None),
        (NATURE, text("续建"), "", "「续建」不在「建设性质」的选项中。是否指「新建」？可填：新建、扩建。", "新建"),
        (NATURE, text("其他"), "", "「其他」不在「建设性质」的选项中。可填：新建、扩建。", None),
        (LISTED, text("也许"), "", "「也许」不是「是」或「否」。请填「是」或「否」。", None),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(column, cell, unit, sentence, suggestion):
    with pytest.raises(Wrong) as wrong:
        value_of(column, cell, unit)
    assert (str(wrong.value), wrong.value.suggestion) == (sentence, suggestion)


@pytest.mark.parametrize(
    ("cell", "unit"),
    [(text("1.2亿"), ""), (text("12000万元"), ""), (text("1.2亿"), "亿元"), (text("约3亿元"), ""), (text("（500）"), ""), (text("—"), ""),
     (number("0.1234567"), "")],
)  # fmt: skip
def test_a_suggestion_is_right_when_it_is_accepted(cell, unit):
    with pytest.raises(Wrong) as wrong:
        value_of(INVESTMENT, cell, unit)
    value_of(INVESTMENT, text(wrong.value.suggestion), unit)


@pytest.mark.parametrize(
    ("cell", "fact"),
    [
        *[(text(spelling), "2024-03-01") for spelling in (
            "2024-3-1", "2024/03/01", "2024.3.1", "20240301", "2024年3月1日", "2024年3月1号", "２０２４－３－１", "2024 年 3 月 1 日",
            "2024-03-01 08:30", "2024/3/1 0:00:00", "45352")],
        (number("45352"), "2024-03-01"),
        (number("45352.75"), "2024-03-01"),
        (number("20240301"), "2024-03-01"),
        (Cell("date", "2024-03-01"), "2024-03-01"),
        (Cell("date", "2024-03-01 12:30:05"), "2024-03-01"),
        *[(text(spelling), "2023-05") for spelling in ("2023-05", "2023.5", "2023/5", "2023年5月", "202305")],
        (number("202305"), "2023-05"),
        (number("2023.5"), "2023-05"),
        (number("2023.12"), "2023-12"),
        (text("2023.10"), "2023-10"),
        (text("2023.1"), "2023-01"),
        *[(text(spelling), "2023") for spelling in ("2023年", "2023")],
        (number("2023"), "2023"),
    ],
)  # fmt: skip
def test_dates_are_read_in_every_spelling_with_their_precision(cell, fact):
    told = value_of(STARTED_ON, cell)
    assert isinstance(told, PartialDate)
    assert str(told) == fact


def test_the_count_of_days_depends_on_the_calendar_of_the_sheet():
    assert value_of(STARTED_ON, number("43890"), since_1904=True) == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        (STARTED_ON, text("2024-02-30"), "「2024-02-30」：没有这个日期，请核对年、月、日。"),
        (STARTED_ON, number("20241301"), "「2024-13-01」：没有这个日期，请核对年、月、日。"),
        (STARTED_ON, text("202313"), "「2023-13」：没有这个日期，请核对年、月、日。"),
        (STARTED_ON, number("2023.1"),
         "「2023.1」可能是 2023 年 1 月，也可能是 10 月：表格软件会去掉 2023.10 末尾的 0。请写 2023-01 或 2023-10。"),
        (STARTED_ON, number("12000.5"), "「12000.5」不是日期。请写 2024-03-01；只知年月的写 2023-05，只知年份的写 2023。"),
        (STARTED_ON, number("-5"), "「-5」不是日期。请写 2024-03-01；只知年月的写 2023-05，只知年份的写 2023。"),
        (STARTED_ON, text("年底前"), "「年底前」不是日期。请写 2024-03-01；只知年月的写 2023-05，只知年份的写 2023。"),
        (STARTED_ON, text("24.3.1"), "「24.3.1」不是日期。请写 2024-03-01；只知年月的写 2023-05，只知年份的写 2023。"),
        (STARTED_ON, Cell("bool", "TRUE"), "「TRUE」不是日期。请写 2024-03-01；只知年月的写 2023-05，只知年份的写 2023。"),
        (DAY, text("2023-05"), "「2023-05」没有写到日。请写完整的日期，如 2024-03-01。"),
    ],
)
def test_what_is_no_date_is_said(column, cell, sentence):
    with pytest.raises(Wrong) as wrong:
        value_of(column, cell)
    assert str(wrong.value) == sentence


@pytest.mark.parametrize(
    ("column", "cell", "fact"),
    [
        (DAY, text("2024.3.1"), date(2024, 3, 1)),
        (DAY, EMPTY, None),
        (STARTED_ON, EMPTY, None),
        (INVESTMENT, text("  "), None),
        (NATURE, text("新 建".replace(" ", "")), "new"),
        (NATURE, text("NEW"), "new"),
        (NATURE, EMPTY, None),
        (STATE, text("Yes"), "yes"),
        (STATE, text("是"), "yes"),
        (LISTED, EMPTY, None),
        *[(LISTED, text(word), True) for word in ("是", "√", "✓", "1", "true", "Y", "ＹＥＳ")],
        *[(LISTED, text(word), False) for word in ("否", "×", "0", "False", "N")],
        (LISTED, Cell("bool", "TRUE"), True),
        (LISTED, number("0"), False),
    ],
)
def test_days_choices_and_truths(column, cell, fact):
    assert value_of(column, cell) == fact


@pytest.mark.parametrize(
    ("name", "unit"),
    [("万元", "万元"), ("㎡", "平方米"), ("万㎡", "万平方米"), ("亿", "亿元"), ("千元", "千元"), ("万元/亩", "万元/亩"),
     ("年/月/日", "年/月/日"), ("必填", ""), ("高新区", "")],
)  # fmt: skip
def test_a_unit_is_known_by_the_names_that_people_give_it(name, unit):
    assert known_unit(name) == unit


def test_units_convert_exactly():
    assert converted(Decimal("1.2"), "亿元", "百万元") == 120
    with pytest.raises(ValueError, match="不是同一种量"):
        converted(Decimal(1), "亩", "千元")


def test_a_date_field_of_records_takes_what_comes_out():
    field = PartialDateField()
    assert field.to_python(value_of(STARTED_ON, text("2023.5"))) == PartialDate(2023, 5)
