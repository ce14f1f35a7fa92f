"""The totals of the demo recycler's vehicles: quotas first, then random detail within them."""

from collections import Counter
from datetime import date

from kaifaqu.registers.vehicles import sample
from kaifaqu.registers.vehicles.models import Channel, OwnerKind, Power
from kaifaqu.registers.vehicles.vin import vin_problem


def test_vehicles_by_channel_and_place_sum_to_all():
    cars = sample.cars()
    assert Counter(car.facts["channel"] for car in cars) == {
        Channel.TENDER: 220, Channel.PLATFORM: 580, Channel.OWN: 860, Channel.PARTNER: 740}
    assert sum(car.facts["city"] == "太原市" for car in cars) == 1406
    assert Counter(car.facts["province"] == "山西省" for car in cars) == {True: 1406 + 778, False: 216}
    assert len({car.facts["vin"] for car in cars}) == len(cars) == 2400
    assert all(car.facts["vin"].startswith("DEM") and "校验位" in vin_problem(car.facts["vin"]) for car in cars)
    assert (min(car.received_on for car in cars), max(car.received_on for car in cars)) == (date(2024, 1, 2), date(2024, 8, 5))


def test_whoever_applies_hands_over_in_time_and_has_everything_before_the_day_of_application():
    for car in sample.cars()[:sample.APPLIED]:
        assert car.facts["handed_over_on"] >= sample.APRIL
        assert car.facts["handed_over_on"] <= car.received_on < car.issued_on < car.deregistered_on <= sample.DAY
        assert car.facts["owner_kind"] == OwnerKind.INDIVIDUAL
        if car.number <= sample.APPLIED_BEFORE:
            assert car.deregistered_on < sample.JULY
    assert {car.number for car in sample.cars() if car.facts["power"] == Power.ELECTRIC} == {*sample.ELECTRIC}


def test_the_other_vehicles_are_of_bodies_handed_over_early_or_waiting():
    rest = sample.cars()[sample.APPLIED:]
    assert sum(car.facts["owner_kind"] == OwnerKind.ORGANISATION for car in rest) == 220
    assert sum(car.facts["handed_over_on"] < sample.APRIL for car in rest if car.facts["channel"] != Channel.TENDER) == 110
    assert sum(car.issued_on is None for car in rest) == 58


def test_2300_vehicles_were_dismantled_in_92_lots_and_5_certificates_voided():
    lots = Counter(car.lot for car in sample.cars() if car.lot)
    assert (len(lots), {*lots.values()}, sum(lots.values())) == (92, {25}, 2300)
    assert all(car.deregistered_on < car.dismantled_on <= sample.DAY for car in sample.cars() if car.lot)
    rows = [row for car in sample.cars() for row in sample.certificates(car)]
    assert (len(rows), sum("voided_on" in row for row in rows)) == (2347, 5)
