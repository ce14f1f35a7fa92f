"""Links: somebody without an account reports one issue and confirms it, and gets no further."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.cases.links import Bearer, hashed
from kaifaqu.kernel import actions, clock, events
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.issues.models import Issue, IssueLink
from kaifaqu.registers.issues.tests.conftest import act, at

SECRET = "a-secret-that-nobody-guesses"
REPORT = {"do": "report", "report-category": "power", "report-title": "电压不稳", "report-demand": "每天停两次"}


def link_for(office, subject=None, secret=SECRET, until=date(2024, 7, 31)):
    make = actions.find("issue_links.create").plan
    facts = {"enterprise": office.firm, "subject": subject, "expires_on": until, "addressee": "王", "secret_hash": hashed(secret)}
    return commit([make(office.zone, by=office.clerk, **facts)], by=office.clerk)[0]


def address(secret=SECRET):
    return reverse("issue-link", args=[secret])


def resolved(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    return act(issue, "resolve", office.handler, result="地已交付")


def test_an_issue_is_reported_followed_and_confirmed_by_a_link_without_an_account(office):
    link, client = link_for(office), Client()
    assertContains(client.get(address()), "提出难点堵点")
    assertContains(client.post(address(), REPORT), "已经提出")
    issue = Issue.objects.get()
    assert (issue.title, issue.category, issue.enterprise) == ("电压不稳", "power", office.firm)
    assert (issue.channel, issue.stage) == ("link", "registered")
    assert IssueLink.objects.get(pk=link.pk).subject == issue
    assertContains(client.post(address(), {"do": "remind", "remind-text": "请快一点"}), "已经催办")
    issue = act(act(issue, "assign", office.clerk, holder=office.department), "resolve", office.handler, result="换了变压器")
    assertContains(client.get(address()), "换了变压器")
    assertContains(client.post(address(), {"do": "confirm", "confirm-satisfaction": "satisfied", "confirm-text": "好"}), "已经记录")
    issue = Issue.objects.get()
    assert (issue.stage, issue.word, issue.satisfaction) == ("closed", "link", "satisfied")
    assert {each.actor for each in events.Event.objects.filter(action__endswith="_by_link")} == {f"link:{link.code}"}


def test_who_is_not_satisfied_sends_it_back(office):
    issue = resolved(office)
    link_for(office, issue)
    assertContains(Client().post(address(), {"do": "dispute", "dispute-text": "还缺一块"}), "退回重办")
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.stage, issue.reopened) == ("assigned", 1)


@pytest.mark.parametrize(("day", "status"), [("07-31 23:00", 200), ("08-01 00:10", 410)])
def test_a_link_holds_to_the_end_of_its_last_day(office, day, status):
    link_for(office, resolved(office))
    clock.set(at(day))
    assert Client().get(address()).status_code == status
    posted = Client().post(address(), {"do": "confirm", "confirm-satisfaction": "satisfied"})
    assert (posted.status_code, Issue.objects.get().stage) == (status, "closed" if status == 200 else "resolved")


def test_one_that_was_taken_back_or_never_was_shows_nothing(office):
    link = link_for(office, resolved(office))
    archive = actions.find("issue_links.archive").plan
    commit([archive(link, by=office.clerk, version=link.row_version, reason="给错了人")], by=office.clerk)
    for secret in (SECRET, hashed(SECRET), "x" * 43, link.code):
        answer = Client().get(address(secret))
        assert answer.status_code == 404
        assertNotContains(answer, "用地", 404)


def test_an_issue_that_was_taken_back_is_neither_seen_nor_changed_by_its_link(office):
    issue = resolved(office)
    link_for(office, issue)
    archive = actions.find("issues.archive").plan
    commit([archive(issue, by=office.clerk, version=issue.row_version, reason="重复登记")], by=office.clerk)
    answer = Client().get(address())
    assertNotContains(answer, "用地", 404)
    assert Client().post(address(), {"do": "confirm", "confirm-satisfaction": "satisfied"}).status_code == 404
    assert Issue.objects.get(pk=issue.pk).stage == "resolved"


def test_a_hostile_form_changes_nothing_but_what_the_link_is_for(office):
    mine, other = resolved(office), office.opened("N2")
    link_for(office, mine)
    before = events.last_seq()
    for posted in (
        {"do": "report", "report-title": "第二个", "report-category": "land"},  # it has its issue
        {"do": "remind", "remind-text": "x"},  # it is done already
        {"do": "archive", "reason": "x"}, {"do": "correct", "title": "别的"}, {},
        {"do": "confirm", "confirm-satisfaction": "wonderful"},
    ):
        posted = {**posted, "subject": other.pk, "stage": "closed", "version": "999", "owner": "1"}
        assert Client().post(address(), posted).status_code == 200
    assert events.last_seq() == before
    Client().post(address(), {"do": "confirm", "confirm-satisfaction": "fair", "subject": other.pk, "stage": "refused", "reopened": 9})
    told = {each.code: (each.stage, each.satisfaction, each.reopened) for each in Issue.objects.all()}
    assert told == {"N1": ("closed", "fair", 0), "N2": ("registered", "", 0)}


def test_a_form_of_another_site_is_refused(office):
    link_for(office, resolved(office))
    assert Client(enforce_csrf_checks=True).post(address(), {"do": "confirm", "confirm-satisfaction": "fair"}).status_code == 403
    assert Issue.objects.get().stage == "resolved"


def test_whoever_bears_a_link_may_take_no_other_action_and_touch_no_other_record(office):
    issue, other = resolved(office), office.opened("N2")
    bearer = Bearer(link_for(office, issue))
    permitted = []
    for action in actions.registry().values():
        for record in (issue, other, bearer.link, office.firm, office.zone):
            if (isinstance(record, action.register) or action.creates) and action.permits(bearer, record):
                permitted.append((action.code, record.code))
    assert sorted(permitted) == [
        ("issue_links.report", bearer.link.code), ("issues.confirm_by_link", "N1"), ("issues.dispute_by_link", "N1"),
        ("issues.recount", "N1"), ("issues.remind_by_link", "N1"),
    ]
    with pytest.raises(PermissionDenied):
        actions.find("issues.confirm_by_link").plan(other, by=bearer, version=other.row_version, satisfaction="fair")
    with pytest.raises(ValidationError, match="已经用来提出"):
        actions.find("issue_links.report").plan(bearer.link, by=bearer, version=bearer.link.row_version, title="二", category="land")


def test_the_secret_is_shown_once_and_kept_as_its_hash_only(office):
    client = Client()
    client.force_login(office.clerk)
    answer = client.post(reverse("issue-link-new"), {"enterprise": office.firm.pk, "expires_on": "2024-07-31", "addressee": "王"})
    [secret] = re.findall(r"/l/([\w-]{43})/", answer.content.decode())[:1]
    link = IssueLink.objects.get()
    assert link.secret_hash == hashed(secret)
    assert not any(secret in each.payload for each in events.Event.objects.all())
    assertNotContains(client.get(reverse("record", args=["issue_links", link.pk])), secret)
    assert Client().get(address(secret)).headers["Referrer-Policy"] == "same-origin"


def test_only_who_may_gives_links_out_and_only_for_what_he_sees(office):
    client = Client()
    client.force_login(office.rival)
    issue = office.opened()
    assertNotContains(client.get(f"{reverse('issue-link-new')}?subject={issue.pk}"), str(issue))
    form = client.post(reverse("issue-link-new"), {"enterprise": office.firm.pk, "expires_on": "2024-07-31"})
    assert (form.status_code, IssueLink.objects.count()) == (200, 0)
    with pytest.raises(ValidationError, match="事项页面上生成"):
        actions.find("issue_links.create").plan(office.zone, by=office.clerk, enterprise=office.firm, expires_on=date(2024, 7, 31))
