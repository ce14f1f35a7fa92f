"""Inputs: how amounts and dates are shown in a form, and read from it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel.fields import ExactField, PartialDate, PartialDateField
from kaifaqu.pages.inputs import input_of


def test_a_form_shows_an_amount_without_idle_zeros():
    assert input_of(ExactField("计划总投资（万元）", scale=6)).prepare_value(Decimal("12000.500000")) == "12000.5"


@pytest.mark.parametrize(("typed", "read"), [
    ("12000.5", "12000.5"), ("12,000.5", "12000.5"), ("１２０００", "12000"), (" 38000 ", "38000"), ("-1.5", "-1.5"),
    ("3.8亿", "38000"), ("约3万", None), ("abc", None),
])  # fmt: skip
def test_a_form_reads_an_amount_as_a_spreadsheet_does_and_drops_nothing(typed, read):
    field = input_of(ExactField("计划总投资（万元）", scale=6))
    assert field.widget.input_type == "text"  # a browser's field for numbers would make 3.8 of 3.8亿
    if typed == "3.8亿":
        with pytest.raises(ValidationError, match="38000"):
            field.clean(typed)
    elif read is None:
        with pytest.raises(ValidationError, match=r"数字|请填"):
            field.clean(typed)
    else:
        assert field.clean(typed) == Decimal(read)


def test_a_form_reads_and_shows_a_date_with_its_precision():
    field = input_of(PartialDateField("开工日期", blank=True))
    assert field.clean("2023.5") == PartialDate(2023, 5)
    assert field.clean("") is None
    assert field.prepare_value(PartialDate(2023, 5)) == "2023-05"
    assert not field.has_changed(PartialDate(2023, 5), "2023年5月")
    with pytest.raises(ValidationError, match="「五月」不是日期"):
        field.clean("五月")
