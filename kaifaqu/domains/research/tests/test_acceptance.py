"""M4-02 to M4-10: what research has brought, from records that one can check by eye."""

import random
import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kaifaqu.domains.research import sample
from kaifaqu.domains.research.models import (
    FusionLink,
    InstituteCooperation,
    InstituteDelivery,
    InstituteOrder,
    MineRobot,
    MiningVehicle,
    MiningVehicleUse,
    ProductionRun,
    ProductTest,
    RDAward,
    RDExpenditure,
    RDFunding,
    RDMember,
    RDPatent,
    RDProduct,
    RDProject,
    RDResult,
    RobotFault,
    RobotTask,
    TestReport,
)
from kaifaqu.domains.research.rules import DIESEL, DIRECTIONS, PEOPLE_SAVED
from kaifaqu.kernel import actions, clock, indicators, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.fields import PartialDateField
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.story import moment
from kaifaqu.sheets import importing

DAY = "2024-08-05"


@pytest.fixture
def zone(db):
    """Return a test zone on 5 August 2024."""
    clock.set(moment(sample.DAY))
    return testing.found()


def told(zone, code, period=DAY, by=""):
    """Return a figure's value; grouped, that of each group by its name."""
    definition = indicators.find(code)
    found = definition.figure(Period.parse(period), scope={zone}, by=indicators.dimension(definition, by) if by else None)
    return {group.label: group.value for group in found.groups} if by else found.value


def act(record, code, **facts):
    """Take an action on a record as it stands."""
    record = type(record).objects.get(pk=record.pk)
    return commit([actions.find(code).plan(record, by=SYSTEM, version=record.row_version, **facts)], by=SYSTEM)


def archive(record):
    """Archive a record."""
    act(record, record.right_to("archive"), reason="误报")


def bring(register, zone, clerk, heads, lines):
    """Import lines as pasted; return how many rows were of which kind, and what was wrong with each row by its number."""
    upload = importing.receive(register, zone, clerk, "台账.txt", "\n".join(["\t".join(heads), *("\t".join(line) for line in lines)]))
    importing.check(upload)
    faults = {row["number"]: row["faults"][0]["message"] for row in importing.rows(upload) if row["faults"]}
    if not faults:
        importing.write(upload, clerk)
    return upload.found["counts"], faults


# M4-02: the ledger


@pytest.fixture
def ledger(zone):
    """Return projects, results, awards and patents of which some count and some do not."""
    rows = [
        *testing.enter(RDProject, zone, """
            code | name | level      | direction | approved_on | accepted_on
            P1   | 甲   | national   | 智能掘进   | 2019-03-01  | 2021-06-01
            P2   | 乙   | provincial | 智能掘进   | 2021        |
            P3   | 丙   | other      |           | 2022-01-01  |
            P4   | 丁   | national   |           |             |
        """),
        *testing.enter(RDResult, zone, """
            code | name | level         | project | appraised_on
            R1   | 果甲 | international | P1      | 2021-06-01
            R2   | 果乙 | domestic      |         | 2023-05-09
            R3   | 果丙 | other         | P1      | 2023-05-09
        """),
        *testing.enter(RDAward, zone, """
            code | name | level      | year | result
            A1   | 奖甲 | national   | 2022 | R1
            A2   | 奖乙 | provincial | 2023 |
            A3   | 奖丙 | other      | 2023 |
        """),
        *testing.enter(RDPatent, zone, """
            code | number        | name | kind      | filed_on   | granted_on | lapsed_on
            Z1   | 201910000001X | 专甲 | invention | 2019-01-01 | 2021-01-05 |
            Z2   | 2020100000026 | 专乙 | invention | 2020-01-01 | 2023-02-01 | 2024-02-01
            Z3   | 2023100000037 | 专丙 | invention | 2023-01-01 |            |
            Z4   | 2022200000048 | 专丁 | utility   | 2022-01-01 | 2022-09-01 |
        """),
    ]
    return {row.code: row for row in rows}


COUNTS = {
    "rd.projects.count": ("P1", "P2"), "rd.results.count": ("R1", "R2", "R3"), "rd.results.leading.count": ("R1", "R2"),
    "rd.results.unlinked.count": ("R2",), "rd.awards.count": ("A1", "A2"), "rd.patents.granted.count": ("Z1", "Z2"),
    "rd.patents.in_force.count": ("Z1", "Z4"), "rd.patents.pending.count": ("Z3",),
}


