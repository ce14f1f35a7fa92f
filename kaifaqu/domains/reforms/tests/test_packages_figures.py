"""Figures about packages: small tables that can be checked by eye, and a record taken away."""

from decimal import Decimal

import pytest

from kaifaqu.cases.waiting import Waiting
from kaifaqu.domains.reforms.indicators import packages as figures
from kaifaqu.domains.reforms.models import Package, PackageItem
from kaifaqu.domains.reforms.packages_panel import is_late
from kaifaqu.domains.reforms.tests.conftest import do, item, on, stand
from kaifaqu.kernel import access, events, testing
from kaifaqu.kernel.access import User
from kaifaqu.kernel.periods import Period

JULY = Period.parse("2024-07")


def value(definition, period=JULY, **options):
    """Return what a figure is."""
    return definition.figure(period, scope=access.scope(), **options).value


@pytest.fixture
def old(office):
    """Enter two packages of two projects with old items: four of agency, one of them another project's; one integrated."""
    stand(on(7, 31))
    *_agency, integrated = testing.enter(Package, office.zone, """
        code | kind       | project | entrusted_on
        B1   | agency     | P1      | 2024-06-03
        B2   | agency     | P2      | 2024-07-01
        B3   | integrated | P2      | 2024-07-01
    """)
    items = testing.enter(PackageItem, office.zone, """
        code | package | item | title | holder | statutory_days | promised_days | opened_on  | received_on | accepted_on | resolved_on
        S1   | B1      | a    | 备案  | SPJ    | 3              | 1             | 2024-06-03 | 2024-06-03  | 2024-06-03  | 2024-06-04
        S2   | B1      | b    | 规划  | DEP    | 15             | 5             | 2024-06-03 | 2024-07-01  | 2024-07-01  | 2024-07-10
        S3   | B1      | c    | 环评  | SPJ    | 20             | 4             | 2024-06-03 | 2024-07-01  | 2024-07-02  | 2024-07-05
        S4   | B2      | b    | 规划  | DEP    | 15             | 5             | 2024-07-01 | 2024-07-01  | 2024-07-17  |
        S5   | B3      | a    | 备案  | SPJ    | 3              | 1             | 2024-07-01 | 2024-07-01  | 2024-07-31  |
    """)
    do("packages.submit", integrated, submitted_on=on(7, 1))
    return items


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


def test_an_integrated_package_counts_from_the_day_on_which_it_is_handed_in(office):
    package = office.entrust(kind="integrated")
    assert value(figures.INTEGRATED_PROJECTS) == 0
    stand(on(7, 10))
    do("packages.submit", package)
    days = [Period.parse(f"2024-07-{day:02d}") for day in (9, 10)]
    assert [value(figures.INTEGRATED_PROJECTS, each) for each in days] == [0, 1]


def test_what_was_withdrawn_is_overdue_no_longer(office):
    package = office.entrust()
    do("package_items.submit", item(package, "filing"))
    do("package_items.accept", item(package, "filing"))  # due on the 2nd
    stand(on(7, 10))
    do("packages.withdraw", package, reason="项目不建了")
    assert [value(figures.OVERDUE, Period.parse(f"2024-07-{day:02d}")) for day in (2, 3, 9, 10)] == [0, 1, 1, 0]


def test_a_body_does_not_stay_in_time_by_not_taking_in(office):
    filing = do("package_items.submit", item(office.entrust(), "filing"))  # received on the 1st: it may tell until the 8th
    assert filing.resolution_due_on == on(7, 8)
    stand(on(7, 31))
    days = [Period.parse(f"2024-07-{day:02d}") for day in (8, 9, 31)]
    assert [value(figures.OVERDUE, each) for each in days] == [0, 1, 1]
    late = Waiting(User.objects.get(pk=office.officer.pk))
    assert late.counts("overdue", "raised") == {"overdue": 1, "raised": 1}
    assert is_late(filing)
    do("package_items.accept", filing)  # by law since the 1st, so due on the 2nd
    assert [value(figures.OVERDUE, Period.parse(f"2024-07-{day:02d}")) for day in (2, 3)] == [0, 1]


def test_what_was_told_and_brought_is_taken_in_and_becomes_late(office):
    filing = do("package_items.submit", item(office.entrust(), "filing"))
    do("package_items.supplement", filing, text="缺执照")
    stand(on(7, 3))
    do("package_items.resume", filing)  # due on the 4th
    stand(on(7, 31))
    assert [value(figures.OVERDUE, Period.parse(f"2024-07-{day:02d}")) for day in (4, 5)] == [0, 1]


def test_what_took_unknown_time_is_in_neither_part_of_the_rate(old):
    before = [value(each) for each in (figures.TAKEN_OF_PROMISED, figures.TAKEN_OF_STATUTORY, figures.DAYS_PROMISED, figures.DECIDED)]
    testing.enter(PackageItem, old[0].owner, """
        code | package | item | title | statutory_days | promised_days | opened_on  | resolved_on
        S6   | B1      | d    | 旧事项 | 90             | 50            | 2024-06-03 | 2024-07-08
    """)
    after = [value(each) for each in (figures.TAKEN_OF_PROMISED, figures.TAKEN_OF_STATUTORY, figures.DAYS_PROMISED, figures.DECIDED)]
    assert (after[:3], after[3]) == (before[:3], before[3] + 1)
