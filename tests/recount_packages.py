"""What the figures about packages of approvals mean, recounted from the events alone; a part of tests/recount.py, to be checked by eye.

What is due, what it took and what was saved is counted here once more from the days and the steps of the items: a package that was
withdrawn owes nothing from that day on, an item that nobody takes in is taken in by law on the day of its reception once five
working days have passed in silence, a notice of missing papers and a suspension stand still, what was granted is added, and handed
in again an item begins anew.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from recount_owed import DAY, corrected, day, stands_still, within, works

PACKAGE, ITEM, STEP, NEED = "reforms.package", "reforms.packageitem", "reforms.packageitemstep", "reforms.itemneed"
OVERDUE = "reforms.items.overdue.count"
TELLING = 5  # working days within which a body tells what is missing, as the product ships them
HELD, GOES_ON = ("paused", "put_off"), ("resumed", "taken_up")


def not_after(text: str | None, end: date) -> bool:
    return text is not None and text <= str(end)


def package_of(w: Any, item: dict) -> dict | None:
    return next((row for row in w.all(PACKAGE) if row["id"] == item["package_id"]), None)


def items_of(w: Any, package: dict) -> list[dict]:
    return w.pointing(ITEM, "package_id", package["id"])


def stands(package: dict, kind: str, begun: str, end: date) -> bool:
    """Tell whether a package of the kind has begun by the day and was not withdrawn by it."""
    return package["kind"] == kind and not_after(package[begun], end) and not not_after(package["withdrawn_on"], end)


def agency(w: Any, p: dict, s: date, e: date) -> bool:
    return stands(p, "agency", "entrusted_on", e) and any(not_after(item["opened_on"], e) for item in items_of(w, p))


def integrated(w: Any, p: dict, s: date, e: date) -> bool:
    return stands(p, "integrated", "submitted_on", e)


def item_of_agency(w: Any, i: dict, s: date, e: date) -> bool:
    package = package_of(w, i)
    return package is not None and not_after(i["opened_on"], e) and stands(package, "agency", "entrusted_on", e)


def steps_of(w: Any, item: dict) -> list[dict]:
    return sorted(w.pointing(STEP, "subject_id", item["id"]), key=lambda row: (row["on"], row["time"], row["id"]))


def pauses_of(steps: list[dict]) -> list[tuple[date, date | None]]:
    found: list[tuple[date, date | None]] = []
    for step in steps:
        if step["kind"] in HELD and (not found or found[-1][1] is not None):
            found.append((day(step["on"]), None))
        elif step["kind"] in GOES_ON and found and found[-1][1] is None:
            found[-1] = found[-1][0], day(step["on"])
    return found


def due(w: Any, item: dict) -> date | None:
    """Return the day by which an item is to be decided; None of one that lies with nobody, or stands still."""
    begun = item["accepted_on"] or item["received_on"]
    if begun is None:
        return None
    steps, laid = steps_of(w, item), corrected(w, item)
    anew = max((n for n, step in enumerate(steps) if step["kind"] == "assigned"), default=0)
    left = item["promised_days"] if item["accepted_on"] else max(item["promised_days"], TELLING)
    left += sum(step["amount"] for step in steps[anew:] if step["kind"] == "granted")
    at, held = day(begun), pauses_of(steps)
    while left:
        at += DAY
        if any(since <= at and until is None for since, until in held):
            return None
        left -= works(at, laid) and not stands_still(at, held)
    return at


def overdue(w: Any, i: dict, s: date, e: date) -> bool:
    package, until = package_of(w, i), w.once("item due", i["id"], find=lambda: due(w, i))
    is_withdrawn = package is not None and not_after(package["withdrawn_on"], e)
    return not is_withdrawn and not_after(i["received_on"], e) and until is not None and until < e and not not_after(i["resolved_on"], e)


def decided(w: Any, i: dict, s: date, e: date) -> bool:
    return within(i["resolved_on"], s, e)


def timed(w: Any, i: dict, s: date, e: date) -> bool:
    return decided(w, i, s, e) and i["accepted_on"] is not None


def taken(w: Any, item: dict) -> Fraction | None:
    """Return the working days from after the acceptance to the decision, without those on which it stood still."""
    if item["accepted_on"] is None or item["resolved_on"] is None:
        return None
    at, held, laid, count = day(item["accepted_on"]), pauses_of(steps_of(w, item)), corrected(w, item), 0
    while at < day(item["resolved_on"]):
        at += DAY
        count += works(at, laid) and not stands_still(at, held)
    return Fraction(count)


def finished(w: Any, p: dict, s: date, e: date) -> bool:
    return p["kind"] == "integrated" and within(p["finished_on"], s, e)


def saved(w: Any, package: dict) -> Fraction:
    """Return the longest path by law less the working days from the submission to the last result, pauses included."""
    items = {item["id"]: item for item in items_of(w, package)}
    needs: dict[int, list[int]] = {
        pk: [row["needs_id"] for row in w.pointing(NEED, "item_id", pk) if row["needs_id"] in items] for pk in items}

    def path(pk: int) -> int:
        return items[pk]["statutory_days"] + max(map(path, needs[pk]), default=0)

    at, last, laid, took = day(package["submitted_on"]), max(day(item["resolved_on"]) for item in items.values()), corrected(w, package), 0
    while at < last:
        at += DAY
        took += works(at, laid)
    return Fraction(max(map(path, items)) - took)


SUMS = {
    "reforms.agency.items": (ITEM, item_of_agency, ""), "reforms.integrated.days_saved": (PACKAGE, finished, lambda w, p, e: saved(w, p)),
    OVERDUE: (ITEM, overdue, ""), "reforms.items.decided.count": (ITEM, decided, ""),
    "reforms.items.days_taken": (ITEM, timed, lambda w, i, e: taken(w, i)), "reforms.items.days_promised": (ITEM, timed, "promised_days"),
    "reforms.items.days_statutory": (ITEM, timed, "statutory_days"),
}  # fmt: skip
EACH_ONCE: dict[str, tuple[str, Callable[..., bool], str]] = {
    "reforms.agency.projects": (PACKAGE, agency, "project_id"), "reforms.integrated.projects": (PACKAGE, integrated, "project_id"),
}  # fmt: skip
RATIOS = {
    "reforms.agency.items_per_project": ("reforms.agency.items", "reforms.agency.projects", 1),
    "reforms.items.taken_of_promised": ("reforms.items.days_taken", "reforms.items.days_promised", 100),
    "reforms.items.taken_of_statutory": ("reforms.items.days_taken", "reforms.items.days_statutory", 100),
}  # fmt: skip
GROUPINGS = {
    "reforms.agency.items": ("body", "package_project", "phase"), "reforms.items.": ("body", "package_project", "phase"),
    "reforms.agency.items_per_project": (), "reforms.agency.projects": ("project",), "reforms.integrated.": ("project",),
}  # fmt: skip


def group_of(w: Any, row: dict, dimension: str) -> str | None:
    """Return the group of a package or an item."""
    if dimension == "body":
        return w.name("kernel.party", row["holder_id"])
    if dimension == "package_project":
        found = [each for each in w.all(PACKAGE) if each["id"] == row["package_id"]]
        return w.name("projects.project", found[0]["project_id"]) if found else None
    return w.name("projects.project", row["project_id"])
