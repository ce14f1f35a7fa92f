"""What the dates of a project say of a day, and what is told of a date that keeps no order."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

TABLE = """
    code | name | signed_on  | landed_on | started_on | production_on
    P1   | 甲   | 2023-02-01 | 2023-04   | 2023-05-01 | 2024
"""


@pytest.mark.parametrize(("day", "stage"), [
    ("2023-03-31", "signed"), ("2023-04-01", "landed"), ("2023-04-30", "landed"), ("2023-05-01", "under_construction"),
    ("2023-12-31", "under_construction"), ("2024-01-01", "in_production"), ("2020-01-01", "signed"),
])  # fmt: skip
def test_the_stage_of_a_day_follows_from_what_had_begun(projects, day, stage):
    [project] = projects(TABLE)
    assert project.stage_by(date.fromisoformat(day)) == stage
    assert project.stage_by_dates == "in_production"


def test_the_day_of_the_statistics_keeps_no_order_but_is_not_to_come_and_wants_its_evidence(projects):
    [project] = projects("name | started_on | started_evidence | entered_in_statistics_on\n甲 | 2024-03-01 | 许可证 | 2024-02-01")
    assert "「入库日期」2024-02-01 没有写明依据。" in project.undocumented()
    with pytest.raises(ValidationError, match="「入库日期」2999-01-01 在今天"):
        projects("name | entered_in_statistics_on\n乙 | 2999-01-01")
