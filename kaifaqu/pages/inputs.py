"""How each kind of fact is typed: amounts without idle zeros, dates to the day, the month or the year."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import units
from kaifaqu.kernel.fields import ExactField, PartialDate, PartialDateField, PersonalField


class AmountInput(forms.DecimalField):
    """A number in a form, shown without idle zeros."""

    def prepare_value(self, value: Any) -> Any:
        return units.text(value) if isinstance(value, Decimal) else value


class PartialDateInput(forms.Field):
    """A date in a form, written to the day, the month or the year."""

    def to_python(self, value: Any) -> PartialDate | None:
        if value in (None, ""):
            return None
        try:
            return PartialDate.parse(value)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, PartialDate) else value


def input_of(column: models.Field) -> forms.Field:
    """Return the form field in which a fact of this column is typed."""
    told: dict[str, Any] = {}
    if isinstance(column, ExactField):
        told = {"form_class": AmountInput, "decimal_places": column.scale}
    elif isinstance(column, PartialDateField):
        told = {"form_class": PartialDateInput}
    elif isinstance(column, PersonalField):
        told = {"widget": forms.TextInput}
    return dressed(column.formfield(**told) or forms.CharField(label=column.verbose_name))


def dressed(field: forms.Field) -> forms.Field:
    """Give a field the widget that fits its kind."""
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    if isinstance(field, PartialDateInput):
        field.widget.attrs |= {"class": "date", "placeholder": _("年-月-日")}
    if isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 3
    return field
