"""The PDF: its words can be read again, its fonts are in it, and without a font somebody is told which one to install."""

import shutil
import subprocess

import pytest
from django.core.exceptions import ImproperlyConfigured

from kaifaqu.reporting.document import Document, Paragraph, Table
from kaifaqu.reporting.paper import fonts, pdf
from kaifaqu.reporting.paper.tests import sample

try:
    fonts.fonts()
    MISSING = ""
except ImproperlyConfigured as problem:
    MISSING = problem.args[0]
pytestmark = pytest.mark.skipif(bool(MISSING) or shutil.which("pdftotext") is None, reason=MISSING or "poppler-utils")


def read(data: bytes, program: str, *options: str) -> str:
    """Return what a program of poppler tells of the file."""
    return subprocess.run([program, *options], input=data, capture_output=True, check=True).stdout.decode()


def words(data: bytes) -> str:
    """Return the words of the file without spaces."""
    return "".join(read(data, "pdftotext", "-", "-").split())


def test_every_word_can_be_read_again():
    told = words(pdf.write(sample.document(), sample.stamp()))
    spoken = ("一、总体情况", "（二）新开工", "62.49亿元", "〔缺数〕", sample.NASTY, "查证码JB0001-4。", "签发：乙某", "审计链头：9abcdef")
    for each in spoken:
        assert "".join(each.split()) in told


def test_the_fonts_are_in_the_file():
    lines = read(pdf.write(sample.document(), sample.stamp()), "pdffonts", "-").splitlines()[2:]
    assert len(lines) >= 2
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in lines)  # embedded, subset, with Unicode


def test_the_head_of_a_long_table_is_repeated_and_pages_are_counted():
    document = sample.document()
    rows = [[[f"第{each}行"], [0]] for each in range(90)]
    long = Document("长表", "", "", "", 9, "", [Table("", ["某行业", "某投资"], rows, [False, True])], document.numbers)
    told = words(pdf.write(long, sample.stamp()))
    pages = int(read(pdf.write(long, sample.stamp()), "pdfinfo", "-").partition("Pages:")[2].split()[0])
    assert told.count("某行业") == pages > 2
    assert f"—{pages}/{pages}—" in told


@pytest.mark.parametrize(("state", "count"), [("待签发", 2), ("已印发", 1)])
def test_every_page_says_what_is_not_issued(state, count):
    document = Document("一页", "", "", "", 9, "", [Paragraph(["甲"])])
    assert words(pdf.write(document, sample.stamp(state))).count(state) == count  # at the head, and in the last block


def test_the_same_document_is_the_same_file():
    assert pdf.write(sample.document(), sample.stamp()) == pdf.write(sample.document(), sample.stamp())


def test_without_a_chinese_font_the_sentence_says_what_to_do(settings, tmp_path):
    settings.FONTS = str(tmp_path)
    with pytest.raises(ImproperlyConfigured, match=r"apt install fonts-noto-cjk.*KAIFAQU_FONTS"):
        pdf.write(sample.document(), sample.stamp())
