"""Word files with marks: each table stands where its mark stood, and a mark that has no place of its own is refused."""

import io

import docx
import pytest

from kaifaqu.reporting.briefs.wordmarks import set_word
from kaifaqu.reporting.document import Stamp
from kaifaqu.reporting.marks import Wrong
from kaifaqu.reporting.paper import word

LIST = "{{ 清单（“在建项目数”，栏目＝“编号”） }}"
STAMP = Stamp("JB1", "", "草稿", "区", "", [], "", "")


def saved(made):
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_a_table_stands_where_its_mark_stood_after_other_blocks(composer):
    made = docx.Document()
    made.add_heading("一节", 1)
    torn = made.add_paragraph("在建{")
    torn.add_run("{ 数（“在建").bold = True
    torn.add_run("项目数”） }}。")
    made.add_paragraph(LIST)
    made.add_paragraph("{{ 图(\"在建项目数\", 月数=2) }}")
    filled = docx.Document(io.BytesIO(word.fill(set_word(saved(made), composer), composer.document, STAMP)))
    assert [each.kind for each in composer.document.blocks] == ["heading", "paragraph", "table", "chart"]
    assert filled.paragraphs[1].text == "在建3个。"
    assert [cell.text for cell in filled.tables[0].columns[0].cells] == ["编号", "P1", "P2", "P3"]
    assert len(filled.inline_shapes) >= 1


@pytest.mark.parametrize("where", ["cell", "sentence", "header"])
def test_a_table_without_a_paragraph_of_its_own_is_refused(composer, where):
    made = docx.Document()
    made.add_paragraph("正文")
    if where == "cell":
        made.add_table(1, 1).cell(0, 0).text = LIST
    elif where == "sentence":
        made.add_paragraph(f"如下：{LIST}")
    else:
        made.sections[0].header.paragraphs[0].text = LIST
    with pytest.raises(Wrong, match="单独写成一段"):
        set_word(saved(made), composer)
