"""The page for car owners: no account, any day, the check, and nothing that is kept."""

import json
import re

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.domains.subsidies.tests.truth import cases
from kaifaqu.kernel import events
from kaifaqu.reporting.scrappage import standalone

CASE = {"on": "2024-08-16", "scheme": "2024", **next(case.told for case in cases() if case.eligible == "yes")}


@pytest.fixture
def page(zone, client):
    """Return what sends the page's form, or opens the page for a day: `page(on)`, `page(**typed)`."""
    return lambda on="", **typed: client.post(reverse("trade-in"), typed) if typed else client.get(reverse("trade-in"), {"on": on})


@pytest.mark.parametrize(
    ("on", "shown", "hidden"),
    [
        ("2024-04-23", "这一天还没有公布补贴方案。", "10,000 元"),
        ("2024-07-24", "10,000 元", "已宣布"),
        ("2024-08-05", "等待实施文件", "20,000 元"),
        ("2024-08-16", "20,000 元", "等待实施文件"),
        ("2026-02-01", "车价的 12%，最多 20,000 元", "等待实施文件"),
        ("昨天", "「昨天」不是日期", "等待实施文件"),
    ],
)
def test_the_day_tells_what_is_paid_by_what_was_known(page, on, shown, hidden):
    assertContains(page(on), shown)
    assertNotContains(page(on), hidden)


@pytest.mark.parametrize("on", ["2024-04-24", "2024-07-25", "2024-08-16"])
def test_the_five_questions_are_answered_with_source_and_who_decides(page, on):
    answers = page(on).context["answers"]
    assert len(answers) == 5
    assert all(answer and answer["cites"] and "商务部门" in answer["answer"] for _topic, answer in answers)


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({}, "可以申请"),
        ({"already_paid": "10000"}, "还应补发 10000 元"),
        ({"old_fuel": "electric", "new_power": "fuel", "new_in_catalogue": "", "new_displacement": "2.4"}, "排量超过 2000 毫升"),
        ({"old_fuel": ""}, "还不能确定"),
        ({"price": "十万"}, "写着「十万」"),
        ({"owned_since": "2009-01-01"}, "早于「旧车注册登记日期」"),
    ],
)
def test_a_case_is_checked_with_all_its_reasons(page, changed, shown):
    assertContains(page(**CASE | changed), shown)


def test_what_is_typed_is_not_kept(page):
    before = events.last_seq()
    answer = page(**CASE)
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    assert (events.last_seq(), answer.cookies.keys() - {"csrftoken"}) == (before, set())


def test_one_file_holds_every_scheme_answer_and_version(zone):
    text = standalone.page(zone, standalone.date(2026, 1, 5))
    told = json.loads(re.search(r'id="told">(.*?)</script>', text, re.S)[1])
    assert [(each["scheme"], each["since"]) for each in told["schemes"]] == [
        (2026, "2025-12-30"), (2025, "2025-01-17"), (2024, "2024-04-24"), (2024, "2024-07-25"), (2024, "2024-08-16")]
    assert [len(each["versions"]) >= 1 for each in told["answers"]] == [True] * 5
    assert {name: told[name] for name in ("first", "most")} == {"first": "1900-01-01", "most": 100_000_000_000}
    assert told["sentences"]["ahead"] == "「{label}」{day} 还没有到。"
    assert "src=" not in text
    assert "http" not in text.replace("http-equiv", "")


def test_what_somebody_wrote_cannot_end_the_data_of_the_file(zone, monkeypatch):
    monkeypatch.setattr(standalone, "_words", lambda: {"nothing": "<!-- <script> </script>"})
    told = re.search(r'id="told">(.*?)</script>', standalone.page(zone, standalone.date(2026, 1, 5)), re.S)[1]
    assert ("<" in told, json.loads(told)["words"]["nothing"]) == (False, "<!-- <script> </script>")
