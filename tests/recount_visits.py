"""What the figures about visits mean, recounted from the events alone; a part of tests/recount.py, written to be checked by eye."""

from collections.abc import Iterator
from datetime import date
from typing import Any

VISIT, ASSIGNMENT = "visits.visit", "visits.serviceassignment"
ENTERING = ("visit", "joint", "inspection", "observation")  # a call enters nobody's premises


def parties(w: Any, visit: dict) -> Iterator[int | None]:
    """Yield whose visit it is, who joins it, and the same of every visit that was merged into it."""
    yield visit["department_id"]
    if visit["partner_id"] or visit["kind"] == "joint":
        yield visit["partner_id"]
    for merged in w.pointing(VISIT, "merged_into_id", visit["id"]):
        yield from parties(w, {**merged, "kind": ""})


def complete(w: Any, visit: dict) -> bool:
    """Tell whether of each party somebody came; a joint visit has a partner."""
    came = {row["party_id"] for row in w.pointing("visits.visitor", "visit_id", visit["id"])}
    return came.issuperset(parties(w, visit))


def made(w: Any, v: dict, s: date, e: date) -> bool:
    is_within = v["stage"] == "done" and v["kind"] in ENTERING and str(s) <= v["visited_on"] <= str(e)
    return is_within and (v["kind"] != "joint" or complete(w, v))


def joint(w: Any, v: dict, s: date, e: date) -> bool:
    return made(w, v, s, e) and v["kind"] == "joint"


def looked_after(w: Any, a: dict, s: date, e: date) -> bool:
    return a["since"] <= str(e) and (a["until"] is None or a["until"] > str(e))


def met(w: Any, project: dict, since: date, until: date) -> bool:
    """Tell whether anybody visited or called the project, or its enterprise, between the two days."""
    visits = list(w.pointing(VISIT, "project_id", project["id"]))
    if project["enterprise_id"] is not None:
        visits += w.pointing(VISIT, "enterprise_id", project["enterprise_id"])
    return any(v["stage"] == "done" and str(since) <= v["visited_on"] <= str(until) for v in visits)


SUMS = {"services.visits.count": (VISIT, made, ""), "services.visits.joint.count": (VISIT, joint, "")}
EACH_ONCE = {
    "stats.visits.enterprises.distinct": (VISIT, made, "enterprise_id"),
    "services.assigned_enterprises.count": (ASSIGNMENT, looked_after, "subject_id"),
}
