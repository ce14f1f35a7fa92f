"""The bulk check of staff: what a file comes to, a sentence for each fault, a workbook with the answers, and nothing kept for long."""

import io
import json
import os
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.domains.subsidies.facts import FACTS
from kaifaqu.domains.subsidies.tests.truth import cases
from kaifaqu.jobs import working
from kaifaqu.jobs.models import Job, State
from kaifaqu.kernel import clock, events, testing
from kaifaqu.reporting.scrappage import large

RIGHT = next(case.told for case in cases() if case.eligible == "yes" and case.scheme == 2024)
AMENDED = (
    {}, {"already_paid": "10000"}, {"applicant": "organisation", "same_owner": "false"}, {"old_fuel": ""}, {"price": ""},
    {"price": "13万", "invoiced_on": "2024-02-30"})
R75, OFFICE = "商消费函〔2024〕75号", "新车开票地的商务主管部门（会同财政、公安等部门审核）"
SOURCE = f"{R75}；发改环资〔2024〕1104号（按 商消费函〔2024〕392号 办理）；发改环资〔2024〕1104号"
TABLE = [
    ("可以补贴", 20000, 20000, "", "", ""), ("可以补贴", 20000, 10000, "", "", ""),
    ("不能补贴", None, None,
     f"申请人不是个人消费者；单位的车、公共机构的车都不在补贴范围内。（{R75}）\n旧车车主、新车车主和申请人不是同一个人。（{R75}）", "", ""),
    ("不能确定", 20000, 20000, "", f"还不知道：旧车燃料种类。（{R75}）", ""),
    ("不能确定", 20000, 20000, "", f"还不知道：新车价税合计（元）。（{SOURCE}）", ""),
    ("没有检查", None, None, "", "", "「新车价税合计（元）」（price）写着「13万」，请写大于 0、不超过 1000000000 的数字，最多两位小数。\n"
     "「新车销售统一发票的开票日期」（invoiced_on）写着「2024-02-30」，请写日期，写成 2024-04-24 的样子。")]


@pytest.fixture
def clerk(zone, client):
    """Return a person who may look at applications, signed in."""
    person = testing.employ(zone, "clerk", "subsidy_applications.view")
    client.force_login(person)
    return person


@pytest.fixture
def send(clerk, client):
    """Return what sends a file to the page."""
    def sent(content: bytes, name: str = "一批.csv", **more: str):
        return client.post(reverse("trade-in-check"), {
            "file": SimpleUploadedFile(name, content), "scheme": "2024", "on": "2024-08-16", **more})

    return sent


def table(*amended: dict[str, str], encoding: str = "utf-8") -> bytes:
    """Return a CSV file of the right case, amended."""
    lines = [[str(FACTS[name].label) for name in RIGHT], *([{**RIGHT, **each}[name] for name in RIGHT] for each in amended)]
    return "\n".join(map(",".join, lines)).encode(encoding)


def sheet(answer) -> list[tuple]:
    """Return the rows of the workbook that was handed out."""
    return [*openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True)]


def test_a_file_is_summed_up_with_all_reasons(send):
    answer = send(table(*AMENDED))
    found = answer.context["summary"]
    assert (found.rows, dict(found.counts)) == (6, {"yes": 2, "no": 1, "unclear": 2, "": 1})
    assert (found.amount, found.top_up, found.wrong) == (40000, 30000, 2)
    assert (sum(found.failing.values()), sum(found.unclear.values())) == (2, 2)
    for words in (
            "第 7 行：「新车价税合计（元）」（price）写着「13万」",
            "第 7 行：「新车销售统一发票的开票日期」", "还不知道：旧车燃料种类", "40000", "依据：商消费函〔2024〕75号；"):
        assertContains(answer, words)


def test_the_workbook_has_what_was_handed_in_and_the_answers(send):
    head, *rows = sheet(send(table(*AMENDED), workbook="1"))
    assert head[0] == "行"
    assert head[1:len(FACTS) + 1] == tuple(str(fact.label) for fact in FACTS.values())
    assert [row[0] for row in rows] == [2, 3, 4, 5, 6, 7]
    place = [*FACTS].index("price") + 1
    assert [row[place] for row in rows] == ["200000"] * 4 + [None, "13万"]
    assert [tuple(cell or "" if number > 2 else cell for number, cell in enumerate(row[len(FACTS) + 1:-5])) for row in rows] == TABLE
    assert [row[-4:] for row in rows] == [(2024, "2024-08-16", SOURCE, OFFICE)] * 5 + [(None,) * 4]
    assert [row[-5] for row in rows[:2]] == ["备齐四种单证，在新车开票地申请。", "差额由当地补发，请留意当地的通知。"]


