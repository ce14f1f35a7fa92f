"""What the frame remembers of a person: no fact, so neither versioned nor in any event."""

from django.db import models

from kaifaqu.kernel.access import User


class Looked(models.Model):
    """How far a person has looked at what others did: the number of the last event seen."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True)
    seq = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} #{self.seq}"


class Checkup(models.Model):
    """What the last look at the installation from a page found: one row, replaced by the next."""

    at = models.DateTimeField()
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    findings = models.JSONField(default=list)  # as `kaifaqu doctor --json` tells them

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class SearchText(models.Model):
    """What a search reads of one record: its code, its names, and the first letters of those; a line each, in small letters.

    Derived from the records by `web.index`, and made anew at will. A personal fact never stands in it.
    """

    id = models.BigIntegerField(primary_key=True)  # of the record: unique over all registers
    register = models.CharField(max_length=40)
    owner = models.BigIntegerField()
    text = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.register} {self.id}"


class SearchHead(models.Model):
    """Up to which event the search has followed; one row. `columns` says what it reads of which register."""

    seq = models.BigIntegerField(default=0)
    columns = models.TextField(default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"#{self.seq}"
