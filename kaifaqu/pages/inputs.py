"""How each kind of fact is typed: amounts without idle zeros, dates to the day, the month or the year."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import units
from kaifaqu.kernel.fields import ExactField, PartialDate, PartialDateField, PersonalField
from kaifaqu.sheets.cells import Wrong, value_of
from kaifaqu.sheets.reading import Cell

ANY = ExactField(scale=6)  # of an amount that is no column


class AmountInput(forms.Field):
    """A number in a form, shown without idle zeros; read as in a spreadsheet, so that 3.8亿 is never taken for 3.8.

    A browser's own field for numbers drops what it does not understand without a word.
    """

    widget = forms.TextInput

    def __init__(self, *, column: models.Field = ANY, **options: Any):
        super().__init__(**options)
        self.column = column
        self.widget.attrs |= {"class": "amount", "inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:
        """Return the amount; raise ValidationError that says what to write."""
        try:
            return value_of(self.column, Cell("text", str(value))) if value not in (None, "") else None
        except Wrong as wrong:
            raise ValidationError(str(wrong)) from None

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


class LinesInput(forms.CharField):
    """Lines of text in a form, one thing on each; blank ones say nothing."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Return the lines."""
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class Boxes(forms.CheckboxSelectMultiple):
    """A box a word. The value is one text, the words as they are stored: it also comes back whole, out of sight."""

    template_name = "pages/widgets/boxes.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        return " ".join(data.getlist(name)) if hasattr(data, "getlist") else data.get(name, "")

    def format_value(self, value: Any) -> list[str]:
        return str(value or "").split()


class WordsInput(forms.CharField):
    """Some of a few words, ticked; they are stored as one text, with spaces between, in the order in which they are offered."""

    def __init__(self, words: dict[str, Any], **options: Any):
        self.words = [*words]
        super().__init__(widget=Boxes(choices=[*words.items()]), **options)

    def to_python(self, value: Any) -> str:
        ticked = str(value or "").split()
        return " ".join([*(word for word in self.words if word in ticked), *(word for word in ticked if word not in self.words)])

    def prepare_value(self, value: Any) -> str:
        return self.to_python(value)


def input_of(column: models.Field) -> forms.Field:
    """Return the form field in which a fact of this column is typed."""
    told: dict[str, Any] = {}
    if isinstance(column, ExactField):
        told = {"form_class": AmountInput, "column": column}
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
