"""M5-01 to M5-04 and M5-16 to M5-18: the simple mechanisms of the operating company, on tables that can be checked by eye."""

import json
from datetime import date

import pytest
from django.urls import reverse

from kaifaqu.domains.company import chart, models
from kaifaqu.kernel import actions, indicators, testing
from kaifaqu.kernel.access import SYSTEM, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.figures import NOT_COMPUTABLE
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import agenda
from kaifaqu.registers.holdings.models import Holding
from kaifaqu.registers.organisations.models import Enterprise

SINCE = date(2023, 1, 1)
DAY = "2024-08-05"


def told(zone, code, period=DAY, by=""):
    """Return a figure's value; by groups, where a dimension is named, the value of each."""
    definition = indicators.find(code)
    figure = definition.figure(Period.parse(period), scope={zone}, by=indicators.dimension(definition, by) if by else None)
    return {each.label: each.value for each in figure.groups} if by else figure.value


def behind(zone, code, period=DAY):
    """Return the codes of the records behind a figure."""
    return [each.code for each in indicators.find(code).figure(Period.parse(period), scope={zone}).records]


@pytest.fixture
def group(zone):
    """Return the zone's own company, which holds two others, one of which holds a fourth with a partner."""
    own, *others = testing.enter(Enterprise, zone, "code | name\nA | 演示运营\nB | 演示物业\nC | 演示投资\nD | 演示科技\nE | 演示合作方")
    commit([actions.find("enterprises.correct").plan(own, by=SYSTEM, version=1, facts={"party": zone})], by=SYSTEM)
    testing.enter(Holding, zone, """
        company | holder | share | since      | until
        B       | A      | 100   | 2023-01-01 |
        C       | A      | 100   | 2023-01-01 |
        D       | C      | 60    | 2023-06-01 |
        D       | E      | 40    | 2023-06-01 | 2024-08-05
    """)
    return [own, *others]


@pytest.fixture
def functions(zone):
    """Return four functions: one of the committee, one of the company, one of both, one of nobody."""
    made = testing.enter(models.FunctionItem, zone, "code | name\nF1 | 规划\nF2 | 招商\nF3 | 园区运营\nF4 | 宣传", since=SINCE)
    testing.enter(models.FunctionHolder, zone, """
        code | function | side      | since      | until
        H1   | F1       | committee | 2023-01-01 |
        H2   | F2       | committee | 2023-01-01 | 2024-01-01
        H3   | F2       | company   | 2024-01-01 |
        H4   | F3       | committee | 2023-01-01 |
        H5   | F3       | company   | 2023-01-01 |
    """)
    return made


def test_m5_01_each_function_has_one_owner_and_overlaps_and_orphans_are_listed(zone, functions):
    assert told(zone, "reform.functions.separated_rate") == 50
    assert behind(zone, "reform.functions.separated.count") == ["F1", "F2"]
    assert behind(zone, "reform.functions.overlapping.count") == ["F3"]
    assert behind(zone, "reform.functions.orphaned.count") == ["F4"]
    assert behind(zone, "reform.functions.separated.count", "2023") == ["F1", "F2"]  # then the committee's, since the company's


def test_m5_01_functions_are_delegated_by_contract_and_the_contract_is_reviewed_yearly(zone, group, functions):
    testing.enter(models.Delegation, zone, """
        code | partner | title | signed_on  | since      | until
        W1   | A       | 招商  | 2022-12-01 | 2023-01-01 |
        W2   | A       | 运营  | 2022-12-01 | 2023-01-01 |
        W3   | A       | 宣传  | 2024-02-01 | 2024-03-01 |
        W4   | A       | 旧约  | 2022-01-01 | 2022-01-01 | 2024-01-01
    """)
    testing.enter(models.FunctionHolder, zone, "function | side | delegation\nF4 | company | W3", since="2024-03-01")
    testing.enter(models.DelegationReview, zone, """
        delegation | year | reviewed_on | result
        W1         | 2023 | 2024-01-20  | 良好
        W2         | 2022 | 2023-01-20  | 良好
    """)
    assert behind(zone, "reform.delegations.count") == ["W1", "W2", "W3"]
    assert behind(zone, "reform.delegations.unreviewed.count") == ["W2"]
    assert behind(zone, "reform.delegations.unreviewed.count", "2024-01-19") == ["W1", "W2"]


GROUPS = ["三化之一", "三化之二", "三化之三", "领导班子任期制", "全员聘任制", "绩效工资制"]


