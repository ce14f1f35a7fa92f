"""What the figures about subsidies and promotion mean, recounted from the events alone; a part of tests/recount.py."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

DAY = timedelta(days=1)
DOCUMENT, APPLICATION, PAYMENT, STEP = (
    f"subsidies.{name}" for name in ("policydocument", "subsidyapplication", "subsidypayment", "subsidystep"))
CERTIFICATE, VEHICLE, ENTERPRISE = "vehicles.recyclingcertificate", "vehicles.vehicle", "organisations.enterprise"
ACCOUNT, POST, QUESTION, VENUE, AGREEMENT, LEAD, ACTIVITY = (f"outreach.{name}" for name in (
    "promotionaccount", "promotionpost", "promotionquestion", "promotionvenue", "dealeragreement", "promotionlead", "outreachactivity"))
NAMES = ("scheme", "document", "announced_on", "notice", "published_on", "since", "until", "documents_since", "nev", "nev_share", "fuel",
         "fuel_share", "displacement")
R75, R1104, R392, R8, R26 = ("商消费函〔2024〕75号", "发改环资〔2024〕1104号", "商消费函〔2024〕392号", "商办消费函〔2025〕8号",
                             "2026年汽车以旧换新补贴实施细则")
SHIPPED = tuple(dict(zip(NAMES, row, strict=True)) for row in (  # what the rows of the shipped rule say about amounts
    (2024, R75, "2024-04-24", R75, "2024-04-24", "2024-04-24", "2025-01-10", "2024-04-24", 10000, None, 7000, None, 2000),
    (2024, R1104, "2024-07-25", R392, "2024-08-16", None, None, None, 20000, None, 15000, None, None),
    (2025, R8, "2025-01-17", R8, "2025-01-17", "2025-01-01", "2026-01-10", "2025-01-01", 20000, None, 15000, None, 2000),
    (2026, R26, "2025-12-30", R26, "2025-12-30", "2026-01-01", "2026-12-31", "2026-01-01", 20000, 1200, 15000, 1000, 2000)))
NEW, OF_PAID = ("new_power", "new_city", "new_month"), ("paid_power", "paid_city", "paid_month")
LEADS = ("lead_channel", "venue", "lead_venue_kind", "dealer")
COLUMNS = dict(zip((*NEW, *OF_PAID), ("power", "city", "month") * 2, strict=True))
DIMENSIONS = (*COLUMNS, *LEADS, "venue_kind", "partner_kind", "platform")
GROUPINGS = {
    "subsidy.": (), "subsidy.amount": NEW, "subsidy.due": NEW, "subsidy.paid": OF_PAID, "subsidy.new_car_spending": NEW, "elv.subsidy": NEW,
    "elv.questions.": (),
    "elv.applications.": (), "promotion.": (), "promotion.posts.": ("form", "platform"), "promotion.questions.": ("topic",),
    "promotion.venues.": ("venue_kind",), "promotion.partners.": ("partner_kind",), "promotion.leads.": LEADS,
    "promotion.conversion_rate": LEADS, "promotion.venue.": ("venue", "lead_venue_kind"), "outreach.": ("theme",),
}


def laid_down(w: Any, day: date, when: str) -> list[dict]:
    """Return what each scheme says by the day, the newest first; a value is a pair with the row that says it last."""
    rule, found = w.rule("subsidies.schemes", day), {}
    rows = [row for row in (rule["rows"] if rule else SHIPPED) if row.get(when) and row[when] <= str(day)]
    for row in sorted(rows, key=lambda row: row[when]):
        found.setdefault(row["scheme"], {}).update({name: (value, row) for name, value in row.items() if value is not None})
    return [found[scheme] for scheme in sorted(found, reverse=True)]


def one(w: Any, subject: str, at: int | None) -> dict | None:
    return w.once("by id", subject, find=lambda: {row["id"]: row for row in w.all(subject)}).get(at)


def within(text: str | None, s: date, e: date) -> bool | None:
    """Tell whether a date lies in the period; None where it is known to a month or year that reaches over a border."""
    if text is None:
        return False
    first, latest = bounds(text)
    return True if s <= first and latest <= e else False if latest < s or first > e else None


def bounds(text: str) -> tuple[date, date]:
    parts = [int(part) for part in text.split("-")]
    first = date(*parts, *(1,) * (3 - len(parts)))
    if len(parts) == 3:
        return first, first
    after = date(parts[0] + 1, 1, 1) if len(parts) == 1 else date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
    return first, after - DAY


def valid(w: Any, vehicle: int, e: date) -> bool:
    return any(
        row["issued_on"] <= str(e) and (row["voided_on"] is None or row["voided_on"] > str(e))
        for row in w.pointing(CERTIFICATE, "vehicle_id", vehicle))


def submitted(w: Any, a: dict, s: date, e: date) -> bool:
    return a["submitted_on"] <= str(e) and valid(w, a["vehicle_id"], e)


def claimed(w: Any, a: dict, s: date, e: date) -> bool:
    return str(s) <= a["submitted_on"] <= str(e) and valid(w, a["vehicle_id"], e)


def stands(row: dict, e: date, *ends: str) -> bool:
    return row["since"] <= str(e) and all(row[end] is None or row[end] > str(e) for end in ends)


def of_period(column: str) -> Callable[..., bool]:
    return lambda w, row, s, e: str(s) <= row[column] <= str(e)


def known(w: Any, lead: dict, s: date, e: date) -> bool:
    return lead["received_on"] <= str(e)


def brought(w: Any, lead: dict, s: date, e: date) -> bool:
    vehicle = one(w, VEHICLE, lead["vehicle_id"])
    came = vehicle and vehicle["received_on"]
    return known(w, lead, s, e) and bool(came) and lead["received_on"] <= came <= str(e)


def issued(w: Any, d: dict, s: date, e: date) -> bool | None:
    return within(d["issued_on"], s, e) if d["kind"] == "rules" else False


def raised(w: Any, d: dict, s: date, e: date) -> bool | None:
    return within(d["announced_on"], date.min, e) if d["raises"] else False


def told_by(w: Any, a: dict, e: date, *states: str) -> bool:
    """Tell whether an application has a step of these states by the day."""
    return any(row["state"] in states and row["taken_on"] <= str(e) for row in w.pointing(STEP, "application_id", a["id"]))


def was_decided(w: Any, a: dict, s: date, e: date) -> bool:
    return told_by(w, a, e, "passed", "refused")


SUMS = {
    "subsidy.decided.count": (APPLICATION, was_decided, ""),
    "subsidy.first_pass.count": (APPLICATION, lambda w, a, s, e: was_decided(w, a, s, e) and not told_by(w, a, e, "returned"), ""),
    "subsidy.policy.issuers.count": (DOCUMENT, issued, "issuers"), "subsidy.policy.issued.count": (DOCUMENT, issued, ""),
    "subsidy.paid": (PAYMENT, lambda w, p, s, e: p["paid_on"] <= str(e), "amount"),
    "subsidy.new_car_spending": (APPLICATION, claimed, "price"),
    "promotion.posts.count": (POST, of_period("published_on"), ""), "promotion.questions.count": (QUESTION, of_period("asked_on"), ""),
    "elv.questions.times.count": (QUESTION, of_period("asked_on"), ""),
    "promotion.questions.answered.count": (QUESTION, lambda w, q, s, e: (
        str(s) <= q["asked_on"] <= str(e) and q["released_on"] is not None and q["released_on"] <= str(e)), ""),
    "elv.questions.listed.count": (QUESTION, lambda w, q, s, e: q["frequent"] and q["asked_on"] <= str(e), ""),
    "promotion.venues.count": (VENUE, lambda w, v, s, e: stands(v, e, "until"), ""),
    "outreach.count": (ACTIVITY, of_period("held_on"), ""),
    "promotion.leads.count": (LEAD, known, ""), "promotion.leads.converted.count": (LEAD, brought, ""),
    "promotion.venue.leads": (LEAD, lambda w, x, s, e: known(w, x, s, e) and x["venue_id"] is not None, ""),
    "promotion.venue.vehicles": (LEAD, lambda w, x, s, e: brought(w, x, s, e) and x["venue_id"] is not None, ""),
}
EACH_ONCE = {
    "elv.subsidy_applications.count": (APPLICATION, submitted, "vehicle_id"),
    "promotion.platforms.count": (ACCOUNT, lambda w, a, s, e: stands(a, e, "until"), "platform"),
    "elv.questions.days.count": (QUESTION, of_period("asked_on"), "asked_on"),
    "promotion.partners.count": (
        AGREEMENT, lambda w, a, s, e: a["signed_on"] <= str(e) and stands(a, e, "until", "ended_on"), "partner_id"),
}
RATIOS = {
    "subsidy.first_pass_rate": ("subsidy.first_pass.count", "subsidy.decided.count", 100),
    "elv.questions.per_day": ("elv.questions.times.count", "elv.questions.days.count", 1),
    "promotion.conversion_rate": ("promotion.leads.converted.count", "promotion.leads.count", 100),
    "elv.applications.share_of_capacity": ("elv.subsidy_applications.count", "elv.capacity.per_year", 100),
}
LATEST = {"subsidy.policy.issued_day": (issued, "issued_on"), "subsidy.policy.raised_on": (raised, "announced_on")}
OF_RATE = {
    "subsidy.rule.nev_amount": ("announced_on", "document", "nev", 1), "subsidy.rule.ice_amount": ("announced_on", "document", "fuel", 1),
    "subsidy.rule.nev_amount.payable": ("published_on", "notice", "nev", 1),
    "subsidy.rule.ice_amount.payable": ("published_on", "notice", "fuel", 1),
    "subsidy.rule.ice_max_displacement": ("announced_on", "document", "displacement", 1000),
}
AMOUNTS = {"subsidy.amount": None, "subsidy.due": None, "elv.subsidy.amount_lower_bound": min, "elv.subsidy.amount_upper_check": max}
LEFT = {
    "subsidy.rule.difference": ("subsidy.rule.nev_amount", "subsidy.rule.ice_amount"),
    "subsidy.outstanding": ("subsidy.due", "subsidy.paid"),
}
MONTH = "subsidy.policy.issued_on"
OWN = (*LATEST, *OF_RATE, *AMOUNTS, *LEFT, MONTH)
NOTHING = ("not_computable", None, {})


def group_of(w: Any, row: dict, dimension: str) -> str | None:
    if dimension in COLUMNS:
        found = row if "power" in row else one(w, APPLICATION, row["application_id"])
        return found and found[COLUMNS[dimension]] or None
    if dimension == "platform":
        account = row if "platform" in row else one(w, ACCOUNT, row["account_id"])
        return account and account["platform"] or None
    if dimension in ("venue", "lead_venue_kind"):
        venue = one(w, VENUE, row["venue_id"])
        return venue and venue["name" if dimension == "venue" else "kind"]
    if dimension == "dealer":
        agreement = one(w, AGREEMENT, row["agreement_id"])
        return w.name(ENTERPRISE, agreement["partner_id"]) if agreement else None
    return row["channel" if dimension == "lead_channel" else "kind"]


def amount(code: str, a: dict, paid: list[dict]) -> Fraction | None:
    """Return what an application is paid, in 万元, by the newest scheme that takes it; None where there is none."""
    fitting = [each for each in paid if each["since"][0] <= a["submitted_on"] <= each["until"][0]]
    if not fitting:
        return None
    by = next((each for each in fitting if each["documents_since"][0] <= a["invoiced_on"]), fitting[0])
    if a["power"] == "fuel" and Fraction(a["displacement"]) * 1000 > by["displacement"][0]:
        return Fraction(0)
    amounts = {}
    for kind in ("nev", "fuel"):
        share = by.get(f"{kind}_share")
        amounts[kind] = Fraction(by[kind][0], 10000)
        if share:
            amounts[kind] = min(amounts[kind], Fraction(a["price"]) * share[0] / 10000)
    least = AMOUNTS[code]
    return least(amounts.values()) if least else amounts[a["power"]]


def digits(day: str) -> int:
    """Return the day as a number, 20240501; what is not known of it is 0."""
    return int(f"{day.replace('-', ''):0<8}")


def figure(w: Any, code: str, s: date, e: date, dimension: str, ask: Callable[..., tuple], in_groups: Callable[..., tuple]) -> tuple:
    """Return status, value and groups; `ask` answers any other figure, `in_groups` adds up."""
    if code in LEFT:
        upper, lower = (ask(w, side, s, e, "")[1] for side in LEFT[code])
        return NOTHING if None in (upper, lower) else ("open", upper - lower, {})
    if code == MONTH:
        day, count = ask(w, "subsidy.policy.issued_day", s, e, ""), ask(w, "subsidy.policy.issued.count", s, e, "")
        return NOTHING if None in (day[1], count[1]) or not count[1] else ("open", Fraction(int(day[1]) // 100), {})
    if code in LATEST:
        belongs, column = LATEST[code]
        told = [(belongs(w, row, s, e), row[column]) for row in w.own(DOCUMENT)]
        if any(each is None for each, _day in told) or not any(each for each, _day in told):
            return NOTHING
        return "open", Fraction(max(digits(day) for each, day in told if each)), {}
    if code in OF_RATE:
        when, document, column, size = OF_RATE[code]
        by = next((each for each in laid_down(w, e, when) if each["since"][0] <= str(e) <= each["until"][0]), None)
        if by is None or by[column][1][document] not in {row["number"] for row in w.own(DOCUMENT)}:
            return NOTHING
        return "open", Fraction(by[column][0], size), {}
    paid = laid_down(w, e, "published_on")
    counted = [row for row in w.own(APPLICATION) if submitted(w, row, s, e)]
    if code == "subsidy.due":
        counted = [row for row in counted if not told_by(w, row, e, "refused")]
    amounts = [(amount(code, row, paid), group_of(w, row, dimension) if dimension else None) for row in counted]
    if any(each is None for each, _group in amounts):
        return NOTHING
    status, value, groups = in_groups(amounts, dimension)
    return status, value, {name: each for name, each in groups.items() if each}  # a group that gets nothing is not told
