"""The parts of a Word file that are made of a document: runs with footnotes, tables, charts, the last block."""

import io
from collections.abc import Sequence
from typing import Any

from docx.document import Document as Word
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Twips
from lxml import etree

from kaifaqu.reporting.document import Chart, Document, Spans, Stamp, Table
from kaifaqu.reporting.paper import charts, layout, notes
from kaifaqu.reporting.paper.footnotes import Footnotes, printable, run

CHART, QR = 150, 26  # wide, mm
CLOSING = 10  # pt
PLAIN = f"""<w:pPr {nsdecls("w")}><w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>
    <w:ind w:firstLineChars="0" w:firstLine="0"/></w:pPr>"""
SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
BORDERS = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in SIDES)
SIZE = f'<w:rPr {nsdecls("w")}><w:sz w:val="{{0}}"/><w:szCs w:val="{{0}}"/></w:rPr>'


def paragraph(style: str, elements: Sequence[Any]) -> Any:
    """Return a paragraph of these runs in the style; without one it keeps to itself: no indent, no space, no grid."""
    made = OxmlElement("w:p")
    if style:
        properties = etree.SubElement(made, qn("w:pPr"))
        etree.SubElement(properties, qn("w:pStyle"), {qn("w:val"): style})
    else:
        made.append(parse_xml(PLAIN))
    made.extend(elements)
    return made


