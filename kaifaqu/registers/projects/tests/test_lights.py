"""Lights: a small table a rule, at and beside its borders."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import events, testing
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.lights import candidates, lights, seen
from kaifaqu.registers.projects.models import Project, ProjectProgress


def told(day: str, world: World | None = None) -> dict[str, tuple[str, list[str]]]:
    """Return by name the colour of each project, and its reasons."""
    rows = (world or World()).rows(Project).order_by("id")
    found = lights(rows, date.fromisoformat(day), world or World())
    return {row.name: (found[row.id].colour.value, found[row.id].reasons) for row in rows}


@pytest.mark.parametrize(("planned", "started", "colour"), [
    ("2024-09", "", "green"), ("2024-08", "", "yellow"), ("2024-06", "", "yellow"), ("2024-05", "", "red"), ("2023-12-31", "", "red"),
    ("2024-05", "2024-08-01", "green"), ("2024", "", "green"), ("", "", "green"),
])
def test_a_start_that_is_due_is_yellow_and_after_three_months_red(projects, planned, started, colour):
    projects(f"name | expected_start_on | started_on\n甲 | {planned} | {started}")
    assert told("2024-08-05")["甲"][0] == colour


@pytest.mark.parametrize(("done", "colour"), [("50", "green"), ("40.01", "green"), ("40", "yellow"), ("20", "yellow"), ("19.99", "red")])
def test_investment_behind_the_share_of_the_year_that_is_over(zone, projects, done, colour):
    """At the end of June half of the year's plan is due: from ten points behind it is yellow, beyond thirty red."""
    projects("code | name | started_on\nP1 | 甲 | 2023-01-01")
    testing.enter(ProjectProgress, zone, f"subject | month | planned_investment | year_to_date\nP1 | 2024-06 | 100 | {done}")
    assert told("2024-08-05")["甲"][0] == colour


def test_a_light_says_why_follows_the_zones_rule_and_the_past(zone, projects):
    projects("code | name | started_on | expected_start_on\nP1 | 甲 | 2023-01-01 |\nP2 | 乙 | | 2024-07")
    testing.enter(ProjectProgress, zone, "subject | month | planned_investment | year_to_date\nP1 | 2024-06 | 300 | 100")
    known = events.last_seq()
    from kaifaqu.kernel.dated import DatedRule
    content = '{"start": {"red_after_months": 1}, "progress": {"yellow_points": 5, "red_points": 15}}'
    testing.enter(DatedRule, zone, f"kind | since | published_on | source_document | content\n"
                                   f"projects.lights | 2024-01-01 | 2024-01-01 | 演示文件 | {content}")
    why = {"甲": ["2024-06 完成年计划的 33.3%，落后序时进度 16.7 个百分点"], "乙": ["计划 2024-07 开工，已过 1 个月还没有开工"]}
    assert told("2024-08-05") == {"甲": ("red", why["甲"]), "乙": ("red", why["乙"])}
    assert told("2024-08-05", World(known)) == {"甲": ("yellow", why["甲"]), "乙": ("yellow", why["乙"])}


@pytest.mark.parametrize(("required", "paid", "colour"), [
    ("100", "100", "green"), ("100", "99.99", "red"), ("", "50", "green"), ("100", "", "green"), ("0", "0", "green"),
])  # fmt: skip
def test_payment_below_what_is_required_is_red(zone, projects, required, paid, colour):
    projects("code | name | started_on\nP1 | 甲 | 2023-01-01")
    testing.enter(ProjectProgress, zone, f"subject | month | physical | payment_required | paid\n"
                                         f"P1 | 2024-06 | trial | {required} | {paid}")
    assert told("2024-08-05")["甲"][0] == colour
    if colour == "red":
        assert told("2024-08-05")["甲"][1] == ["2024-06 应支付 100 万元，已支付 99.99 万元，低于应支付的 100%"]


@pytest.mark.parametrize(("started", "entered", "total", "day", "colour"), [
    ("2024-03-31", "", "500", "2024-04-29", "green"), ("2024-03-31", "", "500", "2024-04-30", "yellow"),
    ("2024-03-31", "", "500", "2024-05-30", "yellow"), ("2024-03-31", "", "500", "2024-05-31", "red"),
    ("2024-03-31", "2024-05-20", "500", "2024-05-31", "green"), ("2024-03-31", "", "499.99", "2024-05-31", "green"),
    ("2024-03-31", "", "", "2024-05-31", "green"), ("2024-03", "", "500", "2024-04-30", "yellow"),
])  # fmt: skip
def test_a_project_that_is_not_in_the_statistics_a_month_after_its_start(projects, started, entered, total, day, colour):
    projects("name | started_on | entered_in_statistics_on | total_investment\n"
             f"甲 | {started} | {entered} | {total}")
    assert told(day)["甲"][0] == colour


