"""What the figures about joint sessions mean, recounted from the events alone; a part of tests/recount.py, to be checked by eye.

Joint is what has a second party. A decision is done when its holder has said so, until it is sent back.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from recount_owed import within

PLAN, COMPONENT, MEETING, DECISION = (f"meetings.{each}" for each in ("meetingplan", "plancomponent", "meeting", "decision"))


def is_of(w: Any, m: dict, kind: str, cadence: str) -> bool:
    """Tell whether the session is one of a joint component of this kind and cadence."""
    components = w.once("components", find=lambda: {row["id"]: row for row in w.all(COMPONENT)})
    component = components.get(m["component_id"])
    return component is not None and component["partner_id"] is not None and (component["kind"], component["cadence"]) == (kind, cadence)


def planned(kind: str, cadence: str) -> Callable[..., bool]:
    return lambda w, m, s, e: is_of(w, m, kind, cadence) and within(m["period_end"], s, e) and m["stage"] != "cancelled"


def held(kind: str, cadence: str) -> Callable[..., bool]:
    return lambda w, m, s, e: is_of(w, m, kind, cadence) and within(m["held_on"], s, e)


def laid_out(w: Any, c: dict, s: date, e: date) -> bool:
    return c["partner_id"] is not None and any(plan["id"] == c["plan_id"] and plan["year"] == e.year for plan in w.all(PLAN))


def due(w: Any, m: dict, s: date, e: date) -> bool:
    return m["partner_id"] is not None and m["stage"] != "cancelled" and within(m["due_on"], s, e)


def on_time(w: Any, m: dict, s: date, e: date) -> bool:
    return due(w, m, s, e) and m["stage"] in ("minuted", "signed") and m["minuted_on"] <= m["due_on"]


def decided(w: Any, d: dict, s: date, e: date) -> bool:
    return d["requester_id"] is not None and within(d["opened_on"], s, e)


def completed(w: Any, d: dict, s: date, e: date) -> bool:
    return decided(w, d, s, e) and bool(d["resolved_on"]) and d["resolved_on"] <= str(e)


SUMS = {
    "stats.joint_analysis.per_year": (MEETING, planned("meeting", "monthly"), ""),
    "stats.joint_analysis.per_month": (MEETING, planned("meeting", "monthly"), ""),
    "stats.consultation.per_year": (MEETING, planned("meeting", "quarterly"), ""),
    "stats.consultation.per_quarter": (MEETING, planned("meeting", "quarterly"), ""),
    "stats.joint_analysis.held.count": (MEETING, held("meeting", "monthly"), ""),
    "stats.consultation.held.count": (MEETING, held("meeting", "quarterly"), ""),
    "stats.joint_survey.held.count": (MEETING, held("survey", "none"), ""),
    "stats.joint_visits.held.count": (MEETING, held("visit", "none"), ""),
    "stats.mechanism.count": (COMPONENT, laid_out, ""),
    "stats.activities.due.count": (MEETING, due, ""), "stats.activities.on_time.count": (MEETING, on_time, ""),
    "stats.decisions.count": (DECISION, decided, ""), "stats.decisions.completed.count": (DECISION, completed, ""),
}
RATIOS = {
    "stats.activities.on_time_rate": ("stats.activities.on_time.count", "stats.activities.due.count", 100),
    "stats.decisions.completed_rate": ("stats.decisions.completed.count", "stats.decisions.count", 100),
}
