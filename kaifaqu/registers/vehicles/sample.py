"""The demo recycler's vehicles: 2,400 invented ones of 2024 by channel and place, and the certificates given for them.

V0001 to V2012 belong to people who apply for a subsidy: those up to V1216 before 25 July. V2013 to V2232 were won in tenders of
public bodies and companies, V2233 to V2342 were handed over before 24 April; these 2,342 have a certificate and were
deregistered, and all but the last of them were dismantled in lots of 25. V2343 to V2400 still wait for their papers. Electric cars
are all among those with a number in ELECTRIC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.story import Batch, Ref, moment
from kaifaqu.registers.vehicles.models import Category, Channel, OwnerKind, Power, RecyclingCertificate, Vehicle
from kaifaqu.registers.vehicles.vin import check_digit

OWNER, BY, SEED = "DEMO-ELV", "recycler", 60008
FIRST, DAY, APRIL, JULY = date(2024, 1, 2), date(2024, 8, 5), date(2024, 4, 24), date(2024, 7, 25)
APPLIED_BEFORE, APPLIED, TENDERED, EARLY, ALL = 1216, 2012, 2232, 2342, 2400  # the last number of each group
ELECTRIC = (*range(1, 61), *range(1217, 1257))  # of the vehicles, these are electric; who hands one in buys a new-energy car
CHANNELS = {Channel.PLATFORM: 580, Channel.OWN: 860, Channel.PARTNER: 740}  # besides the 220 of tenders
PLACES = {  # province: city: vehicles
    "山西省": {
        "太原市": 1406, "晋中市": 168, "吕梁市": 142, "忻州市": 121, "阳泉市": 96, "长治市": 71, "临汾市": 64, "大同市": 46, "运城市": 38,
        "晋城市": 20, "朔州市": 12},
    "河北省": {"石家庄市": 74}, "河南省": {"郑州市": 42}, "陕西省": {"西安市": 52}, "内蒙古自治区": {"呼和浩特市": 48},
}  # fmt: skip
PARTNERS = (
    "演示汽车销售服务一店", "演示汽车销售服务二店", "演示汽贸园管理有限公司", "演示二手车交易市场有限公司", "演示道路救援服务有限公司")
VOIDED = (31, 412, 905, 1388, 1901)  # vehicles whose first certificate was voided
LOT, LOTS = 25, 92
CAR, COACH, TRUCK = Category.PASSENGER_CAR, Category.COACH, Category.TRUCK
MASSES = {CAR: (880, 1480), COACH: (4200, 9800), TRUCK: (2100, 8600)}  # kg


@dataclass
class Car:
    """One vehicle of the demo with its days; what has not come is None. `lot` is the lot, from 1, in which it was dismantled."""

    number: int
    facts: dict[str, Any]
    received_on: date
    issued_on: date | None = None
    deregistered_on: date | None = None
    dismantled_on: date | None = None
    lot: int = 0

    @property
    def code(self) -> str:
        """Return the vehicle's code."""
        return code(self.number)

    @property
    def certificate(self) -> str:
        """Return the code of its valid certificate."""
        return f"HS{self.number:04d}"

    @property
    def entered_on(self) -> date:
        """Return the day on which it is entered: the third of the month after the last that happened to it."""
        last = self.dismantled_on or DAY
        return min(DAY, (last.replace(day=1) + timedelta(days=32)).replace(day=3))


def code(number: int) -> str:
    """Return the code of the vehicle of this number."""
    return f"V{number:04d}"


def wrong_vin(number: int) -> str:
    """Return a number of the right form whose check digit is the one after the right one."""
    stem = f"DEMV00000BA{number:06d}"
    digits = "0123456789X"
    return f"{stem[:8]}{digits[(digits.index(check_digit(stem)) + 1) % len(digits)]}{stem[9:]}"


@cache
def cars() -> tuple[Car, ...]:
    """Return all vehicles in the order of their numbers."""
    random = Random(SEED)
    channels = [channel for channel, count in CHANNELS.items() for _time in range(count)]
    places = [(province, city) for province, cities in PLACES.items() for city, count in cities.items() for _time in range(count)]
    random.shuffle(channels)
    random.shuffle(places)
    made = [_car(number, channels, places[number - 1], random) for number in range(1, ALL + 1)]
    _put_into_lots(made)
    return tuple(made)


