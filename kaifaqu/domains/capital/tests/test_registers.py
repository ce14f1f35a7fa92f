"""The registers of funds keep what every register keeps, and refuse what cannot be."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.capital.models import Fund, FundPayment, FundStake
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise

DAY = {"invested_on": "2024-05-01", "amount": "100"}


def funds(zone):
    """Return a parent fund with two sub-funds, beside a firm."""
    testing.enter(Enterprise, zone, "code | name\nQ1 | 某公司")
    [parent] = testing.enter(Fund, zone, "code | name | level | size | established_on\nM1 | 母基金 | parent | 30000 | 2023-01-01")
    return parent, *testing.enter(Fund, zone, """
        code | name   | level | parent | size  | established_on
        Z1   | 子基金 | sub   | M1     | 10000 | 2023-06-01
        Z2   | 二号   | sub   | M1     | 10000 | 2023-06-01
    """)


class TestFunds(testing.RegisterTests):
    register = Fund

    def facts(self, zone):
        return {"name": "母基金", "level": "parent", "size": "30000", "established_on": "2023-01-01"}


class TestPayments(testing.RegisterTests):
    register = FundPayment

    def facts(self, zone):
        return {"fund": funds(zone)[0], "paid_on": "2023-02-01", "origin": "public", "amount": "21000"}


class TestStakes(testing.RegisterTests):
    register = FundStake

    def facts(self, zone):
        return {"fund": funds(zone)[1], "enterprise": Enterprise.objects.get(), "target_kind": "growth", "share": "12.5", **DAY}


@pytest.mark.parametrize(("row", "match"), [
    ("A | parent | M1 | 1 | 2023-01-01", "母基金上面没有母基金"), ("A | sub | Z1 | 1 | 2023-01-01", "选一支层级为母基金的"),
    ("A | sub |  | 1 | 2023-01-01", "子基金请填「母基金」"), ("A | parent |  | 0 | 2023-01-01", "要大于 0"),
    ("A | parent |  | 1 | 2099-01-01", "还没有到"),
])
def test_a_sub_fund_stands_under_a_parent_fund(zone, row, match):
    funds(zone)
    with pytest.raises(ValidationError, match=match):
        testing.enter(Fund, zone, f"name | level | parent | size | established_on\n{row}")


def test_a_parent_fund_of_sub_funds_stays_one(zone, clerk):
    parent, _one, _other = funds(zone)
    [above] = testing.enter(Fund, zone, "code | name | level | size | established_on\nM2 | 另一支 | parent | 1 | 2023-01-01")
    correct, archive = (actions.find(f"funds.{verb}").plan for verb in ("correct", "archive"))
    with pytest.raises(ValidationError, match="下面还有子基金"):
        commit([correct(parent, by=clerk, version=1, facts={"level": "sub", "parent": above}, reason="改")], by=clerk)
    with pytest.raises(ValidationError, match="上还有基金 Z1、Z2"):
        commit([archive(parent, by=clerk, version=1, reason="错录")], by=clerk)


@pytest.mark.parametrize(("row", "match"), [
    ("Z1 | | | | ", "请填其中一个"), ("Z1 | Q1 | Z2 | growth | ", "请填其中一个"), ("Z1 | | Z1 | | ", "不能投自己"),
    ("Z1 | Q1 | | | ", "请填「扶持对象」"), ("Z1 | Q1 | | growth | 100.1", "不超过 100"),
])
def test_a_stake_is_in_one_firm_or_one_other_fund(zone, row, match):
    funds(zone)
    with pytest.raises(ValidationError, match=match):
        testing.enter(FundStake, zone, f"fund | enterprise | into | target_kind | share\n{row}", **DAY)


def test_no_fund_holds_itself_through_others(zone):
    funds(zone)
    testing.enter(FundStake, zone, "fund | into\nM1 | Z1\nZ1 | Z2", **DAY)
    with pytest.raises(ValidationError, match="又投回自己"):
        testing.enter(FundStake, zone, "fund | into\nZ2 | M1", **DAY)
    with pytest.raises(ValidationError, match="要大于 0"):
        testing.enter(FundPayment, zone, "fund | origin | paid_on | amount\nZ1 | social | 2023-07-01 | 0")


def test_a_stake_that_was_given_up_is_corrected_and_archived_whoever_holds_whom_now(zone, clerk):
    funds(zone)
    [gone] = testing.enter(FundStake, zone, "code | fund | into | exited_on\nT1 | Z1 | Z2 | 2024-06-01", **DAY)
    testing.enter(FundStake, zone, "fund | into\nZ2 | Z1", **DAY)
    correct, archive = (actions.find(f"fund_stakes.{verb}").plan for verb in ("correct", "archive"))
    commit([correct(gone, by=clerk, version=1, facts={"document": "协议"}, reason="补")], by=clerk)
    gone.refresh_from_db()
    with pytest.raises(ValidationError, match="又投回自己"):
        commit([correct(gone, by=clerk, version=2, facts={"exited_on": None}, reason="改")], by=clerk)
    gone.refresh_from_db()
    commit([archive(gone, by=clerk, version=2, reason="错录")], by=clerk)
