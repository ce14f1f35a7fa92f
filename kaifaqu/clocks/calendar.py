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

from kaifaqu.clocks.contents import Content, day_of, is_word, unknown
from kaifaqu.kernel.dated import DatedRule, RuleKind
from kaifaqu.kernel.world import World

DAY = timedelta(days=1)
TURN = 29  # of December: the notice of 2019 gave 29 to 31 December 2018, that of 2023 gave 31 December 2022; none reached further


class Day(NamedTuple):
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
    days: Mapping[date, Day]


@dataclass(frozen=True)
class Calendar:
    """The years that are laid down, and the days that differ from the week."""

    years: frozenset[int]
    days: Mapping[date, Day]

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
        days: dict[date, Day] = {}
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
        named, published = each.get("document") or document, day_of(each.get("published_on")) or published_on or date.min
        days = {
            day: Day(working, entry["name"], named)
            for entry in each["holidays"] for working, listed in ((False, _off(entry)), (True, _work(entry))) for day in listed
        }  # fmt: skip
        found.append(Notice(named, published, frozenset(each.get("years", ())), days))
    return found


@cache
def shipped() -> tuple[Notice, ...]:
    """Return the notices that the product ships: the State Council's of 2018 to 2026."""
    return tuple(notices(CALENDAR.shipped().content))


def _own(owner_id: int, on: date, world: World) -> Iterator[Notice]:
    """Yield the notices that the owner has entered and that still count on the day."""
    rules = world.once((Calendar, DatedRule), lambda: [*world.rows(DatedRule).filter(kind=CALENDAR.code).order_by("published_on", "id")])
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


def problems(content: Any) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with the content of a calendar."""
    listed = content.get("notices") if isinstance(content, dict) else None
    if not isinstance(listed, list) or not listed:
        yield _t("内容请写成 {example}。").format(example=EXAMPLE)
        return
    yield from unknown(content, {"notices"}, _t("内容"))
    for number, notice in enumerate(listed, 1):
        where = _t("第 {number} 件通知").format(number=number)
        if not isinstance(notice, dict) or not isinstance(notice.get("holidays"), list) or not notice["holidays"]:
            yield _t("{where}请写明「holidays」（各节假日）。").format(where=where)
        else:
            yield from _problems_of(notice, where)


def _problems_of(notice: dict[str, Any], where: str) -> Iterator[str]:
    yield from unknown(notice, {"document", "published_on", "years", "holidays"}, where)
    if "document" in notice and not is_word(notice["document"]):
        yield _t("{where}的「document」（文件）请写文件名称和文号。").format(where=where)
    if "published_on" in notice and day_of(notice["published_on"]) is None:
        yield _t("{where}的「published_on」（发布日期）请写成 2026-01-01 的样子。").format(where=where)
    years = notice.get("years", [])
    if not isinstance(years, list) or not all(type(year) is int and 1949 <= year <= 2200 for year in years):
        yield _t("{where}的「years」（年度）请写成 [2027]；只更正个别日子的，不写。").format(where=where)
        years = []
    seen: dict[date, str] = {}
    for holiday in notice["holidays"]:
        yield from _problems_of_holiday(holiday, where, years, seen)


def _problems_of_holiday(holiday: Any, where: str, years: list[int], seen: dict[date, str]) -> Iterator[str]:
    """Yield what is wrong with one holiday; no day may stand twice in a notice, nor outside the years it lays down."""
    if not isinstance(holiday, dict) or not is_word(holiday.get("name")):
        yield _t("{where}的每个节假日请写明「name」（名称）。").format(where=where)
        return
    named = f"{where}「{holiday['name']}」"
    yield from unknown(holiday, {"name", "off", "work"}, named)
    off, work = holiday.get("off", []), holiday.get("work", [])
    if not all(isinstance(days, list) and all(map(day_of, days)) for days in (off, work)) or len(off) > 2 or not off + work:
        yield _t("{where}：「off」请写放假的第一天和最后一天，「work」请写调休上班的日子，日期写成 2026-01-01 的样子。").format(where=named)
        return
    if off != sorted(off) or len(_off(holiday)) > 60:
        yield _t("{where}：放假的最后一天不能早于第一天，也不能晚于第一天 60 天以上。").format(where=named)
        return
    for day in (*_off(holiday), *_work(holiday)):
        if day in seen:
            yield _t("{where}：{day} 已写在「{other}」中。").format(where=named, day=day, other=seen[day])
        if years and day.year not in years and not (day.year + 1 in years and (day.month, day.day) >= (12, TURN)):
            yield _t("{where}：{day} 不在本通知的年度内。").format(where=named, day=day)
        seen[day] = holiday["name"]


def words(content: Any) -> str:
    """Return the content of a calendar in words: of each notice the years or the holidays that it is about, and its days."""
    return "；".join(
        _t("{about}：放假 {off} 天，调休上班 {work} 天").format(
            about="、".join(_t("{year} 年").format(year=year) for year in each.get("years", ()))
            or "、".join(entry["name"] for entry in each["holidays"]),
            off=sum(len(_off(entry)) for entry in each["holidays"]), work=sum(len(_work(entry)) for entry in each["holidays"]))
        for each in content["notices"]
    )  # fmt: skip


EXAMPLE = (
    '{"notices": [{"years": [2027], "holidays": '
    '[{"name": "元旦", "off": ["2027-01-01", "2027-01-03"], "work": ["2027-01-04"]}]}]}'
)
CALENDAR = RuleKind("clocks.calendar", _("工作日历"), Path(__file__).parent / "data" / "calendar.json", Content(problems, words))
