"""The demo's files of claims: three applications with their papers, one of them contradicting, and a vehicle whose papers are missing.

What the applications say stays as it is: the papers repeat it.
"""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kaifaqu.domains.subsidies.models import SubsidyApplication, SubsidyPaper, SubsidyStep
from kaifaqu.domains.subsidies.sample import FUEL, Application, applications
from kaifaqu.files import store
from kaifaqu.registers.story import Batch, Ref, Scene, moment
from kaifaqu.registers.vehicles.models import Vehicle
from kaifaqu.registers.vehicles.sample import BY, DAY, OWNER, batch, cars, code, wrong_vin

PAID, WAITING, CONTRADICTING, AGAIN = 61, 1300, 1301, 700  # vehicles of applications; of the last there are steps alone
INCOMPLETE = 2343  # a vehicle that came in July and waits for its certificate
ANOTHER = "演示人员 99999"
STEPS = {  # days after the submission, at the latest the day of the demo
    PAID: ((2, "commerce", "accepted", ""), (9, "commerce", "passed", ""), (12, "police", "passed", "")),
    AGAIN: ((2, "commerce", "returned", "注销日期与电子注销证明不一致"), (6, "commerce", "resubmitted", ""),
            (7, "commerce", "accepted", ""), (15, "commerce", "passed", "")),
    WAITING: ((1, "commerce", "accepted", ""),),
    CONTRADICTING: ((1, "commerce", "returned", "发票购买方与身份证姓名不一致"),),
}  # fmt: skip


def scenes() -> Iterator[Batch | Scene]:
    """Yield the papers, their scans and the steps, all entered on the demo's day."""
    kept = store.keep(io.BytesIO("演示扫描件\n".encode()), "演示扫描件.txt")
    papers = [paper for number in (PAID, WAITING, CONTRADICTING) for paper in of_application(applications()[number - 1])]
    papers += [each for each in of_vehicle(INCOMPLETE) if each["kind"] in ("identity", "bank")]
    yield batch(DAY, -30, SubsidyPaper, papers)
    for place, paper in enumerate(each for each in papers if each["vehicle"].code != code(INCOMPLETE)):
        yield Scene(moment(DAY, -29) + timedelta(seconds=place), BY, "subsidy_papers.attach", paper["code"], {
            "kept": kept, "purpose": "scan_evidence"}, OWNER)
    yield batch(DAY, -28, SubsidyStep, [*steps()])


def steps() -> Iterator[dict[str, Any]]:
    """Yield what happened to the applications."""
    for number, taken in STEPS.items():
        application = applications()[number - 1]
        for place, (days, office, state, reason) in enumerate(taken, 1):
            yield {"code": f"BJ{number:04d}{place}", "application": Ref(SubsidyApplication, application.code), "office": office,
                   "state": state, "taken_on": min(DAY, application.submitted_on + timedelta(days=days)), "reason": reason}


def of_application(application: Application) -> Iterator[dict[str, Any]]:
    """Yield the papers of an application, which say what it says; of one of them another name stands on the invoice."""
    facts, number = application.facts, application.number
    new = {"holder": holder(number), "vin": wrong_vin(900_000 + number)}
    yield from of_vehicle(number)
    buyer = ANOTHER if number == CONTRADICTING else new["holder"]
    yield paper(number, 3, "invoice", **new | {"holder": buyer}, number=f"演示发票 {number}", identity=identity(number),
                dated_on=facts["invoiced_on"], price=facts["price"], province="山西省", city=facts["city"])
    power = {"power": FUEL, "displacement": facts["displacement"], "plate": f"演B{number:05d}"} if application.power == FUEL else {
        "power": application.power, "in_catalogue": True, "plate": f"演AD{number:05d}"}
    yield paper(number, 4, "new_registration", **new, **power, dated_on=facts["registered_on"], province="山西省")


def of_vehicle(number: int) -> Iterator[dict[str, Any]]:
    """Yield the papers of the old car and of the person who applies."""
    old = {"holder": holder(number), "vin": wrong_vin(number)}
    registered: date = cars()[number - 1].facts["first_registered_on"]
    yield paper(number, 1, "certificate")
    yield paper(number, 2, "deregistration", **old)
    yield paper(number, 5, "old_registration", **old, dated_on=registered)
    yield paper(number, 6, "identity", holder=holder(number), identity=identity(number))
    yield paper(number, 7, "bank", holder=holder(number))


def paper(vehicle: int, place: int, kind: str, **facts: Any) -> dict[str, Any]:
    """Return a paper of a vehicle."""
    return {"code": f"DZ{vehicle:04d}{place}", "vehicle": Ref(Vehicle, code(vehicle)), "kind": kind, **facts}


def holder(number: int) -> str:
    """Return whose vehicle it is."""
    return str(cars()[number - 1].facts["holder"])


def identity(number: int) -> str:
    """Return the number of this person's card, which is none."""
    return f"演示证件号码 {10000 + number}"
