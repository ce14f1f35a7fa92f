"""M3-01: a maker's product, with the formalities of its plant as items with dates, of rooms that know nothing of one another."""

import json

from django.urls import reverse

from kaifaqu.domains.lowaltitude.models import AviationProduct
from kaifaqu.domains.reforms.catalogue import CATALOGUE
from kaifaqu.domains.reforms.models import Package, PackageItem
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project

ITEMS = {
    "filing": {"label": "备案", "body": "审批局", "phase": "立项", "statutory": 3, "promised": 1},
    "permit": {"label": "施工许可", "body": "审批局", "phase": "施工", "statutory": 7, "promised": 3, "needs": ["filing"]},
}


def do(code, record, **facts):
    """Take an action on a record as it stands."""
    record = type(record).objects.get(pk=record.pk)
    return commit([actions.find(code).plan(record, by=SYSTEM, version=record.row_version, **facts)], by=SYSTEM)


def test_m3_01_the_engine_plants_formalities_appear_as_items_with_dates_beside_the_product(zone, clerk, client, time_machine):
    time_machine.move_to("2024-07-01T09:00:00+08:00")
    bureau = testing.party(zone, "SPJ", "审批局")
    facts = {"kind": CATALOGUE.code, "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "事项清单",
             "content": json.dumps({"items": ITEMS})}
    commit([actions.find("rules.create").plan(zone, by=SYSTEM, facts=facts)], by=SYSTEM)
    testing.enter(Enterprise, zone, "code | name\nQ1 | 演示发动机公司")
    [plant] = testing.enter(Project, zone, "code | name | enterprise | signed_on\nP1 | 演示发动机厂房 | Q1 | 2024-01-10")
    [engine] = testing.enter(
        AviationProduct, zone, "code | name | maker | kind | direction\nC1 | 活塞发动机 | Q1 | part | engine", project=plant)
    told = {"kind": "agency", "project": plant, "entrusted_on": clock.today(), "agent": clerk}
    commit([actions.find("packages.entrust").plan(zone, by=SYSTEM, **told)], by=SYSTEM)
    package = Package.objects.get()
    for each in PackageItem.objects.filter(holder=None):
        do("package_items.correct", each, facts={"holder": bureau})
    do("packages.submit", package)

    client.force_login(clerk)
    page = client.get(reverse("record", args=["aviation_products", engine.pk])).content.decode()
    assert reverse("record", args=["projects", plant.pk]) in page
    page = client.get(reverse("record", args=["projects", plant.pk])).content.decode()
    assert reverse("record", args=["packages", package.pk]) in page
    page = client.get(reverse("record", args=["packages", package.pk])).content.decode()
    for each in PackageItem.objects.order_by("code"):
        assert each.title in page
        assert reverse("record", args=["package_items", each.pk]) in page
    filing = PackageItem.objects.get(item="filing")
    assert str(filing.received_on) == "2024-07-01"
    assert "2024-07-01" in client.get(reverse("record", args=["package_items", filing.pk])).content.decode()
