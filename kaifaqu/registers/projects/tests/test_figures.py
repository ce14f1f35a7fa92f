"""What is under construction: small tables that a statistician can check by eye."""

import random
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, events, indicators, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.organisations.models import Enterprise

LEDGER = """
    name     | total_investment | started_on | production_on | terminated_on | suspended
    ---------+------------------+------------+---------------+---------------+-----------------------
    光伏组件 | 12000.5          | 2024-03-01 |               |               |
    碳纤维   | 8000             | 2024-07-31 | 2024-08-01    |               | 2024-04-01..2024-07-31
    仓储物流 | 5000             | 2023-05-01 | 2024-07-31    |               |
    铸造     | 3000             | 2023-05-01 |               | 2024-07-31    |
    陶瓷     | 2000             | 2023-05-01 |               |               | 2024-07-31..
    未开工   | 1000             |            |               |               |
"""


def figure(code, period, zone, **asked):
    return indicators.find(code).figure(Period.parse(period), scope={zone}, **asked)


def test_started_and_not_in_production_terminated_or_suspended_on_the_last_day(projects, zone):
    projects(LEDGER)
    told = figure("projects.under_construction.investment", "2024-07", zone)
    assert told.value == Decimal("20000.5")
    assert {project.name for project in told.records} == {"光伏组件", "碳纤维"}


def test_a_removed_project_leaves_the_figure_but_not_the_figure_as_known_before(projects, zone, clerk):
    projects(LEDGER)
    before = figure("projects.under_construction.investment", "2024-07", zone)
    known, removed = events.last_seq(), random.choice(before.records)
    archive = actions.find("projects.archive").plan
    commit([archive(removed, by=clerk, version=removed.row_version, reason="重复登记")], by=clerk)
    after = figure("projects.under_construction.investment", "2024-07", zone)
    assert after.value == before.value - removed.total_investment
    assert figure("projects.under_construction.investment", "2024-07", zone, known=known).value == before.value


@pytest.mark.parametrize(
    ("period", "continuing", "new"),
    [
        ("2024-H1", {"甲", "乙"}, {"丙", "丁"}),
        ("2024-Q1", {"甲", "乙"}, {"丙"}),
        ("2024-Q2", {"甲", "乙", "丙"}, {"丁"}),
        ("2024-06-30", {"甲", "乙", "丙"}, {"丁"}),
        ("2023", {"甲"}, {"乙"}),
    ],
)
def test_another_period_makes_other_classes_of_the_same_records(projects, zone, period, continuing, new):
    projects("""
        name | started_on
        甲   | 2022
        乙   | 2023-12-31
        丙   | 2024-01-01
        丁   | 2024-06-30
        戊   | 2024-07-01
    """)
    told = [figure(f"projects.{which}.count", period, zone) for which in ("continuing", "new", "under_construction")]
    assert [{project.name for project in each.records} for each in told] == [continuing, new, continuing | new]


def classes(zone, period):
    """Return the names of the continuing projects, and those of the new ones."""
    told = [figure(f"projects.{which}.count", period, zone) for which in ("continuing", "new")]
    return tuple("".join(sorted(project.name for project in each.records)) for each in told)


@pytest.mark.parametrize(("period", "kind", "counted"), [
    ("2024-H1", "continuing", {"2024-H1": ("甲乙丙", "丁"), "2024-Q1": ("甲乙", "丙"), "2024-01..06": ("甲乙丙", "丁")}),
    ("2024年一季度", "continuing", {"2024-Q1": ("甲乙丙", ""), "2024-01..03": ("甲乙丙", ""), "2024-H1": ("甲乙", "丙丁")}),
    ("2024-Q2", "new", {"2024-Q2": ("甲乙", "丁丙"), "2024-H1": ("甲乙", "丙丁")}),
])  # fmt: skip
def test_what_was_decided_for_a_period_counts_in_that_period_only(projects, zone, clerk, period, kind, counted):
    rows = projects("""
        name | started_on
        甲   | 2022
        乙   | 2023-12-31
        丙   | 2024-01-01
        丁   | 2024-06-30
        戊   | 2024-07-01
    """)
    known, third = events.last_seq(), rows[2]
    before = {each: classes(zone, each) for each in counted}
    classify = actions.find("projects.classify").plan
    [decided] = commit([classify(third, by=clerk, version=third.row_version, period=period, kind=kind, ground="去年已做基础")], by=clerk)
    assert {each: classes(zone, each) for each in counted} == {
        each: tuple("".join(sorted(names)) for names in told) for each, told in counted.items()}
    assert (decided.person, decided.period in counted) == (clerk, True)
    for each, told in before.items():
        as_known = figure("projects.continuing.count", each, zone, known=known)
        assert "".join(sorted(project.name for project in as_known.records)) == told[0]
    archive = actions.find("period_classes.archive").plan
    commit([archive(decided, by=clerk, version=decided.row_version, reason="弄错了")], by=clerk)
    assert {each: classes(zone, each) for each in counted} == before


