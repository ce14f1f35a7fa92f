"""Rights, asked of every address, action and figure of an installation, for each of its people.

Bar S6 walks the demo zone with it, a test a small zone. What somebody may do is counted here a second time, from the
rows of memberships, roles and grants alone; wherever the product answers otherwise, the walk has a finding.
"""

import functools
import io
import json
import random
import re
import uuid
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, cached_property, wraps
from unittest.mock import patch

import openpyxl
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import get_resolver, reverse
from pyarrow import parquet

from kaifaqu.files import actions as attaching
from kaifaqu.files.models import Attachment, AttachmentQuerySet
from kaifaqu.jobs import working
from kaifaqu.jobs.models import Job
from kaifaqu.kernel import actions, clock, dated, events, guard, indicators, records
from kaifaqu.kernel.access import Grant, Installation, Membership, Party, User
from kaifaqu.kernel.figures import NOT_COMPUTABLE, OPEN, REFUSED, RELEASED, Figure, evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record, registers
from kaifaqu.pages import many
from kaifaqu.pages.models import Draft
from kaifaqu.registers.meetings.models import Meeting
from kaifaqu.reporting.briefs.models import Brief, BriefTemplate
from kaifaqu.reporting.livingpage.statements import articles, mechanisms, statements
from kaifaqu.reporting.subscriptions.models import Notice, Subscription
from kaifaqu.sheets import exporting, importing
from kaifaqu.sheets.models import Collection, CollectionUnit, Upload
from kaifaqu.web import helping, index, search

