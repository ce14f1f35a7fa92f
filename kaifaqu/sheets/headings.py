"""Headings: where a sheet has its column names, which columns they mean, and which rows below are no data."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel.fields import ExactField
from kaifaqu.kernel.records import Record, field_of, registers
from kaifaqu.sheets.cells import converted, known_unit, labels, unit_of
from kaifaqu.sheets.reading import Row, Sheet

KEY = "_key"
WITHIN = 30  # rows from the top in which the headings stand
TALLEST = 3
LONGEST = 200  # characters of a heading
NEAR = 0.6
QUALIFYING = re.compile("计划|预计|拟|本年|当年|今年|上年|去年|本月|当月|上月|累计")
IGNORED = {"序号", "行号", "no", "no.", "#", "错误说明"}
BRACKETS = re.compile(r"^(.*?)[(\[【<]([^()\[\]【】<>]*)[)\]】>]$")
NOTE = re.compile(r"(?<![报送管设制表责])单位:([^\s:()]+)")
TOTAL = re.compile(r"\D{0,6}(?:合计|总计|小计|共计|累计)(?:\(.{0,12}\))?")
REMARK = re.compile(
    r"(?:(?:填表|制表|填报|审核|复核|经办|负责|联系|统计|报送)\w{0,4}|单位负责人|.{0,4}日期|.{0,2}说明|附?注\d*|备注|数据来源):.*|(?:填表|填报)?说明")
SECTION = re.compile(r"\(?[一二三四五六七八九十]+[)、.,:].*")
NUMBERING = set("甲乙丙丁戊己庚辛")
IDLE = " *＊:：\u3000\xa0\t\r\n"  # a cell of nothing else says nothing


@dataclass(frozen=True)
class Heading:
    """What stands above one column of a sheet, and what was made of it.

    `how` is mark (our own workbook says so), name, synonym, remembered, left (a person has said that it is not read), key
    (of our records), ignored (it never says anything) or unknown. `unit` is
    the one that the numbers below are in; `assumed` where neither the heading nor the sheet names it, and so the column's
    own is meant. `near` is the column that an unknown heading resembles.
    """

    place: int
    text: str
    column: models.Field | None = None
    how: str = "unknown"
    unit: str = ""
    assumed: bool = False
    near: models.Field | None = None

    @property
    def letter(self) -> str:
        """Return the column's letter in the spreadsheet."""
        return letter(self.place)


@dataclass
class Layout:
    """How a sheet is laid out: its headings, the numbers of their first and last row, and what is wrong with them.

    `skipped` lists the rows that `data` has left out so far, each with its kind; `blank` counts the empty ones.
    """

    headings: list[Heading]
    first: int = 0
    last: int = 0
    problems: list[str] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    blank: int = 0

    @property
    def columns(self) -> dict[int, Heading]:
        """Return the headings that mean a column, by their places."""
        return {heading.place: heading for heading in self.headings if heading.column}

    @cached_property
    def key(self) -> int | None:
        """Return the place of the keys of our own records, or None."""
        return next((heading.place for heading in self.headings if heading.how == "key"), None)

    @property
    def mapping(self) -> dict[str, str]:
        """Return what to remember: the name of the column by the heading's text, "" for one that is ignored."""
        return {each.text: each.column.name if each.column else "" for each in self._of_people}

    @cached_property
    def _of_people(self) -> list[Heading]:
        return [each for each in self.headings if each.how != "key"]

    def data(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows below the headings that are data; count the others in `skipped`."""
        number = self.last
        for row in rows:
            if row.number <= self.last:
                continue
            self.blank += row.number - number - 1
            number = row.number
            kind = self.kind(row)
            if kind == "blank":
                self.blank += 1
            elif kind:
                self.skipped.append((row.number, kind))
            else:
                yield row

    def kind(self, row: Row) -> str:
        """Return "" for a row of data, or what it is: blank, total, remark, section, heading, numbering."""
        if self.key is not None and row.at(self.key).value:
            return ""
        headings = self._of_people
        filled = [(each, value) for each in headings if (value := row.at(each.place).value.strip(IDLE))]
        first = folded(filled[0][1]) if filled else ""
        if TOTAL.fullmatch(first):
            return "total"
        if REMARK.fullmatch(first):
            return "remark"
        if len(filled) == 1 and len(headings) > 1 and SECTION.fullmatch(first):
            return "section"
        if not any(each.column for each, _value in filled) and (self.columns or not filled):
            others = len([cell for cell in row.cells if cell.value.strip(IDLE)]) - len(filled)
            return "remark" if others or not all(value.isdecimal() for _each, value in filled) else "blank"  # running numbers say nothing
        if len(filled) > 1 and all(folded(value) in _folded_lines(each.text) for each, value in filled):
            return "heading"
        return "numbering" if row.number == self.last + 1 and _is_numbering([folded(value) for _each, value in filled]) else ""


@cache
def _folded_lines(text: str) -> set[str]:
    return {folded(text), *(folded(line) for line in text.split("/"))}


def _is_numbering(texts: list[str]) -> bool:
    """Tell whether these are the numbers of the columns, as forms of statistics print them: 甲 乙 1 2 3."""
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,2}", text)]
    rest = {text for text in texts if not re.fullmatch(r"\d{1,2}", text)}
    return len(texts) > 2 and rest <= NUMBERING and len(numbers) > 1 and numbers == [*range(numbers[0], numbers[0] + len(numbers))]


def letter(place: int) -> str:
    """Return the letter of a column from 0: A, Z, AA."""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


def marked() -> str:
    """Return the heading of the column in which the errors of a sheet are written."""
    return _("错误说明")


def folded(text: str) -> str:
    """Return the text for comparing: no blanks, no asterisks, no colon at the end, full-width signs as ASCII."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", text)).casefold().removesuffix(":")


