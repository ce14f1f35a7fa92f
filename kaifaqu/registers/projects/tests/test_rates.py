"""The four rates: small tables, each with the definition that a zone may choose."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import dated, events, indicators, testing
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.registers.projects.models import Lead
from kaifaqu.registers.targets.models import YearlyTarget


def figure(code, period, zone, **asked):
    return indicators.find(code).figure(Period.parse(period), scope={zone}, **asked)


def choose(zone, kind, content, **facts):
    since = {"since": "2024-01-01", "published_on": "2024-01-10", "source_document": "演示开发区〔2024〕1号", **facts}
    return testing.enter(DatedRule, zone, "kind\n" + kind, content=json.dumps(content), **since)


@pytest.fixture
def funnel(zone):
    testing.enter(Lead, zone, """
        name | first_contact_on | negotiating_on | signed_on  | failed_on  | fail_reason
        甲   | 2023             | 2024-01-05     | 2024-06-30 |            |
        乙   | 2024-02-01       | 2024-03-01     | 2024-07-01 |            |
        丙   | 2024-02-01       | 2024-03-01     |            | 2024-06-30 | 资金
        丁   | 2024-02-01       |                |            | 2024-03-01 | 用地
        戊   | 2024-06-30       |                |            |            |
        己   | 2024-07-01       |                |            |            |
    """)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("leads.known.count", 5),
        ("leads.negotiated.count", 3),
        ("leads.in_negotiation.count", 1),
        ("projects.rate.signing.lead", Decimal("20.00")),
        ("projects.rate.signing.negotiation", Decimal("33.33")),
        ("projects.rate.signing", Decimal("33.33")),  # as shipped
    ],
)
def test_the_signing_rate_names_its_denominator(funnel, zone, code, value):
    assert figure(code, "2024-06-30", zone).value == value


def test_the_signing_rate_over_a_yearly_target_is_of_the_year_to_date(projects, zone):
    projects("""
        name | signed_on
        甲   | 2023-12-31
        乙   | 2024-01-01
        丙   | 2024-05
        丁   | 2024-07-01
    """)
    told = figure("projects.rate.signing.target", "2024-Q2", zone)
    assert (told.status, "请先按文件登记「全年目标」" in told.reason) == ("not_computable", True)
    testing.enter(YearlyTarget, zone, """
        year | indicator                 | amount | document | document_on
        2024 | projects.signed.year.count | 20    | 演示文件 | 2024-01-10
    """)
    assert figure("projects.rate.signing.target", "2024-Q2", zone).value == Decimal("10.00")


@pytest.fixture
def three_lists(projects, lists):
    projects("""
        name | signed_on  | started_on | production_on | full_capacity_on | expected_annual_output | actual_annual_output
        甲   | 2023-01-05 | 2023-02-01 | 2023-10-01    | 2024-03-01       | 300                    | 270
        乙   | 2023-01-05 | 2023-03-01 | 2024-02-01    |                  | 100                    | 20
        丙   | 2023-08-01 | 2024-07-01 |               |                  |                        |
        丁   | 2024-03-01 | 2024-06-30 |               |                  |                        |
    """)
    lists("signed", _2023_03_28="甲 乙", _2023_09_28="丙", _2024_03_28="丁")
    lists("started", _2023_03_28="甲 乙", _2024_06_30="丁")
    lists("production", _2023_12_28="甲", _2024_03_28="乙")


@pytest.mark.parametrize(
    ("grace", "start", "production", "value", "count"),
    [
        (0, (3, 4), (2, 3), (290, 400), (1, 2)),
        (1, (2, 3), (2, 2), (270, 300), (1, 1)),
        (2, (2, 2), (0, 0), (0, 0), (0, 0)),
        (3, (0, 0), (0, 0), (0, 0), (0, 0)),
    ],
)
def test_the_newest_lists_are_exempt_as_the_zone_has_decided(three_lists, zone, grace, start, production, value, count):
    choose(zone, "projects.rate.start", {"variant": "cohort", "grace": grace})
    choose(zone, "projects.rate.production", {"variant": "cohort", "grace": grace})
    choose(zone, "projects.rate.full_capacity", {"variant": "count", "grace": grace, "actual": "annualised"})
    codes = {"start.cohort": start, "production.cohort": production, "full_capacity.value": value, "full_capacity.count": count}
    for code, sides in codes.items():
        told = figure(f"projects.rate.{code}", "2024-06-30", zone)
        assert (told.numerator.value, told.denominator.value) == sides, code
        assert (told.status == "open") == bool(sides[1])
    if grace == 1:
        assert figure("projects.rate.full_capacity", "2024-06-30", zone).indicator.code == "projects.rate.full_capacity.count"


def test_lists_held_later_and_other_zones_rules_do_not_count(three_lists, zone, other):
    choose(other, "projects.rate.start", {"variant": "year", "grace": 0})
    told = figure("projects.rate.start", "2023-12-31", zone)  # of two lists held by then, the newest is exempt as shipped
    assert {project.name for project in told.denominator.records} == {"甲", "乙"}
    assert (told.value, told.indicator.code) == (Decimal("100.00"), "projects.rate.start.cohort")


def test_starts_of_the_year_over_signings_of_the_year_may_exceed_a_hundred(projects, zone):
    choose(zone, "projects.rate.start", {"variant": "year", "grace": 0})
    projects("""
        name | signed_on  | started_on
        甲   | 2023-05-01 | 2024-01-01
        乙   | 2023-12-31 | 2024-06-30
        丙   | 2024-02-01 | 2024-05-01
        丁   | 2024-03    | 2024-07-01
    """)
    assert figure("projects.rate.start", "2024-H1", zone).value == Decimal("150.00")
    assert figure("projects.rate.start", "2023", zone).indicator.code == "projects.rate.start.cohort"  # the rule begins in 2024


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("projects.rate.start", {"variant": "batch", "grace": 0}, "请写明「口径」（variant）：cohort（按批次）、year（按年度）。"),
        ("projects.rate.start", {"variant": ["cohort"], "grace": 0}, "请写明「口径」（variant）"),
        ("projects.rate.start", {"variant": "cohort"}, "请写明「宽限期数」（grace）：不小于 0 的整数；最新几期批次暂不计入"),
        ("projects.rate.start", {"variant": "cohort", "grace": -1}, "请写明「宽限期数」（grace）"),
        ("projects.rate.start", {"variant": "cohort", "grace": {"a": 1}}, "没有「grace.a」这一项，可填：variant（口径）"),
        ("projects.rate.full_capacity", {"variant": "value", "grace": 0}, "请写明「实际年产值」（actual）"),
        ("projects.rate.full_capacity", {"variant": "value", "grace": 0, "actual": ""}, "：year_to_date（本年累计）"),
        ("targets.lights", {"yellow_points": True, "red_points": 30}, "请写明「落后几个百分点为黄灯」（yellow_points）：不小于 0 的整数"),
        ("projects.rates", {}, "projects.rate.start（开工率口径）"),
        ("targets.lights", {"points": 20}, "没有「points」这一项，可填：yellow_points（落后几个百分点为黄灯）"),
        ("targets.lights", [20], "内容请写成 {\"yellow_points\": 0, \"red_points\": 0}"),
        ("projects.lights", {"start": 3}, "没有「start」这一项"),
        ("projects.lights", {"start": {"red_after_months": 3}, "progress": {"yellow_points": 30, "red_points": 29}},
         "「投资落后超过几个百分点为红灯」不能小于「投资落后几个百分点为黄灯」。"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_what_to_write(zone, kind, content, sentence):
    with pytest.raises(ValidationError) as refused:
        choose(zone, kind, content)
    assert sentence in "".join(refused.value.messages)


def test_a_superseded_rule_holds_until_its_successor_is_published(zone, other):
    [first] = choose(zone, "projects.rate.start", {"variant": "cohort", "grace": 2}, source_document="RA")
    successor = {"since": "2023-06-01", "published_on": "2024-05-06", "source_document": "RB", "supersedes": first}
    [second] = choose(zone, "projects.rate.start", {"variant": "year", "grace": 0}, **successor)
    days = (date(2024, 4, 30), date(2024, 5, 5), date(2024, 5, 6), date(2024, 6, 30))
    told = [dated.resolve("projects.rate.start", zone.pk, day, World()).source for day in days]
    assert told == ["RA", "RA", "RB", "RB"]
    assert dated.resolve("projects.rate.start", zone.pk, days[-1], World(events.last_seq() - 1)).source == "RA"
    for owner, kind, content, sentence in (
        (other, "projects.rate.start", {"variant": "year", "grace": 0}, "不归本单位所有"),
        (zone, "targets.lights", {"yellow_points": 10, "red_points": 30}, "同一种类的另一条规则"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            choose(owner, kind, content, supersedes=second)


def test_rules_of_a_kind_are_read_once_for_all_days(zone, django_assert_num_queries):
    choose(zone, "projects.rate.start", {"variant": "year", "grace": 0})
    world = World()
    with django_assert_num_queries(1):
        found = [dated.resolve("projects.rate.start", zone.pk, date(2024, month, 1), world) for month in range(1, 13)]
    assert {rule.content["variant"] for rule in found} == {"year"}
