"""Reading a notice of the State Council as it is published: sentence by sentence, without guessing.

What is said of a holiday is taken only where all of the sentence is understood, each weekday written fits its date and the
number of days fits as well. Everything else is handed back with the reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from kaifaqu.clocks.calendar import DAY

WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}  # full width signs, one for one
WEEKDAYS = "一二三四五六日"
FAR = 31 * DAY  # farther from its holiday no day of work was ever laid
A_DATE = r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日(?:\((?P<told>[^()]*)\))?"
DATE = re.compile(A_DATE)
TO = re.compile(r"[至到~—–-]+")
AND = re.compile(r"(?:[、,和及与]|以及)+")
HEAD = re.compile(r"(?:\(?[一二三四五六七八九十]+\)?[、.]|\d+[.、])?\s*([^\d,:。;]{1,20}):(?=.*日)")
JOINED = r",?与周末(?:两天)?连休"
OFF = re.compile(
    rf"均?(?:放假|休息)(?:调休|公休)?(?P<weekend>{JOINED})?(?:(?:,|,?\()?共?(?P<count>\d{{1,2}})天\)?)?(?P<after>{JOINED})?(?:,?不调休)?")
WORK = re.compile(r"(?:均)?(?:正常|照常)?上班")
TITLE = re.compile(r"国务院办公厅关于[^。]{0,30}?通知")
NUMBER = re.compile(r"国办发(?:明电)?[〔\[(]\d{4}[〕\])]\d+号")
OF_YEAR = re.compile(r"关于(\d{4})年")
PUBLISHED = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


class Unread(NamedTuple):
    """A sentence that was not taken, and why."""

    sentence: str
    reason: str


@dataclass
class Reading:
    """What was read of a notice: its year, document and day, the holidays as a rule stores them, and what was not read.

    `others` are sentences that lay down no day.
    """

    year: int | None = None
    document: str = ""
    published_on: date | None = None
    holidays: list[dict[str, Any]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def content(self) -> dict[str, Any]:
        """Return what was read as the content of a rule."""
        years = {"years": [self.year]} if self.year else {}
        return {"notices": [{**years, "holidays": self.holidays}]}


class Odd(Exception):
    """A sentence says something that does not fit."""


def read(text: str, year: int | None = None) -> Reading:
    """Return what a notice says; the year of its title, else the one that is given."""
    lines = [re.sub(r"\s+", "", line) for line in text.translate(WIDE).splitlines()]
    whole = "".join(lines)
    title, number, told = TITLE.search(whole), NUMBER.search(whole), OF_YEAR.search(whole)
    found = Reading(int(told[1]) if told else year)
    found.document = (title[0] if title else "") + (f"（{number[0]}）" if number and title else "")
    for line in lines:
        if (dated := PUBLISHED.fullmatch(line)) is not None:
            found.published_on = _day(*map(int, dated.groups()))
    for name, paragraph in _paragraphs(lines):
        sentences = [each for each in re.split(r"[。;]", paragraph) if each]
        if name:
            _read_holiday(name, sentences, found)
        else:
            for each in sentences:
                lays = re.search(r"\d日.*(?:放假|休息|上班)", each)
                found.unread.append(Unread(each, _("不知道说的是哪个节假日"))) if lays else found.others.append(each)
    return found


def _paragraphs(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each paragraph with the holiday that it is about; a line that goes on is put to the one before."""
    name, kept = "", ""
    for line in filter(None, lines):
        head = HEAD.match(line)
        if head or kept and kept[-1] in "。;" or not name:
            if kept:
                yield name, kept
            name, kept = (head[1], line[head.end():]) if head else ("", line)
        else:
            kept += line
    if kept:
        yield name, kept


