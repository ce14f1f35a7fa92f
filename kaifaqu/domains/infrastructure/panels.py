"""What infrastructure puts on record pages: what a lead or project has reserved, what a work cost, how a plant is loaded."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, Sum

from kaifaqu.domains.infrastructure.indicators import DAYS_OVER, DAYS_REPORTED, LOAD_RATE, RECLAIMED_RATE
from kaifaqu.domains.infrastructure.models import (
    Plant,
    PlantDay,
    PlantKind,
    Reservation,
    Work,
    WorkBuilding,
    WorkPayment,
)
from kaifaqu.domains.infrastructure.standing import RIGHTS
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import manners
from kaifaqu.pages.chronicle import leave_out
from kaifaqu.registers.projects.models import Lead, Project

YEAR = 365  # days over which a plant's page looks back
NEAR = 10  # payments of a work, and days of a plant, that its page tells
FIGURES = (DAYS_REPORTED, DAYS_OVER, LOAD_RATE, RECLAIMED_RATE)


def declare() -> None:
    """Declare the sections, and what tells nothing of an enterprise."""
    leave_out(Reservation, "what is set aside for a project stands on its page")
    leave_out(Plant, "who runs a plant stands on its page")
    manners.panel(Lead, "infrastructure/_reserved.html", replaces=("reservations.lead",))(reserved)
    manners.panel(Project, "infrastructure/_reserved.html", replaces=("reservations.project",))(reserved)
    manners.panel(Work, "infrastructure/_work.html", replaces=("work_buildings.work", "work_payments.work"))(built)
    manners.panel(Plant, "infrastructure/_plant.html", replaces=("plant_days.plant",))(loaded)


def reserved(user: Any, record: Lead | Project) -> dict[str, Any] | None:
    """Return what is reserved for a lead or a project, of a project also what its lead still holds."""
    if not user.may("reservations.view", record.owner_id):
        return None
    today = clock.today()
    own = "lead" if isinstance(record, Lead) else "project"
    asked = Q(**{own: record.pk})
    if isinstance(record, Project) and record.lead_id and user.may("reservations.edit", record.owner_id):
        asked |= Q(lead=record.lead_id, released_on=None)
    rows: Any = Reservation.objects.visible_to(user).filter(asked).select_related("pool", "lead", "project").order_by("since", "id")
    found = [(each, each.pool.name if user.may("capacity_pools.view", each.pool.owner_id) else each.pool.code) for each in rows]
    return {
        "record": record, "own": own, "may_reserve": user.may("reservations.edit", record.owner_id),
        "sees_page": all(user.owners(right) for right in RIGHTS),
        "rows": [(each, pool, each.standing(today)) for each, pool in found if getattr(each, f"{own}_id") == record.pk],
        "held": [(each, pool) for each, pool in found if getattr(each, f"{own}_id") != record.pk],
    }  # fmt: skip


def built(user: Any, record: Work) -> dict[str, Any] | None:
    """Return which buildings a work builds, and what was paid for it."""
    links: Any = WorkBuilding.objects.visible_to(user).filter(work=record).select_related("building").order_by("id")
    sees_buildings = user.may("buildings.view", record.owner_id)
    buildings = [each.building for each in links] if sees_buildings else []
    payments: Any = WorkPayment.objects.visible_to(user).filter(work=record).order_by("-paid_on", "-id")
    return {
        "record": record, "buildings": buildings, "area": sum(each.area for each in buildings), "payments": payments[:NEAR],
        "paid": payments.aggregate(paid=Sum("amount"))["paid"], "count": payments.count(),
        "may_link": user.may("work_buildings.edit", record.owner_id), "may_pay": user.may("work_payments.edit", record.owner_id),
    }  # fmt: skip


def loaded(user: Any, record: Plant) -> dict[str, Any] | None:
    """Return a sewage plant's last days, and the days of a year on which more came in than it can take, of how many reported."""
    if not user.may("plant_days.view", record.owner_id):
        return None
    days: Any = PlantDay.objects.visible_to(user).filter(plant=record)
    today = clock.today()
    year, sewage = Period.parse(f"{today:%Y}"), record.kind == PlantKind.SEWAGE
    of_a_year = list(days.filter(day__gt=today - timedelta(days=YEAR)).order_by("-day"))
    last = list(days.order_by("-day")[:NEAR])
    for each in (*of_a_year, *last):
        each.plant = record  # which reads its capacities once
    return {
        "record": record, "days": last, "count": days.count(), "over": [each for each in of_a_year if each.is_over],
        "reported": sum(each.inflow is not None and each.capacity is not None for each in of_a_year),
        "is_sewage": sewage, "may_enlarge": actions.find("plants.enlarge").permits(user, record),
        "may_report": user.may("plant_days.edit", record.owner_id),
        "figures": evaluate([(each, year) for each in FIGURES], scope={record.owner_id}, user=user) if sewage else [],
    }  # fmt: skip
