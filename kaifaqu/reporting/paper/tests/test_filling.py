"""A user's own Word file: marks become numbers and blocks, everything else stays."""

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from kaifaqu.reporting.paper import word
from kaifaqu.reporting.paper.tests import sample
from kaifaqu.reporting.paper.tests.test_word import W, part, text

BOX = f"""<w:r {nsdecls('w')} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r>
<w:t>框内\ue0000\ue001。</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"""


def saved(made: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.fixture
def template() -> bytes:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "区报 \ue0001\ue001"
    first = made.add_paragraph("总投资")
    for piece in ("甲\ue0000", "\ue001", "乙，\ue000", "1\ue001丙\t丁"):  # marks are split over runs
        first.add_run(piece).bold = piece.startswith("甲")
    boxed = made.add_paragraph("见框")
    boxed._p.append(parse_xml(BOX))
    made.add_paragraph("\ue0028\ue003")
    table = made.add_table(1, 2, style="Table Grid")
    table.cell(0, 0).text = "合计\ue0004\ue001"
    table.cell(0, 1).text = "\ue0029\ue003"
    made.add_paragraph("末段不动")
    return saved(made)


@pytest.fixture
def filled(template) -> bytes:
    return word.write(sample.document(), sample.stamp(), template)


def test_numbers_stand_where_their_marks_stood_in_the_type_of_the_mark(filled):
    first = docx.Document(io.BytesIO(filled)).paragraphs[0]
    assert first.text == "总投资甲62.49亿元乙，14个丙\t丁"
    assert [each.text for each in first.runs if each.bold] == ["甲", "62.49亿元"]
    marks = [each.get(f"{W}id") for each in first._p.iter(f"{W}footnoteReference")]
    notes = {each.get(f"{W}id"): text(each) for each in part(filled, "footnotes")}
    assert [notes[mark].rpartition(" ")[2] for mark in marks] == ["JB0001-1。", "JB0001-2。"]


def test_no_mark_is_left_anywhere(filled):
    for name in ("document", "header1", "footnotes"):
        assert not {*"\ue000\ue001\ue002\ue003"} & {*text(part(filled, name))}


def test_where_word_has_no_footnotes_the_code_stands_beside_the_number(filled):
    assert text(part(filled, "header1")) == "草稿区报 14个〔JB0001-2〕"
    box = part(filled, "document").find(f".//{W}txbxContent")
    assert text(box).strip() == "框内62.49亿元〔JB0001-1〕。"
    assert box.find(f".//{W}footnoteReference") is None


def test_blocks_take_the_place_of_their_paragraphs_in_the_style_of_the_file(filled):
    opened = docx.Document(io.BytesIO(filled))
    assert [table.style.name for table in opened.tables[:2]] == ["Table Grid", "Table Grid"]
    assert [cell.text for cell in opened.tables[0].rows[1].cells] == ["新材料", "1.5亿元"]
    holder = opened.tables[1].cell(0, 1)
    assert len(holder._tc.findall(f".//{W}drawing")) == 1
    assert holder._tc[-1].tag == f"{W}p"
    assert opened.tables[1].cell(0, 0).text == "合计1.5亿元"
    assert any(each.text == "末段不动" for each in opened.paragraphs)


def test_footnotes_stand_in_the_order_of_their_marks(filled):
    marks = [each.get(f"{W}id") for each in part(filled, "document").iter(f"{W}footnoteReference")]
    assert marks == [each.get(f"{W}id") for each in part(filled, "footnotes") if not each.get(f"{W}type")]
    assert marks == [str(number) for number in range(1, len(marks) + 1)]


def test_footnotes_of_the_file_itself_stay_and_are_counted_on(template):
    again = word.fill(word.fill(template, sample.document(), sample.stamp()), sample.document(), sample.stamp())
    once = part(word.fill(template, sample.document(), sample.stamp()), "footnotes")
    assert len(part(again, "footnotes")) == len(once)  # nothing was left to be replaced
    own = docx.Document(io.BytesIO(word.write(sample.document(), sample.stamp())))
    own.add_paragraph("又\ue0000\ue001")
    numbers = [int(each.get(f"{W}id")) for each in part(word.fill(saved(own), sample.document(), sample.stamp()), "footnotes")]
    assert numbers == [-1, *range(len(numbers) - 1)]


def test_a_file_that_is_issued_bears_no_mark(template):
    assert text(part(word.fill(template, sample.document(), sample.stamp("已印发")), "header1")) == "区报 14个〔JB0001-2〕"
