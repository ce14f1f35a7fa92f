"""Amounts of facts: which of them cannot be below zero, or zero."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel.records import field_of


def refuse_negative(record: Any, *names: str) -> None:
    """Raise ValidationError for amounts of these columns below zero; an empty one is not known and may stay so."""
    _refuse(record, names, _("「{label}」是负数，请核对。"), lambda value: value < 0)


def refuse_nothing(record: Any, *names: str) -> None:
    """Raise ValidationError for amounts of these columns of zero and less."""
    _refuse(record, names, _("「{label}」要大于 0；没有的空着。"), lambda value: value <= 0)


def _refuse(record: Any, names: tuple[str, ...], sentence: str, is_wrong: Any) -> None:
    if wrong := [name for name in names if (value := getattr(record, name)) is not None and is_wrong(value)]:
        raise ValidationError([sentence.format(label=field_of(type(record), name).verbose_name) for name in wrong])
