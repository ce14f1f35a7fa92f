"""The dispatch meetings of a month."""

from datetime import timedelta
from typing import Any

from django.db.models import Q

from kaifaqu.kernel import clock
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.meetings.lifecycle import CANCELLED, PLANNED
from kaifaqu.registers.meetings.models import Meeting, PlanComponent

KIND = "_dispatch"  # the codes of kinds of plan that end so are plans of dispatch, also those that an owner adds
NEXT = 2  # meetings that are still to be held


def is_dispatch(component: PlanComponent) -> bool:
    """Tell whether a component belongs to a plan of dispatch."""
    return component.plan.kind.endswith(KIND)


def sittings(user: Any, month: Period) -> list[Meeting]:
    """Return the dispatch meetings whose data lie in the month, and the next ones that are still to be held."""
    rows = Meeting.objects.visible_to(user).filter(component__plan__kind__endswith=KIND).exclude(stage=CANCELLED)
    rows = rows.select_related("component__plan").order_by("period_end", "component__order", "id")
    of_month = list(rows.filter(period_end__gte=month.start, period_end__lte=month.end))
    coming = Q(stage=PLANNED, period_end__gte=clock.today() - timedelta(days=7))
    known = {each.pk for each in of_month}
    return [*of_month, *(each for each in rows.filter(coming)[:NEXT] if each.pk not in known)]
