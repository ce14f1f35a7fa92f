"""The demo's college: an invented one that kept its ledgers elsewhere before, and brought them in during the spring of 2024."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from kaifaqu.domains.college.models import (
    CampusParcel,
    Cluster,
    CollegeAgreement,
    Department,
    FacultyAppointment,
    Founder,
    GraduateOutcome,
    IntegrationMeasure,
    Major,
    SchoolClass,
    SkillCertificate,
    Student,
)
from kaifaqu.kernel.records import Record
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import Batch, Ref, moment

OWNER, BY = "DEMO-XY", "college"
FOUNDED, OPENED, BROUGHT_IN = date(2018, 5, 8), date(2020, 9, 1), date(2024, 3, 4)
GRADUATED, SECOND, SURVEYED = date(2023, 6, 30), date(2024, 6, 28), date(2023, 12, 20)
CLUSTERS = ("演示无人机集群", "演示航空维修集群", "演示航空机务与运输集群", "演示通航+人工智能集群")
MAJORS = (4, 3, 3, 3)  # of each department
ENROLLED, CLASSES, USUAL = 4986, 125, 40
FIRST = (*[39] * 19, 6)  # the classes of the 747 first graduates: of the smallest nothing is told to the public
INCOMES = (*["3200"] * 200, *["3500"] * 310, *["3800"] * 200, *[None] * 37)
SINGLY = "BN1-001"  # the class whose students are entered one by one
PARTNERS, EXPIRED, ENDED = 25, 24, 25  # the last two are partners no longer; the first has two agreements
CERTIFIED, LAPSED = 26, 4  # students of that class with a certificate, and those whose certificate is no longer valid


def scenes(seed: int) -> Iterator[Batch]:
    """Yield the college's ledgers, one after the other."""
    chance = Random(seed)
    yield from grounds()
    yield from teaching(chance)
    yield from graduates(chance)
    yield from skills()
    yield from partners()
    yield from faculty()


def batch(minutes: int, register: type[Record], rows: list[dict[str, Any]], on: date = BROUGHT_IN) -> Batch:
    """Return the entry of rows by the college's office, of a day in 2024."""
    return Batch(moment(on, minutes), BY, register, rows, OWNER)


def grounds() -> Iterator[Batch]:
    """Yield the founders, the measures, and the project of 18 亿元 on two parcels."""
    yield batch(0, Founder, [
        {"code": f"JBF{number}", "name": name, "since": FOUNDED, "document": "演示举办协议"}
        for number, name in enumerate(("演示省人民政府", "演示市人民政府"), 1)])
    yield batch(1, IntegrationMeasure, [
        {"code": f"CR{number}", "kind": kind, "title": title, "since": FOUNDED}
        for number, (kind, title) in enumerate(
            (("platform", "演示学习平台"), ("teachers", "演示师资引进"), ("cooperation", "演示校企合作")), 1)])
    yield batch(2, Project, [{
        "code": "XY-P01", "name": "演示通用航空学院建设", "nature": "new", "total_investment": "180000", "historical": True,
        "signed_on": FOUNDED, "landed_on": FOUNDED, "started_on": date(2018, 9, 10), "production_on": OPENED}])
    yield batch(3, Parcel, [
        {"code": f"XY-ZD0{number}", "name": f"演示学院{number}号地块", "area": area, "land_use": "教育用地"}
        for number, area in enumerate(("300", "256.2"), 1)])
    yield batch(4, CampusParcel, [
        {"code": f"XYD{number}", "project": Ref(Project, "XY-P01"), "parcel": Ref(Parcel, f"XY-ZD0{number}")} for number in (1, 2)])


def teaching(chance: Random) -> Iterator[Batch]:
    """Yield clusters, departments and majors, 125 classes on roll, and those of the two years that have graduated."""
    yield batch(10, Cluster, [{"code": f"JQ{number}", "name": name} for number, name in enumerate(CLUSTERS, 1)])
    yield batch(11, Department, [
        {"code": f"XB{number}", "name": name.replace("集群", "系"), "since": OPENED} for number, name in enumerate(CLUSTERS, 1)])
    homes = [place for place, count in enumerate(MAJORS, 1) for _each in range(count)]
    majors = [f"ZY{number:02d}" for number in range(1, len(homes) + 1)]
    yield batch(12, Major, [
        {"code": code, "name": f"演示专业 {code[2:]}", "department": Ref(Department, f"XB{home}"), "cluster": Ref(Cluster, f"JQ{home}"),
         "since": OPENED} for code, home in zip(majors, homes, strict=True)])
    sizes = [USUAL] * CLASSES
    for place in range(USUAL * CLASSES - ENROLLED):  # quota first
        sizes[-1 - place] -= 1
    for _each in range(CLASSES):  # then detail inside it
        one, other = chance.sample(range(1, CLASSES), 2)  # the first is the class that is entered singly
        if sizes[one] < USUAL + 4 and sizes[other] > USUAL - 4:
            sizes[one], sizes[other] = sizes[one] + 1, sizes[other] - 1

    def rows(kind: int, entered: date, headcounts: list[int], graduated: date | None = None) -> list[dict[str, Any]]:
        return [
            {"code": f"BN{kind}-{number:03d}", "name": f"演示 {entered.year} 级 {number} 班",
             "major": Ref(Major, majors[number % len(majors)]), "entered_on": entered, "headcount": headcount, "graduated_on": graduated}
            for number, headcount in enumerate(headcounts, 1)]

    yield batch(13, SchoolClass, [
        *rows(0, OPENED, list(FIRST), GRADUATED), *rows(1, date(2022, 9, 1), sizes[:62]), *rows(2, date(2023, 9, 1), sizes[62:])])
    yield batch(14, SchoolClass, rows(3, date(2021, 9, 1), [USUAL] * 20, SECOND), on=date(2024, 7, 2))


