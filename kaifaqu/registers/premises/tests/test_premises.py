"""The registers of premises keep what every register keeps, and what their rows may not break together is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.kernel import access, actions, clock, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.units import round_half_up
from kaifaqu.kernel.world import World
from kaifaqu.registers.levels import levels
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.indicators import AREA, LEASED_AREA, LEASES, TENANTS, VACANCY_RATE, VACANT_AREA
from kaifaqu.registers.premises.models import Building, Lease, Unit
from kaifaqu.registers.story import moment


@pytest.fixture
def zone(db):
    """Return a test zone on 5 August 2024."""
    clock.set(moment(date(2024, 8, 5)))
    return testing.found()


@pytest.fixture
def block(zone):
    """Return a standard workshop of 1,000 square metres with three units, and two tenants of two of them."""
    testing.enter(Park, zone, "code | name\nK1 | 东园区\nK2 | 西园区")
    testing.enter(Enterprise, zone, "code | name\nQ1 | 甲公司\nQ2 | 乙公司")
    testing.enter(Building, zone, """
        code | name   | park | kind              | area | floors | completed_on
        B1   | 1号楼  | K1   | standard_workshop | 1000 | 2      | 2023-01-10
        B2   | 2号楼  | K2   | standard_workshop | 500  | 1      | 2024-03-01
        B3   | 宿舍   | K1   | dormitory         | 800  | 4      | 2022-01-10
    """)
    testing.enter(Unit, zone, """
        code | building | name | floor | area | since
        U1   | B1       | 101  | 1     | 400  | 2023-01-10
        U2   | B1       | 201  | 2     | 250  | 2023-01-10
        U3   | B1       | 202  | 2     | 250  | 2023-01-10
        U4   | B2       | 101  | 1     | 450  | 2024-01-01
        U5   | B3       | 101  | 1     | 100  | 2022-02-01
    """)
    testing.enter(Lease, zone, """
        code | unit | tenant | since      | until      | ended_on
        C1   | U1   | Q1     | 2023-03-01 | 2024-03-01 |
        C2   | U1   | Q1     | 2024-03-01 | 2026-03-01 |
        C3   | U2   | Q2     | 2023-06-01 | 2026-06-01 | 2024-05-01
        C4   | U4   | Q2     | 2024-03-15 |            |
        C5   | U5   | Q2     | 2022-03-01 |            |
    """)
    return Building.objects.get(code="B1")


def told(definition, day, by=None):
    """Return a figure's value on a day, and its groups."""
    figure = definition.figure(Period.parse(day), scope=access.scope(), by=by)
    return figure.value, {group.label: group.value for group in figure.groups}


def act(record, code, by, **facts):
    """Take an action on a record as it stands."""
    record = type(record).objects.get(pk=record.pk)
    return commit([actions.find(code).plan(record, by=by, version=record.row_version, **facts)], by=by)


class TestBuildings(testing.RegisterTests):
    register = Building

    def facts(self, zone):
        [park] = testing.enter(Park, zone, "code | name\nK9 | 东园区")
        return {"name": "9号楼", "park": park, "kind": "standard_workshop", "area": "3500", "floors": 2, "completed_on": "2023-05"}


class TestUnits(testing.RegisterTests):
    register = Unit

    def facts(self, zone):
        [building] = testing.enter(Building, zone, "code | name | kind | area\nB9 | 9号楼 | workshop | 100")
        return {"building": building, "name": "101", "area": "60", "since": "2024-01-01"}


class TestLeases(testing.RegisterTests):
    register = Lease

    def facts(self, zone):
        testing.enter(Building, zone, "code | name | kind | area\nB9 | 9号楼 | workshop | 100")
        [unit] = testing.enter(Unit, zone, "code | building | name | area | since\nU9 | B9 | 101 | 60 | 2024-01-01")
        [tenant] = testing.enter(Enterprise, zone, "code | name\nQ9 | 丙公司")
        return {"unit": unit, "tenant": tenant, "since": "2024-02-01", "until": "2025-02-01"}


@pytest.mark.parametrize(("day", "area", "vacant", "leases", "tenants"), [
    ("2022-12-31", 0, 0, 0, 0),  # not completed
    ("2023-01-10", 900, 900, 0, 0),
    ("2023-03-01", 900, 500, 1, 1),
    ("2023-06-01", 900, 250, 2, 2),
    ("2024-02-29", 900, 250, 2, 2),
    ("2024-03-01", 1350, 700, 2, 2),  # one lease follows the other; the second building is completed
    ("2024-04-30", 1350, 250, 3, 2),
    ("2024-05-01", 1350, 500, 2, 2),  # really ended, though agreed for longer
    ("2026-03-01", 1350, 900, 1, 1),  # an agreed end counts until somebody says otherwise
])
def test_what_is_to_let_and_vacant_on_a_day(block, day, area, vacant, leases, tenants):
    assert [told(each, day)[0] for each in (AREA, VACANT_AREA, LEASES, TENANTS)] == [area, vacant, leases, tenants]
    rate = told(VACANCY_RATE, day)[0]
    assert rate == (None if not area else round_half_up(Decimal(vacant * 100) / area, 2))


