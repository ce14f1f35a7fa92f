"""What is done about warnings: they are raised for what stands wrong, and closed by whoever has seen to it."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM, Party
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.registers.feeds import standing
from kaifaqu.registers.feeds.models import Alert


@action("alerts.look", right="alerts.edit", label=_("核对数据源"), creates=Alert)
def look(owner: Party, *, by, version: int = 0) -> Iterator[Change]:
    """Plan a warning for each of the owner's feeds that is dead or beyond its limits.

    There is none while one of the kind is open, and none that was closed already: what is no news since then, the overview shows.
    Raise ValidationError when there is nothing to warn of.
    """
    raised = Alert.objects.current().filter(owner=owner)
    still_open = {*raised.filter(closed_on=None).values_list("feed_id", "kind")}
    known = {*raised.values_list("feed_id", "kind", "reading_id")}
    standings = standing.of_owner(owner.pk, clock.today())
    troubled = [
        each for each in standings if each.trouble and (each.feed.pk, each.trouble) not in still_open
        and (each.feed.pk, each.trouble, each.last and each.last.pk) not in known]
    if not troubled:
        raise ValidationError(_t("没有新的预警：{count} 个数据源都已核对。").format(count=len(standings)))
    for each in troubled:
        yield Change(Alert(owner=owner), {
            "feed": each.feed, "kind": each.trouble, "reading": each.last, "found_on": each.on, "told": each.words})


@action("alerts.close", right="alerts.close", label=_("办结"))
def close(alert: Alert, *, by, version: int, outcome: str) -> Change:
    """Plan that the person has seen to a warning, and how; raise ValidationError for one that is closed, or without words."""
    if alert.closed_on is not None:
        raise ValidationError(_t("{alert}：已于 {day} 办结。").format(alert=alert, day=alert.closed_on))
    if not outcome.strip():
        raise ValidationError(_t("{alert}：请写明处理结果。").format(alert=alert))
    return Change(alert, {"closed_on": clock.today(), "person": None if by is SYSTEM else by, "outcome": outcome.strip()})
