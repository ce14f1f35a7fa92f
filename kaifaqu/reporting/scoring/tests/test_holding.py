"""What counts in a scoring, whom it is told, and which of several holds; a rate enters with its exact quotient."""

from datetime import date
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from kaifaqu.kernel import indicators, testing
from kaifaqu.kernel.indicators import Indicator
from kaifaqu.registers.projects.models import Lead, Project
from kaifaqu.reporting.scoring.making import draft
from kaifaqu.reporting.scoring.models import ScoreFinding, Scoring
from kaifaqu.reporting.scoring.rules import SHEETS
from kaifaqu.reporting.scoring.tests.conftest import SHEET, SIGNED
from kaifaqu.reporting.scoring.tests.test_acceptance import scored


@pytest.fixture
def find(zone, clerk, do):
    """Return how something is found under an item: `find(scoring, item, count, on)`."""

    def found(scoring, item="2.1", count=1, on="2024-05-06", **facts):
        told = {"scoring": scoring, "item": item, "count": count, "found_on": on, "what": "密情", "document": "密件", **facts}
        return do("score_findings.create", zone, clerk, facts=told)

    return found


def issue_problems(do, scoring, by, **facts):
    with pytest.raises(ValidationError) as refusal:
        do("scorings.issue", scoring, by, **facts)
    return "".join(refusal.value.messages)


def test_what_was_found_outside_the_period_does_not_count_when_the_period_becomes_another(clerk, issuer, scoring, do, find):
    find(scoring)
    assert draft(scoring, clerk).line("2.1").counted == Fraction("9.5")
    moved = do("scorings.correct", scoring, clerk, facts={"period": "2024-Q1"}, reason="改期")
    result = draft(moved, clerk)
    assert (result.line("2.1").counted, result.line("2.1").findings) == (10, [])
    assert result.strays == ["PW0001：查出日期不在期间（2024年一季度）内，没有计入；请归档。"]
    assert "请归档" in issue_problems(do, moved, issuer)


def test_an_item_of_another_period_takes_what_was_found_in_that(zone, clerk, lay, do, find):
    lay({"half": {**SHEET, "deductions": [{**SHEET["deductions"][0], "period": "上年"}]}})
    held = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-H1"})
    find(held, on="2023-11-30")
    assert draft(held, clerk).line("2.1").counted == Fraction("9.5")
    with pytest.raises(ValidationError, match="「查出日期」2024-05-06 不在这一项的期间（2023年）内"):
        find(held, what="另一")


def test_the_same_is_not_deducted_twice(scoring, find):
    find(scoring)
    find(scoring, what="另一情况")
    with pytest.raises(ValidationError, match="已登记在这一项下"):
        find(scoring)
    assert ScoreFinding.objects.count() == 2


@pytest.mark.parametrize(("period", "on", "told"), [
    ("2024", None, "期间到 2024-12-31 才结束"), ("2024-H1", date(2024, 6, 29), "期间到 2024-06-30 才结束"),
    ("2024-H1", date(2030, 1, 1), "印发日期 2030-01-01 在今天以后")])  # fmt: skip
def test_it_is_issued_after_its_period_and_not_in_the_future(zone, clerk, issuer, sheet, projects, do, period, on, told):
    held = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": period})
    assert told in issue_problems(do, held, issuer, issued_on=on)
    if period == "2024-H1":
        assert do("scorings.issue", held, issuer, issued_on=date(2024, 6, 30)).is_issued


def test_of_several_issued_the_last_holds_and_both_say_so(zone, clerk, issuer, scoring, client, do):
    first = do("scorings.issue", scoring, issuer)
    second = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-01..06"})  # the same days
    other = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-Q2"})
    assert (second.holds_instead, other.holds_instead) == (first, None)
    assert f"已印发 {first}；再印发的代替它，请写明原因" in issue_problems(do, second, issuer)
    second = do("scorings.issue", second, issuer, reason="漏登一项")
    assert [each.holds_instead for each in (Scoring.objects.get(pk=first.pk), second)] == [second, None]
    client.force_login(issuer)
    assert f"已由 {second.code} 代替" in client.get(reverse("scorings")).content.decode()
    assert "以后来的为准" in client.get(reverse("scoring", args=[first.pk])).content.decode()
    assert "以后来的为准" not in client.get(reverse("scoring", args=[second.pk])).content.decode()


