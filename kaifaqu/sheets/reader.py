"""Opens a spreadsheet and tells its rows, in a child process: `python -m kaifaqu.sheets.reader`. Run by `reading`.

Messages: {"mark": text of our own hidden sheet}, then for each sheet {"sheet": ...} and {"rows": [[number, hidden, cell,
...], ...]}, and {"end": ""}, or {"end": reason} where the file cannot be read. A cell is "" or a letter for its kind
(see KINDS in `reading`) and its text.

Files for programs (JSON, Parquet) are told as one sheet whose headings are the names of their columns.
"""

import csv
import io
import itertools
import json
import os
import re
import zipfile
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from kaifaqu.sheets import biff, confined, features
from kaifaqu.sheets.formulas import unguarded

MARK = "_kaifaqu"  # our own hidden sheet
PIECE = 200  # rows in one message
LONE = re.compile("[\ud800-\udfff]")  # halves of characters: no text, and in no database
UNTELLABLE = "\ufffd"
ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
HEADS = 60  # merged ranges matter to headings this far down; further down only those over several rows of data
ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATORS = (",", "\t", ";")
CHUNK = 2**18
LONGEST_ROW = 2**24  # bytes of one row of XML; 16,384 cells fit in
LONGEST_TEXT = 2**20  # characters of one cell of a text file
MOST_ODD = 5_000_000  # cells that are remembered apart
MOST_ROWS = 2**20  # of a Parquet file, as of a sheet: repeated values pack into nothing

Range = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0
Odd = dict[int, dict[int, str]]  # by row and column, from 1 and 0: the cell where it is an error, or "%"


class Unreadable(Exception):
    """The file cannot be read; the reason is one of those for which `reading` has a sentence."""


# Cells


def spelt(value: Any) -> str:
    """Return a cell as it is sent."""
    kind = type(value)
    if kind is str:
        if not value or value.isspace():
            return ""
        if "\0" in value or not value.isascii() and LONE.search(value):
            return f"e{UNTELLABLE}"
        return f"e{value}" if value[0] == "#" and value in ERRORS else f"t{value}"
    if kind is float or kind is int:
        return f"n{digits(value)}"
    if kind is bool:
        return "bTRUE" if value else "bFALSE"
    if kind is Decimal:
        return f"n{value:f}"
    if kind is datetime:
        rounded = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return f"d{rounded.date() if rounded.time() == time() else rounded}"
    if kind is date:
        return f"d{value}"
    if kind is time:
        return f"t{value:%H:%M:%S}"
    if kind is timedelta:
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"t{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return ""


def digits(number: float) -> str:
    """Return the number as a sheet shows it: plain digits, of a fraction the fifteen that a spreadsheet keeps."""
    if number == int(number):
        return str(int(number if abs(number) < 1e15 else Decimal(repr(number))))
    text = repr(number)
    if len(text) > 16 and abs(number) < 1e15:
        text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def percentage(cell: str) -> str:
    """Return a number that the sheet shows as a percentage as the text that people see: 85%."""
    if cell[:1] != "n":
        return cell
    shown = f"{Decimal(cell[1:]) * 100:f}"
    return f"t{shown.rstrip('0').rstrip('.') if '.' in shown else shown}%"


# Workbooks


