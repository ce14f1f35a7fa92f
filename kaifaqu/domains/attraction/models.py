"""The tables of this room."""

from kaifaqu.domains.attraction.capacities import ProductCapacity
from kaifaqu.domains.attraction.negotiations import NegotiationRound, RoundKind
from kaifaqu.domains.attraction.opinions import LeadOpinion, LeadOpinionStep, Verdict
from kaifaqu.domains.attraction.profiles import KINDS, LeadProfile
from kaifaqu.domains.attraction.responses import LeadResponse
from kaifaqu.domains.attraction.terms import DuePoint, LeadTerm

__all__ = [
    "KINDS", "DuePoint", "LeadOpinion", "LeadOpinionStep", "LeadProfile", "LeadResponse", "LeadTerm", "NegotiationRound",
    "ProductCapacity", "RoundKind", "Verdict",
]
