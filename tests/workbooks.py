"""Workbooks as an upper level sends them: three of different make, with what is lost when a file is saved by a library.

Each has the sheet 汇总 with a matrix of figures and formulas, and the cells that are pointed at in `POINTED`.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6454000000000"
    "49454e44ae426082")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FIGURES = ("在建项目数", "在建项目总投资", "新建项目数")  # in the rows 5 to 7 of each matrix
COLUMNS = {"C": "", "D": "上年同期"}  # column of the matrix: period
LIST = "A=序号 B=code C=name D=total_investment E=started_on"
LINES = 12  # prepared rows of each list
Cells = list[dict[str, object]]


def matrix(sheet: str) -> Cells:
    """Return the cells of a matrix that are pointed at."""
    return [
        {"sheet": sheet, "cell": f"{column}{row}", "kind": "figure", "asks": figure, **({"period": period} if period else {})}
        for row, figure in enumerate(FIGURES, 5) for column, period in COLUMNS.items()]


def lines(sheet: str, cell: str) -> dict[str, object]:
    """Return a list that is pointed at."""
    return {
        "sheet": sheet, "cell": cell, "kind": "list", "asks": "项目", "fields": LIST, "where": "stage=under_construction", "rows": LINES}


def office() -> bytes:
    """Return a workbook with merged headings, hidden column, protection, validation, conditions, chart, picture and comment."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    head = book.add_format({"bold": True, "border": 1, "align": "center"})
    number = book.add_format({"num_format": "#,##0.00", "locked": False})
    sheet, listed, chart_only = book.add_worksheet("汇总"), book.add_worksheet("项目清单"), book.add_worksheet("图")
    sheet.merge_range("A1:F1", "开发区主要指标表（演示）", head)
    sheet.merge_range("C3:D3", "数值", head)
    sheet.merge_range("A3:B4", "指标", head)
    sheet.merge_range("E2:F2", "", head)
    sheet.write_row("C4", ["本期", "上年同期", "增减"], head)
    for row, figure in enumerate(FIGURES, 5):
        sheet.write(f"A{row}", figure)
        sheet.write(f"B{row}", f"隐藏代码{row}")
        for column in "CD":
            sheet.write_blank(f"{column}{row}", None, number)
        sheet.write_formula(f"E{row}", f"=C{row}-D{row}", number, 0)
    sheet.write("A8", "合计")
    sheet.write_formula("C8", "=SUM(C5:C7)", number, 0)
    sheet.write_formula("D8", "=合计列", number, 0)
    sheet.write_formula("E8", "=ROUND(C8/MAX(1,D8),4)+项目清单!D16", number, 0)
    sheet.set_column("B:B", 12, None, {"hidden": True})
    sheet.protect("上级", {"format_cells": False})
    sheet.data_validation("C5:D7", {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "不能为负"})
    sheet.conditional_format("E5:E7", {"type": "data_bar"})
    sheet.conditional_format("C5:C7", {"type": "cell", "criteria": ">", "value": 3, "format": book.add_format({"bg_color": "#FFC7CE"})})
    sheet.write_comment("C4", "报告期数", {"author": "上级"})
    sheet.insert_image("H1", "p.png", {"image_data": io.BytesIO(PIXEL)})
    sheet.write_rich_string("A10", "备注：", book.add_format({"bold": True}), "不含", " 停缓建")
    sheet.add_sparkline("F5", {"range": "汇总!C5:D5"})
    sheet.set_header("&C上级报表")
    book.define_name("合计列", "=SUM(汇总!$D$5:$D$7)")
    listed.write_row("A2", ["序号", "编号", "名称", "总投资", "开工日期"], head)
    day = book.add_format({"num_format": "yyyy/m/d"})
    for row in range(2, 2 + LINES):
        listed.write_blank(row, 4, None, day)
    listed.write_formula("D16", f"=SUM(D3:D{2 + LINES})", number, 0)
    listed.autofilter(1, 0, 1 + LINES, 4)
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=汇总!$C$5:$C$7", "categories": "=汇总!$A$5:$A$7"})
    chart_only.insert_chart("B2", chart)
    book.close()
    return stream.getvalue()


