"""Days of facts: none of them lies ahead, and what comes later is not before what came earlier."""

from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.records import field_of


def refuse_disorder(record: Any, *names: str) -> None:
    """Raise ValidationError for a day that has not come, and for one before that of an earlier column; empty ones keep no order."""
    days = [(field_of(type(record), name).verbose_name, day) for name in names if (day := getattr(record, name)) is not None]
    problems = [
        _("「{label}」{day} 还没有到（今天是 {today}）；到了那天再登记。").format(label=label, day=day, today=clock.today())
        for label, day in days if day > clock.today()]
    problems += [
        _("「{label}」{day} 早于「{before}」{earlier}，请核对。").format(label=label, day=day, before=before, earlier=earlier)
        for (before, earlier), (label, day) in pairwise(days) if day < earlier]
    if problems:
        raise ValidationError(problems)
