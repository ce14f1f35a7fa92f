"""The acceptance of M1-01, M1-03 and of the meeting part of M1-02, each part of its text as an assertion."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.files.models import Content
from kaifaqu.kernel import actions, audit, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.lifecycle import StepRefused
from kaifaqu.registers.meetings import agenda, looking
from kaifaqu.registers.meetings.agenda import Topic
from kaifaqu.registers.meetings.models import (
    AgendaItem,
    AgendaKind,
    Decision,
    Meeting,
    MeetingPlan,
    PlanComponent,
    Signature,
)
from kaifaqu.registers.meetings.tests.conftest import again
from kaifaqu.registers.projects.models import Project

COUNT, TARGET = "projects.under_construction.count", "projects.targets.signed"


def test_m1_01_four_joint_mechanism(client, zone, bureau, clerk, officer, do, at):
    """The four components, the slots of one click, what is late, and both parties on one installation.

    Two installations that exchange packs are a later matter: what is exchanged is one record here, seen by both.
    """
    at("2024-01-10")
    plan = do("meeting_plans.create", zone, clerk, facts={"name": "四联合", "kind": "four_joint", "year": 2024, "partner": bureau})
    client.force_login(clerk)
    form = client.get(reverse("act", args=["meeting_plans", plan.pk, "lay_out"])).context["form"]
    client.post(reverse("act", args=["meeting_plans", plan.pk, "lay_out"]), {"version": 1, "token": form.token})  # the one click
    for person in (clerk, officer):  # a user of either party opens one page
        client.force_login(person)
        lines = client.get(reverse("meetings")).context["lines"]
        assert [(line.component.name, len(line.cells)) for line in lines] == [
            ("每月联合分析", 12), ("每季联合会商", 4), ("定期联合调研", 0), ("联合指导走访", 0)]
    monthly, quarterly = lines[0].cells, lines[1].cells
    assert [cell.meeting.period for cell in monthly] == [f"2024-{month:02d}" for month in range(1, 13)]  # each names its data period
    assert [cell.meeting.period for cell in quarterly] == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]
    january = monthly[0].meeting  # without a return there is a meeting all the same, and it says what it looks at
    assert january.looks_at.startswith("1 月没有月度报表")
    assert not monthly[1].meeting.looks_at
    assert (january.planned_on, january.due_on) == (date(2024, 2, 21), date(2024, 2, 29))  # 12 and 18 working days after January
    with pytest.raises(ValidationError, match="没有要补的"):  # again, it makes only what is missing
        do("meeting_plans.lay_out", plan, clerk)
    do("meetings.archive", monthly[6].meeting, clerk, reason="登错")
    do("meeting_plans.lay_out", plan, clerk)
    assert Meeting.objects.current().filter(component__plan=plan).count() == 16
    at("2024-02-29")
    assert client.get(reverse("meetings")).context["late"] == []  # on the day itself it is not late
    at("2024-03-01")  # the day after January's minutes were due
    client.force_login(officer)
    answer = client.get(reverse("meetings"))
    assert [cell.meeting.period for _line, cell in answer.context["late"]] == ["2024-01"]
    assertContains(answer, "1月 迟 1 天")
    do("meetings.hold", january, clerk, held_on="2024-02-21")
    assert [cell.meeting.period for _line, cell in client.get(reverse("meetings")).context["late"]] == ["2024-01"]
    do("meetings.minute", january, clerk, minutes="已分析")  # late, but no more without minutes
    answer = client.get(reverse("meetings"))
    assert answer.context["late"] == []
    assertContains(answer, "1月 纪要待签（迟）")


def test_m1_01_each_party_has_its_own_rights(client, zone, bureau, clerk, officer, other, stranger, plan, slot, do, at):
    held = slot("每月联合分析", 2)
    at("2024-03-18")
    do("meetings.hold", held, clerk, held_on="2024-03-18")
    do("meetings.minute", held, clerk, minutes="用电平稳")
    assert Meeting.objects.visible_to(officer).get(pk=held.pk).minutes == "用电平稳"  # the same record
    for code, facts in (
        ("meetings.minute", {"minutes": "改一改"}), ("meetings.correct", {"facts": {"place": "我处"}}),
        ("meetings.hold", {"held_on": "2024-03-01"}),
        ("meetings.supplement", {"supplement": "再加一句", "reason": "漏记"}), ("meetings.archive", {"reason": "不要了"}),
        ("meetings.draft_agenda", {}),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):  # the bureau cannot edit the zone's minutes
            do(code, held, officer, **facts)
    with pytest.raises(PermissionDenied):
        do("meeting_plans.lay_out", plan, officer)
    with pytest.raises(PermissionDenied):
        do("meetings.sign", held, stranger)
    assert not any(model.objects.visible_to(stranger).exists() for model in (MeetingPlan, PlanComponent, Meeting, AgendaItem, Signature))
    client.force_login(stranger)
    for name in ("meeting", "meeting-minutes"):
        assert client.get(reverse(name, args=[held.pk])).status_code == 404
    assert client.get(reverse("meetings")).context["plans"] == []
    do("meetings.sign", held, officer)
    [signature] = Signature.objects.current()
    assert (signature.party, signature.person) == (bureau, officer)  # for itself only
    with pytest.raises(ValidationError, match="您的单位已经签过"):
        do("meetings.sign", held, officer)
    client.force_login(officer)
    assert client.get(reverse("act", args=["meetings", held.pk, "minute"])).status_code == 403
    do("meetings.sign", held, clerk)
    assert again(held).stage == "signed"


def test_m1_01_changed_text_needs_new_signatures_and_signed_minutes_a_supplement(zone, bureau, clerk, officer, plan, slot, do, at):
    held = slot("每月联合分析", 2)
    at("2024-03-18")
    with pytest.raises(ValidationError, match="纪要写成以后"):
        do("meetings.sign", held, officer)
    do("meetings.hold", held, clerk, held_on="2024-03-18")
    with pytest.raises(ValidationError, match="请填写「纪要」"):
        do("meetings.minute", held, clerk, minutes=" \n")
    do("meetings.minute", held, clerk, minutes="甲")
    do("meetings.sign", held, officer)
    do("agenda_items.create", zone, clerk, facts={"meeting": held, "topic": "后加的议题"})  # not the minutes alone are signed
    do("meetings.sign", held, clerk)
    assert again(held).stage == "minuted"  # the two have signed two contents
    do("meetings.sign", held, officer)
    assert again(held).stage == "signed"
    signed = again(held).sheet_sha256
    for code, subject, facts in (
        ("meetings.minute", held, {"minutes": "乙"}), ("meetings.correct", held, {"facts": {"place": "别处"}, "reason": "改"}),
        ("agenda_items.create", zone, {"facts": {"meeting": held, "topic": "又一题"}}),
        ("decisions.create", zone, {"facts": {"meeting": held, "title": "又一事", "opened_on": "2024-03-18"}}),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match="补充纪要"):
            do(code, subject, clerk, **facts)
    with pytest.raises(ValidationError, match="原因"):
        do("meetings.supplement", held, clerk, supplement="丙", reason="")
    at("2024-03-20")
    do("meetings.supplement", held, clerk, supplement="丙", reason="漏记一项")
    with pytest.raises(ValidationError, match="不能改写"):
        do("meetings.minute", held, clerk, minutes="乙")
    assert (again(held).stage, again(held).minutes, again(held).supplement) == ("minuted", "甲", "2024-03-20 丙")
    for person in (officer, clerk):
        do("meetings.sign", held, person)
    assert (again(held).stage, again(held).sheet_sha256 != signed) == ("signed", True)
    assert Content.read(signed)["supplement"] == ""
    assert Content.read(again(held).sheet_sha256)["supplement"] == "2024-03-20 丙"
    assert Signature.objects.current().count() == 5  # what was signed before stays
    assert audit.verify().problems == []


def test_m1_01_a_cancelled_session_says_why(clerk, plan, slot, do):
    held = slot("每月联合分析", 2)
    with pytest.raises(StepRefused, match="取消原因"):
        do("meetings.cancel", held, clerk, cancelled_for="")
    do("meetings.cancel", held, clerk, cancelled_for="与会商合并召开")
    with pytest.raises(StepRefused, match="当前可转为：计划"):
        do("meetings.hold", held, clerk, held_on="2024-01-10")
    do("meetings.plan_again", held, clerk)
    assert again(held).stage == "planned"


def test_m1_02_an_added_problem_makes_a_decision_that_returns_next_month(client, zone, bureau, clerk, officer, plan, slot, do, at):
    """The meeting's part of M1-02: a countermeasure with owner and due date, whose state the next month shows.

    The draft report, its figures and the disclosure gate belong to the bureau's desk, and come with it.
    """
    february, march = slot("每月联合分析", 2), slot("每月联合分析", 3)
    at("2024-03-18")
    do("meetings.hold", february, clerk, held_on="2024-03-18")
    made = testing.enter(Decision, zone, """
        title            | demand           | opened_on  | agreed_on
        摸清两户停产原因 | 分管领导带队走访 | 2024-03-18 | 2024-04-10
        统计员培训       | 两期             | 2024-03-18 | 2024-04-30
    """, meeting=february, holder=bureau, by=clerk)
    assert [(each.stage, each.resolution_due_on) for each in made] == [("assigned", date(2024, 4, 10)), ("assigned", date(2024, 4, 30))]
    at("2024-04-08")
    do("meetings.draft_agenda", march, clerk)
    first, second, *_rest = AgendaItem.objects.current().filter(meeting=march).order_by("order")
    assert [(each.kind, each.topic) for each in (first, second)] == [("earlier", "摸清两户停产原因"), ("earlier", "统计员培训")]
    at("2024-04-12")
    client.force_login(clerk)
    assert client.get(reverse("meeting", args=[slot("每月联合分析", 1).pk])).context["earlier"] == []  # January was before
    told = {each.title: (each.stage, each.resolution_late) for each in client.get(reverse("meeting", args=[march.pk])).context["earlier"]}
    assert told == {"摸清两户停产原因": ("assigned", False), "统计员培训": ("assigned", False)}
    assertContains(client.get(reverse("meeting", args=[march.pk])), '<span class="state faulty">交办</span>')  # over its day
    do("decisions.resolve", made[1], clerk, result="办了两期")
    assertContains(client.get(reverse("meeting", args=[march.pk])), "办了两期")
    april = slot("每月联合分析", 4)
    do("meetings.hold", march, clerk, held_on="2024-04-12")
    at("2024-05-16")
    earlier = client.get(reverse("meeting", args=[april.pk])).context["earlier"]
    assert [each.title for each in earlier] == ["摸清两户停产原因"]  # what is done was told in March


def test_m1_02_what_rooms_above_call_red_comes_after_earlier_decisions(clerk, zone, plan, slot, do, at, monkeypatch):
    def red(component, period, user):
        assert (component.name, period.text, user) == ("每月联合分析", "2024-03", clerk)
        yield Topic(AgendaKind.RED, "P0021 陶瓷滤膜", "落后序时进度 31 个百分点", record=zone)

    monkeypatch.setattr(agenda, "sources", [red])
    march, february = slot("每月联合分析", 3), slot("每月联合分析", 2)
    testing.enter(Decision, zone, "title | opened_on\n摸清停产 | 2024-01-10", meeting=february, by=clerk)
    do("meeting_components.correct", march.component, clerk, facts={"indicators": COUNT})
    do("meetings.draft_agenda", march, clerk)
    items = AgendaItem.objects.current().filter(meeting=march).order_by("order")
    assert [each.kind for each in items] == ["earlier", "red", "figure", "other", "other", "other"]
    assert (items[1].text, items[1].subject_id) == ("落后序时进度 31 个百分点", zone.pk)
    with pytest.raises(ValidationError, match="议程已经齐全"):
        do("meetings.draft_agenda", march, clerk)


def test_m1_03_quarterly_consultation(client, zone, bureau, clerk, officer, plan, slot, do, at):
    """The frozen data with growth and gap to the yearly target, decisions with owners, and what the next quarter shows."""
    first, second = slot("每季联合会商", 1), slot("每季联合会商", 2)
    do("meeting_components.correct", first.component, clerk, facts={"indicators": f"{COUNT}/{TARGET}"})
    at("2024-04-22")
    testing.enter(Project, zone, """
        name | signed_on  | started_on
        甲   | 2022-01-05 | 2022-03-01
        乙   | 2023-05-05 | 2023-06-01
        丙   | 2024-01-05 | 2024-02-01
    """)
    do("projects.correct", Project.objects.get(name="甲"), clerk, facts={"total_investment": "500"})  # its version is not its first
    do("targets.create", zone, clerk, facts={
        "year": 2024, "indicator": "projects.signed.year.count", "amount": "5", "document": "演示〔2024〕2号", "document_on": "2024-01-10"})
    do("meetings.draft_agenda", first, clerk)
    do("meetings.hold", first, clerk, held_on="2024-04-22")
    frozen = again(first).frozen_sha256
    [looked] = looking.frozen(frozen)
    assert (looked.now.value, looked.year_before.value, looked.growth, looked.target.value, looked.gap) == ("3", "1", "+200%", "5", "2 个")
    assert [row[2] for row in looked.now.records] == ["P0001", "P0002", "P0003"]
    assert [row[3] for row in looked.now.records] == [
        Project.Version.objects.filter(id=row[1]).latest("seq").seq for row in looked.now.records]
    assert looked.now.known
    made = testing.enter(Decision, zone, """
        title        | opened_on  | agreed_on
        开工一批项目 | 2024-04-22 | 2024-06-20
        入库辅导     | 2024-04-22 | 2024-06-30
    """, meeting=first, holder=bureau, by=clerk)
    do("meetings.minute", first, clerk, minutes="一季度平稳。")
    for person in (officer, clerk):
        do("meetings.sign", first, person)
    assert [row[:4] for row in Content.read(again(first).sheet_sha256)["decisions"]] == [
        ["开工一批项目", "", "县统计局", ""], ["入库辅导", "", "县统计局", ""]]
    at("2024-07-10")
    do("decisions.resolve", made[0], clerk, result="开工三个")
    do("decisions.verify", made[0], testing.employ(zone, "checker"), text="属实")
    client.force_login(officer)
    testing.enter(Project, zone, "name | signed_on | started_on\n丁 | 2024-01-06 | 2024-03-01")  # what comes in later changes nothing then
    for year in ("2024-07-22", "2031-05-06"):  # years later
        at(year)
        page = client.get(reverse("meeting", args=[first.pk]))
        assert again(first).frozen_sha256 == frozen
        assert looking.frozen(frozen) == [looked]
        for text in ("3 个", "+200%", "5 个", "2 个"):
            assertContains(page, text)
    client.force_login(clerk)
    told = client.get(reverse("meeting", args=[second.pk])).context["earlier"]
    assert [(each.title, each.stage) for each in told] == [("入库辅导", "assigned"), ("开工一批项目", "closed")]
    figure = client.get(reverse("meeting-figure", args=[first.pk, 0]))
    assert (figure.context["number"].value, figure.context["today_is"].value, figure.context["is_other"]) == ("3", 4, True)


def test_m1_03_a_reader_without_the_records_sees_the_number_only(client, zone, clerk, officer, plan, slot, do, at):
    held = slot("每季联合会商", 1)
    do("meeting_components.correct", held.component, clerk, facts={"indicators": COUNT})
    testing.enter(Project, zone, "name | signed_on | started_on\n秘密项目 | 2023-05-05 | 2023-06-01")
    at("2024-04-22")
    do("meetings.hold", held, clerk, held_on="2024-04-22")
    client.force_login(officer)
    page = client.get(reverse("meeting-figure", args=[held.pk, 0]))
    assertContains(page, "<h1>1 个 ")
    assertContains(page, "另有 1 条没有列出")
    assert "秘密项目" not in page.content.decode()
    assert "P0001" not in page.content.decode()


def test_two_parties_that_sign_at_once_are_told_of_each_other(clerk, officer, plan, slot, do, at):
    held = slot("每月联合分析", 2)
    at("2024-03-18")
    do("meetings.hold", held, clerk, held_on="2024-03-18")
    held = do("meetings.minute", held, clerk, minutes="甲")
    sign = actions.find("meetings.sign").plan
    planned = [(person, sign(held, by=person, version=held.row_version)) for person in (clerk, officer)]
    commit([planned[0][1]], by=planned[0][0])
    with pytest.raises(ValidationError, match="已被他人修改"):
        commit([planned[1][1]], by=planned[1][0])
