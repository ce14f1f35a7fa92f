"""The monthly progress: reported, reviewed, locked; its figures are small tables that can be added up by eye."""

import io
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kaifaqu.kernel import actions, events, indicators, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import MonthField, Project, ProjectProgress
from kaifaqu.sheets import importing

PROJECTS = """
    code | name     | started_on
    P1   | 光伏组件 | 2024-03-01
    P2   | 碳纤维   | 2024-03-01
    P3   | 未开工   |
"""


@pytest.fixture
def building(projects):
    return projects(PROJECTS)


def do(code: str, record, **facts):
    """Take an action on a record as it stands now, or for an owner; return what it wrote."""
    action = actions.find(code)
    known = {} if action.creates else {"version": type(record).objects.get(pk=record.pk).row_version}
    record = record if action.creates else type(record).objects.get(pk=record.pk)
    return commit([action.plan(record, by=SYSTEM, **known, **facts)], by=SYSTEM)


def reported(zone, text: str) -> list[ProjectProgress]:
    return testing.enter(ProjectProgress, zone, text)


def value(code: str, zone, period: str, **asked):
    return indicators.find(code).figure(Period.parse(period), scope={zone}, **asked)


class TestProgress(testing.RegisterTests):
    register = ProjectProgress

    def facts(self, zone):
        from kaifaqu.registers.projects.tests.test_registers import project

        return {"subject": project(zone), "month": "2024-07", "month_investment": "12.5", "physical": "structure_half"}

    def change(self):
        return {"month_investment": "12.6"}


@pytest.mark.parametrize(("text", "month"), [
    ("2024-07", "2024-07"), ("2024年7月", "2024-07"), ("2024-07-01", "2024-07"), ("2024-07-02", None), ("2024", None), ("七月", None),
])
def test_a_month_is_a_month_and_nothing_else(text, month):
    column = MonthField("月份")
    if month is None:
        with pytest.raises(ValidationError):
            column.to_python(text)
    else:
        assert column.to_python(text) == PartialDate.parse(month)


@pytest.mark.parametrize(("facts", "sentence"), [
    ("2999-01 | 1  | 1  | 1 ", "「月份」2999-01 还没有开始"),
    ("2024-07 |    |    |   ", "2024-07 的完成情况一项也没有填"),
    ("2024-07 | 5  | 4  | 9 ", "「本月完成投资（万元）」5 大于「本年累计完成投资（万元）」4"),
    ("2024-07 | 1  | 10 | 9 ", "「本年累计完成投资（万元）」10 大于「自开工累计完成投资（万元）」9"),
    ("2024-07 | -1 | -1 | 9 ", "「本年累计完成投资（万元）」-1 是负数"),
])
def test_what_cannot_be_is_refused(zone, building, facts, sentence):
    with pytest.raises(ValidationError) as refusal:
        reported(zone, f"subject | month | month_investment | year_to_date | completed_to_date\nP1 | {facts}")
    assert sentence in "".join(refusal.value.messages)


def test_a_second_report_of_the_month_is_refused_and_one_that_falls_is_warned_of(zone, building):
    _may, june = reported(zone, """
        subject | month   | year_to_date | completed_to_date
        P1      | 2024-05 | 100          | 100
        P1      | 2024-06 | 90           | 100
    """)
    assert june.warnings() == ["「本年累计完成投资（万元）」90 少于 2024-05 的 100，请核对。"]
    with pytest.raises(ValidationError, match="该项目这个月已经报送"):
        reported(zone, "subject | month | year_to_date\nP1 | 2024-06 | 95")


