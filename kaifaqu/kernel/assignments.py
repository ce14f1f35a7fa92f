"""Assignments: who answers for what, in which role, from when to when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated, Party, User


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
