"""What is entered as a fact has happened: its day has come."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.records import Record, field_of


def refuse_ahead(record: Record, *names: str) -> None:
    """Raise ValidationError for days of facts that have not come; an archived record says nothing any more."""
    today = clock.today()
    if problems := [
        _("「{label}」{day} 还没有到（今天是 {today}），发生以后再登记。").format(
            label=field_of(type(record), name).verbose_name, day=day, today=today)
        for name in names if record.archived_at is None and (day := getattr(record, name)) is not None and day > today
    ]:
        raise ValidationError(problems)