def test_a_decided_class_settles_a_date_that_is_known_to_the_year_only(projects, zone, clerk):
    [project] = projects("""
        name | started_on
        甲   | 2024
    """)
    assert figure("projects.continuing.count", "2024-12-31", zone).value is None
    classify = actions.find("projects.classify").plan
    commit([classify(project, by=clerk, version=1, period="2024-12-31", kind="new", ground="施工许可证")], by=clerk)
    assert (classes(zone, "2024-12-31"), classes(zone, "2024")) == (("", "甲"), ("", "甲"))
    assert figure("projects.continuing.count", "2024-12-30", zone).value is None


@pytest.mark.parametrize(("facts", "sentence"), [
    ({"kind": "new"}, "开工日期是 2024-01-01，在这一期间本来就是新建，不用核定"),
    ({"period": "2023"}, "到期末 2023-12-31 还没有开工"),
    ({"period": "上半年"}, "「上半年」不是期间"),
    ({"ground": ""}, "丙 2024-H1：「核定理由」此字段不能为空"),
])  # fmt: skip
def test_a_class_that_needs_no_decision_or_cannot_be_is_refused(projects, zone, clerk, facts, sentence):
    [project] = projects("""
        name | started_on
        丙   | 2024-01-01
    """)
    facts = {"period": "2024-H1", "kind": "continuing", "ground": "去年已做基础", **facts}
    with pytest.raises(ValidationError, match=sentence):
        commit([actions.find("projects.classify").plan(project, by=clerk, version=1, **facts)], by=clerk)


@pytest.mark.parametrize(
    ("period", "value"),
    [
        ("2023-04-30", 1), ("2023-05-31", 2), ("2023-05-01", None), ("2023-05-15", None), ("2023-05-30", None), ("2023", 2),
        ("2021-06-30", None), ("2021", 1), ("2020", 0),
    ],
)
def test_a_date_known_to_the_month_or_year_is_decided_only_where_it_is_certain(projects, zone, period, value):
    projects("""
        name | started_on
        甲   | 2021
        乙   | 2023-05
    """)
    told = figure("projects.under_construction.count", period, zone)
    assert told.value == value
    if value is None:
        assert ("甲" in told.reason, "乙" in told.reason) == (period[:4] == "2021", period[:4] == "2023")


def test_a_missing_amount_is_named_and_never_counted_as_zero(projects, zone):
    projects("""
        code | name | total_investment | started_on
        P1   | 甲   | 5000             | 2024-01-01
        P2   | 乙   |                  | 2024-01-01
    """)
    told = figure("projects.under_construction.investment", "2024", zone)
    assert (told.value, told.incomplete, told.status) == (None, 5000, "not_computable")
    assert told.reason == "无法计算：2 条记录中有 1 条缺少「计划总投资（万元）」：P2 乙。"
    assert figure("projects.under_construction.investment_avg", "2024", zone).value is None
    assert figure("projects.under_construction.count", "2024", zone).value == 2


def test_shares_averages_and_groups(projects, zone):
    testing.enter(Enterprise, zone, """
        code | name | industry
        Q1   | 演甲 | 3021
        Q2   | 演乙 | 30
        Q3   | 演丙 | 2611
    """)
    enterprise = {each.code: each for each in Enterprise.objects.all()}
    rows = (("Q1", "100", "2023"), ("Q2", "200", "2024-02-01"), ("Q3", "0", "2024-02-01"), (None, "33.33", "2024-02-01"))
    create = actions.find("projects.create").plan
    commit([
        create(zone, by=SYSTEM, facts={
            "name": f"项目{code}", "enterprise": enterprise.get(code), "total_investment": amount, "started_on": day,
        }) for code, amount, day in rows
    ], by=SYSTEM)
    by = indicators.dimension(indicators.find("projects.new.count"), "industry")
    told = figure("projects.under_construction.investment", "2024", zone, by=by)
    assert [(group.key, group.label, group.value) for group in told.groups] == [
        ("26", "化学原料和化学制品制造业", 0), ("30", "非金属矿物制品业", 300), (None, "未填", Decimal("33.33"))]
    assert {each.code for each in indicators.find("projects.new.count").by} == {"industry", "nature", "park"}
    assert figure("projects.new.investment_share", "2024", zone).value == Decimal("70.00")
    assert figure("projects.new.investment_avg", "2024", zone).value == Decimal("77.78")
