"""Help around tasks: Markdown files in two languages, and which of them a page opens."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kaifaqu.pages import domains

ORDER = (  # of the contents
    "start", "find", "views", "record", "steps", "cases", "meetings", "dispatch", "bulk", "import", "collect", "figures", "targets",
    "scoring", "inbox", "week", "briefs", "forms", "export", "files", "visits", "map", "rules", "rights", "audit",
    "page", "qualifications", "vehicles", "recycling", "premises", "infrastructure", "lowaltitude", "college", "minesafety", "company",
    "property", "capital", "party", "reforms", "attraction", "research", "subsidies", "outreach", "overview", "calendar",
)  # fmt: skip
ROUTES = {  # the name of a page's address -> the topic that its header opens
    "home": "start", "sign-in": "start", "password": "start", "help-contents": "start", "help": "start", "design": "start",
    "search": "find", "records": "find", "bulk": "bulk", "keep-view": "views", "drop-view": "views", "draft-discard": "record",
    "record": "record", "new": "record", "new-by": "record", "edit": "record", "act": "steps",
    "import-table": "import", "import": "import", "import-errors": "import", "template": "import", "jobs": "import", "job": "import",
    "collect-new": "collect", "collection": "collect", "collection-reminder": "collect", "collection-unit": "collect",
    "collection-receive": "collect", "collection-merge": "collect", "collection-answer": "collect", "collection-send": "collect",
    "collection-send-one": "collect", "collection-forward": "collect", "collection-errors": "collect",
    "figures": "figures", "figure": "figures", "week": "week", "message": "export", "export": "export", "seen": "export",
    "figure-export": "export", "living-page": "page",
    "attach": "files", "prove": "files", "detach": "files", "download": "files",
    "cases": "cases", "issue-link-new": "cases", "issue-link": "cases",
    "dispatch": "dispatch", "dispatch-sheet": "dispatch", "dispatch-message": "dispatch", "dispatch-stages": "dispatch",
    "dispatch-holders": "dispatch", "dispatch-mine": "dispatch",
    "set-password": "rights", "events": "audit", "settings": "audit", "check-installation": "audit",
    "brief": "briefs", "brief-number": "briefs", "brief-file": "briefs", "brief-differences": "briefs", "issue-brief": "briefs",
    "try-template": "briefs", "marks": "briefs", "trace": "briefs",
    "upper-counter": "forms", "upper-form": "forms", "upper-workbook": "forms", "upper-fill": "forms", "upper-filling": "forms",
    "upper-file": "forms", "upper-proof": "forms",
    "inbox": "inbox", "inbox-read": "inbox", "notice": "inbox", "subscriptions": "inbox", "subscribe": "inbox",
    "subscription": "inbox", "subscription-end": "inbox",
    "rules": "rules", "new-rule": "rules", "calendar": "rules", "clocks": "rules", "places": "map", "place-geojson": "map",
    "capacity": "infrastructure", "services": "property", "verify-report": "research", "guide": "outreach",
    **dict.fromkeys((
        "trade-in", "trade-in-check", "trade-in-checked", "trade-in-workbook", "trade-in-blank", "scheme-comparison"), "subsidies"),
    "group-structure": "company",
    "lights": "rules", "targets": "targets", "target-split": "targets",
    "scorings": "scoring", "scoring-sheet": "scoring", "scoring": "scoring", "scoring-file": "scoring",
    "visits": "visits", "visit-new": "visits", "visit-near": "visits", "visit-blank": "visits", "visit-sheet": "visits",
    "visit-merge": "visits", "visit-issue": "visits", "chronicle": "visits",
    "switch-domain": "audit", "choose-edition": "audit", "overview": "overview", "own-calendar": "calendar", "revoke-calendar": "calendar",
    "calendar-feed": "calendar",
    "funnel": "attraction", "chain-maps": "attraction", "chain-map": "attraction",
    "meetings": "meetings", "meeting": "meetings", "meeting-minutes": "meetings", "meeting-figure": "meetings",
}  # fmt: skip
REGISTERS = {  # whose pages have a topic of their own
    "users": "rights", "roles": "rights", "memberships": "rights", "grants": "rights", "parties": "rights", "installations": "rights",
    "targets": "targets", "target_shares": "targets",
    "scorings": "scoring", "score_findings": "scoring", "score_overrides": "scoring",
    "subscriptions": "inbox", "issues": "cases", "issue_steps": "cases", "issue_links": "cases",
    "rules": "rules", "changesets": "import", "collections": "collect", "collection_units": "collect", "attachments": "files",
    "briefs": "briefs", "brief_templates": "briefs",
    "upper_forms": "forms", "form_cells": "forms", "form_fillings": "forms",
    "visits": "visits", "visitors": "visits", "quiet_spans": "visits", "service_assignments": "visits", "visit_issues": "visits",
    "feeds": "overview", "readings": "overview", "alerts": "overview", "domains": "audit", "editions": "audit", "study_sessions": "party",
    "zones": "map", "parks": "map", "parcels": "map", "buildings": "premises", "building_units": "premises", "leases": "premises",
    **dict.fromkeys((
        "aviation_roles", "aviation_products", "prototype_events", "aircraft", "missions", "bird_observations", "obstacles", "sorties",
        "jump_equipment", "jumps", "aviation_events", "study_sites", "study_tours", "tour_products"), "lowaltitude"),
    **dict.fromkeys((
        "works", "work_buildings", "work_progress", "work_payments", "plants", "plant_capacities", "plant_days", "capacity_pools",
        "pool_capacities", "reservations"), "infrastructure"),
    **dict.fromkeys((
        "college_clusters", "college_departments", "college_majors", "college_classes", "students", "skill_certificates",
        "graduate_outcomes", "faculty_appointments", "college_agreements", "college_founders", "college_measures", "campus_parcels"),
        "college"), **dict.fromkeys(("mines", "fence_sites", "geo_fences"), "minesafety"),
    "vehicles": "vehicles", "recycling_certificates": "vehicles",
    **dict.fromkeys((
        "tenders", "bids", "recovery_partners", "partner_commissions", "part_categories", "vehicle_parts", "remanufacture_transfers",
        "traction_batteries", "dismantling_lots", "dismantling_jobs", "lot_outputs", "waste_lots", "waste_transfers", "base_phases",
        "base_facilities", "dismantling_capacities", "service_areas", "rank_claims", "line_sales"), "recycling"),
    **dict.fromkeys(("qualifications", "qualification_renewals", "qualification_renewal_steps"), "qualifications"),
    **dict.fromkeys((
        "function_items", "function_holders", "delegations", "delegation_reviews", "reform_items", "reform_tasks", "strategy_plans",
        "plan_goals", "company_departments", "company_posts", "holdings", "dividends", "assets", "asset_uses", "asset_valuations",
        "asset_actions", "asset_transfers", "company_income", "financings", "repayments", "balance_statements",
        "equity_adjustments"), "company"),
    "study_attendances": "party", "product_capacities": "attraction", "negotiation_rounds": "attraction", "lead_profiles": "attraction",
    "lead_responses": "attraction", "lead_opinions": "attraction", "lead_opinion_steps": "attraction", "lead_terms": "attraction",
    **dict.fromkeys(("packages", "package_items", "package_item_steps", "item_needs", "consultations"), "reforms"),
    **dict.fromkeys(("regional_assessments", "standard_parcels", "control_indicators", "land_promises", "promise_evidence"), "reforms"),
    **dict.fromkeys((
        "policy_documents", "scheme_examples", "subsidy_applications", "subsidy_payments", "subsidy_papers", "subsidy_steps"), "subsidies"),
    **dict.fromkeys((
        "promotion_accounts", "promotion_posts", "promotion_questions", "promotion_venues", "dealer_agreements", "promotion_leads",
        "guide_pages", "outreach_activities"), "outreach"),
    **dict.fromkeys(("commitments", "commitment_items", "compliance_checks", "reform_measures"), "reforms"),
    **dict.fromkeys((
        "hosting_contracts", "handover_items", "hosting_fees", "hosting_settlements", "hosting_reviews", "amenities", "rent_bills",
        "service_items", "service_providers", "service_requests", "service_request_steps", "work_orders"), "property"),
    **dict.fromkeys(("funds", "fund_payments", "fund_stakes"), "capital"),
    **dict.fromkeys(("rd_projects", "rd_results", "rd_awards", "rd_patents", "rd_expenditures", "rd_products", "rd_fundings", "rd_members",
                     "fusion_links", "institute_orders", "test_reports", "institute_cooperations", "production_runs", "product_tests",
                     "institute_deliveries", "mine_robots", "robot_tasks", "robot_faults", "mining_vehicles",
                     "mining_vehicle_uses"), "research"),
    "chain_tasks": "attraction",
    "decisions": "cases", "decision_steps": "cases", "meeting_plans": "meetings", "meeting_components": "meetings",
    "meetings": "meetings", "agenda_items": "meetings", "attendances": "meetings", "signatures": "meetings",
}  # fmt: skip
OF_A_REGISTER = ("records", "record", "new", "new-by", "edit", "act")


@dataclass(frozen=True)
class Topic:
    """One topic in one language: its name in addresses, its title, its page, what a search reads, and its headings."""

    name: str
    title: str
    page: SafeString
    text: str
    parts: list[str]


def topic_of(request: HttpRequest) -> str:
    """Return the topic for the page that the request asks for; "" for the contents."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return ""
    own = REGISTERS.get(match.kwargs.get("register", "")) if match.url_name in OF_A_REGISTER else None
    return own or ROUTES.get(match.url_name or "", "")