def library() -> bytes:
    """Return a workbook by another library, counting days from 1904, with array formulas, groups, colours and parts of nobody's."""
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "汇总"
    sheet.merge_cells("A1:E2")
    sheet["A1"] = "1904 年起算的表"
    sheet["A1"].font = Font(bold=True, color="FF0000")
    sheet["C4"], sheet["D4"] = "本期", "上年同期"
    for row, figure in enumerate(FIGURES, 5):
        sheet[f"A{row}"] = figure
        sheet[f"C{row}"].protection = Protection(locked=False)
        sheet[f"C{row}"].fill = PatternFill("solid", fgColor="FFFFCC")
        sheet[f"E{row}"] = f"=IF(C{row}>D{row},\"增\",\"减\")"
    sheet["F5"] = ArrayFormula("F5:F7", "=C5:C7*2")
    sheet["C9"] = "=SUMPRODUCT(C5:C7,D5:D7)"
    sheet["B3"].number_format = 'yyyy"年"m"月"d"日"'
    sheet["D9"] = "=YEAR(B3)"
    sheet.protection.sheet = True
    sheet.column_dimensions["G"].hidden = True
    sheet.row_dimensions[30].hidden = True
    sheet.conditional_formatting.add("C5:C7", ColorScaleRule(start_type="min", start_color="FFFFFF", end_type="max", end_color="00FF00"))
    rule = DataValidation(type="list", formula1='"增,减"')
    rule.add("E5:E7")
    sheet.add_data_validation(rule)
    sheet["C5"].comment = Comment("填个数", "上级")
    book.defined_names["总数"] = DefinedName("总数", attr_text="汇总!$C$5:$C$7")
    listed = book.create_sheet("清单")
    listed.append(["序号", "编号", "名称", "总投资", "开工日期"])
    for row in range(2, 2 + LINES):
        listed.cell(row, 5).number_format = "yyyy-mm-dd"
    listed["D20"] = f"=SUM(D2:D{1 + LINES})+COUNT(总数)"
    stream = io.BytesIO()
    book.save(stream)
    return added(stream.getvalue(), {"customXml/item1.xml": b"<secret>of the upper level</secret>", "xl/unknown.bin": bytes(range(256))})


