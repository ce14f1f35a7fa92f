"""The demo of the funds gives the totals of the demo zone's tables."""

from decimal import Decimal

from kaifaqu.domains.capital import sample
from kaifaqu.domains.capital.tests.test_acceptance import told
from kaifaqu.kernel import clock, testing
from kaifaqu.registers.issues.tests.conftest import at
from kaifaqu.registers.story import tell


def test_the_totals_of_the_demo_zone_come_out(db):
    clock.set(at("2022-02-22 09:00"))
    zone = testing.found("DEMO", "演示开发区")
    company = testing.party(zone, sample.OWNER, "演示园区运营有限公司")
    testing.employ(zone, sample.BY, at=company)
    tell(company, sample.scenes())
    assert [told(company, f"funds.{level}.count") for level in ("parent", "sub")] == [1, 1]
    assert told(company, "funds.leverage_ratio") == Decimal("2.33")
    assert told(company, "funds.paid_in", by="fund_level") == {"母基金": 21000, "子基金": 10000}
    assert told(company, "funds.size", by="level") == {"母基金": 30000, "子基金": 10000}
