"""How what ends soon becomes something to do: a case for each qualification, due on its last valid day."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.records import field_of
from kaifaqu.kernel.world import World
from kaifaqu.registers.qualifications.models import Qualification, Renewal, renewed
from kaifaqu.registers.qualifications.rules import WARNING

LONGEST = field_of(Renewal, "title").max_length  # of a title: an enterprise may have a name as long as that


def days_before(owner_id: int) -> int:
    """Return how many days before its end a qualification of the owner is looked after, by the rule of today."""
    return dated.resolve(WARNING.code, owner_id, clock.today(), World()).content["days"]


def due(owner: Party) -> QuerySet[Qualification]:
    """Return the owner's qualifications that end within the days of its rule, are not renewed and have no renewal yet."""
    ending = Qualification.objects.current().filter(
        Qualification.ending(clock.today(), days_before(owner.pk)), owner=owner).exclude(renewed())
    return ending.exclude(pk__in=Renewal.objects.current().values("qualification_id"))


@action("qualification_renewals.look", right="qualification_renewals.edit", label=_("核对到期证照"), creates=Renewal)
def look(owner: Party, *, by, version: int = 0) -> Iterator[Change]:
    """Plan a renewal for each of the owner's qualifications that ends within the days of its rule and is not renewed yet.

    Raise ValidationError when there is none.
    """
    today = clock.today()
    rows = due(owner).select_related("holder").order_by("until", "id")
    if not rows:
        raise ValidationError(_t("没有新的到期证照。"))
    for each in rows:
        assert each.until is not None
        yield Change(Renewal(owner=owner), {
            "qualification": each,
            "title": _t("{holder}：{kind}续办").format(holder=each.holder.name, kind=each.get_kind_display())[:LONGEST],
            "requester": each.holder.party, "opened_on": today, "agreed_on": each.until - timedelta(days=1)})
