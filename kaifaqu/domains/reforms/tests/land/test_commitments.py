"""Commitments: publicity by the rule's days, dates for checks, and what is past them."""

import json
from datetime import date

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from kaifaqu.domains.reforms.commitments_rules import COMMITMENT
from kaifaqu.domains.reforms.due_dates import checked
from kaifaqu.domains.reforms.indicators import commitments as figures
from kaifaqu.domains.reforms.models import Commitment, CommitmentItem, ComplianceCheck, ReformMeasure
from kaifaqu.domains.reforms.tests.land.growing import act
from kaifaqu.kernel import access, actions, events, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import many
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.sheets import importing


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


def brought(zone, clerk, text):
    """Return a table of checks that was brought in and looked at."""
    rows = "\n".join("\t".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines())
    upload = importing.receive(ComplianceCheck, zone, clerk, "检查.txt", rows, reason="核对")
    upload.choices["confirmed"] = [*ComplianceCheck.objects.values_list("pk", flat=True)]
    importing.check(upload)
    return upload


def test_items_are_chosen_before_the_letter_is_signed(zone):
    case = begun(zone, items=())
    with pytest.raises(ValidationError, match="还没有选「承诺事项」"):
        act(case, "sign", signed_on="2024-01-04")
    testing.enter(CommitmentItem, zone, "item\nenergy", commitment=case)
    case = act(case, "sign", signed_on="2024-01-04")
    assert (case.stage, case.warnings()) == ("signed", ["「承诺日期」2024-01-04 办理，没有写明「承诺书」。"])
    with pytest.raises(ValidationError, match="事项不能再增减或更改"):
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
    assert (case.verify_due_on, str(case.verify_by)) == (None, "2025-01-19")
    assert {(each.check_due_on, str(each.check_by)) for each in CommitmentItem.objects.all()} == {(None, "2024-07-18")}


def test_the_dates_follow_the_approval_and_an_agreed_one_stays(zone):
    case, [energy, soil] = approved(zone), CommitmentItem.objects.order_by("id")
    act(soil, "correct", facts={"check_due_on": "2024-08-01"}, reason="约定")
    case = act(case, "correct", facts={"approved_on": "2024-06-25"}, reason="登记错误")
    assert str(case.verify_by) == "2025-06-25"
    assert [str(CommitmentItem.objects.get(pk=each.pk).check_by) for each in (energy, soil)] == ["2024-12-22", "2024-08-01"]


def test_a_breach_needs_a_consequence_and_a_rectification_a_day(zone):
    case = approved(zone)
    with pytest.raises(ValidationError, match="违诺的请写明「后果」"):
        act(case, "check", checked_on="2024-05-01", result="breach")
    with pytest.raises(ValidationError, match="整改的请写明「复查日期」"):
        act(case, "check", checked_on="2024-05-01", result="rectify")
    with pytest.raises(ValidationError, match="没有可填的栏目"):
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


def test_a_breach_is_one_check_whichever_way_it_comes_in(zone):
    first, second = approved(zone, "P1"), approved(zone, "P2")
    first = act(first, "breach", breached_on="2024-05-06", consequence="撤销批复")
    facts = {"commitment": second, "checked_on": "2024-05-07", "result": "breach", "consequence": "记入信用档案"}
    [check, _case] = commit([actions.find("compliance_checks.create").plan(zone, by=SYSTEM, facts=facts)], by=SYSTEM)
    second = Commitment.objects.get(pk=second.pk)
    assert [(each.stage, str(each.breached_on), each.consequence) for each in (first, second)] == [
        ("breached", "2024-05-06", "撤销批复"), ("breached", "2024-05-07", "记入信用档案")]
    assert told(figures.BREACHES, "2024-05") == 2
    act(check, "correct", facts={"result": "kept", "consequence": ""}, reason="看错")
    assert (Commitment.objects.get(pk=second.pk).stage, told(figures.BREACHES, "2024-05")) == ("approved", 1)
    act(ComplianceCheck.objects.get(commitment=first), "archive", reason="登记错误")
    assert (Commitment.objects.get(pk=first.pk).stage, told(figures.BREACHES, "2024-05")) == ("approved", 0)


def test_a_breach_of_one_item_hides_no_other_and_is_no_dead_end(zone):
    case, [energy, soil] = approved(zone), CommitmentItem.objects.order_by("id")
    act(energy, "check", checked_on="2024-05-06", result="breach", consequence="改按常规审批")
    assert [told(figures.UNCHECKED, day) for day in ("2024-07-18", "2024-07-19")] == [0, 1]  # the other was never checked
    with pytest.raises(ValidationError, match="请先登记复查为「履行」的检查：节能审查"):
        act(case, "restore", restored_on="2024-07-20")
    act(energy, "check", checked_on="2024-07-19", result="kept")
    case = act(case, "restore", restored_on="2024-07-20")
    assert (case.stage, str(case.breached_on), str(case.restored_on)) == ("approved", "2024-05-06", "2024-07-20")
    act(soil, "check", checked_on="2024-07-21", result="breach", consequence="撤销批复")
    case = Commitment.objects.get()
    assert (case.stage, case.restored_on) == ("breached", None)
    assert act(case, "withdraw", withdrawn_on="2024-07-30", withdraw_reason="改按常规审批").stage == "withdrawn"
    assert [told(figures.UNCHECKED, "2024-07-30"), told(figures.BREACHES, "2024-05")] == [0, 1]