def test_m5_02_six_groups_are_shipped_and_an_owner_has_others(zone, clerk):
    create = actions.find("reform_items.create").plan
    for name in GROUPS:
        commit([create(zone, by=clerk, facts={"name": name, "category": name, "set_on": SINCE})], by=clerk)
    commit([actions.find("rules.create").plan(zone, by=clerk, facts={
        "kind": "company.reform_groups", "since": SINCE, "published_on": SINCE, "source_document": "方案",
        "content": json.dumps({"groups": {"机构精简": {"hua": True}}})})], by=clerk)
    commit([create(zone, by=clerk, facts={"name": "精简", "category": "机构精简", "set_on": SINCE})], by=clerk)
    assert told(zone, "reform.items.count", by="item_group") == dict.fromkeys([*GROUPS, "机构精简"], 1)


def test_m5_02_the_done_rate_of_a_group_comes_from_its_tasks(zone):
    testing.enter(models.ReformItem, zone, "code | name | category\nG1 | 任期 | 领导班子任期制\nG2 | 聘期 | 全员聘任制", set_on=SINCE)
    testing.enter(models.ReformTask, zone, """
        code | item | title | set_on     | due_on     | done_on    | result
        R1   | G1   | 甲    | 2024-01-01 | 2024-06-30 | 2024-06-30 | 已办
        R2   | G1   | 乙    | 2024-01-01 | 2024-06-29 |            |
        R3   | G1   | 丙    | 2024-01-01 | 2024-06-30 | 2024-07-01 | 已办
        R4   | G2   | 丁    | 2024-01-01 |            | 2024-03-01 | 已办
        R5   | G2   | 戊    | 2024-07-01 |            |            |
    """)
    assert told(zone, "reform.items.done_rate", "2024-Q2") == 50
    assert {name: f"{value}" for name, value in told(zone, "reform.items.done_rate", "2024-Q2", "reform_group").items()} == {
        "领导班子任期制": "33.33", "全员聘任制": "100.00"}
    assert behind(zone, "reform.tasks.overdue.count", "2024-Q2") == ["R2"]
    assert told(zone, "reform.items.done_rate", "2024-Q3") == 60


def test_m5_03_the_chart_is_that_of_the_day(zone, clerk, group, client):
    testing.enter(models.CompanyDepartment, zone, """
        code | company | name   | parent | since      | until
        B1   | A       | 综合部 |        | 2023-01-01 |
        B3   | A       | 投资部 |        | 2024-01-01 |
    """)
    testing.enter(models.CompanyDepartment, zone, """
        code | company | name   | parent | since      | until
        B2   | A       | 招商部 | B1     | 2023-01-01 | 2024-01-01
    """)
    posts = "department | name | headcount\nB1 | 主管 | 2\nB1 | 专员 | 3\nB3 | 专员 | 4"
    testing.enter(models.CompanyPost, zone, posts, since="2024-01-01")

    def names(day):
        shown = chart.structure(User.objects.get(pk=clerk.pk), date.fromisoformat(day))
        return [node.title for node in shown.picture.nodes]

    assert names("2023-05-31") == ["演示运营", "演示物业", "演示投资", "综合部", "招商部"]
    assert names(DAY) == ["演示运营", "演示物业", "演示投资", "演示科技", "综合部", "投资部"]
    assert (told(zone, "platform.departments.count"), told(zone, "platform.posts.count")) == (2, 9)
    client.force_login(clerk)
    page = client.get(reverse("group-structure"), {"on": "2023-05-31"}).content.decode()
    assert ("招商部" in page, "投资部" in page) == (True, False)
    assert "不是日期" in client.get(reverse("group-structure"), {"on": "2023-02-30"}).content.decode()
    assert client.get(reverse("records", args=["company_posts"])).content.decode().count(reverse("group-structure")) == 1


def test_m5_03_effective_shares_go_through_the_levels_and_subsidiaries_are_counted(zone, clerk, group):
    shown = chart.structure(User.objects.get(pk=clerk.pk), date(2024, 8, 4))
    assert {each.row.code: each.effective for each in shown.companies} == {"A": "", "B": "100%", "C": "100%", "D": "60%", "E": ""}
    assert behind(zone, "platform.subsidiaries.count") == ["B", "C", "D"]
    assert behind(zone, "platform.subsidiaries.count", "2023-05-31") == ["B", "C"]
    assert told(zone, "holdings.chain.depth") == 3


