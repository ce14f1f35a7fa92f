"""Facts that a register's own rules demand of random records: the rest may be anything.

A record of random facts breaks rules: a contract of last century, a share of nothing, two rows that exclude each other.
`demanded` returns for a register and the number of a record what it must say, so that no record of a number excludes that of another.
"""

from datetime import date, timedelta
from typing import Any

Made = dict[type, list[Any]]  # the records that there are, by register
Facts = dict[str, Any]
GROUP = 10  # parts of one whole, where parts are related to one another


def demanded(name: str, number: int, made: Made) -> Facts:
    """Return the facts that the record of this number in this register must have."""
    for room in (_of_kernel, _of_projects, _of_meetings, _of_services, _of_reporting, _of_infrastructure, _of_chains, _of_leads, _of_land,
                 _of_approvals, _of_vehicles, _of_recycling, _of_holdings, _of_company, _of_property, _of_capital, _of_college,
                 _of_lowaltitude, _of_research, _of_subsidies, _of_outreach):
        if facts := room(number, made).get(name):
            return facts
    return {}


def rows_of(made: Made, register: str) -> list[Any]:
    """Return the records there are of a register, by its name."""
    from kaifaqu.kernel.records import registers

    return made.get(registers()[register], [])


def nth(made: Made, register: str, number: int) -> Any:
    """Return the record of this number, beginning again where there are fewer; None where there is none."""
    rows = rows_of(made, register)
    return rows[number % len(rows)] if rows else None


def turn(made: Made, register: str, number: int) -> int:
    """Return how often all records of a register were taken before this number."""
    return number // max(1, len(rows_of(made, register)))


def _pair(made: Made, register: str, number: int) -> tuple[Any, Any]:
    """Return two parts of one whole of which the first comes before the second, for each number another two, in no circle."""
    group, place = divmod(number, GROUP)
    one, other = (place, place + 1) if place < GROUP - 1 else (0, 2)
    return nth(made, register, group * GROUP + one), nth(made, register, group * GROUP + other)


def _of_kernel(number: int, made: Made) -> dict[str, Facts]:
    return {
        "users": {"code": f"u{number}", "is_active": True}, "roles": {"rights": "projects.view leads.view"},
        "memberships": {"since": "2024-01-01", "until": None},
        "grants": {"right": "projects.view", "since": "2024-01-01", "until": None},
        "rules": {"kind": "targets.lights", "content": '{"yellow_points": 10, "red_points": 30}',
                  "since": "2024-01-01", "until": None, "supersedes": None},
        "zones": {"division": "", "boundary": "", "statistical_code": ""}, "parks": {"boundary": ""},
        "parcels": {"boundary": "", "area": "61.737"}, "parties": {"parent": None},
        "enterprises": {"credit_code": "", "industry": "2611", "party": None},
        "qualifications": {"since": "2024-01-01", "until": None},
        "qualification_renewals": {"qualification": nth(made, "qualifications", number), "opened_on": "2023-05-17",
                                   **dict.fromkeys(("agreed_on", "responded_on", "resolved_on"))},
    }


def _of_projects(number: int, made: Made) -> dict[str, Facts]:
    from kaifaqu.kernel.records import registers

    project, again = nth(made, "projects", number), turn(made, "projects", number)
    return {
        "leads": {"first_contact_on": "2023-05", "judged_on": None, "negotiating_on": None, "intent_on": None, "signed_on": None,
                  "failed_on": None},
        "projects": {"signed_on": "2023-05-17", "landed_on": None, "started_on": "2023-06", "production_on": None,
                     "full_capacity_on": None, "terminated_on": None, "national_code": f"2401-140824-89-01-{number:06d}"},
        "suspensions": {"subject": project, "since": f"20{number % 20:02d}-01-01", "until": f"20{number % 20:02d}-02-01"},
        "assignments": {"subject": project, "since": "2024-01-01", "until": None},
        "cohorts": {"number": number + 1, "held_on": "2023-06-30"},
        "plan_classes": {"subject": project, "plan_year": 2000 + again},
        "period_classes": {"subject": project, "kind": "new", "period": f"{2024 + again}"},
        "cohort_entries": {"subject": project}, "work_lines": {"until": None, "since": "2024-01-01"},
        "progress": {"subject": project, "month": f"{2000 + again}-{number % 12 + 1:02d}",
                     **dict.fromkeys(registers()["progress"].REPORTED), "month_investment": "-0.000001",
                     "problems": f"=问题{number}", "next_steps": f"@措施{number}"},
        "targets": {"year": 2000 + number % 90, "document_on": "2024-01-01", "supersedes": None, **(
            {"indicator": "projects.progress.year_to_date", "amount": "0.000001"} if number < 90
            else {"indicator": "projects.signed.year.count", "amount": "7"})},
        "target_shares": {"target": nth(made, "targets", number), "department": None, "month": turn(made, "targets", number) % 12 + 1,
                          "amount": "1"},
    }


