"""Events: the append-only, hash-chained list of everything that was done."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.fields import PartialDate, PartialDateField
from kaifaqu.kernel.records import ReadOnlyQuerySet, Record, _refuse

ALGORITHM = "sha256"
HASHED = (
    "seq", "at", "actor", "party", "action", "subject", "subject_id", "origin", "target",
    "occurred_on", "reason", "changeset", "payload", "algorithm", "previous",
)
_canonical = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))


class Event(models.Model):
    """One thing done to one record (or a note about it), at the moment it became known.

    `subject` and `subject_id` point by text, so that the list outlives any register. `changeset` is the number of the
    first event of the same commit. `payload` is canonical JSON, hashed as stored: facts before and after, and the
    digest of the version row with the columns it covers.
    """

    seq = models.BigIntegerField(_("序号"), primary_key=True)
    at = models.DateTimeField(_("记录时间"), db_index=True)
    actor = models.CharField(_("经办"), max_length=40)
    party = models.BigIntegerField(_("单位"))
    action = models.CharField(_("事项"), max_length=80)
    subject = models.CharField(_("对象"), max_length=80)
    subject_id = models.BigIntegerField(_("对象编号"))
    origin = models.CharField(_("原阶段"), max_length=40, blank=True)
    target = models.CharField(_("新阶段"), max_length=40, blank=True)
    occurred_on = PartialDateField(_("发生日期"), null=True, blank=True)
    reason = models.TextField(_("原因"), blank=True)
    changeset = models.BigIntegerField(_("变更批"), db_index=True)
    payload = models.TextField()
    algorithm = models.CharField(max_length=16, default=ALGORITHM)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = ReadOnlyQuerySet.as_manager()
    save = delete = _refuse

    class Meta:
        default_permissions = ()
        base_manager_name = "objects"
        verbose_name = verbose_name_plural = _("事件")
        indexes = [models.Index(fields=("subject", "subject_id", "seq"), name="event_subject")]

    def __str__(self) -> str:
        return f"#{self.seq} {self.action} {self.subject} {self.subject_id}"

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Return the payload: `before`, `after`, `columns`, `digest`, and `personal` where such facts are kept."""
        return json.loads(self.payload)


class Head(models.Model):
    """The end of the chain: one row, locked by each commit, so that numbers have no gap and the chain no fork."""

    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"#{self.seq} {self.hash}"


def canonical(value: Any) -> str:
    """Return the one JSON text of the value: sorted keys, no idle space."""
    return _canonical.encode(value)


def plain(value: Any) -> Any:
    """Return the value as JSON holds it: dates as ISO text, moments in UTC."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PartialDate):
        return str(value)
    return value


def fact(field: models.Field, row: Any) -> Any:
    """Return the row's value of the field as an event tells it; of a personal fact only its HMAC."""
    value = getattr(row, field.attname)
    if (tell := getattr(field, "event_value", None)) is not None:
        return tell(value)
    return plain(value)


def digest(facts: Mapping[str, Any]) -> str:
    """Return the digest of a version row: of its facts by column, as `fact` tells them."""
    return hashlib.new(ALGORITHM, canonical(facts).encode()).hexdigest()


def hash_of(event: Any) -> str:
    """Return the hash that the event must carry: over its own columns and the hash of the event before it."""
    values = [plain(getattr(event, name)) for name in HASHED]
    return hashlib.new(event.algorithm, canonical(values).encode()).hexdigest()


def last_seq() -> int:
    """Return the number of the last event: what is known now."""
    return Head.objects.values_list("seq", flat=True).get()


def is_head(text: str) -> bool:
    """Tell whether the chain of this installation has once ended so: "#seq hash", as a head is written."""
    number, _space, hash = text.removeprefix("#").partition(" ")
    return number.isascii() and number.isdecimal() and len(number) < 19 and Event.objects.filter(seq=int(number), hash=hash).exists()


def known_on(text: str | date | None) -> int | None:
    """Return what was known at the end of a day, or by the event "#n", as the number of an event.

    Raise ValueError when the text is neither, the day lies ahead, or nothing was known on it yet.
    """
    if text is None or text == "":
        return None
    if isinstance(text, str) and text.startswith("#") and text[1:].isascii() and text[1:].isdecimal():
        seq = int(text[1:])
        if not 0 < seq <= last_seq():
            raise ValueError(_t("没有事件 {text}：现有 1 至 {last}。").format(text=text, last=last_seq()))
        return seq
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else text
    except ValueError:
        raise ValueError(_t("「{text}」不是日期。请写成 2024-05-14，或用事件序号 #120。").format(text=text)) from None
    if day > clock.today():
        raise ValueError(_t("{day} 还没有到，不知道当日所知。今天是 {today}。").format(day=day, today=clock.today()))
    seq = Event.objects.filter(at__lt=clock.end_of(day)).aggregate(models.Max("seq"))["seq__max"]
    if seq is None:
        raise ValueError(_t("{day} 以前还没有任何记录。").format(day=day))
    return seq


def timeline(record: Record) -> models.QuerySet[Event]:
    """Return the record's events, the latest first."""
    return Event.objects.filter(subject=record._meta.label_lower, subject_id=record.pk).order_by("-seq")
