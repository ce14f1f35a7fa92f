"""What this room puts on pages: how far a lead is, also for the partner by whom it came, and the suggested answer."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.domains.outreach.models import DealerAgreement, PromotionLead, PromotionQuestion
from kaifaqu.domains.outreach.rules import suggested
from kaifaqu.kernel import clock
from kaifaqu.pages import manners
from kaifaqu.pages.chronicle import leave_out
from kaifaqu.registers.vehicles.models import RecyclingCertificate


def declare() -> None:
    """Declare the section of a lead's page, and what the form of an answer is opened with."""
    leave_out(DealerAgreement, "who recommends the recycler stands in the ledger of agreements")
    manners.panel(PromotionLead, "outreach/_state.html")(state)
    manners.proposes("promotion_questions.release")(proposed)


def state(user: Any, record: PromotionLead) -> dict[str, Any] | None:
    """Return what has become of the owner's car, step by step; of the vehicle itself nothing but the days."""
    return {"steps": [*steps(record)]}


def steps(lead: PromotionLead) -> list[tuple[str, date | None]]:
    """Return the steps of a lead with their days; a day that has not come is empty."""
    vehicle = lead.vehicle if lead.vehicle and lead.vehicle.archived_at is None else None
    certificate = RecyclingCertificate.objects.current().filter(vehicle=vehicle, voided_on=None).first() if vehicle else None
    return [
        (_("登记线索"), lead.received_on), (_("车辆进场"), vehicle.received_on if vehicle else None),
        (_("开具回收证明"), certificate.issued_on if certificate else None),
        (_("车辆注销"), vehicle.deregistered_on if vehicle else None)]


def proposed(user: Any, record: PromotionQuestion) -> dict[str, Any]:
    """Return the draft, else what the rule suggests for such a question today."""
    return {"answer": record.answer, "cites": record.cites} if record.answer else suggested(record, clock.today())
