"""What the figures about packages of approvals mean, recounted from the events alone; a part of tests/recount.py, to be checked by eye."""

from collections.abc import Callable
from datetime import date
from typing import Any

from recount_owed import within

PACKAGE, ITEM = "reforms.package", "reforms.packageitem"
OVERDUE = "reforms.items.overdue.count"


def entrusted(kind: str) -> Callable[..., bool]:
    return lambda w, p, s, e: (
        p["kind"] == kind and p["entrusted_on"] <= str(e) and (p["withdrawn_on"] is None or p["withdrawn_on"] > str(e)))


def agency(w: Any, p: dict, s: date, e: date) -> bool:
    return entrusted("agency")(w, p, s, e) and any(row["opened_on"] <= str(e) for row in w.pointing(ITEM, "package_id", p["id"]))


def item_of_agency(w: Any, i: dict, s: date, e: date) -> bool:
    packages = [row for row in w.all(PACKAGE) if row["id"] == i["package_id"]]
    return i["opened_on"] <= str(e) and any(entrusted("agency")(w, row, s, e) for row in packages)


def saved(w: Any, p: dict, s: date, e: date) -> bool:
    return p["kind"] == "integrated" and within(p["finished_on"], s, e)


def decided(w: Any, i: dict, s: date, e: date) -> bool:
    return within(i["resolved_on"], s, e)


def overdue(w: Any, i: dict, s: date, e: date) -> bool:
    is_begun = i["accepted_on"] is not None and i["accepted_on"] <= str(e)
    is_past = i["resolution_due_on"] is not None and i["resolution_due_on"] < str(e)
    return is_begun and is_past and (i["resolved_on"] is None or i["resolved_on"] > str(e))


SUMS = {
    "reforms.agency.items": (ITEM, item_of_agency, ""), "reforms.integrated.days_saved": (PACKAGE, saved, "days_saved"),
    OVERDUE: (ITEM, overdue, ""), "reforms.items.decided.count": (ITEM, decided, ""),
    "reforms.items.days_taken": (ITEM, decided, "days_taken"), "reforms.items.days_promised": (ITEM, decided, "promised_days"),
    "reforms.items.days_statutory": (ITEM, decided, "statutory_days"),
}  # fmt: skip
EACH_ONCE = {
    "reforms.agency.projects": (PACKAGE, agency, "project_id"),
    "reforms.integrated.projects": (PACKAGE, entrusted("integrated"), "project_id"),
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
