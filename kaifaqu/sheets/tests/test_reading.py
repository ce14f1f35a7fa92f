"""What a file says, cell by cell, through the child process; and that the child never harms or outlives its reader."""

import json
import shutil
from datetime import date
from decimal import Decimal

import openpyxl
import pyarrow
import pytest
import xlsxwriter
from pyarrow import parquet

from kaifaqu.sheets import confined, reading
from kaifaqu.sheets.guarding import Refused
from kaifaqu.sheets.headings import find
from kaifaqu.sheets.reader import digits, repeated
from kaifaqu.sheets.reading import Cell, Row, read, read_pasted
from kaifaqu.sheets.tests.sample import COLUMNS, meant, rows_of
from kaifaqu.sheets.tests.workbooks import (
    FIRST,
    HEADS,
    INJECTIONS,
    MEANT,
    MESSY,
    PLAIN,
    changed,
    compound,
    converted,
    good,
    sheet_of,
    text_of,
)


@pytest.mark.parametrize("messy", MESSY, ids=lambda each: each.name)
def test_what_people_have_is_understood(messy, tmp_path):
    messy.make(tmp_path / messy.name)
    with read(tmp_path / messy.name, messy.name) as book:
        assert meant(book) == (messy.meant, list(messy.skipped))


def test_each_cell_has_a_kind_and_the_text_that_the_sheet_shows(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "表.xlsx")) as book:
        sheet = book.add_worksheet("甲")
        percent, time = book.add_format({"num_format": '0.0%"率"'}), book.add_format({"num_format": "yyyy/m/d hh:mm"})
        sheet.write_row("A1", [12000.5, 12, -0.1, 0.1 + 0.2, 1e-7, 123456789012345678, True, " 文 字 ", "  "])
        sheet.write_number("A2", 0.855, percent)
        sheet.write_number("B2", 45352.5, time)
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D2", "=1+1", None, 2)
        sheet.write_string("E2", "#N/A")
        sheet.write_string("F2", "#一号楼")
        book.add_worksheet("乙").hide()
    with read(tmp_path / "表.xlsx", "表.xlsx") as book:
        told = [(sheet.name, sheet.hidden, list(sheet)) for sheet in book.sheets]
    assert told == [
        ("甲", False, [
            Row(1, [
                Cell("number", "12000.5"), Cell("number", "12"), Cell("number", "-0.1"), Cell("number", "0.3"),
                Cell("number", "0.0000001"), Cell("number", "123456789012345700"), Cell("bool", "TRUE"), Cell("text", " 文 字 "),
            ]),
            Row(2, [
                Cell("text", "85.5%"), Cell("date", "2024-03-01 12:00:00"), Cell("error", "#DIV/0!"), Cell("number", "2"),
                Cell("error", "#N/A"), Cell("text", "#一号楼"),
            ]),
        ]),
        ("乙", True, []),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text"),
    [(12.0, "12"), (0.1, "0.1"), (1234.0999999999999, "1234.1"), (1e15, "1000000000000000"), (999999999999999.0, "999999999999999"),
     (-0.0, "0"), (1e-7, "0.0000001"), (1.5e20, "150000000000000000000"), (2023.1, "2023.1"), (7, "7")],
)  # fmt: skip
def test_a_number_is_told_as_the_sheet_shows_it(number, text):
    assert digits(number) == text


def test_a_formula_that_was_never_calculated_is_an_error_and_not_an_empty_cell(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["P1", "=1+1", "=A1"])
    book.save(tmp_path / "表.xlsx")
    assert rows_of(tmp_path / "表.xlsx") == {"Sheet": [["P1", "=", "="]]}


def test_a_formula_whose_result_is_no_text_is_an_empty_cell(tmp_path):
    cells = b'<row r="9"><c r="A9" t="str"><f>""</f><v></v></c><c r="B9"><f>1+1</f><v>2</v></c></row></sheetData>'
    changed("xl/worksheets/sheet1.xml", lambda part: part.replace(b"</sheetData>", cells))(tmp_path / "表.xlsx")
    assert rows_of(tmp_path / "表.xlsx")["项目"][-1] == ["", "2"]


def test_hidden_rows_are_read_and_known_as_hidden(tmp_path):
    sheet_of(PLAIN, lambda _book, sheet: sheet.set_row(1, None, None, {"hidden": True}))(tmp_path / "表.xlsx")
    with read(tmp_path / "表.xlsx", "表.xlsx") as book:
        assert [[(row.number, row.hidden) for row in sheet] for sheet in book.sheets] == [[(1, False), (2, True), (3, False)]]


