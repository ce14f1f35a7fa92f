"""Looking: the background worker finds what is due, computes it for each person, and writes the messages.

The messages and how far it has come are written in one transaction, and only by whoever goes on from the turn that he has
read: so neither two workers nor one that was killed tell anything twice or leave it out.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error, transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.jobs import working
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.events import Event, last_seq
from kaifaqu.reporting.subscriptions import telling
from kaifaqu.reporting.subscriptions.due import DATED, last_due
from kaifaqu.reporting.subscriptions.models import Mail, MailState, Notice, Rhythm, Standing, Subscription
from kaifaqu.reporting.subscriptions.telling import BROKEN, KNOWN, Seen

LOOK = 10  # seconds between two rounds of one worker
ROUND = 2  # seconds that a round takes; the rest comes in the next one

_log = logging.getLogger(__name__)
_rested: tuple[float, tuple[int, date, int] | None] = (0.0, None)  # when, and at what, the last whole round ended


class Overtaken(Exception):
    """Raised where another worker has gone on from the same turn: everything of this one is taken back."""


@working.idle
def watch() -> None:
    """Send what is due, at most every few seconds, and only where something has happened or a day has begun."""
    global _rested
    at, seen = _rested
    here = clock.now().astimezone(clock.ZONE)
    state = last_seq(), here.date(), here.hour
    if time.monotonic() - at < LOOK or state == seen:
        return
    _rested = (time.monotonic(), state) if send_due(ROUND) else (0.0, None)


def send_due(seconds: float = float("inf")) -> bool:
    """Tell everybody what is due now; tell whether nothing is left to look at, or time was up."""
    end = time.monotonic() + seconds
    with override(settings.LANGUAGE_CODE):
        people = waiting(clock.now())
        for place, (person, wishes) in enumerate(people.items(), 1):
            tell(User.objects.get(pk=person), wishes)  # anew: rights are asked once for each person object
            if time.monotonic() > end:
                return place == len(people)
    return True


def waiting(moment: datetime) -> dict[int, list[Subscription]]:
    """Return by person the subscriptions that are to be looked at, whoever has waited longest first."""
    last = last_seq()
    rows = Subscription.objects.current().exclude(figure="").filter(person__is_active=True, person__archived_at=None)
    rows = rows.annotate(made_at=Subquery(Event.objects.filter(seq=OuterRef("pk")).values("at")))
    found: dict[int, list[Subscription]] = defaultdict(list)
    for wish in sorted(rows.select_related("standing"), key=lambda each: (standing_of(each).seen, each.pk)):
        if is_waiting(wish, standing_of(wish), moment, last):
            found[wish.person_id].append(wish)
    return found


def standing_of(wish: Subscription) -> Standing:
    """Return how the subscription stands; one that was never looked at, and one that was changed, begins anew."""
    held = getattr(wish, "standing", None)
    return Standing(subscription=wish) if held is None else held


def is_waiting(wish: Any, standing: Standing, moment: datetime, last: int) -> bool:
    """Tell whether the subscription is to be looked at: something was written since, or a day is due after that of its making."""
    if wish.rhythm in DATED:
        return last_due(wish, moment) > (standing.due or wish.made_at.astimezone(clock.ZONE).date())
    day = moment.astimezone(clock.ZONE).date()
    return standing.seen < last or standing.version != wish.row_version or standing.looked_on != day


def tell(person: User, wishes: Iterable[Subscription]) -> None:
    """Look at the person's subscriptions, and write at once what is told and how each stands now.

    Where another worker was faster with one of them, nothing is written: what he left is told in the next round.
    """
    moment, last = clock.now(), last_seq()
    notices, standings = [], []
    for wish in wishes:
        before = standing_of(wish)
        seen = _look(wish, person)
        after = stands(wish, before, seen, moment, last)
        standings.append((before, after))
        if is_told(wish, before, after):
            notices.append(telling.compose(wish, seen, fresh(wish, before), _key(wish, after)))
    try:
        with transaction.atomic():
            for before, after in sorted(standings, key=lambda pair: pair[1].pk):  # workers wait for each other in one order
                _go_on(before, after)
            telling.store(notices)
    except Overtaken:
        return


def _look(wish: Subscription, person: User) -> Seen:
    """Return the subscription's figure; one with a fault stands in nobody's way."""
    try:
        return telling.look(wish, person)
    except Error:
        raise
    except Exception:
        _log.exception("subscription %s", wish.pk)
        return Seen(BROKEN, str(wish), problem=_("计算时出现意外错误，请把订阅编号 {code} 交给管理员。").format(code=wish.code),
                    address=reverse("subscriptions"))


def stands(wish: Subscription, before: Standing, seen: Seen, moment: datetime, last: int) -> Standing:
    """Return how the subscription stands after a look."""
    beyond = telling.is_beyond(wish, seen.value) if seen.value is not None else fresh(wish, before).is_beyond
    return Standing(
        subscription=wish, turn=before.turn + 1, version=wish.row_version, seen=last, looked_on=moment.astimezone(clock.ZONE).date(),
        due=last_due(wish, moment) if wish.rhythm in DATED else before.due, state=seen.state, value=seen.text, shown=seen.shown,
        period=seen.period, data_date=seen.data_date, is_beyond=beyond)


def fresh(wish: Subscription, before: Standing) -> Standing:
    """Return what was seen before; of a subscription whose terms were changed, nothing."""
    return before if before.version == wish.row_version else Standing(subscription=wish)


def is_told(wish: Subscription, before: Standing, after: Standing) -> bool:
    """Tell whether the look is worth a message: a day is due, the value changed, a border was crossed, or data are missing."""
    if wish.rhythm in DATED:
        return True
    known = fresh(wish, before)
    if after.state != KNOWN:
        return after.state != known.state
    if wish.rhythm == Rhythm.CROSSED:
        return after.is_beyond and not known.is_beyond
    return bool(known.state) and (known.state, known.value) != (after.state, after.value)


def _key(wish: Subscription, after: Standing) -> str:
    """Return the name of the occasion: the due day, or the turn."""
    return f"{after.due}" if wish.rhythm in DATED else f"turn {after.turn}"


def _go_on(before: Standing, after: Standing) -> None:
    """Write how a subscription stands, if nobody went on from the same turn. Raise Overtaken where somebody did."""
    facts = {each.attname: getattr(after, each.attname) for each in Standing._meta.concrete_fields if not each.primary_key}
    if not before.turn:
        Standing.objects.bulk_create([before], ignore_conflicts=True)
    if not Standing.objects.filter(pk=after.pk, turn=before.turn).update(**facts):
        raise Overtaken


@working.daily
def tidy() -> None:
    """Remove messages that were read and are old, and mails that no message belongs to any more."""
    oldest = clock.now() - timedelta(days=settings.NOTICE_DAYS)
    Notice.objects.filter(read_at__isnull=False, made_at__lt=oldest).delete()
    Mail.objects.filter(notices=None, state__in=(MailState.SENT, MailState.FAILED)).delete()
