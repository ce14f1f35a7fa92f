"""What the worker does: it counts anew what a changed calendar or rule moves, keeps both days, and leaves the rest alone."""

import json
from datetime import date

import pytest

from kaifaqu.cases import sweeping
from kaifaqu.clocks.calendar import CALENDAR
from kaifaqu.clocks.rules import CLOCKS
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.issues.tests.conftest import act, at

NEXT_YEAR = {"notices": [{"years": [2027], "holidays": [
    {"name": "元旦", "off": ["2027-01-01", "2027-01-03"]}, {"name": "春节", "off": ["2027-02-05", "2027-02-11"], "work": ["2027-01-30"]},
]}]}  # fmt: skip


def enter(office, kind, content, day):
    plan = actions.find("rules.create").plan
    facts = {"kind": kind, "since": day, "published_on": day, "source_document": "演示通知", "content": json.dumps(content)}
    commit([plan(office.zone, by=office.clerk, facts=facts)], by=office.clerk)


def test_a_day_in_a_year_without_calendar_is_provisional_and_both_are_kept(office):
    clock.set(at("2026-12-24 09:00"))
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    before = office.opened("N2", opened_on="2026-12-01")
    assert (issue.provisional, issue.resolution_due_on, issue.provisional_due_on) == (True, date(2027, 1, 7), date(2027, 1, 7))
    assert (before.provisional, before.provisional_due_on) == (False, None)
    sweeping.follow_rules()
    enter(office, CALENDAR.code, NEXT_YEAR, "2026-12-24")
    assert sweeping.follow_rules() == 1  # 1 January is a holiday; the other leans on no day of next year
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.provisional, issue.resolution_due_on, issue.provisional_due_on) == (False, date(2027, 1, 8), date(2027, 1, 7))
    assert Issue.Version.objects.filter(id=issue.pk, resolution_due_on="2027-01-07").exists()  # and what was known stays known
    assert sweeping.follow_rules() == 0


def test_a_notice_comes_into_force_by_its_day_alone(office):
    clock.set(at("2026-12-24 09:00"))
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    enter(office, CALENDAR.code, NEXT_YEAR, "2026-12-28")
    found = []
    for day in ("2026-12-24", "2026-12-28"):
        clock.set(at(f"{day} 10:00"))
        sweeping.follow_rules()
        found.append(Issue.objects.get(pk=issue.pk).provisional)
        sweeping.settle()
        found.append(Issue.objects.get(pk=issue.pk).provisional)
    assert found == [True, True, True, False]


def test_a_rule_of_clocks_moves_what_is_opened_after_it_begins_and_nothing_before(office):
    old = office.opened("OLD")
    rule = {**CLOCKS.shipped().content, "issue.resolution": {
        "label": "难点堵点化解", "amount": 5, "unit": "working_day", "basis": "演示文件"}}
    clock.set(at("07-08 09:00"))
    enter(office, CLOCKS.code, rule, "2024-07-08")
    sweeping.follow_rules()
    new = office.opened("NEW")
    assert (Issue.objects.get(pk=old.pk).resolution_due_on, new.resolution_due_on) == (date(2024, 7, 15), date(2024, 7, 15))


@pytest.mark.parametrize("verb", ["resolve", "refuse"])
def test_what_is_done_escalates_no_further(office, verb):
    issue = act(office.opened(), verb, office.clerk, **{"resolve": {"result": "好"}, "refuse": {"text": "不属实"}}[verb])
    clock.set(at("08-30 09:00"))
    assert (sweeping.escalate(), Issue.objects.get(pk=issue.pk).level) == (0, "")


def test_a_case_that_somebody_changes_meanwhile_is_left_and_the_others_go_on(office, monkeypatch):
    issue, other = (act(office.opened(code), "assign", office.clerk, holder=office.department) for code in ("N1", "N2"))
    clock.set(at("07-15 09:00"))
    read = Issue.learn_steps

    def overtaken(cases):
        read(cases)
        monkeypatch.setattr(Issue, "learn_steps", read)
        act(issue, "update", office.handler, text="有进展", on=None)
        act(issue, "correct", office.clerk, facts={"demand": "补充"}, reason="补充")

    monkeypatch.setattr(Issue, "learn_steps", overtaken)
    assert sweeping.escalate() == 1
    assert [Issue.objects.get(pk=each.pk).level for each in (issue, other)] == ["red", "red"]  # the correction itself has counted the one
    assert sweeping.escalate() == 0
