"""What a person does about his calendar; each leaves a note, none changes a fact."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change


@action("users.open_calendar", right="", label=_("生成日历地址"))
def open_calendar(user: User, *, by, version: int) -> Change:
    """Plan the note that the person made an address of a calendar; the address itself enters no event."""
    return Change(user, {}, note="calendar opened")


@action("users.close_calendar", right="", label=_("作废日历地址"))
def close_calendar(user: User, *, by, version: int) -> Change:
    """Plan the note that the person revoked the address."""
    return Change(user, {}, note="calendar closed")
