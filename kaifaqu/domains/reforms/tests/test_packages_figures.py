"""Figures about packages: small tables that can be checked by eye, and a record taken away."""

from decimal import Decimal

import pytest

from kaifaqu.domains.reforms.indicators import packages as figures
from kaifaqu.domains.reforms.models import Package, PackageItem
from kaifaqu.domains.reforms.tests.conftest import do, on, stand
from kaifaqu.kernel import access, events, testing
from kaifaqu.kernel.periods import Period

JULY = Period.parse("2024-07")


def value(definition, period=JULY, **options):
    """Return what a figure is."""
    return definition.figure(period, scope=access.scope(), **options).value


@pytest.fixture
def old(office):
    """Enter two packages of two projects with old items: four of agency, one of them another project's; one integrated."""
    stand(on(7, 31))
    testing.enter(Package, office.zone, """
        code | kind       | project | entrusted_on
        B1   | agency     | P1      | 2024-06-03
        B2   | agency     | P2      | 2024-07-01
        B3   | integrated | P2      | 2024-07-01
    """)
    return testing.enter(PackageItem, office.zone, """
        code | package | item | title | holder | statutory_days | promised_days | opened_on  | received_on | accepted_on | resolved_on
        S1   | B1      | a    | 备案  | SPJ    | 3              | 1             | 2024-06-03 | 2024-06-03  | 2024-06-03  | 2024-06-04
        S2   | B1      | b    | 规划  | DEP    | 15             | 5             | 2024-06-03 | 2024-07-01  | 2024-07-01  | 2024-07-10
        S3   | B1      | c    | 环评  | SPJ    | 20             | 4             | 2024-06-03 | 2024-07-01  | 2024-07-02  | 2024-07-05
        S4   | B2      | b    | 规划  | DEP    | 15             | 5             | 2024-07-01 | 2024-07-01  | 2024-07-17  |
        S5   | B3      | a    | 备案  | SPJ    | 3              | 1             | 2024-07-01 | 2024-07-01  | 2024-07-31  |
    """)


def test_counts_days_and_rates(old):
    june = Period.parse("2024-06")
    assert [value(figures.AGENCY_PROJECTS, each) for each in (june, JULY)] == [1, 2]
    assert [value(figures.AGENCY_ITEMS, each) for each in (june, JULY)] == [3, 4]
    assert value(figures.ITEMS_PER_PROJECT) == Decimal("2.00")
    assert value(figures.INTEGRATED_PROJECTS) == 1
    assert value(figures.DECIDED) == 2
    assert (value(figures.DAYS_TAKEN), value(figures.DAYS_PROMISED), value(figures.DAYS_STATUTORY)) == (10, 9, 35)  # 7 and 3
    assert (value(figures.TAKEN_OF_PROMISED), value(figures.TAKEN_OF_STATUTORY)) == (Decimal("111.11"), Decimal("28.57"))
    assert value(figures.OVERDUE) == 1  # S4 was due on the 24th


def test_by_body_and_by_project(old):
    told = figures.AGENCY_ITEMS.figure(JULY, scope=access.scope(), by=figures.OF_ITEMS[0])
    assert {group.label: group.value for group in told.groups} == {"规划部": 2, "审批局": 2}
    told = figures.AGENCY_ITEMS.figure(JULY, scope=access.scope(), by=figures.OF_ITEMS[1])
    assert {group.label: group.value for group in told.groups} == {"新厂": 3, "另一厂": 1}


def test_a_removed_record_leaves_the_figures_but_not_those_known_before(old):
    known = events.last_seq()
    do("package_items.archive", old[2], reason="重复登记")
    assert [value(figures.AGENCY_ITEMS), value(figures.DAYS_TAKEN)] == [3, 7]
    assert [value(figures.AGENCY_ITEMS, known=known), value(figures.DAYS_TAKEN, known=known)] == [4, 10]
    do("packages.archive", Package.objects.get(code="B2"), reason="重复登记")
    assert [value(figures.AGENCY_PROJECTS), value(figures.AGENCY_ITEMS), value(figures.OVERDUE)] == [1, 2, 0]
    assert value(figures.AGENCY_PROJECTS, known=known) == 2


def test_a_package_that_is_withdrawn_counts_no_longer(old):
    do("packages.withdraw", Package.objects.get(code="B2"), reason="项目不建了")
    assert [value(figures.AGENCY_PROJECTS), value(figures.AGENCY_ITEMS)] == [1, 3]
    assert value(figures.AGENCY_PROJECTS, Period.parse("2024-07-30")) == 2
