"""Spans: whether what holds from a day to a day holds now, has ended, or has not begun."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Dated


class Span(models.TextChoices):
    """How a dated row stands on a day."""

    NOW = "now", _("有效")
    AHEAD = "ahead", _("尚未开始")
    ENDED = "ended", _("已结束")


def span_of(row: Dated, on: date) -> Span:
    """Return how the row stands on the day."""
    if row.since > on:
        return Span.AHEAD
    return Span.ENDED if row.until is not None and row.until <= on else Span.NOW
