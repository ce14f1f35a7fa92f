"""Targets and their parts keep what every register keeps, and refuse what no zone can have."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import indicators, testing
from kaifaqu.kernel.indicators import Indicator
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.targets.lines import WorkLine
from kaifaqu.registers.targets.models import TargetShare, YearlyTarget

SIGNED, INVESTED = "projects.signed.year.count", "projects.progress.year_to_date"


def target(zone, **facts) -> YearlyTarget:
    """Enter a target to point at."""
    told = {"year": 2024, "indicator": SIGNED, "amount": "20", "document": "演示2号", "document_on": "2024-01-10"}
    [made] = testing.enter(YearlyTarget, zone, f"code\n{facts.pop('code', 'MB1')}", **{**told, **facts})
    return made


class TestTargets(testing.RegisterTests):
    register = YearlyTarget

    def facts(self, zone):
        return {"year": 2024, "indicator": INVESTED, "amount": "90000.5", "document": "演示2号", "document_on": "2024-01-10"}

    def change(self):
        return {"amount": "90000.6"}


class TestWorkLines(testing.RegisterTests):
    register = WorkLine

    def facts(self, zone):
        return {"name": "项目", "office": zone, "document": "演示2号", "since": "2024-01-01"}


@pytest.mark.parametrize(("period", "count"), [("2023", 0), ("2024-H1", 2), ("2024-06-30", 2), ("2024", 1)])
def test_the_lines_of_a_day_are_counted(zone, period, count):
    testing.enter(WorkLine, zone, """
        name | since      | until
        党建 | 2024-01-01 |
        项目 | 2024-01-01 | 2024-07-01
    """)
    assert indicators.find("zone.work_lines.count").figure(Period.parse(period), scope={zone}).value == count


def test_a_line_that_goes_on_is_entered_once(zone):
    testing.enter(WorkLine, zone, "name\n项目", since="2023-01-01", until="2024-01-01")
    testing.enter(WorkLine, zone, "name\n项目", since="2024-01-01")
    with pytest.raises(ValidationError, match="这条工作主线已经登记，还没有结束"):
        testing.enter(WorkLine, zone, "name\n项目", since="2024-03-01")


class TestShares(testing.RegisterTests):
    register = TargetShare

    def facts(self, zone):
        return {"target": target(zone), "month": 3, "amount": "2"}

    def change(self):
        return {"amount": "3"}


@pytest.mark.parametrize(("facts", "sentence"), [
    ({"amount": "20.5"}, "20.5 不是整数：「签约」以个计"),
    ({"amount": "-1"}, "-1 是负数"),
    ({"year": 24}, "「年度」24 不像年份"),
    ({"indicator": "projects.under_construction.count"}, "「在建项目数」不能下达目标，可选：签约、开工、投产、完成投资"),
    ({"indicator": "projects.nothing"}, "「projects.nothing」不能下达目标"),
])  # fmt: skip
def test_what_no_zone_can_be_told_to_reach_is_refused(zone, facts, sentence):
    with pytest.raises(ValidationError) as refused:
        target(zone, **facts)
    assert sentence in "".join(refused.value.messages)


@pytest.fixture
def statistical():
    """Define a figure of what enterprises report to the statistics office."""
    made = Indicator(
        code="test.output", label="规上工业总产值", unit="万元", basis="", register=Enterprise, where=None, purpose="statistics")
    yield made
    del indicators._catalogue["test.output"]


def test_an_enterprises_statistical_figure_bears_no_target(zone, statistical):
    with pytest.raises(ValidationError) as refused:
        target(zone, indicator="test.output")
    assert "统计资料由企业依法独立报送，《统计法》禁止" in "".join(refused.value.messages)


def test_neither_an_enterprise_nor_a_foreign_party_bears_a_target_or_a_part(zone, other):
    firm = testing.party(zone, "FIRM", "演示企业", zone)
    testing.enter(Enterprise, zone, "name | party\n甲公司 | FIRM")
    with pytest.raises(ValidationError, match="是企业：目标只对开发区和它的部门，不能对企业下达"):
        target(firm)
    held = target(zone)
    for party, sentence in ((firm, "不能分给企业"), (other, "不是测试开发区的部门"), (zone, "不是测试开发区的部门")):
        with pytest.raises(ValidationError, match=sentence):
            testing.enter(TargetShare, zone, "amount\n3", target=held, department=party)
    with pytest.raises(ValidationError, match="请填部门或月"):
        testing.enter(TargetShare, zone, "amount\n3", target=held)


def test_only_a_later_document_supersedes_and_only_the_latest_target(zone):
    first = target(zone)
    for facts, sentence in (
        ({}, "已经下达目标；由后来的文件调整的"),
        ({"supersedes": first, "document_on": "2024-01-10"}, "不晚于原文件"),
        ({"supersedes": first, "document_on": "2024-07-01", "year": 2025}, "同一年度、同一指标"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            target(zone, code="MB2", **facts)
    target(zone, code="MB2", supersedes=first, document_on="2024-07-01", amount="18")
    with pytest.raises(ValidationError, match="已被另一份文件替代"):
        target(zone, code="MB3", supersedes=first, document_on="2024-08-01")


def test_what_is_superseded_is_neither_archived_nor_moved(zone, clerk):
    from kaifaqu.kernel import actions

    first = target(zone)
    target(zone, code="MB2", supersedes=first, document="演示9号", document_on="2024-07-01", amount="18")
    for verb, facts in (("archive", {}), ("correct", {"facts": {"year": 2023}}), ("correct", {"facts": {"document_on": "2024-07-02"}})):
        with pytest.raises(ValidationError, match="已被 演示9号"):
            actions.find(f"targets.{verb}").plan(first, by=clerk, version=1, reason="核对", **facts)


def test_two_lines_of_one_name_do_not_hold_on_one_day(zone):
    testing.enter(WorkLine, zone, "name\n党建", since="2024-01-01", until="2025-01-01")
    for since, until in (("2024-06-01", "2026-01-01"), ("2024-07-01", None), ("2023-01-01", "2024-02-01")):
        with pytest.raises(ValidationError, match="时间重叠"):
            testing.enter(WorkLine, zone, "name\n党建", since=since, until=until)
    testing.enter(WorkLine, zone, "name\n招商", since="2024-07-01")
    testing.enter(WorkLine, zone, "name\n党建", since="2025-01-01")


def test_a_target_stands_on_a_line_of_its_year(zone):
    [line] = testing.enter(WorkLine, zone, "name\n党建", since="2024-06-01", until="2025-01-01")
    facts = {"indicator": "projects.signed.year.count", "amount": "3", "document": "文件", "document_on": "2024-01-10", "line": line}
    for year in ("2023", "2025"):
        with pytest.raises(ValidationError, match=f"在 {year} 年不存在"):
            testing.enter(YearlyTarget, zone, f"year\n{year}", **facts)
    testing.enter(YearlyTarget, zone, "year\n2024", **facts)
