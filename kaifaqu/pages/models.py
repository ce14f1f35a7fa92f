"""What the pages remember for a person: no facts, so neither versioned nor in any event. `domains`, `editions` have registers."""

from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Membership, User
from kaifaqu.pages import editions  # noqa: F401  # its action
from kaifaqu.pages.domains import ChosenEdition, Domain

__all__ = ["ChosenEdition", "Domain", "Draft", "SavedView", "views_for"]


class SavedView(models.Model):
    """保存的视图：一张台账的筛选、栏目和排序，起了名字；可以只给自己，也可以给本单位同事。

    One row is a named address: the question that follows the list's address. Whoever follows it sees what his own rights show.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    register = models.CharField(max_length=80)
    name = models.CharField(_("名称"), max_length=60)
    asked = models.TextField()
    shared = models.BooleanField(_("本单位同事可见"), default=False)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("person", "register", "name"), name="savedview_name")]

    def __str__(self) -> str:
        return self.name


def views_for(user: User, register: str) -> models.QuerySet[SavedView]:
    """Return the person's own views, then those that people share who work in one of his units today."""
    today = Membership.objects.current().filter(Membership.on(clock.today()))
    colleagues = today.filter(party_id__in=today.filter(user_id=user.pk).values("party_id")).values("user_id")
    rows = SavedView.objects.filter(Q(person=user) | Q(shared=True, person_id__in=colleagues), register=register)
    return rows.select_related("person").annotate(own=Case(When(person=user, then=0), default=1)).order_by("own", "name", "id")


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
