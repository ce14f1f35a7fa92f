"""How a form is shown: its workbook as a table in which every cell leads to what it holds, and its fillings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from kaifaqu.pages import manners
from kaifaqu.reporting.upper.asking import Answer
from kaifaqu.reporting.upper.book import Book
from kaifaqu.reporting.upper.models import CellKind, FormCell, FormFilling, UpperForm
from kaifaqu.reporting.upper.sheet import Place, Range, Sheet, letters, reference

ROWS, COLUMNS = 200, 40  # of a sheet that are shown; cells beyond them are pointed at by their name
LONG = 60  # characters of a cell
RECENT = 12  # fillings on a form's page


@dataclass
class Laid:
    """A sheet as it stands on a page: its columns, its rows as they are set, and whether there is more of it."""

    columns: list[str]
    hidden: list[str]
    rows: list[tuple[int, SafeString]] = field(default_factory=list)
    cut: bool = False


def laid(
    book: Book, sheet: Sheet, address: str, pointed: Mapping[Place, FormCell], chosen: Place | None, filled: Mapping[Place, Answer],
) -> Laid:  # fmt: skip
    """Return the sheet as a table; each cell leads to `address` with its name. `filled` are values that would come in."""
    last_row = max([*(row for row, _column in sheet.cells), *(row for row, _column in pointed), 1])
    last_column = max([*(column for _row, column in sheet.cells), *(column for _row, column in pointed), 1])
    rows, columns = min(last_row + 1, ROWS), min(last_column + 1, COLUMNS)
    merged = {(each.top, each.left): each for each in sheet.merged}
    told = Laid(
        [letters(each) for each in range(1, columns + 1)], [letters(each) for each in sorted(sheet.hidden) if each <= columns],
        cut=last_row > ROWS or last_column > COLUMNS)
    base = f"{address}?{urlencode({'sheet': sheet.name})}&amp;cell="
    covered = _covered(pointed)
    for row in range(1, rows + 1):
        cells = [
            _cell(book, sheet, place, base, merged.get(place), covered.get(place), place == chosen, filled.get(place), (rows, columns))
            for column in range(1, columns + 1) if sheet.anchor(place := (row, column)) == place]
        told.rows.append((row, mark_safe("".join(cells))))
    return told


def _covered(pointed: Mapping[Place, FormCell]) -> dict[Place, FormCell]:
    """Return the cells that are filled: those that were pointed at, and those of their lists."""
    found = dict(pointed)
    for (row, _column), cell in pointed.items():
        if cell.kind == CellKind.LIST:
            found |= {(row + down, column): cell for down in range(min(cell.rows or 1, ROWS)) for column, _path in cell.down}
    return found


def _cell(
    book: Book, sheet: Sheet, place: Place, base: str, block: Range | None, pointed: FormCell | None, chosen: bool,
    filled: Answer | None, size: Place,
) -> str:  # fmt: skip
    """Return one cell as it is set: a link where it can be filled, its formula where it computes."""
    name, text = reference(place), book.shown(sheet, place)
    span = ""
    if block:
        wide, high = min(block.right, size[1]) - block.left + 1, min(block.bottom, size[0]) - block.top + 1
        span = f' colspan="{wide}" rowspan="{high}"'
    if sheet.is_computed(place):
        cell = sheet.cells.get(place)
        return f'<td class="computed"{span}>={conditional_escape((cell.formula or "") if cell else "")[:LONG]}</td>'
    if filled is not None:
        text = filled.shown
    asked = pointed.place if pointed and pointed.kind == CellKind.LIST else place
    words = conditional_escape(text if len(text) <= LONG else text[:LONG] + "…") or f"<small>{name}</small>"
    label = f' aria-label="{name} {conditional_escape(text)}"' if text else ""
    current = ' aria-current="true"' if chosen else ""
    kind = "pointed" if pointed else ""
    return f'<td class="{kind}"{span}><a href="{base}{reference(asked)}"{label}{current}>{words}</a></td>'


def told_of(cell: FormCell) -> str:
    """Return in words what a cell asks for."""
    parts: list[Any] = [cell.asks]
    if cell.kind == CellKind.FIGURE:
        parts += [cell.period, cell.group, cell.against and f"比{cell.against}", cell.unit, cell.style]
    else:
        parts += [cell.subject, cell.fields, cell.where]
    return "，".join(str(each) for each in parts if each)


@manners.panel(UpperForm, "upper/_form.html", replaces=("form_cells.form", "form_fillings.form"))
def form(user: Any, record: UpperForm) -> dict[str, Any]:
    """Return what stands on the record page of a form: how far it is, and how it was filled."""
    cells = FormCell.objects.visible_to(user).filter(form=record)
    return {
        "cells": cells.count(), "fillings": fillings(user, record),
        "may_fill": bool(record.workbook) and user.has_perm("upper_forms.fill", record),
    }


def fillings(user: Any, record: UpperForm) -> list[FormFilling]:
    """Return the last fillings of a form that the person may see, the newest first."""
    return list(FormFilling.objects.visible_to(user).filter(form=record).order_by("-id")[:RECENT])


@manners.panel(FormFilling, "upper/_filling.html")
def filling(user: Any, record: FormFilling) -> dict[str, Any]:
    """Return what leads from the record of a filling to its page."""
    return {"pk": record.pk}

