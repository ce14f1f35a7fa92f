"""The dispatch table of a month: which lines, in which order, with which numbers, and who sees it."""

from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import indicators, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import Project, ProjectProgress
from kaifaqu.reporting.dispatch.columns import COLUMNS
from kaifaqu.reporting.dispatch.lines import Asked, Dispatch, last_month
from kaifaqu.reporting.dispatch.views import PAGE


def table(user, **told):
    return Dispatch(user, Asked.of({"period": "2024-07", **told}))


def value(code, zone, period="2024-07"):
    return indicators.find(code).figure(Period.parse(period), scope=[zone]).value


def codes(dispatch):
    return [line.project.code for line in dispatch.lines]


def test_red_first_with_the_reasons_in_words(town):
    """P3 should have been started four months before the end of July, P2 is 33.3 points behind; P4 was reported and is in production."""
    lines = table(town.clerk).lines
    assert [(line.project.code, line.light.colour.value, str(line.stage)) for line in lines] == [
        ("P2", "red", "under_construction"), ("P3", "red", "signed"),
        ("P1", "green", "under_construction"), ("P4", "green", "in_production")]
    assert lines[0].light.reasons == ["2024-07 完成年计划的 25%，落后序时进度 33.3 个百分点"]
    assert lines[1].light.reasons == ["计划 2024-03 开工，已过 4 个月还没有开工"]


def test_a_past_month_is_shown_as_it_stood(town):
    """In June P4 was under construction and P3 three months late; only P1 was reported."""
    dispatch = table(town.clerk, period="2024-06")
    assert [(line.project.code, str(line.stage)) for line in dispatch.lines] == [
        ("P3", "signed"), ("P1", "under_construction"), ("P2", "under_construction"), ("P4", "under_construction")]
    assert table(town.clerk, period="2024-H1").asked.month.text == "2024-06"
    assert Asked.of({}).month == last_month() == Period.parse("2024-07")


def test_the_numbers_of_a_line(town, zone):
    lines = {line.project.code: line for line in table(town.clerk).lines}
    told = {str(column.label): column for column in COLUMNS}
    assert told["完成率（%）"].text(lines["P1"]) == "60"
    assert told["与序时差（百分点）"].text(lines["P1"]) == "1.7"  # 60 − 58.33
    assert told["与序时差（百分点）"].text(lines["P2"]) == "-33.3"
    assert told["完成率（%）"].text(lines["P3"]) == "—"
    assert told["形象进度"].text(lines["P3"]) == "未报"


@pytest.mark.parametrize("column", [each for each in COLUMNS if each.figure], ids=lambda each: each.figure)
def test_the_sums_are_the_figures_of_the_catalogue(town, zone, column):
    """July is reported of all that are under construction at its end, and of P4, which was commissioned in it."""
    total, missing = column.total(table(town.clerk).lines)
    assert total == value(column.figure, zone)
    assert missing == 1  # P3 owes no report


def test_the_count_is_the_figure_and_what_is_missing_is_said(client, town, zone):
    client.force_login(town.clerk)
    answer = client.get(reverse("dispatch"), {"period": "2024-07"})
    assert answer.context["building"] == value("projects.under_construction.count", zone) == 2
    assert answer.context["unreported"] == value("projects.progress.unreported.count", zone) == 0
    june = client.get(reverse("dispatch"), {"period": "2024-06"})
    assert june.context["unreported"] == value("projects.progress.unreported.count", zone, "2024-06") == 2
    assertContains(june, "未报当月进展")
    assertContains(answer, reverse("figure", args=["projects.progress.year_to_date"]) + "?period=2024-07")


def test_every_number_leads_to_its_record(client, town):
    client.force_login(town.clerk)
    answer = client.get(reverse("dispatch"), {"period": "2024-07"})
    report = ProjectProgress.objects.get(subject=town.projects["P2"], month="2024-07")
    assertContains(answer, f'<a href="{reverse("record", args=["progress", report.pk])}">25</a>')
    assertContains(answer, f'<a href="{reverse("record", args=["projects", town.projects["P2"].pk])}">2000</a>')


def test_it_is_narrowed_by_light_class_department_and_leader(client, town, do):
    do("plan_classes.freeze", town.zone, town.clerk, plan_year=2024, frozen_on="2024-01-08")
    assert codes(table(town.clerk, light="red")) == ["P2", "P3"]
    assert codes(table(town.clerk, **{"class": "new"})) == ["P3"]
    assert codes(table(town.clerk, department=str(town.department.pk))) == ["P2"]
    assert codes(table(town.clerk, leader=str(town.leader.pk), light="green")) == []
    narrowed = table(town.clerk, leader=str(town.leader.pk))
    assert [narrowed.words(handed=handed) for handed in (False, True)] == ["责任领导：演示leader", "责任领导：leader"]
    client.force_login(town.clerk)
    answer = client.get(reverse("dispatch"), {"period": "2024-07", "light": "red"})
    assertNotContains(answer, "P1 铸造")
    assertNotContains(answer, reverse("figure", args=["projects.progress.unreported.count"]))
    assertNotContains(answer, reverse("figure", args=["projects.progress.year_to_date"]))  # a part is not the figure


def test_who_answers_may_be_a_person_where_departments_are_meant_and_the_other_way_round(town, do):
    for role, holder in (("leader", {"office": town.department}), ("department", {"person": town.leader})):
        do("projects.assign", town.projects["P1"], town.clerk, role=role, since="2024-02-01", **holder)
    assert codes(table(town.clerk, leader=str(town.department.pk))) == ["P1"]
    narrowed = table(town.clerk, department=str(town.leader.pk), light="green")
    assert codes(narrowed) == ["P1"]
    assert narrowed.words(handed=True) == "灯：绿灯，牵头单位：leader"  # no name goes into a file


