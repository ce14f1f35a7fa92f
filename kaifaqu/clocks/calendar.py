"""The calendar of working days: what the notices lay down. A day of a year without notice follows the week, provisionally."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.shapes import Day, Rows, Several, Shape, Whole, Word

DAY = timedelta(days=1)
AWAITED = 10  # month from which on the next year's notice is missed: none came out later than December
FIRST, LAST = 1949, 2200  # years that a notice can be about
TURN = 29  # of December: the notice of 2019 gave 29 to 31 December 2018, that of 2023 gave 31 December 2022; none reached further


class Laid(NamedTuple):
    """What a notice lays down for one day: whether it is a working day, for which holiday, and in which document."""

    working: bool
    holiday: str
    document: str


@dataclass(frozen=True)
class Notice:
    """One notice: its document, the day on which it was published, the years that it lays down, and its days."""

    document: str
    published_on: date
    years: frozenset[int]
    days: Mapping[date, Laid]


@dataclass(frozen=True)
class Calendar:
    """The years that are laid down, and the days that differ from the week."""

    years: frozenset[int]
    days: Mapping[date, Laid]

    @classmethod
    def of(cls, owner_id: int, on: date, world: World) -> "Calendar":
        """Return the owner's calendar as the notices published by the day make it, as known in the world.

        An owner's notices come on top of the shipped ones. The days named say for when a notice holds, so `since` of
        the rule does not count: a notice of next year must count for a clock that reaches into it. A rule no longer
        counts from its `until` on, or once another that supersedes it is published.
        """
        return world.once((cls, owner_id, on), lambda: cls.from_notices((*shipped(), *_own(owner_id, on, world)), on))

    @classmethod
    def from_notices(cls, notices: Iterable[Notice], on: date) -> "Calendar":
        """Return the calendar of the notices published by the day; of two about one day the later one holds."""
        published = sorted((each for each in notices if each.published_on <= on), key=lambda each: each.published_on)
        days: dict[date, Laid] = {}
        for notice in published:
            days.update(notice.days)
        return cls(frozenset().union(*(each.years for each in published)), days)

    def is_working(self, day: date) -> bool:
        """Return whether the day is a working day: what a notice says, else Monday to Friday."""
        laid = self.days.get(day)
        return laid.working if laid else day.weekday() < 5

    def is_laid_down(self, day: date) -> bool:
        """Return whether a notice has settled the day: its year's, and from 29 December on the next year's as well."""
        return day.year in self.years and (day.month < 12 or day.day < TURN or day.year + 1 in self.years)

    def step(self, day: date, working_days: int) -> date:
        """Return the n-th working day after the day, or before it where n is negative; the day itself where n is zero."""
        by = DAY if working_days > 0 else -DAY
        for _n in range(abs(working_days)):
            day += by
            while not self.is_working(day):
                day += by
        return day

    def between(self, since: date, until: date) -> int:
        """Return the number of working days from the one day to before the other."""
        return sum(self.is_working(since + n * DAY) for n in range((until - since).days))


def notices(content: Any, document: str = "", published_on: date | None = None) -> list[Notice]:
    """Return the notices of a content; what one does not say of its document and day is that of its rule."""
    found = []
    for each in content["notices"]:
        named, written = each.get("document") or document, each.get("published_on")
        published = date.fromisoformat(written) if written else published_on or date.min
        days = {
            day: Laid(working, entry["name"], named)
            for entry in each["holidays"] for working, listed in ((False, _off(entry)), (True, _work(entry))) for day in listed
        }  # fmt: skip
        found.append(Notice(named, published, frozenset(each.get("years", ())), days))
    return found


@cache
def shipped() -> tuple[Notice, ...]:
    """Return the notices that the product ships: the State Council's of 2018 to 2026."""
    return tuple(notices(CALENDAR.shipped().content))


def unshipped(on: date) -> set[int]:
    """Return of the years that must be laid down on a day, this one and from October on the next, those without a shipped notice."""
    wanted = {on.year, on.year + 1} if on.month >= AWAITED else {on.year}
    return wanted - Calendar.from_notices(shipped(), on).years


def lacking(owner_id: int, on: date, world: World) -> list[int]:
    """Return the years that must be laid down on a day and for which the owner has no notice."""
    return sorted(unshipped(on) - Calendar.of(owner_id, on, world).years)