def test_without_a_scheme_each_case_is_judged_by_that_of_its_days_and_what_is_announced_is_told(send):
    later = {name: "2026-01-05" for name in RIGHT if name.endswith("_on") and name != "old_registered_on"}
    answer = send(table({}, later), scheme="", on="2024-08-05")
    assert [each.scheme for each in answer.context["summary"].shown] == [2024, 2024]  # no other was known
    assertContains(answer, "2024-07-25 已宣布提高到")
    answer = send(table({}, later), scheme="", on="2026-02-01")
    assert [(each.scheme, each.eligible) for each in answer.context["summary"].shown] == [(2024, "yes"), (2026, "yes")]
    assertContains(answer, "2024 年方案、2026 年方案")
    assert [row[-4] for row in sheet(send(table({}, later), scheme="", on="2026-02-01", workbook="1"))[1:]] == [2024, 2026]


def test_the_template_is_an_application_that_can_be_judged(clerk, client, send):
    content = b"".join(client.get(reverse("trade-in-blank")).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [cell.value for cell in book.worksheets[0][1]] == [str(fact.label) for fact in FACTS.values()]
    assert book.worksheets[1].max_row == len(FACTS) + 1
    assert dict(send(content, "模板.xlsx").context["summary"].counts) == {"yes": 1}


@pytest.mark.parametrize(("content", "name", "problem"), [
    (b"", "x.csv", "提交的是空文件"), (b"\n", "x.csv", "没有一个栏目名"), (b"price\n", "x.csv", "没有一件申请"),
    ("颜色,price\n红,1".encode(), "x.csv", "没有「颜色」这一栏"), (b"PK\x03\x04", "x.xlsx", "文件不完整或已损坏"),
    (b"[]", "x.json", "没有一件申请"),
    (b"[" * 100_000, "x.json", "括号嵌套得太深"), (b"{", "x.json", "不是有效的 JSON"), (b"1", "x.pdf", "不是电子表格"),
])
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(send, content, name, problem):
    answer = send(content, name)
    assert (answer.status_code, answer.context["summary"]) == (200, None)
    assertContains(answer, problem)


@pytest.mark.parametrize(("sent", "problem"), [
    ({"on": "某天"}, "「某天」不是日期"), ({"on": "2024-04-23"}, "还没有公布 2024 年的补贴方案"), ({"scheme": "2023"}, "2023")])
def test_a_day_without_a_scheme_is_refused(send, sent, problem):
    answer = send(table({}), **sent)
    assert answer.context["summary"] is None
    assertContains(answer, problem)


def test_json_with_a_fact_twice_is_not_guessed(send):
    text = json.dumps([RIGHT]).replace('"price"', '"price": "1", "price"')
    assert "「price」写了两次" in send(text.encode(), "x.json").context["summary"].problems[0]


def test_nothing_of_a_file_is_kept(send, settings, tmp_path):
    before, kept = events.last_seq(), {*settings.HOME.rglob("*")}
    send(table({}))
    assert sheet(send(table({}), workbook="1"))
    assert (events.last_seq(), {*settings.HOME.rglob("*")}) == (before, kept)


@pytest.fixture
def judged(send, client, monkeypatch, settings, tmp_path):
    """Return what sends a file as a large one and lets it be judged, and returns its job."""
    settings.HOME = tmp_path
    monkeypatch.setattr(large, "AT_ONCE", 10)

    def sent(content: bytes, name: str = "一批.csv", **more: str) -> Job:
        answer = send(content, name, **more)
        job = Job.objects.get(kind=large.KIND)
        assert answer.url == reverse("job", args=[job.pk])
        assert working.Worker().work()
        job.refresh_from_db()
        return job

    return sent


def test_a_large_file_is_judged_in_the_background_and_comes_to_the_same(judged, send, client, monkeypatch):
    job = judged(table(*AMENDED))
    shown = client.get(client.get(reverse("job", args=[job.pk])).url)
    monkeypatch.setattr(large, "AT_ONCE", 10_000)
    at_once = send(table(*AMENDED))
    assert shown.context["summary"] == at_once.context["summary"]
    for words in (
            "2024 年方案", "共 6 件，按 2024-08-16 所知", "第 7 行：「新车价税合计（元）」（price）写着「13万」",
            "还不知道：旧车燃料种类", "40000"):
        assertContains(shown, words)
    rows = sheet(client.get(f"{job.told}workbook/"))
    assert rows == sheet(send(table(*AMENDED), workbook="1"))
    assert len(rows) == 7


def test_of_a_large_file_only_what_it_came_to_is_kept_and_for_a_day(judged, client):
    job = judged(table({}))
    place = large.folder(job.arguments["check"])
    assert sorted(each.name for each in place.iterdir()) == [large.ANSWER, large.WORKBOOK]
    large.clear()
    assert place.exists()
    for each in (*place.iterdir(), place):
        os.utime(each, (0, 0))
    assert [client.get(address, follow=True).redirect_chain[-1] for address in (job.told, f"{job.told}workbook/")] == [
        (reverse("trade-in-check"), 302)] * 2  # whether anything has been tidied up or not
    assertContains(client.get(job.told, follow=True), "核对结果只留一天")
    large.clear()
    assert not place.exists()


@pytest.mark.parametrize(("state", "age", "left"), [
    (State.WAITING, 0, True), (State.RUNNING, 0, True), (State.DONE, 0, True), (State.FAILED, 0, False), (State.CANCELLED, 0, False),
    (State.WAITING, 90_000, True), (State.DONE, 90_000, False), (None, 0, True), (None, 90_000, False)])
def test_what_came_to_nothing_goes_at_once_and_what_is_waited_for_stays(judged, clerk, state, age, left):
    """Without a job is a file that is still coming in, or that broke off as it came."""
    check = "00000000-0000-4000-8000-000000000001"
    large.keep(SimpleUploadedFile("x.csv", table({})), large.folder(check) / large.CASES)
    if state:
        Job.objects.create(kind=large.KIND, person=clerk, arguments={"check": check}, made_at=clock.now(), state=state)
    moment = clock.machine().timestamp() - age
    os.utime(large.folder(check), (moment, moment))
    large.clear()
    assert large.folder(check).exists() is left


def test_a_file_that_breaks_off_as_it_comes_in_leaves_nothing(judged, clerk, monkeypatch):
    def full(*_args, **_facts):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(large.working, "submit", full)
    with pytest.raises(OSError, match="space"):
        large.hand_in(SimpleUploadedFile("x.csv", table({})), 2024, date(2024, 8, 16), clerk)
    assert not [*large.folder("").glob("*")]


def test_two_workers_who_judge_one_file_come_to_the_same(judged, clerk, monkeypatch):
    """The one was taken for dead and goes on; whoever ends later finds everything there, and leaves no more than it."""
    told = {"check": "00000000-0000-4000-8000-000000000001", "name": "x.csv", "scheme": 2024, "on": "2024-08-16", "language": "en"}
    place = large.folder(told["check"])
    large.keep(SimpleUploadedFile("x.csv", table(*AMENDED)), place / large.CASES)

    def other(_phrase):
        if not (place / large.ANSWER).exists():
            large.judge(by=clerk, report=working.ignore, **told)

    monkeypatch.setattr(large, "TOLD_EACH", 1)
    large.judge(by=clerk, report=other, **told)
    assert sorted(each.name for each in place.iterdir()) == [large.ANSWER, large.WORKBOOK]
    assert large.answer(told["check"])["summary"].rows == 6


def test_what_a_large_file_came_to_is_its_senders_alone(judged, zone, client):
    job = judged(table({}))
    for rights, status in (("subsidy_applications.view", 404), ("guide_pages.view", 403)):
        client.force_login(testing.employ(zone, f"other{status}", rights))
        assert [client.get(address).status_code for address in (job.told, f"{job.told}workbook/")] == [status] * 2


@pytest.mark.parametrize(("content", "name", "problem"), [
    ("颜色,price\n红,1".encode(), "x.csv", "没有「颜色」这一栏"), (b"[" * 100, "x.json", "不是有效的 JSON"),
    (b"PK" * 20, "x.xlsx", "x.xlsx")])
def test_a_large_file_that_cannot_be_read_is_refused_with_a_sentence_and_gone(judged, content, name, problem):
    job = judged(content, name)
    assert (job.state, problem in job.told) == (State.FAILED, True)
    large.clear()
    assert not large.folder(job.arguments["check"]).exists()


def test_a_fault_of_the_program_is_not_told_as_one_of_the_file(judged, monkeypatch):
    monkeypatch.setattr(large.files, "write", lambda *_args: {}["top_up"])
    assert "请把编号" in judged(table({})).told


def test_more_cases_than_a_sheet_has_rows_are_refused(send, monkeypatch):
    monkeypatch.setattr(large.files, "MOST", 5)
    assert send(table(*AMENDED[:5])).context["summary"].rows == 5
    assertContains(send(table(*AMENDED)), "「一批.csv」超过 5 件")


def test_the_pages_lead_to_it(clerk, client):
    assertContains(client.get(reverse("records", args=["subsidy_applications"])), reverse("trade-in-check"))
    assertContains(client.get(reverse("home")), reverse("trade-in-check"))
    client.logout()
    assertContains(client.get(reverse("sign-in")), f'href="{reverse("trade-in")}"')


def test_who_may_not_look_at_applications_may_not_check(zone, client):
    client.force_login(testing.employ(zone, "other", "guide_pages.view"))
    assert [client.get(reverse(name)).status_code for name in ("trade-in-check", "trade-in-blank")] == [403, 403]
