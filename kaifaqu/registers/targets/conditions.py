"""Which targets hold, as conditions: one for rows of today and rows as known."""

from datetime import date

from django.db.models import Q

from kaifaqu.kernel.world import World
from kaifaqu.registers.targets.models import YearlyTarget


def in_force(year: int, on: date, world: World) -> Q:
    """Return the condition: a target of the year that holds on the day.

    The first document of a year lays down the whole of it, from New Year on; a later one holds from its own day on, and
    what it supersedes no longer does.
    """
    later = world.rows(YearlyTarget).filter(document_on__lte=on, supersedes__isnull=False)
    return Q(year=year) & (Q(supersedes__isnull=True) | Q(document_on__lte=on)) & ~Q(id__in=later.values("supersedes_id"))
