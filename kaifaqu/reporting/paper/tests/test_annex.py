"""The annex: a row a number, a row a record, and nothing that a spreadsheet would calculate."""

import io

import openpyxl
import pytest

from kaifaqu.reporting.paper import annex
from kaifaqu.reporting.paper.tests import sample


@pytest.fixture
def book():
    return openpyxl.load_workbook(io.BytesIO(annex.write(sample.document(), sample.stamp())))


def test_each_number_has_its_row(book):
    rows = [[cell.value for cell in row] for row in book["口径"].iter_rows()]
    told = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [row["查证码"] for row in told] == [f"JB0001-{each}" for each in range(1, 7)]
    assert [(row["文中写作"], row["准确值"], row["单位"]) for row in told[:3]] == [
        ("62.49亿元", 624900, "万元"), ("14个", 14, "个"), ("增长12.3%", 624900, "万元")]
    assert (told[2]["比较期间"], told[2]["比较基数"]) == ("2023年上半年", 556455.9)
    assert (told[3]["准确值"], told[3]["状态"], told[3]["没有数的原因"], told[3]["记录数"]) == (None, "无法计算", "缺上年数", 0)


def test_each_record_has_its_row_under_its_number(book):
    rows = [[cell.value for cell in row] for row in book["记录"].iter_rows(min_row=2)]
    assert rows[:2] == [["JB0001-1", "项目", "P0001", 3], ["JB0001-1", "项目", "=P0002", 4]]
    assert len(rows) == 10


def test_no_text_is_a_formula(book):
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_what_a_sheet_cannot_hold_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(annex, "ROWS", 4)
    book = openpyxl.load_workbook(io.BytesIO(annex.write(sample.document(), sample.stamp())))
    assert [(sheet.title, sheet.max_row - 1) for sheet in book][1:] == [("记录", 4), ("记录2", 4), ("记录3", 2)]


def test_a_number_longer_than_a_spreadsheet_keeps_is_written_as_text():
    document = sample.document()
    document.numbers[0].value = "1234567890123456.789"
    book = openpyxl.load_workbook(io.BytesIO(annex.write(document, sample.stamp())))
    assert book["口径"]["C2"].value == "1234567890123456.789"
