"""The pages that hand out lists as files, as messages and as blank forms."""

import csv
import io
import json
from urllib.parse import quote

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import clock, events, testing
from kaifaqu.kernel.access import Role
from kaifaqu.kernel.actions import find
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import registers
from kaifaqu.sheets.exporting import FORMATS


@pytest.fixture
def page(clerk, client):
    """Return a person at a desk: `page(name, *keys, **asked)` opens a page as the clerk."""
    client.force_login(clerk)
    return lambda name, *keys, **asked: client.get(reverse(name, args=keys), asked)


@pytest.fixture
def roles(zone, clerk) -> list[Role]:
    return testing.enter(Role, zone, "code | name\nT1 | 窗口甲\nT2 | 窗口乙\nT3 | 会计", by=clerk)


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


# Files


@pytest.mark.parametrize("format", FORMATS)
def test_a_list_is_handed_out_under_its_name_and_day(page, roles, format):
    answer = page("export", "roles", format)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, FORMATS[format].media)
    name = f"角色_{clock.today()}.{format}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    assert len(content(answer)) == int(answer.headers["Content-Length"])


def test_a_file_has_what_the_list_has_in_its_order_and_says_how_it_was_narrowed(page, roles):
    file = json.loads(content(page("export", "roles", "json", q="窗口", sort="-code", page=2)))
    assert [record["code"] for record in file["records"]] == ["T2", "T1"]
    assert file["filters"] == "含「窗口」"


def test_filters_are_told_in_words(page, zone, clerk):
    enterprises, projects = registers()["enterprises"], registers()["projects"]
    [enterprise] = testing.enter(enterprises, zone, "code | name\nQ1 | 演示甲", by=clerk)
    testing.enter(projects, zone, "code | name | enterprise | signed_on\nP1 | 铸造 | Q1 | 2024\nP2 | 陶瓷 | | 2024", by=clerk)
    file = json.loads(content(page("export", "projects", "json", stage="signed", enterprise=enterprise.pk, historical="False")))
    assert [record["code"] for record in file["records"]] == ["P1"]
    assert file["filters"] == "投资主体：Q1 演示甲，历史补录：否，阶段：签约"


def test_nobody_exports_what_he_may_not_see(page, roles, zone, stranger, client):
    client.force_login(testing.employ(zone, "guest", "parties.view"))
    for name, keys in (("export", ["csv"]), ("message", [])):
        assertContains(client.get(reverse(name, args=["roles", *keys])), "roles.view", status_code=403)
    client.force_login(stranger)
    [_heads, *rows] = csv.reader(io.StringIO(content(client.get(reverse("export", args=["roles", "csv"]))).decode()))
    assert not rows


@pytest.mark.parametrize("keys", [("unicorns", "csv"), ("roles", "xls")])
def test_what_there_is_not_is_not_found(page, keys):
    assert page("export", *keys).status_code == 404


def test_only_personal_facts_leave_an_event_in_words(page, roles, clerk):
    last = events.last_seq()
    page("export", "roles", "csv")
    page("message", "users")
    assert events.last_seq() == last
    page("export", "users", "csv")
    assert events.last_seq() == last + 1
    assertContains(page("events"), "导出个人信息")


# Blank forms


def test_a_blank_form_is_for_those_who_may_enter_records(page, zone, client):
    book = openpyxl.load_workbook(io.BytesIO(content(page("template", "memberships"))))
    assert [cell.value for cell in book["任职"][1]][:4] == ["_key", "编号", "人员", "任职单位"]
    assert json.loads(book["_kaifaqu"]["A1"].value)["owner"] == "ZONE"
    assert page("template", "installations").status_code == 404
    client.force_login(testing.employ(zone, "reader", "roles.view"))
    assertContains(client.get(reverse("template", args=["roles"])), "roles.edit", status_code=403)


# Messages and the menu


def test_a_message_is_shown_to_be_copied(page, roles):
    answer = page("message", "roles", q="窗口")
    assertContains(answer, "【角色，含「窗口」，")
    assertContains(answer, "1. T1｜窗口甲\n2. T2｜窗口乙\n共 2 条。")
    assertContains(answer, "readonly")


def test_the_menu_keeps_the_filters_and_offers_what_the_person_may(page, roles, zone, client):
    answer = page("records", "roles", q="窗口", page=1)
    for name, keys in (("export", ["xlsx"]), ("export", ["parquet"]), ("message", [])):
        assertContains(answer, f'{reverse(name, args=["roles", *keys])}?q={quote("窗口")}"')
    assertContains(answer, reverse("template", args=["roles"]))
    assertNotContains(page("records", "roles", q="没有的"), reverse("export", args=["roles", "csv"]))
    client.force_login(testing.employ(zone, "reader", "roles.view"))
    assertNotContains(client.get(reverse("records", args=["roles"])), reverse("template", args=["roles"]))


