"""The cycle: each row of a table is one step or one record; the sentences are those that a person reads."""

from datetime import date

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import timeline
from kaifaqu.kernel.lifecycle import StepRefused
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.projects import lifecycle
from kaifaqu.registers.projects.models import (
    Lead,
    PlanYearClass,
    Project,
    ProjectAssignment,
    ProjectCohort,
    ProjectSuspension,
)


def do(code: str, record, /, **facts):
    """Take an action on the record as it stands now; return the records it wrote."""
    record = type(record).objects.get(pk=record.pk)
    return commit([actions.find(code).plan(record, by=SYSTEM, version=record.row_version, **facts)], by=SYSTEM)


@pytest.fixture
def lead(zone):
    [made] = testing.enter(Lead, zone, """
        code | name     | first_contact_on
        L1   | 光伏组件 | 2023
    """)
    return made


def test_a_lead_becomes_a_project_that_goes_the_whole_way(lead):
    do("leads.judge", lead, judged_on="2024-01-05")
    do("leads.negotiate", lead, negotiating_on="2024-01-08", negotiating_evidence="洽谈纪要", reason="关键信息随后补齐")
    do("leads.intend", lead, intent_on="2024-01-20")
    [_lead, project] = do("leads.sign", lead, signed_on="2024-02", code="P1", total_investment="12000.5")
    do("projects.land", project, landed_on="2024-03-01")
    do("projects.start", project, started_on="2024-03-15")
    do("projects.suspend", project, since="2024-04-01", cause="资金")
    do("projects.resume", project, resumed_on="2024-06-01", reason="资金到位")
    do("projects.produce", project, production_on="2025-01-10")
    do("projects.reach_full", project, full_capacity_on="2025-08")
    project.refresh_from_db()
    assert (project.name, project.lead_id, project.stage) == ("光伏组件", lead.pk, "full_capacity")
    assert [(event.origin, event.target, str(event.occurred_on)) for event in reversed(timeline(project))] == [
        ("", "signed", "2024-02"),
        ("signed", "landed", "2024-03-01"),
        ("landed", "under_construction", "2024-03-15"),
        ("under_construction", "suspended", "2024-04-01"),
        ("suspended", "under_construction", "2024-06-01"),
        ("under_construction", "in_production", "2025-01-10"),
        ("in_production", "full_capacity", "2025-08"),
    ]
    [suspension] = ProjectSuspension.objects.all()
    assert (suspension.since, suspension.until) == (date(2024, 4, 1), date(2024, 6, 1))


@pytest.mark.parametrize(
    ("before", "action", "facts", "sentence"),
    [
        ("", "projects.produce", {"production_on": "2024-05-01"},
         "P1 铸造：不能从「签约」转为「投产」。当前可转为：落地、在建、停缓建、终止。"),
        ("", "projects.start", {"started_on": None}, "P1 铸造：办理「开工」前请填写开工日期。"),
        ("", "projects.start", {"started_on": "2023-12-31"}, "P1 铸造：「开工日期」2023-12-31 早于「签约日期」2024-01-05，请核对。"),
        ("", "projects.start", {"started_on": "2999-01"}, "「开工日期」2999-01 在今天"),
        ("2024-03-01", "projects.start", {"started_on": "2024-05-01"}, "不能从「在建」转为「在建」"),
        ("2024-03-01", "projects.suspend", {"since": "2024-04-01", "cause": ""}, "「停缓原因」"),
        ("2024-03-01", "projects.resume", {"resumed_on": "2024-04-01"}, "不能从「在建」转为「在建」"),
        ("2024-03-01", "projects.terminate", {"terminated_on": "2024-02-01", "reason": "撤资"}, "「终止日期」2024-02-01 早于"),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_in_a_sentence(projects, before, action, facts, sentence):
    [project] = projects(f"""
        code | name | signed_on  | started_on
        P1   | 铸造 | 2024-01-05 | {before}
    """)
    with pytest.raises((StepRefused, ValidationError)) as refused:
        do(action, project, **facts)
    assert sentence in "".join(refused.value.messages)


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ("2024-01    |            |            |            |           ", "signed"),
        ("2024-01    | 2024-02-01 |            |            |           ", "landed"),
        ("           |            | 2024       |            |           ", "under_construction"),
        ("2024-05    |            | 2024-05-02 | 2024       |           ", "in_production"),  # may be in order, so it is let in
        ("2024-01    |            | 2024-02    | 2024-12    | 2025      ", "terminated"),
    ],
)
def test_the_stage_follows_from_the_dates(zone, facts, stage):
    heads = "name | signed_on | landed_on | started_on | production_on | terminated_on"
    [project] = testing.enter(Project, zone, f"{heads}\n 铸造 | {facts}")
    assert project.stage == stage


