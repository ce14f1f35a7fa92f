"""The tables of this room."""

from kaifaqu.domains.recycling.acquisition import Bid, Commission, Outcome, PartnerKind, RecoveryPartner, Tender
from kaifaqu.domains.recycling.base import (
    BaseFacility,
    BasePhase,
    DismantlingCapacity,
    FacilityKind,
    RankClaim,
    RankLevel,
    RankStanding,
    RankSubject,
    Reach,
    ServiceArea,
)
from kaifaqu.domains.recycling.dismantling import DismantlingJob, DismantlingLot, LotOutput, Route
from kaifaqu.domains.recycling.parts import (
    PartCategory,
    PartKind,
    PartUse,
    RemanufactureTransfer,
    TractionBattery,
    VehiclePart,
)
from kaifaqu.domains.recycling.sales import BuyerKind, Line, LineSale, SalesChannel
from kaifaqu.domains.recycling.waste import WasteLot, WasteTransfer

__all__ = [
    "BaseFacility", "BasePhase", "Bid", "BuyerKind", "Commission", "DismantlingCapacity", "DismantlingJob", "DismantlingLot",
    "FacilityKind", "Line", "LineSale", "LotOutput", "Outcome", "PartCategory", "PartKind", "PartUse", "PartnerKind", "RankClaim",
    "RankLevel", "RankStanding", "RankSubject", "Reach", "RecoveryPartner", "RemanufactureTransfer", "Route", "SalesChannel",
    "ServiceArea", "Tender", "TractionBattery", "VehiclePart", "WasteLot", "WasteTransfer",
]
