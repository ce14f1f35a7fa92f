"""The registers of subsidies keep what every register keeps, and refuse what cannot be."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.subsidies.models import PolicyDocument, SubsidyApplication, SubsidyPayment, SubsidyStep
from kaifaqu.domains.subsidies.tests.conftest import PRINTED
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.story import moment
from kaifaqu.registers.vehicles.models import RecyclingCertificate, Vehicle


def application(zone, **facts):
    """Return the facts of one application of a vehicle with a valid certificate."""
    [vehicle] = testing.enter(Vehicle, zone, "code | vin\nV9 | DEM00000000000009", category="passenger_car", power="1",
                              owner_kind="individual", channel="own", synthetic=True)
    testing.enter(RecyclingCertificate, zone, "number | issued_on | handed_over_on\nN9 | 2024-05-02 | 2024-05-01", vehicle=vehicle)
    return {"vehicle": vehicle, "submitted_on": "2024-06-01", "power": "nev", "price": "14.8", "city": "太原", "invoiced_on": "2024-05-10",
            **PRINTED, **facts}  # fmt: skip


class TestDocuments(testing.RegisterTests):
    register = PolicyDocument

    def facts(self, zone):
        return {"title": "实施细则", "kind": "rules", "issuer": "商务部", "issued_on": "2024-04"}


class TestApplications(testing.RegisterTests):
    register = SubsidyApplication

    def facts(self, zone):
        return application(zone)


class TestPayments(testing.RegisterTests):
    register = SubsidyPayment

    def facts(self, zone):
        [made] = testing.enter(SubsidyApplication, zone, "code\nA9", **application(zone))
        return {"application": made, "paid_on": "2024-07-01", "amount": "1"}


@pytest.mark.parametrize(("facts", "sentence"), [
    ({"submitted_on": "2024-05-11"}, "「申请提交日期」2024-05-11 早于「新车注册日期」2024-05-12"),
    ({"submitted_on": "2024-08-06"}, "2024-08-06 还没有到"), ({"power": "fuel"}, "燃油乘用车请填写「新车排量（升）」"),
    ({"displacement": "1.5"}, "新能源乘用车不填"), ({"price": "0"}, "「新车价税合计（万元）」要大于 0"),
])
def test_an_application_that_cannot_be_is_refused(zone, facts, sentence):
    with pytest.raises(ValidationError, match=sentence):
        testing.enter(SubsidyApplication, zone, "code\nA9", **application(zone, **facts))


def test_a_vehicle_has_one_application(zone, applications, vehicles):
    with pytest.raises(ValidationError, match="已有一份补贴申请"):
        testing.enter(SubsidyApplication, zone, "code\nA7", **application(zone) | {"vehicle": vehicles[0]})


def test_what_differs_from_the_old_car_is_pointed_out(zone, applications):
    assert applications[4].warnings() == ["V6 没有有效的回收证明，这份申请不计入件数。"]
    [made] = testing.enter(SubsidyApplication, zone, "code\nA9", **application(zone, handed_over_on="2024-05-02"))
    assert made.warnings() == ["「证明上的交车日期」2024-05-02 与登记的 2024-05-01 不一致，请核对，以免退回。"]


def test_nothing_is_paid_before_it_was_applied_for_and_no_paid_application_goes_away(zone, applications, clerk):
    with pytest.raises(ValidationError, match="早于申请提交日期 2024-07-25"):
        testing.enter(SubsidyPayment, zone, "application | paid_on | amount\nA3 | 2024-07-24 | 1")
    with pytest.raises(ValidationError, match="F1"):
        commit([actions.find("subsidy_applications.archive").plan(applications[0], by=clerk, version=1, reason="重复")], by=clerk)


def test_nothing_is_paid_on_what_was_refused(zone, applications):
    testing.enter(SubsidyStep, zone, "application | state | taken_on | reason\nA3 | refused | 2024-08-01 | 证明无效")
    with pytest.raises(ValidationError, match="A3 在 2024-08-01 已不予通过，不能再发放"):
        testing.enter(SubsidyPayment, zone, "application | paid_on | amount\nA3 | 2024-08-02 | 1")
    assert testing.enter(SubsidyPayment, zone, "application | paid_on | amount\nA3 | 2024-07-31 | 1")  # before the refusal it was


def test_a_share_of_the_price_may_be_paid_rounded_or_not(zone, vehicles):
    """12 % of 100,003.70 元 are 12,000.444 元."""
    clock.set(moment(date(2026, 3, 31)))
    testing.enter(SubsidyApplication, zone, """
        code | vehicle | submitted_on | power | price     | city | handed_over_on | deregistered_on | invoiced_on | registered_on
        A1   | V1      | 2026-02-01   | nev   | 10.000370 | 太原 | 2026-01-05     | 2026-01-08      | 2026-01-10  | 2026-01-12
        A2   | V2      | 2026-02-01   | nev   | 10.000370 | 太原 | 2026-01-05     | 2026-01-08      | 2026-01-10  | 2026-01-12
    """)
    fine, too_much = testing.enter(SubsidyPayment, zone, """
        application | paid_on    | amount
        A1          | 2026-03-01 | 1.200044
        A2          | 2026-03-01 | 1.2001
    """)
    assert fine.warnings() == []
    assert too_much.warnings() == ["A2 到 2026-03-01 共发放 12001 元，多于方案给的 12000 元，请核对。"]


def test_more_than_the_scheme_gives_is_pointed_out(zone, applications):
    fine, too_much, again = testing.enter(SubsidyPayment, zone, """
        application | paid_on    | amount
        A3          | 2024-08-01 | 1
        A5          | 2024-08-05 | 0.7001
        A1          | 2024-08-05 | 0.5
    """)
    assert fine.warnings() == []
    assert too_much.warnings() == ["A5 到 2024-08-05 共发放 7001 元，多于方案给的 7000 元，请核对。"]
    assert again.warnings() == ["A1 到 2024-08-05 共发放 15000 元，多于方案给的 10000 元，请核对。"]
    clock.set(moment(date(2024, 8, 16)))  # the amounts are raised, for what was applied for before too
    [top_up] = testing.enter(SubsidyPayment, zone, "application | paid_on | amount\nA1 | 2024-08-16 | 0.5")
    assert top_up.warnings() == []


def test_a_payment_is_entered_once_an_application_and_day(zone, applications):
    with pytest.raises(ValidationError, match="这份申请在这一天的发放已经登记过"):
        testing.enter(SubsidyPayment, zone, "application | paid_on | amount\nA1 | 2024-07-20 | 1")
    assert testing.enter(SubsidyPayment, zone, "application | paid_on | amount\nA1 | 2024-07-21 | 1")


def test_a_number_names_one_document(zone, documents):
    with pytest.raises(ValidationError, match="这个文号的文件已经登记过"):
        testing.enter(PolicyDocument, zone, "number | title | kind | issuer\n商消费函〔2024〕75号 | 又一份 | rules | 商务部")