ANONYMOUS = "nobody"
UNASKED = {  # addresses that the walk leaves out, with the reason
    "sign-in": "open to everybody by its nature; test_signin tells what it answers",
    "sign-out": "ends the visitor's own session and shows nothing",
    "set_language": "Django's own; sets a cookie and shows nothing",
    "keep-view": "remembers an address under a name for the visitor himself; test_lists tells what it does",
    "drop-view": "forgets a view of the visitor's own; test_lists tells what it does",
    "inbox-read": "remembers what the visitor himself has read; test_inbox tells what it does",
    "revoke-calendar": "ends the address of the visitor's own calendar; test_icalendar tells what it does",
    "looked": "remembers how far the visitor himself has looked; test_home tells what it does",
}
PERIOD = "2024-H1"
READS = (  # what each figure reads, written down by hand: the product's own answer is what is tested
    (r"leads\..*|projects\.rate\.signing\.(lead|negotiation)", "leads"),
    (r"projects\.cohorts\..*", "cohort_entries cohorts projects"),
    (r"projects\.rate\.(full_capacity\.(count|value)|production\.cohort|start\.cohort)", "cohort_entries cohorts projects"),
    (r"projects\.under_construction\..*", "projects suspensions"),
    (r"projects\.(continuing|new)\..*", "period_classes projects suspensions"),
    (r"projects\.reconciliation\.(closing|opening|produced|resumed|suspended|terminated)\..*", "projects suspensions"),
    (r"projects\.reconciliation\.started\..*|projects\.rate\.start\.year|projects\.(signed|started|produced)\.year\..*", "projects"),
    (r"projects\.rate\.signing\.target|targets\..*\.(signed|started|production)", "projects targets"),
    (r"targets\..*\.investment", "progress projects targets"),
    (r"projects\.targets\..*", "targets"),
    (r"projects\.(progress\.(?!unreported).*|investment\.completion|funds\.in_place)", "progress projects"),
    (r"projects\.(assigned|unassigned)\.count|projects\.assigned_rate", "assignments projects suspensions"),
    (r"projects\.stay\.over_norm\.count", "projects suspensions"),
    (r"projects\.progress\.unreported\.count", "progress projects suspensions"),
    (r"platform\.feeds\.live\.count", "feeds readings"),
    (r"platform\.alerts\.open\.count", "alerts"),
    (r"aviation\.(manufacturers|operators|enterprises)\.count", "aviation_roles"), (r"aviation\.prototypes\.count", "prototype_events"),
    (r"aviation\.(products|project_directions|engine_lines|component_lines|bird_laser\.models|sole_base)\.count", "aviation_products"),
    (r"aviation\.permits\.count", "aviation_roles qualifications"), (r"rd\.provincial_new_rd_org\..*", "qualifications"),
    (r"aviation\.aircraft\.delivered", "aircraft"),
    (r"aviation\.events\..*", "aviation_events"), (r"aviation\.skydiving\.sorties", "sorties"),
    (r"aviation\.(missions|training|flight_\w+)\..*", "sorties"), (r"aviation\.skydiving\.(jumps.*|unconfirmed\.count)", "jumps sorties"),
    (r"missions\.observations\.count", "bird_observations"), (r"missions\.obstacles\..*", "obstacles"),
    (r"aviation\.study_tours\..*", "study_tours"), (r"aviation\.tourism\.products\.count", "tour_products"),
    (r"party\.study\.sessions\.count", "study_sessions"), (r"party\.grassroots\.count", "grassroots"),
    (r"zone\.work_lines\.count", "work_lines"),
    (r"(stats|services)\.visits\..*", "visits visitors"),
    (r"services\.assigned_enterprises\.count", "service_assignments"),
    (r"projects\.visits\.overdue\.count", "assignments progress projects suspensions visits"),
    (r"issues\..*", "issues"),
    (r"parks\.workshops\.area", "building_units buildings"),
    (r"parks\.workshops\.(?!area$).*", "building_units buildings leases"),
    (r"infrastructure\.(completed\.count|in_progress\.count|investment\.contracted)", "works"),
    (r"infrastructure\.investment\.paid", "work_payments"),
    (r"infrastructure\.investment\.cumulative", "work_payments works"),
    (r"infrastructure\.standard_workshop\..*", "buildings"),
    (r"infrastructure\.sewage\.capacity", "plant_capacities plants"),
    (r"infrastructure\.(sewage\.(?!capacity$)|reclaimed\.).*", "plant_days plants"),
    (r"infrastructure\.capacity\.\w+\.total", "capacity_pools pool_capacities"),
    (r"infrastructure\.capacity\.\w+\.reserved", "capacity_pools reservations"),
    (r"infrastructure\.capacity\.\w+\.free", "capacity_pools pool_capacities reservations"),
    (r"land\.standard_parcels\..*", "standard_parcels"), (r"land\.promises\.(signed|met|breached)\.count", "land_promises"),
    (r"land\.promises\.(due|undated|overdue)\.count", "land_promises promise_evidence projects standard_parcels"),
    (r"land\.promises\.(verified\.count|waiting\.count|met_rate)", "land_promises promise_evidence"),
    (r"reforms\.commitment\.projects", "commitments"), (r"reforms\.filed\.projects", "projects"),
    (r"reforms\.commitment\.(share|filed\.projects)", "commitments projects"),
    (r"reforms\.commitment\.unchecked\.count", "commitments commitment_items compliance_checks"),
    (r"reforms\.commitment\.(breaches|checks)\.count", "compliance_checks"), (r"reforms\.kinds\.count", "reform_measures"),
    (r"reforms\.agency\..*", "packages package_items"), (r"reforms\.integrated\..*", "packages"), (r"reforms\.items\..*", "package_items"),
    (r"stats\.mechanism\.count", "meeting_components meeting_plans"),
    (r"stats\.(joint_analysis|consultation|joint_survey|joint_visits)\.(per_\w+|held\.count)", "meetings meeting_components"),
    (r"chains\.focus\.count", "chains"), (r"chains\.nodes\.count", "chain_nodes"), (r"chains\.leads\.by_node", "leads"),
    (r"chains\.nodes\.present\.count", "chain_nodes node_firms"), (r"chains\.(supplies\..*|local_supply_rate)", "supplies"),
    (r"chains\.nodes\.(contracted|in_negotiation|gap)\.count", "chain_nodes leads node_firms projects"),
    (r"attraction\.((new|judged|begun|intended|signed|lost|intent)\.count|rate\..*)", "leads"),
    (r"attraction\.effective\.count", "leads negotiation_rounds"),
    (r"attraction\.late\.count", "lead_responses leads negotiation_rounds"),
    (r"attraction\.(planned_capacity\..*|in_negotiation\.named_products\.count)", "leads product_capacities"),
    (r"attraction\.terms\.(met\.)?count", "lead_terms leads"), (r"attraction\.terms\.(due\..*|met_rate)", "lead_terms leads projects"),
    (r"attraction\.signed\.large\.count", "projects"), (r"attraction\.(signed\.on_chain\.count|fit_rate)", "leads projects"),
    (r"subsidy\.(policy|rule)\..*", "policy_documents"), (r"subsidy\.paid", "subsidy_payments"),
    (r"subsidy\.(amount|new_car_spending)|elv\.subsidy(_applications\.count|\.amount_.*)", "recycling_certificates subsidy_applications"),
    (r"subsidy\.(decided|first_pass)(\.count|_rate)", "subsidy_applications subsidy_steps"),
    (r"subsidy\.due", "recycling_certificates subsidy_applications subsidy_steps"),
    (r"subsidy\.outstanding", "recycling_certificates subsidy_applications subsidy_payments subsidy_steps"),
    (r"elv\.applications\.share_of_capacity", "dismantling_capacities recycling_certificates subsidy_applications"),
    (r"qualifications\..*|elv\.(qualifications|qualification_authorities)\.count|elv\.qualification\.valid", "qualifications"),
    (r"elv\.dual_qualified_firms\.count", "enterprises qualifications"), (r"elv\.certificates\.count", "recycling_certificates"),
    (r"elv\.(acquired|channels)\..*|elv\.(dismantled|intake)\.count", "vehicles"), (r"elv\.tender\..*", "bids"),
    (r"elv\.base\.facilities\.count", "base_facilities base_phases"), (r"elv\.base\.phases_completed", "base_phases"),
    (r"elv\.base\.floor_area_m2", "base_facilities base_phases buildings"), (r"elv\.base\.land_area_mu", "base_phases parcels"),
    (r"elv\.base\.floor_area_ratio", "base_facilities base_phases buildings parcels"),
    (r"elv\.capacity\.per_(month|year)", "dismantling_capacities"), (r"elv\.capacity\.use_rate", "dismantling_capacities vehicles"),
    (r"elv\.batteries\..*", "traction_batteries"), (r"elv\.(buyers|income|margin|sales)\..*", "line_sales"),
    (r"elv\.commissions\.amount", "partner_commissions vehicles"), (r"elv\.partners\.count", "recovery_partners"),
    (r"elv\.material\.(assembly|input|shell)_kg", "dismantling_jobs dismantling_lots"),
    (r"elv\.material\.lot_kg", "dismantling_lots lot_outputs"), (r"elv\.part_kinds\..*", "part_categories"),
    (r"elv\.parts\.count", "vehicle_parts"), (r"elv\.rank\..*", "rank_claims"), (r"elv\.service_area\.count", "service_areas"),
    (r"elv\.remanufacture\.count", "qualifications remanufacture_transfers"),
    (r"elv\.waste\.in_kg", "waste_lots"), (r"elv\.waste\.out_kg", "waste_transfers"),
    (r"elv\.waste\.(overdue\.count|stored_kg)", "waste_lots waste_transfers"),
    (r"(elv|promotion)\.questions\..*", "promotion_questions"), (r"promotion\.platforms\.count", "promotion_accounts"),
    (r"promotion\.posts\.count", "promotion_posts"), (r"promotion\.venues\.count", "promotion_venues"),
    (r"promotion\.partners\.count", "dealer_agreements"), (r"outreach\.count", "outreach_activities"),
    (r"promotion\.(leads\.count|venue\.leads)", "promotion_leads"),
    (r"promotion\.(leads\.converted\.count|venue\.vehicles|conversion_rate)", "promotion_leads vehicles"),
    (r"reform\.functions\.count", "function_items"), (r"reform\.functions\.(?!count$).*", "function_holders function_items"),
    (r"reform\.delegations\.count", "delegations"), (r"reform\.delegations\.unreviewed\.count", "delegation_reviews delegations"),
    (r"reform\.items\.count", "reform_items"), (r"reform\.(items\.done_rate|tasks\..*)", "reform_tasks"),
    (r"plan\.count", "strategy_plans"), (r"plan\.goals\..*", "plan_goals strategy_plans"),
    (r"platform\.departments\.count", "company_departments"), (r"platform\.posts\.count", "company_posts"),
    (r"platform\.subsidiaries\.count|holdings\.(ownership_pct|chain\.depth)", "enterprises holdings"),
    (r"holdings\.count", "holdings"), (r"holdings\.income", "dividends"),
    (r"assets\.count", "assets"), (r"assets\.(idle\.count|idle_rate|unstated\.count)", "asset_uses assets"),
    (r"assets\.(unvalued\.count|total_value|appraised_value)", "asset_valuations assets"),
    (r"assets\.profitable(\.value|_share)", "asset_valuations assets company_income"),
    (r"assets\.actions\.count", "asset_actions"), (r"assets\.transferred\.value", "asset_transfers"),
    (r"platform\.income\..*", "company_income"), (r"platform\.financing\.amount", "financings"),
    (r"platform\.repayment_(due_90d|overdue)", "repayments"),
    (r"platform\.(assets|liabilities|debt_ratio)", "balance_statements enterprises"),
    (r"college\.departments\.count", "college_departments"), (r"college\.(majors|major_clusters)\.count", "college_majors"),
    (r"college\.(classes\.count|students\.enrolled)", "college_classes"), (r"college\.students\.recorded", "students"),
    (r"college\.students\.dual_certificate", "students skill_certificates"),
    (r"college\.students\.recorded_in_full", "students college_classes"),
    (r"college\.(students\.dual_in_full|dual_certificate_rate)", "students skill_certificates college_classes"),
    (r"college\.graduates\..*", "graduate_outcomes students"), (r"college\.agreements\..*", "college_agreements"),
    (r"college\.(appointments|faculty\.from_industry|faculty_sources)\.count", "faculty_appointments"),
    (r"college\.founders\.count", "college_founders"), (r"college\.measures\.count", "college_measures"),
    (r"college\.investment\.total", "campus_parcels projects"), (r"college\.land_area_mu", "campus_parcels parcels"),
    (r"college\.investment_per_mu", "campus_parcels parcels projects"),
    (r"fence\.sites\..*", "fence_sites"), (r"fence\.fences\.count", "geo_fences"),
    (r"rd\.results\.leading_share", "rd_projects rd_results"), (r"rd\.projects\..*", "rd_projects"),
    (r"rd\.results\.(?!leading_share).*", "rd_results"), (r"rd\.awards\..*", "rd_awards"), (r"rd\.patents\..*", "rd_patents"),
    (r"rd\.expenditure\..*", "rd_expenditures"), (r"institute\.(products|flagship_products)\..*", "rd_products"),
    (r"chains\.links\.count", "fusion_links"), (r"institute\.(orders|revenue|export)\..*", "institute_orders"),
    (r"institute\.test_reports\..*", "test_reports"), (r"institute\.cooperations\..*", "institute_cooperations"),
    (r"institute\.production\.units", "production_runs"), (r"institute\.production\.(tests|passed|pass_rate).*", "product_tests"),
    (r"institute\.deliveries\..*", "institute_deliveries"), (r"robots\.(hours|people_replaced)", "robot_tasks"),
    (r"robots\.(faults|down)\..*", "robot_faults"), (r"robots\.(availability|hours_between_faults)", "robot_faults robot_tasks"),
    (r"vehicles\.new_energy\..*", "mining_vehicle_uses"),
    (r"chains\.leader\.count", "node_firms"), (r"chains\.tasks\.open\.count", "chain_tasks"),
    (r"stats\.activities\..*", "meetings"), (r"stats\.decisions\..*", "decisions"),
    (r"parks\.hosted\..*", "hosting_contracts"), (r"parks\.settlements\..*", "hosting_settlements"), (r"parks\.rent\..*", "rent_bills"),
    (r"parks\.amenities\.(count|kinds\.count)", "amenities"), (r"parks\.amenities\.vacant\.count", "amenities leases"),
    (r"parks\.amenities\.area", "amenities building_units"),
    (r"parks\.amenities\.(leased_area|occupancy)", "amenities building_units leases"),
    (r"services\.kinds\.count", "service_items service_providers"), (r"services\.providers\.count", "service_providers"),
    (r"services\.(requests|done|rated|satisfied)\..*|services\.(on_time_rate|satisfaction)", "service_requests"),
    (r"property\.orders\..*", "work_orders"),
    (r"funds\.(parent\.count|sub\.count|size)", "funds"), (r"funds\.paid_in", "fund_payments"),
    (r"funds\.(sub\.paid_in\..*|leverage_ratio)", "fund_payments funds"),
    (r"funds\.(invested|stakes\.count|landed_projects\.count)", "fund_stakes"),
)
GROUPED = {  # what a grouping reads besides
    "industry": "enterprises", "park": "parks", "holder": "parties", "department": "assignments", "component": "meeting_components",
    "branch": "parties", "building": "buildings", "plant": "plants", "pool": "capacity_pools", "work": "works", "work_kind": "works",
    "work_park": "works parks",
    "chain": "chains", "node": "chain_nodes", "node_chain": "chain_nodes chains",
    "parcel_park": "parcels parks", "promised_park": "standard_parcels parcels parks",
    "case_park": "projects parks", "checked_park": "commitments projects parks",
    "platform": "promotion_accounts", "venue": "promotion_venues", "lead_venue_kind": "promotion_venues",
    "dealer": "dealer_agreements enterprises", **dict.fromkeys(("paid_power", "paid_city", "paid_month"), "subsidy_applications"),
    **dict.fromkeys(("of_company", "shareholder", "asset_holder"), "enterprises"), "posts_company": "company_departments enterprises",
    "held_company": "holdings enterprises", "reform_group": "reform_items", "valued_kind": "assets", "valued_holder": "assets enterprises",
    **dict.fromkeys(("owed_kind", "creditor"), "financings"),
    **dict.fromkeys(("sender", "receiver", "certified"), "enterprises"), "base_phase": "base_phases", "waste_code": "waste_lots",
    **dict.fromkeys(("part_category", "part_kind"), "part_categories"),
    "body": "parties", "project": "projects", "package_project": "packages projects",
    "amenity_park": "buildings parks", "rent_park": "leases building_units buildings parks", "tenant": "leases enterprises",
    "service_kind": "service_items", "provider": "service_providers", "hosting": "hosting_contracts",
    "fund": "funds", "fund_level": "funds",
    "major_department": "college_departments", "major_cluster": "college_clusters", "class_major": "college_majors",
    "class_department": "college_majors college_departments", "class_cluster": "college_majors college_clusters",
    "student_class": "college_classes", "student_major": "college_classes college_majors",
    "graduate_class": "students college_classes", "graduate_major": "students college_classes college_majors",
    "graduate_department": "students college_classes college_majors college_departments",
    "origin_organisation": "enterprises", "mine": "mines", "mine_city": "mines",
    "of_product": "rd_products", "of_direction": "rd_products", "of_robot": "mine_robots", "of_vehicle": "mining_vehicles",
}  # fmt: skip
SHARED = {  # the parties besides the owner that see a record, by their own right
    **dict.fromkeys(("issues", "decisions", "lead_opinions", "service_requests"), ("requester_id", "holder_id")),
    "packages": (), "package_items": ("holder_id",),  # and the enterprise of the package
    **dict.fromkeys(
        ("meeting_plans", "meeting_components", "meetings", "agenda_items", "attendances", "signatures"), ("partner_id",)),
    **dict.fromkeys(("standard_parcels", "land_promises", "commitments"), ("party_id",)),
    "visits": ("department_id", "partner_id"), "visitors": ("party_id",), "promotion_leads": ("party_id",),
}  # fmt: skip
WITH = {  # seen by whoever sees the record that it belongs to
    **dict.fromkeys(("issue_steps", "decision_steps", "lead_opinion_steps", "package_item_steps", "service_request_steps"), "subject"),
    "control_indicators": "standard_parcel", "promise_evidence": "promise",
    "commitment_items": "commitment", "compliance_checks": "commitment",
}  # fmt: skip
ITS_ENTERPRISE = "the enterprise of the package"
CASES = ("issues", "decisions", "lead_opinions", "service_requests", "qualification_renewals")
HOLDER, REQUESTER, VISITING = ("owner_id", "holder_id"), ("requester_id",), ("owner_id", "department_id", "partner_id")
ACTS = {  # which parties' people take an action, where that is not the owner's alone
    "promise_evidence.attach": ("owner_id", "party_id"),
    **dict.fromkeys(
        (f"{cases}.{verb}" for cases in CASES for verb in ("respond", "update", "resolve", "ask")), HOLDER),
    **dict.fromkeys((f"{cases}.{verb}" for cases in CASES for verb in ("confirm", "dispute")), REQUESTER),
    **dict.fromkeys((f"{cases}.object" for cases in CASES), ("holder_id",)),
    **dict.fromkeys((f"{cases}.remind" for cases in CASES), ("owner_id", "holder_id", "requester_id")),
    "package_items.remind": (*HOLDER, ITS_ENTERPRISE),
    "meetings.sign": ("owner_id", "partner_id"), "land_promises.hand_in": ("party_id",),
    **dict.fromkeys((f"package_items.{verb}" for verb in (
        "accept", "begin", "supplement", "resume", "suspend", "take_up", "give_back", "resolve", "update", "ask")), HOLDER),
    **dict.fromkeys(("packages.submit", "packages.attach"), ("owner_id", ITS_ENTERPRISE)),
    **dict.fromkeys(("visits.complete", "visits.join", "visits.raise_issue"), VISITING),
}  # fmt: skip


