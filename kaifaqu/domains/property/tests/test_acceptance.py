"""M5-07, M5-10 and M5-11 as their acceptance texts say; of M5-08 the core facts."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from kaifaqu.domains.property.models import (
    Amenity,
    AmenityKind,
    HandoverItem,
    HostingFee,
    Layer,
    RentBill,
    ServiceItem,
    ServiceKind,
    ServiceProvider,
    ServiceRequest,
    Settlement,
    WorkKind,
    WorkOrder,
)
from kaifaqu.domains.property.ranking import ranked
from kaifaqu.domains.property.tests.conftest import act, catalogue, contracts, removed, told
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import last_seq
from kaifaqu.kernel.indicators import find
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import field_of
from kaifaqu.pages.explaining import explain
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.issues.tests.conftest import at
from kaifaqu.registers.organisations.models import Enterprise

BILLS = """
    code | lease | month   | due | due_on     | received | received_on
    Z1   | L1    | 2024-05 | 10  | 2024-05-10 | 10       | 2024-05-09
    Z2   | L1    | 2024-06 | 10  | 2024-06-10 | 4        | 2024-06-20
    Z3   | L1    | 2024-07 | 10  | 2024-07-10 | 10       | 2024-08-01
    Z4   | L2    | 2024-06 | 3   | 2024-06-10 | 3        | 2024-06-10
    Z5   | L1    | 2024-08 | 10  | 2024-08-10 |          |
"""


def test_m5_07_two_parks_under_contract_are_counted_two(company):
    held = contracts(company)
    assert told(company, "parks.hosted.count") == 2  # T1 and T2
    assert [told(company, "parks.hosted.count", day) for day in ("2023-11-30", "2024-01-15", "2024-09-01")] == [2, 1, 3]
    assert removed(company, "parks.hosted.count", held[1]) == 1


def test_m5_07_a_settlement_is_computed_from_rent_and_fee_rows(company):
    contracts(company)
    testing.enter(RentBill, company.zone, BILLS)
    fees = testing.enter(HostingFee, company.zone, """
        contract | month   | name   | amount
        T1       | 2024-05 | 托管费 | 2
        T1       | 2024-06 | 托管费 | 2
        T1       | 2024-06 | 电梯   | 0.5
        T1       | 2024-07 | 托管费 | 2
        T2       | 2024-06 | 托管费 | 1
    """)
    [settled] = testing.enter(Settlement, company.zone, "code | contract | first | last\nJ1 | T1 | 2024-05 | 2024-06")
    assert (settled.rent, settled.fees, settled.balance) == (14, Decimal("4.5"), Decimal("9.5"))  # Z1 and Z2; three fees
    act(fees[2], "archive", company.clerk, reason="错录")
    assert Settlement.objects.get().warnings() == ["按现在的租金账单和托管费用，应付业主方为 10 万元，结算单上是 9.5 万元，请核对。"]
    settled = act(settled, "correct", company.clerk, facts={"document": "结算单 1"})
    assert (settled.fees, settled.balance, settled.warnings()) == (4, 10, [])
    act(settled, "correct", company.clerk, facts={"settled_on": "2024-07-10"})
    act(fees[0], "archive", company.clerk, reason="错录")
    settled = act(settled, "correct", company.clerk, facts={"paid_on": "2024-07-20"})
    assert (settled.balance, len(settled.warnings())) == (10, 1)  # what both have signed stays
    assert [told(company, f"parks.settlements.{each}", "2024-Q3") for each in ("rent", "fees", "balance")] == [14, 4, 10]
    assert told(company, "parks.settlements.balance", "2024-Q2") == 0
    assert removed(company, "parks.settlements.balance", settled, "2024-Q3") == 0


def test_m5_07_a_contract_may_settle_the_rent_that_is_due(company):
    held, *_others = contracts(company)
    act(held, "correct", company.clerk, facts={"rent_basis": "due"}, reason="按合同")
    testing.enter(RentBill, company.zone, BILLS)
    [settled] = testing.enter(Settlement, company.zone, "contract | first | last\nT1 | 2024-05 | 2024-06")
    assert (settled.rent, settled.balance) == (20, 20)


def test_m5_07_the_hand_over_list_is_signed(company):
    held, *_others = contracts(company)
    testing.enter(HandoverItem, company.zone, "contract | name | quantity | unit\nT1 | 配电室 | 1 | 间\nT2 | 图纸 | 12 | 张")
    assert told(company, "parks.hosted.unsigned.count") == 2
    act(held, "correct", company.clerk, facts={"handed_over_on": "2024-02-01"})
    assert told(company, "parks.hosted.unsigned.count") == 1
    assert [str(label) for _code, label in field_of(type(held), "rent_basis").choices] == ["实收租金", "应收租金"]
    assert [str(label) for label in Layer.labels] == ["物业基础", "商业保障", "产业驱动"]


AMENITIES = """
    code | name | kind        | unit | since
    A1   | 食堂 | restaurant  | U1   | 2023-06-01
    A2   | 超市 | supermarket | U2   | 2023-06-01
    A3   | 网点 | bank        | U3   | 2023-06-01
