"""The demo's applications have the totals of the page, and dates that every version of the rule permits."""

from collections import Counter
from decimal import Decimal

from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.models import DOCUMENTS
from kaifaqu.domains.subsidies.sample import applications, payments
from kaifaqu.registers.vehicles.sample import APRIL, DAY, ELECTRIC, JULY


def total(power):
    """Return the sum of the prices of new cars of a kind."""
    return sum(Decimal(each.facts["price"]) for each in applications() if each.power == power)


def test_2012_applications_by_day_and_new_car():
    counted = Counter((each.submitted_on >= JULY, each.power) for each in applications())
    assert counted == {(False, "nev"): 516, (False, "fuel"): 700, (True, "nev"): 430, (True, "fuel"): 366}
    assert (total("nev"), total("fuel")) == (Decimal("14000.8"), Decimal("10233.6"))


def test_they_come_to_the_amounts_of_either_rule():
    content, found = schemes.SCHEMES.shipped().content, []
    for day in (DAY, DAY.replace(day=16)):
        paid = schemes.applied_by(content, day, schemes.terms)
        found.append(sum(paid[each.power] for each in applications()))
    assert found == [16_922_000, 34_910_000]
    paid = [Decimal(each["amount"]) for each in payments()]
    assert (len(paid), sum(paid), 3491 - sum(paid)) == (600, 495, 2996)


def test_the_papers_of_each_lie_in_the_time_of_the_rule_and_before_it_was_handed_in():
    for each in applications():
        days = [each.facts[name] for name in DOCUMENTS]
        assert APRIL <= min(days) <= max(days) <= each.submitted_on <= each.entered_on <= DAY
        assert each.power == "nev" or Decimal(each.facts["displacement"]) <= 2
    assert {each.power for each in applications() if each.number in ELECTRIC} == {"nev"}