class Everybody:
    """Somebody who has every right, to ask which pages there are."""

    def owners(self, right: str) -> tuple[int, ...]:
        """Return an owner."""
        return (1,)


class Visit:
    """One address, and the status that one person must get."""

    def __init__(self, name: str, status: int, *keys, is_public: bool = False, **asked):
        self.name, self.status, self.address, self.asked = name, status, reverse(name, args=keys), asked
        self.is_public = is_public  # nobody need sign in


class Walk:
    """Asks everything for each of the people; `findings` are sentences, `asked` counts by kind.

    Of the addresses, the words to search for and the figures one in `share` is asked, for each person another choice,
    always the same; every action and every reference is asked.
    """

    def __init__(self, people: dict[str, User | None], sample: int, share: int = 1):
        self.people, self.size, self.share = people, sample, share
        self.zone = Installation.objects.get().owner
        self.asked: Counter[str] = Counter()
        self.findings: list[str] = []
        self.somebody = next(each for each in people.values() if each is not None)
        owners_with.cache_clear()
        self.leave_work()

    PARTS = ("visit", "take_actions", "point_at_hidden", "search", "read_figures")

    def run(self, *parts: str) -> "Walk":
        """Ask everything, or the parts that are named, and return itself."""
        wanted = parts or self.PARTS
        self.expect("addresses", not (unknown := self.unknown()), f"addresses without a rule: {unknown}")
        for name, person in self.people.items():
            if "visit" in wanted:
                self.visit(name, person)
            if person is not None:
                person = User.objects.get(pk=person.pk)  # as at the first request of a day
                for part in self.PARTS[1:]:
                    if part in wanted:
                        getattr(self, part)(person)
        self.expect("posts", Draft.objects.count() == self.drafts, "somebody discarded another's draft")
        return self

    def leave_work(self) -> None:
        """Leave a draft of everybody, and of one a checked table with an error and a waiting job: nobody else may see them."""
        for person in filter(None, self.people.values()):
            Draft.objects.create(pk=uuid.uuid4(), person=person, action="roles.create", typed={"name": "草稿"}, kept_at=clock.now())
        self.drafts = Draft.objects.count()
        right = registers()["projects"].right_to("edit") if "projects" in registers() else "parties.edit"
        register = registers()[right.partition(".")[0]]
        for person in self.people.values():
            if person is not None and self.zone.pk in owners_with(right, person) and not Upload.objects.exists():
                person = User.objects.get(pk=person.pk)
                table = "\t".join(str(register._meta.get_field(name).verbose_name) for name in ("code", "name")) + "\nWALK-1\t\n"
                upload = importing.receive(register, self.zone, person, "走查.txt", table)
                importing.check(upload)
                working.submit("imports.check", by=person, upload=str(upload.pk))

    def is_left_out(self, *question: object) -> bool:
        """Tell whether a question is not of the share that is asked."""
        return bool(zlib.crc32(" ".join(map(str, question)).encode()) % self.share)

    def expect(self, kind: str, holds: bool, sentence: str) -> None:
        """Count one question; keep the sentence when the answer was wrong."""
        self.asked[kind] += 1
        if not holds:
            self.findings.append(f"{kind}: {sentence}")

    # Addresses

    def unknown(self) -> set[str]:
        """Return the names of addresses that no visit asks and no exception explains; an address without a name is one."""
        named = {pattern.name or str(pattern.pattern) for pattern in _patterns(get_resolver())}
        return named - {visit.name for visit in self.visits(self.somebody)} - {*UNASKED}

    def visit(self, name: str, person: User | None) -> None:
        """Open every address as the person, then send something to each that is refused."""
        client = Client(SERVER_NAME="127.0.0.1")
        if person is not None:
            client.force_login(person)
        hidden = self.hidden_from(person)
        for visit in self.visits(person or self.somebody):
            status = visit.status if person is not None or visit.is_public else 302
            if self.is_left_out(name, visit.address, visit.asked):
                continue
            answer = client.get(visit.address, visit.asked)
            self.expect("pages", answer.status_code == status, f"{name} {visit.address}: {answer.status_code}, not {status}")
            text = text_of(answer)
            if visit.name == "help":  # what a topic says is the product's own, and the same in every installation
                text = text.replace(answer.context["topic"].page, "")
            if visit.name == "living-page":  # so is what the newspaper page says
                text = functools.reduce(lambda left, each: left.replace(each.words, ""), (*articles(), *statements(), *mechanisms()), text)
            text = text.replace(visit.address, "")  # what was asked for may be said again
            self.look_for_hidden(name, visit, text + answer.headers.get("Location", ""), hidden)
            if answer.status_code == 200 and visit.address.endswith("/export/json/"):
                self.look_at_file(name, visit, json.loads(text), person)
            if answer.status_code == 200 and "page" in (answer.context or ()):
                self.look_at_rows(name, visit, answer, person)
            if status != 200:
                before = events.last_seq()
                again = client.post(visit.address, {"version": 1, "reason": "越权", "owner": self.zone.pk})
                self.expect("posts", again.status_code in (status, 404, 405), f"{name} POST {visit.address}: {again.status_code}")
                self.expect("posts", events.last_seq() == before, f"{name} POST {visit.address}: wrote an event")

    def visits(self, person: User) -> Iterator[Visit]:
        """Yield the addresses with what the person must get: 200, 403 without the right, 404 for what he may not see."""
        for name in ("home", "figures", "password", "week", "design", "settings", "living-page", "cases", "overview", "own-calendar"):
            yield Visit(name, 200)
        looking = ("installations.view", "users.edit", "events.view")
        yield Visit("check-installation", 302 if any(self.zone.pk in owners_with(right, person) for right in looking) else 403)
        yield Visit("calendar-feed", 404, "nobody-has-this-key", is_public=True)
        yield Visit("switch-domain", 302 if self.zone.pk in owners_with("domains.switch", person) else 403)
        yield Visit("choose-edition", 302 if self.zone.pk in owners_with("domains.switch", person) else 403)
        yield Visit("rules", 200 if owners_with("rules.view", person) else 403)
        for kind in ("", *dated.kinds()):
            yield Visit("new-rule", 200 if owners_with("rules.edit", person) else 403, kind=kind)
        yield Visit("calendar", 200, 2024)  # what the State Council lays down is public; an owner's own days are its rules
        yield Visit("clocks", 200)
        for word in ("", "演示", "xm", "P00"):
            yield Visit("search", 200, q=word)
            yield Visit("search", 200, **{"q": word, "in": "enterprises"})
        yield Visit("help-contents", 200, is_public=True)
        yield Visit("trade-in", 200, is_public=True, on="2024-08-05")
        for name in ("trade-in-check", "trade-in-blank"):
            yield Visit(name, 200 if owners_with("subsidy_applications.view", person) else 403)
        for name in ("trade-in-checked", "trade-in-workbook"):
            yield Visit(name, 404 if owners_with("subsidy_applications.view", person) else 403, uuid.UUID(int=0))
        yield Visit("scheme-comparison", 200 if owners_with("rules.view", person) else 403)
        for topic in helping.ORDER:
            yield Visit("help", 200, topic, is_public=True)
        yield Visit("events", 200 if owners_with("events.view", person) else 403)
        for name in ("dispatch", "dispatch-sheet", "dispatch-message", "dispatch-stages"):
            yield Visit(name, 200 if owners_with("projects.view", person) else 403)
        yield Visit("dispatch-holders", 200 if owners_with("assignments.edit", person) else 403)
        yield Visit("dispatch-mine", 200)
        yield Visit("lights", 200 if owners_with("projects.view", person) else 403)
        capacity = ("capacity_pools.view", "pool_capacities.view", "reservations.view")
        yield Visit("capacity", 200 if all(owners_with(right, person) for right in capacity) else 403)
        yield Visit("guide", 200 if owners_with("guide_pages.view", person) else 403)
        structure = ("holdings.view", "enterprises.view", "company_departments.view", "company_posts.view")
        yield Visit("group-structure", 200 if all(owners_with(right, person) for right in structure) else 403)
        yield Visit("services", 200 if owners_with("service_items.view", person) else 403)
        yield Visit("targets", 200 if owners_with("targets.view", person) else 403)
        yield Visit("verify-report", 200 if owners_with("test_reports.view", person) else 403, number="JC-1")
        yield Visit("places", 200 if any(owners_with(f"{each}.view", person) for each in ("zones", "parks", "parcels")) else 403)
        for code in indicators.catalogue():
            yield Visit("figure", 200, code, period=PERIOD)
        for definition in indicators.catalogue().values():
            yield from self.files_behind(definition, person)
        for register in registers().values():
            seen = owners_with(register.right_to("view"), person)
            yield Visit("records", 200 if seen else 403, register.register)
            for action in actions.actions_of(register):
                if action.creates and action.code == register.right_to(action.verb):  # an import is made by its own page
                    status = 200 if action.right and owners_with(action.right, person) else 403
                    yield Visit("new-by", status, register.register, action.verb)
            everything = [each.pk for each in register.objects.order_by("id")[:30]]  # what is hidden, too, may be asked for
            for action in many.actions_in_bulk(Everybody(), register):
                yield Visit("bulk", 200 if owners_with(action.right, person) else 403, register.register, verb=action.verb, id=everything)
            create = actions.registry().get(register.right_to("create"))
            for name in ("new", "template"):
                yield Visit(name, 404 if create is None else 200 if owners_with(create.right, person) else 403, register.register)
            imports = actions.registry().get(register.right_to("import"))
            yield Visit("import-table", 404 if imports is None else 200 if owners_with(imports.right, person) else 403, register.register)
            for format in exporting.formats_of(register):
                yield Visit("export", 200 if seen else 403, register.register, format)
            yield Visit("message", 200 if seen else 403, register.register)
            yield Visit("seen", 200 if seen else 403, register.register)
            for record in self.some(register):
                yield Visit("record", 200 if is_seen(record, person) else 404, register.register, record.pk)
                lies = is_seen(record, person) and register.register in ("zones", "parks", "parcels")
                yield Visit("place-geojson", 200 if lies else 404, register.register, record.pk)
                for action in actions.actions_of(register):
                    if not action.creates:
                        yield from self.doing(action, record, person)
        yield from self.of_visits(person)
        yield from self.briefs(person)
        yield from self.scorings(person)
        yield from self.upper_forms(person)
        yield from self.meetings(person)
        yield from self.chains(person)
        yield Visit("target-split", 404, 0)
        for target in self.some(registers()["targets"]):
            found = is_seen(target, person) and target.archived_at is None
            may = target.owner_id in owners_with("target_shares.edit", person)
            yield Visit("target-split", 404 if not found else 200 if may else 403, target.pk)
        yield Visit("issue-link-new", 200 if owners_with("issue_links.edit", person) else 403)
        yield Visit("issue-link", 404, "x" * 43, is_public=True)
        for name in ("inbox", "subscriptions"):
            yield Visit(name, 200)
        yield Visit("subscribe", 200 if owners_with("subscriptions.edit", person) else 403)
        for pk, own in [(0, False), *((each.pk, each.person_id == person.pk) for each in Notice.objects.all()[:self.size])]:
            yield Visit("notice", 200 if own else 404, pk)
        for pk, own in [(0, False), *((each.pk, each.person_id == person.pk) for each in Subscription.objects.current()[:self.size])]:
            yield Visit("subscription", 200 if own else 404, pk)
            yield Visit("subscription-end", 405, pk)
        yield Visit("jobs", 200)
        for upload in Upload.objects.all():
            own = 200 if upload.person_id == person.pk and upload.collection_id is None else 404
            yield Visit("import", own, upload.pk)
            yield Visit("import-errors", own, upload.pk)
        for job in Job.objects.all():
            yield Visit("job", 200 if job.person_id == person.pk else 404, job.pk)
            if job.person_id != person.pk:  # his own he may cancel
                yield Visit("cancel-job", 405, job.pk)
        for draft in Draft.objects.exclude(person=person):  # his own he may discard
            yield Visit("draft-discard", 405, draft.pk)
        yield from self.collecting(person)
        yield Visit("download", 404, 0)
        for attachment in self.some(Attachment):
            yield Visit("download", 200 if is_readable(attachment, person) else 404, attachment.pk)

    @cached_property
    def measured(self) -> dict[str, Figure]:
        """Return every figure of the zone as it is measured, by its code."""
        asked = indicators.catalogue()
        return dict(zip(asked, evaluate([(each, Period.parse(PERIOD)) for each in asked.values()], scope=[self.zone]), strict=True))

    def files_behind(self, definition: indicators.Definition, person: User) -> Iterator[Visit]:
        """Yield the addresses of the files of records behind a figure: only who may open all that it reads gets them."""
        figure = self.measured[definition.code]
        is_open = self.status_of(figure.indicator, None, person) == OPEN
        for register in sorted(holding(figure)) if is_open else [""]:
            yield Visit("figure-export", 200 if is_open else 403, definition.code, "csv", period=PERIOD, register=register)

    def doing(self, action: actions.Action, record: Record, person: User) -> Iterator[Visit]:
        """Yield the address of one action on one record."""
        found = is_seen(record, person) and record.archived_at is None and bool(action.right)
        status = 404 if not found else 200 if may_act(action, record, person) else 403
        if action.verb in attaching.VERBS:  # pages of their own at the same address
            yield Visit(action.verb, status, record.register, record.pk)
            return
        yield Visit("act", status, record.register, record.pk, action.verb)
        if action.verb == "correct":
            yield Visit("edit", status, record.register, record.pk)
        if action.code == "users.set_password":
            yield Visit("set-password", status, record.pk)

    def of_visits(self, person: User) -> Iterator[Visit]:
        """Yield the addresses of visits: the calendar, the forms, the sheet of each, and the chronicles of enterprises."""
        for name, right in (("visits", "view"), ("visit-near", "view"), ("visit-blank", "view"), ("visit-new", "edit")):
            yield Visit(name, 200 if owners_with(f"visits.{right}", person) else 403)
        yield Visit("visits", 200 if owners_with("visits.view", person) else 403, by="enterprise")
        yield Visit("visit-merge", 405, 0, 0)
        for pk, visit in [(0, None), *((each.pk, each) for each in self.some(registers()["visits"]))]:
            found = visit is not None and is_seen(visit, person) and visit.archived_at is None
            yield Visit("visit-sheet", 200 if found else 404, pk)
            raising = actions.find("visits.raise_issue")
            yield Visit("visit-issue", 404 if not found else 200 if may_act(raising, visit, person) else 403, pk)
        for register in registers().values():
            for record in self.some(register):
                told = register.register == "enterprises" and is_seen(record, person)
                yield Visit("chronicle", 200 if told else 404, register.register, record.pk)

    def scorings(self, person: User) -> Iterator[Visit]:
        """Yield the addresses of scoring: who may see scorings sees the sheets, and of each what it is computed from."""
        may = owners_with("scorings.view", person)
        yield Visit("scorings", 200 if may else 403)
        for code, found in (("city.signing", 200), ("nothing", 404)):
            yield Visit("scoring-sheet", found if may else 403, code, period=PERIOD)
        for pk, owner in [(0, None), *((each.pk, each.owner_id) for each in self.some(registers()["scorings"]))]:
            yield Visit("scoring", 200 if owner in may else 404, pk)
            yield Visit("scoring-file", 404, pk, "exe")
            yield Visit("scoring-file", 200 if owner in may else 404, pk, "docx")

    def briefs(self, person: User) -> Iterator[Visit]:
        """Yield the addresses of briefs: who may see one sees its document, numbers and files."""
        yield Visit("trace", 200)
        yield Visit("marks", 200)
        templates = [(each.pk, each.owner_id) for each in self.some(BriefTemplate)]
        for pk, owner in [(0, None), *templates]:
            yield Visit("try-template", 200 if owner in owners_with("brief_templates.view", person) else 404, pk)
        for pk, brief in [(0, None), *((each.pk, each) for each in self.some(Brief))]:
            seen, issues = (brief is not None and brief.owner_id in owners_with(right, person) for right in ("briefs.view", "briefs.issue"))
            frozen = brief is not None and not brief.is_open
            yield Visit("brief", 200 if seen else 404, pk)
            yield Visit("brief-number", 200 if seen and frozen else 404, pk, 0 if frozen else 10**6)
            yield Visit("brief-file", 404, pk, "exe")
            if frozen or not seen:  # a draft's may say what is missing
                yield Visit("brief-file", 200 if seen else 404, pk, "docx")
            compared = brief is not None and (brief.stage == "issued" or brief.restates_id)
            yield Visit("brief-differences", 200 if seen and compared else 404, pk)
            is_open = brief is not None and brief.archived_at is None
            yield Visit("issue-brief", 404 if not (seen and is_open) else 200 if issues else 403, pk)

    def collecting(self, person: User) -> Iterator[Visit]:
        """Yield the addresses of collections: who sees one sees its board, who works with its register does the rest."""
        for register in registers().values():
            collected = register.right_to("import") in actions.registry()
            may = owners_with("collections.edit", person) and owners_with(register.right_to("view"), person)
            yield Visit("collect-new", 404 if not collected else 200 if may else 403, register.register)
        nothing = uuid.UUID(int=0)
        for pk, collection in [(0, None), *((each.pk, each) for each in self.some(Collection))]:
            found = collection is not None and is_seen(collection, person) and collection.archived_at is None

            def status(verb: str = "", good: int = 200, found=found, collection=collection) -> int:
                if not found:
                    return 404
                asked = ["collection_units.view", *([f"{collection.target}.{verb}"] if verb else [])]
                return good if all(collection.owner_id in owners_with(right, person) for right in asked) else 403

            for name, verb in (
                ("collection", ""), ("collection-reminder", ""), ("collection-send", "view"), ("collection-forward", "view"),
                ("collection-receive", "edit"), ("collection-merge", "edit"),
            ):  # fmt: skip
                yield Visit(name, status(verb), pk)
            for name in ("collection-answer", "collection-errors"):
                yield Visit(name, status("edit", 404), pk, nothing)
                for answer in Upload.objects.filter(collection_id=pk)[:self.size]:
                    whole = name == "collection-answer" or answer.found.get("counts", {}).get("wrong")
                    yield Visit(name, status("edit", 200 if whole else 404), pk, answer.pk)
            units = CollectionUnit.objects.current().filter(collection_id=pk)[:self.size]
            for unit, good in [(0, 404), *((each.pk, 200) for each in units)]:
                yield Visit("collection-unit", status("edit", good), pk, unit)
                yield Visit("collection-send-one", status("view", good), pk, unit)

    def upper_forms(self, person: User) -> Iterator[Visit]:
        """Yield the addresses of upper-level forms: as far as the person may see, change or fill each; of fillings their files."""
        yield Visit("upper-counter", 200 if owners_with("upper_forms.view", person) else 403)
        for name, right in (("upper-form", "view"), ("upper-workbook", "edit"), ("upper-fill", "fill")):
            yield Visit(name, 404, 0)
            for form in self.some(registers()["upper_forms"]):
                found = is_seen(form, person) and form.archived_at is None
                may = form.owner_id in owners_with(f"upper_forms.{right}", person)
                yield Visit(name, 404 if not found else 200 if may else 403, form.pk)
        for name in ("upper-filling", "upper-file", "upper-proof"):
            yield Visit(name, 404, 0)
            for filling in self.some(registers()["form_fillings"]):
                yield Visit(name, 200 if is_seen(filling, person) and filling.archived_at is None else 404, filling.pk)

    def meetings(self, person: User) -> Iterator[Visit]:
        """Yield the addresses of meetings: who may see one sees its sheet, its minutes and the figures it looked at."""
        yield Visit("meetings", 200 if owners_with("meeting_plans.view", person) else 403)
        for name, keys in (("meeting", ()), ("meeting-minutes", ()), ("meeting-figure", (0,))):
            yield Visit(name, 404, 0, *keys)
            for meeting in self.some(Meeting):
                found = is_seen(meeting, person) and (not keys or meeting.frozen_sha256)
                yield Visit(name, 200 if found else 404, meeting.pk, *keys)

    def chains(self, person: User) -> Iterator[Visit]:
        """Yield the addresses of attraction: the chains, the map of each that the person may see, and the funnel."""
        may = owners_with("chains.view", person)
        yield Visit("funnel", 200 if owners_with("leads.view", person) else 403)
        yield Visit("chain-maps", 200 if may else 403)
        yield Visit("chain-map", 404 if may else 403, 0)
        for chain in self.some(registers()["chains"]):
            found = is_seen(chain, person) and chain.archived_at is None
            yield Visit("chain-map", 200 if found else 404 if may else 403, chain.pk)

    def some(self, register: type[Record]) -> list[Record]:
        """Return some records of the register, the same ones for everybody."""
        keys = list(register.objects.order_by("id").values_list("pk", flat=True))
        chosen = random.Random(register.register).sample(keys, min(self.size, len(keys)))
        found = register.objects.in_bulk(chosen)
        return [found[key] for key in chosen]

    def look_at_file(self, name: str, visit: Visit, file: dict, person: User | None) -> None:
        """Demand of an export exactly the records that the person may see."""
        register = registers()[file["register"]]
        rows = [row for row in register.objects.all() if person and is_seen(row, person) and row.archived_at is None]
        wanted = {f"{row.pk}:{row.row_version}" for row in rows}
        told = {record["_key"] for record in file["records"]}
        self.expect("files", told == wanted, f"{name} {visit.address}: {len(told)} records, not {len(wanted)}")

    def look_at_rows(self, name: str, visit: Visit, answer, person: User | None) -> None:
        """Demand of a list exactly the rows that the person may see."""
        if visit.name == "records":
            register = answer.context["model"]
            wanted = {row.pk for row in register.objects.all() if person and is_seen(row, person) and row.archived_at is None}
            page = answer.context["page"]
            holds = page.paginator.count == len(wanted) and {row.pk for row in page} <= wanted
            self.expect("lists", holds, f"{name} {visit.address}: {page.paginator.count} rows, not {len(wanted)}")
        if visit.name == "rules":
            told = {each.owner.pk for _kind, _words, standings in answer.context["kinds"] for each in standings}
            self.expect("lists", told <= owners_with("rules.view", person), f"{name} {visit.address}: foreign rules")
        if visit.name == "events":
            parties = {event.party for event in answer.context["page"]}
            self.expect("lists", parties <= owners_with("events.view", person), f"{name} {visit.address}: foreign events")

    # Names and codes

    def hidden_from(self, person: User | None) -> tuple[set[str], set[str]]:
        """Return the codes and names of records that no page may show the person.

        Parties and persons are known to all who see a record of which they are a part; so only somebody who sees none of
        the zone's must not meet them. The party of the installation stands on every page, and who may look at
        the events of a party reads there the codes of its records.
        """
        outsider = person is None or not any(
            self.zone.pk in owners_with(register.right_to("view"), person)
            or register.register in SHARED and any(is_seen(row, person) for row in register.objects.all())
            for register in registers().values())
        jobs = Membership.objects.filter(user_id=person.pk) if person else ()
        hidden, seen = set(), {person, self.zone, *(job.party for job in jobs)}
        for register in registers().values():
            known = register in (Party, User) and not outsider
            for row in register.objects.all():
                open_to = right_on_subject(row) if isinstance(row, Attachment) else register.right_to("view")
                open_here = person is not None and bool(
                    parties_of(row) & owners_with(open_to, person) or row.owner_id in owners_with("events.view", person))
                (seen if known or open_here or row in seen else hidden).add(row)
        public = "\n".join(text for row in seen if row for text in (row.code, getattr(row, "name", ""), getattr(row, "title", "")))
        public += "\n".join(str(each.label) for each in indicators.catalogue().values())  # what figures are called, everybody may know
        packages = ({"packages": row, "package_items": getattr(row, "package", None)}.get(row.register) for row in seen if row)
        public += "\n".join(each.project.name for each in packages if each)  # what is carried through is told by its project
        shipped = (json.dumps(each.shipped().content, ensure_ascii=False) for each in dated.kinds().values())
        public += "\n".join(shipped)  # and what the rules say that come with the product
        codes = {row.code for row in hidden if not _is_word(row.code)} - {row.code for row in seen if row}
        return codes, {name for row in hidden if len(name := getattr(row, "name", "")) > 3 and name not in public}

    def look_for_hidden(self, name: str, visit: Visit, text: str, hidden: tuple[set[str], set[str]]) -> None:
        """Demand that the page or file has none of the hidden codes and names."""
        codes, names = hidden
        fours = {text[at:at + 4] for at in range(len(text) - 3)}  # a name has four letters or more: thousands are ruled out by these
        shown = codes & {*re.findall(r"[\w-]+", text)} | {each for each in names if each[:4] in fours and each in text}
        self.expect("texts", not shown, f"{name} {visit.address}: shows {sorted(shown)[:3]}")

    # Actions and figures

    def take_actions(self, person: User) -> None:
        """Plan every action without its facts: only the right decides whether it is refused for the right."""
        for action in actions.registry().values():
            subjects = [self.zone] if action.creates else self.some(action.register)
            for subject in subjects:
                if not action.right:
                    wanted = subject == person
                elif action.creates:
                    wanted = subject.pk in owners_with(action.right, person)
                else:
                    wanted = may_act(action, subject, person)
                self.expect("actions", _is_permitted(action, subject, person) == wanted,
                            f"{person.code} {action.code} on {subject.code}: should {'' if wanted else 'not '}be permitted")

    def point_at_hidden(self, person: User) -> None:
        """Plan new records that point at one which the person may not see: that must be refused, and not named."""
        for register in registers().values():
            create = actions.registry().get(register.right_to("create"))
            owners = sorted(owners_with(create.right, person)) if create else []
            for name in register.columns if owners else ():
                column = register._meta.get_field(name)
                if not column.is_relation or column.related_model in (Party, User):
                    continue
                target = column.related_model
                seen = owners_with(target.right_to("view"), person)
                hidden = [row for row in target.objects.filter(archived_at=None).order_by("id") if not parties_of(row) & seen][:1]
                for row in hidden:
                    refusal = _refusal(create, Party.objects.get(pk=owners[0]), person, {name: row})
                    self.expect("references", isinstance(refusal, PermissionDenied) and row.code not in str(refusal),
                                f"{person.code} {create.code} with {name}={row.code}: {refusal!r}")

    def search(self, person: User) -> None:
        """Search for records by code and by name: who may see one finds it by its code, and nobody else finds it at all."""
        index.follow()
        for register in registers().values():
            for row in self.some(register):
                address = reverse("record", args=[register.register, row.pk])
                for word in filter(None, dict.fromkeys((row.code, getattr(row, "name", "")))):
                    if self.is_left_out(person.code, address, word):
                        continue
                    found = {hit.address for group in search.find(person, search.Asked.of(word)) for hit in group.hits}
                    seen = is_seen(row, person) and row.archived_at is None and register in index.searched().values()
                    self.expect("searches", address not in found if not seen else address in found or word != row.code,
                                f"{person.code} {register.register} {row.code} by {word}: {'found' if address in found else 'not found'}")

    def read_figures(self, person: User) -> None:
        """Compute every figure of the zone in every grouping: open, released or refused as the registers it reads say."""
        for definition in indicators.catalogue().values():
            for by in (None, *definition.by):
                if self.is_left_out(person.code, definition.code, by and by.code):
                    continue
                figure = definition.figure(Period.parse(PERIOD), scope=[self.zone], by=by, user=person)
                wanted = self.status_of(figure.indicator, by, person)
                told = wanted if figure.status == NOT_COMPUTABLE and wanted != REFUSED else figure.status
                asked = f"{person.code} {definition.code} by {by and by.code}"
                self.expect("figures", told == wanted, f"{asked}: {figure.status}, not {wanted}")
                closed = not figure.records and not re.search(r"[A-Z]\d", figure.reason) and figure.incomplete is None
                self.expect("figures", wanted == OPEN or closed, f"{asked}: shows records")
                shown = figure.value is not None or figure.groups or figure.numerator
                self.expect("figures", wanted != REFUSED or not shown, f"{asked}: shows a value")

    def status_of(self, definition: indicators.Definition, by: indicators.Dimension | None, person: User) -> str:
        """Return refused, released or open, as the rights on the registers say that the figure reads."""
        read = reads(definition, by)
        open_to = [self.zone.pk in owners_with(register.right_to("view"), person) for register in read]
        released = [self.zone.pk in owners_with(register.right_to("figures"), person) for register in read]
        if not all(one or other for one, other in zip(open_to, released, strict=True)):
            return REFUSED
        return OPEN if all(open_to) else RELEASED


