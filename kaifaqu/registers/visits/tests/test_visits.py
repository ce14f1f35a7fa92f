"""One visit: its stage follows from its facts; what contradicts itself, or the yearly ceiling and the quiet days, is refused in words."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.kernel import actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.visits.limits import counted, near, quiet
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
])
def test_what_cannot_be_is_refused(today, visits, facts, sentence):
    with pytest.raises(ValidationError) as refusal:
        visits("code | enterprise | department\nZ1 | Q1 | XM", **facts)
    assert sentence in str(refusal.value)


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


def test_near_visits_of_other_departments_are_offered_and_one_goes_on(today, zone, visits, clerk):
    lay_down(zone, "visits.ceiling", RULE)
    text = """
        code | enterprise | department | planned_on | kind  | for_statistics | for_service | purpose
        Z1   | Q1         | XM         | 2024-09-10 | visit |                | True        | 用电
        Z2   | Q1         | ZS         | 2024-09-20 | visit | True           |             | 台账
        Z3   | Q1         | ZS         | 2024-09-12 | call  |                |             |
        Z4   | Q2         | ZS         | 2024-09-10 | visit |                |             |
    """
    first, second, _call, _other = visits(text)
    assert [each.code for each in near(first)] == ["Z2"]
    assert [each.code for each in near(second)] == ["Z1"]
    [late] = visits(PLANNED + "Z5 | Q1 | TJ | 2024-10-05", exception="统计局来函")
    assert [each.code for each in near(late)] == []  # 15 days
    do("visits.join", second, party=second.department, name="演示人员 005")
    merged = do("visits.merge", second, by=clerk, into=first)
    goes_on = Visit.objects.get(pk=first.pk)
    assert (merged.stage, merged.merged_into_id, merged.day) == ("merged", first.pk, date(2024, 9, 20))
    assert (goes_on.stage, goes_on.kind, goes_on.partner, goes_on.purpose) == ("planned", "joint", second.department, "用电；台账")
    assert goes_on.lines == ["为统计", "为企业服务"]
    assert Visitor.objects.get().visit_id == first.pk
    step = events.timeline(merged)[0]
    assert (step.origin, step.target, step.action) == ("planned", "merged", "visits.merge")


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


def test_the_table_of_a_sheet_comes_back_as_the_same_visit(today, zone, visits, clerk):
    [visit] = visits(PLANNED + "Z1 | Q1 | XM | 2024-08-01")
    correct = actions.find("visits.correct").plan
    commit([correct(visit, by=clerk, version=1, facts={"visited_on": "2024-08-02", "appeals": "请协调用电"})], by=clerk)
    assert (Visit.objects.get().stage, Visit.objects.get().appeals) == ("done", "请协调用电")


def test_the_name_of_a_visitor_may_be_erased_and_he_still_came(today, zone, visits, parties, clerk):
    [visit] = visits(PLANNED + "Z1 | Q1 | XM | 2024-08-01")
    do("visits.join", visit, party=parties["XM"], name="演示人员 009")
    came = Visitor.objects.get()
    do("visitors.erase", came, by=clerk, reason="本人要求")
    assert (Visitor.objects.get().name, Visitor.objects.get().party) == ("", parties["XM"])
    with pytest.raises(ValidationError, match="「人员」和「姓名」至少填一项"):
        do("visits.join", visit, party=parties["XM"])
