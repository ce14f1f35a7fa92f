"""What the figures about a college and about fences in mines mean, recounted from the events alone; a part of tests/recount.py."""

from datetime import date
from typing import Any

DEPARTMENT, CLUSTER, MAJOR, CLASS = (f"college.{name}" for name in ("department", "cluster", "major", "schoolclass"))
STUDENT, CERTIFICATE, OUTCOME = (f"college.{name}" for name in ("student", "skillcertificate", "graduateoutcome"))
STAFF, AGREEMENT, FOUNDER, MEASURE, CAMPUS = (
    f"college.{name}" for name in ("facultyappointment", "collegeagreement", "founder", "integrationmeasure", "campusparcel"))
SITE, FENCE, DEADLINE = "minesafety.fencesite", "minesafety.geofence", "2024-09-30"  # the shipped rule's last day
OF_A_DAY = ("fence.sites.overdue.count", "fence.sites.unguarded.count")  # of a day to come nothing is known


def live(w: Any, subject: str, at: int | None) -> dict | None:
    """Return a record that is there."""
    return w.once("by id", subject, find=lambda: {row["id"]: row for row in w.all(subject)}).get(at)


def stands(row: dict, e: date) -> bool:
    return row["since"] <= str(e) and (row["until"] is None or row["until"] > str(e))


def in_force(row: dict, e: date) -> bool:
    return row["signed_on"] <= str(e) and stands(row, e) and (row["ended_on"] is None or row["ended_on"] > str(e))


def class_on_roll(c: dict, e: date) -> bool:
    return c["entered_on"] <= str(e) and (c["graduated_on"] is None or c["graduated_on"] > str(e))


def on_roll(s: dict, e: date) -> bool:
    return s["enrolled_on"] <= str(e) and all(s[end] is None or s[end] > str(e) for end in ("left_on", "graduated_on"))


def skilled(w: Any, s: dict, e: date) -> bool:
    return any(stands(each, e) for each in w.pointing(CERTIFICATE, "student_id", s["id"]))


def in_full(w: Any, s: dict, e: date) -> bool:
    own = live(w, CLASS, s["school_class_id"])
    return own is not None and class_on_roll(own, e) and own["headcount"] == sum(
        on_roll(each, e) for each in w.pointing(STUDENT, "school_class_id", own["id"]))


def graduated(student: dict | None, s: date, e: date) -> bool:
    return student is not None and student["graduated_on"] is not None and str(s) <= student["graduated_on"] <= str(e)


def outcome(w: Any, o: dict, s: date, e: date) -> bool:
    return graduated(live(w, STUDENT, o["student_id"]), s, e)


def employed(w: Any, o: dict, s: date, e: date) -> bool:
    return outcome(w, o, s, e) and o["employed"]


def with_income(w: Any, o: dict, s: date, e: date) -> bool:
    return employed(w, o, s, e) and o["monthly_income"] is not None


def untraced(w: Any, one: dict, s: date, e: date) -> bool:
    return graduated(one, s, e) and not w.pointing(OUTCOME, "student_id", one["id"])


def taught(row: dict, e: date, *origins: str) -> bool:
    return stands(row, e) and (not origins or row["origin"] in origins)


def built(w: Any, p: dict, e: date) -> bool | None:
    """Tell whether a project of the campus was signed by the day; None where its date is known to a month or year around it."""
    if not w.pointing(CAMPUS, "project_id", p["id"]) or p["signed_on"] is None:
        return False
    text, day = p["signed_on"], str(e)
    if len(text) == 10 or text != day[:len(text)]:
        return text <= day[:len(text)]
    is_last = day[5:] == "12-31" if len(text) == 4 else date.fromordinal(e.toordinal() + 1).month != e.month
    return True if is_last else None


def unused(f: dict, e: date) -> bool:
    return stands(f, e) and (f["commissioned_on"] is None or f["commissioned_on"] > str(e))


def overdue(w: Any, f: dict, s: date, e: date) -> bool:
    return unused(f, e) and (w.rule("minesafety.deadline", e) or {"day": DEADLINE})["day"] < str(e)


