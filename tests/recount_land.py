"""What the figures about standard land and commitments mean, recounted from the events; a part of tests/recount.py.

Written from what each figure says of itself. When a promise is due is counted here once more from the project of its parcel, and
when a commitment and its items are to be checked from the day of approval, by the rule that then held.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

PARCEL, PROMISE, PAPER = "reforms.standardparcel", "reforms.promise", "reforms.evidence"
CASE, ITEM, CHECK = "reforms.commitment", "reforms.commitmentitem", "reforms.compliancecheck"
BY_PROJECT = "land.promises.due.count", "land.promises.overdue.count"  # no value where a project's date leaves one open
OVERDUE = (
    "land.promises.overdue.count", "land.promises.waiting.count", "land.promises.undated.count", "reforms.commitment.unchecked.count",
)  # of a day to come nothing of it is known
INITIAL, VERIFY, CHECK_AFTER = 12, 365, 180  # months, and days after the approval, as shipped
Asked = Callable[..., Any]


def first_day(text: str) -> date:
    """Return the first day that 2023, 2023-05 or 2023-05-07 may mean."""
    return date.fromisoformat(f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10])


def last_day(text: str) -> date:
    """Return the last day that 2023, 2023-05 or 2023-05-07 may mean."""
    parts = [*map(int, text.split("-")), 12, 31][:3] if len(text) != 7 else [int(text[:4]), int(text[5:]), 31]
    return date(parts[0], parts[1], min(parts[2], monthrange(parts[0], parts[1])[1]))


def months_later(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def due_days(w: Any, p: dict) -> tuple[date, date] | None:
    """Return from when to when a promise may be due: on the agreed day, else at its point by the project; what produces is completed."""
    if p["due_on"]:
        return (date.fromisoformat(p["due_on"]),) * 2
    parcels = {row["id"]: row for row in w.all(PARCEL)}
    parcel = parcels.get(p["standard_parcel_id"])
    projects = [row for row in w.all("projects.project") if parcel and row["id"] == parcel["project_id"]]
    if not projects:
        return None
    real, planned, full = (projects[0][f"{name}_on"] for name in ("production", "expected_completion", "full_capacity"))
    told = full if p["due_point"] == "full" else real or planned
    if told is None:
        return None
    first, last, signed = first_day(told), last_day(told), date.fromisoformat(p["signed_on"])
    if p["due_point"] == "initial":
        months = (w.rule("reforms.controls", signed) or {"initial_months": INITIAL})["initial_months"]
        first, last = months_later(first, months), months_later(last, months)
    return max(first, signed), max(last, signed)


def has_come(days: tuple[date, date] | None, e: date) -> bool | None:
    """Tell whether a promise is due by the day; None where that falls between the days on which it may be."""
    if days is None or days[0] > e:
        return False
    return True if days[1] <= e else None


def is_open(w: Any, code: str, s: date, e: date, where: Callable) -> bool:
    """Tell whether a promise leaves a figure without a value: nobody knows whether it was due."""
    return code in BY_PROJECT and any(where(w, p, s, e) is None for p in w.own(PROMISE))


def judged(w: Any, p: dict, e: date) -> list[dict]:
    """Return the papers of a promise that were found to show enough, or too little, by the day, the last verdict at the end."""
    papers = [each for each in w.pointing(PAPER, "promise_id", p["id"]) if each["verdict"] in ("met", "short")]
    return sorted((each for each in papers if each["verified_on"] <= str(e)), key=lambda each: (each["verified_on"], each["id"]))


def to_be_checked(w: Any, case: dict, item: dict | None) -> date | None:
    """Return by when a commitment as a whole, or one of its items, is to be checked: the agreed day, else so long after the approval."""
    agreed = item["check_due_on"] if item else case["verify_due_on"]
    if agreed or case["approved_on"] is None:
        return date.fromisoformat(agreed) if agreed else None
    approved = last_day(case["approved_on"])
    rule = w.rule("reforms.commitment", approved)
    items = rule["items"] if rule else {}
    days = (items.get(item["item"], {"check_days": 0})["check_days"] if rule else CHECK_AFTER) if item else (rule or {
        "verify_days": VERIFY})["verify_days"]
    return approved + timedelta(days=days)


def sums(by: Asked, no: Asked, both: Asked, either: Asked) -> dict[str, tuple]:
    def planned(w: Any, p: dict, s: date, e: date) -> Any:
        return both(by(p["planned_on"], e), no(by(p["announced_on"], e)), no(by(p["transferred_on"], e)), no(by(p["withdrawn_on"], e)))

    def announced(w: Any, p: dict, s: date, e: date) -> Any:
        return both(by(p["announced_on"], e), no(by(p["transferred_on"], e)), no(by(p["withdrawn_on"], e)))

    def transferred(w: Any, p: dict, s: date, e: date) -> Any:
        return by(p["transferred_on"], e)

    def settled(p: dict, e: date) -> Any:
        return either(by(p["met_on"], e), by(p["breached_on"], e))

    def given_time(w: Any, p: dict, e: date) -> str | None:
        verdicts = judged(w, p, e)
        return verdicts[-1]["rectify_by"] if verdicts else None

    def overdue(w: Any, p: dict, s: date, e: date) -> Any:
        until = given_time(w, p, e)
        past = until < str(e) if until else has_come(due_days(w, p), e - timedelta(days=1))
        return both(by(p["signed_on"], e), past, no(settled(p, e)))

    def undated(w: Any, p: dict, s: date, e: date) -> Any:
        return both(by(p["signed_on"], e), due_days(w, p) is None, given_time(w, p, e) is None, no(settled(p, e)))

    def waiting(w: Any, p: dict, s: date, e: date) -> Any:
        papers = w.pointing(PAPER, "promise_id", p["id"])
        lies = any(each["handed_in_on"] <= str(e) and (each["verified_on"] or "9999") > str(e) for each in papers)
        return both(lies, no(settled(p, e)))

    def due(w: Any, p: dict, s: date, e: date) -> Any:
        return both(by(p["signed_on"], e), has_come(due_days(w, p), e))

    def verified(w: Any, p: dict, s: date, e: date) -> Any:
        return either(settled(p, e), bool(judged(w, p, e)))

    def watched(c: dict, e: date) -> Any:
        return both(by(c["approved_on"], e), no(either(*(by(c[f"{name}_on"], e) for name in ("checked", "accepted", "withdrawn")))))

    def unchecked(w: Any, c: dict, s: date, e: date) -> Any:
        made = [each for each in w.pointing(CHECK, "commitment_id", c["id"]) if each["checked_on"] <= str(e)]
        items = [each for each in w.pointing(ITEM, "commitment_id", c["id"]) if (to_be_checked(w, c, each) or e) < e]
        whole = (to_be_checked(w, c, None) or e) < e and not any(each["item_id"] is None for each in made)
        parts = any(each["id"] not in {one["item_id"] for one in made} for each in items)
        again = any(
            each["result"] == "rectify" and each["follow_up_on"] and each["follow_up_on"] < str(e) and not any(
                later["checked_on"] > each["checked_on"] and later["item_id"] in (None, each["item_id"]) for later in made)
            for each in made)
        return both(watched(c, e), whole or parts or again)

    def filed(w: Any, p: dict, s: date, e: date) -> Any:
        return both(by(p["landed_on"], e), no(by(p["landed_on"], date(e.year - 1, 12, 31))))

    def filed_on_commitment(w: Any, p: dict, s: date, e: date) -> Any:
        words = (committed(by, no, both)(w, c, s, e) for c in w.pointing(CASE, "project_id", p["id"]))
        return both(filed(w, p, s, e), either(False, *words))

    def during(w: Any, r: dict, s: date, e: date) -> bool:
        return str(s) <= r["checked_on"] <= str(e)

    return {
        **{f"land.standard_parcels.{name}_count": (PARCEL, where, "") for name, where in (
            ("planned", planned), ("announced", announced), ("transferred", transferred))},
        **{f"land.standard_parcels.{name}_area_mu": (PARCEL, where, "area") for name, where in (
            ("planned", planned), ("announced", announced), ("transferred", transferred))},
        "land.promises.signed.count": (PROMISE, lambda w, p, s, e: by(p["signed_on"], e), ""),
        "land.promises.due.count": (PROMISE, due, ""),
        "land.promises.verified.count": (PROMISE, verified, ""), "land.promises.waiting.count": (PROMISE, waiting, ""),
        "land.promises.undated.count": (PROMISE, undated, ""),
        "land.promises.met.count": (PROMISE, lambda w, p, s, e: by(p["met_on"], e), ""),
        "land.promises.breached.count": (PROMISE, lambda w, p, s, e: by(p["breached_on"], e), ""),
        "land.promises.overdue.count": (PROMISE, overdue, ""),
        "reforms.commitment.unchecked.count": (CASE, unchecked, ""),
        "reforms.commitment.checks.count": (CHECK, during, ""),
        "reforms.commitment.breaches.count": (CHECK, lambda w, r, s, e: r["result"] == "breach" and during(w, r, s, e), ""),
        "reforms.filed.projects": ("projects.project", filed, ""),
        "reforms.commitment.filed.projects": ("projects.project", filed_on_commitment, ""),
    }


def committed(by: Asked, no: Asked, both: Asked) -> Asked:
    return lambda w, c, s, e: both(by(c["signed_on"], e), no(by(c["withdrawn_on"], e)))


def each_once(by: Asked, no: Asked, both: Asked) -> dict[str, tuple]:
    return {
        "reforms.commitment.projects": (CASE, committed(by, no, both), "project_id"),
        "reforms.kinds.count": (
            "reforms.reformmeasure", lambda w, m, s, e: both(by(m["adopted_on"], e), no(by(m["ended_on"], e))), "kind"),
    }


RATIOS = {
    "land.standard_parcels.area_avg_mu": ("land.standard_parcels.planned_area_mu", "land.standard_parcels.planned_count", 1),
    "land.promises.met_rate": ("land.promises.met.count", "land.promises.verified.count", 100),
    "reforms.commitment.share": ("reforms.commitment.filed.projects", "reforms.filed.projects", 100),
}
GROUPINGS = {
    "land.standard_parcels.": ("parcel_park",), "land.promises.": ("promised_park", "indicator"),
    "reforms.commitment.": ("case_park",), "reforms.commitment.breaches.": ("checked_park",), "reforms.commitment.checks.": ("result",),
    **dict.fromkeys(("reforms.commitment.filed.", "reforms.commitment.share", "reforms.filed."), ("industry", "nature", "park")),
    "reforms.kinds.": ("kind",),
}  # fmt: skip
PARKS = {  # by dimension: from which record to which, until the one that lies in a park
    "parcel_park": (("parcel_id", "places.parcel"),),
    "promised_park": (("standard_parcel_id", PARCEL), ("parcel_id", "places.parcel")),
    "case_park": (("project_id", "projects.project"),),
    "checked_park": (("commitment_id", CASE), ("project_id", "projects.project")),
}


def group_of(w: Any, row: dict, dimension: str) -> str | None:
    for column, subject in PARKS[dimension]:
        row = next((each for each in w.all(subject) if each["id"] == row[column]), {})
        if not row:
            return None
    return w.name("places.park", row["park_id"])