def graduates(chance: Random) -> Iterator[Batch]:
    """Yield the 747 first graduates with what became of each."""
    classes = [f"BN0-{number:03d}" for number, count in enumerate(FIRST, 1) for _each in range(count)]
    codes = [f"XS{number:04d}" for number in range(1, len(classes) + 1)]
    yield batch(20, Student, [
        {"code": code, "name": f"演示人员 {code[2:]}", "school_class": Ref(SchoolClass, own), "degree": "college", "enrolled_on": OPENED,
         "graduated_on": GRADUATED} for code, own in zip(codes, classes, strict=True)])
    incomes = list(INCOMES)
    chance.shuffle(incomes)
    yield batch(21, GraduateOutcome, [
        {"code": f"QX{code[2:]}", "student": Ref(Student, code), "employed": income is not None, "monthly_income": income,
         "surveyed_on": SURVEYED} for code, income in zip(codes, incomes, strict=True)])


def skills() -> Iterator[Batch]:
    """Yield the students of one class on roll, and the certificates of some of them; of a few no longer valid."""
    codes = [f"XS1{number:03d}" for number in range(1, USUAL + 1)]
    yield batch(30, Student, [
        {"code": code, "name": f"演示人员 {code[2:]}", "school_class": Ref(SchoolClass, SINGLY), "degree": "college",
         "enrolled_on": date(2022, 9, 1)} for code in codes])
    yield batch(31, SkillCertificate, [
        {"code": f"JN{code[2:]}", "student": Ref(Student, code), "occupation": "演示无人机驾驶", "grade": "四级",
         "since": date(2023, 6, 20), "until": date(2024, 6, 20) if number < LAPSED else None}
        for number, code in enumerate(codes[:CERTIFIED + LAPSED])])


def partners() -> Iterator[Batch]:
    """Yield the enterprises, and 26 agreements of which 24 are in force, with 23 enterprises."""
    rows = [{"code": f"XY-Q{number:03d}", "name": f"演示通航合作企业 {number:02d}", "credit_code": wrong_credit_code(2000 + number),
             "synthetic": True} for number in range(1, PARTNERS + 1)]
    rows.append({"code": "XY-U001", "name": "演示航空航天大学", "credit_code": wrong_credit_code(2100), "synthetic": True})
    yield batch(40, Enterprise, rows)
    spans = {EXPIRED: {"until": date(2023, 3, 1)}, ENDED: {"until": date(2026, 3, 1), "ended_on": date(2024, 1, 10)}}
    yield batch(41, CollegeAgreement, [
        {"code": f"XQ{number:02d}", "partner": Ref(Enterprise, f"XY-Q{(number - 1) % PARTNERS + 1:03d}"),
         "title": "演示合作发展协议" if number <= PARTNERS else "演示实训基地协议",
         "signed_on": date(2021, 3, 1), "since": date(2021, 3, 1), "document": f"演示协议 {number:02d}", "places": 10 + number,
         **spans.get(number, {"until": date(2026, 3, 1)})} for number in range(1, PARTNERS + 2)])


def faculty() -> Iterator[Batch]:
    """Yield the appointments: a chair and a president, and teachers from one university and two enterprises; two terms are over."""
    told = (
        ("special", "", "committee_chair"), ("university", "", "president"), *[("university", "XY-U001", "teacher")] * 8,
        *[("enterprise", "XY-Q001", "technician")] * 4, *[("enterprise", "XY-Q002", "teacher")] * 4)
    over = (9, len(told) - 1)
    yield batch(50, FacultyAppointment, [
        {"code": f"PR{number + 1:03d}", "person": f"演示人员 {301 + number}", "origin": origin, "post": post, "since": OPENED,
         "document": f"演示聘书 {number + 1:03d}", **({"organisation": Ref(Enterprise, own)} if own else {}),
         **({"until": date(2023, 9, 1)} if number in over else {})} for number, (origin, own, post) in enumerate(told)])