def workbook(path: Path, kind: str) -> Iterator[dict[str, Any]]:
    """Yield the messages of a workbook."""
    import python_calamine as calamine  # of the text formats nobody needs it

    try:
        looks = Looks(path) if kind == "xlsx" else biff.Looks(path) if kind == "xls" else None
        book = calamine.CalamineWorkbook.from_path(path)
        sheets = [each for each in book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
        yield {"mark": _mark(book) if MARK in book.sheet_names else ""}
        for sheet in sheets:
            if sheet.name != MARK:
                hidden = sheet.visible != calamine.SheetVisibleEnum.Visible
                yield from worksheet(book.get_sheet_by_name(sheet.name), hidden=hidden, looks=looks)
    except calamine.PasswordError:
        raise Unreadable("password") from None
    except (calamine.CalamineError, zipfile.BadZipFile, ElementTree.ParseError, OSError, EOFError, KeyError, ValueError):
        raise Unreadable("damaged") from None


def _mark(book: Any) -> str:
    first = next(iter(book.get_sheet_by_name(MARK).to_python(nrows=1)), [""])
    return str(first[0])


def worksheet(sheet: Any, *, hidden: bool, looks: "Looks | biff.Looks | None") -> Iterator[dict[str, Any]]:
    """Yield the messages of one sheet. A cell merged over rows says in each of them what it says in the first."""
    merged: list[Range] = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    yield {"sheet": {
        "name": sheet.name, "hidden": hidden, "since_1904": bool(looks and looks.since_1904),
        "merged": sorted(each for each in merged if each[0] < HEADS and each[3] > each[1])[:1000],
    }}  # fmt: skip
    if sheet.start is None:
        return
    unseen, odd = looks.at(sheet.name) if looks else (set(), {})
    before = [""] * sheet.start[1]
    filled = repeated(merged)
    rows = []
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = before + [spelt(value) for value in values]
        for column, cell in odd.get(number, {}).items():
            _put(cells, column, percentage(cells[column]) if cell == "%" else cell)
        filled(number - 1, cells)
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append([number, int(number in unseen), *cells])
        if len(rows) == PIECE:
            yield {"rows": rows}
            rows = []
    yield {"rows": rows}


def _put(cells: list[str], column: int, cell: str) -> None:
    cells.extend([""] * (column + 1 - len(cells)))
    cells[column] = cell


def repeated(merged: list[Range]) -> Any:
    """Return what fills into a row, given by its number from 0, the cells that are merged with rows above it."""
    waiting = sorted((each for each in merged if each[2] > each[0]), reverse=True)
    active: list[tuple[int, int, str]] = []  # last row, column, cell

    def fill(row: int, cells: list[str]) -> None:
        while active and active[0][0] < row:
            active.pop(0)
        for _last, column, cell in active:
            if column >= len(cells) or not cells[column]:
                _put(cells, column, cell)
        while waiting and waiting[-1][0] <= row:
            first, column, last, _last_column = waiting.pop()
            if first == row and column < len(cells) and cells[column]:
                insort(active, (last, column, cells[column]))

    return fill


class Looks:
    """What an .xlsx shows that its values do not say: hidden rows, errors, percentages, formulas that were never calculated.

    Looking reads each sheet to its end, and so finds one that is longer than it declares, or torn.
    """

    ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
    CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.S)
    NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
    PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})\d+["']""")
    HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
    ERROR = re.compile(rb"""\bt=["']e["']""")
    TEXT = re.compile(rb"""\bt=["']str["']""")
    VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)<")
    FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
    NEVER = re.compile(rb"(?!)")

    def __init__(self, path: Path):
        self.archive = zipfile.ZipFile(path)
        names = self.archive.namelist()
        main = next(name for name in ("xl/workbook.xml", *names) if re.fullmatch(r"xl/workbook\d*\.xml", name) and name in names)
        folder = PurePosixPath(main).parent
        relations = self._tree(f"{folder}/_rels/{PurePosixPath(main).name}.rels")
        targets = {each.get("Id"): _joined(folder, each.get("Target", "")) for each in relations}
        tree = self._tree(main)
        self.parts = {
            each.get("name"): targets.get(next((value for name, value in each.items() if name.endswith("}id")), None))
            for each in tree.iter() if _local(each) == "sheet"
        }  # fmt: skip
        properties = next((each for each in tree.iter() if _local(each) == "workbookPr"), None)
        self.since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self.percent = self._percent(f"{folder}/styles.xml")

    def at(self, name: str) -> tuple[set[int], Odd]:
        """Return the numbers of the sheet's hidden rows, and its odd cells."""
        part = self.parts.get(name)
        if part is None:
            raise Unreadable("damaged")
        unseen: set[int] = set()
        odd: Odd = {}
        count = 0
        with self.archive.open(part) as file:
            for number, attributes, body in self._rows(file):
                if self.HIDDEN.search(attributes):
                    unseen.add(number)
                if self.ERROR.search(body) or self.FORMULA.search(body) or self.percent.search(body):
                    odd[number] = dict(self._odd(body))
                    count += len(odd[number])
                if count > MOST_ODD:
                    raise MemoryError
        return unseen, odd

    def _tree(self, name: str) -> ElementTree.Element:
        with self.archive.open(name) as file:
            return ElementTree.parse(file).getroot()

    def _percent(self, styles: str) -> re.Pattern[bytes]:
        """Return what finds the cells whose format shows a percentage."""
        if styles not in self.archive.namelist():
            return self.NEVER
        tree = self._tree(styles)
        codes = {each.get("numFmtId"): each.get("formatCode", "") for each in tree.iter() if _local(each) == "numFmt"}
        shown = {"9", "10"} | {number for number, code in codes.items() if "%" in re.sub(r'"[^"]*"|\\.', "", code)}
        cells = next((each for each in tree if _local(each) == "cellXfs"), ())
        found = [str(place) for place, each in enumerate(cells) if each.get("numFmtId") in shown]
        return re.compile(rb"""\bs=["'](?:%s)["']""" % "|".join(found).encode()) if found else self.NEVER

    def _rows(self, file: Any) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield each row's number, attributes and cells; never more than a chunk and a row are in memory."""
        number, rest, end = 0, b"", b""
        while chunk := file.read(CHUNK):
            rest += chunk
            if not end and (root := re.search(rb"<(\w+:)?worksheet\b", rest)):
                end = b"</%srow>" % (root[1] or b"")
            cut = rest.rfind(end) + len(end) if end and end in rest else 0
            if not cut and len(rest) > LONGEST_ROW:
                raise Unreadable("damaged")
            whole, rest = rest[:cut], rest[cut:]
            starts = [*self.ROW.finditer(whole)]
            for start, following in itertools.zip_longest(starts, starts[1:]):
                told = self.NUMBER.search(start[1])
                number = int(told[1]) if told else number + 1
                yield number, start[1], whole[start.end():following.start() if following else None]

    def _odd(self, body: bytes) -> Iterator[tuple[int, str]]:
        """Yield the columns of the odd cells of a row, from 0, and what stands there."""
        column = -1
        for attributes, content in self.CELL.findall(body):
            place = self.PLACE.search(attributes)
            column = _column(place[1]) if place else column + 1
            if self.ERROR.search(attributes):
                value = self.VALUE.search(content)
                yield column, f"e{value[1].decode('utf-8', 'replace')}" if value else "e#N/A"
            elif self.FORMULA.search(content) and not self.VALUE.search(content) and not self.TEXT.search(attributes):
                yield column, "e="
            elif self.percent.search(attributes) and self.VALUE.search(content):
                yield column, "%"


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _joined(folder: PurePosixPath, target: str) -> str:
    """Return the part that a relation of a part in the folder names."""
    return target[1:] if target.startswith("/") else str(folder / target)


