"""Word files with marks: filled, read back as blocks, and refused with a sentence."""

import io
import zipfile

import docx
import pytest

from kaifaqu.reporting.briefs.wordmarks import set_word
from kaifaqu.reporting.document import Stamp, Table
from kaifaqu.reporting.marks import Wrong
from kaifaqu.reporting.paper import page, word

STAMP = Stamp("JB1", "", "草稿", "测试开发区", "", [], "", "http://127.0.0.1/briefs/1/")


def written(*paragraphs, rows=()):
    """Return a Word file with these paragraphs and one table."""
    made = docx.Document()
    for each in paragraphs:
        made.add_paragraph(each)
    if rows:
        table = made.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def filled(form, composer):
    """Return the file that is made of a form, as Word opens it: its tables, cell by cell, and its paragraphs."""
    made = docx.Document(io.BytesIO(word.fill(form, composer.document, STAMP)))
    return [[cell.text for row in table.rows for cell in row.cells] for table in made.tables], [each.text for each in made.paragraphs]


def test_each_table_stands_where_its_mark_stood(composer):
    own = [["项目", "个数"], ["在建", '{{ 数("在建项目数") }}']]
    form = set_word(written("前言", '{{ 表("在建项目数") }}', "中间", '{{ 清单("在建项目数", 栏目="编号") }}', rows=own), composer)
    tables, paragraphs = filled(form, composer)
    assert tables[:3] == [["指标", "2024年上半年", "在建项目数", "3个"], ["编号", "P1", "P2", "P3"], ["项目", "个数", "在建", "3个"]]
    assert [each for each in paragraphs if each in ("前言", "中间")] == ["前言", "中间"]
    assert [type(each) is Table for each in composer.document.blocks] == [False, True, False, True, True]


def test_headings_and_the_title_are_found_by_their_styles(composer):
    made = docx.Document()
    for text, style in (("月报", "Title"), ("总况", "Heading 2"), ("正文", None)):
        made.add_paragraph(text, style)
    stream = io.BytesIO()
    made.save(stream)
    set_word(stream.getvalue(), composer)
    assert composer.document.title == "月报"
    assert [(each.kind, getattr(each, "level", 0)) for each in composer.document.blocks] == [("heading", 2), ("paragraph", 0)]


def test_names_are_text_in_a_word_file(composer):
    composer.document.owner = "甲&乙 <w:p/>区"
    form = set_word(written('{{ 单位 }}{% 如果 数("在建项目数") < 4 %}不足4个{% 完 %}'), composer)
    assert filled(form, composer)[1][0] == "甲&乙 <w:p/>区不足4个"


@pytest.mark.parametrize("rows", [[['{{ 数("在建项目数") }}', "个"], ["", "末"]], [["", ""], ["在建", '{{ 数("在建项目数") }}']]])
def test_a_table_needs_no_headings(composer, rows):
    set_word(written("表", rows=rows), composer)
    assert ">3个</a>" in page.shown(composer.document, STAMP)


@pytest.mark.parametrize("form", [
    written('见{{ 表("在建项目数") }}。'), written("表", rows=[["项", '{{ 表("在建项目数") }}']]),
])  # fmt: skip
def test_a_table_within_a_sentence_or_a_table_is_refused(composer, form):
    with pytest.raises(Wrong, match="独占一段"):
        set_word(form, composer)


def broken(name, content):
    """Return a Word file of which one part is another."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written("x"))) as sound, zipfile.ZipFile(stream, "w") as parts:
        for each in sound.namelist():
            parts.writestr(each, content if each == name else sound.read(each))
    return stream.getvalue()


@pytest.mark.parametrize("form", [
    b"x", broken("word/document.xml", b"<w:document"), broken("word/styles.xml", b"<"), broken("_rels/.rels", b""),
    written("x")[:200] + bytes(200) + written("x")[400:], written("{% for a in 'xx' %}x{% endfor %}"),
])  # fmt: skip
def test_a_broken_file_is_a_sentence(composer, form):
    with pytest.raises(Wrong):
        set_word(form, composer)


@pytest.mark.parametrize("content", [b"<w:p/>" * 5001, b"x" * (5 * 2**20 + 1)])
def test_a_file_that_would_take_minutes_is_refused(composer, content):
    with pytest.raises(Wrong, match="太长"):
        set_word(broken("word/document.xml", content), composer)
