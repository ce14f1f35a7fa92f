"""The dated rule by which cut-off an old car is judged: a table from what drives it and the form of its plate to the fuels of the schemes.

The vehicles' codes of power tell less than the schemes ask: a hybrid may have a plug or none. There the plate tells it,
and where it does not, nothing is known.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.clauses import FUELS
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.registers.vehicles.models import Power
from kaifaqu.registers.vehicles.plates import GREEN, PLAIN
from kaifaqu.shapes import Choice, Rows, Shape, Word

FORMS = {"green": _("新能源号牌"), "plain": _("普通号牌")}


def _told(row: Any) -> str:
    """Return a row of the table in words: 混合动力、普通号牌按其他燃料."""
    power, plate = Power(row["power"]).label, FORMS.get(row.get("plate"))
    return _t("{car}按{fuel}").format(car="、".join(map(str, filter(None, (power, plate)))), fuel=FUELS[row["fuel"]])


def _never_reached(content: Any) -> Iterator[str]:
    """Yield the rows that never count, since an earlier one says the same of every plate, or of theirs."""
    met: set[tuple[str, str | None]] = set()
    for number, row in enumerate(content["rows"], 1):
        power, plate = row["power"], row.get("plate")
        if {(power, None), (power, plate)} & met:
            yield _t("对照第 {number} 行（{row}）用不到：前面已有一行算「{power}」，请删去或移到前面。").format(
                number=number, row=_told(row), power=Power(power).label)
        met.add((power, plate))


JUDGED_AS = RuleKind("subsidies.fuels", _("旧车燃料种类对照"), Path(__file__).parent / "data" / "fuels.json", Shape((
    Rows(path="rows", label=_("对照"), entry=Shape((
        Choice(path="power", label=_("登记的动力种类"), choices=dict(Power.choices)),
        Choice(path="plate", label=_("号牌"), choices=FORMS, optional=True, help=_("不论什么号牌都一样的空着。")),
        Choice(path="fuel", label=_("截止日期按"), choices=FUELS),
        Word(path="source", label=_("依据"), optional=True)), tell=_told),
        help=_("从上到下，第一行符合的算；都不符合的，燃料种类不明，由人确认。")),
), also=_never_reached))  # fmt: skip


def compared(text: str) -> str:
    """Return a text as it is compared with others: without spaces, points and hyphens, in one width and case."""
    return re.sub(r"[\s·•.\-]", "", unicodedata.normalize("NFKC", text)).upper()


def form_of(plate: str) -> str:
    """Return which form a plate has; an empty text for what is no plate."""
    written = compared(plate)
    return next((form for form, rest in (("green", GREEN), ("plain", PLAIN)) if re.fullmatch(rf"\w[A-Z]{rest}", written)), "")


def judged_as(content: Any) -> Callable[[str | None, str], str | None]:
    """Return what tells, by the table, from a car's power and plate the fuel whose cut-off counts; None where they do not tell."""
    rows = [(each["power"], each.get("plate"), each["fuel"]) for each in content["rows"]]

    def fuel(power: str | None, plate: str) -> str | None:
        form = form_of(plate)
        return next((fuel for known, asked, fuel in rows if known == power and asked in (None, form)), None)

    return fuel
