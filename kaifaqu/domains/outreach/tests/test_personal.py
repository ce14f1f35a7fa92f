"""What is of persons: no number of theirs stands in a question, and a lead keeps nobody's name or phone without his consent."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from kaifaqu.domains.outreach.models import PromotionLead, PromotionQuestion
from kaifaqu.domains.outreach.personal import refuse_personal
from kaifaqu.domains.outreach.tests.conftest import DAY, act
from kaifaqu.kernel import testing
from kaifaqu.sheets import importing

SOUGHT = "没有填「同意留联系方式的日期」"


@pytest.mark.parametrize(("text", "found"), [
    ("我是张三 13812345678 问补贴", "手机号 138…78"), ("微信v13812345678", "手机号 138…78"), ("１３８１２３４５６７８", "手机号 138…78"),
    ("电话138 1234 5678。", "手机号 138…78"), ("138-1234-5678", "手机号 138…78"), ("138 123 45678", "手机号 138…78"),
    ("1381-234-5678", "手机号 138…78"), ("1381 2345 678", "手机号 138…78"), ("+86 199 - 1234 - 5678", "手机号 199…78"),
    ("8613812345678", "手机号 138…78"), ("13812345678/13912345670", "手机号 138…78、手机号 139…70"),
    ("身份证14010119900307001x能用吗", "身份证号 140…1X"), ("140101 1990 0307 0011", "身份证号 140…11"),
    ("140101-19900307-0011", "身份证号 140…11"), ("老证 140101900307001", "身份证号 140…01"),
    ("晋A12345能报废吗", "号牌号码 晋A…45"), ("我的晋a·1234学", "号牌号码 晋A…4学"), ("晋 A-12B45", "号牌号码 晋A…45"),
    ("新能源牌晋AD12345和晋A12345D", "号牌号码 晋A…45、号牌号码 晋A…5D"), ("沪A0023领", "号牌号码 沪A…3领"),
    ("车架号LSVAA49J132012345的车", "车辆识别代号 LSV…45"), ("VINlsvaa49j132012345", "车辆识别代号 LSV…45"),
    ("张三 13812345678 晋A12345", "手机号 138…78、号牌号码 晋A…45"),
])
def test_numbers_of_persons_and_vehicles_are_found_and_masked(text, found):
    with pytest.raises(ValidationError) as refused:
        refuse_personal(text)
    assert refused.value.messages == [f"里有个人信息：{found}。登记以后删不掉，请先从文字里去掉再登记。"]


@pytest.mark.parametrize("text", [
    "裸车 13800 元，补贴 7000 元够吗", "2024-07-25 到 2024年12月31日", "20240725 20241231", "国三、国IV，2.0L 还是 1.498T",
    "发改环资〔2024〕1104号和商消费函〔2024〕75号", "15000-180000 元", "150000-180000 元", "晋A牌和京牌要一样吗", "2009—2012 年的车",
    "热线 0351-12345678", "12110", "订单 20240725138123", "138123456789", "买新 A6 2024款", "新CS75PLUS", "新Tesla Model Y",
    "Internationalized", "电车 400 公里 60000 度", "1. 3.5 万 2. 8 万", "",
])
def test_prices_days_and_models_are_no_numbers_of_persons(text):
    refuse_personal(text)


def test_a_question_with_a_number_is_refused_by_form_and_import_which_names_its_row(zone, clerk, questions):
    with pytest.raises(ValidationError) as refused:
        act(questions[3], "correct", clerk, facts={"text": "我是张三 13812345678"}, reason="更正")
    assert "「问题原文」里有个人信息：手机号 138…78" in refused.value.messages[0]
    assert "13812345678" not in refused.value.messages[0]
    text = "提问时间\t类别\t提问内容\n2024-08-05\t其他\t怎么预约\n2024-08-05\t其他\t我是张三 13812345678 晋A12345"
    upload = importing.receive(PromotionQuestion, zone, clerk, "评论.txt", text)
    importing.check(upload)
    faults = {row["number"]: fault["message"] for row in importing.rows(upload) for fault in row["faults"]}
    assert [*faults] == [3]
    assert "手机号 138…78、号牌号码 晋A…45" in faults[3]
    with pytest.raises(ValidationError, match="还有错误"):
        importing.write(upload, clerk)
    assert PromotionQuestion.objects.count() == 4


def lead(zone, **facts):
    """Return a lead of the first venue."""
    return testing.enter(PromotionLead, zone, f"received_on | venue\n{DAY} | C1", **facts)[0]


@pytest.mark.parametrize("facts", [{"contact": "演示人员 001"}, {"phone": "000-00000001"}])
def test_a_name_or_phone_demands_the_day_of_consent(zone, venues, clerk, facts):
    with pytest.raises(ValidationError, match=SOUGHT):
        lead(zone, **facts)
    with pytest.raises(ValidationError, match="「同意留联系方式的日期」2024-08-06 还没有到"):
        lead(zone, consented_on="2024-08-06", **facts)
    kept = lead(zone, consented_on=DAY, **facts)
    with pytest.raises(ValidationError, match=SOUGHT):
        act(kept, "correct", clerk, facts={"consented_on": None}, reason="更正")
    assert act(act(kept, "erase", clerk, reason="本人要求"), "correct", clerk, facts={"consented_on": None}, reason="更正").pk
    assert lead(zone).consented_on is None


def test_a_lead_of_before_may_be_corrected_and_archived_but_takes_no_other_contact(zone, venues, clerk):
    old = lead(zone, contact="演示人员 001", phone="000-00000001", consented_on=DAY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outreach_promotionlead SET consented_on = NULL")
    assert act(old, "correct", clerk, facts={"received_on": "2024-08-01"}, reason="核对").phone == "000-00000001"
    with pytest.raises(ValidationError, match=SOUGHT):
        act(old, "correct", clerk, facts={"phone": "000-00000002"}, reason="换号")
    assert act(old, "correct", clerk, facts={"phone": ""}, reason="不留电话").contact == "演示人员 001"
    assert act(old, "archive", clerk, reason="重复").archived_at