def layout_of(sheet: Sheet, register: type[Record], remembered: Mapping[str, str] | None = None, mark: str = "") -> Layout:
    """Return how the sheet holds facts of the register. The sheet's rows are not taken away."""
    columns = [field_of(register, name) for name in dict.fromkeys(("code", *register.columns))]
    layout = find(
        sheet.head(WITHIN), columns, remembered, synonyms=register.headings, merged=sheet.merged, mark=mark)
    meant = told_by(mark).get("register")
    if meant and meant != register.register:
        other = registers().get(meant)
        message = _("这是「{other}」的文件，不是「{register}」的。请到「{other}」导入，或换一个文件。")
        label = other._meta.verbose_name if other else meant
        layout.problems.append(message.format(other=label, register=register._meta.verbose_name))
    return layout


def find(
    rows: Sequence[Row], columns: Sequence[models.Field], remembered: Mapping[str, str] | None = None, *,
    synonyms: Mapping[str, Sequence[str]] | None = None, merged: Sequence[tuple[int, ...]] = (), mark: str = "",
) -> Layout:  # fmt: skip
    """Return the layout of a sheet that begins with these rows.

    `remembered` maps headings of an earlier file to names of columns, "" to ignore them; `merged` are ranges as a Sheet
    has them; `mark` is what our own workbook says of itself. What cannot be settled stands in the layout's problems.
    """
    return _Finder(columns, remembered or {}, synonyms or {}).find([row for row in rows if row.number <= WITHIN], merged, mark)


