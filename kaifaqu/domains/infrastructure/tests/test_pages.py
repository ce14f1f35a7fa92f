"""The pages of capacity: what is to be released is offered, and nobody learns a name that is closed to him."""

import json

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.domains.infrastructure.models import Reservation
from kaifaqu.domains.infrastructure.tests.conftest import act
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.projects.models import Lead, Project


@pytest.fixture
def reserved(zone, pools):
    """Return reservations for a lead until September and for a project for good, and one of next year."""
    rows = testing.enter(Reservation, zone, """
        code | pool | lead | project | amount | since      | until
        R1   | T1   | L2   |         | 10     | 2024-02-01 | 2024-09-01
        R2   | T1   |      | P1      | 20     | 2024-02-01 |
        R3   | T1   |      | P1      | 5      | 2025-02-01 |
    """)
    return {each.code: each for each in rows}


def test_who_may_not_see_leads_and_projects_reads_no_name_of_them(zone, reserved, client):
    client.force_login(testing.employ(zone, "pooler", "capacity_pools.view pool_capacities.view reservations.view"))
    for address in (reverse("capacity"), *(reverse("record", args=["reservations", each.pk]) for each in reserved.values())):
        page = client.get(address)
        for name in ("陶瓷", "铸造"):
            assertNotContains(page, name)
    assertContains(client.get(reverse("capacity")), "（无权查看）")


def test_what_is_reserved_for_nobody_any_more_is_offered_for_release(zone, clerk, reserved, client):
    client.force_login(clerk)
    release = reverse("act", args=["reservations", reserved["R2"].pk, "release"])
    assertNotContains(client.get(reverse("capacity")), release)
    act(Project.objects.get(code="P1"), "projects.correct", clerk, facts={"terminated_on": "2024-07-01"}, reason="终止")
    act(Lead.objects.get(code="L2"), "leads.fail", clerk, failed_on="2024-06-01", fail_kind="funds", fail_reason="没有资金")
    page = client.get(reverse("capacity"))
    for told in (release, "项目已终止", "线索已未成"):
        assertContains(page, told)
    client.force_login(testing.employ(zone, "pooler", "capacity_pools.view pool_capacities.view reservations.view"))
    page = client.get(reverse("capacity"))
    for told in ("项目已终止", "线索已未成", release):
        assertNotContains(page, told)


def test_how_long_before_its_end_a_reservation_is_listed_is_a_rule(zone, clerk, reserved, client):
    client.force_login(clerk)
    assertContains(client.get(reverse("capacity")), "到 2024-09-01")
    facts = {"kind": "infrastructure.ending", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "文件",
             "content": json.dumps({"days": 20})}  # fmt: skip
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    assertNotContains(client.get(reverse("capacity")), "到 2024-09-01")


def test_a_reservation_to_come_is_told_as_such(reserved, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("record", args=["projects", Project.objects.get(code="P1").pk]))
    assertContains(page, "尚未开始", count=1)
