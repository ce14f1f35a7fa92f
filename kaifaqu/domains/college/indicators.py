"""Figures about a college: what it teaches, who studies and teaches, its partners, its graduates, its investment and land."""

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.college.models import (
    CampusParcel,
    CollegeAgreement,
    Degree,
    Department,
    FacultyAppointment,
    Founder,
    GraduateOutcome,
    IntegrationMeasure,
    Major,
    MeasureKind,
    Origin,
    Post,
    SchoolClass,
    SkillCertificate,
    Student,
)
from kaifaqu.domains.college.rules import SMALLEST
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.discreet import OfPeople, RateOfPeople
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.projects.models import Project


def _chosen(code: str, label: Any, choices: Any) -> Dimension:
    """Return the dimension of a column with choices, told in their words."""
    return Dimension(code, label, code, name=lambda key: str(dict(choices).get(key, key)))


# What is taught, and to how many

DEPARTMENTS = Indicator(
    code="college.departments.count", label=_("开设系数"), unit="个", basis=_("期末已设立、没有撤销的系部"),
    register=Department, where=lambda period, world: Department.on(period.end))
MAJORS_BY = (
    Dimension("major_department", _("所属系部"), "department__name"), Dimension("major_cluster", _("专业集群"), "cluster__name"))
MAJORS = Indicator(
    code="college.majors.count", label=_("开设专业数"), unit="个", basis=_("期末已开设、没有停办的专业"),
    register=Major, by=MAJORS_BY, where=lambda period, world: Major.on(period.end))
CLUSTERS = Indicator(
    code="college.major_clusters.count", label=_("专业集群数"), unit="个", basis=_("期末开设的专业所属的集群，各计一次"),
    register=Major, where=lambda period, world: Major.on(period.end) & Q(cluster__isnull=False), measure=Count("cluster", distinct=True))
CLASSES_BY = (
    Dimension("class_name", _("班级"), "name"), Dimension("class_major", _("专业"), "major__name"),
    Dimension("class_department", _("所属系部"), "major__department__name"),
    Dimension("class_cluster", _("专业集群"), "major__cluster__name"))
CLASSES = Indicator(
    code="college.classes.count", label=_("在籍班级数"), unit="个", basis=_("期末已入学、没有毕业的班级"),
    register=SchoolClass, by=CLASSES_BY[1:], where=lambda period, world: SchoolClass.on_roll(period.end))
ENROLLED = Indicator(
    code="college.students.enrolled", label=_("在籍学生数"), unit="人",
    basis=_("期末已入学、没有毕业的班级，按现有登记的在籍人数之和；过去当时登记的人数按「当时所知」看"),
    register=SchoolClass, by=CLASSES_BY, where=lambda period, world: SchoolClass.on_roll(period.end), measure=Sum("headcount"))


# Degree and skill: over the students who are entered one by one; the rate only where a class is entered completely

STUDENTS_BY = (
    _chosen("degree", _("学历层次"), Degree.choices), Dimension("student_class", _("班级"), "school_class__name"),
    Dimension("student_major", _("专业"), "school_class__major__name"))


def _certified(period: Period, world: World) -> Q:
    held = world.rows(SkillCertificate).filter(SkillCertificate.on(period.end))
    return Q(id__in=held.values("student_id"))


def _in_full(period: Period, world: World) -> Q:
    """Return the condition: of the student's class so many are on roll one by one as the class has students."""
    own = world.rows(Student).filter(Student.on_roll(period.end), school_class_id=OuterRef("id")).order_by().values("school_class_id")
    full = world.rows(SchoolClass).filter(
        SchoolClass.on_roll(period.end), headcount=Subquery(own.annotate(total=Count("id")).values("total")))
    return Q(school_class_id__in=full.values("id"))


STUDENTS = OfPeople(
    code="college.students.recorded", label=_("逐人登记的在籍学生数"), unit="人", smallest=SMALLEST.code,
    basis=_("期末已入学、没有离校、没有毕业的学生，一名学生一条"),
    register=Student, by=STUDENTS_BY, where=lambda period, world: Student.on_roll(period.end))