def test_the_figures_by_park_and_building_and_without_a_record(zone, clerk, block):
    park, building = VACANCY_RATE.by
    assert told(VACANCY_RATE, "2024-08-05", park)[1] == {"东园区": Decimal("55.56"), "西园区": 0}
    assert told(VACANT_AREA, "2024-08-05", building)[1] == {"1号楼": 500}
    known = events.last_seq()
    act(Lease.objects.get(code="C4"), "leases.archive", clerk, reason="登记错误")
    assert told(VACANT_AREA, "2024-08-05", park)[1] == {"东园区": 500, "西园区": 450}
    assert VACANT_AREA.figure(Period.parse("2024-08-05"), scope=access.scope(), known=known).value == 500


def test_a_building_completed_in_some_month_leaves_open_what_is_to_let_within_it(zone, clerk, block):
    act(block, "buildings.correct", clerk, facts={"completed_on": "2024"}, reason="只知道年")
    asked = (AREA, VACANT_AREA, LEASED_AREA, LEASES, TENANTS, VACANCY_RATE)
    figures = [each.figure(Period.parse("2024-03-31"), scope=access.scope()) for each in asked]
    assert [(each.value, each.status) for each in figures] == [(None, "not_computable")] * 6
    assert "有 1 条楼栋的日期只精确到月或年" in figures[0].reason
    assert [told(each, "2024-12-31")[0] for each in asked[:5]] == [1350, 500, 850, 2, 2]
    assert [told(each, "2023-12-31")[0] for each in asked[:5]] == [0, 0, 0, 0, 0]
    for code in ("U1", "U2", "U3"):  # nothing hangs on it any more
        for lease in Lease.objects.current().filter(unit__code=code):
            act(lease, "leases.archive", clerk, reason="误登")
    assert [told(each, "2024-03-31")[0] for each in asked[:4]] == [None, None, 450, 1]
    act(block, "buildings.correct", clerk, facts={"completed_on": "2023-01-10", "demolished_on": "2024-03"}, reason="拆")
    assert told(AREA, "2024-03-15")[0] is None


def test_a_unit_is_not_let_twice(zone, clerk, block):
    with pytest.raises(ValidationError, match=r"1号楼 101 自 2024-03-01 起已租给 Q1 甲公司（C2），不能自 2025-01-01 起再租给 Q2 乙公司"):
        testing.enter(Lease, zone, "unit | tenant | since\nU1 | Q2 | 2025-01-01", by=clerk)
    with pytest.raises(ValidationError, match="再租给"):  # two of one import
        testing.enter(Lease, zone, "unit | tenant | since\nU3 | Q2 | 2024-01-01\nU3 | Q1 | 2024-02-01", by=clerk)
    with pytest.raises(ValidationError, match="1号楼 202 2023-01-10 才有"):
        testing.enter(Lease, zone, "unit | tenant | since\nU3 | Q2 | 2022-01-01", by=clerk)
    testing.enter(Lease, zone, "unit | tenant | since\nU2 | Q1 | 2024-05-01", by=clerk)  # the day on which the other left


def test_units_do_not_exceed_their_building(zone, clerk, block):
    with pytest.raises(ValidationError, match=r"1号楼：2024-01-01 各单元面积合计 1000.01 平方米，超过建筑面积 1000 平方米"):
        testing.enter(Unit, zone, "building | name | area | since\nB1 | 203 | 100.01 | 2024-01-01", by=clerk)
    with pytest.raises(ValidationError, match="超过建筑面积"):
        act(block, "buildings.correct", clerk, facts={"area": "899"}, reason="复测")
    testing.enter(Unit, zone, "building | name | area | since\nB1 | 203 | 100 | 2024-01-01", by=clerk)


def test_a_lease_ends_once_and_a_stale_one_is_pointed_out(zone, clerk, block):
    lease = Lease.objects.get(code="C2")
    act(lease, "leases.end", clerk, ended_on=date(2024, 8, 1), end_reason="搬迁")
    assert told(VACANT_AREA, "2024-08-05")[0] == 900
    with pytest.raises(ValidationError, match="已于 2024-08-01 退租"):
        act(lease, "leases.end", clerk, ended_on=date(2024, 8, 2))
    assert ["约定到期日 2024-03-01 已过" in told for told in Lease.objects.get(code="C1").warnings()] == [True]


