"""Books: an upper level's workbook as it came, what stands in its cells, and the same workbook with some cells filled in.

Only the worksheets with such cells are written, and in them only those cells; where the workbook has formulas, it is told
to compute them when it is opened (`fullCalcOnLoad`), because their stored results are those of before. Excel and WPS do
so; LibreOffice does when it is set to, or asked by Ctrl+Shift+F9.
"""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.files import store
from kaifaqu.reporting.upper import package
from kaifaqu.reporting.upper.sheet import Place, Range, Sheet, Value, as_number
from kaifaqu.sheets import guarding

NOTE = 20  # characters above a column; more are a note
LARGEST = 40 * 2**20  # bytes of one part unpacked: a form of 200,000 cells has ten
TEXTS, STYLES, WORKSHEET = "/sharedStrings", "/styles", "/worksheet"  # how the kinds of relations end
DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # numbers of built-in formats that show a date or time
PERCENT = {9, 10}
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
CALCULATED = re.compile(rb"""<(?P<prefix>[\w.-]*:?)calcPr\b(?:[^>"']|"[^"]*"|'[^']*')*>""")
FULL = re.compile(rb"""\s+fullCalcOnLoad\s*=\s*(?:"[^"]*"|'[^']*')""")
BEFORE = ("definedNames", "externalReferences", "functionGroups", "sheets")  # what stands before calcPr, the last first


@dataclass(frozen=True)
class Listed:
    """A worksheet as the workbook lists it: its name, its part, and whether people see it."""

    name: str
    part: str
    hidden: bool


