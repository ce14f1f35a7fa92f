"""Makes the spreadsheets that people really hand in, and those that nobody should: files in a folder, by name.

HOSTILE: what must be refused, or be harmless, each with a word of the sentence that says so ("" for harmless).
MESSY: what must be understood, each with the rows that it means, as {column: text}.
"""

import csv
import datetime
import io
import re
import shutil
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter

HEADS = ["序号", "项目编号", "项目名称", "计划总投资（万元）", "开工日期", "建设性质"]
FIRST = [1, "P1", "光伏组件", 12000.5, "2024-03-01", "新建"]
SECOND = [2, "P2", "碳纤维", 8000, "2023-05", "扩建"]
MEANT = [
    {"code": "P1", "name": "光伏组件", "total_investment": "12000.5", "started_on": "2024-03-01", "nature": "new"},
    {"code": "P2", "name": "碳纤维", "total_investment": "8000", "started_on": "2023-05", "nature": "expansion"},
]
INJECTIONS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "＝1+1", "=HYPERLINK(\"http://evil\",\"点我\")", "=cmd|' /C calc'!A0", "\t=1+1"]

Make = Callable[[Path], Any]


class Hostile(NamedTuple):
    """A file that could do harm: its name, what makes it, and a word of the sentence that refuses it, "" for harmless."""

    name: str
    make: Make
    sentence: str


class Messy(NamedTuple):
    """A file as people have it: its name, what makes it, what its rows mean, and the kinds of rows that are skipped."""

    name: str
    make: Make
    meant: list[dict[str, str]]
    skipped: tuple[str, ...] = ()


# Makers


def sheet_of(rows: list[list[Any]], arrange: Callable[[Any, Any], Any] | None = None, **options: Any) -> Make:
    """Return what makes an .xlsx of these rows; `arrange` gets the workbook and the sheet before they are written."""

    def make(path: Path) -> None:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, **options}) as book:
            sheet = book.add_worksheet("项目")
            if arrange:
                arrange(book, sheet)
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, datetime.date):
                        sheet.write_datetime(number, place, value, day)
                    elif isinstance(value, str) and value:
                        sheet.write_string(number, place, value)
                    elif value not in ("", None):
                        sheet.write(number, place, value)

    return make


def text_of(rows: list[list[Any]], encoding: str = "utf-8", delimiter: str = ",") -> Make:
    """Return what makes a text file of these rows."""

    def make(path: Path) -> None:
        lines = io.StringIO(newline="")
        csv.writer(lines, delimiter=delimiter).writerows(rows)
        path.write_bytes(lines.getvalue().encode(encoding))

    return make


def content(data: bytes) -> Make:
    """Return what writes these bytes."""
    return lambda path: path.write_bytes(data)


def changed(part: str, change: Callable[[bytes], bytes], *, declared: int | None = None) -> Make:
    """Return what makes a good .xlsx with one part changed; `declared` is the size that the list of parts then tells."""

    def make(path: Path) -> None:
        good(path)
        with zipfile.ZipFile(path) as source:
            parts = {each.filename: source.read(each) for each in source.infolist()}
        parts[part] = change(parts.get(part, b""))
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name, data in parts.items():
                target.writestr(name, data)
        if declared is not None:
            lie(path, part, declared)

    return make


def lie(path: Path, part: str, size: int) -> None:
    """Let the archive declare another unpacked size of a part, in its list and before the part itself."""
    data = bytearray(path.read_bytes())
    for signature, place_of_size, place_of_name in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        for found in re.finditer(re.escape(signature), bytes(data)):
            start = found.start()
            if data[start + place_of_name:start + place_of_name + len(part)] == part.encode():
                data[start + place_of_size:start + place_of_size + 4] = struct.pack("<I", size)
    path.write_bytes(data)


good = sheet_of([HEADS, FIRST, SECOND])


