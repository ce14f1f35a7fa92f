"""The file of one claim (申请档案): its papers, what is missing, what contradicts, and the answer of the scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.crosschecking import (
    APPLICATION,
    INVOICE,
    NEW_REGISTRATION,
    OLD_REGISTRATION,
    REGISTER,
    SOURCES,
    Told,
    differences,
    doubts,
    filled,
    lacking,
    same_owner,
)
from kaifaqu.domains.subsidies.evaluating import Ready, Verdict, evaluate, ready
from kaifaqu.domains.subsidies.facts import read
from kaifaqu.domains.subsidies.fuels import JUDGED_AS, judged_as
from kaifaqu.domains.subsidies.models import (
    DOCUMENTS,
    ON_PAPERS,
    SCAN,
    NewPower,
    SubsidyApplication,
    SubsidyPaper,
    SubsidyPayment,
)
from kaifaqu.domains.subsidies.others import same_car, same_person
from kaifaqu.domains.subsidies.papers import FURTHER, PRINTED_DAYS, PaperKind
from kaifaqu.files.models import Attachment
from kaifaqu.kernel import dated
from kaifaqu.kernel.world import World
from kaifaqu.registers.vehicles.models import Category, RecyclingCertificate, Vehicle

YUAN = 10_000  # in one 万元
HANDED_IN = ("power", "displacement", "price", "city", *DOCUMENTS)


@dataclass(frozen=True)
class Dossier:
    """What is known of a claim on a day: `missing` and `differences` stand in its way, `doubts` a person confirms.

    `facts` are those by which it is judged, `by` the scheme as it was known then, both none where there was no scheme yet.
    """

    vehicle: Vehicle
    application: SubsidyApplication | None
    papers: Mapping[str, SubsidyPaper]
    scanned: frozenset[int]
    told: Told
    missing: list[str]
    differences: list[str]
    doubts: list[str]
    paid: Decimal
    by: Ready | None = None
    verdict: Verdict | None = None

    @property
    def needed(self) -> list[str]:
        """Return the kinds of papers that the claim needs."""
        return needed(self.by)

    @property
    def problems(self) -> list[str]:
        """Return everything for which it cannot be handed in: what is missing, what contradicts, and what the scheme refuses."""
        refused = [f"{each.text}（{each.source}）" for each in self.verdict.failing] if self.verdict else [
            _("这一天还没有公布补贴方案。")]
        return [*self.missing, *self.differences, *refused]

    @property
    def open_questions(self) -> list[str]:
        """Return what a person must confirm: doubts, and what the scheme leaves open."""
        return [*self.doubts, *(f"{each.text}（{each.source}）" for each in self.verdict.unclear)] if self.verdict else self.doubts

    def handed_in(self) -> dict[str, Any]:
        """Return the facts of the application as they stand on the papers, of a complete file."""
        new = self.told[NEW_REGISTRATION]
        return {
            "power": new["power"], "displacement": new["displacement"] if new["power"] == NewPower.FUEL else None,
            "price": self.told[INVOICE]["price"], "city": self.told[INVOICE]["city"],
            **{name: self.told[kind]["dated_on"] for name, kind in zip(DOCUMENTS, PRINTED_DAYS, strict=True)}}


def needed(by: Ready | None) -> list[str]:
    """Return the kinds of papers that a scheme asks for, in their order; where it names no further ones, those that tell what it asks."""
    further = by.terms.get("papers") if by else None
    if not further:
        asks_since_when = by is not None and "owned_since" in by.needed
        further = [kind for kind in FURTHER if kind != OLD_REGISTRATION or asks_since_when]
    return [kind for kind in PaperKind if kind in PRINTED_DAYS or kind in further]


def dossier(
    vehicle: Vehicle, application: SubsidyApplication | None, on: date, as_of: date, declared: Mapping[str, bool] | None = None,
) -> Dossier:
    """Return the file of a vehicle's claim that is handed in on a day, by what was known of the schemes on another.

    `declared` is what the applicant says and no paper shows, by default what the application has; the rest is not known.
    """
    papers = {each.kind: each for each in SubsidyPaper.objects.current().filter(vehicle=vehicle, owner_id=vehicle.owner_id)}
    scans = Attachment.objects.current().filter(
        subject=SubsidyPaper._meta.label_lower, subject_id__in=[each.pk for each in papers.values()], purpose=SCAN)
    scanned = frozenset(scans.values_list("subject_id", flat=True))
    certificate = RecyclingCertificate.objects.current().filter(vehicle=vehicle, voided_on=None).first()
    paid = Decimal(0) if application is None else sum(
        SubsidyPayment.objects.current().filter(application=application).values_list("amount", flat=True), Decimal(0))
    told = _told(vehicle, certificate, papers, application)
    fuel = judged_as(dated.resolve(JUDGED_AS.code, vehicle.owner_id, as_of, World()).content)
    declared = declared if declared is not None else application.declared() if application else {}
    told[REGISTER]["fuel"] = fuel(vehicle.power, vehicle.plate)
    facts, contradictions = read(_facts(vehicle, told, on, paid, declared), max(on, as_of))
    by = _judging(vehicle.owner_id, facts, on, as_of)
    return Dossier(
        vehicle, application, papers, scanned, told, _missing(by, papers, scanned, certificate, told),
        [*differences(told), *same_car(vehicle, told), *contradictions],
        [*doubts(told), *same_person(vehicle, told, by.terms if by else None)], paid, by, evaluate(facts, by, as_of) if by else None)


def _told(
    vehicle: Vehicle, certificate: RecyclingCertificate | None, papers: Mapping[str, SubsidyPaper],
    application: SubsidyApplication | None,
) -> dict[str, dict[str, Any]]:
    """Return what each source says of the claim's facts."""
    register = {name: getattr(vehicle, name) for name in ("vin", "plate", "holder", "power", "deregistered_on")}
    register |= {name: getattr(certificate, name, None) for name in ("number", "issued_on", "handed_over_on")}
    told = {REGISTER: register} | {
        kind: filled(kind, {name: getattr(each, name) for name in ON_PAPERS}, register) for kind, each in papers.items()}
    if application:
        told[APPLICATION] = {name: getattr(application, name) for name in HANDED_IN}
    return told


