"""M2-06: the difficulty ledger, as its acceptance text says."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.issues.rules import ROUTING
from kaifaqu.registers.issues.tests.conftest import act, at

CATEGORIES = ("land", "power", "funds")  # 用地、供电、资金


@pytest.mark.parametrize("category", CATEGORIES)
def test_m2_06_an_issue_of_an_enterprise_reaches_the_right_department_and_is_closed_by_the_enterprise_alone(office, category):
    lend, rule = actions.find("grants.create").plan, actions.find("rules.create").plan
    facts = {"receiver": office.firm_party, "right": "issues.report", "purpose": "提出难点堵点", "since": "2024-01-01"}
    commit([lend(office.zone, by=office.clerk, facts=facts)], by=office.clerk)
    routes = {each: {"holder": "DEP" if each == category else "ZONE"} for each in CATEGORIES}
    commit([rule(office.zone, by=office.clerk, facts={
        "kind": ROUTING.code, "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "分工文件",
        "content": json.dumps({"routes": routes})})], by=office.clerk)

    # an enterprise submits an issue in the three named categories
    owner = type(office.owner).objects.get(pk=office.owner.pk)
    report = actions.find("issues.report").plan
    [issue] = commit([report(office.zone, by=owner, title="困难", category=category, demand="希望协调")], by=owner)
    # it reaches the right department
    issue = act(issue, "route", office.clerk)
    assert (issue.holder, issue.stage) == (office.department, "assigned")
    assert Issue.objects.visible_to(office.handler).get() == issue
    # the clock runs in working days: ten from Monday 1 July, and over the holiday where there is one
    assert issue.resolution_due_on.isoformat() == "2024-07-15"
    assert office.opened("H", opened_on="2024-04-30").resolution_due_on.isoformat() == "2024-05-16"  # 11 May was a working Saturday
    # overdue is escalated
    clock.set(at("07-22 08:00"))
    issue = Issue.objects.get(pk=issue.pk)
    assert issue.level == "supervise"
    # and it can be closed only after the enterprise confirms
    issue = act(act(issue, "resolve", office.handler, result="解决了"), "verify", office.clerk)
    for verb, facts in (("confirm", {"satisfaction": "satisfied"}), ("correct", {"facts": {"confirmed_on": "2024-07-22"}, "reason": "x"})):
        with pytest.raises((PermissionDenied, ValidationError)):
            act(issue, verb, office.clerk, **facts)
    assert act(issue, "confirm", owner, satisfaction="satisfied").stage == "closed"
