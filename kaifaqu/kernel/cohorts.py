"""Cohorts (批次): named, dated lists, and which subjects are on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.records import Record


class Cohort(Record):
    """A named list, the `number`-th of its kind, held on a day; a concrete model names the kinds."""

    columns = ("code", "kind", "number", "name", "held_on")
    kind = models.CharField(_("批次种类"), max_length=24)
    number = models.PositiveIntegerField(_("期"))
    name = models.CharField(_("名称"), max_length=100)
    held_on = models.DateField(_("举行日期"))

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name or self.code


class CohortEntry(Record):
    """A subject is on the list; a concrete model adds `cohort` and `subject`, foreign keys to its registers."""

    columns = ("code", "cohort", "subject")
    code_prefix = "E"

    class Meta(Record.Meta):
        abstract = True
