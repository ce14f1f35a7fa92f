"""The part of a random zone that does research: its ledger, products, orders, machines, and what is done along chains."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError

AMOUNTS = ("0.000001", "100", "12000.5", "999999999")
HOURS = ("0.01", "4", "7.5", "24")
DIRECTIONS = ("掘进", "辅助运输", "电控")
COUNTRIES = ("", "甲国", "乙国")


def build(zone: Any) -> None:
    """Take perhaps a step in research, and perhaps correct or archive something of it."""
    if zone.chance.random() < 0.5:
        return
    step = zone.chance.choice(STEPS)
    try:
        step(zone)
    except ValidationError:
        zone.refused += 1


def _need(zone: Any, name: str) -> Any:
    """Return any record of the register; where there is none the step is not possible."""
    if not zone.rows[name]:
        raise ValidationError("nothing there yet")
    return zone.chance.choice(zone.rows[name])


def project(zone: Any) -> None:
    """Enter a research project at any stage."""
    names = ("approved_on", "midterm_on", "accepted_on", "converted_on")
    zone._enter("rd_projects", name="课题", level=zone.chance.choice(("national", "provincial", "other")),
                direction=zone.chance.choice(("智能掘进", "辅助作业机器人", "")), **zone._chain(names[:zone.chance.randrange(5)]))


def result(zone: Any) -> None:
    """Enter a result with or without its project, and perhaps an award."""
    facts = {"appraised_on": zone._partial()} if zone.chance.random() < 0.8 else {}
    zone._enter("rd_results", name="成果", level=zone.chance.choice(("international", "domestic", "other")),
                project=zone._any("rd_projects"), **facts)
    zone._enter("rd_awards", name="奖", level=zone.chance.choice(("national", "provincial", "other")),
                year=zone.chance.randrange(2022, 2025), result=zone._any("rd_results"))


def patent(zone: Any) -> None:
    """Enter a patent at any stage."""
    names = ("filed_on", "accepted_on", "granted_on", "lapsed_on")[:zone.chance.randrange(1, 5)]
    zone._enter("rd_patents", number=f"DEM{zone.chance.randrange(300)}", name="专利",
                kind=zone.chance.choice(("invention", "invention", "utility")), **zone._chain(names))


def spent(zone: Any) -> None:
    """Enter what was spent in a year."""
    zone._enter("rd_expenditures", year=zone.chance.randrange(2021, 2025), amount=zone.chance.choice(AMOUNTS),
                revenue=zone.chance.choice((*AMOUNTS[1:], None)))  # fmt: skip


def product(zone: Any) -> None:
    """Enter a product, and link it."""
    if len(zone.rows["rd_products"]) < 9:
        launched = zone._day() if zone.chance.random() < 0.5 else None
        zone._enter("rd_products", name=f"产品{zone.chance.randrange(20)}", direction=zone.chance.choice(DIRECTIONS), launched_on=launched,
                    line=zone.chance.choice(("equipment", "service", "testing")), flagship=zone.chance.random() < 0.5,
                    transformation=zone.chance.choice(("green", "digital", "")))
    end = zone.chance.choice(({"project": _need(zone, "rd_projects")}, {"enterprise": _need(zone, "enterprises")}))
    zone._enter("fusion_links", product=_need(zone, "rd_products"), **end)


def order(zone: Any) -> None:
    """Enter an order of any line at any stage, a report of a test, or an agreement."""
    names = ("accepted_on", "done_on", "reported_on", "settled_on")[:zone.chance.randrange(5)]
    income = {"settled": zone.chance.choice(("0", *AMOUNTS))} if "settled_on" in names else {}
    zone._enter("institute_orders", line=zone.chance.choice(("equipment", "service", "testing", "testing")), title="订单",
                customer_name="某矿", country=zone.chance.choice(COUNTRIES), **zone._chain(names), **income)
    since = zone._day()
    if zone.rows["institute_orders"][-1].line == "testing":
        number = f"{zone.owner.code}-{len(zone.rows['test_reports'])}"
        over = {"voided_on": since + timedelta(days=40), "void_reason": "错"} if zone.chance.random() < 0.3 else {}
        zone._enter("test_reports", number=number, order=zone.rows["institute_orders"][-1], issued_on=since, **over)
    if zone.chance.random() < 0.7:
        until = since + timedelta(days=300) if zone.chance.random() < 0.5 else None
        zone._enter("institute_cooperations", partner=_need(zone, "enterprises"), title="协议", signed_on=since, since=since, until=until,
                    country=zone.chance.choice(COUNTRIES))


def made(zone: Any) -> None:
    """Enter a run with tests of its machines, and deliver those that passed, or try to deliver one that did not."""
    one, day = _need(zone, "rd_products"), zone._day()
    zone._enter("production_runs", line="一号线", run_on=day, product=one, units=zone.chance.randrange(3))
    for number in range(2):
        serial = f"{zone.owner.code}-{len(zone.rows['product_tests'])}"
        zone._enter("product_tests", product=one, serial=serial, tested_on=day + timedelta(days=1), passed=zone.chance.random() < 0.7)
        zone._enter("institute_deliveries", product=one, serial=serial, delivered_on=day + timedelta(days=2 + number))


def robot(zone: Any) -> None:
    """Enter a robot, or what one did, and perhaps a fault."""
    if len(zone.rows["mine_robots"]) < 3:
        zone._enter("mine_robots", name=f"机器人{len(zone.rows['mine_robots'])}")
    one = _need(zone, "mine_robots")
    for _number in range(3):
        zone._enter("robot_tasks", robot=one, worked_on=zone._day(), task=zone.chance.choice(("运料", "巡检")),
                    hours=zone.chance.choice(HOURS))
    if zone.chance.random() < 0.5:
        zone._enter("robot_faults", robot=one, found_on=zone._day(), down=zone.chance.choice(("0", "1.5", "20")))


def vehicle(zone: Any) -> None:
    """Enter a vehicle, or days on which one ran."""
    if len(zone.rows["mining_vehicles"]) < 3:
        zone._enter("mining_vehicles", name=f"矿车{len(zone.rows['mining_vehicles'])}")
    for _number in range(3):
        zone._enter("mining_vehicle_uses", vehicle=_need(zone, "mining_vehicles"), used_on=zone._day(), hours=zone.chance.choice(HOURS),
                    energy=zone.chance.choice(("0", "96.5", "140")))


def task(zone: Any) -> None:
    """Enter what is to be done along a chain, perhaps done; and say of a firm on a chain that it leads there, or no longer."""
    since = zone._day()
    done = {"done_on": since + timedelta(days=zone.chance.randrange(200))} if zone.chance.random() < 0.5 else {}
    zone._enter("chain_tasks", chain=_need(zone, "chains"), title="任务", kind=zone.chance.choice(("fill", "joint")), office=zone.owner,
                set_on=since, **done)
    firm = _need(zone, "node_firms")
    zone._replace("node_firms", firm, zone._do("node_firms", "correct", firm, facts={"anchor": not firm.anchor}, reason="核对"))


def change(zone: Any) -> None:
    """Correct or archive something of it."""
    name = zone.chance.choice((*CORRECTED, *CORRECTED, *ARCHIVED))
    one = _need(zone, name)
    if name in CORRECTED and zone.chance.random() < 0.6:
        column, values = CORRECTED[name]
        zone._replace(name, one, zone._do(name, "correct", one, facts={column: zone.chance.choice(values)}, reason="核对"))
    else:
        zone._do(name, "archive", one, reason="重复")
        zone.rows[name] = [row for row in zone.rows[name] if row.pk != one.pk]


CORRECTED = {
    "rd_projects": ("level", ("national", "other")), "rd_results": ("level", ("domestic", "other")),
    "rd_expenditures": ("amount", AMOUNTS), "rd_products": ("direction", DIRECTIONS), "institute_orders": ("country", COUNTRIES),
    "mining_vehicle_uses": ("hours", HOURS), "robot_tasks": ("task", ("运料", "巡检")), "mine_robots": ("name", ("改名",)),
}
ARCHIVED = ("rd_awards", "rd_patents", "fusion_links", "test_reports", "product_tests", "institute_deliveries", "robot_faults",
            "chain_tasks")
STEPS = (project, project, result, result, patent, patent, spent, product, product, order, order, made, made, robot, vehicle, vehicle,
         task, task, change, change)  # fmt: skip
