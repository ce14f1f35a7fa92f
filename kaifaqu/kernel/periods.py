"""Periods that figures speak of: a year, a half, a quarter, a month, months to date, a day."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MONTH = r"(0[1-9]|1[0-2])"
FORM = re.compile(
    r"(?P<year>[12]\d{3})"
    rf"(-(H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>{MONTH})(\.\.(?P<until>{MONTH})|-(?P<day>\d\d))?))?",
    re.ASCII,
)
NAMES = {
    "": gettext_lazy("{year}年"),
    "H1": gettext_lazy("{year}年上半年"),
    "H2": gettext_lazy("{year}年下半年"),
    "Q1": gettext_lazy("{year}年一季度"),
    "Q2": gettext_lazy("{year}年二季度"),
    "Q3": gettext_lazy("{year}年三季度"),
    "Q4": gettext_lazy("{year}年四季度"),
}


@dataclass(frozen=True)
class Period:
    """The days from `start` to `end`, both included; `text` is the canonical spelling, used in links and commands."""

    start: date
    end: date
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the period that the text says; raise ValueError with the possible forms for any other text.

        Forms: 2024, 2024-H1, 2024-Q1, 2024-01, 2024-01..06 (January to June), 2024-06-30.
        """
        form = FORM.fullmatch(text.strip())
        if form and (days := _days(form)):
            return cls(*days, form[0].removesuffix(f"..{form['month']}"))  # January to January is January
        message = _(
            "「{text}」不是期间。可写 2024（全年）、2024-H1（上半年）、2024-Q1（一季度）、2024-01（一个月）、"
            "2024-01..06（1—6月累计）或 2024-06-30（一天）。"
        )
        raise ValueError(message.format(text=text))

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> str:
        """Return the name of the period as people say it: 2024年上半年, 2024年1—6月."""
        part = self.text[5:]
        if part in NAMES:
            name = str(NAMES[part])
        elif ".." in part:
            name = _("{year}年{month}—{until}月")
        elif self.start == self.end:
            name = _("{year}年{month}月{day}日")
        else:
            name = _("{year}年{month}月")
        return name.format(year=self.start.year, month=self.start.month, until=self.end.month, day=self.end.day)

    @property
    def day_before(self) -> date:
        """Return the last day before the period."""
        return self.start - timedelta(days=1)

    def last_year(self) -> "Period":
        """Return the same period a year earlier; of 29 February, 28 February."""
        rest = "-02-28" if self.text.endswith("-02-29") else self.text[4:]
        return Period.parse(f"{self.start.year - 1}{rest}")

    def previous(self) -> "Period":
        """Return the period of the same kind that ends the day before; raise ValueError for months to date."""
        if ".." in self.text:
            message = _("「{text}」是累计期，没有上一期；请与上年同期比较，或改用单月、季度、半年、全年。")
            raise ValueError(message.format(text=self.text))
        last = self.day_before
        if self.start == self.end:
            return Period.parse(last.isoformat())
        spellings = {
            1: f"{last.year}-{last.month:02d}",
            3: f"{last.year}-Q{last.month // 3}",
            6: f"{last.year}-H{last.month // 6}",
            12: f"{last.year}",
        }
        return Period.parse(spellings[len(self.months())])

    def months(self) -> "list[Period]":
        """Return the months of the period in order; a single day has none."""
        if self.start == self.end:
            return []
        return month_series(f"{self.start:%Y-%m}", self.end.month - self.start.month + 1)


def during(column: str, period: Period) -> Q:
    """Return the condition that the date lies within the period."""
    return Q(**{f"{column}__gte": period.start, f"{column}__lte": period.end})


def month_series(first: str, n: int) -> list[Period]:
    """Return `n` months in a row, the first as given ("2024-01"); raise ValueError when that is no month."""
    month = Period.parse(first)
    if month.text != f"{month.start:%Y-%m}":
        raise ValueError(_("「{text}」不是一个月，请写 2024-01。").format(text=first))
    months = (divmod(month.start.year * 12 + month.start.month - 1 + i, 12) for i in range(n))
    return [Period.parse(f"{year}-{month + 1:02d}") for year, month in months]


def _days(form: re.Match[str]) -> tuple[date, date] | None:
    """Return the first and the last day of a form, None when it names a day or a run of months that do not exist."""
    if form["half"]:
        last = int(form["half"]) * 6
        first = last - 5
    elif form["quarter"]:
        last = int(form["quarter"]) * 3
        first = last - 2
    else:
        first = int(form["month"] or 1)
        last = int(form["until"] or form["month"] or 12)
    if last < first:
        return None
    start = date(int(form["year"]), first, 1)
    end = start.replace(month=last, day=calendar.monthrange(start.year, last)[1])
    if form["day"]:
        day = int(form["day"])
        return (start.replace(day=day),) * 2 if 1 <= day <= end.day else None
    return start, end