def padded(size: int) -> Make:
    """Return what makes an .xlsx whose sheet holds so many bytes of blank rows, packed to almost nothing."""
    row = b'<row r="9"><c r="A9"/></row>'
    return changed("xl/worksheets/sheet1.xml", lambda part: part.replace(b"</sheetData>", row * (size // len(row)) + b"</sheetData>"))


def laughing(part: bytes) -> bytes:
    """Return the part with entities that grow a thousand million times."""
    grown = b"".join(b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10))
    declared = b'<!DOCTYPE lol [<!ENTITY l0 "lol">' + grown + b"]>"
    return part.replace(b"?>", b"?>" + declared, 1).replace(b"</sst>", b"<si><t>&l9;</t></si></sst>")


def outside(part: bytes) -> bytes:
    """Return the part with an entity that stands for a file of this computer."""
    return part.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>', 1)


def many_parts(path: Path) -> None:
    """Make an .xlsx with thousands of empty parts."""
    good(path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(3000):
            archive.writestr(f"xl/media/{number}.xml", b"")


def climbing(path: Path) -> None:
    """Make an .xlsx with a part whose path leads out of the folder."""
    good(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../start.py", b"print('evil')")


def twofold(path: Path) -> None:
    """Make an .xlsx with two sheets of one name of part: one reader sees this, another that."""
    good(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/sheet1.xml", b"<worksheet/>")


def macros(path: Path) -> None:
    """Make a workbook with macros in it."""
    good(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")


def cut(path: Path) -> None:
    """Make an .xlsx of which the last third was not transmitted."""
    sheet_of([HEADS, *([number, f"P{number}", f"项目{number}", number * 1.5] for number in range(500))])(path)
    data = path.read_bytes()
    path.write_bytes(data[:len(data) * 2 // 3])


def torn(path: Path) -> None:
    """Make an .xlsx whose sheet was damaged on the way, its list of parts being whole."""
    sheet_of([HEADS, *([number, f"P{number}", f"项目{number}", number * 1.5] for number in range(500))])(path)
    data = bytearray(path.read_bytes())
    place = data.index(b"xl/worksheets/sheet1.xml") + 200
    data[place:place + 64] = bytes(64)
    path.write_bytes(data)


def compound(*streams: str) -> Make:
    """Return what makes the least compound file that lists these streams: header, table of sectors, directory."""

    def make(path: Path) -> None:
        free, end = 0xFFFFFFFF, 0xFFFFFFFE
        header = struct.pack(
            "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6),
            0, 1, 1, 0, 4096, end, 0, end, 0)
        header += struct.pack("<109I", 0, *[free] * 108)
        table = struct.pack("<128I", 0xFFFFFFFD, end, *[free] * 126)
        directory = b"".join(_entry(name, 5 if number == 0 else 2) for number, name in enumerate(("Root Entry", *streams)))
        path.write_bytes(header + table + directory.ljust(512, b"\0"))

    return make


def _entry(name: str, kind: int) -> bytes:
    text = f"{name}\0".encode("utf-16-le")
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    return text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1) + links + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)


def encrypted_parts(path: Path) -> None:
    """Make an .xlsx whose parts are said to be encrypted, as a packer with a password leaves them."""
    good(path)
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for found in re.finditer(re.escape(signature), bytes(data)):
            data[found.start() + place] |= 1
    path.write_bytes(data)


def archive_of_files(path: Path) -> None:
    """Make an archive with a spreadsheet in it, named as if it were one."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("一季度.csv", "项目编号,项目名称")


def merged_over_everything(path: Path) -> None:
    """Make an .xlsx of which one merged range covers the whole sheet."""
    changed("xl/worksheets/sheet1.xml", lambda part: part.replace(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'))(path)


def far_cell(path: Path) -> None:
    """Make an .xlsx with one cell in the last corner of the sheet, so that it seems to have 17 thousand million."""
    sheet_of([HEADS, FIRST], lambda _book, sheet: sheet.write(1_048_575, 16_383, "角落"))(path)


def declared_rows(part: bytes) -> bytes:
    """Return the part with a dimension that covers the whole sheet."""
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', part)


WEB_PAGE = b"<html><body><table><tr><td>\xe9\xa1\xb9\xe7\x9b\xae</td></tr></table></body></html>"
EXCEL_XML = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'

HOSTILE = (
    Hostile("炸弹.xlsx", padded(90 * 2**20), "大得不像正常的表格"),
    Hostile("谎报大小.xlsx", changed(
        "xl/worksheets/sheet1.xml", lambda part: part.replace(b"</sheetData>", b" " * 60 * 2**20 + b"</sheetData>"), declared=9000),
        "不完整或已损坏"),
    Hostile("谎报字表.xlsx", changed(
        "xl/sharedStrings.xml", lambda part: part.replace(b"</sst>", b" " * 60 * 2**20 + b"</sst>"), declared=900),
        "不完整或已损坏"),
    Hostile("千重引用.xlsx", changed("xl/sharedStrings.xml", laughing), "文档类型声明"),
    Hostile("外部实体.xlsx", changed("xl/workbook.xml", outside), "文档类型声明"),
    Hostile("越界路径.xlsx", climbing, "越界或重复的路径"),
    Hostile("重复部件.xlsx", twofold, "越界或重复的路径"),
    Hostile("部件过多.xlsx", many_parts, "超过上限 2000 个"),
    Hostile("有密码.xlsx", compound("EncryptionInfo", "EncryptedPackage"), "打开密码"),
    Hostile("部件有密码.xlsx", encrypted_parts, "打开密码"),
    Hostile("没传完.xlsx", cut, "不完整或已损坏"),
    Hostile("有损坏.xlsx", torn, "不完整或已损坏"),
    Hostile("其实是新版.xls", good, "把扩展名改为 .xlsx"),
    Hostile("其实是旧版.xlsx", compound("Workbook"), "把扩展名改为 .xls"),
    Hostile("其实是文本.xlsx", text_of([HEADS, FIRST]), "把扩展名改为 .csv"),
    Hostile("其实是工作簿.csv", good, "把扩展名改为 .xlsx"),
    Hostile("其实是网页.xls", content(WEB_PAGE), "内容却是网页"),
    Hostile("其实是XML.xls", content(EXCEL_XML), "内容却是XML 表格"),
    Hostile("其实是压缩包.xlsx", archive_of_files, "这是压缩包"),
    Hostile("其实是图片.xlsx", content(b"\x89PNG\r\n\x1a\n" + bytes(200)), "内容却是图片"),
    Hostile("二进制.csv", content(bytes(range(256)) * 40), "内容无法识别"),
    Hostile("有宏.xlsm", macros, "含宏"),
    Hostile("文档.docx", content(b"PK\x03\x04"), "不是电子表格"),
    Hostile("空的.xlsx", content(b""), "文件是空的"),
    Hostile("太大.csv", content(b"a,b\n" * (6 * 2**20)), "超过上限 20 MB"),
    Hostile("远处一格.xlsx", far_cell, "内存或时间超过上限"),
    Hostile("声明满行.xlsx", changed("xl/worksheets/sheet1.xml", declared_rows), ""),
    Hostile("整张合并.xlsx", merged_over_everything, ""),
    Hostile("公式注入.xlsx", sheet_of([HEADS, *([n, f"P{n}", text, 1, "2024", "新建"] for n, text in enumerate(INJECTIONS))]), ""),
    Hostile("公式注入.csv", text_of([HEADS, *([n, f"P{n}", f"'{text}", 1, "2024", "新建"] for n, text in enumerate(INJECTIONS))]), ""),
)


# What people have


def _two_lines(book: Any, sheet: Any) -> None:
    sheet.merge_range("A1:F1", "重点项目进展情况表", book.add_format({"align": "center"}))
    sheet.write("A2", "填报单位：高新区管委会")
    sheet.write("F2", "单位：万元")
    for letter, text in zip("ABC", ("序号", "项目编号", "项目名称"), strict=True):
        sheet.merge_range(f"{letter}3:{letter}4", text)
    sheet.merge_range("D3:E3", "投资与进度")
    sheet.merge_range("F3:F4", "建设性质")


def _hide(_book: Any, sheet: Any) -> None:
    sheet.set_row(1, None, None, {"hidden": True})


def _blank_formatted(book: Any, sheet: Any) -> None:
    border = book.add_format({"border": 1})
    for number in range(3, 3000):
        for place in range(6):
            sheet.write_blank(number, place, None, border)


def _merged_data(_book: Any, sheet: Any) -> None:
    sheet.merge_range("F2:F3", "新建")


def _dates(_book: Any = None, _sheet: Any = None) -> list[list[Any]]:
    spellings = [
        "2024-3-1", "2024/03/01", "2024.3.1", "20240301", "2024年3月1日", 45352, datetime.date(2024, 3, 1), "２０２４－３－１",
        20240301, "2024年3月1号", "2024-03-01 08:30:00",
    ]  # fmt: skip
    parts = ["2023-05", "2023.5", "2023年5月", 202305, 2023.5, "2023/05"]
    years = ["2023年", 2023, "2023"]
    return [[f"D{number}", "甲", spelling] for number, spelling in enumerate([*spellings, *parts, *years])]


DATED = [
    {"code": f"D{number}", "name": "甲", "started_on": "2024-03-01" if number < 11 else "2023-05" if number < 17 else "2023"}
    for number in range(20)
]  # fmt: skip
PLAIN = [HEADS, FIRST, SECOND]
MARKED = [[*HEADS, "错误说明"], [*FIRST, "开工日期不对"], SECOND]


def _formulas(path: Path) -> None:
    """Make an .xlsx with formulas that were calculated, errors, and one formula that never was."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS[1:4])
        sheet.write_row(1, 0, ["P1", "光伏组件"])
        sheet.write_formula("C2", "=6000+6000.5", None, 12000.5)


def by_openpyxl(path: Path) -> None:
    """Make an .xlsx as another library writes it, with the cells of text in place."""
    book = openpyxl.Workbook()
    for row in PLAIN:
        book.active.append(row)
    book.save(path)


def converted(make: Make, kind: str) -> Make:
    """Return what makes another kind of workbook of an .xlsx, by an office program; raise OSError where there is none."""

    def convert(path: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "source.xlsx")
            make(source)
            profile = Path(folder, "profile").as_uri()
            subprocess.run(
                ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir", folder, str(source)],
                check=True, capture_output=True)
            shutil.copyfile(source.with_suffix(f".{kind}"), path)

    return convert


def since_1904(path: Path) -> None:
    """Make an .xlsx of the old Macintosh calendar: a cell with a date, and one with its bare number."""
    rows = [HEADS[1:3] + HEADS[4:5], ["P1", "光伏组件", datetime.date(2024, 3, 1)], ["P2", "碳纤维", 45352 - 1462]]
    sheet_of(rows, date_1904=True)(path)


MESSY = (
    Messy("平常.xlsx", good, MEANT),
    Messy("另一家写的.xlsx", by_openpyxl, MEANT),
    Messy("两行表头.xlsx", sheet_of(
        [[], [], [], ["", "", "", "计划总投资", "开工日期"], FIRST, SECOND, ["合计", "", "", 20000.5]], _two_lines), MEANT, ("total",)),
    Messy("隐藏行.xlsx", sheet_of(PLAIN, _hide), MEANT),
    Messy("合计小计.xlsx", sheet_of(
        [HEADS, ["一、续建项目"], FIRST, ["", "小计", "", 12000.5], ["二、新建项目"], SECOND, ["", "总 计（2个）", "", 20000.5],
         ["填表人：张三", "", "", "审核人：李四"], ["注：投资以协议为准"]]),
        MEANT, ("section", "total", "section", "total", "remark", "remark")),
    Messy("空白带框.xlsx", sheet_of(PLAIN, _blank_formatted), MEANT),
    Messy("中间空行.xlsx", sheet_of([HEADS, FIRST, [], [], SECOND]), MEANT, ("blank", "blank")),
    Messy("全角.xlsx", sheet_of(
        [HEADS, ["１", "Ｐ１", "光伏组件", "１２，０００．５", "２０２４－３－１", "新建"],
         ["２", "Ｐ２", "碳纤维", " 8,000 ", "2023年5月", "扩建"]]), MEANT),
    Messy("文本数字.xlsx", sheet_of(
        [HEADS, ["1", "P1", " 光伏组件　", "12,000.50", "20240301", "新建 "],
         ["2", "P2", "碳纤维", "8000.00", "202305", "expansion"]]), MEANT),
    Messy("日期写法.xlsx", sheet_of([["项目编号", "项目名称", "开工日期"], *_dates()]), DATED),
    Messy("1904.xlsx", since_1904, [
        {"code": "P1", "name": "光伏组件", "started_on": "2024-03-01"}, {"code": "P2", "name": "碳纤维", "started_on": "2024-03-01"}]),
    Messy("国标编码.csv", text_of(PLAIN, "gb18030"), MEANT),
    Messy("带标记.csv", text_of(PLAIN, "utf-8-sig"), MEANT),
    Messy("无标记.csv", text_of(PLAIN), MEANT),
    Messy("双字节.csv", text_of(PLAIN, "utf-16", "\t"), MEANT),
    Messy("分号.csv", text_of(PLAIN, "gb18030", ";"), MEANT),
    Messy("两行表头.csv", text_of(
        [["重点项目表"], ["", "", "", "投资与进度", "", ""], HEADS, FIRST, SECOND], "gb18030"), MEANT),
    Messy("单位行.xlsx", sheet_of(
        [["重点项目表"], ["单位：亿元"], ["序号", "项目编号", "项目名称", "计划总投资", "开工日期", "建设性质"],
         [1, "P1", "光伏组件", 1.20005, "2024-03-01", "新建"], [2, "P2", "碳纤维", 0.8, "2023-05", "扩建"]]), MEANT),
    Messy("表头有单位.xlsx", sheet_of(
        [["序号", "项目编号", "项目名称", "计划总投资/元", "开工日期", "建设性质"],
         [1, "P1", "光伏组件", 120005000, "2024-03-01", "新建"], [2, "P2", "碳纤维", 80000000, "2023-05", "扩建"]]), MEANT),
    Messy("别名.xlsx", sheet_of(
        [["项目编码", "项目", "总投资额(万元)", "开工\n时间", "建设 类型*"], FIRST[1:], SECOND[1:]]), MEANT),
    Messy("多余的列.xlsx", sheet_of(
        [["序号", "领导批示", *HEADS[1:], "联系电话"], [1, "阅", *FIRST[1:], "13800138000"], [2, "", *SECOND[1:], ""]]), MEANT),
    Messy("列号行.xlsx", sheet_of([HEADS, ["甲", "乙", "丙", 1, 2, 3], FIRST, SECOND]), MEANT, ("numbering",)),
    Messy("改过再交.xlsx", sheet_of(MARKED), MEANT),
    Messy("公式.xlsx", _formulas, [{"code": "P1", "name": "光伏组件", "total_investment": "12000.5"}]),
    Messy("合并数据.xlsx", sheet_of([HEADS, FIRST, [2, "P2", "碳纤维", 8000, "2023-05"]], _merged_data),
        [MEANT[0], {**MEANT[1], "nature": "new"}]),
)


def make_all(folder: Path) -> None:
    """Make all of them in the folder."""
    for each in (*HOSTILE, *MESSY):
        each.make(folder / each.name)
