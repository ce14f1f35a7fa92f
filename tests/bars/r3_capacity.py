"""R3: pools of capacity are never oversold by 8 concurrent reservers, on SQLite and on PostgreSQL.

8 threads, as the server has them, each with a connection of its own, reserve, enlarge, release, hand on, take back and
import reservations, lower the totals of a few narrow pools, and archive small pools or turn them into another kind, all
at once. Whatever was written, at no moment of the history was more reserved on any day than a pool holds, or anything
reserved of a pool that had gone away or turned into something else, and what the product says is free on random days, today and as
known at earlier events, equals a recount from the events. The recount knows no word of the product's own pools. The
planted fault checks what is free before the writing instead of within it.
"""

import json
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bar import Bar

from tests import laboratory

RESERVERS, POOLS, SPARE, HOLDERS = 8, 4, 40, 16
FIRST, DAYS = date(2024, 1, 1), 300
RESERVATION, CAPACITY, POOL = (f"infrastructure.{name}" for name in ("reservation", "poolcapacity", "capacitypool"))


def some_day(chance: random.Random) -> date:
    """Return a day of the span in which everything happens."""
    return FIRST + timedelta(days=chance.randrange(DAYS))


# The reservers


class Reserver:
    """One of the threads: does random things, and counts what was taken, refused, or met a changed record."""

    def __init__(self, seed: int, fault: bool):
        from kaifaqu.domains.infrastructure.models import CapacityPool, PoolCapacity, Reservation
        from kaifaqu.kernel.access import Party
        from kaifaqu.registers.projects.models import Lead, Project

        self.chance, self.fault = random.Random(seed), fault
        self.zone = Party.objects.get(code="ZONE")
        self.reservations, self.capacities = Reservation, PoolCapacity
        pools = list(CapacityPool.objects.order_by("code"))
        self.pools, self.spare = ([each for each in pools if each.code[0] == letter] for letter in "TS")
        self.holders = [*Lead.objects.order_by("code"), *Project.objects.order_by("code")]
        self.projects = {each.lead_id: each for each in Project.objects.all()}
        self.told: dict[str, Any] = {"written": 0, "refused": 0, "conflicts": 0, "errors": []}

    def run(self, times: int) -> dict[str, Any]:
        """Do so many things, and return the counts."""
        from django.core.exceptions import ValidationError

        from kaifaqu.kernel.commit import Conflict

        kinds = {self.reserve: 10, self.import_some: 2, self.correct: 3, self.release: 4, self.archive: 2, self.hand_on: 1, self.lower: 1,
                 self.reserve_spare: 3, self.retire: 3}
        for _number in range(times):
            [kind] = self.chance.choices([*kinds], [*kinds.values()])
            try:
                kind()
                self.told["written"] += 1
            except Conflict:
                self.told["conflicts"] += 1
            except ValidationError as refusal:
                known = all(word in " ".join(refusal.messages) for word in ("容量", "预留"))
                self.told["refused" if known else "errors"] = (
                    self.told["refused"] + 1 if known else [*self.told["errors"], str(refusal.messages)])
            except Exception as error:  # whatever it is, the bar tells it
                self.told["errors"].append(repr(error))
        return self.told

    def _commit(self, planned: Any) -> None:
        from kaifaqu.kernel.access import SYSTEM
        from kaifaqu.kernel.commit import commit

        if self.fault:
            self._look_before(planned if isinstance(planned, list) else [planned])
        commit([planned], by=SYSTEM)

    def _look_before(self, planned: list[Any]) -> None:
        """Refuse what would oversell by what stands there now; others may write before this one does."""
        from django.core.exceptions import ValidationError

        from kaifaqu.domains.infrastructure import balances

        if retired := [change.result.pk for change in planned if change.result.register == "capacity_pools"]:
            if self.reservations.objects.current().filter(pool_id__in=retired).exists():
                raise ValidationError("容量池有预留，不能归档")
            time.sleep(0.01)
            return
        gone = {change.result.pk for change in planned}
        for pool in self.pools:
            rows = [row for row in self.reservations.objects.current().filter(pool=pool) if row.pk not in gone]
            held = [row for row in self.capacities.objects.current().filter(pool=pool) if row.pk not in gone]
            for row in (change.result for change in planned if change.result.pool_id == pool.pk and change.result.archived_at is None):
                (rows if isinstance(row, self.reservations) else held).append(row)
            steps = balances.steps(
                [(row.since, row.amount) for row in held], [(row.since, row.over_on, row.amount) for row in rows])
            if any(step.free < 0 for step in steps):
                raise ValidationError("容量不够，不能预留")
        time.sleep(0.01)

    def _facts(self) -> dict[str, Any]:
        since, holder = some_day(self.chance), self.chance.choice(self.holders)
        until = since + timedelta(days=self.chance.randrange(1, 120)) if self.chance.random() < 0.7 else None
        facts = {"pool": self.chance.choice(self.pools), "amount": str(self.chance.randrange(1, 50)), "since": since, "until": until}
        return {**facts, "lead" if holder.register == "leads" else "project": holder}

    def _act(self, code: str, record: Any, **facts: Any) -> Any:
        from kaifaqu.kernel import actions
        from kaifaqu.kernel.access import SYSTEM

        return actions.find(code).plan(record, by=SYSTEM, version=record.row_version, **facts)

    def _create(self, register: str, facts: dict[str, Any]) -> Any:
        from kaifaqu.kernel import actions
        from kaifaqu.kernel.access import SYSTEM

        return actions.find(f"{register}.create").plan(self.zone, by=SYSTEM, facts=facts)

    def _any(self, **wanted: Any) -> Any:
        """Return a reservation that stands, whosoever's it is; where there is none, begin with one."""
        rows = self.reservations.objects.current().filter(released_on=None, **wanted)
        return self.chance.choice(list(rows[:200])) if rows.exists() else None

    def reserve(self) -> None:
        """Reserve an amount for a lead or a project."""
        self._commit(self._create("reservations", self._facts()))

    def import_some(self) -> None:
        """Reserve several amounts in one commit, as an import does."""
        self._commit([self._create("reservations", self._facts()) for _row in range(3)])

    def correct(self) -> None:
        """Move a reservation to another amount and time."""
        if row := self._any():
            facts = {name: value for name, value in self._facts().items() if name in ("amount", "since", "until")}
            self._commit(self._act("reservations.correct", row, facts=facts, reason="改"))

    def release(self) -> None:
        """Release a reservation on a day."""
        if row := self._any():
            self._commit(self._act("reservations.release", row, released_on=some_day(self.chance), release_reason="放弃"))

    def archive(self) -> None:
        """Take a reservation back as a mistake."""
        if row := self._any():
            self._commit(self._act("reservations.archive", row, reason="误登"))

    def hand_on(self) -> None:
        """Hand the reservation of a lead on to its project."""
        if row := self._any(lead_id__in=[*self.projects]):
            passed_on = min(some_day(self.chance), (row.until or date.max) - timedelta(days=1))
            self._commit(self._act("reservations.pass_on", row, project=self.projects[row.lead_id], passed_on=passed_on))

    def lower(self) -> None:
        """Lay down another total of a pool from a day on, rather a smaller one."""
        facts = {"pool": self.chance.choice(self.pools), "since": some_day(self.chance), "amount": str(self.chance.randrange(60, 150))}
        if not self.capacities.objects.current().filter(pool=facts["pool"], since=facts["since"]).exists():
            self._commit(self._create("pool_capacities", facts))

    def reserve_spare(self) -> None:
        """Reserve a little of a small pool, as it was when this reserver began."""
        self._commit(self._create("reservations", {**self._facts(), "pool": self.chance.choice(self.spare), "amount": "1", "since": FIRST}))

    def retire(self) -> None:
        """Archive a small pool, or turn it into one of another kind."""
        pool = type(self.spare[0]).objects.get(pk=self.chance.choice(self.spare).pk)
        if pool.archived_at is None:
            other = {"facts": {"kind": "heat" if pool.kind == "land" else "land"}}
            verb, facts = self.chance.choice((("archive", {}), ("correct", other)))
            self._commit(self._act(f"capacity_pools.{verb}", pool, reason="调整", **facts))


