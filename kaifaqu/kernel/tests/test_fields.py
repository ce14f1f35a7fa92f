"""What a field accepts, stores and tells: each row of a table is one value. The registers' tests ask databases."""

import copy
import pickle
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Avg, Sum
from hypothesis import given
from hypothesis import strategies as st

from kaifaqu.kernel.fields import (
    ExactField,
    PartialDate,
    PartialDateField,
    Personal,
    PersonalField,
    Undecided,
)

INVESTMENT = ExactField("计划总投资（万元）", scale=6)
STARTED_ON = PartialDateField("开工日期")
PHONE = PersonalField("联系电话", max_length=11)
DAYS = st.dates(date(2023, 1, 1), date(2024, 12, 31))


# Exact amounts


@pytest.mark.parametrize(
    ("typed", "stored", "told"),
    [
        ("12000.5", 12_000_500_000, "12000.500000"),
        (" 8000 ", 8_000_000_000, "8000.000000"),
        (Decimal("0.000001"), 1, "0.000001"),
        (Decimal("1E+3"), 1_000_000_000, "1000.000000"),
        ("-3", -3_000_000, "-3.000000"),
        ("-0", 0, "0.000000"),
        (7, 7_000_000, "7.000000"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_an_amount_is_stored_in_whole_units_and_told_alike_when_typed_and_when_read_back(typed, stored, told):
    read_back = INVESTMENT.from_db_value(INVESTMENT.get_prep_value(typed), None, None)
    assert INVESTMENT.get_prep_value(typed) == stored
    assert INVESTMENT.to_python(typed) == read_back
    assert INVESTMENT.event_value(typed) == INVESTMENT.event_value(read_back) == told


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1.2亿", "「1.2亿」不是数字，请只填数字，如 12000.5。"),
        ("１２０００", "「１２０００」不是数字，请只填数字，如 12000.5。"),
        ("12_000", "「12_000」不是数字，请只填数字，如 12000.5。"),
        ("NaN", "「NaN」不是数字，请只填数字，如 12000.5。"),
        ("Infinity", "「Infinity」不是数字，请只填数字，如 12000.5。"),
        (0.1, "0.1：请用文本、整数或 Decimal，不用浮点数。"),
        (True, "True：请用文本、整数或 Decimal，不用浮点数。"),
        ("0.0000001", "0.0000001：最多 6 位小数。"),
        ("1e-9999", "1e-9999：最多 6 位小数。"),
        ("1000000000.000001", "1000000000.000001：超出范围，请核对单位。"),
        ("1e9999", "1e9999：超出范围，请核对单位。"),
    ],
)
def test_an_amount_that_cannot_be_stored_exactly_is_refused(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        INVESTMENT.to_python(typed)
    assert refusal.value.messages == [sentence]


@given(st.integers(-(10**15), 10**15), st.integers(0, 12))
def test_every_whole_number_of_smallest_units_survives(stored, scale):
    field = ExactField(scale=scale)
    read = field.from_db_value(stored, Sum("x"), None)
    assert field.get_prep_value(read) == field.get_prep_value(field.event_value(read)) == stored


def test_averages_and_fractions_of_units_are_refused():
    for value, expression in [(2, Avg("x")), (None, Avg("x")), (2.5, Sum("x"))]:
        with pytest.raises(TypeError, match="no Avg and no division"):
            INVESTMENT.from_db_value(value, expression, None)


# Dates of known precision


@pytest.mark.parametrize(
    ("written", "date_", "number", "precision", "first", "last"),
    [
        ("2024-03-01", "2024-03-01", 20240301, "day", "2024-03-01", "2024-03-01"),
        ("2024-3-1", "2024-03-01", 20240301, "day", "2024-03-01", "2024-03-01"),
        ("2024/03/01", "2024-03-01", 20240301, "day", "2024-03-01", "2024-03-01"),
        ("2024.3.1", "2024-03-01", 20240301, "day", "2024-03-01", "2024-03-01"),
        ("2024年3月1日", "2024-03-01", 20240301, "day", "2024-03-01", "2024-03-01"),
        ("20240301", "2024-03-01", 20240301, "day", "2024-03-01", "2024-03-01"),
        (date(2024, 3, 1), "2024-03-01", 20240301, "day", "2024-03-01", "2024-03-01"),
        ("2023-05", "2023-05", 20230500, "month", "2023-05-01", "2023-05-31"),
        ("2023.5", "2023-05", 20230500, "month", "2023-05-01", "2023-05-31"),
        ("2023年5月", "2023-05", 20230500, "month", "2023-05-01", "2023-05-31"),
        ("2024/2", "2024-02", 20240200, "month", "2024-02-01", "2024-02-29"),
        (PartialDate(2023, 5), "2023-05", 20230500, "month", "2023-05-01", "2023-05-31"),
        ("2023", "2023", 20230000, "year", "2023-01-01", "2023-12-31"),
        (" 2023年 ", "2023", 20230000, "year", "2023-01-01", "2023-12-31"),
    ],
)
def test_a_date_keeps_the_precision_it_was_written_with(written, date_, number, precision, first, last):
    parsed = PartialDate.parse(written)
    known_to = "day" if parsed.day else "month" if parsed.month else "year"
    assert (str(parsed), parsed.as_number(), known_to) == (date_, number, precision)
    assert (parsed.first.isoformat(), parsed.last.isoformat()) == (first, last)
    assert PartialDate.from_number(number) == PartialDate.parse(date_) == parsed
    assert STARTED_ON.event_value(written) == STARTED_ON.event_value(parsed) == date_


@pytest.mark.parametrize("impossible", ["2023-02-29", "2023-13", "2023-00", "2023-05-00", "0000", "20230532"])
def test_a_date_that_does_not_exist_is_refused(impossible):
    with pytest.raises(ValueError, match=r"没有这个日期，请核对年、月、日。$"):
        PartialDate.parse(impossible)


@pytest.mark.parametrize(
    "other", ["", "去年", "2024-3.1", "24-03-01", "202403", "2023年5", "２０２３", 2023.1, 2023, datetime(2024, 3, 1)]
)
def test_anything_else_is_not_a_date(other):
    with pytest.raises(ValueError, match="不是日期。请写 2024-03-01；只知年月的写 2023-05，只知年份的写 2023。"):
        PartialDate.parse(other)


@pytest.mark.parametrize(
    ("one", "other", "before", "not_after"),
    [
        ("2023-05", "2023-06-01", True, True),
        ("2023-05", "2023-05-31", None, True),
        ("2023-05", "2023-05-15", None, None),
        ("2023-05", "2023-05-01", False, None),
        ("2023-05", "2023-04-30", False, False),
        ("2023", "2024", True, True),
        ("2023", "2023-05", None, None),
        ("2023-05", "2023-05", None, None),
        ("2023-05-15", "2023-05-15", False, True),
        ("2023-05-15", "2023-05-16", True, True),
    ],
)
def test_dates_are_put_in_order_only_where_it_is_certain(one, other, before, not_after):
    one, other = PartialDate.parse(one), PartialDate.parse(other)
    others = [other, other.first] if other.day else [other]
    for there in others:
        assert answer(lambda: one < there) == answer(lambda: there > one) == before  # noqa: B023
        assert answer(lambda: one <= there) == answer(lambda: there >= one) == not_after  # noqa: B023


def answer(compare):
    try:
        return compare()
    except Undecided:
        return None


def test_an_undecided_order_names_both_dates():
    with pytest.raises(Undecided, match="「2023-05」与「2023-05-15」孰先孰后无法判定，请把日期补全。"):
        assert PartialDate(2023, 5) < date(2023, 5, 15)


def test_a_full_date_equals_its_day_and_a_month_equals_only_itself():
    assert {PartialDate(2024, 3, 1), date(2024, 3, 1)} == {date(2024, 3, 1)}
    assert PartialDate(2024, 3) == PartialDate.parse("2024.3")
    assert PartialDate(2024, 3) not in {PartialDate(2024, 3, 1), PartialDate(2024), date(2024, 3, 1), 20240300}


@pytest.mark.parametrize(
    ("border", "numbers"),
    [
        (date(2024, 6, 15), [20240000, 20240600]),
        (date(2024, 6, 30), [20240000]),
        (date(2024, 2, 28), [20240000, 20240200]),
        (date(2024, 12, 1), [20240000, 20241200]),
        (date(2024, 12, 31), []),
    ],
)
def test_the_stored_numbers_that_leave_a_border_undecided(border, numbers):
    assert PartialDateField.undecidable(border) == numbers


def test_a_condition_takes_stored_numbers_as_they_are_and_no_others():
    for number in (20240000, 20240600, 20240615):
        assert STARTED_ON.get_prep_value(number) == number
    for number in (2024, 202406, 20241301, 20240015):
        with pytest.raises(ValueError, match="没有这个日期"):
            STARTED_ON.get_prep_value(number)


@given(day=DAYS, border=DAYS, precision=st.integers(1, 3))
def test_a_stored_number_is_undecidable_exactly_where_the_dates_cannot_be_put_in_order(day, border, precision):
    known = PartialDate(*(day.year, day.month, day.day)[:precision])
    undecided = answer(lambda: known <= border) is None
    assert undecided == (known.as_number() in PartialDateField.undecidable(border))


# Personal data


def test_a_personal_value_keeps_its_salt_and_tells_only_its_hmac():
    phone = PHONE.clean("13800000000", None)
    stored = PHONE.get_prep_value(phone)
    read_back = PHONE.from_db_value(stored, None, None)
    assert stored == f"{phone.salt}$13800000000"
    assert len(phone.salt) == 32
    assert read_back == phone == "13800000000"
    assert PHONE.event_value(phone) == PHONE.event_value(read_back) == f"hmac:{phone.digest}"
    assert phone.digest != PHONE.clean("13800000000", None).digest


def test_the_digest_is_the_hmac_sha256_of_the_text_with_the_salt_as_key():
    expected = "a094bacb7d515a7e0e5dfe51f151922d9878b0b39f7ac3a1736729536175384b"
    assert Personal("13800000000", "0" * 32).digest == expected


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_copy_keeps_the_salt(copied):
    phone = Personal("13800000000")
    assert (copied(phone), copied(phone).salt) == (phone, phone.salt)


def test_an_erased_value_leaves_neither_text_nor_salt():
    for empty in ("", None, Personal("")):
        assert PHONE.get_prep_value(empty) == ""
        assert PHONE.event_value(empty) is None
    assert PHONE.from_db_value("", None, None).salt == ""


def test_a_value_may_hold_the_sign_that_ends_the_salt():
    assert PHONE.from_db_value(PHONE.get_prep_value("1$2$3"), None, None) == "1$2$3"


def test_plain_text_has_no_hmac_yet_and_a_long_one_is_refused():
    with pytest.raises(TypeError, match="clean it first"):
        PHONE.event_value("13800000000")
    with pytest.raises(ValidationError):
        PHONE.clean("138000000001", None)


def test_a_personal_value_is_not_searched_by_sql():
    for lookup in ("exact", "in", "contains", "startswith"):
        with pytest.raises(TypeError, match="「联系电话」是个人信息，不能用 SQL 查找"):
            PHONE.get_lookup(lookup)


# Codes


@pytest.mark.parametrize(
    "field",
    [INVESTMENT, STARTED_ON, PHONE],
)
def test_a_field_can_be_copied_and_written_into_a_migration(field):
    assert field.clone().deconstruct() == field.deconstruct()
