"""M2-13 and M2-14: 全代办 and 集成办理, as their acceptance texts say."""

from decimal import Decimal

import pytest

from kaifaqu.domains.reforms.indicators import packages as figures
from kaifaqu.domains.reforms.models import ItemNeed, Package, PackageItem
from kaifaqu.domains.reforms.packages_path import items_of, needs_in, schedule_of
from kaifaqu.domains.reforms.tests.conftest import ITEMS, do, item, lay_down, on, stages, stand
from kaifaqu.kernel import access, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import Project

JULY = Period.parse("2024-07")
PARALLEL = {  # nothing waits for anything; the longest is 规划许可
    code: {name: value for name, value in ITEMS[code].items() if name != "needs"} for code in ("plan", "eia", "permit")}


def value(definition, period=JULY):
    """Return what a figure is."""
    return definition.figure(period, scope=access.scope()).value


@pytest.fixture
def nine(office):
    """Entrust agency for nine projects: five with all four items of the catalogue, four with three."""
    for number in range(3, 10):
        testing.enter(Project, office.zone, f"code | name | signed_on\nP{number} | 第{number}厂 | 2024-01-10")
    return [office.entrust(f"P{n}", chosen="" if n <= 5 else "filing plan eia") for n in range(1, 10)]


def test_m2_13_nine_projects_with_32_items_give_9_and_32(nine):
    assert [value(each) for each in (figures.AGENCY_PROJECTS, figures.AGENCY_ITEMS)] == [9, 32]
    assert value(figures.ITEMS_PER_PROJECT) == Decimal("3.56")


def test_m2_13_each_item_has_specialist_legal_and_real_time_in_working_days_and_state(office):
    package = office.entrust()
    for verb, day, facts in (("submit", on(7, 1), {}), ("accept", on(7, 2), {}), ("resolve", on(7, 5), {"result": "已备案"})):
        stand(day)
        filing = do(f"package_items.{verb}", item(package, "filing"), **facts)
    assert (filing.specialist, filing.statutory_days, filing.promised_days, filing.days_taken) == (office.agent, 3, 1, 3)
    assert stages(package) == {"filing": "办结", "plan": "未启动", "eia": "未启动", "permit": "未启动"}
    shown = PackageItem.listed
    assert {"specialist", "statutory_days", "promised_days", "days_taken", "stage"} <= {*shown}


def test_m2_13_the_enterprise_sees_the_progress_of_its_own_items(office, client):
    package, other = office.entrust(), office.entrust("P2")
    for person, seen in ((office.owner, {package.pk}), (office.rival, set())):
        assert {each.pk for each in Package.objects.visible_to(person)} == seen
        assert {each.package_id for each in PackageItem.objects.visible_to(person)} == seen
    client.force_login(office.owner)
    page = client.get(f"/r/packages/{package.pk}/").content.decode()
    assert all(title in page for title in ("备案", "规划许可", "环评", "施工许可", "未启动"))
    assert client.get(f"/r/packages/{other.pk}/").status_code == 404


def test_m2_14_two_projects_are_counted(office):
    testing.enter(Project, office.zone, "code | name | signed_on\nP3 | 第三厂 | 2024-01-10\nP4 | 第四厂 | 2024-01-10")
    packages = [office.entrust(project, kind="integrated") for project in ("P1", "P2", "P3")]
    office.entrust("P4", kind="agency")
    assert value(figures.INTEGRATED_PROJECTS) == 0  # entrusted, not handed in
    for package in packages[:2]:
        do("packages.submit", package)
    assert (value(figures.INTEGRATED_PROJECTS), value(figures.AGENCY_ITEMS)) == (2, 4)


def test_m2_14_a_bundle_is_submitted_once_and_each_body_sees_its_part(office):
    package = office.entrust(kind="integrated")
    do("packages.submit", package, office.owner)  # the enterprise itself hands it in, once
    assert stages(package) == {"filing": "待受理", "plan": "未启动", "eia": "未启动", "permit": "未启动"}
    for verb, facts in (("accept", {}), ("resolve", {"result": "已备案"})):
        do(f"package_items.{verb}", item(package, "filing"), office.officer, **facts)
    assert stages(package) == {"filing": "办结", "plan": "待受理", "eia": "待受理", "permit": "未启动"}  # with the decision
    assert {each.item for each in PackageItem.objects.visible_to(office.planner)} == {"plan"}
    assert {each.item for each in PackageItem.objects.visible_to(office.officer)} == {"filing", "eia", "permit"}
    assert not Package.objects.visible_to(office.planner).exists()
    assert not ItemNeed.objects.visible_to(office.planner).exists()  # it would name another body's item


def test_m2_14_the_total_duration_is_that_of_the_longest_part(office):
    lay_down(office.zone, PARALLEL, "2024-06-01")
    package = office.entrust(kind="integrated")
    do("packages.submit", package)
    for code in PARALLEL:
        do("package_items.accept", item(package, code))
    items = items_of(package)
    assert {each.item: each.resolution_due_on for each in items} == {"plan": on(7, 8), "eia": on(7, 5), "permit": on(7, 4)}
    assert schedule_of(package, items, needs_in(items)).due == on(7, 8)  # five days, not twelve
    assert (package.promised_days, package.statutory_days) == (5, 20)
    for code, day in (("permit", on(7, 3)), ("eia", on(7, 4)), ("plan", on(7, 9))):
        stand(day)
        do("package_items.resolve", item(package, code), result="同意")
    package = do("packages.finish", package)
    assert (package.days_taken, package.days_saved, value(figures.DAYS_SAVED)) == (6, 14, 14)
    assert package.result == "规划许可：同意\n环评：同意\n施工许可：同意"  # results are merged
