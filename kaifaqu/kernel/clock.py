"""The one source of time. A demo stands on a day of its own; a productive installation cannot set the clock."""

import time
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext as _

ZONE = ZoneInfo("Asia/Shanghai")
_set: ContextVar[datetime | None] = ContextVar("clock", default=None)
_demo_day: tuple[float, date | None] = (0.0, None)


class ClockRefused(ValueError):
    """Raised when somebody tries to set the clock of a productive installation, or to set it back."""


def now() -> datetime:
    """Return the moment: the loader's, else the demo day at this time of day, else the machine's."""
    if (moment := _set.get()) is not None:
        return moment
    real = timezone.now()
    if (day := _standing_day()) is None:
        return real
    return datetime.combine(day, real.astimezone(ZONE).time(), ZONE)


def machine() -> datetime:
    """Return the machine's own moment: for what processes do among themselves, never for a fact."""
    return timezone.now()


def today() -> date:
    """Return the day of `now` in Asia/Shanghai."""
    return now().astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """Return the first moment after the day in Asia/Shanghai."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)


def set(moment: datetime) -> None:
    """Set this process's clock while a demo or a test is loaded.

    Raise ClockRefused in a productive installation, and when the moment lies before the last event.
    """
    installation = apps.get_model("kernel.Installation").objects.first()
    if installation is not None and not installation.demo:
        raise ClockRefused(_("正式安装不能设置时钟。"))
    last = apps.get_model("kernel.Head").objects.get().at
    if last is not None and moment < last:
        raise ClockRefused(_("时钟只能向前：最后一个事件在 {last}，不能回到 {moment}。").format(last=last, moment=moment))
    _set.set(moment)


def release() -> None:
    """Return from a loader's clock to the installation's."""
    global _demo_day
    _set.set(None)
    _demo_day = (0.0, None)


def _standing_day() -> date | None:
    """Return the demo day, read from the installation at most once a second."""
    global _demo_day
    read_at, day = _demo_day
    if time.monotonic() - read_at > 1:
        installation = apps.get_model("kernel.Installation").objects.first()
        day = installation.demo_day if installation is not None and installation.demo else None
        _demo_day = (time.monotonic(), day)
    return day
