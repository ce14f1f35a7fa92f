"""The part of a random zone about subsidies and promotion: documents, applications, what was paid; questions, venues, leads."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from django.core.exceptions import ValidationError

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit

RULES = "商消费函〔2024〕75号"
RAISE, NOTICE = "发改环资〔2024〕1104号", "商消费函〔2024〕392号"
PRICES, CITIES, LITRES = ("14.8", "9.6", "0.000001", "9.6"), ("太原市", "晋中市"), ("1.498", "2.0", "2.001")
AFTER = {"": ("accepted", "accepted", "returned"), "accepted": ("passed", "passed", "returned", "refused"), "returned": ("resubmitted",),
         "resubmitted": ("passed", "returned"), "passed": ("passed", "returned")}  # fmt: skip
FORGOTTEN = ("policy_documents", "subsidy_applications", "subsidy_payments", "recycling_certificates", "promotion_leads",
             "promotion_venues", "outreach_activities", "dealer_agreements", "promotion_questions")  # fmt: skip


def build(zone: Any) -> None:
    """Take perhaps a step in subsidies and promotion."""
    if zone.chance.random() < 0.7:
        zone.chance.choices([*STEPS], [*STEPS.values()])[0](zone)


def _need(zone: Any, name: str) -> Any:
    if not zone.rows[name]:
        raise ValidationError("nothing there yet")
    return zone.chance.choice(zone.rows[name])


def _day(zone: Any) -> date:
    """Return a day, often one of the months in which rates change."""
    return date(2024, 4, 24) + timedelta(days=zone.chance.randrange(126)) if zone.chance.random() < 0.9 else zone._day()


def _span(zone: Any) -> dict[str, Any]:
    since = zone._day()
    return {"since": since, "until": since + timedelta(days=zone.chance.randrange(1, 500)) if zone.chance.random() < 0.5 else None}


def document(zone: Any) -> None:
    """Enter a document, some of its days known to the month or year, or seldom rates of the zone's own."""
    if zone.chance.random() < 0.1:
        nev, paid = zone.chance.choice((9000, 12000)), {"notice": NOTICE, "published_on": "2024-06-01"}
        row = {"scheme": 2024, "document": RULES, "announced_on": "2023-03-01", "notice": NOTICE, "published_on": "2023-04-15",
               "since": "2022-01-01", "until": "2024-12-31", "documents_since": "2022-01-01", "nev": nev, "fuel": 8000,
               "displacement": 1500, "office": "商务局", **dict.fromkeys(("petrol", "diesel", "other", "electric"), "2020-01-01")}
        raised = {"scheme": 2024, "document": RAISE, "announced_on": "2024-05-01", "nev": 20000, "fuel": 11000}
        raised |= {"nev_share": 777, "fuel_share": 333, **paid} if nev == 9000 else {}
        newer = {**row, **raised, **paid, "scheme": 2025, "since": "2024-03-01", "documents_since": "2024-05-15"}
        zone._rule("subsidies.schemes", {"rows": [row, zone.chance.choice((raised, newer))][:zone.chance.choice((1, 2))]})
        return
    number = zone.chance.choice((RULES, RULES, RAISE, NOTICE, ""))
    zone._enter("policy_documents", number=number, title="文件", kind=zone.chance.choice(("rules", "rules", "measures")), issuer="商务部",
                issuers=zone.chance.choice((1, 7) if zone.exact else (1, 7, None)), issued_on=zone._partial(),
                announced_on=zone.chance.choice((zone._partial(), zone._partial(), None)), raises=zone.chance.random() < 0.5)


def application(zone: Any) -> None:
    """Enter a vehicle with a certificate that may be voided, and an application for it."""
    day, number = _day(zone), len(zone.rows["vehicles"])
    zone._enter("vehicles", vin=f"{zone.owner.code}{number:09}", category="passenger_car", power="1", owner_kind="individual",
                channel="own", received_on=zone.chance.choice((day, day, None)), synthetic=True)
    vehicle = zone.rows["vehicles"][-1]
    if zone.chance.random() < 0.9:
        void = {"voided_on": day + timedelta(days=zone.chance.randrange(90)), "void_reason": "写错"} if zone.chance.random() < 0.3 else {}
        for place, one in enumerate(([void] if void else []) + [{}] * (not void or zone.chance.random() < 0.5)):
            zone._enter("recycling_certificates", vehicle=vehicle, number=f"N{vehicle.pk}-{place}", issued_on=day,
                        handed_over_on=day, **one)
    power = zone.chance.choice(("nev", "fuel"))
    papers = dict.fromkeys(("handed_over_on", "deregistered_on", "registered_on"), day)
    zone._enter("subsidy_applications", vehicle=vehicle, submitted_on=day + timedelta(days=zone.chance.randrange(40)), power=power,
                displacement=zone.chance.choice(LITRES) if power == "fuel" else None, price=zone.chance.choice(PRICES),
                city=zone.chance.choice(CITIES), invoiced_on=day, **papers)
    _steps(zone, zone.rows["subsidy_applications"][-1])


def payment(zone: Any) -> None:
    """Enter what was paid on an application."""
    paid = _need(zone, "subsidy_applications")
    zone._enter("subsidy_payments", application=paid, paid_on=paid.submitted_on + timedelta(days=zone.chance.randrange(60)),
                amount=zone.chance.choice(("1", "0.7", "0.000001")))


