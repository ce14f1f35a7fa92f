"""The watch over qualifications: once a day the worker opens the renewals that have become due."""

import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import override

from kaifaqu.jobs import working
from kaifaqu.kernel import actions
from kaifaqu.kernel.access import SYSTEM, Party
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.qualifications.models import Qualification
from kaifaqu.registers.qualifications.renewing import due

_log = logging.getLogger(__name__)


@working.daily
def open_due() -> None:
    """Open the renewals that are due, each owner's in a commit of its own; what is refused stands in the log, and hinders no other."""
    plan = actions.find("qualification_renewals.look").plan
    for owner in Party.objects.filter(pk__in=Qualification.objects.current().values("owner_id")):
        with override(settings.LANGUAGE_CODE):
            try:
                if due(owner).exists():
                    commit([plan(owner, by=SYSTEM)], by=SYSTEM)
            except ValidationError:
                _log.exception("renewals of %s", owner)
