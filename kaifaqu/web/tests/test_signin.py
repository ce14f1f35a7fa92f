"""Signing in and out, and passwords."""

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from kaifaqu.kernel import events
from kaifaqu.kernel.access import SYSTEM, Credential
from kaifaqu.kernel.testing import employ
from kaifaqu.web.actions import give_password
from kaifaqu.web.signin import TRIES

PASSWORD, NEW = "correct-horse-7", "battery-staple-8"


@pytest.fixture(autouse=True)
def _patience():
    cache.clear()


@pytest.fixture
def account(clerk):
    give_password(clerk, PASSWORD, by=SYSTEM)
    return clerk


def attempt(client, account: str = "clerk", password: str = PASSWORD, **more):
    return client.post(reverse("sign-in"), {"account": account, "password": password, **more})


def notes() -> list[tuple[str, str]]:
    return [(event.action, event.actor) for event in events.Event.objects.filter(action__contains="sign_in")]


def test_a_person_signs_in_and_the_sign_in_is_noted(account, client):
    assertRedirects(attempt(client), reverse("home"))
    assertContains(client.get(reverse("home")), "测试开发区")
    assert notes() == [("users.sign_in", "clerk")]


def test_after_signing_in_a_person_is_where_he_wanted_to_be_but_never_on_another_host(account, client):
    wanted = client.get(reverse("figures")).url
    assert client.get(wanted).context["next"] == reverse("figures")
    assertRedirects(attempt(client, next=reverse("figures")), reverse("figures"))
    assertRedirects(attempt(client, next="https://elsewhere.example/"), reverse("home"))


def test_a_wrong_password_is_noted_only_of_a_known_account(account, client):
    assertContains(attempt(client, password="wrong"), "账号或口令不对")
    assertContains(attempt(client, account="unknown"), "账号或口令不对")
    assert notes() == [("users.fail_sign_in", "system")]


def test_after_five_wrong_passwords_the_right_one_must_wait(account, client):
    for _try in range(TRIES):
        attempt(client, password="wrong")
    assertContains(attempt(client), "15 分钟后再试")
    assert len(notes()) == TRIES


def test_a_disabled_person_does_not_sign_in(account, zone, client):
    from kaifaqu.kernel.actions import find
    from kaifaqu.kernel.commit import commit

    commit([find("users.correct").plan(account, by=SYSTEM, version=1, facts={"is_active": False}, reason="离职")], by=SYSTEM)
    assertContains(attempt(client), "账号或口令不对")


def test_signing_out_takes_a_sent_form(account, client):
    attempt(client)
    assert client.get(reverse("sign-out")).status_code == 405
    assertRedirects(client.post(reverse("sign-out")), reverse("sign-in"))
    assert client.get(reverse("home")).status_code == 302


def test_a_new_password_ends_the_other_sessions(account, client, django_user_model):
    from django.test import Client

    elsewhere = Client()
    attempt(elsewhere)
    attempt(client)
    typed = {"old": PASSWORD, "password": NEW, "repeated": NEW}
    assertContains(client.post(reverse("password"), {**typed, "old": "wrong"}), "现口令不对")
    assertContains(client.post(reverse("password"), {**typed, "repeated": "other"}), "不一致")
    assertRedirects(client.post(reverse("password"), typed), reverse("home"))
    assert client.get(reverse("home")).status_code == 200
    assert elsewhere.get(reverse("home")).status_code == 302
    assertRedirects(attempt(elsewhere, password=NEW), reverse("home"))


def test_an_administrator_gives_a_password(account, zone, client):
    from kaifaqu.kernel import testing

    client.force_login(account)
    person = testing.employ(zone, "newcomer", "projects.view")
    address = reverse("set-password", args=[person.pk])
    assert address == reverse("act", args=["users", person.pk, "set_password"])
    assertContains(client.post(address, {"password": "1234567890", "repeated": "1234567890"}), "class=\"problem\"")
    assertRedirects(client.post(address, {"password": NEW, "repeated": NEW}), reverse("record", args=["users", person.pk]))
    client.logout()
    assertRedirects(attempt(client, "newcomer", NEW), reverse("home"))


def test_wrong_old_passwords_wait_as_wrong_passwords_do(account, client):
    client.force_login(account)
    typed = {"old": "wrong", "password": NEW, "repeated": NEW}
    for _try in range(TRIES):
        assertContains(client.post(reverse("password"), typed), "现口令不对")
    assertContains(client.post(reverse("password"), {**typed, "old": PASSWORD}), "15 分钟后再试")
    client.logout()
    assertContains(attempt(client), "15 分钟后再试")


def test_a_password_is_set_only_with_the_right_to(zone, clerk):
    low = employ(zone, "low", "users.view")
    give_password(clerk, "first-long-password", by=SYSTEM)
    stored = Credential.of(clerk)
    with pytest.raises(PermissionDenied):
        give_password(clerk, "other-long-password", by=low)
    assert Credential.of(clerk) == stored
