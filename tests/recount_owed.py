"""What the figures about issues mean, recounted from the events alone; a part of tests/recount.py, written to be checked by eye.

Due days are counted here once more, on the calendar of the library `holidays`, from the day of opening and the steps. A
correction of the calendar counts for what was written after it, and for whatever was not over when it came.
"""

from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from json import loads
from typing import Any

import holidays

DAY = timedelta(days=1)
ISSUE, OVER = "issues.issue", ("closed", "refused")
OPENINGS, HELD, GOES_ON = ("reopened", "disputed"), ("paused", "put_off"), ("resumed", "taken_up")
ANSWER, SOLVE, SOLVE_HARD = 2, 10, 25  # working days, as the product ships them


@cache
def chinese() -> holidays.HolidayBase:
    return holidays.China(years=range(2020, 2028))


@cache
def is_working_day(day: date) -> bool:
    return chinese().is_working_day(day)


def corrected(w: Any, issue: dict) -> dict[date, bool]:
    """Return the days that the owner's own notices lay down otherwise, of those by which the issue was counted last."""
    rules = sorted((row for row in w.own("kernel.datedrule") if row["kind"] == "clocks.calendar"), key=lambda row: row["published_on"])
    days: dict[date, bool] = {}
    for rule in rules:
        if rule["seq"] <= issue["seq"] or issue["stage"] not in OVER:
            entries = [each for notice in loads(rule["content"])["notices"] for each in notice["holidays"]]
            for each in entries:  # of days of rest the first and the last are written
                if rest := [day(text) for text in each.get("off", ())]:
                    days |= {rest[0] + n * DAY: False for n in range((rest[-1] - rest[0]).days + 1)}
                days |= {day(text): True for text in each.get("work", ())}
    return days


def works(at: date, laid: dict[date, bool]) -> bool:
    return laid.get(at, is_working_day(at))


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def steps(w: Any, issue: dict) -> list[dict]:
    found = w.pointing("issues.issuestep", "subject_id", issue["id"])
    return sorted(found, key=lambda row: (row["on"], row["time"], row["id"]))


def opened(w: Any, issue: dict) -> tuple[date, list[dict]]:
    """Return the day of the last opening, and the steps after it."""
    taken = steps(w, issue)
    last = max((n for n, step in enumerate(taken, 1) if step["kind"] in OPENINGS), default=0)
    return (day(taken[last - 1]["on"]) if last else day(issue["opened_on"])), taken[last:]


def pauses(w: Any, issue: dict) -> list[tuple[date, date | None]]:
    found: list[tuple[date, date | None]] = []
    begun = None
    for step in steps(w, issue):
        if step["kind"] in HELD and begun is None:
            begun = day(step["on"])
        elif step["kind"] in GOES_ON and begun is not None:
            found.append((begun, day(step["on"])))
            begun = None
    return [*found, (begun, None)] if begun else found


def stands_still(at: date, held: list[tuple[date, date | None]]) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in held)


def due(w: Any, issue: dict, days: int, *, calendar_days: bool = False) -> date | None:
    """Return the day on which so many days are over since the last opening; None while it stands still."""
    (at, _since), held, laid = opened(w, issue), pauses(w, issue), corrected(w, issue)
    counted = 0
    while counted < days:
        at += DAY
        if stands_still(at, held):
            if any(since <= at and until is None for since, until in held):
                return None
            continue
        counted += calendar_days or works(at, laid)
    return at


def answer_due(w: Any, issue: dict) -> date | None:
    return w.once("answer", issue["id"], find=lambda: due(w, issue, ANSWER))


def solve_due(w: Any, issue: dict) -> date | None:
    return w.once("solve", issue["id"], find=lambda: _solve_due(w, issue))


def _solve_due(w: Any, issue: dict) -> date | None:
    start, since = opened(w, issue)
    more = sum(step["amount"] or 0 for step in since if step["kind"] == "granted")
    agreed = day(issue["agreed_on"])
    if agreed and agreed >= start:
        return due(w, issue, (agreed - start).days + more, calendar_days=True)
    return due(w, issue, (SOLVE_HARD if issue["hard"] else SOLVE) + more)


def taken(w: Any, issue: dict) -> Fraction | None:
    """Return the working days from after the last opening to the day on which it was done."""
    if not issue["resolved_on"]:
        return None
    (at, _since), held, end, laid = opened(w, issue), pauses(w, issue), day(issue["resolved_on"]), corrected(w, issue)
    count = 0
    while at < end:
        at += DAY
        count += works(at, laid) and not stands_still(at, held)
    return Fraction(count)


def by(text: str | None, end: date) -> bool:
    return bool(text) and text <= str(end)


def within(text: str | None, start: date, end: date) -> bool:
    return bool(text) and str(start) <= text <= str(end)


def registered(w: Any, i: dict, s: date, e: date) -> bool:
    return within(i["opened_on"], s, e) and i["stage"] != "refused"


def is_open(w: Any, i: dict, s: date, e: date) -> bool:
    return by(i["opened_on"], e) and not by(i["confirmed_on"], e) and i["stage"] != "refused"


def overdue(w: Any, i: dict, s: date, e: date) -> bool:
    until = solve_due(w, i)
    return is_open(w, i, s, e) and not by(i["resolved_on"], e) and until is not None and until < e


def to_answer(w: Any, i: dict, s: date, e: date) -> bool:
    until = answer_due(w, i)
    return registered(w, i, s, e) and (by(i["responded_on"], e) or until is not None and until <= e)


def answered(w: Any, i: dict, s: date, e: date) -> bool:
    until = answer_due(w, i)
    return registered(w, i, s, e) and by(i["responded_on"], e) and not (until is not None and day(i["responded_on"]) > until)


def closed(w: Any, i: dict, s: date, e: date) -> bool:
    return within(i["confirmed_on"], s, e)


SUMS = {
    "issues.registered.count": (ISSUE, registered, ""), "issues.open.count": (ISSUE, is_open, ""),
    "issues.overdue.count": (ISSUE, overdue, ""), "issues.solved.count": (ISSUE, closed, ""),
    "issues.registered.solved.count": (ISSUE, lambda w, i, s, e: registered(w, i, s, e) and by(i["confirmed_on"], e), ""),
    "issues.answer_due.count": (ISSUE, to_answer, ""), "issues.answered_in_time.count": (ISSUE, answered, ""),
    "issues.rated.count": (ISSUE, lambda w, i, s, e: closed(w, i, s, e) and i["satisfaction"] != "", ""),
    "issues.satisfied.count": (ISSUE, lambda w, i, s, e: closed(w, i, s, e) and i["satisfaction"] in ("satisfied", "fair"), ""),
    "issues.reopened.count": (ISSUE, lambda w, i, s, e: registered(w, i, s, e) and i["reopened"] > 0, ""),
    "issues.days.total": (ISSUE, closed, lambda w, i, e: taken(w, i)),
}  # fmt: skip
RATIOS = {
    "issues.solved_rate": ("issues.registered.solved.count", "issues.registered.count", 100),
    "issues.response_rate": ("issues.answered_in_time.count", "issues.answer_due.count", 100),
    "issues.satisfaction_rate": ("issues.satisfied.count", "issues.rated.count", 100),
    "issues.days_to_solve": ("issues.days.total", "issues.solved.count", 1),
}