def test_a_month_is_reviewed_and_locked_and_then_corrected_with_a_reason_only(zone, building):
    one, other = reported(zone, """
        subject | month   | month_investment
        P1      | 2024-06 | 100
        P2      | 2024-06 | 50
    """)
    month = PartialDate.parse("2024-06")
    do("progress.review", one)
    with pytest.raises(ValidationError, match="还有 1 条没有审核，不能锁定：P2"):
        do("progress.lock_month", zone, month=month)
    do("progress.correct", one, facts={"month_investment": "110"}, reason="看错行")
    assert ProjectProgress.objects.get(pk=one.pk).stage == "reported"  # to be looked at again
    do("progress.review_month", zone, month=month)
    do("progress.lock_month", zone, month=month)
    known = events.last_seq()
    with pytest.raises(ValidationError, match="原因"):
        do("progress.correct", other, facts={"month_investment": "60"})
    with pytest.raises(ValidationError, match="已经锁定，更正请写明原因"):
        do("progress.correct", other, facts={"problems": "资金"})  # an empty place, and still
    do("progress.correct", other, facts={"month_investment": "60"}, reason="企业来函更正")
    now, then = (world.rows(ProjectProgress).get(id=other.pk) for world in (World(), World(known)))
    assert [(row.month_investment, row.stage, row.corrected) for row in (then, now)] == [(50, "locked", False), (60, "locked", True)]
    with pytest.raises(ValidationError, match="补报请写明原因"):
        reported(zone, "subject | month | month_investment\nP3 | 2024-06 | 1")


@pytest.fixture
def june(zone, building) -> ProjectProgress:
    """Return what was reported of P1 for June, which is locked; May is open."""
    [locked, _open] = reported(zone, """
        subject | month   | month_investment
        P1      | 2024-06 | 100
        P2      | 2024-05 | 50
    """)
    for verb in ("review_month", "lock_month"):
        do(f"progress.{verb}", zone, month=locked.month)
    return locked


def told_of(month: str) -> list[tuple]:
    """Return what the register says of a month, what is archived too."""
    rows = ProjectProgress.objects.filter(month=PartialDate.parse(month)).order_by("id")
    return [(row.subject.code, row.month_investment, row.stage, row.corrected, row.archived_at is None) for row in rows]


@pytest.mark.parametrize("code", [{}, {"code": "JD0001"}])
def test_a_locked_month_stays_locked_though_its_report_was_archived(zone, june, code):
    with pytest.raises(ValidationError, match="归档请写明原因"):
        do("progress.archive", june, reason=" ")
    do("progress.archive", june, reason="重复")
    again = {**code, "subject": june.subject, "month": "2024-06", "month_investment": "999"}
    with pytest.raises(ValidationError, match="2024-06 的月度进展已经锁定，补报请写明原因"):
        do("progress.create", zone, facts=again)
    do("progress.create", zone, facts=again, reason="企业来函")
    assert told_of("2024-06") == [("P1", 100, "locked", True, False), ("P1", 999, "reported", True, True)]


def test_no_report_is_moved_out_of_a_locked_month_and_one_that_is_moved_into_it_comes_late(zone, june):
    may = ProjectProgress.objects.get(subject__code="P2")
    for facts, label in (({"month": "2024-05"}, "月份"), ({"subject": may.subject}, "项目")):
        with pytest.raises(ValidationError, match=f"已经锁定，不能改「{label}」"):
            do("progress.correct", june, facts=facts, reason="写错了")
    do("progress.correct", may, facts={"month": "2024-06"}, reason="写错了月份")
    assert told_of("2024-06") == [("P1", 100, "locked", False, True), ("P2", 50, "reported", True, True)]


@pytest.mark.parametrize("text", ["JD0001 | P1 | 2024-06 | 5", " | P3 | 2024-06 | 5"])
def test_no_undo_touches_a_locked_month(zone, clerk, june, text, tmp_path, settings):
    settings.HOME = tmp_path
    table = f"编号 | 项目 | 月份 | 本月完成投资（万元）\n{text}\n | P3 | 2024-05 | 7".replace(" | ", ",")
    upload = importing.receive(ProjectProgress, zone, clerk, "表.csv", io.BytesIO(table.encode()), reason="企业来函")
    importing.check(upload)
    changeset = importing.write(upload, clerk)
    before = told_of("2024-06")
    with pytest.raises(ValidationError) as refusal:
        commit([actions.find("changesets.undo").plan(changeset, by=clerk, version=1, reason="错")], by=clerk)
    [_head, sentence] = refusal.value.messages
    assert "2024-06：2024-06 已经锁定，不能整批撤销" in sentence
    assert told_of("2024-06") == before