def text_of(answer) -> str:
    """Return all that the answer shows: a page as it is, a file unpacked."""
    if not answer.streaming:
        return answer.content.decode()
    content = b"".join(answer.streaming_content)
    if answer.headers["Content-Type"] == "application/zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(f"{name}\n{_text_of_book(archive.read(name))}" for name in archive.namelist())
    if answer.headers["Content-Type"] == exporting.FORMATS["xlsx"].media:
        return _text_of_book(content)
    if answer.headers["Content-Type"] == exporting.FORMATS["parquet"].media:
        file = parquet.ParquetFile(io.BytesIO(content))
        return f"{file.read().to_pylist()} {file.metadata.metadata[b'kaifaqu'].decode()}"
    return content.decode("utf-8-sig", errors="replace")


def _text_of_book(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return "\n".join(f"{cell.value} {cell.comment.text if cell.comment else ''}" for cell in cells)


def is_seen(row: Record, person: User) -> bool:
    """Tell whether the person may open the row's own page; an attachment's only who may look at its record as well."""
    asked = [row.right_to("view"), *([right_on_subject(row)] if isinstance(row, Attachment) else [])]
    return all(parties_of(row) & owners_with(right, person) for right in asked)


def parties_of(row: Record) -> set[int]:
    """Return the parties whose people may look at a record: its owner, and those it is shared with."""
    row = getattr(row, WITH[row.register]) if row.register in WITH else row
    own = {pk for name in ("owner_id", *SHARED.get(row.register, ())) if (pk := getattr(row, name)) is not None}
    return own | ({enterprise_of(row)} - {None} if row.register in ("packages", "package_items") else set())


def enterprise_of(row: Record) -> int | None:
    """Return the party for which a package is carried through: the one that is named, else that of the project's enterprise."""
    package = row if row.register == "packages" else row.package
    enterprise = package.project.enterprise
    return package.requester_id or (enterprise and enterprise.party_id)


def is_readable(attachment: Attachment, person: User) -> bool:
    """Tell whether the person may download the file: whoever may look at its record may."""
    [register] = [each for each in registers().values() if each._meta.label_lower == attachment.subject]
    return is_seen(register.objects.get(pk=attachment.subject_id), person)


def may_act(action: actions.Action, record: Record, person: User) -> bool:
    """Tell whether the person may take the action on the record, by the table above."""
    parties = {
        enterprise_of(record) if name == ITS_ENTERPRISE else getattr(record, name) for name in ACTS.get(action.code, ("owner_id",))}
    return bool(parties & owners_with(action.right, person))


def right_on_subject(attachment: Attachment) -> str:
    """Return the right to look at the record that a file is attached to: who has it sees and downloads the file there."""
    [register] = [each for each in registers().values() if each._meta.label_lower == attachment.subject]
    return register.right_to("view")


def _patterns(resolver) -> Iterator:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern)
        else:
            yield pattern


