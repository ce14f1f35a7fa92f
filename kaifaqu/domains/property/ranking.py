"""The catalogue of services with its providers, the best rated first: how often each was rated stands beside the rating."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from kaifaqu.cases.models import Satisfaction
from kaifaqu.domains.property.models import ServiceItem, ServiceKind, ServiceProvider, ServiceRequest
from kaifaqu.kernel import clock, units

GOOD = (Satisfaction.SATISFIED, Satisfaction.FAIR)


@dataclass
class Rated:
    """A provider of a service with how many requesters rated it, and how many of them were satisfied."""

    provider: ServiceProvider
    count: int = 0
    good: int = 0

    @property
    def share(self) -> Decimal | None:
        """Return the share of the satisfied in per cent; None where nobody has rated."""
        quotient = units.ratio(self.good * 100, self.count)
        return None if quotient is None else units.round_half_up(quotient, 2)


@dataclass
class Offer:
    """An entry of the catalogue with its providers, the best rated first."""

    item: ServiceItem
    providers: list[Rated] = field(default_factory=list)
    may_order: bool = False


def ranked(items: list[ServiceItem], user: Any) -> dict[int, list[Rated]]:
    """Return by service those who provide it today and whom the person may see, the best rated first, unrated ones last.

    The share of the satisfied decides, then how many rated.

    All ratings count, whoever gave them: the rating is published with the catalogue, who rated is not.
    """
    counts = {each["provider"]: each for each in ServiceRequest.objects.current().filter(item__in=items).exclude(satisfaction="").order_by(
    ).values("provider").annotate(count=Count("id"), good=Count("id", filter=Q(satisfaction__in=GOOD)))}
    found: dict[int, list[Rated]] = {}
    rows: Any = ServiceProvider.objects.visible_to(user).filter(ServiceProvider.on(clock.today()), item__in=items)
    for provider in rows.order_by("id"):
        told = counts.get(provider.pk, {"count": 0, "good": 0})
        found.setdefault(provider.item_id, []).append(Rated(provider, told["count"], told["good"]))
    for providers in found.values():
        providers.sort(key=lambda each: (each.share is None, -(each.share or 0), -each.count, each.provider.code))
    return found


def catalogue(user: Any) -> Iterator[tuple[str, list[Offer]]]:
    """Yield each kind of service with what the person may see of the catalogue."""
    items: list[Any] = list(ServiceItem.objects.visible_to(user).order_by("code", "id"))
    providers = ranked(items, user)
    lent, own = user.owners("service_requests.order"), user.owners("service_requests.confirm")
    for kind, label in ServiceKind.choices:
        offers = [
            Offer(each, providers.get(each.pk, []), each.owner_id in lent and bool(own - {each.owner_id}))
            for each in items if each.kind == kind]
        if offers:
            yield str(label), offers
