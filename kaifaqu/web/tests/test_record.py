"""The page of a record: where it stands, its versions side by side, and a past and neighbours of any length."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import actions, clock, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.lifecycle import Lifecycle
from kaifaqu.kernel.records import references
from kaifaqu.pages import past, related, stages
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.projects.lifecycle import LEAD_LIFECYCLE, PROGRESS_LIFECYCLE, PROJECT_LIFECYCLE
from kaifaqu.registers.projects.models import Project, ProjectProgress

QUERIES = 30


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on 5 August 2024, as the demo does."""
    clock.set(datetime(2024, 8, 5, 9, tzinfo=clock.ZONE))


@pytest.fixture
def page(clerk, client, projects):
    """Return a person at a desk: `page(record, **asked)` opens a record's page as the clerk."""
    client.force_login(clerk)
    return lambda record, **asked: client.get(reverse("record", args=[record.register, record.pk]), asked)


@pytest.fixture
def do(clerk):
    """Return how the clerk acts: `do("projects.start", project, started_on="2024-08")`."""

    def act(code, record, **facts):
        now = type(record).objects.get(pk=record.pk)
        commit([actions.find(code).plan(now, by=clerk, version=now.row_version, **facts)], by=clerk)

    return act


def bar(answer):
    """Return the stages as they stand on the page: name, state, day, and what is missing."""
    return [(stop.label, stop.state, stop.day, [*stop.missing]) for stop in answer.context["stops"]]


# The step bar


@pytest.mark.parametrize(("lifecycle", "path"), [
    (PROJECT_LIFECYCLE, "signed landed under_construction in_production full_capacity"),
    (LEAD_LIFECYCLE, "lead negotiating signed"),
    (PROGRESS_LIFECYCLE, "reported reviewed locked"),
])  # fmt: skip
def test_the_main_path_follows_the_first_step_out_of_each_stage(lifecycle: Lifecycle, path: str):
    assert stages.main_path(lifecycle) == path.split()


def test_a_new_project_says_what_its_next_step_needs_and_leads_there(page, projects):
    answer, form = page(projects[3]), reverse("act", args=["projects", projects[3].pk, "land"])
    assert bar(answer) == [
        ("签约", "now", "2024-01-10", []), ("落地", "next", "", ["landed_on"]), ("在建", "later", "", []),
        ("投产", "later", "", []), ("达产达效", "later", "", [])]
    assertContains(answer, f"{form}?focus=landed_on")
    assertContains(answer.client.get(form, {"focus": "landed_on"}), "autofocus", 1)


def test_a_stage_without_its_date_was_passed_over(page, projects):
    assert bar(page(projects[2])) == [
        ("签约", "done", "2022-01-10", []), ("落地", "skipped", "", []), ("在建", "done", "2022-05-01", []),
        ("投产", "now", "2024-06-29", []), ("达产达效", "next", "", ["full_capacity_on"])]


def test_a_standstill_stands_after_the_stage_that_was_reached_and_the_way_goes_on(page, projects, do):
    do("projects.suspend", projects[0], since=date(2024, 7, 1), cause="资金")
    answer = page(projects[0])
    assert bar(answer)[2:] == [
        ("在建", "done", "2023-03-01", []), ("停缓建", "now", "2024-07-01", []), ("投产", "later", "", []), ("达产达效", "later", "", [])]
    assert [(each.label, each.leads_on) for each in answer.context["steps"]] == [("复工", True), ("终止", False)]


def test_a_termination_ends_the_way(page, projects, do):
    do("projects.terminate", projects[0], terminated_on="2024-07-20", reason="撤资")
    assert bar(page(projects[0]))[2:] == [("在建", "done", "2023-03-01", []), ("终止", "now", "2024-07-20", [])]


def test_a_record_as_known_stands_where_it_stood_and_offers_nothing(page, projects, do):
    known = events.last_seq()
    do("projects.produce", projects[0], production_on="2024-08-01")
    before = page(projects[0], known=f"#{known}")
    assert [(label, state) for label, state, _day, _missing in bar(before)][2:4] == [("在建", "now"), ("投产", "next")]
    assertNotContains(before, "?focus=")
    assertNotContains(before, "/do/produce/")


def test_without_the_right_what_is_missing_is_named_and_leads_nowhere(page, zone, client, projects):
    client.force_login(testing.employ(zone, "reader", "projects.view"))
    answer = client.get(reverse("record", args=["projects", projects[3].pk]))
    assertContains(answer, "落地日期")
    assertNotContains(answer, "?focus=")


# Versions side by side


@pytest.fixture
def corrected(projects, do):
    """Return a project that was corrected three times: 12000.5, 1, 2, 2 with another name."""
    for facts, reason in (({"total_investment": "1"}, "一"), ({"total_investment": "2"}, "二"), ({"name": "新名"}, "三")):
        do("projects.correct", projects[0], facts=facts, reason=reason)
    return projects[0]


def lines(answer):
    told = answer.context["past"].comparison
    return told.older.row_version, told.newer.row_version, [
        (line.label, line.older, line.newer, line.entry.event.reason) for line in told.changed]


@pytest.mark.parametrize(("asked", "compared"), [
    ({"versions": "3,4"}, (3, 4, [("项目名称", "演示光伏组件", "新名", "三")])),
    ({"versions": "1,4"}, (1, 4, [("项目名称", "演示光伏组件", "新名", "三"), ("计划总投资（万元）", "12000.5", "2", "二")])),
    ({"versions": ["3", "1"]}, (1, 3, [("计划总投资（万元）", "12000.5", "2", "二")])),
])  # fmt: skip
def test_two_versions_show_what_differs_and_who_changed_it_last(page, corrected, asked, compared):
    assert lines(page(corrected, **asked)) == compared