"""


def test_m5_10_the_five_kinds_are_there():
    assert [str(label) for label in AmenityKind.labels] == ["餐厅", "超市", "商场", "公寓", "银行", "其他配套"]


def test_m5_10_vacancies_are_listed_and_occupancy_is_by_area(company):
    rows = testing.enter(Amenity, company.zone, AMENITIES)
    assert (told(company, "parks.amenities.count"), told(company, "parks.amenities.kinds.count")) == (3, 3)
    figure = find("parks.amenities.vacant.count").figure(Period.parse("2024-08-05"), scope={company.zone})
    assert {row.code for row in figure.records} == {"A2", "A3"}  # L3 has left, L2 is over
    assert told(company, "parks.amenities.vacant.count", "2024-06-30") == 1
    assert told(company, "parks.amenities.occupancy") == Decimal("22.22")  # 100 of 450
    assert told(company, "parks.amenities.occupancy", "2024-06-30") == Decimal("33.33")  # 100 and 50
    assert told(company, "parks.amenities.leased_area", by="amenity_park") == {"南园": 100}
    assert told(company, "parks.amenities.vacant.count", by="amenity_kind") == {"超市": 1, "银行": 1}
    assert removed(company, "parks.amenities.count", rows[2]) == 2
    assert [told(company, f"parks.amenities.{each}") for each in ("vacant.count", "kinds.count", "area")] == [1, 2, 400]


def test_m5_10_rent_bills_come_from_lease_rows(company):
    rows = testing.enter(RentBill, company.zone, BILLS)
    assert [told(company, f"parks.rent.{each}", "2024-Q2") for each in ("due", "received", "collection_rate")] == [
        23, 17, Decimal("73.91")]
    assert told(company, "parks.rent.collection_rate", "2024-Q2", "tenant") == {"餐饮公司": 70, "银行支行": 100}
    assert told(company, "parks.rent.due", "2024-Q2", "rent_park") == {"南园": 20, "北园": 3}
    assert (told(company, "parks.rent.arrears"), told(company, "parks.rent.arrears", "2024-08")) == (6, 16)  # Z2, then Z5
    assert removed(company, "parks.rent.arrears", rows[1]) == 0
    assert [told(company, f"parks.rent.{each}", "2024-Q2") for each in ("due", "received")] == [13, 13]


def test_m5_10_arrears_are_what_was_owed_on_the_last_day_of_the_period(company):
    testing.enter(RentBill, company.zone, BILLS)
    days = ("2024-06-09", "2024-06-10", "2024-06-19", "2024-06-20", "2024-07-31", "2024-08-01")
    assert [told(company, "parks.rent.arrears", day) for day in days] == [0, 10, 10, 6, 16, 6]  # Z2, in part; Z3, paid late
    assert told(company, "parks.rent.arrears", "2024-07-31", "tenant") == {"餐饮公司": 16}
    figure = find("parks.rent.arrears").figure(Period.parse("2024-07-31"), scope={company.zone})
    assert [row.code for row in figure.records] == ["Z2", "Z3"]


def test_m5_10_a_change_of_arrears_is_explained_by_what_is_owed(company):
    _paid, bill, *_others = testing.enter(RentBill, company.zone, BILLS)
    arrears, day, known = find("parks.rent.arrears"), Period.parse("2024-08-05"), last_seq()
    act(bill, "correct", company.clerk, facts={"received": "9", "received_on": "2024-08-02"}, reason="到账")
    [told] = explain(*(arrears.figure(day, scope={company.zone}, known=each) for each in (known, None)), Reader(company.clerk))
    assert [(each.row.code, each.before, each.after) for each in told.changes] == [("Z2", 6, 1)]


def test_m5_10_the_pages_show_the_merchant_and_what_a_settlement_counts(company, client):
    contracts(company)
    amenity, _empty, _bank = testing.enter(Amenity, company.zone, AMENITIES)
    testing.enter(RentBill, company.zone, BILLS)
    [settled] = testing.enter(Settlement, company.zone, "contract | first | last\nT1 | 2024-05 | 2024-06")
    client.force_login(company.clerk)
    shown = [client.get(reverse("record", args=[each.register, each.pk])).content.decode() for each in (amenity, _empty, settled)]
    assert "餐饮公司" in shown[0]
    assert "Z2" in shown[0]
    assert "现在没有租赁，是空铺" in shown[1]
    assert "结算依据" in shown[2]
    assert "Z1" in shown[2]
    assert "Z4" not in shown[2]


def test_m5_11_six_kinds_have_at_least_one_provider_each(company):
    kinds = [kind for kind in ServiceKind if kind != ServiceKind.OTHER]
    assert [str(kind.label) for kind in kinds] == ["工商", "税务", "宣发", "金融", "法律", "物流"]
    for number, kind in enumerate(kinds):
        testing.enter(ServiceItem, company.zone, f"code | name | kind\nS{number} | 服务{number} | {kind}")
        testing.enter(ServiceProvider, company.zone, f"code | item | enterprise | since\nP{number} | S{number} | Q1 | 2024-01-01")
    testing.enter(ServiceItem, company.zone, "code | name | kind\nS9 | 无人提供 | other")
    assert (told(company, "services.kinds.count"), told(company, "services.providers.count")) == (6, 1)
    assert removed(company, "services.kinds.count", ServiceProvider.objects.get(code="P5")) == 5
    assert removed(company, "services.providers.count", ServiceProvider.objects.get(code="P4")) == 1


@pytest.fixture
def tenant(company):
    """Return a person of an enterprise with an account, to whom the company shows its catalogue; and one of another enterprise."""
    zone = company.zone
    firm, rival = testing.party(zone, "FIRM", "租户"), testing.party(zone, "RIVAL", "别家")
    testing.enter(Enterprise, zone, "code | name | party\nQ8 | 租户 | FIRM")
    give = actions.find("grants.create").plan
    for receiver in (firm, rival):
        for right in ("service_items.view", "service_providers.view", "service_requests.order"):
            facts = {"receiver": receiver, "right": right, "purpose": "提出服务需求", "since": "2024-01-01"}
            commit([give(zone, by=company.clerk, facts=facts)], by=company.clerk)
    rights = " ".join(("service_items.view", "service_providers.view", *(
        f"service_requests.{verb}" for verb in ("order", "view", "confirm", "remind"))))
    company.rival = testing.employ(zone, "rival", rights, at=rival)
    return testing.employ(zone, "tenant", rights, at=firm)


def test_m5_11_an_enterprise_asks_in_two_steps_and_sees_the_state(company, tenant, client):
    catalogue(company)
    client.force_login(tenant)
    page = client.get(reverse("services")).content.decode()  # the first step: choose the service
    item = ServiceItem.objects.get(code="S1")
    address = f"{reverse('new-by', args=['service_requests', 'order'])}?owner={company.zone.pk}&item={item.pk}"
    assert address.replace("&", "&amp;") in page
    shown = {field.name: str(field.value()) for field in client.get(address).context["form"]}
    assert (shown["owner"], shown["item"]) == (str(company.zone.pk), str(item.pk))  # nothing more to choose
    answer = client.post(address, {**shown, "provider": "", "demand": "新办一家公司"})  # the second: say what is needed
    [request] = ServiceRequest.objects.all()
    assert answer.status_code == 302
    assert (request.title, request.enterprise.code, request.requester.code, request.owner) == ("企业开办代办", "Q8", "FIRM", company.zone)
    assert request.resolution_due_on.isoformat() == "2024-08-08"  # three working days, as the catalogue says
    assert "登记" in client.get(reverse("services")).content.decode()
    act(request, "place", company.clerk, provider=ServiceProvider.objects.get(code="P1"), text="请办理")
    shown = client.get(reverse("record", args=["service_requests", request.pk])).content.decode()
    assert "交办" in shown
    client.force_login(company.rival)
    assert client.get(reverse("record", args=["service_requests", request.pk])).status_code == 404
    client.force_login(company.clerk)
    assert "?owner=" not in client.get(reverse("services")).content.decode()  # the company asks itself for nothing


def test_m5_11_an_enterprise_that_the_company_has_not_entered_asks_for_itself_too_and_the_company_for_nobody(company, tenant):
    catalogue(company)
    order, facts = actions.find("service_requests.order").plan, {"item": ServiceItem.objects.get(code="S2"), "demand": "合同审查"}
    [request] = commit([order(company.zone, by=company.rival, **facts)], by=company.rival)
    assert (request.requester.code, request.enterprise) == ("RIVAL", None)
    with pytest.raises(ValidationError, match="由一家企业的账户"):
        order(company.zone, by=company.clerk, **facts)


def test_m5_11_only_the_requester_rates_and_providers_are_ranked_by_rating_with_the_count(company, tenant, client):
    catalogue(company)
    item = ServiceItem.objects.get(code="S2")
    one, other = ServiceProvider.objects.filter(item=item).order_by("code")
    order = actions.find("service_requests.order").plan
    rating = ((one, "satisfied"), (one, "unsatisfied"), (other, "fair"))
    for provider, satisfaction in rating:
        [request] = commit([order(company.zone, by=tenant, item=item, demand="合同审查", provider=provider)], by=tenant)
        act(request, "resolve", company.clerk, result="办好了")
        for person in (company.clerk, company.rival):
            with pytest.raises(PermissionDenied):
                act(request, "confirm", person, satisfaction="satisfied")
        act(request, "confirm", tenant, satisfaction=satisfaction)
    assert [(each.provider.code, each.share, each.count) for each in ranked([item], tenant)[item.pk]] == [("P3", 100, 1), ("P2", 50, 2)]
    client.force_login(tenant)
    page = client.get(reverse("services")).content.decode()
    assert page.index("业主乙") < page.rindex("业主甲")
    assert page.index("业主乙") < page.index("50%")
    assert "满意率" in page
    assert "评价数" in page
    assert told(company, "services.satisfaction", "2024-08") == Decimal("66.67")
    assert told(company, "services.satisfaction", "2024-08", "provider") == {"业主甲": 50, "业主乙": 100}


def test_m5_11_only_the_providers_that_a_person_may_see_stand_in_the_catalogue(company, client):
    catalogue(company)
    firm, other = (testing.party(company.zone, code, code) for code in ("FIRM", "OTHER"))
    testing.enter(Enterprise, other, "code | name\nQ7 | 看得见的机构")
    testing.enter(ServiceItem, other, "code | name | kind\nS7 | 记账 | tax")
    testing.enter(ServiceProvider, other, "code | item | enterprise | since\nP7 | S7 | Q7 | 2024-01-01")
    for owner, rights in ((company.zone, ["service_items.view"]), (other, ["service_items.view", "service_providers.view"])):
        for right in rights:
            facts = {"receiver": firm, "right": right, "purpose": "看目录", "since": "2024-01-01"}
            commit([actions.find("grants.create").plan(owner, by=SYSTEM, facts=facts)], by=SYSTEM)
    client.force_login(testing.employ(company.zone, "tenant", "service_items.view service_providers.view", at=firm))
    page = client.get(reverse("services")).content.decode()
    assert [name in page for name in ("法律咨询", "记账", "看得见的机构", "业主甲", "业主乙")] == [True, True, True, False, False]


REQUESTS = """
    code | item | provider | opened_on  | responded_on | resolved_on | confirmed_on | satisfaction
    X1   | S1   | P1       | 2024-07-01 | 2024-07-01   | 2024-07-03  | 2024-07-04   | satisfied
    X2   | S1   | P1       | 2024-07-01 | 2024-07-01   | 2024-07-08  | 2024-07-09   | unsatisfied
    X3   | S2   | P2       | 2024-06-28 | 2024-06-28   | 2024-07-02  |              |
    X4   | S2   | P3       | 2024-07-30 |              |             |              |
    X5   | S2   | P3       | 2024-07-31 |              |             |              |
