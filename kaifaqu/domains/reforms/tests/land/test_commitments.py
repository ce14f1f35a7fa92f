"""Commitments: publicity by the rule's days, dates for checks, and what is past them."""

import json

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.reforms.commitments_rules import COMMITMENT
from kaifaqu.domains.reforms.indicators import commitments as figures
from kaifaqu.domains.reforms.models import Commitment, CommitmentItem, ComplianceCheck, ReformMeasure
from kaifaqu.domains.reforms.tests.land.growing import act
from kaifaqu.kernel import access, actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import Project


def told(definition, period="2024-07"):
    """Return the value of a figure."""
    return definition.figure(Period.parse(period), scope=access.scope()).value


def lay_down(zone, clerk, content):
    """Lay down the zone's own rule of commitments from 2024 on."""
    rule = {"kind": COMMITMENT.code, "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "文件"}
    create = actions.find("rules.create").plan
    commit([create(zone, by=clerk, facts={**rule, "content": json.dumps(content)})], by=clerk)


def begun(zone, code="P1", items=("energy", "soil"), enterprise=None):
    """Return a case of a project that was notified on 2 January, with its items."""
    [project] = testing.enter(Project, zone, f"code | name | signed_on\n{code} | 项目{code} | 2023-12-01", enterprise=enterprise)
    [case] = testing.enter(Commitment, zone, f"code | notified_on | notified_evidence\nC{code} | 2024-01-02 | 告知书1号", project=project)
    if items:
        testing.enter(CommitmentItem, zone, "item\n" + "\n".join(items), commitment=case)
    return case


def approved(zone, code="P1", on="2024-01-20", **facts):
    """Return a case that was signed on 4 January and approved."""
    case = act(begun(zone, code), "sign", signed_on="2024-01-04", signed_evidence="承诺书1号")
    case = act(case, "publicise", publicised_on="2024-01-05", publicised_evidence="网站")
    return act(case, "approve", approved_on=on, approved_evidence="承诺批〔2024〕1号", **facts)


def test_items_are_chosen_before_the_letter_is_signed(zone):
    case = begun(zone, items=())
    with pytest.raises(ValidationError, match="还没有选「承诺事项」"):
        act(case, "sign", signed_on="2024-01-04")
    testing.enter(CommitmentItem, zone, "item\nenergy", commitment=case)
    case = act(case, "sign", signed_on="2024-01-04")
    assert (case.stage, case.warnings()) == ("signed", ["「承诺日期」2024-01-04 办理，没有写明「承诺书」。"])
    with pytest.raises(ValidationError, match="不能再加事项"):
        testing.enter(CommitmentItem, zone, "item\nsoil", commitment=case)


def test_an_item_that_the_rule_does_not_permit_is_refused_and_another_gives_its_name(zone, clerk):
    content = {**COMMITMENT.shipped().content, "items": {"energy": {"check_days": 30}, "other": {"check_days": 30}}}
    lay_down(zone, clerk, content)
    case = begun(zone, items=())
    with pytest.raises(ValidationError, match="「水土保持方案审批」不在可以承诺的事项之内；可选：节能审查、其他"):
        testing.enter(CommitmentItem, zone, "item\nsoil", commitment=case)
    with pytest.raises(ValidationError, match="选「其他」的请写明「事项名称」"):
        testing.enter(CommitmentItem, zone, "item\nother", commitment=case)
    [item] = testing.enter(CommitmentItem, zone, "item | name\nother | 取水许可", commitment=case)
    assert str(item) == "取水许可"


@pytest.mark.parametrize(("unit", "until"), [("calendar_day", "2024-02-10"), ("working_day", "2024-02-18")])
def test_publicity_lasts_the_days_of_the_rule_in_its_calendar(zone, clerk, unit, until):
    content = {**COMMITMENT.shipped().content, "publicity": {"days": 7, "unit": unit}}
    lay_down(zone, clerk, content)
    case = act(begun(zone), "sign", signed_on="2024-01-04", signed_evidence="承诺书")
    case = act(case, "publicise", publicised_on="2024-02-03")  # over the Spring Festival: 4 and 18 February were working Sundays
    assert str(case.publicised_until) == until
    with pytest.raises(ValidationError, match=f"公示到 {until} 为止"):
        act(case, "approve", approved_on=until, approved_evidence="批复")


def test_the_rule_gives_the_dates_of_the_checks(zone):
    case = approved(zone)
    assert str(case.verify_due_on) == "2025-01-19"
    assert {str(each.check_due_on) for each in CommitmentItem.objects.all()} == {"2024-07-18"}


def test_a_breach_needs_a_consequence_and_a_rectification_a_day(zone):
    case = approved(zone)
    with pytest.raises(ValidationError, match="违诺的请写明「后果」"):
        act(case, "check", checked_on="2024-05-01", result="breach")
    with pytest.raises(ValidationError, match="整改的请写明「复查日期」"):
        act(case, "check", checked_on="2024-05-01", result="rectify")
    with pytest.raises(ValidationError, match="违诺必须写明「违诺后果」"):
        act(case, "correct", facts={"breached_on": "2024-05-01"}, reason="x")
    case = act(case, "check", checked_on="2024-05-01", result="breach", consequence="撤销批复")
    assert (case.stage, str(case.breached_on), case.consequence) == ("breached", "2024-05-01", "撤销批复")
    assert [told(figures.BREACHES, month) for month in ("2024-05", "2024-06")] == [1, 0]


def test_it_is_concluded_when_the_last_check_of_every_item_says_kept(zone):
    case = approved(zone)
    energy, soil = CommitmentItem.objects.order_by("id")
    act(energy, "check", checked_on="2024-05-01", result="kept")
    act(soil, "check", checked_on="2024-05-01", result="rectify", follow_up_on="2024-06-01")
    with pytest.raises(ValidationError, match="不是「履行」的：水土保持方案审批。"):
        act(case, "conclude", checked_on="2024-06-03")
    act(soil, "check", checked_on="2024-06-02", result="kept")
    case = act(case, "conclude", checked_on="2024-06-03")
    assert act(case, "accept", accepted_on="2024-07-01", accepted_evidence="验收1号").stage == "accepted"


def test_what_is_past_its_date_without_a_check_is_listed(zone):
    case = approved(zone, verify_due_on="2024-07-20")
    energy, soil = CommitmentItem.objects.order_by("id")
    assert told(figures.UNCHECKED, "2024-07-18") == 0
    assert told(figures.UNCHECKED, "2024-07-19") == 1  # the items' date is past
    act(energy, "check", checked_on="2024-07-19", result="kept")
    assert told(figures.UNCHECKED, "2024-07-19") == 1
    act(soil, "check", checked_on="2024-07-19", result="rectify", follow_up_on="2024-07-25")
    assert told(figures.UNCHECKED, "2024-07-20") == 0
    assert told(figures.UNCHECKED, "2024-07-21") == 1  # its own date is past
    act(case, "check", checked_on="2024-07-21", result="kept")
    assert told(figures.UNCHECKED, "2024-07-30") == 0  # the whole was looked at, and what was to be put right with it


def test_a_rectification_that_nobody_looked_at_again_is_listed(zone):
    case = approved(zone)
    energy, soil = CommitmentItem.objects.order_by("id")
    act(energy, "check", checked_on="2024-05-01", result="kept")
    act(soil, "check", checked_on="2024-05-01", result="rectify", follow_up_on="2024-06-01")
    assert [told(figures.UNCHECKED, day) for day in ("2024-06-01", "2024-06-02", "2024-07-30")] == [0, 1, 1]
    assert case.warnings()[-1].endswith("复查日期 2024-06-01 已过，还没有复查。")
    act(energy, "check", checked_on="2024-06-10", result="kept")
    assert told(figures.UNCHECKED, "2024-06-10") == 1
    act(soil, "check", checked_on="2024-06-11", result="kept")
    assert [told(figures.UNCHECKED, day) for day in ("2024-06-10", "2024-06-11")] == [1, 0]


def test_a_check_taken_away_leaves_the_figure_but_not_the_figure_as_known_before(zone):
    case = approved(zone)
    act(case, "check", checked_on="2024-05-01", result="breach", consequence="撤销批复")
    known = events.last_seq()
    act(ComplianceCheck.objects.get(), "archive", reason="登记错误")
    may = Period.parse("2024-05")
    assert figures.BREACHES.figure(may, scope=access.scope()).value == 0
    assert figures.BREACHES.figure(may, scope=access.scope(), known=known).value == 1


def test_projects_are_counted_once_and_a_withdrawn_case_is_none(zone):
    for code in ("P1", "P2", "P3"):
        act(begun(zone, code), "sign", signed_on="2024-01-04")
    begun(zone, "P4")
    first = Commitment.objects.get(code="CP1")
    assert told(figures.PROJECTS) == 3
    act(first, "withdraw", withdrawn_on="2024-05-01", withdraw_reason="改按常规办理")
    again = testing.enter(Commitment, zone, "code | notified_on\nCX | 2024-05-02", project=first.project)[0]
    assert (told(figures.PROJECTS), told(figures.PROJECTS, "2024-04")) == (2, 3)
    testing.enter(CommitmentItem, zone, "item\nsoil", commitment=again)
    act(again, "sign", signed_on="2024-06-01")
    assert told(figures.PROJECTS) == 3
    with pytest.raises(ValidationError, match="已有一件没有撤回的承诺办理"):
        testing.enter(Commitment, zone, "code | notified_on\nCY | 2024-06-02", project=first.project)


def test_the_share_of_newly_filed_projects(zone):
    for code, landed in (("P1", "2024-02-01"), ("P2", "2024-03-01"), ("P3", "2024-03-01"), ("P4", "2024-01-15")):
        act(begun(zone, code).project, "land", landed_on=landed)
    act(Commitment.objects.get(code="CP1"), "sign", signed_on="2024-02-04")
    assert [told(each, "2024-03") for each in (figures.FILED, figures.FILED_ON_COMMITMENT, figures.SHARE)] == [4, 1, 25]


def test_kinds_of_reforms_are_counted_once_while_they_are_in_force(zone):
    testing.enter(ReformMeasure, zone, """
        kind       | title  | document | adopted_on | ended_on
        land       | 标准地 | 1号      | 2023-01-01 |
        land       | 细则   | 2号      | 2023-06-01 |
        commitment | 承诺制 | 3号      | 2023-01-01 | 2024-07-01
        agency     | 全代办 | 4号      | 2024-08-01 |
    """)
    assert [told(figures.KINDS, day) for day in ("2024-06-30", "2024-07-01", "2024-08-01")] == [2, 1, 2]


class TestCommitments(testing.RegisterTests):
    register = Commitment

    def facts(self, zone):
        [project] = testing.enter(Project, zone, "code | name | signed_on\nP1 | 项目 | 2023-12-01")
        return {"project": project, "notified_on": "2024-01-02", "notified_evidence": "告知书"}


class TestItems(testing.RegisterTests):
    register = CommitmentItem

    def facts(self, zone):
        return {"commitment": begun(zone, items=()), "item": "energy"}


class TestChecks(testing.RegisterTests):
    register = ComplianceCheck

    def facts(self, zone):
        case = act(begun(zone), "sign", signed_on="2024-01-04")
        return {"commitment": case, "checked_on": "2024-05-01", "result": "kept"}


class TestMeasures(testing.RegisterTests):
    register = ReformMeasure

    def facts(self, zone):
        return {"kind": "land", "title": "标准地出让", "document": "1号", "adopted_on": "2023-01-01"}
