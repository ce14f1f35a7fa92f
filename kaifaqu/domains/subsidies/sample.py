"""The demo recycler's policy documents, 2,012 applications, and what was paid on 600 of them, in the totals of the page.

Vehicles V0001 to V1216 were applied for before 25 July, V1217 to V2012 from that day on; the third document of 2024, of 16 August,
is not out yet on the day of the demo.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from kaifaqu.domains.subsidies.models import PolicyDocument, SubsidyApplication, SubsidyPayment
from kaifaqu.registers.story import Batch, Ref
from kaifaqu.registers.vehicles.models import Vehicle
from kaifaqu.registers.vehicles.sample import (
    APPLIED,
    APPLIED_BEFORE,
    APRIL,
    DAY,
    ELECTRIC,
    JULY,
    Car,
    batch,
    cars,
    code,
)

SEED = 60010
DOCUMENTS = (  # the day on which it is entered, and what is known of it; numbers of documents that the page does not give are empty
    (date(2024, 5, 6), {
        "code": "ZC0001", "number": "商消费函〔2024〕75号", "title": "汽车以旧换新补贴实施细则", "kind": "rules",
        "issuer": "商务部", "issuers": 7, "issued_on": "2024-04-24", "published_on": "2024-04", "since": date(2024, 4, 24),
        "reference": "公开转载，请与原文核对"}),
    (date(2024, 5, 20), {
        "code": "ZC0002", "title": "汽车以旧换新补贴实施细则（山西省）", "kind": "rules", "issuer": "山西省",
        "reference": "版面提到，文号和日期待查"}),
    (JULY, {
        "code": "ZC0003", "number": "发改环资〔2024〕1104号", "title": "关于加力支持大规模设备更新和消费品以旧换新的若干措施",
        "kind": "measures", "issuer": "国家发展改革委", "announced_on": "2024-07-25", "raises": True,
        "reference": "公开转载，请与原文核对"}),
)  # fmt: skip
NEV, FUEL = "nev", "fuel"
GROUPS = ((range(1, APPLIED_BEFORE + 1), 516), (range(APPLIED_BEFORE + 1, APPLIED + 1), 430))  # vehicles, and how many bought a NEV
MEANS = {NEV: 1480, FUEL: 960}  # of the new cars' prices, in hundreds of 元: together 14,000.8 and 10,233.6 万元
SPREAD = {NEV: 620, FUEL: 380}
LITRES = ("1.197", "1.395", "1.498", "1.499", "1.598", "1.987", "1.998", "2.0")
CITIES = {"太原市": 64, "晋中市": 12, "吕梁市": 8, "忻州市": 6, "长治市": 4, "阳泉市": 3, "临汾市": 3}  # per cent
PAID = {NEV: 250, FUEL: 350}  # so many of those applied for before 25 July, at 1 and 0.7 万元
AMOUNTS = {NEV: "1", FUEL: "0.7"}


@dataclass
class Application:
    """One application of the demo."""

    number: int
    power: str
    submitted_on: date
    entered_on: date
    facts: dict[str, Any]

    @property
    def code(self) -> str:
        """Return its code."""
        return f"BT{self.number:04d}"


@cache
def applications() -> tuple[Application, ...]:
    """Return all applications in the order of their vehicles."""
    random = Random(SEED)
    powers = [power for numbers, count in GROUPS for power in _powers(numbers, count, random)]
    prices = {power: _prices(power, powers.count(power), random) for power in MEANS}
    cities = random.choices([*CITIES], [*CITIES.values()], k=APPLIED)
    return tuple(
        _application(car, power, prices[power].pop(), city, random)
        for car, power, city in zip(cars()[:APPLIED], powers, cities, strict=True))


def _powers(numbers: range, count: int, random: Random) -> list[str]:
    """Return what is bought for each vehicle: who hands in an electric car buys one, and of the others so many that it is `count`."""
    others = [number for number in numbers if number not in ELECTRIC]
    chosen = {*random.sample(others, count - (len(numbers) - len(others)))}
    return [FUEL if number in others and number not in chosen else NEV for number in numbers]


def _prices(power: str, count: int, random: Random) -> list[int]:
    """Return so many prices in hundreds of 元, in pairs around the mean, so that their sum is exact."""
    steps = [random.randrange(-SPREAD[power], SPREAD[power]) for _pair in range(count // 2)]
    found = [MEANS[power] + sign * step for step in steps for sign in (1, -1)]
    random.shuffle(found)
    return found


def _application(car: Car, power: str, price: int, city: str, random: Random) -> Application:
    is_early = car.number <= APPLIED_BEFORE
    assert car.deregistered_on is not None  # every vehicle that is applied for was deregistered
    earliest = car.deregistered_on if is_early else max(JULY, car.deregistered_on)
    submitted = min(JULY - timedelta(days=1) if is_early else DAY, earliest + timedelta(days=random.randrange(9 if is_early else 4)))
    invoiced = max(APRIL, submitted - timedelta(days=random.randrange(2, 30)))
    registered = min(submitted, invoiced + timedelta(days=random.randrange(1, 6)))
    facts = {
        "submitted_on": submitted, "power": power, "price": f"{price / 100:.2f}", "city": city, "invoiced_on": invoiced,
        "registered_on": registered, "handed_over_on": car.facts["handed_over_on"], "deregistered_on": car.deregistered_on}
    if power == FUEL:
        facts["displacement"] = random.choice(LITRES)
    return Application(car.number, power, submitted, max(car.entered_on, _third(submitted)), facts)


def _third(day: date) -> date:
    """Return the third of the month after, on which the month's applications are entered, at the latest the day of the demo."""
    return min(DAY, (day.replace(day=1) + timedelta(days=32)).replace(day=3))


def scenes() -> Iterator[Batch]:
    """Yield the documents as they came out, month by month the applications, and what was paid until the demo's day."""
    for day, facts in DOCUMENTS:
        yield batch(day, -70, PolicyDocument, [facts])
    for day in sorted({each.entered_on for each in applications()}):
        yield batch(day, -40, SubsidyApplication, [
            {"code": each.code, "vehicle": Ref(Vehicle, code(each.number)), **each.facts}
            for each in applications() if each.entered_on == day])
    yield batch(DAY, -35, SubsidyPayment, [*payments()])


def payments() -> Iterator[dict[str, Any]]:
    """Yield what was paid, to those who had applied first, twenty days after they had."""
    left = dict(PAID)
    early = sorted((each for each in applications() if each.number <= APPLIED_BEFORE), key=lambda each: (each.submitted_on, each.number))
    for each in early:
        if left[each.power]:
            left[each.power] -= 1
            yield {"code": f"FF{each.number:04d}", "application": Ref(SubsidyApplication, each.code), "amount": AMOUNTS[each.power],
                   "paid_on": min(DAY, each.submitted_on + timedelta(days=20)), "document": f"演示拨付批次 {each.submitted_on:%Y%m}"}
