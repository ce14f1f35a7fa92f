"""A list as it is seen: a workbook to be read and sent on, in the columns that are shown. What comes in again is exported otherwise."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db import models

from kaifaqu.sheets.columns import Column
from kaifaqu.sheets.messages import text_of
from kaifaqu.sheets.provenance import Provenance
from kaifaqu.sheets.workbooks import is_shown_exactly

WIDEST = 40  # characters of a column


def seen(
    rows: Iterable[Any], fields: Sequence[models.Field], about: Provenance, user: Any, stream: IO[bytes], *, filters: str,
    totals: Sequence[Any],
) -> None:
    """Write a title, the headings, a line for each row and the totals; references by name, amounts as numbers, no personal fact."""
    columns = [column for column in map(Column, fields) if not column.is_personal]
    sums = dict(zip([field.name for field in fields], totals, strict=False))
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        head = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, "，".join(text for text in (about.title, filters, f"{about.made:%Y-%m-%d %H:%M}") if text), bold)
        widths = [len(str(column.field.verbose_name)) for column in columns]
        for place, column in enumerate(columns):
            sheet.write_string(1, place, str(column.field.verbose_name), head)
        line = 1
        for row in rows:
            line += 1
            for place, column in enumerate(columns):
                value, text = getattr(row, column.field.attname), text_of(row, column, user)
                widths[place] = max(widths[place], _put(sheet, line, place, value, text, cell))
        if any(sums.values()):
            for place, column in enumerate(columns):
                total = sums.get(column.field.name)
                _put(sheet, line + 1, place, total and total.value, "" if place else f"{line - 1}", head)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, min(width, WIDEST) * 1.7 + 2)
        sheet.freeze_panes(2, 1)
        sheet.repeat_rows(1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)


def _put(sheet: Any, line: int, place: int, value: Any, text: str, form: Any) -> int:
    """Write one cell, an amount as a number where that is exact; return how wide it is."""
    if isinstance(value, Decimal) and is_shown_exactly(value):
        sheet.write_number(line, place, float(value), form)
    elif text:
        sheet.write_string(line, place, text, form)
    else:
        sheet.write_blank(line, place, None, form)
    return len(text)
