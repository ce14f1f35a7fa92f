"""Collecting: what is sent out, what each answer is taken for, and what is merged; the bar T4 does it with thirty files."""

import io
import json
import zipfile

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from kaifaqu.files.models import Attachment
from kaifaqu.jobs import working
from kaifaqu.jobs.models import Job
from kaifaqu.kernel import actions, events, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project, ProjectProgress
from kaifaqu.sheets import answering, collecting, guarding, importing, sending
from kaifaqu.sheets.models import Collection, Upload

DONE = "本月完成投资（万元）"
HEADS = f"项目,月份,{DONE},本年累计完成投资（万元）"


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


def filled(write, cells: dict[tuple[int, str], object]) -> io.BytesIO:
    """Write a workbook as it is sent out, and fill in cells by row and heading."""
    stream, back = io.BytesIO(), io.BytesIO()
    write(stream)
    book = openpyxl.load_workbook(stream)
    heads = [cell.value for cell in book.worksheets[0][1]]
    for (row, head), value in cells.items():
        book.worksheets[0].cell(row, heads.index(head) + 1).value = value
    book.save(back)
    back.seek(0)
    return back


def forwarded(collection, clerk, cells: dict[tuple[int, str], object]) -> io.BytesIO:
    """Return the workbook with the rows of all units, filled in."""
    return filled(lambda stream: sending.forward(collection, clerk, stream), cells)


def drop(collection, by, **files: io.BytesIO) -> answering.Received:
    """Bring in workbooks, and check them."""
    told = answering.receive(collection, [(f"{name}.xlsx", content) for name, content in files.items()], by)
    answering.check_all(collection, by)
    return told


class Killed(BaseException):
    """The process ends here."""


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
    one = unit(july, "演示铸造")
    drop(july, clerk, 工作簿1=filled(lambda stream: sending.send_one(one, clerk, stream), {(2, DONE): 12.5}))
    assert state(july) == ["not_back", "back"]


def test_an_unmarked_table_waits_for_a_persons_word(july, clerk):
    [by_name, by_rows, unknown] = bring(
        july, clerk, 晶光科技七月="P1,2024-07,1,2", 工作簿1="P3,2024-07,1,2", 工作簿2="P1,2024-07,1,2\nP3,2024-07,1,2")
    told = [each.found["suggested"] for each in (by_name, by_rows, unknown)]
    assert [each and (each["name"], each["by"]) for each in told] == [
        ("晶光科技", ["文件名", "所填记录"]), ("演示铸造", ["所填记录"]), None]
    assert state(july) == ["not_back", "not_back"]
    answering.assign(by_rows, unit(july, "演示铸造"), clerk)
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
    answering.assign(answer, unit(july, "晶光科技"), clerk)
    assert [[fault["message"] for fault in row["faults"]] for row in importing.rows(answer)] == [
        [], ["2024-06 不是本次收表的 2024-07，没有并入。"], ["P3 铸造 不由「晶光科技」填报，应由「演示铸造」填。"]]
    assert state(july) == ["faulty", "not_back"]


def test_the_same_content_is_one_answer_and_another_stands_beside_it(july, clerk):
    first, again, other = bring(july, clerk, 一="P3,2024-07,1,2", 二="P3,2024-07,1.0,2", 三="P3,2024-07,1.5,2")
    for each in (first, again):
        answering.assign(each, unit(july, "演示铸造"), clerk)
    assert state(july) == ["not_back", "back"]
    answering.assign(other, unit(july, "演示铸造"), clerk)
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
    answering.assign(good, unit(july, "晶光科技"), clerk)
    answering.assign(bad, unit(july, "演示铸造"), clerk)
    with pytest.raises(ValidationError, match="有错误：演示铸造"):
        collecting.merge(july, clerk)
    changeset = collecting.merge(july, clerk, "收七月", only_ready=True)
    assert (changeset.kind, changeset.created, state(july)) == ("collect", 2, ["merged", "faulty"])
    assert {*events.Event.objects.filter(changeset=changeset.pk).values_list("reason", flat=True)} == {"收七月"}
    importing.choose(bad, accept=True)
    answering.check(bad, clerk)
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
    answering.assign(answer, unit(june, "晶光科技"), clerk)
    [row] = importing.rows(answer)
    assert (row["kind"], "原因" in row["faults"][0]["message"]) == ("wrong", True)
    answer.reason = "企业来函"
    answering.check(answer, clerk)
    collecting.merge(june, clerk, "收表汇总")
    [record] = ProjectProgress.objects.all()
    assert (record.month_investment, record.stage, record.corrected) == (110, "locked", True)


