"""A claim is handed in by its papers: complete and free of contradictions, or refused with everything that stands in the way."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from kaifaqu.domains.subsidies.actions import Said
from kaifaqu.domains.subsidies.dossier import dossier
from kaifaqu.domains.subsidies.fuels import JUDGED_AS
from kaifaqu.domains.subsidies.indicators import AMOUNT
from kaifaqu.domains.subsidies.models import DECLARED, SubsidyApplication, SubsidyPaper, SubsidyPayment, SubsidyStep
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.tests.conftest import told as value_of
from kaifaqu.domains.subsidies.tests.test_registers import application
from kaifaqu.files import store
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.pages.forms import ActionForm
from kaifaqu.registers.story import moment
from kaifaqu.registers.vehicles.models import RecyclingCertificate, Vehicle

AUGUST = date(2024, 8, 5)
TOLD = {"has_claimed": Said.NO, "has_replaced": Said.NO}
UNTOLD = dict.fromkeys(TOLD, Said.UNTOLD)
PAPERS = """
    kind             | holder | identity           | vin               | dated_on   | plate     | power | in_catalogue | price | city
    certificate      |        |                    |                   |            |           |       |              |       |
    deregistration   | 演示甲 |                    | DEM00000000000001 |            |           |       |              |       |
    invoice          | 演示甲 | 110101199001011234 | DEM00000000000091 | 2024-05-10 |           |       |              | 14.8  | 太原市
    new_registration | 演示甲 |                    | DEM00000000000091 | 2024-05-12 | 晋AD12345 | nev   | True         |       |
    old_registration | 演示甲 |                    | DEM00000000000001 | 2010-03-18 |           |       |              |       |
    identity         | 演示甲 | 110101199001011234 |                   |            |           |       |              |       |
    bank             | 演示甲 |                    |                   |            |           |       |              |       |
