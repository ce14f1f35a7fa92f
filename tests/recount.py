"""Recounts every figure from the events alone. Imports nothing of the product; written to be checked by eye.

    python tests/recount.py EVENTS REQUESTS > ANSWERS

EVENTS has one JSON object a line: seq, subject, subject_id, payload. REQUESTS is a JSON list of {owner, known, periods:
[[text, first day, last day]], by, today}; today is the day of asking, where a period may end after it. ANSWERS maps
"owner|known|period|by|code" to [status, value, groups].

A date may be known to the month or the year only, so a condition is true, false or, as None, undecided (Kleene).
What is owed, and visits, have parts of their own beside this one.
"""

import json
import math
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))  # an isolated Python does not look beside its script
import recount_attraction
import recount_college
import recount_company
import recount_infrastructure
import recount_land
import recount_lowaltitude
import recount_meetings
import recount_others
import recount_owed
import recount_packages
import recount_property
import recount_recycling
import recount_research
import recount_subsidies
import recount_visits

Row = dict
DAY = timedelta(days=1)


# Dates of known precision, and three-valued logic


def bounds(text: str) -> tuple[date, date]:
    """Return the first and the last day that 2023, 2023-05 or 2023-05-07 may mean."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts), date(*parts)
    if len(parts) == 2:
        year, month = parts
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - DAY
    return date(parts[0], 1, 1), date(parts[0], 12, 31)


def by(text: str | None, day: date) -> bool | None:
    """Tell whether the date is on or before the day; a date that is not there is not."""
    if text is None:
        return False
    first, last = bounds(text)
    return True if last <= day else False if first > day else None


def from_on(text: str | None, day: date) -> bool | None:
    """Tell whether the date is on or after the day."""
    return False if text is None else no(by(text, day - DAY))


def no(one: bool | None) -> bool | None:
    return None if one is None else not one


def both(*all_: bool | None) -> bool | None:
    return False if False in all_ else None if None in all_ else True


def either(*any_: bool | None) -> bool | None:
    return True if True in any_ else None if None in any_ else False


# The world: what the events up to `known` say of one owner's records


class World:
    def __init__(self, events: list[dict], known: int, owner: int, today: str):
        self.rows: dict[str, dict[int, Row]] = defaultdict(dict)
        for event in events:
            if event["seq"] <= known and "after" in event["payload"]:
                row = self.rows[event["subject"]].setdefault(event["subject_id"], {})
                row.update(event["payload"]["after"], seq=event["seq"])
        self.owner, self.today = owner, today
        self.found: dict[tuple, Any] = {}  # what was looked up before

    def once(self, *what: Any, find: Callable[[], Any]) -> Any:
        if what not in self.found:
            self.found[what] = find()
        return self.found[what]

    def all(self, subject: str) -> list[Row]:
        return self.once("all", subject, find=lambda: [row for row in self.rows[subject].values() if row["archived_at"] is None])

    def own(self, subject: str) -> list[Row]:
        return self.once("own", subject, find=lambda: [row for row in self.all(subject) if row["owner_id"] == self.owner])

    def pointing(self, subject: str, column: str, at: int) -> list[Row]:
        """Return the rows whose column points at a record."""
        def find() -> dict[int, list[Row]]:
            rows = defaultdict(list)
            for row in self.all(subject):
                rows[row[column]].append(row)
            return rows
        return self.once("pointing", subject, column, find=find).get(at, [])

    def name(self, subject: str, at: int | None) -> str | None:
        """Return the name of a record; None of one that is not there."""
        names = self.once("names", subject, find=lambda: {row["id"]: row["name"] for row in self.all(subject)})
        return names.get(at)

    def rule(self, kind: str, day: date) -> dict | None:
        rules = [row for row in self.own("kernel.datedrule") if row["kind"] == kind]
        replaced = [row["supersedes_id"] for row in rules if row["published_on"] <= str(day) and row["since"] <= str(day)]
        held = [row for row in rules if _holds(row, day) and row["id"] not in replaced]
        held.sort(key=lambda row: (row["since"], row["published_on"], row["id"]))
        return json.loads(held[-1]["content"]) if held else None

    def target(self, indicator: str, day: date) -> str | None:
        rows = [row for row in self.own("targets.yearlytarget") if row["indicator"] == indicator and row["year"] == day.year]
        rows = [row for row in rows if row["supersedes_id"] is None or row["document_on"] <= str(day)]
        replaced = {row["supersedes_id"] for row in rows}
        held = [row for row in rows if row["id"] not in replaced]
        return held[0]["amount"] if held else None

    def stood_still(self, project: int, day: date) -> bool:
        return any(_holds(row, day) for row in self.pointing("projects.projectsuspension", "subject_id", project))

    def classed(self, project: int, kind: str, start: date, end: date, by_date: bool | None) -> bool | None:
        """Tell whether the project is of the class in the period: as was decided, else as its date says."""
        rows = self.pointing("projects.periodclass", "subject_id", project)
        decided = [row["kind"] for row in rows if (row["first"], row["last"]) == (str(start), str(end))]
        return decided[0] == kind if decided else by_date

    def on_lists(self, project: int, kind: str, rule: str, day: date) -> bool:
        grace = (self.rule(rule, day) or {"grace": 1})["grace"]
        held = [row for row in self.own("projects.projectcohort") if row["kind"] == kind and row["held_on"] <= str(day)]
        counting = {row["id"] for row in held if sum(other["held_on"] > row["held_on"] for other in held) >= grace}
        entries = self.all("projects.cohortproject")
        return any(row["subject_id"] == project and row["cohort_id"] in counting for row in entries)


def _holds(row: Row, day: date) -> bool:
    return row["since"] <= str(day) and (row["until"] is None or row["until"] > str(day))


# What the figures mean


def building(w: World, p: Row, day: date) -> bool | None:
    return both(by(p["started_on"], day), no(by(p["production_on"], day)), no(by(p["terminated_on"], day)), not w.stood_still(p["id"], day))


def answered(w: World, p: Row, day: date) -> bool:
    return any(_holds(row, day) for row in w.pointing("projects.projectassignment", "subject_id", p["id"]))


NORMS = {"signed": 180, "landed": 180, "under_construction": 730, "in_production": 365, "suspended": 180}  # days, as shipped


def too_long(w: World, p: Row, day: date) -> bool | None:
    norms = w.rule("projects.stays", day) or NORMS

    def since(column: str, stage: str) -> bool | None:
        return by(p[column], day - (norms[stage] + 1) * DAY) if stage in norms else False

    stops = [row["since"] for row in w.all("projects.projectsuspension") if row["subject_id"] == p["id"] and _holds(row, day)]
    going, over = not stops, no(by(p["terminated_on"], day))
    landed, started, full = (no(by(p[column], day)) for column in ("landed_on", "started_on", "full_capacity_on"))
    return either(
        both(since("signed_on", "signed"), landed, started, over, going),
        both(since("landed_on", "landed"), started, over, going),
        both(since("started_on", "under_construction"), building(w, p, day)),
        both(since("production_on", "in_production"), full, over, going),
        both("suspended" in norms and any(by(text, day - (norms["suspended"] + 1) * DAY) for text in stops), over))


def within(text: str | None, start: date, end: date) -> bool | None:
    return both(from_on(text, start), by(text, end))


def gone(w: World, p: Row, start: date, end: date) -> bool | None:
    was = either(building(w, p, start - DAY), within(p["started_on"], start, end))
    return both(was, no(building(w, p, end)))


PROJECT = {
    "under_construction": lambda w, p, s, e: building(w, p, e),
    "continuing": lambda w, p, s, e: both(building(w, p, e), w.classed(p["id"], "continuing", s, e, by(p["started_on"], s - DAY))),
    "new": lambda w, p, s, e: both(building(w, p, e), w.classed(p["id"], "new", s, e, within(p["started_on"], s, e))),
    "reconciliation.opening": lambda w, p, s, e: building(w, p, s - DAY),
    "reconciliation.started": lambda w, p, s, e: within(p["started_on"], s, e),
    "reconciliation.resumed": lambda w, p, s, e: both(by(p["started_on"], s - DAY), no(building(w, p, s - DAY)), building(w, p, e)),
    "reconciliation.produced": lambda w, p, s, e: both(gone(w, p, s, e), no(by(p["terminated_on"], e)), by(p["production_on"], e)),
    "reconciliation.terminated": lambda w, p, s, e: both(gone(w, p, s, e), by(p["terminated_on"], e)),
    "reconciliation.suspended": lambda w, p, s, e: both(
        gone(w, p, s, e), no(by(p["terminated_on"], e)), no(by(p["production_on"], e))),
    "reconciliation.closing": lambda w, p, s, e: building(w, p, e),
}


def reports(w: World, end: date) -> list[Row]:
    """Return what was reported for the month in which the period ends, of projects that are there."""
    projects = {row["id"] for row in w.all("projects.project")}
    return [row for row in w.own("projects.projectprogress") if row["month"] == str(end)[:7] and row["subject_id"] in projects]


START, PRODUCTION, FULL = (f"projects.rate.{name}" for name in ("start", "production", "full_capacity"))
COUNTS = {
    "projects.signed.year.count": lambda w, p, s, e: within(p["signed_on"], date(e.year, 1, 1), e),
    "projects.started.year.count": lambda w, p, s, e: within(p["started_on"], date(e.year, 1, 1), e),
    "projects.produced.year.count": lambda w, p, s, e: within(p["production_on"], date(e.year, 1, 1), e),
    "projects.assigned.count": lambda w, p, s, e: both(building(w, p, e), answered(w, p, e)),
    "projects.unassigned.count": lambda w, p, s, e: both(building(w, p, e), not answered(w, p, e)),
    "projects.stay.over_norm.count": lambda w, p, s, e: too_long(w, p, e),
    "projects.cohorts.signed.count": lambda w, p, s, e: w.on_lists(p["id"], "signed", START, e),
    "projects.cohorts.signed.started.count": lambda w, p, s, e: both(w.on_lists(p["id"], "signed", START, e), by(p["started_on"], e)),
    "projects.cohorts.started.count": lambda w, p, s, e: w.on_lists(p["id"], "started", PRODUCTION, e),
    "projects.cohorts.started.produced.count": lambda w, p, s, e: both(
        w.on_lists(p["id"], "started", PRODUCTION, e), by(p["production_on"], e)),
    "projects.cohorts.production.count": lambda w, p, s, e: w.on_lists(p["id"], "production", FULL, e),
    "projects.cohorts.production.full.count": lambda w, p, s, e: both(
        w.on_lists(p["id"], "production", FULL, e), by(p["full_capacity_on"], e)),
    "projects.progress.unreported.count": lambda w, p, s, e: both(
        building(w, p, bounds(str(e)[:7])[1]), p["id"] not in {row["subject_id"] for row in reports(w, e)}),
}


OVERDUE, CONTACT = "projects.visits.overdue.count", 60  # days, as shipped


def without_contact(w: World, p: Row, start: date, day: date) -> bool | None:
    """Tell whether a project that is built and answered for was neither visited nor called nor reported of for so many days."""
    days = (w.rule("visits.contact", day) or {"days": CONTACT})["days"]
    since = day - days * DAY
    told = [bounds(row["month"]) for row in w.pointing("projects.projectprogress", "subject_id", p["id"])]
    heard = any(first <= day and last >= since for first, last in told) or recount_visits.met(w, p, since, day)
    return both(days > 0 and not heard and answered(w, p, day), building(w, p, day), by(p["started_on"], since - DAY))


PROGRESS = {
    f"projects.progress.{column}": column
    for column in ("month_investment", "year_to_date", "completed_to_date", "planned_investment", "funds_in_place")
}
OUTPUTS = {
    "projects.cohorts.production.expected_output": "expected_annual_output",
    "projects.cohorts.production.actual_output": "actual_annual_output",
}
LEAD = {
    "leads.known.count": lambda w, p, s, e: by(p["first_contact_on"], e),
    "leads.negotiated.count": lambda w, p, s, e: by(p["negotiating_on"], e),
    "leads.in_negotiation.count": lambda w, p, s, e: both(
        by(p["negotiating_on"], e), no(by(p["signed_on"], e)), no(by(p["failed_on"], e))),
    "leads.known.signed.count": lambda w, p, s, e: both(by(p["first_contact_on"], e), by(p["signed_on"], e)),
    "leads.negotiated.signed.count": lambda w, p, s, e: both(by(p["negotiating_on"], e), by(p["signed_on"], e)),
    "leads.introduced.count": lambda w, p, s, e: both(p["introduced"], by(p["signed_on"], e)),
}
DIFFERENT = {"leads.introduced.chains.count": "chain_id", "leads.introduced.categories.count": "category"}
SUMS = {
    **{f"projects.{name}.count": ("projects.project", where, "") for name, where in PROJECT.items()},
    **{f"projects.{name}.investment": ("projects.project", where, "total_investment") for name, where in PROJECT.items()},
    **{code: ("projects.project", where, "") for code, where in COUNTS.items()},
    "projects.signed.year.investment": ("projects.project", COUNTS["projects.signed.year.count"], "total_investment"),
    **{code: ("projects.project", COUNTS["projects.cohorts.production.count"], column) for code, column in OUTPUTS.items()},
    **{code: ("projects.lead", where, "") for code, where in LEAD.items()},
    **recount_owed.SUMS, **recount_visits.SUMS, **recount_meetings.SUMS, **recount_others.SUMS,
    **recount_attraction.sums(by, from_on, no, both, either), **recount_infrastructure.SUMS, **recount_packages.SUMS,
    **recount_land.sums(by, no, both, either),
    **recount_property.sums(by, from_on, both), **recount_research.sums(by, from_on, no, both),
    OVERDUE: ("projects.project", without_contact, ""),
}
RATIOS = {
    **{f"projects.{name}.investment_avg": (f"projects.{name}.investment", f"projects.{name}.count", 1)
       for name in ("under_construction", "continuing", "new")},
    **{f"projects.{name}.investment_share": (f"projects.{name}.investment", "projects.under_construction.investment", 100)
       for name in ("continuing", "new")},
    "projects.rate.signing.lead": ("leads.known.signed.count", "leads.known.count", 100),
    "projects.rate.signing.negotiation": ("leads.negotiated.signed.count", "leads.negotiated.count", 100),
    "projects.rate.signing.target": ("projects.signed.year.count", "projects.targets.signed", 100),
    "projects.assigned_rate": ("projects.assigned.count", "projects.under_construction.count", 100),
    "projects.rate.start.cohort": ("projects.cohorts.signed.started.count", "projects.cohorts.signed.count", 100),
    "projects.rate.start.year": ("projects.started.year.count", "projects.signed.year.count", 100),
    "projects.rate.production.cohort": ("projects.cohorts.started.produced.count", "projects.cohorts.started.count", 100),
    "projects.rate.full_capacity.value": (
        "projects.cohorts.production.actual_output", "projects.cohorts.production.expected_output", 100),
    "projects.rate.full_capacity.count": ("projects.cohorts.production.full.count", "projects.cohorts.production.count", 100),
}
RATIOS |= {
    "projects.investment.completion": ("projects.progress.year_to_date", "projects.progress.planned_investment", 100),
    "projects.funds.in_place": ("projects.progress.funds_in_place", "projects.progress.planned_investment", 100),
}
TARGETS = {
    "projects.targets.signed": "projects.signed.year.count", "projects.targets.started": "projects.started.year.count",
    "projects.targets.production": "projects.produced.year.count", "projects.targets.investment": "projects.progress.year_to_date",
}
GAPS = {code.replace("projects.targets", "targets.gap"): (reached, code) for code, reached in TARGETS.items()}
RATIOS |= {code.replace("projects.targets", "targets.achieved_rate"): (reached, code, 100) for code, reached in TARGETS.items()}
RATIOS |= recount_owed.RATIOS | recount_meetings.RATIOS
RATIOS |= recount_property.RATIOS
RATIOS |= recount_land.RATIOS | recount_attraction.RATIOS | recount_infrastructure.RATIOS | recount_packages.RATIOS
EACH_ONCE = (
    recount_visits.EACH_ONCE | recount_attraction.EACH_ONCE | recount_infrastructure.EACH_ONCE | recount_packages.EACH_ONCE
    | recount_land.each_once(by, no, both) | recount_property.EACH_ONCE | recount_research.each_once(by, both))
GROUPINGS = {  # of what; the longest beginning of a code decides
    "": (), "projects.": ("industry", "nature", "park", "department"), "projects.targets.": (), "projects.rate.signing": (),
    "issues.": ("category", "holder", "project_stage"), "stats.visits.": ("kind", "department"),
    "services.visits.": ("kind", "department"), "stats.": ("component",), "stats.mechanism.": (), "stats.decisions.": ("holder",),
    **recount_attraction.GROUPINGS,
    "platform.feeds.": ("park",), "platform.alerts.": ("kind",), "party.study.": ("mode", "branch"),
    "party.grassroots.": ("matter", "branch"), "zone.": (), **recount_land.GROUPINGS,
    "qualifications.": ("kind", "subject", "authority", "certified"),
    "infrastructure.": (), **recount_infrastructure.GROUPINGS, **recount_packages.GROUPINGS,
    **recount_property.GROUPINGS,
}
for room in (recount_recycling, recount_company, recount_college, recount_lowaltitude, recount_subsidies, recount_research):
    SUMS |= getattr(room, "SUMS", {})
    RATIOS |= getattr(room, "RATIOS", {})
    EACH_ONCE |= getattr(room, "EACH_ONCE", {})
    GROUPINGS |= getattr(room, "GROUPINGS", {})
CHOICES = {"signing": "negotiation", "start": "cohort", "production": "cohort", "full_capacity": "value"}


# Counting


def groups_by(code: str, dimension: str) -> bool:
    return not dimension or dimension in GROUPINGS[max((each for each in GROUPINGS if code.startswith(each)), key=len)]


def group_of(w: World, row: Row, dimension: str) -> str | None:
    if dimension == "industry":
        enterprises = w.once("enterprises", find=lambda: {each["id"]: each for each in w.all("organisations.enterprise")})
        enterprise = enterprises.get(row["enterprise_id"])
        return enterprise and enterprise["industry"][:2] or None
    if dimension in recount_recycling.DIMENSIONS or "vin" in row:
        return recount_recycling.group_of(w, row, dimension)
    if dimension in recount_property.DIMENSIONS:
        return recount_property.group_of(w, row, dimension)
    if dimension in recount_lowaltitude.OWN:
        return recount_lowaltitude.group(w, row, dimension)
    if recount_research.is_own(dimension):
        return recount_research.group_of(w, row, dimension)
    if dimension in recount_infrastructure.OWN or dimension == "park" and "park_id" not in row:
        return recount_infrastructure.group(w, row, dimension)
    if dimension == "park":
        return w.name("places.park", row["park_id"])
    if dimension in recount_company.OWN:
        return recount_company.group_of(w, row, dimension)
    if dimension in recount_college.DIMENSIONS:
        return recount_college.group_of(w, row, dimension)
    if dimension in recount_subsidies.DIMENSIONS:
        return recount_subsidies.group_of(w, row, dimension)
    if dimension == "certified":
        return w.name("organisations.enterprise", row["holder_id"])
    if dimension in ("body", "package_project", "project"):
        return recount_packages.group_of(w, row, dimension)
    if dimension in recount_land.PARKS:
        return recount_land.group_of(w, row, dimension)
    if dimension == "component":
        return w.name("meetings.plancomponent", row["component_id"])
    if dimension in ("department", "holder", "branch") and f"{dimension}_id" in row:
        return w.name("kernel.party", row[f"{dimension}_id"])
    if dimension == "department":
        held = [each for each in w.pointing("projects.projectassignment", "subject_id", row["id"]) if each["until"] is None]
        return next((each["office_id"] for each in held if each["role"] == "department"), None)
    if dimension in recount_attraction.DIMENSIONS:
        return recount_attraction.group_of(w, row, dimension)
    return row[dimension] or None


def add_up(w: World, code: str, start: date, end: date, dimension: str) -> tuple:
    """Return status, value and groups of a count or sum."""
    subject, where, column = SUMS[code]
    amounts = []
    for row in w.own(subject):
        belongs = where(w, row, start, end)
        if belongs is not False:
            if callable(column):
                amount = column(w, row, end)
            else:
                amount = Fraction(1) if not column else None if row[column] is None else Fraction(row[column])
            amounts.append((amount if belongs else None, group_of(w, row, dimension) if dimension else None))
    return in_groups(amounts, dimension)


def different(w: World, code: str, end: date) -> tuple:
    """Return status and value of a count of the values in a column of what was introduced, each once and an empty one never."""
    column = DIFFERENT[code]
    belonging = {
        (both(LEAD["leads.introduced.count"](w, row, end, end), row[column] not in ("", None)), row[column])
        for row in w.own("projects.lead")}
    if any(belongs is None for belongs, _text in belonging):
        return "not_computable", None, {}
    return "open", Fraction(sum(belongs is True for belongs, _text in belonging)), {}


def each_once(w: World, code: str, start: date, end: date, dimension: str) -> tuple:
    """Return status, value and groups of a count of what rows point at, each once in the whole and once in a group."""
    subject, where, column = EACH_ONCE[code]
    groups: dict = defaultdict(set)
    for row in w.own(subject):
        belongs = where(w, row, start, end)
        if belongs is not False:
            groups[group_of(w, row, dimension) if dimension else None].add(row[column] if belongs else None)  # None: undecided
    told = {str(group): None if None in found else Fraction(len(found)) for group, found in groups.items()} if dimension else {}
    if any(None in found for found in groups.values()):
        return "not_computable", None, told
    return "open", Fraction(len(set().union(*groups.values()))), told


def in_groups(amounts: list[tuple[Fraction | None, str | None]], dimension: str) -> tuple:
    """Return status, value and groups of amounts; a group in which one is not known has no value, nor has the whole."""
    groups: dict = defaultdict(Fraction)
    broken = set()
    for amount, group in amounts:
        groups[group] += amount or 0
        if amount is None:
            broken.add(group)
    told = {str(group): None if group in broken else value for group, value in groups.items()} if dimension else {}
    if broken:
        return "not_computable", None, told
    return "open", sum(groups.values(), Fraction(0)), told


def reported(w: World, code: str, start: date, end: date, dimension: str) -> tuple:
    """Return status, value and groups of a reported sum: there is none until all that are under construction have reported."""
    rows, projects = reports(w, end), {row["id"]: row for row in w.all("projects.project")}
    owing = [row for row in w.own("projects.project") if COUNTS["projects.progress.unreported.count"](w, row, start, end) is not False]
    if owing or not rows:
        return "not_computable", None, {}
    amounts = ((row[PROGRESS[code]], group_of(w, projects[row["subject_id"]], dimension) if dimension else None) for row in rows)
    return in_groups([(amount and Fraction(amount), group) for amount, group in amounts], dimension)


def figure(w: World, code: str, start: date, end: date, dimension: str) -> tuple:
    """Return status, value and groups of any figure."""
    of_a_day = (recount_others.LIVE, OVERDUE, recount_attraction.LATE, recount_packages.OVERDUE, *recount_land.OVERDUE,
                recount_recycling.OVERDUE, *recount_college.OF_A_DAY)
    if code in of_a_day and str(end) > w.today:
        return "not_computable", None, {}
    if code in recount_attraction.ON_LEADS and recount_attraction.is_open(w, code, end, by, no, both):
        return "not_computable", None, {}
    if code in recount_company.OF_INCOME and recount_company.is_cut(w, start, end):
        return "not_computable", None, {}
    if recount_land.is_open(w, code, start, end, SUMS.get(code, ("", None))[1]):
        return "not_computable", None, {}
    if code in recount_infrastructure.UNITS and recount_infrastructure.is_open(w, code, end):
        return "not_computable", None, {}
    if code in recount_infrastructure.NEEDED and not recount_infrastructure.reported(w, code, start, end):
        return "not_computable", None, {}
    if code in recount_subsidies.OWN:
        return recount_subsidies.figure(w, code, start, end, dimension, figure, in_groups)
    if code in SUMS:
        return add_up(w, code, start, end, dimension)
    if code == recount_lowaltitude.YEAR:
        year = recount_lowaltitude.year(w, start, end)
        return "open" if year else "not_computable", year, {}
    if code in recount_lowaltitude.HOURS:
        minutes, sorties = (figure(w, side, start, end, dimension) for side in recount_lowaltitude.HOURS[code])
        if minutes[1] is None:
            return "not_computable", None, {}
        told = {name: minutes[2].get(name, Fraction(0)) for name in minutes[2].keys() | sorties[2].keys()}
        return "open", over(minutes[1], Fraction(60), 1), {name: value and over(value, Fraction(60), 1) for name, value in told.items()}
    if code in DIFFERENT:
        return different(w, code, end)
    if code in EACH_ONCE:
        return each_once(w, code, start, end, dimension)
    if code in PROGRESS:
        return reported(w, code, start, end, dimension)
    if code in TARGETS:
        wanted = w.target(TARGETS[code], end)
        return ("not_computable", None, {}) if wanted is None else ("open", Fraction(wanted), {})
    if code in GAPS:
        reached, wanted = (figure(w, side, start, end, "")[1] for side in GAPS[code])
        return ("not_computable", None, {}) if None in (reached, wanted) else ("open", wanted - reached, {})
    if code in RATIOS:
        above, below, times = RATIOS[code]
        upper, lower = figure(w, above, start, end, dimension), figure(w, below, start, end, dimension)
        if upper[1] is None or lower[1] is None:
            return "not_computable", None, {}
        groups = {}
        for name in upper[2].keys() | lower[2].keys():
            one, other = upper[2].get(name, Fraction(0)), lower[2].get(name, Fraction(0))
            groups[name] = None if one is None or other is None else over(one, other, times)
        value = over(upper[1], lower[1], times)
        return "open" if value is not None else "not_computable", value, groups
    if code in recount_recycling.OWN:
        return recount_recycling.figure(w, code, start, end, dimension, figure)
    if code in recount_research.MADE:
        return recount_research.made(figure, over, w, code, start, end, dimension)
    if code in recount_infrastructure.LEFT:
        upper, lower = (figure(w, side, start, end, dimension) for side in recount_infrastructure.LEFT[code])
        nothing = Fraction(0)
        return "open", upper[1] - lower[1], {
            name: upper[2].get(name, nothing) - lower[2].get(name, nothing) for name in upper[2].keys() | lower[2].keys()}
    if code == recount_infrastructure.CUMULATIVE:
        variant = (w.rule(recount_infrastructure.RULE, end) or {"variant": recount_infrastructure.SHIPPED})["variant"]
        return figure(w, f"{recount_infrastructure.RULE}.{variant}", start, end, dimension)
    name = code.removeprefix("projects.rate.")
    variant = (w.rule(code, end) or {"variant": CHOICES[name]})["variant"]
    return figure(w, f"{code}.{variant}", start, end, dimension)


def over(above: Fraction, below: Fraction, times: int) -> Fraction | None:
    """Return the quotient, rounded half up to two places."""
    if below == 0:
        return None
    exact = above * times / below
    cents = math.floor(abs(exact) * 100 + Fraction(1, 2))
    return Fraction(cents if exact >= 0 else -cents, 100)


def main(events_file: str, requests_file: str) -> None:
    events = [json.loads(line) for line in Path(events_file).read_text(encoding="utf-8").splitlines()]
    for event in events:
        event["payload"] = json.loads(event["payload"])
    requests = json.loads(Path(requests_file).read_text(encoding="utf-8"))
    chosen = [f"projects.rate.{name}" for name in CHOICES]
    codes = [
        *SUMS, *DIFFERENT, *EACH_ONCE, *PROGRESS, *RATIOS, *TARGETS, *GAPS, *chosen, *recount_infrastructure.LEFT,
        *recount_recycling.OWN, recount_infrastructure.CUMULATIVE, recount_lowaltitude.YEAR, *recount_lowaltitude.HOURS,
        *recount_subsidies.OWN, *recount_research.MADE]
    answers, worlds = {}, {}
    for request in requests:
        asked = request["known"], request["owner"], request.get("today", str(date.max))
        w = worlds[asked] = worlds.get(asked) or World(events, *asked)
        for text, first, last in request["periods"]:
            for code in codes:
                if not groups_by(code, request["by"]):
                    continue
                status, value, groups = figure(w, code, date.fromisoformat(first), date.fromisoformat(last), request["by"])
                key = "|".join((str(request["owner"]), str(request["known"]), text, request["by"], code))
                answers[key] = [status, spell(value), {name: spell(each) for name, each in sorted(groups.items())}]
    json.dump(answers, sys.stdout, ensure_ascii=False, indent=0, sort_keys=True)


def spell(value: Fraction | None) -> str | None:
    """Return the number as exact text."""
    return None if value is None else str(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
