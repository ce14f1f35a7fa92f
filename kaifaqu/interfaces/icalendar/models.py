"""The key of a person's calendar: who knows the address reads it, without signing in."""

import hashlib
import secrets
from datetime import date
from typing import Self

from django.db import models

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User

BYTES = 32  # of chance in an address
YEARS = 1  # that it lasts


class CalendarKey(models.Model):
    """日历地址的钥匙：一个人最多一把。

    Kept is the SHA-256 of the key, so whoever reads the database cannot read the calendar; the key itself is shown once. It is a
    secret and no fact: neither versioned nor in any event. A new one takes the place of the old one, which ends at once.
    """

    person = models.OneToOneField(User, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_on = models.DateField()
    until = models.DateField()  # the first day on which it does not open any more
    asked_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.person_id)

    @classmethod
    def make(cls, person: User) -> str:
        """Store a new key of the person and return it; it cannot be shown again."""
        key, today = secrets.token_urlsafe(BYTES), clock.today()
        until = date(today.year + YEARS, today.month, min(today.day, 28))
        cls.objects.update_or_create(person=person, defaults={
            "digest": digest(key), "made_on": today, "until": until, "asked_on": None})
        return key

    @classmethod
    def opened_by(cls, key: str) -> Self | None:
        """Return the key where it opens a calendar today: of somebody who still has an account."""
        found = cls.objects.select_related("person").filter(digest=digest(key), until__gt=clock.today()).first()
        return found if found and found.person.is_active and found.person.archived_at is None else None


def digest(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
