"""The workbooks of before 2007 (BIFF8 in a compound file): what they show that their values do not say.

Only looked at beside the library that reads the values: it tells an error as an empty cell. Runs in the child process.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

LAST = 0xFFFFFFFA  # sector numbers from here on end a chain
BOUNDSHEET, FORMAT, XF, EPOCH, EOF = 0x85, 0x41E, 0xE0, 0x22, 0x0A
ROW, NUMBER, RK, MULRK, FORMULA, BOOLERR = 0x208, 0x203, 0x27E, 0xBD, 0x06, 0x205
HIDDEN = 0x20
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
PERCENTAGES = {9, 10}  # of the formats that every workbook has

Odd = dict[int, dict[int, str]]


class Looks:
    """Hidden rows, errors and percentages of the sheets, as `reader.Looks` tells them. Raise ValueError for a damaged file."""

    def __init__(self, path: Path):
        try:
            self.stream = _stream(path.read_bytes(), "Workbook")
            self.starts: dict[str, int] = {}
            self.since_1904 = False
            codes: dict[int, str] = {}
            formats: list[int] = []
            for kind, body in _records(self.stream, 0):
                if kind == BOUNDSHEET:
                    self.starts[_text(body[6:], body[6])] = int.from_bytes(body[:4], "little")
                elif kind == FORMAT:
                    codes[int.from_bytes(body[:2], "little")] = _text(body[4:], int.from_bytes(body[2:4], "little"), wide_at=0)
                elif kind == XF:
                    formats.append(int.from_bytes(body[2:4], "little"))
                elif kind == EPOCH:
                    self.since_1904 = bool(body[0])
        except (struct.error, IndexError, KeyError) as problem:
            raise ValueError(str(problem)) from None
        shown = PERCENTAGES | {number for number, code in codes.items() if "%" in re.sub(r'"[^"]*"|\\.', "", code)}
        self.percent = {place for place, number in enumerate(formats) if number in shown}

    def at(self, name: str) -> tuple[set[int], Odd]:
        """Return the numbers of the sheet's hidden rows, and its odd cells."""
        unseen: set[int] = set()
        odd: Odd = {}
        for kind, body in _records(self.stream, self.starts.get(name, len(self.stream))):
            if kind == ROW and len(body) >= 14:
                if body[12] & HIDDEN:
                    unseen.add(int.from_bytes(body[:2], "little") + 1)
            elif kind in (NUMBER, RK, MULRK, FORMULA, BOOLERR) and len(body) >= 8:
                row, column, form = struct.unpack_from("<HHH", body)
                for place, cell in self._odd(kind, body, column, form):
                    odd.setdefault(row + 1, {})[place] = cell
        return unseen, odd

    def _odd(self, kind: int, body: bytes, column: int, form: int) -> Iterator[tuple[int, str]]:
        """Yield the places in this record of what is an error or shown as a percentage."""
        if kind == BOOLERR:
            if body[7]:
                yield column, f"e{ERRORS.get(body[6], '#N/A')}"
        elif kind == FORMULA and body[12:14] == b"\xff\xff":
            if body[6] == 2:
                yield column, f"e{ERRORS.get(body[8], '#N/A')}"
        elif kind == MULRK:
            for number, place in enumerate(range(4, len(body) - 2, 6)):
                if int.from_bytes(body[place:place + 2], "little") in self.percent:
                    yield column + number, "%"
        elif form in self.percent:
            yield column, "%"


def _text(body: bytes, count: int, *, wide_at: int = 1) -> str:
    """Return a text of so many characters, before which a byte says whether they are of two bytes each."""
    start = wide_at + 1
    if body[wide_at] & 1:
        return body[start:start + 2 * count].decode("utf-16-le", "replace")
    return body[start:start + count].decode("latin-1")


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the kinds and bodies of the records from there to the end of the sheet."""
    while start + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, start)
        if kind == EOF:
            return
        yield kind, stream[start + 4:start + 4 + size]
        start += 4 + size


def _stream(content: bytes, name: str) -> bytes:
    """Return a stream of the compound file."""
    sector, small = 1 << content[30], 1 << content[32]
    tables_of, directory, _version, least, small_start, _count, more, _more_count = struct.unpack_from("<IIIIIIII", content, 44)

    def at(number: int) -> bytes:
        return content[(number + 1) * sector:(number + 2) * sector]

    places = list(struct.unpack_from("<109I", content, 76))
    while more < LAST and len(places) < tables_of:
        *further, more = struct.unpack(f"<{sector // 4}I", at(more))
        places += further
    table = [each for place in places[:tables_of] if place < LAST for each in struct.unpack(f"<{sector // 4}I", at(place))]

    def follow(start: int, links: list[int]) -> Iterator[int]:
        for _step in range(len(links)):  # a chain that bites its tail ends, too
            if start >= LAST:
                return
            yield start
            start = links[start]

    entries = {}
    listing = b"".join(at(number) for number in follow(directory, table))
    for place in range(0, len(listing) - 127, 128):
        length = int.from_bytes(listing[place + 64:place + 66], "little")
        label = listing[place:place + max(length - 2, 0)].decode("utf-16-le", "replace")
        entries[label] = struct.unpack_from("<II", listing, place + 116)
    start, size = entries[name]
    if size >= least:
        return b"".join(at(number) for number in follow(start, table))[:size]
    smalls = b"".join(at(number) for number in follow(entries["Root Entry"][0], table))
    links = [each for number in follow(small_start, table) for each in struct.unpack(f"<{sector // 4}I", at(number))]
    return b"".join(smalls[number * small:(number + 1) * small] for number in follow(start, links))[:size]
