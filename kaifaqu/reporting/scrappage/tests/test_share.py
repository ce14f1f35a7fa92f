"""What joins applications with what the base can dismantle in a year: a removed record changes it by exactly that record."""

from datetime import date
from decimal import Decimal

import pytest

from kaifaqu.domains.recycling.models import BasePhase, DismantlingCapacity
from kaifaqu.domains.subsidies.models import SubsidyApplication
from kaifaqu.kernel import access, actions, clock, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.story import moment
from kaifaqu.registers.vehicles.models import RecyclingCertificate, Vehicle
from kaifaqu.reporting.scrappage.indicators import SHARE_OF_CAPACITY


@pytest.fixture
def zone(db):
    """Return a test zone on 5 August 2024."""
    clock.set(moment(date(2024, 8, 5)))
    return testing.found()


@pytest.fixture
def applications(zone):
    """Return three applications, and a capacity of 30 vehicles a year that another one of 10 joins in August."""
    testing.enter(BasePhase, zone, "code | name\nJQ1 | 一期\nJQ2 | 二期")
    testing.enter(DismantlingCapacity, zone, """
        code | phase | per_year | since
        N1   | JQ1   | 30       | 2024-01-01
        N2   | JQ2   | 10       | 2024-08-01
    """)
    testing.enter(Vehicle, zone, "code | vin\nV1 | DEM1\nV2 | DEM2\nV3 | DEM3", category="passenger_car", power="1",
                  owner_kind="individual", channel="own", synthetic=True)
    days = dict.fromkeys(("handed_over_on", "deregistered_on", "registered_on", "invoiced_on"), "2024-05-01")
    testing.enter(RecyclingCertificate, zone, "code | vehicle | number\nH1 | V1 | N1\nH2 | V2 | N2\nH3 | V3 | N3", issued_on="2024-05-01",
                  handed_over_on="2024-05-01")
    return testing.enter(SubsidyApplication, zone, """
        code | vehicle | submitted_on
        A1   | V1      | 2024-05-02
        A2   | V2      | 2024-06-02
        A3   | V3      | 2024-08-02
    """, power="nev", price="15", city="太原市", **days)


def told(day, **asked):
    """Return the share on a day."""
    return SHARE_OF_CAPACITY.figure(Period.parse(day), scope=access.scope(), **asked).value


def archived(record, clerk):
    """Archive a record."""
    commit([actions.find(f"{record.register}.archive").plan(record, by=clerk, version=record.row_version, reason="重复")], by=clerk)


def test_m6_17_the_share_of_capacity_loses_exactly_the_removed_record(applications, clerk):
    assert [told(day) for day in ("2024-05-02", "2024-07-31", "2024-08-05")] == [Decimal("3.33"), Decimal("6.67"), Decimal("7.5")]
    known = events.last_seq()
    archived(applications[0], clerk)
    assert (told("2024-08-05"), told("2024-07-31"), told("2024-08-05", known=known)) == (5, Decimal("3.33"), Decimal("7.5"))
    archived(DismantlingCapacity.objects.get(code="N2"), clerk)
    assert told("2024-08-05") == Decimal("6.67")


def test_m6_17_without_a_capacity_there_is_no_share(applications, clerk):
    for each in DismantlingCapacity.objects.all():
        archived(each, clerk)
    assert told("2024-08-05") is None
