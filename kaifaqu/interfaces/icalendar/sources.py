"""What the floors below the rooms put on an agenda: cases, and collections of tables."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import cast

from django.utils.translation import gettext as _

from kaifaqu.cases.waiting import Waiting
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.pages import agenda, domains
from kaifaqu.pages.agenda import Entry
from kaifaqu.sheets.models import Collection

HOUR = timedelta(hours=1)


@agenda.source
def cases(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield when the cases are due that the person or his unit holds; those that are late as well, for they are still owed."""
    waiting = Waiting(user)
    for register in waiting.registers:
        if not domains.is_off(register):
            for case in register.objects.visible_to(user).filter(waiting.condition("held", register), resolution_due_on__lte=until):
                due, at = cast(date, case.resolution_due_on), case.resolution_due_time
                words = _("办结期限（暂定）") if case.provisional else _("办结期限")
                if at:
                    moment = datetime.combine(due, time.fromisoformat(at), clock.ZONE)
                    yield Entry(case, "due", words, str(case), moment - HOUR, moment)  # an hour that ends with it
                else:
                    yield Entry(case, "due", words, str(case), due)


@agenda.source
def collections(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield until when tables are collected."""
    for each in Collection.objects.visible_to(user).filter(due_on__gte=since, due_on__lte=until):
        yield Entry(each, "due", _("收表截止"), f"{each.code} {each.name}", cast(date, each.due_on))
