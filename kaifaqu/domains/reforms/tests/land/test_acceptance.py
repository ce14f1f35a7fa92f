"""M2-11 and M2-12: standard land and the commitment system, as their acceptance texts say."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kaifaqu.domains.reforms.due_dates import checked, promised, to_be_done
from kaifaqu.domains.reforms.indicators import commitments, parcels
from kaifaqu.domains.reforms.models import (
    Commitment,
    ComplianceCheck,
    ControlIndicator,
    Evidence,
    Promise,
    StandardParcel,
)
from kaifaqu.domains.reforms.parcels_rules import EvidenceKind
from kaifaqu.domains.reforms.tests.land import growing
from kaifaqu.domains.reforms.tests.land.growing import act
from kaifaqu.domains.reforms.tests.land.test_commitments import approved, begun
from kaifaqu.kernel import access, actions, indicators, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import registers
from kaifaqu.kernel.units import convert
from kaifaqu.kernel.world import World

PLANNED = {"D1": "186.42", "D2": "152.75", "D3": "168.3", "D4": "109.9"}


def told(code, period="2024-07"):
    """Return the value of a figure by its code."""
    return indicators.find(code).figure(Period.parse(period), scope=access.scope()).value


@pytest.fixture
def plan(zone):
    """Return the four planned parcels, beside one that is transferred."""
    growing.transferred(zone, "S1")
    return [growing.parcel(zone, code, area) for code, area in PLANNED.items()]


def test_m2_11_four_planned_parcels_of_617_37_mu_are_4_and_617_37(plan):
    assert told("land.standard_parcels.planned_count") == 4
    assert told("land.standard_parcels.planned_area_mu") == Decimal("617.37")
    assert told("land.standard_parcels.area_avg_mu") == Decimal("154.34")
    figure = parcels.PLANNED_AREA.figure(Period.parse("2024-07"), scope=access.scope())
    assert {each.code for each in figure.records} == {*PLANNED}


def test_m2_11_the_area_shows_also_in_hectares(plan, clerk, client):
    assert convert(told("land.standard_parcels.planned_area_mu"), "亩", "公顷") == Decimal("41.158")
    assert plan[0].hectares == Decimal("12.428")
    client.force_login(clerk)
    for name, keys in (("record", [plan[0].pk]), ("records", [])):
        page = client.get(reverse(name, args=["standard_parcels", *keys])).content.decode()
        assert "186.42 亩（12.428 公顷）" in page


def test_m2_11_planned_is_never_mixed_with_transferred(zone, plan):
    assert (told("land.standard_parcels.transferred_count"), told("land.standard_parcels.transferred_area_mu")) == (1, 150)
    growing.control(plan[0])
    sold = act(plan[0], "announce", announced_on="2024-05-06", announced_evidence="公告")
    assert [told(f"land.standard_parcels.{each}_count", "2024-05") for each in ("planned", "announced", "transferred")] == [3, 1, 1]
    with pytest.raises(ValidationError, match="不能从「拟出让」转为「出让」"):
        act(plan[1], "transfer", transferred_on="2024-06-03", transferred_evidence="合同")
    act(sold, "transfer", transferred_on="2024-06-03", transferred_evidence="合同", enterprise=growing.Enterprise.objects.get())
    for month, counts in (("2024-04", [4, 0, 1]), ("2024-05", [3, 1, 1]), ("2024-06", [3, 0, 2])):
        assert [told(f"land.standard_parcels.{each}_count", month) for each in ("planned", "announced", "transferred")] == counts
    assert told("land.standard_parcels.planned_area_mu") == Decimal("617.37") - Decimal("186.42")


def test_m2_11_assessments_and_control_indicators_come_before_the_announcement(zone):
    planned = growing.parcel(zone)
    with pytest.raises(ValidationError) as refusal:
        act(planned, "announce", announced_on="2024-03-01", announced_evidence="公告")
    sentence = "".join(refusal.value.messages)
    assessments = "环境影响评价、节能评价、地质灾害危险性评估、压覆重要矿产资源评估、地震安全性评价、文物考古调查勘探、水土保持方案"
    for name in (assessments, "固定资产投资强度、亩均税收、容积率、单位能耗、单位排放"):
        assert name in sentence
    growing.assess(zone)
    growing.control(planned)
    assert act(planned, "announce", announced_on="2024-03-01", announced_evidence="公告").stage == "announced"


def test_m2_11_each_promised_indicator_is_verified_after_the_agreed_point_against_evidence_handed_in_for_it(zone, clerk):
    party = testing.party(zone, "FIRM", "某企业")
    owner = testing.employ(zone, "owner", "land_promises.view land_promises.hand_in", at=party)
    sold = growing.transferred(zone, party=party)
    act(sold, "promise", signed_on="2024-04-02")
    for each in Promise.objects.all():
        act(each, "correct", facts={"due_on": date(2024, 6, 30)}, reason="约定")
    # after the agreed point they are due and unverified: listed, on the agenda, and in what is to be done
    assert told("land.promises.overdue.count", "2024-06-30") == 0
    assert told("land.promises.overdue.count") == 5
    person = type(clerk).objects.get(pk=clerk.pk)
    agenda = [entry.at for entry in promised(person, date(2024, 6, 1), date(2024, 7, 31))]
    assert agenda == [date(2024, 6, 30)] * 5
    assert {each.words: each.rows.count() for each in to_be_done(person, World())}["到期未核验的对标承诺"] == 5
    # acceptance record, tax certificate, audit, each handed in by the enterprise for the one promise
    papers = {
        "investment": ("acceptance", "305"), "tax": ("tax", "15"), "plot_ratio": ("planning", "0.9"), "energy": ("audit", "0.3"),
        "emission": ("test", "0.06"),
    }  # fmt: skip
    for name, (kind, value) in papers.items():
        promise = act(Promise.objects.get(indicator=name), "hand_in", owner, kind=kind, value=value, document=f"{name} 1号")
        paper = Evidence.objects.get(promise=promise)
        follows = {"rectify_by": "2024-12-31"} if name == "emission" else {}
        promise = act(promise, "verify", clerk, evidence=paper, verified_on="2024-08-05", **follows)
        assert (promise.stage, promise.verified_value) == ("rectifying" if follows else "met", Decimal(value))
    codes = ("verified.count", "met.count", "met_rate", "overdue.count")
    assert [told(f"land.promises.{each}", "2024-08-05") for each in codes] == [5, 4, 80, 0]


def test_m2_11_never_against_a_statistical_return(zone):
    promise = growing.promised(zone)
    assert not [each for each in EvidenceKind if "统计" in each.label]
    for kind, document in (("statistics", "报表"), ("audit", "2024年1—6月统计报表"), ("acceptance", "联网直报平台数据")):
        with pytest.raises(ValidationError):
            act(promise, "record_paper", kind=kind, value="300", document=document, handed_in_on="2024-07-01")
    assert not Evidence.objects.exists()
    # the verdict takes a piece of evidence and no figure; nothing here points at what is kept for statistics, nor serves it
    assert {*actions.find("land_promises.verify").facts} == {"evidence", "verified_on", "rectify_by", "consequence"}
    own = {StandardParcel, ControlIndicator, Promise, Evidence}
    for register in own:
        assert register.purposes == ("zone_management",)
        pointed_at = {each.related_model for each in register._meta.concrete_fields if each.is_relation}
        assert not [each for each in pointed_at if "statistics" in getattr(each, "purposes", ())]
    assert {each.purpose for code, each in indicators.catalogue().items() if code.startswith("land.")} == {"zone_management"}
    assert not [each for each in registers().values() if each._meta.app_label == "statistics" and each in own]


def test_m2_12_seven_projects_with_commitment_cases_count_as_7(zone):
    for number in range(1, 8):
        act(begun(zone, f"P{number}"), "sign", signed_on="2024-01-04", signed_evidence="承诺书")
    begun(zone, "P8")  # told of it, and not signed
    assert told("reforms.commitment.projects") == 7
    assert told("reforms.commitment.projects", "2024-01-03") == 0
    figure = commitments.PROJECTS.figure(Period.parse("2024-07"), scope=access.scope())
    assert len({each.project_id for each in figure.records}) == 7


def test_m2_12_an_unchecked_commitment_is_listed_after_its_date(zone, clerk, client):
    case = approved(zone, verify_due_on="2024-07-31")
    assert [told("reforms.commitment.unchecked.count", day) for day in ("2024-07-18", "2024-07-19", "2024-08-05")] == [0, 1, 1]
    person = type(clerk).objects.get(pk=clerk.pk)
    assert {each.words: each.rows.count() for each in to_be_done(person, World())}["逾期未检查的承诺办理"] == 1
    assert {entry.what for entry in checked(person, date(2024, 7, 18), date(2024, 7, 31))} == {"verify", "check"}
    client.force_login(clerk)
    assert "逾期未检查的承诺办理" in client.get("/").content.decode()
    page = client.get(reverse("record", args=["commitments", case.pk])).content.decode()
    for sentence in ("核查期限 2024-07-31 已过，还没有核查。", "「节能审查」的检查期限 2024-07-18 已过，还没有检查。"):
        assert sentence in page
    page = client.get(f"{reverse('figure', args=['reforms.commitment.unchecked.count'])}?period=2024-08-05").content.decode()
    assert case.code in page
    project = client.get(reverse("record", args=["projects", case.project_id])).content.decode()
    for told_there in (case.code, "逾期未检查"):
        assert told_there in project


def test_m2_12_a_breach_is_recorded_with_consequence(zone):
    case = approved(zone)
    with pytest.raises(ValidationError, match="违诺的请写明「后果」"):
        act(case, "check", checked_on="2024-05-06", result="breach", findings="未建设施")
    assert (ComplianceCheck.objects.count(), Commitment.objects.get().stage) == (0, "approved")
    case = act(case, "check", checked_on="2024-05-06", result="breach", findings="未建设施", consequence="撤销批复，记入信用档案")
    [made] = ComplianceCheck.objects.all()
    assert (made.consequence, case.stage, case.consequence) == ("撤销批复，记入信用档案", "breached", "撤销批复，记入信用档案")
    assert (told("reforms.commitment.breaches.count", "2024-05"), told("reforms.commitment.projects")) == (1, 1)


def test_m2_12_the_enterprise_sees_its_own_case_with_its_checks(zone, client):
    party = testing.party(zone, "FIRM", "某企业")
    firm = growing.firm(zone, party)
    case = begun(zone, "P1", enterprise=firm)
    rival = begun(zone, "P2")
    owner = testing.employ(zone, "owner", "commitments.view", at=party)
    assert [*Commitment.objects.visible_to(owner)] == [case]
    client.force_login(owner)
    assert "节能审查" in client.get(reverse("record", args=["commitments", case.pk])).content.decode()
    assert client.get(reverse("record", args=["commitments", rival.pk])).status_code == 404
