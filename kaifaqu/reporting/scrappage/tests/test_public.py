"""The page for car owners: no account, any day, the check, and nothing that is kept."""

import json
import re
from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.tests.truth import cases
from kaifaqu.kernel import events
from kaifaqu.kernel.dated import Resolved
from kaifaqu.reporting.scrappage import standalone

CASE = {"on": "2024-08-16", "scheme": "2024", **next(case.told for case in cases() if case.eligible == "yes")}


@pytest.fixture
def page(zone, client):
    """Return what sends the page's form, or opens the page for a day: `page(on)`, `page(**typed)`."""
    address = reverse("trade-in")
    return lambda on="", **typed: client.post(address, {**typed, "on": on}) if typed else client.get(address, {"on": on})


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


PAPERS = ("handed_over_on", "deregistered_on", "invoiced_on", "registered_on")
DECEMBER = {**CASE, "on": "2026-01-05", "scheme": "2026", "applied_on": "2026-01-05", **dict.fromkeys(PAPERS, "2025-12-03")}


@pytest.mark.parametrize(("changed", "other", "then"), [
    ({}, 2025, "yes"), ({"applied_on": ""}, 2025, "unclear"), ({"scheme": "2025"}, None, ""), ({"applicant": "organisation"}, None, ""),
    ({"on": "2026-01-11"}, 2025, "yes"), ({"on": "2026-01-11", "applied_on": ""}, None, ""), ({"applied_on": "2026-01-11"}, None, ""),
])
def test_who_is_refused_is_told_of_another_scheme_that_is_open_and_does_not_refuse(page, changed, other, then):
    answer = page(**DECEMBER | changed)
    text = answer.content.decode()
    assert ("2025 年方案也可以申请（至 2026-01-10，含当日）" in text) is bool(other)
    if other:  # what its button sends
        sent = dict(re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', text.split('<button name="scheme" value="2025"')[0]))
        again = page(**sent | {"scheme": "2025"}).context
        assert (again["chosen"], again["verdict"].eligible, again["other"], again["on"]) == (2025, then, None, answer.context["on"])


def test_of_what_is_paid_no_rest_of_nothing_is_told(page):
    answer = page(**CASE | {"already_paid": "20000"})
    assertContains(answer, "已按现行标准发放，不再补发。")
    assertNotContains(answer, "还应补发")


@pytest.mark.parametrize(("on", "told"), [
    ("2025-06-01", "申请时间：2025-01-01 至 2026-01-10（含当日）。"),
    ("2026-06-01", "申请时间：2026-01-01 至 2026-12-31（含当日），截止日以当地公布为准。"),
])
def test_a_last_day_that_is_announced_locally_is_told_as_such(page, zone, on, told):
    assertContains(page(on), told)
    assert f"{on[:4]} 年方案，{told}" in {each["title"] for each in data(zone)["schemes"]}


def test_what_is_typed_is_not_kept(page):
    before = events.last_seq()
    answer = page(**CASE)
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    assert (events.last_seq(), answer.cookies.keys() - {"csrftoken"}) == (before, set())


def data(owner):
    """Return the data in the one file."""
    return json.loads(re.search(r'id="told">(.*?)</script>', standalone.page(owner, date(2026, 1, 5)), re.S)[1])


def test_one_file_tells_a_scheme_that_is_announced_and_has_no_notice(zone, monkeypatch):
    rows = [*SCHEMES.shipped().content["rows"], {"scheme": 2027, "document": "预告", "announced_on": "2026-12-01", "nev": 18000}]
    resolve = standalone.dated.resolve
    monkeypatch.setattr(standalone.dated, "resolve", lambda kind, *asked: (
        Resolved({"rows": rows}, "", None) if kind == SCHEMES.code else resolve(kind, *asked)))
    told = {each["since"]: each["texts"] for each in data(zone)["awaited"]}
    assert told["2026-12-01"] == ["2026-12-01 已宣布 2027 年方案的新规定：新能源车 18,000 元（预告），等待实施文件。"]
    assert (told["2024-07-25"][0][:14], told["2024-08-16"]) == ("2024-07-25 已宣布", [])


def test_one_file_holds_every_scheme_answer_and_version(zone):
    text = standalone.page(zone, standalone.date(2026, 1, 5))
    told = data(zone)
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
