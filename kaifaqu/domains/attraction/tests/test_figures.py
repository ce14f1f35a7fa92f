"""Every figure of attraction: a small table whose numbers can be checked by eye, and the same with a record less."""

import json

import pytest

from kaifaqu.domains.attraction.models import LeadResponse, LeadTerm, NegotiationRound, ProductCapacity
from kaifaqu.kernel import actions, indicators, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.chains.models import ChainNode, NodeFirm
from kaifaqu.registers.projects.models import Lead, Project


@pytest.fixture
def rounds(zone, leads):
    return testing.enter(NegotiationRound, zone, """
        code | lead | held_on    | kind
        T1   | L1   | 2024-05-06 | site
        T2   | L1   | 2024-06-20 | decision
        T3   | L2   | 2024-06-30 | site
        T4   | L3   | 2024-06-10 | drafting
        T5   | L4   | 2024-02-10 | drafting
    """)


@pytest.fixture
def capacities(zone, leads):
    return testing.enter(ProductCapacity, zone, """
        code | lead | product | amount | unit
        K1   | L1   | 甲醚    | 10     | 万吨/年
        K2   | L2   | 托盘    | 200    | 万套/年
        K3   | L3   | 甲醚    | 500    | 吨/年
        K4   | L3   | 粉末    | 20     | 吨/年
        K5   | L5   | 镀件    | 7      | 万套/年
    """)


def figure(zone, code, period="2024-06-30", by=None):
    """Return the figure of the zone."""
    definition = indicators.find(code)
    return definition.figure(Period.parse(period), scope={zone}, by=next((each for each in definition.by if each.code == by), None))


def told(zone, code, period="2024-06-30", by=None):
    """Return the value of a figure, or those of its groups."""
    found = figure(zone, code, period, by)
    return {group.label: group.value for group in found.groups} if by else found.value


def archive(zone, record):
    """Take a record back."""
    plan = actions.find(record.right_to("archive")).plan
    record = type(record).objects.get(pk=record.pk)
    commit([plan(record, by=SYSTEM, version=record.row_version, reason="误报")], by=SYSTEM)


def lay_down(zone, kind, content):
    """Lay down a rule of the zone."""
    testing.enter(
        DatedRule, zone, "since | published_on\n2024-01-01 | 2024-01-01", kind=kind, source_document="文件", content=json.dumps(content))


@pytest.mark.parametrize(
    ("code", "period", "rows"),
    [
        ("attraction.new.count", "2024-H1", ["L1", "L2", "L3", "L5", "L6"]),
        ("attraction.new.count", "2023", ["L4"]),
        ("attraction.judged.count", "2024-H1", ["L1"]),
        ("attraction.begun.count", "2024-Q1", ["L1", "L2", "L5"]),
        ("attraction.intended.count", "2024-H1", ["L2", "L4"]),
        ("attraction.signed.count", "2024-H1", ["L4"]),
        ("attraction.lost.count", "2024-05", ["L5"]),
        ("attraction.intent.count", "2024-01", ["L4"]),
        ("chains.leads.by_node", "2024-05-07", ["L1", "L2", "L5"]),
        ("chains.leads.by_node", "2024-06-30", ["L1", "L2"]),
    ],
)
def test_the_funnel(zone, leads, code, period, rows):
    assert [each.code for each in figure(zone, code, period).records] == rows
    archive(zone, next(each for each in leads if each.code == rows[0]))
    assert told(zone, code, period) == len(rows) - 1


def test_leads_by_segment_and_losses_by_reason(zone, leads):
    assert told(zone, "chains.leads.by_node", by="node") == {"清洁燃料": 1, "循环包装": 1}
    assert told(zone, "attraction.lost.count", "2024-H1", by="fail_kind") == {"用地": 1}


def test_the_rates_of_the_funnel(zone, leads):
    assert str(told(zone, "attraction.rate.negotiation")) == "83.33"  # five of six
    assert str(told(zone, "attraction.rate.intent")) == "40.00"  # two of five
    archive(zone, leads[5])
    assert str(told(zone, "attraction.rate.negotiation")) == "100.00"