def _steps(zone: Any, moved: Any) -> None:
    """Enter what happened to an application, the last of it perhaps by mistake; by a chance of its own, that all else stays as it was."""
    chance, day, state = Random(len(zone.rows["subsidy_applications"])), moved.submitted_on, ""
    for _time in range(chance.randrange(6)):
        state, day = chance.choice(AFTER[state]), day + timedelta(days=chance.randrange(25))
        zone._enter("subsidy_steps", application=moved, state=state, taken_on=day, reason="缺件")
        if state == "refused":
            break
    if chance.random() < 0.2 and (steps := [row for row in zone.rows["subsidy_steps"] if row.application_id == moved.pk]):
        zone._do("subsidy_steps", "archive", steps[-1], reason="登记错")


def online(zone: Any) -> None:
    """Enter an account, a post or a question, or release an answer."""
    what = zone.chance.choice(("account", "post", "question", "question", "question", "release"))
    if what == "account" or not zone.rows["promotion_accounts"]:
        zone._enter("promotion_accounts", platform=zone.chance.choice(("甲", "乙")), name="号", **_span(zone))
    elif what == "post":
        zone._enter("promotion_posts", account=_need(zone, "promotion_accounts"), form=zone.chance.choice(("video", "live")), title="题",
                    published_on=zone._day())
    elif what == "question":
        zone._enter("promotion_questions", account=zone._any("promotion_accounts"), topic=zone.chance.choice(("order", "place", "other")),
                    text="问", asked_on=_day(zone), frequent=zone.chance.random() < 0.3)
    else:
        _release(zone, _need(zone, "promotion_questions"))


def _release(zone: Any, question: Any) -> None:
    """Release an answer as a person, for the installation itself releases none; he does it some days after it was asked."""
    if not hasattr(zone, "speaker"):
        rights = "promotion_questions.view promotion_questions.release"
        zone.speaker = testing.employ(zone.owner, f"speaker-{zone.owner.code}", rights)
    plan = actions.find("promotion_questions.release").plan
    day = question.asked_on + timedelta(days=zone.chance.randrange(60))
    with patch.object(clock, "today", lambda: day):
        change = plan(question, by=zone.speaker, version=question.row_version, answer="答", cites="75号")
    [done] = commit([change], by=zone.speaker)
    zone._replace("promotion_questions", question, done)


def offline(zone: Any) -> None:
    """Enter a venue, an agreement or an activity."""
    what = zone.chance.choice(("venue", "agreement", "activity"))
    if what == "venue":
        zone._enter("promotion_venues", name=f"场所{len(zone.rows['promotion_venues'])}",
                    kind=zone.chance.choice(("dealership", "auto_park")), **_span(zone))
    elif what == "agreement":
        span = _span(zone)
        zone._enter("dealer_agreements", partner=_need(zone, "enterprises"), kind=zone.chance.choice(("maker", "dealer")), title="协议",
                    signed_on=span["since"], **span, ended_on=zone.chance.choice((None, span["since"] + timedelta(days=90))))
    else:
        zone._enter("outreach_activities", held_on=zone._day(), theme=zone.chance.choice(("channels", "batteries")), title="活动")


def lead(zone: Any) -> None:
    """Enter a lead of some source, perhaps with a vehicle, or find the vehicle of one."""
    if zone.rows["promotion_leads"] and zone.chance.random() < 0.3:
        one = _need(zone, "promotion_leads")
        done = zone._do("promotion_leads", "correct", one, facts={"vehicle": _need(zone, "vehicles")}, reason="核对")
        zone._replace("promotion_leads", one, done)
        return
    name, source = zone.chance.choice((
        ("question", "promotion_questions"), ("venue", "promotion_venues"), ("agreement", "dealer_agreements"),
        ("activity", "outreach_activities")))
    by, vehicle, day = _need(zone, source), zone._any("vehicles") if zone.chance.random() < 0.5 else None, zone._day()
    if source == "dealer_agreements":
        day = by.since + timedelta(days=zone.chance.randrange(90))  # mostly in its span
    if vehicle is not None and vehicle.received_on is not None and zone.chance.random() < 0.9:
        day = min(day, vehicle.received_on)
    zone._enter("promotion_leads", received_on=day, **{name: by}, vehicle=vehicle, contact="车主", consented_on=day)


def change(zone: Any) -> None:
    """Correct some record, or archive it."""
    name = zone.chance.choice(FORGOTTEN)
    one = _need(zone, name)
    facts: dict[str, dict[str, Any]] = {
        "policy_documents": {"issuers": 8}, "subsidy_applications": {"city": "运城市", "price": "20"}, "subsidy_payments": {"amount": "2"},
        "promotion_leads": {"received_on": zone._day()}, "promotion_venues": {"kind": "used_cars"},
        "outreach_activities": {"theme": "awareness"}, "dealer_agreements": {"kind": "maker"}, "promotion_questions": {"topic": "review"},
    }
    if name in facts and zone.chance.random() < 0.6:
        zone._replace(name, one, zone._do(name, "correct", one, facts=facts[name], reason="核对"))
    else:
        zone._do(name, "archive", one, reason="重复")
        zone.rows[name] = [row for row in zone.rows[name] if row.pk != one.pk]


STEPS: dict[Callable[[Any], None], float] = {
    document: 2, application: 4, payment: 2, online: 4, offline: 2, lead: 3, change: 2}  # fmt: skip
