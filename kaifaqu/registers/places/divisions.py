"""Divisions of Shanxi and the statistical area codes of its zones: what a code means. Cautions: data/SOURCES.md."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Division:
    """One division with its six-digit code and the code of the division above it ("" for the province).

    `level` is province, city, county or statistical_zone: the last is a zone that statistics count like a county.
    """

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True)
class ZoneArea:
    """One development zone, or a part of one, with its nine-digit statistical area code, city and county.

    `county` is "" where the zone itself is counted like a county.
    """

    code: str
    name: str
    city: str
    county: str


@cache
def _divisions() -> dict[str, Division]:
    return {
        row["code"]: Division(row["code"], row["name_zh"], row["level"], row["parent_code"])
        for row in _rows("shanxi_divisions_2023.csv")
    }


@cache
def zone_areas() -> dict[str, ZoneArea]:
    """Return the zones that have a statistical area code, by code; this is not the list of all zones."""
    return {
        row["stat_code_9"]: ZoneArea(row["stat_code_9"], row["name_zh"], row["city_code"], row["county_code"])
        for row in _rows("shanxi_zone_statistical_codes.csv")
    }


def division(code: str) -> Division | None:
    """Return the division with this six-digit code, None when Shanxi has none."""
    return _divisions().get(code)


def division_name(code: str) -> str:
    """Return the full name, 山西省运城市稷山县; of an unknown code the code itself, so that no page shows a blank."""
    entry = division(code)
    if entry is None:
        return code
    return (division_name(entry.parent) if entry.parent else "") + entry.name


def division_problem(code: str) -> str:
    """Return what is wrong with a division code and what to write, or "" when nothing is; an empty code is not wrong.

    Only Shanxi is known here: a code of another province is accepted by its form.
    """
    if not code or division(code):
        return ""
    if not (len(code) == 6 and code.isascii() and code.isdecimal()):
        return _("「{code}」不是区划代码，请填六位数字，如 140824（稷山县）。").format(code=code)
    if not code.startswith("14"):
        return ""
    return _("山西省没有区划代码「{code}」（2023 年版），请核对。").format(code=code)


def _rows(name: str) -> list[dict[str, str]]:
    with resources.files(__package__).joinpath("data", name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
