"""A worksheet's XML: where each cell stands in its bytes, what it holds, and the same bytes with some cells written anew.

Nothing is parsed and written again: what is not a written cell is carried over byte for byte. The names are those of
ECMA-376 part 1, 18.3 (SpreadsheetML, worksheets).
"""

import re
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel import units

Place = tuple[int, int]  # row and column, from 1
Value = Decimal | str | None  # a number, a text, or nothing
TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""")
REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})", re.ASCII)
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_MERGED = 500_000  # cells
UNTELLABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no character of XML 1.0
NAMES = {"worksheet", "sheetData", "row", "c", "f", "v", "is", "t", "rPh", "mergeCell", "col"}


@dataclass
class Cell:
    """One cell as it stands: the bytes from `start` to `end`, its attributes, its raw value, and its formula if it has one."""

    start: int
    end: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    raw: str = ""
    formula: str | None = None
    other: list[tuple[int, int]] = field(default_factory=list)  # children that are no value: they are kept

    @property
    def style(self) -> int:
        """Return the number of its format in the workbook's styles."""
        text = self.attributes.get("s", "0")
        return int(text) if text.isdecimal() else 0


@dataclass
class Row:
    """One row as it stands: its bytes, those within it, and its attributes."""

    start: int
    inside: int = 0
    inside_end: int = 0
    end: int = 0
    empty: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Range:
    """A block of cells, its borders included."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, place: Place) -> bool:
        """Tell whether the cell lies within."""
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right


class Sheet:
    """One worksheet, read once from its bytes. Raise ValidationError where it is no worksheet that can be filled."""

    def __init__(self, content: bytes, name: str):
        self.content, self.name = content, name
        self.cells: dict[Place, Cell] = {}
        self.rows: dict[int, Row] = {}
        self.merged: list[Range] = []
        self.arrays: list[Range] = []
        self.hidden: set[int] = set()  # columns
        self.columns: list[tuple[int, int, int]] = []  # first, last, style
        self.data: Row | None = None  # the bytes of all rows
        self.prefix = ""
        _Reading(self).read()
        near = [Range(each.top, each.left, min(each.bottom, each.top + 2000), min(each.right, each.left + 500)) for each in self.merged]
        if sum((each.bottom - each.top + 1) * (each.right - each.left + 1) for each in near) > MOST_MERGED:
            raise ValidationError(_("工作表「{sheet}」合并的单元格太多，不像一张报表。").format(sheet=name))
        self._anchors = {
            (row, column): (each.top, each.left) for each in near
            for row in range(each.top, each.bottom + 1) for column in range(each.left, each.right + 1)}

    def anchor(self, place: Place) -> Place:
        """Return the cell that holds the value: of merged ones the upper left."""
        return self._anchors.get(place, place)

    def is_computed(self, place: Place) -> bool:
        """Tell whether the cell holds a formula, or is filled by that of another one."""
        cell = self.cells.get(place)
        return cell is not None and cell.formula is not None or any(each.holds(place) for each in self.arrays)

    def style_of(self, place: Place) -> int:
        """Return the number of the cell's format; of one that does not exist yet, that of its row or column."""
        if (cell := self.cells.get(place)) is not None:
            return cell.style
        row = self.rows.get(place[0])
        if row and row.attributes.get("customFormat") in ("1", "true"):
            return int(row.attributes.get("s", 0))
        return next((style for first, last, style in self.columns if first <= place[1] <= last), 0)

    def filled(self, values: Mapping[Place, Value]) -> bytes:
        """Return the worksheet with these cells written, all else byte for byte as it came."""
        edits: list[tuple[int, int, bytes]] = []
        fresh: dict[int, list[Place]] = {}
        for place in sorted(values):
            if (cell := self.cells.get(place)) is not None:
                edits.append((cell.start, cell.end, self._written(place, values[place], cell)))
            elif values[place] is not None:
                fresh.setdefault(place[0], []).append(place)
        added: dict[int, bytes] = {}
        for number, places in fresh.items():
            told = [(place, self._written(place, values[place], None)) for place in places]
            if (row := self.rows.get(number)) is None:
                added[number] = self._tag("row", {"r": str(number)}, b"".join(text for _place, text in told))
            elif row.empty:
                edits.append((row.start, row.end, self._tag("row", row.attributes, b"".join(text for _place, text in told))))
            else:
                beside = sorted((column, cell.start) for (other, column), cell in self.cells.items() if other == number)
                edits += [(at := _before(beside, place[1], row.inside_end), at, text) for place, text in told]
        edits += self._rows_added(added)
        content, at = bytearray(), 0
        for start, end, text in sorted(edits, key=lambda each: each[:2]):  # stable: new cells at one place stay in order
            content += self.content[at:start] + text
            at = end
        return bytes(content + self.content[at:])

    def _rows_added(self, added: Mapping[int, bytes]) -> list[tuple[int, int, bytes]]:
        """Return the edits that put new rows in their places."""
        assert self.data is not None
        if added and self.data.empty:
            inside = b"".join(added[number] for number in sorted(added))
            return [(self.data.start, self.data.end, self._tag("sheetData", self.data.attributes, inside))]
        beside = sorted((number, row.start) for number, row in self.rows.items()) if added else []
        return [(at := _before(beside, number, self.data.inside_end), at, added[number]) for number in sorted(added)]

    def _written(self, place: Place, value: Value, cell: Cell | None) -> bytes:
        """Return a cell with its value: a number exactly, a text in the cell itself, or empty with its format alone."""
        attributes = {"r": reference(place)} if cell is None else {**cell.attributes, "r": reference(place)}
        attributes.pop("t", None)
        if cell is None and (style := self.style_of(place)):
            attributes["s"] = str(style)
        inside = b""
        if isinstance(value, Decimal):
            inside = self._tag("v", {}, units.text(value).encode())
        elif value is not None:
            attributes["t"] = "inlineStr"
            text = escape(UNTELLABLE.sub("\ufffd", value)).replace("\r", "&#13;").encode()
            inside = self._tag("is", {}, self._tag("t", {"xml:space": "preserve"}, text))
        kept = b"".join(self.content[start:end] for start, end in cell.other) if cell else b""
        return self._tag("c", attributes, inside + kept)

    def _tag(self, name: str, attributes: Mapping[str, str], inside: bytes) -> bytes:
        told = "".join(f" {key}={quoteattr(text)}" for key, text in attributes.items())
        full = f"{self.prefix}{name}"
        return f"<{full}{told}>".encode() + inside + f"</{full}>".encode() if inside else f"<{full}{told}/>".encode()


