"""Fixtures: works with buildings and payments, a plant with its days, and pools, from small tables on 5 August 2024."""

from datetime import date
from typing import Any

import pytest

from kaifaqu.domains.infrastructure.models import (
    CapacityPool,
    Plant,
    PlantCapacity,
    PlantDay,
    PoolCapacity,
    Work,
    WorkBuilding,
    WorkPayment,
)
from kaifaqu.kernel import access, actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Building
from kaifaqu.registers.projects.models import Lead, Project
from kaifaqu.registers.story import moment


@pytest.fixture
def zone(db):
    """Return a test zone on 5 August 2024."""
    clock.set(moment(date(2024, 8, 5)))
    return testing.found()


def act(record, code: str, by, **facts: Any) -> list[Any]:
    """Take an action on a record as it stands."""
    record = type(record).objects.get(pk=record.pk)
    return commit([actions.find(code).plan(record, by=by, version=record.row_version, **facts)], by=by)


def told(definition, period: str, by=None, **asked: Any) -> Any:
    """Return a figure's value; grouped, that of each group by its name."""
    figure = definition.figure(Period.parse(period), scope=access.scope(), by=by, **asked)
    return {group.label: group.value for group in figure.groups} if by else figure.value


@pytest.fixture
def works(zone):
    """Return three works: of two completed blocks and one under way, and a road that is planned."""
    testing.enter(Park, zone, "code | name\nK1 | 东园区\nK2 | 西园区")
    testing.enter(Building, zone, """
        code | name  | park | kind              | area | started_on | completed_on
        B1   | 1号楼 | K1   | standard_workshop | 3000 | 2022-03-01 | 2023-01-10
        B2   | 2号楼 | K1   | standard_workshop | 4000 | 2022-03-01 | 2023-02-10
        B3   | 3号楼 | K2   | standard_workshop | 5000 | 2024-01-05 |
        B4   | 宿舍  | K2   | dormitory         | 900  | 2024-01-05 |
    """)
    made = testing.enter(Work, zone, """
        code | name     | kind     | park | contracted_on | contract_amount | contract_document | started_on | accepted_on
        G1   | 厂房一期 | 标准化厂房 | K1   | 2022-02-01    | 2000            | 合同一            | 2022-03-01 | 2023-02-20
        G2   | 厂房二期 | 标准化厂房 | K2   | 2023-12-01    | 3000.5          | 合同二            | 2024-01-05 |
        G3   | 纬一路   | 道路     | K1   |               |                 |                   |            |
    """)
    testing.enter(WorkBuilding, zone, "work | building\nG1 | B1\nG1 | B2\nG2 | B3\nG2 | B4")
    testing.enter(WorkPayment, zone, """
        code | work | paid_on    | amount
        F1   | G1   | 2022-06-30 | 800
        F2   | G1   | 2023-03-31 | 1100
        F3   | G2   | 2024-02-01 | 600.25
    """)
    return {each.code: each for each in made}


@pytest.fixture
def plant(zone):
    """Return a sewage plant of 100 cubic metres a day, enlarged to 200 on the third of five days, of which one has no report."""
    [made, _other] = testing.enter(Plant, zone, "code | name | kind\nCZ1 | 污水厂 | sewage\nCZ2 | 中水厂 | reclaimed")
    testing.enter(PlantCapacity, zone, """
        plant | since      | amount | document
        CZ1   | 2024-01-01 | 100    | 批复一
        CZ1   | 2024-07-03 | 200    | 批复二
        CZ2   | 2024-01-01 | 50     | 批复三
    """)
    testing.enter(PlantDay, zone, """
        code | plant | day        | inflow | outflow | reclaimed
        D1   | CZ1   | 2024-07-01 | 90     | 80      | 20
        D2   | CZ1   | 2024-07-02 | 110.5  | 100     |
        D3   | CZ1   | 2024-07-03 | 110.5  | 120     | 30
        D5   | CZ1   | 2024-07-05 | 201    |         |
        E1   | CZ2   | 2024-07-01 | 60     |         |
    """)
    return made


@pytest.fixture
def pools(zone):
    """Return a pool of land of 100 亩, from July 150, and one of power; with a lead, and a project that came from another."""
    testing.enter(Lead, zone, "code | name | first_contact_on\nL1 | 铸造 | 2024-01-05\nL2 | 陶瓷 | 2024-01-05")
    testing.enter(Project, zone, "code | name | signed_on | lead\nP1 | 铸造 | 2024-03-01 | L1")
    made = testing.enter(CapacityPool, zone, "code | name | kind\nT1 | 东片土地 | land\nE1 | 变电站 | power")
    testing.enter(PoolCapacity, zone, """
        pool | since      | amount | document
        T1   | 2024-01-01 | 100    | 规划一
        T1   | 2024-07-01 | 150.5  | 规划二
        E1   | 2024-01-01 | 20000  | 批复
    """)
    return {each.code: each for each in made}