# The recount: rows as the events made them, and nothing of the product's pools


class Recount:
    """The rows of pools, capacities and reservations, event by event."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, dict[str, Any]]] = {RESERVATION: {}, CAPACITY: {}, POOL: {}}
        self.kinds: dict[int, str] = {}  # of the pool when something of it was reserved

    def take(self, event: Any) -> None:
        """Take one event in."""
        if event.subject in self.rows:
            self.rows[event.subject].setdefault(event.subject_id, {}).update(json.loads(event.payload).get("after", {}))
        if event.subject == RESERVATION:
            pool = self.rows[POOL][self.rows[RESERVATION][event.subject_id]["pool_id"]]
            self.kinds.setdefault(event.subject_id, pool["kind"])

    def live(self, kind: str) -> dict[int, list[dict[str, Any]]]:
        """Return the rows that are not archived, by pool."""
        found = defaultdict(list)
        for row in self.rows[kind].values():
            if row["archived_at"] is None:
                found[row["pool_id"]].append(row)
        return found

    def free(self, pool: int, day: str) -> Decimal:
        """Return what is free of a pool of land on a day: the last total that has begun, less every reservation that stands."""
        if self.rows[POOL][pool]["archived_at"] is not None or self.rows[POOL][pool]["kind"] != "land":
            return Decimal(0)
        begun = [row for row in self.live(CAPACITY)[pool] if row["since"] <= day]
        total = Decimal(max(begun, key=lambda row: row["since"])["amount"]) if begun else Decimal(0)
        standing = [
            Decimal(row["amount"]) for row in self.live(RESERVATION)[pool]
            if row["since"] <= day and all(end is None or end > day for end in (row["until"], row["released_on"]))]
        return total - sum(standing, Decimal(0))

    def orphans(self) -> Iterator[tuple[int, str, str]]:
        """Yield each reservation of a pool that has gone away, or is of another kind than it was."""
        for pk, row in self.rows[RESERVATION].items():
            pool = self.rows[POOL][row["pool_id"]]
            if row["archived_at"] is None and (pool["archived_at"] is not None or pool["kind"] != self.kinds[pk]):
                yield pk, pool["code"], pool["kind"]

    def oversold(self) -> Iterator[tuple[int, str, Decimal]]:
        """Yield each pool and day on which more is reserved than there is; between the days on which rows begin nothing falls."""
        begin: dict[int, set[str]] = defaultdict(set)
        for kind in (RESERVATION, CAPACITY):
            for pool, rows in self.live(kind).items():
                begin[pool] |= {row["since"] for row in rows}
        for pool, days in begin.items():
            for day in sorted(days):
                if (free := self.free(pool, day)) < 0:
                    yield pool, day, free


# The bar


def found() -> None:
    """Found a zone with narrow pools, leads, and a project of each second lead."""
    from kaifaqu.domains.infrastructure.models import CapacityPool, PoolCapacity
    from kaifaqu.kernel import testing
    from kaifaqu.registers.projects.models import Lead, Project

    zone = testing.found()
    testing.enter(CapacityPool, zone, "code | name | kind\n" + "\n".join([
        *(f"T{n} | 片区{n} | land" for n in range(POOLS)), *(f"S{n} | 小片{n} | land" for n in range(SPARE))]))
    testing.enter(PoolCapacity, zone, "pool | since | amount\n" + "\n".join(
        f"T{n} | {FIRST + timedelta(days=days)} | {amount}" for n in range(POOLS) for days, amount in ((0, 100), (90, 130), (200, 90))))
    testing.enter(PoolCapacity, zone, "pool | since | amount\n" + "\n".join(f"S{n} | {FIRST} | 40" for n in range(SPARE)))
    testing.enter(Lead, zone, "code | name | first_contact_on\n" + "\n".join(f"L{n} | 线索{n} | 2023-05-01" for n in range(HOLDERS)))
    testing.enter(Project, zone, "code | name | signed_on | lead\n" + "\n".join(
        f"P{n} | 项目{n} | 2023-12-01 | L{n}" for n in range(0, HOLDERS, 2)))


def hammer(bar: Bar, times: int) -> dict[str, Any]:
    """Let all the reservers begin at once; return what they did together."""
    from django.db import connection

    if bar.fault:
        from kaifaqu.domains.infrastructure.models import CapacityPool, PoolCapacity, Reservation

        for register in (Reservation, PoolCapacity, CapacityPool):
            register.refuse_together = classmethod(lambda cls, written: None)  # type: ignore[method-assign]
    together = threading.Barrier(RESERVERS)

    def work(seed: int) -> dict[str, Any]:
        try:
            reserver = Reserver(seed, bar.fault)
            together.wait()
            return reserver.run(times)
        finally:
            connection.close()

    with ThreadPoolExecutor(RESERVERS) as pool:
        reports = list(pool.map(work, range(RESERVERS)))
    told: dict[str, Any] = {name: sum(each[name] for each in reports) for name in ("written", "refused", "conflicts")}
    return {**told, "errors": [error for each in reports for error in each["errors"]]}


def run(bar: Bar, engine: str) -> None:
    """Do everything on one engine."""
    with laboratory.database(engine):
        laboratory.enter()
        from django.db import connection

        from kaifaqu.kernel import audit
        from kaifaqu.kernel.events import Event

        found()
        connection.close()
        each, started = bar.size(quick=40, full=200), time.monotonic()
        told = hammer(bar, each)
        bar.check(f"{engine}: no error in {RESERVERS * each} actions of {RESERVERS} reservers", not told["errors"],
                  f"{told['written']} written, {told['refused']} refused for want of capacity, {told['conflicts']} met a changed record, "
                  f"{time.monotonic() - started:.0f} s" + "".join(f"\n        {error}" for error in told["errors"][:3]))
        bar.check(f"{engine}: the pools were narrow", told["refused"] > told["written"] // 10 > 0)

        chance, recount, wrong, orphans, moments = random.Random(7), Recount(), [], [], 0
        changesets = [*Event.objects.order_by("seq").values_list("changeset", flat=True).distinct()]
        asked = {*chance.sample(changesets[-200:], 3), changesets[-1]}
        free: dict[int, dict[tuple[int, str], Decimal]] = {}
        last: Any = None
        for event in [*Event.objects.order_by("seq"), None]:
            if last is not None and (event is None or event.changeset != last.changeset):
                moments += 1
                wrong += [(last.seq, *each) for each in recount.oversold()] if last.subject in (RESERVATION, CAPACITY) else []
                orphans += [(last.seq, *each) for each in recount.orphans()] if last.subject in (RESERVATION, POOL) else []
                if last.changeset in asked:
                    free[last.seq] = {
                        (pool, day): recount.free(pool, day) for pool in recount.live(CAPACITY)
                        for day in (str(some_day(chance)) for _number in range(15))}
            if event is not None:
                recount.take(event)
            last = event
        bar.check(f"{engine}: at no moment was a pool oversold on any day", not wrong,
                  f"{moments} moments, {len(recount.rows[RESERVATION])} reservations" + (f"; first {wrong[0]}" if wrong else ""))
        retired = sum(row["archived_at"] is not None or row["kind"] != "land" for row in recount.rows[POOL].values())
        held = {row["pool_id"] for row in recount.rows[RESERVATION].values()} & {
            pk for pk, row in recount.rows[POOL].items() if row["code"][0] == "S"}
        bar.check(f"{engine}: nothing is reserved of a pool that went away or turned into another kind", not orphans,
                  f"{retired} of {SPARE} small pools did, {len(held)} were reserved of" + (f"; first {orphans[0]}" if orphans else ""))
        bar.check(f"{engine}: some small pools went away and some were held", 0 < retired < SPARE and bool(held))
        compare(bar, engine, free)
        bar.check(f"{engine}: the audit is clean", audit.verify().problems == [])
        connection.close()


def compare(bar: Bar, engine: str, free: dict[int, dict[tuple[int, str], Decimal]]) -> None:
    """Hold what the product says is free, today and as known, against the recount."""
    from kaifaqu.domains.infrastructure.indicators import POOLS as FIGURES
    from kaifaqu.domains.infrastructure.models import CapacityPool, PoolKind
    from kaifaqu.kernel.access import Party
    from kaifaqu.kernel.figures import evaluate
    from kaifaqu.kernel.periods import Period

    figure, zone = FIGURES[PoolKind.LAND][2], Party.objects.get(code="ZONE")
    names = {each.name: each.pk for each in CapacityPool.objects.all()}
    differing: list[Any] = []
    number = 0
    for known, told in free.items():
        days = sorted({day for _pool, day in told})
        answers = evaluate([(figure, Period.parse(day)) for day in days], scope=[zone], by=figure.by[0], known=known)
        said = {(names[group.label], day): group.value for day, each in zip(days, answers, strict=True) for group in each.groups}
        number += len(told)
        differing += [(known, *asked, said.get(asked), free) for asked, free in told.items() if said.get(asked, Decimal(0)) != free]
    bar.check(f"{engine}: what is free on random days equals the recount", not differing and number > 0,
              f"{number} figures as known at {len(free)} events" + (f"; first {differing[0]}" if differing else ""))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--engine"]:
        the_engine = sys.argv.pop(2)
        sys.argv.pop(1)
        the_bar = Bar(f"R3 {the_engine}", __doc__)
        run(the_bar, the_engine)
        the_bar.close()
    else:
        the_bar = Bar("R3", __doc__)
        for each_engine in laboratory.ENGINES:  # a process each: Django opens one database in its life
            done = laboratory.child(__file__, "--engine", each_engine, *sys.argv[1:]).wait()
            the_bar.part(each_engine, done)
        the_bar.close()