@pytest.mark.parametrize("code", COUNTS)
def test_m4_02_a_count_is_that_of_its_records_and_loses_just_the_one_that_is_removed(zone, ledger, code):
    figure = indicators.find(code).figure(Period.parse(DAY), scope={zone})
    assert (figure.value, tuple(row.code for row in figure.records)) == (len(COUNTS[code]), COUNTS[code])
    free = [name for name in COUNTS[code] if name not in ("P1", "R1")]  # others point to these
    archive(ledger[random.choice(free)])
    assert told(zone, code) == len(COUNTS[code]) - 1


def test_m4_02_counts_are_as_of_any_date_and_filtered_by_level_and_year(zone, ledger, clerk, client):
    assert told(zone, "rd.projects.count", "2020") == 1
    assert told(zone, "rd.projects.count", by="level") == {"国家级": 1, "省部级": 1}
    assert told(zone, "rd.projects.count", by="year") == {"2019": 1, "2021": 1}
    assert told(zone, "rd.results.leading.count", by="level") == {"国际领先": 1, "国内领先": 1}
    assert told(zone, "rd.awards.count", "2022", by="level") == {"国家级": 1}
    assert told(zone, "rd.patents.granted.count", "2022") == 1
    assert told(zone, "rd.patents.in_force.count", "2023", by="kind") == {"发明": 2, "实用新型": 1}
    assert str(told(zone, "rd.results.leading_share")) == "100.00"
    client.force_login(clerk)
    page = client.get(reverse("records", args=["rd_projects"]), {"level": "national", "year-from": "2019", "year-to": "2019"})
    assert [row.code for row in page.context["page"]] == ["P1"]


def test_m4_02_a_result_without_a_project_is_shown_as_such(ledger, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("record", args=["rd_results", ledger["R2"].pk])).content.decode()
    assert "这项成果没有挂靠科研项目" in page
    assert "这项成果没有挂靠科研项目" not in client.get(reverse("record", args=["rd_results", ledger["R1"].pk])).content.decode()


def test_m4_02_states_follow_from_their_dates(ledger):
    told_of = {code: ledger[code].get_stage_display() for code in ("P1", "P2", "P4", "Z1", "Z2", "Z3")}
    assert told_of == {"P1": "验收", "P2": "立项", "P4": "申报", "Z1": "授权", "Z2": "失效", "Z3": "申请"}
    act(ledger["P1"], "rd_projects.correct", facts={"converted_on": "2023"})
    assert RDProject.objects.get(pk=ledger["P1"].pk).get_stage_display() == "转化"


def test_m4_02_the_same_patent_is_counted_once_however_its_number_is_written(zone, clerk):
    heads = ("专利号", "专利名称", "专利种类", "授权日期")
    counts, faults = bring(RDPatent, zone, clerk, heads, [
        ("ZL 2020 1 0123456.7", "截割头", "发明", "2022-03-01"), ("2020101234567", "截割头", "发明", "2022-03-01"),
        ("CN202010123456.7", "截割头", "发明", "2022-03-01"), ("ＺＬ２０２１１０００００１２．X", "支架", "发明", "2023-03-01"),
    ])
    assert (counts, faults) == ({"new": 2, "same": 2}, {})  # lines three and four say once more what line two says
    assert sorted(RDPatent.objects.values_list("number", flat=True)) == ["202010123456.7", "202110000012.X"]
    counts, faults = bring(RDPatent, zone, clerk, (*heads, "失效日期"), [("202010123456.7", "截割头", "发明", "2022-03-01", "2024-01-01")])
    assert (counts, faults, told(zone, "rd.patents.granted.count")) == ({"changed": 1}, {}, 2)
    counts, faults = bring(RDPatent, zone, clerk, heads, [
        ("2024101234560", "截齿", "发明", ""), ("ZL202410123456.0", "截齿", "发明", "2024-07-01")])
    assert (counts["wrong"], faults) == (1, {3: "与第 2 行重复，同一条记录只能有一行。"})  # which of the two is right, a person says
    with pytest.raises(ValidationError, match="这个专利号已经登记"):
        testing.enter(RDPatent, zone, "number | name | kind\nzl202010123456.7 | 截割头 | invention")