class _Finder:
    def __init__(self, columns: Sequence[models.Field], remembered: Mapping[str, str], synonyms: Mapping[str, Sequence[str]]):
        self.by_name = {column.name: column for column in columns}
        self.remembered = {folded(text): name for text, name in remembered.items() if name in (*self.by_name, "")}
        self.names: dict[str, tuple[models.Field, str]] = {}
        for name, others in synonyms.items():
            self.names |= {folded(other): (self.by_name[name], "synonym") for other in others if name in self.by_name}
        for column in columns:
            for label in (column.name, *labels(column)):
                self.names |= dict.fromkeys((folded(label), _split(label)[0]), (column, "name"))

    def find(self, rows: list[Row], merged: Sequence[tuple[int, ...]], mark: str) -> Layout:
        blocks = [
            rows[start:start + height] for start in range(len(rows)) for height in range(1, TALLEST + 1)
            if start + height <= len(rows) and rows[start + height - 1].number == rows[start].number + height - 1
        ]  # fmt: skip
        tables = [(block, _lines(block, merged)) for block in blocks]
        best = max(tables, key=lambda table: (self._score(table[1]), -len(table[0])), default=None)
        if best is None or not self._score(best[1]):
            return self._without(rows, merged)
        block = self._extended(best[0], rows, merged)
        lines = _lines(block, merged)
        above = [cell.value for row in rows if row.number < block[-1].number for cell in row.cells if cell.kind == "text"]
        headings = [self._heading(place, texts) for place, texts in lines.items()]
        shared = {text for text, count in Counter(each.text for each in headings).items() if count > 1}
        layout = Layout([self._apart(each) if each.text in shared else each for each in headings], block[0].number, block[-1].number)
        layout.headings = self._by_mark(layout.headings, told_by(mark))
        layout.headings = [self._measured(heading, lines[heading.place], above, layout.problems) for heading in layout.headings]
        layout.problems += _doubles(layout.headings)
        return layout

    def _score(self, lines: dict[int, list[str]]) -> int:
        """Return how many columns these headings name, counting those whose last line is a name that the lines above narrow."""
        found = [self._known(texts) for texts in lines.values()]
        narrowed = [texts for texts, (column, how) in zip(lines.values(), found, strict=True)
                    if how == "unknown" and len(texts) > 1 and self._known(texts[-1:])[0]]
        return len({column for column, how in found if column or how == "key"}) + len(narrowed)

    def _without(self, rows: list[Row], merged: Sequence[tuple[int, ...]]) -> Layout:
        """Return the layout where no heading is known: the first of the widest rows of text may be the headings."""
        def width(row: Row) -> int:
            texts = [cell.value for cell in row.cells if cell.kind == "text"]
            return len({*texts}) if len(texts) * 2 > len([cell for cell in row.cells if cell.value]) else 0

        problem = _("没有找到列名。请在数据上方保留一行列名，如「{names}」。").format(
            names="」「".join(labels(column)[0] for column in [*self.by_name.values()][:4]))
        widest = max(rows, key=width, default=None)
        if widest is None or width(widest) < 2:
            return Layout([], problems=[problem])
        headings = [self._heading(place, texts) for place, texts in _lines([widest], merged).items()]
        return Layout(headings, widest.number, widest.number, [problem])

    def _extended(self, block: list[Row], rows: list[Row], merged: Sequence[tuple[int, ...]]) -> list[Row]:
        """Return the block with the line of groups above it and the line of units below it, where there are such."""
        known = {row.number: row for row in rows}
        above, below = known.get(block[0].number - 1), known.get(block[-1].number + 1)
        if above and len(block) < TALLEST:
            texts = {folded(cell.value) for cell in above.cells if cell.value}
            groups = [each for each in merged if each[0] <= above.number - 1 <= each[2]]
            if len(texts) > 1 and groups and not any(":" in text for text in texts):
                block = [above, *block]
        if below and all(known_unit(cell.value.strip("()（）")) for cell in below.cells if cell.value):
            block = [*block, below]
        return block

    def _heading(self, place: int, texts: list[str]) -> Heading:
        """Return what the lines of a heading mean; where they mean nothing, the column that they resemble."""
        column, how = self._known(texts)
        near = None
        if how == "unknown":
            close = (get_close_matches(each, self.names, n=1, cutoff=NEAR) for each in _attempts(texts))
            near = next((self.names[found[0]][0] for found in close if found), None)
        return Heading(place, "/".join(texts), column, how, near=near)

    def _apart(self, heading: Heading) -> Heading:
        """Return a heading whose text another one has too: with its letter, by which a person can choose between them."""
        text = f"{heading.text}（{heading.letter}）"
        if (name := self.remembered.get(folded(text))) is None:
            return replace(heading, text=text)
        return Heading(heading.place, text, self.by_name.get(name), "remembered" if name else "left")

    def _known(self, texts: list[str]) -> tuple[models.Field | None, str]:
        """Return the column that the lines of a heading mean, and how that is known."""
        text = folded("/".join(texts))
        if text == KEY:
            return None, "key"
        if (name := self.remembered.get(text)) is not None:
            return self.by_name.get(name), "remembered" if name else "left"
        if text in {*IGNORED, folded(marked())} or text.endswith(folded(_("{label}（只读）").format(label=""))):
            return None, "ignored"  # before its words are looked at: what is derived may be called like a column
        for attempt in _attempts(texts):
            if attempt in self.names:
                return self.names[attempt]
        return None, "unknown"

    def _by_mark(self, headings: list[Heading], mark: dict[str, Any]) -> list[Heading]:
        """Return the headings as our own workbook's mark has them, unless a heading contradicts it."""
        named: dict[int, str] = dict(enumerate(mark.get("columns", ())))
        key = mark.get("key")
        if not any(each.how == "key" and each.place == key for each in headings):
            return headings
        for each in headings:
            if each.column and each.how in ("name", "synonym") and named.get(each.place, each.column.name) != each.column.name:
                return headings
        return [
            Heading(each.place, each.text, self.by_name.get(name), "mark" if name in self.by_name else "ignored")
            if each.how != "key" and (name := named.get(each.place)) else each for each in headings
        ]  # fmt: skip

    def _measured(self, heading: Heading, texts: list[str], above: list[str], problems: list[str]) -> Heading:
        """Return the heading with the unit of its numbers; a unit that measures something else is a problem."""
        column = heading.column
        if not isinstance(column, ExactField | models.DecimalField | models.IntegerField) or column.choices or not unit_of(column):
            return heading
        own = unit_of(column)
        told = next((unit for unit in (_split(line)[1] for line in reversed(texts)) if unit), "")
        if told and not _same_kind(told, own):
            message = _("{letter} 列「{heading}」的单位是{unit}，不能换算成「{label}」的{own}。请改正列名，或改选对应的列。")
            problems.append(message.format(letter=heading.letter, heading=heading.text, unit=told, label=column.verbose_name, own=own))
        noted = [unit for unit in _noted(above) if _same_kind(unit, own)]
        if not told and len({*noted}) == 1:
            told = noted[0]
        return Heading(heading.place, heading.text, column, heading.how, told or own, not told)