"""
EXPECTED = {  # S1 is to be done in three working days, S2 in five
    "services.requests.count": 4, "services.done.count": 3, "services.done.on_time.count": 2, "services.on_time_rate": Decimal("66.67"),
    "services.rated.count": 2, "services.satisfied.count": 1, "services.satisfaction": 50,
}  # fmt: skip


def test_m5_11_the_figures_of_a_month_are_those_of_the_table(company):
    catalogue(company)
    first, *_others, last = testing.enter(ServiceRequest, company.zone, REQUESTS)
    assert {code: told(company, code, "2024-07") for code in EXPECTED} == EXPECTED
    assert told(company, "services.requests.count", "2024-07", "service_kind") == {"工商": 2, "法律": 2}
    assert told(company, "services.on_time_rate", "2024-07", "service_kind") == {"工商": 50, "法律": 100}
    assert removed(company, "services.requests.count", first, "2024-07") == 3
    act(last, "refuse", company.clerk, text="不在本园区")
    left = {**EXPECTED, "services.requests.count": 2, "services.done.count": 2, "services.done.on_time.count": 1,
            "services.on_time_rate": 50, "services.rated.count": 1, "services.satisfied.count": 0, "services.satisfaction": 0}
    assert {code: told(company, code, "2024-07") for code in EXPECTED} == left


def test_m5_08_orders_of_four_kinds_are_on_time_or_not(company):
    assert [str(label) for label in WorkKind.labels] == ["维管", "清洁", "消防", "应急"]
    rows = testing.enter(WorkOrder, company.zone, """
        code | kind        | origin  | title | park | opened_on  | due_on     | done_on
        G1   | maintenance | request | 水管  | K1   | 2024-07-01 | 2024-07-03 | 2024-07-03
        G2   | cleaning    | plan    | 保洁  | K1   | 2024-07-01 | 2024-07-02 | 2024-07-04
        G3   | fire        | plan    | 巡查  | K2   | 2024-07-01 | 2024-07-05 |
        G4   | emergency   | request | 积水  | K2   | 2024-07-30 | 2024-08-01 | 2024-07-30
    """)
    assert [told(company, f"property.orders.{each}", "2024-07") for each in ("count", "on_time.count", "on_time_rate")] == [
        3, 1, Decimal("33.33")]
    assert told(company, "property.orders.on_time_rate", "2024-07", "order_kind") == {"维管": 100, "清洁": 0, "消防": 0}
    assert told(company, "property.orders.count", "2024", "park") == {"南园": 2, "北园": 2}
    assert removed(company, "property.orders.on_time.count", rows[0], "2024-07") == 0
    assert told(company, "property.orders.count", "2024-07") == 2


def test_m5_08_an_order_whose_day_is_not_over_lowers_no_rate(company):
    testing.enter(WorkOrder, company.zone, """
        code | kind | title | opened_on  | due_on     | done_on
        G1   | fire | 巡查  | 2024-08-01 | 2024-08-30 | 2024-08-02
        G2   | fire | 巡查  | 2024-08-01 | 2024-08-04 |
        G3   | fire | 巡查  | 2024-08-01 | 2024-08-05 |
        G4   | fire | 巡查  | 2024-08-01 | 2024-08-30 |
    """)
    assert [told(company, f"property.orders.{each}", "2024-08") for each in ("count", "on_time_rate")] == [2, 50]  # today is the 5th
    figure = find("property.orders.count").figure(Period.parse("2024-08"), scope={company.zone})
    assert [row.code for row in figure.records] == ["G1", "G2"]
    clock.set(at("09-01 09:00"))
    assert [told(company, f"property.orders.{each}", "2024-08") for each in ("count", "on_time_rate")] == [4, 25]
    assert told(company, "property.orders.count", "2024-08-05") == 1
