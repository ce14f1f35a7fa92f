"""GB/T 4754-2017 as packaged: counts of the standard, some entries, and what is said of a code that is none."""

from collections import Counter

import pytest

from kaifaqu.registers.organisations.industries import Industry, _industries, industry, industry_name, industry_problem


def test_the_classification_is_complete():
    entries = _industries().values()
    assert Counter(entry.level for entry in entries) == {"section": 20, "division": 97, "group": 473, "class": 1381}
    assert {entry.section for entry in entries} == {entry.code for entry in entries if entry.level == "section"}
    assert {entry.division for entry in entries} - {""} == {e.code for e in entries if e.level == "division"}


@pytest.mark.parametrize(
    ("code", "name", "level", "section", "division"),
    [
        ("C", "制造业", "section", "C", ""),
        ("30", "非金属矿物制品业", "division", "C", "30"),
        ("302", "石膏、水泥制品及类似制品制造", "group", "C", "30"),
        ("3021", "水泥制品制造", "class", "C", "30"),
        ("0111", "稻谷种植", "class", "A", "01"),
    ],
)
def test_an_entry_knows_its_level_section_and_division(code, name, level, section, division):
    assert industry(code) == Industry(code, name, level, section, division)


def test_an_unknown_code_is_shown_as_it_is():
    assert (industry("3028"), industry_name("3028"), industry_name("3021")) == (None, "3028", "水泥制品制造")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("3021", ""),
        ("C", ""),
        ("", ""),
        ("C3021", "是否指 3021 水泥制品制造？"),
        (" 3021", "是否指 3021 水泥制品制造？"),
        ("610", "是否指 0610 烟煤和无烟煤开采洗选？"),
        ("3028", "302 石膏、水泥制品及类似制品制造下有：3021、3022、3023、3024、3029。"),
    ],
)
def test_what_is_wrong_with_an_industry_code(code, problem):
    assert industry_problem(code) == (problem and f"「{code}」不是 GB/T 4754-2017 的行业代码。{problem}")


def test_a_code_that_resembles_none():
    assert industry_problem("9999") == "「9999」不是 GB/T 4754-2017 的行业代码，请填小类的四位代码，如 3021。"