def test_an_address_that_names_no_period_is_told(client, town):
    client.force_login(town.clerk)
    answer = client.get(reverse("dispatch"), {"period": "七月"})
    assertContains(answer, "不是期间", status_code=400)
    for name in ("dispatch-sheet", "dispatch-message"):
        assert client.get(reverse(name), {"period": "七月"}).status_code == 400


def test_issues_and_decisions_stand_with_their_day(client, town, raise_issue, do):
    raise_issue("N1", "缺地", town.projects["P2"], agreed_on="2024-08-30")
    client.force_login(town.clerk)
    assertContains(client.get(reverse("dispatch"), {"period": "2024-07"}), "缺地，2024-08-30 前")


def test_the_sheet_has_the_same_columns_and_lines(client, town, tmp_path):
    client.force_login(town.clerk)
    answer = client.get(reverse("dispatch-sheet"), {"period": "2024-07"})
    (tmp_path / "a.xlsx").write_bytes(b"".join(answer.streaming_content))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2] == [str(column.label) for column in COLUMNS]
    assert [row[1] for row in rows[3:7]] == ["P2 锻造", "P3 陶瓷", "P1 铸造", "P4 水泥"]
    assert rows[7][0] == "合计 4"
    assert rows[7][[str(column.label) for column in COLUMNS].index("本年完成")] == 232
    assert "2024年7月项目调度表" in rows[0][0]
    assert "制表 clerk" in rows[0][0]
    assert rows[3][3] == "leader"  # a person's name goes into no file
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$2:$3")


def test_the_message_names_what_stays_behind(client, town, raise_issue):
    raise_issue("N1", "缺地", town.projects["P2"], agreed_on="2024-08-30")
    client.force_login(town.clerk)
    text = client.get(reverse("dispatch-message"), {"period": "2024-07"}).context["text"]
    assert text.splitlines()[1:] == [
        "共 4 个项目：红灯 2，黄灯 0，绿灯 2。",
        "1. 红灯 P2 锻造｜2024-07 完成年计划的 25%，落后序时进度 33.3 个百分点｜项目部｜缺地 2024-08-30",
        "2. 红灯 P3 陶瓷｜计划 2024-03 开工，已过 4 个月还没有开工",
    ]


def test_only_who_may_look_at_projects_sees_the_table(client, town, other, stranger):
    names = ("dispatch", "dispatch-sheet", "dispatch-message", "dispatch-stages", "dispatch-holders")
    client.force_login(town.helper)  # a department without the right to look at projects
    assert {client.get(reverse(name)).status_code for name in names} == {403}
    testing.enter(Project, other, "code | name | signed_on | started_on\nF1 | 外单位的 | 2024-01-01 | 2024-02-01")
    client.force_login(stranger)  # with all rights, elsewhere: its own and no others
    answer = client.get(reverse("dispatch"), {"period": "2024-07"})
    assert codes(answer.context["dispatch"]) == ["F1"]
    assertNotContains(answer, "P2 锻造")
    blind = testing.employ(town.zone, "blind", "projects.view")  # a light tells of what was reported
    client.force_login(blind)
    answer = client.get(reverse("dispatch"), {"period": "2024-07"})
    assert codes(answer.context["dispatch"]) == []
    assertContains(answer, "progress.view")


def test_a_person_without_further_rights_sees_neither_people_nor_problems_nor_firms(client, town, raise_issue):
    raise_issue("N1", "缺地", town.projects["P2"])
    reader = testing.employ(town.zone, "reader", "projects.view progress.view")
    client.force_login(reader)
    answer = client.get(reverse("dispatch"), {"period": "2024-07"})
    assertContains(answer, "P2 锻造")
    for hidden in ("缺地", "演示leader", "某企业", "拟督办函"):
        assertNotContains(answer, hidden)


def test_a_thousand_projects_on_pages_with_few_statements(client, town, zone, do, django_assert_max_num_queries):
    rows = "\n".join(f"M{number:04d} | 项目{number} | 2023-01-05 | 2023-03-01 | 100" for number in range(1000))
    made = testing.enter(Project, zone, f"code | name | signed_on | started_on | total_investment\n{rows}")
    reports = "\n".join(f"{each.code} | 2024-07 | 100 | 10 | {number % 60 + 10}" for number, each in enumerate(made))
    testing.enter(ProjectProgress, zone, f"subject | month | planned_investment | month_investment | year_to_date\n{reports}")
    client.force_login(town.clerk)
    client.get(reverse("dispatch"))
    with django_assert_max_num_queries(24):
        answer = client.get(reverse("dispatch"), {"period": "2024-07"})
    assert len(answer.context["rows"]) == PAGE
    assert len(answer.context["dispatch"].lines) == 1004
    total = {str(column.label): text for column, text, _missing, _whole in answer.context["totals"]}
    assert Decimal(total["本月完成"]) == 10037
    assert client.get(reverse("dispatch"), {"period": "2024-07", "page": 11}).context["rows"][-1][0].light.colour == "green"
    assert len(client.get(reverse("dispatch"), {"period": "2024-07", "all": 1}).context["rows"]) == 1004


def test_what_stands_still_is_not_asked_to_be_started(town, do):
    do("projects.suspend", town.projects["P3"], town.clerk, since="2024-07-01", cause="资金")
    assert codes(table(town.clerk)) == ["P2", "P1", "P4"]
