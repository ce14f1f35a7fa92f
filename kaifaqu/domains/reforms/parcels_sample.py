"""The demo zone's standard land: what was assessed, four parcels in this year's plan, and two that were transferred and promised."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kaifaqu.domains.reforms.parcels import ControlIndicator, StandardParcel
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Parcel, Park
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import Ref, Scene, moment

OFFICE, ENTERPRISE = "projects", "enterprise"
WHOLE_ZONE = ("environment", "energy", "geology", "minerals", "seismic", "relics")
SOIL = (("K0001", "2027-04-30"), ("K0002", "2024-06-30"), ("K0003", "2027-04-30"))  # that of the west has expired
PLAN, PLANNED = date(2024, 3, 18), (  # parcel, name, park, area in 亩, use: 617.37 亩 together
    ("BZD01", "演示东一号地块", "K0001", "186.42", "二类工业用地"), ("BZD02", "演示东二号地块", "K0001", "152.75", "二类工业用地"),
    ("BZD03", "演示西三号地块", "K0002", "168.3", "三类工业用地"), ("BZD04", "演示循环四号地块", "K0003", "109.9", "二类工业用地"),
)  # fmt: skip
CONTROL = {"investment": "300", "tax": "15", "plot_ratio": "0.8", "energy": "0.35", "emission": "0.05"}
SET = {"BZD01": (*CONTROL, "output", "greening"), "BZD02": (*CONTROL,), "BZD03": ("investment", "plot_ratio")}  # of the fourth nothing yet
NUMBERS = {name: number for number, name in enumerate((*CONTROL, "output", "greening"), 1)}  # in the codes of indicators and promises
EXTRA = {"output": "450", "greening": "20"}


def scenes() -> Iterator[Scene]:
    """Yield the assessments, the plan of 2024, and what became of the two parcels that were transferred."""
    for number, kind in enumerate(WHOLE_ZONE):
        yield entry(date(2022, 3, 8 + number), 60, "regional_assessments", kind=kind, done_on=date(2022, 3, 1 + number),
                    valid_until=date(2027, 2, 28), document=f"演示区域评价批复〔2022〕{number + 1}号", paid_by="演示县财政")
    for number, (park, until) in enumerate(SOIL):
        yield entry(date(2022, 4, 6), 60 + number, "regional_assessments", kind="soil", park=Ref(Park, park), done_on=date(2022, 4, 1),
                    valid_until=until, document=f"演示水保批复〔2022〕{number + 1}号", paid_by="演示县财政")
    for number, (code, name, park, area, use) in enumerate(PLANNED):
        document = f"演示开发区〔2024〕12号：2024 年标准地出让计划，第 {number + 1} 宗"
        yield from planned(code, name, park, area, use, PLAN, document, number * 20)
        yield from controls(code, SET.get(code, ()), date(2024, 7, 8), number * 20)
    yield from surface_treatment()
    yield from expansion()


def entry(day: date, minutes: int, register: str, **facts: Any) -> Scene:
    """Return the entry of one record by the office."""
    return Scene(moment(day, minutes), OFFICE, f"{register}.create", facts={"facts": facts})


def planned(code: str, name: str, park: str, area: str, use: str, day: date, document: str, minutes: int) -> Iterator[Scene]:
    """Yield the entry of a parcel and of its place in the plan."""
    yield entry(day, minutes, "parcels", code=code, name=name, park=Ref(Park, park), area=area, land_use=use)
    yield entry(day, minutes + 1, "standard_parcels", code=code, parcel=Ref(Parcel, code), planned_on=day, planned_evidence=document)


def controls(code: str, names: tuple[str, ...], day: date, minutes: int) -> Iterator[Scene]:
    """Yield the indicators that are set for a standard parcel, the value of each that of the zone."""
    for number, name in enumerate(names):
        yield entry(day, minutes + number, "control_indicators", code=f"{code}-{NUMBERS[name]}", standard_parcel=Ref(StandardParcel, code),
                    indicator=name, value={**CONTROL, **EXTRA}[name])


def sold(code: str, announced_on: date, transferred_on: date, **facts: Any) -> Iterator[Scene]:
    """Yield the announcement and the transfer of a standard parcel."""
    yield Scene(moment(announced_on, 60), OFFICE, "standard_parcels.announce", code, {
        "announced_on": announced_on, "announced_evidence": f"演示网挂公告 {code}"})
    yield Scene(moment(transferred_on, 60), OFFICE, "standard_parcels.transfer", code, {
        "transferred_on": transferred_on, "transferred_evidence": f"演示出让合同 {code}", **facts})


def promises(code: str, signed_on: date, due: dict[str, date | None]) -> Iterator[Scene]:
    """Yield the promises of a parcel; one without a day of its own is due by the project's."""
    for number, (name, day) in enumerate(due.items()):
        yield entry(signed_on, 90 + number, "land_promises", code=f"{code}-{NUMBERS[name]}",
                    control=Ref(ControlIndicator, f"{code}-{NUMBERS[name]}"),
                    value=CONTROL[name], signed_on=signed_on, due_on=day)