def rows_of(rows, names):
    """Return rows of facts as the cells of a table."""
    return [tuple(str(row.get(name, "") or "") for name in names) for row in rows]


def test_m4_02_the_page_s_ledger_comes_in_by_import_with_its_nine_repeated_patents(zone, clerk):
    """623 projects, 471 results at leading level, 201 awards, 506 granted inventions."""
    for register, rows in sample.ledger():
        names = [name for name in register.columns if any(name in row for row in rows)]
        rows = [{name: getattr(value, "code", value) for name, value in row.items()} for row in rows]
        heads = [str(register._meta.get_field(name).verbose_name) for name in names]
        lines = rows_of(rows, names)
        if register is RDPatent:
            again = [{**rows[number * 50], "number": f"zl {rows[number * 50]['number'].lower()}", "code": ""} for number in range(9)]
            lines += rows_of(again, names)
        counts, faults = bring(register, zone, clerk, heads, lines)
        assert (counts, faults) == ({"new": len(rows), **({"same": 9} if register is RDPatent else {})}, {})
    codes = ("rd.projects.count", "rd.results.leading.count", "rd.awards.count", "rd.patents.granted.count")
    assert [told(zone, code) for code in codes] == [623, 471, 201, 506]
    assert told(zone, "rd.projects.count", by="level") == {"国家级": 187, "省部级": 436}
    assert told(zone, "rd.results.count", by="level") == {"国际领先": 96, "国内领先": 375, "其他水平": 40}
    assert told(zone, "rd.awards.count", by="level") == {"国家级": 28, "省部级": 173}
    assert told(zone, "rd.patents.pending.count") == 60
    assert told(zone, "rd.patents.in_force.count", by="kind")["实用新型"] == 45
    assert str(told(zone, "rd.results.leading_share")) == "75.60"


def test_m4_02_expenditure_its_share_of_revenue_and_its_growth_with_both_years(zone):
    rows = testing.enter(RDExpenditure, zone, """
        year | amount | revenue
        2021 | 32000  | 800000
        2022 | 37800  | 840000
        2023 | 45000  | 900000
    """)
    assert [told(zone, "rd.expenditure.amount", year) for year in ("2021", "2022", "2023")] == [32000, 37800, 45000]
    assert [str(told(zone, "rd.expenditure.revenue_share", year)) for year in ("2021", "2022", "2023")] == ["4.00", "4.50", "5.00"]
    growth = indicators.find("rd.expenditure.growth").figure(Period.parse("2023"), scope={zone})
    assert (str(growth.value), growth.numerator.value, growth.denominator.value) == ("19.05", 45000, 37800)
    assert [row.year for row in growth.records] == [2022, 2023]
    archive(rows[1])
    assert told(zone, "rd.expenditure.growth", "2023") is None
    with pytest.raises(ValidationError, match="年度 2025 不对"):
        testing.enter(RDExpenditure, zone, "year | amount\n2025 | 1")


# M4-03: four chains


@pytest.fixture
def fused(zone):
    """Return a product that a project, a customer, money and a role are linked to, and another that shares the money."""
    [one, other] = testing.enter(RDProduct, zone, "code | name | direction\nC1 | 快速掘进机 | 掘进\nC2 | 运料车 | 辅助运输")
    [project] = testing.enter(RDProject, zone, "code | name | level\nP1 | 快掘课题 | national")
    [money] = testing.enter(RDFunding, zone, "code | name | kind | amount\nF1 | 专项资金 | fiscal | 300")
    [role] = testing.enter(RDMember, zone, "code | role | person | since\nT1 | 总体设计 | 演示人员 001 | 2020-01-01")
    [mine] = testing.enter(Enterprise, zone, "code | name\nQ1 | 某矿")
    links = [
        testing.enter(FusionLink, zone, "code\n" + code, product=product, **{name: end})[0]
        for code, product, name, end in (
            ("L1", one, "project", project), ("L2", one, "funding", money), ("L3", one, "member", role), ("L4", one, "enterprise", mine),
            ("L5", other, "funding", money))]
    return {each.code: each for each in (one, other, project, money, role, mine, *links)}


