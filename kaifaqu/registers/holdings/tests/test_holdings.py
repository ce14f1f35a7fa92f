"""Holdings: shares through levels, no circle, no company held by more than the whole, and figures of a day."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.holdings import indicators, shares
from kaifaqu.registers.holdings.models import Dividend, Holding
from kaifaqu.registers.organisations.models import Enterprise

DAY = Period.parse("2024-08-05")


@pytest.fixture
def firms(zone):
    """Return a group of which the zone's own company is the second."""
    rows = testing.enter(Enterprise, zone, "code | name\nA | 集团\nB | 本公司\nC | 二级\nD | 三级\nE | 民企")
    correct = actions.find("enterprises.correct").plan
    commit([correct(rows[1], by=testing.SYSTEM, version=1, facts={"party": zone})], by=testing.SYSTEM)
    return rows


def hold(zone, text):
    """Enter holdings, which begin in 2023 where the table says nothing else."""
    return testing.enter(Holding, zone, text, since="2023-01-01")


def test_an_effective_share_is_the_product_through_levels_summed_over_paths():
    assert shares.effective([("A", "B", 100), ("B", "C", 100), ("C", "D", 60)], "A")["D"] == 60
    crossing = [("A", "B", 80), ("A", "C", 50), ("B", "C", 25), ("C", "D", Decimal("33.3"))]
    assert shares.effective(crossing, "A") == {"B": 80, "C": 70, "D": Fraction(2331, 100)}
    assert shares.effective(crossing, "D") == {}


def test_control_goes_level_by_level_and_the_half_is_not_more_than_half():
    links = [("A", "B", 60), ("A", "C", 30), ("B", "C", 30), ("A", "D", 50), ("C", "E", 51)]
    assert shares.controlled(links, ["A"], 50) == {"B", "C", "E"}
    assert shares.controlled(links, ["A"], 49) == {"B", "C", "D", "E"}


def test_the_longest_chain_runs_through_the_member():
    links = [("A", "B", 100), ("B", "C", 100), ("B", "D", 100), ("D", "E", 60), ("X", "E", 40)]
    assert shares.chain(links, "B") == ["A", "B", "D", "E"]
    assert shares.chain(links, "C") == ["A", "B", "C"]


def test_a_company_is_held_by_no_more_than_the_whole_on_any_day(zone, firms):
    hold(zone, "company | holder | share | until\nC | B | 60 | \nC | E | 40 | 2024-01-01")
    with pytest.raises(ValidationError, match=r"二级 自 2023-06-01 起各股东持股合计 100\.000001%，超过 100%"):
        testing.enter(Holding, zone, "company | holder | share\nC | A | 0.000001", since="2023-06-01")
    testing.enter(Holding, zone, "company | holder | share\nC | A | 40", since="2024-01-01")


def test_nobody_holds_himself_not_even_through_others(zone, firms):
    hold(zone, "company | holder | share | until\nB | A | 100 |\nC | B | 60 | 2024-01-01")
    with pytest.raises(ValidationError, match="循环持股"):
        hold(zone, "company | holder | share\nA | C | 10")
    with pytest.raises(ValidationError, match="民企 → 民企：自 2023-01-01 起循环持股"):
        hold(zone, "company | holder | share\nE | E | 10")
    testing.enter(Holding, zone, "company | holder | share\nA | C | 10", since="2024-01-01")


def test_a_holder_has_one_share_on_one_day(zone, firms):
    hold(zone, "company | holder | share | until\nC | B | 60 | 2024-01-01")
    with pytest.raises(ValidationError, match="重叠"):
        testing.enter(Holding, zone, "company | holder | share\nC | B | 20", since="2023-12-31")


@pytest.mark.parametrize("share", ["0", "-1", "100.000001"])
def test_a_share_is_between_nothing_and_the_whole(zone, firms, share):
    with pytest.raises(ValidationError, match="要大于 0、不超过 100"):
        hold(zone, f"company | holder | share\nC | B | {share}")


