"""Who gains and who loses: a hand-made scheme of 2027 against that of 2026, group by group, with exact amounts."""

from datetime import date
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaifaqu.domains.subsidies import comparing, population
from kaifaqu.domains.subsidies.evaluating import evaluate, ready
from kaifaqu.domains.subsidies.facts import DAYS
from kaifaqu.domains.subsidies.models import DECLARED, SubsidyPaper
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.tests.conftest import NEXT
from kaifaqu.domains.subsidies.tests.truth import drawn
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit

BOUNDS = [100_000, 200_000]
BASE = {**population.UNDISPUTED, "old_registered_on": "2013-01-01", "owned_since": "2013-01-01"}
NEV_CAR, FUEL_CAR = {"new_power": "nev", "new_in_catalogue": True}, {"new_power": "fuel", "new_displacement": 1498}
CASES = [
    # petrol, nev, 100,000 元: 12 % before, 15 % after; the second car was too young before
    {**BASE, **NEV_CAR, "old_fuel": "petrol", "price": 10_000_000},
    {**BASE, **NEV_CAR, "old_fuel": "petrol", "price": 10_000_000, "old_registered_on": "2014-06-30", "owned_since": "2014-06-30"},
    # petrol, fuel car, 100,000 元: 10 % before, 8 % after
    {**BASE, **FUEL_CAR, "old_fuel": "petrol", "price": 10_000_000},
    {**BASE, **FUEL_CAR, "old_fuel": "petrol", "price": 10_000_000},
    # diesel, nev, 200,000 元: at most 20,000 before, 24,000 after
    {**BASE, **NEV_CAR, "old_fuel": "diesel", "price": 20_000_000},
    # an electric car against a fuel car: nothing in either year
    {**BASE, **FUEL_CAR, "old_fuel": "electric", "price": 10_000_000},
    # the province of one is not known: neither gain nor loss
    {**BASE, **NEV_CAR, "old_fuel": "other", "price": 10_000_000, "same_province": None},
]  # fmt: skip


@pytest.fixture
def content():
    """Return the shipped schemes with one of 2027: the row after the last, with what its notice says otherwise."""
    rows = SCHEMES.shipped().content["rows"]
    row = SCHEMES.check.items[0].follows(rows)
    return {"rows": [*rows, {
        **row, **NEXT, "petrol": "2014-06-30", "nev": 24_000, "nev_share": 1500, "fuel_share": 800}]}


def test_two_groups_gain_and_one_loses(content):
    found = comparing.compare(content, 2026, 2027, CASES, BOUNDS)
    table = [(each.old_fuel, each.new_power, each.price, each.cases, each.eligible_before, each.eligible_after, each.newly, each.unclear,
              each.amount_before, each.amount_after, each.gain, each.loss) for each in found.groups]
    assert table == [
        ("汽油", "新能源乘用车", "不超过 100,000 元", 2, 1, 2, 1, 0, 12_000, 30_000, 18_000, 0),
        ("汽油", "燃油乘用车", "不超过 100,000 元", 2, 2, 2, 0, 0, 20_000, 16_000, 0, 4_000),
        ("柴油", "新能源乘用车", "100,000–200,000 元", 1, 1, 1, 0, 0, 20_000, 24_000, 4_000, 0),
        ("其他燃料", "新能源乘用车", "不超过 100,000 元", 1, 0, 0, 0, 1, 0, 0, 0, 0),
        ("新能源", "燃油乘用车", "不超过 100,000 元", 1, 0, 0, 0, 0, 0, 0, 0, 0),
    ]
    first, loses, _diesel, unclear, _electric = found.groups
    assert (first.opened, first.closed, first.each_before, first.each_after) == (("旧车注册登记日期",), (), 12_000, 15_000)
    assert (loses.gaining, loses.losing, loses.opened) == (0, 2, ())
    assert (unclear.at_most_before, unclear.at_most_after, found.unknown) == (12_000, 15_000, ["新车的开票地和注册地在同一个省"])
    assert (found.total.gain, found.total.loss, found.total.newly, found.total.unclear) == (22_000, 4_000, 1, 1)
    assert ([each.old_fuel for each in found.told], found.refused) == (["汽油", "汽油", "柴油", "其他燃料"], 1)


def test_who_is_no_longer_eligible_is_told_with_the_reason(content):
    found = comparing.compare(content, 2027, 2026, CASES[:2], BOUNDS)
    [group] = found.groups
    assert (group.no_longer, group.closed, group.opened, group.loss) == (1, ("旧车注册登记日期",), (), 18_000)


def test_the_comparison_adds_up_what_single_cases_answer(content):
    cases = [drawn(Random(f"compare {number}"), 2026) for number in range(800)]
    assert {each.get("already_paid") for each in cases} > {None, 0}
    found = comparing.compare(content, 2026, 2027, cases, BOUNDS).total
    gain = loss = unclear = 0
    for case in cases:
        case["already_paid"] = 0  # on the first day of a scheme nothing is paid yet, whatever was paid in fact
        was, now = (
            evaluate({**case, **dict.fromkeys(DAYS, f"{year}-01-01")}, ready(content, year, date.max), date.max) for year in (2026, 2027))
        if "unclear" in (was.eligible, now.eligible):
            unclear += 1
            continue
        paid = [each.amount if each.eligible == "yes" else 0 for each in (was, now)]
        gain, loss = gain + max(0, paid[1] - paid[0]), loss + max(0, paid[0] - paid[1])
    assert (found.gain, found.loss, found.unclear, found.cases) == (gain, loss, unclear, 800)
    assert min(gain, loss, unclear) > 0


