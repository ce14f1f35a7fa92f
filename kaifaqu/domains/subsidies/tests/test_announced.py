"""What is announced and not implemented, in whatever order documents come: said in words, and never in the way of anything."""

from datetime import date

import pytest
from pytest_django.asserts import assertContains

from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.evaluating import awaited_words, evaluate, ready
from kaifaqu.domains.subsidies.facts import FACTS
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.tests.conftest import ADDRESS
from kaifaqu.domains.subsidies.tests.truth import cases

SHIPPED = SCHEMES.shipped().content["rows"]
LAST = SHIPPED[-1]
SAID = {"scheme": 2026, "document": "商消费函〔2026〕7号", "announced_on": "2026-05-01"}


def problems(*rows) -> str:
    return " ".join(SCHEMES.check.problems({"rows": [*SHIPPED, *rows]}))


@pytest.mark.parametrize(("rows", "sentence"), [
    ([{**SAID, "scheme": 2027, "notice": "先到的", "published_on": "2026-06-01", "owned_by": "2026-04-30"},
      {**LAST, "scheme": 2027, "published_on": "2026-08-30"}], "2027 年的方案到 2026-06-01 还缺：申请自、"),
    ([{**LAST, "petrol": "9999-12-31"}], "第 6 行：「汽油车注册登记不晚于」9999-12-31 太远"),
    ([{**SAID, "scheme": 2027, "nev": 9000}], ""),
])
def test_what_a_content_lacks_on_the_first_day_of_a_scheme(rows, sentence):
    assert sentence in problems(*rows)
    assert bool(sentence) is bool(problems(*rows))


@pytest.mark.parametrize(("row", "words"), [
    ({"nev": 21000, "fuel": 16000},
     "2026-05-01 已宣布 2026 年方案的新规定：新能源车 21,000 元、燃油车 16,000 元（商消费函〔2026〕7号），等待实施文件。"),
    ({"nev": 10000, "nev_share": 600}, "新能源车 车价的 6%，最多 10,000 元（商消费函"),
    ({"owned_by": "2026-04-30"}, "已宣布 2026 年方案的新规定：登记在本人名下不晚于（商消费函"),
])
def test_what_is_announced_is_told_as_what_it_is(row, words):
    content = {"rows": [*SHIPPED, {**SAID, **row}]}
    day = date(2026, 5, 2)
    found = schemes.announced(content, 2026, day)
    assert words in awaited_words(found, schemes.terms(content, 2026, day)) == ready(content, 2026, day).announcement


def test_only_a_raise_is_called_one():
    day = date(2024, 8, 5)
    assert "已宣布提高到新能源乘用车 20000 元、燃油乘用车 15000 元" in ready({"rows": SHIPPED}, 2024, day).announcement
    lowered = [{**row, "nev": 9000} if row.get("notice") == "商消费函〔2024〕392号" else row for row in SHIPPED]
    assert "提高" not in ready({"rows": lowered}, 2024, day).announcement


@pytest.mark.parametrize(("changed", "step"), [
    ({}, "备齐四种单证"), ({"already_paid": 10_000}, "差额由当地补发"), ({"already_paid": 20_000}, "不再补发"),
    ({"applicant": "organisation"}, "请先核对上面不符合的各项"), ({"price": None, "old_kind": None}, "请补充：旧车车辆类型"),
])
def test_every_answer_says_what_to_do_next(changed, step):
    first = cases()[0]
    facts = {name: FACTS[name].read(text) for name, text in first.told.items()} | changed
    assert step in evaluate(facts, ready({"rows": SHIPPED}, 2024, date(2024, 8, 16)), date(2024, 8, 16)).next[0]


@pytest.mark.parametrize(("changed", "says"), [
    ({}, ["备齐四种单证", "金额按发票价税合计的 12% 四舍五入到元；怎样计价"]),
    ({"new_power": "fuel", "new_in_catalogue": None, "new_displacement": 1500}, ["备齐", "合计的 10% "]),
    ({"price": 16666666}, ["备齐", "合计的 12% "]), ({"price": 16666667}, ["备齐"]), ({"price": None}, ["请补充"]),
    ({"applicant": "organisation"}, ["请先核对"]), ({"already_paid": 12_000}, ["已按现行标准发放，不再补发。", "合计的 12% "]),
    ({"same_province": False}, ["请向当地主管部门问清", "合计的 12% "]),
])
def test_an_amount_that_is_a_share_of_the_price_is_said_to_be_one(changed, says):
    case = next(each for each in cases() if each.scheme == 2026 and each.eligible == "yes")
    facts = {name: FACTS[name].read(text) for name, text in case.told.items()} | {"price": 10_000_000} | changed
    found = evaluate(facts, ready({"rows": SHIPPED}, 2026, date(2026, 6, 1)), date(2026, 6, 1)).next
    assert [words for words, step in zip(says, found, strict=True) if words not in step] == []


def test_a_scheme_of_which_only_the_announcement_is_out_may_be_tried(desk, following):
    sent = {name: value for name, value in following.items() if not name.startswith("content-rows-5-")}
    sent |= {"content-rows-5-scheme": "2027", "content-rows-5-document": "预告", "content-rows-5-announced_on": "2026-12-01",
             "content-rows-5-nev": "18000"}
    assertContains(desk.post(ADDRESS, sent), "2027 年的方案只宣布、还没有实施文件")


def test_the_comparison_reads_no_endless_number(desk):
    assert desk.get("/schemes/", {"before": "9" * 5000, "after": "²"}).status_code == 200
