"""The figures of works and workshops, over tables that can be checked by eye."""

import json
from decimal import Decimal

import pytest

from kaifaqu.domains.infrastructure.indicators import (
    COMPLETED_COUNT,
    CONTRACTED,
    CUMULATIVE,
    IN_PROGRESS_COUNT,
    PAID,
)
from kaifaqu.domains.infrastructure.models import WorkPayment
from kaifaqu.domains.infrastructure.tests.conftest import act, told
from kaifaqu.domains.infrastructure.workshops import (
    AREA_PER_BUILDING,
    COMPLETED_AREA,
    COMPLETED_BUILDINGS,
    IN_PROGRESS_AREA,
    TOTAL_AREA,
)
from kaifaqu.kernel import actions, events
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.premises.models import Building


@pytest.mark.parametrize(("day", "values"), [
    # contracted, paid, completed, in progress, area completed, blocks, area under way, all
    ("2022-02-28", (2000, 0, 0, 0, 0, 0, 0, 0)),
    ("2022-06-30", (2000, 800, 0, 1, 0, 0, 7000, 7000)),
    ("2023-01-10", (2000, 800, 0, 1, 3000, 1, 4000, 7000)),
    ("2023-02-20", (2000, 800, 1, 0, 7000, 2, 0, 7000)),
    ("2024-01-05", (Decimal("5000.5"), 1900, 1, 1, 7000, 2, 5000, 12000)),
    ("2024-08-05", (Decimal("5000.5"), Decimal("2500.25"), 1, 1, 7000, 2, 5000, 12000)),
])
def test_works_and_workshops_at_a_date(works, day, values):
    asked = (CONTRACTED, PAID, COMPLETED_COUNT, IN_PROGRESS_COUNT, COMPLETED_AREA, COMPLETED_BUILDINGS, IN_PROGRESS_AREA, TOTAL_AREA)
    assert tuple(told(each, day) for each in asked) == values


def test_the_area_of_one_block_and_by_park(works):
    assert told(AREA_PER_BUILDING, "2024-08-05") == 3500
    assert told(AREA_PER_BUILDING, "2021-08-05") is None
    [park] = TOTAL_AREA.by
    assert told(TOTAL_AREA, "2024-08-05", park) == {"东园区": 7000, "西园区": 5000}
    assert told(COMPLETED_COUNT, "2024-08-05", COMPLETED_COUNT.by[0]) == {"标准化厂房": 1}
    assert told(PAID, "2024-08-05", PAID.by[2]) == {"厂房一期": 1900, "厂房二期": Decimal("600.25")}


def test_the_zone_chooses_on_which_basis_investment_is_told(zone, works, clerk):
    assert told(CUMULATIVE, "2024-08-05") == Decimal("2500.25")
    facts = {
        "kind": "infrastructure.investment", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "演示〔2024〕1号",
        "content": json.dumps({"variant": "contracted"})}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    assert [told(CUMULATIVE, day) for day in ("2023-12-31", "2024-08-05")] == [1900, Decimal("5000.5")]


def test_a_payment_taken_back_and_a_building_demolished_leave_the_figures(works, clerk):
    known = events.last_seq()
    act(WorkPayment.objects.get(code="F2"), "work_payments.archive", clerk, reason="重复登记")
    act(Building.objects.get(code="B1"), "buildings.correct", clerk, facts={"demolished_on": "2024-08-01"})
    assert (told(PAID, "2024-08-05"), told(PAID, "2024-08-05", known=known)) == (Decimal("1400.25"), Decimal("2500.25"))
    assert [told(COMPLETED_AREA, day) for day in ("2024-07-31", "2024-08-01")] == [7000, 4000]
