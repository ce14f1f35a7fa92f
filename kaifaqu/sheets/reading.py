"""Reading: the rows of a spreadsheet from outside, opened in a child process that cannot harm the house.

    with read(path, "一季度.xlsx") as book:
        for sheet in book.sheets:
            for row in sheet:

Rows stream: a hundred thousand never stand in memory at once, so sheets and rows are read once, in their order.
"""

import contextlib
import io
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

from django.utils.translation import gettext as _

from kaifaqu.sheets import confined, reader
from kaifaqu.sheets.confined import Child, Died
from kaifaqu.sheets.guarding import Refused, examine, limit

KINDS = {"t": "text", "n": "number", "d": "date", "b": "bool", "e": "error"}


class Cell(NamedTuple):
    """One cell: its kind (empty, text, number, date, bool, error) and the text that says its value.

    A number is in plain digits, 12000.5; a date 2024-03-01, with a time of day 2024-03-01 12:30:05; a bool TRUE or FALSE;
    an error #REF!, or = for a formula that was never calculated. What a sheet shows as a percentage is the text 85%.
    """

    kind: str
    value: str


EMPTY = Cell("empty", "")


class Row(NamedTuple):
    """One row that is not blank: its number in the sheet, from 1; its cells, up to the last that is not empty."""

    number: int
    cells: list[Cell]
    hidden: bool = False

    def at(self, place: int) -> Cell:
        """Return the cell of a column, from 0; an empty one beyond the row's end."""
        return self.cells[place] if place < len(self.cells) else EMPTY


class Sheet:
    """A sheet whose rows are read once. `merged` are the ranges merged over columns near its top, from 0, ends included."""

    def __init__(self, rows: Iterator[Row], name: str, hidden: bool, merged: list[list[int]], since_1904: bool):
        self.name, self.hidden, self.since_1904 = name, hidden, since_1904
        self.merged: list[tuple[int, ...]] = [tuple(each) for each in merged]
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def head(self, count: int = 30) -> list[Row]:
        """Return the first rows without taking them away."""
        first = list(itertools.islice(self._rows, count))
        self._rows = itertools.chain(first, self._rows)
        return first


class Book:
    """A file that is being read. `sheets` yields them in order, `mark` is what our own workbooks say of themselves, or ""."""

    def __init__(self, kind: str, messages: Iterator[dict[str, Any]], progress: Callable[[int], Any] | None = None):
        self.kind = kind
        self._messages, self._progress = messages, progress
        self._count = 0
        self._next: dict[str, Any] | None = None
        self.mark: str = next(messages)["mark"]
        self.sheets = self._sheets()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop reading; the child ends."""
        self._messages.close()  # type: ignore[attr-defined]

    def _sheets(self) -> Iterator[Sheet]:
        while message := self._take():
            if "sheet" in message:
                yield Sheet(self._rows(), **message["sheet"])

    def _rows(self) -> Iterator[Row]:
        while message := self._take():
            if "rows" not in message:
                self._next = message
                return
            for number, hidden, *cells in message["rows"]:
                yield Row(number, [Cell(KINDS[cell[0]], cell[1:]) if cell else EMPTY for cell in cells], bool(hidden))

    def _take(self) -> dict[str, Any] | None:
        message, self._next = self._next or next(self._messages, None), None
        if message and "rows" in message and self._progress:
            self._count += len(message["rows"])
            try:
                self._progress(self._count)
            except BaseException:  # cancelled
                self.close()
                raise
        return message


def read(path: Path, name: str, progress: Callable[[int], Any] | None = None) -> Book:
    """Open a file that was handed in under the name.

    `progress` is called with the number of rows read so far; what it raises ends the reading. Raise Refused, here or while
    rows are read, for a file that is harmful, damaged or too large.
    """
    return Book(*_opened(path, name), progress)


def read_pasted(text: str) -> Book:
    """Return what was copied from a spreadsheet and pasted: cells apart by tabs, several lines of one cell in quotes."""
    return Book("pasted", reader.told_text(io.StringIO(text, newline=""), "\t", guarded=False))


def _opened(path: Path, name: str) -> tuple[str, Iterator[dict[str, Any]]]:
    kind = examine(path, name)
    return kind, _converted(path, name) if kind == "et" else _told(path, kind, name)


def _told(path: Path, kind: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the child's messages; raise Refused where it gives up or dies."""
    asked = {"path": str(path), "kind": kind, "memory": limit("memory"), "processor": limit("processor")}
    end = "large"
    with contextlib.suppress(Died):
        for message in Child("kaifaqu.sheets.reader", asked, silence=limit("silence")).messages():
            if "end" not in message:
                yield message
            end = message.get("end", end)
    sentences = {
        "large": _("「{name}」：读取所需的内存或时间超过上限，已停止。请删去多余的行列和格式，或分成几个文件。"),
        "password": _("「{name}」：文件有打开密码。请在 Excel 或 WPS 中取消密码，另存后再上传。"),
        "damaged": _("「{name}」：文件不完整或已损坏。请用 Excel 或 WPS 打开检查，另存后再上传。"),
        "encoding": _("「{name}」：文字编码无法识别。请另存为 UTF-8 编码的 CSV，或另存为 .xlsx。"),
        "nested": _("「{name}」：括号嵌套得太深，不像正常的文件，不予读取。请从原来的软件重新导出。"),
        "nan": _("「{name}」：里面有 NaN 或 Infinity，不是数字。请在原来的软件中改正，重新导出。"),
        "features": _("「{name}」：不是 GeoJSON 的要素集（FeatureCollection），或里面没有要素。请从制图软件重新导出。"),
        "crs": _("「{name}」：坐标系不是 CGCS2000 或 WGS 84 的经纬度。请在制图软件中转成 CGCS2000 经纬度（EPSG:4490），以度导出。"),
    }
    if kind in ("json", "geojson"):
        sentences |= {
            "damaged": _("「{name}」：不是完整的 JSON，或里面没有记录。请从原来的软件重新导出。"),
            "encoding": _("「{name}」：文字编码无法识别。请以 UTF-8 编码重新导出。"),
            "large": _("「{name}」：读取所需的内存或时间超过上限，已停止。请简化边界，或分成几个文件。"),
        }
    if end:
        raise Refused(sentences[end].format(name=name))


def _converted(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the messages of a WPS workbook, turned into .xlsx by an office program where this computer has one."""
    program = shutil.which("soffice")
    if not program:
        message = _("「{name}」：这台服务器没有能读 .et 的程序。请在 WPS 中另存为 .xlsx 再上传。")
        raise Refused(message.format(name=name))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.et")
        shutil.copyfile(path, source)
        _run([
            program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore",
            "--convert-to", "xlsx", "--outdir", folder, str(source),
        ])  # fmt: skip
        made = source.with_suffix(".xlsx")
        if not made.exists():
            raise Refused(_("「{name}」：未能转换。请在 WPS 中另存为 .xlsx 再上传。").format(name=name))
        yield from _told(made, examine(made, f"{name}.xlsx"), name)


def _run(command: Iterable[str]) -> None:
    """Run a program of others without our secrets and bound to limits, and end it with all that it started when it takes too long."""
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    process = subprocess.Popen([*command], start_new_session=True, env=confined.environment(), **quiet)
    confined.bind(process.pid, limit("office"), limit("conversion"))
    try:
        process.wait(limit("conversion"))
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
