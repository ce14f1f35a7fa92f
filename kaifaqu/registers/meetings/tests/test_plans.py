"""Plans: the slots of a year for each cadence, the kinds of plan as a rule, and what happens without a second party."""

import json
from datetime import date

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.lifecycle import StepRefused
from kaifaqu.registers.meetings.lifecycle import MEETING_LIFECYCLE
from kaifaqu.registers.meetings.models import Decision, Meeting, PlanComponent
from kaifaqu.registers.meetings.planning import periods
from kaifaqu.registers.meetings.rules import PLANS
from kaifaqu.registers.meetings.tests.conftest import again


@pytest.mark.parametrize(("cadence", "year", "number", "first", "last"), [
    ("monthly", 2024, 12, "2024-01", "2024-12"), ("quarterly", 2024, 4, "2024-Q1", "2024-Q4"),
    ("weekly", 2024, 52, "2024-01-07", "2024-12-29"), ("weekly", 2026, 53, "2026-01-04", "2027-01-03"), ("none", 2024, 0, None, None),
])  # fmt: skip
def test_the_slots_of_a_year(cadence, year, number, first, last):
    found = [period.text for period in periods(cadence, year)]
    assert (len(found), found[0] if found else None, found[-1] if found else None) == (number, first, last)


def test_weeks_are_dispatched_on_their_next_working_day(zone, clerk, do, at):
    at("2024-01-02")
    plan = do("meeting_plans.create", zone, clerk, facts={"name": "每周调度", "kind": "weekly_dispatch", "year": 2024})
    do("meeting_plans.lay_out", plan, clerk)
    weeks = Meeting.objects.current().filter(component__plan=plan).order_by("number")
    assert weeks.count() == 52
    told = [(week.period, str(week.planned_on), str(week.due_on)) for week in (weeks[0], weeks[5])]
    assert told == [("2024-01-07", "2024-01-08", "2024-01-10"), ("2024-02-11", "2024-02-18", "2024-02-20")]  # after the holiday


def test_a_rule_of_ones_own_changes_a_kind_and_leaves_the_others(zone, clerk, do, at):
    content = {"four_joint": {"name": "四联合", "components": [
        {"name": "每月联合分析", "kind": "meeting", "cadence": "monthly", "planned_days": 5, "due_days": 6, "agenda": ["运行情况"]}]}}
    do("rules.create", zone, clerk, facts={
        "kind": PLANS.code, "since": "2023-12-01", "published_on": "2023-12-01", "source_document": "演示", "content": json.dumps(content)})
    for kind, number in (("four_joint", 12), ("monthly_dispatch", 12)):
        plan = do("meeting_plans.create", zone, clerk, facts={"name": kind, "kind": kind, "year": 2024})
        do("meeting_plans.lay_out", plan, clerk)
        assert Meeting.objects.current().filter(component__plan=plan).count() == number
    component = PlanComponent.objects.get(plan__name="four_joint")
    assert (component.due_days, component.agenda, component.no_return) == (6, "运行情况", "")


@pytest.mark.parametrize(("component", "told"), [
    ({"cadence": "fortnightly"}, "周期"), ({"planned_days": 9}, "「出纪要」不能小于「开展」"),
    ({"indicators": ["nothing.here"]}, "没有指标"),
    ({"no_return": [1]}, "要么都写"), ({"no_return": [13], "instead": "x"}, "月份"),
])  # fmt: skip
def test_a_wrong_kind_is_refused_with_what_is_wrong(component, told):
    right = {"name": "例会", "kind": "meeting", "cadence": "monthly", "planned_days": 1, "due_days": 2}
    assert PLANS.check({"own": {"name": "本区例会", "components": [right]}}) == ""
    assert told in PLANS.check({"own": {"name": "本区例会", "components": [{**right, **component}]}})
    assert PLANS.check(PLANS.shipped().content) == ""


def test_a_plan_without_a_kind_needs_components_of_its_own(zone, clerk, do, at):
    plan = do("meeting_plans.create", zone, clerk, facts={"name": "例会", "year": 2024})
    with pytest.raises(ValidationError, match="还没有组成部分"):
        do("meeting_plans.lay_out", plan, clerk)
    do("meeting_components.create", zone, clerk, facts={"plan": plan, "name": "季会", "cadence": "quarterly", "due_days": 5})
    do("meeting_plans.lay_out", plan, clerk)
    assert Meeting.objects.current().filter(component__plan=plan).count() == 4


def test_without_a_second_party_one_signature_is_enough(zone, clerk, do, at):
    plan = do("meeting_plans.create", zone, clerk, facts={"name": "例会", "kind": "monthly_dispatch", "year": 2024})
    do("meeting_plans.lay_out", plan, clerk)
    held = Meeting.objects.get(number=1)
    at("2024-02-07")
    do("meetings.hold", held, clerk, held_on="2024-02-07")
    do("meetings.minute", held, clerk, minutes="甲")
    do("meetings.sign", held, clerk)
    assert (again(held).stage, again(held).signed_parties) == ("signed", 1)


def test_to_correct_the_day_freezes_nothing_anew(zone, clerk, plan, slot, do, at):
    held = slot("每月联合分析", 2)
    do("meeting_components.correct", held.component, clerk, facts={"indicators": "projects.under_construction.count"})
    at("2024-03-20")
    do("meetings.hold", held, clerk, held_on="2024-03-20")
    frozen = again(held).frozen_sha256
    at("2024-03-21")
    do("meetings.hold", held, clerk, held_on="2024-03-19", reason="日期写错")
    assert (again(held).frozen_sha256, again(held).held_on) == (frozen, date(2024, 3, 19))
    with pytest.raises(ValidationError, match="还没有开的会不要登记"):
        do("meetings.hold", held, clerk, held_on="2024-03-22")
    with pytest.raises(ValidationError, match="不能再改「数据期间」"):
        do("meetings.correct", held, clerk, facts={"period": "2024-03"}, reason="改")
    do("meetings.minute", held, clerk, minutes="甲")
    with pytest.raises(StepRefused):
        do("meetings.hold", held, clerk, held_on="2024-03-18")


def test_whoever_does_a_decision_sees_it_and_not_the_meeting(zone, clerk, plan, slot, do, at):
    unit = testing.party(zone, "DEPT", "承办部门", parent=zone)
    doer = testing.employ(zone, "doer", "decisions.view decisions.handle meetings.view", at=unit)
    held = slot("每月联合分析", 2)
    at("2024-03-20")
    do("meetings.hold", held, clerk, held_on="2024-03-20")
    told = "title | opened_on | agreed_on\n走访 | 2024-03-20 | 2024-04-10"
    [made] = testing.enter(Decision, zone, told, meeting=held, holder=unit, by=clerk)
    assert [*Decision.objects.visible_to(doer)] == [made]
    assert not Meeting.objects.visible_to(doer).exists()
    do("decisions.resolve", made, doer, result="已走访")
    assert again(made).resolved_on == date(2024, 3, 20)


def test_every_step_names_an_action_and_the_documentation_draws_the_very_table():
    table = MEETING_LIFECYCLE
    assert all(actions.find(step.action).right for step in table.steps)
    concepts = (settings.BASE_DIR / "docs" / "concepts.md").read_text(encoding="utf-8")
    arrows = (f"    {table.label(step.source)} --> {table.label(step.target)}: {step.label}" for step in table.steps)
    assert "\n".join(("```mermaid", "stateDiagram-v2", *arrows, "```")) in concepts
