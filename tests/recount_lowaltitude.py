"""What the figures about low-altitude flying mean, recounted from the events alone; a part of tests/recount.py."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

ROLE, PRODUCT, PROTOTYPE, AIRCRAFT, EVENT, SORTIE, JUMP, MISSION, BIRDS, OBSTACLE, TOUR, TOURISM = (f"lowaltitude.{name}" for name in (
    "aviationrole", "aviationproduct", "prototypeevent", "aircraft", "aviationevent", "sortie", "jumprecord", "mission",
    "birdobservation", "obstacle", "studytour", "tourproduct"))
QUALIFICATION, ENTERPRISE, SITE = "qualifications.qualification", "organisations.enterprise", "lowaltitude.studysite"


def ended(text: str | None, day: date) -> bool | None:
    """Tell whether a date that may be known to the month or the year only is on or before the day; None where nobody can say."""
    if text is None:
        return False
    known = str(day)[:len(text)]
    if text != known or len(text) == 10:
        return text <= known
    return True if str(day + timedelta(days=1))[:len(text)] != text else None


def holds(row: dict, day: date) -> bool:
    return row["since"] <= str(day) and (row["until"] is None or row["until"] > str(day))


def within(column: str) -> Callable[..., bool]:
    return lambda w, r, s, e: r[column] is not None and str(s) <= r[column] <= str(e)


def come(column: str) -> Callable[..., bool]:
    return lambda w, r, s, e: r[column] is not None and r[column] <= str(e)


def has_role(*roles: str) -> Callable[..., bool]:
    return lambda w, r, s, e: r["role"] in roles and holds(r, e)


def product(column: str, *values: str) -> Callable[..., bool | None]:
    """Return the condition of a product that is not ended, and has one of the values in the column, or any at all."""
    def made(w: Any, r: dict, s: date, e: date) -> bool | None:
        if not (r[column] in values if values else r[column]):
            return False
        over = ended(r["ended_on"], e)
        return None if over is None else not over
    return made


def flown(*purposes: str) -> Callable[..., bool]:
    return lambda w, r, s, e: r["purpose"] in purposes and not r["cancelled_for"] and str(s) <= r["flown_on"] <= str(e)


def skydiving(w: Any, r: dict, s: date, e: date) -> bool:
    return r["purpose"] == "skydiving" and not r["cancelled_for"] and r["flown_on"] <= str(e)


def found(w: Any, subject: str, at: int | None) -> dict | None:
    return w.once("by id", subject, find=lambda: {row["id"]: row for row in w.all(subject)}).get(at)


def jumped(w: Any, r: dict, s: date, e: date) -> bool:
    sortie = found(w, SORTIE, r["sortie_id"])
    return sortie is not None and skydiving(w, sortie, s, e)


def recognised(w: Any, r: dict, s: date, e: date) -> bool:
    return r["kind"] == "new_rd_org" and str(s) <= r["since"] <= str(e)


def permit(w: Any, r: dict, s: date, e: date) -> bool:
    return r["kind"] == "production_certificate" and holds(r, e) and any(
        role["enterprise_id"] == r["holder_id"] and role["role"] == "maker" and holds(role, e) for role in w.all(ROLE))


SUMS: dict[str, tuple] = {
    "aviation.products.count": (PRODUCT, product("name"), ""),
    "aviation.engine_lines.count": (PRODUCT, product("direction", "engine"), ""),
    "aviation.component_lines.count": (PRODUCT, product("direction", "component"), ""),
    "aviation.bird_laser.models.count": (PRODUCT, product("kind", "bird_laser"), ""),
    "aviation.prototypes.count": (PROTOTYPE, come("reached_on"), ""),
    "aviation.permits.count": (QUALIFICATION, permit, ""),
    "aviation.aircraft.delivered": (AIRCRAFT, come("delivered_on"), ""),
    "aviation.events.count": (EVENT, come("held_on"), ""),
    "aviation.missions.sorties": (SORTIE, flown("mission"), ""),
    "aviation.missions.flight_minutes": (SORTIE, flown("mission"), "block_minutes"),
    "aviation.training.sorties": (SORTIE, flown("training"), ""),
    "aviation.training.flight_minutes": (SORTIE, flown("training"), "block_minutes"),
    "aviation.flight_sorties.total": (SORTIE, flown("mission", "training"), ""),
    "aviation.flight_minutes.total": (SORTIE, flown("mission", "training"), "block_minutes"),
    "aviation.skydiving.sorties": (SORTIE, skydiving, ""),
    "aviation.skydiving.jumps": (JUMP, jumped, ""),
    "aviation.skydiving.unconfirmed.count": (JUMP, lambda w, r, s, e: not r["landed_at"] and jumped(w, r, s, e), ""),
    "missions.observations.count": (BIRDS, within("observed_on"), ""),
    "missions.obstacles.count": (OBSTACLE, lambda w, r, s, e: come("found_on")(w, r, s, e) and not come("removed_on")(w, r, s, e), ""),
    "missions.obstacles.handed_over.count": (OBSTACLE, come("handed_over_on"), ""),
    "aviation.study_tours.participants": (TOUR, within("held_on"), "headcount"),
    "aviation.tourism.products.count": (TOURISM, lambda w, r, s, e: holds(r, e), ""),
}
EACH_ONCE = {
    "aviation.manufacturers.count": (ROLE, has_role("maker"), "enterprise_id"),
    "aviation.operators.count": (ROLE, has_role("operator"), "enterprise_id"),
    "aviation.enterprises.count": (ROLE, has_role("maker", "operator"), "enterprise_id"),
    "aviation.project_directions.count": (PRODUCT, product("direction"), "direction"),
    "aviation.sole_base.count": (PRODUCT, product("sole_base_evidence"), "maker_id"),
    "rd.provincial_new_rd_org.count": (QUALIFICATION, recognised, "holder_id"),
    "aviation.events.named.count": (EVENT, lambda w, r, s, e: r["series"] != "" and come("held_on")(w, r, s, e), "series"),
    "aviation.study_tours.organisers": (TOUR, within("held_on"), "organiser_id"),
}
RATIOS = {
    "aviation.missions.hours_per_sortie": ("aviation.missions.flight_minutes", "aviation.missions.sorties", Fraction(1, 60)),
    "aviation.skydiving.jumps_per_sortie": ("aviation.skydiving.jumps", "aviation.skydiving.sorties", 1),
    "aviation.study_tours.participants_per_organiser": ("aviation.study_tours.participants", "aviation.study_tours.organisers", 1),
}
HOURS = {  # minutes told in hours, of the sorties beside them
    "aviation.missions.flight_hours": ("aviation.missions.flight_minutes", "aviation.missions.sorties"),
    "aviation.training.flight_hours": ("aviation.training.flight_minutes", "aviation.training.sorties"),
    "aviation.flight_hours.total": ("aviation.flight_minutes.total", "aviation.flight_sorties.total"),
}
YEAR = "rd.provincial_new_rd_org.approved_year"
GROUPINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("aviation.manufacturers.", "aviation.operators.", "aviation.enterprises."), ("scenario",)),
    **dict.fromkeys(("aviation.products.", "aviation.project_directions.", "aviation.engine_lines.", "aviation.component_lines.",
                     "aviation.bird_laser.", "aviation.sole_base."), ("maker", "direction", "stage")),
    "aviation.prototypes.": ("stage", "aviation_product"), "aviation.permits.": ("model", "maker"),
    "aviation.aircraft.": ("maker", "model"), "rd.provincial_new_rd_org.": (), "aviation.events.": ("kind", "series"),
    "aviation.events.named.": ("kind",), "aviation.missions.": ("aircraft", "mission_kind"), "aviation.training.": ("aircraft",),
    "aviation.flight_": ("aircraft",), "aviation.skydiving.": (), "missions.observations.": ("species", "mission_kind"),
    "missions.obstacles.": ("kind",), "aviation.study_tours.": (), "aviation.study_tours.participants": ("organiser", "study_site"),
    "aviation.study_tours.participants_per": (), "aviation.tourism.": ("craft", "kind"),
}
OWN = ("maker", "model", "aircraft", "mission_kind", "aviation_product", "organiser", "study_site")


def group(w: Any, row: dict, dimension: str) -> str | None:
    """Return the group of a row by what it points at."""
    if dimension == "model":
        return row["model" if "model" in row else "subject"] or None
    if dimension == "maker":
        return w.name(ENTERPRISE, row["maker_id" if "maker_id" in row else "holder_id"]) or None
    if dimension == "aircraft":
        plane = found(w, AIRCRAFT, row["aircraft_id"])
        return plane and plane["serial_number"] or None
    if dimension == "mission_kind":
        mission = found(w, MISSION, row["mission_id"])
        return mission and mission["kind"]
    if dimension == "aviation_product":
        return w.name(PRODUCT, row["product_id"])
    return w.name(ENTERPRISE, row["organiser_id"]) if dimension == "organiser" else w.name(SITE, row["site_id"])


def year(w: Any, s: date, e: date) -> Fraction | None:
    """Return the last year in which an organisation was recognised in the period."""
    return max((Fraction(row["since"][:4]) for row in w.own(QUALIFICATION) if recognised(w, row, s, e)), default=None)
