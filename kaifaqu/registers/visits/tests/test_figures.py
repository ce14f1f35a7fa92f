"""Figures about visits, from tables checked by eye; each loses exactly what a removed record counted."""

import random
from datetime import date
from decimal import Decimal

import pytest

from kaifaqu.kernel import clock, indicators, testing
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import ProjectAssignment, ProjectProgress
from kaifaqu.registers.story import moment
from kaifaqu.registers.visits.models import ServiceAssignment, Visit, Visitor
from kaifaqu.registers.visits.tests.conftest import RULE, do, lay_down

TABLE = """
    code | enterprise | department | kind       | visited_on | planned_on
    Z1   | Q1         | XM         | visit      | 2024-07-01 |
    Z2   | Q1         | ZS         | inspection | 2024-07-31 |
    Z3   | Q2         | XM         | visit      | 2024-06-30 |
    Z4   | Q2         | XM         | call       | 2024-07-10 |
    Z5   | Q2         | XM         | visit      |            | 2024-07-20
    Z6   | Q1         | XM         | visit      | 2024-08-01 |
"""


def value(code: str, zone, period: str, **options):
    """Return a figure's value."""
    return indicators.find(code).figure(Period.parse(period), scope=[zone], **options).value


@pytest.mark.parametrize(("period", "visits_made", "firms_visited"), [
    ("2024-07", 2, 1),  # Z1 Z2, both Q1; a call is no visit, a plan none either
    ("2024-06", 1, 1), ("2024-01..07", 3, 2), ("2024-Q3", 3, 1), ("2024", 4, 2), ("2023", 0, 0),
])
def test_visits_and_the_firms_that_they_went_to(today, zone, visits, period, visits_made, firms_visited):
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 0})
    visits(TABLE)
    assert value("services.visits.count", zone, period) == visits_made
    assert value("stats.visits.enterprises.distinct", zone, period) == firms_visited


def test_a_removed_visit_is_missing_from_each_figure_that_counted_it(today, zone, visits):
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 0})
    visits(TABLE)
    gone = random.Random(7).choice(list(Visit.objects.filter(code__in=("Z1", "Z2", "Z3", "Z6"))))
    do("visits.archive", gone, reason="重复登记")
    left = [row for row in ("Z1 Q1", "Z2 Q1", "Z3 Q2", "Z6 Q1") if not row.startswith(gone.code)]
    assert value("services.visits.count", zone, "2024") == 3
    assert value("stats.visits.enterprises.distinct", zone, "2024") == len({row.split()[1] for row in left})


def test_by_department_and_kind(today, zone, visits):
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 0})
    visits(TABLE)
    definition = indicators.find("services.visits.count")
    figure = definition.figure(Period.parse("2024"), scope=[zone], by=indicators.dimension(definition, "department"))
    assert {each.label: each.value for each in figure.groups} == {"项目部": 3, "招商部": 1}


def test_a_group_without_any_is_left_out_of_what_is_counted_once_as_well(today, zone, visits):
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 0})
    visits(TABLE)
    definition, months = indicators.find("stats.visits.enterprises.distinct"), [Period.parse("2024-07"), Period.parse("2024-06")]
    by = indicators.dimension(definition, "kind")
    july, june = evaluate([(definition, month) for month in months], scope={zone.pk}, by=by)
    assert {each.key: each.value for each in july.groups} == {"visit": 1, "inspection": 1}  # both Q1
    assert {each.key: each.value for each in june.groups} == {"visit": 1}  # nothing of July's inspection, asked in the same pass