def _car(number: int, channels: list[Channel], place: tuple[str, str], random: Random) -> Car:
    is_tendered = APPLIED < number <= TENDERED
    category = random.choice((CAR, CAR, COACH, TRUCK)) if is_tendered else CAR
    power = Power.ELECTRIC if number in ELECTRIC else _power(category, random)
    channel = Channel.TENDER if is_tendered else channels.pop()
    handed = _handed_over(number, random)
    received = min(DAY, handed + timedelta(days=random.choice((0, 0, 0, 1))))
    low, high = MASSES[category]
    facts = {
        "vin": wrong_vin(number), "plate": f"演A{number:05d}", "category": category, "power": power,
        "model": f"演示车型 {random.choice('甲乙丙丁')}",
        "first_registered_on": _registered(power, random), "province": place[0], "city": place[1],
        "owner_kind": OwnerKind.ORGANISATION if is_tendered else OwnerKind.INDIVIDUAL,
        "holder": f"演示单位 {number - APPLIED:03d}" if is_tendered else f"演示人员 {10000 + number}", "channel": channel,
        "kerb_mass": random.randrange(low, high, 5), "handed_over_on": handed, "synthetic": True}
    if channel == Channel.PARTNER:
        facts["partner"] = Ref(Enterprise, partner(random.randrange(len(PARTNERS))))
    car = Car(number, facts, received)
    if number <= EARLY:
        car.issued_on = min(DAY, received + timedelta(days=random.randrange(1, 3)))
        car.deregistered_on = min(DAY, car.issued_on + timedelta(days=random.randrange(1, 4)))
    return car


def _power(category: Category, random: Random) -> Power:
    if category != CAR:
        return Power.DIESEL
    return random.choices((Power.PETROL, Power.DIESEL, Power.CNG, Power.HYBRID), (90, 4, 4, 2))[0]


def _registered(power: Power, random: Random) -> date:
    """Return a day of first registration with which the vehicle may be scrapped for a subsidy by the rules of 2024."""
    last = {Power.PETROL: date(2011, 6, 30), Power.ELECTRIC: date(2018, 4, 30)}.get(power, date(2013, 6, 30))
    return last - timedelta(days=random.randrange(1200))


def _handed_over(number: int, random: Random) -> date:
    """Return the day of handing over: what is applied for by a day has a certificate and was deregistered before it."""
    if number <= APPLIED_BEFORE:
        return APRIL + timedelta(days=(number - 1) * 83 // APPLIED_BEFORE)
    if number <= APPLIED:
        return date(2024, 7, 15) + timedelta(days=(number - APPLIED_BEFORE - 1) * 13 // (APPLIED - APPLIED_BEFORE))
    if number <= TENDERED:
        return FIRST + timedelta(days=random.randrange(200))
    if number <= EARLY:
        return FIRST + timedelta(days=(number - TENDERED - 1) * 112 // (EARLY - TENDERED))
    return DAY if number == ALL else date(2024, 7, 20) + timedelta(days=random.randrange(17))


def _put_into_lots(made: list[Car]) -> None:
    """Give the vehicles that were deregistered first their lots, each dismantled on the day after the last of them was."""
    waiting = sorted((car for car in made if car.deregistered_on), key=lambda car: (car.deregistered_on, car.number))
    for lot in range(LOTS):
        together = waiting[lot * LOT:(lot + 1) * LOT]
        day = max(car.deregistered_on for car in together if car.deregistered_on) + timedelta(days=1)
        for car in together:
            car.dismantled_on, car.lot = day, lot + 1


def partner(place: int) -> str:
    """Return the code of a partner."""
    return f"Q6{place + 1:03d}"


def scenes() -> Iterator[Batch]:
    """Yield the partners, then month by month the vehicles with which the recycler is through, and their certificates."""
    yield batch(FIRST, -59, Enterprise, [
        {"code": partner(place), "name": name, "credit_code": wrong_credit_code(6001 + place), "synthetic": True}
        for place, name in enumerate(PARTNERS)])
    for day in sorted({car.entered_on for car in cars()}):
        entered = [car for car in cars() if car.entered_on == day]
        yield batch(day, -50, Vehicle, [{
            "code": car.code, **car.facts, "received_on": car.received_on, "deregistered_on": car.deregistered_on,
            "dismantled_on": car.dismantled_on} for car in entered])
        yield batch(day, -45, RecyclingCertificate, [row for car in entered for row in certificates(car)])


def certificates(car: Car) -> Iterator[dict[str, Any]]:
    """Yield the certificate of a vehicle, after the one that was voided on the day on which the next was given."""
    if car.issued_on is None:
        return
    facts = {"vehicle": Ref(Vehicle, car.code), "issued_on": car.issued_on, "handed_over_on": car.facts["handed_over_on"]}
    number = f"演示证明 2024{car.number:05d}"
    if car.number in VOIDED:
        yield {**facts, "code": f"{car.certificate}A", "number": f"{number}-1", "voided_on": car.issued_on,
               "void_reason": "车主姓名写错，重新开具"}
    yield {**facts, "code": car.certificate, "number": number}


def batch(day: date, minutes: int, register: type, rows: list[dict[str, Any]]) -> Batch:
    """Return the entry of many rows by the recycler."""
    return Batch(moment(day, minutes), BY, register, rows, owner=OWNER)
