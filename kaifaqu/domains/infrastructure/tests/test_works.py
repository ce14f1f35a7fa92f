"""The figures of works and workshops, over tables that can be checked by eye."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.infrastructure.indicators import (
    COMPLETED_COUNT,
    CONTRACTED,
    CUMULATIVE,
    IN_PROGRESS_COUNT,
    PAID,
)
from kaifaqu.domains.infrastructure.models import Work, WorkBuilding, WorkPayment
from kaifaqu.domains.infrastructure.tests.conftest import act, told
from kaifaqu.domains.infrastructure.workshops import (
    AREA_PER_BUILDING,
    COMPLETED_AREA,
    COMPLETED_BUILDINGS,
    IN_PROGRESS_AREA,
    TOTAL_AREA,
)
from kaifaqu.kernel import actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.fields import PartialDate
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


def days():
    """Return the days of each building."""
    rows = Building.objects.order_by("code")
    return {each.code: tuple(str(day or "") for day in (each.started_on, each.completed_on, each.handed_over_on)) for each in rows}


def test_the_days_of_a_work_are_those_of_its_buildings_whenever_they_are_told(zone, clerk):
    testing.enter(Building, zone, """
        code | name  | kind              | area | started_on | completed_on
        B1   | 1号楼 | standard_workshop | 3000 |            |
        B2   | 2号楼 | standard_workshop | 4000 | 2024-02-01 | 2024-04-01
        B3   | 3号楼 | standard_workshop | 5000 |            |
    """)
    [work] = testing.enter(Work, zone, "code | name | kind | started_on\nG1 | 厂房 | 标准化厂房 | 2024-01-05")
    link = actions.find("work_buildings.create").plan
    for code in ("B1", "B2"):
        commit([link(zone, by=clerk, facts={"work": work, "building": Building.objects.get(code=code)})], by=clerk)
    act(work, "works.accept", clerk, accepted_on=PartialDate.parse("2024-05-01"), accepted_evidence="报告")
    assert days() == {"B1": ("2024-01-05", "2024-05-01", ""), "B2": ("2024-02-01", "2024-04-01", ""), "B3": ("", "", "")}
    act(work, "works.correct", clerk, facts={"accepted_on": "2024-06-01"}, reason="写错")
    commit([link(zone, by=clerk, facts={"work": Work.objects.get(), "building": Building.objects.get(code="B3")})], by=clerk)
    assert days() == {
        "B1": ("2024-01-05", "2024-06-01", ""), "B2": ("2024-02-01", "2024-04-01", ""), "B3": ("2024-01-05", "2024-06-01", "")}
    assert told(IN_PROGRESS_AREA, "2024-08-05") == 0
    assert [told(COMPLETED_AREA, day) for day in ("2024-05-31", "2024-06-01")] == [4000, 12000]
    act(Building.objects.get(code="B1"), "buildings.correct", clerk, facts={"completed_on": "2024-07-01"}, reason="另行竣工")
    assert "工程 2024-06-01 验收，有 1 栋楼还没有建成日期，或建成日期更晚，请核对。" in Work.objects.get().warnings()
    with pytest.raises(ValidationError, match="有楼栋：楼栋的面积登记在楼栋上"):
        act(work, "works.correct", clerk, facts={"area": "3000"})


def test_who_advances_a_work_needs_no_right_on_its_buildings(zone):
    testing.enter(Building, zone, "code | name | kind | area\nB1 | 1号楼 | standard_workshop | 3000")
    [work] = testing.enter(Work, zone, "code | name | kind\nG1 | 厂房 | 标准化厂房")
    testing.enter(WorkBuilding, zone, "work | building\nG1 | B1")
    builder = testing.employ(zone, "builder", "works.view works.advance")
    act(work, "works.start", builder, started_on=PartialDate.parse("2024-05-01"), started_evidence="许可证")
    assert days() == {"B1": ("2024-05-01", "", "")}