def _before(beside: list[tuple[int, int]], number: int, end: int) -> int:
    """Return where a new cell or row of this number stands in the bytes: before the next one, or at the end."""
    after = bisect(beside, number, key=lambda each: each[0])
    return beside[after][1] if after < len(beside) else end


class _Reading:
    """Walks a worksheet once, and tells the sheet where everything stands."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        self.row = self.column = self.depth = 0
        self.cell: Cell | None = None
        self.within: list[str] = []
        self.started: list[int] = []
        self.texts: list[str] = []

    def read(self) -> None:
        """Read the whole part. Raise ValidationError for one that is damaged or written in another encoding."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._typed
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self._text
        self.parser = parser
        try:
            parser.Parse(self.sheet.content, True)
        except (expat.ExpatError, ValueError):
            raise self._refused() from None
        if self.sheet.data is None:
            raise self._refused()

    def _refused(self) -> ValidationError:
        return ValidationError(_("工作表「{sheet}」读不出来，可能已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。").format(
            sheet=self.sheet.name))

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding or "UTF-8").upper() not in ("UTF-8", "UTF8", "US-ASCII"):
            raise self._refused()

    def _typed(self, *_details: object) -> None:
        raise self._refused()

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        self.depth += 1
        if self.depth == 1:
            self.sheet.prefix = name[:name.rfind(":") + 1]
        known = self._known(name)
        self.within.append(known)
        self.started.append(at)
        if known and (handle := getattr(self, f"_begin_{known}", None)):
            handle(at, attributes)

    def _known(self, name: str) -> str:
        prefix = self.sheet.prefix
        bare = name[len(prefix):] if name.startswith(prefix) else name
        return bare if bare in NAMES and (prefix or ":" not in name) else ""

    def _tag(self, at: int) -> tuple[int, bool]:
        """Return where the start tag ends, and whether it is all there is of the element."""
        found = TAG.match(self.sheet.content, at)
        if found is None:
            raise self._refused()
        return found.end(), bool(found[1])

    def _begin_sheetData(self, at: int, attributes: dict[str, str]) -> None:
        inside, empty = self._tag(at)
        self.sheet.data = Row(at, inside, empty=empty, attributes=attributes)

    def _begin_row(self, at: int, attributes: dict[str, str]) -> None:
        inside, empty = self._tag(at)
        self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
        self.column = 0
        self.sheet.rows[self.row] = Row(at, inside, empty=empty, attributes=attributes)

    def _begin_c(self, at: int, attributes: dict[str, str]) -> None:
        self.column = place_of(attributes["r"])[1] if "r" in attributes else self.column + 1
        self.cell = Cell(at, attributes=attributes, kind=attributes.get("t", "n"))
        self.sheet.cells[self.row, self.column] = self.cell
        self.texts = []

    def _begin_f(self, _at: int, attributes: dict[str, str]) -> None:
        if self.cell is not None:
            self.cell.formula = ""
            if attributes.get("t") in ("array", "dataTable") and "ref" in attributes:
                self.sheet.arrays.append(range_of(attributes["ref"]))

    def _begin_mergeCell(self, _at: int, attributes: dict[str, str]) -> None:
        self.sheet.merged.append(range_of(attributes["ref"]))

    def _begin_col(self, _at: int, attributes: dict[str, str]) -> None:
        first, last = int(attributes["min"]), int(attributes["max"])
        self.sheet.columns.append((first, last, int(attributes.get("style", 0))))
        if attributes.get("hidden") in ("1", "true"):
            self.sheet.hidden.update(range(first, min(last, first + 500) + 1))

    def _text(self, text: str) -> None:
        if self.cell is None:
            return
        if self.within[-1] == "f":
            self.cell.formula = (self.cell.formula or "") + text
        elif self.within[-1] == "v" or self.within[-1] == "t" and "rPh" not in self.within:
            self.texts.append(text)

    def _finish(self, _name: str) -> None:
        known, start = self.within.pop(), self.started.pop()
        self.depth -= 1
        if known == "c" and self.cell is not None:
            self.cell.raw, self.cell.end = "".join(self.texts), self._end(start)
            self.cell = None
        elif known == "row":
            self._close(self.sheet.rows[self.row], start)
        elif known == "sheetData" and self.sheet.data:
            self._close(self.sheet.data, start)
        elif self.cell is not None and self.within[-1] == "c" and known not in ("f", "v", "is"):
            self.cell.other.append((start, self._end(start)))

    def _close(self, row: Row, start: int) -> None:
        row.inside_end, row.end = self.parser.CurrentByteIndex, self._end(start)

    def _end(self, start: int) -> int:
        """Return where the element ends: expat stands before its end tag, or behind one that is all there is of it."""
        end, empty = self._tag(start)
        return end if empty else self.sheet.content.index(b">", self.parser.CurrentByteIndex) + 1


def place_of(text: str) -> Place:
    """Return row and column of a cell's name: C5 is (5, 3). Raise ValueError for what names no cell."""
    found = REFERENCE.fullmatch(text.strip())
    if found:
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - 64
        if column <= MOST_COLUMNS and int(found[2]) <= MOST_ROWS:
            return int(found[2]), column
    raise ValueError(_("「{text}」不是单元格，请写作 B5 这样的列和行。").format(text=text))


def reference(place: Place) -> str:
    """Return the name of a cell: (5, 3) is C5."""
    return f"{letters(place[1])}{place[0]}"


def letters(column: int) -> str:
    """Return the name of a column: 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def range_of(text: str) -> Range:
    """Return the block that a reference such as B2:C5 names. Raise ValueError for any other text."""
    first, _colon, last = text.partition(":")
    (top, left), (bottom, right) = place_of(first), place_of(last or first)
    return Range(top, left, bottom, right)


def as_number(raw: Any) -> Decimal | None:
    """Return the number that a cell's raw value says, None where it says none."""
    try:
        return Decimal(raw) if raw else None
    except ArithmeticError:
        return None
