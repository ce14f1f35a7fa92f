"""M6-18 to M6-21 and M6-23: questions, venues, partners, the guide, and public education."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from kaifaqu.domains.outreach import indicators as figures
from kaifaqu.domains.outreach.models import (
    GuidePage,
    OutreachActivity,
    PromotionLead,
    PromotionQuestion,
    Topic,
    VenueKind,
)
from kaifaqu.domains.outreach.rules import ANSWERS, answers_on, suggested
from kaifaqu.domains.outreach.tests.conftest import DAY, act, told
from kaifaqu.kernel import actions, events, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.vehicles.models import RecyclingCertificate
from kaifaqu.sheets import importing


@pytest.fixture
def leads(zone, questions, venues, agreements, vehicles):
    """Return leads of a question, two venues and two dealers; two of them brought a vehicle that is there."""
    return testing.enter(PromotionLead, zone, """
        code | received_on | question | venue | agreement | vehicle
        L1   | 2024-07-26  | W1       |       |           | V1
        L2   | 2024-07-26  | W2       |       |           |
        L3   | 2024-07-27  |          | C1    |           | V2
        L4   | 2024-07-28  |          | C1    |           | V3
        L5   | 2024-07-29  |          | C2    |           |
        L6   | 2024-08-01  |          |       | H1        |
        L7   | 2024-08-05  |          |       | H3        |
    """, contact="演示人员 009", consented_on="2024-07-25")


def test_m6_18_questions_come_from_a_file_and_are_counted_by_day(zone, clerk, questions):
    text = "提问时间\t类别\t提问内容\n2024-08-05\t其他\t怎么预约\n2024-08-05\t怎样更快通过审核\t照片怎么拍"
    upload = importing.receive(PromotionQuestion, zone, clerk, "评论.txt", text)
    importing.check(upload)
    importing.write(upload, clerk)
    assert told(figures.QUESTIONS, "2024", figures.TOPICS[0])["怎样更快通过审核"] == 1
    assert (told(figures.QUESTIONS, "2024"), told(figures.DAYS, "2024"), told(figures.PER_DAY, "2024")) == (6, 2, 3)
    assert (told(figures.PER_DAY, DAY), told(figures.PER_DAY, "2024-08-04")) == (3, None)
    assert told(figures.LISTED) == 2
    act(questions[0], "archive", clerk, reason="重复")
    assert (told(figures.LISTED), told(figures.LISTED, known=events.last_seq() - 1)) == (1, 2)


def test_m6_18_a_suggested_answer_cites_the_rule_of_the_day(zone, clerk, questions, client, time_machine):
    assert suggested(questions[0], questions[0].asked_on.replace(day=24))["cites"] == "商消费函〔2024〕75号"
    assert "还没有公布" in suggested(questions[0], questions[0].asked_on)["answer"]
    later = suggested(questions[0], questions[0].asked_on.replace(month=8, day=16))
    assert (later["cites"], "补发差额" in later["answer"]) == ("商消费函〔2024〕392号", True)
    assert suggested(questions[2], questions[2].asked_on) == {}  # what no rule answers a person answers
    assert all("商务部门审核决定" in suggested(PromotionQuestion(topic=each, owner=zone), questions[0].asked_on)["answer"]
               for each in Topic.values[:-1])
    client.force_login(clerk)
    page = client.get(reverse("act", args=["promotion_questions", questions[1].pk, "release"])).content.decode()
    assert "没有先后要求" in page
    assert "商消费函〔2024〕75号（没有规定先后）" in page


@pytest.mark.parametrize(("topic", "day", "cites", "words"), [
    (Topic.EARLIER, "2025-06-01", "商办消费函〔2025〕8号", "2025 年 1 月 1 日以后"),
    (Topic.EARLIER, "2026-06-01", "《2026年汽车以旧换新补贴实施细则》", "2026 年 1 月 1 日以后"),
    (Topic.PLACE, "2025-06-01", "《机动车登记规定》第三十八条", "不要求一致"),
    (Topic.PLACE, "2026-06-01", "第三十八条", "原则上要在同一个省"),
    (Topic.ELECTRIC, "2025-06-01", "商办消费函〔2025〕8号", "不可以"),
    (Topic.ELECTRIC, "2026-06-01", "（写明）", "不可以，2026 年的细则写明")])
def test_m6_17_the_answers_of_2025_and_2026_cite_their_own_rules(zone, topic, day, cites, words):
    found = dict(answers_on(zone.pk, date.fromisoformat(day)))[str(topic.label)]
    assert cites in found["cites"]
    assert words in found["answer"]


@pytest.mark.parametrize("row", ANSWERS.shipped().content["answers"], ids=lambda row: f"{row['topic']} {row['published_on']}")
def test_m6_17_every_answer_names_its_rule_its_source_and_who_decides(row):
    assert row["cites"]
    assert row["source"]
    assert row["answer"].endswith("由新车开票地的商务部门审核决定。")


def test_m6_18_an_answer_counts_only_when_a_person_has_released_it(zone, clerk, questions):
    draft = {"answer": "没有先后要求。", "cites": "商消费函〔2024〕75号"}
    act(questions[1], "correct", clerk, facts=draft)
    assert told(figures.ANSWERED, "2024") == 0  # a draft is none
    with pytest.raises(ValidationError, match="发布的人"):
        act(questions[1], "release", SYSTEM, **draft)
    with pytest.raises(ValidationError, match="请写明回答和引用的规定"):
        act(questions[1], "release", clerk, answer="没有。", cites=" ")
    released = act(questions[1], "release", clerk, **draft)
    assert (told(figures.ANSWERED, "2024"), released.released_by, str(released.released_on)) == (1, clerk, DAY)
    assert (told(figures.ANSWERED, "2024-07"), told(figures.QUESTIONS, "2024-07")) == (0, 3)  # released after the month
    with pytest.raises(ValidationError, match="请用「发布回答」"):
        act(questions[1], "correct", clerk, facts={"answer": "改了"}, reason="更正")
    assert act(questions[1], "release", clerk, answer="新的回答", cites="依据", reason="政策调整").answer == "新的回答"
    with pytest.raises(ValidationError, match="没有可填的栏目"):
        actions.find("promotion_questions.create").plan(zone, by=clerk, facts={
            "asked_on": DAY, "text": "问", "released_on": DAY, "released_by": clerk})


def test_m6_18_conversion_from_question_to_vehicle_is_counted_by_code(leads, vehicles, clerk):
    by = figures.LEADS_BY[0]
    assert told(figures.LEADS, by=by) == {"线上提问": 2, "推介场所": 3, "合作单位": 2}
    assert told(figures.CONVERTED, by=by) == {"线上提问": 1, "推介场所": 1}  # V3 has not come in
    assert told(figures.CONVERSION, by=by) == {"线上提问": 50, "推介场所": Decimal("33.33"), "合作单位": 0}
    assert (told(figures.CONVERTED, "2024-07-30"), told(figures.CONVERTED, "2024-07-29")) == (1, 0)
    act(vehicles[1], "correct", clerk, facts={"received_on": "2024-07-26"}, reason="核对")  # the day before its lead
    assert told(figures.CONVERTED, by=by) == {"线上提问": 1}
    act(vehicles[1], "correct", clerk, facts={"received_on": "2024-07-27"}, reason="核对")
    act(leads[0], "archive", clerk, reason="重复")
    assert (told(figures.CONVERTED), told(figures.LEADS), told(figures.CONVERTED, known=events.last_seq() - 1)) == (1, 6, 2)


def test_m6_18_a_vehicle_that_was_there_before_was_not_brought_by_the_lead(zone, venues, vehicles):
    with pytest.raises(ValidationError, match="V1 在 2024-07-30 已经进场，早于「线索日期」2024-07-31"):
        testing.enter(PromotionLead, zone, "received_on | venue | vehicle\n2024-07-31 | C1 | V1")
    assert testing.enter(PromotionLead, zone, "received_on | venue | vehicle\n2024-07-30 | C1 | V1")


def test_m6_18_a_lead_names_one_source_and_a_vehicle_one_lead(zone, leads, vehicles):
    for sources in ("", "W1 | C1"):
        with pytest.raises(ValidationError, match="只填一项"):
            testing.enter(PromotionLead, zone, f"received_on | question | venue\n{DAY} | {sources}")
    with pytest.raises(ValidationError, match="一辆车只算一条线索带来的"):
        testing.enter(PromotionLead, zone, "received_on | venue | vehicle\n2024-07-30 | C2 | V1")


def test_m6_18_nothing_posts_to_a_platform(questions):
    assert [str(label) for _form, label in type(questions[0].post)._meta.get_field("form").choices] == ["小视频", "直播"]
    registers = (PromotionQuestion, type(questions[0].post))
    assert {each.verb for register in registers for each in actions.actions_of(register)} <= {
        "create", "correct", "archive", "erase", "release", "import", "undo", "attach", "detach", "prove"}


def test_m6_19_leads_and_vehicles_are_counted_by_venue(leads, clerk):
    by, kind = figures.AT_VENUES
    assert told(figures.VENUE_LEADS, by=by) == {"演示4S店": 2, "演示汽贸园": 1}
    assert told(figures.VENUE_VEHICLES, by=by) == {"演示4S店": 1}
    assert told(figures.VENUE_LEADS, by=kind) == {"4S 店": 2, "汽贸园": 1}
    act(leads[2], "archive", clerk, reason="重复")
    assert (told(figures.VENUE_LEADS), told(figures.VENUE_VEHICLES)) == (2, 0)


def test_m6_19_venues_are_of_the_three_kinds_and_have_contacts(venues, clerk):
    assert [str(label) for label in VenueKind.labels] == ["4S 店", "汽贸园", "二手车交易市场"]
    assert told(figures.VENUES, by=figures.VENUES_BY[0]) == {"4S 店": 1, "汽贸园": 1}  # the market was given up that day
    assert (venues[0].contact, venues[0].phone) == ("演示人员 001", "000-00000001")
    assert act(venues[0], "erase", clerk, reason="本人要求").contact == ""


def test_m6_20_partners_are_counted_once_while_an_agreement_is_in_force(agreements, clerk):
    by = figures.PARTNERS.by[0]
    assert (told(figures.PARTNERS), told(figures.PARTNERS, by=by)) == (2, {"4S 店": 2})
    assert told(figures.PARTNERS, "2024-08-04", by) == {"4S 店": 2, "车企": 1}
    act(agreements[2], "archive", clerk, reason="重复")
    assert told(figures.PARTNERS) == 1


def test_m6_20_a_dealer_sees_only_the_state_of_its_own_clients(zone, leads, agreements, vehicles, client):
    dealer = testing.party(zone, "SHOP", "演示甲店账户")
    seller = testing.employ(zone, "seller", "promotion_leads.view", at=dealer)
    enterprise = Enterprise.objects.get(code="Q1")
    assert not PromotionLead.objects.visible_to(seller).exists()
    act(enterprise, "correct", SYSTEM, facts={"party": dealer})
    act(leads[5], "correct", SYSTEM, facts={"vehicle": vehicles[3]})
    testing.enter(RecyclingCertificate, zone, "number | issued_on | handed_over_on\nN1 | 2024-08-04 | 2024-08-03", vehicle=vehicles[3])
    client.force_login(seller)
    assert [each.code for each in PromotionLead.objects.visible_to(seller)] == ["L6"]
    pages = {each.code: client.get(reverse("record", args=["promotion_leads", each.pk])) for each in leads}
    assert {code: page.status_code for code, page in pages.items()} == {**dict.fromkeys(pages, 404), "L6": 200}
    page = pages["L6"].content.decode()
    assert "开具回收证明" in page
    assert "2024-08-04" in page
    assert "DEM00000000000004" not in page
    with pytest.raises(PermissionDenied, match=r"promotion_leads\.edit"):
        act(leads[5], "archive", seller, reason="越权")
    act(agreements[0], "correct", SYSTEM, facts={"ended_on": DAY})  # the other agreement with this dealer goes on
    assert not PromotionLead.objects.visible_to(seller).exists()
    assert not PromotionLead.objects.filter(PromotionLead.lent_to(frozenset({dealer.pk}))).exists()
    assert not seller.has_perm("promotion_leads.view", PromotionLead.objects.get(code="L6"))
    ended = client.get(reverse("record", args=["promotion_leads", leads[5].pk]))
    assert (ended.status_code, "演示人员 009" in ended.content.decode()) == (404, False)


def test_m6_20_an_agreement_brings_no_lead_before_it_begins_nor_when_it_is_over(zone, agreements):
    for code, day in (("H4", "2024-08-05"), ("H4", "2023-08-04"), ("H3", "2024-02-29")):
        with pytest.raises(ValidationError, match=f"{day} 没有生效，或者已经终止"):
            testing.enter(PromotionLead, zone, f"received_on | agreement\n{day} | {code}")
    assert testing.enter(PromotionLead, zone, "received_on | agreement\n2024-08-04 | H4\n2024-03-01 | H3")


@pytest.fixture
def guide(zone):
    """Return two texts of one part of the guide, and one of the other, which begins later than today."""
    return testing.enter(GuidePage, zone, """
        code | topic     | since      | text             | cites
        G1   | subsidy   | 2024-04-24 | 第一步：报废     | 75号
        G2   | subsidy   | 2024-07-25 | 第一步：先看公告 | 1104号
        G3   | scrapping | 2024-09-01 | 预约上门         | 715号令
    """)


def test_m6_21_the_guide_shows_the_text_of_today_and_older_ones_by_date(zone, clerk, guide, client):
    client.force_login(clerk)
    today = client.get(reverse("guide")).content.decode()
    assert "先看公告" in today
    assert "第一步：报废" not in today
    assert "预约上门" not in today
    assert "那一天还没有这份说明" in today
    earlier = client.get(reverse("guide"), {"on": "2024-06-01"}).content.decode()
    assert "第一步：报废" in earlier
    assert "先看公告" not in earlier
    assert "依据：75号" in earlier
    assert "预约上门" in client.get(reverse("guide"), {"on": "2024-09-01"}).content.decode()
    assert "?on=2024-04-24" in today
    assert "<strong>2024-07-25</strong>" in today
    assert "不是日期" in client.get(reverse("guide"), {"on": "某天"}).content.decode()


def test_m6_21_the_guide_is_printable_and_in_large_letters(clerk, guide, client):
    client.force_login(clerk)
    page = client.get(reverse("guide")).content.decode()
    assert "data-print" in page
    assert '<div class="large">' in page


def test_m6_21_no_two_texts_begin_on_one_day(zone, guide):
    with pytest.raises(ValidationError, match="自这一天起的说明已经有了"):
        testing.enter(GuidePage, zone, "topic | since | text | cites\nsubsidy | 2024-07-25 | 又一份 | 75号")


def test_m6_23_activities_are_counted_by_theme_and_link_to_the_guide(zone, clerk, guide, client):
    held = testing.enter(OutreachActivity, zone, """
        code | held_on    | theme     | title    | attendance | guide
        X1   | 2024-06-05 | awareness | 环境日   | 120        | G1
        X2   | 2024-07-30 | channels  | 进社区   | 60         | G2
        X3   | 2024-07-31 | channels  | 进园区   |            |
    """)
    assert told(figures.ACTIVITIES, "2024", figures.ACTIVITIES.by[0]) == {"资源回收循环利用意识": 1, "正规回收拆解渠道": 2}
    assert told(figures.ACTIVITIES, "2024-07") == 2
    client.force_login(clerk)
    assert reverse("record", args=["guide_pages", guide[1].pk]) in client.get(
        reverse("record", args=["outreach_activities", held[1].pk])).content.decode()
    with pytest.raises(ValidationError, match="自 2024-07-25 起才用"):
        testing.enter(OutreachActivity, zone, "held_on | theme | title | guide\n2024-07-01 | channels | 早了 | G2")
    act(held[2], "archive", clerk, reason="重复")
    assert told(figures.ACTIVITIES, "2024-07") == 1


def test_platforms_are_counted_while_an_account_is_in_use(zone, questions, clerk):
    assert told(figures.PLATFORMS) == 1
    assert (told(figures.PLATFORMS, "2023"), told(figures.POSTS, "2024-07"), told(figures.POSTS, "2024-08")) == (0, 1, 0)
    commit([actions.find("promotion_accounts.correct").plan(
        questions[0].account, by=clerk, version=1, facts={"until": DAY})], by=clerk)
    assert told(figures.PLATFORMS) == 0
