"""M2-15 and M2-18: the infrastructure ledger of the demo's size, and the load of a plant from its days."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kaifaqu.domains.infrastructure import indicators as figures
from kaifaqu.domains.infrastructure import workshops
from kaifaqu.domains.infrastructure.models import Plant, PlantCapacity, PlantDay, Work, WorkBuilding, WorkPayment
from kaifaqu.domains.infrastructure.tests.conftest import told
from kaifaqu.kernel import access, actions, testing, units
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.premises.models import Building
from kaifaqu.sheets import importing

DAY = "2024-08-05"


@pytest.fixture
def ledger(zone, clerk):
    """Return the works of the newspaper page: four completed and four in progress, by the zone's own rule worth 4.7 亿元 paid."""
    testing.enter(Building, zone, """
        code | name  | kind              | area  | started_on | completed_on
        B1   | 1号楼 | standard_workshop | 3200  | 2022-05-01 | 2023-08-20
        B2   | 2号楼 | standard_workshop | 3400  | 2022-05-01 | 2023-08-20
        B3   | 3号楼 | standard_workshop | 3600  | 2022-05-01 | 2023-08-20
        B4   | 4号楼 | standard_workshop | 3800  | 2022-05-01 | 2023-08-20
        B5   | 5号楼 | standard_workshop | 13000 | 2024-03-01 |
        B6   | 6号楼 | standard_workshop | 14000 | 2024-03-01 |
    """, by=clerk)
    made = testing.enter(Work, zone, """
        code | name       | kind       | length | capacity | contracted_on | contract_amount | contract_document | started_on | accepted_on
        G1   | 厂房一期   | 标准化厂房 |        |          | 2022-04-01    | 5200            | 合同1             | 2022-05-01 | 2023-08-20
        G2   | 污水处理厂 | 污水处理   |        | 20000    | 2022-04-01    | 16400           | 合同2             | 2022-05-10 | 2023-09-20
        G3   | 智慧平台   | 智慧平台   |        |          | 2023-01-05    | 3000            | 合同3             | 2023-02-01 | 2023-12-20
        G4   | 纬一路     | 道路       | 2100   |          | 2022-08-01    | 9400            | 合同4             | 2022-09-01 | 2023-10-30
        G5   | 厂房二期   | 标准化厂房 |        |          | 2024-02-01    | 9800            | 合同5             | 2024-03-01 |
        G6   | 中水回用   | 中水回用   |        | 10000    | 2024-01-15    | 6500            | 合同6             | 2024-02-20 |
        G7   | 排水管道   | 管网管道   | 8600   |          | 2024-01-15    | 4100            | 合同7             | 2024-03-10 |
        G8   | 文化路     | 道路       | 1500   |          | 2024-04-01    | 3600            | 合同8             | 2024-05-06 |
    """, by=clerk)
    testing.enter(WorkBuilding, zone, "work | building\nG1|B1\nG1|B2\nG1|B3\nG1|B4\nG5|B5\nG5|B6", by=clerk)
    testing.enter(WorkPayment, zone, """
        work | paid_on    | amount
        G1   | 2023-09-30 | 5200
        G2   | 2023-12-30 | 16400
        G3   | 2024-01-30 | 3000
        G4   | 2023-12-30 | 9400
        G5   | 2024-06-30 | 6400
        G6   | 2024-06-30 | 3800.5
        G7   | 2024-06-30 | 1600
        G8   | 2024-07-30 | 1199.5
    """, by=clerk)
    testing.enter(Plant, zone, "code | name | kind | work\nCZ1 | 污水处理厂 | sewage | G2", by=clerk)
    testing.enter(PlantCapacity, zone, "plant | since | amount | document\nCZ1 | 2023-09-20 | 20000 | 竣工验收报告", by=clerk)
    facts = {
        "kind": "infrastructure.investment", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "演示〔2024〕1号",
        "content": json.dumps({"variant": "paid"})}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    return made


def test_m2_15_the_works_give_the_printed_figures(ledger):
    assert units.display(told(figures.CUMULATIVE, DAY), "万元") == "4.7 亿元"
    assert (told(workshops.COMPLETED_AREA, DAY), told(workshops.COMPLETED_BUILDINGS, DAY)) == (14000, 4)
    assert (told(workshops.IN_PROGRESS_AREA, DAY), told(workshops.TOTAL_AREA, DAY)) == (27000, 41000)
    assert told(workshops.AREA_PER_BUILDING, DAY) == 3500
    assert told(figures.SEWAGE_CAPACITY, DAY) == 20000
    assert (told(figures.COMPLETED_COUNT, DAY), told(figures.IN_PROGRESS_COUNT, DAY)) == (4, 4)


def test_m2_15_each_number_opens_its_rows(ledger):
    def opened(definition):
        return [record.code for record in definition.figure(Period.parse(DAY), scope=access.scope()).records]

    assert opened(workshops.COMPLETED_AREA) == opened(workshops.COMPLETED_BUILDINGS) == ["B1", "B2", "B3", "B4"]
    assert opened(workshops.IN_PROGRESS_AREA) == ["B5", "B6"]
    assert opened(figures.COMPLETED_COUNT) == ["G1", "G2", "G3", "G4"]
    assert opened(figures.IN_PROGRESS_COUNT) == ["G5", "G6", "G7", "G8"]
    assert len(opened(figures.CUMULATIVE)) == 8
    assert [record.amount for record in figures.SEWAGE_CAPACITY.figure(Period.parse(DAY), scope=access.scope()).records] == [20000]


def test_m2_15_another_unit_does_not_change_the_value(zone, clerk, ledger):
    text = "楼栋名称\t用途类别\t建筑面积（万平方米）\t建成日期\n7号楼\t标准化厂房\t0.35\t2024-08-01"
    upload = importing.receive(Building, zone, clerk, "楼栋.txt", text)
    importing.check(upload)
    importing.write(upload, clerk)
    assert Building.objects.get(name="7号楼").area == 3500
    value = told(workshops.COMPLETED_AREA, DAY)
    assert value == 17500
    assert units.convert(value, "平方米", "万平方米") == Decimal("1.75")
    assert units.convert(Decimal("1.75"), "万平方米", "平方米") == value


def test_m2_18_the_load_is_shown_and_the_days_over_the_limit_are_listed(zone, clerk, ledger):
    over = {date(2024, 7, 9): "20350", date(2024, 7, 10): "21000.5"}
    first = date(2024, 6, 27)
    rows = "\n".join(
        f"CZ1 | {day} | {over.get(day, '15000')} | 14000 | 2800"
        for day in (first + timedelta(days=number) for number in range(40)) if day != date(2024, 7, 20))
    testing.enter(PlantDay, zone, f"plant | day | inflow | outflow | reclaimed\n{rows}", by=clerk)
    assert told(figures.DAYS_REPORTED, "2024-07") == 30  # one day has no report, and is not zero
    assert told(figures.LOAD_RATE, "2024-07") == Decimal("76.89")  # (28 × 15000 + 20350 + 21000.5) ÷ (30 × 20000)
    assert told(figures.LOAD_RATE, "2024-07-20") is None
    assert told(figures.RECLAIMED_RATE, "2024-07") == 20
    listed = figures.DAYS_OVER.figure(Period.parse("2024"), scope=access.scope())
    assert (listed.value, [each.day for each in listed.records]) == (2, [*over])
    plant = figures.LOAD_RATE.by[0]
    assert told(figures.LOAD_RATE, "2024-07", plant) == {"污水处理厂": Decimal("76.89")}