def _of_meetings(number: int, made: Made) -> dict[str, Facts]:
    return {
        "meeting_plans": {"kind": "", "year": 2000 + number % 50, "partner": None},
        "meeting_components": {"name": f"部分{number}", "planned_days": 1, "due_days": 1 + number % 9, "indicators": "",
                               "no_return": "", "instead": ""},
        "meetings": {"number": number + 1, "period": f"2024-{number % 12 + 1:02d}", "planned_on": None},
        "agenda_items": {"order": number + 1}, "attendances": {"office": f"岗位{number}"},
        "decisions": {"opened_on": "2023-05-17", "agreed_on": None, "responded_on": None, "resolved_on": None},
        "study_attendances": {"person": nth(made, "users", number)},
    }


def _of_services(number: int, made: Made) -> dict[str, Facts]:
    firm, issues = next(iter(rows_of(made, "enterprises")), None), rows_of(made, "issues")
    told: Facts = {}
    if number < len(issues):
        told = {"issue": issues[number], "visit": next(
            (each for each in rows_of(made, "visits") if each.enterprise_id == issues[number].enterprise_id), None)}
    return {
        "issues": {"enterprise": firm, "project": None},
        "visits": {"enterprise": firm, "kind": "visit", "planned_on": f"20{number % 20:02d}-01-{number % 28 + 1:02d}",
                   "visited_on": None, "project": None, "partner": None, "cancel_reason": "", "merged_into": None, "exception": "来函"},
        "visitors": {"person": None, "name": f"姓名{number}"}, "visit_issues": told,
        "quiet_spans": {"since": "2024-01-01", "until": "2024-02-01"},
        "service_assignments": {"since": "2024-01-01", "until": "2024-02-01"},
        "feeds": {"low": None, "high": "50.0001", "limit_basis": "依据", "park": None, "enterprise": None},
        "readings": {"day": f"{2000 + number % 20}-01-{number % 27 + 1:02d}", "time": f"{number % 24:02d}:{number % 60:02d}"},
        "alerts": {"feed": nth(made, "feeds", number), "found_on": "2024-01-01",
                   "kind": ("high", "low", "silent")[turn(made, "feeds", number) % 3]},
    }


def _of_reporting(number: int, made: Made) -> dict[str, Facts]:
    project, held = nth(made, "projects", number), nth(made, "scorings", number)
    return {
        "briefs": {"period": f"20{number % 20:02d}-H{number % 2 + 1}", "restates": None},
        "scorings": {"sheet": "province.protection", "period": f"{2000 + number}"},
        "score_findings": {"scoring": held, "item": "1.1", "count": f"{number + 1}.25", "found_on": held and f"{held.period}-05-17"},
        "score_overrides": {"scoring": held, "item": ("1.1", "1.2", "2.1")[number % 3]},
        "form_cells": {"kind": "text", "cell": f"B{number + 1}", "places": None, "rows": None, **dict.fromkeys(
            ("period", "by", "group", "against", "unit", "style", "subject", "fields", "where", "order"), "")},
        "subscriptions": {"brief": "", "figure": "projects.under_construction.count", "period": f"{1900 + number}", "rhythm": "weekly",
                          "day": None, "border": None, "by_mail": False,
                          **dict.fromkeys(("address", "by", "group", "scope", "side"), "")},
        "collections": {"target": "progress", "period": f"20{number % 20:02d}-0{number % 9 + 1}"},
        "collection_units": {"collection": (rows_of(made, "collections") or [None])[-1], "records": project and project.code},
    }


