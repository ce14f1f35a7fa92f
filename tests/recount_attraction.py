"""What the figures about chains and attraction mean, recounted from the events; a part of tests/recount.py, to be checked by eye.

The logic of three values is that of tests/recount.py, handed in. A condition on a lead that a row hangs on is decided by
the first day that a date may mean: `is_open` says first where that is not certain.
"""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

LEAD, NODE, CAPACITY, ROUND = "projects.lead", "chains.chainnode", "attraction.productcapacity", "attraction.negotiationround"
TERM = "attraction.leadterm"
LATE = "attraction.late.count"
REPORT, LARGE = 14, Fraction(10_000)  # the shipped rules: days between reports, 万元
UNITS = {"tonnes": "吨/年", "sets": "套/年", "pieces": "件/年", "machines": "台/年", "area": "平方米/年", "volume": "立方米/年"}
STATES = ("contracted", "in_negotiation", "gap")
NAMED = "attraction.in_negotiation.named_products.count"
ON_LEADS = {
    "attraction.terms.count": TERM, "attraction.terms.met.count": TERM, NAMED: CAPACITY,
    **{f"attraction.planned_capacity.{name}": CAPACITY for name in UNITS},
    **{f"chains.nodes.{state}.count": NODE for state in ("present", *STATES)},
}
DIMENSIONS = ("chain", "node", "node_chain", "lead")
GROUPINGS = {
    "attraction.": ("chain", "node", "category"), "attraction.lost.": ("fail_kind", "chain", "node", "category"), "attraction.rate.": (),
    "attraction.planned_capacity.": ("product", "lead", "chain"), "attraction.in_negotiation.": (),
    "attraction.signed.large.": (), "attraction.signed.on_chain.": (), "attraction.terms.": (),
    "attraction.fit_rate": (), "chains.": (), "chains.nodes.": ("chain", "position"),
    "chains.leads.": ("node", "chain"), "chains.supplies.": ("node_chain", "node"), "chains.local_supply_rate": ("node_chain", "node"),
}
RATIOS = {
    "attraction.rate.negotiation": ("leads.negotiated.count", "leads.known.count", 100),
    "attraction.rate.intent": ("attraction.intent.count", "leads.negotiated.count", 100),
    "attraction.terms.met_rate": ("attraction.terms.met.count", "attraction.terms.count", 100),
    "attraction.fit_rate": ("attraction.signed.on_chain.count", "projects.signed.year.count", 100),
    "chains.local_supply_rate": ("chains.supplies.local.amount", "chains.supplies.amount", 100),
}


def one(w: Any, subject: str, at: int | None) -> dict | None:
    """Return the record of this number, if it is there."""
    rows = w.once("by number", subject, find=lambda: {row["id"]: row for row in w.all(subject)})
    return rows.get(at)


def group_of(w: Any, row: dict, dimension: str) -> str | None:
    lead = one(w, LEAD, row["lead_id"]) if "lead_id" in row else row
    if dimension == "lead":
        return lead and lead["name"]
    if dimension == "node_chain":
        node = one(w, NODE, row["node_id"])
        return node and w.name("chains.chain", node["chain_id"])
    subject = {"chain": "chains.chain", "node": NODE}[dimension]
    return lead and w.name(subject, lead[f"{dimension}_id"])


def came(text: str | None, day: date) -> bool:
    """Tell whether the first day that the date may mean is on or before the day."""
    return text is not None and date.fromisoformat((text + "-01-01")[:10]) <= day


def negotiated_now(lead: dict | None, e: date) -> bool:
    return lead is not None and came(lead["negotiating_on"], e) and not came(lead["signed_on"], e) and not came(lead["failed_on"], e)


def negotiated_of(w: Any, row: dict, s: date, e: date) -> bool:
    return negotiated_now(one(w, LEAD, row["lead_id"]), e)


def state(w: Any, node: dict, e: date) -> str:
    """Return the first state of a segment that holds."""
    firms = w.pointing("chains.nodefirm", "node_id", node["id"])
    if any(each["standing"] == "present" and each["since"] <= str(e) and (each["until"] or "9999") > str(e) for each in firms):
        return "present"
    leads = w.pointing(LEAD, "node_id", node["id"])
    for lead in leads:
        ended = [each for each in w.pointing("projects.project", "lead_id", lead["id"]) if came(each["terminated_on"], e)]
        if came(lead["signed_on"], e) and not ended:
            return "contracted"
    return "in_negotiation" if any(negotiated_now(lead, e) for lead in leads) else "gap"


def heard(w: Any, lead: dict, since: date, until: date, *kinds: str) -> int:
    """Return how many rounds of the kinds, by default of all, were held between the two days."""
    rows = w.pointing(ROUND, "lead_id", lead["id"])
    return sum(str(since) <= row["held_on"] <= str(until) and (not kinds or row["kind"] in kinds) for row in rows)


def effective(w: Any, lead: dict, e: date) -> bool:
    often = [heard(w, lead, date.min, e, kind) for kind in ("site", "decision", "drafting")]
    return often[0] > 0 and often[1] > 0 or often[2] > 0


