"""Files as evidence of a project's steps."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.files.models import Attachment
from kaifaqu.kernel import testing


@pytest.fixture
def upload(projects, client, tmp_path, settings):
    """Return a function that attaches a file to the first project by the form of an address."""
    settings.HOME = tmp_path

    def send(verb: str, purpose: str):
        file = SimpleUploadedFile("演示施工许可证.pdf", b"%PDF-1.7")
        return client.post(reverse(verb, args=["projects", projects[0].pk]), {"file": file, "purpose": purpose, "token": purpose})

    return send


def test_who_takes_the_steps_attaches_their_evidence_and_nothing_else(zone, projects, upload, client):
    client.force_login(testing.employ(zone, "builder", "projects.view projects.advance"))
    page = reverse("record", args=["projects", projects[0].pk])
    assertContains(client.get(page), reverse("prove", args=["projects", projects[0].pk]))
    assert upload("attach", "started_evidence").status_code == 403
    assert upload("prove", "").status_code == 200  # the form again, with what is wrong
    assert upload("prove", "started_evidence").status_code == 302
    assert [(each.purpose, each.name) for each in Attachment.objects.all()] == [("started_evidence", "演示施工许可证.pdf")]


def test_the_evidence_of_a_step_stands_beside_its_date(clerk, projects, upload, client):
    client.force_login(clerk)
    upload("attach", "started_evidence")
    upload("attach", "")
    page = client.get(reverse("record", args=["projects", projects[0].pk])).content.decode()
    [date] = re.findall(r"<dt>开工日期</dt><dd>(.*?)</dd>", page)
    evidence = Attachment.objects.get(purpose="started_evidence")
    assert reverse("download", args=[evidence.pk]) in date
    assert page.count("演示施工许可证.pdf") == 3  # beside the date, and both in the list of files
