"""What an enterprise asks for on a visit becomes an issue with a deadline."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import testing
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.visits.actions import Category
from kaifaqu.registers.visits.models import VisitIssue
from kaifaqu.registers.visits.tests.conftest import do

APPEALS = "请协调专线送电\n请疏通厂门口排水"


@pytest.fixture
def visit(today, visits, projects):
    """Return a visit on which the firm asked for two things."""
    return visits("code | enterprise | department | project | visited_on\nZ1 | Q1 | XM | P1 | 2024-08-02", appeals=APPEALS)[0]


def test_an_appeal_becomes_an_issue_of_the_firm_with_its_time_limits(visit, clerk):
    do("visits.raise_issue", visit, by=clerk, category=Category.POWER)
    issue = Issue.objects.get()
    assert (issue.title, issue.demand, issue.category, issue.channel) == ("请协调专线送电", APPEALS, "power", "visit")
    assert (issue.enterprise, issue.project, issue.opened_on) == (visit.enterprise, visit.project, date(2024, 8, 5))
    assert issue.opened_on < issue.response_due_on <= issue.resolution_due_on
    assert VisitIssue.objects.get().visit == visit


def test_the_form_begins_with_the_line_and_the_visit_leads_to_the_issue(visit, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("record", args=["visits", visit.pk]))
    assertContains(page, f'href="/visits/{visit.pk}/issue/?line=1"')
    address = reverse("visit-issue", args=[visit.pk]) + "?line=1"
    assertContains(client.get(address), 'value="请疏通厂门口排水"')
    answer = client.post(address, {"version": 1, "read": 1, "title": "请疏通厂门口排水", "demand": "", "category": "water"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("record", args=["visits", visit.pk])
    issue = Issue.objects.get()
    assertContains(answer, f'href="/r/issues/{issue.pk}/"')
    assertContains(answer, "请协调专线送电")
    assertNotContains(answer, f'href="/visits/{visit.pk}/issue/?line=1"')


def test_without_an_appeal_or_a_visit_there_is_no_issue(visit, visits, clerk, stranger):
    empty, planned = visits("""
        code | enterprise | department | visited_on | planned_on
        Z2   | Q1         | XM         | 2024-08-02 |
        Z3   | Q1         | XM         |            | 2024-09-02
    """)
    for each in (empty, planned):
        with pytest.raises(ValidationError, match="先完成走访、记下「诉求」"):
            do("visits.raise_issue", each, by=clerk, category=Category.POWER)
    with pytest.raises(PermissionDenied):
        do("visits.raise_issue", visit, by=stranger, category=Category.POWER)


def test_an_issue_of_another_enterprise_is_not_linked(zone, visit, firms):
    testing.enter(Issue, zone, "code | title | category | opened_on\nN1 | 用电 | power | 2024-08-02", enterprise=firms["Q2"])
    with pytest.raises(ValidationError, match="不是走访的这家企业提出的"):
        testing.enter(VisitIssue, zone, "code | visit | issue\nS1 | Z1 | N1")
    assert not VisitIssue.objects.exists()