def owes(w: Any, lead: dict, e: date, due: str, done: str) -> bool:
    rows = [row for row in w.pointing("attraction.leadresponse", "lead_id", lead["id"]) if row["received_on"] <= str(e)]
    return any(row[due] < str(e) and not (done and row[done] and row[done] <= str(e)) for row in rows)


def bought(local: bool) -> Callable:
    return lambda w, row, s, e: row["year"] == e.year and (row["local"] or not local)


def is_open(w: Any, code: str, e: date, by: Any, no: Any, both: Any) -> bool:
    """Tell whether a date of a lead on which the figure hangs cannot be decided."""
    for lead in w.own(LEAD):
        signed = by(lead["signed_on"], e)
        now = both(by(lead["negotiating_on"], e), no(signed), no(by(lead["failed_on"], e)))
        if ON_LEADS[code] == CAPACITY and now is None and w.pointing(CAPACITY, "lead_id", lead["id"]):
            return True
        if ON_LEADS[code] == TERM and signed is None and w.pointing(TERM, "lead_id", lead["id"]):
            return True
        if ON_LEADS[code] == NODE and lead["node_id"] is not None and None in (now, signed):
            return True
    return False


def sums(by: Any, from_on: Any, no: Any, both: Any, either: Any) -> dict[str, tuple]:
    """Return what is counted or summed, with the condition and the column."""
    def within(name: str) -> Callable:
        return lambda w, row, s, e: both(from_on(row[name], s), by(row[name], e))

    def negotiated(row: dict, e: date) -> bool | None:
        return both(by(row["negotiating_on"], e), no(by(row["signed_on"], e)), no(by(row["failed_on"], e)))

    def late(w: Any, row: dict, s: date, e: date) -> bool | None:
        going = both(by(row["first_contact_on"], e), no(by(row["signed_on"], e)), no(by(row["failed_on"], e)))
        judged = both(no(by(row["judged_on"], e)), no(by(row["negotiating_on"], e)), owes(w, row, e, "judge_due_on", ""))
        since = e - timedelta(days=REPORT)
        silent = both(negotiated(row, e), by(row["negotiating_on"], since - timedelta(days=1)), heard(w, row, since, e) == 0)
        return either(
            both(going, owes(w, row, e, "answer_due_on", "answered_on")), both(going, judged),
            both(going, owes(w, row, e, "feedback_due_on", "feedback_on")), silent)

    def signed_this_year(p: dict, e: date) -> bool | None:
        return both(from_on(p["signed_on"], date(e.year, 1, 1)), by(p["signed_on"], e))

    def large(w: Any, p: dict, s: date, e: date) -> bool | None:
        return both(signed_this_year(p, e), p["total_investment"] is not None and Fraction(p["total_investment"]) >= LARGE)

    def on_chain(w: Any, p: dict, s: date, e: date) -> bool | None:
        lead = one(w, LEAD, p["lead_id"])
        return both(signed_this_year(p, e), lead is not None and lead["chain_id"] is not None)

    def of_unit(unit: str) -> Callable:
        return lambda w, row, s, e: row["base_unit"] == unit and negotiated_of(w, row, s, e)

    def agreed(w: Any, row: dict, s: date, e: date) -> bool:
        lead = one(w, LEAD, row["lead_id"])
        return lead is not None and came(lead["signed_on"], e)

    def met(w: Any, row: dict, s: date, e: date) -> bool:
        return agreed(w, row, s, e) and came(row["met_on"], e)

    def in_state(name: str) -> Callable:
        return lambda w, row, s, e: state(w, row, e) == name

    steps = {"new": "first_contact_on", "judged": "judged_on", "begun": "negotiating_on", "intended": "intent_on", "signed": "signed_on",
             "lost": "failed_on"}
    return {
        **{f"attraction.{name}.count": (LEAD, within(column), "") for name, column in steps.items()},
        "attraction.intent.count": (LEAD, lambda w, row, s, e: by(row["intent_on"], e), ""),
        "attraction.effective.count": (LEAD, lambda w, row, s, e: both(negotiated(row, e), effective(w, row, e)), ""),
        LATE: (LEAD, late, ""),
        "chains.leads.by_node": (LEAD, lambda w, row, s, e: both(negotiated(row, e), row["node_id"] is not None), ""),
        **{f"attraction.planned_capacity.{name}": (CAPACITY, of_unit(unit), "yearly") for name, unit in UNITS.items()},
        **{f"chains.nodes.{name}.count": (NODE, in_state(name), "") for name in ("present", *STATES)},
        "attraction.terms.count": (TERM, agreed, ""), "attraction.terms.met.count": (TERM, met, ""),
        "chains.focus.count": ("chains.chain", lambda w, row, s, e: bool(row["focus"]), ""),
        "chains.nodes.count": (NODE, lambda w, row, s, e: True, ""),
        "chains.supplies.amount": ("chains.supply", bought(False), "amount"),
        "chains.supplies.local.amount": ("chains.supply", bought(True), "amount"),
        "attraction.signed.large.count": ("projects.project", large, ""),
        "attraction.signed.on_chain.count": ("projects.project", on_chain, ""),
    }


EACH_ONCE = {NAMED: (CAPACITY, negotiated_of, "product")}