@pytest.mark.parametrize("day", ["2024-04-15", "2024-05-01", "2024-06-02"])
def test_a_breach_that_is_entered_late_breaks_what_was_put_right(zone, day):
    case, [energy, soil] = approved(zone), CommitmentItem.objects.order_by("id")
    act(energy, "check", checked_on="2024-05-01", result="breach", consequence="改按常规审批")
    act(energy, "check", checked_on="2024-06-01", result="kept")
    assert act(case, "restore", restored_on="2024-06-01").stage == "approved"
    act(soil, "check", checked_on=day, result="breach", consequence="撤销批复")
    case = Commitment.objects.get()
    assert (case.stage, str(case.breached_on), case.restored_on) == ("breached", max(day, "2024-05-01"), None)
    with pytest.raises(ValidationError, match="请先登记复查为「履行」的检查：水土保持方案审批"):
        act(case, "restore", restored_on="2024-06-01")
    act(soil, "check", checked_on="2024-06-20", result="kept")
    assert act(case, "restore", restored_on="2024-06-20").stage == "approved"


def test_what_was_put_right_stays_so_when_only_the_day_of_the_breach_was_mistyped(zone):
    case, energy = approved(zone), CommitmentItem.objects.order_by("id").first()
    act(energy, "check", checked_on="2024-05-01", result="breach", consequence="改按常规审批")
    act(energy, "check", checked_on="2024-06-01", result="kept")
    act(case, "restore", restored_on="2024-06-01")
    broken, kept = ComplianceCheck.objects.order_by("id")
    act(broken, "correct", facts={"checked_on": "2024-05-02"}, reason="登记错误")
    case = Commitment.objects.get()
    assert (case.stage, str(case.breached_on), str(case.restored_on)) == ("approved", "2024-05-02", "2024-06-01")
    act(energy, "check", checked_on="2024-07-01", result="rectify", follow_up_on="2024-07-20")  # a later fault is no breach
    assert Commitment.objects.get().stage == "approved"
    act(kept, "archive", reason="登记错误")  # nobody has seen it put right
    case = Commitment.objects.get()
    assert (case.stage, case.restored_on) == ("breached", None)


