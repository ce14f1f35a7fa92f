"""Fixtures: an account with a post and questions, a venue, two dealers with agreements, and what came of them, on 5 August 2024."""

from datetime import date
from typing import Any

import pytest

from kaifaqu.domains.outreach.models import (
    DealerAgreement,
    PromotionAccount,
    PromotionPost,
    PromotionQuestion,
    PromotionVenue,
)
from kaifaqu.kernel import access, actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.story import moment
from kaifaqu.registers.vehicles.models import Vehicle

DAY = "2024-08-05"


@pytest.fixture
def zone(db):
    """Return a test zone on 5 August 2024."""
    clock.set(moment(date(2024, 8, 5)))
    return testing.found()


def told(definition, period: str = DAY, by=None, **asked: Any) -> Any:
    """Return a figure's value; grouped, that of each group by its name."""
    figure = definition.figure(Period.parse(period), scope=access.scope(), by=by, **asked)
    return {group.label: group.value for group in figure.groups} if by else figure.value


def act(record, verb: str, by, **facts: Any) -> Any:
    """Take an action on a record as it stands."""
    record = type(record).objects.get(pk=record.pk)
    return commit([actions.find(record.right_to(verb)).plan(record, by=by, version=record.row_version, **facts)], by=by)[0]


@pytest.fixture
def questions(zone):
    """Return four questions of an account, three on one day."""
    testing.enter(PromotionAccount, zone, "code | platform | name | since\nZ1 | 演示平台 | 演示账号 | 2024-01-01", verified=True)
    testing.enter(PromotionPost, zone, "code | account | form | title | published_on\nN1 | Z1 | live | 演示直播 | 2024-07-26")
    return testing.enter(PromotionQuestion, zone, """
        code | asked_on   | account | post | topic    | text               | frequent
        W1   | 2024-07-26 | Z1      | N1   | earlier  | 之前买车还能享受吗 | True
        W2   | 2024-07-26 | Z1      | N1   | order    | 先报废还是先买车   | True
        W3   | 2024-07-26 | Z1      |      | other    | 你们几点下班       |
        W4   | 2024-08-05 | Z1      |      | electric | 报废电车买燃油车   |
    """)


@pytest.fixture
def venues(zone):
    """Return three venues, one of each kind; the last is given up."""
    return testing.enter(PromotionVenue, zone, """
        code | name       | kind       | contact      | phone        | since      | until
        C1   | 演示4S店   | dealership | 演示人员 001 | 000-00000001 | 2024-01-01 |
        C2   | 演示汽贸园 | auto_park  |              |              | 2024-01-01 |
        C3   | 演示二手车 | used_cars  |              |              | 2024-01-01 | 2024-08-05
    """)


@pytest.fixture
def agreements(zone):
    """Return agreements with two dealers and a maker; the first dealer has two, the maker's is over."""
    testing.enter(Enterprise, zone, "code | name\nQ1 | 演示甲店\nQ2 | 演示乙店\nQ3 | 演示车企", synthetic=True)
    return testing.enter(DealerAgreement, zone, """
        code | partner | kind   | title    | signed_on  | since      | until
        H1   | Q1      | dealer | 合作一   | 2024-02-01 | 2024-02-01 |
        H2   | Q1      | dealer | 合作二   | 2024-03-01 | 2024-03-01 |
        H3   | Q2      | dealer | 合作三   | 2024-03-01 | 2024-03-01 | 2025-03-01
        H4   | Q3      | maker  | 合作四   | 2023-08-01 | 2023-08-05 | 2024-08-05
    """)


@pytest.fixture
def vehicles(zone):
    """Return four vehicles; the last two have not come in yet."""
    return testing.enter(Vehicle, zone, """
        code | vin               | received_on
        V1   | DEM00000000000001 | 2024-07-30
        V2   | DEM00000000000002 | 2024-08-02
        V3   | DEM00000000000003 |
        V4   | DEM00000000000004 |
    """, category="passenger_car", power="1", owner_kind="individual", channel="own", synthetic=True)