def added(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return a package with further parts that nothing refers to."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def streamed() -> bytes:
    """Return a workbook as programs stream it: names with a prefix, cells without names, shared formulas, sizes behind the parts."""
    rows = "".join(
        f'<x:row r="{row}"><x:c r="A{row}" t="s"><x:v>{row - 5}</x:v></x:c><x:c r="C{row}" s="1"/>'
        f'<x:c r="E{row}"><x:f t="shared"{" ref=&quot;E5:E7&quot;".replace("&quot;", chr(34)) if row == 5 else ""} si="0">'
        f'{"C5+D5" if row == 5 else ""}</x:f><x:v>0</x:v></x:c></x:row>' for row in (5, 6, 7))
    sheet = (
        f'<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="{MAIN}"><x:sheetViews><x:sheetView workbookViewId="0"/>'
        '</x:sheetViews>'
        '<x:cols><x:col min="3" max="4" width="14" style="1"/><x:col min="7" max="9" hidden="1"/></x:cols><x:sheetData>'
        '<x:row r="1"><x:c t="inlineStr"><x:is><x:r><x:t>流式</x:t></x:r><x:r><x:t>写出的表</x:t></x:r></x:is></x:c></x:row>'
        f'{rows}<x:row r="9"><x:c t="s"><x:v>3</x:v></x:c><x:c r="C9"><x:f>SUM(C5:D7)</x:f></x:c></x:row>'
        '</x:sheetData><x:mergeCells count="1"><x:mergeCell ref="A1:E1"/></x:mergeCells>'
        '<x:dataValidations count="1"><x:dataValidation type="whole" sqref="C5:C7"><x:formula1>0</x:formula1></x:dataValidation>'
        '</x:dataValidations>'
        '<x:extLst><x:ext uri="{00000000-0000-0000-0000-000000000000}"><y:c xmlns:y="urn:other" r="C5"/></x:ext></x:extLst></x:worksheet>')
    listed = (
        f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData><row><c t="s"><v>4</v></c></row></sheetData>'
        '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/></worksheet>')
    texts = [*FIGURES, "总计", "以下由系统填"]
    sheetml = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(f'<Override PartName="/{part}" ContentType="{sheetml}.{kind}+xml"/>' for part, kind in (
        ("xl/book.xml", "sheet.main"), ("xl/s/one.xml", "worksheet"), ("xl/s/two.xml", "worksheet"), ("xl/styles.xml", "styles"),
        ("xl/strings.xml", "sharedStrings"), ("xl/calcChain.xml", "calcChain")))
    targets = (
        ("worksheet", "s/one.xml"), ("worksheet", "/xl/s/two.xml"), ("styles", "styles.xml"), ("sharedStrings", "strings.xml"),
        ("calcChain", "calcChain.xml"))
    related = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for number, (kind, target) in enumerate(targets, 1))
    parts = {
        "xl/s/one.xml": sheet, "xl/s/two.xml": listed,
        "xl/book.xml": f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{RELATIONS}"><x:sheets><x:sheet name="汇总" sheetId="1" r:id="r1"/>'
                       '<x:sheet name="明细" sheetId="2" r:id="r2"/></x:sheets></x:workbook>',
        "xl/_rels/book.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>'
                         '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
                         '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="4"/></cellXfs></styleSheet>',
        "xl/strings.xml": f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{each}</t></si>" for each in texts) + "</sst>",
        "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="E5" i="1"/><c r="E6"/><c r="E7"/><c r="C9"/></calcChain>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
                       f'<Relationship Id="a" Type="{RELATIONS}/officeDocument" Target="xl/book.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
                               'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                               f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
    }  # fmt: skip
    return piped({name: text.encode() for name, text in parts.items()})


def piped(parts: Mapping[str, bytes]) -> bytes:
    """Return a package as a program writes it that cannot go back: CRC and sizes stand behind each part."""
    written, listed = b"", b""
    for name, content in parts.items():
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed, place = packer.compress(content) + packer.flush(), len(written)
        sums = struct.pack("<LLL", zlib.crc32(content), len(packed), len(content))
        head = struct.pack("<HHHHH", 20, 0x808, 8, 0, 0x5821)
        written += b"PK\3\4" + head + b"\0" * 12 + struct.pack("<HH", len(name), 0) + name.encode() + packed + b"PK\7\x08" + sums
        listed += b"PK\1\2" + struct.pack("<H", 20) + head + sums
        listed += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, place) + name.encode()
    return written + listed + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, len(parts), len(parts), len(listed), len(written), 0)


BOOKS: dict[str, tuple[Callable[[], bytes], Cells]] = {
    "office": (office, [*matrix("汇总"), {"sheet": "汇总", "cell": "F2", "kind": "text", "asks": "{期间}"}, lines("项目清单", "A3")]),
    "library": (library, [*matrix("汇总"), {"sheet": "汇总", "cell": "B3", "kind": "text", "asks": "{期末}"}, lines("清单", "A2")]),
    "streamed": (streamed, [
        *matrix("汇总"), {"sheet": "汇总", "cell": "D12", "kind": "text", "asks": "{期间} & <{单位}>"}, lines("明细", "A2")]),
}  # fmt: skip


def projects(size: int, months: int) -> Iterator[dict[str, object]]:
    """Yield projects that start one after another over the months before and after the first report, each of another size."""
    for number in range(size):
        year, month = divmod(2023 * 12 + number * 24 // size, 12)
        yield {"code": f"P{number:04d}", "name": f"演示项目{number}〈{number % 7}〉", "signed_on": "2022-12-01",
               "started_on": date(year, month + 1, 3).isoformat(), "total_investment": f"{1000 + number * 37}.{number % 10}"}
