"""Periods: each row of a table is one period as written, with what follows from it."""

from datetime import date

import pytest
from django.utils import translation

from kaifaqu.kernel.periods import Period, month_series


@pytest.mark.parametrize(
    ("text", "start", "end", "label", "last_year", "previous"),
    [
        ("2024", "2024-01-01", "2024-12-31", "2024年", "2023", "2023"),
        ("2024-H1", "2024-01-01", "2024-06-30", "2024年上半年", "2023-H1", "2023-H2"),
        ("2024-H2", "2024-07-01", "2024-12-31", "2024年下半年", "2023-H2", "2024-H1"),
        ("2024-Q1", "2024-01-01", "2024-03-31", "2024年一季度", "2023-Q1", "2023-Q4"),
        ("2024-Q4", "2024-10-01", "2024-12-31", "2024年四季度", "2023-Q4", "2024-Q3"),
        ("2024-01", "2024-01-01", "2024-01-31", "2024年1月", "2023-01", "2023-12"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024年2月", "2023-02", "2024-01"),
        ("2024-01..06", "2024-01-01", "2024-06-30", "2024年1—6月", "2023-01..06", None),
        ("2024-01..02", "2024-01-01", "2024-02-29", "2024年1—2月", "2023-01..02", None),
        ("2024-01..12", "2024-01-01", "2024-12-31", "2024年1—12月", "2023-01..12", None),
        ("2024-06-30", "2024-06-30", "2024-06-30", "2024年6月30日", "2023-06-30", "2024-06-29"),
        ("2024-01-01", "2024-01-01", "2024-01-01", "2024年1月1日", "2023-01-01", "2023-12-31"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "2024年2月29日", "2023-02-28", "2024-02-28"),
    ],
)
def test_a_period_knows_its_days_its_name_and_its_neighbours(text, start, end, label, last_year, previous):
    period = Period.parse(text)
    assert (period.start.isoformat(), period.end.isoformat(), period.label) == (start, end, label)
    assert str(period) == text
    assert period.last_year() == Period.parse(last_year)
    if previous:
        assert period.previous() == Period.parse(previous)
    else:
        with pytest.raises(ValueError, match="是累计期，没有上一期；请与上年同期比较"):
            period.previous()


@pytest.mark.parametrize(
    "text",
    ["", "今年", "24", "2024-13", "2024-00", "2024-1", "2024-H3", "2024-Q5", "2024-06..01", "2024-01..13", "2023-02-29",
     "2024-06-00", "2024-01..02-03", "0000", "２０２４"],
)  # fmt: skip
def test_anything_else_is_refused_with_the_possible_forms(text):
    with pytest.raises(ValueError, match=r"不是期间。可写 2024（全年）.*2024-01\.\.06.*2024-06-30（一天）。"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2024-Q1", ["2024-01", "2024-02", "2024-03"]),
        ("2024-02..03", ["2024-02", "2024-03"]),
        ("2024-12", ["2024-12"]),
        ("2024-12-31", []),
    ],
)
def test_a_period_lists_its_months(text, months):
    assert [str(month) for month in Period.parse(text).months()] == months


def test_january_to_january_is_january():
    assert Period.parse(" 2024-01..01 ") == Period.parse("2024-01")


def test_the_day_before():
    assert Period.parse("2024-03").day_before == date(2024, 2, 29)


def test_months_in_a_row_pass_the_turn_of_the_year():
    assert [str(month) for month in month_series("2023-11", 4)] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert month_series("2023-11", 0) == []
    with pytest.raises(ValueError, match="「2024」不是一个月，请写 2024-01。"):
        month_series("2024", 3)


def test_a_label_is_made_in_the_language_of_the_reader():
    with translation.override("zh-hans"):
        assert Period.parse("2024-Q2").label == "2024年二季度"
