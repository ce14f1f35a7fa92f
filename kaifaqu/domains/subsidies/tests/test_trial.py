"""A scheme is tried before it is published: examples, what a failing one asks for, who may do so, and the form for a clerk."""

import json
import re
from contextlib import nullcontext
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.domains.subsidies import population
from kaifaqu.domains.subsidies.evaluating import YES
from kaifaqu.domains.subsidies.examples import SchemeExample, answered, example_of, examples_for, shipped
from kaifaqu.domains.subsidies.facts import FACTS as FACTS_TOLD
from kaifaqu.domains.subsidies.facts import read
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.tests.conftest import ADDRESS, NOTICE, typed
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.records import field_of
from kaifaqu.sheets import importing

CASE = {
    "title": "十万元的新能源车", "scheme": 2027, "as_of": "2027-06-01", "eligible": "yes", "amount": "12000",
    "clause": "商消费函〔2026〕9号", "applicant": "individual",
    "same_owner": "true", "old_kind": "passenger_car", "old_fuel": "petrol", "new_power": "nev",
    "old_registered_on": "2010-03-18", "owned_since": "2010-03-18", "new_in_catalogue": "true", "price": "100000", "already_paid": "0",
    "claimed_before": "false", "used_for_replacement": "false", "same_province": "true",
    **dict.fromkeys(("handed_over_on", "deregistered_on", "invoiced_on", "registered_on", "applied_on"), "2027-03-01")}


class TestExamples(testing.RegisterTests):
    register = SchemeExample

    def facts(self, zone):
        return dict(CASE)


def test_every_shipped_example_is_answered_as_expected():
    assert len(shipped()) >= 12
    assert {each.scheme for each in shipped()} == {2024, 2025, 2026}
    for each in shipped():
        assert not read(each.told, each.as_of)[1], each.code
        assert not answered(SCHEMES.shipped().content, each).differences, each.code


def test_a_new_year_begins_as_the_last_but_for_what_only_its_notice_says(desk):
    page = desk.post(ADDRESS, {**typed(desk.get(ADDRESS)), "change-rows": "follow content-rows"})
    row = json.loads(page.context["form"]["content"].value())["rows"][5]
    assert row == {
        "scheme": 2027, "petrol": "2013-06-30", "diesel": "2015-06-30", "other": "2015-06-30", "electric": "2019-12-31",
        "owned_by": "2025-01-08", "nev": 20000, "nev_share": 1200, "fuel": 15000, "fuel_share": 1000, "displacement": 2000, "once": True,
        "not_replaced": True, "same_province": True, "acceptance_days": 3, "review_days": 15, "payment_days": 30,
        "office": "新车开票地的商务主管部门（会同财政、公安等部门审核）"}
    assertContains(page, "照上一年的方案新增一行")
    assertContains(page, '<details class="row long" open>', count=1)  # the others are folded


def test_all_that_the_documents_of_the_last_year_laid_down_is_taken_over():
    of_2024 = [row for row in SCHEMES.shipped().content["rows"] if row["scheme"] == 2024]
    row = SCHEMES.check.items[0].follows(of_2024)
    assert (row["scheme"], row["nev"], row["owned_by"], row["petrol"]) == (2025, 20000, "2024-07-25", "2011-06-30")
    assert not {"since", "document"} & {*row}
    assert SCHEMES.check.items[0].follows([{}]) == {}


def test_nobody_publishes_what_he_has_not_seen_tried(desk, following):
    answer = desk.post(ADDRESS, following)
    assertContains(answer, "请先看下面的试算")
    assertContains(answer, "2027 年的方案还没有算例")
    assert not DatedRule.objects.exists()
    seen = answer.context["tried"]
    assert seen.failing == ["2027"]
    again = {**following, "token": answer.context["form"].token, "tried": seen.seen}
    changed = desk.post(ADDRESS, {**again, "content-rows-5-nev_share": "1100"})
    assertContains(changed, "请先看下面的试算")  # it is another content
    refused = desk.post(ADDRESS, {**again, "token": changed.context["form"].token})
    assert "仍要发布的，请写明原因" in str(refused.context["form"].errors["reason"])  # nothing of the year was tried
    assert desk.post(ADDRESS, {**again, "token": refused.context["form"].token, "reason": "通知刚到"}).status_code == 302
    assert len(json.loads(DatedRule.objects.get().content)["rows"]) == 6


