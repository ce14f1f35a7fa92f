"""M5-01: the committee and the operating company are two parties of one installation, and neither reaches the other's records."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from kaifaqu.domains.company.models import Asset
from kaifaqu.domains.reforms.models import Commitment
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project


@pytest.fixture
def company(other):
    """Return a person with every right in the operating company, and in nothing else."""
    return testing.employ(other, "operator")


@pytest.fixture
def approval(zone):
    """Return an approval record of the committee."""
    testing.enter(Project, zone, "code | name | signed_on\nP1 | 演示项目 | 2024-01-01")
    [made] = testing.enter(Commitment, zone, "code | project | notified_on | notified_evidence\nN1 | P1 | 2024-02-01 | 告知书")
    return made


@pytest.fixture
def asset(other):
    """Return a record of the operating company."""
    testing.enter(Enterprise, other, "code | name\nA | 演示运营")
    [made] = testing.enter(Asset, other, "code | name | kind | holder | acquired_on\nZ1 | 演示厂房 | workshop | A | 2020-01-01")
    return made


def reaches(person, record, client):
    """Return what the person sees of the record in lists and on its page, and whether he may correct it."""
    try:
        facts = {"facts": {"code": "X1"}, "reason": "越权"}
        commit([actions.find(f"{record.register}.correct").plan(record, by=person, version=record.row_version, **facts)], by=person)
        corrected = True
    except PermissionDenied:
        corrected = False
    client.force_login(person)
    page = client.get(reverse("record", args=[record.register, record.pk])).status_code
    return type(record).objects.visible_to(person).count(), page, corrected


def test_m5_01_the_company_cannot_see_or_change_approval_records_and_the_committee_not_the_company_s(
    clerk, company, approval, asset, client,
):
    assert reaches(company, approval, client) == reaches(clerk, asset, client) == (0, 404, False)
    assert reaches(clerk, approval, client) == reaches(company, asset, client) == (1, 200, True)


def test_m5_01_nothing_of_the_other_s_stands_in_a_new_record(clerk, company, zone, other, approval, asset):
    with pytest.raises(PermissionDenied):
        actions.find("asset_uses.create").plan(zone, by=clerk, facts={"asset": asset, "state": "idle", "since": "2024-01-01"})
    with pytest.raises(PermissionDenied):
        actions.find("commitments.create").plan(other, by=company, facts={
            "project": approval.project, "notified_on": "2024-02-01", "notified_evidence": "告知书"})
