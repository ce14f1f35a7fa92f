"""Questions about standard parcels and promises that figures, queues and pages ask, as conditions."""

from datetime import date

from django.db.models import Q

from kaifaqu.domains.reforms.promises import Evidence
from kaifaqu.kernel.world import World


def planned(on: date) -> Q:
    """Return the condition 拟出让: in the plan by the day, and by then neither announced, transferred nor withdrawn."""
    further = Q(announced_on__lte=on) | Q(transferred_on__lte=on) | Q(withdrawn_on__lte=on)
    return Q(planned_on__lte=on) & ~further


def announced(on: date) -> Q:
    """Return the condition 公告: announced by the day, and by then neither transferred nor withdrawn."""
    return Q(announced_on__lte=on) & ~(Q(transferred_on__lte=on) | Q(withdrawn_on__lte=on))


def transferred(on: date) -> Q:
    """Return the condition 出让: transferred by the day."""
    return Q(transferred_on__lte=on)


def due(on: date) -> Q:
    """Return the condition on promises: signed by the day, with the agreed day come by then."""
    return Q(signed_on__lte=on, due_on__lte=on)


def settled(on: date) -> Q:
    """Return the condition on promises: found to be met or breached by the day."""
    return Q(met_on__lte=on) | Q(breached_on__lte=on)


def verified(on: date) -> Q:
    """Return the condition on promises: judged by the day, whatever the verdict."""
    return settled(on) | Q(rectify_on__lte=on)


def overdue(on: date) -> Q:
    """Return the condition on promises: on the day past its date and not settled; a rectification gives it another date."""
    given_time = Q(rectify_on__lte=on, rectify_by__gte=on)
    return Q(signed_on__lte=on, due_on__lt=on) & ~settled(on) & ~given_time


def to_verify(world: World) -> Q:
    """Return the condition on promises: something was handed in for it and not judged yet."""
    return Q(id__in=world.rows(Evidence).filter(verdict="").values("promise_id"))
