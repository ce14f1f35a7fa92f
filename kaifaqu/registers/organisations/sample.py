"""The demo zone's enterprises: invented, their credit codes wrong on purpose."""

import csv
from collections.abc import Iterator
from datetime import date
from importlib import resources

from stdnum.cn import uscc

from kaifaqu.registers.story import Scene, moment


def scenes() -> Iterator[Scene]:
    """Yield the entry of each enterprise, on the day on which it was registered in the zone."""
    for number, row in enumerate(rows(), 1):
        day = date.fromisoformat(row.pop("entered_on"))
        yield Scene(moment(day, number), "projects", "enterprises.create", facts={"facts": {
            **row, "credit_code": wrong_credit_code(number), "synthetic": True,
            "contact": f"演示人员 {100 + number}", "phone": f"000-{number:08d}",
        }})


def rows() -> list[dict[str, str]]:
    """Return the rows of the demo's enterprises."""
    with resources.files(__package__).joinpath("data/demo_enterprises.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def wrong_credit_code(number: int) -> str:
    """Return a code of the right form whose check digit is the one after the right one."""
    stem = f"91149900MADEM{number:04d}"
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return stem + alphabet[(alphabet.index(uscc.calc_check_digit(stem)) + 1) % len(alphabet)]