def test_columns_and_rows_keep_their_places_where_the_sheet_begins_further_down(tmp_path):
    sheet_of([[], [], ["", "", "甲"], [], ["", "乙"]])(tmp_path / "表.xlsx")
    with read(tmp_path / "表.xlsx", "表.xlsx") as book:
        [told] = [[(row.number, [cell.value for cell in row.cells]) for row in sheet] for sheet in book.sheets]
    assert told == [(3, ["", "", "甲"]), (5, ["", "乙"])]


@pytest.mark.parametrize(
    ("merged", "rows", "told"),
    [
        ([(0, 0, 1, 0)], [["甲"], []], [["甲"], ["甲"]]),
        ([(0, 0, 2, 1)], [["甲"], ["", "", "丙"], []], [["甲"], ["甲", "", "丙"], ["甲"]]),
        ([(0, 0, 0, 3)], [["甲"], []], [["甲"], []]),
        ([(0, 1, 1, 1), (1, 0, 2, 0)], [["", "乙"], ["甲"], []], [["", "乙"], ["甲", "乙"], ["甲"]]),
        ([(0, 0, 1, 0)], [[], ["甲"]], [[], ["甲"]]),
    ],
)
def test_a_cell_merged_over_rows_is_repeated_and_one_merged_over_columns_is_not(merged, rows, told):
    fill = repeated(merged)
    for number, row in enumerate(rows):
        fill(number, row)
    assert rows == told


def test_formulas_in_text_stay_text(tmp_path):
    sheet_of([[text] for text in INJECTIONS])(tmp_path / "表.xlsx")
    text_of([[f"'{text}"] for text in INJECTIONS])(tmp_path / "表.csv")
    told = [[text] for text in INJECTIONS]
    assert rows_of(tmp_path / "表.xlsx") == {"项目": told}
    assert rows_of(tmp_path / "表.csv") == {"": told}


def test_several_lines_of_one_cell_are_one_cell(tmp_path):
    (tmp_path / "表.csv").write_text('名称,备注\r\n甲,"一\n二, ""三"""\r\n', encoding="utf-8")
    assert rows_of(tmp_path / "表.csv") == {"": [["名称", "备注"], ["甲", '一\n二, "三"']]}


def test_what_is_pasted_from_a_sheet_is_read_alike():
    with read_pasted("\r\n".join("\t".join(str(cell) for cell in row) for row in PLAIN)) as book:
        assert meant(book) == (MEANT, [])
    with read_pasted('甲\t"一\n二"\n\n乙') as book:
        assert [[(row.number, [cell.value for cell in row.cells]) for row in sheet] for sheet in book.sheets] == [
            [(1, ["甲", "一\n二"]), (3, ["乙"])]]


def test_a_head_is_looked_at_without_taking_it_away(tmp_path):
    good(tmp_path / "表.xlsx")
    with read(tmp_path / "表.xlsx", "表.xlsx") as book:
        sheet = next(book.sheets)
        assert [row.number for row in sheet.head(2)] == [1, 2]
        assert [row.number for row in sheet] == [1, 2, 3]


def test_a_sheet_that_is_passed_over_does_not_stand_in_the_way(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "表.xlsx")) as book:
        for name in "甲乙":
            book.add_worksheet(name).write_column("A1", [name] * 500)
    with read(tmp_path / "表.xlsx", "表.xlsx") as book:
        assert [sheet.name for sheet in book.sheets] == ["甲", "乙"]


def test_our_own_mark_is_read_first_and_its_sheet_is_none(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "表.xlsx")) as book:
        book.add_worksheet("项目").write("A1", "甲")
        book.add_worksheet("_kaifaqu").write("A1", '{"format": 1}')
    with read(tmp_path / "表.xlsx", "表.xlsx") as book:
        assert book.mark == '{"format": 1}'
        assert [sheet.name for sheet in book.sheets] == ["项目"]


def test_progress_is_told_and_ends_the_reading_by_raising(tmp_path):
    sheet_of([HEADS, *[FIRST] * 999])(tmp_path / "表.xlsx")
    told = []

    def cancel(count):
        told.append(count)
        if count >= 400:
            raise KeyboardInterrupt

    book = read(tmp_path / "表.xlsx", "表.xlsx", cancel)
    with pytest.raises(KeyboardInterrupt):
        [row for sheet in book.sheets for row in sheet]
    assert told == [200, 400]
    assert list(book.sheets) == []


