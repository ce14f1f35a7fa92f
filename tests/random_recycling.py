"""The part of a random zone that recycles vehicles: acquisition, parts, lots, waste, the base, sales."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

CODES = ("900-052-31", "900-199-08", "900-049-50")
FORGOTTEN = (
    "vehicles", "bids", "partner_commissions", "vehicle_parts", "dismantling_jobs", "lot_outputs", "waste_transfers", "base_phases",
    "base_facilities", "dismantling_capacities", "line_sales", "rank_claims", "recycling_certificates", "part_categories")
MASSES = ("0", "99.5", "100", "250.1")


def build(zone: Any) -> None:
    """Take perhaps a step or two in recycling."""
    for _number in range(zone.chance.choice((0, 1, 1, 2))):
        zone.chance.choices([*STEPS], [*STEPS.values()])[0](zone)


def pick(zone: Any, name: str) -> Any:
    """Return any record of the register; None where there is none."""
    return zone.chance.choice(zone.rows[name]) if zone.rows[name] else None


def _span(zone: Any) -> dict[str, Any]:
    since = zone._day()
    return {"since": since, "until": zone.chance.choice((None, since + timedelta(days=zone.chance.randrange(1, 500))))}


def vehicle(zone: Any) -> None:
    """Enter a vehicle at any stage."""
    came = zone.chance.choice((None, zone._day(), zone._day()))
    done = came and zone.chance.choice((None, came + timedelta(days=zone.chance.randrange(200))))
    channel = zone.chance.choice(("tender", "platform", "own", "partner"))
    partner = pick(zone, "enterprises") if channel == "partner" else None
    zone._enter("vehicles", vin=f"DEM{len(zone.rows['vehicles'])}", category=zone.chance.choice(("passenger_car", "truck")),
                power=zone.chance.choice(("1", "9")), province=zone.chance.choice(("山西省", "")),
                city=zone.chance.choice(("太原市", "晋中市", "")),
                owner_kind=zone.chance.choice(("individual", "organisation")), channel=channel, partner=partner, received_on=came,
                dismantled_on=done, synthetic=True)


def certificate(zone: Any) -> None:
    """Enter a certificate, perhaps a voided one."""
    day = zone._day()
    voided = {"voided_on": day + timedelta(days=zone.chance.randrange(90)), "void_reason": "写错"} if zone.chance.random() < 0.4 else {}
    zone._enter("recycling_certificates", vehicle=pick(zone, "vehicles"), issued_on=day, handed_over_on=day,
                number=f"{len(zone.rows['recycling_certificates'])}", **voided)


def acquire(zone: Any) -> None:
    """Enter a tender with our bid, a partner, or a commission."""
    what = zone.chance.choice(("bid", "partner", "commission", "commission"))
    if what == "bid":
        day = zone._day()
        zone._enter("tenders", title="处置", purchaser="机关", published_on=day)
        outcome = zone.chance.choice(("won", "won", "lost", "failed", ""))
        zone._enter("bids", tender=zone.rows["tenders"][-1], bid_on=day, outcome=outcome,
                    decided_on=day + timedelta(days=zone.chance.randrange(60)) if outcome else None)
    elif what == "partner":
        zone._enter("recovery_partners", enterprise=pick(zone, "enterprises"), kind=zone.chance.choice(("dealer", "maker")), **_span(zone))
    else:
        sent = [each for each in zone.rows["vehicles"] if each.channel == "partner" and each.received_on]
        if sent:
            one = zone.chance.choice(sent)
            zone._enter("partner_commissions", vehicle=one, amount=zone.chance.choice(("200", "0.01")),
                        agreed_on=one.received_on + timedelta(days=zone.chance.randrange(90)))


def qualify(zone: Any) -> None:
    """Enter a qualification of a recycler or of a remanufacturer, or an area."""
    if zone.chance.random() < 0.3:
        level = zone.chance.choice(("province", "neighbours"))
        zone._enter("service_areas", level=level, name=f"省{zone.chance.randrange(9)}", **_span(zone))
    kind = zone.chance.choice(("elv_dismantling", "elv_deregistration", "elv_deregistration", "remanufacturing", "remanufacturing"))
    authority = zone.chance.choice(("甲厅", "乙部", ""))
    holder = zone.chance.choice((zone.rows["enterprises"] or [None])[:2])
    zone._enter("qualifications", holder=holder, authority=authority, kind=kind, **_span(zone))


def part(zone: Any) -> None:
    """Enter a category, a part, its hand-over, or a battery."""
    what = zone.chance.choice(("category", "part", "part", "hand over", "hand over", "battery"))
    category, car = pick(zone, "part_categories"), pick(zone, "vehicles")
    if what == "category" or category is None:
        zone._enter("part_categories", name=f"品类{len(zone.rows['part_categories'])}", named=zone.chance.random() < 0.5,
                    kind=zone.chance.choice(("assembly", "part", "material")), **_span(zone))
    elif car is None or car.received_on is None:
        return
    elif what == "battery":
        firm = zone.chance.choice((None, pick(zone, "enterprises"), pick(zone, "enterprises")))
        pack = "" if zone.chance.random() < 0.2 else f"{len(zone.rows['traction_batteries'])}"
        zone._enter("traction_batteries", vehicle=car, removed_on=car.received_on, destination=firm, pack_code=pack,
                    receipt="回执" if firm else "",
                    handed_over_on=firm and car.received_on + timedelta(days=zone.chance.choice((0, 0, 40))))
    elif what == "part":
        zone._enter("vehicle_parts", vehicle=car, category=category, use=zone.chance.choice(("remanufacture", "remanufacture", "scrap")),
                    removed_on=car.received_on + timedelta(days=zone.chance.randrange(200)), mass=zone.chance.choice((None, "5.5")))
    else:
        held = [each for each in zone.rows["qualifications"] if each.kind == "remanufacturing"]
        parts = [each for each in zone.rows["vehicle_parts"] if each.use == "remanufacture"]
        if held and parts:
            one, licence = zone.chance.choice(parts), zone.chance.choice(held)
            zone._enter("remanufacture_transfers", part=one, receiver=licence.holder, handed_over_on=max(one.removed_on, licence.since))


def dismantle(zone: Any) -> None:
    """Enter a lot, a vehicle in one, or what came out of one."""
    lot, what = pick(zone, "dismantling_lots"), zone.chance.choice(("lot", "job", "job", "output"))
    if what == "lot" or lot is None:
        zone._enter("dismantling_lots", closed_on=zone._day())
    elif what == "job":
        zone._enter("dismantling_jobs", vehicle=pick(zone, "vehicles"), lot=lot, route="fine", input_mass=zone.chance.choice(MASSES),
                    shell_mass=zone.chance.choice((None, *MASSES)), assembly_mass=zone.chance.choice((None, *MASSES)))
    else:
        zone._enter("lot_outputs", lot=lot, category=pick(zone, "part_categories"), mass=zone.chance.choice(MASSES))


def waste(zone: Any) -> None:
    """Enter a lot of waste or hand one over, perhaps in part; seldom a rule of how long it may stay."""
    lot = pick(zone, "waste_lots")
    if lot is None or zone.chance.random() < 0.4:
        zone._enter("waste_lots", waste_code=zone.chance.choice(CODES), stored_on=zone._day(), mass=zone.chance.choice(MASSES[1:]))
    elif zone.chance.random() < 0.05:
        zone._rule("recycling.waste_storage", {"days": zone.chance.choice((30, 200))})
    else:
        zone._enter("waste_transfers", lot=lot, mass=zone.chance.choice((lot.mass, "50", "0.01")), receiver=pick(zone, "enterprises"),
                    handed_over_on=lot.stored_on + timedelta(days=zone.chance.randrange(500)))


def base(zone: Any) -> None:
    """Enter a phase of the base, a facility with or without its building, or a capacity."""
    phase, what = pick(zone, "base_phases"), zone.chance.choice(("phase", "facility", "facility", "capacity"))
    if what == "phase" or phase is None:
        zone._enter("parcels", name="地块", area=zone.chance.choice(("54.98", "0.000001")))
        zone._enter("base_phases", name=f"{len(zone.rows['base_phases'])}期", parcel=zone.rows["parcels"][-1],
                    completed_on=zone.chance.choice((None, zone._day(), zone._day())))
    elif what == "facility":
        zone._enter("base_facilities", phase=phase, kind=zone.chance.choice(("shed", "fine")), name=f"{len(zone.rows['base_facilities'])}",
                    building=pick(zone, "buildings"))
    else:
        zone._enter("dismantling_capacities", phase=phase, per_year=zone.chance.choice((12, 30000)), **_span(zone))


def tell(zone: Any) -> None:
    """Enter a sale or a claim of rank."""
    if zone.chance.random() < 0.3:
        verified = {"origin": "协会", "origin_on": zone._day()}
        source = zone.chance.choice((verified, verified, {"origin": "协会"}, {}))
        level, area = zone.chance.choice((("province", "山西省"), ("province", "山西省"), ("city", "太原市")))
        if zone.chance.random() < 0.05:
            area = "邻省"
        zone._enter("rank_claims", subject=zone.chance.choice(("recovered", "dismantled")), level=level, area=area,
                    year=zone.chance.choice((2023, 2024)), claim="前列", rank=zone.chance.choice((None, 1, 3, 4)), **source)
    else:
        zone._enter("line_sales", sold_on=zone._day(), line=zone.chance.choice(("metals", "parts", "services")),
                    channel=zone.chance.choice(("online", "offline")), buyer_kind=zone.chance.choice(("processor", "repair_shop")),
                    amount=zone.chance.choice(("100", "0.000001", "-5")),
                    margin="-7.5" if zone.exact else zone.chance.choice(("-7.5", "0", None)))


def change(zone: Any) -> None:
    """Correct some record, or archive it."""
    if zone.chance.random() < 0.4:
        name = zone.chance.choice(FORGOTTEN)
        if one := pick(zone, name):
            zone._do(name, "archive", one, reason="重复")
            zone.rows[name] = [row for row in zone.rows[name] if row.pk != one.pk]
        return
    facts: dict[str, dict[str, Any]] = {
        "vehicles": {"received_on": zone.chance.choice((None, zone._day()))}, "partner_commissions": {"amount": "7"},
        "part_categories": {"kind": "material"}, "dismantling_lots": {"closed_on": zone._day()}, "waste_lots": {"mass": "260"},
        "base_phases": {"completed_on": zone._day()}, "line_sales": {"line": "parts"}, "bids": {"outcome": "lost"},
        "rank_claims": {"origin": ""}, "dismantling_jobs": {"shell_mass": "3.5"},
    }
    name = zone.chance.choice([*facts])
    if one := pick(zone, name):
        zone._replace(name, one, zone._do(name, "correct", one, facts=facts[name], reason="核对"))


STEPS: dict[Callable[[Any], None], float] = {
    vehicle: 6, certificate: 2, acquire: 5, qualify: 2, part: 8, dismantle: 5, waste: 5, base: 4, tell: 4, change: 5}
