"""What the college puts on record pages: a student's degree studies, certificates and outcome, all on one page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.college.models import (
    CampusParcel,
    CollegeAgreement,
    FacultyAppointment,
    GraduateOutcome,
    SkillCertificate,
    Student,
)
from kaifaqu.kernel import clock
from kaifaqu.pages import manners
from kaifaqu.pages.chronicle import leave_out, strand
from kaifaqu.registers.organisations.models import Enterprise


def declare() -> None:
    """Declare the section of a student's page, and what tells nothing of an enterprise or a project."""
    leave_out(SkillCertificate, "who issued a student's certificate is the student's business")
    leave_out(FacultyAppointment, "where a teacher came from is no dealing with the enterprise")
    leave_out(CampusParcel, "on which land a project stands is seen on its page")
    strand(Enterprise, CollegeAgreement, "partner", {"signed_on": _("签订校企合作协议"), "ended_on": _("校企合作协议终止")},
           lambda reader, row: row.title)
    manners.panel(Student, "college/_student.html", replaces=("skill_certificates.student", "graduate_outcomes.student"))(studied)


def studied(user: Any, record: Student) -> dict[str, Any]:
    """Return a student's degree studies and, as far as the person may see them, certificates and outcome."""
    certificates: Any = SkillCertificate.objects.visible_to(user).filter(student=record).select_related("issuer").order_by("since", "id")
    outcomes: Any = GraduateOutcome.objects.visible_to(user).filter(student=record)
    today = clock.today()
    rows = [(each, each.until is None or each.until > today) for each in certificates]
    return {
        "record": record, "certificates": rows, "outcome": outcomes.first(),
        "has_both": any(valid for _each, valid in rows),
        "sees_certificates": user.may("skill_certificates.view", record.owner_id),
        "sees_issuers": user.may("enterprises.view", record.owner_id),
        "sees_outcome": user.may("graduate_outcomes.view", record.owner_id),
        "may_certify": user.may("skill_certificates.edit", record.owner_id),
        "may_trace": user.may("graduate_outcomes.edit", record.owner_id),
    }  # fmt: skip
