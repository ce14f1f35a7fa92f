"""The registers of attraction keep what every register keeps, and refuse what cannot be."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.attraction.capacities import BASE_UNITS, UNITS, in_base
from kaifaqu.domains.attraction.models import LeadProfile, LeadResponse, LeadTerm, NegotiationRound, ProductCapacity
from kaifaqu.kernel import testing
from kaifaqu.registers.projects.models import Lead


def lead(zone, code="L1"):
    """Return a lead in negotiation."""
    [made] = testing.enter(Lead, zone, "first_contact_on | negotiating_on\n2024-01-05 | 2024-02-01", code=code, name="托盘")
    return made


@pytest.mark.parametrize(
    ("amount", "unit", "yearly", "base"),
    [
        ("10", "万吨/年", "100000", "吨/年"), ("2000", "吨/年", "2000", "吨/年"), ("200", "万套/年", "2000000", "套/年"),
        ("1.5", "万套/年", "15000", "套/年"), ("0.0001", "万平方米/年", "1", "平方米/年"), ("3", "辆/年", "3", "辆/年"),
        ("0.5", "万千瓦时/年", "5000", "千瓦时/年"),
    ],
)
def test_a_capacity_is_the_same_in_the_base_unit(zone, amount, unit, yearly, base):
    assert in_base(Decimal(amount), unit) == (Decimal(yearly), base)
    [made] = testing.enter(ProductCapacity, zone, "product\n产品", lead=lead(zone), amount=amount, unit=unit)
    assert (made.yearly, made.base_unit) == (Decimal(yearly), base)


def test_every_unit_has_a_base_unit_that_is_itself_one_or_is_counted():
    for unit, _label in UNITS:
        yearly, base = in_base(Decimal(1), unit)
        assert in_base(yearly, base) == (yearly, base)
        assert base.removesuffix("/年") in BASE_UNITS  # whose figure it adds to


def test_a_capacity_is_more_than_nothing_and_stands_once_a_product(zone):
    of = lead(zone)
    with pytest.raises(ValidationError, match="应大于 0"):
        testing.enter(ProductCapacity, zone, "product | amount | unit\n托盘 | 0 | 套/年", lead=of)
    testing.enter(ProductCapacity, zone, "product | amount | unit\n托盘 | 5 | 套/年", lead=of)
    with pytest.raises(ValidationError, match="已经登记了产能"):
        testing.enter(ProductCapacity, zone, "product | amount | unit\n托盘 | 6 | 万套/年", lead=of)


def test_a_round_has_been_held_and_its_number_stands_once(zone, time_machine):
    time_machine.move_to("2024-06-01T10:00:00+08:00")
    of, other = lead(zone), lead(zone, "L2")
    testing.enter(NegotiationRound, zone, "held_on | number\n2024-05-06 | 1\n2024-05-07 |\n2024-05-08 |", lead=of)
    testing.enter(NegotiationRound, zone, "held_on | number\n2024-05-06 | 1", lead=other)
    with pytest.raises(ValidationError, match="这一轮洽谈已经登记"):
        testing.enter(NegotiationRound, zone, "held_on | number\n2024-05-09 | 1", lead=of)
    with pytest.raises(ValidationError, match="还没有到"):
        testing.enter(NegotiationRound, zone, "held_on | kind\n2024-06-02 | site", lead=of)
    with pytest.raises(ValidationError, match="早于「洽谈日期」"):
        testing.enter(NegotiationRound, zone, "held_on | next_meeting_on\n2024-05-06 | 2024-05-05", lead=of)


def test_by_when_a_lead_is_answered_judged_and_told(zone):
    """2024-04-30 is a Tuesday before the holiday of May: 1 to 5 May are off, 28 April and 11 May are worked."""
    [told] = testing.enter(LeadResponse, zone, "received_on\n2024-04-30", lead=lead(zone))
    assert [str(each) for each in (told.answer_due_on, told.judge_due_on, told.feedback_due_on)] == [
        "2024-05-06", "2024-05-08", "2024-05-07"]
    [rest] = testing.enter(LeadResponse, zone, "received_on\n2024-09-24", lead=lead(zone, "L2"))
    assert str(rest.feedback_due_on) == "2024-10-08"  # the seventh day is 1 October


def test_a_lead_is_not_answered_before_it_came(zone):
    with pytest.raises(ValidationError, match="「答复日期」2024-04-29 早于收到日期 2024-04-30"):
        testing.enter(LeadResponse, zone, "received_on | answered_on\n2024-04-30 | 2024-04-29", lead=lead(zone))


def test_fixed_assets_are_no_more_than_the_investment(zone):
    with pytest.raises(ValidationError, match="固定资产投资 9000 万元大于总投资额 8000 万元"):
        testing.enter(LeadProfile, zone, "total_investment | fixed_investment\n8000 | 9000", lead=lead(zone))
    with pytest.raises(ValidationError, match="不能小于 0"):
        testing.enter(LeadProfile, zone, "land\n-1", lead=lead(zone, "L2"))


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"due_point": "day"}, "请填写「约定兑现日期」"), ({"met_on": "2024-05-06"}, "请写明兑现依据"),
     ({"met_on": "2124-05-06", "evidence": "完税证明"}, "还没有到")],
)
def test_a_term_says_when_it_is_due_and_by_what_it_is_met(zone, facts, words):
    whole = {"what": "亩均税收", "value": "20", "unit": "万元/亩", "due_point": "production", **facts}
    with pytest.raises(ValidationError, match=words):
        testing.enter(LeadTerm, zone, "code\nX1", lead=lead(zone), **whole)


class TestTerms(testing.RegisterTests):
    register = LeadTerm

    def facts(self, zone):
        return {"lead": lead(zone), "what": "亩均税收", "comparator": "least", "value": "20", "unit": "万元/亩", "due_point": "production"}


class TestCapacities(testing.RegisterTests):
    register = ProductCapacity

    def facts(self, zone):
        return {"lead": lead(zone), "product": "标准化塑料托盘", "amount": "200", "unit": "万套/年"}

    def change(self):
        return {"amount": "201"}


class TestRounds(testing.RegisterTests):
    register = NegotiationRound

    def facts(self, zone):
        return {"lead": lead(zone), "held_on": "2024-05-06", "kind": "site", "consensus": "租厂房"}


class TestProfiles(testing.RegisterTests):
    register = LeadProfile

    def facts(self, zone):
        return {"lead": lead(zone), "kind": "industry", "total_investment": "12000", "fixed_investment": "7000"}


class TestResponses(testing.RegisterTests):
    register = LeadResponse

    def facts(self, zone):
        return {"lead": lead(zone), "received_on": "2024-05-06", "answered_on": "2024-05-07"}
