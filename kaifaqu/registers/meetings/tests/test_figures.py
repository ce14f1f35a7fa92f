"""Figures about joint sessions, from tables that can be checked by eye; each loses exactly the record that is taken away."""

from decimal import Decimal

import pytest

from kaifaqu.kernel import indicators, testing
from kaifaqu.kernel.figures import NOT_COMPUTABLE
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.meetings.models import Decision, Meeting, MeetingPlan, PlanComponent

YEAR, HALF = "2024", "2024-H1"


@pytest.fixture
def value(zone):
    """Return a function that gives a figure's value in a period."""
    return lambda code, period=YEAR: indicators.find(code).figure(Period.parse(period), scope=[zone]).value


@pytest.fixture
def year(zone, plan, do, at, clerk):
    """Enter what happened in the first half of 2024, and a plan of the zone's own that counts nowhere."""
    for name, number, day, minuted in (
        ("每月联合分析", 1, "2024-02-23", "2024-02-26"), ("每月联合分析", 2, "2024-03-18", "2024-03-20"),
        ("每月联合分析", 3, "2024-04-18", "2024-05-20"),  # due on 28 April: late
        ("每季联合会商", 1, "2024-04-23", "2024-04-24"),
    ):  # fmt: skip
        held = Meeting.objects.get(component__plan=plan, component__name=name, number=number)
        at(day)
        do("meetings.hold", held, clerk, held_on=day)
        if minuted == "2024-05-20":
            continue
        at(minuted)
        do("meetings.minute", held, clerk, minutes="纪要")
    at("2024-05-20")
    do("meetings.minute", Meeting.objects.get(component__name="每月联合分析", number=3), clerk, minutes="纪要")
    april = Meeting.objects.get(component__name="每月联合分析", number=4)
    do("meetings.cancel", april, clerk, cancelled_for="与会商合并")
    own = do("meeting_plans.create", zone, clerk, facts={"name": "例会", "kind": "monthly_dispatch", "year": 2024})
    do("meeting_plans.lay_out", own, clerk)
    held = Meeting.objects.get(component__plan=own, number=1)
    do("meetings.hold", held, clerk, held_on="2024-05-20")
    return plan


@pytest.mark.parametrize(("code", "wanted"), [
    ("stats.mechanism.count", 4), ("stats.joint_analysis.held.count", 3), ("stats.consultation.held.count", 1),
    ("stats.joint_survey.held.count", 0), ("stats.joint_visits.held.count", 0),
    # minutes due by 30 June: the analyses of January to March and May, not that of April, and the first consultation
    ("stats.activities.due.count", 5), ("stats.activities.on_time.count", 3), ("stats.activities.on_time_rate", 60),
])  # fmt: skip
def test_the_half_year(year, value, code, wanted):
    assert value(code, HALF) == wanted


@pytest.mark.parametrize(("code", "period", "wanted"), [
    ("stats.joint_analysis.per_year", "2024", 11), ("stats.consultation.per_year", "2024", 4),  # April's analysis was cancelled
    ("stats.joint_analysis.per_month", "2024-05", 1), ("stats.joint_analysis.per_month", "2024-04", 0),
    ("stats.consultation.per_quarter", "2024-Q3", 1), ("stats.consultation.per_quarter", "2023-Q3", 0),
])  # fmt: skip
def test_what_a_year_has(year, value, code, period, wanted):
    assert value(code, period) == wanted


@pytest.mark.parametrize(("code", "name", "number"), [
    ("stats.joint_analysis.held.count", "每月联合分析", 2), ("stats.consultation.held.count", "每季联合会商", 1),
    ("stats.joint_analysis.per_year", "每月联合分析", 2), ("stats.consultation.per_year", "每季联合会商", 2),
    ("stats.activities.on_time.count", "每月联合分析", 1), ("stats.activities.due.count", "每月联合分析", 5),
])  # fmt: skip
def test_a_session_that_is_taken_away_is_missing(year, value, do, clerk, code, name, number):
    before = value(code, HALF)
    do("meetings.archive", Meeting.objects.get(component__plan=year, component__name=name, number=number), clerk, reason="重复")
    assert value(code, HALF) == before - 1


def test_a_component_that_is_taken_away_is_missing_and_so_is_another_year(year, value, do, clerk):
    assert value("stats.mechanism.count", "2023") == 0
    do("meeting_components.archive", PlanComponent.objects.get(plan=year, name="联合指导走访"), clerk, reason="不再开展")
    assert value("stats.mechanism.count") == 3
    do("meeting_plans.archive", MeetingPlan.objects.get(pk=year.pk), clerk, reason="登错")
    assert value("stats.mechanism.count") == 0


def test_decisions_that_are_completed(year, value, zone, bureau, do, at, clerk):
    held = Meeting.objects.get(component__plan=year, component__name="每季联合会商", number=1)
    assert indicators.find("stats.decisions.completed_rate").figure(Period.parse(YEAR), scope=[zone]).status == NOT_COMPUTABLE
    made = testing.enter(Decision, zone, """
        title    | opened_on  | agreed_on
        摸清停产 | 2024-05-20 | 2024-06-10
        补报一户 | 2024-05-20 | 2024-06-20
        培训     | 2024-05-20 | 2024-07-10
    """, meeting=held, holder=bureau, by=clerk)
    at("2024-06-05")
    done = do("decisions.resolve", made[0], clerk, result="已摸清")
    assert [value(f"stats.decisions.{name}", HALF) for name in ("count", "completed.count")] == [3, 1]
    assert value("stats.decisions.completed_rate", HALF) == Decimal("33.33")
    do("decisions.archive", made[2], clerk, reason="重复")
    assert value("stats.decisions.completed_rate", HALF) == 50
    do("decisions.send_back", done, clerk, text="数字不全")
    assert value("stats.decisions.completed_rate", HALF) == 0