@pytest.fixture
def children(monkeypatch):
    """Return the processes of the children that are started."""
    started = []

    class Watched(confined.Child):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self.process)

    monkeypatch.setattr(reading, "Child", Watched)
    return started


def test_the_child_ends_with_its_reader(children, tmp_path):
    sheet_of([HEADS, *[FIRST] * 5000])(tmp_path / "表.xlsx")
    with read(tmp_path / "表.xlsx", "表.xlsx") as book:
        next(iter(next(book.sheets)))
        assert children[0].poll() is None
    assert children[0].poll() is not None


def test_a_child_that_is_killed_is_one_sentence(children, tmp_path):
    sheet_of([HEADS, *[FIRST] * 20000])(tmp_path / "表.xlsx")
    with read(tmp_path / "表.xlsx", "表.xlsx") as book:
        rows = iter(next(book.sheets))
        next(rows)
        children[0].kill()
        with pytest.raises(Refused) as refused:
            list(rows)
    assert refused.value.messages == ["「表.xlsx」：读取所需的内存或时间超过上限，已停止。请删去多余的行列和格式，或分成几个文件。"]


@pytest.mark.parametrize(
    ("deed", "limits"),
    [
        pytest.param("bytearray(2**30)", {}, marks=pytest.mark.skipif(not confined.resource, reason="no limit of memory here")),
        pytest.param("while True: pass", {"processor": 1}, marks=pytest.mark.skipif(not confined.resource, reason="none of time")),
        ("__import__('time').sleep(9)\nconfined.say({'end': ''})", {"silence": 0.5}),
        ("raise ValueError", {}),
        ("print('{')", {}),
    ],
)  # fmt: skip
def test_a_child_beyond_its_limits_dies_without_a_last_word(deed, limits, monkeypatch, tmp_path):
    limits = {"memory": 2**28, "processor": 10, "silence": 10} | limits
    (tmp_path / "doing.py").write_text(f"from kaifaqu.sheets import confined\nconfined.request()\n{deed}\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    child = confined.Child("doing", limits, silence=limits["silence"])
    with pytest.raises(confined.Died):
        list(child.messages())
    assert child.process.poll() is not None


def test_the_child_starts_without_django_and_gets_no_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("KAIFAQU_SECRET_KEY", "geheim")
    (tmp_path / "asking.py").write_text(
        "import os, sys\nfrom kaifaqu.sheets import confined, reader\nconfined.request()\n"
        "confined.say({'django': 'django' in sys.modules, 'secret': 'KAIFAQU_SECRET_KEY' in os.environ})\nconfined.say({'end': ''})\n",
        encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    child = confined.Child("asking", {"memory": 2**30, "processor": 10}, silence=10)
    assert list(child.messages()) == [{"django": False, "secret": False}, {"end": ""}]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office program on this computer")
def test_a_wps_workbook_is_converted_where_there_is_a_program(tmp_path):
    converted(good, "xls")(tmp_path / "表.et")
    with read(tmp_path / "表.et", "表.et") as book:
        assert book.kind == "et"
        assert meant(book) == (MEANT, [])


def test_without_a_program_a_wps_workbook_is_refused_with_advice(monkeypatch, tmp_path):
    monkeypatch.setattr(reading.shutil, "which", lambda _name: None)
    compound("Workbook")(tmp_path / "表.et")
    with pytest.raises(Refused, match=r"请在 WPS 中另存为 \.xlsx 再上传"):
        read(tmp_path / "表.et", "表.et")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office program on this computer")
def test_an_old_workbook_tells_hidden_rows_errors_and_percentages(tmp_path):
    def arrange(book, sheet):
        percent = book.add_format({"num_format": "0.0%"})
        sheet.write_row("A1", [0.5, 0.25, 0.125], percent)
        sheet.write_number("E1", 0.5)
        sheet.write_number("A2", 0.123456789, percent)
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C2", "=NA()", None, "#N/A")
        sheet.write_formula("D2", "=1+1", None, 2)
        sheet.set_row(1, None, None, {"hidden": True})

    for rows in ([], [["", "", "", "", "", "很多"]] * 400):  # a small file keeps its stream elsewhere
        converted(sheet_of(rows, arrange), "xls")(tmp_path / "表.xls")
        with read(tmp_path / "表.xls", "表.xls") as book:
            told = [[(row.hidden, [cell.value for cell in row.cells[:5]]) for row in sheet][:2] for sheet in book.sheets]
        assert told == [[(False, ["50%", "25%", "12.5%", "", "0.5"]), (True, ["12.3456789%", "#DIV/0!", "#N/A", "2", *[""][:len(rows)]])]]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office program on this computer")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_the_other_kinds_of_workbooks_are_read_alike(kind, tmp_path):
    converted(good, kind)(tmp_path / f"表.{kind}")
    with read(tmp_path / f"表.{kind}", f"表.{kind}") as book:
        assert meant(book) == (MEANT, [])


PROGRAMS = [  # three columns, the second row without the amount
    ("甲.json", lambda path: path.write_text(
        '[{"code": "007", "total": 12000.50, "on": true}, {"code": "=1", "total": null, "more": ["x"]}]', encoding="utf-8"),
     ["code", "total", "on", "more"],
     [["t007", "n12000.50", "bTRUE"], ["t=1", "", "", 't["x"]']]),
    ("乙.json", lambda path: path.write_text(
        '{"columns": ["_key", "code", "=stage"], "untold": ["（无权查看）"], "records": [{"_key": "3:1", "stage": "signed"}], "count": 1}',
        encoding="utf-8"),
     ["_key", "code", "stage"], [["t3:1", "t（无权查看）", "tsigned"]]),
    ("丙.parquet", lambda path: parquet.write_table(pyarrow.table({
        "code": ["007", None], "total": [Decimal("12000.500000"), Decimal("-0.000001")], "on": [date(2024, 3, 1), None]}), path),
     ["code", "total", "on"],
     [["t007", "n12000.500000", "d2024-03-01"], ["", "n-0.000001"]]),
]


@pytest.mark.parametrize(("name", "make", "heads", "rows"), PROGRAMS)
def test_a_file_for_programs_is_a_sheet_headed_by_the_names_of_its_columns(name, make, heads, rows, tmp_path):
    make(tmp_path / name)
    with read(tmp_path / name, name) as book:
        [(mark, told)] = [(book.mark, [[f"{cell.kind[:1]}{cell.value}" if cell.value else "" for cell in row.cells] for row in sheet])
                          for sheet in book.sheets]
    assert told == [[f"t{head}" for head in heads], *rows]
    assert (json.loads(mark)["columns"][0] if mark else "") == ("_key" if name == "乙.json" else "")


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("坏.json", b'{"records": [{"code": 1}', "不是完整的 JSON"), ("数.json", b'[{"total": NaN}]', "里面有 NaN"),
    ("列.json", b"[1, 2]", "里面没有记录"), ("深.json", b"[" * 100_000, "嵌套得太深"),
    ("断.parquet", b"PAR1 and then nothing", "文件不完整或已损坏"),
])
def test_a_damaged_file_for_programs_is_one_sentence(name, content, sentence, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=f"「{name}」：.*{sentence}"), read(tmp_path / name, name) as book:
        [list(sheet) for sheet in book.sheets]


