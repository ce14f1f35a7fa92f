"""The time-proportional share and its light, by hand."""

from datetime import date
from decimal import Decimal

import pytest

from kaifaqu.registers.targets.pace import light, pace
from kaifaqu.registers.targets.splits import Split

MONTHS = {1: Decimal(2), 2: Decimal(4), 6: Decimal(6)}  # 12 in the year
RULE = {"yellow_points": 10, "red_points": 30}


@pytest.mark.parametrize(("day", "by_days", "by_months"), [
    ("2023-12-31", "0", "0"), ("2024-01-31", "1.02", "2"), ("2024-02-29", "1.97", "6"), ("2024-02-14", "1.48", "3.93"),
    ("2024-05-31", "4.98", "6"), ("2024-06-15", "5.48", "9"), ("2024-06-30", "5.97", "12"), ("2024-12-31", "12", "12"),
    ("2025-01-01", "12", "12"),
])  # fmt: skip
def test_the_share_of_the_year_that_is_over(day, by_days, by_months):
    """2024 has 366 days: at the end of January 31/366 of 12; by months 2, then 14/29 of February's 4."""
    on = date.fromisoformat(day)
    assert str(pace(Decimal(12), {}, 2024, on).shown.normalize()) == str(Decimal(by_days).normalize())
    assert str(pace(Decimal(12), MONTHS, 2024, on).shown.normalize()) == str(Decimal(by_months).normalize())


@pytest.mark.parametrize(("actual", "colour", "why"), [
    ("12", "green", "全年目标已完成"), ("6", "green", "不落后于序时进度"), ("4.81", "green", "落后序时进度 9.9 个百分点"),
    ("4.8", "yellow", "落后序时进度 10 个百分点"), ("2.4", "yellow", "落后序时进度 30 个百分点"),
    ("2.39", "red", "落后序时进度 30.1 个百分点"),
])  # fmt: skip
def test_a_light_turns_by_points_of_the_years_amount(actual, colour, why):
    """Half of 12 is due on the last of May by months: 1.2 behind is ten points, 3.6 is thirty."""
    assert light(Decimal(12), Decimal(actual), pace(Decimal(12), MONTHS, 2024, date(2024, 5, 31)), RULE) == (colour, why)


def test_a_target_of_nothing_is_reached():
    assert light(Decimal(0), Decimal(0), pace(Decimal(0), {}, 2024, date(2024, 5, 31)), RULE)[0] == "green"


def test_parts_count_when_they_sum_to_the_whole(db):
    half = Split(Decimal(12), months={1: Decimal(2)})
    whole = Split(Decimal(12), months=MONTHS)
    assert (half.by_month(), whole.by_month()) == ({}, MONTHS)
    assert [*half.problems()] == ["按月分解合计 2，应为 12，少 10。"]
    assert [*Split(Decimal(3), months=MONTHS).problems()] == ["按月分解合计 12，应为 3，多 9。"]
    assert [*whole.problems()] == [*Split(Decimal(12)).problems()] == []
