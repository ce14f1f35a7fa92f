"""Word files with marks: filled in the same sandbox as text, and read back as the blocks of a document."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from docx import Document as open_word
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import TemplateError

from kaifaqu.reporting.composing import Composer
from kaifaqu.reporting.document import Block, Heading, Paragraph, Table
from kaifaqu.reporting.marks import BLOCK, Sandbox, Wrong, sentence, set_blocks, spans, spelt

UNPACKED = 100 * 2**20  # bytes of a Word file when it is unpacked


class Marked(DocxTemplate):
    """A Word file whose marks are written as in a template of text."""

    def patch_xml(self, src_xml: Any) -> Any:
        """Return the XML with each mark in one piece, in plain punctuation and in the words of the sandbox."""
        return spelt(super().patch_xml(src_xml))


def set_word(template: bytes, composer: Composer) -> bytes:
    """Fill a Word file and set what it says as blocks; return it with the places of its numbers. Raise Wrong."""
    refuse_large(template)
    try:
        word = Marked(io.BytesIO(template))
        word.render({}, jinja_env=Sandbox(composer))
    except TemplateError as problem:
        raise Wrong([*composer.problems, sentence(problem)]) from None
    except (TypeError, ValueError, ArithmeticError, AttributeError, KeyError, zipfile.BadZipFile) as problem:
        raise Wrong([*composer.problems, _("Word 文件里的标记不能计算：{problem}").format(problem=problem)]) from None
    filled = io.BytesIO()
    word.save(filled)
    read = open_word(io.BytesIO(filled.getvalue()))
    for block in _blocks(read, composer):
        composer.document.blocks.append(block)
    _place(read, composer)
    if composer.problems:
        raise Wrong(composer.problems)
    placed = io.BytesIO()
    read.save(placed)
    return placed.getvalue()


def refuse_large(template: bytes) -> None:
    """Raise Wrong for what is no Word file, or one that grows too large when it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile:
        raise Wrong([_("模板不是 Word 文件（.docx），请用 Word 或 WPS 另存为 .docx 后重新附上。")]) from None
    if size > UNPACKED:
        raise Wrong([_("Word 文件解开后有 {size} MB，超过 {most} MB，请删去其中的大图。").format(
            size=size // 2**20, most=UNPACKED // 2**20)])


def _blocks(word: Any, composer: Composer) -> Iterator[Block]:
    """Yield what stands in the body of a Word file; its first title becomes the document's."""
    for part in word.iter_inner_content():
        if isinstance(part, WordTable):
            yield _table(part)
        elif part.text.strip():
            if part.style is not None and part.style.name in ("Title", "标题") and not composer.document.title:
                composer.document.title = composer.document.text(spans(part.text.strip()))
                continue
            for block in set_blocks(part.text, composer):
                level = _level(part)
                yield Heading(level, block.spans) if level and isinstance(block, Paragraph) else block


def _place(word: Any, composer: Composer) -> None:
    """Write into each paragraph that is a table, list or chart which block of the document it is; one elsewhere is a problem."""
    places = {id(block): place for place, block in enumerate(composer.document.blocks)}
    placed = 0
    for part in word.paragraphs:
        found = BLOCK.fullmatch(part.text.strip())
        if found and (place := places.get(id(composer.blocks[int(found[1])]))) is not None:
            for piece in part._p.iter(qn("w:t")):
                piece.text = BLOCK.sub(f"\ue002{place}\ue003", piece.text or "")
            placed += 1
    if placed < len(composer.blocks):
        composer.problems.append(_(
            "表、清单和图的标记请在 Word 文件的正文里单独写成一段，不要放进表格、页眉、页脚，也不要与别的文字同段。"))


def _table(table: WordTable) -> Table:
    """Return a table of the Word file; a merged cell stands where it begins."""
    rows = []
    for row in table.rows:
        met: set[Any] = set()
        cells = []
        for cell in row.cells:
            cells.append(spans("" if cell._tc in met else cell.text.strip()))
            met.add(cell._tc)
        rows.append(cells)
    is_headed = bool(rows) and all(isinstance(part, str) for cell in rows[0] for part in cell)
    heads = ["".join(map(str, each)) for each in rows[0]] if is_headed else []
    return Table("", heads, rows[1:] if heads else rows, [False for _cell in rows[0]] if rows else [])


def _level(paragraph: WordParagraph) -> int:
    """Return the level of a heading; 0 of running text."""
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    digits = name.removeprefix("Heading ").removeprefix("标题 ")
    return min(int(digits), 4) if digits != name and digits.isdigit() else 0
