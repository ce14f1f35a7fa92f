"""Divisions as packaged: some entries, and what is said of a code that is none."""

import pytest

from kaifaqu.registers.places.divisions import (
    Division,
    ZoneArea,
    division,
    division_name,
    division_problem,
    zone_areas,
)


def test_a_division_knows_its_level_and_what_is_above_it():
    assert division("140824") == Division("140824", "稷山县", "county", "140800")
    assert division("140171") == Division("140171", "山西转型综合改革示范区", "statistical_zone", "140100")
    assert division("110101") is None


@pytest.mark.parametrize(
    ("code", "name"),
    [("140824", "山西省运城市稷山县"), ("140729", "山西省晋中市灵石县"), ("140000", "山西省"), ("110101", "110101")],
)
def test_a_full_name_begins_with_the_province(code, name):
    assert division_name(code) == name


def test_a_zone_with_a_statistical_area_code():
    assert zone_areas()["140824401"] == ZoneArea("140824401", "稷山县经济技术开发区", "140800", "140824")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("140824", ""),
        ("", ""),
        ("110101", ""),
        ("稷山", "「稷山」不是区划代码，请填六位数字，如 140824（稷山县）。"),
        ("140824401", "「140824401」不是区划代码，请填六位数字，如 140824（稷山县）。"),
        ("140899", "山西省没有区划代码「140899」（2023 年版），请核对。"),
    ],
)
def test_what_is_wrong_with_a_division_code(code, problem):
    assert division_problem(code) == problem
