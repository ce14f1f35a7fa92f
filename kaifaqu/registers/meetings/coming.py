"""What meetings put on an agenda: the days on which they are planned, and by which their minutes are due."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from django.utils.translation import gettext as _

from kaifaqu.kernel.access import User
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Entry
from kaifaqu.registers.meetings.lifecycle import HELD, PLANNED
from kaifaqu.registers.meetings.models import Meeting


@agenda.source
def meetings(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the meetings that are planned, and the minutes that are due from whoever writes them."""
    rows = Meeting.objects.visible_to(user).select_related("component")
    for each in rows.filter(stage=PLANNED, planned_on__gte=since, planned_on__lte=until):
        yield Entry(each, "planned", _("计划召开"), str(each), cast(date, each.planned_on))
    owners = user.owners("meetings.edit")
    for each in rows.filter(stage__in=(PLANNED, HELD), due_on__gte=since, due_on__lte=until, owner_id__in=owners):
        yield Entry(each, "minutes", _("纪要期限"), str(each), each.due_on)