def test_m5_03_nobody_else_sees_the_chart(zone, stranger, group, client):
    client.force_login(stranger)
    assert client.get(reverse("group-structure")).status_code == 200  # his own, which is empty
    assert "演示" not in client.get(reverse("group-structure")).content.decode().partition("<article")[2]
    client.force_login(testing.employ(zone, "half", "holdings.view enterprises.view company_posts.view"))
    assert client.get(reverse("group-structure")).status_code == 403


@pytest.fixture
def assets(zone, group):
    """Return five assets: let, idle, unfit, without a state, and one that is gone."""
    made = testing.enter(models.Asset, zone, """
        code | name   | kind      | holder | acquired_on | disposed_on
        Z1   | 一号房 | workshop  | A      | 2020-01-01  |
        Z2   | 二号房 | workshop  | A      | 2020-01-01  |
        Z3   | 旧设备 | equipment | B      | 2020-01-01  |
        Z4   | 空地   | land      | A      | 2020-01-01  |
        Z5   | 卖掉的 | land      | A      | 2020-01-01  | 2024-08-05
    """)
    testing.enter(models.AssetUse, zone, """
        code | asset | state | since      | until
        U1   | Z1    | idle  | 2020-01-01 | 2024-05-01
        U2   | Z1    | let   | 2024-05-01 |
        U3   | Z2    | idle  | 2020-01-01 |
        U4   | Z3    | unfit | 2020-01-01 |
        U5   | Z5    | idle  | 2020-01-01 |
    """)
    testing.enter(models.AssetValuation, zone, """
        code | asset | basis     | valued_on  | amount
        V1   | Z1    | book      | 2022-12-31 | 900
        V2   | Z1    | book      | 2023-12-31 | 800.5
        V3   | Z1    | appraised | 2024-03-31 | 1500
        V4   | Z2    | book      | 2023-12-31 | 199.5
        V5   | Z5    | book      | 2023-12-31 | 5000
        V6   | Z3    | book      | 2024-08-06 | 7
    """)
    return made


def test_m5_04_the_idle_rate_comes_from_rows(zone, assets):
    assert (told(zone, "assets.count"), behind(zone, "assets.idle.count"), told(zone, "assets.idle_rate")) == (4, ["Z2"], 25)
    assert behind(zone, "assets.idle.count", "2024-04-30") == ["Z1", "Z2", "Z5"]
    assert behind(zone, "assets.unstated.count") == ["Z4"]
    assert told(zone, "assets.idle_rate", by="asset_kind") == {"土地": 0, "厂房": 50, "设备": 0}


def test_m5_04_book_and_appraised_values_are_kept_apart(zone, assets):
    assert behind(zone, "assets.total_value") == ["V2", "V4"]
    assert (told(zone, "assets.total_value"), told(zone, "assets.appraised_value")) == (1000, 1500)
    assert told(zone, "assets.total_value", "2023-06-30") == 900
    assert behind(zone, "assets.unvalued.count") == ["Z3", "Z4"]


def test_m5_04_a_measure_shows_income_before_and_after(zone, clerk, assets, client, time_machine):
    row = "code | asset | means | plan | planned_on | done_on\nP1 | Z1 | expansion | 出租 | 2024-03-01 | 2024-05-01"
    [measure] = testing.enter(models.AssetAction, zone, row)
    testing.enter(models.CompanyIncome, zone, """
        line | asset | period  | amount | cost
        租金 | Z1    | 2024-Q1 | 0      | 12
        租金 | Z1    | 2024-Q2 | 20     | 12
        租金 | Z1    | 2024-07 | 31.5   | 4
        物业 | Z1    | 2024-08 | 3      | 5
        租金 | Z2    | 2024-Q1 | 99     | 1
    """)
    testing.enter(models.CompanyIncome, zone, "line | asset | period | amount | cost | fiscal\n财政补助 | Z1 | 2024-07 | 70 | 0 | True")
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    client.force_login(clerk)
    page = client.get(reverse("record", args=["asset_actions", measure.pk])).content.decode().partition('id="effect"')[2]
    cells = [each.partition("</td>")[0] for each in page.split('<td class="number">')[1:]]
    assert cells[:6] == ["0", "—", "12", "34.5", "70", "9"]  # income, fiscal support, cost
    assert "截至 2024-08-05，本季度未完" in page.replace("\n", "")
    assert page.count("本季度未完") == 1
    assert told(zone, "assets.actions.count", "2024-Q2", "asset_means") == {"拓展经营业务": 1}
    assert [str(label) for _means, label in models.Means.choices] == ["整合重组", "优化配置", "拓展经营业务"]


