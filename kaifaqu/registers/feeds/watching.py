"""The watch over feeds: between jobs the worker raises the warnings that are due."""

import time
from contextlib import suppress
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import override

from kaifaqu.jobs import working
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import SYSTEM, Party
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import last_seq
from kaifaqu.registers.feeds.models import Feed

PAUSE = 5.0  # seconds between two looks
_seen: tuple[float, tuple[int, date] | None] = (0.0, None)


@working.idle
def watch() -> None:
    """Look at every owner's feeds, where something has been written since the last time or a day has begun."""
    global _seen
    at, state = _seen
    if time.monotonic() - at < PAUSE:
        return
    now = last_seq(), clock.today()
    if now != state:
        raise_due()
    _seen = time.monotonic(), now  # what was written meanwhile is looked at next time


def raise_due() -> None:
    """Raise the warnings that are due, each owner's in a commit of its own."""
    plan = actions.find("alerts.look").plan
    for owner in Party.objects.filter(pk__in=Feed.objects.current().values("owner_id")):
        with suppress(ValidationError), override(settings.LANGUAGE_CODE):  # nothing is due
            commit([plan(owner, by=SYSTEM)], by=SYSTEM)
