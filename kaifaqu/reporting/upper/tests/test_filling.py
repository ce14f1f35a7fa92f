"""Forms are filled from the records: what stands in each cell, what is missing, and why a value is another than last time."""

import io
from datetime import date, datetime

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.files import store
from kaifaqu.files.models import Attachment
from kaifaqu.kernel import actions, audit, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.projects.models import Project
from kaifaqu.reporting.upper import asking, counting, proving, traces
from kaifaqu.reporting.upper.models import FormCell, FormFilling, UpperForm
from kaifaqu.reporting.upper.tests.conftest import hand_in, point, workbook


class TestForms(testing.RegisterTests):
    register = UpperForm

    def facts(self, zone):
        return {"name": "演示月报", "sender": "演示上级", "kind": "month"}


class TestCells(testing.RegisterTests):
    register = FormCell

    def facts(self, zone):
        [form] = testing.enter(UpperForm, zone, "name | kind\n演示季报 | quarter")
        return {"form": form, "sheet": "汇总", "cell": "B3", "kind": "figure", "asks": "在建项目数"}


def fill(form, by, period="2024-06") -> FormFilling:
    """Fill the form and return the record of it."""
    change = actions.find("upper_forms.fill").plan(form, by=by, version=form.row_version, period=period)
    return commit([change], by=by)[0]


def sheet(filling: FormFilling, name: str):
    """Return a sheet of the filled file as another program reads it."""
    with store.open(filling.sha256) as file:
        return openpyxl.load_workbook(io.BytesIO(file.read()))[name]


def values(filling: FormFilling, name: str, block: str) -> list[list[object]]:
    """Return the values of a block of the filled file."""
    return [[cell.value for cell in row] for row in sheet(filling, name)[block]]


def test_every_kind_of_cell_is_filled(pointed, clerk):
    made = fill(pointed, clerk)
    assert values(made, "汇总", "B3:D8") == [
        [2, 2, None],  # P1 and P2 now; P1 and P3 a year ago
        [15001, None, 0.2],  # 15000.5 rounded half up; +19.9992 % against 12500.5 in a cell that shows per cent
        ["=B3+B4", None, None],
        ["2024年6月", None, None],  # pointed at C7, which belongs to B6
        [None, None, None],
        [datetime(2024, 6, 30), None, None],
    ]
    assert values(made, "项目清单", "A2:D6") == [
        [1, "铸造", 12000.5, datetime(2023, 3, 1)],
        [2, "陶瓷", 3000, datetime(2024, 6, 1)],
        [None, None, None, None], [None, None, None, None], ["备注：此行以下不填", None, None, None],
    ]
    assert (made.count, made.missing, made.period) == (14, 0, "2024-06")
    assert audit.verify().problems == []


def test_dates_count_from_1904_where_the_workbook_does(pointed, clerk):
    hand_in(pointed, workbook(date_1904=True), clerk)
    made = fill(UpperForm.objects.get(), clerk)
    assert sheet(made, "汇总")["B8"].value.date() == date(2024, 6, 30)


def test_missing_data_stays_empty_and_is_listed(form, clerk, projects):
    point(form, clerk, """
        sheet    | cell | kind | asks | fields                      | where        | rows
        项目清单 | A2   | list | 项目 | A=编号 C=计划总投资（万元） | stage=signed | 4
    """)
    point(form, clerk, """
        sheet | cell | kind   | asks       | against
        汇总  | B3   | figure | 新建项目总投资占比 | 上年同期
        汇总  | B4   | figure | 在建项目数 | 2015-01
    """)
    made = fill(form, clerk)
    assert values(made, "项目清单", "A2:C2") == [["P4", None, None]]
    assert sheet(made, "汇总")["B4"].value is None
    reasons = [(each.reference, each.reason) for each in traces.of(made).cells if each.reason]
    assert ("C2", "项目 P4 没有填「计划总投资（万元）」。") in reasons
    assert dict(reasons)["B4"].startswith("比较基数是 0")
    assert made.missing == len(reasons)


def test_more_rows_than_were_prepared_are_refused_with_how_many_fit(form, clerk, projects):
    point(form, clerk, """
        sheet    | cell | kind | asks | fields | where | rows
        项目清单 | A2   | list | 项目 | A=code |       | 3
    """)
    with pytest.raises(ValidationError, match="清单有 4 条，空表只留了 3 行"):
        fill(form, clerk)
    assert not FormFilling.objects.exists()


