"""Writes errors into a copy of an .xlsx, in a child process: `python -m kaifaqu.sheets.marker`. Run by `marking`.

The copy keeps styles, widths, merged cells, hidden rows and formulas; openpyxl takes much time and memory for it.
"""

import copy
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter

from kaifaqu.sheets import confined

FAULTY = "FFFFC7CE"
WIDTH = 60


def mark(sheet: Any, heading: str, asked: dict[str, Any]) -> None:
    """Write a sheet's errors; `asked` has its heading row, last row, column (from 1), and the errors by row."""
    column, first, last = asked["column"], asked["heading"], asked["last"]
    fill = PatternFill("solid", start_color=FAULTY, end_color=FAULTY)
    head = _cell(sheet, first, column)
    if head.value:  # an earlier copy
        for row in range(first + 1, last + 1):
            _cell(sheet, row, column).value = None
    head.value = heading
    head._style = copy.copy(sheet.cell(first, max(column - 1, 1))._style)
    for row, (text, places) in asked["errors"].items():
        cell = _cell(sheet, int(row), column)
        cell.value = text
        cell.data_type = "s"  # a text stays one, whatever it begins with
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for place in places:
            sheet.cell(int(row), place).fill = fill
    sheet.column_dimensions[get_column_letter(column)].width = WIDTH
    if not sheet.tables:  # a table has a filter of its own
        sheet.auto_filter.ref = f"A{first}:{get_column_letter(column)}{max(first, last)}"


def _cell(sheet: Any, row: int, column: int) -> Any:
    """Return the cell, taken out of a merged range that covers it."""
    if isinstance(sheet.cell(row, column), MergedCell):
        for each in list(sheet.merged_cells.ranges):
            if each.min_row <= row <= each.max_row and each.min_col <= column <= each.max_col:
                sheet.unmerge_cells(str(each))
    return sheet.cell(row, column)


def main() -> None:
    """Make the copy that the parent asks for."""
    asked = confined.request()
    with open(asked["path"], "rb") as file:  # noqa: PTH123  # opened, its name needs no ending
        book = openpyxl.load_workbook(file)
    for name, errors in asked["sheets"].items():
        mark(book[name], asked["heading"], errors)
    book.save(asked["target"])
    confined.say({"end": ""})


if __name__ == "__main__":
    main()
