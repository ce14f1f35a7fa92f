"""The annex of a document: a workbook of its numbers, each with what it means, and of every record behind them."""

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

import xlsxwriter
from django.utils.translation import override

from kaifaqu.kernel.records import registers
from kaifaqu.reporting.document import Document, Stamp
from kaifaqu.reporting.paper import notes
from kaifaqu.sheets.workbooks import A4, HEAD, OPTIONS, PLAIN, ROWS, is_shown_exactly

NUMBERS = (  # heading and width of each column
    ("查证码", 14), ("文中写作", 16), ("准确值", 18), ("单位", 10), ("指标", 30), ("指标代码", 34), ("期间", 18), ("范围", 14),
    ("分组", 16), ("口径", 60), ("比较期间", 16), ("比较基数", 18), ("规则", 24), ("数据截至", 12), ("状态", 12), ("记录数", 10),
    ("没有数的原因", 40),
)  # fmt: skip
RECORDS = (("查证码", 14), ("台账", 18), ("记录编号", 24), ("所知事件", 14))
STATES = {"open": "可打开记录", "released": "只公布数值", "refused": "不能查看", "not_computable": "无法计算"}
Cell = str | int | Decimal | None


def write(document: Document, stamp: Stamp) -> bytes:
    """Return the annex as .xlsx: sheet 口径 with a row a number, sheet 记录 with a row a record; texts are never formulas.

    Where the records are more than a sheet holds, they go on in the next one.
    """
    stream = io.BytesIO()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        book = xlsxwriter.Workbook(stream, {**OPTIONS, "tmpdir": folder})
        book.set_properties({"title": document.title, "author": stamp.issuer, "comments": stamp.head})
        sheets = _Sheets(book, f"{stamp.code} {document.title}")
        sheets.add("口径", NUMBERS, _numbers(document, stamp))
        for place, rows in enumerate(_parts(_records(document, stamp)), 1):
            sheets.add("记录" if place == 1 else f"记录{place}", RECORDS, rows)
        book.close()
    return stream.getvalue()


class _Sheets:
    """Writes sheets of one workbook."""

    def __init__(self, book: Any, about: str):
        self.book, self.about = book, about
        self.plain = book.add_format({**PLAIN, "text_wrap": True, "num_format": "@"})
        self.number = book.add_format({**PLAIN, "num_format": "General"})
        self.head = book.add_format(HEAD)

    def add(self, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]) -> None:
        """Add a sheet of these columns and rows."""
        sheet, count = self.book.add_worksheet(name), 0
        for place, (heading, width) in enumerate(columns):
            sheet.set_column(place, place, width, self.plain)
            sheet.write_string(0, place, heading, self.head)
        for count, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if isinstance(value, int | Decimal) and is_shown_exactly(value):
                    sheet.write_number(count, place, float(value), self.number)
                elif value is not None and value != "":
                    sheet.write_string(count, place, f"{value:f}" if isinstance(value, Decimal) else str(value), self.plain)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer(f"&L{self.about.replace('&', '&&')}&R&P / &N")


def _numbers(document: Document, stamp: Stamp) -> Iterator[Sequence[Cell]]:
    for place, each in enumerate(document.numbers):
        yield (
            stamp.trace(place), each.shown, _exact(each.value), each.unit, each.label, each.code, each.period_label, "、".join(each.scope),
            each.group, each.basis, notes.period_label(each.against) if each.against else "", _exact(each.base), each.rule,
            each.data_date or "", STATES.get(each.status, each.status), len(each.records), each.problem,
        )  # fmt: skip


def _exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _records(document: Document, stamp: Stamp) -> Iterator[Sequence[Cell]]:
    with override("zh-hans"):  # what is issued is written in one language
        names = {name: str(register._meta.verbose_name) for name, register in registers().items()}
    for place, number in enumerate(document.numbers):
        for register, _pk, code, known in number.records:
            yield stamp.trace(place), names.get(register, register), code, known


def _parts(rows: Iterator[Sequence[Cell]]) -> Iterator[Iterable[Sequence[Cell]]]:
    """Yield the rows in parts that a sheet holds; without rows one empty part."""
    yield list(islice(rows, ROWS))
    while part := list(islice(rows, ROWS)):
        yield part
