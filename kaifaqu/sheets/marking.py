"""Marking: the workbook that goes back to the person who handed it in, with one more column that says what is wrong.

Corrected, it can be handed in as it is: reading ignores that column.
"""

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from kaifaqu.sheets.confined import Child, Died
from kaifaqu.sheets.guarding import limit
from kaifaqu.sheets.headings import KEY, folded, marked
from kaifaqu.sheets.reader import MARK
from kaifaqu.sheets.reading import Book, Cell, Sheet, read

Error = tuple[str, int, int | None, str]  # sheet, row from 1, column from 0 or None, what is wrong and what to write
EDITED = 2 * 2**20  # bytes of an .xlsx that is edited, about 20,000 rows; a larger one is written anew
LONGEST = 32_000  # characters of a cell
KEPT = 15  # digits that a spreadsheet keeps of a number
WIDTH = 60
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
TEXT = {"num_format": "@"}
FAULTY = {"bg_color": "#FFC7CE"}
HEAD = {"bold": True, "text_wrap": True}
TOLD = {"text_wrap": True, "valign": "top"}


@dataclass
class Marks:
    """The errors of one sheet by row, each with the wrong cells, and where they are written; columns count from 1."""

    errors: dict[int, tuple[str, list[int]]]
    heading: int
    column: int = 1
    last: int = 1

    def find_room(self, sheet: Sheet) -> None:
        """Find the column: the one that an earlier copy has, or the one behind all that are in use."""
        width, earlier = 0, None
        for row in sheet:
            width, self.last = max(width, len(row.cells)), row.number
            if row.number == self.heading:
                heads = [folded(cell.value) for cell in row.cells]
                earlier = heads.index(folded(marked())) if folded(marked()) in heads else None
        self.column = (width if earlier is None else earlier) + 1


def mark(path: Path, name: str, errors: Iterable[Error], target: Path, *, headings: Mapping[str, int] | None = None) -> None:
    """Write to the target an .xlsx with the upload's rows, the errors beside them and the wrong cells coloured.

    `headings` has the number of each sheet's last heading row, by default 1. An .xlsx keeps its layout, styles and
    formulas; any other kind, and an .xlsx that is too large or too strange to edit, is written anew with its values in the
    same places. Raise Refused for a file that cannot be read.
    """
    marks = _by_sheet(errors, headings or {})
    with read(path, name) as book:
        kind = book.kind
        for sheet in book.sheets:
            if sheet.name in marks:
                marks[sheet.name].find_room(sheet)
    scratch = target.with_name(f"{target.name}.part")
    if not (kind == "xlsx" and path.stat().st_size <= EDITED and _edited(path, marks, scratch)):
        with read(path, name) as book:
            _rebuilt(book, marks, scratch)
    scratch.replace(target)


def _by_sheet(errors: Iterable[Error], headings: Mapping[str, int]) -> dict[str, Marks]:
    sentences: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    for sheet, row, place, text in errors:
        sentences[sheet, row][text] = None
        if place is not None:
            places[sheet, row].add(place + 1)
    marks: dict[str, Marks] = {}
    for (sheet, row), texts in sorted(sentences.items()):
        told = marks.setdefault(sheet, Marks({}, headings.get(sheet, 1)))
        told.errors[row] = ("\n".join(texts)[:LONGEST], sorted(places[sheet, row]))
    return marks


def _edited(path: Path, marks: dict[str, Marks], target: Path) -> bool:
    """Edit a copy of the workbook in a child process; return whether it came out."""
    asked = {
        "path": str(path), "target": str(target), "heading": marked(), "sheets": {name: asdict(each) for name, each in marks.items()},
        "memory": limit("memory"), "processor": limit("processor"),
    }  # fmt: skip
    with contextlib.suppress(Died):
        return any("end" in message for message in Child("kaifaqu.sheets.marker", asked, silence=limit("conversion")).messages())
    return False


def _rebuilt(book: Book, marks: dict[str, Marks], target: Path) -> None:
    """Write the workbook anew: every value in its place, every text as text."""
    made = xlsxwriter.Workbook(str(target), OPTIONS)
    forms = {
        (kind, wrong): made.add_format({**(TEXT if kind == "text" else {}), **(FAULTY if wrong else {})})
        for kind in ("text", "number") for wrong in (False, True)
    }  # fmt: skip
    head, told = made.add_format(HEAD), made.add_format(TOLD)
    shown = False
    for sheet in book.sheets:
        page = made.add_worksheet(_unused(made, sheet.name))
        if sheet.hidden:
            page.hide()
        elif not shown:
            page.activate()
            page.set_first_sheet()
            shown = True
        here = marks.get(sheet.name, Marks({}, -1, column=0))
        top = 0 if here.heading == 0 else 1  # the headings of a list of features stand above its row 1
        for row in sheet:
            number, (sentence, wrong) = row.number - top, here.errors.get(row.number, ("", []))
            page.set_row(number, None, None, {"hidden": row.hidden})
            for place, cell in enumerate(row.cells):
                if place + 1 != here.column:
                    kind = "number" if _is_kept(cell) else "text"
                    _write(page, number, place, cell, forms[kind, place + 1 in wrong])
                if cell.value == KEY:
                    page.set_column(place, place, None, None, {"hidden": True})
            if row.number == here.heading or sentence:
                text, form = (marked(), head) if row.number == here.heading else (sentence, told)
                page.write_string(number, here.column - 1, text, form)
        if here.errors:
            page.set_column(here.column - 1, here.column - 1, WIDTH)
            page.autofilter(here.heading - top, 0, max(here.last, here.heading) - top, here.column - 1)
    if book.mark:
        page = made.add_worksheet(MARK)
        page.write_string(0, 0, book.mark)
        page.hide()
    made.close()


def _unused(made: Any, name: str) -> str | None:
    """Return the name as a sheet may have it; None, for a name of its own, where it is taken or there is none."""
    allowed = re.sub(r"[\[\]:*?/\\']", " ", name)[:31]
    return allowed if allowed and allowed.lower() not in map(str.lower, made.sheetnames) else None


def _is_kept(cell: Cell) -> bool:
    """Tell whether a spreadsheet keeps every digit of the cell's number."""
    return cell.kind == "number" and len(cell.value.replace(".", "").strip("-0")) <= KEPT


def _write(page: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    if _is_kept(cell):
        page.write_number(row, column, float(cell.value), form)
    elif cell.value and cell != ("error", "="):  # a formula without a result leaves nothing
        page.write_string(row, column, cell.value[:LONGEST], form)