def test_capacities_of_one_kind_add_up_and_those_of_a_lost_lead_do_not(zone, capacities):
    assert told(zone, "attraction.planned_capacity.tonnes") == 100520
    assert told(zone, "attraction.planned_capacity.tonnes", by="product") == {"甲醚": 100500, "粉末": 20}
    assert told(zone, "attraction.planned_capacity.sets") == 2000000
    assert told(zone, "attraction.planned_capacity.sets", "2024-05-07") == 2070000  # the lost lead was not lost yet
    assert told(zone, "attraction.planned_capacity.pieces") == 0
    archive(zone, capacities[0])
    assert told(zone, "attraction.planned_capacity.tonnes") == 520


def test_products_are_counted_once_and_leads_by_row(zone, capacities):
    assert told(zone, "attraction.in_negotiation.named_products.count") == 3
    assert told(zone, "leads.in_negotiation.count") == 3
    archive(zone, capacities[3])
    assert (told(zone, "attraction.in_negotiation.named_products.count"), told(zone, "leads.in_negotiation.count")) == (2, 3)


def test_a_lead_that_is_dated_to_the_year_leaves_what_hangs_on_it_open(zone, chain, capacities):
    codes = ("attraction.planned_capacity.tonnes", "attraction.in_negotiation.named_products.count", "chains.nodes.gap.count")
    [vague] = testing.enter(Lead, zone, "code | name | first_contact_on | negotiating_on\nL9 | 丙 | 2023 | 2024")
    assert [told(zone, code) for code in codes] == [100520, 3, 1]  # nothing hangs on it
    testing.enter(ProductCapacity, zone, "product | amount | unit\n甲醚 | 1 | 吨/年", lead=vague)
    plan = actions.find("leads.correct").plan
    commit([plan(vague, by=SYSTEM, version=1, facts={"node": ChainNode.objects.get(code="H4")})], by=SYSTEM)
    for code in codes:
        found = figure(zone, code)
        assert (found.value, found.status) == (None, "not_computable")
        assert "有 1 条线索的日期只精确到月或年" in found.reason
    assert told(zone, codes[0], "2024-12-31") == 100521


STATES = ("present", "contracted", "in_negotiation", "gap")


def states(zone, day):
    """Return by state the segments that are in it."""
    return [" ".join(row.code for row in figure(zone, f"chains.nodes.{state}.count", day).records) for state in STATES]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2021-12-31", ["", "", "", "H1 H2 H3 H4"]), ("2024-01-31", ["H1", "", "", "H2 H3 H4"]), ("2024-02-04", ["H1", "", "H2", "H3 H4"]),
        ("2024-05-07", ["H1", "", "H2 H3 H4", ""]), ("2024-06-30", ["H1", "", "H2 H3", "H4"]),
    ],
)
def test_each_segment_is_in_one_state(zone, leads, day, wanted):
    assert states(zone, day) == wanted


def test_a_signed_lead_fills_a_gap_until_its_project_ends(zone, leads):
    archive(zone, NodeFirm.objects.get(code="F1"))
    assert states(zone, "2024-06-30") == ["", "H1", "H2 H3", "H4"]
    testing.enter(Project, zone, "code | name | signed_on | terminated_on\nP1 | 废塑料 | 2024-02-20 | 2024-06-01", lead=leads[3])
    assert states(zone, "2024-06-30") == ["", "", "H2 H3", "H1 H4"]


def test_information_is_effective_by_visit_and_meeting_or_by_a_draft(zone, rounds):
    assert [each.code for each in figure(zone, "attraction.effective.count").records] == ["L1", "L3"]
    assert told(zone, "attraction.effective.count", "2024-06-19") == 1  # the meeting of L1 had not been held
    lay_down(zone, "attraction.stages", {
        "effective": {"site": 1, "decision": 0, "drafting": "no"}, "stages": {"signed": {"document": True}}})
    assert [each.code for each in figure(zone, "attraction.effective.count").records] == ["L1", "L2"]
    archive(zone, rounds[2])
    assert told(zone, "attraction.effective.count") == 1


