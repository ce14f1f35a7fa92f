"""What the figures about premises, works, plants and pools mean, recounted from the events alone; a part of tests/recount.py."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

DAY = timedelta(days=1)
BUILDING, UNIT, LEASE = (f"premises.{name}" for name in ("building", "unit", "lease"))
WORK, PAYMENT, PLANT, PLANT_CAPACITY, PLANT_DAY, POOL, POOL_CAPACITY, RESERVATION = (f"infrastructure.{name}" for name in (
    "work", "workpayment", "plant", "plantcapacity", "plantday", "capacitypool", "poolcapacity", "reservation"))
CARRIERS = {"unit": UNIT, "building": BUILDING, "plant": PLANT, "pool": POOL, "work": WORK}  # of what a row is a part
POOLS = ("land", "power", "water", "wastewater", "heat")
CUMULATIVE, RULE, SHIPPED = "infrastructure.investment.cumulative", "infrastructure.investment", "paid"


def by(text: str | None, day: date) -> bool | None:
    """Tell whether the date is on or before the day; None where it is known to a month or year around it."""
    if text is None:
        return False
    known = str(day)[:len(text)]  # as far as the text says it
    if text == known and len(text) < 10:
        is_last = day == date(day.year, 12, 31) if len(text) == 4 else (day + DAY).month != day.month
        return True if is_last else None
    return text <= known


def both(*all_: bool | None) -> bool | None:
    return False if False in all_ else None if None in all_ else True


def no(one: bool | None) -> bool | None:
    return None if one is None else not one


def either(*any_: bool | None) -> bool | None:
    return True if True in any_ else None if None in any_ else False


def live(w: Any, subject: str, at: int | None) -> dict | None:
    """Return a record that is there."""
    return w.once("by id", subject, find=lambda: {row["id"]: row for row in w.all(subject)}).get(at)


def carrier(w: Any, row: dict | None, column: str) -> dict | None:
    """Return what carries the column: the row itself, or what it is a part of, or what that is a part of."""
    while row is not None and column not in row:
        name = next((name for name in CARRIERS if f"{name}_id" in row), None)
        row = live(w, CARRIERS[name], row[f"{name}_id"]) if name else None
    return row


def group(w: Any, row: dict, dimension: str) -> str | None:
    """Return the group of a row: the park, the building, the plant, the pool or the work that it lies in."""
    if dimension == "work_kind":
        found = live(w, WORK, row["work_id"])
        return found and found["kind"]
    if dimension in ("park", "work_park"):
        found = carrier(w, row, "park_id")
        return w.name("places.park", found["park_id"]) if found else None
    found = carrier(w, row, f"{dimension}_id")
    return w.name(CARRIERS[dimension], found[f"{dimension}_id"]) if found else None


def stands(row: dict, e: date, *ends: str) -> bool:
    return row["since"] <= str(e) and all(row[end] is None or row[end] > str(e) for end in ends)


def occupies(lease: dict, e: date) -> bool:
    return stands(lease, e, "ended_on" if lease["ended_on"] else "until")


def completed(b: dict, e: date) -> bool | None:
    return both(b["kind"] == "standard_workshop", by(b["completed_on"], e), no(by(b["demolished_on"], e)))


def under_way(b: dict, e: date) -> bool | None:
    return both(b["kind"] == "standard_workshop", by(b["started_on"], e), no(by(b["completed_on"], e)), no(by(b["demolished_on"], e)))


def let(w: Any, unit: dict, e: date) -> bool:
    return any(occupies(lease, e) for lease in w.pointing(LEASE, "unit_id", unit["id"]))


UNITS = {  # of which units a figure tells
    "parks.workshops.area": lambda w, u, e: stands(u, e, "until"),
    "parks.workshops.leased_area": lambda w, u, e: stands(u, e, "until") and let(w, u, e),
    "parks.workshops.vacant_area": lambda w, u, e: stands(u, e, "until") and not let(w, u, e),
}
UNITS |= {f"parks.workshops.{name}.count": UNITS["parks.workshops.leased_area"] for name in ("leases", "tenants")}


def in_workshop(w: Any, unit: dict, e: date) -> bool | None:
    """Tell whether a unit lies in a standard workshop that is completed and not demolished."""
    building = live(w, BUILDING, unit["building_id"])
    return building is not None and completed(building, e)


def is_open(w: Any, code: str, e: date) -> bool:
    """Tell whether of some unit that the figure may tell of nobody can say if its building is completed."""
    return any(UNITS[code](w, unit, e) and in_workshop(w, unit, e) is None for unit in w.own(UNIT))


def of_units(code: str) -> tuple:
    return UNIT, lambda w, u, s, e: UNITS[code](w, u, e) and in_workshop(w, u, e) is True, "area"


def leased(w: Any, lease: dict, s: date, e: date) -> bool:
    unit = live(w, UNIT, lease["unit_id"])
    return unit is not None and stands(unit, e, "until") and in_workshop(w, unit, e) is True and occupies(lease, e)


def latest(w: Any, subject: str, column: str, row: dict, e: date) -> bool:
    begun = [each["since"] for each in w.pointing(subject, column, row[column]) if each["since"] <= str(e)]
    return row["since"] <= str(e) and row["since"] == max(begun)


def of_kind(w: Any, subject: str, at: int, kind: str) -> bool:
    found = live(w, subject, at)
    return found is not None and found["kind"] == kind


def day(w: Any, row: dict, s: date, e: date, *told: str) -> bool:
    is_told = all(row[name] is not None for name in told)
    return is_told and str(s) <= row["day"] <= str(e) and of_kind(w, PLANT, row["plant_id"], "sewage")


def capacity(w: Any, row: dict) -> Fraction | None:
    """Return what the plant could do on the day: its capacity that began last by then."""
    begun = [each for each in w.pointing(PLANT_CAPACITY, "plant_id", row["plant_id"]) if each["since"] <= row["day"]]
    return Fraction(max(begun, key=lambda each: each["since"])["amount"]) if begun else None


def flowed(w: Any, row: dict, s: date, e: date) -> bool:
    return day(w, row, s, e, "inflow") and capacity(w, row) is not None


def over(w: Any, row: dict, s: date, e: date) -> bool:
    return flowed(w, row, s, e) and Fraction(row["inflow"]) > capacity(w, row)


def reused(w: Any, row: dict, s: date, e: date) -> bool:
    return day(w, row, s, e, "outflow", "reclaimed")


SUMS: dict[str, tuple] = {
    **{f"parks.workshops.{name}": of_units(f"parks.workshops.{name}") for name in ("area", "leased_area", "vacant_area")},
    "parks.workshops.leases.count": (LEASE, leased, ""),
    "infrastructure.completed.count": (WORK, lambda w, r, s, e: by(r["accepted_on"], e), ""),
    "infrastructure.in_progress.count": (WORK, lambda w, r, s, e: both(by(r["started_on"], e), no(by(r["accepted_on"], e))), ""),
    "infrastructure.investment.contracted": (WORK, lambda w, r, s, e: by(r["contracted_on"], e), "contract_amount"),
    "infrastructure.investment.paid": (PAYMENT, lambda w, r, s, e: r["paid_on"] <= str(e), "amount"),
    "infrastructure.standard_workshop.completed_area": (BUILDING, lambda w, b, s, e: completed(b, e), "area"),
    "infrastructure.standard_workshop.completed_buildings": (BUILDING, lambda w, b, s, e: completed(b, e), ""),
    "infrastructure.standard_workshop.in_progress_area": (BUILDING, lambda w, b, s, e: under_way(b, e), "area"),
    "infrastructure.standard_workshop.total_area": (BUILDING, lambda w, b, s, e: either(completed(b, e), under_way(b, e)), "area"),
    "infrastructure.sewage.capacity": (
        PLANT_CAPACITY, lambda w, r, s, e: of_kind(w, PLANT, r["plant_id"], "sewage") and latest(w, PLANT_CAPACITY, "plant_id", r, e),
        "amount"),
    "infrastructure.sewage.days_reported": (PLANT_DAY, flowed, ""),
    "infrastructure.sewage.days_over": (PLANT_DAY, over, ""),
    "infrastructure.sewage.inflow": (PLANT_DAY, flowed, "inflow"),
    "infrastructure.sewage.capacity_of_days": (PLANT_DAY, flowed, lambda w, r, e: capacity(w, r)),
    "infrastructure.sewage.outflow": (PLANT_DAY, reused, "outflow"),
    "infrastructure.reclaimed.volume": (PLANT_DAY, reused, "reclaimed"),
}


NEEDED = {  # what has no value where no day was reported, and what is to be reported
    "infrastructure.sewage.inflow": flowed, "infrastructure.sewage.capacity_of_days": flowed, "infrastructure.sewage.days_over": flowed,
    "infrastructure.sewage.outflow": reused, "infrastructure.reclaimed.volume": reused,
}


def reported(w: Any, code: str, s: date, e: date) -> bool:
    """Tell whether any day is reported."""
    return any(NEEDED[code](w, row, s, e) for row in w.own(PLANT_DAY))


def pools() -> Iterator[tuple[str, tuple]]:
    """Yield what is held and what is reserved of each kind."""
    for kind in POOLS:
        def total(w: Any, r: dict, s: date, e: date, kind: str = kind) -> bool:
            return of_kind(w, POOL, r["pool_id"], kind) and latest(w, POOL_CAPACITY, "pool_id", r, e)

        def reserved(w: Any, r: dict, s: date, e: date, kind: str = kind) -> bool:
            return of_kind(w, POOL, r["pool_id"], kind) and stands(r, e, "until", "released_on")

        yield f"infrastructure.capacity.{kind}.total", (POOL_CAPACITY, total, "amount")
        yield f"infrastructure.capacity.{kind}.reserved", (RESERVATION, reserved, "amount")


SUMS |= dict(pools())
LEFT = {  # one figure less another
    f"infrastructure.capacity.{kind}.free": tuple(f"infrastructure.capacity.{kind}.{side}" for side in ("total", "reserved"))
    for kind in POOLS}
EACH_ONCE = {"parks.workshops.tenants.count": (LEASE, leased, "tenant_id")}
RATIOS = {
    "parks.workshops.vacancy_rate": ("parks.workshops.vacant_area", "parks.workshops.area", 100),
    "infrastructure.standard_workshop.area_per_building": (
        "infrastructure.standard_workshop.completed_area", "infrastructure.standard_workshop.completed_buildings", 1),
    "infrastructure.sewage.load_rate": ("infrastructure.sewage.inflow", "infrastructure.sewage.capacity_of_days", 100),
    "infrastructure.reclaimed.rate": ("infrastructure.reclaimed.volume", "infrastructure.sewage.outflow", 100),
}
GROUPINGS = {
    "parks.workshops.": ("park", "building"),
    "infrastructure.completed.": ("kind", "park"), "infrastructure.in_progress.": ("kind", "park"),
    "infrastructure.investment.contracted": ("kind", "park"), "infrastructure.investment.paid": ("work_kind", "work_park", "work"),
    "infrastructure.standard_workshop.": ("park",), "infrastructure.capacity.": ("pool", "park"),
    "infrastructure.sewage.": ("plant", "park"), "infrastructure.reclaimed.": ("plant", "park"),
}
OWN = ("building", "plant", "pool", "work", "work_kind", "work_park")  # dimensions of these figures alone; park they share
