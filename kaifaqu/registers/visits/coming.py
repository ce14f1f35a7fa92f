"""What visits put on an agenda: those that the person's units have planned, or join."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from django.db.models import Q

from kaifaqu.kernel.access import User
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Entry
from kaifaqu.registers.visits.lifecycle import VisitStage
from kaifaqu.registers.visits.models import Visit, Visitor


@agenda.source
def visits(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the planned visits of the person's units, and those at which he is to be."""
    units, own = user.units(), Visitor.objects.current().filter(person_id=user.pk).values("visit_id")
    mine = Q(department__in=units) | Q(partner__in=units) | Q(id__in=own)
    rows = Visit.objects.visible_to(user).filter(mine, stage=VisitStage.PLANNED, planned_on__gte=since, planned_on__lte=until)
    for each in rows.select_related("enterprise"):
        yield Entry(each, "planned", each.get_kind_display(), f"{each.code} {each.enterprise.name}", cast(date, each.planned_on))
