"""How the pools stand: now, on a chosen day, at each coming step; and what is reserved of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from kaifaqu.domains.infrastructure import balances
from kaifaqu.domains.infrastructure.balances import Step
from kaifaqu.domains.infrastructure.indicators import POOLS
from kaifaqu.domains.infrastructure.models import CapacityPool, PoolKind, Reservation
from kaifaqu.domains.infrastructure.pools import standings
from kaifaqu.kernel import units
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import bars
from kaifaqu.pages.bars import Bar

RIGHTS = ("capacity_pools.view", "pool_capacities.view", "reservations.view")  # of all that the balance of a pool tells
SOON = timedelta(days=60)
MOST = 14  # steps in one picture


@dataclass(frozen=True)
class PoolStanding:
    """One pool: now, on the chosen day, and its steps after today."""

    pool: CapacityPool
    now: Step
    then: Step
    coming: list[Step]
    reservations: list[Reservation]

    @property
    def picture(self) -> str:
        """Return the address of a picture of what is free now and after each coming step; nothing where nothing changes."""
        shown = [self.now, *self.coming[:MOST]]
        told = [Bar(f"{step.day:%y-%m-%d}", step.free, units.text(units.round_half_up(step.free, 2))) for step in shown]
        return bars.picture(told, self.pool.unit) if len(told) > 1 else ""


@dataclass(frozen=True)
class KindStanding:
    """The pools of one kind, with the figures of all of them together: total, reserved and free now, free on the chosen day."""

    kind: PoolKind
    unit: str
    figures: list[Figure]
    pools: list[PoolStanding]


def owners(user: Any) -> frozenset[int]:
    """Return of whose pools the person may see everything."""
    return frozenset.intersection(*(frozenset(user.owners(right)) for right in RIGHTS))


def kinds(user: Any, today: date, on: date) -> list[KindStanding]:
    """Return the pools that the person may see, by kind, on both days."""
    seen = owners(user)
    pools: QuerySet = CapacityPool.objects.current().filter(owner_id__in=seen).select_related("park").order_by("code")
    told = standings([each.pk for each in pools])
    rows: Any = Reservation.objects.current().filter(Reservation.on(today) | Reservation.on(on), owner_id__in=seen)
    reserved = list(rows.select_related("lead", "project").order_by("since", "id"))
    shown = [_pool(each, told[each.pk], today, on, [row for row in reserved if row.pool_id == each.pk]) for each in pools]
    found = []
    for kind in PoolKind:
        if own := [each for each in shown if each.pool.kind == kind]:
            total, taken, free = POOLS[kind]
            now, then = Period.parse(f"{today}"), Period.parse(f"{on}")
            figures = evaluate([(total, now), (taken, now), (free, now), (free, then)], scope=seen, user=user)
            found.append(KindStanding(kind, own[0].pool.unit, figures, own))
    return found


def _pool(pool: CapacityPool, steps: Sequence[Step], today: date, on: date, reservations: list[Reservation]) -> PoolStanding:
    now = balances.at(list(steps), today)
    return PoolStanding(
        pool, Step(today, now.capacity, now.reserved), balances.at(list(steps), on), [step for step in steps if step.day > today],
        reservations)


def ending(user: Any, today: date) -> list[Reservation]:
    """Return the reservations that end soon, the next ones first: whoever holds one decides by then."""
    rows: Any = Reservation.objects.current().filter(Reservation.on(today), owner_id__in=owners(user), until__lte=today + SOON)
    return list(rows.select_related("pool", "lead", "project").order_by("until", "id"))
