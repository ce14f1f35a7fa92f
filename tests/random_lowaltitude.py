"""The part of a random zone that makes aircraft and flies: roles, products, deliveries, sessions, sorties, jumps, missions, tours."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError

from kaifaqu.files import store

MODELS = ("甲型", "甲型", "乙型")
PURPOSES = ("mission", "mission", "training", "skydiving", "skydiving", "tourism")
APPROVED = {"airspace_authority": "空管", "airspace_number": "3号", "airspace_approved_on": "2022-01-01", "safety_plan_evidence": "方案"}
NAMES = ("aviation_roles", "aviation_products", "prototype_events", "aircraft", "missions", "bird_observations", "obstacles", "sorties",
         "jumps", "aviation_events", "study_tours", "tour_products")  # fmt: skip
FORGOTTEN = ("jumps", "sorties", "aviation_products", "aircraft", "aviation_events", "study_tours", "bird_observations", "missions",
             "aviation_roles")  # fmt: skip


def build(zone: Any) -> None:
    """Take perhaps a step in what is made and flown."""
    if zone.chance.random() < 0.6:
        zone.chance.choices([*STEPS], [*STEPS.values()])[0](zone)


def _need(zone: Any, name: str) -> Any:
    if not zone.rows[name]:
        raise ValidationError("nothing there yet")
    return zone.chance.choice(zone.rows[name])


def _span(zone: Any) -> dict[str, Any]:
    since = zone._day()
    return {"since": since, "until": since + timedelta(days=zone.chance.randrange(1, 500)) if zone.chance.random() < 0.4 else None}


def firm(zone: Any) -> None:
    """Enter a role of an enterprise, or what it is permitted or recognised for."""
    if zone.chance.random() < 0.5:
        zone._enter("aviation_roles", enterprise=_need(zone, "enterprises"), role=zone.chance.choice(("maker", "operator")),
                    scenario=zone.chance.choice(("tourism", "study", "")), **_span(zone))
    else:
        zone._enter("qualifications", holder=_need(zone, "enterprises"), subject=zone.chance.choice(MODELS),
                    kind=zone.chance.choice(("production_certificate", "production_certificate", "new_rd_org")), **_span(zone))


def product(zone: Any) -> None:
    """Enter a product at any stage, or a stage of a prototype."""
    if zone.rows["aviation_products"] and zone.chance.random() < 0.4:
        zone._enter("prototype_events", product=_need(zone, "aviation_products"), prototype=f"{zone.chance.randrange(4)}号",
                    stage=zone.chance.choice(("assembled", "tested")), reached_on=zone._day())
        return
    facts = zone._chain(("began_on", "produced_on", "ended_on")[:zone.chance.randrange(4)])
    zone._enter("aviation_products", name=f"产品{zone.chance.randrange(99)}", maker=_need(zone, "enterprises"),
                direction=zone.chance.choice(("light_aircraft", "engine", "component", "")),
                kind=zone.chance.choice(("aircraft", "part", "bird_laser")), sole_base_evidence=zone.chance.choice(("文件", "")), **facts)


def aircraft(zone: Any) -> None:
    """Enter an aircraft of somebody who may deliver its model, perhaps delivered."""
    held = [each for each in zone.rows["qualifications"] if each.kind == "production_certificate"]
    if not held:
        raise ValidationError("nothing may be delivered yet")
    one = zone.chance.choice(held)
    told = {"delivered_on": one.since + timedelta(days=zone.chance.randrange(300)), "buyer": "航校"} if zone.chance.random() < 0.8 else {}
    zone._enter("aircraft", serial_number=f"{zone.chance.randrange(999):03d}", model=one.subject, maker=one.holder, **told)


def session(zone: Any) -> None:
    """Plan a session and mostly hold it."""
    zone._enter("aviation_events", name="场次", kind=zone.chance.choice(("competition", "exhibition")), planned_on=zone._day(),
                series=zone.chance.choice(("锦标赛", "公开赛", "")), **APPROVED)
    event = zone.rows["aviation_events"][-1]
    kept = store.keep(io.BytesIO("方案".encode()), "方案.txt")
    zone._do("aviation_events", "attach", event, kept=kept, purpose="safety_plan_evidence")
    if zone.chance.random() < 0.8:
        zone._replace("aviation_events", event, zone._do("aviation_events", "hold", event, held_on=zone._day()))


def sortie(zone: Any) -> None:
    """Enter a mission, or a sortie, of which some are cancelled and some have no time yet."""
    if not zone.rows["missions"] or zone.chance.random() < 0.15:
        zone._enter("missions", kind=zone.chance.choice(("aerodrome", "birds")), ordered_on=zone._day())
        return
    purpose = zone.chance.choice(PURPOSES)
    told: dict[str, Any] = {"mission": _need(zone, "missions")} if purpose == "mission" else {}
    if zone.chance.random() < 0.15:
        told["cancelled_for"] = "weather"
    elif zone.exact or zone.chance.random() < 0.98:
        told["block_minutes"] = zone.chance.choice((0, 25, 60, 80, 80, 130))
    flown = told["mission"].ordered_on + timedelta(days=zone.chance.randrange(300)) if purpose == "mission" else zone._day()
    zone._enter("sorties", flown_on=flown, purpose=purpose, aircraft=zone._any("aircraft"), **told)
    if purpose == "skydiving" and "cancelled_for" not in told:
        for place in range(zone.chance.randrange(4)):
            zone._enter("jumps", sortie=zone.rows["sorties"][-1], place=place + 1, jumper=f"跳伞员{place}",
                        landed_at=zone.chance.choice(("10:30", "10:30", "")))


def sight(zone: Any) -> None:
    """Enter what was seen, on a mission or on none."""
    if zone.chance.random() < 0.6:
        zone._enter("bird_observations", mission=zone._any("missions"), observed_on=zone._day(), species=zone.chance.choice(("雁", "鹤")),
                    seen=zone.chance.randrange(300), position="110.9, 35.6")
    else:
        days = sorted(zone._day() for _number in range(3))
        told = dict(zip(("handed_over_on", "removed_on"), days[1:zone.chance.randrange(1, 4)], strict=False))
        zone._enter("obstacles", name="塔", kind=zone.chance.choice(("tower", "wire")), position="110.9, 35.6", height="45.5",
                    height_reference="true", found_on=days[0], **told, **({"handed_over_to": "空域管理"} if told else {}))


def visit(zone: Any) -> None:
    """Enter a batch of a study tour, held or planned, or a product of tourism."""
    if len(zone.rows["study_sites"]) < 2:
        zone._enter("study_sites", name=f"场地{len(zone.rows['study_sites'])}", capacity=60)
    if zone.chance.random() < 0.3:
        zone._enter("tour_products", name="产品", operator=_need(zone, "enterprises"), craft=zone.chance.choice(("glider", "balloon")),
                    kind=zone.chance.choice(("show", "sightseeing")), **_span(zone))
        return
    told = {"held_on": zone._day(), "headcount": zone.chance.randrange(61)} if zone.chance.random() < 0.8 else {}
    zone._enter("study_tours", organiser=_need(zone, "enterprises"), site=_need(zone, "study_sites"), planned_on=zone._day(), **told)


def change(zone: Any) -> None:
    """Correct some record, or archive it."""
    if zone.chance.random() < 0.4:
        name = zone.chance.choice(FORGOTTEN)
        one = _need(zone, name)
        zone._do(name, "archive", one, reason="重复")
        zone.rows[name] = [row for row in zone.rows[name] if row.pk != one.pk]
        return
    facts: dict[str, dict[str, Any]] = {
        "aviation_roles": {"scenario": "events"}, "aviation_products": {"ended_on": zone._partial()},
        "prototype_events": {"reached_on": zone._day()}, "aircraft": {"serial_number": f"X{zone.chance.randrange(999)}"},
        "missions": {"kind": "obstacles"}, "bird_observations": {"species": "鸥"}, "obstacles": {"kind": "building"},
        "sorties": {"flown_on": zone._day()},
        "jumps": {"landed_at": "10:40"}, "aviation_events": {"series": "公开赛"}, "study_tours": {"planned_headcount": 60},
        "tour_products": {"craft": "trike"},
    }
    name = zone.chance.choice(NAMES)
    one = _need(zone, name)
    zone._replace(name, one, zone._do(name, "correct", one, facts=facts[name], reason="核对"))


STEPS: dict[Callable[[Any], None], float] = {
    firm: 4, product: 3, aircraft: 3, session: 2, sortie: 7, sight: 2, visit: 3, change: 4}
