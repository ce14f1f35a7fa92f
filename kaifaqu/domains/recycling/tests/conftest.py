"""Fixtures: on 5 August 2024, vehicles, what they are taken apart into, and the firms that one deals with."""

from datetime import date
from typing import Any

import pytest

from kaifaqu.domains.recycling.models import BasePhase, DismantlingLot, PartCategory, Tender, VehiclePart, WasteLot
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.qualifications.models import Qualification
from kaifaqu.registers.story import moment
from kaifaqu.registers.vehicles.models import Vehicle

COMMON = {"category": "passenger_car", "power": "1", "owner_kind": "individual", "synthetic": True}


@pytest.fixture
def zone(db):
    """Return a test zone on 5 August 2024."""
    clock.set(moment(date(2024, 8, 5)))
    return testing.found()


@pytest.fixture
def firms(zone):
    """Return four enterprises: a partner, a remanufacturer, a disposer, and the recycler itself."""
    return testing.enter(Enterprise, zone, """
        code | name
        Q1   | 演示合作企业
        Q2   | 演示再制造企业
        Q3   | 演示处置企业
        Q4   | 演示回收企业
    """)


@pytest.fixture
def vehicles(zone, firms):
    """Return five vehicles, of which one has not come yet."""
    return testing.enter(Vehicle, zone, """
        code | vin  | channel  | partner | province | city     | received_on | dismantled_on
        V1   | DEM1 | tender   |         | 山西省   | 太原市   | 2024-05-01  | 2024-06-10
        V2   | DEM2 | platform |         | 山西省   | 太原市   | 2024-06-30  | 2024-07-01
        V3   | DEM3 | own      |         | 山西省   | 晋中市   | 2024-07-01  | 2024-07-31
        V4   | DEM4 | partner  | Q1      | 河北省   | 石家庄市 | 2024-07-02  |
        V5   | DEM5 | partner  | Q1      | 河北省   | 石家庄市 |             |
    """, **COMMON)


@pytest.fixture
def categories(zone):
    """Return three categories of parts: an assembly, a part, a material that ended."""
    return testing.enter(PartCategory, zone, """
        code | name     | kind     | named | since      | until
        PL1  | 发动机   | assembly | True  | 2024-01-01 |
        PL2  | 车灯     | part     | True  | 2024-01-01 |
        PL3  | 废玻璃   | material |       | 2024-01-01 | 2024-08-01
    """)


@pytest.fixture
def parts(vehicles, categories, zone):
    """Return an engine for remanufacture and a lamp for reuse, both of the first vehicle."""
    return testing.enter(VehiclePart, zone, """
        code | vehicle | category | removed_on | use
        LB1  | V1      | PL1      | 2024-06-10 | remanufacture
        LB2  | V1      | PL2      | 2024-06-10 | reuse
    """)


@pytest.fixture
def licences(zone, firms):
    """Return the remanufacturer's licence, valid in June 2024, and what the recycler itself is permitted."""
    return testing.enter(Qualification, zone, """
        code | holder | kind               | authority | since      | until
        ZZ1  | Q2     | remanufacturing    | 演示甲局  | 2024-06-01 | 2024-07-01
        ZZ2  | Q4     | elv_dismantling    | 演示乙厅  | 2024-01-01 |
        ZZ3  | Q4     | elv_deregistration | 演示丙部  | 2024-01-01 |
        ZZ4  | Q3     | elv_dismantling    | 演示乙厅  | 2024-01-01 | 2024-06-01
    """)


@pytest.fixture
def tender(zone):
    """Return one tender."""
    return testing.enter(Tender, zone, "code\nZB1", title="演示公务车处置", purchaser="演示机关", published_on="2024-03-01")[0]


@pytest.fixture
def phase(zone):
    """Return one completed phase of the base, with nothing on it."""
    return testing.enter(BasePhase, zone, "code\nJQ1", name="一期", started_on="2021-01-01", completed_on="2023-01-01")[0]


@pytest.fixture
def lot(zone):
    """Return one dismantling lot of June."""
    return testing.enter(DismantlingLot, zone, "code\nPC1", closed_on="2024-06-10")[0]


@pytest.fixture
def waste(zone):
    """Return two lots of batteries, one of them older than a year."""
    return testing.enter(WasteLot, zone, """
        code | waste_code | stored_on  | mass
        WF1  | 900-052-31 | 2023-08-05 | 100.5
        WF2  | 900-052-31 | 2024-07-01 | 40
    """)


def told(definition: Any, period: str, zone: Any, by: str = "") -> Any:
    """Return the value of a figure; by a dimension, the values of its groups by their names."""
    dimension = next((each for each in definition.by if each.code == by), None)
    figure = definition.figure(Period.parse(period), scope={zone}, by=dimension)
    return {group.label: group.value for group in figure.groups} if by else figure.value


def corrected(record: Any, by: Any, **facts: Any) -> Any:
    """Correct facts of a record as it stands."""
    now = type(record).objects.get(pk=record.pk)
    return commit([actions.find(now.right_to("correct")).plan(now, by=by, version=now.row_version, facts=facts, reason="核对")], by=by)[0]


def archived(record: Any, by: Any) -> Any:
    """Archive a record as it stands."""
    now = type(record).objects.get(pk=record.pk)
    return commit([actions.find(now.right_to("archive")).plan(now, by=by, version=now.row_version, reason="重复")], by=by)[0]