def test_a_joint_visit_counts_only_with_a_person_of_each_party(today, zone, visits, parties):
    [visit] = visits("code | enterprise | department | kind | planned_on\nZ1 | Q1 | XM | joint | 2024-07-01", partner=parties["TJ"])
    for party in ("XM", "TJ"):
        do("visits.join", visit, party=parties[party], name=f"演示 {party}")
    do("visits.complete", visit, visited_on="2024-07-01")
    assert value("services.visits.joint.count", zone, "2024-07") == value("services.visits.count", zone, "2024-07") == 1
    gone = random.Random(3).choice(list(Visitor.objects.all()))
    do("visitors.archive", gone, reason="没有到场")
    for code in ("services.visits.joint.count", "services.visits.count", "stats.visits.enterprises.distinct"):
        assert value(code, zone, "2024-07") == 0


def test_a_merged_visit_counts_once_and_its_department_too_must_have_come(today, zone, visits, parties):
    first, second = visits("""
        code | enterprise | department | partner | planned_on
        Z1   | Q1         | XM         | TJ      | 2024-07-01
        Z2   | Q1         | ZS         |         | 2024-07-02
    """)
    do("visits.join", second, party=parties["ZS"], name="演示 ZS")
    do("visits.merge", second, into=first)
    assert Visit.objects.get(code="Z1").partner == parties["TJ"]
    for party in ("XM", "TJ"):
        do("visits.join", first, party=parties[party], name=f"演示 {party}")
    do("visits.complete", first, visited_on="2024-07-02")
    assert value("services.visits.count", zone, "2024-07") == value("services.visits.joint.count", zone, "2024-07") == 1
    do("visitors.archive", Visitor.objects.get(party=parties["ZS"]), reason="没有到场")
    assert value("services.visits.count", zone, "2024-07") == 0


def test_of_visits_that_were_merged_one_after_another_every_party_must_have_come(today, zone, visits, parties):
    third = testing.party(zone, "GH", "规划部", zone)
    first, second, last = visits("""
        code | enterprise | department | partner | planned_on
        Z1   | Q1         | GH         |         | 2024-07-01
        Z2   | Q1         | ZS         | TJ      | 2024-07-02
        Z3   | Q1         | XM         |         | 2024-07-03
    """)
    do("visits.merge", first, into=second)
    do("visits.merge", second, into=last)  # whoever came with the second comes with the third; that takes one partner only
    assert {*Visit.objects.filter(merged_into=last).values_list("code", flat=True)} == {"Z1", "Z2"}
    for party in (third, *parties.values()):
        do("visits.join", last, party=party, name=f"演示 {party}")
    do("visits.complete", last, visited_on="2024-07-03")
    assert value("services.visits.joint.count", zone, "2024-07") == 1
    for party in (third, parties["TJ"]):
        gone = Visitor.objects.current().get(party=party)
        do("visitors.archive", gone, reason="没有到场")
        assert value("services.visits.joint.count", zone, "2024-07") == 0
        do("visits.join", last, party=party, name="演示")


def test_enterprises_that_somebody_looks_after_on_the_last_day(today, zone, firms, clerk):
    testing.enter(ServiceAssignment, zone, """
        code | subject | role   | since      | until
        B1   | Q1      | cadre  | 2024-01-01 |
        B2   | Q1      | leader | 2024-01-01 |
        B3   | Q2      | cadre  | 2024-01-01 | 2024-06-30
    """, person=clerk)
    assert [value("services.assigned_enterprises.count", zone, f"2024-{month:02d}") for month in (5, 6, 7)] == [2, 1, 1]
    for each in ServiceAssignment.objects.filter(subject=firms["Q1"]):
        do("service_assignments.archive", each, reason="登记错误")
    assert value("services.assigned_enterprises.count", zone, "2024-05") == 1


# Contact with projects


@pytest.fixture
def assigned(zone, projects, clerk):
    """Let somebody answer for P1 and P3 of the three projects, by a rule of 30 days."""
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 0})
    lay_down(zone, "visits.contact", {"days": 30})
    testing.enter(ProjectAssignment, zone, "code | subject\nA1 | P1\nA2 | P3", role="leader", person=clerk, since="2024-01-01")
    return projects