def test_the_list_offers_what_is_done_with_a_whole_month_to_those_who_may(zone, clerk, june, client):
    page = reverse("records", args=["progress"])
    for person, offered in ((clerk, True), (testing.employ(zone, "reader", "progress.view progress.edit"), False)):
        client.force_login(person)
        text = client.get(page).content.decode()
        assert [reverse("new-by", args=["progress", verb]) in text for verb in ("review_month", "lock_month")] == [offered] * 2


def test_the_figures_of_a_period_are_those_of_its_last_month(zone, building):
    reported(zone, """
        subject | month   | planned_investment | month_investment | year_to_date | completed_to_date | funds_in_place
        P1      | 2024-05 | 1000               | 7                | 207          | 207               | 300
        P1      | 2024-06 | 1000               | 100              | 307.5        | 307.5             | 300
        P2      | 2024-06 | 200                | 0                | 92.5         | 92.5              | 0
    """)
    wanted = {
        "projects.progress.month_investment": 100, "projects.progress.year_to_date": 400,
        "projects.progress.completed_to_date": 400, "projects.progress.planned_investment": 1200,
        "projects.progress.funds_in_place": 300, "projects.investment.completion": Decimal("33.33"),
        "projects.funds.in_place": 25, "projects.progress.unreported.count": 0,
    }
    for period in ("2024-06", "2024-H1", "2024-01..06", "2024-06-30"):
        assert {code: value(code, zone, period).value for code in wanted} == wanted
    by_nature = indicators.dimension(indicators.find("projects.progress.month_investment"), "nature")
    assert [group.value for group in value("projects.progress.month_investment", zone, "2024-06", by=by_nature).groups] == [100]


def test_what_is_not_reported_is_missing_and_never_zero(zone, building):
    reported(zone, "subject | month | year_to_date | planned_investment\nP1 | 2024-06 | 5 | 10")
    figure = value("projects.progress.year_to_date", zone, "2024-06")
    assert (figure.status, figure.value) == ("not_computable", None)
    assert figure.reason == "无法计算：2024-06 已报 1 个项目，还有 1 个在建项目没有报送。"
    assert value("projects.investment.completion", zone, "2024-06").reason == figure.reason
    missing = value("projects.progress.unreported.count", zone, "2024-06")
    assert (missing.value, [row.code for row in missing.records]) == (1, ["P2"])
    reported(zone, "subject | month | planned_investment | problems\nP2 | 2024-06 | 10 | 停工")
    assert "2 条记录中有 1 条缺少「本年累计完成投资（万元）」" in value("projects.progress.year_to_date", zone, "2024-06").reason
    assert value("projects.progress.month_investment", zone, "2024-01").reason == "无法计算：2024-01 没有报送的月度进展。"


def test_a_project_that_perhaps_owes_a_report_leaves_the_sum_without_a_value(zone, building):
    reported(zone, "subject | month | year_to_date\nP1 | 2024-06 | 5\nP2 | 2024-06 | 6")
    assert value("projects.progress.year_to_date", zone, "2024-06").value == 11
    testing.enter(Project, zone, "code | name | signed_on | started_on | production_on\nP9 | 只知年份 | 2023-01-01 | 2023-05-01 | 2024")
    figure = value("projects.progress.year_to_date", zone, "2024-06")
    assert (figure.status, "有 1 条项目的日期只精确到月或年" in figure.reason) == ("not_computable", True)
