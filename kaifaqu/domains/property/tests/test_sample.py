"""The demo of parks and services gives the totals of the demo zone's tables, whatever the seed, and without the enterprise too."""

from decimal import Decimal
from random import Random

import pytest

from kaifaqu.domains.property import sample
from kaifaqu.domains.property.models import Settlement
from kaifaqu.kernel import clock, testing
from kaifaqu.kernel.indicators import find
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.issues.tests.conftest import at
from kaifaqu.registers.story import tell

TOTALS = {
    "parks.hosted.count": 2, "parks.hosted.unsigned.count": 0, "parks.amenities.count": 9, "parks.amenities.kinds.count": 5,
    "parks.amenities.vacant.count": 2, "services.kinds.count": 6, "services.providers.count": 8, "services.requests.count": 150,
    "property.orders.count": 420, "property.orders.on_time.count": 400, "property.orders.on_time_rate": Decimal("95.24"),
}


@pytest.fixture
def company(db):
    clock.set(at("2022-02-22 09:00"))
    zone = testing.found("DEMO", "演示开发区")
    company, firm = testing.party(zone, sample.OWNER, "演示园区运营有限公司"), testing.party(zone, sample.ACCOUNT, "演示企业")
    testing.employ(zone, sample.BY, at=company)
    testing.employ(zone, sample.ENTERPRISE, at=firm)
    testing.employ(zone, "security", at=company)
    return company


def figures(company):
    return {code: find(code).figure(Period.parse("2024"), scope={company}).value for code in TOTALS}


@pytest.mark.parametrize("seed", [1, 20240805])
def test_the_totals_of_the_demo_zone_come_out(company, seed):
    tell(company, [*sample.scenes(Random(seed)), *sample.by_account()])
    assert figures(company) == TOTALS
    orders = find("property.orders.count")
    told = orders.figure(Period.parse("2024"), scope={company}, by=orders.by[0])
    assert {group.label: group.value for group in told.groups} == {"维管": 180, "清洁": 120, "消防": 70, "应急": 50}
    assert {each.balance == each.rent - each.fees and each.warnings() == [] for each in Settlement.objects.all()} == {True}


def test_on_an_installation_of_the_company_alone_only_the_enterprises_own_request_is_missing(company):
    tell(company, sample.scenes(Random(1)))
    assert figures(company) == {**TOTALS, "services.requests.count": 149}
