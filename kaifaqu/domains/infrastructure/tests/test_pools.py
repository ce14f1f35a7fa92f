"""Pools: what is free on a day, and that nothing is ever reserved which is not there."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.infrastructure.balances import Step, at, steps
from kaifaqu.domains.infrastructure.indicators import POOLS
from kaifaqu.domains.infrastructure.models import CapacityPool, PoolCapacity, PoolKind, Reservation
from kaifaqu.domains.infrastructure.tests.conftest import act, told
from kaifaqu.kernel import actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.projects.models import Lead
from kaifaqu.sheets import importing

TOTAL, RESERVED, FREE = POOLS[PoolKind.LAND]


@pytest.fixture
def taken(zone, pools):
    """Return reservations of 60 亩 for a lead and 30 for a project until September, and one of power."""
    rows = testing.enter(Reservation, zone, """
        code | pool | lead | project | amount | since      | until
        R1   | T1   | L1   |         | 60     | 2024-02-01 |
        R2   | T1   |      | P1      | 30     | 2024-03-01 | 2024-09-01
        R3   | E1   | L2   |         | 15000  | 2024-02-01 |
    """)
    return {each.code: each for each in rows}


@pytest.mark.parametrize(("day", "total", "reserved", "free"), [
    ("2023-12-31", 0, 0, 0), ("2024-01-31", 100, 0, 100), ("2024-02-01", 100, 60, 40), ("2024-03-01", 100, 90, 10),
    ("2024-07-01", Decimal("150.5"), 90, Decimal("60.5")), ("2024-08-31", Decimal("150.5"), 90, Decimal("60.5")),
    ("2024-09-01", Decimal("150.5"), 60, Decimal("90.5")),
])
def test_what_is_free_on_a_day(taken, day, total, reserved, free):
    assert (told(TOTAL, day), told(RESERVED, day), told(FREE, day)) == (total, reserved, free)


def test_kinds_are_never_added_up(taken):
    assert [(told(POOLS[kind][2], "2024-08-05"), POOLS[kind][2].unit) for kind in (PoolKind.LAND, PoolKind.POWER, PoolKind.HEAT)] == [
        (Decimal("60.5"), "亩"), (5000, "千伏安"), (0, "吨/小时")]
    assert told(FREE, "2024-08-05", FREE.by[0]) == {"东片土地": Decimal("60.5")}


def test_a_reservation_taken_back_is_free_again(taken, clerk):
    known = events.last_seq()
    act(taken["R1"], "reservations.archive", clerk, reason="误登")
    assert (told(FREE, "2024-08-05"), told(FREE, "2024-08-05", known=known)) == (Decimal("120.5"), Decimal("60.5"))


def test_more_than_is_free_is_refused_with_the_day_and_the_numbers(zone, taken, clerk):
    sentence = "东片土地：2024-03-01 的容量是 100 亩，已预留 90 亩，只剩 10 亩，这次要 10.000001 亩。请减少数量、改期，或先释放别的预留。"
    with pytest.raises(ValidationError) as refusal:
        testing.enter(Reservation, zone, "pool | lead | amount | since\nT1 | L2 | 10.000001 | 2024-02-15", by=clerk)
    assert refusal.value.messages == [sentence]
    testing.enter(Reservation, zone, "pool | lead | amount | since\nT1 | L2 | 10 | 2024-02-15", by=clerk)
    with pytest.raises(ValidationError, match="这次要 31 亩"):
        act(taken["R2"], "reservations.correct", clerk, facts={"amount": "31"}, reason="增加")
    with pytest.raises(ValidationError, match="2023-12-31 的容量是 0 亩"):
        testing.enter(Reservation, zone, "pool | lead | amount | since\nT1 | L2 | 1 | 2023-12-31", by=clerk)
    assert Reservation.objects.current().filter(pool__code="T1").count() == 3


def test_a_pool_does_not_go_away_or_change_its_kind_under_a_reservation_whoever_comes_first(zone, pools, clerk):
    def planned(code, **facts):
        return actions.find(code).plan(pools["T1"], by=clerk, version=1, reason="改", **facts)

    reserve = actions.find("reservations.create").plan
    facts = {"pool": pools["T1"], "lead": Lead.objects.get(code="L1"), "amount": "5", "since": "2024-02-01"}
    late = [planned("capacity_pools.correct", facts={"kind": "power"}), planned("capacity_pools.archive")]
    waiting = reserve(zone, by=clerk, facts={**facts, "code": "R8"})
    [row] = commit([reserve(zone, by=clerk, facts={**facts, "code": "R9"})], by=clerk)
    for plan in late:
        with pytest.raises(ValidationError, match="东片土地 有预留登记，不能归档或改变「容量类别」"):
            commit([plan], by=clerk)
    act(row, "reservations.archive", clerk, reason="误登")
    act(pools["T1"], "capacity_pools.correct", clerk, facts={"name": "东片"}, reason="改名")
    act(pools["T1"], "capacity_pools.archive", clerk, reason="并入")
    for plan in (waiting, reserve(zone, by=clerk, facts={**facts, "pool": CapacityPool.objects.get(code="T1")})):
        with pytest.raises(ValidationError, match="东片 已归档，不能从中预留"):
            commit([plan], by=clerk)


def test_an_import_that_oversells_writes_nothing(zone, taken, clerk):
    text = "容量池\t线索\t预留数量\t预留自\nT1\tL2\t6\t2024-06-01\nT1\tL2\t5\t2024-06-01\nE1\tL2\t1\t2024-06-01"
    upload = importing.receive(Reservation, zone, clerk, "预留.txt", text)
    importing.check(upload)
    with pytest.raises(ValidationError, match="只剩 10 亩，这次要 11 亩"):
        importing.write(upload, clerk)
    assert Reservation.objects.count() == 3


def test_a_total_below_what_is_reserved_is_refused(zone, taken, clerk):
    with pytest.raises(ValidationError, match="东片土地：2024-08-01 起的容量 89 亩 少于已预留的 90 亩"):
        testing.enter(PoolCapacity, zone, "pool | since | amount\nT1 | 2024-08-01 | 89", by=clerk)
    testing.enter(PoolCapacity, zone, "pool | since | amount\nT1 | 2024-09-01 | 60", by=clerk)  # by then it is over
    first = PoolCapacity.objects.get(pool__code="T1", since="2024-01-01")
    moved = {"pool": CapacityPool.objects.get(code="E1"), "since": "2023-01-01"}
    with pytest.raises(ValidationError, match="2024-02-01 起的容量 0 亩 少于"):
        act(first, "pool_capacities.correct", clerk, facts=moved, reason="改")
    with pytest.raises(ValidationError, match="2024-02-01 起的容量 0 亩 少于"):
        act(first, "pool_capacities.archive", clerk, reason="误登")
    with pytest.raises(ValidationError, match="有预留登记"):
        act(CapacityPool.objects.get(code="T1"), "capacity_pools.archive", clerk, reason="误登")


def test_what_is_released_is_free_from_that_day(taken, clerk):
    act(taken["R1"], "reservations.release", clerk, released_on=date(2024, 8, 1), release_reason="未成")
    assert [told(FREE, day) for day in ("2024-07-31", "2024-08-01")] == [Decimal("60.5"), Decimal("120.5")]
    with pytest.raises(ValidationError, match="已于 2024-08-01 释放"):
        act(taken["R1"], "reservations.release", clerk, released_on=date(2024, 8, 2), release_reason="未成")


def test_the_reservation_of_a_lead_passes_to_its_project(zone, taken, clerk, pools):
    from kaifaqu.registers.projects.models import Project

    project = Project.objects.get(code="P1")
    before = {day: told(FREE, day) for day in ("2024-02-15", "2024-05-15", "2024-08-05", "2025-08-05")}
    with pytest.raises(ValidationError, match="只能转给由「L2 陶瓷」签约而来的项目"):
        act(taken["R3"], "reservations.pass_on", clerk, project=project, passed_on=date(2024, 5, 1))
    ended, begun = act(taken["R1"], "reservations.pass_on", clerk, project=project, passed_on=date(2024, 5, 1))
    assert ended.released_on == begun.since == date(2024, 5, 1)
    assert (begun.project, begun.lead, begun.amount) == (project, None, 60)
    assert {day: told(FREE, day) for day in before} == before


@pytest.mark.parametrize(("row", "problem"), [
    ("T1 | L1 | P1 | 1 | 2024-02-01 |", "只填一个"), ("T1 | | | 1 | 2024-02-01 |", "请填一个"),
    ("T1 | L1 | | 0 | 2024-02-01 |", "要大于 0"), ("T1 | L1 | | 1 | 2024-02-01 | 2024-02-01", "应晚于"),
])
def test_a_reservation_that_cannot_be_is_refused(zone, pools, row, problem):
    with pytest.raises(ValidationError, match=problem):
        testing.enter(Reservation, zone, f"pool | lead | project | amount | since | until\n{row}")


def test_steps_of_a_pool():
    one, two, three = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
    made = steps([(two, Decimal(5)), (one, Decimal(9))], [(one, three, Decimal(4)), (two, None, Decimal(1))])
    assert made == [Step(one, 9, 4), Step(two, 5, 5), Step(three, 5, 1)]
    assert [at(made, day).free for day in (date(2023, 12, 31), one, date(2024, 2, 29), three)] == [0, 5, 0, 4]
