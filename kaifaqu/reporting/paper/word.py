"""A document as a Word file in the layout of GB/T 9704-2012, every number with a footnote; and a user's own file filled.

The fonts of the standard are named in the file, not brought along: 方正小标宋, 仿宋_GB2312 and 楷体_GB2312 are not free.
"""

import io
from functools import cache
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as Word
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Twips
from lxml import etree

from kaifaqu.reporting.document import Chart, Document, Heading, Stamp, Table
from kaifaqu.reporting.paper import filling, layout, notes
from kaifaqu.reporting.paper.footnotes import printable, run
from kaifaqu.reporting.paper.wordblocks import Blocks, paragraph

HEADER, FOOTER = 15, layout.BOTTOM - layout.FOOT - 3  # from the edges of the paper, mm; the dash is at half the height of its line


def write(document: Document, stamp: Stamp, template: bytes | None = None) -> bytes:
    """Return the document as .docx; with the user's own file, whose marks stand for numbers and blocks, that file filled."""
    return fill(template, document, stamp) if template else _written(document, stamp)


def fill(template: bytes, document: Document, stamp: Stamp) -> bytes:
    """Return the user's file with numbers, footnotes, tables and charts where its marks stand, all else as it is.

    A number's mark is U+E000, its place, U+E001; a paragraph of U+E002, the index of a block, U+E003 becomes that block.
    """
    word = docx.Document(io.BytesIO(template))
    blocks = Blocks(word, document, stamp)
    filling.fill(word, blocks)
    if stamp.mark:
        for section in word.sections:
            section.header._element.insert(0, _marked(stamp.mark))
    _append(word, blocks.closing())
    return _saved(word, blocks)


def _written(document: Document, stamp: Stamp) -> bytes:
    word = docx.Document()
    word.styles.element[:] = list(_styles())
    blocks = Blocks(word, document, stamp)
    _set_page(word)
    _set_running(word, stamp)
    _set_properties(word, document, stamp)
    _append(word, [paragraph("Title", [run(document.title)])])
    if below := notes.subtitle(stamp):
        _append(word, [paragraph("Subtitle", [run(below)])])
    _append(word, [paragraph("Normal", [])])
    numerals = notes.numerals(document)
    for block in document.blocks:
        if isinstance(block, Heading):
            level = min(max(block.level, 1), notes.LEVELS)
            _append(word, [paragraph(f"Heading{level}", [run(next(numerals)), *blocks.runs(block.spans)])])
        elif isinstance(block, Table | Chart):
            _append(word, blocks.made(block))
        else:
            _append(word, [paragraph("BodyText", blocks.runs(block.spans))])
    _append(word, blocks.closing())
    return _saved(word, blocks)


def _append(word: Word, elements: list[Any]) -> None:
    """Add elements at the end of the text, before what describes the last section."""
    body = word.element.body
    place = len(body) - (body.sectPr is not None)
    body[place:place] = elements


@cache
def _source() -> bytes:
    return (Path(__file__).parent / "styles.xml").read_bytes()


def _styles() -> Any:
    return parse_xml(_source())


def _set_page(word: Word) -> None:
    """Set paper, margins, the grid of 22 lines of 28 characters, and that footnotes are numbered page by page."""
    section = word.sections[0]
    section.page_width, section.page_height = (Twips(layout.twips(each)) for each in layout.PAPER)
    section.top_margin, section.bottom_margin = Twips(layout.twips(layout.TOP)), Twips(layout.bottom())
    section.left_margin, section.right_margin = (Twips(layout.twips(each)) for each in (layout.LEFT, layout.RIGHT))
    section.header_distance, section.footer_distance = (Twips(layout.twips(each)) for each in (HEADER, FOOTER))
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(parse_xml(
        f'<w:docGrid {nsdecls("w")} w:type="linesAndChars" w:linePitch="{layout.PITCH}" w:charSpace="{layout.char_space()}"/>'))
    restart = parse_xml(f'<w:footnotePr {nsdecls("w")}><w:numRestart w:val="eachPage"/></w:footnotePr>')
    properties.find(qn("w:pgSz")).addprevious(restart)


def _set_running(word: Word, stamp: Stamp) -> None:
    """Set the page number outside, one character from the edge of the type area (7.5), and the mark of what is no final text."""
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    for footer, side, indent in ((section.footer, "right", "right"), (section.even_page_footer, "left", "left")):
        _replace(footer, _page_number(side, indent))
    for header in (section.header, section.even_page_header):
        _replace(header, _marked(stamp.mark, "Header"))


def _replace(running: Any, element: Any) -> None:
    running.is_linked_to_previous = False
    running._element[:] = [element]


def _set_properties(word: Word, document: Document, stamp: Stamp) -> None:
    """Say in the file's properties, which hold 255 characters each, what it is and whose."""
    told = {"title": document.title, "author": stamp.issuer, "last_modified_by": stamp.issuer, "comments": stamp.address}
    for name, words in told.items():
        setattr(word.core_properties, name, printable(words)[:255])


def _page_number(side: str, indent: str) -> Any:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), " PAGE ")
    field.append(run("1"))
    made = paragraph("Footer", [run("— "), field, run(" —")])
    properties = made.find(qn("w:pPr"))
    etree.SubElement(properties, qn("w:ind"), {qn(f"w:{indent}Chars"): "100", qn(f"w:{indent}"): str(layout.PAGE * 20)})
    etree.SubElement(properties, qn("w:jc"), {qn("w:val"): side})
    return made


def _marked(mark: str, style: str = "") -> Any:
    return paragraph(style, [run(mark)] if mark else [])


def _saved(word: Word, blocks: Blocks) -> bytes:
    blocks.notes.finish()
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()