def test_figures_of_a_day_follow_the_holdings_of_that_day(zone, firms):
    hold(zone, """
        code | company | holder | share | until
        G1   | B       | A      | 100   |
        G2   | C       | B      | 100   |
        G3   | D       | C      | 60    |
        G4   | E       | B      | 50    | 2024-08-05
    """)
    told = {each.code: each.figure(DAY, scope={zone}).value for each in (
        indicators.COUNT, indicators.OWNERSHIP, indicators.DEPTH, indicators.SUBSIDIARIES)}
    assert told == {"holdings.count": 3, "holdings.ownership_pct": 100, "holdings.chain.depth": 4, "platform.subsidiaries.count": 2}
    assert [each.code for each in indicators.SUBSIDIARIES.figure(DAY, scope={zone}).records] == ["C", "D"]
    assert indicators.COUNT.figure(Period.parse("2024-08-04"), scope={zone}).value == 4
    assert indicators.DEPTH.figure(Period.parse("2022"), scope={zone}).value == 0


@pytest.mark.parametrize(("code", "record", "value"), [
    ("holdings.ownership_pct", ("holdings", "G1"), 0), ("holdings.chain.depth", ("enterprises", "A"), 2),
    ("platform.subsidiaries.count", ("enterprises", "C"), 0), ("holdings.income", ("dividends", "F1"), 5)])
def test_a_removed_record_leaves_the_figure(zone, clerk, firms, code, record, value):
    hold(zone, "code | company | holder | share\nG1 | B | A | 100\nG2 | C | B | 100")
    testing.enter(Dividend, zone, """
        code | holding | declared_on | due | received | received_on
        F1   | G2      | 2024-05-01  | 30  | 30       | 2024-06-30
        F2   | G2      | 2024-05-02  | 30  | 5        | 2024-07-01
        F3   | G2      | 2024-05-03  | 30  |          |
    """)
    figure = testing.indicators.find(code)
    year = Period.parse("2024")
    register, name = record
    before = figure.figure(year, scope={zone})
    [gone] = [each for each in before.records if each.code == name]
    [now] = type(gone).objects.filter(pk=gone.pk)
    commit([actions.find(f"{register}.archive").plan(now, by=clerk, version=now.row_version, reason="重复")], by=clerk)
    after = figure.figure(year, scope={zone})
    assert (before.value > after.value, after.value) == (True, value)


def test_income_has_its_day_and_none_lies_ahead(zone, firms, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    hold(zone, "code | company | holder | share\nG1 | C | B | 100")
    for facts, words in (("5 | ", "要么都填，要么都不填"), ("5 | 2024-08-06", "还没有到"), ("5 | 2024-04-30", "早于")):
        with pytest.raises(ValidationError, match=words):
            testing.enter(Dividend, zone, f"holding | declared_on | due | received | received_on\nG1 | 2024-05-01 | 5 | {facts}")


def test_a_holding_from_which_income_came_stays(zone, clerk, firms):
    [held] = hold(zone, "code | company | holder | share\nG1 | C | B | 100")
    testing.enter(Dividend, zone, "code | holding | declared_on | due\nF1 | G1 | 2024-05-01 | 5")
    with pytest.raises(ValidationError, match="上还有分红 F1"):
        commit([actions.find("holdings.archive").plan(held, by=clerk, version=1, reason="重复")], by=clerk)


class TestHoldings(testing.RegisterTests):
    register = Holding

    def facts(self, zone):
        company, holder = testing.enter(Enterprise, zone, "code | name\nA1 | 甲\nA2 | 乙")
        return {"company": company, "holder": holder, "share": "33.333333", "since": date(2023, 1, 1)}


class TestDividends(testing.RegisterTests):
    register = Dividend

    def facts(self, zone):
        testing.enter(Enterprise, zone, "code | name\nA1 | 甲\nA2 | 乙")
        [held] = testing.enter(Holding, zone, "company | holder | share | since\nA1 | A2 | 50 | 2023-01-01")
        return {"holding": held, "declared_on": date(2024, 5, 1), "due": "12.5"}
