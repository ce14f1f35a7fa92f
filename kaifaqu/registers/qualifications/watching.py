"""The watch over qualifications: once a day the worker opens the renewals that have become due."""

from contextlib import suppress

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import override

from kaifaqu.jobs import working
from kaifaqu.kernel import actions
from kaifaqu.kernel.access import SYSTEM, Party
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.qualifications.models import Qualification


@working.daily
def open_due() -> None:
    """Open the renewals that are due, each owner's in a commit of its own."""
    plan = actions.find("qualification_renewals.look").plan
    for owner in Party.objects.filter(pk__in=Qualification.objects.current().values("owner_id")):
        with suppress(ValidationError), override(settings.LANGUAGE_CODE):  # nothing is due
            commit([plan(owner, by=SYSTEM)], by=SYSTEM)
