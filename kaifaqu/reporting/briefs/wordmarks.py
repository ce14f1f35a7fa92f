"""Word files with marks: filled in the same sandbox as text, and read back as the blocks of a document."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from docx import Document as open_word
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import TemplateError

from kaifaqu.reporting.composing import Composer
from kaifaqu.reporting.document import BLOCK, Block, Heading, Paragraph, Spans, Table, block_at
from kaifaqu.reporting.marks import WRONG, Sandbox, Wrong, sentence, set_blocks, set_title, spans, spelt

UNPACKED, MARKUP = 100 * 2**20, 5 * 2**20  # bytes of a Word file when it is unpacked, and of its text, without pictures
PARAGRAPHS = 5_000  # more of them take minutes
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, SyntaxError)  # what zipfile and lxml raise
PARAGRAPH = re.compile(rb"<w:p[ >/]")


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
        word.render({}, jinja_env=Sandbox(composer), autoescape=True)
    except TemplateError as problem:
        raise Wrong([*composer.problems, sentence(problem)]) from None
    except (*WRONG, *UNREADABLE) as problem:
        raise Wrong([*composer.problems, _("Word 文件读不出来，或里面的标记不能计算：{problem}").format(problem=problem)]) from None
    stream = io.BytesIO()
    word.save(stream)
    filled = open_word(stream)
    composer.document.blocks += _blocks(filled, composer)
    _renumber(filled, composer)
    if composer.problems:
        raise Wrong(composer.problems)
    stream = io.BytesIO()
    filled.save(stream)
    return stream.getvalue()


def _renumber(word: Any, composer: Composer) -> None:
    """Let the marks of tables and charts name their place in the document; those that have none there are told as problems."""
    places = {id(block): place for place, block in enumerate(composer.document.blocks)}
    if any(id(block) not in places for block in composer.blocks):
        composer.problems.append(_("表、清单和图的标记要在 Word 正文里独占一段，不能写在句子、表格、文本框、页眉或页脚里。"))
        return
    for text in word.element.body.iter(qn("w:t")):
        text.text = BLOCK.sub(lambda found: block_at(places[id(composer.blocks[int(found[1])])]), text.text or "")


def refuse_large(template: bytes) -> None:
    """Raise Wrong for what is no Word file, or one that grows too large when it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as parts:
            size = sum(part.file_size for part in parts.infolist())
            texts = [part for part in parts.infolist() if part.filename.endswith(".xml")]
            is_long = sum(part.file_size for part in texts) > MARKUP
            is_long = is_long or sum(len(PARAGRAPH.findall(parts.read(part))) for part in texts) > PARAGRAPHS
    except UNREADABLE:
        raise Wrong([_("模板不是 Word 文件（.docx），请用 Word 或 WPS 另存为 .docx 后重新附上。")]) from None
    if size > UNPACKED:
        raise Wrong([_("Word 文件解开后有 {size} MB，超过 {most} MB，请删去其中的大图。").format(
            size=size // 2**20, most=UNPACKED // 2**20)])
    if is_long:
        raise Wrong([_("Word 文件太长：文字部分不能超过 {most} MB，段落不能超过 {count} 段。请分成几个模板。").format(
            most=MARKUP // 2**20, count=PARAGRAPHS)])


def _blocks(word: Any, composer: Composer) -> Iterator[Block]:
    """Yield what stands in the body of a Word file; its first title becomes the document's."""
    names = {each.style_id: each.name or "" for each in word.styles}  # to ask each paragraph takes milliseconds
    for part in word.iter_inner_content():
        if isinstance(part, WordTable):
            yield _table(part)
        elif part.text.strip():
            style = names.get(part._p.style or "", "")
            if style in ("Title", "标题") and not composer.document.title:
                set_title(part.text.strip(), composer)
                continue
            if BLOCK.search(part.text) and not BLOCK.fullmatch(part.text.strip()):
                continue  # a table within a sentence, which is told as a problem
            for block in set_blocks(part.text, composer):
                level = _level(style)
                yield Heading(level, block.spans) if level and isinstance(block, Paragraph) else block


def _table(table: WordTable) -> Table:
    """Return a table of the Word file; a merged cell stands where it begins."""
    rows: list[list[Spans]] = []
    for row in table.rows:
        met: set[Any] = set()
        cells: list[Spans] = []
        for cell in row.cells:
            cells.append([""] if cell._tc in met else spans(cell.text.strip()) or [""])
            met.add(cell._tc)
        rows.append(cells)
    is_headed = bool(rows) and all(isinstance(part, str) for cell in rows[0] for part in cell)
    wide = max(map(len, rows), default=0)  # rows may begin later or end earlier than others
    blank: Spans = [""]
    rows = [row + [blank] * (wide - len(row)) for row in rows]
    heads = ["".join(map(str, each)) for each in rows[0]] if is_headed else [""] * wide
    return Table("", heads, rows[1:] if is_headed else rows, [False] * wide)


def _level(style: str) -> int:
    """Return the level of a heading of this style; 0 of running text."""
    digits = style.removeprefix("Heading ").removeprefix("标题 ")
    return min(int(digits), 4) if digits != style and digits.isdigit() else 0