def test_a_correction_keeps_the_stage_in_step_and_a_suspended_project_suspended(projects):
    running, standing = projects("""
        name | started_on | suspended
        铸造 | 2024-03-01 |
        陶瓷 | 2024-03-01 | 2024-05-01..
    """)
    for project in (running, standing):
        do("projects.correct", project, facts={"started_on": None}, reason="误登")
        project.refresh_from_db()
    assert (running.stage, standing.stage) == ("signed", "suspended")


def test_a_stage_without_its_date_is_refused_by_the_database(zone):
    with pytest.raises(ValidationError, match="签约项目必须有签约日期"):
        testing.enter(Project, zone, """
            name
            铸造
        """)


def test_an_open_suspension_is_taken_as_a_step(zone, projects):
    [project] = projects("""
        name | started_on
        铸造 | 2024-03-01
    """)
    facts = {"subject": project, "since": "2024-04-01", "cause": "资金"}
    with pytest.raises(ValidationError, match="请在项目上办理「停缓建」"):
        actions.find("suspensions.create").plan(zone, by=SYSTEM, facts=facts)


@pytest.mark.parametrize("verb", ["correct", "archive"])
def test_an_open_suspension_ends_by_a_step_of_its_project_only(projects, verb):
    [project] = projects("""
        name | started_on | suspended
        铸造 | 2024-03-01 | 2024-05-01..
    """)
    suspension = ProjectSuspension.objects.get()
    do("suspensions.correct", suspension, facts={"cause": "用地"}, reason="误登")
    facts = {"facts": {"until": "2024-06-01"}} if verb == "correct" else {}
    with pytest.raises(ValidationError, match="请在项目上办理「复工」或「终止」"):
        do(f"suspensions.{verb}", suspension, reason="误登", **facts)
    do("projects.resume", project, resumed_on="2024-06-01")
    do("suspensions.correct", suspension, facts={"until": "2024-06-02"}, reason="误登")
    do("suspensions.archive", suspension, reason="误登")


@pytest.mark.parametrize(
    ("terminated_on", "until"),
    [("2024-07-15", date(2024, 7, 15)), ("2024-07", date(2024, 7, 31)), ("2024-05-01", date(2024, 5, 2))],
)
def test_a_termination_ends_the_standstill(projects, terminated_on, until):
    [project] = projects("""
        name | started_on | suspended
        铸造 | 2024-03-01 | 2024-05-01..
    """)
    do("projects.terminate", project, terminated_on=terminated_on, reason="撤资")
    project.refresh_from_db()
    assert (project.stage, ProjectSuspension.objects.get().until) == ("terminated", until)


def test_a_date_of_production_leaves_the_standstill_and_taken_back_returns_to_it(projects):
    [project] = projects("""
        name | started_on | suspended
        铸造 | 2024-03-01 | 2024-05-01..
    """)
    for day, stage in (("2024-08-01", "in_production"), (None, "suspended")):
        do("projects.correct", project, facts={"production_on": day}, reason="核对")
        project.refresh_from_db()
        assert project.stage == stage
    do("projects.correct", project, facts={"full_capacity_on": "2024-09-01"}, reason="核对")
    do("suspensions.correct", ProjectSuspension.objects.get(), facts={"until": "2024-07-01"})
    project.refresh_from_db()
    assert project.stage == "full_capacity"


def test_a_row_of_one_owner_never_speaks_of_another_owners_project(zone, other, projects, clerk):
    [project] = projects("""
        code | name | started_on
        P1   | 铸造 | 2024-03-01
    """)
    [park] = testing.enter(Park, zone, "code | name\n K1 | 东区")
    [lead] = testing.enter(Lead, zone, "code | name | first_contact_on\n L1 | 铸造 | 2023")
    [enterprise] = testing.enter(Enterprise, zone, "code | name\n Q1 | 演甲")
    [cohort] = testing.enter(
        ProjectCohort, zone, "code | name\n S1 | 第一期", kind="signed", number=1, held_on="2024-03-28")
    rows = {
        "suspensions": {"subject": project, "since": "2024-04-01", "until": "2024-05-01", "cause": "资金"},
        "assignments": {"subject": project, "role": "leader", "person": clerk, "since": "2024-04-01"},
        "cohort_entries": {"subject": project, "cohort": cohort},
        "plan_classes": {"subject": project, "plan_year": 2024, "kind": "new", "frozen_on": "2024-01-08"},
        "leads": {"name": "铸造", "first_contact_on": "2023", "enterprise": enterprise},
    }
    rows |= {f"projects {name}": {"name": "铸造", "signed_on": "2024", name: one} for name, one in (
        ("park", park), ("lead", lead), ("enterprise", enterprise))}
    for register, facts in rows.items():
        create = actions.find(f"{register.split()[0]}.create").plan
        with pytest.raises(ValidationError, match="不归本单位所有"):
            create(other, by=SYSTEM, facts=facts, reason="补登")
        create(zone, by=SYSTEM, facts=facts, reason="补登")


