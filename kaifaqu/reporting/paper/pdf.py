"""A document as PDF, set by typst: fonts embedded, text that can be searched, every number with a footnote."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from kaifaqu.reporting.document import Chart, Document, Heading, Spans, Stamp, Table
from kaifaqu.reporting.paper import charts, layout, notes
from kaifaqu.reporting.paper.fonts import Fonts, fonts

LAYOUT = {
    "paper": layout.PAPER, "top": layout.TOP, "bottom": layout.BOTTOM, "left": layout.LEFT, "right": layout.RIGHT, "foot": layout.FOOT,
    "body": layout.BODY, "title": layout.TITLE, "page": layout.PAGE, "small": layout.SMALL, "note": layout.NOTE,
    "pitch": layout.AREA[1] * layout.POINT / layout.LINES, "character": layout.character_pitch(),
}  # fmt: skip


def write(document: Document, stamp: Stamp) -> bytes:
    """Return the document as PDF. Raise ImproperlyConfigured where the machine has no Chinese font."""
    import typst

    found = fonts()
    files = {"main.typ": _template(), "document.json": json.dumps(_told(document, stamp, found), ensure_ascii=False).encode()}
    for place, block in enumerate(document.blocks):
        if isinstance(block, Chart):
            files[_file(place)] = charts.svg(document, block, found.sans).encode()
    files["qr.svg"] = notes.qr(stamp.address, "svg")
    return typst.compile(files, font_paths=found.read, ignore_system_fonts=True, format="pdf")


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "document.typ").read_bytes()


def _file(place: int) -> str:
    return f"chart{place}.svg"


def _told(document: Document, stamp: Stamp, found: Fonts) -> dict[str, Any]:
    """Return everything that the template shows."""
    closing = notes.closing(document, stamp)
    return {
        "title": document.title, "author": stamp.issuer, "subtitle": notes.subtitle(stamp), "mark": stamp.mark, "layout": LAYOUT,
        "fonts": {"body": found.body, "sans": found.sans}, "blocks": list(_blocks(document, stamp)),
        "closing": {"lines": closing.lines, "alt": f"查证二维码：{closing.address}"},
    }  # fmt: skip


def _blocks(document: Document, stamp: Stamp) -> Iterator[dict[str, Any]]:
    numerals = notes.numerals(document)

    def told(spans: Spans) -> list[Any]:
        return [each if isinstance(each, str) else
                {"shown": document.numbers[each].shown, "note": notes.note(document, stamp, each)} for each in spans]

    for place, block in enumerate(document.blocks):
        if isinstance(block, Heading):
            level = min(max(block.level, 1), notes.LEVELS)
            yield {"kind": "heading", "level": level, "numeral": next(numerals), "spans": told(block.spans)}
        elif isinstance(block, Table):
            yield {"kind": "table", "caption": block.caption, "heads": block.heads, "amounts": block.amounts,
                   "widths": layout.widths(document, block), "cells": [document.text(cell) for row in block.rows for cell in row],
                   "notes": notes.of_table(document, stamp, block)}
        elif isinstance(block, Chart):
            yield {"kind": "chart", "caption": block.caption, "file": _file(place), "words": charts.told(document, block),
                   "note": notes.of_chart(document, stamp, block)}
        else:
            yield {"kind": "paragraph", "spans": told(block.spans)}
