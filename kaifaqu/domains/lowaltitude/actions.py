"""What people do with sessions and landings; plain entry comes from the kernel."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.lowaltitude.models import AviationEvent, JumpRecord
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change


@action("aviation_events.hold", right="aviation_events.edit", label=_("登记举办"))
def hold(
    event: AviationEvent, *, by: User, version: int, held_on: date, participants: int | None = None, results: str = "", reason: str = "",
) -> Change:
    """Plan that a session was held; its own rules ask for the airspace approval and the safety plan."""
    return Change(event, {"held_on": held_on, "participants": participants, "results": results}, reason=reason)


@action("jumps.confirm", right="jumps.edit", label=_("确认落地"))
def confirm(jump: JumpRecord, *, by: User, version: int, landed_at: str, reason: str = "") -> Change:
    """Plan that a jumper is down, at a time of the day of the sortie."""
    return Change(jump, {"landed_at": landed_at}, reason=reason)