DUAL = OfPeople(
    code="college.students.dual_certificate", label=_("学历加技能的在籍学生数"), unit="人", smallest=SMALLEST.code, among=STUDENTS,
    basis=_("期末逐人登记的在籍学生（有学历教育的学籍）中，当天持有有效技能证书的；有几份证书都计一次"),
    register=Student, by=STUDENTS_BY, where=lambda period, world: Student.on_roll(period.end) & _certified(period, world))
IN_FULL = OfPeople(
    code="college.students.recorded_in_full", label=_("登记齐全的班级的在籍学生数"), unit="人", smallest=SMALLEST.code,
    basis=_("期末逐人登记的在籍学生与班级的在籍人数相等的班级里的在籍学生；人数不等的班级不计"),
    register=Student, by=STUDENTS_BY, where=lambda period, world: Student.on_roll(period.end) & _in_full(period, world))
DUAL_IN_FULL = OfPeople(
    code="college.students.dual_in_full", label=_("登记齐全的班级里学历加技能的学生数"), unit="人", smallest=SMALLEST.code, among=IN_FULL,
    basis=_("期末登记齐全的班级的在籍学生中，当天持有有效技能证书的"), register=Student, by=STUDENTS_BY,
    where=lambda period, world: Student.on_roll(period.end) & _in_full(period, world) & _certified(period, world))
DUAL_RATE = RateOfPeople(
    code="college.dual_certificate_rate", label=_("学历加技能双证率"), unit="%", by=STUDENTS_BY,
    basis=_("期末登记齐全的班级里，学历加技能的学生 ÷ 在籍学生；没有登记齐全的班级无法计算，两边都不计"),
    numerator=DUAL_IN_FULL, denominator=IN_FULL)


# Graduates: one outcome each, by the day of graduation

OUTCOMES_BY = (
    Dimension("graduate_major", _("专业"), "student__school_class__major__name"),
    Dimension("graduate_department", _("所属系部"), "student__school_class__major__department__name"),
    Dimension("graduate_class", _("班级"), "student__school_class__name"))


def _graduated(period: Period, world: World) -> Q:
    return Q(student_id__in=world.rows(Student).filter(during("graduated_on", period)).values("id"))


def _outcomes(code: str, label: Any, unit: str, basis: Any, narrower: Q | None = None, **more: Any) -> OfPeople:
    """Define a measure over the outcomes of those who graduated in the period, or of some of them."""
    return OfPeople(
        code=code, label=label, unit=unit, basis=basis, register=GraduateOutcome, by=OUTCOMES_BY, smallest=SMALLEST.code,
        where=lambda period, world: _graduated(period, world) & narrower if narrower else _graduated(period, world), **more)


GRADUATES = _outcomes("college.graduates.count", _("毕业生人数"), "人", _("期内毕业、登记了去向的学生，一名毕业生一条去向"))
EMPLOYED = _outcomes(
    "college.graduates.employed", _("就业毕业生人数"), "人", _("期内毕业、去向登记为就业的学生"), Q(employed=True), among=GRADUATES)
EMPLOYMENT_RATE = RateOfPeople(
    code="college.graduates.employment_rate", label=_("毕业生就业率"), unit="%", by=OUTCOMES_BY,
    basis=_("期内毕业生中去向为就业的 ÷ 期内登记了去向的毕业生"), numerator=EMPLOYED, denominator=GRADUATES)
_TOLD = Q(employed=True, monthly_income__isnull=False)
WITH_INCOME = _outcomes(
    "college.graduates.with_income", _("填了月收入的就业毕业生人数"), "人", _("期内毕业、就业并填了月收入的学生"), _TOLD,
    among=GRADUATES)
INCOME = _outcomes(
    "college.graduates.income", _("就业毕业生月收入合计"), "元", _("期内毕业、就业并填了月收入的学生的月收入之和"), _TOLD,
    measure=Sum("monthly_income"), people=WITH_INCOME)
AVERAGE_INCOME = RateOfPeople(
    code="college.graduates.avg_monthly_income", label=_("就业毕业生人均月收入"), unit="元/月", by=OUTCOMES_BY, times=1,
    basis=_("期内就业毕业生的月收入之和 ÷ 填了月收入的人数；没有就业的和没有填的两边都不计"), numerator=INCOME, denominator=WITH_INCOME)
