"""M6-17 as far as facts and figures go: rates by day, applications by vehicle, what they come to, and what was bought with them."""

import json
from datetime import date
from decimal import Decimal

import pytest

from kaifaqu.domains.subsidies import indicators as figures
from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.models import PolicyDocument
from kaifaqu.domains.subsidies.tests.conftest import told
from kaifaqu.kernel import access, actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.periods import Period

RAISE = "发改环资〔2024〕1104号"


def dropped(record, clerk):
    """Archive a record."""
    commit([actions.find(f"{record.register}.archive").plan(record, by=clerk, version=record.row_version, reason="重复")], by=clerk)


def test_m6_17_the_rate_of_a_day_is_what_was_announced_and_paid_by_then(documents):
    def rates(day):
        return [told(each, day) for each in (
            figures.NEV_PAYABLE, figures.FUEL_PAYABLE, figures.NEV_AMOUNT, figures.FUEL_AMOUNT, figures.DIFFERENCE)]

    assert rates("2024-04-23") == [None] * 5
    assert rates("2024-07-24") == [10000, 7000, 10000, 7000, 3000]
    assert rates("2024-07-25") == [10000, 7000, 20000, 15000, 5000]
    assert rates("2024-08-15") == [10000, 7000, 20000, 15000, 5000]
    assert told(figures.MAX_DISPLACEMENT, "2024-07-25") == Decimal("2.0")


def test_m6_17_the_raise_is_paid_once_the_notice_is_out_and_in_the_ledger(zone, documents):
    awaited = figures.NEV_PAYABLE.figure(Period.parse("2024-08-16"), scope=access.scope())
    assert awaited.reason == "标准依据的文件「商消费函〔2024〕392号」还没有登记，请先登记在「政策文件」里。"
    testing.enter(PolicyDocument, zone, "number | title | kind | issuer\n商消费函〔2024〕392号 | 通知 | notice | 商务部")
    assert (told(figures.NEV_PAYABLE, "2024-08-16"), told(figures.FUEL_PAYABLE, "2024-08-16")) == (20000, 15000)


def test_m6_17_a_rate_ends_with_its_span_of_applications_and_the_next_scheme_has_its_own(zone, documents):
    testing.enter(PolicyDocument, zone, "number | title | kind | issuer\n商办消费函〔2025〕8号 | 通知 | notice | 商务部")
    paid, announced, content = figures.NEV_PAYABLE, figures.NEV_AMOUNT, schemes.SCHEMES.shipped().content
    assert schemes.applied_by(content, date(2025, 1, 10), schemes.terms).rows["nev"]["notice"] == "商消费函〔2024〕392号"
    assert [told(announced, f"2025-01-{day}") for day in (10, 11, 16, 17)] == [20000, None, None, 20000]
    assert [told(paid, f"2025-01-{day}") for day in (11, 16, 17)] == [None, None, 20000]
    assert told(figures.FUEL_PAYABLE, "2025-12-31") == 15000
    assert "2026年汽车以旧换新补贴实施细则" in announced.figure(Period.parse("2026-01-01"), scope=access.scope()).reason  # the newer of two
    assert "申请期限已过" in announced.figure(Period.parse("2027-01-01"), scope=access.scope()).reason


def test_m6_17_a_rate_opens_its_document_and_says_whose_words_it_is(documents, clerk):
    figure = figures.NEV_AMOUNT.figure(Period.parse("2024-07-25"), scope=access.scope())
    assert [each.number for each in figure.records] == [RAISE]
    assert "商消费函〔2024〕392号" in figure.rule
    dropped(documents[1], clerk)
    assert told(figures.NEV_AMOUNT, "2024-07-25") is None
    assert told(figures.NEV_AMOUNT, "2024-07-25", known=events.last_seq() - 1) == 20000


