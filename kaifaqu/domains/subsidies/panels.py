"""What stands on the pages of a scrapped vehicle, of its application and of a rule: the claim's file, its course, the comparison."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.domains.subsidies.clauses import names
from kaifaqu.domains.subsidies.crosschecking import SOURCES
from kaifaqu.domains.subsidies.dossier import Dossier, dossier
from kaifaqu.domains.subsidies.examples import SchemeExample
from kaifaqu.domains.subsidies.models import SubsidyApplication, SubsidyPaper, SubsidyPayment, SubsidyStep
from kaifaqu.domains.subsidies.progress import by_office, state_of, stretches
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.kernel import clock
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.pages import manners
from kaifaqu.pages.inputs import WordsInput
from kaifaqu.registers.vehicles.models import OwnerKind, Vehicle

YUAN = 10_000


def declare() -> None:
    """Declare the sections of these pages."""
    manners.panel(Vehicle, "subsidies/_dossier.html", replaces=("subsidy_papers.vehicle", "subsidy_applications.vehicle"))(of_vehicle)
    manners.panel(SubsidyApplication, "subsidies/_application.html", replaces=(
        "subsidy_steps.application", "subsidy_payments.application"))(of_application)
    manners.panel(DatedRule, "subsidies/_rule.html")(of_rule)
    manners.column(SchemeExample, "reasons", typed=_reasons,
                   told=lambda value, row: " ".join(names().get(each, each) for each in value.split()), brief=lambda value, row: value)


def _reasons(column: models.Field, form: Any) -> forms.Field:
    return WordsInput(names(), label=column.verbose_name, required=False, help_text=_("不符合或不清楚的全部理由；符合的不勾。"))


def of_vehicle(user: Any, record: Vehicle) -> dict[str, Any] | None:
    """Return the file of the vehicle's claim; of what was handed in only where, and nothing of what cannot be claimed."""
    if not _may_see(user, record.owner_id):
        return None
    application = SubsidyApplication.objects.visible_to(user).filter(vehicle=record).first()
    if application is not None:
        return {"record": record, "application": application}
    if record.owner_kind == OwnerKind.ORGANISATION or not user.may(SubsidyPaper.right_to("view"), record.owner_id):
        return None
    return {"record": record, **_shown(user, dossier(record, None, clock.today(), clock.today()))}


def of_application(user: Any, record: SubsidyApplication) -> dict[str, Any]:
    """Return how an application stands, and its file where the person may see papers."""
    steps = [*SubsidyStep.objects.visible_to(user).filter(application=record).order_by("taken_on", "id")]
    payments = [*SubsidyPayment.objects.visible_to(user).filter(application=record).order_by("paid_on", "id")]
    found = dossier(record.vehicle, record, record.submitted_on, clock.today())
    sees = {each: user.may(each.right_to("view"), record.owner_id) for each in (SubsidyPaper, SubsidyStep, SubsidyPayment)}
    told = sees[SubsidyStep] and sees[SubsidyPayment]  # with whom it is follows from both
    parts = [*stretches(record, steps, payments, clock.today(), found.by.terms if found.by else None)] if told else []
    return {
        "record": record, "application": record, "steps": steps, "payments": payments, "state": state_of(steps, payments) if told else "",
        "stretches": parts, "days": [*by_office(parts).items()], "paid": found.paid * YUAN if sees[SubsidyPayment] else None,
        "limited": any(each.limit for each in parts),
        "may_step": user.may(SubsidyStep.right_to("edit"), record.owner_id),
        "may_pay": user.may(SubsidyPayment.right_to("edit"), record.owner_id), "verdict": found.verdict,
        **(_shown(user, found) if sees[SubsidyPaper] else {}), "has_papers": bool(found.papers),
    }  # fmt: skip


def of_rule(user: Any, record: DatedRule) -> dict[str, Any] | None:
    """Return what leads from a rule about schemes to their comparison."""
    return {"owner": record.owner_id} if record.kind == SCHEMES.code else None


def _may_see(user: Any, owner: int) -> bool:
    return bool(user.may(SubsidyApplication.right_to("view"), owner))


def _shown(user: Any, found: Dossier) -> dict[str, Any]:
    """Return the papers in their order, those that are missing between them, and what there is to say."""
    kinds = [*dict.fromkeys((*found.needed, *found.papers))]
    rows = [(kind, SOURCES[kind], found.papers.get(kind), found.told.get(kind, {}),
             kind in found.papers and found.papers[kind].pk in found.scanned) for kind in kinds]
    owner = found.vehicle.owner_id
    return {
        "rows": rows, "found": found, "verdict": found.verdict, "is_complete": not found.problems,
        "may_enter": user.may(SubsidyPaper.right_to("edit"), owner),
        "may_submit": found.application is None and user.may(SubsidyApplication.right_to("edit"), owner),
    }  # fmt: skip
