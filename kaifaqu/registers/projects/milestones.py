"""Milestones: the days on which things happened, each with its evidence; the stage of a record follows from them."""

from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t

from kaifaqu.kernel import clock
from kaifaqu.kernel.fields import PartialDate, PartialDateField, Undecided
from kaifaqu.kernel.records import Record


def milestone(label: Any, help_text: Any = "") -> PartialDateField:
    """Return a column for the day on which something happened, known to the day, the month or the year."""
    return PartialDateField(label, null=True, blank=True, help_text=help_text)


def evidence(label: Any) -> models.CharField:
    """Return a column for the document that shows it: its name and number."""
    return models.CharField(label, max_length=200, blank=True)


def follows(stage: str, column: str, sentence: Any) -> models.CheckConstraint:
    """Return the constraint that a record at the stage has the date from which the stage follows."""
    return models.CheckConstraint(
        condition=~Q(stage=stage) | Q(**{f"{column}__isnull": False}),
        name=f"%(class)s_{stage}_has_{column}", violation_error_message=sentence,
    )


class Milestones(Record):
    """A record whose stage follows from the dates on which things happened."""

    ORDER: tuple[str, ...] = ()  # the dates in the order in which they can only come
    LAST = ""  # the date after which nothing more happens
    BESIDE: tuple[str, ...] = ()  # dates that keep no order

    class Meta(Record.Meta):
        abstract = True

    def clean(self) -> None:
        """Refuse dates in the future, and two dates that are certainly in the wrong order."""
        known, beside = ({name: day for name in names if (day := getattr(self, name))} for names in ((*self.ORDER, self.LAST), self.BESIDE))
        today = clock.today()
        problems = [
            _t("「{label}」{day} 在今天（{today}）之后。没有发生的事请不要登记。").format(label=self._label(name), day=day, today=today)
            for name, day in {**known, **beside}.items() if day.first > today
        ]
        numbers = [day.as_number() for day in known.values()]
        problems += [] if numbers == sorted(numbers) else [  # nothing is certainly after a greater number
            _t("「{later}」{day} 早于「{earlier}」{before}，请核对。").format(
                later=self._label(later), day=known[later], earlier=self._label(earlier), before=known[earlier])
            for earlier, later in combinations(known, 2) if _is_certainly_after(known[earlier], known[later])
        ]
        if problems:
            raise ValidationError(problems)

    def undocumented(self) -> list[str]:
        """Return a sentence for each date whose evidence is not named."""
        return [
            _t("「{label}」{day} 没有写明依据。").format(label=self._label(name), day=getattr(self, name))
            for name in (*self.ORDER, self.LAST, *self.BESIDE)
            if getattr(self, name) and getattr(self, name.replace("_on", "_evidence"), None) == ""
        ]

    def _label(self, name: str) -> str:
        column = self._meta.get_field(name)
        assert isinstance(column, models.Field)
        return str(column.verbose_name)


def _is_certainly_after(one: PartialDate, other: PartialDate) -> bool:
    try:
        return one > other
    except Undecided:
        return False
