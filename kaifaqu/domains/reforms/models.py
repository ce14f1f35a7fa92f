"""The registers of this room."""

from kaifaqu.domains.reforms.commitments import Commitment, CommitmentItem, ComplianceCheck
from kaifaqu.domains.reforms.consultations import Consultation
from kaifaqu.domains.reforms.items import ItemNeed, PackageItem, PackageItemStep
from kaifaqu.domains.reforms.measures import ReformMeasure
from kaifaqu.domains.reforms.packages import Package
from kaifaqu.domains.reforms.parcels import ControlIndicator, RegionalAssessment, StandardParcel
from kaifaqu.domains.reforms.promises import Evidence, Promise

__all__ = [
    "Commitment", "CommitmentItem", "ComplianceCheck", "Consultation", "ControlIndicator", "Evidence", "ItemNeed", "Package", "PackageItem",
    "PackageItemStep", "Promise", "ReformMeasure", "RegionalAssessment", "StandardParcel",
]
