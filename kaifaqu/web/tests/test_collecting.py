"""Collecting: what is sent out, what each answer is taken for, and what is merged; the bar T4 does it with thirty files."""

import io
import zipfile

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.files.models import Attachment
from kaifaqu.kernel import actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project, ProjectProgress
from kaifaqu.sheets import answering, collecting, guarding, importing, sending
from kaifaqu.sheets.models import Collection, Upload

HEADS = "项目,月份,本月完成投资（万元）,本年累计完成投资（万元）"


@pytest.fixture(autouse=True)
def _home(tmp_path, settings):
    settings.HOME = tmp_path


@pytest.fixture
def july(zone, clerk) -> Collection:
    """Ask two units for July; in June the first has told its plan."""
    testing.enter(Project, zone, """
        code | name     | signed_on  | started_on
        P1   | 光伏组件 | 2024-01-05 | 2024-02-01
        P2   | 碳纤维   | 2024-01-05 | 2024-02-01
        P3   | 铸造     | 2024-01-05 | 2024-02-01
    """)
    testing.enter(ProjectProgress, zone, """
        subject | month   | planned_investment | month_investment
        P1      | 2024-06 | 1200               | 100
    """)
    return ask(zone, clerk, "2024-07")


def ask(zone, clerk, period: str, **facts) -> Collection:
    units = [{"name": "晶光科技", "records": "P1 P2"}, {"name": "演示铸造", "records": "P3", "contact": "演示联系人"}]
    return sending.start(zone, clerk, {"name": f"{period} 月报", "target": "progress", "period": period, **facts}, units)


def bring(collection, clerk, **files: str) -> list[Upload]:
    """Bring in tables by the names of their files."""
    told = [(f"{name}.csv", io.BytesIO(f"{HEADS}\n{text}".encode())) for name, text in files.items()]
    answers = answering.receive(collection, told, clerk).answers
    answering.check_all(collection, clerk)
    return [Upload.objects.get(pk=each.pk) for each in answers]


def unit(collection, name: str):
    return next(each for each in sending.units_of(collection) if each.name == name)


def state(collection) -> list[str]:
    return [line.state for line in collecting.board(collection).lines]


def rows(book: bytes) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_each_unit_gets_its_rows_with_what_is_known_and_learns_of_no_others(july, clerk):
    stream = io.BytesIO()
    assert sending.send(july, clerk, stream) == 2
    with zipfile.ZipFile(stream) as archive:
        assert archive.namelist() == ["晶光科技_2024-07 月报.xlsx", "演示铸造_2024-07 月报.xlsx"]
        first, second = (archive.read(name) for name in archive.namelist())
    [heads, *told] = rows(first)
    assert [dict(zip(heads, row, strict=True)) | {} for row in told] == [
        dict.fromkeys(heads) | {"项目": "P1 光伏组件", "月份": "2024-07", "本年计划投资（万元）": 1200, "_key": None},
        dict.fromkeys(heads) | {"项目": "P2 碳纤维", "月份": "2024-07"},
    ]
    cells = {str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(second)) for row in sheet.iter_rows() for cell in row}
    assert not [text for text in cells if "光伏组件" in text or "联系人" in text]


def test_names_of_files_are_such_that_every_system_stores_them(july):
    assert [sending.plain(text) for text in ("甲/乙:丙*", "CON", "..", " 甲. ", "长" * 99)] == ["甲 乙 丙", "_CON", "_", "甲", "长" * 60]


def test_a_workbook_that_was_sent_out_is_known_by_its_mark_under_any_name(july, clerk):
    stream = io.BytesIO()
    sending.send_one(unit(july, "演示铸造"), clerk, stream)
    book = openpyxl.load_workbook(stream)
    heads = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(2, heads.index("本月完成投资（万元）") + 1).value = 12.5
    again = io.BytesIO()
    book.save(again)
    again.seek(0)
    answering.receive(july, [("工作簿1.xlsx", again)], clerk)
    answering.check_all(july, clerk)
    assert state(july) == ["not_back", "back"]


def test_an_unmarked_table_waits_for_a_persons_word(july, clerk):
    [by_name, by_rows, unknown] = bring(
        july, clerk, 晶光科技七月="P1,2024-07,1,2", 工作簿1="P3,2024-07,1,2", 工作簿2="P1,2024-07,1,2\nP3,2024-07,1,2")
    told = [each.found["suggested"] for each in (by_name, by_rows, unknown)]
    assert [each and (each["name"], each["by"]) for each in told] == [
        ("晶光科技", ["文件名", "所填记录"]), ("演示铸造", ["所填记录"]), None]
    assert state(july) == ["not_back", "not_back"]
    answering.assign(by_rows, unit(july, "演示铸造"))
    assert state(july) == ["not_back", "back"]


