"""What the figures about hosted parks, amenities, services, work orders and funds mean, recounted from the events alone.

A part of tests/recount.py. Days by which a request is to be done are counted here once more; what is owed and what was in time
is told from days and amounts, never from what the product keeps of them.
"""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import recount_owed

Row = dict
DAY = timedelta(days=1)
CONTRACT, SETTLEMENT, AMENITY, BILL, ITEM, PROVIDER, REQUEST, ORDER = (f"property.{name}" for name in (
    "hostingcontract", "settlement", "amenity", "rentbill", "serviceitem", "serviceprovider", "servicerequest", "workorder"))
FUND, PAYMENT, STAKE = (f"capital.{name}" for name in ("fund", "fundpayment", "fundstake"))
UNIT, LEASE, BUILDING, FIRM = "premises.unit", "premises.lease", "premises.building", "organisations.enterprise"
DAYS = 5  # working days for a service of which the catalogue says nothing, as shipped
DIMENSIONS = ("amenity_kind", "amenity_park", "order_kind", "rent_park", "tenant", "service_kind", "provider", "hosting", "fund",
              "fund_level")


def live(w: Any, subject: str, at: int | None) -> Row | None:
    return w.once("by id", subject, find=lambda: {row["id"]: row for row in w.all(subject)}).get(at)


def up(w: Any, row: Row | None, *path: tuple[str, str]) -> Row | None:
    """Return what the row stands on, step by step; None where something on the way is not there."""
    for column, subject in path:
        row = live(w, subject, row[column]) if row else None
    return row


def group_of(w: Any, row: Row, dimension: str) -> str | None:
    to_lease = ("lease_id", LEASE)
    way, column = {
        "amenity_kind": ((), "kind"), "order_kind": ((), "kind"), "hosting": ((("contract_id", CONTRACT),), "title"),
        "rent_park": ((to_lease, ("unit_id", UNIT), ("building_id", BUILDING), ("park_id", "places.park")), "name"),
        "amenity_park": ((("building_id", BUILDING), ("park_id", "places.park")), "name"),
        "tenant": ((to_lease, ("tenant_id", FIRM)), "name"), "service_kind": ((("item_id", ITEM),), "kind"),
        "provider": ((("provider_id", PROVIDER),), "name"),
        "fund": ((("fund_id", FUND),), "name"), "fund_level": ((("fund_id", FUND),), "level"),
    }[dimension]
    found = up(w, row, *way)
    return found[column] or None if found else None


def stands(row: Row, e: date, *ends: str) -> bool:
    return row["since"] <= str(e) and all(row[end] is None or row[end] > str(e) for end in ends or ("until",))


def within(text: str | None, s: date, e: date) -> bool:
    return text is not None and str(s) <= text <= str(e)


def hosted(w: Any, c: Row, s: date, e: date) -> bool:
    return c["signed_on"] <= str(e) and stands(c, e, "until", "ended_on")


def unsigned(w: Any, c: Row, s: date, e: date) -> bool:
    return hosted(w, c, s, e) and not (c["handed_over_on"] and c["handed_over_on"] <= str(e))


def is_let(w: Any, unit: int, e: date) -> bool:
    leases = w.pointing(LEASE, "unit_id", unit)
    return any(stands(lease, e, "ended_on" if lease["ended_on"] else "until") for lease in leases)


def serves(w: Any, u: Row, s: date, e: date) -> bool:
    return any(stands(row, e) for row in w.pointing(AMENITY, "unit_id", u["id"]))


def overdue(w: Any, b: Row, s: date, e: date) -> bool:
    return b["due_on"] <= str(e) and owed(b, e) > 0


def owed(b: Row, e: date) -> Fraction:
    """Return what was owed on the day: before the day on which something came in last, all of it."""
    came = b["received_on"] is not None and b["received_on"] <= str(e)
    return Fraction(b["due"]) - (Fraction(b["received"]) if came else 0)


def asked(w: Any, r: Row, s: date, e: date) -> bool:
    return within(r["opened_on"], s, e) and r["stage"] != "refused"


def in_time(w: Any, r: Row, s: date, e: date) -> bool:
    """Tell whether it was done in the period, and by the working day on which its time was over."""
    if not within(r["resolved_on"], s, e):
        return False
    item = live(w, ITEM, r["item_id"])
    at, left = date.fromisoformat(r["opened_on"]), (item and item["days"]) or DAYS
    while left:
        at += DAY
        left -= recount_owed.is_working_day(at)
    return r["resolved_on"] <= str(at)


def rated(w: Any, r: Row, s: date, e: date) -> bool:
    return within(r["confirmed_on"], s, e) and r["satisfaction"] != ""


def provided(w: Any, i: Row, s: date, e: date) -> bool:
    return any(stands(row, e) for row in w.pointing(PROVIDER, "item_id", i["id"]))


def ordered(w: Any, o: Row, s: date, e: date) -> bool:
    return within(o["due_on"], s, e) and (o["done_on"] is not None or o["due_on"] < w.today)


def is_there(level: str = "") -> Callable[[Any, Row, date, date], bool]:
    return lambda w, f, s, e: f["established_on"] <= str(e) and (f["ended_on"] or "9999") > str(e) and level in ("", f["level"])


