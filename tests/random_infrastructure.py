"""The part of a random zone that is built and let: buildings, units, leases, works, plants with their days, pools."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

KINDS = ("standard_workshop", "standard_workshop", "standard_workshop", "dormitory")
VOLUMES = ("0", "99.99", "100", "100.01", "250", "1250.5", None)
NAMES = ("buildings", "building_units", "leases", "works", "work_payments", "plants", "plant_capacities", "plant_days",
         "capacity_pools", "pool_capacities", "reservations")  # fmt: skip
FORGOTTEN = ("leases", "building_units", "works", "work_payments", "plants", "plant_capacities", "plant_days", "pool_capacities",
             "reservations", "capacity_pools", "buildings")  # fmt: skip


def build(zone: Any) -> None:
    """Take perhaps a step or two in what is built and let."""
    for _number in range(zone.chance.choice((0, 0, 1, 1, 2))):
        step = zone.chance.choices([*STEPS], [*STEPS.values()])[0]
        try:
            step(zone)
        except ValidationError:
            zone.refused += 1


def _need(zone: Any, name: str) -> Any:
    """Return any record of the register; where there is none the step is not possible."""
    if not zone.rows[name]:
        raise ValidationError("nothing there yet")
    return zone.chance.choice(zone.rows[name])


def _span(zone: Any, days: int = 400) -> dict[str, Any]:
    since = zone._day()
    until = since + timedelta(days=zone.chance.randrange(1, days)) if zone.chance.random() < 0.5 else None
    return {"since": since, "until": until}


def building(zone: Any) -> None:
    """Enter a building at any stage, its days known to the day, the month or the year."""
    if len(zone.rows["parks"]) < 2:
        zone._enter("parks", name=f"园区{len(zone.rows['parks'])}")
    facts = zone._chain(("started_on", "completed_on", "handed_over_on", "demolished_on")[:zone.chance.choice((0, 1, 2, 2, 2, 3, 4))])
    zone._enter("buildings", name=f"{zone.chance.randrange(9)}号楼", kind=zone.chance.choice(KINDS), park=zone._any("parks"),
                area=zone.chance.choice(("3000", "3500.55", "0.01")), **facts)


def unit(zone: Any) -> None:
    """Enter a unit, or split one into two."""
    if zone.rows["building_units"] and zone.chance.random() < 0.2:
        one: Any = _need(zone, "building_units")
        parts = [f"{one.name}a {one.area / 2:f}", f"{one.name}b {one.area / 2:f}"]
        zone._do("building_units", "split", one, split_on=one.since + timedelta(days=zone.chance.randrange(1, 300)), parts=parts)
        zone.rows["building_units"] = list(type(one).objects.current().filter(owner=zone.owner).order_by("id"))
        return
    zone._enter("building_units", building=_need(zone, "buildings"), name=f"{zone.chance.randrange(40)}",
                area=zone.chance.choice(("100", "250.5", "0.02")), **_span(zone, 900))


def lease(zone: Any) -> None:
    """Let a unit, or end a lease."""
    standing = [each for each in zone.rows["leases"] if each.ended_on is None]
    if standing and zone.chance.random() < 0.3:
        one: Any = zone.chance.choice(standing)
        zone._replace("leases", one, zone._do("leases", "end", one, ended_on=one.since + timedelta(days=zone.chance.randrange(1, 500))))
        return
    one = _need(zone, "building_units")
    span = _span(zone) | {"since": one.since + timedelta(days=zone.chance.randrange(90))}
    zone._enter("leases", unit=one, tenant=_need(zone, "enterprises"), **span)


def work(zone: Any) -> None:
    """Enter a work at any stage, link a building to one, pay for one, or correct the days of one, which its buildings follow."""
    what = zone.chance.choice(("new", "new", "link", "pay", "pay", "correct"))
    if what == "new":
        names = ("contracted_on", "started_on", "accepted_on", "handed_over_on")[:zone.chance.randrange(1, 5)]
        contract = {"contract_amount": zone.chance.choice(("1", "12000.5", "0.000001")), "contract_document": "合同"}
        zone._enter("works", name=f"工程{zone.chance.randrange(20)}", kind=zone.chance.choice(("道路", "标准化厂房", "其他")),
                    park=zone._any("parks"), **contract, **zone._chain(names))
    elif what == "link":
        zone._enter("work_buildings", work=_need(zone, "works"), building=_need(zone, "buildings"))
        zone._renew("buildings")
    elif what == "pay":
        zone._enter("work_payments", work=_need(zone, "works"), paid_on=zone._day(), amount=zone.chance.choice(("1", "600.25", "0.000001")))
    else:
        one = _need(zone, "works")
        facts = {zone.chance.choice(("started_on", "accepted_on")): zone.chance.choice((zone._partial(), None))}
        zone._replace("works", one, zone._do("works", "correct", one, facts=facts, reason="核对"))
        zone._renew("buildings")


def plant(zone: Any) -> None:
    """Enter a plant, a capacity of one, or some days."""
    what = zone.chance.choice(("new", "capacity", "days", "days", "days"))
    if what == "new" and len(zone.rows["plants"]) < 5:
        kind = zone.chance.choice(("sewage", "sewage", "reclaimed"))
        zone._enter("plants", name=f"厂{len(zone.rows['plants'])}", kind=kind, park=zone._any("parks"))
    elif what == "capacity":
        zone._enter("plant_capacities", plant=_need(zone, "plants"), since=zone._day(), amount=zone.chance.choice(("100", "250", "0.01")))
    else:
        one, first = _need(zone, "plants"), zone.chance.choice(("2023-03-30", "2023-06-14", "2024-01-30"))
        start = zone._day() if zone.chance.random() < 0.5 else date.fromisoformat(first)
        for number in range(3):
            told = {name: zone.chance.choice(VOLUMES) for name in ("inflow", "outflow", "reclaimed")}
            zone._enter("plant_days", plant=one, day=start + timedelta(days=number), **told)


def pool(zone: Any) -> None:
    """Enter a pool, a total of one, or a reservation; or release one."""
    what = zone.chance.choice(("new", "total", "total", "reserve", "reserve", "reserve", "release"))
    if what == "new":
        kind = zone.chance.choice(("land", "land", "power", "heat", "water", "wastewater"))
        zone._enter("capacity_pools", name=f"池{zone.chance.randrange(9)}", kind=kind, park=zone._any("parks"))
        zone._enter("pool_capacities", pool=zone.rows["capacity_pools"][-1], since=date(2022, 1, 1), amount="100.000001")
    elif what == "total":
        zone._enter("pool_capacities", pool=_need(zone, "capacity_pools"), since=zone._day(),
                    amount=zone.chance.choice(("0", "100", "150.5", "300")))
    elif what == "reserve":
        holder = {"lead": _need(zone, "leads")} if zone.chance.random() < 0.5 else {"project": _need(zone, "projects")}
        zone._enter("reservations", pool=_need(zone, "capacity_pools"), amount=zone.chance.choice(("1", "30.000001", "60")),
                    **holder, **_span(zone))
    else:
        one = _need(zone, "reservations")
        zone._replace("reservations", one, zone._do("reservations", "release", one, released_on=zone._day(), release_reason="不要了"))


def change(zone: Any) -> None:
    """Correct some record, or archive it."""
    if zone.chance.random() < 0.5:
        name = zone.chance.choice(FORGOTTEN)
        one = _need(zone, name)
        zone._do(name, "archive", one, reason="重复")
        zone.rows[name] = [row for row in zone.rows[name] if row.pk != one.pk]
        return
    facts: dict[str, dict[str, Any]] = {
        "buildings": {zone.chance.choice(("completed_on", "demolished_on")): zone.chance.choice((zone._partial(), None))},
        "building_units": {"area": "120.25"}, "leases": {"until": None}, "works": {"contract_amount": "77"},
        "work_payments": {"amount": "5"}, "plants": {"kind": zone.chance.choice(("sewage", "reclaimed"))},
        "plant_capacities": {"amount": zone.chance.choice(("90", "260.5")), "since": zone._day()},
        "plant_days": {"inflow": zone.chance.choice(VOLUMES)}, "capacity_pools": {"kind": "heat"},
        "pool_capacities": {"amount": "140"}, "reservations": {"amount": "2"},
    }
    name = zone.chance.choice(NAMES)
    one = _need(zone, name)
    zone._replace(name, one, zone._do(name, "correct", one, facts=facts[name], reason="核对"))


STEPS: dict[Callable[[Any], None], float] = {building: 2, unit: 5, lease: 6, work: 4, plant: 5, pool: 6, change: 4}
