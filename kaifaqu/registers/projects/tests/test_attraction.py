"""Projects brought in along a chain: a table of leads."""

import pytest

from kaifaqu.kernel import indicators, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import Lead


@pytest.fixture
def ledger(zone):
    testing.enter(Lead, zone, """
        code | name | chain    | category   | introduced | first_contact_on | negotiating_on | signed_on
        L1   | 甲   | 节能环保 | 废弃物利用 | True       | 2022-01-01       | 2022-02-01     | 2022-03-01
        L2   | 乙   | 节能环保 | 食品加工   | True       | 2023-01-01       | 2023-02-01     | 2023-03-01
        L3   | 丙   | 节能环保 | 食品加工   | True       | 2024-01-01       | 2024-02-01     | 2024-06-30
        L4   | 丁   |          |            | True       | 2024-01-01       | 2024-02-01     | 2024-07-01
        L5   | 戊   | 智能制造 | 机器人     | True       | 2024-01-01       | 2024-02-01     |
        L6   | 己   | 智能制造 | 机器人     |            | 2024-01-01       | 2024-02-01     | 2024-03-01
    """)


@pytest.mark.parametrize(
    ("which", "values", "rows"),
    [
        ("", (1, 3, 4), ["L1", "L2", "L3", "L4"]),
        (".chains", (1, 1, 1), ["L1", "L2", "L3"]),  # what is not filled in is no chain
        (".categories", (1, 2, 2), ["L1", "L2", "L3"]),
    ],
)
def test_what_was_brought_in_is_signed_and_marked(ledger, zone, which, values, rows):
    definition = indicators.find(f"leads.introduced{which}.count")
    told = [definition.figure(Period.parse(day), scope={zone}) for day in ("2022-12-31", "2024-06-30", "2024-08-05")]
    assert tuple(each.value for each in told) == values
    assert [record.code for record in told[-1].records] == rows
