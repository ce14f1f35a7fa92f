"""A claim against the others of its owner: a new car counts for one old car, and a scheme may pay a person once a year.

Claims that were refused do not count.
"""

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _t

from kaifaqu.domains.subsidies.crosschecking import IDENTITY, INVOICE, NEW_REGISTRATION, SOURCES, Told, in_words, plain
from kaifaqu.domains.subsidies.models import REFUSED, SubsidyApplication, SubsidyPaper, SubsidyStep
from kaifaqu.domains.subsidies.schemes import Terms
from kaifaqu.registers.vehicles.models import Vehicle


def same_car(vehicle: Vehicle, told: Told) -> list[str]:
    """Return a sentence for each other vehicle on whose papers the new car stands as well."""
    kinds = INVOICE, NEW_REGISTRATION
    numbers = {vin for kind in kinds if (vin := told.get(kind, {}).get("vin"))}
    if not numbers:
        return []
    refused = _refusals(vehicle).filter(application__archived_at=None).values("application__vehicle")
    papers = SubsidyPaper.objects.current().filter(owner_id=vehicle.owner_id, kind__in=kinds, vin__in=numbers)
    found = dict(papers.exclude(vehicle=vehicle).exclude(vehicle__in=refused).order_by("vehicle__code").values_list("vehicle__code", "vin"))
    return [_t("新车「{vin}」也写在另一辆报废机动车 {vehicle} 的单证上；一辆新车只能用于一份申请。").format(vin=vin, vehicle=code)
            for code, vin in found.items()]


def same_person(vehicle: Vehicle, told: Told, terms: Terms | None) -> list[str]:
    """Return a sentence for each other application of the same person, where the scheme pays once a year."""
    number = told.get(IDENTITY, {}).get("identity")
    if not number or terms is None or not terms.get("once"):
        return []
    others = SubsidyApplication.objects.current().filter(owner_id=vehicle.owner_id, submitted_on__range=(terms["since"], terms["until"]))
    identity = SubsidyPaper.objects.current().filter(vehicle=OuterRef("vehicle"), kind=IDENTITY).values("identity")
    found = others.exclude(vehicle=vehicle).exclude(pk__in=_refusals(vehicle).values("application")).order_by("code").values_list(
        "code", Subquery(identity))
    return [_t("{application} 的「{paper}」上是同一个证件号码（{number}）；{scheme} 年的方案一年只补一次。").format(
                application=code, paper=SOURCES[IDENTITY], number=in_words("identity", number), scheme=terms.scheme)
            for code, other in found if plain(other) == plain(number)]


def _refusals(vehicle: Vehicle) -> QuerySet[SubsidyStep]:
    """Return by which steps applications of the vehicle's owner were refused: nothing comes after such a step."""
    return SubsidyStep.objects.current().filter(owner_id=vehicle.owner_id, state=REFUSED)
