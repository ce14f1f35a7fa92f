"""The tables of this room."""

from kaifaqu.domains.attraction.capacities import ProductCapacity
from kaifaqu.domains.attraction.negotiations import NegotiationRound, RoundKind
from kaifaqu.domains.attraction.opinions import LeadOpinion, LeadOpinionStep, Verdict
from kaifaqu.domains.attraction.profiles import KINDS, LeadProfile
from kaifaqu.domains.attraction.responses import LeadResponse

__all__ = [
    "KINDS", "LeadOpinion", "LeadOpinionStep", "LeadProfile", "LeadResponse", "NegotiationRound", "ProductCapacity", "RoundKind",
    "Verdict",
]