def _is_word(code: str) -> bool:
    """Tell whether a code is a word that pages have for other reasons: a role has its account's name."""
    return code in registers() or code.isalpha() and code.islower()


def reads(definition: indicators.Definition, by: indicators.Dimension | None) -> set[type[Record]]:
    """Return the registers that a figure reads, by the table above. Raise LookupError for a figure that it does not have."""
    found = [names for pattern, names in READS if re.fullmatch(pattern, definition.code)]
    if len(found) != 1:
        raise LookupError(f"{definition.code}: write down in READS what it reads.")
    grouped = GROUPED.get(by.code, "") if by else ""
    if by and by.code == "department" and definition.code.startswith(("services.visits.", "stats.visits.")):
        grouped = "parties"  # of a visit it is a column of its own, of a project whoever answers for it
    return {registers()[name] for name in (*found[0].split(), *grouped.split())}


def _refusal(action: actions.Action, owner: Party, person: User, facts: dict) -> Exception | None:
    """Return what the planning of a new record raises."""
    try:
        action.plan(owner, by=person, facts=facts)
    except Exception as refusal:
        return refusal
    return None


def _is_permitted(action: actions.Action, subject: Record, person: User) -> bool:
    try:
        action.plan(subject, by=person, version=subject.row_version)
    except PermissionDenied:
        return False
    except Exception:
        return True  # the right was there, the facts were not
    return True


