"""Promises: only what the enterprise hands in for the purpose verifies them, and exactly."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.domains.reforms.indicators import parcels as figures
from kaifaqu.domains.reforms.models import ControlIndicator, Evidence, Promise, StandardParcel
from kaifaqu.domains.reforms.tests.land import growing as land
from kaifaqu.domains.reforms.tests.land.growing import act
from kaifaqu.kernel import access, events, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.pages.stages import stops
from kaifaqu.registers.projects.models import Project


def evidence(promise, value, **facts):
    """Enter an audit report about the promise, handed in on paper on 1 July."""
    act(promise, "record_paper", **{
        "kind": "audit", "value": value, "document": "审计报告1号", "handed_in_on": "2024-07-01", **facts})
    return Evidence.objects.order_by("-id").first()


def verify(promise, value, **facts):
    """Enter an audit report and judge it on 2 July."""
    return act(promise, "verify", evidence=evidence(promise, value), **{"verified_on": "2024-07-02", **facts})


def told(definition, period="2024-07"):
    """Return the value of a figure."""
    return definition.figure(Period.parse(period), scope=access.scope()).value


def test_a_promise_is_made_after_the_transfer_and_no_laxer_than_the_indicator(zone):
    planned = land.parcel(zone, "D2")
    [control, *_others] = land.control(planned)
    with pytest.raises(ValidationError, match="还没有出让"):
        testing.enter(Promise, zone, "value | signed_on\n300 | 2024-04-10", control=control)
    with pytest.raises(ValidationError) as refusal:
        land.promised(zone, value="299.999999", signed_on="2024-03-31")
    assert [text.split("：", 1)[1] for text in refusal.value.messages] == [
        "「签订日期」2024-03-31 早于出让日期 2024-04-01。",
        "承诺值 299.999999 没有达到控制性指标（不低于 300 万元/亩）；承诺可以更严，不能更宽。",
    ]
    with pytest.raises(ValidationError, match=r"不高于 0\.35 吨标准煤/万元"):
        land.promised(zone, "energy", "0.36")
    assert land.promised(zone, "energy", "0.3").words == "不高于 0.3 吨标准煤/万元"


@pytest.mark.parametrize(("value", "stage"), [("300", "met"), ("300.000001", "met"), ("299.999999", "breached")])
def test_the_verdict_is_the_exact_comparison(zone, value, stage):
    short = {"consequence": "补缴违约金"} if stage == "breached" else {}
    promise = verify(land.promised(zone), value, **short)
    assert (promise.stage, promise.verified_value, promise.consequence) == (stage, Decimal(value), short.get("consequence", ""))
    assert Evidence.objects.get().verdict == ("met" if stage == "met" else "short")


def test_what_falls_short_is_rectified_by_a_day_or_breached_with_a_consequence(zone):
    promise = land.promised(zone)
    paper = evidence(promise, "250")
    for facts in ({}, {"rectify_by": "2024-12-31", "consequence": "违约金"}):
        with pytest.raises(ValidationError, match="请填「整改期限」或「违约后果」中的一项"):
            act(promise, "verify", evidence=paper, verified_on="2024-07-02", **facts)
    promise = act(promise, "verify", evidence=paper, verified_on="2024-07-02", rectify_by="2024-12-31")
    assert (promise.stage, str(promise.due)) == ("rectifying", "2024-12-31")
    assert [stop.label for stop in stops(Promise, promise, {}) if stop.state in ("done", "now")] == ["签订", "整改"]
    with pytest.raises(ValidationError, match="已于 2024-07-02 核验过"):
        act(promise, "verify", evidence=Evidence.objects.get(), verified_on="2024-07-02", consequence="违约金")
    with pytest.raises(ValidationError, match="没有整改或违约可写"):
        act(promise, "verify", evidence=evidence(promise, "310"), verified_on="2024-07-02", consequence="违约金")


def test_without_a_choice_the_latest_that_waits_is_judged_and_without_any_there_is_no_verdict(zone):
    promise = land.promised(zone)
    with pytest.raises(ValidationError, match="没有还没核验的材料"):
        act(promise, "verify", verified_on="2024-07-02")
    for value, day in (("280", "2024-07-01"), ("300", "2024-07-02")):
        evidence(promise, value, handed_in_on=day)
    promise = act(promise, "verify", verified_on="2024-07-02")
    assert (promise.stage, promise.verified_value) == ("met", 300)
    assert [each.verdict for each in Evidence.objects.order_by("id")] == ["", "met"]


def test_only_what_was_handed_in_for_this_promise_verifies_it(zone):
    promise, other = land.promised(zone), land.promised(zone, "plot_ratio", "1")
    with pytest.raises(ValidationError, match="不是为这项承诺交来的"):
        act(promise, "verify", evidence=evidence(other, "1.2", kind="acceptance"), verified_on="2024-07-02")


@pytest.mark.parametrize("document", ["2024年统计年报", "联网直报平台截图", "工业统计报表"])
def test_a_statistical_return_is_no_evidence_whatever_it_is_called(zone, document):
    promise = land.promised(zone)
    for kind in ("statistics", "return", "统计报表"):
        with pytest.raises(ValidationError):
            evidence(promise, "300", kind=kind)
    with pytest.raises(ValidationError, match="统计资料只用于统计"):
        evidence(promise, "300", document=document)
    with pytest.raises(ValidationError, match="不能核验固定资产投资强度；可用：竣工验收记录、审计报告"):
        evidence(promise, "300", kind="tax")


def test_the_enterprise_hands_in_its_own_and_nobody_else_for_it(zone, clerk):
    party, rival = testing.party(zone, "FIRM", "某企业"), testing.party(zone, "RIVAL", "别的企业")
    land.transferred(zone, party=party)
    promise = land.promised(zone)
    rights = "land_promises.view land_promises.hand_in"
    owner, foreigner = testing.employ(zone, "owner", rights, at=party), testing.employ(zone, "foreigner", rights, at=rival)
    assert [[*Promise.objects.visible_to(each)] for each in (owner, foreigner)] == [[promise], []]
    told = {"kind": "audit", "value": "320", "document": "审计报告1号"}
    for person in (foreigner, clerk):
        with pytest.raises(PermissionDenied):
            act(promise, "hand_in", person, **told)
    promise = act(promise, "hand_in", owner, **told)
    [handed] = Evidence.objects.visible_to(owner)
    assert (handed.by_enterprise, str(handed.handed_in_on), handed.owner) == (True, "2024-08-05", zone)
    assert "企业交来的材料等待核验。" in promise.warnings()
    with pytest.raises(PermissionDenied):
        act(promise, "verify", owner, evidence=handed, verified_on="2024-08-05")
    promise = act(promise, "verify", clerk, evidence=handed, verified_on="2024-08-05")
    with pytest.raises(ValidationError, match="不再收材料"):
        act(promise, "hand_in", owner, **told)


def test_who_hands_in_nothing_is_in_breach_once_the_day_is_past(zone):
    promise = land.promised(zone)
    with pytest.raises(ValidationError, match="还没有过期"):
        act(promise, "lapse", verified_on="2024-06-30", consequence="违约金")
    assert act(promise, "lapse", verified_on="2024-07-01", consequence="违约金").stage == "breached"


def test_a_verdict_is_taken_back_with_a_reason_and_what_is_verified_is_not_changed(zone):
    promise = verify(land.promised(zone), "300")
    with pytest.raises(ValidationError, match="已经核验过的承诺不能再改"):
        act(promise, "correct", facts={"value": "400"}, reason="更正")
    with pytest.raises(ValidationError, match="已于 2024-07-02 核验，不能再改"):
        act(Evidence.objects.get(), "correct", facts={"value": "400"}, reason="更正")
    promise = act(promise, "revoke", reason="材料看错")
    assert (promise.stage, promise.met_on, Evidence.objects.get().verdict) == ("signed", None, "")


def test_all_promises_are_signed_together_at_the_point_of_the_rule_and_the_day_of_the_project(zone):
    [project] = testing.enter(Project, zone, """
        code | name | signed_on  | started_on | expected_completion_on
        P1   | 项目 | 2024-01-01 | 2024-05-01 | 2025-01
    """, enterprise=land.firm(zone))
    sold = act(land.transferred(zone, project=project), "promise", signed_on="2024-04-02")
    assert {each.indicator: (each.due_point, str(each.due_on)) for each in Promise.objects.all()} == {
        "investment": ("completion", "2025-01-31"), "tax": ("initial", "2026-01-31"), "plot_ratio": ("completion", "2025-01-31"),
        "energy": ("initial", "2026-01-31"), "emission": ("initial", "2026-01-31"),
    }
    with pytest.raises(ValidationError, match="没有还要承诺的控制性指标"):
        act(sold, "promise", signed_on="2024-04-02")
    with pytest.raises(ValidationError, match="固定资产投资强度（签订）、亩均税收（签订）"):
        act(sold, "conclude", verified_on="2024-08-01")


def test_a_parcel_is_verified_when_every_promise_is_met(zone):
    verify(land.promised(zone), "300")
    assert act(StandardParcel.objects.get(), "conclude", verified_on="2024-08-01").stage == "verified"


def test_due_verified_met_and_overdue_by_a_day(zone):
    verify(land.promised(zone), "310")
    land.promised(zone, "plot_ratio", "0.8", due_on="2024-07-31")
    verify_later = land.promised(zone, "energy", "0.3")
    act(verify_later, "record_paper", kind="audit", value="0.4", document="报告", handed_in_on="2024-07-01")
    act(verify_later, "verify", evidence=Evidence.objects.order_by("-id").first(), verified_on="2024-07-02", rectify_by="2024-07-20")
    land.promised(zone, "emission", "0.05", due_on=None)
    every = (figures.SIGNED, figures.DUE, figures.VERIFIED, figures.MET, figures.BREACHED, figures.OVERDUE)
    assert [told(each, "2024-06-30") for each in every] == [4, 2, 0, 0, 0, 0]
    assert [told(each, "2024-07-01") for each in every] == [4, 2, 0, 0, 0, 2]
    assert [told(each, "2024-07-10") for each in every] == [4, 2, 2, 1, 0, 0]
    assert [told(each, "2024-07-21") for each in every] == [4, 2, 2, 1, 0, 1]
    assert [told(each, "2024-08-01") for each in every] == [4, 3, 2, 1, 0, 2]
    assert told(figures.MET_RATE) == 50
    act(verify_later, "lapse", verified_on="2024-08-02", consequence="违约金")
    assert told(figures.MET_RATE, "2024-08-02") == 50


def test_a_promise_taken_away_leaves_the_figure_but_not_the_figure_as_known_before(zone):
    promise, known = land.promised(zone), events.last_seq()
    act(promise, "archive", reason="登记错误")
    july = Period.parse("2024-07")
    assert figures.OVERDUE.figure(july, scope=access.scope()).value == 0
    assert figures.OVERDUE.figure(july, scope=access.scope(), known=known).value == 1


class TestPromises(testing.RegisterTests):
    register = Promise

    def facts(self, zone):
        control = ControlIndicator.objects.filter(standard_parcel=land.transferred(zone)).order_by("id").first()
        return {"control": control, "value": "300", "signed_on": "2024-04-10", "due_on": "2024-12-31"}


class TestEvidence(testing.RegisterTests):
    register = Evidence

    def facts(self, zone):
        return {"promise": land.promised(zone), "kind": "audit", "value": "300", "document": "审计报告", "handed_in_on": "2024-07-01"}