# The command


@pytest.fixture
def run(tmp_path, capsys):
    """Return a person at the command line: `run(*words)` answers with what --json prints; the file is `out.json`."""

    def run(register: str, *words: str) -> tuple[dict, list[dict]]:
        target = tmp_path / "out.json"
        call_command("export", register, "--json", "--output", str(target), *words)
        answer = json.loads(capsys.readouterr().out)
        return answer, json.loads(target.read_text(encoding="utf-8"))["records"]

    return run


@pytest.fixture
def projects(zone, clerk):
    testing.enter(registers()["enterprises"], zone, "code | name\nQ1 | 演示甲", by=clerk)
    return testing.enter(registers()["projects"], zone, """
        code | name | enterprise | signed_on  | started_on | total_investment | historical
        P1   | 铸造 | Q1         | 2024-01-05 | 2024-03-01 | 12000.5          | True
        P2   | 陶瓷 | Q1         | 2024-01    |            | 8000             |
        P3   | 碳素 |            | 2023       |            |                  |
    """, by=clerk)


@pytest.mark.parametrize(("filters", "codes"), [
    ([], ["P1", "P2", "P3"]),
    (["stage=在建"], ["P1"]),
    (["stage=signed", "enterprise=Q1"], ["P2"]),
    (["投资主体="], ["P3"]),
    (["历史补录=否"], ["P2", "P3"]),
    (["total_investment=8000"], ["P2"]),
    (["total_investment="], ["P3"]),
    (["signed_on=2024年1月"], ["P2"]),
    (["name=碳素"], ["P3"]),
    (["owner=ZONE", "name="], []),
])  # fmt: skip
def test_the_command_exports_what_its_filters_say(run, projects, filters, codes):
    answer, records = run("projects", *(word for each in filters for word in ("--filter", each)))
    assert ([record["code"] for record in records], answer["count"], answer["format"]) == (codes, len(codes), "json")


def test_the_command_exports_what_was_known(run, projects, clerk):
    known = events.last_seq()
    commit([find("projects.correct").plan(projects[0], by=clerk, version=1, facts={"name": "新名"}, reason="改名")], by=clerk)
    assert [record["name"] for record in run("projects", "--filter", "code=P1")[1]] == ["新名"]
    answer, records = run("projects", "--filter", "code=P1", "--known", f"#{known}")
    assert ([record["name"] for record in records], answer["known"]) == (["铸造"], known)


@pytest.mark.parametrize(("words", "sentence"), [
    (["unicorns"], "没有台账「unicorns」"),
    (["projects", "--filter", "colour=红"], "可用的栏目：code、name、enterprise"),
    (["projects", "--filter", "stage"], "请写「栏目=值」"),
    (["projects", "--filter", "stage=飞行"], "阶段没有「飞行」。可选：签约、落地"),
    (["projects", "--filter", "enterprise=Q9"], "没有企业「Q9」"),
    (["projects", "--filter", "historical=也许"], "请写 是 或 否"),
    (["projects", "--filter", "total_investment=一亿"], "不是数字"),
    (["users", "--filter", "name=张三"], "可用的栏目：code、is_active"),
    (["projects", "--known", "昨天"], "不是日期"),
    (["projects", "--output", "/没有/的/文件夹/a.csv"], "不能写入"),
])  # fmt: skip
def test_the_command_says_what_is_wrong_and_leaves_no_file(projects, tmp_path, words, sentence, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=sentence) as refusal:
        call_command("export", *words)
    assert refusal.value.returncode == 2
    assert not [*tmp_path.iterdir()]


def test_a_file_that_cannot_be_finished_leaves_the_earlier_one(projects, tmp_path, monkeypatch):
    target = tmp_path / "out.xlsx"
    target.write_text("earlier", encoding="utf-8")
    monkeypatch.setattr("kaifaqu.sheets.workbooks.ROWS", 2)
    with pytest.raises(CommandError, match="一张工作表最多 2 行"):
        call_command("export", "projects", "--output", str(target))
    assert ([*tmp_path.iterdir()], target.read_text(encoding="utf-8")) == ([target], "earlier")


def test_the_command_names_the_file_itself(projects, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    call_command("export", "projects")
    name = f"projects_{clock.today()}.xlsx"
    assert ([each.name for each in tmp_path.iterdir()], capsys.readouterr().out.startswith(f"{name}：3 条，链头 #")) == ([name], True)
