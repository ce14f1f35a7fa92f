"""The Word file, read as what it is: a folder of XML."""

import io
import zipfile

import docx
import pytest
from lxml import etree

from kaifaqu.reporting.paper import word
from kaifaqu.reporting.paper.tests import sample

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def part(data: bytes, name: str) -> etree._Element:
    """Return a part of the file."""
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(f"word/{name}.xml"))


def text(element: etree._Element) -> str:
    """Return the words of an element."""
    return "".join(each.text or "" for each in element.iter(f"{W}t"))


@pytest.fixture(scope="module")
def written() -> bytes:
    return word.write(sample.document(), sample.stamp())


def test_the_page_is_that_of_the_standard(written):
    section = part(written, "document").find(f".//{W}sectPr")
    told = {etree.QName(each).localname: {key.removeprefix(W): value for key, value in each.attrib.items()} for each in section}
    assert told["pgSz"] == {"w": "11906", "h": "16838"}
    assert {side: told["pgMar"][side] for side in ("top", "left", "bottom", "right")} == {
        "top": "2098", "left": "1587", "bottom": "1976", "right": "1474"}  # 37, 28, 35, 26 mm
    assert told["docGrid"] == {"type": "linesAndChars", "linePitch": "580", "charSpace": "-842"}


def test_every_number_is_followed_by_its_footnote(written):
    body, notes = part(written, "document"), part(written, "footnotes")
    marks = [each.get(f"{W}id") for each in body.iter(f"{W}footnoteReference")]
    told = {each.get(f"{W}id"): text(each) for each in notes if not each.get(f"{W}type")}
    assert marks == list(told) == [str(each) for each in range(1, len(marks) + 1)]
    before = [text(next(each.iterancestors(f"{W}r")).getprevious()) for each in body.iter(f"{W}footnoteReference")]
    assert before == ["14个", "62.49亿元", "增长12.3%", "〔缺数〕", "1.5亿元", "逐月"]
    codes = [words.rpartition("查证码 ")[2].rstrip("。") for words in told.values()]
    assert codes[:5] == [f"JB0001-{each}" for each in (2, 1, 3, 4, 5)]
    assert all(each.startswith(" 口径：在建项目总投资") or "其他" in each for each in told.values())


def test_word_knows_the_footnotes(written):
    archive = zipfile.ZipFile(io.BytesIO(written))
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    assert b'/word/footnotes.xml" ContentType="' + kind in archive.read("[Content_Types].xml")
    assert b"relationships/footnotes" in archive.read("word/_rels/document.xml.rels")
    separators = [each.get(f"{W}id") for each in part(written, "settings").find(f"{W}footnotePr")]
    assert separators == [each.get(f"{W}id") for each in part(written, "footnotes") if each.get(f"{W}type")] == ["-1", "0"]


def test_it_opens_again_with_headings_in_their_styles(written):
    opened = docx.Document(io.BytesIO(written))
    told = [(each.style.style_id, each.text) for each in opened.paragraphs if each.style.style_id.startswith("Heading")]
    assert told == [
        ("Heading1", "一、总体情况"), ("Heading2", "（一）续建"), ("Heading2", "（二）新开工"), ("Heading3", "1.甲"),
        ("Heading4", "（1）乙"), ("Heading1", "二、分行业 1.5亿元")]
    assert opened.paragraphs[0].text == "上半年简报" + sample.NASTY.replace("\x0b", "")
    wanted = {"Normal": ["仿宋_GB2312"], "Title": ["方正小标宋简体"], "Heading1": ["黑体"], "Heading2": ["楷体_GB2312"], "Heading3": []}
    find = opened.styles.element.xpath
    assert {name: find(f"//w:style[@w:styleId='{name}']/w:rPr/w:rFonts/@w:eastAsia") for name in wanted} == wanted


def test_tables_repeat_their_heads_and_keep_their_rows_whole(written):
    table = part(written, "document").find(f".//{W}tbl")
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in table.iter(f"{W}tr")] == [True, False, False]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in table.iter(f"{W}tr"))
    sides = [cell.find(f".//{W}jc").get(f"{W}val") for cell in table.iter(f"{W}tc")]
    assert sides == ["center", "center", "left", "right", "left", "right"]


def test_pictures_say_what_they_show(written):
    told = [each.get("descr") for each in part(written, "document").iter("{*}docPr")]
    assert told == ["逐月：1月 1.5亿元，2月 2亿元，3月 〔缺数〕", "查证二维码：http://127.0.0.1:8000/briefs/1/"]


def test_the_page_number_stands_outside_one_character_from_the_edge(written):
    opened = docx.Document(io.BytesIO(written)).sections[0]
    for footer, side in ((opened.footer, "right"), (opened.even_page_footer, "left")):
        element = footer._element
        assert text(element) == "— 1 —"
        assert element.find(f".//{W}jc").get(f"{W}val") == side
        assert element.find(f".//{W}ind").get(f"{W}{side}Chars") == "100"


@pytest.mark.parametrize(("state", "mark"), [("草稿", "草稿"), ("已印发", "")])
def test_the_head_says_what_is_not_issued(state, mark):
    opened = docx.Document(io.BytesIO(word.write(sample.document(), sample.stamp(state)))).sections[0]
    assert [text(each._element) for each in (opened.header, opened.even_page_header)] == [mark, mark]


def test_the_last_block_names_people_audit_head_and_address(written):
    *_others, last = part(written, "document").iter(f"{W}tbl")
    for words in ("拟稿：甲某", "签发：乙某", "审计链头：9 abcdef", "查证地址：http://127.0.0.1:8000/briefs/1/", "2024-07-05，事件 9"):
        assert words in text(last)
