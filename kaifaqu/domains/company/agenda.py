"""When repayments are due, for the calendars of whoever may see them."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from kaifaqu.domains.company.models import Repayment
from kaifaqu.kernel.access import User
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Entry


@agenda.source
def repayments(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the due days of what has not been paid."""
    for row in Repayment.objects.visible_to(user).filter(due_on__gte=since, due_on__lte=until, paid_on=None):
        yield Entry(row, "due", _("还款到期"), row.code, row.due_on)
