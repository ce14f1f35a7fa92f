"""The dated rule of this room: what the state pays for which new car, as it was announced and as it was laid down to be paid.

A rate has two days of its own: on `announced_on` it is told, on `published_on` the notice is out by which it is paid, also for
what was applied for before. In between it is announced and not yet paid.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Day, Rows, Shape, Whole, Word

YUAN, MILLILITRES = Decimal("0.0001"), Decimal("0.001")  # in 万元, and in litres


class Rate(NamedTuple):
    """What is paid for one new car, in 万元, to whom applies between two days; a fuel car up to so many litres."""

    document: str
    since: date
    until: date
    nev: Decimal
    fuel: Decimal
    displacement: Decimal


def _paid_after_announced(content: Any) -> Iterator[str]:
    for number, row in enumerate(content["rates"], 1):
        published = row.get("published_on")
        if (published is None) != (not row.get("notice")):
            yield _t("第 {number} 行：「实施文件」和「实施文件公布日期」要一起填，或者都空着。").format(number=number)
        elif published is not None and published < row["announced_on"]:
            yield _t("第 {number} 行：「实施文件公布日期」不能早于「宣布日期」。").format(number=number)
        if row["until"] < row["since"]:
            yield _t("第 {number} 行：「申请至（含）」不能早于「申请自」。").format(number=number)


SCRAPPAGE = RuleKind(
    "subsidies.scrappage", _("报废更新补贴标准"), Path(__file__).parent / "data" / "scrappage.json", Shape((
        Rows(path="rates", label=_("标准"), title="document", entry=Shape((
            Word(path="document", label=_("宣布文件"), help=_("文号；补贴标准由它宣布。")),
            Day(path="announced_on", label=_("宣布日期")),
            Word(path="notice", label=_("实施文件"), optional=True, help=_("文号；按它发放。还没有的空着。")),
            Day(path="published_on", label=_("实施文件公布日期"), optional=True),
            Day(path="since", label=_("申请自")),
            Day(path="until", label=_("申请至（含）")),
            Whole(path="nev", label=_("购买新能源乘用车"), unit=_("元/辆"), least=1),
            Whole(path="fuel", label=_("购买燃油乘用车"), unit=_("元/辆"), least=1),
            Whole(path="displacement", label=_("燃油乘用车排量不超过"), unit=_("毫升"), least=1),
        ))),
    ), also=_paid_after_announced))


def announced(content: Any, day: date) -> Rate | None:
    """Return the rate, of those by which one may apply on the day, that was announced last by then."""
    rows = [row for row in _open(content["rates"], day) if row["announced_on"] <= str(day)]
    return _rate(max(rows, key=lambda row: row["announced_on"]), "document") if rows else None


def payable(content: Any, day: date) -> Rate | None:
    """Return the rate, of those by which one may apply on the day, of which the notice was published last by then."""
    rows = _published(_open(content["rates"], day), day)
    return _rate(max(rows, key=lambda row: row["published_on"]), "notice") if rows else None


def windows(content: Any, day: date) -> tuple[Rate, ...]:
    """Return for each span of applications the rate that is paid in it by what was published by the day, the newest notice first.

    A raise works back, also where its span is another one: of two spans in which an application lies the first told holds.
    """
    latest: dict[tuple[str, str], Any] = {}
    for row in sorted(_published(content["rates"], day), key=lambda row: row["published_on"], reverse=True):
        latest.setdefault((row["since"], row["until"]), row)
    return tuple(_rate(row, "notice") for row in latest.values())


def _open(rows: Iterable[Any], day: date) -> list[Any]:
    return [row for row in rows if row["since"] <= str(day) <= row["until"]]


def _published(rows: Iterable[Any], day: date) -> list[Any]:
    return [row for row in rows if row.get("published_on") and row["published_on"] <= str(day)]


def _rate(row: Any, document: str) -> Rate:
    return Rate(
        row[document], date.fromisoformat(row["since"]), date.fromisoformat(row["until"]), row["nev"] * YUAN, row["fuel"] * YUAN,
        row["displacement"] * MILLILITRES)