def test_a_forwarded_workbook_is_the_answer_of_each_unit_that_filled_something_in(july, clerk):
    stream = io.BytesIO()
    assert sending.forward(july, clerk, stream) == 3
    assert rows(stream.getvalue())[3][-1] == "演示铸造"
    drop(july, clerk, 转来的总表=forwarded(july, clerk, {(4, DONE): 12.5}))
    assert state(july) == ["not_back", "back"]
    assert collecting.merge(july, clerk).created == 1


@pytest.mark.parametrize(("cells", "problem"), [
    ({(2, DONE): 1, (4, DONE): 2, (4, "项目"): "P3O 铸造厂"}, "总表里有 1 行不知道由哪家填：第 4 行「P3O 铸造厂」。"),
    ({(2, DONE): 1, (3, DONE): 2, (3, "项目"): "P9 外来"}, "总表里有 1 行不知道由哪家填：第 3 行「P9 外来」。"),
    ({(2, DONE): 1, (4, DONE): 2, (4, "项目"): None}, "总表里有 1 行不知道由哪家填：第 4 行。"),
    ({}, "预填的 3 行一行也没有填。"),
])
def test_a_forwarded_workbook_loses_no_row_without_a_word(july, zone, clerk, cells, problem):
    testing.enter(Project, zone, "code | name | signed_on | started_on\nP9 | 外来 | 2024-01-05 | 2024-02-01")
    drop(july, clerk, 总表=forwarded(july, clerk, cells))
    now = collecting.board(july)
    assert [line.state for line in now.lines] == ["not_back", "not_back"]
    [whole] = now.unmatched or now.refused
    assert whole.problem.startswith(problem)
    assert collecting.open_points(now) == (["还不知道是哪家交的：总表.xlsx。"] if cells else [])
    drop(july, clerk, 改好的总表=forwarded(july, clerk, {(2, DONE): 1, (4, DONE): 2}))
    assert state(july) == ["back", "back"]


@pytest.mark.parametrize(("room", "work", "calls"), [
    (answering.shutil, "copyfile", 1), (answering.shutil, "copyfile", 2), (importing, "check", 2), (importing, "check", 3),
])
def test_a_forwarded_workbook_is_divided_wholly_though_the_work_breaks_off(july, clerk, monkeypatch, room, work, calls):
    whole, met = getattr(room, work), []

    def broken_off(*told, **options):
        met.append(work)
        if len(met) == calls:
            raise Killed
        return whole(*told, **options)

    content = forwarded(july, clerk, {(2, DONE): 1, (4, DONE): 2})
    monkeypatch.setattr(room, work, broken_off)
    with pytest.raises(Killed):
        drop(july, clerk, 总表=content)
    monkeypatch.setattr(room, work, whole)
    assert not Upload.objects.filter(collection=None).exists()
    content.seek(0)
    assert drop(july, clerk, 总表=content).repeated == ["总表.xlsx"]  # and what was begun is brought to its end
    assert state(july) == ["back", "back"]
    assert Upload.objects.count() == 3


def test_a_check_is_cancelled_within_a_file_and_a_colleague_brings_it_to_its_end(july, zone, clerk):
    def cancelled(phrase: str, *_numbers: int) -> None:
        if "正在读取" in phrase:
            raise working.Cancelled

    colleague = testing.employ(zone, "colleague")
    answering.receive(july, [("表.csv", io.BytesIO(f"{HEADS}\nP3,2024-07,1,2".encode()))], clerk)
    with pytest.raises(working.Cancelled):
        answering.check_all(july, clerk, cancelled)
    assert [each.state for each in collecting.board(july).unmatched] == ["reading"]
    answering.check_all(july, colleague)
    assert [each.state for each in collecting.board(july).unmatched] == ["checked"]


def test_an_answer_is_checked_with_the_rights_of_whoever_works_with_it_now(july, zone, clerk):
    colleague = testing.employ(zone, "colleague")
    [answer] = bring(july, colleague, 表="P3,2024-07,1,2")
    leave = actions.find("users.correct").plan
    commit([leave(colleague, by=clerk, version=colleague.row_version, facts={"is_active": False}, reason="调离")], by=clerk)
    answering.assign(Upload.objects.get(pk=answer.pk), unit(july, "演示铸造"), clerk)
    testing.enter(ProjectProgress, zone, "subject | month | month_investment\nP1 | 2024-07 | 1")  # so it is checked again
    assert state(july) == ["not_back", "back"]
    assert collecting.merge(july, clerk).created == 1


