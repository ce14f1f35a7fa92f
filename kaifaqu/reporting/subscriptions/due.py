"""When a subscription is due: its rhythm, and the hour of the day from which messages go out."""

import calendar
from datetime import date, datetime, timedelta

from django.conf import settings

from kaifaqu.kernel import clock
from kaifaqu.reporting.subscriptions.models import Rhythm, Subscription

DATED = (Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.MONTHLY)


def last_due(subscription: Subscription, moment: datetime) -> date:
    """Return the last day on or before the moment on which the subscription was due; before the hour, of the day before.

    Of days that were missed only the last one counts: nobody wants the week's seven messages at once.
    """
    here = moment.astimezone(clock.ZONE)
    day = here.date() if here.hour >= settings.NOTICE_HOUR else here.date() - timedelta(days=1)
    if subscription.rhythm == Rhythm.WEEKLY:
        return day - timedelta(days=day.weekday())
    if subscription.rhythm == Rhythm.MONTHLY:
        wanted = subscription.day or 1
        due = _in_month(day, wanted)
        return due if due <= day else _in_month(day.replace(day=1) - timedelta(days=1), wanted)
    return day


def _in_month(day: date, wanted: int) -> date:
    """Return the wanted day of the day's month; where the month is shorter, its last."""
    return day.replace(day=min(wanted, calendar.monthrange(day.year, day.month)[1]))
