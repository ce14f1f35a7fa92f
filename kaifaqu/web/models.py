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