def test_m5_04_what_has_no_rows_is_told_as_unknown(zone, clerk, assets, client):
    [measure] = testing.enter(
        models.AssetAction, zone, "asset | means | plan | planned_on | done_on\nZ1 | expansion | 出租 | 2024-03-01 | 2024-05-01")
    client.force_login(clerk)
    page = client.get(reverse("record", args=["asset_actions", measure.pk])).content.decode().partition('id="effect"')[2]
    assert page.count('<td class="number">—</td>') == 6


@pytest.fixture
def debt(zone, group):
    """Return a loan and a guarantee with what is to be paid, and statements of three dates."""
    testing.enter(models.Financing, zone, """
        code | kind      | borrower | creditor | amount | since      | until
        R1   | loan      | A        | 演示银行 | 3000   | 2022-01-01 | 2027-01-01
        R2   | guarantee | A        | 演示担保 | 500    | 2022-01-01 | 2024-08-05
    """)
    testing.enter(models.Repayment, zone, """
        code | financing | due_on     | amount | paid_on
        K1   | R1        | 2024-08-04 | 10     |
        K2   | R1        | 2024-08-05 | 100    |
        K3   | R1        | 2024-11-03 | 200    |
        K4   | R1        | 2024-11-04 | 400    |
        K5   | R2        | 2024-09-01 | 50     | 2024-08-05
        K6   | R2        | 2024-09-02 | 60     | 2024-08-06
    """)
    return testing.enter(models.BalanceStatement, zone, """
        code | company | as_of      | consolidated | assets | liabilities
        S1   | A       | 2023-12-31 | True         | 80000  | 40000
        S2   | A       | 2024-06-30 | True         | 80000  | 27000
        S3   | A       | 2024-06-30 | False        | 50000  | 10000
        S4   | B       | 2024-07-31 | True         | 100    | 99
        S5   | A       | 2024-08-31 | True         | 80000  | 1
    """)


def test_m5_16_repayments_due_in_ninety_days_are_listed(zone, clerk, debt):
    assert behind(zone, "platform.repayment_due_90d") == ["K2", "K3", "K6"]
    assert (told(zone, "platform.repayment_due_90d"), behind(zone, "platform.repayment_overdue")) == (360, ["K1"])
    assert told(zone, "platform.repayment_due_90d", by="owed_kind") == {"贷款": 300, "担保": 60}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts={
        "kind": "company.repayment_warning", "since": SINCE, "published_on": SINCE, "source_document": "办法", "content": '{"days": 91}'})],
        by=clerk)
    assert behind(zone, "platform.repayment_due_90d") == ["K2", "K3", "K4", "K6"]
    assert told(zone, "platform.financing.amount", by="financing_kind") == {"贷款": 3000}


