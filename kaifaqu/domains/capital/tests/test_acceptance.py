"""The core facts of M5-13 and M5-14: funds, what was paid in, leverage, and which projects their money brought."""

from decimal import Decimal

import pytest

from kaifaqu.domains.capital.models import FundPayment, FundStake, TargetKind
from kaifaqu.domains.capital.tests.test_registers import funds
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.indicators import find
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import Project


def told(zone, code, period="2024-08-05", by=""):
    """Return the figure's value, or that of each group of the dimension."""
    definition = find(code)
    dimension = next((each for each in definition.by if each.code == by), None)
    figure = definition.figure(Period.parse(period), scope={zone}, by=dimension)
    return {group.label: group.value for group in figure.groups} if by else figure.value


def removed(zone, clerk, code, record):
    """Return the figure after the record was archived."""
    archive = actions.find(f"{record.register}.archive").plan
    commit([archive(record, by=clerk, version=record.row_version, reason="错录")], by=clerk)
    return told(zone, code)


@pytest.fixture
def payments(zone):
    """Return what was paid in; the parent fund's payment into a sub-fund is public money there."""
    funds(zone)
    return testing.enter(FundPayment, zone, """
        code | fund | paid_on    | origin | amount
        C1   | M1   | 2023-02-01 | public | 21000
        C2   | Z1   | 2023-07-01 | public | 3000
        C3   | Z1   | 2023-07-01 | social | 5000
        C4   | Z1   | 2024-02-01 | social | 2000
        C5   | Z2   | 2024-02-01 | public | 1000
    """)


def test_m5_13_funds_are_counted_by_level(zone, clerk):
    _parent, one, _other = funds(zone)
    assert [told(zone, f"funds.{level}.count") for level in ("parent", "sub")] == [1, 2]
    assert [told(zone, f"funds.{level}.count", "2023-03") for level in ("parent", "sub")] == [1, 0]
    assert told(zone, "funds.size", by="level") == {"母基金": 30000, "子基金": 20000}
    assert removed(zone, clerk, "funds.sub.count", one) == 1
    assert told(zone, "funds.size") == 40000


def test_m5_13_leverage_is_social_capital_over_public_money_from_rows(zone, clerk, payments):
    assert told(zone, "funds.leverage_ratio", by="fund") == {"子基金": Decimal("2.33"), "二号": 0}
    assert told(zone, "funds.leverage_ratio") == Decimal("1.75")  # 7,000 over 4,000: what stands in the parent fund is not told twice
    assert told(zone, "funds.leverage_ratio", "2023-12-31") == Decimal("1.67")
    assert (find("funds.leverage_ratio").label, "两层各算一次" in find("funds.paid_in").basis) == ("财政资金撬动倍数", True)
    assert told(zone, "funds.paid_in", by="fund_level") == {"母基金": 21000, "子基金": 11000}
    assert removed(zone, clerk, "funds.sub.paid_in.social", payments[3]) == 5000
    assert removed(zone, clerk, "funds.sub.paid_in.public", payments[4]) == 3000
    assert (told(zone, "funds.leverage_ratio"), told(zone, "funds.paid_in")) == (Decimal("1.67"), 29000)


def test_m5_14_landed_projects_are_counted_from_the_links(zone, clerk):
    assert [str(label) for label in TargetKind.labels] == ["成长型", "科技型"]
    funds(zone)
    testing.enter(Project, zone, """
        code | name   | enterprise | signed_on  | signed_evidence
        P1   | 一项目 | Q1         | 2024-01-05 | 协议
        P2   | 二项目 | Q1         | 2024-01-05 | 协议
    """)
    _into, _first, second, last, _none = testing.enter(FundStake, zone, """
        fund | enterprise | into | target_kind | amount | invested_on | project
        M1   |            | Z1   |             | 3000   | 2023-07-01  |
        Z1   | Q1         |      | growth      | 400    | 2024-03-01  | P1
        Z1   | Q1         |      | growth      | 100    | 2024-06-01  | P1
        Z1   | Q1         |      | technology  | 600    | 2024-07-01  | P2
        Z1   | Q1         |      | technology  | 50     | 2024-08-01  |
    """)
    assert (told(zone, "funds.landed_projects.count"), told(zone, "funds.landed_projects.count", "2024-H1")) == (2, 1)
    assert told(zone, "funds.invested", by="target_kind") == {"成长型": 500, "科技型": 650}  # not what went into another fund
    assert removed(zone, clerk, "funds.landed_projects.count", second) == 2
    assert removed(zone, clerk, "funds.landed_projects.count", last) == 1
    assert (told(zone, "funds.invested"), told(zone, "funds.stakes.count")) == (450, 2)