def _read_holiday(name: str, sentences: list[str], found: Reading) -> None:
    """Put what the sentences say about the holiday among what was found."""
    spans: list[tuple[date, date]] = []
    work: list[date] = []
    for sentence in sentences:
        try:
            if found.year is None:
                raise Odd(_("没有写年度，请在「年度」中写明后再读"))
            days, rest = _spans(sentence, found.year)
            if days and WORK.fullmatch(rest):
                work += _days_of_work(days, spans)
            elif days and (told := OFF.fullmatch(rest)):
                _count(days, told)
                spans += days
            else:
                raise Odd(_("读不懂"))
        except Odd as odd:
            found.unread.append(Unread(f"{name}：{sentence}", str(odd)))
    entries: list[dict[str, Any]] = [
        {"name": name, "off": [f"{each}" for each in dict.fromkeys(span)]} for span in spans] or [{"name": name}]
    if work:
        entries[0]["work"] = [f"{each}" for each in work]
    found.holidays += entries


def _spans(sentence: str, year: int) -> tuple[list[tuple[date, date]], str]:
    """Return the days with which a sentence begins, each from its first to its last, and what follows them."""
    spans: list[tuple[date, date]] = []
    place, before = 0, None
    while found := DATE.match(sentence, place):
        first, place = _date(found, year, before), found.end()
        last = first
        if (to := TO.match(sentence, place)) and (end := DATE.match(sentence, to.end())):
            last, place = _date(end, year, first), end.end()
            if last < first and not found["year"] and first.month == 12:  # from December into the notice's own year
                first = _date(found, year - 1, None)
            elif last < first and not end["year"] and last.month == 1:
                last = _date(end, first.year + 1, first)
            if not DAY <= last - first <= 60 * DAY:
                raise Odd(_("{first} 至 {last} 不是一段日子").format(first=first, last=last))
            _fits(end, last)
        _fits(found, first)
        spans.append((first, last))
        before = last
        joint = AND.match(sentence, place)
        if not joint or not DATE.match(sentence, joint.end()):
            break
        place = joint.end()
    return spans, sentence[place:]


def _date(found: re.Match[str], year: int, before: date | None) -> date:
    """Return the date that is written; its month, where it is not written, is that of the date before."""
    if not found["month"] and before is None:
        raise Odd(_("「{written}」没有写月份").format(written=found[0]))
    month = int(found["month"]) if found["month"] else before.month if before else 0
    year = int(found["year"]) if found["year"] else before.year if before and not found["month"] else year
    day = _day(year, month, int(found["day"]))
    if day is None:
        raise Odd(_("没有「{written}」这一天").format(written=found[0]))
    return day


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _fits(found: re.Match[str], day: date) -> None:
    """Demand that the weekday written beside a date is that of the day."""
    told = re.search(r"(?:周|星期|礼拜)([一二三四五六日天])", found["told"] or "")
    if told and WEEKDAYS.index(told[1].replace("天", "日")) != day.weekday():
        raise Odd(_("{day} 是星期{weekday}，写的是「{told}」").format(day=day, weekday=WEEKDAYS[day.weekday()], told=told[0]))


def _days_of_work(days: list[tuple[date, date]], spans: list[tuple[date, date]]) -> list[date]:
    """Return the days on which people work instead; they are named one by one, or follow on each other."""
    listed = [first + n * DAY for first, last in days for n in range((last - first) // DAY + 1)]
    for day in listed:
        if spans and min(abs(day - each) for span in spans for each in span) > FAR:
            raise Odd(_("{day} 离放假的日子太远，请核对年份").format(day=day))
    return listed


def _count(days: list[tuple[date, date]], told: re.Match[str]) -> None:
    """Demand that the number of days written is that of the days, with the weekend where they are joined to it."""
    if any(other[0] <= one[1] for one, other in pairwise(days)):
        raise Odd(_("日子重复或前后颠倒"))
    if told["count"] is None:
        return
    joined = count = sum((last - first) // DAY + 1 for first, last in days)
    if told["weekend"] or told["after"]:
        first, last = days[0][0] - DAY, days[-1][1] + DAY
        while first.weekday() > 4:
            joined, first = joined + 1, first - DAY
        while last.weekday() > 4:
            joined, last = joined + 1, last + DAY
    if int(told["count"]) not in (count, joined):
        raise Odd(_("写着 {told} 天，日子却有 {count} 天").format(told=told["count"], count=joined))
