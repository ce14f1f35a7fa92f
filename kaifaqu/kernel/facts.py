"""What figures ask about a record, abstract: who answers for it, in which cohort it is, when it stood still."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, Party, User
from kaifaqu.kernel.records import Record


class Assignment(Dated):
    """One person or office answers for the subject in a role; a change of person ends the row and begins another.

    A concrete model adds `subject`, a foreign key to its register.
    """

    columns = ("code", "subject", "role", "person", "office", "document", "since", "until")
    code_prefix = "A"
    role = models.CharField(_("职责"), max_length=40)
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("责任人"), related_name="+")
    office = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("责任单位"), related_name="+")
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    class Meta(Dated.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.get_role_display() if hasattr(self, 'get_role_display') else self.role}"


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


class Suspension(Dated):
    """The subject stood still from `since`, until the day on which work was resumed.

    A concrete model adds `subject`, a foreign key to its register.
    """

    columns = ("code", "subject", "since", "until", "cause")
    code_prefix = "S"
    cause = models.CharField(_("停缓原因"), max_length=200)

    class Meta(Dated.Meta):
        abstract = True
