"""How the pools stand: now, on a chosen day, at each coming step; and what is reserved of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kaifaqu.domains.infrastructure import balances
from kaifaqu.domains.infrastructure.balances import Step
from kaifaqu.domains.infrastructure.indicators import POOLS
from kaifaqu.domains.infrastructure.models import CapacityPool, PoolKind, Reservation
from kaifaqu.domains.infrastructure.pools import standings
from kaifaqu.domains.infrastructure.rules import ENDING
from kaifaqu.kernel import dated, units
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages import bars
from kaifaqu.pages.bars import Bar
from kaifaqu.pages.reading import Reader

RIGHTS = ("capacity_pools.view", "pool_capacities.view", "reservations.view")  # of all that the balance of a pool tells
MOST = 14  # steps in one picture


@dataclass(frozen=True)
class Held:
    """One reservation, for whom it is as far as the person may know, and why it may be released; nothing where it is needed."""

    row: Reservation
    holder: str
    why: str = ""


@dataclass(frozen=True)
class PoolStanding:
    """One pool: now, on the chosen day, and its steps after today."""

    pool: CapacityPool
    now: Step
    then: Step
    coming: list[Step]
    reservations: list[Held]

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


def kinds(reader: Reader, today: date, on: date) -> list[KindStanding]:
    """Return the pools that the person may see, by kind, on both days."""
    user = reader.user
    seen = owners(user)
    pools: QuerySet = CapacityPool.objects.current().filter(owner_id__in=seen).select_related("park").order_by("code")
    told = standings([each.pk for each in pools])
    rows: Any = Reservation.objects.current().filter(Reservation.on(today) | Reservation.on(on), owner_id__in=seen)
    reserved = [Held(row, reader.text(row.holder)) for row in rows.select_related("lead", "project").order_by("since", "id")]
    shown = [_pool(each, told[each.pk], today, on, [held for held in reserved if held.row.pool_id == each.pk]) for each in pools]
    found = []
    for kind in PoolKind:
        if own := [each for each in shown if each.pool.kind == kind]:
            total, taken, free = POOLS[kind]
            now, then = Period.parse(f"{today}"), Period.parse(f"{on}")
            figures = evaluate([(total, now), (taken, now), (free, now), (free, then)], scope=seen, user=user)
            found.append(KindStanding(kind, own[0].pool.unit, figures, own))
    return found


def _pool(pool: CapacityPool, steps: Sequence[Step], today: date, on: date, reservations: list[Held]) -> PoolStanding:
    now = balances.at(list(steps), today)
    return PoolStanding(
        pool, Step(today, now.capacity, now.reserved), balances.at(list(steps), on), [step for step in steps if step.day > today],
        reservations)


def ending(reader: Reader, today: date) -> list[Held]:
    """Return the reservations whose lead or project has come to nothing, then those that end soon, the next ones first."""
    user = reader.user
    lost = Q(lead__failed_on__isnull=False, lead__owner_id__in=user.owners("leads.view"))
    ended = Q(project__terminated_on__isnull=False, project__owner_id__in=user.owners("projects.view"))
    soon = Q(since__lte=today) & dated.by_owner(
        ENDING, today, World(), lambda content: Q(until__lte=today + timedelta(days=content["days"])))
    unreleased = Reservation.objects.current().filter(Q(released_on=None) | Q(released_on__gt=today), owner_id__in=owners(user))
    rows: Any = unreleased.filter(Q(until=None) | Q(until__gt=today), lost | ended | soon).select_related("pool", "lead", "project")
    held = [Held(row, reader.text(row.holder), _why(reader, row)) for row in rows]
    return sorted(held, key=lambda each: (not each.why, each.row.until or date.max, each.row.pk))


def _why(reader: Reader, row: Reservation) -> str:
    """Return why the reservation is needed no longer, to whoever may see it of the lead or the project."""
    if row.lead is not None and row.lead.failed_on and reader.user.has_perm("leads.view", row.lead):
        return _("线索已未成")
    if row.project is not None and row.project.terminated_on and reader.user.has_perm("projects.view", row.project):
        return _("项目已终止")
    return ""