def holding(figure: Figure) -> set[str]:
    """Return the registers that have records behind a figure, or behind a side of it."""
    if figure.numerator is not None and figure.denominator is not None:
        return holding(figure.numerator) | holding(figure.denominator)
    return {figure.rows.model.register} if figure.rows is not None and figure.rows.exists() else set()


@cache
def owners_with(right: str, person: User) -> frozenset[int]:
    """Return the owners on whose records the person has the right, read from the rows one by one."""
    day = clock.today()

    def holds(row) -> bool:
        return row.archived_at is None and row.since <= day and (row.until is None or day < row.until)

    jobs = [
        each for each in Membership.objects.select_related("role")
        if each.user_id == person.pk and holds(each) and each.role.archived_at is None and right in each.role.rights.split()
    ]
    own = {party for each in jobs for party in _reach(each.party_id, each.below)}
    lent = {
        party for each in Grant.objects.all()
        if holds(each) and each.right == right and each.receiver_id in {job.party_id for job in jobs}
        for party in _reach(each.owner_id, each.below)
    }
    return frozenset(own | lent)


def _reach(party: int, below: bool) -> set[int]:
    children = Party.objects.filter(parent_id=party, archived_at=None).values_list("pk", flat=True) if below else ()
    return {party, *(each for child in children for each in _reach(child, below))}


