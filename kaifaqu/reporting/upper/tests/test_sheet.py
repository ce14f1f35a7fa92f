"""Cells are written into the bytes of a worksheet; all other bytes, and all other parts, stay as they came."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from kaifaqu.reporting.upper import package
from kaifaqu.reporting.upper.book import Book, recalculated
from kaifaqu.reporting.upper.sheet import Sheet, place_of, reference
from kaifaqu.reporting.upper.tests.conftest import workbook

PLAIN = (
    b'<?xml version="1.0"?><worksheet xmlns="u"><cols><col min="5" max="5" style="7"/></cols><sheetData>'
    b'<row r="2" s="4" customFormat="1"/><row r="4" spans="1:3"><c><v>1</v></c><c s="3" t="s"><v>0</v></c>'
    b'<c r="D4"><f t="array" ref="D4:D6">A1:A3</f><v>9</v></c></row></sheetData>'
    b'<mergeCells count="1"><mergeCell ref="B8:C9"/></mergeCells></worksheet>')


def filled(values: dict[str, object], content: bytes = PLAIN) -> str:
    """Return what stands in the worksheet's rows after filling cells by their names."""
    told = Sheet(content, "表").filled({place_of(name): value for name, value in values.items()}).decode()
    return told.partition("<sheetData>")[2].partition("</sheetData>")[0]


def test_nothing_to_write_leaves_every_byte():
    assert Sheet(PLAIN, "表").filled({}) == PLAIN


@pytest.mark.parametrize(("values", "wanted"), [
    ({"A4": Decimal("2.50")}, '<c r="A4"><v>2.5</v></c>'),  # a cell without a name
    ({"B4": Decimal(7)}, '<c s="3" r="B4"><v>7</v></c>'),  # no longer a shared text, its format stays
    ({"B4": None}, '<c s="3" r="B4"/>'),
    ({"C4": "甲<&"}, '</c><c r="C4" t="inlineStr"><is><t xml:space="preserve">甲&lt;&amp;</t></is></c><c r="D4">'),  # between two
    ({"F4": Decimal(1)}, '<v>9</v></c><c r="F4"><v>1</v></c></row>'),
    ({"E3": Decimal(1)}, '<row r="3"><c r="E3" s="7"><v>1</v></c></row><row r="4"'),  # a row that is not there; the column's format
    ({"B2": Decimal(1), "A2": "x"}, '<row r="2" s="4" customFormat="1"><c r="A2" s="4" t="inlineStr">'),  # an empty row
    ({"A9": Decimal("12345678901234567.89")}, '<row r="9"><c r="A9"><v>12345678901234567.89</v></c></row>'),  # exact
    ({"A9": "a\x00b"}, ">a\ufffdb<"),
])  # fmt: skip
def test_a_cell_is_written_in_its_place(values, wanted):
    assert wanted in filled(values)


def test_a_sheet_without_rows_gets_one():
    assert Sheet(b"<worksheet><sheetData/></worksheet>", "表").filled({(2, 2): "x"}).startswith(
        b'<worksheet><sheetData><row r="2"><c r="B2"')
    told = Sheet(b'<x:worksheet xmlns:x="u"><x:sheetData/></x:worksheet>', "表").filled({(1, 1): Decimal(1)})
    assert told == b'<x:worksheet xmlns:x="u"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'


def test_what_computes_and_what_is_merged_is_known():
    sheet = Sheet(PLAIN, "表")
    assert [reference(each) for each in ((4, 4), (5, 4), (7, 4)) if sheet.is_computed(each)] == ["D4", "D5"]
    assert sheet.anchor((9, 3)) == (8, 2)


@pytest.mark.parametrize("content", [
    b"<worksheet><sheetData>", b"<worksheet/>", b"", b'<?xml version="1.0" encoding="GBK"?><worksheet><sheetData/></worksheet>',
])
def test_what_is_no_worksheet_is_refused(content):
    with pytest.raises(ValidationError, match="另存为"):
        Sheet(content, "表")


@pytest.mark.parametrize("text", ["", "5B", "B0", "XFE1", "B5:C6", "A1048577"])
def test_what_names_no_cell_is_told(text):
    with pytest.raises(ValueError, match="不是单元格"):
        place_of(text)


@pytest.mark.parametrize(("part", "wanted"), [
    (b'<w><calcPr calcId="1"/></w>', b'<w><calcPr calcId="1" fullCalcOnLoad="1"/></w>'),
    (b'<w><x:calcPr fullCalcOnLoad="0" calcId="1"></x:calcPr></w>', b'<w><x:calcPr calcId="1" fullCalcOnLoad="1"></x:calcPr></w>'),
    (b"<w><sheets><s/></sheets><definedNames/></w>", b'<w><sheets><s/></sheets><definedNames/><calcPr fullCalcOnLoad="1"/></w>'),
    (b"<x:w><x:sheets></x:sheets></x:w>", b'<x:w><x:sheets></x:sheets><x:calcPr fullCalcOnLoad="1"/></x:w>'),
])  # fmt: skip
def test_formulas_are_computed_when_the_file_is_opened(part, wanted):
    assert recalculated(part) == wanted


def test_the_other_parts_stay_packed_as_they_were():
    content = workbook()
    assert package.changed(content, {}) == content
    book = Book(content).filled({("汇总", (3, 2)): Decimal(5)})
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(io.BytesIO(book)) as after:
        assert after.testzip() is None
        assert before.namelist() == after.namelist()
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
        assert changed == ["xl/worksheets/sheet1.xml"]  # the workbook asks already for its formulas to be computed
        told = [[(each.compress_size, each.CRC, each.date_time, each.external_attr) for each in archive.infolist()
                 if each.filename not in changed] for archive in (before, after)]
        assert told[0] == told[1]
    assert openpyxl.load_workbook(io.BytesIO(book))["汇总"]["B3"].value == 5


def test_a_cell_is_called_by_what_stands_around_it():
    book = Book(workbook())
    assert book.heading(book.sheet("汇总"), (3, 2)) == "本期 / 在建项目数"
    assert book.heading(book.sheet("汇总"), (7, 3)) == "本期 / 填报期"