@pytest.mark.parametrize(("text", "sentence"), [
    ("P1,2024-06,1,2\nP2,2024-06,1,2", "整张表都是 2024-06 的，不是本次收表的 2024-07，没有并入。请核对是不是交了上期的表。"),
    ("", "表中没有数据行。"),
])
def test_a_table_of_another_month_or_of_nothing_is_not_taken(july, clerk, text, sentence):
    bring(july, clerk, 晶光科技=text)
    assert [each.problem for each in collecting.board(july).refused] == [sentence]


def test_rows_of_others_and_of_other_months_are_faults(july, clerk):
    [answer] = bring(july, clerk, 晶光科技="P1,2024-07,1,2\nP2,2024-06,1,2\nP3,2024-07,1,2")
    answering.assign(answer, unit(july, "晶光科技"))
    assert [[fault["message"] for fault in row["faults"]] for row in importing.rows(answer)] == [
        [], ["2024-06 不是本次收表的 2024-07，没有并入。"], ["P3 铸造 不由「晶光科技」填报，应由「演示铸造」填。"]]
    assert state(july) == ["faulty", "not_back"]


def test_the_same_content_is_one_answer_and_another_stands_beside_it(july, clerk):
    first, again, other = bring(july, clerk, 一="P3,2024-07,1,2", 二="P3,2024-07,1.0,2", 三="P3,2024-07,1.5,2")
    for each in (first, again):
        answering.assign(each, unit(july, "演示铸造"))
    assert state(july) == ["not_back", "back"]
    answering.assign(other, unit(july, "演示铸造"))
    line = collecting.board(july).lines[1]
    assert line.state == "twice"
    assert [(each.name, each.cells) for each in answering.differences(line.answers)] == [
        ("P3 铸造", [("本月完成投资（万元）", ["1", "1.5"])])]
    with pytest.raises(ValidationError, match="交了两份：演示铸造"):
        collecting.merge(july, clerk)
    answering.choose(other)
    assert state(july) == ["not_back", "back"]


def test_a_merge_is_one_changeset_that_takes_what_is_ready_and_is_undone_in_one_step(july, clerk):
    good, bad = bring(july, clerk, 甲="P1,2024-07,1,2\nP2,2024-07,3,4", 乙="P3,2024-07,1.2亿,20000")
    answering.assign(good, unit(july, "晶光科技"))
    answering.assign(bad, unit(july, "演示铸造"))
    with pytest.raises(ValidationError, match="有错误：演示铸造"):
        collecting.merge(july, clerk)
    changeset = collecting.merge(july, clerk, "收七月", only_ready=True)
    assert (changeset.kind, changeset.created, state(july)) == ("collect", 2, ["merged", "faulty"])
    assert {*events.Event.objects.filter(changeset=changeset.pk).values_list("reason", flat=True)} == {"收七月"}
    importing.choose(bad, accept=True)
    answering.check(bad)
    second = collecting.merge(july, clerk)
    assert (second.created, state(july)) == (1, ["merged", "merged"])
    commit([actions.find("changesets.undo").plan(changeset, by=clerk, version=1, reason="错")], by=clerk)
    assert state(july) == ["back", "merged"]
    assert [row.subject.code for row in ProjectProgress.objects.current().filter(month__gte="2024-07-01")] == ["P3"]
    collecting.merge(july, clerk)
    assert state(july) == ["merged", "merged"]


def test_what_is_locked_is_corrected_with_a_reason_of_a_persons_own(july, zone, clerk):
    june = ask(zone, clerk, "2024-06")
    for verb in ("review_month", "lock_month"):
        month = ProjectProgress.objects.get().month
        commit([actions.find(f"progress.{verb}").plan(zone, by=clerk, month=month)], by=clerk)
    [answer] = bring(june, clerk, 晶光科技="P1,2024-06,110,200")
    answering.assign(answer, unit(june, "晶光科技"))
    [row] = importing.rows(answer)
    assert (row["kind"], "原因" in row["faults"][0]["message"]) == ("wrong", True)
    answer.reason = "企业来函"
    answering.check(answer)
    collecting.merge(june, clerk, "收表汇总")
    [record] = ProjectProgress.objects.all()
    assert (record.month_investment, record.stage, record.corrected) == (110, "locked", True)