@pytest.mark.parametrize(("third", "states", "blank"), [
    (None, ["back", "not_back"], 1), (5, ["back", "not_back"], 0), ("1.2亿", ["faulty", "not_back"], 0),
])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_row_that_was_left_as_it_was_sent_is_passed_over_and_told(july, clerk, client, kind, third, states, blank):
    mine = unit(july, "晶光科技")
    if kind == "xlsx":
        drop(july, clerk, 表=filled(lambda stream: sending.send_one(mine, clerk, stream), {(2, DONE): 12.5, (3, DONE): third}))
    else:
        [answer] = bring(july, clerk, 表=f"P2,2024-07,{third or ''},\nP1,2024-07,1,2")
        assert answer.found["blank"] == blank
        answering.assign(answer, mine, clerk)
    line = collecting.board(july).lines[0]
    assert (state(july), line.answers[0].found["blank"]) == (states, blank)
    client.force_login(clerk)
    for page, told in ((reverse("collection", args=[july.pk]), "1 行空着"),
                       (reverse("collection-answer", args=[july.pk, line.answers[0].pk]), "1 行除了预填的什么也没有填")):
        assert (told in client.get(page).content.decode()) is bool(blank)


@pytest.mark.parametrize(("plan", "states", "blank"), [(1200, "back", 1), (1500, "faulty", 0), (None, "back", 1)])
def test_what_a_form_brings_along_is_nothing_filled_in_unless_it_was_changed(july, clerk, plan, states, blank):
    mine = unit(july, "晶光科技")
    cells = {(2, "本年计划投资（万元）"): plan, (3, DONE): 5}
    drop(july, clerk, 表=filled(lambda stream: sending.send_one(mine, clerk, stream), cells))
    line = collecting.board(july).lines[0]
    assert (line.state, line.answers[0].found["blank"]) == (states, blank)


@pytest.mark.parametrize("leave_out", [False, True])
def test_what_was_refused_or_set_aside_comes_again_when_it_is_dropped_in_again(july, clerk, leave_out):
    text = "P3,2024-07,1,2" if leave_out else "P3,2024-06,1,2"
    [answer] = bring(july, clerk, 表=text)
    if leave_out:
        answering.set_aside(answer)
        assert [each.name for each in collecting.board(july).aside] == ["表.csv"]
    assert [each.name for each in bring(july, clerk, 表=text)] == ["表.csv"]
    now = collecting.board(july)
    assert ([len(now.unmatched), len(now.refused), len(now.aside)], Upload.objects.count()) == ([int(leave_out), int(not leave_out), 0], 1)


def test_the_answer_of_a_unit_that_was_archived_is_still_to_be_seen(july, clerk):
    [answer] = bring(july, clerk, 表="P3,2024-07,1,2")
    gone = unit(july, "演示铸造")
    answering.assign(answer, gone, clerk)
    commit([actions.find("collection_units.archive").plan(gone, by=clerk, version=gone.row_version, reason="并入")], by=clerk)
    now = collecting.board(july)
    assert ([line.unit.name for line in now.lines], [each.pk for each in now.unmatched]) == (["晶光科技"], [answer.pk])
    assert collecting.open_points(now) == ["还不知道是哪家交的：表.csv。"]


def test_the_same_sent_again_after_the_merge_is_the_same(july, clerk):
    [first] = bring(july, clerk, 甲="P3,2024-07,1,2")
    answering.assign(first, unit(july, "演示铸造"), clerk)
    collecting.merge(july, clerk)
    for name, text, wanted in (("乙", "P3,2024-07,1.0,2", "merged"), ("丙", "P3,2024-07,1.5,2", "twice")):
        [again] = bring(july, clerk, **{name: text})
        answering.assign(again, unit(july, "演示铸造"), clerk)
        assert state(july) == ["not_back", wanted]
    assert [each.cells for each in answering.differences(collecting.board(july).lines[1].answers)] == [[(DONE, ["1", "1.5"])]]


def test_a_code_that_only_the_first_answer_gave_is_no_difference(july, clerk):
    one, cells = unit(july, "演示铸造"), {(2, "编号"): "JD77"}
    first, again = (
        filled(lambda stream: sending.send_one(one, clerk, stream), {**cells, (2, DONE): done}) for done in (12, "12.0"))
    drop(july, clerk, 甲=first)
    collecting.merge(july, clerk)
    drop(july, clerk, 乙=again)
    assert state(july) == ["not_back", "merged"]