def test_the_papers_are_ticked_and_taken_over_by_the_next_scheme(desk, following):
    box = '<input type="checkbox" id="id_content-rows-5-papers-{0}" name="content-rows-5-papers" value="{0}"{1}>'
    named = {**following, "content-rows-5-papers": ["identity", "bank"]}
    answer = desk.post(ADDRESS, {**named, "change-rows": "follow content-rows"})
    rows = json.loads(answer.context["form"]["content"].value())["rows"]
    assert [row.get("papers") for row in rows[4:]] == [None, ["identity", "bank"], ["identity", "bank"]]
    for paper, ticked in (("identity", " checked"), ("old_registration", "")):
        assertContains(answer, box.format(paper, ticked), html=True)
    unknown = desk.post(ADDRESS, {**following, "content-rows-5-papers": ["letter"], "preview": "1"})
    assert "还要交的单证" in str(unknown.context["form"].errors["content"])


def test_an_example_that_is_answered_otherwise_demands_a_reason(desk, zone, following):
    testing.enter(SchemeExample, zone, "code\nX1", **CASE)
    wrong = {**following, "content-rows-5-nev_share": "1000"}
    answer = desk.post(ADDRESS, {**wrong, "preview": "1"})
    assertContains(answer, "试算有 1 处不符")
    assertContains(answer, "<b>补贴</b> <del>12,000 元</del> → 10,000 元")
    sent = {**wrong, "tried": answer.context["tried"].seen}
    refused = desk.post(ADDRESS, sent)
    assert "仍要发布的，请写明原因" in str(refused.context["form"].errors["reason"])
    assert not DatedRule.objects.exists()
    token = refused.context["form"].token
    assert desk.post(ADDRESS, {**sent, "token": token, "reason": "地方另加限制，见第三条"}).status_code == 302
    assert Event.objects.get(seq=DatedRule.objects.get().pk).reason == "地方另加限制，见第三条"
    right = desk.post(ADDRESS, {**following, "preview": "1"})
    assert not right.context["tried"].failing


def test_a_correction_is_tried_as_well(desk, zone, following):
    answer = desk.post(ADDRESS, following)
    seen = {"token": answer.context["form"].token, "tried": answer.context["tried"].seen, "reason": "通知刚到"}
    desk.post(ADDRESS, {**following, **seen})
    rule = DatedRule.objects.get()
    address = reverse("edit", args=["rules", rule.pk])
    content = json.loads(rule.content)
    content["rows"][0]["nev"] = 11000
    sent = {**NOTICE, "code": rule.code, "kind": rule.kind, "version": 1, "content": json.dumps(content), "reason": "抄错"}
    answer = desk.post(address, sent)
    assertContains(answer, "请先看下面的试算")
    assert any("SL2024-06" in each for each in answer.context["tried"].failing)
    assert DatedRule.objects.get().row_version == 1
    assert desk.post(address, {**sent, "tried": answer.context["tried"].seen}).status_code == 302
    again = {**NOTICE, "code": rule.code, "kind": rule.kind, "version": 2, "content": DatedRule.objects.get().content, "reason": "文号",
             "source_document": "商消费函〔2026〕10号"}
    assert desk.post(address, again).status_code == 302  # what leaves the content as it is needs no trial