def told_by(mark: str) -> dict[str, Any]:
    """Return what a mark says; nothing where somebody has written something else there."""
    try:
        told = json.loads(mark or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) and isinstance(told.get("columns", []), list) else {}


def _lines(block: Sequence[Row], merged: Sequence[tuple[int, ...]]) -> dict[int, list[str]]:
    """Return the lines of each heading from top to bottom, by place; a merged cell stands above all that it covers."""
    width = max((len(row.cells) for row in block), default=0)
    grid = [[_in_one_line(row.at(place).value) for place in range(width)] for row in block]
    for line, row in enumerate(block):
        for top, left, bottom, right in merged:
            if top <= row.number - 1 <= bottom and left < width:
                grid[line][left:right + 1] = [grid[line][left]] * len(grid[line][left:right + 1])
        if not merged and line < len(block) - 1:  # a text file has lost what was merged
            for place in range(1, width):
                if not grid[line][place] and grid[line + 1][place]:
                    grid[line][place] = grid[line][place - 1]
    columns = {place: [*dict.fromkeys(line[place] for line in grid if line[place])] for place in range(width)}
    return {place: texts for place, texts in columns.items() if texts}


def _in_one_line(text: str) -> str:
    """Return a heading without its line breaks; what is longer than any heading is none."""
    return "".join(line.strip() for line in text[:LONGEST].splitlines())


def _attempts(texts: list[str]) -> list[str]:
    """Return the names that the lines of a heading may mean, with and without units: 签约 above 日期 is 签约日期, or else 日期.

    The last line alone is none where one above it says more than it: 计划 above 开工日期 is not 开工日期.
    """
    bases = {line: base for line in texts if (base := _split(line)[0])}  # a line that is a unit only names nothing
    *above, last = bases or texts
    joined = ["".join(bases.values()), "/".join(bases.values()), "".join([*bases.values()][-2:])] if above else []
    says_less = any(word not in last for line in above for word in QUALIFYING.findall(line))
    return [*joined, *([] if says_less else [folded(last), bases.get(last, "")])]


def _split(line: str) -> tuple[str, str]:
    """Return a heading for comparing without what it has in brackets or behind a stroke, and the unit that it names."""
    text = folded(line)
    if known_unit(text):
        return "", known_unit(text)
    if told := BRACKETS.match(text):
        return told[1], known_unit(told[2].removeprefix("单位:"))
    base, _stroke, rest = text.rpartition("/") if "/" in text else text.rpartition(",")
    if base and known_unit(rest):
        return base, known_unit(rest)
    ending = re.fullmatch(r"(.+?)((?:百|千|万|亿)+元|万?平方米|平方公里|公顷|万?亩)", text)
    return (ending[1], known_unit(ending[2])) if ending and known_unit(ending[2]) else (text, "")


def _noted(texts: Iterable[str]) -> list[str]:
    """Return the units that a line above the headings lays down: 单位：万元、亩."""
    named = (unit for text in texts for note in NOTE.findall(unicodedata.normalize("NFKC", text)) for unit in re.split("[、,;/和]", note))
    return [unit for unit in map(known_unit, named) if unit]


def _same_kind(unit: str, other: str) -> bool:
    try:
        converted(Decimal(1), unit, other)
    except ValueError:
        return False
    return True


def _doubles(headings: list[Heading]) -> Iterator[str]:
    """Yield a sentence for each column that two headings mean."""
    met: dict[models.Field, Heading] = {}
    for each in headings:
        if each.column and (first := met.setdefault(each.column, each)) is not each:
            message = _("{one} 列「{first}」和 {other} 列「{second}」都对应「{label}」。请选定其中一列，另一列设为不读。")
            yield message.format(
                one=first.letter, first=first.text, other=each.letter, second=each.text, label=each.column.verbose_name)