def test_a_parquet_file_of_endless_repetition_is_refused(tmp_path):
    parquet.write_table(pyarrow.table({"code": pyarrow.repeat("007", 2**20 + 1)}), tmp_path / "多.parquet")
    assert (tmp_path / "多.parquet").stat().st_size < 10_000
    with pytest.raises(Refused, match="超过上限"), read(tmp_path / "多.parquet", "多.parquet"):
        pass


@pytest.mark.parametrize(("name", "content"), [
    ("半.json", b'[{"code": "P1", "name": "\\ud800"}]'),
    ("零.csv", f"code,name\nP1,光\0伏{'满' * 100}".encode()),
])
def test_what_is_no_text_is_an_error_and_no_fact(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with read(tmp_path / name, name) as book:
        [[_heads, row]] = [list(sheet) for sheet in book.sheets]
    assert row.cells == [Cell("text", "P1"), Cell("error", "\ufffd")]


def test_empty_rows_are_counted_and_not_kept(tmp_path):
    (tmp_path / "空.csv").write_text("项目编号,项目名称\n" + "\n" * 1_000_000 + "P1,光伏", encoding="utf-8")
    with read(tmp_path / "空.csv", "空.csv") as book:
        sheet = next(book.sheets)
        layout = find(sheet.head(), COLUMNS)
        assert [row.number for row in layout.data(sheet)] == [1_000_002]
    assert (layout.blank, layout.skipped) == (1_000_000, [])
