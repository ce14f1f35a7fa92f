"""Promises: only what the enterprise hands in for the purpose verifies them, and exactly."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kaifaqu.domains.reforms.due_dates import to_be_done
from kaifaqu.domains.reforms.indicators import parcels as figures
from kaifaqu.domains.reforms.models import ControlIndicator, Evidence, Promise, StandardParcel
from kaifaqu.domains.reforms.tests.land import growing as land
from kaifaqu.domains.reforms.tests.land.growing import act
from kaifaqu.files.models import Attachment
from kaifaqu.kernel import access, clock, events, testing
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.guard import registers_read
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages.stages import stops
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project


def evidence(promise, value, **facts):
    """Enter an audit report about the promise, handed in on paper on 1 July."""
    act(promise, "record_paper", **{
        "kind": "audit", "value": value, "document": "审计报告1号", "handed_in_on": "2024-07-01", **facts})
    return Evidence.objects.order_by("-id").first()


def verify(promise, value, **facts):
    """Enter an audit report, or another paper, and judge it on 2 July."""
    of_paper = {name: facts.pop(name) for name in ("kind", "document", "handed_in_on") if name in facts}
    return act(promise, "verify", evidence=evidence(promise, value, **of_paper), **{"verified_on": "2024-07-02", **facts})


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


@pytest.mark.parametrize("document", ["2024年统计年报", "联网直报平台截图", "工业统计报表", "规上企业年报表（统计局）", "统计局核定产值表"])
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
    assert {each.indicator: (each.due_point, str(each.due)) for each in Promise.objects.all()} == {
        "investment": ("completion", "2025-01-31"), "tax": ("initial", "2026-01-31"), "plot_ratio": ("completion", "2025-01-31"),
        "energy": ("initial", "2026-01-31"), "emission": ("initial", "2026-01-31"),
    }
    with pytest.raises(ValidationError, match="没有还要承诺的控制性指标"):
        act(sold, "promise", signed_on="2024-04-02")
    with pytest.raises(ValidationError, match="固定资产投资强度（签订）、亩均税收（签订）"):
        act(sold, "conclude", verified_on="2024-08-01")


def test_a_parcel_is_verified_when_all_that_was_demanded_is_promised_and_judged(zone):
    first = verify(land.promised(zone), "250", consequence="补缴违约金")
    with pytest.raises(ValidationError, match="亩均税收（还没有签订）、容积率（还没有签订）"):
        act(first.standard_parcel, "conclude", verified_on="2024-08-01")
    act(first.standard_parcel, "promise", signed_on="2024-04-10")
    values = {"tax": ("tax", "15"), "plot_ratio": ("planning", "0.9"), "energy": ("energy", "0.3"), "emission": ("test", "0.01")}
    for indicator, (kind, value) in values.items():
        verify(Promise.objects.get(indicator=indicator), value, kind=kind)
    assert act(first.standard_parcel, "conclude", verified_on="2024-08-01").stage == "verified"  # one of them was broken
    assert (told(figures.MET_RATE), Promise.objects.get(pk=first.pk).stage) == (80, "breached")


def test_a_due_day_follows_the_project_whenever_that_is_known(zone):
    [project] = testing.enter(Project, zone, "code | name | signed_on\nP1 | 项目 | 2024-01-01", enterprise=land.firm(zone))
    act(land.transferred(zone, project=project), "promise", signed_on="2024-04-02")
    investment = Promise.objects.get(indicator="investment")
    assert (investment.due, told(figures.UNDATED), told(figures.DUE)) == (None, 5, 0)
    assert investment.warnings()[0].startswith("没有到期日")
    known = events.last_seq()
    act(project, "correct", facts={"expected_completion_on": "2025-12-31"})
    assert (str(investment_now().due), told(figures.UNDATED)) == ("2025-12-31", 0)
    act(project, "start", started_on="2024-04-20", started_evidence="施工许可证")
    act(project, "produce", production_on="2024-06-01", production_evidence="投产报告")  # what is real goes before what was planned
    assert str(investment_now().due) == "2024-06-01"
    assert {each.indicator: str(each.due) for each in Promise.objects.exclude(due_point="completion")} == dict.fromkeys(
        ("tax", "energy", "emission"), "2025-06-01")
    assert [told(each, day) for each in (figures.DUE, figures.OVERDUE) for day in ("2024-05-31", "2024-06-01", "2024-06-02")] == [
        0, 2, 2, 0, 0, 2]
    assert figures.OVERDUE.figure(Period.parse("2024-07"), scope=access.scope(), known=known).value == 0  # as it was known
    act(investment, "correct", facts={"due_on": "2024-07-31"})  # another day was agreed
    assert told(figures.OVERDUE, "2024-06-02") == 1


def test_each_figure_that_follows_the_project_says_so_and_is_kept_from_who_may_not_see_projects(zone):
    land.promised(zone, due_on=None)
    clerk = testing.employ(zone, "no-projects", "land_promises.view standard_parcels.view")
    every, july, scope = (figures.DUE, figures.OVERDUE, figures.UNDATED), Period.parse("2024-07"), access.scope()
    read = evaluate([(each, july) for each in every], scope=scope, user=clerk)  # one page: what a figure has read is not read again
    assert [each.status for each in read] == ["refused"] * 3
    assert [registers_read(each) for each in every] == [frozenset({Promise, StandardParcel, Project, *more}) for more in (
        (), (Evidence,), (Evidence,))]
    assert [each.figure(july, scope=scope).rule != "" for each in every] == [True, True, False]
    clock.set(datetime(2024, 8, 6, 9, tzinfo=clock.ZONE))
    testing.enter(Project, zone, "code | name | signed_on\nP1 | 项目 | 2024-01-01")
    assert [str(each.figure(july, scope=scope).data_date) for each in every] == ["2024-08-06"] * 3


def test_a_day_inside_an_imprecise_date_of_the_project_leaves_what_is_due_open(zone):
    [project] = testing.enter(Project, zone, """
        code | name | signed_on  | started_on | expected_completion_on
        P1   | 项目 | 2024-01-01 | 2024-05-01 | 2024-06
    """, enterprise=land.firm(zone))
    act(land.transferred(zone, project=project), "promise", signed_on="2024-04-02")  # two at completion, three a year later
    assert [told(figures.DUE, day) for day in ("2024-05-31", "2024-06-01", "2024-06-29", "2024-06-30")] == [0, None, None, 2]
    assert [told(figures.OVERDUE, day) for day in ("2024-06-01", "2024-06-02", "2024-06-30", "2024-07-01")] == [0, None, None, 2]
    assert [told(figures.DUE, day) for day in ("2025-05-31", "2025-06-01", "2025-06-30")] == [2, None, 5]
    figure = figures.OVERDUE.figure(Period.parse("2024-06-15"), scope=access.scope())
    assert (figure.status, "有 2 项对标承诺" in figure.reason) == ("not_computable", True)
    assert "还没有到" in figures.OVERDUE.figure(Period.parse("2024-09"), scope=access.scope()).reason  # of a day to come, as before
    for name in ("investment", "plot_ratio"):
        act(Promise.objects.get(indicator=name), "correct", facts={"due_on": "2024-06-10"})
    assert (told(figures.DUE, "2024-06-15"), told(figures.OVERDUE, "2024-06-15"), told(figures.UNDATED)) == (2, 2, 0)


def test_what_is_settled_or_has_a_day_of_its_own_is_not_left_open(zone):
    [project] = testing.enter(Project, zone, """
        code | name | signed_on  | started_on | expected_completion_on
        P1   | 项目 | 2024-01-01 | 2024-05-01 | 2024
    """, enterprise=land.firm(zone))
    land.transferred(zone, project=project)
    met, short = land.promised(zone, due_on=None), land.promised(zone, "plot_ratio", "0.8", due_on=None)
    verify(met, "310")
    assert told(figures.OVERDUE, "2024-07-05") is None
    verify(short, "0.7", kind="planning", rectify_by="2024-07-20")
    assert [told(figures.OVERDUE, day) for day in ("2024-07-05", "2024-07-21")] == [0, 1]
    assert (told(figures.DUE, "2024-07-05"), told(figures.DUE, "2024-12-31")) == (None, 2)


def investment_now():
    """Return the promise of the investment as it stands."""
    return Promise.objects.get(indicator="investment")


def test_a_rectification_has_its_own_day_however_early_it_was_found(zone):
    early, undated = land.promised(zone, due_on="2025-06-30"), land.promised(zone, "energy", "0.3", due_on=None)
    verify(early, "250", rectify_by="2024-07-10")
    verify(undated, "0.4", kind="energy", rectify_by="2024-07-20")
    assert [told(figures.OVERDUE, day) for day in ("2024-07-10", "2024-07-11", "2024-07-21")] == [0, 1, 2]
    assert (told(figures.UNDATED, "2024-07-01"), told(figures.UNDATED)) == (1, 0)


def test_a_second_rectification_changes_nothing_of_the_first(zone):
    promise = verify(land.promised(zone), "250", rectify_by="2024-07-20")
    clock.set(datetime(2024, 9, 2, 9, tzinfo=clock.ZONE))
    verify(promise, "280", document="审计报告2号", handed_in_on="2024-08-01", verified_on="2024-08-02", rectify_by="2024-08-31")
    assert [told(figures.VERIFIED, day) for day in ("2024-07-01", "2024-07-02", "2024-07-31")] == [0, 1, 1]
    assert [told(figures.OVERDUE, day) for day in ("2024-07-20", "2024-07-31", "2024-08-02", "2024-09-01")] == [0, 1, 0, 1]


def test_only_the_last_verdict_is_taken_back(zone):
    promise = verify(land.promised(zone), "250", rectify_by="2024-07-20")
    promise = verify(promise, "310", document="审计报告2号", handed_in_on="2024-07-03", verified_on="2024-07-04")
    promise = act(promise, "revoke", reason="材料看错")
    assert (promise.stage, promise.verified_value, str(promise.rectify_on), str(promise.rectify_by)) == (
        "rectifying", 250, "2024-07-02", "2024-07-20")
    assert [each.verdict for each in Evidence.objects.order_by("id")] == ["short", ""]
    with pytest.raises(ValidationError, match="请先核验"):
        act(promise, "lapse", verified_on="2024-07-21", consequence="违约金")
    act(Evidence.objects.get(verdict=""), "refuse", reason="没有盖章")
    promise = act(promise, "lapse", verified_on="2024-07-21", consequence="违约金")
    promise = act(promise, "revoke", reason="已展期")
    assert (promise.stage, promise.verified_value, promise.consequence) == ("rectifying", 250, "")
    assert act(promise, "revoke", reason="数字看错").stage == "signed"


def test_a_paper_left_over_waits_no_longer(zone):
    promise = land.promised(zone)
    for number in (1, 2):
        evidence(promise, "310", document=f"审计报告{number}号")
    assert told(figures.WAITING) == 1
    act(promise, "verify", verified_on="2024-07-02")
    assert (told(figures.WAITING, "2024-07-01"), told(figures.WAITING)) == (1, 0)
    assert Evidence.objects.filter(verdict="").count() == 1


def test_what_the_enterprise_handed_in_is_refused_with_a_reason_and_changed_by_nobody(zone, clerk):
    party = testing.party(zone, "FIRM", "某企业")
    land.transferred(zone, party=party)
    promise = land.promised(zone)
    owner = testing.employ(zone, "owner", "land_promises.view land_promises.hand_in", at=party)
    act(promise, "hand_in", owner, kind="audit", value="100", document="审计报告1号")
    paper = Evidence.objects.get()
    for verb, facts in (("correct", {"facts": {"value": "400"}}), ("archive", {})):
        with pytest.raises(ValidationError, match="不能由别人改"):
            act(paper, verb, clerk, reason="看错", **facts)
    with pytest.raises(PermissionDenied):
        act(paper, "refuse", owner, reason="不要")
    paper = act(paper, "refuse", clerk, reason="没有盖章")
    assert (paper.verdict, paper.why, told(figures.WAITING, "2024-08-05"), told(figures.VERIFIED, "2024-08-05")) == (
        "refused", "没有盖章", 0, 0)
    with pytest.raises(ValidationError, match="没有还没核验的材料"):
        act(promise, "verify", clerk, verified_on="2024-08-05")


def test_the_enterprise_attaches_the_document_itself_and_the_office_opens_it(zone, clerk, client, tmp_path, settings):
    settings.HOME = tmp_path
    party, rival = testing.party(zone, "FIRM", "某企业"), testing.party(zone, "RIVAL", "别的企业")
    land.transferred(zone, party=party)
    promise = land.promised(zone)
    rights = "land_promises.view land_promises.hand_in"
    owner, foreigner = testing.employ(zone, "owner", rights, at=party), testing.employ(zone, "foreigner", rights, at=rival)
    client.force_login(owner)
    answer = client.post(reverse("act", args=["land_promises", promise.pk, "hand_in"]), {
        "kind": "audit", "value": "310", "document": "审计报告1号", "version": promise.row_version, "token": "1"})
    paper = Evidence.objects.get()
    assert answer.url == reverse("record", args=["promise_evidence", paper.pk])  # from where the file is attached
    attach = reverse("attach", args=["promise_evidence", paper.pk])
    assert attach in client.get(answer.url).content.decode()
    file = SimpleUploadedFile("审计报告.pdf", b"%PDF-1.7 audit")
    assert client.post(attach, {"file": file, "purpose": "", "token": "2"}).status_code == 302
    download = reverse("download", args=[Attachment.objects.get().pk])
    for person, status in ((owner, 200), (clerk, 200), (foreigner, 404)):
        client.force_login(person)
        assert client.get(download).status_code == status
    client.force_login(clerk)
    for verb, told in (("attach", {"file": SimpleUploadedFile("换.pdf", b"%PDF-1.7 c"), "purpose": "", "token": "4"}), (
            "detach", {"attachment": Attachment.objects.get().pk, "reason": "换一份", "token": "5"})):
        answer = client.post(reverse(verb, args=["promise_evidence", paper.pk]), told)
        assert "附件也只由企业自己增减" in answer.content.decode()
    with pytest.raises(ValidationError, match="附件也只由企业自己增减"):
        act(Attachment.objects.get(), "archive", clerk, reason="换一份")
    assert Attachment.objects.current().count() == 1
    act(promise, "verify", clerk, verified_on="2024-08-05")
    client.force_login(owner)
    answer = client.post(attach, {"file": SimpleUploadedFile("另一份.pdf", b"%PDF-1.7 b"), "purpose": "", "token": "3"})
    assert "附件不能再增减" in answer.content.decode()


def test_who_sees_a_promise_follows_the_enterprise_of_the_parcel(zone):
    parties = {code: testing.party(zone, code, code) for code in ("A", "B")}
    rights = "standard_parcels.view land_promises.view land_promises.hand_in"
    people = {code: testing.employ(zone, f"owner-{code}", rights, at=party) for code, party in parties.items()}
    promise = land.promised(zone)
    evidence(promise, "310")
    firm, [other] = Enterprise.objects.get(), testing.enter(Enterprise, zone, "code | name\nQ2 | 乙", party=parties["B"])

    def seen(register):
        return [register.objects.visible_to(type(each).objects.get(pk=each.pk)).count() for each in people.values()]

    assert seen(Promise) == [0, 0]
    act(firm, "correct", facts={"party": parties["A"]})  # the account is opened later
    assert [seen(each) for each in (StandardParcel, Promise, Evidence)] == [[1, 0]] * 3
    act(promise.standard_parcel, "correct", facts={"enterprise": other}, reason="登记错误")
    assert [seen(each) for each in (StandardParcel, Promise, Evidence)] == [[0, 1]] * 3
    told = {"kind": "audit", "value": "320", "document": "审计报告2号"}
    with pytest.raises(PermissionDenied):
        act(promise, "hand_in", people["A"], **told)
    act(promise, "hand_in", type(people["B"]).objects.get(pk=people["B"].pk), **told)
    assert Promise.objects.get().parties() == {zone.pk, parties["B"].pk}


def test_each_queue_leads_to_what_it_counts(zone, clerk, client):
    party = testing.party(zone, "FIRM", "某企业")
    land.transferred(zone, party=party)
    late, waits = land.promised(zone), land.promised(zone, "plot_ratio", "0.8")
    evidence(waits, "0.9", kind="planning")
    land.promised(zone, "energy", "0.3", due_on=None)
    owner = testing.employ(zone, "owner", "land_promises.view land_promises.hand_in standard_parcels.view", at=party)
    found = {queue.words: queue for person in (clerk, owner) for queue in to_be_done(type(person).objects.get(pk=person.pk), World())}
    counts = {
        "企业已交材料、等待核验的对标承诺": 1, "没有到期日的对标承诺": 1, "到期未核验的对标承诺": 2,
        "本企业到期、还没有交核验材料的对标承诺": 1,
    }
    assert {words: found[words].rows.count() for words in counts} == counts
    client.force_login(clerk)
    for words in [*counts][:3]:
        page = client.get(found[words].address).content.decode()
        assert all(each.code in page for each in found[words].rows)
    client.force_login(owner)
    assert late.code in client.get(found["本企业到期、还没有交核验材料的对标承诺"].address).content.decode()


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