def test_the_standard_population_has_one_case_for_each_class_of_the_schemes(content):
    laid = [ready(content, year, date.max).terms for year in (2026, 2027)]
    bounds = population.edges([100_000, 200_000], *laid)
    assert bounds == [100_000, 150_000, 160_000, 166_666, 187_500, 200_000]  # where 10 %, 15 %, 12 % and 8 % reach 15,000, 24,000, ...
    cases = [*population.standard(bounds, *laid)]
    assert len({tuple(sorted(each.items())) for each in cases}) == len(cases)
    petrol = {each["old_registered_on"] for each in cases if each["old_fuel"] == "petrol"}
    assert petrol == {"2013-06-30", "2014-06-30", "2014-07-01"}
    assert {each["owned_since"] for each in cases} == {"2025-01-08", "2025-01-09"}
    assert {each.get("new_displacement") for each in cases} == {None, 2000, 2001}
    assert comparing.compare(content, 2026, 2027, cases, bounds).total.unclear == 0


def test_the_day_that_is_left_open_is_a_class_of_its_own(content):
    laid = [ready(content, year, date.max).terms for year in (2024, 2025)]
    cases = [*population.standard([100_000], *laid)]
    assert {each["owned_since"] for each in cases} == {"2024-07-24", "2024-07-25", "2025-01-08", "2025-01-09"}
    assert comparing.compare(content, 2024, 2025, cases, [100_000]).total.unclear > 0


def test_the_pair_is_the_newest_with_the_one_before_unless_others_are_chosen(content):
    assert [comparing.pair(content, *asked) for asked in ((), ("2024", "2026"), ("2026", "2025"), ("x", "1999"), ("2027", "2027"))] == [
        (2026, 2027), (2024, 2026), (2026, 2025), (2026, 2027), (2026, 2027)]
    assert comparing.pair({"rows": [each for each in content["rows"] if each["scheme"] == 2024]}) is None


def test_what_the_schemes_lay_down_stands_side_by_side(content):
    told = {str(label): (one, other, differs) for label, one, other, differs in comparing.terms_beside(content, 2026, 2027)}
    assert told["新能源乘用车按价格的"] == ("12%", "15%", True)
    assert told["柴油车注册登记不晚于"] == ("2015-06-30", "2015-06-30", False)


def test_of_many_cases_each_is_counted(content):
    cases = [each for each in CASES for _time in range(2860)]
    assert comparing.compare(content, 2026, 2027, cases, BOUNDS).total.cases == 20_020


def test_claims_with_complete_papers_are_known_to_who_may_see_the_papers(zone, vehicles, applications, clerk, content):
    for vehicle, power in zip(vehicles[:3], ("nev", "fuel", "nev"), strict=True):
        facts = {"holder": "演示甲", "first_registered_on": "2010-03-18"}
        commit([actions.find("vehicles.correct").plan(vehicle, by=clerk, version=1, facts=facts, reason="核对")], by=clerk)
        testing.enter(SubsidyPaper, zone, f"""
            kind             | holder | province | dated_on   | power   | in_catalogue
            deregistration   | 演示甲 |          |            |         |
            invoice          | 演示甲 | 山西省   | 2024-05-10 |         |
            new_registration | 演示甲 | 山西省   | 2024-05-12 | {power} | {"True" if power == "nev" else ""}
            old_registration | 演示甲 |          | 2010-03-18 |         |
            identity         | 演示甲 |          |            |         |
        """, vehicle=vehicle)
    for each in applications[:3]:
        said = dict.fromkeys(DECLARED, "no")
        commit([actions.find("subsidy_applications.correct").plan(each, by=clerk, version=1, facts=said, reason="补问")], by=clerk)
    rights = "subsidy_applications.view vehicles.view"
    tallies = {}
    for name, more in (("papers", " subsidy_papers.view"), ("plain", ""), ("payments", " subsidy_payments.view")):
        person = testing.employ(zone, name, rights + more)
        total = comparing.compare(content, 2026, 2027, population.applied(person, zone), BOUNDS).total
        tallies[name] = total.cases, total.gaining, total.losing, total.unclear, total.gain, total.loss
    # 148,000 元: 12 % before, 15 % after; 96,000 元: 10 % before, 8 % after; 160,000 元: 12 % before, 15 % after; two have no papers
    assert tallies == {"papers": (5, 2, 1, 2, 4_440 + 4_800, 1_920), "plain": (5, 0, 0, 5, 0, 0), "payments": (5, 0, 0, 5, 0, 0)}
    bare = population.applied(testing.employ(zone, "bare", "subsidy_applications.view subsidy_papers.view"), zone)
    assert not any({"same_owner", "owned_since", "old_fuel"} & {*each} for each in bare)  # of the old car nothing without its register


def test_what_no_paper_says_is_not_known_and_what_contradicts_refuses(zone, vehicles, applications, clerk):
    testing.enter(SubsidyPaper, zone, "kind | holder\nidentity | 演示甲\ninvoice | 演示乙", vehicle=vehicles[0])
    testing.enter(SubsidyPaper, zone, "kind | province\ninvoice | 山西省\nnew_registration | 河北省", vehicle=vehicles[1])
    names = ("same_owner", "owned_since", "new_in_catalogue", "same_province")
    assert [tuple(each.get(name) for name in names) for each in population.applied(clerk, zone)] == [
        (False, None, None, None), (None, None, None, False), *[(None,) * 4] * 3]


def test_papers_are_read_for_many_claims_together(zone, applications, clerk, monkeypatch):
    def asked():
        with CaptureQueriesContext(connection) as told:
            assert len([*population.applied(clerk, zone)]) == 5
        return sum("subsidypaper" in each["sql"] for each in told)

    assert asked() == 1
    monkeypatch.setattr(population, "AT_ONCE", 2)
    assert asked() == 3
