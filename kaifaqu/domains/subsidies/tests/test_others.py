"""A claim against the others of its owner: one new car for two old ones is refused, one person twice in a year is confirmed."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.subsidies import others
from kaifaqu.domains.subsidies.dossier import dossier
from kaifaqu.domains.subsidies.evaluating import ready
from kaifaqu.domains.subsidies.models import SubsidyApplication, SubsidyPaper, SubsidyStep
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.tests.conftest import PRINTED
from kaifaqu.domains.subsidies.tests.test_dossier import submit
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.story import moment
from kaifaqu.registers.vehicles.models import Vehicle

NEW, NUMBER = "DEM00000000000091", "11010119900101123X"
DAY = date(2025, 3, 1)
SENTENCE = f"新车「{NEW}」也写在另一辆报废机动车 {{}} 的单证上；一辆新车只能用于一份申请。"


def papers(zone, vehicle, *rows):
    """Enter papers of a vehicle: kind, new car and number of the person in each row."""
    return testing.enter(SubsidyPaper, zone, "\n".join(["kind | vin | identity", *rows]), vehicle=vehicle)


def archive(record, clerk):
    commit([actions.find(record.right_to("archive")).plan(record, by=clerk, version=1, reason="作废")], by=clerk)


@pytest.mark.parametrize(("row", "is_told"), [
    (f"invoice | {NEW} |", True), (f"new_registration | {NEW} |", True),
    ("invoice | dem 0000-0000 000091 |", True), ("invoice | DEM00000000000092 |", False), ("invoice | |", False),
    (f"deregistration | {NEW} |", False),  # of the old car
])  # fmt: skip
def test_a_new_car_on_the_papers_of_two_old_ones_stands_in_the_way_of_both(zone, vehicles, row, is_told):
    papers(zone, vehicles[0], f"invoice | {NEW.lower()} |")
    papers(zone, vehicles[1], row)
    for one, other in (("V1", "V2"), ("V2", "V1")):
        found = dossier(Vehicle.objects.get(code=one), None, DAY, DAY)
        assert [each for each in found.differences if "另一辆" in each] == ([SENTENCE.format(other)] if is_told else [])


def test_each_other_vehicle_is_told_once_and_the_claim_is_refused(zone, vehicles, clerk):
    for vehicle in vehicles[:3]:
        papers(zone, vehicle, f"invoice | {NEW} |", f"new_registration | {NEW} |")
    with pytest.raises(ValidationError) as told:
        submit(zone, vehicles[0], clerk, confirmed=True, reason="已核对")
    assert [each for each in told.value.messages if "另一辆" in each] == [SENTENCE.format("V2"), SENTENCE.format("V3")]


def test_archived_papers_refused_claims_and_other_owners_do_not_count(zone, other, vehicles, applications, clerk):
    papers(zone, vehicles[0], f"invoice | {NEW} |")
    [paper] = papers(zone, vehicles[1], f"invoice | {NEW} |")
    papers(zone, vehicles[2], f"invoice | {NEW} |")
    [foreign] = testing.enter(Vehicle, other, "code | vin\nOTHER | DEM00000000000077", category="passenger_car", power="1",
                              owner_kind="individual", channel="own", synthetic=True)
    papers(other, foreign, f"invoice | {NEW} |")

    def told(vehicle):
        return [each for each in dossier(vehicle, None, DAY, DAY).differences if "另一辆" in each]

    assert (told(vehicles[0]), told(foreign)) == ([SENTENCE.format("V2"), SENTENCE.format("V3")], [])
    archive(paper, clerk)
    assert told(vehicles[0]) == [SENTENCE.format("V3")]
    testing.enter(SubsidyStep, zone, "state | taken_on | reason\nrefused | 2024-08-01 | 证明无效", application=applications[2])
    assert told(vehicles[0]) == []


@pytest.fixture
def claims(zone, vehicles):
    """Return the applications of V2 to V5, handed in at the edges of the span of 2025, all with one person's number."""
    clock.set(moment(date(2026, 2, 1)))
    for vehicle, number in zip(vehicles, (NUMBER, NUMBER.lower(), f" {NUMBER[:6]} {NUMBER[6:]}", NUMBER, NUMBER), strict=False):
        papers(zone, vehicle, f"identity | | {number}")
    return testing.enter(SubsidyApplication, zone, """
        code | vehicle | submitted_on
        A2   | V2      | 2025-01-01
        A3   | V3      | 2026-01-10
        A4   | V4      | 2024-12-31
        A5   | V5      | 2026-01-11
    """, power="nev", price="14.8", city="太原", invoiced_on="2024-05-10", **PRINTED)


def doubted(vehicle, day=DAY):
    return [each for each in dossier(vehicle, None, day, max(day, DAY)).doubts if "一年只补一次" in each]


def test_one_person_twice_in_the_span_of_a_scheme_that_pays_once_a_year_is_confirmed(zone, vehicles, claims, clerk):
    sentence = "{} 的「申请人身份证」上是同一个证件号码（18 位，尾号 123X）；2025 年的方案一年只补一次。"
    assert doubted(vehicles[0]) == [sentence.format("A2"), sentence.format("A3")]
    assert doubted(vehicles[1]) == [sentence.format("A3")]  # its own one does not count
    assert doubted(vehicles[0], date(2024, 8, 5)) == []  # the scheme of 2024 does not say that it pays once
    assert not any(NUMBER[:14] in each for each in doubted(vehicles[0]))
    archive(SubsidyPaper.objects.get(vehicle=vehicles[1]), clerk)
    assert doubted(vehicles[0]) == [sentence.format("A3")]
    for state in ("returned", "refused"):
        assert len(doubted(vehicles[0])) == 1  # what was sent back still counts
        testing.enter(SubsidyStep, zone, f"state | taken_on | reason\n{state} | 2026-01-20 | 证明无效", application=claims[1])
    assert doubted(vehicles[0]) == []


def test_other_persons_claims_and_those_of_other_owners_are_not_told(zone, other, vehicles, claims):
    papers(zone, vehicles[5], f"identity | | {NUMBER[:-1]}1")
    [foreign] = testing.enter(Vehicle, other, "code | vin\nOTHER | DEM00000000000077", category="passenger_car", power="1",
                              owner_kind="individual", channel="own", synthetic=True)
    assert (doubted(vehicles[5]), doubted(foreign)) == ([], [])
    papers(other, foreign, f"identity | | {NUMBER}")
    assert (doubted(vehicles[5]), doubted(foreign)) == ([], [])


def test_other_claims_are_looked_up_in_two_statements_however_many_there_are(zone, vehicles, claims, django_assert_num_queries):
    told = {"invoice": {"vin": NEW}, "identity": {"identity": NUMBER}}
    terms = ready(SCHEMES.shipped().content, 2025, DAY).terms
    with django_assert_num_queries(2):
        assert (others.same_car(vehicles[0], told), len(others.same_person(vehicles[0], told, terms))) == ([], 2)
