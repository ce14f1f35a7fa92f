"""What the figures about standard land and commitments mean, recounted from the events; a part of tests/recount.py."""

from collections.abc import Callable
from datetime import date
from typing import Any

PARCEL, PROMISE = "reforms.standardparcel", "reforms.promise"
CASE, ITEM, CHECK = "reforms.commitment", "reforms.commitmentitem", "reforms.compliancecheck"
OVERDUE = ("land.promises.overdue.count", "reforms.commitment.unchecked.count")  # of a day to come nothing of it is known
Asked = Callable[..., Any]


def sums(by: Asked, no: Asked, both: Asked, either: Asked) -> dict[str, tuple]:
    def planned(w: Any, p: dict, s: date, e: date) -> Any:
        return both(by(p["planned_on"], e), no(by(p["announced_on"], e)), no(by(p["transferred_on"], e)), no(by(p["withdrawn_on"], e)))

    def announced(w: Any, p: dict, s: date, e: date) -> Any:
        return both(by(p["announced_on"], e), no(by(p["transferred_on"], e)), no(by(p["withdrawn_on"], e)))

    def transferred(w: Any, p: dict, s: date, e: date) -> Any:
        return by(p["transferred_on"], e)

    def settled(p: dict, e: date) -> Any:
        return either(by(p["met_on"], e), by(p["breached_on"], e))

    def overdue(w: Any, p: dict, s: date, e: date) -> Any:
        given_time = both(by(p["rectify_on"], e), p["rectify_by"] is not None and p["rectify_by"] >= str(e))
        past = p["due_on"] is not None and p["due_on"] < str(e)
        return both(by(p["signed_on"], e), past, no(settled(p, e)), no(given_time))

    def due(w: Any, p: dict, s: date, e: date) -> Any:
        return both(by(p["signed_on"], e), by(p["due_on"], e))

    def watched(c: dict, e: date) -> Any:
        ended = either(*(by(c[f"{name}_on"], e) for name in ("checked", "accepted", "breached", "withdrawn")))
        return both(by(c["approved_on"], e), no(ended))

    def unchecked(w: Any, c: dict, s: date, e: date) -> Any:
        made = [each for each in w.pointing(CHECK, "commitment_id", c["id"]) if each["checked_on"] <= str(e)]
        items = [each for each in w.pointing(ITEM, "commitment_id", c["id"]) if each["check_due_on"] and each["check_due_on"] < str(e)]
        whole = c["verify_due_on"] is not None and c["verify_due_on"] < str(e) and not any(each["item_id"] is None for each in made)
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
        "land.promises.verified.count": (PROMISE, lambda w, p, s, e: either(settled(p, e), by(p["rectify_on"], e)), ""),
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