class Book:
    """A workbook from its bytes, which were examined before. Raise ValidationError for one that cannot be read."""

    def __init__(self, content: bytes, name: str = ""):
        self.content, self.name = content, name
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                self._sizes = {each.filename: each.file_size for each in archive.infolist()}
            self.main = self._main()
            self._relations = self._relations_of(self.main)
            root = self._tree(self.main)
        except (*guarding.DAMAGED, KeyError, ElementTree.ParseError):
            raise self._refused() from None
        self.is_1904 = any(each.get("date1904") in ("1", "true") for each in root if _bare(each.tag) == "workbookPr")
        self.sheets = list(self._listed(root))
        if not self.sheets:
            raise self._refused()
        self._read: dict[str, Sheet] = {}

    def _refused(self) -> ValidationError:
        return ValidationError(_(
            "「{name}」读不出来：缺少工作簿应有的部分，或已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。").format(name=self.name))

    def part(self, name: str) -> bytes:
        """Return a part's content. Raise KeyError where there is none that was examined, ValidationError for a bad or large one."""
        if not name.lower().endswith((".xml", ".rels")):  # of others nobody has looked for document types
            raise KeyError(name)
        if self._sizes[name] > LARGEST:
            raise ValidationError(_("「{name}」的 {part} 解压后有 {size} MB，不像一张报表。请删去无关的行列和工作表后再上传。").format(
                name=self.name, part=name, size=self._sizes[name] // 2**20))
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                return archive.read(name)
        except guarding.DAMAGED:
            raise self._refused() from None

    def check(self) -> None:
        """Read everything once. Raise ValidationError where a part is damaged or says what cannot be."""
        try:
            for each in self.sheets:
                sheet = self.sheet(each.name)
                for place in sheet.cells:
                    self.format_of(sheet, place)
                    self.shown(sheet, place)
        except (*guarding.DAMAGED, KeyError, ElementTree.ParseError, OverflowError):
            raise self._refused() from None

    def _tree(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.part(name))

    def _main(self) -> str:
        """Return the name of the part that is the workbook."""
        for each in self._tree("_rels/.rels"):
            if each.get("Type", "").endswith("/officeDocument"):
                return each.get("Target", "").lstrip("/")
        raise KeyError("officeDocument")

    def _relations_of(self, part: str) -> dict[str, tuple[str, str]]:
        """Return by its id the kind and the part of each relation of a part."""
        path = PurePosixPath(part)
        found = {}
        for each in self._tree(str(path.parent / "_rels" / f"{path.name}.rels")):
            target = each.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else _joined(path.parent, target)
            found[each.get("Id", "")] = (each.get("Type", ""), whole)
        return found

    def _listed(self, root: ElementTree.Element) -> Iterator[Listed]:
        for each in next((each for each in root if _bare(each.tag) == "sheets"), ()):
            key = next((value for name, value in each.attrib.items() if _bare(name) == "id"), "")
            kind, part = self._relations.get(key, ("", ""))
            if kind.endswith(WORKSHEET) and part in self._sizes:
                yield Listed(each.get("name", ""), part, each.get("state", "visible") != "visible")

    def _related(self, kind: str) -> str:
        return next((part for found, part in self._relations.values() if found.endswith(kind) and part in self._sizes), "")

    def sheet(self, name: str) -> Sheet:
        """Return a worksheet by its name. Raise ValidationError that names those there are."""
        if name not in self._read:
            listed = next((each for each in self.sheets if each.name == name), None)
            if listed is None:
                raise ValidationError(_("空表里没有工作表「{sheet}」。现有：{names}。").format(
                    sheet=name, names="、".join(each.name for each in self.sheets)))
            self._read[name] = Sheet(self.part(listed.part), name)
        return self._read[name]

    @cached_property
    def texts(self) -> list[str]:
        """Return the shared texts by their number."""
        part = self._related(TEXTS)
        return [_text(each) for each in self._tree(part)] if part else []

    @cached_property
    def formats(self) -> list[tuple[int, str]]:
        """Return the number format of each style: its number, and its code where it is none of the built-in ones."""
        part = self._related(STYLES)
        if not part:
            return []
        root = self._tree(part)
        codes = {int(each.get("numFmtId", 0)): each.get("formatCode", "") for each in root.iter() if _bare(each.tag) == "numFmt"}
        used: Any = next((each for each in root if _bare(each.tag) == "cellXfs"), [])
        return [(number := int(each.get("numFmtId", 0)), codes.get(number, "")) for each in used]

    def format_of(self, sheet: Sheet, place: Place) -> tuple[int, str]:
        """Return the number format of a cell: its number and, of one that is not built in, its code."""
        style = sheet.style_of(place)
        return self.formats[style] if style < len(self.formats) else (0, "")

    def wants_date(self, sheet: Sheet, place: Place) -> bool:
        """Tell whether the cell's format shows a number as a date."""
        number, code = self.format_of(sheet, place)
        return bool(re.search("[yYdDeE年]", QUOTED.sub("", code))) if code else number in DATES

    def wants_percent(self, sheet: Sheet, place: Place) -> bool:
        """Tell whether the cell's format shows a share as a percentage."""
        number, code = self.format_of(sheet, place)
        return "%" in QUOTED.sub("", code) if code else number in PERCENT

    def serial(self, day: date) -> int:
        """Return the number that means the day in this workbook, which counts from 1900 or from 1904."""
        return (day - (date(1904, 1, 1) if self.is_1904 else date(1899, 12, 30))).days

    def shown(self, sheet: Sheet, place: Place) -> str:
        """Return a cell's value as a person reads it: its text, its number, the date that it means."""
        cell = sheet.cells.get(place)
        if cell is None or cell.raw == "":
            return ""
        if cell.kind == "s":
            return self.texts[int(cell.raw)] if cell.raw.isdecimal() and int(cell.raw) < len(self.texts) else ""
        if cell.kind == "b":
            return _("是") if cell.raw == "1" else _("否")
        number = as_number(cell.raw) if cell.kind == "n" else None
        if number is not None and self.wants_date(sheet, place) and 0 < number < 2_958_466:
            return f"{self.serial_day(int(number))}"
        return cell.raw

    def serial_day(self, number: int) -> date:
        """Return the day that a number means in this workbook."""
        return (date(1904, 1, 1) if self.is_1904 else date(1899, 12, 30)) + timedelta(days=number)

    def heading(self, sheet: Sheet, place: Place) -> str:
        """Return what the cell is called: the texts above it, the outermost first, and the one to its left.

        A title that lies across the sheet from its first column, or a note, is none of them.
        """
        row, column = sheet.anchor(place)
        left = next((text for each in range(column - 1, 0, -1) if (text := self._words(sheet, (row, each)))), "")
        above: list[str] = []
        for each in range(row - 1, 0, -1):
            text = "" if column > 1 and sheet.anchor((each, column))[1] == 1 else self._words(sheet, (each, column))
            if len(text) > NOTE:
                break
            if text and text not in above:
                above.insert(0, text)
            elif not text and above or len(above) == 3:
                break
        return " / ".join([*above[-2:], *([left] if left and left not in above else [])])[:200]

    def _words(self, sheet: Sheet, place: Place) -> str:
        """Return a cell's text if it is one, and no number."""
        cell = sheet.cells.get(sheet.anchor(place))
        if cell is None or cell.formula is not None or cell.kind not in ("s", "inlineStr", "str"):
            return ""
        return " ".join(self.shown(sheet, sheet.anchor(place)).split())

    @property
    def has_formulas(self) -> bool:
        """Tell whether any worksheet computes anything."""
        return any(cell.formula is not None for each in self.sheets for cell in self.sheet(each.name).cells.values())

    def filled(self, values: Mapping[tuple[str, Place], Value]) -> bytes:
        """Return the workbook's bytes with these cells filled in; None empties one. All other parts stay as they came."""
        by_sheet: dict[str, dict[Place, Value]] = {}
        for (name, place), value in values.items():
            by_sheet.setdefault(name, {})[place] = value
        parts = {each.part: self.sheet(each.name).filled(by_sheet[each.name]) for each in self.sheets if each.name in by_sheet}
        if parts and self.has_formulas:
            parts[self.main] = recalculated(self.part(self.main))
        return package.changed(self.content, parts)

    def overlapping(self, sheet: Sheet, block: Range) -> list[Place]:
        """Return the computed cells of a block, in their order."""
        cells = ((row, column) for row in range(block.top, block.bottom + 1) for column in range(block.left, block.right + 1))
        return [place for place in cells if sheet.is_computed(place)]


def recalculated(workbook: bytes) -> bytes:
    """Return the part of the workbook with the demand to compute all formulas when it is opened, and nothing else changed."""
    if found := CALCULATED.search(workbook):
        tag = FULL.sub(b"", found[0])
        at = len(tag) - (2 if tag.endswith(b"/>") else 1)
        return workbook[:found.start()] + tag[:at].rstrip() + b' fullCalcOnLoad="1"' + tag[at:] + workbook[found.end():]
    for name in BEFORE:
        ends = [*re.finditer(rb"</([\w.-]*:?)" + name.encode() + rb"\s*>|<([\w.-]*:?)" + name.encode() + rb"\b[^>]*/>", workbook)]
        if ends:
            prefix = ends[-1][1] or ends[-1][2] or b""
            at = ends[-1].end()
            return workbook[:at] + b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>' + workbook[at:]
    return workbook


def received(content: bytes, name: str) -> Book:
    """Return the workbook of a file that somebody hands in. Raise ValidationError with what is wrong, and what to do.

    It is examined before anything in it is unpacked.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "workbook"
        path.write_bytes(content)
        kind = guarding.examine(path, name)
    if kind != "xlsx":
        raise ValidationError(_("「{name}」：上级报表只收 .xlsx。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。").format(name=name))
    book = Book(content, name)
    book.check()
    return book


@lru_cache(maxsize=3)
def kept(sha256: str) -> Book:
    """Return the workbook that the store keeps under this hash. Raise ValidationError where it has lost the file."""
    try:
        with store.open(sha256) as file:
            return Book(file.read(), _("空表"))
    except LookupError as problem:
        raise ValidationError(problem.args[0]) from None


def _joined(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for each in (folder / target).parts:
        if each == "..":
            parts = parts[:-1]
        elif each != ".":
            parts.append(each)
    return "/".join(parts)


def _bare(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def _text(item: Any) -> str:
    """Return a shared text, of rich ones all pieces, without what says how they are pronounced."""
    if _bare(item.tag) == "rPh":
        return ""
    return (item.text or "" if _bare(item.tag) == "t" else "") + "".join(_text(each) for each in item)
