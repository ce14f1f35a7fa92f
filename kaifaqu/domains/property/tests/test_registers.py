"""The registers of the operation of parks keep what every register keeps, and refuse what cannot be."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.property.models import (
    Amenity,
    HandoverItem,
    HostingContract,
    HostingFee,
    HostingReview,
    RentBill,
    ServiceItem,
    ServiceProvider,
    ServiceRequest,
    Settlement,
    WorkOrder,
)
from kaifaqu.domains.property.tests.conftest import act, catalogue, contracts
from kaifaqu.kernel import testing
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Park
from kaifaqu.registers.premises.models import Building, Lease, Unit


def firm(zone):
    return testing.enter(Enterprise, zone, "code | name\nQ9 | 某公司")[0]


def contract(zone):
    firm(zone)
    testing.enter(Park, zone, "code | name\nK9 | 南园")
    return testing.enter(
        HostingContract, zone, "code | title | partner | park | signed_on | since\nT9 | 托管 | Q9 | K9 | 2024-01-05 | 2024-02-01")[0]


def lease(zone):
    firm(zone)
    testing.enter(Building, zone, "code | name | kind | area\nB9 | 1号楼 | other | 900")
    testing.enter(Unit, zone, "code | building | name | area | since\nU9 | B9 | 101 | 100 | 2023-01-01")
    return testing.enter(Lease, zone, "code | unit | tenant | since\nL9 | U9 | Q9 | 2023-06-01")[0]


def item(zone):
    return testing.enter(ServiceItem, zone, "code | name | kind\nS9 | 法律咨询 | law")[0]


class TestContracts(testing.RegisterTests):
    register = HostingContract

    def facts(self, zone):
        [park] = testing.enter(Park, zone, "code | name\nK9 | 南园")
        return {"title": "托管", "partner": firm(zone), "park": park, "signed_on": "2024-01-05", "since": "2024-02-01"}


class TestHandoverItems(testing.RegisterTests):
    register = HandoverItem

    def facts(self, zone):
        return {"contract": contract(zone), "name": "配电室钥匙", "quantity": "3", "unit": "把"}


class TestFees(testing.RegisterTests):
    register = HostingFee

    def facts(self, zone):
        return {"contract": contract(zone), "month": "2024-05", "name": "托管费", "amount": "2.5"}


class TestSettlements(testing.RegisterTests):
    register = Settlement

    def facts(self, zone):
        return {"contract": contract(zone), "first": "2024-04", "last": "2024-06"}


class TestReviews(testing.RegisterTests):
    register = HostingReview

    def facts(self, zone):
        return {"contract": contract(zone), "layer": "property", "reviewed_on": "2024-06-30", "conclusion": "保洁达标"}


class TestAmenities(testing.RegisterTests):
    register = Amenity

    def facts(self, zone):
        return {"name": "园区食堂", "kind": "restaurant", "unit": lease(zone).unit, "since": "2023-06-01"}


class TestBills(testing.RegisterTests):
    register = RentBill

    def facts(self, zone):
        return {"lease": lease(zone), "month": "2024-05", "due": "1.5", "due_on": "2024-05-10"}


class TestItems(testing.RegisterTests):
    register = ServiceItem

    def facts(self, zone):
        return {"name": "企业开办代办", "kind": "registration", "days": 3}


class TestProviders(testing.RegisterTests):
    register = ServiceProvider

    def facts(self, zone):
        return {"item": item(zone), "enterprise": firm(zone), "since": "2024-01-01"}


class TestRequests(testing.RegisterTests):
    register = ServiceRequest

    def facts(self, zone):
        return {"item": item(zone), "opened_on": "2024-07-01"}


class TestOrders(testing.RegisterTests):
    register = WorkOrder

    def facts(self, zone):
        return {"kind": "fire", "title": "检查灭火器", "opened_on": "2024-07-01", "due_on": "2024-07-03"}


def refused(register, zone, table, match, **facts):
    with pytest.raises(ValidationError, match=match):
        testing.enter(register, zone, table, **facts)


def test_a_hand_over_list_is_signed_once_something_stands_on_it_and_stays(company):
    held, *_others = contracts(company)
    with pytest.raises(ValidationError, match="交接清单上还没有事项"):
        act(held, "correct", company.clerk, facts={"handed_over_on": "2024-02-01"})
    [key] = testing.enter(HandoverItem, company.zone, "code | contract | name | quantity\nH1 | T1 | 钥匙 | 3")
    act(held, "correct", company.clerk, facts={"handed_over_on": "2024-02-01"})
    refused(HandoverItem, company.zone, "contract | name\nT1 | 图纸", "清单不再改动")
    for verb, facts in (("archive", {}), ("correct", {"facts": {"quantity": "4"}})):
        with pytest.raises(ValidationError, match="已于 2024-02-01 签署"):
            act(key, verb, company.clerk, reason="改", **facts)
    with pytest.raises(ValidationError, match="T1 南园 的交接清单已于 2024-02-01 签署"):
        act(key, "correct", company.clerk, facts={"contract": HostingContract.objects.get(code="T2")}, reason="改")
    with pytest.raises(ValidationError, match="还没有到"):
        act(held, "correct", company.clerk, facts={"handed_over_on": "2024-08-06"}, reason="改")


def test_a_month_is_settled_once_and_what_it_stands_on_does_not_go_away(company):
    held, *_others = contracts(company)
    testing.enter(Settlement, company.zone, "code | contract | first | last\nJ1 | T1 | 2024-04 | 2024-06\nJ2 | T2 | 2024-06 | 2024-06")
    refused(Settlement, company.zone, "contract | first | last\nT1 | 2024-06 | 2024-07", "一个月只结算一次")
    refused(Settlement, company.zone, "contract | first | last\nT1 | 2024-03 | 2024-02", "早于「自何月」")
    refused(Settlement, company.zone, "contract | first | last | paid_on\nT1 | 2024-07 | 2024-07 | 2024-08-01", "请先填「双方签认日期」")
    with pytest.raises(ValidationError, match="上还有托管结算"):
        act(held, "archive", company.clerk, reason="错录")


@pytest.mark.parametrize(("row", "match"), [
    ("T1 | 2023-01 | 2023-02", "2023-01 不在合同期里"), ("T3 | 2023-11 | 2023-12", "2023-12 不在合同期里.*到 2023-12-01（不含）"),
    ("T4 | 2024-09 | 2024-09", "还没有过完"), ("T1 | 2024-07 | 2024-08", "2024-08 还没有过完"),
])
def test_only_months_that_are_over_and_in_the_contract_are_settled(company, row, match):
    contracts(company)
    refused(Settlement, company.zone, f"contract | first | last\n{row}", match)


def test_a_month_of_a_park_is_settled_once_under_whatever_contract(company):
    _held, second, old, _new = contracts(company)
    other = "code | title | partner | park | signed_on | since\nT5 | 副约 | Q2 | K2 | 2024-01-05 | 2024-02-01"
    [other] = testing.enter(HostingContract, company.zone, other)
    testing.enter(Settlement, company.zone, "code | contract | first | last\nJ2 | T2 | 2024-05 | 2024-06\nJ3 | T3 | 2023-11 | 2023-11")
    refused(Settlement, company.zone, "contract | first | last\nT5 | 2024-06 | 2024-06", "一个园区的一个月只结算一次")
    testing.enter(Settlement, company.zone, "code | contract | first | last\nJ5 | T5 | 2024-07 | 2024-07")
    act(old, "correct", company.clerk, facts={"ended_on": "2023-11-30"}, reason="核对")  # the month is still in it
    with pytest.raises(ValidationError, match="2024-05 不在合同期里"):
        act(second, "correct", company.clerk, facts={"since": "2024-06-01"}, reason="核对")
    testing.enter(Settlement, company.zone, "code | contract | first | last\nJ1 | T1 | 2024-07 | 2024-07")
    with pytest.raises(ValidationError, match="一个园区的一个月只结算一次"):
        act(other, "correct", company.clerk, facts={"park": Park.objects.get(code="K1")}, reason="核对")


def test_a_last_month_is_settled_when_the_contract_is_over(company):
    table = "code | title | partner | park | signed_on | since | ended_on\nT6 | 旧约 | Q1 | K3 | 2024-01-05 | 2024-02-01 | 2024-08-05"
    testing.enter(HostingContract, company.zone, table)
    testing.enter(Settlement, company.zone, "contract | first | last\nT6 | 2024-07 | 2024-08")


def test_a_fee_is_of_a_month_of_the_contract(company):
    _first, second, *_others = contracts(company)
    for row, match in (("T2 | 2024-01", "不在合同期里"), ("T3 | 2023-12", "不在合同期里"), ("T1 | 2024-09", "还没有开始")):
        refused(HostingFee, company.zone, f"contract | month | name | amount\n{row} | 托管费 | 1", match)
    testing.enter(HostingFee, company.zone, "contract | month | name | amount\nT1 | 2024-08 | 托管费 | 1\nT2 | 2024-02 | 托管费 | 1")
    with pytest.raises(ValidationError, match="2024-02 不在合同期里"):
        act(second, "correct", company.clerk, facts={"since": "2024-03-01"}, reason="核对")


def test_a_bill_is_of_a_month_in_which_the_unit_is_let(company):
    due = {"due": "1", "due_on": "2024-05-10"}
    refused(RentBill, company.zone, "lease | month\nL1 | 2023-05", "不在租期里", **due)
    refused(RentBill, company.zone, "lease | month\nL3 | 2024-03", "2024-03-01 已退租", **due)
    refused(RentBill, company.zone, "lease | month\nL2 | 2024-07", "到 2024-07-01（不含）", **due)
    refused(RentBill, company.zone, "lease | month | received\nL1 | 2024-05 | -1", "是负数", **due)
    refused(RentBill, company.zone, "lease | month | received\nL3 | 2024-02 | 0.4", "请填「最近收款日期」", **due)
    [bill] = testing.enter(RentBill, company.zone, "lease | month | received | received_on\nL3 | 2024-02 | 0.4 | 2024-05-10", **due)
    assert f"{bill.arrears}" == "0.6"
    refused(RentBill, company.zone, "lease | month\nL3 | 2024-02", "账单已经登记", **due)


def test_one_unit_is_one_amenity_at_a_time(company):
    testing.enter(Amenity, company.zone, "name | kind | unit | since\n食堂 | restaurant | U1 | 2023-06-01")
    refused(Amenity, company.zone, "name | kind | unit | since\n超市 | supermarket | U1 | 2024-06-01", "时间重叠")


def test_a_provider_provides_what_was_asked_for(company):
    catalogue(company)
    told = {"opened_on": "2024-08-01"}
    refused(ServiceRequest, company.zone, "item | provider\nS1 | P2", "提供的不是", **told)
    [request] = testing.enter(ServiceRequest, company.zone, "item\nS2", **told)
    first, _second, third = ServiceProvider.objects.order_by("code")
    with pytest.raises(ValidationError, match="提供的不是"):
        act(request, "place", company.clerk, provider=first)
    act(third, "correct", company.clerk, facts={"until": "2024-08-01"})
    with pytest.raises(ValidationError, match="现在不提供"):
        act(request, "place", company.clerk, provider=third)
    refused(ServiceProvider, company.zone, "item | enterprise | since\nS1 | Q1 | 2024-05-01", "时间重叠")
    refused(ServiceItem, company.zone, "name | kind | days\n贷款 | finance | 0", "要大于 0")
    with pytest.raises(ValidationError, match="上还有服务商"):
        act(ServiceItem.objects.get(code="S1"), "archive", company.clerk, reason="停办")


def test_an_order_is_not_done_before_it_begins(company):
    refused(WorkOrder, company.zone, "kind | title | opened_on | due_on\nfire | 检查 | 2024-07-02 | 2024-07-01", "早于「登记日期」")
    refused(WorkOrder, company.zone, "kind | title | opened_on | due_on\nfire | 检查 | 2024-08-06 | 2024-08-07", "还没有到")
