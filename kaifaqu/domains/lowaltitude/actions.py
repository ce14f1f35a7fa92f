"""What people do with sessions and landings; plain entry comes from the kernel."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.lowaltitude.models import AviationEvent, JumpRecord
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import EMPTY, Change


@action("aviation_events.hold", right="aviation_events.edit", label=_("登记举办"))
def hold(
    event: AviationEvent, *, by: User, version: int, held_on: date, participants: int | None = None, results: str = "", reason: str = "",
) -> Change:
    """Plan that a session was held, and what else is given; its own rules ask for the airspace approval and the safety plan."""
    if not event.offers("hold"):
        raise ValidationError(_t("{event} 已经登记举办；日期有误的请更正。").format(event=event))
    given = {name: value for name, value in (("participants", participants), ("results", results)) if value not in EMPTY}
    return Change(event, {"held_on": held_on, **given}, reason=reason)


@action("jumps.confirm", right="jumps.edit", label=_("确认落地"))
def confirm(jump: JumpRecord, *, by: User, version: int, landed_at: str, reason: str = "") -> Change:
    """Plan that a jumper is down, at a time of the day of the sortie."""
    if not jump.offers("confirm"):
        raise ValidationError(_t("{jump} 已经确认落地；时刻有误的请更正。").format(jump=jump))
    return Change(jump, {"landed_at": landed_at}, reason=reason)