@pytest.mark.parametrize(("right", "hidden", "item"), [
    ("score_overrides.view", ("密情", "密件"), "2.1"), ("score_findings.view", ("密由", "密决", "演示clerk", "37"), "1.1")])
def test_a_draft_tells_nobody_what_he_may_not_look_at(zone, clerk, scoring, do, find, client, right, hidden, item):
    find(scoring)
    facts = {"scoring": scoring, "item": "1.1", "given": "37", "grounds": "密由", "document": "密决"}
    do("score_overrides.create", zone, clerk, facts=facts)
    reader = testing.employ(zone, "reader", f"scorings.view scorings.issue projects.view {right}")
    result = draft(scoring, reader)
    assert result.total is None  # nothing that is told lets him reckon it
    assert (result.line(item).counted, "没有查看" in result.line(item).problem) == (None, True)
    client.force_login(reader)
    page = client.get(reverse("scoring", args=[scoring.pk])).content.decode()
    assert [each for each in hidden if each in page] == []
    assert "没有查看" in issue_problems(do, scoring, reader)


def test_what_is_issued_is_published_with_everything_in_it(zone, issuer, scoring, do, find, client):
    find(scoring)
    do("scorings.issue", scoring, issuer)
    client.force_login(testing.employ(zone, "reader", "scorings.view"))
    assert "密情" in client.get(reverse("scoring", args=[scoring.pk])).content.decode()


def test_a_rate_enters_with_its_exact_quotient(zone, lay):
    """Two of three leads in negotiation were signed: 66.67 as published, and less than that."""
    testing.enter(Lead, zone, """
        code | name | first_contact_on | negotiating_on | signed_on
        L1   | 甲   | 2024-01-01       | 2024-01-02     | 2024-02-01
        L2   | 乙   | 2024-01-01       | 2024-01-02     | 2024-02-01
        L3   | 丙   | 2024-01-01       | 2024-01-02     |
    """)
    rate = {"dimension": "招商", "label": "签约率", "figure": "projects.rate.signing.negotiation"}
    lay({"half": {
        "title": "率", "basis": "演示", "places": 2,
        "bands": [{**rate, "number": "1", "bands": [["不限", "66.67", "1"], ["66.67", "不限", "2"]]}],
        "pro_rata": [{**rate, "number": "2", "target": "100", "marks": "30", "cap": "100%"}]}})
    one, other = scored(zone, "half").lines
    assert (one.measured, one.counted, other.counted) == ("200/3", 1, 20)
    assert other.words == "≈ 66.6667% ÷ 100% × 30 = 20"
    assert one.figure.value == "66.67"  # as it is published where it comes from


def test_what_a_record_brings_is_not_reckoned_where_nothing_can_be(zone, clerk, lay, projects, do, client):
    lay({"half": {**SHEET, "pro_rata": [{**SHEET["pro_rata"][0], "target": "-5"}]}})
    testing.enter(Lead, zone, "code | name | first_contact_on | negotiating_on\nL1 | 在谈 | 2024-01-01 | 2024-02-01")
    held = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-H1"})
    facts = {"scoring": held, "item": "1.1", "given": "7", "grounds": "理由", "document": "文件"}
    do("score_overrides.create", zone, clerk, facts=facts)
    client.force_login(clerk)
    page = client.get(reverse("scoring", args=[held.pk]))
    assert page.status_code == 200
    assert "还差 33 分" in page.content.decode()


def test_a_decided_item_is_brought_nothing_by_a_record(zone, clerk, scoring, do, client):
    testing.enter(Lead, zone, "code | name | first_contact_on | negotiating_on\nL1 | 在谈 | 2024-01-01 | 2024-02-01")
    client.force_login(clerk)
    address = reverse("scoring", args=[scoring.pk])
    assert "进入洽谈 · 10 分" in client.get(address).content.decode()
    facts = {"scoring": scoring, "item": "1.1", "given": "7", "grounds": "理由", "document": "文件"}
    do("score_overrides.create", zone, clerk, facts=facts)
    assert "进入洽谈 · " not in client.get(address).content.decode()



