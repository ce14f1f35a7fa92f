"""The tables of this room."""

from kaifaqu.domains.college.campus import CampusParcel, Founder, IntegrationMeasure, MeasureKind
from kaifaqu.domains.college.staff import CollegeAgreement, FacultyAppointment, Origin, Post
from kaifaqu.domains.college.students import Degree, GraduateOutcome, SkillCertificate, Student
from kaifaqu.domains.college.teaching import Cluster, Department, Major, SchoolClass

__all__ = [
    "CampusParcel", "Cluster", "CollegeAgreement", "Degree", "Department", "FacultyAppointment", "Founder", "GraduateOutcome",
    "IntegrationMeasure", "Major", "MeasureKind", "Origin", "Post", "SchoolClass", "SkillCertificate", "Student",
]
