"""M2-16: a block can be split into units and leased; the vacancy rate is right at any date."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import access, actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.premises.indicators import VACANCY_RATE
from kaifaqu.registers.premises.models import Building, Lease, Unit
from kaifaqu.registers.story import moment


@pytest.fixture
def block(db):
    """Return a block of 3,500 square metres that nobody has divided."""
    clock.set(moment(date(2024, 8, 5)))
    zone = testing.found()
    testing.enter(Enterprise, zone, "code | name\nQ1 | 甲公司\nQ2 | 乙公司")
    [made] = testing.enter(Building, zone, """
        code | name  | kind              | area | floors | completed_on
        B1   | 1号楼 | standard_workshop | 3500 | 2      | 2024-01-15
    """)
    return made


@pytest.fixture
def zone(block):
    """Return the zone of the block."""
    return block.owner


def act(record, code, by, **facts):
    """Take an action on a record as it stands."""
    record = type(record).objects.get(pk=record.pk)
    return commit([actions.find(code).plan(record, by=by, version=record.row_version, **facts)], by=by)


def vacancy(day):
    """Return the vacancy rate on a day; None where there is nothing to let."""
    return VACANCY_RATE.figure(Period.parse(day), scope=access.scope()).value


def test_m2_16_a_block_is_split_into_units_and_leased(zone, clerk, block):
    act(block, "buildings.divide", clerk, since=date(2024, 2, 1), parts=["101 1 1750", "201 2层 1000", "202 2 750"])
    assert [(each.name, each.floor, each.area) for each in Unit.objects.order_by("name")] == [
        ("101", 1, 1750), ("201", 2, 1000), ("202", 2, 750)]
    testing.enter(Lease, zone, "code | unit | tenant | since | document\nC1 | LY0001 | Q1 | 2024-03-01 | 合同一", by=clerk)
    with pytest.raises(ValidationError, match="已租给 Q1 甲公司"):
        testing.enter(Lease, zone, "unit | tenant | since\nLY0001 | Q2 | 2024-04-01", by=clerk)
    with pytest.raises(ValidationError, match="超过建筑面积"):
        act(block, "buildings.divide", clerk, since=date(2024, 2, 1), parts=["301 2 0.01"])


def test_m2_16_a_unit_is_split_again_and_its_parts_are_as_large_as_it_was(zone, clerk, block):
    act(block, "buildings.divide", clerk, since=date(2024, 2, 1), parts=["101 1 1750", "201 2 1750"])
    unit = Unit.objects.get(name="101")
    with pytest.raises(ValidationError, match="各部分合计 1700 平方米，应等于原单元的 1750 平方米"):
        act(unit, "building_units.split", clerk, split_on=date(2024, 6, 1), parts=["101A 1000", "101B 700"])
    act(unit, "building_units.split", clerk, split_on=date(2024, 6, 1), parts=["101A 1000", "101B 750"])
    unit.refresh_from_db()
    parts = Unit.objects.filter(part_of=unit).order_by("name")
    assert (unit.until, [(each.name, each.floor, each.since) for each in parts]) == (
        date(2024, 6, 1), [("101A", 1, date(2024, 6, 1)), ("101B", 1, date(2024, 6, 1))])
    for day in ("2024-05-31", "2024-06-01"):
        figure = VACANCY_RATE.denominator.figure(Period.parse(day), scope=access.scope())
        assert figure.value == 3500
    testing.enter(Lease, zone, "unit | tenant | since\nLY0002 | Q1 | 2024-03-01", by=clerk)
    with pytest.raises(ValidationError, match="还没有退租"):
        act(Unit.objects.get(name="201"), "building_units.split", clerk, split_on=date(2024, 7, 1), parts=["201A 1000", "201B 750"])


def test_m2_16_the_vacancy_rate_is_right_at_any_date(zone, clerk, block):
    act(block, "buildings.divide", clerk, since=date(2024, 2, 1), parts=["101 1 1750", "201 2 1050", "202 2 700"])
    testing.enter(Lease, zone, """
        code | unit   | tenant | since      | until
        C1   | LY0001 | Q1     | 2024-03-01 | 2025-03-01
        C2   | LY0002 | Q2     | 2024-04-01 | 2024-07-01
        C3   | LY0003 | Q1     | 2024-04-15 |
    """, by=clerk)
    act(Lease.objects.get(code="C3"), "leases.end", clerk, ended_on=date(2024, 5, 1))
    rates = {
        "2024-01-31": None, "2024-02-01": 100, "2024-03-01": 50, "2024-04-01": 20, "2024-04-15": 0, "2024-04-30": 0,
        "2024-05-01": 20, "2024-06-30": 20, "2024-07-01": 50, "2025-02-28": 50, "2025-03-01": 100,
    }
    assert {day: vacancy(day) for day in rates} == {day: rate if rate is None else Decimal(rate) for day, rate in rates.items()}
    figure = VACANCY_RATE.figure(Period.parse("2024-06-30"), scope=access.scope())
    assert [each.name for each in figure.numerator.records] == ["202"]  # the figure opens the units that are vacant