def overdue(zone, day: str = "2024-08-05") -> set[str]:
    """Return the codes of the projects that wait for contact."""
    figure = indicators.find("projects.visits.overdue.count").figure(Period.parse(day), scope=[zone])
    assert figure.value == len(figure.records)
    return {each.code for each in figure.records}


@pytest.mark.parametrize(("contact", "left"), [
    ("", {"P1", "P3"}),
    ("Q1 | XM | visit      | 2024-07-06", {"P3"}),  # 30 days ago
    ("Q1 | XM | visit      | 2024-07-05", {"P1", "P3"}),
    ("Q1 | TJ | inspection | 2024-08-05", {"P3"}),  # whoever came
    ("Q2 | ZS | call       | 2024-08-01", {"P1"}),
])
def test_a_visit_or_call_of_any_department_to_the_firm_is_contact(today, zone, visits, assigned, contact, left):
    if contact:
        visits(f"code | enterprise | department | kind | visited_on\nZ1 | {contact}")
    assert overdue(zone) == left
    if contact:
        do("visits.archive", Visit.objects.get(), reason="登记错误")
        assert overdue(zone) == {"P1", "P3"}


@pytest.mark.parametrize(("month", "left"), [("2024-08", {"P3"}), ("2024-07", {"P3"}), ("2024-06", {"P1", "P3"})])
def test_a_report_of_a_month_that_has_one_of_the_days_is_contact(today, zone, assigned, month, left):
    testing.enter(ProjectProgress, zone, "subject | physical\nP1 | trial", month=month)
    assert overdue(zone) == left


def test_a_plan_and_a_cancelled_visit_are_no_contact_and_a_merged_one_is_through_the_other(today, zone, visits, assigned):
    first, second = visits("""
        code | enterprise | department | planned_on
        Z1   | Q1         | XM         | 2024-08-02
        Z2   | Q1         | ZS         | 2024-08-03
    """)
    assert overdue(zone) == {"P1", "P3"}
    do("visits.merge", second, into=first)
    do("visits.join", first, party=second.department, name="演示 ZS")
    do("visits.join", first, party=first.department, name="演示 XM")
    do("visits.complete", first, visited_on="2024-08-03")
    assert overdue(zone) == {"P3"}


def test_nobody_asks_for_contact_where_nobody_answers_or_the_rule_sets_no_days_or_work_has_just_begun(today, zone, assigned):
    assert "P2" not in overdue(zone)
    do("projects.correct", assigned["P1"], facts={"started_on": "2024-07-20"}, reason="开工日期填错")
    assert overdue(zone) == {"P3"}
    lay_down(zone, "visits.contact", {"days": 0})
    assert overdue(zone) == set()


def test_the_default_number_of_days_holds_until_the_zone_lays_down_its_own(today, zone, visits, projects, clerk):
    testing.enter(ProjectAssignment, zone, "code | subject\nA1 | P1", role="leader", person=clerk, since="2024-01-01")
    visits("code | enterprise | department | visited_on\nZ1 | Q1 | XM | 2024-06-06")
    assert overdue(zone) == set()  # 60 days ago
    clock.set(moment(date(2024, 8, 6)))
    assert value("projects.visits.overdue.count", zone, "2024-08-06") == Decimal(1)


def test_who_will_be_without_contact_on_a_day_to_come_nobody_knows(today, zone, visits, assigned):
    visits("code | enterprise | department | visited_on\nZ1 | Q1 | XM | 2024-08-05\nZ2 | Q2 | XM | 2024-08-05")
    definition = indicators.find("projects.visits.overdue.count")
    for period, told in (("2024-08-05", ""), ("2024-08-06", "2024-08-06 还没有到"), ("2024", "2024-12-31 还没有到")):
        figure = definition.figure(Period.parse(period), scope=[zone])
        assert (figure.value, told in figure.reason) == (None if told else 0, True)
