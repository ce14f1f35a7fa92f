"""M2-08: a line of work is switched off and on by the system administrator; the learning ledger is the first that can be."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from kaifaqu.domains.party.models import StudySession
from kaifaqu.kernel import access, actions, audit, indicators, testing
from kaifaqu.kernel.access import Role
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import domains
from kaifaqu.web.founding import found, rights_of

SWITCH = reverse("switch-domain")
SHOWN = {  # pages on which something of the ledger stands while it is on, and what
    reverse("home"): "学习活动", reverse("figures"): "party.study.sessions.count", f"{reverse('search')}?q=学习活动": "学习活动",
    reverse("help-contents"): "党建台账", reverse("new", args=["roles"]): "study_sessions.view",
    f"{reverse('search')}?q=两会": "两会", f"{reverse('search')}?q=party.study": "party.study",
}  # fmt: skip
ADDRESSES = (
    reverse("records", args=["study_sessions"]), reverse("new", args=["study_sessions"]), reverse("help", args=["party"]),
    reverse("import-table", args=["study_sessions"]), reverse("figure", args=["party.study.sessions.count"]),
    reverse("figure-export", args=["party.study.sessions.count", "csv"]),
)  # fmt: skip


@pytest.fixture
def sessions(zone):
    """Return two sessions."""
    return testing.enter(StudySession, zone, """
        code | held_on    | mode     | topic    | attendance
        S1   | 2024-03-12 | gathered | 两会精神 | 18
        S2   | 2024-04-09 | led      | 条例领读 | 11
    """, branch=zone)


def test_m2_08_off_in_a_new_installation_and_on_in_a_demo(db):
    found("OWN", "自己的开发区", "admin", "a-good-long-password")
    assert domains.off() == {*domains.every()} >= {"party"}


def test_m2_08_a_demo_has_it(zone):
    assert domains.off() == set()


def test_m2_08_it_is_switched_off_and_on_and_nothing_is_lost(zone, clerk, client, sessions):
    client.force_login(clerk)
    for address, text in SHOWN.items():
        assertContains(client.get(address), text)
    for address in ADDRESSES:
        assert client.get(address).status_code == 200, address
    page = reverse("record", args=["study_sessions", sessions[0].pk])
    assertContains(client.get(page), "两会精神")

    assertRedirects(client.post(SWITCH, {"off": "party"}), f"{reverse('settings')}#domains")
    for address, text in SHOWN.items():
        answer = client.get(address)
        if "q=" in address:  # the page repeats what is sought
            assert answer.context["groups"] == [], address
        else:
            assertNotContains(answer, text)
    for address in (*ADDRESSES, page):
        assertContains(client.get(address), "业务模块「党建」在本安装没有启用；其中的记录都还在", status_code=404)
    assertNotContains(client.get(reverse("record", args=["parties", zone.pk])), "学习活动")
    assert StudySession.objects.current().count() == 2
    assert audit.verify().problems == []

    client.post(SWITCH, {"on": "party"})
    for address, text in SHOWN.items():
        assertContains(client.get(address), text)
    assertContains(client.get(page), "两会精神")
    count = indicators.find("party.study.sessions.count")
    assert count.figure(Period.parse("2024"), scope=access.scope()).value == 2


def test_m2_08_only_who_may_switch_does(zone, client):
    client.force_login(testing.employ(zone, "secretary", rights_of("secretary")))
    assert client.post(SWITCH, {"off": "party"}).status_code == 403
    assert domains.off() == set()
    client.force_login(testing.employ(zone, "admin", rights_of("system")))
    client.post(SWITCH, {"off": "party"})
    assert domains.off() == {"party"}
    assertContains(client.post(SWITCH, {"off": "party"}, follow=True), "本来就没有启用")
    assertContains(client.post(SWITCH, {"on": "nowhere"}, follow=True), "没有业务模块「nowhere」。可选：attraction（招商）")


def test_m2_08_a_role_keeps_the_rights_of_what_is_off(zone, clerk, client):
    [role] = commit([actions.find("roles.create").plan(zone, by=clerk, facts={
        "code": "both", "name": "两样", "rights": "study_sessions.view projects.view"})], by=clerk)
    commit([domains.switch_off(zone, by=clerk, domain="party")], by=clerk)
    client.force_login(clerk)
    edit = reverse("edit", args=["roles", role.pk])
    assertNotContains(client.get(edit), "study_sessions")
    sent = {"version": 1, "read": 1, "code": "both", "name": "两样", "rights": ["projects.view", "leads.view"], "reason": "加一项"}
    client.post(edit, sent)
    assert Role.objects.get(pk=role.pk).rights == "leads.view projects.view study_sessions.view"