def test_an_own_example_takes_the_place_of_the_shipped_one_of_its_code(zone, other, clerk):
    testing.enter(SchemeExample, zone, "code\nSL2024-06", **CASE)
    testing.enter(SchemeExample, other, "code\nX9", **CASE)
    own = [each for each in examples_for(zone.pk, clerk) if each.record]
    assert [each.code for each in own] == ["SL2024-06"]
    assert len(examples_for(zone.pk, clerk)) == len(shipped())
    assert len([each for each in examples_for(zone.pk, testing.employ(zone, "blind", "rules.edit")) if each.record]) == 0


@pytest.mark.parametrize(("facts", "sentence"), [
    ({"eligible": "no"}, "不符合的要写明「应有理由」"), ({"reasons": "once"}, "符合的没有理由"),
    ({"amount": None}, "符合的要写明「应得补贴"),
    ({"eligible": "no", "reasons": "first, once"}, "没有条款「first」"),
    ({"owned_since": "2010-03-17"}, "2010-03-17 早于「旧车注册登记日期」"),
    ({"new_power": "fuel", "new_displacement": "1.5"}, "与「新车类别」矛盾"), ({"applied_on": "2027-06-02"}, "2027-06-02 还没有到"),
])
def test_an_example_that_cannot_be_is_refused(zone, facts, sentence):
    with pytest.raises(ValidationError, match=sentence):
        testing.enter(SchemeExample, zone, "code\nX1", **CASE | facts)


def test_examples_are_imported_by_the_headings_of_the_template(zone, clerk):
    facts = {**CASE, "eligible": "符合", "applicant": "个人", "old_fuel": "汽油", "new_power": "新能源乘用车"}
    heads = "\t".join(str(field_of(SchemeExample, name).verbose_name) for name in ("code", *facts))
    upload = importing.receive(SchemeExample, zone, clerk, "粘贴.txt", f"{heads}\n" + "\t".join(map(str, ("X1", *facts.values()))))
    importing.check(upload)
    importing.write(upload, clerk)
    found = example_of(SchemeExample.objects.get())
    assert (found.told, found.amount) == ({name: text for name, text in CASE.items() if name in FACTS_TOLD}, 12_000)


def test_a_record_reads_as_the_facts_that_are_judged(zone):
    [record] = testing.enter(SchemeExample, zone, "code\nX1", **CASE | {"price": "99995.84", "top_up": "12000"})
    found = example_of(record)
    assert (found.facts["price"], found.facts["same_owner"], found.facts["applied_on"]) == (9_999_584, True, "2027-03-01")
    assert (found.amount, found.top_up, found.eligible) == (12_000, 12_000, YES)
    assert answered(SCHEMES.shipped().content, found).differences == [("答复", "符合", "那一天还没有公布这一年的方案")]


def test_the_reasons_of_an_example_are_ticked_and_told_in_words(desk, zone):
    refused = {"eligible": "no", "amount": None, "top_up": None, "reasons": "owned once"}
    [record] = testing.enter(SchemeExample, zone, "code\nX1", **CASE | refused)
    form = desk.get(reverse("edit", args=["scheme_examples", record.pk]))
    for code, words, ticked in (
            ("owned", "旧车登记在申请人名下晚于 ……。", True),
            ("invoiced_on", "新车销售统一发票的开票日期不在规定的期间内：……（含当日）。", False)):
        [box] = re.findall(f'<label [^>]*><input [^>]*value="{code}"[^>]*>[^<]*</label>', form.content.decode())
        assert (words in box, " checked" in box) == (True, ticked)
    assertContains(desk.get(reverse("record", args=["scheme_examples", record.pk])), "旧车登记在申请人名下晚于 ……。")
    sent = {name: form.context["form"][name].value() for name in form.context["form"].fields} | {"token": form.context["form"].token}
    sent = {name: value for name, value in sent.items() if value is not None}
    assert desk.post(form.request["PATH_INFO"], sent | {"reasons": ["once", "owned", "individual"], "reason": "补全"}).status_code == 302
    record.refresh_from_db()
    assert record.reasons == "individual owned once"