def topics() -> list[Topic]:
    """Return all topics in the reader's language, in the order of the contents; that of a domain only while it is on."""
    return [_read(name, language()) for name in ORDER if name not in domains.off()]


def language() -> str:
    """Return the folder of the reader's language."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """List the topics; the help is open to everybody, for it holds no facts."""
    return render(request, "web/help_contents.html", {"topics": topics()})


@require_safe
def topic(request: HttpRequest, name: str) -> HttpResponse:
    """Show one topic."""
    if name not in ORDER:
        raise Http404
    domains.demand(name)  # a topic that is called like a domain is about it
    told = topics()
    at = [each.name for each in told].index(name)
    around = {"before": told[at - 1] if at else None, "after": told[at + 1] if at + 1 < len(told) else None}
    return render(request, "web/help.html", {"topic": told[at], "topics": told, **around})


def source(name: str, language: str) -> str:
    """Return a topic as it was written."""
    return resources.files(__package__).joinpath(f"help/{language}/{name}.md").read_text(encoding="utf-8")


@cache
def _read(name: str, language: str) -> Topic:
    """Return a topic, made into a page once; its first line is the title."""
    written = source(name, language)
    title, _line, body = written.removeprefix("# ").partition("\n")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(body)
    for token in _within(tokens):
        _lead(token)
    page = markdown.renderer.render(tokens, markdown.options, {})
    page = page.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    parts = [line.removeprefix("## ") for line in body.splitlines() if line.startswith("## ")]
    return Topic(name, title.strip(), mark_safe(page), " ".join(html.unescape(strip_tags(page)).split()), parts)


def _within(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _within(token.children or [])


def _lead(token: Token) -> None:
    """Let a link to another file lead to that topic's page."""
    address: Any = token.attrGet("href") if token.type == "link_open" else None
    if address and address.endswith(".md"):
        token.attrSet("href", reverse("help", args=[address.removesuffix(".md")]))