def _of_infrastructure(number: int, made: Made) -> dict[str, Facts]:
    from kaifaqu.kernel.records import registers

    since = f"20{number % 20:02d}-01-{number // 20 % 28 + 1:02d}"
    return {
        "buildings": {"area": "3500.01", "floors": None, "started_on": "2023-05", "completed_on": None, "handed_over_on": None,
                      "demolished_on": None},
        "building_units": {"floor": 1, "area": "0.01", "since": "2024-01-01", "until": None},
        "leases": {"unit": nth(made, "building_units", number), "since": "2024-01-01", "until": "2035-01-01", "ended_on": None},
        "works": {"kind": ("管网管道", "标准化厂房")[number % 2], "area": None, "length": "1200.01", "capacity": None,
                  "contracted_on": "2023-05", "contract_amount": "0.000001", "contract_document": "007", "started_on": "2023-05-17",
                  "accepted_on": None, "handed_over_on": None, "operating_on": None},
        "work_buildings": {"work": nth(made, "works", number), "building": nth(made, "buildings", number)},
        "work_progress": {"subject": nth(made, "works", number), "month": f"{2000 + number % 20}-{number % 12 + 1:02d}", "share": "35.5"},
        "work_payments": {"paid_on": "2024-01-01", "amount": "0.000001"},
        "plant_capacities": {"plant": nth(made, "plants", number), "since": since, "amount": "0.01"},
        "plant_days": {"plant": nth(made, "plants", number), "day": since, **dict.fromkeys(registers()["plant_days"].MEASURED, "0.01")},
        "pool_capacities": {"pool": nth(made, "capacity_pools", number), "since": since, "amount": "100"},
        "reservations": {"lead": nth(made, "leads", number), "project": None, "amount": "0.000001", "since": "2024-01-01", "until": None,
                         "released_on": None},
    }


