"""Standard land: what is missing for an announcement is said at once, and no stage is counted as another."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.reforms.indicators import parcels as figures
from kaifaqu.domains.reforms.models import ControlIndicator, RegionalAssessment, StandardParcel
from kaifaqu.domains.reforms.parcels_rules import ASSESSMENTS, CONTROLS
from kaifaqu.domains.reforms.tests.land import growing as land
from kaifaqu.domains.reforms.tests.land.growing import act
from kaifaqu.kernel import access, actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.places.models import Parcel


def told(definition, period="2024-07"):
    """Return the value of a figure."""
    return definition.figure(Period.parse(period), scope=access.scope()).value


def rule(zone, clerk, kind, content):
    """Lay down a rule of the zone from 2024 on."""
    create = actions.find("rules.create").plan
    facts = {"kind": kind, "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "文件", "content": json.dumps(content)}
    commit([create(zone, by=clerk, facts=facts)], by=clerk)


def test_the_refusal_names_every_assessment_and_every_core_indicator_that_is_missing(zone):
    planned = land.parcel(zone)
    land.assess(zone, "soil", "relics")
    land.control(planned, "tax", "energy")
    with pytest.raises(ValidationError) as refusal:
        act(planned, "announce", announced_on="2024-03-01", announced_evidence="公告1号")
    assert refusal.value.messages == [
        "D1 地块D1：2024-03-01 还不能公告：缺少当天有效的区域评价 文物考古调查勘探、水土保持方案。",
        "D1 地块D1：2024-03-01 还不能公告：没有设定核心控制性指标 亩均税收、单位能耗。",
    ]


def test_an_assessment_counts_while_it_is_valid_and_where_it_covers_the_parcel(zone):
    planned = land.parcel(zone)
    land.control(planned)
    land.assess(zone, "soil")
    [elsewhere] = testing.enter(RegionalAssessment, zone, "kind | done_on\nsoil | 2023-06-01", park=land.park(zone, "K2"))
    with pytest.raises(ValidationError, match="水土保持方案"):
        act(planned, "announce", announced_on="2024-03-01", announced_evidence="公告1号")
    [here] = testing.enter(RegionalAssessment, zone, "kind | done_on | valid_until\nsoil | 2023-06-01 | 2024-02-29", park=land.park(zone))
    with pytest.raises(ValidationError, match="水土保持方案"):
        act(planned, "announce", announced_on="2024-03-01", announced_evidence="公告1号")
    assert act(planned, "announce", announced_on="2024-02-29", announced_evidence="公告1号").stage == "announced"
    assert (elsewhere.expires_on, str(here.expires_on)) == (None, "2024-02-29")
    assert here.warnings() == ["已于 2024-02-29 失效，不能再作公告的依据。"]


def test_the_rule_says_what_is_required_and_for_how_long(zone, clerk):
    rule(zone, clerk, ASSESSMENTS.code, {"required": {"flood": {"valid_months": 6}}})
    [assessed] = testing.enter(RegionalAssessment, zone, "kind | done_on\nflood | 2024-01-31")
    assert str(assessed.expires_on) == "2024-07-31"
    planned = land.parcel(zone)
    land.control(planned)
    assert planned.missing(assessed.expires_on) == []
    assert planned.warnings() == ["2024-08-05 还不能公告：缺少当天有效的区域评价 洪水影响评价。"]


def test_a_rule_takes_no_statistical_return_as_evidence_and_no_unknown_unit(zone, clerk):
    content = CONTROLS.shipped().content
    for part, sentence in (({"evidence": ["statistics"]}, "核验材料"), ({"unit": "万元/筐"}, "没有单位「万元/筐」")):
        wrong = {**content, "indicators": {**content["indicators"], "tax": {**content["indicators"]["tax"], **part}}}
        with pytest.raises(ValidationError, match=sentence):
            rule(zone, clerk, CONTROLS.code, wrong)


def test_indicators_are_set_before_the_announcement_and_stay_from_then_on(zone, clerk):
    sold = land.transferred(zone)
    first = ControlIndicator.objects.filter(standard_parcel=sold).order_by("id").first()
    assert (first.words, first.comparator) == ("不低于 300 万元/亩", "at_least")
    with pytest.raises(ValidationError, match="公告以后控制性指标不能增减或更改"):
        act(first, "correct", facts={"value": "200"}, reason="降低")
    with pytest.raises(ValidationError, match="公告以后控制性指标不能增减或更改"):
        act(first, "archive", reason="去掉")
    other = land.parcel(zone, "D2")
    controls = land.control(other)
    other = act(other, "announce", announced_on="2024-05-01", announced_evidence="公告2号")
    with pytest.raises(ValidationError, match="公告以后控制性指标不能增减或更改"):
        act(controls[0], "correct", facts={"indicator": "bond", "value": "1"}, reason="改成履约保证金")
    with pytest.raises(ValidationError, match="公告以后控制性指标不能增减或更改"):
        testing.enter(ControlIndicator, zone, "indicator | value\noutput | 500", standard_parcel=other)
    with pytest.raises(ValidationError, match="公告以后控制性指标不能增减或更改"):
        act(controls[1], "archive", reason="去掉")


def test_a_parcel_is_offered_once_until_it_is_withdrawn(zone):
    planned = land.parcel(zone)
    again = {"parcel": planned.parcel, "planned_on": "2024-02-01"}
    with pytest.raises(ValidationError, match="已列为标准地，没有撤出"):
        testing.enter(StandardParcel, zone, "code\nD9", **again)
    act(planned, "withdraw", withdrawn_on="2024-02-01", withdraw_reason="规划调整")
    assert testing.enter(StandardParcel, zone, "code\nD9", **again)[0].stage == "planned"


def test_the_offered_area_is_that_of_the_parcel_where_nothing_else_is_written(zone):
    assert land.parcel(zone, "D1", "617.37").area == Decimal("617.37")
    other = act(land.parcel(zone, "D2", "100"), "correct", facts={"area": "99.5"}, reason="按公告")
    assert (other.area, other.warnings()[-1]) == (Decimal("99.5"), "出让面积 99.5 亩与宗地面积 100 亩不同，请核对。")


def test_old_stock_comes_in_transferred_and_what_was_planned_here_is_none(zone):
    facts = {"parcel": testing.enter(Parcel, zone, "code | name | area\nH1 | 老地块 | 30")[0], "enterprise": land.firm(zone)}
    with pytest.raises(ValidationError, match="还没有出让，没有「受让企业」"):
        testing.enter(StandardParcel, zone, "code | planned_on\nH1 | 2020", **facts)
    [old] = testing.enter(StandardParcel, zone, "code | planned_on | transferred_on\nH1 | 2020 | 2021-05", **facts)
    assert (old.stage, old.historical) == ("transferred", True)
    assert testing.enter(ControlIndicator, zone, "indicator | value\ninvestment | 200", standard_parcel=old)
    planned = land.parcel(zone)
    with pytest.raises(ValidationError, match="没有公告，不能出让"):
        act(planned, "correct", facts={"transferred_on": "2024-05-01", "enterprise": facts["enterprise"]})
    with pytest.raises(ValidationError, match="没有可填的栏目：historical"):
        act(planned, "correct", facts={"historical": True})


def test_planned_announced_and_transferred_are_counted_apart(zone):
    land.assess(zone)
    for code, area in (("D1", "100.5"), ("D2", "20"), ("D3", "7.25"), ("D4", "3"), ("D5", "1")):
        land.control(land.parcel(zone, code, area))
    parcels = {each.code: each for each in StandardParcel.objects.all()}
    for code, day in (("D2", "2024-05-01"), ("D3", "2024-05-01"), ("D5", "2024-08-01")):
        parcels[code] = act(parcels[code], "announce", announced_on=day, announced_evidence="公告")
    act(parcels["D3"], "transfer", transferred_on="2024-06-01", transferred_evidence="合同", enterprise=land.firm(zone))
    act(parcels["D4"], "withdraw", withdrawn_on="2024-06-01", withdraw_reason="规划调整")
    assert [told(each) for each in (figures.PLANNED, figures.ANNOUNCED, figures.TRANSFERRED)] == [2, 1, 1]
    assert [told(each) for each in (figures.PLANNED_AREA, figures.ANNOUNCED_AREA, figures.TRANSFERRED_AREA)] == [
        Decimal("101.5"), Decimal("20"), Decimal("7.25")]
    assert [told(each, "2024-03") for each in (figures.PLANNED, figures.ANNOUNCED)] == [5, 0]
    assert told(figures.AVERAGE) == Decimal("50.75")


def test_a_parcel_taken_away_leaves_the_figure_but_not_the_figure_as_known_before(zone, clerk):
    parcels, known = [land.parcel(zone, f"D{n}", f"{n}0.5") for n in (1, 2, 3)], events.last_seq()
    act(parcels[1], "archive", reason="重复登记")
    july = Period.parse("2024-07")
    assert figures.PLANNED_AREA.figure(july, scope=access.scope()).value == Decimal("41")
    assert figures.PLANNED_AREA.figure(july, scope=access.scope(), known=known).value == Decimal("61.5")


def test_by_park(zone):
    land.parcel(zone)
    figure = figures.PLANNED_AREA.figure(Period.parse("2024-07"), scope=access.scope(), by=figures.BY[0])
    assert {group.label: group.value for group in figure.groups} == {"园区K1": 150}


class TestAssessments(testing.RegisterTests):
    register = RegionalAssessment

    def facts(self, zone):
        return {"kind": "soil", "park": land.park(zone), "done_on": "2023-06-01", "document": "批复1号"}


class TestStandardParcels(testing.RegisterTests):
    register = StandardParcel

    def facts(self, zone):
        parcel = land.parcel(zone).parcel
        planned = StandardParcel.objects.get()
        act(planned, "withdraw", withdrawn_on="2024-02-01", withdraw_reason="规划调整")
        return {"parcel": parcel, "planned_on": "2024-03-01", "area": "12.5"}


class TestControlIndicators(testing.RegisterTests):
    register = ControlIndicator

    def facts(self, zone):
        return {"standard_parcel": land.parcel(zone), "indicator": "investment", "value": "300"}
