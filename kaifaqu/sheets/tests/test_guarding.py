"""What is refused before it is opened, and by which sentence; the rest of what is hostile is harmless."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.sheets.guarding import Refused, examine
from kaifaqu.sheets.reading import read
from kaifaqu.sheets.tests.workbooks import HOSTILE, MESSY, compound, good

REFUSED = [each for each in HOSTILE if each.sentence]
ONLY_WHEN_READ = {"谎报大小.xlsx", "谎报字表.xlsx", "有损坏.xlsx", "远处一格.xlsx"}  # their lists of parts say nothing


@pytest.mark.parametrize("hostile", [each for each in REFUSED if each.name not in ONLY_WHEN_READ], ids=lambda each: each.name)
def test_a_hostile_file_is_refused_unopened_by_one_sentence_that_names_it(hostile, tmp_path):
    path = tmp_path / "upload"
    hostile.make(path)
    with pytest.raises(Refused) as refused:
        examine(path, hostile.name)
    [sentence] = refused.value.messages
    assert isinstance(refused.value, ValidationError)
    assert sentence.startswith(f"「{hostile.name}」：")
    assert hostile.sentence in sentence


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda each: each.name)
def test_reading_refuses_what_is_hostile_and_nothing_else(hostile, tmp_path):
    path = tmp_path / "upload"
    hostile.make(path)
    sentence = ""
    try:
        with read(path, hostile.name) as book:
            for sheet in book.sheets:
                for _row in sheet:
                    pass
    except Refused as refused:
        [sentence] = refused.messages
    assert hostile.sentence in sentence
    assert bool(hostile.sentence) == bool(sentence)


@pytest.mark.parametrize("messy", MESSY, ids=lambda each: each.name)
def test_what_people_have_is_let_in(messy, tmp_path):
    messy.make(tmp_path / messy.name)
    assert examine(tmp_path / messy.name, messy.name) == messy.name.rpartition(".")[2]


@pytest.mark.parametrize(
    ("name", "make", "kind"),
    [
        ("表.ET", compound("Workbook"), "et"),
        ("表.et", good, "xlsx"),
        ("表.XLSX", good, "xlsx"),
        ("表.txt", lambda path: path.write_text("a\tb", encoding="utf-8"), "csv"),
        (r"C:\报表\表.xls", compound("Workbook"), "xls"),
    ],
)
def test_the_kind_is_told_by_the_content(name, make, kind, tmp_path):
    make(tmp_path / "upload")
    assert examine(tmp_path / "upload", name) == kind


def test_a_cell_that_says_workbook_makes_no_workbook(tmp_path):
    compound("Contents")(tmp_path / "upload")
    entry = "Workbook\0".encode("utf-16-le").ljust(64, b"\0") + bytes([18, 0])
    with (tmp_path / "upload").open("ab") as file:
        file.write(bytes(6) + entry + bytes(500))
    with pytest.raises(Refused, match="内容无法识别"):
        examine(tmp_path / "upload", "表.xls")


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"upload": 1000}, "超过上限 0 MB"),
        ({"parts": 3}, "超过上限 3 个"),
        ({"unpacked": 5000}, "大得不像正常的表格"),
        ({"ratio": 1, "small": 100}, "大得不像正常的表格"),
    ],
)
def test_limits_are_settings(limits, sentence, settings, tmp_path):
    good(tmp_path / "upload")
    settings.SHEET_LIMITS = limits
    with pytest.raises(Refused, match=sentence):
        examine(tmp_path / "upload", "表.xlsx")