def _of_chains(number: int, made: Made) -> dict[str, Facts]:
    feeder, fed = _pair(made, "chain_nodes", number)
    present = number % 2 == 0
    firm = nth(made, "enterprises", number)
    return {
        "chain_heads": {"person": nth(made, "users", number), "since": "2024-01-01", "until": None},
        "chain_nodes": {"chain": nth(made, "chains", number // GROUP)},
        "chain_links": {"feeder": feeder, "fed": fed},
        "node_firms": {"since": "2024-01-01", "until": None,
                       **({"enterprise": firm, "name": "", "standing": "present"} if present
                          else {"enterprise": None, "name": f"=目标{number}", "standing": "target"})},
        "supplies": {"year": 2024, "amount": "0.000001", "supplier": nth(made, "enterprises", number + 1) if present else None,
                     "supplier_name": "" if present else f"@供应商{number}"},
    }


def _of_leads(number: int, made: Made) -> dict[str, Facts]:
    from kaifaqu.kernel.fields import ExactField
    from kaifaqu.kernel.records import registers

    amounts = (each.name for each in registers()["lead_profiles"]._meta.concrete_fields if isinstance(each, ExactField))
    lead = nth(made, "leads", number)
    return {
        "lead_profiles": {"lead": lead, **dict.fromkeys(amounts, "7.01")},
        "product_capacities": {"lead": lead, "amount": "0.0001"},
        "lead_opinions": {"lead": lead, "aspect": "policy", "opened_on": "2023-05-17", "agreed_on": None, "responded_on": None,
                          "resolved_on": None},
        "negotiation_rounds": {"lead": lead}, "lead_responses": {"lead": lead}, "lead_terms": {"lead": lead},
    }


def _of_land(number: int, made: Made) -> dict[str, Facts]:
    control, promise = nth(made, "control_indicators", number), nth(made, "land_promises", number)
    return {
        "standard_parcels": {
            "parcel": nth(made, "parcels", number), "area": "61.737", "planned_on": "2022-12", "announced_on": None,
            "transferred_on": "2023-05", "enterprise": nth(made, "enterprises", number), "project": None, "verified_on": None,
            "withdrawn_on": None},
        "control_indicators": {"standard_parcel": nth(made, "standard_parcels", number), "indicator": "investment", "value": "300.000001"},
        "land_promises": {"control": control, "value": control and f"{control.value}", "signed_on": "2023-05-17", "due_on": "2023-05-17"},
        "promise_evidence": {"promise": promise, "kind": "audit", "handed_in_on": "2023-05-17"},
        "commitments": {
            "project": nth(made, "projects", number), "notified_on": "2023", "signed_on": "2023-05", "publicised_on": None,
            "approved_on": None, "checked_on": None, "accepted_on": None, "withdrawn_on": None},
        "commitment_items": {"commitment": nth(made, "commitments", number), "item": "energy"},
        "compliance_checks": {"commitment": nth(made, "commitments", number), "item": nth(made, "commitment_items", number),
                              "checked_on": "2023-05-17", "result": "kept", "consequence": "", "follow_up_on": None},
    }


def _of_approvals(number: int, made: Made) -> dict[str, Facts]:
    item, needs = _pair(made, "package_items", number)
    return {
        "packages": {"project": nth(made, "projects", number), "entrusted_on": "2023-05-17", "chosen": ""},
        "package_items": {
            "package": nth(made, "packages", number // GROUP), "item": f"{number}", "statutory_days": 20, "promised_days": 7,
            "opened_on": "2023-05-17", **dict.fromkeys(("received_on", "accepted_on", "resolved_on")), "result": ""},
        "item_needs": {"item": needs, "needs": item},
    }


def _of_subsidies(number: int, made: Made) -> dict[str, Facts]:
    day = date(2025, 1, 1) + timedelta(days=number % 700)
    return {
        "policy_documents": {"number": f"文号{number:06d}", "issuers": 7, "since": "2024-01-01", "until": None},
        "scheme_examples": {
            "scheme": 2024, "as_of": "2024-08-05", "eligible": "no", "reasons": "individual", "applicant": "organisation",
            **dict.fromkeys(("new_in_catalogue", "new_displacement")),
            **dict.fromkeys(("old_registered_on", "owned_since", "handed_over_on", "deregistered_on", "invoiced_on", "registered_on",
                             "applied_on"), "2024-05-17")},
        "subsidy_applications": {
            "vehicle": nth(made, "vehicles", number), "submitted_on": "2024-06-30", "power": "fuel", "displacement": "1.498",
            "price": "0.000001", **dict.fromkeys(("handed_over_on", "deregistered_on", "invoiced_on", "registered_on"), "2024-05-17")},
        "subsidy_payments": {"application": nth(made, "subsidy_applications", number), "paid_on": f"{day}", "amount": "0.000001"},
        "subsidy_papers": {
            "vehicle": nth(made, "vehicles", number), "kind": "invoice", "price": "0.000001", "dated_on": "2024-05-17",
            **dict.fromkeys(("issued_on", "displacement", "in_catalogue"), None), **dict.fromkeys(("plate", "power"), "")},
        "subsidy_steps": {"application": nth(made, "subsidy_applications", number), "state": "accepted", "taken_on": "2024-07-01"},
    }


def _of_outreach(number: int, made: Made) -> dict[str, Facts]:
    taken = turn(made, "vehicles", number) > 0
    return {
        "promotion_accounts": {"since": "2024-01-01", "until": None}, "promotion_posts": {"published_on": "2024-05-17"},
        "promotion_questions": {"asked_on": "2024-05-17", "account": None, "post": nth(made, "promotion_posts", number)},
        "promotion_venues": {"name": f"=场所{number}", "since": "2024-01-01", "until": None},
        "dealer_agreements": {"signed_on": "2024-01-01", "since": "2024-01-01", "until": None, "ended_on": None},
        "guide_pages": {"since": f"{date(2000, 1, 1) + timedelta(days=number)}"},
        "outreach_activities": {"title": f"@活动{number}", "held_on": "2024-05-17", "guide": None},
        "promotion_leads": {
            "received_on": "2023-05-17", "venue": nth(made, "promotion_venues", number), "vehicle": None if taken else nth(
                made, "vehicles", number), **dict.fromkeys(("question", "agreement", "activity"))},
    }


def _of_vehicles(number: int, made: Made) -> dict[str, Facts]:
    day = "2023-05-17"
    return {
        "vehicles": {
            "vin": f"DEM{number}", "channel": "partner", "partner": nth(made, "enterprises", number), "first_registered_on": "2009-01-01",
            "received_on": day, "handed_over_on": day, "dismantled_on": None, "deregistered_on": None, "kerb_mass": "0.1"},
        "recycling_certificates": {
            "vehicle": nth(made, "vehicles", number), "number": f"{number:012d}", "issued_on": day, "handed_over_on": day,
            "voided_on": None, "void_reason": ""},
    }


def _of_recycling(number: int, made: Made) -> dict[str, Facts]:
    car, lot, category, day = (nth(made, "vehicles", number), nth(made, "dismantling_lots", number), nth(made, "part_categories", number),
                               "2023-05-17")
    lasting = {"since": day, "until": None}
    licence = next((each for each in rows_of(made, "qualifications") if each.kind == "remanufacturing"), None)
    return {
        "tenders": {"published_on": day, "closes_on": None},
        "bids": {"tender": nth(made, "tenders", number), "bid_on": day, "decided_on": None, "outcome": "", "contracted_on": None},
        "recovery_partners": {"enterprise": nth(made, "enterprises", number), **lasting},
        "partner_commissions": {"vehicle": car, "agreed_on": day, "amount": "0.01", "paid_on": None},
        "part_categories": {"name": f"=品类{number}", **lasting},
        "vehicle_parts": {"vehicle": car, "category": category, "removed_on": day, "use": "remanufacture", "mass": "0.01"},
        "remanufacture_transfers": {
            "part": nth(made, "vehicle_parts", number), "receiver": licence and licence.holder, "handed_over_on": "2024-01-01"},
        "traction_batteries": {
            "vehicle": car, "pack_code": f"{number:06d}", "removed_on": day, "destination": None, "handed_over_on": None, "receipt": ""},
        "dismantling_jobs": {"vehicle": car, "lot": lot, **dict.fromkeys(("input_mass", "shell_mass", "assembly_mass"), "0.1")},
        "lot_outputs": {"lot": lot, "category": category, "mass": "0.1"},
        "waste_lots": {"waste_code": "900-052-31", "stored_on": day, "mass": "100"},
        "waste_transfers": {"lot": nth(made, "waste_lots", number), "handed_over_on": day, "mass": "0.01"},
        "base_phases": {"parcel": nth(made, "parcels", number), "started_on": None},
        "base_facilities": {"phase": nth(made, "base_phases", number), "building": nth(made, "buildings", number)},
        "dismantling_capacities": {"phase": nth(made, "base_phases", number), "per_year": 30000, **lasting},
        "service_areas": {"name": f"@地区{number}", **lasting},
        "rank_claims": {"year": 2023, "rank": 1, "among": 3}, "line_sales": {"amount": "100.000001", "margin": "-0.000001"},
    }


def _of_holdings(number: int, made: Made) -> dict[str, Facts]:
    holder, company = _pair(made, "enterprises", number)
    return {
        "holdings": {"company": company, "holder": holder, "share": "33.333333", "since": "2023-05-17", "until": None},
        "dividends": {"holding": nth(made, "holdings", number), "due": "0.000001", "received": "999999999.999999",
                      "received_on": "2023-05-17"},
    }


def _of_company(number: int, made: Made) -> dict[str, Facts]:
    asset, span = nth(made, "assets", number), {"since": "2023-05-17", "until": None}
    return {
        "function_items": span, "strategy_plans": span, "company_posts": span, "delegations": {**span, "ended_on": None},
        "function_holders": {"function": nth(made, "function_items", number), "side": "company", **span},
        "delegation_reviews": {"delegation": nth(made, "delegations", number), "year": 2023},
        "reform_items": {"category": "三化之一"}, "plan_goals": {"word": "保值增值"},
        "company_departments": {"parent": None, **span}, "assets": {"area": "0.01", "cost": "0.000001"},
        "asset_uses": {"asset": asset, **span}, "asset_valuations": {"asset": asset, "amount": "999999999.999999"},
        "asset_transfers": {"giver": nth(made, "enterprises", number), "receiver": nth(made, "enterprises", number + 1),
                            "price": "0.000001", "approval": f"=批复{number}"},
        "company_income": {"line": "租金", "asset": asset, "period": f"{2000 + number % 24}-{number % 12 + 1:02d}", "cost": "0.000001"},
        "financings": {"amount": "0.000001", "rate": "3.8501", **span},
        "repayments": {"financing": nth(made, "financings", number), "amount": "12000.5", "interest": "0.000001"},
        "balance_statements": {"company": nth(made, "enterprises", number), "assets": "999999999.999999", "liabilities": "0"},
        "equity_adjustments": {"amount": "0.000001"},
    }


def _of_property(number: int, made: Made) -> dict[str, Facts]:
    contract, lease = nth(made, "hosting_contracts", number), nth(made, "leases", number)
    month = f"20{13 + turn(made, 'hosting_contracts', number)}-05"
    return {
        "hosting_contracts": {"signed_on": "2023-05-17", "since": "2012-01-01", "until": None, "ended_on": None, "handed_over_on": None},
        "hosting_fees": {"contract": contract, "month": month},
        "hosting_settlements": {"contract": contract, "first": month, "last": month},
        "amenities": {"unit": nth(made, "building_units", number), "since": "2024-01-01", "until": None},
        "rent_bills": {"lease": lease, "month": f"20{24 + turn(made, 'leases', number)}-05", "due": "12000.5", "received": "0.000001",
                       "received_on": "2024-07-01"},
        "service_providers": {"item": nth(made, "service_items", number), "enterprise": nth(made, "enterprises", number),
                              "since": "2024-01-01", "until": None},
        "service_requests": {
            "item": nth(made, "service_items", number), "provider": None, "opened_on": "2023-05-17", "agreed_on": None,
            **dict.fromkeys(("responded_on", "resolved_on", "confirmed_on")), "result": "", "satisfaction": ""},
    }


def _of_capital(number: int, made: Made) -> dict[str, Facts]:
    return {
        "funds": {"level": "parent", "parent": None, "size": "0.000001", "established_on": "2023-05-17", "ended_on": None},
        "fund_payments": {"amount": "0.000001"},
        "fund_stakes": {"enterprise": nth(made, "enterprises", number), "into": None, "target_kind": "growth", "amount": "0.000001",
                        "share": "12.5", "exited_on": None},
    }


def _of_college(number: int, made: Made) -> dict[str, Facts]:
    lasting = {"since": "2024-01-01", "until": None}
    student = nth(made, "students", number)
    return {
        **dict.fromkeys(("college_founders", "college_measures", "faculty_appointments", "college_departments"), lasting),
        "college_majors": {"since": "2020-01-01", "until": None},
        "campus_parcels": {"project": nth(made, "projects", number), "parcel": nth(made, "parcels", number)},
        "college_agreements": {"signed_on": "2023-05-17", "since": "2023-05-17", "until": None, "ended_on": None},
        "college_classes": {"entered_on": "2023-05-17", "graduated_on": None},
        "students": {"enrolled_on": "2023-05-17", "left_on": None, "graduated_on": "2023-05-17"},
        "skill_certificates": {"student": student, **lasting},
        "graduate_outcomes": {"student": student, "employed": True, "monthly_income": "0.01"},
        "fence_sites": {**lasting, **dict.fromkeys(("contracted_on", "installed_on", "commissioned_on"), "2023-05-17")},
        "geo_fences": {"frame": "machine", "outline": "0,0;5.2,0;5.2,-2.4", "warn_distance": "6", "stop_distance": "0.01", **lasting},
    }


def _of_lowaltitude(number: int, made: Made) -> dict[str, Facts]:
    year = 2000 + turn(made, "enterprises", number)
    return {
        "aviation_roles": {"enterprise": nth(made, "enterprises", number), "role": "maker",
                           "since": f"{year}-01-01", "until": f"{year}-02-01"},
        "aviation_products": {"began_on": "2022", "produced_on": "2023-05", "ended_on": None, "project": nth(made, "projects", number),
                              "military": False},
        "prototype_events": {"prototype": f"样机{number}", "stage": "assembled"},
        "aircraft": {"serial_number": f"{number:05d}", "delivered_on": None, "buyer": ""},
        "missions": {"military": False, "ended_on": None},
        "bird_observations": {"seen": 7, "position": f"111.0{number % 90 + 10}, 35.6"},
        "obstacles": {"position": "111.01, 35.6", "handed_over_on": "2023-05-17", "handed_over_to": "=空域"},
        "sorties": {"purpose": "skydiving", "mission": None, "cancelled_for": ""},
        "jump_equipment": {"valid_until": "2024-01-01", "retired_on": None},
        "jumps": {"sortie": nth(made, "sorties", number), "place": turn(made, "sorties", number) + 1, "exited_at": "",
                  "equipment": nth(made, "jump_equipment", number + turn(made, "sorties", number)),
                  "landed_at": "08:30"},
        "aviation_events": {"held_on": None},
        "study_sites": {"capacity": 100},
        "study_tours": {"planned_headcount": 60, "held_on": "2023-05-17", "headcount": 50},
        "tour_products": {"craft": "balloon", "since": "2024-01-01", "until": "2025-01-01"},
    }


def _of_research(number: int, made: Made) -> dict[str, Facts]:
    day, testing = "2023-05-17", [each for each in rows_of(made, "institute_orders") if each.line == "testing"]
    ends = ("project", "enterprise", "funding", "member")
    rows = dict(zip(ends, ("rd_projects", "enterprises", "rd_fundings", "rd_members"), strict=True))
    kind = ends[turn(made, "rd_products", number) % 4]
    passed = {"product": tested, "serial": tested.serial} if (tested := nth(made, "product_tests", number)) else {}
    if tested:
        passed["product"] = next((each for each in rows_of(made, "rd_products") if each.pk == tested.product_id), None)
    return {
        "rd_projects": {"direction": "智能掘进", "budget": "0.000001", "spent": "0", "approved_on": "2019", "midterm_on": "2020-05",
                        "accepted_on": day, "converted_on": None},
        "rd_results": {"appraised_on": "2022-12"}, "rd_awards": {"year": 2000 + number % 20},
        "rd_patents": {"number": f"2020{number:08d}.X", "filed_on": "2020", "accepted_on": None, "granted_on": day, "lapsed_on": None},
        "rd_expenditures": {"year": 1950 + number % 70, "amount": "0.000001", "revenue": "0.000001"},
        "rd_products": {"direction": ("掘进", "电控")[number % 2], "launched_on": day},
        "rd_fundings": {"amount": "0.000001", "granted_on": day},
        "rd_members": {"since": "2024-01-01", "until": None},
        "fusion_links": {"product": nth(made, "rd_products", number), **dict.fromkeys(ends), kind: nth(made, rows[kind], number)},
        "institute_orders": {"line": ("testing", "equipment")[number % 2], "customer": None, "customer_name": f"=客户{number}",
                             "amount": "0.01", "accepted_on": "2022", "done_on": None, "reported_on": None,
                             "settled_on": day, "settled": "0.000001"},
        "test_reports": {"order": testing[number % len(testing)] if testing else None, "issued_on": day, "voided_on": None},
        "institute_cooperations": {"signed_on": day, "since": day, "until": None, "ended_on": None, "country": f"国{number}"},
        "production_runs": {"line": f"线{number}", "run_on": day},
        "product_tests": {"serial": f"{number:06d}", "run": None, "tested_on": day, "passed": True},
        "institute_deliveries": {**passed, "delivered_on": day},
        "mine_robots": {"in_use_on": day, "retired_on": None}, "mining_vehicles": {"in_use_on": day, "retired_on": None},
        "robot_tasks": {"worked_on": day, "task": "运料", "hours": "0.01"}, "robot_faults": {"found_on": day, "down": "0.01"},
        "mining_vehicle_uses": {"vehicle": nth(made, "mining_vehicles", number), "hours": "7.25", "energy": "0.01",
                                "used_on": f"20{turn(made, 'mining_vehicles', number) % 20:02d}-01-01"},
        "chain_tasks": {"office": nth(made, "parties", number), "set_on": "2023-01-01", "due_on": day, "done_on": None},
    }
