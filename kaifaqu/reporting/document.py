"""A document: headings, sentences, tables and charts whose numbers are bound to figures. Word, PDF and page are made of it."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from kaifaqu.pages.freezing import Number

NUMBER, BLOCK = re.compile("\ue000([0-9]+)\ue001"), re.compile("\ue002([0-9]+)\ue003")  # places within a text
RESERVED = re.compile("[\ue000-\ue003]")  # the characters around them, which nobody else writes
ISSUED = ("issued", "已印发")
Spans = list[str | int]  # fixed text, and the places of numbers in `Document.numbers`


def number_at(place: int) -> str:
    """Return how the place of a number stands in a text that is not set yet."""
    return f"\ue000{place}\ue001"


def block_at(place: int) -> str:
    """Return how the place of a table or chart stands in a text that is not set yet."""
    return f"\ue002{place}\ue003"


@dataclass
class Heading:
    """A heading of level 1 to 4, in the document's order of numbering 一、（一）1.（1）."""

    level: int
    spans: Spans
    kind: str = "heading"


@dataclass
class Paragraph:
    """A paragraph of running text."""

    spans: Spans
    kind: str = "paragraph"


@dataclass
class Table:
    """A table: its caption, its headings, and rows of cells; `amounts` tells which columns are set to the right."""

    caption: str
    heads: list[str]
    rows: list[list[Spans]]
    amounts: list[bool]
    kind: str = "table"


@dataclass
class Chart:
    """A chart of numbers in a row: its caption, its unit, and for each bar its name and the place of its number."""

    caption: str
    unit: str
    bars: list[tuple[str, int]]
    kind: str = "chart"


Block = Heading | Paragraph | Table | Chart
KINDS: dict[str, type[Any]] = {"heading": Heading, "paragraph": Paragraph, "table": Table, "chart": Chart}


@dataclass
class Document:
    """A document as it was composed: title, blocks, numbers, whose it is, of which period, and as known at which event."""

    title: str
    owner: str
    period: str
    period_label: str
    known: int
    known_on: str
    blocks: list[Block] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    form_sha256: str = ""  # of a Word file of the user's own, with the places of its numbers

    def as_dict(self) -> dict[str, Any]:
        """Return the document as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Self:
        """Return the document that JSON has kept."""
        blocks = [KINDS[each["kind"]](**each) for each in told["blocks"]]
        return cls(**{**told, "blocks": blocks, "numbers": [Number(**each) for each in told["numbers"]]})

    def text(self, spans: Spans) -> str:
        """Return spans as plain text."""
        return "".join(each if isinstance(each, str) else self.numbers[each].shown for each in spans)

    def lines(self) -> Iterator[str]:
        """Yield the document as plain text, a line for each heading, paragraph and row."""
        yield self.title
        for block in self.blocks:
            if isinstance(block, Table):
                yield block.caption
                yield "\t".join(block.heads)
                yield from ("\t".join(self.text(cell) for cell in row) for row in block.rows)
            elif isinstance(block, Chart):
                yield block.caption
            else:
                yield self.text(block.spans)

    def places(self) -> Iterator[int]:
        """Yield the places of the numbers that stand in the document, in the order in which they are read."""
        for block in self.blocks:
            if isinstance(block, Chart):
                yield from (place for _name, place in block.bars)
            else:
                parts = [each for row in block.rows for cell in row for each in cell] if isinstance(block, Table) else block.spans
                yield from (each for each in parts if isinstance(each, int))

    def keep_shown(self) -> None:
        """Leave out the numbers that only a condition has asked for, and number the others in the order in which they are read."""
        order = {place: new for new, place in enumerate(dict.fromkeys(self.places()))}
        self.numbers = [self.numbers[place] for place in order]
        for block in self.blocks:
            if isinstance(block, Chart):
                block.bars = [(name, order[place]) for name, place in block.bars]
            elif isinstance(block, Table):
                block.rows = [[_moved(cell, order) for cell in row] for row in block.rows]
            else:
                block.spans = _moved(block.spans, order)

    @property
    def problems(self) -> list[str]:
        """Return why some numbers of the text have no value, each reason once."""
        missing = [each for each in self.numbers if each.problem and each.is_written]
        return list(dict.fromkeys(f"{each.label}{each.period_label and f'（{each.period_label}）'}：{each.problem}" for each in missing))


def _moved(spans: Spans, order: dict[int, int]) -> Spans:
    """Return spans with the new places of their numbers."""
    return [each if isinstance(each, str) else order[each] for each in spans]


@dataclass(frozen=True)
class Stamp:
    """What stands around a document on paper: its code, number and state, who made and signed it, and when it was issued.

    `people` are roles and names; `head` is the head of the audit chain when it was composed; `address` is its page, where
    every number opens its trace.
    """

    code: str
    number: str
    state: str
    issuer: str
    issued_on: str
    people: list[tuple[str, str]]
    head: str
    address: str

    @property
    def mark(self) -> str:
        """Return what the head of each page says: the state, until the document is issued."""
        return "" if self.state in ISSUED else self.state

    def trace(self, place: int) -> str:
        """Return the code by which a number of the document is looked up: JB0001-12."""
        return f"{self.code}-{place + 1}"
