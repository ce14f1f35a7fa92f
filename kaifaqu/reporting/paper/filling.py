"""A user's own Word file: where a mark stands, its number or block; a mark may be split over several runs."""

import copy
from collections.abc import Iterator
from typing import Any

from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from kaifaqu.reporting.document import BLOCK, NUMBER, Chart, Table
from kaifaqu.reporting.paper.footnotes import run
from kaifaqu.reporting.paper.wordblocks import Blocks

RUNNING = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)


def fill(word: Word, blocks: Blocks) -> None:
    """Replace every mark of the file: in the text, its tables and text boxes, in headers, footers and its own footnotes.

    Word has no footnotes in headers, text boxes and footnotes; there a number is followed by its code.
    """
    parts = [relation.target_part for relation in word.part.rels.values() if relation.reltype in RUNNING]
    roots = [*(part.element for part in parts), blocks.notes.root]
    for root in roots:
        for paragraph in list(root.iter(qn("w:p"))):
            _fill(paragraph, blocks, noted=False)
    for paragraph in list(word.element.body.iter(qn("w:p"))):
        boxed = next(paragraph.iterancestors(qn("w:txbxContent")), None) is not None
        _fill(paragraph, blocks, noted=not boxed)


def _fill(paragraph: Any, blocks: Blocks, *, noted: bool) -> None:
    texts = [*_texts(paragraph)]
    whole = "".join(each.text or "" for each in texts)
    if noted and (block := BLOCK.fullmatch(whole.strip())):
        _put_block(paragraph, blocks, int(block[1]))
        return
    for found in reversed(list(NUMBER.finditer(whole))):
        first = _cut(texts, *found.span())
        place = int(found[1])
        properties = first.getparent().find(qn("w:rPr"))
        if noted:
            elements = blocks.number(place, copy.deepcopy(properties))
        else:
            elements = [run(blocks.document.numbers[place].shown, copy.deepcopy(properties)), _code(blocks.stamp.trace(place), properties)]
        _put(first, found.start() - _before(texts, first), elements)


def _texts(paragraph: Any) -> Iterator[Any]:
    """Yield the pieces of text of the paragraph itself, without those of text boxes that are anchored in it."""
    for each in paragraph.iter(qn("w:t")):
        if next(each.iterancestors(qn("w:p"))) is paragraph:
            yield each


def _before(texts: list[Any], piece: Any) -> int:
    """Return how many characters stand before the piece."""
    return sum(len(each.text or "") for each in texts[:texts.index(piece)])


def _cut(texts: list[Any], start: int, end: int) -> Any:
    """Take the characters from start to end out of the pieces, and return the piece in which they began."""
    first, at = None, 0
    for each in texts:
        text = each.text or ""
        since, until = max(start - at, 0), min(end - at, len(text))
        if since < until:
            each.text = text[:since] + text[until:]
            first = each if first is None else first
        at += len(text)
    return first


def _put(piece: Any, offset: int, elements: list[Any]) -> None:
    """Insert runs within the run of the piece, so many characters after the piece begins; the rest becomes a run of its own."""
    own = piece.getparent()
    rest = OxmlElement("w:r")
    if (properties := own.find(qn("w:rPr"))) is not None:
        rest.append(copy.deepcopy(properties))
    text = piece.text or ""
    followers = list(piece.itersiblings())
    if text[offset:]:
        rest.append(run(text[offset:])[-1])
    rest.extend(followers)
    piece.text = text[:offset]
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    spoken = [each for each in rest if each.tag != qn("w:rPr")]
    for each in reversed([*elements, *([rest] if spoken else [])]):
        own.addnext(each)


def _code(code: str, properties: Any) -> Any:
    """Return the run of a number's code, small and raised."""
    made = run(f"〔{code}〕", copy.deepcopy(properties) if properties is not None else OxmlElement("w:rPr"))
    raised = OxmlElement("w:vertAlign")
    raised.set(qn("w:val"), "superscript")
    made[0].append(raised)
    return made


def _put_block(paragraph: Any, blocks: Blocks, index: int) -> None:
    """Put a table or chart in the place of the paragraph; a cell still ends with a paragraph, as Word demands."""
    block = blocks.document.blocks[index]
    assert isinstance(block, Table | Chart)
    holder = paragraph.getparent()
    for each in blocks.made(block):
        paragraph.addprevious(each)
    last = holder.tag == qn("w:tc") and paragraph.getnext() is None
    section = paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
    if last or section is not None:
        for each in list(paragraph):
            if each.tag != qn("w:pPr"):
                paragraph.remove(each)
    else:
        holder.remove(paragraph)
