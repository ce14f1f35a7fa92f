"""What the pages remember of a person: no fact, so neither versioned nor in any event."""

from django.db import models

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User


class Draft(models.Model):
    """草稿：一个人在一张表单里填了、还没有提交的内容。

    One row is one opened form of an action. `typed` holds what differs from the record at the row version `read`, as text
    by field; personal facts and passwords never stand in it. `sent` marks a form that was sent: nothing of it is left, and
    what its page sends late is not kept any more.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    action = models.CharField(max_length=80)
    record = models.BigIntegerField(null=True)  # none: a new one
    owner = models.BigIntegerField(null=True)  # of the record
    about = models.CharField(max_length=250, blank=True)  # the record's code and name
    read = models.PositiveIntegerField(default=0)
    typed = models.JSONField(default=dict)
    sent = models.BooleanField(default=False)
    kept_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=("person", "kept_at"), name="draft_of_person")]

    def __str__(self) -> str:
        return f"{self.action} {self.about}"

    @property
    def when(self) -> str:
        """Return when it was kept: today the time, before the day as well."""
        kept = self.kept_at.astimezone(clock.ZONE)
        return f"{kept:%H:%M}" if kept.date() == clock.today() else f"{kept:%Y-%m-%d %H:%M}"