UNTRACED = OfPeople(
    code="college.graduates.untraced", label=_("没有登记去向的毕业生人数"), unit="人", smallest=SMALLEST.code,
    basis=_("期内毕业、还没有去向的学生；就业率不含他们"), register=Student, by=STUDENTS_BY,
    where=lambda period, world: during("graduated_on", period) & ~Q(id__in=world.rows(GraduateOutcome).values("student_id")))


# Who teaches, and who cooperates

STAFF_BY = (
    _chosen("origin", _("来源类别"), Origin.choices), _chosen("post", _("职务"), Post.choices),
    Dimension("origin_organisation", _("来源单位"), "organisation__name"))
APPOINTMENTS = Indicator(
    code="college.appointments.count", label=_("师资聘任数"), unit="人", basis=_("期末在聘期内的师资聘任，一人一职一条"),
    register=FacultyAppointment, by=STAFF_BY, where=lambda period, world: FacultyAppointment.on(period.end))
FROM_INDUSTRY = Indicator(
    code="college.faculty.from_industry.count", label=_("企业师资数"), unit="人", basis=_("期末在聘期内、来自企业的师资聘任"),
    register=FacultyAppointment, by=STAFF_BY[1:],
    where=lambda period, world: FacultyAppointment.on(period.end) & Q(origin=Origin.ENTERPRISE))
SOURCES = Indicator(
    code="college.faculty_sources.count", label=_("师资来源单位数"), unit="家", basis=_("期末在聘期内的高校和企业师资的来源单位，各计一次"),
    register=FacultyAppointment, by=STAFF_BY[:1], measure=Count("organisation", distinct=True),
    where=lambda period, world: FacultyAppointment.on(period.end) & Q(
        origin__in=(Origin.UNIVERSITY, Origin.ENTERPRISE), organisation__isnull=False))
AGREEMENTS = Indicator(
    code="college.agreements.count", label=_("有效校企合作协议数"), unit="份", basis=_("期末已签订、在有效期内的校企合作协议"),
    register=CollegeAgreement, where=lambda period, world: CollegeAgreement.in_force(period.end))
PARTNERS = Indicator(
    code="college.agreements.enterprises", label=_("校企合作企业数"), unit="家",
    basis=_("期末有校企合作协议在有效期内的企业，各计一次；到期和终止的协议不计"), register=CollegeAgreement,
    where=lambda period, world: CollegeAgreement.in_force(period.end), measure=Count("partner", distinct=True))


# How it came to be

FOUNDERS = Indicator(
    code="college.founders.count", label=_("学院举办方数"), unit="个", basis=_("期末在册的举办方"),
    register=Founder, where=lambda period, world: Founder.on(period.end))
MEASURES = Indicator(
    code="college.measures.count", label=_("产教融合举措数"), unit="项", basis=_("期末正在推进的产教融合举措，同一类别计一次"),
    register=IntegrationMeasure, by=(_chosen("kind", _("举措类别"), MeasureKind.choices),), measure=Count("kind", distinct=True),
    where=lambda period, world: IntegrationMeasure.on(period.end))
INVESTMENT = Indicator(
    code="college.investment.total", label=_("学院总投资"), unit="万元",
    basis=_("登记了校园用地、期末以前签约的学院建设项目的计划总投资之和"),
    register=Project, measure=Sum("total_investment"), where=lambda period, world: Q(signed_on__lte=period.end) & Q(
        id__in=world.rows(CampusParcel).values("project_id")))
LAND = Indicator(
    code="college.land_area_mu", label=_("学院占地面积"), unit="亩", basis=_("登记为校园用地的宗地面积之和"),
    register=Parcel, measure=Sum("area"), where=lambda period, world: Q(id__in=world.rows(CampusParcel).values("parcel_id")))
PER_MU = Ratio(
    code="college.investment_per_mu", label=_("学院每亩投资"), unit="万元/亩", basis=_("学院总投资 ÷ 学院占地面积"),
    numerator=INVESTMENT, denominator=LAND, times=1)
