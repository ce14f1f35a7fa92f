"""Columns of a register as these tests use them, and how a file is read through all rooms to its facts."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.db import models

from kaifaqu.kernel.fields import ExactField, PartialDateField
from kaifaqu.sheets.cells import value_of
from kaifaqu.sheets.headings import find
from kaifaqu.sheets.reading import Book, read


def named(name: str, column: models.Field) -> models.Field:
    """Return the field as if a model had it by this name."""
    column.set_attributes_from_name(name)
    return column


CODE = named("code", models.CharField("项目编号", max_length=40))
NAME = named("name", models.CharField("项目名称", max_length=200))
INVESTMENT = named("total_investment", ExactField("计划总投资（万元）", scale=6, null=True))
STARTED_ON = named("started_on", PartialDateField("开工日期", null=True))
NATURE = named("nature", models.CharField("建设性质", max_length=16, choices=[("new", "新建"), ("expansion", "扩建")], blank=True))
COLUMNS = [CODE, NAME, INVESTMENT, STARTED_ON, NATURE]
SYNONYMS = {
    "code": ("编码", "项目编码"), "name": ("项目", "名称"), "total_investment": ("总投资额",), "started_on": ("开工时间",),
    "nature": ("建设类型",),
}  # fmt: skip


def meant(book: Book) -> tuple[list[dict[str, str]], list[str]]:
    """Return what the rows of the book's first sheet with headings mean, and the kinds of rows that were skipped."""
    for sheet in book.sheets:
        layout = find(sheet.head(), COLUMNS, synonyms=SYNONYMS, merged=sheet.merged, mark=book.mark)
        assert layout.problems == []
        facts: list[dict[str, Any]] = [
            {
                heading.column.name: value_of(heading.column, row.at(place), heading.unit, since_1904=sheet.since_1904)
                for place, heading in layout.columns.items()
            }
            for row in layout.data(sheet)
        ]  # fmt: skip
        told = [{name: told_as(value) for name, value in row.items()} for row in facts]
        return told, [*(kind for _number, kind in layout.skipped), *["blank"] * layout.blank]
    raise AssertionError("no sheet")


def told_as(value: Any) -> str:
    """Return a fact as text, an amount without idle zeros."""
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def rows_of(path: Path) -> dict[str, list[list[str]]]:
    """Return the texts of all rows by sheet."""
    with read(path, path.name) as book:
        return {sheet.name: [[cell.value for cell in row.cells] for row in sheet] for sheet in book.sheets}


def kinds_of(path: Path) -> Counter[str]:
    """Return how many cells of each kind the file has."""
    with read(path, path.name) as book:
        return Counter(cell.kind for sheet in book.sheets for row in sheet for cell in row.cells)