class Blocks:
    """Makes elements of one file; every number that it writes is followed by the mark of its footnote."""

    def __init__(self, word: Word, document: Document, stamp: Stamp):
        self.word, self.document, self.stamp = word, document, stamp
        self.notes = Footnotes(word)
        self.styles = {each.get(qn("w:styleId")) for each in word.styles.element.findall(qn("w:style"))}
        self.table_style = self._table_style()

    def _table_style(self) -> str:
        """Return the style of the first table of the file, else that of a plain grid, else none."""
        used = self.word.element.body.find(f".//{qn('w:tblStyle')}")
        return used.get(qn("w:val")) if used is not None else "TableGrid" if "TableGrid" in self.styles else ""

    @property
    def width(self) -> int:
        """Return how wide the text stands, twips."""
        section = self.word.sections[0]
        page, *margins = (each or Twips(0) for each in (section.page_width, section.left_margin, section.right_margin))
        return page.twips - sum(each.twips for each in margins)

    def _own(self, style: str) -> str:
        return style if style in self.styles else ""

    def runs(self, spans: Spans) -> list[Any]:
        """Return texts and numbers as runs."""
        return [made for each in spans for made in ([run(each)] if isinstance(each, str) else self.number(each))]

    def number(self, place: int, properties: Any = None) -> list[Any]:
        """Return a number as it is shown, and the mark of its footnote."""
        said = notes.note(self.document, self.stamp, place)
        return [run(self.document.numbers[place].shown, properties), self.notes.refer(said)]

    def made(self, block: Table | Chart) -> list[Any]:
        """Return a table with its caption above, or a chart with its caption below."""
        if isinstance(block, Table):
            below = [paragraph(self._own("FootnoteText"), [run(line)]) for line in notes.of_table(self.document, self.stamp, block)]
            return [paragraph(self._own("Caption"), [run(block.caption)]), self._table(block), *below]
        caption = [run(block.caption), self.notes.refer(notes.of_chart(self.document, self.stamp, block))]
        wide = min(CHART, self.width / layout.POINT / 20)
        picture = self._picture(charts.png(self.document, block), wide, charts.told(self.document, block))
        drawn = paragraph(self._own("Picture"), [picture])
        if (properties := drawn.find(qn("w:pPr"))) is not None:
            keep = etree.Element(qn("w:keepNext"))
            properties.insert(1 if self._own("Picture") else 0, keep)
        return [drawn, _let_go(paragraph(self._own("Caption"), caption))]

    def _table(self, table: Table) -> Any:
        total = self.width
        sizes = layout.widths(self.document, table)
        columns = [total * size // sum(sizes) for size in sizes]
        made = self._grid(columns, self.table_style)
        sides = ["right" if amount else "left" for amount in table.amounts]
        heads = [self._cell([head], width, "center", head=True) for head, width in zip(table.heads, columns, strict=True)]
        made.append(_row(heads, head=True))
        for row in table.rows:
            made.append(_row([self._cell(cell, width, side) for cell, width, side in zip(row, columns, sides, strict=True)]))
        return made

    def _grid(self, columns: list[int], style: str, *, lines: bool = True) -> Any:
        borders = f"<w:tblBorders>{BORDERS}</w:tblBorders>" if lines and not style else ""
        named = f'<w:tblStyle w:val="{style}"/>' if style and lines else ""
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
        return parse_xml(
            f'<w:tbl {nsdecls("w")}><w:tblPr>{named}<w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>{borders}'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid></w:tbl>')

    def _cell(self, spans: Spans, width: int, side: str, *, head: bool = False) -> Any:
        size = None if self._own("TableText") else SIZE.format(layout.SMALL * 2)
        runs = [run(self.document.text([each]), None if size is None else parse_xml(size)) for each in spans]
        if head:
            for each in runs:
                each.insert(0, _head_properties(each.find(qn("w:rPr"))))
        text = paragraph(self._own("TableText"), runs)
        etree.SubElement(text.find(qn("w:pPr")), qn("w:jc"), {qn("w:val"): side})
        return _tc(width, [text])

    def _picture(self, data: bytes, width: float, words: str) -> Any:
        """Return a run that holds the picture, with what it shows in words."""
        inline = self.word.part.new_pic_inline(io.BytesIO(data), width=Mm(width), height=None)
        inline.docPr.set("descr", printable(words))
        drawing, made = OxmlElement("w:drawing"), OxmlElement("w:r")
        drawing.append(inline)
        made.append(drawing)
        return made

    def closing(self) -> list[Any]:
        """Return the last block: the QR code of the address, the people, the audit head; kept on one page."""
        told = notes.closing(self.document, self.stamp)
        size, style = SIZE.format(CLOSING * 2), self._own("FootnoteText")
        lines = [paragraph(style, [run(f"{name}：{text}", parse_xml(size))]) for name, text in told.lines]
        code = self._picture(notes.qr(told.address, "png"), QR, f"查证二维码：{told.address}")
        columns = [layout.twips(QR + 6), self.width - layout.twips(QR + 6)]
        made = self._grid(columns, "", lines=False)
        cells = [_tc(columns[0], [paragraph(self._own("Picture"), [code])]), _tc(columns[1], lines)]
        made.append(_row(cells))
        return [paragraph("", []), made, paragraph("", [])]


def _row(cells: list[Any], *, head: bool = False) -> Any:
    made = parse_xml(f'<w:tr {nsdecls("w")}><w:trPr><w:cantSplit/>{"<w:tblHeader/>" if head else ""}</w:trPr></w:tr>')
    made.extend(cells)
    return made


def _tc(width: int, paragraphs: list[Any]) -> Any:
    made = parse_xml(
        f'<w:tc {nsdecls("w")}><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr></w:tc>')
    made.extend(paragraphs)
    return made


def _head_properties(properties: Any) -> Any:
    """Return the properties of a run of a heading: 黑体."""
    made = OxmlElement("w:rPr") if properties is None else properties
    fonts = etree.Element(qn("w:rFonts"), {qn(f"w:{which}"): "黑体" for which in ("ascii", "hAnsi", "eastAsia")})
    made.insert(0, fonts)
    return made


def _let_go(caption: Any) -> Any:
    """Return the caption of a picture, which need not stay with what follows."""
    properties = caption.find(qn("w:pPr"))
    style = properties.find(qn("w:pStyle"))
    properties.insert(0 if style is None else 1, etree.Element(qn("w:keepNext"), {qn("w:val"): "0"}))
    return caption