def walk(client, register, record):
    """Return the records to which the section of the four chains on a record's page leads."""
    page = client.get(reverse("record", args=[register, record.pk])).content.decode()
    section = re.search(r'<section id="fusion">.*?</section>', page, re.DOTALL)[0]
    return {href for href in re.findall(r'href="([^"?]*)"', section) if not href.startswith("#")}


def address(register, record):
    return reverse("record", args=[register, record.pk])


def test_m4_03_from_a_product_to_its_research_money_and_team_roles_and_back(zone, fused, clerk, client):
    client.force_login(clerk)
    ends = {"rd_projects": "P1", "rd_fundings": "F1", "rd_members": "T1", "enterprises": "Q1"}
    reached = walk(client, "rd_products", fused["C1"])
    assert reached >= {address(register, fused[code]) for register, code in ends.items()}
    for register, code in ends.items():
        if register != "enterprises":
            assert address("rd_products", fused["C1"]) in walk(client, register, fused[code]), register
    assert address("rd_products", fused["C2"]) in walk(client, "rd_fundings", fused["F1"])
    assert address("rd_products", fused["C2"]) not in walk(client, "rd_projects", fused["P1"])
    assert client.get(reverse("records", args=["fusion_links"]), {"enterprise": fused["Q1"].pk}).content.decode().count(">L4<") == 1


def test_m4_03_links_are_counted_by_chain_and_each_joins_one_end(zone, fused):
    assert told(zone, "chains.links.count") == 5
    assert told(zone, "chains.links.count", by="kind") == {"创新链": 1, "产业链": 1, "资金链": 2, "人才链": 1}
    archive(fused["L2"])
    assert told(zone, "chains.links.count") == 4
    with pytest.raises(ValidationError, match="填一个，要关联几个就登记几条"):
        testing.enter(FusionLink, zone, "code\nL9", product=fused["C1"], project=fused["P1"], funding=fused["F1"])
    with pytest.raises(ValidationError, match="填一个"):
        testing.enter(FusionLink, zone, "code\nL9", product=fused["C1"])
    with pytest.raises(ValidationError, match="已经登记"):
        testing.enter(FusionLink, zone, "code\nL9", product=fused["C1"], project=fused["P1"])
    with pytest.raises(ValidationError, match="上还有四链关联 L1"):
        archive(fused["P1"])


def test_m4_03_who_may_not_see_the_links_is_shown_none(zone, fused, client):
    client.force_login(testing.employ(zone, "guest", "rd_products.view"))
    page = client.get(reverse("record", args=["rd_products", fused["C1"].pk])).content.decode()
    assert 'id="fusion"' not in page
    assert "快掘课题" not in page


@pytest.mark.parametrize(("register", "code", "named", "unnamed"), [
    ("rd_products", "C1", (), (("rd_projects", "P1", "快掘课题"), ("rd_fundings", "F1", "专项资金"), ("enterprises", "Q1", "某矿"))),
    ("rd_products", "C1", ("rd_projects",), (("rd_fundings", "F1", "专项资金"), ("enterprises", "Q1", "某矿"))),
    ("rd_projects", "P1", (), (("rd_products", "C1", "快速掘进机"), ("enterprises", "Q1", "某矿"))),
])
def test_m4_03_what_one_may_not_see_has_neither_name_nor_address(zone, fused, client, register, code, named, unnamed):
    rights = " ".join(f"{name}.view" for name in ("fusion_links", register, *named))
    client.force_login(testing.employ(zone, "guest", rights))
    page = client.get(reverse("record", args=[register, fused[code].pk])).content.decode()
    section = re.search(r'<section id="fusion">.*?</section>', page, re.DOTALL)[0]
    for other, end, name in unnamed:
        assert name not in section, end
        assert address(other, fused[end]) not in section, end
    assert "（无权查看）" in section
    assert ("快掘课题" in section) == ("rd_projects" in (register, *named))


# M4-05: robots