"""


class TestPapers(testing.RegisterTests):
    register = SubsidyPaper

    def facts(self, zone):
        return {"vehicle": application(zone)["vehicle"], "kind": "invoice", "holder": "演示甲", "price": "14.8", "dated_on": "2024-05-10"}


@pytest.fixture
def vehicle(zone, vehicles, clerk):
    """Return the vehicle V1, of which everything is known that the scheme asks for."""
    facts = {"holder": "演示甲", "plate": "晋A12345", "first_registered_on": "2010-03-18", "deregistered_on": "2024-05-09"}
    [made] = commit([actions.find("vehicles.correct").plan(vehicles[0], by=clerk, version=1, facts=facts, reason="核对")], by=clerk)
    return made


def enter(zone, vehicle, clerk, *without, scans=True):
    """Enter the papers of a vehicle, and attach their scans; those of the kinds `without` are not there."""
    head, *rows = PAPERS.strip().splitlines()
    text = "\n".join([head, *(row for row in rows if row.split("|")[0].strip() not in without)])
    made = testing.enter(SubsidyPaper, zone, text, vehicle=vehicle)
    if scans:
        scan(clerk, *made)
    return {each.kind: each for each in made}


def scan(clerk, *papers):
    """Attach their scans to papers."""
    kept, attach = store.keep(io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "scan.pdf"), actions.find("subsidy_papers.attach").plan
    commit([attach(each, by=clerk, version=1, kept=kept, purpose="scan_evidence") for each in papers], by=clerk)


def submit(zone, vehicle, clerk, day=AUGUST, **more):
    """Hand the claim in; unless told otherwise the applicant says that nothing stands against it."""
    [made] = commit([actions.find("subsidy_applications.submit").plan(
        zone, by=clerk, vehicle=vehicle, submitted_on=day, **{**TOLD, **more})], by=clerk)
    return made


def refusal(*asked, **more):
    """Return the sentences with which a claim is refused."""
    with pytest.raises(ValidationError) as told:
        submit(*asked, **more)
    assert not SubsidyApplication.objects.exists()
    return told.value.messages


def correct(record, clerk, **facts):
    record.refresh_from_db()
    [made] = commit([actions.find(record.right_to("correct")).plan(
        record, by=clerk, version=record.row_version, facts=facts, reason="更正")], by=clerk)
    record.refresh_from_db()
    return made


def test_a_complete_claim_is_handed_in_with_the_facts_of_its_papers(zone, vehicle, clerk):
    enter(zone, vehicle, clerk)
    made = submit(zone, vehicle, clerk, number="P1")
    assert (made.vehicle_id, made.number, made.submitted_on, made.power, made.displacement, made.price, made.city) == (
        vehicle.pk, "P1", AUGUST, "nev", None, Decimal("14.8"), "太原市")
    assert [str(getattr(made, name)) for name in ("handed_over_on", "deregistered_on", "invoiced_on", "registered_on")] == [
        "2024-05-01", "2024-05-09", "2024-05-10", "2024-05-12"]
    assert (made.claimed_before, made.used_for_replacement, made.warnings()) == ("no", "no", [])


def test_what_is_missing_is_named_together(zone, vehicle, clerk):
    enter(zone, vehicle, clerk, "bank", "deregistration", scans=False)
    assert refusal(zone, vehicle, clerk) == [
        "缺单证：机动车注销证明书、申请人银行卡。",
        "缺扫描件：报废机动车回收证明、机动车销售统一发票、新车机动车登记证书、旧车登记证书或行驶证、申请人身份证。"]


def test_the_old_cars_registration_is_asked_for_once_the_scheme_asks_since_when_it_was_owned(zone, vehicle, clerk):
    enter(zone, vehicle, clerk, "old_registration")
    assert submit(zone, vehicle, clerk, date(2024, 7, 24))
    early = dossier(vehicle, None, date(2024, 7, 24), date(2024, 7, 24))
    late = dossier(vehicle, None, AUGUST, AUGUST)
    assert (early.missing, late.missing) == ([], ["缺单证：旧车登记证书或行驶证。"])


def lay_down(zone, kind, content, since="2024-08-01"):
    """Let the zone lay down a rule of its own."""
    testing.enter(DatedRule, zone, f"since | published_on\n{since} | {since}", kind=kind.code, source_document="演示文件",
                  content=json.dumps(content))


def test_a_scheme_may_name_which_papers_it_asks_for_besides_those_by_whose_days_it_judges(zone, vehicle, clerk):
    enter(zone, vehicle, clerk, "bank", "old_registration", "identity")
    first, *more = SCHEMES.shipped().content["rows"]
    lay_down(zone, SCHEMES, {"rows": [{**first, "papers": ["bank"]}, *more]})
    before, after = (dossier(vehicle, None, day, day).missing for day in (date(2024, 7, 24), AUGUST))
    assert (before, after) == (["缺单证：申请人身份证、申请人银行卡。"], ["缺单证：申请人银行卡。"])
    lay_down(zone, SCHEMES, {"rows": [{**first, "papers": ["old_registration"]}, *more]}, since="2024-08-02")
    known = {"vehicle": vehicle, "vin": vehicle.vin}
    [paper] = testing.enter(SubsidyPaper, zone, "kind | holder | dated_on\nold_registration | 演示甲 | 2010-03-18", **known)
    scan(clerk, paper)
    assert submit(zone, vehicle, clerk, confirmed=True, reason="已核对身份证原件")
    with pytest.raises(ValidationError, match="还要交的单证"):
        lay_down(zone, SCHEMES, {"rows": [{**first, "papers": ["invoice"]}, *more]})


def test_by_which_cut_off_an_old_car_is_judged_is_laid_down(zone, vehicle, clerk):
    enter(zone, vehicle, clerk)
    lay_down(zone, JUDGED_AS, {"rows": [{"power": vehicle.power, "plate": "green", "fuel": "electric"}, {"power": "1", "fuel": "diesel"}]})
    assert [dossier(vehicle, None, day, day).told["register"]["fuel"] for day in (date(2024, 7, 24), AUGUST)] == ["petrol", "diesel"]


def test_contradictions_and_what_the_scheme_refuses_are_told_together(zone, vehicle, clerk):
    made = enter(zone, vehicle, clerk)
    correct(made["invoice"], clerk, holder="演示乙", dated_on="2024-04-23")
    told = refusal(zone, vehicle, clerk)
    assert told[0] == "姓名不一致：「申请人身份证」写「演示甲」，「机动车销售统一发票」写「演示乙」。"
    assert [each[:17] for each in told[1:]] == ["旧车车主、新车车主和申请人不是同一", "新车销售统一发票的开票日期不在规定"]


def test_what_is_open_is_confirmed_by_a_person(zone, vehicle, clerk):
    made = enter(zone, vehicle, clerk)
    correct(made["old_registration"], clerk, dated_on="2024-07-25")
    assert any("登记到申请人名下" in each and "存疑" in each for each in refusal(zone, vehicle, clerk))
    correct(made["old_registration"], clerk, dated_on="2010-03-18")
    correct(made["new_registration"], clerk, in_catalogue=None)
    [told] = refusal(zone, vehicle, clerk)
    assert told.startswith("存疑：还不知道：新车在减免车辆购置税的车型目录里。")
    labels = {str(field.label) for field in ActionForm(actions.find("subsidy_applications.submit"), clerk, None).fields.values()}
    assert not [each for each in labels if f"「{each}」" in told]  # a form tells a sentence from the label on that it names
    assert submit(zone, vehicle, clerk, confirmed=True, reason="已查目录")


def test_no_scheme_and_days_ahead_are_refused(zone, vehicle, clerk):
    enter(zone, vehicle, clerk)
    assert "这一天还没有公布补贴方案。" in refusal(zone, vehicle, clerk, date(2024, 4, 23))
    assert refusal(zone, vehicle, clerk, date(2024, 8, 6)) == ["「申请提交日期」2024-08-06 还没有到。"]


def test_the_scheme_of_2025_asks_whether_it_was_claimed_before(zone, vehicle, clerk):
    clock.set(moment(date(2025, 3, 1)))
    enter(zone, vehicle, clerk)
    told = refusal(zone, vehicle, clerk, date(2025, 3, 1), has_claimed=Said.YES)
    assert any(each.startswith("这一年里已经享受过一次") for each in told)


def carry_over(vehicle, papers, clerk, day):
    """Correct the papers and the ledgers so that all stands on one day."""
    certificate = RecyclingCertificate.objects.get(vehicle=vehicle)
    correct(certificate, clerk, handed_over_on=day, issued_on=day)
    correct(vehicle, clerk, deregistered_on=day)
    for kind in ("invoice", "new_registration"):
        correct(papers[kind], clerk, dated_on=day, province="山西省")


def test_what_nobody_declared_is_not_known_and_a_person_confirms_it(zone, vehicle, clerk):
    clock.set(moment(date(2025, 3, 1)))
    papers, day = enter(zone, vehicle, clerk), date(2025, 3, 1)
    carry_over(vehicle, papers, clerk, "2025-02-10")
    found = dossier(vehicle, None, day, day)
    assert (found.problems, found.verdict.eligible) == ([], "unclear")
    told = refusal(zone, vehicle, clerk, day, **UNTOLD)
    assert [each.split("（")[0] for each in told] == [
        "存疑：还不知道：这一年已享受过汽车以旧换新补贴。", "存疑：还不知道：这辆新车已申请置换更新补贴。"]
    assert len(refusal(zone, vehicle, clerk, day, has_replaced=Said.UNTOLD)) == 1
    made = submit(zone, vehicle, clerk, day, **UNTOLD, confirmed=True, reason="已向商务局查询")
    testing.enter(SubsidyStep, zone, "state | taken_on | reason\nreturned | 2025-03-01 | 价格不符", application=made)
    again = actions.find("subsidy_applications.resubmit").plan
    with pytest.raises(ValidationError, match="这一年已享受过汽车以旧换新补贴"):
        [*again(made, by=clerk, version=1, taken_on=day, **UNTOLD)]
    with pytest.raises(ValidationError, match="已经用来申请置换更新补贴"):
        [*again(made, by=clerk, version=1, taken_on=day, **TOLD | {"has_replaced": Said.YES}, confirmed=True)]
    assert (made.declared(), dossier(vehicle, made, day, day).verdict.eligible) == ({}, "unclear")
    commit([*again(made, by=clerk, version=1, taken_on=day, **TOLD)], by=clerk)
    made.refresh_from_db()
    form = ActionForm(actions.find("subsidy_applications.resubmit"), clerk, made)
    assert {name: form[name].value() or "" for name in TOLD} == dict.fromkeys(TOLD, "")  # chosen each time, whatever was said
    assert (made.declared(), dossier(vehicle, made, day, day).verdict.eligible) == (dict.fromkeys(DECLARED, False), "yes")


def test_without_papers_what_is_said_stays_until_something_else_is_said_and_a_yes_is_warned_of(zone, vehicle, clerk):
    [made] = testing.enter(SubsidyApplication, zone, "code\nA1", **application(zone) | {"vehicle": vehicle, "claimed_before": "no"})
    for taken_on, said, stays in (
            ("2024-08-01", UNTOLD, ("no", "")), ("2024-08-02", TOLD | {"has_claimed": Said.YES}, ("yes", "no"))):
        testing.enter(SubsidyStep, zone, f"state | taken_on | reason\nreturned | {taken_on} | 价格不符", application=made)
        plan = actions.find("subsidy_applications.resubmit").plan
        planned = plan(made, by=clerk, version=made.row_version, taken_on=date.fromisoformat(taken_on), **said)
        commit(planned if isinstance(planned, list) else [planned], by=clerk)
        made.refresh_from_db()
        assert (made.claimed_before, made.used_for_replacement) == stays
    assert any("申请人说「本年已享受过汽车以旧换新补贴」" in each for each in made.warnings())


@pytest.mark.parametrize("name", ["submit", "resubmit"])
def test_the_questions_have_no_answer_until_one_is_chosen(zone, clerk, name):
    asked = ActionForm(actions.find(f"subsidy_applications.{name}"), clerk, None).fields
    for each in TOLD:
        assert [str(words) for _code, words in asked[each].choices] == ["请选择", "是", "否", "申请人没有说明"]
        with pytest.raises(ValidationError):
            asked[each].clean("")
        assert asked[each].clean("untold") == "untold"


def test_a_hybrid_of_no_known_plate_may_be_one_with_a_plug(zone, vehicle, clerk):
    enter(zone, vehicle, clerk)
    correct(vehicle, clerk, power="8", plate="")
    found = dossier(vehicle, None, AUGUST, AUGUST)
    assert (found.verdict.eligible, [each.text for each in found.verdict.unclear]) == ("unclear", ["还不知道：旧车燃料种类。"])


@pytest.mark.parametrize(("day", "scheme", "amount"), [("2025-12-31", 2025, 20000), ("2026-01-05", 2026, 17760)])
def test_of_two_open_schemes_the_newest_judges_whose_papers_may_be_as_old_as_the_invoice(zone, vehicle, clerk, day, scheme, amount):
    clock.set(moment(date(2026, 1, 8)))
    carry_over(vehicle, enter(zone, vehicle, clerk), clerk, day)
    asked = date(2026, 1, 8)
    verdict = dossier(vehicle, None, asked, asked, {"claimed_before": False, "used_for_replacement": False}).verdict
    assert (verdict.scheme, verdict.eligible, verdict.amount) == (scheme, "yes", amount)
    invoice = SubsidyPaper.objects.get(kind="invoice")
    commit([actions.find("subsidy_papers.archive").plan(invoice, by=clerk, version=invoice.row_version, reason="作废")], by=clerk)
    assert dossier(vehicle, None, asked, asked).verdict.scheme == 2026  # whose invoice is not known is of the newest


def test_the_file_and_the_sum_judge_by_the_same_scheme(zone, vehicle, clerk):
    clock.set(moment(date(2026, 1, 8)))
    carry_over(vehicle, enter(zone, vehicle, clerk), clerk, "2026-01-05")
    submit(zone, vehicle, clerk, date(2026, 1, 8))
    assert value_of(AMOUNT, "2026-01-08") == Decimal("1.776")


def test_an_application_in_january_is_judged_by_the_scheme_of_which_it_has_something(zone, vehicle, clerk):
    clock.set(moment(date(2025, 2, 1)))
    enter(zone, vehicle, clerk)
    found = dossier(vehicle, None, date(2025, 1, 5), date(2025, 2, 1))
    assert (found.verdict.scheme, found.verdict.eligible, found.verdict.amount) == (2024, "yes", 20000)


def test_who_may_not_see_papers_hands_none_in(zone, vehicle, clerk):
    enter(zone, vehicle, clerk)
    person = testing.employ(zone, "half", "vehicles.view subsidy_applications.edit subsidy_applications.view")
    with pytest.raises(PermissionDenied, match=r"subsidy_papers\.view"):
        submit(zone, vehicle, person)


def test_what_was_sent_back_is_handed_in_again_with_the_corrected_papers(zone, vehicle, clerk):
    papers = enter(zone, vehicle, clerk)
    made = submit(zone, vehicle, clerk, date(2024, 8, 1))
    again = actions.find("subsidy_applications.resubmit").plan
    assert not made.offers("resubmit")
    with pytest.raises(ValidationError, match="没有退回"):
        again(made, by=clerk, version=1, taken_on=AUGUST, **TOLD)
    testing.enter(SubsidyStep, zone, "state | taken_on | office | reason\nreturned | 2024-08-02 | police | 价格不符", application=made)
    correct(papers["invoice"], clerk, price="15")
    assert made.offers("resubmit")
    commit([again(made, by=clerk, version=1, taken_on=AUGUST, **TOLD)], by=clerk)
    assert SubsidyApplication.objects.get().price == 15
    assert [*SubsidyStep.objects.order_by("id").values_list("state", "office")] == [("returned", "police"), ("resubmitted", "police")]


def test_what_was_paid_and_what_is_still_to_be_paid(zone, vehicle, clerk):
    enter(zone, vehicle, clerk)
    made = submit(zone, vehicle, clerk, date(2024, 8, 1))
    testing.enter(SubsidyPayment, zone, "paid_on | amount\n2024-08-03 | 1", application=made)
    clock.set(moment(date(2024, 8, 16)))
    found = dossier(vehicle, made, made.submitted_on, date(2024, 8, 16))
    assert (found.paid, found.verdict.amount, found.verdict.top_up, found.differences) == (1, 20000, 10000, [])


@pytest.mark.parametrize(("facts", "sentence"), [
    ({"kind": "bank", "vin": "X", "price": "1"}, "申请人银行卡上没有：单证上的车辆识别代号、发票价税合计（万元）"),
    ({"kind": "invoice", "price": "0"}, "「发票价税合计（万元）」要大于 0"), ({"kind": "invoice", "dated_on": "2024-08-06"}, "还没有到"),
])
def test_a_paper_that_cannot_be_is_refused(zone, vehicle, facts, sentence):
    with pytest.raises(ValidationError, match=sentence):
        testing.enter(SubsidyPaper, zone, "code\nD9", vehicle=vehicle, **facts)


def test_the_file_stands_on_the_pages_of_vehicle_and_application(zone, vehicle, clerk, client, django_assert_max_num_queries):
    client.force_login(clerk)
    papers = enter(zone, vehicle, clerk, "bank")
    correct(papers["invoice"], clerk, vin="DEM00000000000092")
    with django_assert_max_num_queries(30):
        page = client.get(reverse("record", args=["vehicles", vehicle.pk])).content.decode()
    for text in ("缺单证：申请人银行卡。", "新车车辆识别代号不一致", "可以申请", "补贴 10000 元", "等待实施文件", "提交申请"):
        assert text in page, text
    correct(papers["invoice"], clerk, vin="DEM00000000000091")
    testing.enter(SubsidyPaper, zone, "kind\nbank", vehicle=vehicle, holder="演示甲")
    papers["bank"] = SubsidyPaper.objects.get(kind="bank")
    scan(clerk, papers["bank"])
    form = client.get(reverse("new-by", args=["subsidy_applications", "submit"]), {"vehicle": vehicle.pk})
    assert form.status_code == 200
    made = submit(zone, vehicle, clerk)
    testing.enter(SubsidyStep, zone, "state | taken_on\naccepted | 2024-08-05", application=made)
    with django_assert_max_num_queries(30):
        page = client.get(reverse("record", args=["subsidy_applications", made.pk])).content.decode()
    for text in ("补贴申请档案", "审核", "商务部门（等待受理）共 0 天", "还应发放"):
        assert text in page, text
    assert made.code in client.get(reverse("record", args=["vehicles", vehicle.pk])).content.decode()


def test_who_may_see_an_application_alone_learns_neither_of_papers_nor_of_payments(zone, vehicle, clerk, client):
    enter(zone, vehicle, clerk)
    made = submit(zone, vehicle, clerk, date(2024, 8, 1))
    testing.enter(SubsidyStep, zone, "state | taken_on\naccepted | 2024-08-02", application=made)
    testing.enter(SubsidyPayment, zone, "paid_on | amount\n2024-08-03 | 1", application=made)
    for rights, seen in (("", ()), (" subsidy_payments.view", ("已发放",)), (" subsidy_papers.view", ("机动车销售统一发票",))):
        client.force_login(testing.employ(zone, f"one{len(rights)}", f"subsidy_applications.view{rights}"))
        page = client.get(reverse("record", args=["subsidy_applications", made.pk])).content.decode()
        assert tuple(text for text in ("等待受理", "已发放", "机动车销售统一发票") if text in page) == seen


def test_a_companys_vehicle_has_no_file(zone, vehicle, clerk, client):
    correct(vehicle, clerk, owner_kind="organisation")
    client.force_login(clerk)
    assert "补贴申请档案" not in client.get(reverse("record", args=["vehicles", Vehicle.objects.get(pk=vehicle.pk).pk])).content.decode()
