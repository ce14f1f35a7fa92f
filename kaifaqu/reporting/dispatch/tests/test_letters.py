"""A letter of urging is drafted as a brief for one red project; a person reviews, signs and sends it, never the system."""

from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.kernel import events, testing
from kaifaqu.reporting.briefs import making
from kaifaqu.reporting.briefs.models import Brief
from kaifaqu.reporting.dispatch.letters import NOTE

ASKED = {"demand": "补足模具，月底前追回进度", "due_on": date(2024, 8, 20), "documents": "演示投资协议 P2"}


def draft(town, do, code="P2", by=None, **facts):
    return do("briefs.draft_letter", town.zone, by or town.clerk, project=town.projects[code], **{**ASKED, **facts})


def test_it_says_what_stays_behind_by_which_rule_who_is_asked_and_by_when(town, do, raise_issue):
    raise_issue("N1", "缺地{{ 数 }}", town.projects["P2"], agreed_on="2024-08-30")
    letter = draft(town, do)
    assert (letter.stage, letter.drafted_by, letter.template.note) == ("draft", town.clerk, NOTE)
    composed = making.compose(letter.template, letter.asked, town.clerk)
    assert composed.problems == []
    text = "\n".join(composed.document.lines())
    for told in (
        "P2　锻造（计划总投资 2000 万元，在建）", "出厂默认", "落后序时进度 33.3 个百分点", "开工日期：2023-03-01", "2024-07：缺模具",
        "牵头单位：项目部；责任领导：leader", "N1 缺地", "补足模具，月底前追回进度", "请于 2024-08-20 前", "演示投资协议 P2",
    ):  # fmt: skip
        assert told in text
    assert events.timeline(letter).first().action == "briefs.draft_letter"


def test_it_is_reviewed_and_issued_as_every_brief_and_nothing_is_sent(client, town, do):
    letter = draft(town, do)
    do("briefs.submit", letter, town.clerk)
    with pytest.raises(ValidationError, match="由别人审核"):
        do("briefs.review", letter, town.clerk)
    do("briefs.review", letter, town.leader)
    assert Brief.objects.get(pk=letter.pk).stage == "reviewed"
    assert mail.outbox == []
    client.force_login(town.clerk)
    assertContains(client.get(reverse("record", args=["briefs", letter.pk])), "系统不会把它发给任何单位或个人")


def test_only_for_a_red_project_of_ones_own_by_who_drafts_briefs(town, do, other, stranger):
    with pytest.raises(ValidationError, match="没有亮红灯"):
        draft(town, do, "P1")
    with pytest.raises(ValidationError, match="已到"):
        draft(town, do, due_on=date(2024, 8, 5))
    with pytest.raises(PermissionDenied):
        draft(town, do, by=testing.employ(town.zone, "reader", "projects.view progress.view briefs.view"))
    with pytest.raises(PermissionDenied):
        draft(town, do, by=stranger)


def test_the_table_leads_to_the_form_and_the_form_to_the_draft(client, town):
    client.force_login(town.clerk)
    address = f"{reverse('new-by', args=['briefs', 'draft_letter'])}?project={town.projects['P2'].pk}"
    assertContains(client.get(reverse("dispatch")), address)
    form = client.get(address).context["form"]
    assert int(form["project"].value()) == town.projects["P2"].pk
    answer = client.post(address, {
        "owner": town.zone.pk, "project": town.projects["P2"].pk, **ASKED, "due_on": "2024-08-20", "token": form.token})
    [letter] = Brief.objects.all()
    assert answer.headers["Location"] == reverse("record", args=["briefs", letter.pk])