def into_subs(origin: str) -> Callable[[Any, Row, date, date], bool]:
    return lambda w, p, s, e: p["paid_on"] <= str(e) and p["origin"] == origin and (
        live(w, FUND, p["fund_id"]) or {}).get("level") == "sub"


def invested(w: Any, t: Row, s: date, e: date) -> bool:
    return t["invested_on"] <= str(e) and t["enterprise_id"] is not None


def sums(by: Callable, from_on: Callable, both: Callable) -> dict[str, tuple]:
    def of_month(w: Any, b: Row, s: date, e: date) -> bool | None:
        return both(from_on(b["month"], s), by(b["month"], e))

    return {
        "parks.hosted.unsigned.count": (CONTRACT, unsigned, ""),
        **{f"parks.settlements.{column}": (SETTLEMENT, lambda w, r, s, e: within(r["settled_on"], s, e), column)
           for column in ("rent", "fees", "balance")},
        "parks.amenities.count": (AMENITY, lambda w, a, s, e: stands(a, e), ""),
        "parks.amenities.vacant.count": (AMENITY, lambda w, a, s, e: stands(a, e) and not is_let(w, a["unit_id"], e), ""),
        "parks.amenities.area": (UNIT, serves, "area"),
        "parks.amenities.leased_area": (UNIT, lambda w, u, s, e: serves(w, u, s, e) and is_let(w, u["id"], e), "area"),
        "parks.rent.due": (BILL, of_month, "due"), "parks.rent.received": (BILL, of_month, "received"),
        "parks.rent.arrears": (BILL, overdue, lambda w, b, e: owed(b, e)),
        "services.requests.count": (REQUEST, asked, ""),
        "services.done.count": (REQUEST, lambda w, r, s, e: within(r["resolved_on"], s, e), ""),
        "services.done.on_time.count": (REQUEST, in_time, ""), "services.rated.count": (REQUEST, rated, ""),
        "services.satisfied.count": (REQUEST, lambda w, r, s, e: rated(w, r, s, e) and r["satisfaction"] in ("satisfied", "fair"), ""),
        "property.orders.count": (ORDER, ordered, ""),
        "property.orders.on_time.count": (
            ORDER, lambda w, o, s, e: ordered(w, o, s, e) and o["done_on"] is not None and o["done_on"] <= o["due_on"], ""),
        "funds.parent.count": (FUND, is_there("parent"), ""), "funds.sub.count": (FUND, is_there("sub"), ""),
        "funds.size": (FUND, is_there(), "size"), "funds.paid_in": (PAYMENT, lambda w, p, s, e: p["paid_on"] <= str(e), "amount"),
        "funds.sub.paid_in.social": (PAYMENT, into_subs("social"), "amount"),
        "funds.sub.paid_in.public": (PAYMENT, into_subs("public"), "amount"),
        "funds.invested": (STAKE, invested, "amount"), "funds.stakes.count": (STAKE, invested, ""),
    }


EACH_ONCE = {
    "parks.hosted.count": (CONTRACT, hosted, "park_id"), "parks.amenities.kinds.count": (AMENITY, lambda w, a, s, e: stands(a, e), "kind"),
    "services.kinds.count": (ITEM, provided, "kind"),
    "services.providers.count": (PROVIDER, lambda w, p, s, e: stands(p, e), "enterprise_id"),
    "funds.landed_projects.count": (
        STAKE, lambda w, t, s, e: t["invested_on"] <= str(e) and t["project_id"] is not None, "project_id"),
}
RATIOS = {
    "parks.amenities.occupancy": ("parks.amenities.leased_area", "parks.amenities.area", 100),
    "parks.rent.collection_rate": ("parks.rent.received", "parks.rent.due", 100),
    "services.on_time_rate": ("services.done.on_time.count", "services.done.count", 100),
    "services.satisfaction": ("services.satisfied.count", "services.rated.count", 100),
    "property.orders.on_time_rate": ("property.orders.on_time.count", "property.orders.count", 100),
    "funds.leverage_ratio": ("funds.sub.paid_in.social", "funds.sub.paid_in.public", 1),
}
_REQUEST, _STAKE = ("service_kind", "provider"), ("fund", "target_kind")
GROUPINGS = {
    "parks.hosted.": (), "parks.settlements.": ("hosting",), "parks.amenities.": ("amenity_park",), "parks.amenities.kinds.": (),
    "parks.amenities.count": ("amenity_kind",), "parks.amenities.vacant.": ("amenity_kind",), "parks.rent.": ("rent_park", "tenant"),
    "services.kinds.": (), "services.providers.": ("service_kind",),
    **dict.fromkeys(("services.requests.", "services.done.", "services.rated.", "services.satisf", "services.on_time_rate"), _REQUEST),
    "property.orders.": ("order_kind", "park"), "funds.": (), "funds.size": ("level",), "funds.paid_in": ("fund", "fund_level"),
    "funds.sub.paid_in.": ("fund", "fund_level"), "funds.leverage_ratio": ("fund",),
    **dict.fromkeys(("funds.invested", "funds.stakes.", "funds.landed_projects."), _STAKE),
}