def test_m6_17_documents_tell_their_departments_month_and_day(zone, documents, clerk):
    assert (told(figures.ISSUERS, "2024-04"), told(figures.ISSUED, "2024-04")) == (7, 202404)
    assert (told(figures.ISSUERS, "2024-05"), told(figures.ISSUED, "2024-05")) == (0, None)
    assert (told(figures.RAISED, "2024-07-25"), told(figures.RAISED, "2024-07-24")) == (20240725, None)
    assert "到 2024-07-24 还没有宣布" in figures.RAISED.figure(Period.parse("2024-07-24"), scope=access.scope()).reason
    assert "期内没有印发" in figures.RULES_ISSUED.figure(Period.parse("2024-05"), scope=access.scope()).reason
    testing.enter(PolicyDocument, zone, """
        title      | kind  | issuer | issuers | issued_on
        另一份细则 | rules | 演示厅 | 1       | 2024-05
    """)  # its day is not known
    assert (told(figures.ISSUED, "2024-05"), told(figures.ISSUED, "2024-05-15"), told(figures.ISSUERS, "2024-Q2")) == (202405, None, 8)
    dropped(documents[0], clerk)
    assert (told(figures.ISSUERS, "2024-04"), told(figures.ISSUED, "2024-04")) == (0, None)


def test_m6_17_an_application_counts_once_a_vehicle_while_its_certificate_is_valid(applications, clerk):
    figure = figures.APPLICATIONS.figure(Period.parse("2024-08-05"), scope=access.scope())
    assert (figure.value, [each.code for each in figure.records]) == (4, ["A1", "A2", "A3", "A5"])  # A5 stands on the second certificate
    assert told(figures.APPLICATIONS, "2024-08-01") == 4  # A6 still, not yet A5
    assert told(figures.APPLICATIONS, "2024-07-24", figures.BY[0]) == {"新能源乘用车": 2, "燃油乘用车": 1}
    known = events.last_seq()
    dropped(applications[2], clerk)
    assert (told(figures.APPLICATIONS, "2024-08-05"), told(figures.APPLICATIONS, "2024-08-05", known=known)) == (3, 4)


def test_m6_17_the_amount_follows_the_rates_of_the_day_and_the_raise_works_back(applications):
    assert told(figures.AMOUNT, "2024-08-05") == told(figures.AMOUNT, "2024-08-15") == Decimal("3.4")  # 2 × 1 + 2 × 0.7
    assert told(figures.AMOUNT, "2024-08-16") == 7  # 2 × 2 + 2 × 1.5
    assert told(figures.AMOUNT, "2024-08-16", figures.BY[1]) == {"太原": 5, "晋中": 2}
    assert (told(figures.LOWER, "2024-08-16"), told(figures.UPPER, "2024-08-16")) == (6, 8)
    assert told(figures.PAID, "2024-08-05") == Decimal("1.7")
    assert told(figures.OUTSTANDING, "2024-08-05") == Decimal("1.7")
    assert told(figures.OUTSTANDING, "2024-08-16") == Decimal("5.3")  # with the top-up of what was paid before
    assert told(figures.PAID, "2024-07", figures.PAID.by[1]) == {"太原": 1}


def test_m6_17_a_fuel_car_above_the_limit_is_paid_nothing(zone, applications, clerk):
    facts = {"displacement": "2.001"}
    change = actions.find("subsidy_applications.correct").plan(applications[1], by=clerk, version=1, facts=facts, reason="核对")
    commit([change], by=clerk)
    assert told(figures.AMOUNT, "2024-08-05") == Decimal("2.7")


FIRST = schemes.SCHEMES.shipped().content["rows"][0]


def lay_down(zone, *changes, since="2024-01-01"):
    """Let the zone lay down the first document, and further rows: this document with some changes."""
    testing.enter(DatedRule, zone, f"since | published_on\n{since} | {since}", kind="subsidies.schemes", source_document="演示文件",
                  content=json.dumps({"rows": [
                      {name: value for name, value in (FIRST | change).items() if value != ""} for change in changes]}))