def test_the_page_of_published_schemes(desk, zone, applications):
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(reverse("scheme-comparison"), {"before": "2025", "after": "2026"})
    assert len(asked) <= 30
    standard, real = [found for _label, found, _is_real in page.context["told"]["populations"]]
    assert (standard.total.cases, standard.total.newly) == (720, 70)
    assert (real.total.cases, real.total.gain, real.total.unclear) == (5, 0, 5)  # who owned the car since when no register knows
    assertContains(page, "旧车登记在申请人名下的日期")
    assertContains(desk.get(reverse("rules")), reverse("scheme-comparison"))


def test_the_applications_of_another_owner_are_not_judged_by_this_ones_schemes(zone, applications, client):
    below = testing.party(zone, "PARK", "分园", zone)
    client.force_login(testing.employ(zone, "both", "rules.view subsidy_applications.view vehicles.view", below=True))
    told = {owner: client.get(reverse("scheme-comparison"), {"owner": owner.pk}).context["told"] for owner in (zone, below)}
    assert {owner: [found.total.cases for _label, found, is_real in each["populations"] if is_real] for owner, each in told.items()} == {
        zone: [5], below: []}


def test_of_an_old_car_the_applications_tell_the_fuel_as_the_file_of_a_claim_does(zone, applications, vehicles, clerk):
    for vehicle, plate in zip(vehicles[:3], ("晋AD12345", "晋A12345", ""), strict=True):
        facts = {"power": "8", "plate": plate}
        commit([actions.find("vehicles.correct").plan(vehicle, by=clerk, version=1, facts=facts, reason="核对")], by=clerk)
    assert [each["old_fuel"] for each in population.applied(clerk, zone)] == ["electric", "other", None, "petrol", "petrol"]


def test_who_may_not_look_at_rules_or_applications_sees_none(zone, applications, client):
    client.force_login(testing.employ(zone, "nobody", "scheme_examples.view"))
    assert client.get(reverse("scheme-comparison")).status_code == 403
    assert client.post(ADDRESS, {"kind": SCHEMES.code}).status_code == 403
    client.force_login(testing.employ(zone, "reader", "rules.view"))
    page = client.get(reverse("scheme-comparison"))
    assert [label for label, _found, _is_real in page.context["told"]["populations"]] == ["标准人群"]
    assertNotContains(page, "登记的补贴申请")


@pytest.mark.parametrize(("kind", "content", "count"), [
    (SCHEMES.code, SCHEMES.shipped().content, 0), ("projects.rate.start", {"variant": "year", "grace": 0}, 1)])
def test_no_table_brings_what_nobody_saw_tried(desk, zone, clerk, tmp_path, kind, content, count):
    names = ("kind", "since", "published_on", "source_document", "content")
    heads = "\t".join(str(field_of(DatedRule, name).verbose_name) for name in names)
    text = f"{heads}\n{kind}\t2024-08-01\t2024-08-05\t文件\t{json.dumps(content, ensure_ascii=False)}"
    upload = importing.receive(DatedRule, zone, clerk, "粘贴.txt", text)
    importing.check(upload)
    answer = desk.post(reverse("import", args=[upload.pk]), {"write": "1"}, follow=True)
    assert DatedRule.objects.count() == count
    assert ("不能从表格导入" in answer.content.decode()) is (count == 0)
    path = tmp_path / "rules.txt"
    path.write_text(text.replace("2024-08-01", "2024-08-02"), encoding="utf-8")
    with nullcontext() if count else pytest.raises(CommandError, match="不能从表格导入"):
        call_command("import", "rules", str(path), "--as", clerk.code, stdout=StringIO())
    assert DatedRule.objects.count() == 2 * count


def test_a_kind_without_a_trial_is_published_as_before(desk, zone):
    page = desk.get("/r/rules/new/?kind=projects.rate.start")
    assert page.context["has_trial"] is False