def test_m4_05_the_task_log_gives_availability_time_between_faults_and_persons_saved(zone):
    [rule] = testing.enter(
        DatedRule, zone, "since | published_on | source_document\n2024-03-01 | 2024-03-01 | 定员文件",
        kind=PEOPLE_SAVED.code, content='{"tasks": {"运料": {"people": 3}, "巡检": {"people": 1}}}')
    assert rule.kind == PEOPLE_SAVED.code
    testing.enter(MineRobot, zone, "code | name\nR1 | 一号\nR2 | 二号")
    tasks = testing.enter(RobotTask, zone, """
        code | robot | worked_on  | task | hours
        W1   | R1    | 2024-02-01 | 运料 | 10
        W2   | R1    | 2024-03-01 | 运料 | 20.5
        W3   | R2    | 2024-04-01 | 巡检 | 9.5
        W4   | R1    | 2023-12-31 | 运料 | 99
    """)
    testing.enter(RobotFault, zone, """
        robot | found_on   | down
        R1    | 2024-02-02 | 4
        R1    | 2024-03-09 | 6
        R1    | 2023-12-31 | 50
    """)
    assert [row.people_saved for row in tasks] == [1, 3, 1, 1]  # by the rule of the day
    assert told(zone, "robots.hours", "2024") == 40
    assert told(zone, "robots.people_replaced", "2024", by="task") == {"运料": 4, "巡检": 1}
    assert str(told(zone, "robots.availability", "2024")) == "80.00"  # 40 of 40 + 10
    by_robot = told(zone, "robots.availability", "2024", by="of_robot")
    assert {name: str(value) for name, value in by_robot.items()} == {"一号": "75.31", "二号": "100.00"}  # 30.5 of 30.5 + 10
    assert str(told(zone, "robots.hours_between_faults", "2024")) == "20.00"
    assert (told(zone, "robots.faults.count", "2024"), told(zone, "robots.down.hours", "2024")) == (2, 10)
    archive(tasks[1])
    assert (told(zone, "robots.hours", "2024"), told(zone, "robots.people_replaced", "2024")) == (Decimal("19.5"), 2)
    with pytest.raises(ValidationError, match="没有「任务种类」跳舞。可选：运料、巡检"):
        testing.enter(RobotTask, zone, "robot | worked_on | task | hours\nR1 | 2024-04-01 | 跳舞 | 1")


def test_m4_05_a_task_is_of_a_kind_that_the_rule_of_its_day_has(zone):
    testing.enter(
        DatedRule, zone, "since | published_on | source_document\n2024-03-01 | 2024-03-01 | 定员文件",
        kind=PEOPLE_SAVED.code, content='{"tasks": {"钻孔": {"people": 2}}}')
    testing.enter(MineRobot, zone, "code | name\nR1 | 一号")
    for task, day in (("钻孔", "2024-02-29"), ("运料", "2024-03-01")):
        with pytest.raises(ValidationError, match=f"没有「任务种类」{task}"):
            testing.enter(RobotTask, zone, f"robot | worked_on | task | hours\nR1 | {day} | {task} | 1")
    [kept] = testing.enter(RobotTask, zone, "code | robot | worked_on | task | hours\nW1 | R1 | 2024-03-01 | 钻孔 | 1")
    with pytest.raises(ValidationError, match="没有「任务种类」钻孔"):
        act(kept, "robot_tasks.correct", facts={"worked_on": "2024-02-29"}, reason="更正")
    act(kept, "robot_tasks.correct", facts={"hours": "2"}, reason="更正")


@pytest.mark.parametrize(("code", "rule"), [
    ("robots.people_replaced", PEOPLE_SAVED), ("vehicles.new_energy.diesel_instead", DIESEL)])
def test_a_figure_by_a_rule_names_the_rule_and_its_source(zone, code, rule):
    definition = indicators.find(code)
    assert definition.rule == rule.code
    assert "出厂默认" in definition.words(Period.parse("2024"), frozenset({zone.pk}), World())


# M4-06: directions


