"""A document on a web page and in the browser's print: every number is a link to where it comes from."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kaifaqu.pages import bars
from kaifaqu.reporting.document import Chart, Document, Heading, Spans, Stamp, Table
from kaifaqu.reporting.paper import charts, notes

DEEPEST = 3  # level that still looks different on a page


def anchor(place: int) -> str:
    """Return where on its page the number at the place is traced: #n12."""
    return f"#n{place + 1}"


def shown(document: Document, stamp: Stamp, target: Callable[[int], str] = anchor) -> SafeString:
    """Return the blocks of the document as HTML, without its title; `target` says to which address a number leads."""
    return render_to_string("paper/_document.html", {"blocks": list(_blocks(document, stamp, target))})


def _blocks(document: Document, stamp: Stamp, target: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    numerals = notes.numerals(document)

    def number(place: int) -> dict[str, str]:
        told = document.numbers[place]
        return {"shown": told.shown, "address": target(place), "note": notes.note(document, stamp, place), "status": told.status}

    def spans(told: Spans) -> list[Any]:
        return [each if isinstance(each, str) else number(each) for each in told]

    for block in document.blocks:
        if isinstance(block, Heading):
            level = min(max(block.level, 1), DEEPEST) + 1  # below the title
            yield {"kind": "heading", "level": level, "spans": [next(numerals), *spans(block.spans)]}
        elif isinstance(block, Table):
            rows = [[(spans(cell), amount) for cell, amount in zip(row, block.amounts, strict=True)] for row in block.rows]
            yield {"kind": "table", "caption": block.caption, "heads": list(zip(block.heads, block.amounts, strict=True)), "rows": rows}
        elif isinstance(block, Chart):
            drawn = charts.svg(document, block, ink=bars.INK)
            address = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
            yield {"kind": "chart", "caption": block.caption, "address": address, "words": charts.told(document, block),
                   "bars": [(name, number(place)) for name, place in block.bars]}
        else:
            yield {"kind": "paragraph", "spans": spans(block.spans)}