def test_m5_16_what_is_due_stands_in_the_calendar(clerk, debt, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    due = [each.record.code for each in agenda.entries(User.objects.get(pk=clerk.pk)) if each.record.register == "repayments"]
    assert due == ["K1", "K2", "K3", "K4"]


def test_m5_16_the_debt_ratio_comes_from_the_last_consolidated_statement(zone, debt):
    assert (f"{told(zone, 'platform.debt_ratio')}", behind(zone, "platform.debt_ratio")) == ("33.75", ["S2"])
    assert told(zone, "platform.debt_ratio", "2024-Q1") == 50


def test_m5_17_the_plan_s_code_is_a_label_and_its_goals_are_rows(zone):
    testing.enter(models.StrategyPlan, zone, """
        code | label  | name   | since      | until
        L1   | 136336 | 新规划 | 2024-01-01 |
        L2   | 007    | 旧规划 | 2020-01-01 | 2024-01-01
    """)
    testing.enter(models.PlanGoal, zone, """
        code | plan | part | name | word     | done_on    | result
        M1   | L1   | 一   | 甲   | 保值增值 | 2024-08-05 | 已成
        M2   | L1   | 一   | 乙   |          | 2024-08-06 | 已成
        M3   | L1   | 三   | 丙   | 保值增值 |            |
        M4   | L2   | 一   | 旧   |          | 2021-01-01 | 已成
    """)
    assert told(zone, "plan.count", by="plan_label") == {"136336": 1}
    assert models.StrategyPlan.objects.get(code="L2").label == "007"
    assert (f"{told(zone, 'plan.goals.done_rate')}", behind(zone, "plan.goals.done.count")) == ("33.33", ["M1"])
    assert told(zone, "plan.goals.done_rate", by="goal_group") == {"一": 50, "三": 0}
    assert told(zone, "plan.goals.count", by="goal_word") == {"保值增值": 2, "未填": 1}


@pytest.fixture
def income(zone, assets):
    """Return income of a quarter, of a month of it, of the next month, and fiscal support."""
    return testing.enter(models.CompanyIncome, zone, """
        code | line     | asset | period  | amount | cost | fiscal
        I1   | 租金     | Z1    | 2024-Q2 | 500    | 400  |
        I2   | 租金     | Z2    | 2024-05 | 120    | 130  |
        I3   | 物业     | Z2    | 2024-Q2 | 310    | 300  |
        I4   | 服务     |       | 2024-06 | 140    |      |
        I5   | 财政补助 |       | 2024-Q2 | 300    |      | True
        I6   | 租金     | Z2    | 2024-07 | 1000   | 1    |
    """)


def test_m5_18_income_by_line_and_the_fiscal_share_come_from_rows_of_any_quarter(zone, income):
    assert told(zone, "platform.income.by_line", "2024-Q2", "income_line") == {"租金": 620, "物业": 310, "服务": 140}
    assert behind(zone, "platform.income.by_line", "2024-Q2") == ["I1", "I2", "I3", "I4"]
    assert told(zone, "platform.income.total", "2024-Q2") == 1370
    assert f"{told(zone, 'platform.income.fiscal_share', '2024-Q2')}" == "21.90"
    assert told(zone, "platform.income.by_line", "2024-H2") == 1000


def test_m5_18_profitable_assets_are_those_with_income_above_cost_in_the_quarter(zone, income):
    assert behind(zone, "assets.profitable.value", "2024-Q2") == ["V2"]  # Z2 earned 430 and cost as much
    assert f"{told(zone, 'assets.profitable_share', '2024-Q2')}" == "13.34"  # 800.5 of 6,000, the sold one among them
    assert behind(zone, "assets.profitable.value", "2024-Q3") == ["V4"]
    testing.enter(models.CompanyIncome, zone, "line | asset | period | amount | cost | fiscal\n财政补助 | Z2 | 2024-Q2 | 900 | 0 | True")
    assert behind(zone, "assets.profitable.value", "2024-Q2") == ["V2"]  # what only support makes profitable is not


def test_m5_18_a_row_of_a_quarter_is_not_cut_into_months(zone, income):
    month = Period.parse("2024-05")
    for code in ("platform.income.by_line", "platform.income.fiscal_share", "assets.profitable_share"):
        figure = indicators.find(code).figure(month, scope={zone})
        assert (figure.status, "有 3 条经营收入按更长的期间登记" in figure.reason) == (NOT_COMPUTABLE, True), code
    assert told(zone, "platform.income.by_line", "2024-07") == 1000


REMOVED = (  # a figure, of which period, what is removed, and what is left
    ("reform.functions.overlapping.count", DAY, "F3", 0), ("reform.functions.orphaned.count", DAY, "F4", 0),
    ("reform.functions.separated.count", DAY, "F1", 1), ("assets.idle.count", DAY, "Z2", 0),
    ("assets.total_value", DAY, "V4", "800.5"), ("assets.appraised_value", DAY, "V3", 0), ("platform.repayment_due_90d", DAY, "K3", 160),
    ("platform.liabilities", DAY, "S2", 40000), ("platform.income.by_line", "2024-Q2", "I4", 930),
    ("platform.income.fiscal", "2024-Q2", "I5", 0), ("assets.profitable.value", "2024-Q2", "V2", 900),
)


@pytest.mark.parametrize(("code", "period", "removed", "left"), REMOVED)
def test_a_removed_record_changes_a_figure_by_itself_alone(zone, clerk, functions, debt, income, code, period, removed, left):
    if removed.startswith(("F", "Z")):  # what stands on it goes first
        for register in (models.FunctionHolder, models.AssetUse, models.AssetValuation, models.CompanyIncome):
            name = "function" if register is models.FunctionHolder else "asset"
            for row in register.objects.current().filter(**{f"{name}__code": removed}):
                commit([actions.find(f"{register.register}.archive").plan(row, by=clerk, version=1, reason="重复")], by=clerk)
    definition = indicators.find(code)
    [row] = definition.register.objects.current().filter(code=removed)
    commit([actions.find(f"{row.register}.archive").plan(row, by=clerk, version=1, reason="重复")], by=clerk)
    assert f"{told(zone, code, period).normalize():f}" == f"{left}"
