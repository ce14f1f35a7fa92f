"""What the figures about recycling mean, recounted from the events; a part of tests/recount.py, to be checked by eye."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

VEHICLE, CERTIFICATE = "vehicles.vehicle", "vehicles.recyclingcertificate"
ENTERPRISE, QUALIFICATION, PARCEL, BUILDING = (
    "organisations.enterprise", "qualifications.qualification", "places.parcel", "premises.building")
(BID, PARTNER, COMMISSION, CATEGORY, PART, TRANSFER, BATTERY, LOT, JOB, OUTPUT, WASTE, WASTE_OUT, PHASE, FACILITY, CAPACITY, AREA, CLAIM,
 SALE) = (f"recycling.{name}" for name in (
     "bid", "recoverypartner", "commission", "partcategory", "vehiclepart", "remanufacturetransfer", "tractionbattery", "dismantlinglot",
     "dismantlingjob", "lotoutput", "wastelot", "wastetransfer", "basephase", "basefacility", "dismantlingcapacity", "servicearea",
     "rankclaim", "linesale"))
STORED_FOR = 365  # the shipped rule: days
BOTH = ("elv_dismantling", "elv_deregistration")
LINES = ("metals", "parts", "services")
RANKS, OVERDUE = {"elv.rank.province": "recovered", "elv.rank.province.dismantled": "dismantled"}, "elv.waste.overdue.count"
OF_VEHICLES = ("channel", "province", "city", "category", "power", "owner_kind", "sender")
Where = Callable[[Any, dict, date, date], Any]


def among(column: str, **also: Any) -> Where:
    """Return the condition: the day lies in the period, and the other columns say what is wanted."""
    return lambda w, r, s, e: until(column, **also)(w, r, s, e) and r[column] >= str(s)


def holds(r: dict, e: date) -> bool:
    return r["since"] <= str(e) and (r["until"] is None or r["until"] > str(e))


def live(w: Any, subject: str, at: int | None) -> dict | None:
    """Return a record that is there."""
    return w.once("by id", subject, find=lambda: {row["id"]: row for row in w.all(subject)}).get(at)


def on(w: Any, r: dict, s: date, e: date) -> bool:
    return holds(r, e)


def delivered(w: Any, r: dict, s: date, e: date) -> bool:
    car = live(w, VEHICLE, r["vehicle_id"])
    came = car is not None and car["channel"] == "partner" and car["received_on"] is not None and car["received_on"] <= str(e)
    return came and str(s) <= r["agreed_on"] <= str(e)


def certified(w: Any, r: dict, s: date, e: date) -> bool:
    return str(s) <= r["issued_on"] <= str(e) and (r["voided_on"] is None or r["voided_on"] > str(e))


def qualified(*kinds: str) -> Where:
    return lambda w, r, s, e: holds(r, e) and r["kind"] in kinds


def dual(w: Any, r: dict, s: date, e: date) -> bool:
    held = {row["kind"] for row in w.pointing(QUALIFICATION, "holder_id", r["id"]) if holds(row, e)}
    return held.issuperset(BOTH)


def finished(w: Any, at: int | None, e: date) -> bool:
    phase = live(w, PHASE, at)
    return phase is not None and phase["completed_on"] is not None and phase["completed_on"] <= str(e)


def land(w: Any, r: dict, s: date, e: date) -> bool:
    return any(finished(w, row["id"], e) for row in w.pointing(PHASE, "parcel_id", r["id"]))


def stands(built: str | None, e: date) -> bool | None:
    """Tell whether the date is on or before the day; None where it is known to a month or year around it."""
    if built is None or len(built) == 10:
        return built is not None and built <= str(e)
    following = e + timedelta(days=1)
    is_over = (built < str(following)[:len(built)])
    return is_over or (None if built == str(e)[:len(built)] else False)


def floors(w: Any, r: dict, s: date, e: date) -> bool | None:
    if not any(finished(w, row["phase_id"], e) for row in w.pointing(FACILITY, "building_id", r["id"])):
        return False
    there, gone = stands(r["completed_on"], e), stands(r["demolished_on"], e)
    return False if there is False or gone is True else None if None in (there, gone) else True


def closed(column: str = "") -> Where:
    """Return the condition: the lot was closed in the period, and the column is filled."""
    def where(w: Any, r: dict, s: date, e: date) -> bool:
        lot = live(w, LOT, r["lot_id"])
        return lot is not None and str(s) <= lot["closed_on"] <= str(e) and (not column or r[column] is not None)
    return where


def overdue(w: Any, r: dict, s: date, e: date) -> bool:
    days = (w.rule("recycling.waste_storage", e) or {"days": STORED_FOR})["days"]
    out = sum(Fraction(row["mass"]) for row in w.pointing(WASTE_OUT, "lot_id", r["id"]) if row["handed_over_on"] <= str(e))
    return r["stored_on"] < str(e - timedelta(days=days)) and out < Fraction(r["mass"])


def until(column: str, **also: Any) -> Where:
    return lambda w, r, s, e: r[column] is not None and r[column] <= str(e) and all(r[name] in told for name, told in also.items())


def traced(w: Any, r: dict, s: date, e: date) -> bool:
    return str(s) <= r["removed_on"] <= str(e) and bool(r["pack_code"]) and bool(r["receipt"]) and r["handed_over_on"] <= str(e)


def licensed(w: Any, r: dict, s: date, e: date) -> bool:
    held = [row for row in w.pointing(QUALIFICATION, "holder_id", r["receiver_id"]) if row["kind"] == "remanufacturing"]
    return str(s) <= r["handed_over_on"] <= str(e) and any(holds(row, date.fromisoformat(r["handed_over_on"])) for row in held)


def claimed(standing: str) -> Where:
    return lambda w, r, s, e: r["year"] == e.year and r["standing"] == standing


SUMS = {
    "elv.intake.count": (VEHICLE, among("received_on"), ""),
    "elv.acquired.online.count": (VEHICLE, among("received_on", channel=("tender", "platform")), ""),
    "elv.acquired.offline.count": (VEHICLE, among("received_on", channel=("own", "partner")), ""),
    "elv.dismantled.count": (VEHICLE, among("dismantled_on"), ""),
    "elv.certificates.count": (CERTIFICATE, certified, ""),
    "elv.tender.won.count": (BID, among("decided_on", outcome=("won",)), ""),
    "elv.tender.decided.count": (BID, among("decided_on", outcome=("won", "lost")), ""),
    "elv.commissions.amount": (COMMISSION, delivered, "amount"),
    "elv.dual_qualified_firms.count": (ENTERPRISE, dual, ""),
    "elv.qualifications.count": (QUALIFICATION, qualified(*BOTH), ""),
    "elv.qualification.valid": (QUALIFICATION, qualified(BOTH[0]), ""),
    "elv.rank.unverified.count": (CLAIM, claimed("unverified"), ""),
    "elv.base.phases_completed": (PHASE, until("completed_on"), ""),
    "elv.base.facilities.count": (FACILITY, lambda w, r, s, e: finished(w, r["phase_id"], e), ""),
    "elv.base.land_area_mu": (PARCEL, land, "area"),
    "elv.base.floor_area_m2": (BUILDING, floors, "area"),
    "elv.capacity.per_year": (CAPACITY, on, "per_year"),
    "elv.part_kinds.count": (CATEGORY, on, ""),
    "elv.part_kinds.named.count": (CATEGORY, lambda w, r, s, e: holds(r, e) and r["named"], ""),
    "elv.parts.count": (PART, among("removed_on"), ""),
    "elv.remanufacture.count": (TRANSFER, licensed, ""),
    "elv.batteries.count": (BATTERY, among("removed_on"), ""), "elv.batteries.traced.count": (BATTERY, traced, ""),
    **{f"elv.material.{name}_kg": (JOB, closed(f"{name}_mass"), f"{name}_mass") for name in ("input", "shell", "assembly")},
    "elv.material.lot_kg": (OUTPUT, closed(), "mass"),
    "elv.waste.in_kg": (WASTE, until("stored_on"), "mass"), "elv.waste.out_kg": (WASTE_OUT, until("handed_over_on"), "mass"),
    OVERDUE: (WASTE, overdue, ""),
    "elv.sales.amount": (SALE, among("sold_on"), "amount"), "elv.sales.margin": (SALE, among("sold_on"), "margin"),
    **{f"elv.{what}.{line}": (SALE, among("sold_on", line=(line,)), column)
       for what, column in (("income", "amount"), ("margin", "margin")) for line in LINES},
}
EACH_ONCE = {
    "elv.channels.online.count": (VEHICLE, until("received_on", channel=("tender", "platform")), "channel"),
    "elv.channels.offline.count": (VEHICLE, until("received_on", channel=("own", "partner")), "channel"),
    "elv.partners.count": (PARTNER, on, "enterprise_id"),
    "elv.qualification_authorities.count": (QUALIFICATION, qualified(*BOTH), "authority"),
    "elv.service_area.count": (AREA, on, "level"),
    "elv.sales.channels.count": (SALE, until("sold_on"), "channel"), "elv.buyers.kinds.count": (SALE, until("sold_on"), "buyer_kind"),
}
RATIOS = {
    "elv.tender.win_rate": ("elv.tender.won.count", "elv.tender.decided.count", 100),
    "elv.batteries.traced_rate": ("elv.batteries.traced.count", "elv.batteries.count", 100),
    "elv.capacity.use_rate": ("elv.dismantled.count", "elv.capacity.per_year", 100),
    "elv.base.floor_area_ratio": ("elv.base.floor_area_m2", "elv.base.land_area_mu", Fraction(3, 2000)),
}
SHARES = {f"elv.{what}.share.{line}": (f"elv.{what}.{line}", f"elv.sales.{column}")
          for what, column in (("income", "amount"), ("margin", "margin")) for line in LINES}
OWN = ("elv.capacity.per_month", "elv.waste.stored_kg", *RANKS, *SHARES)
GROUPINGS = {
    "elv.": (), **dict.fromkeys(("elv.intake.", "elv.acquired.", "elv.dismantled."), OF_VEHICLES), "elv.commissions.": ("sender",),
    "elv.partners.": ("kind",), "elv.rank.unverified.": ("subject", "area"),
    "elv.capacity.per_year": ("base_phase",), "elv.part_kinds.": ("kind",),
    "elv.parts.": ("part_category", "part_kind"), "elv.remanufacture.": ("receiver",), "elv.material.": ("lot",),
    "elv.material.lot_kg": ("lot", "part_category", "part_kind"), "elv.waste.in_kg": ("waste_code",), OVERDUE: ("waste_code",),
    "elv.waste.out_kg": ("waste_code", "receiver"), **dict.fromkeys((
        "elv.sales.", *(f"elv.{what}.{line}" for what in ("income", "margin") for line in LINES)), ("line", "channel", "buyer_kind")),
    "elv.sales.channels.": (),
}
DIMENSIONS = ("sender", "base_phase", "part_category", "part_kind", "receiver", "lot", "waste_code")


def group_of(w: Any, row: dict, dimension: str) -> str | None:
    """Return the group of a vehicle, or of a row that hangs on another record."""
    if dimension == "sender":
        car = row if "partner_id" in row else live(w, VEHICLE, row["vehicle_id"])
        return car and w.name(ENTERPRISE, car["partner_id"])
    if "vin" in row:
        return row[dimension] or None
    if dimension == "base_phase":
        return w.name(PHASE, row["phase_id"])
    if dimension in ("part_category", "part_kind"):
        category = live(w, CATEGORY, row["category_id"])
        return category and category["name" if dimension == "part_category" else "kind"]
    if dimension == "receiver":
        return w.name(ENTERPRISE, row["receiver_id"])
    if dimension == "lot":
        lot = live(w, LOT, row["lot_id"])
        return lot and lot["code"]
    lot = row if "waste_code" in row else live(w, WASTE, row["lot_id"])
    return lot and lot["waste_code"]


def figure(w: Any, code: str, start: date, end: date, dimension: str, of: Callable[..., tuple]) -> tuple:
    """Return status, value and groups of a figure that is neither a sum nor a plain rate."""
    if code in RANKS:
        told = [row for row in w.own(CLAIM) if claimed("verified")(w, row, start, end) and row["level"] == "province"
                and row["subject"] == RANKS[code]]
        if len({row["area"] for row in told}) != 1:
            return "not_computable", None, {}
        last = max(row["origin_on"] for row in told)
        return "open", Fraction(min(row["rank"] for row in told if row["origin_on"] == last)), {}
    if code == "elv.waste.stored_kg":
        return "open", of(w, "elv.waste.in_kg", start, end, "")[1] - of(w, "elv.waste.out_kg", start, end, "")[1], {}
    if code == "elv.capacity.per_month":
        return "open", rounded(of(w, "elv.capacity.per_year", start, end, "")[1] / 12, 2), {}
    upper, lower = (of(w, side, start, end, "")[1] for side in SHARES[code])
    return ("not_computable", None, {}) if upper is None or not lower else ("open", rounded(upper * 100 / lower, 3), {})


def rounded(exact: Fraction, places: int) -> Fraction:
    """Return the number, rounded half up."""
    units = floor(abs(exact) * 10**places + Fraction(1, 2))
    return Fraction(units if exact >= 0 else -units, 10**places)