def verified(promise: str, paper: tuple[str, str, str], on: date, **follows: Any) -> Iterator[Scene]:
    """Yield what was handed in on paper for a promise, a week before, and the verdict."""
    kind, value, document = paper
    handed_in_on = date.fromordinal(on.toordinal() - 7)
    yield Scene(moment(handed_in_on, 200), OFFICE, "land_promises.record_paper", promise, {
        "kind": kind, "value": value, "document": document, "handed_in_on": handed_in_on})
    yield Scene(moment(on, 210), OFFICE, "land_promises.verify", promise, {
        "verified_on": on, **follows})


def surface_treatment() -> Iterator[Scene]:
    """Yield the parcel of P0007: its investment is as promised, its plot ratio is not and has to be put right."""
    code = "BZD05"
    document = "演示开发区〔2022〕9号：标准地出让计划"
    yield from planned(code, "演示循环五号地块", "K0003", "46.8", "三类工业用地", date(2022, 4, 11), document, 0)
    yield from controls(code, (*CONTROL,), date(2022, 4, 12), 0)
    yield from sold(code, date(2022, 5, 30), date(2022, 7, 11), enterprise=Ref(Enterprise, "Q0007"), project=Ref(Project, "P0007"),
                    price="561.6")
    yield from promises(code, date(2022, 7, 18), {**dict.fromkeys(("investment", "plot_ratio"), date(2024, 3, 31)),
                                                 **dict.fromkeys(("tax", "energy", "emission"), date(2025, 3, 31))})
    yield from verified(f"{code}-{NUMBERS['investment']}", ("audit", "312.6", "演示审计报告〔2024〕5号"), date(2024, 5, 22))
    yield from verified(f"{code}-{NUMBERS['plot_ratio']}", ("planning", "0.72", "演示规划核实意见〔2024〕3号"), date(2024, 5, 24),
                        rectify_by=date(2024, 9, 30))


def expansion() -> Iterator[Scene]:
    """Yield the parcel of the enterprise with the account: one promise is due, and it has handed in what shows that it is kept."""
    code = "BZD06"
    document = "演示开发区〔2023〕31号：标准地出让计划补充"
    yield from planned(code, "演示西六号地块", "K0002", "32.5", "三类工业用地", date(2023, 11, 20), document, 0)
    yield from controls(code, (*CONTROL,), date(2023, 11, 21), 0)
    yield from sold(code, date(2024, 1, 15), date(2024, 2, 19), enterprise=Ref(Enterprise, "Q0001"), price="393.25")
    yield from promises(code, date(2024, 2, 26), {"plot_ratio": date(2024, 6, 30), "investment": date(2024, 12, 31),
                                                 **dict.fromkeys(("tax", "energy", "emission"), date(2025, 12, 31))})
    yield Scene(moment(date(2024, 7, 18), 300), ENTERPRISE, "land_promises.hand_in", f"{code}-{NUMBERS['plot_ratio']}", {
        "kind": "acceptance", "value": "0.86", "document": "演示竣工验收记录〔2024〕11号"})
