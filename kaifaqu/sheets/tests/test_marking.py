"""The workbook that goes back: the upload's own layout, one more column, read by another library than the one that wrote it."""

import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from kaifaqu.sheets import confined, marking
from kaifaqu.sheets.marking import mark
from kaifaqu.sheets.reading import read
from kaifaqu.sheets.tests.sample import meant, rows_of
from kaifaqu.sheets.tests.workbooks import FIRST, HEADS, INJECTIONS, MEANT, SECOND, good, sheet_of, text_of

ERRORS = [
    ("项目", 2, 3, "「12000.5」要核对。"),
    ("项目", 3, 4, "「2023-05」没有写到日。"),
    ("项目", 3, None, "=请填写投资主体。"),
    ("项目", 3, 4, "「2023-05」没有写到日。"),
]
RED = "FFFFC7CE"


@pytest.fixture(params=["edited", "rebuilt"])
def way(request, monkeypatch):
    """Mark in the one way and in the other: the upload edited, and written anew as a large one is."""
    if request.param == "rebuilt":
        monkeypatch.setattr(marking, "EDITED", 0)
    return request.param


def test_the_errors_stand_in_one_more_column_and_the_wrong_cells_are_coloured(way, tmp_path):
    good(tmp_path / "表.xlsx")
    mark(tmp_path / "表.xlsx", "表.xlsx", ERRORS, tmp_path / "回.xlsx")
    told = CalamineWorkbook.from_path(tmp_path / "回.xlsx").get_sheet_by_name("项目").to_python()
    assert told == [
        [*HEADS, "错误说明"],
        [*FIRST, "「12000.5」要核对。"],
        [*SECOND, "「2023-05」没有写到日。\n=请填写投资主体。"],
    ]
    sheet = openpyxl.load_workbook(tmp_path / "回.xlsx")["项目"]
    coloured = {cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == RED}
    assert coloured == {"D2", "E3"}
    assert sheet.auto_filter.ref == "A1:G3"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["回.xlsx", "表.xlsx"]


def test_corrected_it_can_be_handed_in_as_it_is_and_is_marked_in_the_same_column(way, tmp_path):
    good(tmp_path / "表.xlsx")
    mark(tmp_path / "表.xlsx", "表.xlsx", ERRORS, tmp_path / "回.xlsx")
    with read(tmp_path / "回.xlsx", "回.xlsx") as book:
        assert meant(book) == (MEANT, [])
    mark(tmp_path / "回.xlsx", "回.xlsx", [("项目", 3, 1, "编号重复。")], tmp_path / "再回.xlsx")
    assert [row[6:] for row in rows_of(tmp_path / "再回.xlsx")["项目"]] == [["错误说明"], [], ["编号重复。"]]


def test_an_xlsx_keeps_its_layout_and_its_formulas(tmp_path):
    def arrange(book, sheet):
        sheet.merge_range("A1:F1", "重点项目表", book.add_format({"bold": True}))
        sheet.set_column("C:C", 33)
        sheet.set_row(3, 30, None, {"hidden": True})
        sheet.write_formula("D5", "=SUM(D3:D4)", None, 20000.5)
        sheet.data_validation("F3:F9", {"validate": "list", "source": ["新建", "扩建"]})
        sheet.freeze_panes(2, 0)
        book.add_worksheet("附表").write("A1", "照旧")

    sheet_of([[], HEADS, FIRST, SECOND], arrange)(tmp_path / "表.xlsx")
    mark(tmp_path / "表.xlsx", "表.xlsx", [("项目", 4, 2, "重名。")], tmp_path / "回.xlsx", headings={"项目": 2})
    book = openpyxl.load_workbook(tmp_path / "回.xlsx")
    sheet = book["项目"]
    assert [str(each) for each in sheet.merged_cells.ranges] == ["A1:F1"]
    assert sheet.column_dimensions["C"].width == pytest.approx(33, abs=1)
    assert (sheet.row_dimensions[4].hidden, sheet.row_dimensions[4].height) == (True, 30)
    assert (sheet["D5"].value, sheet["A1"].font.bold, sheet.freeze_panes) == ("=SUM(D3:D4)", True, "A3")
    assert (sheet["G2"].value, sheet["G3"].value, sheet["G4"].value) == ("错误说明", None, "重名。")
    assert [str(each.sqref) for each in sheet.data_validations.dataValidation] == ["F3:F9"]
    assert (book.sheetnames, book["附表"]["A1"].value) == (["项目", "附表"], "照旧")