def test_the_board_leads_to_every_file_and_to_the_end_of_every_check(july, clerk, client):
    client.force_login(clerk)
    files = {"上月": "P3,2024-06,1,2", "不要": "P3,2024-07,1,2", "归档": "P3,2024-07,3,4", "可疑": "P1,2024-07,5,6\nP3,2024-07,5,6"}
    refused, left_out, archived, unknown = bring(july, clerk, **files)
    answering.set_aside(left_out)
    gone = unit(july, "演示铸造")
    answering.assign(archived, gone, clerk)
    commit([actions.find("collection_units.archive").plan(gone, by=clerk, version=gone.row_version, reason="并入")], by=clerk)
    unread = answering.receive(july, [("没查.csv", io.BytesIO(f"{HEADS}\nP2,2024-07,1,2".encode()))], clerk).answers[0]
    board = reverse("collection", args=[july.pk])
    text = client.get(board).content.decode()
    for each in (refused, left_out, archived, unknown, unread):
        assert reverse("collection-answer", args=[july.pk, each.pk]) in text
    assert "原是「演示铸造」的" in text
    assertRedirects(client.post(reverse("collection-receive", args=[july.pk]), {"check": ""}), board)
    assert not answering.unread(july).exists()


def test_two_clicks_ask_once_and_keep_one_proof(july, zone, clerk, client):
    client.force_login(clerk)
    asked = {"owner": zone.pk, "name": "八月", "period": "2024-08", "by": "all", "token": "1", "unit-name": "甲", "unit-records": "P1",
             "unit-contact": ""}
    said = {"chat": "本月 12.5 万", "token": "2"}
    mine = unit(july, "演示铸造")
    for _click in range(2):
        assertRedirects(client.post(reverse("collect-new", args=["progress"]), asked), reverse(
            "collection", args=[Collection.objects.get(name="八月").pk]))
        client.post(reverse("collection-unit", args=[july.pk, mine.pk]), said)
    assert len(Attachment.objects.of(mine)) == 1


def test_many_rows_are_merged_in_the_background_and_once(july, clerk, client, monkeypatch):
    client.force_login(clerk)
    [answer] = bring(july, clerk, 甲="P1,2024-07,1,2\nP2,2024-07,3,4")
    answering.assign(answer, unit(july, "晶光科技"), clerk)
    monkeypatch.setattr("kaifaqu.pages.collecting.IN_ONE_PIECE", 1)
    told = client.post(reverse("collection-merge", args=[july.pk]), {"only-ready": "", "token": "1"})
    [job] = Job.objects.all()
    assertRedirects(told, reverse("job", args=[job.pk]))
    working.Worker().work()
    assert state(july) == ["merged", "not_back"]
    assertRedirects(client.get(reverse("job", args=[job.pk])), reverse("collection", args=[july.pk]))
    Job.objects.filter(pk=job.pk).update(state="waiting")  # its worker has died before it could say so
    working.Worker().work()
    assert (Job.objects.get().state, ProjectProgress.objects.count()) == ("done", 3)


def test_what_leaves_the_house_says_no_more_than_what_it_is_known_by(july, clerk):
    stream = io.BytesIO()
    sending.send_one(unit(july, "演示铸造"), clerk, stream)
    mark = json.loads(openpyxl.load_workbook(stream)["_kaifaqu"]["A1"].value)
    assert {*mark} == {"register", "format", "columns", "key", "head", "language", "untold", "collection"}
    assert events.is_head(mark["head"])


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
    monkeypatch.setitem(guarding.DEFAULTS, "upload", 9)
    part = answering.receive(july, [("大.zip", io.BytesIO(zipped(甲="1", 乙="1234567890", 丙="3").getvalue()))], clerk)
    assert ([each.name for each in part.answers], part.refused) == (
        ["甲", "丙"], ["「大.zip」：压缩包里的「乙」超过上限 0 MB，请单独处理。"])
    with pytest.raises(guarding.Refused, match="超过上限"):
        answering.receive(july, [("只有大的.zip", io.BytesIO(zipped(乙="1234567890").getvalue()))], clerk)


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
    assert rows(stream.getvalue())[1][0] == f"{Enterprise.objects.get(code='Q1').pk}:1"
    drop(asked, clerk, 企业=filled(lambda stream: sending.send_one(unit(asked, "晶光"), clerk, stream), {(2, "企业名称"): "晶光新材"}))
    assert collecting.merge(asked, clerk).changed == 1


def test_nobody_collects_for_others(july, stranger):
    with pytest.raises(PermissionDenied):
        answering.receive(july, [("甲.csv", io.BytesIO(b"x"))], stranger)
    with pytest.raises(PermissionDenied):
        collecting.merge(july, stranger)