def test_m6_17_of_two_schemes_an_application_is_of_the_newer_one_that_takes_its_invoice(zone, applications):
    newer = {"scheme": 2025, "since": "2024-07-20", "published_on": "2024-08-01", "nev": 30000, "fuel": 9000, "displacement": 1400}
    lay_down(zone, {}, newer | {"documents_since": "2024-06-11", "documents_until": "2024-12-31"})
    assert told(figures.AMOUNT, "2024-07-31") == Decimal("2.7") + 1  # A6 is still valid
    assert told(figures.AMOUNT, "2024-08-05") == 1 + Decimal("0.7") + 3 + 0  # A2's invoice is too old; A5 is above the newer limit
    assert told(figures.AMOUNT, "2024-08-05", figures.BY[1]) == {"太原": Decimal("1.7"), "晋中": 3}


def test_m6_17_a_share_of_the_price_is_paid_up_to_a_limit_and_not_rounded(zone, applications, clerk):
    lay_down(zone, {"nev_share": 1200, "nev": 20000, "fuel_share": 1000, "fuel": 9000})
    of_each = {"A1": "1.776", "A2": "0.9", "A3": "1.92", "A5": "0.85"}  # 14.8, 9.6, 16 and 8.5
    assert told(figures.AMOUNT, "2024-08-05") == sum(map(Decimal, of_each.values()))
    change = actions.find("subsidy_applications.correct").plan(
        applications[3], by=clerk, version=1, facts={"price": "8.512345"}, reason="核对")
    commit([change], by=clerk)
    assert told(figures.AMOUNT, "2024-08-05", figures.BY[1])["太原"] == Decimal("1.776") + Decimal("0.9") + Decimal("0.8512345")
    assert told(figures.LOWER, "2024-08-05") == Decimal("0.9") * 3 + Decimal("0.8512345")  # by 10 per cent, at most 0.9


def test_m6_17_without_a_rate_of_its_day_an_application_is_not_worth_nothing(zone, applications):
    lay_down(zone, {"until": "2024-07-24"})
    assert told(figures.AMOUNT, "2024-07-24") == Decimal("2.7")
    figure = figures.AMOUNT.figure(Period.parse("2024-07-25"), scope=access.scope())
    assert (figure.value, "没有到 2024-07-25 已公布的补贴标准" in figure.reason) == (None, True)
    assert told(figures.UPPER, "2024-08-05") is told(figures.OUTSTANDING, "2024-08-05") is None
    assert told(figures.PAID, "2024-08-05") == Decimal("1.7")


def test_m6_17_an_owner_may_lay_down_rates_of_its_own(zone, applications):
    lay_down(zone, {"nev": 12000}, since="2024-08-01")
    assert (told(figures.AMOUNT, "2024-07-31"), told(figures.AMOUNT, "2024-08-16")) == (Decimal("3.7"), Decimal("3.8"))


def test_m6_17_what_is_only_announced_may_be_laid_down_and_is_paid_by_nobody(zone, applications):
    lay_down(zone, {}, {"announced_on": "2024-07-25", "nev": 30000, "notice": "", "published_on": ""})
    assert (told(figures.AMOUNT, "2024-08-05"), told(figures.NEV_AMOUNT, "2024-08-05")) == (Decimal("3.4"), None)  # no ledger here


def test_m6_17_what_was_spent_on_new_cars_is_told_by_city_and_month(applications, clerk):
    assert told(figures.SPENDING, "2024") == Decimal("34.1") + Decimal("14.8")
    assert told(figures.SPENDING, "2024-07", figures.BY[1]) == {"太原": Decimal("29.6"), "晋中": 16}  # A6 is still valid
    assert told(figures.SPENDING, "2024-08") == Decimal("8.5")
    assert told(figures.SPENDING, "2024", figures.BY[2]) == {"2024-05": Decimal("14.8"), "2024-06": Decimal("34.1")}
    dropped(applications[2], clerk)
    assert told(figures.SPENDING, "2024") == Decimal("32.9")


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"until": "2024-01-01"}, "「申请至（含）」不能早于「申请自」"), ({"published_on": "2024-01-01"}, "不能早于「宣布日期」"),
    ({"notice": ""}, "要一起填"), ({"nev": 0}, "不小于 1 的整数"),
])
def test_m6_17_wrong_rates_are_refused_with_a_sentence(changed, sentence):
    row = {**FIRST, **changed}
    assert sentence in schemes.SCHEMES.check({"rows": [{name: value for name, value in row.items() if value != ""}]})
