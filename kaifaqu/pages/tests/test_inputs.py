"""Inputs: how amounts and dates are shown in a form, and read from it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel.fields import ExactField, PartialDate, PartialDateField
from kaifaqu.pages.inputs import input_of


def test_a_form_shows_an_amount_without_idle_zeros():
    assert input_of(ExactField("计划总投资（万元）", scale=6)).prepare_value(Decimal("12000.500000")) == "12000.5"


def test_a_form_reads_and_shows_a_date_with_its_precision():
    field = input_of(PartialDateField("开工日期", blank=True))
    assert field.clean("2023.5") == PartialDate(2023, 5)
    assert field.clean("") is None
    assert field.prepare_value(PartialDate(2023, 5)) == "2023-05"
    assert not field.has_changed(PartialDate(2023, 5), "2023年5月")
    with pytest.raises(ValidationError, match="「五月」不是日期"):
        field.clean("五月")
