"""The part of a random zone that is a college and a ledger of fences in mines."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

SITES = ("heading", "belt", "sealed")
ARCHIVED = ("skill_certificates", "graduate_outcomes", "faculty_appointments", "college_agreements", "college_founders", "campus_parcels",
            "college_measures", "college_classes", "geo_fences", "fence_sites", "students", "college_majors")  # fmt: skip


def build(zone: Any) -> None:
    """Take perhaps a step or two in the college or in the mines."""
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


def _later(zone: Any, day: date, days: int = 900) -> date | None:
    return day + timedelta(days=zone.chance.randrange(1, days)) if zone.chance.random() < 0.5 else None


def _span(zone: Any) -> dict[str, Any]:
    since = zone._day()
    return {"since": since, "until": _later(zone, since)}


def teaching(zone: Any) -> None:
    """Enter a department with its cluster, a major, or a class."""
    what = zone.chance.choice(("department", "major", "major", "class", "class", "class"))
    if what == "department" and len(zone.rows["college_departments"]) < 5:
        zone._enter("college_clusters", name=f"集群{len(zone.rows['college_clusters'])}")
        zone._enter("college_departments", name=f"系{len(zone.rows['college_departments'])}", **_span(zone))
    elif what == "major":
        zone._enter("college_majors", name=f"专业{zone.chance.randrange(9)}", department=_need(zone, "college_departments"),
                    cluster=zone._any("college_clusters"), **_span(zone))
    else:
        major = _need(zone, "college_majors")
        entered = major.since + timedelta(days=zone.chance.randrange(200))
        zone._enter("college_classes", name=f"{zone.chance.randrange(30)}班", major=major, entered_on=entered,
                    headcount=zone.chance.choice((0, 1, 40, 41)), graduated_on=_later(zone, entered, 700))


def student(zone: Any) -> None:
    """Enter a student, perhaps one who left or graduated, with the outcome of some."""
    enrolled = zone._day()
    end = _later(zone, enrolled, 600)
    ends = {} if end is None else {zone.chance.choice(("left_on", "graduated_on", "graduated_on")): end}
    zone._enter("students", name="某人", school_class=_need(zone, "college_classes"), degree=zone.chance.choice(("college", "secondary")),
                enrolled_on=enrolled, **ends)
    if "graduated_on" in ends and zone.chance.random() < 0.8:
        income = zone.chance.choice((None, "3200", "3500.01", "0.01"))
        zone._enter("graduate_outcomes", student=zone.rows["students"][-1], employed=income is not None or zone.chance.random() < 0.5,
                    monthly_income=income, surveyed_on=end)


def certificate(zone: Any) -> None:
    """Enter a certificate of a student, whose class perhaps has just those who are entered."""
    one = _need(zone, "students")
    zone._enter("skill_certificates", student=one, occupation=zone.chance.choice(("驾驶", "装调")), **_span(zone))
    if zone.chance.random() < 0.7:
        there = [each for each in zone.rows["students"] if not (each.left_on or each.graduated_on)]
        entered = sum(each.school_class_id == one.school_class_id for each in there)
        own = next(each for each in zone.rows["college_classes"] if each.pk == one.school_class_id)
        zone._replace("college_classes", own, zone._do("college_classes", "correct", own, facts={"headcount": entered}, reason="核对"))


def office(zone: Any) -> None:
    """Enter an appointment, an agreement, a founder, a measure, or a parcel of the campus."""
    what = zone.chance.choice(("staff", "staff", "agreement", "agreement", "founder", "measure", "campus", "campus"))
    if what == "staff":
        zone._enter("faculty_appointments", person="某人", origin=zone.chance.choice(("university", "enterprise", "special")),
                    organisation=zone._any("enterprises"), post=zone.chance.choice(("teacher", "president")), **_span(zone))
    elif what == "agreement":
        span = _span(zone)
        zone._enter("college_agreements", partner=_need(zone, "enterprises"), title="协议", **span,
                    signed_on=span["since"] - timedelta(days=zone.chance.choice((0, 0, -40, 30))),
                    ended_on=_later(zone, span["since"], 300))
    elif what == "founder":
        zone._enter("college_founders", name=f"举办方{zone.chance.randrange(9)}", **_span(zone))
    elif what == "measure":
        zone._enter("college_measures", kind=zone.chance.choice(("platform", "teachers")), title="举措", **_span(zone))
    else:
        zone._enter("parcels", name=f"校园地块{len(zone.rows['parcels'])}", area=zone.chance.choice(("300", "256.2", "0.000001")))
        zone._enter("campus_parcels", project=_need(zone, "projects"), parcel=zone.rows["parcels"][-1])


def mine(zone: Any) -> None:
    """Enter a mine, a site at any stage, a fence, or another deadline."""
    what = zone.chance.choice(("mine", "site", "site", "site", "fence", "rule"))
    if what == "mine":
        zone._enter("mines", name=f"矿{zone.chance.randrange(9)}", city=zone.chance.choice(("甲市", "")))
    elif what == "site":
        span = _span(zone)
        days = sorted(span["since"] + timedelta(days=zone.chance.randrange(300)) for _each in range(3))[:zone.chance.randrange(4)]
        told = dict(zip(("contracted_on", "installed_on", "commissioned_on"), days, strict=False))
        zone._enter("fence_sites", mine=_need(zone, "mines"), kind=zone.chance.choice(SITES), name=f"地点{zone.chance.randrange(99)}",
                    interim_measure=zone.chance.choice(("看守", "")), **span, **told)
    elif what == "fence":
        zone._enter("geo_fences", site=_need(zone, "fence_sites"), name=f"围栏{zone.chance.randrange(3)}", frame="machine",
                    outline="0,0;5,0;5,2", warn_distance="6", stop_distance=zone.chance.choice(("3", "0.01")), **_span(zone))
    elif zone.chance.random() < 0.5:
        zone._rule("minesafety.deadline", {"day": zone.chance.choice(("2023-03-01", "2024-03-31"))})


def change(zone: Any) -> None:
    """Correct some record, or archive it."""
    if zone.chance.random() < 0.5:
        name = zone.chance.choice(ARCHIVED)
        one = _need(zone, name)
        zone._do(name, "archive", one, reason="重复")
        zone.rows[name] = [row for row in zone.rows[name] if row.pk != one.pk]
        return
    facts: dict[str, dict[str, Any]] = {
        "college_classes": {"headcount": zone.chance.randrange(50)}, "college_departments": {"until": None},
        "college_majors": {"cluster": zone._any("college_clusters")}, "graduate_outcomes": {"employed": False, "monthly_income": None},
        "students": {"degree": "bachelor"}, "faculty_appointments": {"origin": "enterprise"}, "college_agreements": {"ended_on": None},
        "fence_sites": {"interim_measure": "断电"}, "mines": {"city": "乙市"},
    }
    name = zone.chance.choice([*facts])
    one = _need(zone, name)
    zone._replace(name, one, zone._do(name, "correct", one, facts=facts[name], reason="核对"))


STEPS: dict[Callable[[Any], None], float] = {teaching: 6, student: 6, certificate: 4, office: 6, mine: 5, change: 4}
