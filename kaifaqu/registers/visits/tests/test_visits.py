"""One visit: its stage follows from its facts; what contradicts itself, or the yearly ceiling and the quiet days, is refused in words."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from kaifaqu.kernel import events, testing
from kaifaqu.registers.visits import kinds
from kaifaqu.registers.visits.limits import Ceiling, counted, near, quiet
from kaifaqu.registers.visits.models import QuietSpan, Visit, Visitor
from kaifaqu.registers.visits.tests.conftest import RULE, do, lay_down

PLANNED = "code | enterprise | department | planned_on\n"


@pytest.mark.parametrize(("facts", "stage"), [
    ({"planned_on": "2024-09-01"}, "planned"),
    ({"visited_on": "2024-08-05"}, "done"),
    ({"planned_on": "2024-08-01", "visited_on": "2024-08-05"}, "done"),
    ({"planned_on": "2024-09-01", "cancel_reason": "企业停产"}, "cancelled"),
])
def test_the_stage_follows_from_the_facts(today, visits, facts, stage):
    [visit] = visits("code | enterprise | department\nZ1 | Q1 | XM", **facts)
    assert visit.stage == stage


@pytest.mark.parametrize(("facts", "sentence"), [
    ({}, "「计划日期」和「走访日期」至少填一项"),
    ({"visited_on": "2024-08-06"}, "「走访日期」2024-08-06 还没有到（今天是 2024-08-05）"),
    ({"visited_on": "2024-08-05", "cancel_reason": "停产"}, "只能填一项"),
    ({"planned_on": "2024-09-01", "kind": "drone"}, "drone"),
    ({"planned_on": "2024-09-01", "partner": "XM"}, "「联合单位」与「走访单位」相同"),
])
def test_what_cannot_be_is_refused(today, visits, parties, facts, sentence):
    facts = {name: parties.get(told, told) for name, told in facts.items()}
    with pytest.raises(ValidationError) as refusal:
        visits("code | enterprise | department\nZ1 | Q1 | XM", **facts)
    assert sentence in str(refusal.value)


def test_a_kind_is_used_in_its_time_only(today, visits, monkeypatch):
    monkeypatch.setattr(kinds, "KINDS", [{"value": "visit", "since": "2024-09-01", "until": "2024-09-30"}])
    for day in ("2024-08-31", "2024-10-01"):
        with pytest.raises(ValidationError, match=f"「方式」走访 在 {day} 还没有或不再使用"):
            visits(PLANNED + f"Z1 | Q1 | XM | {day}")
    visits(PLANNED + "Z1 | Q1 | XM | 2024-09-01\nZ2 | Q1 | XM | 2024-09-30")


def test_a_quiet_span_has_an_end(zone):
    with pytest.raises(ValidationError, match="「至（不含）」请填写"):
        testing.enter(QuietSpan, zone, "code | since | cause\nM1 | 2024-09-09 | 高考")


def test_the_project_is_one_of_the_enterprise(today, visits, projects):
    with pytest.raises(ValidationError, match="「项目」P1 铸造 不是这家企业的项目"):
        visits("code | enterprise | department | planned_on | project\nZ1 | Q2 | XM | 2024-09-01 | P1")


def test_above_the_ceiling_a_visit_gives_a_reason_and_the_sentence_names_the_rule_and_its_source(today, zone, visits):
    lay_down(zone, "visits.ceiling", RULE, "开发区〔2024〕9号：每家企业每年至多两次")
    visits(PLANNED + "Z1 | Q1 | XM | 2024-03-01\nZ2 | Q1 | ZS | 2024-09-02")
    with pytest.raises(ValidationError) as refusal:
        visits(PLANNED + "Z3 | Q1 | TJ | 2024-10-08")
    [sentence] = refusal.value.messages
    assert sentence == (
        "铸造公司：「例外理由」请写明：2024 年各部门已安排 2 次，上限 2 次"
        "（规则「走访上限和免打扰日」，依据：开发区〔2024〕9号：每家企业每年至多两次）。")
    visits(PLANNED + "Z4 | Q2 | TJ | 2024-10-08\nZ5 | Q1 | TJ | 2025-01-08")  # another firm, another year
    visits(PLANNED + "Z6 | Q1 | TJ | 2024-10-08", kind="call")
    [third] = visits(PLANNED + "Z7 | Q1 | TJ | 2024-10-08", exception="企业来函请求")
    assert third.stage == "planned"
    do("visits.complete", Visit.objects.get(code="Z1"), visited_on=date(2024, 3, 1))  # was within the ceiling when it was planned


def test_visits_that_were_entered_at_once_above_the_ceiling_are_pointed_out(today, zone, visits):
    lay_down(zone, "visits.ceiling", RULE)
    visits(PLANNED + "Z1 | Q1 | XM | 2024-09-01\nZ2 | Q1 | XM | 2024-10-01\nZ3 | Q1 | XM | 2024-11-01\nZ4 | Q2 | XM | 2024-11-02")
    told = {each.code: each.warnings() for each in Visit.objects.all()}
    assert told == {"Z1": [], "Z2": [], "Z3": ["这是 2024 年的第 3 次，超出上限 2 次，没有写例外理由。"], "Z4": []}


def test_what_was_cancelled_or_merged_does_not_count(today, zone, visits, firms):
    lay_down(zone, "visits.ceiling", RULE)
    first, second = visits(PLANNED + "Z1 | Q1 | XM | 2024-09-01\nZ2 | Q1 | ZS | 2024-09-02")
    do("visits.merge", second, into=first)
    assert counted(zone.pk, firms["Q1"].pk, today).count == 1
    do("visits.cancel", first, cancel_reason="企业停产检修")
    assert counted(zone.pk, firms["Q1"].pk, today).count == 0


def test_moving_a_visit_into_a_year_that_is_full_asks_for_the_reason_and_correcting_its_words_does_not(today, zone, visits):
    lay_down(zone, "visits.ceiling", RULE)
    visits(PLANNED + "Z1 | Q1 | XM | 2024-09-01\nZ2 | Q1 | ZS | 2024-09-20")
    [later] = visits(PLANNED + "Z3 | Q1 | XM | 2025-01-20")
    with pytest.raises(ValidationError, match="例外理由"):
        do("visits.correct", later, facts={"planned_on": "2024-12-20"}, reason="提前")
    do("visits.correct", Visit.objects.get(code="Z2"), facts={"purpose": "用电"})
    do("visits.correct", Visit.objects.get(code="Z2"), facts={"planned_on": "2024-09-21"}, reason="改期")


@pytest.mark.parametrize(("third", "concern"), [
    ("Z3 | Q1 | ZS | 2024-10-10", "2024 年各部门已安排 2 次，上限 2 次"), ("Z3 | Q2 | ZS | 2024-09-03", "2024-09-03 是免打扰日"),
])
def test_a_reason_that_is_needed_is_not_taken_away(today, zone, visits, third, concern):
    lay_down(zone, "visits.ceiling", RULE | {"quiet": {"from_day": 1, "to_day": 5}})
    first, _second = visits(PLANNED + "Z1 | Q1 | XM | 2024-09-10\nZ2 | Q1 | ZS | 2024-10-08", exception="企业来函")
    [visit] = visits(PLANNED + third, exception="企业来函请求")
    with pytest.raises(ValidationError, match=f"「例外理由」请写明：{concern}"):
        do("visits.correct", visit, facts={"exception": ""}, reason="更正")
    do("visits.correct", visit, facts={"exception": "安全隐患整改复查"}, reason="更正")
    do("visits.cancel", visit, cancel_reason="企业停产")
    do("visits.correct", first, facts={"exception": ""}, reason="更正")  # the first of two needs none


@pytest.mark.parametrize(("day", "firm", "causes"), [
    ("2024-09-03", "Q1", ["每月 1 日至 5 日"]),
    ("2024-09-06", "Q1", []),
    ("2024-09-10", "Q1", ["设备检修"]),
    ("2024-09-10", "Q2", []),
    ("2024-09-12", "Q1", []),  # the day on which the span ends
    ("2024-10-02", "Q2", ["每月 1 日至 5 日", "国庆"]),
])
def test_quiet_days_are_those_of_the_rule_of_the_zone_and_of_the_firm(today, zone, visits, firms, day, firm, causes):
    lay_down(zone, "visits.ceiling", RULE | {"quiet": {"from_day": 1, "to_day": 5}})
    testing.enter(QuietSpan, zone, """
        code | enterprise | since      | until      | cause
        M1   | Q1         | 2024-09-09 | 2024-09-12 | 设备检修
        M2   |            | 2024-10-01 | 2024-10-08 | 国庆
    """)
    assert quiet(zone.pk, date.fromisoformat(day), firms[firm].pk) == causes
    if causes:
        with pytest.raises(ValidationError, match=f"{day} 是免打扰日（{causes[0]}）"):
            visits(PLANNED + f"Z1 | {firm} | XM | {day}")
    assert visits(PLANNED + f"Z2 | {firm} | XM | {day}", exception="安全隐患整改复查")


def test_a_default_ceiling_says_that_it_is_one(today, zone, visits):
    visits(PLANNED + "".join(f"Z{n} | Q1 | XM | 2024-0{n}-15\n" for n in range(1, 5)))
    with pytest.raises(ValidationError, match="出厂默认：国办发〔2024〕54号"):
        visits(PLANNED + "Z9 | Q1 | XM | 2024-09-15")


def offered(visit: Visit) -> list[str]:
    """Return the codes of the visits into which one may be merged."""
    return [each.code for each in near([visit], Visit.objects.current(), Ceiling.of(visit.owner_id, visit.day)).get(visit.pk, [])]


def test_near_visits_of_other_departments_are_offered_and_one_goes_on(today, zone, visits, clerk):
    lay_down(zone, "visits.ceiling", RULE)
    text = """
        code | enterprise | department | planned_on | kind  | for_statistics | for_service | purpose
        Z1   | Q1         | XM         | 2024-09-10 | visit |                | True        | 用电
        Z2   | Q1         | ZS         | 2024-09-20 | visit | True           |             | 台账
        Z3   | Q1         | ZS         | 2024-09-12 | call  |                |             |
        Z4   | Q2         | ZS         | 2024-09-10 | visit |                |             |
    """
    first, second, call, _other = visits(text)
    assert offered(first) == ["Z2"]
    assert offered(second) == ["Z1"]
    assert offered(call) == []  # for which nobody comes
    [late] = visits(PLANNED + "Z5 | Q1 | TJ | 2024-10-05", exception="统计局来函")
    assert offered(late) == []  # 15 days
    do("visits.join", second, party=second.department, name="演示人员 005")
    merged = do("visits.merge", second, by=clerk, into=first)
    goes_on = Visit.objects.get(pk=first.pk)
    assert (merged.stage, merged.merged_into_id, merged.day) == ("merged", first.pk, date(2024, 9, 20))
    assert (goes_on.stage, goes_on.kind, goes_on.partner, goes_on.purpose) == ("planned", "joint", second.department, "用电；台账")
    assert goes_on.lines == ["为统计", "为企业服务"]
    assert Visitor.objects.get().visit_id == first.pk
    step = events.timeline(merged)[0]
    assert (step.origin, step.target, step.action) == ("planned", "merged", "visits.merge")


def test_the_nearest_is_offered_first(today, zone, visits):
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 0})
    first, *_others = visits("""
        code | enterprise | department | planned_on
        Z1   | Q1         | XM         | 2024-09-10
        Z2   | Q1         | ZS         | 2024-09-04
        Z3   | Q1         | TJ         | 2024-09-13
        Z4   | Q1         | ZS         | 2024-09-16
    """)
    assert offered(first) == ["Z3", "Z2", "Z4"]


def test_who_was_to_come_to_both_comes_once(today, visits, parties, clerk):
    successor = testing.employ(clerk.owner, "successor")
    first, second = visits(PLANNED + "Z1 | Q1 | XM | 2024-09-10\nZ2 | Q1 | ZS | 2024-09-12")
    for visit, party, came in (
        (first, "XM", {"person": clerk}), (second, "ZS", {"person": clerk}), (second, "ZS", {"person": successor}),
        (first, "XM", {"name": "演示人员 001"}), (second, "ZS", {"name": "演示人员 002"}),
    ):  # fmt: skip
        do("visits.join", visit, party=parties[party], **came)
    assert do("visits.merge", second, into=first).stage == "merged"
    rows = Visitor.objects.current().filter(visit=first).order_by("id")
    assert [(each.party.code, each.person.code if each.person else each.name) for each in rows] == [
        ("XM", "clerk"), ("ZS", "successor"), ("XM", "演示人员 001"), ("ZS", "演示人员 002")]
    assert [each.person for each in Visitor.objects.current().filter(visit=second)] == []


@pytest.mark.parametrize(("kind", "goes_on"), [("visit", ("visit", None)), ("joint", ("joint", "TJ"))])
def test_a_joint_visit_that_is_merged_leaves_a_joint_one(today, visits, parties, kind, goes_on):
    [plain] = visits(PLANNED + "Z1 | Q1 | XM | 2024-09-10")
    [other] = visits(PLANNED + "Z2 | Q1 | XM | 2024-09-12", kind=kind, partner=parties["TJ"] if kind == "joint" else None)
    do("visits.merge", other, into=plain)
    plain = Visit.objects.get(pk=plain.pk)
    assert (plain.kind, plain.partner and plain.partner.code) == goes_on


def test_only_a_planned_visit_takes_another_one_up(today, visits):
    done, cancelled, planned = visits("""
        code | enterprise | department | planned_on | visited_on | cancel_reason
        Z1   | Q1         | XM         |            | 2024-08-02 |
        Z2   | Q1         | XM         | 2024-08-02 |            | 停产
        Z3   | Q1         | ZS         | 2024-08-06 |            |
    """)
    for into in (done, cancelled):
        with pytest.raises(ValidationError, match=f"{into} 不在计划中，不能并入"):
            do("visits.merge", planned, into=into)
    with pytest.raises(ValidationError, match="「并入」Z2 已取消或已合并，不能再并入"):
        do("visits.correct", planned, facts={"merged_into": cancelled}, reason="更正")


def test_a_joint_visit_names_who_joins_it(today, visits):
    [alone] = visits(PLANNED + "Z1 | Q1 | XM | 2024-08-01", kind="joint")
    with pytest.raises(ValidationError, match="「联合单位」请填写：联合走访要有别的单位参加"):
        do("visits.complete", alone, visited_on=date(2024, 8, 1))


@pytest.mark.parametrize(("facts", "offers"), [
    ({"planned_on": "2024-08-08"}, {"join"}), ({"visited_on": "2024-08-02"}, {"join", "raise_issue"}),
    ({"planned_on": "2024-08-08", "cancel_reason": "停产"}, set()),
])
def test_what_there_is_to_do_with_a_visit(today, visits, clerk, client, facts, offers):
    [visit] = visits("code | enterprise | department\nZ1 | Q1 | XM", **facts)
    client.force_login(clerk)
    page = client.get(reverse("record", args=["visits", visit.pk])).content.decode()
    assert {verb for verb in ("join", "raise_issue") if reverse("act", args=["visits", visit.pk, verb]) in page} == offers


def test_a_joint_visit_needs_a_person_of_each_party_when_it_is_completed(today, visits, parties):
    [visit] = visits(PLANNED + "Z1 | Q1 | XM | 2024-08-01", kind="joint", partner=parties["TJ"])
    do("visits.join", visit, party=parties["XM"], name="演示人员 001")
    with pytest.raises(ValidationError, match="还没有统计局的参加人。请先加参加人"):
        do("visits.complete", visit, visited_on=date(2024, 8, 1))
    with pytest.raises(ValidationError, match="还没有统计局的参加人"):
        do("visits.correct", visit, facts={"visited_on": "2024-08-01"})
    with pytest.raises(ValidationError, match="招商部 不是这次走访的单位。可填：统计局、项目部"):
        do("visits.join", visit, party=parties["ZS"], name="演示人员 002")
    do("visits.join", visit, party=parties["TJ"], name="演示人员 003")
    assert do("visits.complete", visit, visited_on=date(2024, 8, 1)).stage == "done"


def test_a_third_department_whose_visit_was_merged_must_come_too(today, zone, visits, parties):
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 0})
    first, second, third = visits(PLANNED + "Z1 | Q1 | XM | 2024-08-01\nZ2 | Q1 | ZS | 2024-08-02\nZ3 | Q1 | TJ | 2024-08-03")
    do("visits.merge", second, into=first)
    do("visits.merge", third, into=first)
    for party in ("XM", "ZS"):
        do("visits.join", first, party=parties[party], name=f"演示 {party}")
    with pytest.raises(ValidationError, match="还没有统计局的参加人"):
        do("visits.complete", first)


def test_who_says_that_it_was_made_came_along_unless_he_says_not(today, zone, visits, clerk, parties):
    member = testing.employ(zone, "statistician", "visits.view visits.record visitors.view", at=parties["TJ"])
    first, second, third = visits(
        PLANNED + "Z1 | Q1 | XM | 2024-08-01\nZ2 | Q2 | XM | 2024-08-02\nZ3 | Q2 | XM | 2024-08-05", partner=parties["TJ"])
    do("visits.complete", first, by=clerk)
    do("visits.complete", second, by=member)
    do("visits.complete", third, by=clerk, came=False)
    came = {(each.visit.code, each.party.code, each.person.code) for each in Visitor.objects.all()}
    assert came == {("Z1", "XM", "clerk"), ("Z2", "TJ", "statistician")}
    assert Visit.objects.get(code="Z1").visited_on == today


def test_a_party_that_joins_sees_and_completes_the_visit_and_changes_nothing_else(today, zone, visits, parties):
    member = testing.employ(zone, "statistician", "visits.view visits.record visits.edit visitors.view", at=parties["TJ"])
    ours, theirs = visits(PLANNED + "Z1 | Q1 | XM | 2024-08-01\nZ2 | Q2 | XM | 2024-08-02")
    do("visits.correct", theirs, facts={"partner": parties["TJ"]})
    assert [each.code for each in Visit.objects.visible_to(member)] == ["Z2"]
    for verb, facts in (("correct", {"facts": {"purpose": "改"}}), ("cancel", {"cancel_reason": "改"})):
        with pytest.raises(PermissionDenied):
            do(f"visits.{verb}", theirs, by=member, **facts)
    with pytest.raises(PermissionDenied):
        do("visits.complete", ours, by=member)
    assert do("visits.complete", theirs, by=member, heard="已核实").heard == "已核实"


def test_the_name_of_a_visitor_may_be_erased_and_he_still_came(today, zone, visits, parties, clerk):
    [visit] = visits(PLANNED + "Z1 | Q1 | XM | 2024-08-01")
    do("visits.join", visit, party=parties["XM"], name="演示人员 009")
    came = Visitor.objects.get()
    do("visitors.erase", came, by=clerk, reason="本人要求")
    assert (Visitor.objects.get().name, Visitor.objects.get().party) == ("", parties["XM"])
    with pytest.raises(ValidationError, match="「人员」和「姓名」至少填一项"):
        do("visits.join", visit, party=parties["XM"])
