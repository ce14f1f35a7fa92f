"""Workbooks of texts and whole numbers, without the keys and marks of a register's."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter

from kaifaqu.sheets.columns import too_long
from kaifaqu.sheets.marking import OPTIONS, TEXT

LONGEST = 32_767 // 2  # characters of a cell, of which some count twice
WIDTH = 20  # of every column, in digits

Line = Sequence[str | int | None]


def write(stream: IO[bytes], sheets: dict[str, Iterable[Line]]) -> None:
    """Write a workbook of these sheets, by their names; the first line of each is its heading. No line is kept in memory."""
    with (tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
          xlsxwriter.Workbook(stream, {**OPTIONS, "tmpdir": folder}) as book):
        head, text = book.add_format({**TEXT, "bold": True}), book.add_format(TEXT)
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for row, line in enumerate(lines):
                if row == 0:
                    sheet.set_column(0, len(line) - 1, WIDTH)
                for column, value in enumerate(line):
                    if isinstance(value, int):
                        sheet.write_number(row, column, value)
                    elif value:
                        told = value if len(value) <= LONGEST else str(too_long())
                        sheet.write_string(row, column, told, text if row else head)
