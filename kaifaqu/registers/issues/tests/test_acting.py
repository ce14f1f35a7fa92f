"""What happens to a case, step by step: who may, what it does to the clocks, and what is refused with which sentence."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.cases import sweeping, waiting
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.lifecycle import StepRefused
from kaifaqu.kernel.testing import enter
from kaifaqu.registers.issues.models import Issue, IssueStep
from kaifaqu.registers.issues.tests.conftest import act, at


def test_an_issue_runs_from_opening_to_confirmation_by_the_enterprise(office):
    issue = office.opened(opened_time="09:30")
    assert (issue.stage, issue.requester, issue.resolution_due_on, issue.response_due_on) == (
        "registered", office.firm_party, date(2024, 7, 15), date(2024, 7, 3))
    issue = act(issue, "accept", office.clerk)
    issue = act(issue, "assign", office.clerk, holder=office.department, text="请办理")
    clock.set(at("07-02 10:00"))
    issue = act(issue, "respond", office.handler, text="已联系企业")
    clock.set(at("07-08 10:00"))
    issue = act(issue, "resolve", office.handler, result="地已交付")
    issue = act(issue, "verify", office.clerk)
    assert issue.stage == "verified"
    issue = act(issue, "confirm", office.owner, satisfaction="satisfied")
    assert (issue.stage, issue.word, issue.satisfaction, issue.days_taken) == ("closed", "account", "satisfied", 5)
    assert [step.kind for step in issue.steps()] == ["accepted", "assigned", "responded", "resolved", "verified", "confirmed"]
    assert (issue.response_late, issue.resolution_late, issue.next_on) == (False, False, None)


@pytest.mark.parametrize(("who", "verb", "facts", "allowed"), [
    ("handler", "respond", {"text": "好"}, True),
    ("clerk", "respond", {"text": "好"}, True),
    ("owner", "respond", {"text": "好"}, False),
    ("rival", "respond", {"text": "好"}, False),
    ("handler", "assign", {"holder": "department", "text": "改派"}, False),
    ("handler", "accept", {}, False),
    ("handler", "object", {"text": "不归本部门，请交供电"}, True),
    ("clerk", "object", {"text": "不归本部门"}, False),
    ("owner", "remind", {}, True),
    ("rival", "remind", {}, False),
    ("handler", "pause", {"text": "评审", "basis": "第四十五条"}, False),
    ("handler", "correct", {"facts": {"title": "别的"}, "reason": "错"}, False),
    ("owner", "correct", {"facts": {"title": "别的"}, "reason": "错"}, False),
    ("owner", "archive", {"reason": "错"}, False),
])
def test_each_party_does_its_own_part_and_no_other(office, who, verb, facts, allowed):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    facts = {name: getattr(office, value) if value == "department" else value for name, value in facts.items()}
    if allowed:
        act(issue, verb, getattr(office, who), **facts)
    else:
        with pytest.raises(PermissionDenied):
            act(issue, verb, getattr(office, who), **facts)


TOLD = {"text": "写明", "basis": "写明"}
FACTS = {
    "accept": {}, "assign": {"text": "写明"}, "respond": {"text": "写明"}, "resolve": {"result": "好"}, "verify": {}, "resume": {},
    "take_up": {}, "object": {"text": "写明"}, "pause": TOLD, "put_off": TOLD, "send_back": {"text": "写明"}, "refuse": {"text": "写明"},
    "reopen": {"text": "写明"}, "confirm": {"satisfaction": "fair"}, "dispute": {"text": "写明"},
    "take_word": {"word": "call", "satisfaction": "fair", "contact": "演示联系人", "text": "写明"},
}  # fmt: skip


@pytest.mark.parametrize(("way", "stage", "possible"), [
    ("", "registered", "accept assign respond resolve pause refuse"),
    ("accept", "accepted", "assign respond resolve pause refuse"),
    ("assign", "assigned", "assign respond resolve object pause put_off"),
    ("assign respond", "handling", "assign respond resolve pause put_off"),
    ("assign pause", "suspended", "resume"),
    ("assign put_off", "long_term", "take_up"),
    ("assign resolve", "resolved", "verify send_back confirm dispute"),
    ("assign resolve verify", "verified", "send_back confirm dispute take_word"),
    ("assign resolve confirm", "closed", "reopen"),
    ("refuse", "refused", ""),
])
def test_each_stage_has_its_own_steps_and_takes_none_of_another_that_leads_to_the_same_stage(office, way, stage, possible):
    def by(verb):
        others = {"object": office.handler, "confirm": office.owner, "dispute": office.owner, "take_word": office.second}
        return others.get(verb, office.clerk)

    def facts(verb):
        return {**FACTS[verb], **({"holder": office.department} if verb == "assign" else {})}

    issue = office.opened()
    for verb in way.split():
        issue = act(issue, verb, by(verb), **facts(verb))
    found = set()
    for verb in FACTS if issue.holder else FACTS.keys() - {"object"}:  # which is the holder's
        try:
            actions.find(f"issues.{verb}").plan(issue, by=by(verb), version=issue.row_version, **facts(verb))
        except StepRefused:
            continue
        found.add(verb)
    assert (issue.stage, found) == (stage, {*possible.split()})


def test_an_issue_that_is_refused_waits_for_no_grant(office):
    issue = act(office.opened(), "ask", office.clerk, amount=3, text="等材料")
    assert act(issue, "refuse", office.clerk, text="不属实").asked is None


def test_only_the_requester_confirms_and_the_handler_never_records_its_word(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    issue = act(issue, "resolve", office.clerk, result="好了")
    for person in (office.clerk, office.handler, office.rival):
        with pytest.raises(PermissionDenied):
            act(issue, "confirm", person, satisfaction="satisfied")
    issue = act(issue, "verify", office.second)
    told = {"word": "call", "contact": "张", "text": "已解决", "satisfaction": "fair"}
    with pytest.raises(ValidationError, match="由本人办理"):
        act(issue, "take_word", office.clerk, **told)
    with pytest.raises(ValidationError, match="书面意见或电话"):
        act(issue, "take_word", office.second, **{**told, "word": "account"})
    issue = act(issue, "take_word", office.second, **told)
    assert (issue.stage, issue.word, issue.satisfaction, issue.steps()[-1].contact) == ("closed", "call", "fair", "张")


@pytest.mark.parametrize("facts", [{"satisfaction": "satisfied"}, {"resolved_on": "2024-07-01"}, {"confirmed_on": "2024-07-01"}])
def test_what_a_step_says_is_not_corrected_by_hand(office, facts):
    with pytest.raises(ValidationError, match="由办理动作记录"):
        act(office.opened(), "correct", office.clerk, facts=facts, reason="改一下")


def test_a_dispute_does_it_again_with_the_whole_time_anew(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    clock.set(at("07-10 10:00"))
    issue = act(issue, "resolve", office.handler, result="好了")
    clock.set(at("07-11 10:00"))
    issue = act(issue, "dispute", office.owner, text="还缺一块地")
    assert (issue.stage, issue.reopened, issue.resolved_on, issue.responded_on) == ("assigned", 1, None, None)
    assert (issue.resolution_due_on, issue.response_due_on) == (date(2024, 7, 25), date(2024, 7, 15))  # ten and two working days on


def test_a_case_under_the_code_of_an_archived_one_is_another_whose_clocks_run_from_its_own_opening(office):
    first = act(office.opened(), "pause", office.clerk, text="评审", basis="文件")
    clock.set(at("07-08 10:00"))
    act(first, "archive", reason="重复登记")
    second = act(office.opened(), "assign", office.clerk, holder=office.department)
    assert (second.pk != first.pk, second.code, len(second.steps())) == (True, first.code, 1)
    assert (second.resolution_due_on, second.days_taken) == (date(2024, 7, 22), None)  # ten working days after 8 July


def test_what_is_sent_back_goes_on_with_its_old_time(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    clock.set(at("07-10 10:00"))
    issue = act(issue, "resolve", office.handler, result="好了")
    issue = act(issue, "send_back", office.clerk, text="没有交付")
    assert (issue.stage, issue.reopened, issue.resolution_due_on) == ("handling", 0, date(2024, 7, 15))


def test_a_pause_needs_a_reason_and_a_basis_and_its_days_do_not_count(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    clock.set(at("07-08 10:00"))
    with pytest.raises(ValidationError, match="原因和依据"):
        act(issue, "pause", office.clerk, text="评审", basis="  ")
    issue = act(issue, "pause", office.clerk, text="评审", basis="行政许可法第四十五条")
    assert (issue.stage, issue.resolution_due_on, issue.next_on) == ("suspended", None, None)
    clock.set(at("07-15 10:00"))
    issue = act(issue, "resume", office.clerk)
    assert issue.resolution_due_on == date(2024, 7, 22)  # five working days, 8 to 12 July, did not count


def test_a_pause_moves_no_clock_that_was_met_before_it(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    clock.set(at("07-02 10:00"))
    issue = act(issue, "respond", office.handler, text="好")
    clock.set(at("07-03 10:00"))
    issue = act(issue, "pause", office.clerk, text="评审", basis="第四十五条")
    assert (issue.response_due_on, issue.resolution_due_on) == (date(2024, 7, 3), None)


@pytest.mark.parametrize(("day", "amount", "problem"), [
    ("07-11 10:00", 5, ""), ("07-12 10:00", 5, ""), ("07-15 10:00", 5, "已迟"), ("07-16 10:00", 5, "已迟"), ("07-11 10:00", 0, "不少于 1"),
])
def test_more_time_is_asked_for_before_expiry(office, day, amount, problem):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)  # due on 15 July, asked for a working day before
    clock.set(at(day))
    if problem:
        with pytest.raises(ValidationError, match=problem):
            act(issue, "ask", office.handler, amount=amount, text="等报告")
        return
    issue = act(issue, "ask", office.handler, amount=amount, text="等报告")
    assert (issue.asked, issue.resolution_due_on) == (5, date(2024, 7, 15))  # asked is not granted
    issue = act(issue, "grant", office.clerk)
    assert (issue.asked, issue.resolution_due_on) == (None, date(2024, 7, 22))


def test_nobody_grants_himself_time_and_what_was_not_asked_for_is_not_granted(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    with pytest.raises(ValidationError, match="没有等待批准"):
        act(issue, "grant", office.clerk)
    issue = act(issue, "ask", office.clerk, amount=3, text="等报告")
    with pytest.raises(ValidationError, match="由本人办理"):
        act(issue, "grant", office.clerk)
    issue = act(issue, "decline", office.second, text="时间够")
    assert (issue.asked, issue.resolution_due_on) == (None, date(2024, 7, 15))


def test_the_worker_raises_the_level_without_anybody_clicking(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    levels = []
    for day in ("07-03 08:00", "07-04 08:00", "07-12 08:00", "07-15 08:00", "07-18 08:00", "07-22 08:00", "07-23 08:00"):
        clock.set(at(day))
        sweeping.escalate()
        levels.append(Issue.objects.get(pk=issue.pk).level)
    # answered by nobody: yellow on 3 July, red a working day later; the resolution's own 督办 stands five working days after the 15th
    assert levels == ["yellow", "red", "red", "red", "red", "supervise", "supervise"]
    assert sweeping.escalate() == 0


def test_steps_stand_in_the_order_of_their_days(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    clock.set(at("07-10 10:00"))
    issue = act(issue, "respond", office.handler, text="好", on=date(2024, 7, 5))
    for day, problem in ((date(2024, 7, 4), "先后"), (date(2024, 7, 11), "还没有到")):
        with pytest.raises(ValidationError, match=problem):
            act(issue, "update", office.handler, text="有进展", on=day)
    assert (issue.responded_on, issue.responded_time, issue.response_late) == (date(2024, 7, 5), "", True)


def test_news_restart_the_clock_of_silence_and_a_reminder_does_not(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    clock.set(at("07-05 10:00"))
    issue = act(issue, "remind", office.owner, text="怎样了")
    assert issue.silence_due_on == date(2024, 7, 8)
    issue = act(issue, "update", office.handler, text="有进展")
    assert issue.silence_due_on == date(2024, 7, 12)


def test_others_see_neither_the_case_nor_its_steps(office):
    issue = act(office.opened(), "assign", office.clerk, holder=office.department)
    seen = {name: (list(Issue.objects.visible_to(getattr(office, name))), IssueStep.objects.visible_to(getattr(office, name)).count())
            for name in ("clerk", "handler", "owner", "rival")}
    assert seen == {"clerk": ([issue], 1), "handler": ([issue], 1), "owner": ([issue], 1), "rival": ([], 0)}


def test_old_cases_come_in_with_their_days(office):
    rows = enter(Issue, office.zone, """
        code | title | category | opened_on  | responded_on | resolved_on | confirmed_on | satisfaction
        H1   | 用电  | power    | 2024-03-04 | 2024-03-05   | 2024-03-20  | 2024-03-22   | satisfied
        H2   | 用电  | power    | 2024-03-04 | 2024-03-08   | 2024-03-15  |              |
        H3   | 用电  | power    | 2024-03-04 |              |             |              |
    """)
    assert [(row.stage, row.historical, row.response_late, row.resolution_late, row.days_taken) for row in rows] == [
        ("closed", True, False, True, 12), ("resolved", True, True, False, 9), ("registered", False, False, False, None)]


@pytest.mark.parametrize(("facts", "problem"), [
    ({"opened_on": "2024-07-02"}, "还没有到"), ({"responded_on": "2024-06-30"}, "早于登记日期"), ({"opened_time": "25:00"}, "14:30"),
    ({"opened_time": "14.30"}, "14:30"), ({"opened_time": "0830Z"}, "14:30"),
    ({"confirmed_on": "2024-07-01"}, "请填写办结日期"), ({"agreed_on": "2024-06-28"}, "约定办结日期 2024-06-28 早于"),
])
def test_days_that_cannot_be_are_refused(office, facts, problem):
    with pytest.raises(ValidationError, match=problem):
        office.opened(**facts)


def test_an_agreed_day_takes_the_place_of_the_rule(office):
    issue = office.opened(agreed_on="2024-07-31")
    assert (issue.resolution_due_on, issue.response_due_on) == (date(2024, 7, 31), date(2024, 7, 3))


def test_what_is_overdue_is_the_same_in_a_list_and_by_hand(office):
    for number, day in enumerate(("06-10", "06-17", "06-28", "07-01")):
        office.opened(code=f"N{number}", opened_on=f"2024-{day}")
    late = Issue.objects.filter(Issue.overdue(clock.now())).values_list("code", flat=True)
    asked = [("issues", each.pk, each.resolution_due_on) for each in Issue.objects.order_by("code")]
    assert [(each.code, each.is_late) for each in waiting.rows(asked)] == [("N0", True), ("N1", False), ("N2", False), ("N3", False)]
    by_hand = [
        each.code for each in Issue.objects.all() if each.resolution_due_on < clock.today()]
    assert sorted(late) == sorted(by_hand) == ["N0"]  # ten working days from 10 June were over on 24 June; from 17 June they end today