def test_information_is_effective_where_the_rule_wants_no_visit_and_no_meeting(zone, rounds):
    lay_down(zone, "attraction.stages", {
        "effective": {"site": 0, "decision": 0, "drafting": "yes"}, "stages": {"signed": {"document": True}}})
    assert [each.code for each in figure(zone, "attraction.effective.count").records] == ["L1", "L2", "L3"]


def test_a_lead_without_news_is_late_after_as_many_days_as_the_rule_says(zone, rounds):
    late = {day: [each.code for each in figure(zone, "attraction.late.count", day).records] for day in (
        "2024-02-15", "2024-02-16", "2024-06-24", "2024-06-25", "2024-07-04", "2024-07-05")}
    assert late == {
        "2024-02-15": [], "2024-02-16": ["L1"],  # in negotiation since the 1st
        "2024-06-24": ["L2"], "2024-06-25": ["L2", "L3"], "2024-07-04": ["L3"], "2024-07-05": ["L1", "L3"],
    }
    lay_down(zone, "attraction.reporting", {"days": 60})
    assert told(zone, "attraction.late.count", "2024-07-05") == 0


@pytest.mark.parametrize(
    ("facts", "late"),
    [
        ({}, ["2024-06-06", "2024-06-12"]), ({"answered_on": "2024-06-05"}, ["2024-06-12"]),
        ({"answered_on": "2024-06-05", "judged_on": "2024-06-06", "feedback_on": "2024-06-12"}, ["2024-06-12"]),
        ({"answered_on": "2024-06-05", "judged_on": "2024-06-06", "feedback_on": "2024-06-11"}, []),
    ],
)
def test_a_lead_is_late_that_was_not_answered_judged_or_told_in_time(zone, leads, facts, late):
    """Received on Tuesday 4 June: answered by the 5th, judged by the 7th, told by Tuesday the 11th, a working day after the holiday."""
    of = leads[5]
    judged = facts.pop("judged_on", None)
    [response] = testing.enter(LeadResponse, zone, "received_on\n2024-06-04", lead=of, **facts)
    assert [str(response.answer_due_on), str(response.judge_due_on), str(response.feedback_due_on)] == [
        "2024-06-05", "2024-06-07", "2024-06-11"]
    if judged:
        plan = actions.find("leads.judge").plan
        commit([plan(Lead.objects.get(pk=of.pk), by=SYSTEM, version=1, judged_on=judged)], by=SYSTEM)

    def is_late(day):
        return "L6" in [each.code for each in figure(zone, "attraction.late.count", day).records]

    if not judged and "answered_on" in facts:
        assert (is_late("2024-06-07"), is_late("2024-06-08")) == (False, True)  # not judged
    elif not facts:
        assert (is_late("2024-06-05"), is_late("2024-06-06")) == (False, True)
    else:
        assert (is_late("2024-06-10"), is_late("2024-06-11")) == (False, False)
        assert (is_late("2024-06-12")) is False or late


def test_what_was_signed_in_the_year_is_large_and_on_a_chain(zone, leads):
    made = testing.enter(Project, zone, """
        code | name | signed_on  | total_investment
        P1   | 甲   | 2024-02-20 | 10000
        P2   | 乙   | 2024-03-20 | 9999.999999
        P3   | 丙   | 2023-12-31 | 50000
        P4   | 丁   | 2024-04-01 | 12000
    """)
    plan = actions.find("projects.correct").plan
    commit([plan(made[0], by=SYSTEM, version=1, facts={"lead": leads[3]})], by=SYSTEM)
    assert [each.code for each in figure(zone, "attraction.signed.large.count").records] == ["P1", "P4"]
    assert [each.code for each in figure(zone, "attraction.signed.on_chain.count").records] == ["P1"]
    assert str(told(zone, "attraction.fit_rate")) == "33.33"
    lay_down(zone, "attraction.signings", {"from_investment": 11000})
    assert told(zone, "attraction.signed.large.count") == 1
    archive(zone, made[3])
    assert (told(zone, "attraction.signed.large.count"), str(told(zone, "attraction.fit_rate"))) == (0, "50.00")