def _column(letters: bytes) -> int:
    """Return the place of a column from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


# Text


def separated(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the messages of a file of separated values."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(CHUNK)
        file.seek(0)
        try:
            yield from told_text(file, separator(sample), guarded=True)
        except csv.Error:
            raise Unreadable("damaged") from None


def encoding_of(path: Path) -> str:
    """Return the encoding of a text: by its mark, else UTF-8, else GB18030; raise Unreadable when it is none of them."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((encoding for mark, encoding in ENCODINGS if start.startswith(mark)), "")
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            with path.open(encoding=encoding, newline="") as file:
                while file.read(CHUNK):
                    pass
        except UnicodeError:
            continue
        return encoding
    raise Unreadable("encoding")


def separator(sample: str) -> str:
    """Return what separates the cells: the sign that makes most of the first lines equally wide, and wide; else a comma."""

    def regularity(sign: str) -> tuple[int, int]:
        lines = list(itertools.islice(filter(None, csv.reader(io.StringIO(sample, newline=""), delimiter=sign)), 20))
        widths = Counter(len(line) for line in lines)
        width, count = max(widths.items(), key=lambda each: each[1], default=(0, 0))
        return (count, width) if width > 1 and count * 2 > len(lines) else (0, 0)

    csv.field_size_limit(LONGEST_TEXT)
    return max(SEPARATORS, key=regularity)