def test_m4_06_products_are_of_one_of_five_directions_and_research_of_one_of_three(zone):
    listed = {table: [name for name, row in rows.items() if row.get("listed")] for table, rows in DIRECTIONS.shipped().content.items()}
    assert {table: len(names) for table, names in listed.items()} == {"industry": 5, "research": 3}
    rows = testing.enter(RDProduct, zone, """
        code | name   | direction  | flagship | launched_on
        C1   | 掘进机 | 掘进       | True     | 2010-01-01
        C2   | 掘锚机 | 掘进       |          |
        C3   | 无轨车 | 辅助运输   | True     | 2024-08-05
        C4   | 支架车 | 综采后配套 |          | 2015-01-01
    """)
    testing.enter(RDProject, zone, "name | approved_on\n甲 | 2020\n乙 | 2020", level="national", direction="智能掘进")
    assert told(zone, "institute.products.by_direction", by="direction") == {"掘进": 2, "辅助运输": 1, "综采后配套": 1}
    assert told(zone, "rd.projects.count", by="direction") == {"智能掘进": 2}
    assert (told(zone, "institute.flagship_products.count"), told(zone, "institute.flagship_products.count", "2024-07")) == (2, 1)
    archive(rows[0])
    assert told(zone, "institute.products.by_direction", by="direction") == {"掘进": 1, "辅助运输": 1, "综采后配套": 1}
    for register, more in ((RDProduct, {}), (RDProject, {"level": "other"})):
        with pytest.raises(ValidationError, match="方向」航天。可选："):
            testing.enter(register, zone, "code\nX1", name="怪", direction="航天", **more)


# M4-07: new-energy vehicles


def test_m4_07_hours_and_energy_of_each_vehicle_beside_what_a_diesel_vehicle_would_burn(zone):
    testing.enter(
        DatedRule, zone, "since | published_on | source_document\n2024-03-01 | 2024-03-01 | 实测报告",
        kind=DIESEL.code, content='{"litres_per_100_hours": 1250}')
    testing.enter(MiningVehicle, zone, "code | name\nV1 | 一号车\nV2 | 二号车")
    rows = testing.enter(MiningVehicleUse, zone, """
        vehicle | used_on    | hours | energy
        V1      | 2024-02-01 | 8     | 100
        V1      | 2024-03-01 | 7.5   | 90.5
        V2      | 2024-03-01 | 4     | 60
        V2      | 2023-03-01 | 9     | 99
    """)
    assert told(zone, "vehicles.new_energy.hours", "2024", by="of_vehicle") == {"一号车": Decimal("15.5"), "二号车": 4}
    assert told(zone, "vehicles.new_energy.energy", "2024", by="of_vehicle") == {"一号车": Decimal("190.5"), "二号车": 60}
    instead = told(zone, "vehicles.new_energy.diesel_instead", "2024", by="of_vehicle")
    assert instead == {"一号车": Decimal("173.75"), "二号车": 50}  # 8 x 10 + 7.5 x 12.5, and 4 x 12.5
    assert str(told(zone, "vehicles.new_energy.energy_per_hour", "2024", by="of_vehicle")["二号车"]) == "15.00"
    archive(rows[1])
    assert told(zone, "vehicles.new_energy.hours", "2024") == 12
    for wrong, words in (("V1 | 2024-04-01 | 24.5 | 1", "超过一天的 24 小时"), ("V1 | 2024-02-01 | 1 | 1", "这辆车这一天已经登记")):
        with pytest.raises(ValidationError, match=words):
            testing.enter(MiningVehicleUse, zone, "vehicle | used_on | hours | energy\n" + wrong)


# M4-08: service, testing, and reports that can be verified


@pytest.fixture
def orders(zone):
    """Return orders of the three lines, settled or not, two of them from abroad."""
    return {each.code: each for each in testing.enter(InstituteOrder, zone, """
        code | line      | title  | customer_name | country | amount | accepted_on | done_on    | settled_on | settled
        D1   | equipment | 掘进机 | 某矿          |         | 900    | 2024-01-05  | 2024-03-01 | 2024-04-01 | 890.5
        D2   | service   | 大修   | 某矿          |         | 60     | 2024-02-01  | 2024-02-20 | 2024-02-28 | 60
        D3   | testing   | 送检   | 某厂          |         | 8      | 2024-03-01  |            |            |
        D4   | equipment | 支架车 | 甲国矿        | 甲国    | 500    | 2023-06     |            |            |
        D5   | equipment | 支架车 | 甲国另一矿    | 甲国    | 500    | 2024-06-01  |            |            |
        D6   | service   | 维修   | 乙国矿        | 乙国    | 5      |             |            |            |
    """)}


