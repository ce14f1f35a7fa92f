"""Suspensions: the time in which a subject stood still, with the reason."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated


class Suspension(Dated):
    """The subject stood still from `since`, until the day on which work was resumed.

    A concrete model adds `subject`, a foreign key to its register.
    """

    columns = ("code", "subject", "since", "until", "cause")
    code_prefix = "S"
    cause = models.CharField(_("停缓原因"), max_length=200)

    class Meta(Dated.Meta):
        abstract = True
