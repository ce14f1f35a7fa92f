"""The page of settings: open to all in what concerns all; where data lie is told to administrators; no secret is on it."""

import io
import logging

import pytest
from django.conf import settings as values
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.jobs import working
from kaifaqu.jobs.models import Job, State
from kaifaqu.kernel import testing
from kaifaqu.kernel.events import Head
from kaifaqu.web.models import Checkup


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


@pytest.mark.parametrize(("rights", "sees"), [
    ("installations.view", True), ("users.edit", True), ("events.view", True), ("projects.view", False),
])
def test_administrators_are_told_where_the_data_lie(zone, client, home, rights, sees):
    client.force_login(testing.employ(zone, "somebody", rights))
    page = client.get(reverse("settings"))
    assertContains(page, "测试开发区")
    assertContains(page, "至少 10 个字符")
    for text in (str(home), f"#{Head.objects.get().seq} {Head.objects.get().hash}"):
        (assertContains if sees else assertNotContains)(page, text)
    assertNotContains(page, values.SECRET_KEY)
    assert client.post(reverse("check-installation")).status_code == (302 if sees else 403)


def test_a_foreign_administrator_is_told_nothing(stranger, client, home):
    client.force_login(stranger)
    assertNotContains(client.get(reverse("settings")), str(home))
    assert client.post(reverse("check-installation")).status_code == 403
    assert not Job.objects.exists()


def test_the_last_backup_is_the_newest_file(zone, clerk, client, home):
    client.force_login(clerk)
    assertContains(client.get(reverse("settings")), "里没有备份")
    (home / "backups").mkdir()
    for name in ("kaifaqu-1.zip", "kaifaqu-2.zip"):
        (home / "backups" / name).write_bytes(b"0" * 2**21)
    assertContains(client.get(reverse("settings")), "kaifaqu-2.zip（2 MB）")


@pytest.mark.parametrize(("variable", "marked"), [(None, True), ("90", False)])
def test_a_shipped_value_is_marked(zone, clerk, client, monkeypatch, variable, marked):
    monkeypatch.setenv("KAIFAQU_UPLOAD_DAYS", variable) if variable else monkeypatch.delenv("KAIFAQU_UPLOAD_DAYS", raising=False)
    client.force_login(clerk)
    [days] = [each for each in client.get(reverse("settings")).context["limits"] if each.variable == "KAIFAQU_UPLOAD_DAYS"]
    assert days.default is marked


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_doctor_looks_in_the_background_and_what_it_finds_is_shown(zone, clerk, client):
    client.force_login(clerk)
    client.post(reverse("check-installation"))
    working.Worker().work()
    job = Job.objects.get()
    assert (job.state, job.told) == (State.DONE, f"{reverse('settings')}#check")
    assert [each["check"] for each in Checkup.objects.get().findings][-1] == "事件链"
    assertContains(client.get(reverse("settings")), "个事件相接")


def test_the_page_asks_a_constant_number_of_questions(zone, clerk, client, django_assert_max_num_queries):
    client.force_login(clerk)
    with django_assert_max_num_queries(26):
        client.get(reverse("settings"))


def test_the_log_tells_a_refused_request_in_one_line_and_the_stack_of_what_broke(stranger, client, monkeypatch):
    [console] = [each for each in logging.getLogger().handlers if each.get_name() == "console"]
    monkeypatch.setattr(console, "stream", said := io.StringIO())
    client.force_login(stranger)
    client.raise_request_exception = False
    client.post(reverse("check-installation"))
    assert said.getvalue().count("\n") == 1
    assert "Forbidden" in said.getvalue()
    monkeypatch.setattr("kaifaqu.kernel.access.User.owners", lambda *_asked: 1 / 0)
    client.get(reverse("settings"))
    assert "ZeroDivisionError" in said.getvalue()