def test_nothing_becomes_a_formula(way, tmp_path):
    rows = [HEADS, *([number, f"P{number}", text, 1, "2024", "新建"] for number, text in enumerate(INJECTIONS))]
    errors = [("项目", number, 2, text) for number, text in enumerate(INJECTIONS, 2)]
    sheet_of(rows)(tmp_path / "表.xlsx")
    text_of(rows)(tmp_path / "表.csv")
    mark(tmp_path / "表.xlsx", "表.xlsx", errors, tmp_path / "回.xlsx")
    mark(tmp_path / "表.csv", "表.csv", [("", *error[1:]) for error in errors], tmp_path / "回二.xlsx")
    for name in ("回.xlsx", "回二.xlsx"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert not re.search(rb"<f[ >]|<hyperlink", archive.read("xl/worksheets/sheet1.xml"))
        [told] = rows_of(tmp_path / name).values()
        assert [(row[2], row[6].strip()) for row in told[1:]] == [(text, text.strip()) for text in INJECTIONS]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_text_file_goes_back_as_a_workbook_with_every_value_in_its_place(encoding, tmp_path):
    text_of([["项目表"], [], HEADS[:3], ["1", "007", "911400007701234567"]], encoding)(tmp_path / "表.csv")
    mark(tmp_path / "表.csv", "表.csv", [("", 4, 1, "没有这个编号。")], tmp_path / "回.xlsx", headings={"": 3})
    assert list(rows_of(tmp_path / "回.xlsx").values()) == [
        [["项目表"], [*HEADS[:3], "错误说明"], ["1", "007", "911400007701234567", "没有这个编号。"]]]
    sheet = openpyxl.load_workbook(tmp_path / "回.xlsx").active
    assert (sheet["B4"].value, sheet["B4"].fill.fgColor.rgb, sheet["D3"].value) == ("007", RED, "错误说明")


def test_our_own_mark_and_hidden_key_survive(way, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "表.xlsx")) as book:
        sheet = book.add_worksheet("项目")
        sheet.write_row("A1", ["_key", "项目编号"])
        sheet.write_row("A2", ["7:1", "P1"])
        sheet.set_column(0, 0, None, None, {"hidden": True})
        hidden = book.add_worksheet("_kaifaqu")
        hidden.write("A1", '{"format": 1}')
        hidden.hide()
    mark(tmp_path / "表.xlsx", "表.xlsx", [("项目", 2, 1, "错。")], tmp_path / "回.xlsx")
    book = openpyxl.load_workbook(tmp_path / "回.xlsx")
    assert (book["_kaifaqu"]["A1"].value, book["_kaifaqu"].sheet_state) == ('{"format": 1}', "hidden")
    assert book["项目"].column_dimensions["A"].hidden


def test_a_workbook_that_cannot_be_edited_is_written_anew(monkeypatch, tmp_path):
    def dies(*_arguments, **_options):
        raise confined.Died

    monkeypatch.setattr(marking, "Child", dies)
    good(tmp_path / "表.xlsx")
    mark(tmp_path / "表.xlsx", "表.xlsx", ERRORS[:1], tmp_path / "回.xlsx")
    assert rows_of(tmp_path / "回.xlsx")["项目"][1][6:] == ["「12000.5」要核对。"]


def test_hidden_sheets_and_rows_stay_hidden(way, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "表.xlsx")) as book:
        first, second = book.add_worksheet("藏"), book.add_worksheet("显")
        first.write("A1", "甲")
        second.write_column("A1", ["编号", "P1", "P2"])
        second.set_row(2, None, None, {"hidden": True})
        second.activate()
        first.hide()
        second.set_first_sheet()
    mark(tmp_path / "表.xlsx", "表.xlsx", [("显", 3, 0, "错。")], tmp_path / "回.xlsx")
    book = openpyxl.load_workbook(tmp_path / "回.xlsx")
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [("藏", "hidden"), ("显", "visible")]
    assert (book.active.title, book["显"].row_dimensions[3].hidden) == ("显", True)
