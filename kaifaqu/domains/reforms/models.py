"""The registers of this room."""

from kaifaqu.domains.reforms.commitments import Commitment, CommitmentItem, ComplianceCheck
from kaifaqu.domains.reforms.measures import ReformMeasure
from kaifaqu.domains.reforms.parcels import ControlIndicator, RegionalAssessment, StandardParcel
from kaifaqu.domains.reforms.promises import Evidence, Promise

__all__ = [
    "Commitment", "CommitmentItem", "ComplianceCheck", "ControlIndicator", "Evidence", "Promise", "ReformMeasure", "RegionalAssessment",
    "StandardParcel",
]