def test_a_lead_with_a_project_that_goes_on_fills_its_segment_though_another_ended(zone, leads):
    archive(zone, NodeFirm.objects.get(code="F1"))
    testing.enter(Project, zone, """
        code | name | signed_on  | terminated_on
        P1   | 一期 | 2024-02-20 | 2024-06-01
        P2   | 二期 | 2024-02-20 |
    """, lead=leads[3])
    assert states(zone, "2024-06-30") == ["", "H1", "H2 H3", "H4"]


def test_a_lead_that_failed_after_signing_leaves_its_segment(zone, leads):
    archive(zone, NodeFirm.objects.get(code="F1"))
    plan = actions.find("leads.correct").plan
    commit([plan(leads[3], by=SYSTEM, version=1, facts={"failed_on": "2024-06-01", "fail_kind": "funds"})], by=SYSTEM)
    assert [states(zone, day)[1] for day in ("2024-05-31", "2024-06-30")] == ["H1", ""]


def test_a_project_that_ended_in_some_month_of_the_year_leaves_the_states_open(zone, leads):
    archive(zone, NodeFirm.objects.get(code="F1"))
    testing.enter(Project, zone, "code | name | signed_on | terminated_on\nP1 | 废塑料 | 2024-02-20 | 2024", lead=leads[3])
    found = figure(zone, "chains.nodes.contracted.count", "2024-06-30")
    assert (found.value, found.status) == (None, "not_computable")
    assert "有 1 条项目的日期只精确到月或年" in found.reason
    assert states(zone, "2024-12-31")[1] == ""


@pytest.mark.parametrize(
    ("unit", "code", "value"),
    [("万条/年", "strips", 20000), ("辆/年", "vehicles", 2), ("米/年", "length", 2), ("万千瓦时/年", "energy", 20000),
     ("万支/年", "sticks", 20000), ("架/年", "aircraft", 2)],
)
def test_a_capacity_in_any_unit_is_in_a_figure(zone, leads, unit, code, value):
    testing.enter(ProductCapacity, zone, "lead | product | amount\nL1 | 产品 | 2", unit=unit)
    assert told(zone, f"attraction.planned_capacity.{code}") == value


def test_terms_of_signed_leads_are_met_from_the_day_of_their_evidence(zone, leads):
    made = testing.enter(LeadTerm, zone, """
        code | lead | what     | value | unit    | due_point  | due_on     | met_on     | evidence
        X1   | L4   | 亩均税收 | 20    | 万元/亩 | production |            | 2024-05-06 | 完税证明
        X2   | L4   | 投资强度 | 300   | 万元/亩 | started    |            |            |
        X3   | L4   | 就业     | 100   | 人      | day        | 2024-06-30 |            |
        X4   | L4   | 产值     | 9     | 亿元    | day        | 2030-12-31 |            |
        X5   | L1   | 亩均税收 | 15    | 万元/亩 | day        | 2024-01-31 |            |
    """)
    facts = "code | name | signed_on | started_on | production_on\nP1 | 废塑料 | 2024-02-20 | 2024-03-01 | 2024-05-31"
    [project] = testing.enter(Project, zone, facts, lead=leads[3])
    agreed, met, due, due_met, unmet, rate = (f"attraction.terms.{name}" for name in (
        "count", "met.count", "due.count", "due.met.count", "due.unmet.count", "met_rate"))

    def at(day):
        return [told(zone, code, day) for code in (agreed, met, due, due_met, unmet)]

    assert at("2024-02-19") == [0, 0, 0, 0, 0]  # not signed yet
    assert at("2024-05-30") == [4, 1, 1, 0, 1]  # started, and not in production
    assert at("2024-05-31") == [4, 1, 2, 1, 1]
    assert at("2024-06-30") == [4, 1, 3, 1, 2]
    assert str(told(zone, rate)) == "33.33"  # one of three, and that of 2030 is not broken
    assert [each.code for each in figure(zone, unmet).records] == ["X2", "X3"]
    archive(zone, made[2])
    assert str(told(zone, rate)) == "50.00"
    plan = actions.find("projects.correct").plan
    commit([plan(project, by=SYSTEM, version=1, facts={"started_on": "2024"}, reason="更正")], by=SYSTEM)
    assert figure(zone, due, "2024-03-31").status == "not_computable"