# Leaks


@contextmanager
def unfiltered_list() -> Iterator[None]:
    """Plant a list that forgets whose records the person may see."""
    with patch.object(records.RecordQuerySet, "visible_to", lambda rows, user: rows.current()):
        yield


@contextmanager
def unfiltered_record() -> Iterator[None]:
    """Plant a page of a record that finds every record."""
    with patch.object(records.RecordQuerySet, "seen_by", lambda rows, user: rows.all()):
        yield


@contextmanager
def unchecked_action() -> Iterator[None]:
    """Plant an action that does not ask for its right."""
    action = actions.find("roles.archive")
    unchecked: Callable = action.plan.__wrapped__  # type: ignore[attr-defined]

    @wraps(action.plan)
    def plan(*args, by, **facts):
        change = unchecked(*args, by=by, **facts)
        change.action, change.planner = action.code, by
        return change

    with patch.dict(actions.registry(), {action.code: replace(action, plan=plan)}):
        yield


@contextmanager
def unread_reader() -> Iterator[None]:
    """Plant a figure that is computed for nobody in particular."""
    asked = indicators.Definition.figure
    with patch.object(indicators.Definition, "figure", lambda self, *args, user=None, **options: asked(self, *args, **options)):
        yield


@contextmanager
def unread_register() -> Iterator[None]:
    """Plant a guard that overlooks a register: its figures would be open to whoever sees the rest."""
    read, examine = guard.registers_read, guard.examine
    lost = {registers()["suspensions"]}

    def without(*args):
        condition, found = examine(*args)
        return condition, found - lost

    with patch.object(guard, "registers_read", lambda *args: read(*args) - lost), patch.object(guard, "examine", without):
        yield


@contextmanager
def unchecked_reference() -> Iterator[None]:
    """Plant actions that let anybody point at any record."""
    with patch.object(actions, "_refuse_foreign", lambda *args: None):
        yield


@contextmanager
def unasked_file() -> Iterator[None]:
    """Plant files that everybody downloads who knows their number."""
    with patch.object(AttachmentQuerySet, "readable_by", lambda rows, user: rows):
        yield


LEAKS = {  # each with the part of the walk that must notice it
    unread_register: "read_figures", unread_reader: "read_figures", unchecked_reference: "point_at_hidden",
    unchecked_action: "take_actions", unfiltered_list: "visit", unfiltered_record: "visit", unasked_file: "visit"}
