"""What cannot be: facts of days to come, amounts of nothing and less."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.records import field_of


def refuse_ahead(row: Any, *names: str) -> None:
    """Raise ValidationError for the dates of a current row that lie in the future: what has not happened is no fact."""
    if row.archived_at is None and (ahead := [name for name in names if (day := getattr(row, name)) is not None and day > clock.today()]):
        raise ValidationError([
            _("「{label}」{day} 还没有到（今天是 {today}），发生以后再登记。").format(
                label=_label(row, name), day=getattr(row, name), today=clock.today()) for name in ahead])


def refuse_negative(row: Any, *names: str) -> None:
    """Raise ValidationError for amounts below nothing."""
    if wrong := [name for name in names if (value := getattr(row, name)) is not None and value < 0]:
        raise ValidationError([_("「{label}」不能小于 0。").format(label=_label(row, name)) for name in wrong])


def refuse_nothing(row: Any, *names: str) -> None:
    """Raise ValidationError for amounts of nothing and less."""
    if wrong := [name for name in names if (value := getattr(row, name)) is not None and value <= 0]:
        raise ValidationError([_("「{label}」要大于 0；没有的空着。").format(label=_label(row, name)) for name in wrong])


def _label(row: Any, name: str) -> Any:
    return field_of(type(row), name).verbose_name