def test_m4_08_three_lines_of_business_show_orders_and_income(zone, orders):
    assert [str(label) for _code, label in InstituteOrder._meta.get_field("line").choices] == ["装备制造", "延伸服务", "检验检测"]
    assert told(zone, "institute.orders.count", "2024", by="line") == {"装备制造": 2, "延伸服务": 1, "检验检测": 1}
    assert told(zone, "institute.revenue.by_line", "2024", by="line") == {"装备制造": Decimal("890.5"), "延伸服务": 60}
    assert [orders[code].get_stage_display() for code in ("D1", "D3", "D6")] == ["已结算", "受理", "待受理"]
    archive(orders["D2"])
    assert told(zone, "institute.revenue.by_line", "2024") == Decimal("890.5")
    with pytest.raises(ValidationError, match="要一起填"):
        act(orders["D3"], "institute_orders.correct", facts={"settled": "8"})


def test_m4_08_a_test_report_is_verified_by_its_number_and_digest(zone, orders, clerk, client):
    heads = "code | number | sample | passed | issued_on"
    [report] = testing.enter(TestReport, zone, heads + "\nB1 | JC-1 | 链条 | True | 2024-03-20", order=orders["D3"])
    client.force_login(clerk)

    def verify(**asked):
        return client.get(reverse("verify-report"), asked).content.decode()

    digest = report.digest
    assert len(digest) == 64
    assert digest in client.get(reverse("record", args=["test_reports", report.pk])).content.decode()
    assert "有这份报告，有效" in verify(number="JC-1")
    assert "核验码相符，报告有效" in verify(number="JC-1", digest=digest)
    assert "没有编号为「JC-2」的检验报告" in verify(number="JC-2")
    act(report, "test_reports.correct", facts={"sample": "另一条链条"}, reason="更正")
    assert "核验码不符" in verify(number="JC-1", digest=digest)
    printed = TestReport.objects.get().digest
    assert printed != digest
    act(report, "test_reports.correct", facts={"voided_on": "2024-05-01", "void_reason": "样品有误"}, reason="作废")
    for asked, is_other in (({}, False), ({"digest": printed}, False), ({"digest": digest}, True)):  # the copy is as good as it was
        page = verify(number="JC-1", **asked)
        assert ("已于 2024-05-01 作废：样品有误" in page, "核验码不符" in page, "有效" in page) == (True, is_other, False), asked
    assert (told(zone, "institute.test_reports.count", "2024-03"), told(zone, "institute.test_reports.count", "2024")) == (1, 0)
    for facts, words in (({"order": orders["D3"], "number": "JC-1"}, "这个报告编号已经用过"), ({"order": orders["D1"]}, "不出检验报告")):
        with pytest.raises(ValidationError, match=words):
            testing.enter(TestReport, zone, "code | issued_on\nB2 | 2024-03-21", **{"number": "JC-9", **facts})


def test_m4_08_the_digest_is_that_of_what_is_printed(zone, orders):
    heads = "code | number | sample | passed | issued_on"
    [report] = testing.enter(TestReport, zone, heads + "\nB1 | JC-1 | 链条 | True | 2024-03-20", order=orders["D3"])
    [other] = testing.enter(InstituteOrder, zone, "code | line | title | customer_name\nD7 | testing | 送检 | 某厂")
    met = {report.digest}
    told = {"number": "JC-2", "sample": "索", "passed": False, "conclusion": "断", "issued_on": "2024-03-21", "order": other}
    for facts in ({name: value} for name, value in told.items()):
        act(report, "test_reports.correct", facts=facts, reason="更正")
        found = TestReport.objects.get().digest
        assert found not in met, facts
        met.add(found)


def test_m4_08_the_number_of_an_archived_report_is_not_free_again(zone, orders):
    rows = testing.enter(TestReport, zone, "code | number | issued_on\nB1 | JC-1 | 2024-03-20", order=orders["D3"])
    archive(rows[0])
    with pytest.raises(ValidationError, match="这个报告编号已经用过"):
        testing.enter(TestReport, zone, "code | number | issued_on\nB2 | JC-1 | 2024-03-21", order=orders["D3"])


def test_m4_08_nobody_verifies_without_the_right(zone, client):
    client.force_login(testing.employ(zone, "guest", "rd_products.view"))
    assert client.get(reverse("verify-report"), {"number": "JC-1"}).status_code == 403


# M4-09: abroad