def test_what_was_entered_by_hand_stays_with_its_scoring_and_sheet(zone, clerk, issuer, lay, scoring, do, find):
    lay({"other": SHEET}, since="2024-02-01")
    made = find(scoring)
    second = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-Q2"})
    do("scorings.issue", scoring, issuer)
    with pytest.raises(ValidationError, match="不能改到别的评分"):  # nothing goes from an issued one either
        do("score_findings.correct", made, clerk, facts={"scoring": second}, reason="改")
    assert do("scorings.correct", second, clerk, facts={"sheet": "other"}, reason="改").sheet == "other"
    again = find(second)
    with pytest.raises(ValidationError, match="是评分表「other」的，不能换成别的"):
        do("scorings.correct", second, clerk, facts={"sheet": "half"}, reason="改")
    do("score_findings.archive", again, clerk, reason="误登")
    assert do("scorings.correct", second, clerk, facts={"sheet": "half"}, reason="改").sheet == "half"


def test_a_target_is_divided_in_the_unit_of_the_value(zone, lay, projects):
    entry = {"number": "1", "dimension": "招商", "label": "签约额", "marks": "30", "cap": "不封顶"}
    figures = {"figure": "projects.signed.year.investment", "target_figure": "test.target"}
    target = Indicator(code="test.target", label="目标", unit="亿元", basis="", register=Project, where=lambda period, world: Q(code="P1"))
    try:
        lay({"half": {"title": "率", "basis": "演示", "places": 2, "pro_rata": [{**entry, **figures}]}})
        [line] = scored(zone, "half").lines
        assert (line.value, line.target, line.counted) == ("60000 万元", "10000 万元", 180)  # 6 of 1 亿元
        wrong = {**entry, "figure": SIGNED, "target_figure": "test.target"}
        assert "不能换算成" in SHEETS.check({"half": {"title": "率", "basis": "演示", "places": 2, "pro_rata": [wrong]}})
    finally:
        del indicators._catalogue[target.code]


def test_no_record_is_offered_for_the_gap_of_a_group(zone, clerk, lay, projects, client):
    testing.enter(Lead, zone, "code | name | first_contact_on | negotiating_on\nL1 | 在谈 | 2024-01-01 | 2024-02-01")
    client.force_login(clerk)
    address = f"{reverse('scoring-sheet', args=['half'])}?period=2024-H1"
    lay({"half": SHEET})
    assert "进入洽谈" in client.get(address).content.decode()
    lay({"half": {**SHEET, "pro_rata": [{**SHEET["pro_rata"][0], "by": "nature", "group": "新建"}]}}, since="2024-02-01")
    assert "进入洽谈" not in client.get(address).content.decode()


def test_a_sheet_of_a_past_period_can_be_chosen(zone, clerk, lay, client):
    lay({"old": {**SHEET, "title": "旧表"}}, since="2023-01-01", until="2024-01-01")
    client.force_login(clerk)
    page = client.get(reverse("new", args=["scorings"]), {"sheet": "old", "period": "2023"}).content.decode()
    assert '<option value="old" selected>旧表</option>' in page


def test_a_place_is_published_after_its_period_and_nothing_else_is_found_then(zone, clerk, lay, do, find):
    entry = {"number": "1", "dimension": "排名", "label": "全省排名", "of": "71", "shares": [["20%", "10"], ["50%", "8"]]}
    lay({"half": {**SHEET, "title": "名次", "ranks": [entry]}})
    held = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-H1"})
    find(held, item="1", count=14, found_on="2024-07-20")
    assert draft(held, clerk).lines[0].counted == 10
    for item, day in (("1", "2023-12-31"), ("2.1", "2024-07-20")):
        with pytest.raises(ValidationError, match="不在这一项的期间（2024年上半年）内"):
            find(held, item=item, count=14, found_on=day, what="另一个")


def test_a_place_among_many_is_published_once(zone, clerk, lay, do, find):
    entry = {"number": "1", "dimension": "排名", "label": "全省排名", "of": "71", "shares": [["20%", "10"], ["50%", "8"]]}
    lay({"half": {"title": "名次", "basis": "演示", "places": 2, "ranks": [entry]}})
    held = do("scorings.create", zone, clerk, facts={"sheet": "half", "period": "2024-H1"})
    assert "还没有登记名次" in draft(held, clerk).lines[0].problem
    find(held, item="1", count=14)
    [line] = draft(held, clerk).lines
    assert (line.value, line.counted, line.words) == ("14 名", 10, "第 14 名，共 71 名，属于「前 20%」，得 10")
    find(held, item="1", count=15, what="又一次")
    assert "登记了 2 条，只能有一条" in draft(held, clerk).lines[0].problem