def test_a_table_brings_breaches_of_one_case_as_if_they_were_entered_one_by_one_and_is_taken_back_whole(zone, clerk, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    case, energy = approved(zone), CommitmentItem.objects.order_by("id").first()
    act(energy, "check", checked_on="2024-07-01", result="breach", consequence="记入信用档案")
    upload = brought(zone, clerk, """
        编号   | 承诺办理 | 承诺事项 | 检查日期   | 结果 | 后果
        JC0001 | CP1      | CS0001   | 2024-07-01 | 履行 |
               | CP1      | CS0002   | 2024-07-01 | 违诺 | 责令停工
               | CP1      | CS0001   | 2024-07-20 | 违诺 | 改按常规审批
               | CP1      | CS0002   | 2024-06-10 | 违诺 | 责令整改
    """)
    assert upload.found["counts"] == {"changed": 1, "new": 3}
    changeset = importing.write(upload, clerk)
    case = Commitment.objects.get()
    assert (case.stage, str(case.breached_on), case.consequence) == ("breached", "2024-07-20", "改按常规审批")
    commit([actions.find("changesets.undo").plan(changeset, by=clerk, version=changeset.row_version, reason="重复")], by=clerk)
    case = Commitment.objects.get()
    assert (case.stage, str(case.breached_on), case.consequence) == ("breached", "2024-07-01", "记入信用档案")
    assert [each.result for each in ComplianceCheck.objects.current()] == ["breach"]


def test_items_of_one_case_that_were_broken_are_entered_together(zone, clerk):
    approved(zone)
    check, told = actions.find("commitment_items.check"), {"checked_on": date(2024, 7, 1), "result": "breach", "consequence": "责令停工"}
    person = type(clerk).objects.get(pk=clerk.pk)
    [changeset] = many.write(check, [*many.plan(check, CommitmentItem.objects.order_by("id"), told, person)], person, "")
    assert (Commitment.objects.get().stage, ComplianceCheck.objects.count(), changeset.changed) == ("breached", 2, 2)


def test_a_table_whose_rows_cancel_each_other_leaves_what_the_last_of_them_says(zone, clerk, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    approved(zone)
    act(CommitmentItem.objects.order_by("id").first(), "check", checked_on="2024-07-01", result="breach", consequence="记入信用档案")
    importing.write(brought(zone, clerk, """
        编号   | 承诺办理 | 承诺事项 | 检查日期   | 结果 | 后果
        JC0001 | CP1      | CS0001   | 2024-07-01 | 履行 |
               | CP1      | CS0002   | 2024-07-01 | 违诺 | 记入信用档案
    """), clerk)
    case = Commitment.objects.get()
    assert (case.stage, str(case.breached_on)) == ("breached", "2024-07-01")


def test_old_stock_comes_in_with_its_items_and_concludes_only_with_checks(zone):
    [project] = testing.enter(Project, zone, "code | name | signed_on\nP1 | 项目 | 2021-12-01")
    [case] = testing.enter(Commitment, zone, """
        code | notified_on | signed_on  | publicised_on | approved_on
        C1   | 2022-01-03  | 2022-01-05 | 2022-01-06    | 2022-01-20
    """, project=project)
    assert (case.stage, case.historical) == ("approved", True)
    with pytest.raises(ValidationError, match="还没有登记承诺事项"):
        act(case, "conclude", checked_on="2024-07-01")
    [item] = testing.enter(CommitmentItem, zone, "item\nenergy", commitment=case)
    assert (str(item.check_by), told(figures.UNCHECKED)) == ("2022-07-19", 1)
    with pytest.raises(ValidationError, match="：节能审查。"):
        act(case, "conclude", checked_on="2024-07-01")
    act(item, "check", checked_on="2024-07-01", result="kept")
    assert act(case, "conclude", checked_on="2024-07-01").stage == "checked"


def test_what_was_signed_stays(zone):
    [energy, _soil] = CommitmentItem.objects.filter(commitment=approved(zone)).order_by("id")
    with pytest.raises(ValidationError, match="事项不能再增减或更改"):
        act(energy, "archive", reason="去掉")
    with pytest.raises(ValidationError, match="事项不能再增减或更改"):
        act(energy, "correct", facts={"item": "environment"}, reason="改成环评")


def test_a_check_of_the_whole_answers_for_no_item(zone):
    case, [energy, soil] = approved(zone), CommitmentItem.objects.order_by("id")
    act(case, "check", checked_on="2024-07-05", result="kept")
    with pytest.raises(ValidationError, match="不是「履行」的：节能审查、水土保持方案审批。"):
        act(case, "conclude", checked_on="2024-07-06")
    for item in (energy, soil):
        act(item, "check", checked_on="2024-07-06", result="kept")
    with pytest.raises(ValidationError, match="早于最近一次检查 2024-07-06"):
        act(case, "conclude", checked_on="2024-07-05")
    act(case, "check", checked_on="2024-07-07", result="rectify", follow_up_on="2024-07-20")
    act(energy, "check", checked_on="2024-07-08", result="kept")
    act(soil, "check", checked_on="2024-07-08", result="kept")
    with pytest.raises(ValidationError, match="不是「履行」的：整件。"):
        act(case, "conclude", checked_on="2024-07-09")


def test_the_agenda_shows_what_is_owed_and_not_what_was_done(zone, clerk):
    case, [energy, _soil] = approved(zone), CommitmentItem.objects.order_by("id")
    act(energy, "check", checked_on="2024-05-06", result="rectify", follow_up_on="2024-08-20")
    person = type(clerk).objects.get(pk=clerk.pk)
    shown = {(entry.what, str(entry.at), entry.title) for entry in checked(person, date(2024, 1, 1), date(2025, 12, 31))}
    assert shown == {
        ("verify", "2025-01-19", str(case)), ("check", "2024-07-18", "CP1 水土保持方案审批"), ("again", "2024-08-20", "CP1 节能审查")}


def test_who_sees_a_case_follows_the_project(zone):
    parties = {code: testing.party(zone, code, code) for code in ("A", "B")}
    firms = testing.enter(Enterprise, zone, "code | name\nQ1 | 甲\nQ2 | 乙", party=None)
    people = {code: testing.employ(zone, f"owner-{code}", "commitments.view", at=party) for code, party in parties.items()}
    case = begun(zone, enterprise=firms[0])

    def seen():
        return [Commitment.objects.visible_to(type(each).objects.get(pk=each.pk)).count() for each in people.values()]

    assert seen() == [0, 0]
    act(firms[0], "correct", facts={"party": parties["A"]})  # the account is opened later
    assert seen() == [1, 0]
    act(firms[1], "correct", facts={"party": parties["B"]})
    act(case.project, "correct", facts={"enterprise": firms[1]}, reason="登记错误")
    assert (seen(), Commitment.objects.get().parties()) == ([0, 1], {zone.pk, parties["B"].pk})


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