SUMS = {
    "college.departments.count": (DEPARTMENT, lambda w, r, s, e: stands(r, e), ""),
    "college.majors.count": (MAJOR, lambda w, r, s, e: stands(r, e), ""),
    "college.classes.count": (CLASS, lambda w, r, s, e: class_on_roll(r, e), ""),
    "college.students.enrolled": (CLASS, lambda w, r, s, e: class_on_roll(r, e), "headcount"),
    "college.students.recorded": (STUDENT, lambda w, r, s, e: on_roll(r, e), ""),
    "college.students.dual_certificate": (STUDENT, lambda w, r, s, e: on_roll(r, e) and skilled(w, r, e), ""),
    "college.students.recorded_in_full": (STUDENT, lambda w, r, s, e: on_roll(r, e) and in_full(w, r, e), ""),
    "college.students.dual_in_full": (STUDENT, lambda w, r, s, e: on_roll(r, e) and in_full(w, r, e) and skilled(w, r, e), ""),
    "college.graduates.count": (OUTCOME, outcome, ""), "college.graduates.employed": (OUTCOME, employed, ""),
    "college.graduates.with_income": (OUTCOME, with_income, ""), "college.graduates.income": (OUTCOME, with_income, "monthly_income"),
    "college.graduates.untraced": (STUDENT, untraced, ""),
    "college.appointments.count": (STAFF, lambda w, r, s, e: taught(r, e), ""),
    "college.faculty.from_industry.count": (STAFF, lambda w, r, s, e: taught(r, e, "enterprise"), ""),
    "college.agreements.count": (AGREEMENT, lambda w, r, s, e: in_force(r, e), ""),
    "college.founders.count": (FOUNDER, lambda w, r, s, e: stands(r, e), ""),
    "college.investment.total": ("projects.project", lambda w, r, s, e: built(w, r, e), "total_investment"),
    "college.land_area_mu": ("places.parcel", lambda w, r, s, e: bool(w.pointing(CAMPUS, "parcel_id", r["id"])), "area"),
    "fence.sites.required.count": (SITE, lambda w, r, s, e: stands(r, e), ""),
    "fence.sites.commissioned.count": (SITE, lambda w, r, s, e: stands(r, e) and not unused(r, e), ""),
    "fence.sites.overdue.count": (SITE, overdue, ""),
    "fence.sites.unguarded.count": (SITE, lambda w, r, s, e: unused(r, e) and r["interim_measure"] == "", ""),
    "fence.fences.count": (FENCE, lambda w, r, s, e: stands(r, e), ""),
}
EACH_ONCE = {
    "college.major_clusters.count": (MAJOR, lambda w, r, s, e: stands(r, e) and r["cluster_id"] is not None, "cluster_id"),
    "college.faculty_sources.count": (
        STAFF, lambda w, r, s, e: taught(r, e, "university", "enterprise") and r["organisation_id"] is not None, "organisation_id"),
    "college.agreements.enterprises": (AGREEMENT, lambda w, r, s, e: in_force(r, e), "partner_id"),
    "college.measures.count": (MEASURE, lambda w, r, s, e: stands(r, e), "kind"),
}
RATIOS = {
    "college.dual_certificate_rate": ("college.students.dual_in_full", "college.students.recorded_in_full", 100),
    "college.graduates.employment_rate": ("college.graduates.employed", "college.graduates.count", 100),
    "college.graduates.avg_monthly_income": ("college.graduates.income", "college.graduates.with_income", 1),
    "college.investment_per_mu": ("college.investment.total", "college.land_area_mu", 1),
    "fence.sites.commissioned_rate": ("fence.sites.commissioned.count", "fence.sites.required.count", 100),
}
OF_OUTCOMES, OF_STUDENTS = ("graduate_major", "graduate_department", "graduate_class"), ("degree", "student_class", "student_major")
GROUPINGS = {
    "college.": (), "college.majors.": ("major_department", "major_cluster"),
    "college.classes.": ("class_major", "class_department", "class_cluster"),
    "college.students.enrolled": ("class_name", "class_major", "class_department", "class_cluster"),
    "college.students.": OF_STUDENTS, "college.dual_certificate_rate": OF_STUDENTS, "college.graduates.": OF_OUTCOMES,
    "college.graduates.untraced": OF_STUDENTS, "college.appointments.": ("origin", "post", "origin_organisation"),
    "college.faculty.": ("post", "origin_organisation"), "college.faculty_sources.": ("origin",), "college.measures.": ("kind",),
    "fence.sites.": ("kind", "mine", "mine_city"), "fence.fences.": (),
}
DIMENSIONS = {each for some in GROUPINGS.values() for each in some} - {"degree", "origin", "post", "kind"}
LADDER = (("student_id", STUDENT, ""), ("school_class_id", CLASS, "class"), ("major_id", MAJOR, "major"))


def group_of(w: Any, row: dict, dimension: str) -> str | None:
    """Return the group of a row: the class, major, department or cluster that it lies in, the teacher's organisation, the mine."""
    if dimension == "origin_organisation":
        return w.name("organisations.enterprise", row["organisation_id"])
    if dimension in ("mine", "mine_city"):
        found = live(w, "minesafety.mine", row["mine_id"])
        return found and (found["name"] if dimension == "mine" else found["city"]) or None
    if dimension == "class_name":
        return row["name"]
    wanted, at = dimension.partition("_")[2], row
    for column, subject, name in LADDER:  # from the graduate to the student, the class and the major
        if column in at:
            found = live(w, subject, at[column])
            if found is None or name == wanted:
                return found and found["name"]
            at = found
    return w.name(f"college.{wanted}", at[f"{wanted}_id"])
