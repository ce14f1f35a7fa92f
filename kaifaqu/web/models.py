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