def test_the_page_of_a_building_shows_who_is_in_on_a_day(zone, clerk, block, client):
    client.force_login(clerk)
    address = reverse("record", args=["buildings", block.pk])
    now = client.get(address)
    assertContains(now, "55.56%")
    then = client.get(address, {"day": "2024-04-30"})
    assertContains(then, "27.78%")
    assertContains(then, "乙公司")
    assertContains(client.get(address, {"day": "2020-01-01"}), "这一天没有划分单元")
    assertContains(client.get(address, {"day": "昨天"}), "不是日期")


def test_levels_add_up_what_holds():
    one, two, three = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
    assert list(levels([(one, three, 5), (two, None, 7), (two, two, 9)])) == [(one, 5), (two, 12), (three, 7)]
    assert list(levels([])) == []


def test_what_was_known_stays(zone, clerk, block):
    known = events.last_seq()
    act(Unit.objects.get(code="U3"), "building_units.correct", clerk, facts={"area": "260"}, reason="复测")
    assert [World(each).rows(Unit).get(code="U3").area for each in (known, None)] == [250, 260]


def test_who_may_not_see_enterprises_reads_no_tenant(zone, block, client):
    client.force_login(testing.employ(zone, "keeper", "leases.view building_units.view buildings.view"))
    for address in (reverse("record", args=["leases", Lease.objects.get(code="C4").pk]), reverse("record", args=["buildings", block.pk])):
        page = client.get(address)
        for name in ("甲公司", "乙公司"):
            assert name not in page.content.decode()


def test_a_building_does_not_go_away_while_it_is_divided_or_let(zone, clerk, block):
    with pytest.raises(ValidationError, match="1号楼 已归档，还有 3 个单元登记在它上面"):
        act(block, "buildings.archive", clerk, reason="误登")
    with pytest.raises(ValidationError, match="1号楼 已于 2024-07 拆除，101 的C2 2024-03-01 还没有退租"):
        act(block, "buildings.correct", clerk, facts={"demolished_on": "2024-07"})
    act(Lease.objects.get(code="C2"), "leases.end", clerk, ended_on=date(2024, 7, 20))
    act(block, "buildings.correct", clerk, facts={"demolished_on": "2024-07"})
    with pytest.raises(ValidationError, match="已于 2024-07 拆除"):
        testing.enter(Lease, zone, "unit | tenant | since\nU3 | Q1 | 2024-07-25", by=clerk)
    [empty] = testing.enter(Building, zone, "code | name | kind | area\nB7 | 7号楼 | workshop | 100")
    late = actions.find("building_units.create").plan(zone, by=clerk, facts={
        "building": empty, "name": "101", "area": "5", "since": "2024-01-01"})
    act(empty, "buildings.archive", clerk, reason="误登")
    with pytest.raises(ValidationError, match="7号楼 已归档"):
        commit([late], by=clerk)


def test_two_units_of_a_building_do_not_share_a_name_at_one_time(zone, clerk, block):
    with pytest.raises(ValidationError, match="1号楼：自 2023-01-10 起已有单元 101（U1），不能自 2024-01-01 起再有一个"):
        testing.enter(Unit, zone, "building | name | area | since\nB1 | 101 | 50 | 2024-01-01", by=clerk)
    with pytest.raises(ValidationError, match="已有单元 202"):
        act(Unit.objects.get(code="U2"), "building_units.split", clerk, split_on=date(2024, 6, 1), parts=["202 200", "203 50"])
    act(Unit.objects.get(code="U3"), "building_units.split", clerk, split_on=date(2024, 6, 1), parts=["202 200", "203 50"])  # its own name


def test_units_are_joined_into_one_as_large_as_they_were(zone, clerk, block):
    with pytest.raises(ValidationError, match="1号楼：2024-06-01 没有单元 301"):
        act(Unit.objects.get(code="U3"), "building_units.join", clerk, joined_on=date(2024, 6, 1), others=["301"], name="2层")
    *ended, made = act(Unit.objects.get(code="U3"), "building_units.join", clerk, joined_on=date(2024, 6, 1), others=["201"], name="2层")
    assert [(each.name, each.until) for each in ended] == [("202", date(2024, 6, 1)), ("201", date(2024, 6, 1))]
    assert (made.building_id, made.name, made.floor, made.area, made.since) == (block.pk, "2层", 2, 500, date(2024, 6, 1))
    assert [told(AREA, day)[0] for day in ("2024-05-31", "2024-06-01")] == [1350, 1350]
    with pytest.raises(ValidationError, match="还没有退租"):
        act(made, "building_units.join", clerk, joined_on=date(2024, 7, 1), others=["101"], name="全部")


def test_a_unit_stays_in_its_building(zone, clerk, block):
    with pytest.raises(ValidationError, match="单元「101」在 1号楼，不能改到另一栋楼"):
        act(Unit.objects.get(code="U1"), "building_units.correct", clerk, facts={"building": Building.objects.get(code="B3")}, reason="错")