def test_what_lacks_evidence_is_warned_of_unless_it_is_history(projects):
    new, old = projects("""
        name | started_on | started_evidence | historical | national_code
        铸造 | 2024-03-01 | 施工许可证       |            | 2401-140824-89-01-123456
        陶瓷 | 2019-03-01 |                  | True       | 2019-000
    """, signed_on="2019-01-01")
    assert new.warnings() == ["「签约日期」2019-01-01 没有写明依据。"]
    assert old.warnings() == ["「2019-000」不像国家项目代码，应如 2401-140824-89-01-123456，请对照备案证核对。"]


def test_a_change_of_person_ends_one_assignment_and_begins_another(zone, clerk, projects):
    [project] = projects("""
        name | started_on
        铸造 | 2024-03-01
    """)
    second = testing.employ(zone, "second")
    do("projects.assign", project, role="leader", person=clerk, since="2024-03-05")
    do("projects.assign", project, role="department", office=zone, since="2024-03-05")
    do("projects.assign", project, role="leader", person=second, since="2024-06-01", reason="分工调整")
    rows = ProjectAssignment.objects.order_by("id").values_list("role", "person__code", "since", "until")
    assert [*rows] == [
        ("leader", "clerk", date(2024, 3, 5), date(2024, 6, 1)),
        ("department", None, date(2024, 3, 5), None),
        ("leader", "second", date(2024, 6, 1), None),
    ]
    with pytest.raises(ValidationError, match="请填写责任人或责任单位"):
        do("projects.assign", project, role="specialist", since="2024-06-01")


def test_the_classes_of_a_plan_year_are_frozen_once(zone, projects):
    projects("""
        code | started_on | production_on | expected_start_on | expected_completion_on
        P1   | 2023-05-01 |               |                   | 2024-10
        P2   | 2023-05-01 |               |                   | 2025
        P3   | 2024-01-03 |               |                   |
        P4   |            |               | 2024-06           |
        P5   |            |               |                   |
        P6   | 2022-01-01 | 2023-11       |                   |
    """, name="铸造")
    freeze = actions.find("plan_classes.freeze").plan
    commit([freeze(zone, by=SYSTEM, plan_year=2024, frozen_on=date(2024, 1, 8))], by=SYSTEM)
    assert dict(PlanYearClass.objects.values_list("subject__code", "kind")) == {
        "P1": "completing", "P2": "continuing", "P3": "new", "P4": "new", "P5": "preparing"}
    with pytest.raises(ValidationError, match="2024 年的年度分类已经冻结"):
        freeze(zone, by=SYSTEM, plan_year=2024, frozen_on=date(2024, 2, 1))


@pytest.mark.parametrize("table", [lifecycle.LEAD_LIFECYCLE, lifecycle.PROJECT_LIFECYCLE, lifecycle.PROGRESS_LIFECYCLE])
def test_every_step_names_an_action_that_exists_and_a_right(table):
    assert all(actions.find(step.action).right for step in table.steps)
    assert {step.source for step in table.steps} | {step.target for step in table.steps} == {*table.states}


@pytest.mark.parametrize("table", [lifecycle.LEAD_LIFECYCLE, lifecycle.PROJECT_LIFECYCLE, lifecycle.PROGRESS_LIFECYCLE])
def test_the_documentation_draws_the_very_table(table):
    concepts = (settings.BASE_DIR / "docs" / "concepts.md").read_text(encoding="utf-8")
    arrows = (f"    {table.label(step.source)} --> {table.label(step.target)}: {step.label}"
              + (f"（{step.evidence}）" if step.evidence else "") for step in table.steps)
    assert "\n".join(("```mermaid", "stateDiagram-v2", *arrows, "```")) in concepts
