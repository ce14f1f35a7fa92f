"""What the figures about research and its products mean, recounted from the events alone; a part of tests/recount.py."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

PROJECT, RESULT, AWARD, PATENT, SPENT, PRODUCT, LINK, ORDER, REPORT, TOGETHER, RUN, TEST, DELIVERY, TASK, FAULT, USE = (
    f"research.{name}" for name in (
        "rdproject", "rdresult", "rdaward", "rdpatent", "rdexpenditure", "rdproduct", "fusionlink", "instituteorder", "testreport",
        "institutecooperation", "productionrun", "producttest", "institutedelivery", "robottask", "robotfault", "miningvehicleuse"))
UPPER, LEADING = ("national", "provincial"), ("international", "domestic")
RUNNING, CHAIN_TASK, FIRM = "robots.hours", "chains.chaintask", "chains.nodefirm"
GROWTH = {"rd.expenditure.growth": "rd.expenditure.amount"}  # against the same period a year before
AVAILABILITY = {"robots.availability": (RUNNING, "robots.down.hours")}  # hours run of hours run and down together
MADE = (*GROWTH, *AVAILABILITY)
RATIOS = {
    "rd.results.leading_share": ("rd.results.leading.count", "rd.projects.count", 100),
    "rd.expenditure.revenue_share": ("rd.expenditure.amount", "rd.expenditure.revenue", 100),
    "institute.production.pass_rate": ("institute.production.passed.count", "institute.production.tests.count", 100),
    "robots.hours_between_faults": (RUNNING, "robots.faults.count", 1),
    "vehicles.new_energy.energy_per_hour": ("vehicles.new_energy.energy", "vehicles.new_energy.hours", 1),
}
GROUPINGS = {
    "rd.projects.count": ("level", "year", "direction"), "rd.results.": ("level", "year"), "rd.results.leading_share": (),
    "rd.awards.": ("level", "year"), "rd.patents.granted.": ("year",), "rd.patents.in_force.": ("kind", "year"),
    "rd.patents.pending.": ("kind",), "rd.expenditure.": (),
    "institute.products.": ("direction", "line", "transformation"), "institute.flagship_products.": ("direction", "line", "transformation"),
    "chains.links.": ("kind", "of_product"), "institute.orders.": ("line", "country"), "institute.revenue.": ("line",),
    "institute.export.orders.": ("line", "country"), "institute.export.countries.": (), "institute.test_reports.": (),
    "institute.cooperations.": ("country",), "institute.production.": ("of_direction", "of_product"),
    "institute.deliveries.": ("of_direction", "of_product"), "robots.": ("of_robot",), RUNNING: ("of_robot", "task"),
    "robots.hours_between_faults": ("of_robot",),
    "robots.people_replaced": ("of_robot", "task"), "vehicles.new_energy.": ("of_vehicle",),
    "chains.leader.": ("node_chain",), "chains.tasks.": ("chain", "kind"),
}
NAMED = {  # of a grouping, what is named, and the column that points to it
    "of_product": (PRODUCT, "product_id"), "of_robot": ("research.minerobot", "robot_id"),
    "of_vehicle": ("research.miningvehicle", "vehicle_id")}


def within(column: str) -> Callable[..., bool]:
    """Return the test that a day lies in the period."""
    return lambda w, row, start, end: str(start) <= row[column] <= str(end)


def launched(w: Any, row: dict, start: date, end: date) -> bool:
    return row["launched_on"] is None or row["launched_on"] <= str(end)


def in_force(w: Any, row: dict, start: date, end: date) -> bool:
    over = [day for day in (row["until"], row["ended_on"]) if day is not None]
    return row["signed_on"] <= str(end) and row["since"] <= str(end) and all(day > str(end) for day in over)


def is_open(w: Any, row: dict, start: date, end: date) -> bool:
    return row["set_on"] <= str(end) and (row["done_on"] is None or row["done_on"] > str(end))


def leads(w: Any, row: dict, start: date, end: date) -> bool:
    holds = row["since"] <= str(end) and (row["until"] is None or row["until"] > str(end))
    return holds and row["anchor"] and row["standing"] == "present"


def valid(w: Any, row: dict, start: date, end: date) -> bool:
    return str(start) <= row["issued_on"] <= str(end) and (row["voided_on"] is None or row["voided_on"] > str(end))


def sums(by: Callable, from_on: Callable, no: Callable, both: Callable) -> dict[str, tuple]:
    """Return what is counted or added up, with the logic of dates that are known to the month or the year."""
    def come(column: str, *also: tuple[str, tuple]) -> Callable:
        return lambda w, row, start, end: both(*(row[name] in values for name, values in also), by(row[column], end))

    def during(column: str) -> Callable:
        return lambda w, row, start, end: both(from_on(row[column], start), by(row[column], end))

    def this_year(w: Any, row: dict, start: date, end: date) -> bool:
        return row["year"] == end.year

    def exported(w: Any, row: dict, start: date, end: date) -> Any:
        return both(row["country"] != "", by(row["accepted_on"], end))

    return {
        "rd.projects.count": (PROJECT, come("approved_on", ("level", UPPER)), ""),
        "rd.results.count": (RESULT, come("appraised_on"), ""),
        "rd.results.leading.count": (RESULT, come("appraised_on", ("level", LEADING)), ""),
        "rd.results.unlinked.count": (RESULT, come("appraised_on", ("project_id", (None,))), ""),
        "rd.awards.count": (AWARD, lambda w, row, start, end: row["level"] in UPPER and row["year"] <= end.year, ""),
        "rd.patents.granted.count": (PATENT, come("granted_on", ("kind", ("invention",))), ""),
        "rd.patents.in_force.count": (
            PATENT, lambda w, row, start, end: both(by(row["granted_on"], end), no(by(row["lapsed_on"], end))), ""),
        "rd.patents.pending.count": (
            PATENT, lambda w, row, start, end: both(
                by(row["filed_on"], end), no(by(row["granted_on"], end)), no(by(row["lapsed_on"], end))), ""),
        "rd.expenditure.amount": (SPENT, this_year, "amount"), "rd.expenditure.revenue": (SPENT, this_year, "revenue"),
        "institute.products.by_direction": (PRODUCT, launched, ""),
        "institute.flagship_products.count": (
            PRODUCT, lambda w, row, start, end: row["flagship"] and launched(w, row, start, end), ""),
        "chains.links.count": (LINK, lambda w, row, start, end: True, ""),
        "institute.orders.count": (ORDER, during("accepted_on"), ""),
        "institute.revenue.by_line": (ORDER, during("settled_on"), "settled"),
        "institute.export.orders.count": (ORDER, exported, ""), "institute.test_reports.count": (REPORT, valid, ""),
        "institute.cooperations.count": (TOGETHER, in_force, ""),
        "institute.production.units": (RUN, within("run_on"), "units"),
        "institute.production.tests.count": (TEST, within("tested_on"), ""),
        "institute.production.passed.count": (
            TEST, lambda w, row, start, end: row["passed"] and str(start) <= row["tested_on"] <= str(end), ""),
        "institute.deliveries.count": (DELIVERY, within("delivered_on"), ""),
        RUNNING: (TASK, within("worked_on"), "hours"), "robots.people_replaced": (TASK, within("worked_on"), "people_saved"),
        "robots.faults.count": (FAULT, within("found_on"), ""), "robots.down.hours": (FAULT, within("found_on"), "down"),
        **{f"vehicles.new_energy.{code}": (USE, within("used_on"), column) for code, column in (
            ("hours", "hours"), ("energy", "energy"), ("diesel_instead", "diesel"))},
        "chains.tasks.open.count": (CHAIN_TASK, is_open, ""),
    }


def each_once(by: Callable, both: Callable) -> dict[str, tuple]:
    """Return what is counted distinct: the countries of exports, the firms that lead a chain."""
    return {
        "institute.export.countries.count": (
            ORDER, lambda w, row, start, end: both(row["country"] != "", by(row["accepted_on"], end)), "country"),
        "chains.leader.count": (FIRM, leads, "enterprise_id"),
    }


def group_of(w: Any, row: dict, dimension: str) -> str | None:
    """Return the group of a row whose group stands on the record that it points to."""
    if dimension == "of_direction":
        directions = w.once("directions", find=lambda: {each["id"]: each["direction"] for each in w.all(PRODUCT)})
        return directions.get(row["product_id"]) or None
    subject, column = NAMED[dimension]
    return w.name(subject, row[column])


def is_own(dimension: str) -> bool:
    """Tell whether the group of this row is found here."""
    return dimension == "of_direction" or dimension in NAMED


def a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def made(figure: Callable, over: Callable, w: Any, code: str, start: date, end: date, dimension: str) -> tuple:
    """Return status, value and groups of a growth or an availability."""
    nothing = Fraction(0)
    if code in GROWTH:
        base, first, last = GROWTH[code], a_year_before(start), a_year_before(end)
        upper, lower = figure(w, base, start, end, dimension), figure(w, base, first, last, dimension)

        def made_of(one: Fraction, other: Fraction) -> Any:
            return over(one - other, other, 100)
    else:
        above, below = AVAILABILITY[code]
        upper, lower = figure(w, above, start, end, dimension), figure(w, below, start, end, dimension)

        def made_of(one: Fraction, other: Fraction) -> Any:
            return over(one, one + other, 100)
    if upper[1] is None or lower[1] is None:
        return "not_computable", None, {}
    value = made_of(upper[1], lower[1])
    groups = {name: made_of(upper[2].get(name, nothing), lower[2].get(name, nothing)) for name in upper[2].keys() | lower[2].keys()}
    return "open" if value is not None else "not_computable", value, groups
