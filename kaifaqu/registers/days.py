"""Days of facts: none lies ahead, and what comes first is not later."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.records import field_of


def refuse_ahead(record: Any, *names: str) -> None:
    """Raise ValidationError for a day of these columns that has not come: what is to happen is no fact yet."""
    for name in names:
        day = getattr(record, name)
        if day is not None and day > clock.today():
            raise ValidationError(_("「{label}」{day} 还没有到（今天是 {today}），请核对日期。").format(
                label=field_of(type(record), name).verbose_name, day=day, today=clock.today()))


def refuse_before(record: Any, name: str, *earlier: str) -> None:
    """Raise ValidationError for a day that lies before that of another column, which comes first."""
    day = getattr(record, name)
    for other in earlier:
        first = getattr(record, other)
        if day is not None and first is not None and day < first:
            raise ValidationError(_("「{label}」{day} 早于「{other}」{first}，请核对日期。").format(
                label=field_of(type(record), name).verbose_name, day=day, other=field_of(type(record), other).verbose_name, first=first))