def test_a_list_knows_the_period(form, clerk, projects):
    point(form, clerk, """
        sheet    | cell | kind | asks | fields         | where                                      | rows | order
        项目清单 | A2   | list | 项目 | A=code B=stage | started_on-from=本期起&started_on-to=本期止 | 4    | -code
    """)
    assert values(fill(form, clerk), "项目清单", "A2:B3") == [["P2", "在建"], [None, None]]


def test_one_fact_of_one_record(form, clerk, projects):
    point(form, clerk, """
        sheet | cell | kind  | asks | subject | fields
        汇总  | B3   | field | 项目 | P2     | name
    """)
    assert sheet(fill(form, clerk), "汇总")["B3"].value == "陶瓷"


def test_the_next_month_takes_no_mapping_and_explains_itself(pointed, clerk, projects, zone):
    before = fill(pointed, clerk, "2024-05")
    testing.enter(Project, zone, """
        code | name | signed_on  | started_on | total_investment
        P5   | 轴承 | 2024-05-01 | 2024-06-10 | 100
    """)
    correct = actions.find("projects.correct").plan
    commit([correct(projects[0], by=clerk, version=1, facts={"total_investment": "12001"}, reason="核实")], by=clerk)
    made = fill(pointed, clerk, "2024-06")
    told = {each.now.reference: (each.then.shown, each.now.shown, each.why)
            for each in traces.compared(traces.of(made), traces.of(traces.before(made))) if each.now.sheet == "汇总"}
    assert traces.before(made) == before
    assert told["B3"] == ("1", "3", "增加 2 条（P2、P5）；有更正 1 条（P1）")
    assert told["B4"][:2] == ("12001", "15101")
    assert FormCell.objects.count() == 7


def test_a_filling_is_compared_with_the_last_one_of_another_period(pointed, clerk):
    april, may, again, june = (fill(pointed, clerk, period) for period in ("2024-04", "2024-05", "2024-05", "2024-06"))
    assert [traces.before(each) for each in (april, may, again, june)] == [None, april, april, again]


def test_a_correction_after_the_filling_is_told(pointed, clerk, projects):
    made = fill(pointed, clerk)
    assert traces.corrected_since(traces.of(made)) == []
    correct = actions.find("projects.correct").plan
    commit([correct(projects[1], by=clerk, version=1, facts={"name": "陶瓷膜"}, reason="更名")], by=clerk)
    assert traces.corrected_since(traces.of(made)) == ["P2"]


def test_the_proof_sheet_says_of_each_cell_what_it_is(pointed, clerk, projects):
    fill(pointed, clerk, "2024-05")
    book = openpyxl.load_workbook(io.BytesIO(proving.proof(fill(pointed, clerk, "2024-06"))))
    assert book.sheetnames == ["说明", "取数证明", "缺数"]
    rows = {(row[0], row[1]): row for row in book["取数证明"].iter_rows(values_only=True)}
    told = rows["汇总", "B3"]
    assert (told[3], told[4], told[6], told[7], told[9], told[10], told[11]) == (
        "2", "在建项目数", "2024年6月", 2, "1", "增加 1 条（P2）", "P1、P2")
    assert "未投产" in told[5]
    assert rows["项目清单", "B2"][11] == "P1"


def test_the_files_are_kept_and_handed_out_unchanged(pointed, clerk, client):
    made = fill(pointed, clerk)
    assert store.verify(made.sha256)
    assert store.verify(made.traces)
    assert {made.sha256, made.traces, pointed.workbook} == {*Attachment.objects.current().of(pointed).values_list("sha256", flat=True)}
    client.force_login(clerk)
    with store.open(made.sha256) as file:
        assert b"".join(client.get(f"/upper/fillings/{made.pk}/file/").streaming_content) == file.read()


