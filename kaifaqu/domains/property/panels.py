"""What the operation of parks puts on record pages: what a settlement counts, who is in an amenity, an enterprise's services."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.property.models import (
    Amenity,
    HostingContract,
    HostingFee,
    RentBill,
    ServiceProvider,
    ServiceRequest,
    Settlement,
    WorkOrder,
)
from kaifaqu.kernel import clock
from kaifaqu.pages import manners
from kaifaqu.pages.chronicle import strand
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.premises.models import Lease

NEAR = 12  # bills of an amenity, and rows of a settlement, that a page tells


def declare() -> None:
    """Declare the sections, and what is told on an enterprise's page."""
    manners.panel(Settlement, "property/_settlement.html")(counted)
    manners.panel(Amenity, "property/_amenity.html")(merchant)
    strand(Enterprise, HostingContract, "partner", {"since": _("托管生效"), "ended_on": _("托管终止")}, lambda reader, row: row.title)
    strand(Enterprise, ServiceProvider, "enterprise", {"since": _("开始提供服务"), "until": _("不再提供服务")}, None)
    strand(Enterprise, ServiceRequest, "enterprise", {
        "opened_on": _("提出服务需求"), "resolved_on": _("服务完成"), "confirmed_on": _("企业确认"),
    }, lambda reader, row: row.get_stage_display())  # fmt: skip
    strand(Enterprise, WorkOrder, "enterprise", {"opened_on": _("报修报事"), "done_on": _("物业工单完成")}, lambda reader, row: row.title)


def counted(user: Any, record: Settlement) -> dict[str, Any] | None:
    """Return the bills and fees that a settlement counts now, as far as the person may see them."""
    if not (user.may("rent_bills.view", record.owner_id) and user.may("hosting_fees.view", record.owner_id)):
        return None
    bills = record.bills().select_related("lease").order_by("month", "code")
    fees = record.charged().order_by("month", "code")
    return {
        "record": record, "now": record.computed(), "basis": record.contract.rent_basis, "bills": bills[:NEAR], "fees": fees[:NEAR],
        "count": bills.count(), "fee_count": fees.count(), "registers": (RentBill.register, HostingFee.register),
    }  # fmt: skip


def merchant(user: Any, record: Amenity) -> dict[str, Any] | None:
    """Return who is in an amenity today, with the last rent bills of the lease; nobody, where it is vacant."""
    if not user.may("leases.view", record.owner_id):
        return None
    leases: Any = Lease.objects.visible_to(user).filter(Lease.on(clock.today()), unit=record.unit_id)
    lease = leases.select_related("tenant").first()
    bills: Any = RentBill.objects.visible_to(user).filter(lease=lease).order_by("-month")[:NEAR] if lease else []
    return {"record": record, "lease": lease, "bills": bills, "sees_tenant": user.may("enterprises.view", record.owner_id)}