def told_text(lines: Iterable[str], delimiter: str, *, guarded: bool) -> Iterator[dict[str, Any]]:
    """Yield the messages of a text. Where formulas were guarded, their apostrophe is taken off."""
    csv.field_size_limit(LONGEST_TEXT)
    table = csv.reader(lines, delimiter=delimiter)
    yield from one_sheet("", ([spelt(unguarded(text) if guarded else text) for text in line] for line in table))


def one_sheet(mark: str, lines: Iterable[list[str]], first: int = 1) -> Iterator[dict[str, Any]]:
    """Yield the messages of a file that is one sheet without a look of its own, given the cells of each line."""
    yield {"mark": mark}
    yield {"sheet": {"name": "", "hidden": False, "since_1904": False, "merged": []}}
    rows: list[list[Any]] = []
    for number, cells in enumerate(lines, first):
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append([number, 0, *cells])
        if len(rows) == PIECE:
            yield {"rows": rows}
            rows = []
    yield {"rows": rows}


# Files for programs


def objects(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the messages of a JSON file: one of our own, any list of objects, or GeoJSON, whose first feature is row 1."""
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeError:
        raise Unreadable("encoding") from None
    except RecursionError:
        raise Unreadable("nested") from None
    if features.is_geojson(told):
        try:
            mark, names, rows = features.table(told)
        except features.NoTable as reason:
            raise Unreadable(str(reason)) from None
        yield from told_by_name(mark, names, rows, first=0)
        return
    mark = told if isinstance(told, dict) else {}
    records = mark.pop("records", None) if mark else told
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise Unreadable("damaged")
    names = _named(mark) or list(dict.fromkeys(name for each in records for name in each))
    untold = next(iter(mark.get("untold", ())), "")  # a fact that could not be told was left out
    yield from told_by_name(mark, names, ([each.get(name, untold) for name in names] for each in records))


def _no_number(text: str) -> None:
    raise Unreadable("nan")


def parquet(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the messages of a Parquet file."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # the others reserve more addresses than this process may have
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(path)
        if file.metadata.num_rows > MOST_ROWS:
            raise MemoryError
        mark = json.loads((file.metadata.metadata or {}).get(b"kaifaqu", b"{}"))
        batches = file.iter_batches(batch_size=PIECE, use_threads=False)
        rows = (row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
        yield from told_by_name(mark, _named(mark) or file.schema_arrow.names, rows)
    except ArrowException:
        raise Unreadable("damaged") from None


def _named(mark: dict[str, Any]) -> list[str]:
    """Return the names of the columns of our own file, in their order."""
    return [name.removeprefix("=") for name in mark.get("columns", ())]


def told_by_name(
    mark: dict[str, Any], names: list[str], records: Iterable[Iterable[Any]], first: int = 1,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield the messages of records whose columns have names."""
    facts = ([_fact(value) for value in values] for values in records)
    yield from one_sheet(json.dumps(mark) if mark else "", itertools.chain([[f"t{name}" for name in names]], facts), first)


def _fact(value: Any) -> str:
    return f"t{json.dumps(value, ensure_ascii=False, default=float)}" if isinstance(value, dict | list) else spelt(value)


READERS = {"csv": separated, "json": objects, "geojson": objects, "parquet": parquet}


def main() -> None:
    """Tell the parent the rows of the file that it names, or why there are none."""
    asked = confined.request()
    path, kind, end = Path(asked["path"]), asked["kind"], ""
    try:
        for message in READERS[kind](path) if kind in READERS else workbook(path, kind):
            confined.say(message)
    except Unreadable as reason:
        end = str(reason)
    except MemoryError:
        end = "large"
    except BaseException:  # a file made to break readers finds ways that nobody has listed
        end = "damaged"
    confined.say({"end": end})


if __name__ == "__main__":
    main()
