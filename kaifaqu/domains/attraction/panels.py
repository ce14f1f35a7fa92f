"""What attraction puts on the pages of other registers: how a lead stands, what a segment has, where a chain's map is."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from kaifaqu.domains.attraction import admission, chainmap, conditions, late
from kaifaqu.domains.attraction.evidence import Proof
from kaifaqu.domains.attraction.models import (
    LeadOpinion,
    LeadProfile,
    LeadTerm,
    NegotiationRound,
    ProductCapacity,
    Verdict,
)
from kaifaqu.domains.attraction.opinions import aspect_label
from kaifaqu.kernel import clock
from kaifaqu.kernel.world import World
from kaifaqu.pages import manners
from kaifaqu.registers.chains.models import Chain, ChainNode
from kaifaqu.registers.projects.lifecycle import LeadStage
from kaifaqu.registers.projects.models import Lead

ABOUT = ("lead_profiles", "lead_responses", "negotiation_rounds", "lead_opinions")


def declare() -> None:
    """Declare the sections of the pages of leads, segments and chains, and how an aspect is told."""
    manners.column(LeadOpinion, "aspect", told=lambda value, row: aspect_label(row) if row else value)
    manners.panel(Lead, "attraction/_lead.html", replaces=(
        "lead_responses.lead", "product_capacities.lead", "negotiation_rounds.lead", "lead_terms.lead"))(of_lead)
    manners.panel(ChainNode, "attraction/_node.html")(of_node)
    manners.panel(Chain, "attraction/_chain.html")(of_chain)


def of_lead(user: Any, record: Lead) -> dict[str, Any] | None:
    """Return what a lead would produce, how its clocks stand, whether it is admitted, what its stages lack, what was said of it."""
    may = {name: user.may(f"{name}.view", record.owner_id) for name in (*ABOUT, "product_capacities", "lead_terms")}
    if not any(may.values()):
        return None
    told: dict[str, Any] = {"record": record, "may": may, "may_edit": user.may("lead_profiles.edit", record.owner_id)}
    told["may_enter"] = {
        name: user.may(f"{name}.edit", record.owner_id) and record.archived_at is None
        for name in ("product_capacities", "negotiation_rounds", "lead_terms")}
    if may["product_capacities"]:
        told["capacities"] = ProductCapacity.objects.current().filter(lead=record).order_by("code")
    if may["negotiation_rounds"]:
        told["rounds"] = NegotiationRound.objects.current().filter(lead=record).order_by("-held_on", "-id")
    if may["lead_terms"]:
        told["terms"] = [*_terms(user, record)]
    if may["lead_responses"] and may["negotiation_rounds"]:
        told["response"] = response = late.responses_of(record)
        told["hands"] = [*late.hands(record, response, World())]
    if all(may[name] for name in ABOUT):
        proof = Proof([record], clock.today())
        told["profile"] = proof.profiles.get(record.pk)
        told["points"], told["rule"] = proof.points(record)
        told["evidence"] = proof.of(record)
        told["why"] = admission.why_all_the_same(record)
        told["opinions"] = proof.opinions[record.pk]
        told["verdict"] = dict(Verdict.choices).get(proof.verdict(record), "")
    return told


def _terms(user: Any, record: Lead) -> Iterator[tuple[Any, bool]]:
    """Yield the terms of a lead, each with whether it is due and not met, as far as the person may see by what it is due."""
    today, world, rows = clock.today(), World(), LeadTerm.objects.current().filter(lead=record)
    due = Q(due_on__lte=today) if not user.may("projects.view", record.owner_id) else conditions.due(today, world)
    late = {*rows.filter(due, ~conditions.met(today)).values_list("pk", flat=True)} if record.stage == LeadStage.SIGNED else set()
    for each in rows.order_by("code"):
        yield each, each.pk in late


def of_node(user: Any, record: ChainNode) -> Any:
    """Return how the segment stands, with its firms, targets, leads and projects."""
    [found] = chainmap.segments(user, [record], clock.today())
    found.chain = record.chain if user.may("chains.view", record.owner_id) else None
    return found


def of_chain(user: Any, record: Chain) -> Chain:
    """Return the chain, whose map has an address."""
    return record


@manners.proposes("leads.sign")
def contract(user: Any, record: Lead) -> dict[str, Any]:
    """Return what the key information of a lead says of the project that is to be signed."""
    profile = LeadProfile.objects.visible_to(user).filter(lead=record).first()
    told = {"total_investment": profile.total_investment, "expected_annual_output": profile.output} if profile else {}
    return {name: value for name, value in told.items() if value is not None}
