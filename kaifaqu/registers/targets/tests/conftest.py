"""Fixtures: a zone with departments, targets, projects and a signing funnel."""

import pytest

from kaifaqu.kernel import testing
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.records import registers
from kaifaqu.registers.targets.models import YearlyTarget


@pytest.fixture
def departments(zone) -> tuple[Party, Party]:
    """Return two departments of the zone."""
    return testing.party(zone, "XM", "项目部", zone), testing.party(zone, "ZS", "招商部", zone)


@pytest.fixture
def targets(zone):
    """Enter the targets of 2024 by one document; return them by their codes."""
    made = testing.enter(YearlyTarget, zone, """
        code | year | indicator                      | amount | document | document_on
        S    | 2024 | projects.signed.year.count     | 6      | 演示2号  | 2024-01-10
        K    | 2024 | projects.started.year.count    | 4      | 演示2号  | 2024-01-10
        T    | 2024 | projects.produced.year.count   | 2      | 演示2号  | 2024-01-10
        I    | 2024 | projects.progress.year_to_date | 1200   | 演示2号  | 2024-01-10
    """)
    return {each.code: each for each in made}


@pytest.fixture
def projects(zone, departments):
    """Enter five projects: two started this year, one of them by each department; and a lead in negotiation."""
    made = testing.enter(registers()["projects"], zone, """
        code | name | signed_on  | expected_start_on | started_on | expected_completion_on | production_on
        P1   | 甲   | 2023-02-01 |                   | 2023-05-01 | 2024-09-30             |
        P2   | 乙   | 2024-01-05 |                   | 2024-03-01 | 2025-06-30             |
        P3   | 丙   | 2024-02-05 |                   | 2024-04-01 | 2024-11                |
        P4   | 丁   | 2024-03-05 | 2024-10           |            |                        |
        P5   | 戊   | 2024-03-06 | 2024-08-15        |            |                        |
    """)
    testing.enter(registers()["leads"], zone, """
        code | name | first_contact_on | negotiating_on | intent_on
        L1   | 己   | 2024-01-01       | 2024-02-01     |
        L2   | 庚   | 2024-01-01       | 2024-03-01     | 2024-05-01
        L3   | 辛   | 2024-01-01       |                |
    """)
    testing.enter(registers()["assignments"], zone, """
        subject | role       | office | since
        P2      | department | XM     | 2024-03-01
        P3      | department | ZS     | 2024-04-01
    """)
    return made