def test_m4_09_countries_are_counted_from_export_orders(zone, orders):
    assert told(zone, "institute.export.countries.count") == 1  # one country, two orders; the third is not accepted
    assert told(zone, "institute.export.orders.count", by="country") == {"甲国": 2}
    act(orders["D6"], "institute_orders.correct", facts={"accepted_on": "2024-07"})
    assert told(zone, "institute.export.countries.count") == 2
    archive(orders["D4"])
    assert (told(zone, "institute.export.countries.count"), told(zone, "institute.export.orders.count")) == (2, 2)
    with pytest.raises(ValidationError, match="「出口国家」中国 在国内"):
        act(orders["D3"], "institute_orders.correct", facts={"country": "中国"})


def test_m4_09_cooperation_counts_while_it_is_in_force(zone):
    testing.enter(Enterprise, zone, "code | name\nQ1 | 甲国公司")
    testing.enter(InstituteCooperation, zone, """
        partner | title | signed_on  | since      | until      | country
        Q1      | 一    | 2020-01-01 | 2020-01-01 | 2023-01-01 | 甲国
        Q1      | 二    | 2023-01-01 | 2023-01-01 |            | 甲国
    """)
    assert told(zone, "institute.cooperations.count", by="country") == {"甲国": 1}
    assert told(zone, "institute.cooperations.count", "2019") == 0


# M4-10: the production line


@pytest.fixture
def made(zone):
    """Return tests of four machines: one passed, one failed, one failed and passed a week later, and one never tested."""
    testing.enter(RDProduct, zone, "code | name | direction\nC1 | 掘进机 | 掘进")
    testing.enter(ProductionRun, zone, "code | line | run_on | product | units\nS1 | 一号线 | 2024-03-01 | C1 | 4")
    return testing.enter(ProductTest, zone, """
        code | product | serial | run | tested_on  | passed
        T1   | C1      | M1     | S1  | 2024-03-05 | True
        T2   | C1      | M2     | S1  | 2024-03-05 |
        T3   | C1      | M3     | S1  | 2024-03-05 |
        T4   | C1      | M3     | S1  | 2024-03-12 | True
    """)


def deliver(zone, serial, day):
    """Enter the delivery of a machine."""
    return testing.enter(InstituteDelivery, zone, f"product | serial | delivered_on\nC1 | {serial} | {day}")[0]


def test_m4_10_a_failing_test_blocks_delivery(zone, made):
    deliver(zone, "M1", "2024-03-06")
    with pytest.raises(ValidationError, match="掘进机 M2 于 2024-03-05 检验不合格，不能在 2024-03-06 交付"):
        deliver(zone, "M2", "2024-03-06")
    with pytest.raises(ValidationError, match="M3 于 2024-03-05 检验不合格"):
        deliver(zone, "M3", "2024-03-11")
    with pytest.raises(ValidationError, match="M4 到 2024-03-20 还没有出厂检验"):
        deliver(zone, "M4", "2024-03-20")
    deliver(zone, "M3", "2024-03-12")
    assert told(zone, "institute.deliveries.count", "2024", by="of_product") == {"掘进机": 2}


def test_m4_10_a_delivered_machine_keeps_its_passed_test(zone, made):
    deliver(zone, "M1", "2024-03-06")
    with pytest.raises(ValidationError, match="M1 于 2024-03-05 检验不合格"):
        act(made[0], "product_tests.correct", facts={"passed": False}, reason="更正")
    with pytest.raises(ValidationError, match="还没有出厂检验"):
        archive(made[0])
    with pytest.raises(ValidationError, match="还没有出厂检验"):
        act(made[0], "product_tests.correct", facts={"serial": "M9"}, reason="更正")
    testing.enter(ProductTest, zone, "product | serial | tested_on\nC1 | M1 | 2024-05-01")  # it came back, and failed then


def test_m4_10_the_pass_rate_comes_from_rows(zone, made):
    assert (told(zone, "institute.production.units", "2024"), told(zone, "institute.production.tests.count", "2024")) == (4, 4)
    assert str(told(zone, "institute.production.pass_rate", "2024")) == "50.00"
    assert str(told(zone, "institute.production.pass_rate", "2024", by="of_product")["掘进机"]) == "50.00"
    archive(made[1])
    assert str(told(zone, "institute.production.pass_rate", "2024")) == "66.67"


def test_dates_of_the_ledger_may_be_known_to_the_year(zone):
    assert isinstance(RDProject._meta.get_field("approved_on"), PartialDateField)