def test_the_worst_of_a_projects_lights_is_its_colour_and_all_reasons_are_told(zone, projects):
    projects("code | name | started_on | total_investment\nP1 | 甲 | 2024-01-01 | 500")
    testing.enter(ProjectProgress, zone, "subject | month | planned_investment | year_to_date | payment_required | paid\n"
                                         "P1 | 2024-06 | 100 | 35 | 80 | 60")
    assert told("2024-08-05")["甲"] == ("red", [
        "2024-06 完成年计划的 35%，落后序时进度 15 个百分点", "2024-06 应支付 80 万元，已支付 60 万元，低于应支付的 100%",
        "2024-01-01 开工，满 2 个月还没有入库"])
    found = lights(Project.objects.all(), date(2024, 8, 5), World())[Project.objects.get().id]
    assert [(kind, turned and turned.colour.value) for kind, turned in found.by_kind] == [
        ("开工", None), ("进度", "yellow"), ("支付", "red"), ("入库", "red")]
    assert "银川市 2025 年" in found.rule


def test_an_older_rule_that_has_no_payment_and_no_statistics_turns_no_such_light(zone, projects):
    from kaifaqu.kernel.dated import DatedRule
    projects("code | name | started_on | total_investment\nP1 | 甲 | 2024-01-01 | 500")
    testing.enter(DatedRule, zone, "kind | since | published_on | source_document | content\n"
                                   "projects.lights | 2024-01-01 | 2024-01-01 | 演示 | "
                                   '{"start": {"red_after_months": 3}, "progress": {"yellow_points": 10, "red_points": 30}}')
    assert told("2024-08-05")["甲"] == ("green", [])


def test_what_candidates_leave_out_is_green(zone, projects):
    """The home page asks the candidates only: nothing that is not green may be left out."""
    projects("""
        code | name | started_on | expected_start_on | total_investment | entered_in_statistics_on
        P1   | 甲   | 2024-07-05 |                   | 500              |
        P2   | 乙   | 2024-07-06 |                   | 500              |
        P3   | 丙   | 2024-02-01 |                   | 500              | 2024-03-01
        P4   | 丁   |            | 2024-08           |                  |
        P5   | 戊   |            | 2024-09           |                  |
        P6   | 己   | 2024-02    |                   | 600              |
    """)
    testing.enter(ProjectProgress, zone, "subject | month | physical | payment_required | paid\nP3 | 2024-06 | trial | 10 | 9")
    day = date(2024, 8, 5)
    asked = {row.code for row in Project.objects.filter(candidates(day))}
    found = {row.code for row in Project.objects.all() if lights([row], day, World())[row.id].colour != "green"}
    assert found == {"P1", "P3", "P4", "P6"} <= asked


def test_candidates_leave_out_nothing_that_the_owners_own_rule_turns_on(zone, projects):
    """A rule may make a project yellow on the day of its start, and a payment red below any share of what is required."""
    from kaifaqu.kernel.dated import DatedRule
    projects("code | name | started_on | total_investment\nP1 | 甲 | 2024-08-05 | 500\nP2 | 乙 | 2024-08-06 | 500")
    content = ('{"start": {"red_after_months": 3}, "progress": {"yellow_points": 10, "red_points": 30}, '
               '"statistics": {"from_investment": 500, "yellow_after_months": 0, "red_after_months": 2}}')
    testing.enter(DatedRule, zone, "kind | since | published_on | source_document | content\n"
                                   f"projects.lights | 2024-01-01 | 2024-01-01 | 演示 | {content}")
    assert told("2024-08-05")["甲"][0] == "yellow"
    assert [row.code for row in Project.objects.filter(candidates(date(2024, 8, 5)))] == ["P1"]
    above = content.replace('"statistics"', '"payment": {"red_below": 101}, "statistics"')
    with pytest.raises(ValidationError, match="0 至 100 的整数"):
        testing.enter(DatedRule, zone, "kind | since | published_on | source_document | content\n"
                                       f"projects.lights | 2024-06-01 | 2024-06-01 | 演示 | {above}")


def test_a_light_that_tells_of_reports_is_seen_by_whoever_may_see_them(zone, projects):
    rows = projects("code | name | started_on | expected_start_on\nP1 | 甲 | 2024-01-01 |\nP2 | 乙 | | 2024-07")
    on, world = date(2024, 8, 5), World()
    every, some = (testing.employ(zone, code, rights) for code, rights in (
        ("every", "projects.view progress.view"), ("some", "projects.view")))
    assert seen(every, rows, on, world) == lights(rows, on, world)
    assert seen(some, rows, on, world) == lights(rows[1:], on, world)
