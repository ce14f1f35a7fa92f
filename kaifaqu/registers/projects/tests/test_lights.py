"""Lights: a small table a rule, at and beside its borders."""

from datetime import date

import pytest

from kaifaqu.kernel import events, testing
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.lights import lights
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