def _missing(
    by: Ready | None, papers: Mapping[str, SubsidyPaper], scanned: frozenset[int], certificate: RecyclingCertificate | None, told: Told,
) -> list[str]:
    found = [] if certificate else [_("没有有效的回收证明，请先在「报废机动车回收证明」登记。")]
    kinds = needed(by)
    without = [str(SOURCES[kind]) for kind in kinds if kind not in papers]
    bare = [str(SOURCES[kind]) for kind in kinds if kind in papers and papers[kind].pk not in scanned]
    found += [_("缺单证：{names}。").format(names="、".join(without))] if without else []
    found += [_("缺扫描件：{names}。").format(names="、".join(bare))] if bare else []
    return [*found, *lacking(told)]


def _facts(vehicle: Vehicle, told: Told, on: date, paid: Decimal, declared: Mapping[str, bool]) -> dict[str, str]:
    """Return the facts of the case as they are typed elsewhere: by the papers, where there are none by the application."""
    invoice, new, handed_in = (told.get(source, {}) for source in (INVOICE, NEW_REGISTRATION, APPLICATION))
    power, price = new.get("power") or handed_in.get("power"), invoice.get("price") or handed_in.get("price")
    facts = {
        "applicant": vehicle.owner_kind, **on_papers(told, power),
        "old_kind": "passenger_car" if vehicle.category == Category.PASSENGER_CAR else "other", "old_fuel": told[REGISTER]["fuel"],
        "old_registered_on": vehicle.first_registered_on, "new_power": power,
        "new_displacement": (new.get("displacement") or handed_in.get("displacement")) if power == NewPower.FUEL else None,
        "price": f"{price * YUAN:.2f}" if price else None, "applied_on": on, "already_paid": f"{paid * YUAN:.0f}",
        **declared,
        **{name: told.get(kind, {}).get("dated_on") or handed_in.get(name) for name, kind in zip(DOCUMENTS, PRINTED_DAYS, strict=True)}}
    return {name: str(value) for name, value in facts.items() if value not in (None, "")}


def on_papers(told: Told, power: str | None) -> dict[str, Any]:
    """Return the facts that stand on papers alone, of a claim for a new car of this power; None is what no paper says."""
    new = told.get(NEW_REGISTRATION, {})
    places = [each.get("province") for each in (told.get(INVOICE, {}), new)]
    return {
        "same_owner": same_owner(told), "owned_since": told.get(OLD_REGISTRATION, {}).get("dated_on"),
        "new_in_catalogue": new.get("in_catalogue") if power == NewPower.NEV else None,
        "same_province": places[0] == places[1] if all(places) else None}


def _judging(owner: int, facts: Mapping[str, Any], on: date, as_of: date) -> Ready | None:
    """Return the scheme by which the claim is judged: at the turn of a year two of them are open."""
    content = dated.resolve(schemes.SCHEMES.code, owner, as_of, World()).content
    terms = schemes.judging(content, str(on), facts.get("invoiced_on"), as_of)
    return ready(content, terms.scheme, as_of) if terms else None
