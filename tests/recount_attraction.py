"""What the figures about chains and attraction mean, recounted from the events; a part of tests/recount.py, to be checked by eye.

The logic of three values is that of tests/recount.py, handed in. What a row hangs on, a lead or a project, is decided by
the first day that its dates may mean: `is_open` says first where that is not certain.
"""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

LEAD, NODE, CAPACITY, ROUND = "projects.lead", "chains.chainnode", "attraction.productcapacity", "attraction.negotiationround"
TERM, PROJECT = "attraction.leadterm", "projects.project"
LATE = "attraction.late.count"
REPORT, LARGE = 14, 10_000  # the shipped rules: days between reports, 万元
EFFECTIVE = {"site": 1, "decision": 1, "drafting": "yes"}
UNITS = {
    "tonnes": "吨", "sets": "套", "pieces": "件", "machines": "台", "sticks": "支", "strips": "条", "vehicles": "辆", "aircraft": "架",
    "area": "平方米", "volume": "立方米", "length": "米", "energy": "千瓦时"}
STATES = ("contracted", "in_negotiation", "gap")
NAMED = "attraction.in_negotiation.named_products.count"
DUE = ("attraction.terms.due.count", "attraction.terms.due.met.count", "attraction.terms.due.unmet.count")
POINTS = {"started": "started_on", "production": "production_on", "full": "full_capacity_on"}  # of a project, at which terms are due
ON_LEADS = {
    "attraction.terms.count": TERM, "attraction.terms.met.count": TERM, **dict.fromkeys(DUE, TERM), NAMED: CAPACITY,
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
    "attraction.terms.met_rate": ("attraction.terms.due.met.count", "attraction.terms.due.count", 100),
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


def signed_now(lead: dict | None, e: date) -> bool:
    return lead is not None and came(lead["signed_on"], e) and not came(lead["failed_on"], e)


def negotiated_of(w: Any, row: dict, s: date, e: date) -> bool:
    return negotiated_now(one(w, LEAD, row["lead_id"]), e)


def state(w: Any, node: dict, e: date) -> str:
    """Return the first state of a segment that holds: a firm of the zone is there, a lead is signed, one is talked with, nothing."""
    for firm in w.pointing("chains.nodefirm", "node_id", node["id"]):
        if firm["standing"] == "present" and firm["since"] <= str(e) < (firm["until"] or "9999"):
            return "present"
    leads = w.pointing(LEAD, "node_id", node["id"])
    for lead in leads:
        ends = [came(project["terminated_on"], e) for project in w.pointing(PROJECT, "lead_id", lead["id"])]
        if signed_now(lead, e) and (not ends or False in ends):
            return "contracted"
    return "in_negotiation" if any(negotiated_now(lead, e) for lead in leads) else "gap"


def is_due(w: Any, term: dict, e: date) -> bool:
    """Tell whether a term is due: by the day that was agreed on, else from when a project of its lead is so far."""
    if term["due_on"]:
        return term["due_on"] <= str(e)
    column = POINTS.get(term["due_point"])
    return any(came(project[column], e) for project in w.pointing(PROJECT, "lead_id", term["lead_id"])) if column else False


def yearly(w: Any, row: dict, e: date) -> Fraction:
    """Return a planned capacity in the unit in which such capacities add up."""
    return Fraction(row["amount"]) * (10_000 if row["unit"].startswith("万") else 1)


def heard(w: Any, lead: dict, since: date, until: date, *kinds: str) -> int:
    """Return how many rounds of the kinds, by default of all, were held between the two days."""
    rows = w.pointing(ROUND, "lead_id", lead["id"])
    return sum(str(since) <= row["held_on"] <= str(until) and (not kinds or row["kind"] in kinds) for row in rows)


def effective(w: Any, lead: dict, e: date) -> bool:
    """Tell whether there were visits and meetings enough, or a contract is being drafted where that is enough."""
    rule = w.rule("attraction.stages", e)
    wanted = rule["effective"] if rule else EFFECTIVE
    often = {kind: heard(w, lead, date.min, e, kind) for kind in ("site", "decision", "drafting")}
    drafts = wanted["drafting"] == "yes" and often["drafting"] > 0
    return drafts or often["site"] >= wanted["site"] and often["decision"] >= wanted["decision"]


def owes(w: Any, lead: dict, e: date, due: str, done: str) -> bool:
    rows = [row for row in w.pointing("attraction.leadresponse", "lead_id", lead["id"]) if row["received_on"] <= str(e)]
    return any(row[due] < str(e) and not (done and row[done] and row[done] <= str(e)) for row in rows)


def bought(local: bool) -> Callable:
    return lambda w, row, s, e: row["year"] == e.year and (row["local"] or not local)


def is_open(w: Any, code: str, e: date, by: Any, no: Any, both: Any) -> bool:
    """Tell whether a date cannot be decided of a lead or a project on which the figure hangs."""
    for lead in w.own(LEAD):
        failed = by(lead["failed_on"], e)
        signed = both(by(lead["signed_on"], e), no(failed))
        now = both(by(lead["negotiating_on"], e), no(by(lead["signed_on"], e)), no(failed))
        if ON_LEADS[code] == CAPACITY and now is None and w.pointing(CAPACITY, "lead_id", lead["id"]):
            return True
        if ON_LEADS[code] == TERM and signed is None and w.pointing(TERM, "lead_id", lead["id"]):
            return True
        if ON_LEADS[code] == NODE and lead["node_id"] is not None and None in (now, signed):
            return True
    for project in w.own(PROJECT):
        lead = one(w, LEAD, project["lead_id"])
        if ON_LEADS[code] == NODE and lead and lead["node_id"] and signed_now(lead, e) and by(project["terminated_on"], e) is None:
            return True
        terms = w.pointing(TERM, "lead_id", project["lead_id"]) if code in DUE and project["lead_id"] else []
        if any(not term["due_on"] and by(project[POINTS[term["due_point"]]], e) is None for term in terms if term["due_point"] in POINTS):
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
        since = e - timedelta(days=(w.rule("attraction.reporting", e) or {"days": REPORT})["days"])
        silent = both(negotiated(row, e), by(row["negotiating_on"], since - timedelta(days=1)), heard(w, row, since, e) == 0)
        return either(
            both(going, owes(w, row, e, "answer_due_on", "answered_on")), both(going, judged),
            both(going, owes(w, row, e, "feedback_due_on", "feedback_on")), silent)

    def signed_this_year(p: dict, e: date) -> bool | None:
        return both(from_on(p["signed_on"], date(e.year, 1, 1)), by(p["signed_on"], e))

    def large(w: Any, p: dict, s: date, e: date) -> bool | None:
        start = (w.rule("attraction.signings", e) or {"from_investment": LARGE})["from_investment"]
        return both(signed_this_year(p, e), p["total_investment"] is not None and Fraction(p["total_investment"]) >= start)

    def on_chain(w: Any, p: dict, s: date, e: date) -> bool | None:
        lead = one(w, LEAD, p["lead_id"])
        return both(signed_this_year(p, e), lead is not None and lead["chain_id"] is not None)

    def of_unit(unit: str) -> Callable:
        return lambda w, row, s, e: row["unit"] in (f"{unit}/年", f"万{unit}/年") and negotiated_of(w, row, s, e)

    def agreed(w: Any, row: dict, s: date, e: date) -> bool:
        return signed_now(one(w, LEAD, row["lead_id"]), e)

    def met(w: Any, row: dict, s: date, e: date) -> bool:
        return agreed(w, row, s, e) and came(row["met_on"], e)

    def due(w: Any, row: dict, s: date, e: date) -> bool:
        return agreed(w, row, s, e) and is_due(w, row, e)

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
        **{f"attraction.planned_capacity.{name}": (CAPACITY, of_unit(unit), yearly) for name, unit in UNITS.items()},
        **{f"chains.nodes.{name}.count": (NODE, in_state(name), "") for name in ("present", *STATES)},
        "attraction.terms.count": (TERM, agreed, ""), "attraction.terms.met.count": (TERM, met, ""),
        "attraction.terms.due.count": (TERM, due, ""),
        "attraction.terms.due.met.count": (TERM, lambda w, row, s, e: due(w, row, s, e) and came(row["met_on"], e), ""),
        "attraction.terms.due.unmet.count": (TERM, lambda w, row, s, e: due(w, row, s, e) and not came(row["met_on"], e), ""),
        "chains.focus.count": ("chains.chain", lambda w, row, s, e: bool(row["focus"]), ""),
        "chains.nodes.count": (NODE, lambda w, row, s, e: True, ""),
        "chains.supplies.amount": ("chains.supply", bought(False), "amount"),
        "chains.supplies.local.amount": ("chains.supply", bought(True), "amount"),
        "attraction.signed.large.count": ("projects.project", large, ""),
        "attraction.signed.on_chain.count": ("projects.project", on_chain, ""),
    }


EACH_ONCE = {NAMED: (CAPACITY, negotiated_of, "product")}