def _own(owner_id: int, on: date, world: World) -> Iterator[Notice]:
    """Yield the notices that the owner has entered and that still count on the day."""
    rules = sorted((rule for rule in dated.every(world) if rule.kind == CALENDAR.code), key=lambda rule: (rule.published_on, rule.id))
    superseded = {rule.supersedes_id for rule in rules if rule.published_on <= on}
    for rule in rules:
        if rule.owner_id == owner_id and rule.id not in superseded and (rule.until is None or rule.until > on):
            yield from notices(json.loads(rule.content), rule.source_document, rule.published_on)


def _off(entry: Mapping[str, Any]) -> list[date]:
    """Return the days of rest of a holiday: from the first to the last that is written, or the one."""
    written = [date.fromisoformat(day) for day in entry.get("off", ())]
    return [written[0] + n * DAY for n in range((written[-1] - written[0]).days + 1)] if written else []


def _work(entry: Mapping[str, Any]) -> list[date]:
    return [date.fromisoformat(day) for day in entry.get("work", ())]


def _problems_of(holiday: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a holiday whose entries can be read."""
    off, work = holiday.get("off", []), holiday.get("work", [])
    if not off + work:
        yield _t("请写明「{off}」或「{work}」的日子。").format(off=OFF.label, work=WORK.label)
    elif off != sorted(off) or len(_off(holiday)) > 60:
        yield _t("放假的最后一天不能早于第一天，也不能晚于第一天 60 天以上。")


def _problems_between(notice: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong between the holidays: no day may stand twice in a notice, nor outside the years it lays down."""
    seen: dict[date, str] = {}
    years = notice.get("years", [])
    for holiday in notice["holidays"]:
        for day in (*_off(holiday), *_work(holiday)):
            if day in seen:
                yield _t("「{name}」的 {day} 已写在「{other}」中。").format(name=holiday["name"], day=day, other=seen[day])
            if years and day.year not in years and not (day.year + 1 in years and (day.month, day.day) >= (12, TURN)):
                yield _t("「{name}」的 {day} 不在本通知的年度内。").format(name=holiday["name"], day=day)
            seen[day] = holiday["name"]


def _told(notice: dict[str, Any]) -> str:
    """Return a notice in words: the years or the holidays that it is about, and its days."""
    about = "、".join(_t("{year} 年").format(year=year) for year in notice.get("years", ()))
    return _t("{about}：放假 {off} 天，调休上班 {work} 天").format(
        about=about or "、".join(entry["name"] for entry in notice["holidays"]),
        off=sum(len(_off(entry)) for entry in notice["holidays"]), work=sum(len(_work(entry)) for entry in notice["holidays"]))


DATES = Day(path="", label=_("日子"))
OFF = Several(path="off", label=_("放假"), of=DATES, most=2, between=_(" 至 "), optional=True,
              help=_("第一天和最后一天，写成 2027-01-01 至 2027-01-03 的样子；只放一天的，写一天。"))
WORK = Several(path="work", label=_("调休上班"), of=DATES, optional=True, help=_("写成 2027-01-09 的样子，几天之间写「、」；没有的不写。"))
HOLIDAY = Shape((Word(path="name", label=_("名称"), help=_("节假日的名称，如春节。")), OFF, WORK), also=_problems_of)
NOTICE = Shape((
    Several(path="years", label=_("年度"), of=Whole(path="", label=_("年度"), unit=_("年"), least=FIRST, most=LAST), optional=True,
            help=_("写成 2027 的样子；只更正个别日子的，不写。")),
    Word(path="document", label=_("文件"), help=_("文件名称和文号；与本规则的依据文件相同的，不写。"), optional=True),
    Day(path="published_on", label=_("发布日期"), help=_("与本规则的发布日期相同的，不写。"), optional=True),
    Rows(path="holidays", label=_("节假日"), entry=HOLIDAY, title="name"),
), also=_problems_between, tell=_told)  # fmt: skip
CALENDAR = RuleKind("clocks.calendar", _("工作日历"), Path(__file__).parent / "data" / "calendar.json", Shape(
    (Rows(path="notices", label=_("通知"), entry=NOTICE, title="years"),), beside=True))
