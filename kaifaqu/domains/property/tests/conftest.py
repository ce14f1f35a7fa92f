"""A company that runs two parks of others: buildings, units, leases and firms."""

from types import SimpleNamespace
from typing import Any

import pytest

from kaifaqu.domains.property.models import HostingContract, ServiceItem, ServiceProvider
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.indicators import find
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.issues.tests.conftest import at
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Building, Lease, Unit


@pytest.fixture
def company(db: Any) -> Any:
    """Return the company with two parks of others, three units, of which two are let, and two firms."""
    clock.set(at("08-05 09:00"))
    zone = testing.found()
    testing.enter(Enterprise, zone, "code | name\nQ1 | 业主甲\nQ2 | 业主乙\nQ3 | 餐饮公司\nQ4 | 银行支行")
    testing.enter(Park, zone, "code | name\nK1 | 南园\nK2 | 北园\nK3 | 自有园")
    testing.enter(Building, zone, "code | name | park | kind | area\nB1 | 南园1号楼 | K1 | other | 900\nB2 | 北园1号楼 | K2 | other | 900")
    testing.enter(Unit, zone, """
        code | building | name | area | since
        U1   | B1       | 101  | 100  | 2023-01-01
        U2   | B1       | 102  | 300  | 2023-01-01
        U3   | B2       | 101  | 50   | 2023-01-01
    """)
    testing.enter(Lease, zone, """
        code | unit | tenant | since      | until      | ended_on
        L1   | U1   | Q3     | 2023-06-01 | 2026-06-01 |
        L2   | U3   | Q4     | 2023-06-01 | 2024-07-01 |
        L3   | U2   | Q3     | 2023-06-01 | 2026-06-01 | 2024-03-01
    """)
    return SimpleNamespace(zone=zone, clerk=testing.employ(zone, "clerk"))


def contracts(company: Any) -> Any:
    """Return four contracts: two in force, one over, one not yet in force; K3 is run under none."""
    return testing.enter(HostingContract, company.zone, """
        code | title | partner | park | signed_on  | since      | until      | ended_on
        T1   | 南园  | Q1      | K1   | 2023-01-05 | 2023-02-01 | 2027-01-01 |
        T2   | 北园  | Q2      | K2   | 2024-01-05 | 2024-02-01 |            |
        T3   | 旧约  | Q2      | K2   | 2021-01-05 | 2021-02-01 | 2024-02-01 | 2023-12-01
        T4   | 新约  | Q1      | K3   | 2024-08-01 | 2024-09-01 |            |
    """)


def catalogue(company: Any) -> Any:
    """Return two services with three providers, two of them of one service."""
    testing.enter(ServiceItem, company.zone, """
        code | name         | kind         | days
        S1   | 企业开办代办 | registration | 3
        S2   | 法律咨询     | law          |
    """)
    return testing.enter(ServiceProvider, company.zone, """
        code | item | enterprise | since
        P1   | S1   | Q1         | 2024-01-01
        P2   | S2   | Q1         | 2024-01-01
        P3   | S2   | Q2         | 2024-01-01
    """)


def act(record: Any, verb: str, by: Any = SYSTEM, **facts: Any) -> Any:
    """Take an action on the record as it stands, and return it as it stands then."""
    record = type(record).objects.get(pk=record.pk)
    commit([actions.find(f"{record.register}.{verb}").plan(record, by=by, version=record.row_version, **facts)], by=by)
    return type(record).objects.get(pk=record.pk)


def told(company: Any, code: str, period: str = "2024-08-05", by: str = "") -> Any:
    """Return the figure's value, or that of each group of the dimension."""
    definition = find(code)
    dimension = next((each for each in definition.by if each.code == by), None)
    figure = definition.figure(Period.parse(period), scope={company.zone}, by=dimension)
    return {group.label: group.value for group in figure.groups} if by else figure.value


def removed(company: Any, code: str, record: Any, period: str = "2024-08-05") -> Any:
    """Return the figure after the record was archived."""
    act(record, "archive", company.clerk, reason="错录")
    return told(company, code, period)