@pytest.mark.parametrize("odd", ["9,1", "1,1", "1", "x,y", "²,1", "9" * 30, "1,2,3"])
def test_versions_that_there_are_not_are_named_in_a_sentence(page, corrected, odd):
    answer = page(corrected, versions=odd)
    assertContains(answer, "现有 1 至 4")
    assert (answer.context["past"].comparison, answer.context["past"].offered) == (None, (3, 4))


def test_an_event_that_took_no_step_shows_no_stages(page, corrected):
    assertNotContains(page(corrected), "— →")


def test_what_is_the_same_is_folded_and_nothing_is_compared_unasked(page, corrected, projects):
    same = {line.label: line.newer for line in page(corrected, versions="3,4").context["past"].comparison.same}
    assert (same["计划总投资（万元）"], same["开工日期"], "项目名称" in same) == ("2", "2023-03-01", False)
    assert page(corrected).context["past"].comparison is None
    assertNotContains(page(projects[1]), "较早的版本")


def test_an_archiving_and_a_stage_are_differences(page, projects, do):
    do("projects.archive", projects[3], reason="重复登记")
    assert [label for label, *_rest in lines(page(projects[3], versions="1,2"))[2]] == ["归档时间"]


# A long past


def test_a_long_past_is_told_a_page_at_a_time(page, projects, do, monkeypatch):
    monkeypatch.setattr(past, "EVENTS", 3)
    monkeypatch.setattr(past, "VERSIONS", 2)
    for number in range(6):
        do("projects.correct", projects[0], facts={"total_investment": str(number + 1)}, reason=f"{number}")
    first = page(projects[0])
    assert [entry.event.reason for entry in first.context["past"].timeline] == ["5", "4", "3"]
    versions = first.context["past"].versions[1]
    assert [(each.number, re.findall("<mark>(.*?)</mark>", each.cells)) for each in versions] == [(7, ["6"]), (6, ["5"])]
    second = page(projects[0], past=first.context["past"].earlier_event, until=first.context["past"].earlier_version)
    assert [entry.event.reason for entry in second.context["past"].timeline] == ["2", "1", "0"]
    assert [each.number for each in second.context["past"].versions[1]] == [5, 4]
    assert second.context["past"].offered == (6, 7)
    last = page(projects[0], past=second.context["past"].earlier_event, until=1)
    assert (len(last.context["past"].timeline), last.context["past"].earlier_event, last.context["past"].earlier_version) == (1, None, None)


def test_a_record_as_known_tells_no_later_event(page, corrected):
    known = events.timeline(corrected)[1].seq
    before = page(corrected, known=f"#{known}").context["past"]
    assert ([entry.event.reason for entry in before.timeline], before.last) == (["二", "一", ""], 3)


@pytest.mark.parametrize("odd", ["²", "9" * 24, "\0", "-1", "0"])
def test_an_odd_page_is_no_error(page, corrected, odd):
    assert page(corrected, past=odd, until=odd).status_code == 200


# Statements


def progress(zone, clerk, months):
    """Let a project's months be reported."""
    rows = "\n".join(f"P1 | {month} | 1 | 1" for month in months)
    testing.enter(ProjectProgress, zone, f"subject | month | planned_investment | year_to_date\n{rows}", by=clerk)


def test_fifty_neighbours_cost_no_more_statements_than_one(page, projects, zone, clerk, django_assert_max_num_queries):
    asked = []
    for count, months in ((1, ["2023-04"]), (50, [f"{2019 + number // 12}-{number % 12 + 1:02}" for number in range(49)])):
        progress(zone, clerk, months)
        with django_assert_max_num_queries(QUERIES) as statements:
            assert [each.count for each in page(projects[0]).context["related"] if each.count] == [count]
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_a_hundred_registers_around_a_record_cost_a_page_of_constant_statements(
    page, projects, zone, clerk, monkeypatch, django_assert_max_num_queries,
):  # fmt: skip
    progress(zone, clerk, ["2023-04"])
    pairs = [each for each in references(Project) if each[0] is ProjectProgress]
    asked = []
    for count in (5, 100):
        monkeypatch.setattr(related, "references", lambda _register, count=count: pairs * count)
        with django_assert_max_num_queries(QUERIES) as statements:
            answer = page(projects[0])
        assert (len(answer.context["related"]), len(answer.context["rest"])) == (count, count - related.LEAST)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_a_long_past_costs_no_more_statements_than_a_short_one(page, projects, zone, clerk, do, django_assert_max_num_queries):
    parks = testing.enter(Park, zone, "code | name\n" + "\n".join(f"K{number} | 园{number}" for number in range(40)), by=clerk)
    asked = []
    for moves in (30, 60):
        for number in range(moves):
            do("projects.correct", projects[0], facts={"park": parks[(number + moves) % 40]}, reason="划转")
        with django_assert_max_num_queries(QUERIES) as statements:
            answer = page(projects[0], versions="1,4")
        asked.append(len(statements))
    assert (len(answer.context["past"].timeline), len(answer.context["past"].versions[1])) == (past.EVENTS, past.VERSIONS)
    assert asked[0] == asked[1]
