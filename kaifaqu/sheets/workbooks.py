"""Our own workbooks: one sheet of records with a hidden key column, explanations, and a hidden sheet that says what it is.

Every text is written as text, never guessed at. An amount is a number only where a spreadsheet shows exactly that number.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any, Self

import xlsxwriter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from xlsxwriter.exceptions import FileCreateError

from kaifaqu.kernel.fields import ExactField
from kaifaqu.sheets.columns import KEY, Column, spelt, too_long
from kaifaqu.sheets.provenance import Provenance

MARK = "_kaifaqu"  # the hidden sheet
ROWS = 1_048_575  # that a sheet holds below its heading
CELL = 32_767  # characters of a cell, counted as UTF-16 does
DIGITS = 15  # that a spreadsheet keeps of a number
A4 = 9
WIDTHS = {"amount": 16, "number": 10, "date": 12, "truth": 8, "choice": 12, "reference": 16}
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
PLAIN = {"font_size": 10, "valign": "top"}
HEAD = {**PLAIN, "bold": True, "text_wrap": True, "bg_color": "#EFEFEB", "bottom": 1, "num_format": "@"}


class Workbook:
    """A workbook of a register's records, written row by row: a hundred thousand rows take the memory of one.

    Left without an exception, it is finished; until then its rows lie in a folder that goes away with it.
    """

    def __init__(self, stream: IO[bytes], about: Provenance):
        self.about = about
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.book = xlsxwriter.Workbook(stream, {**OPTIONS, "tmpdir": self.folder.name})
        self.book.set_properties({"title": about.title, "comments": about.head})
        self.plain = self.book.add_format({**PLAIN, "text_wrap": True, "num_format": "@"})
        self.head = self.book.add_format(HEAD)
        self.formats = [self.book.add_format({**PLAIN, "num_format": _number_format(column)}) for column in about.columns]
        self.records = self.book.add_worksheet(_sheet_name(about.title))
        self.count = 0
        self._arrange()
        for place, heading in enumerate([KEY, *(column.heading for column in about.columns)]):
            self.records.write_string(0, place, heading, self.head_of(place))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        with self.folder:
            if kind is None:
                self.finish()

    def head_of(self, place: int) -> Any:
        """Return the format of the heading at the place."""
        return self.head

    def _arrange(self) -> None:
        """Set widths and formats of the columns, the frozen heading, and the paper."""
        sheet = self.records
        sheet.set_column(0, 0, None, self.plain, {"hidden": True})
        for place, column in enumerate(self.about.columns, 1):
            sheet.set_column(place, place, width(column), self.formats[place - 1])
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer(f"&L{self.about.title} {self.about.made:%Y-%m-%d %H:%M}&R&P / &N")

    def row(self, key: str, values: Sequence[Any]) -> None:
        """Write the next record. Raise ValidationError where the sheet is full."""
        self.count += 1
        if self.count > ROWS:
            raise ValidationError(_("一张工作表最多 {rows} 行。请先筛选，或导出为 CSV。").format(rows=ROWS))
        if key:
            self.records.write_string(self.count, 0, key, self.plain)
        for place, (column, value) in enumerate(zip(self.about.columns, values, strict=True), 1):
            self._cell(place, column, value)

    def _cell(self, place: int, column: Column, value: Any) -> None:
        form = self.formats[place - 1]
        if column.kind in ("amount", "number") and value is not None and is_shown_exactly(value):
            self.records.write_number(self.count, place, float(value), form)
        elif text := spelt(column, value):
            self.records.write_string(self.count, place, text if _fits(text) else too_long(), form)

    def page(self, name: str, lines: Iterable[Sequence[str]], widths: Sequence[int], heads: Iterable[int] = ()) -> None:
        """Add a sheet of words; `heads` are the lines set as headings."""
        sheet, heads = self.book.add_worksheet(_sheet_name(name)), {*heads}
        for place, wide in enumerate(widths):
            sheet.set_column(place, place, wide, self.plain)
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        for number, line in enumerate(lines):
            for place, text in enumerate(line):
                if text:
                    sheet.write_string(number, place, text, self.head if number in heads else self.plain)

    def finish(self) -> None:
        """Add the hidden sheet that says what the workbook is, and finish the file."""
        sheet = self.book.add_worksheet(MARK)
        sheet.write_string(0, 0, json.dumps(self.about.mark, ensure_ascii=False), self.plain)
        sheet.hide()
        self.records.activate()
        try:
            self.book.close()
        except FileCreateError as problem:  # which hides what the disk said
            raise problem.args[0] from None


def is_shown_exactly(number: Decimal | int) -> bool:
    """Tell whether a spreadsheet, which keeps fifteen digits, shows exactly this number."""
    return len(f"{Decimal(number):f}".replace(".", "").strip("-0")) <= DIGITS


def width(column: Column) -> int:
    """Return a sensible width of the column, in characters of a figure."""
    heading = 2 + sum(2 if ord(each) > 0x2E7F else 1 for each in column.heading)
    longest = getattr(column.field, "max_length", None) or 200
    return max(WIDTHS.get(column.kind, min(max(longest, 8), 32)), min(heading, 22))


def _fits(text: str) -> bool:
    return len(text) * 2 <= CELL or len(text.encode("utf-16-le")) // 2 <= CELL


def _number_format(column: Column) -> str:
    """Return how a spreadsheet shows the column: all decimals of an amount, everything else but numbers as text."""
    if isinstance(column.field, ExactField) and column.field.scale:
        return "0." + "0" * min(2, column.field.scale) + "#" * (column.field.scale - 2)
    return "0" if column.kind in ("amount", "number") else "@"


def _sheet_name(text: str) -> str:
    """Return the text as the name of a sheet, in which some characters are not allowed."""
    return re.sub(r"[\[\]:*?/\\']", " ", text)[:31]