def test_a_forwarded_workbook_is_the_answer_of_each_unit_that_filled_something_in(july, clerk):
    stream = io.BytesIO()
    assert sending.forward(july, clerk, stream) == 3
    book = openpyxl.load_workbook(stream)
    sheet, heads = book.worksheets[0], [cell.value for cell in book.worksheets[0][1]]
    assert [cell.value for cell in sheet[4]][-1] == "演示铸造"
    sheet.cell(4, heads.index("本月完成投资（万元）") + 1).value = 12.5
    again = io.BytesIO()
    book.save(again)
    again.seek(0)
    answering.receive(july, [("转来的总表.xlsx", again)], clerk)
    answering.check_all(july, clerk)
    assert state(july) == ["not_back", "back"]
    assert collecting.merge(july, clerk).created == 1


def test_a_zip_is_unpacked_without_its_paths_and_not_beyond_measure(july, clerk, monkeypatch):
    def zipped(**files: str) -> io.BytesIO:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return stream

    told = zipped(**{"文件夹/甲.csv": f"{HEADS}\nP1,2024-07,1,2", "文件夹/": "", "__MACOSX/._甲.csv": "x"})
    told.seek(0)
    assert [each.name for each in answering.receive(july, [("全部.zip", told)], clerk).answers] == ["甲.csv"]
    for name, content in {"坏.zip": b"PK\x03\x04", "外.zip": zipped(**{"../甲.csv": "x"}).getvalue()}.items():
        with pytest.raises(guarding.Refused):
            answering.receive(july, [(name, io.BytesIO(content))], clerk)
    monkeypatch.setitem(guarding.DEFAULTS, "upload", 3)
    with pytest.raises(guarding.Refused, match="超过上限"):
        answering.receive(july, [("大.zip", io.BytesIO(zipped(甲="1234").getvalue()))], clerk)


def test_a_reminder_names_units_and_no_persons(july, clerk):
    assert collecting.reminder(july) == (
        "【2024-07 月报】应交 2 家，已交 0 家，未交 2 家。\n1. 晶光科技（P1、P2）\n2. 演示铸造（P3）\n请尽快交回。")


def test_what_was_said_in_a_chat_is_kept_as_proof(july, clerk):
    collecting.note_chat(unit(july, "演示铸造"), clerk, "本月 12.5 万")
    [attached] = Attachment.objects.of(unit(july, "演示铸造"))
    assert (attached.media_type, attached.name.startswith("聊天记录_演示铸造_")) == ("text/plain", True)


def test_one_record_has_one_unit_and_every_code_a_record(july, zone, clerk):
    for units, sentence in (
        ([{"name": "甲", "records": "P1"}, {"name": "乙", "records": "P1 P2"}], "P1 同时列在「甲」和「乙」"),
        ([{"name": "甲", "records": "P9"}], "没有这些编号：P9"), ([], "还没有填报单位"),
    ):
        with pytest.raises(ValidationError) as refusal:
            sending.start(zone, clerk, {"name": "月报", "target": "progress", "period": "2024-07"}, units)
        assert sentence in "".join(refusal.value.messages)
    for facts in ({"target": "progress"}, {"target": "projects", "period": "2024-07"}, {"target": "nothing"}):
        with pytest.raises(ValidationError):
            sending.start(zone, clerk, {"name": "月报", **facts}, [{"name": "甲", "records": "P1"}])


def test_registers_without_periods_are_collected_with_their_keys(july, zone, clerk):
    testing.enter(Enterprise, zone, "code | name\nQ1 | 晶光科技\nQ2 | 演示铸造")
    asked = sending.start(zone, clerk, {"name": "企业信息", "target": "enterprises"}, [{"name": "晶光", "records": "Q1"}])
    stream = io.BytesIO()
    sending.send_one(unit(asked, "晶光"), clerk, stream)
    book = openpyxl.load_workbook(stream)
    heads = [cell.value for cell in book.worksheets[0][1]]
    assert book.worksheets[0].cell(2, 1).value == f"{Enterprise.objects.get(code='Q1').pk}:1"
    book.worksheets[0].cell(2, heads.index("企业名称") + 1).value = "晶光新材"
    again = io.BytesIO()
    book.save(again)
    again.seek(0)
    answering.receive(asked, [("1.xlsx", again)], clerk)
    answering.check_all(asked, clerk)
    assert collecting.merge(asked, clerk).changed == 1


def test_nobody_collects_for_others(july, stranger):
    with pytest.raises(PermissionDenied):
        answering.receive(july, [("甲.csv", io.BytesIO(b"x"))], stranger)
    with pytest.raises(PermissionDenied):
        collecting.merge(july, stranger)
