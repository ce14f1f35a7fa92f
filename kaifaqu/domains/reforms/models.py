"""The registers of this room."""

from kaifaqu.domains.reforms.commitments import Commitment, CommitmentItem, ComplianceCheck
from kaifaqu.domains.reforms.measures import ReformMeasure

__all__ = ["Commitment", "CommitmentItem", "ComplianceCheck", "ReformMeasure"]
