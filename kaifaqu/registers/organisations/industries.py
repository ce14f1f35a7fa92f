"""国民经济行业分类 GB/T 4754-2017: what an industry code means. Source and cautions: data/SOURCES.md."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import ascii_letters

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Industry:
    """One entry of the classification at one of four levels: section 门类, division 大类, group 中类, class 小类.

    `section` and `division` are the codes it belongs to (of 3021: C and 30); a section has no division.
    """

    code: str
    name: str
    level: str
    section: str
    division: str


@cache
def _industries() -> dict[str, Industry]:
    with resources.files(__package__).joinpath("data/gbt4754_2017_industry_codes.csv").open(encoding="utf-8") as file:
        return {
            row["code"]: Industry(
                code=row["code"],
                name=row["name_zh"],
                level=row["level"],
                section=row["section"],
                division="" if row["level"] == "section" else row["code"][:2],
            )
            for row in csv.DictReader(file)
        }


def industry(code: str) -> Industry | None:
    """Return the entry with this code at any level, None when there is none."""
    return _industries().get(code)


def industry_name(code: str) -> str:
    """Return the name of the industry; of an unknown code the code itself, so that no page shows a blank."""
    entry = industry(code)
    return entry.name if entry else code


def industry_problem(code: str) -> str:
    """Return what is wrong with an industry code and what to write, or "" when nothing is; an empty code is not wrong.

    Ledgers often write the section before the digits (C3021) or have lost a leading zero (610 for 0610).
    """
    if not code or industry(code):
        return ""
    for meant in (code.strip().upper(), code.strip().lstrip(ascii_letters), f"0{code}"):
        if entry := industry(meant):
            message = _("「{code}」不是 GB/T 4754-2017 的行业代码。是否指 {meant} {name}？")
            return message.format(code=code, meant=meant, name=entry.name)
    group = code[:3]
    classes = [entry.code for entry in _industries().values() if entry.level == "class" and entry.code[:3] == group]
    if classes:
        message = _("「{code}」不是 GB/T 4754-2017 的行业代码。{group} {name}下有：{classes}。")
        return message.format(code=code, group=group, name=industry_name(group), classes="、".join(classes))
    return _("「{code}」不是 GB/T 4754-2017 的行业代码，请填小类的四位代码，如 3021。").format(code=code)
