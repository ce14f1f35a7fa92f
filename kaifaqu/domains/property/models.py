"""The registers of the operation of parks: hosting, amenities and rents, services for enterprises, work orders."""

from kaifaqu.domains.property.amenities import Amenity, AmenityKind, RentBill
from kaifaqu.domains.property.hosting import (
    HandoverItem,
    HostingContract,
    HostingFee,
    HostingReview,
    Layer,
    RentBasis,
    Settlement,
)
from kaifaqu.domains.property.orders import Origin, WorkKind, WorkOrder
from kaifaqu.domains.property.services import (
    ServiceItem,
    ServiceKind,
    ServiceProvider,
    ServiceRequest,
    ServiceRequestStep,
)

__all__ = [
    "Amenity", "AmenityKind", "HandoverItem", "HostingContract", "HostingFee", "HostingReview", "Layer", "Origin", "RentBasis",
    "RentBill", "ServiceItem", "ServiceKind", "ServiceProvider", "ServiceRequest", "ServiceRequestStep", "Settlement", "WorkKind",
    "WorkOrder",
]