def test_a_new_edition_keeps_the_cells_and_says_what_is_lost(pointed, clerk):
    content = io.BytesIO(workbook(first="新建项目数"))
    book = openpyxl.load_workbook(content)
    book["汇总"]["C3"] = "=B3"
    del book["项目清单"]
    changed = io.BytesIO()
    book.save(changed)
    form = hand_in(pointed, changed.getvalue(), clerk)
    told = asking.answer(form, form.period_of("2024-06"), clerk)
    assert [each.partition("：")[0] for each in told.problems] == ["汇总!C3", "项目清单!A2"]
    assert [each.partition("：")[0] for each in told.warnings] == ["汇总!B3"]
    with pytest.raises(ValidationError) as refusal:
        fill(form, clerk)
    assert len(refusal.value.messages) == 2
    for each in FormCell.objects.filter(cell__in=("C3", "A2")):
        commit([actions.find("form_cells.archive").plan(each, by=clerk, version=each.row_version, reason="新表没有")], by=clerk)
    [cell] = FormCell.objects.filter(cell="B3")
    commit([actions.find("form_cells.correct").plan(cell, by=clerk, version=1, facts={}, reason="核对过")], by=clerk)
    assert asking.answer(form, form.period_of("2024-06"), clerk).warnings == []
    assert sheet(fill(form, clerk), "汇总")["B3"].value == 2


@pytest.mark.parametrize(("facts", "sentences"), [
    ({"asks": "在建数目"}, ["没有指标「在建数目」"]),
    ({"cell": "5B"}, ["不是单元格"]),
    ({"cell": "B5"}, ["是公式"]),
    ({"sheet": "附表"}, ["没有工作表「附表」。现有：汇总、项目清单"]),
    ({"period": "下下月", "unit": "亩", "places": 9}, ["不是期间", "不是同一种量", "小数最多"]),
    ({"group": "新建"}, ["要一起填"]),
    ({"style": "大约"}, ["没有写法「大约」"]),
    ({"kind": "list", "asks": "项目", "fields": "A"}, ["可填行数", "请写作 A=序号"]),
    ({"kind": "list", "asks": "人员", "fields": "B=name", "rows": 2}, ["个人信息"]),
    ({"kind": "list", "asks": "项目", "fields": "B=nothing", "rows": 2, "where": "colour=red", "order": "size"},
     ["没有栏目「nothing」", "没有「colour」", "不能按「size」排序"]),
    ({"kind": "field", "asks": "台账甲", "fields": "name"}, ["请填写「记录编号」", "没有台账「台账甲」"]),
])  # fmt: skip
def test_what_nobody_could_fill_is_refused_all_at_once(form, clerk, zone, facts, sentences):
    with pytest.raises(ValidationError) as refusal:
        point(form, clerk, "sheet\n" + facts.get("sheet", "汇总"), **{"cell": "B3", "kind": "figure", "asks": "在建项目数", **facts})
    told = "\n".join(refusal.value.messages)
    assert [each for each in sentences if each not in told] == []


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("表.xlsx", b"PK\x03\x04broken", "损坏"), ("表.xlsm", workbook(), "宏"),
    ("表.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "内容"),
    ("表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xlsx"), ("表.xlsx", b"", "空"),
])  # fmt: skip
def test_a_file_that_is_no_workbook_is_refused(form, clerk, client, name, content, sentence):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(clerk)
    answer = client.post(f"/r/upper_forms/{form.pk}/do/workbook/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert UpperForm.objects.get().workbook == form.workbook


def test_a_period_of_another_kind_is_refused(pointed, clerk):
    with pytest.raises(ValidationError, match="月报，期间请写作 2024-07"):
        fill(pointed, clerk, "2024-Q2")


def test_who_may_not_fill_is_refused_and_what_he_may_not_see_stays_empty(pointed, zone):
    with pytest.raises(PermissionDenied):
        fill(pointed, testing.employ(zone, "looker", "upper_forms.view form_cells.view"))
    filler = testing.employ(zone, "filler", "upper_forms.view upper_forms.fill projects.figures")
    with pytest.raises(ValidationError, match=r"projects\.view"):  # the list
        fill(pointed, filler)


def test_what_two_forms_ask_is_counted(pointed, clerk, zone):
    [other] = testing.enter(UpperForm, zone, "name | kind\n演示季报 | quarter", by=clerk)
    assert counting.asked_twice(clerk) == []
    point(other, clerk, """
        sheet | cell | kind   | asks       | period | fields         | rows
        甲    | B2   | figure | projects.under_construction.count | | |
        甲    | B3   | figure | 在建项目数 | 上期   |                |
        甲    | A9   | list   | 项目       |        | A=name B=stage | 3
    """)
    assert [each.label for each in counting.asked_twice(clerk)] == ["在建项目数（本期）", "项目的「项目名称」"]
    with time_machine.travel("2024-07-02"):
        fill(pointed, clerk)
        assert counting.filled_this_year(clerk) == (14, 1)
