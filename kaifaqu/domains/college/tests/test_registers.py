"""The registers of a college keep what every register keeps, and refuse what cannot be."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

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
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.projects.models import Project


def enterprise(zone):
    """Return an enterprise of the zone."""
    return testing.enter(Enterprise, zone, "code | name\nQ9 | 演示航空企业")[0]


def department(zone):
    """Return a department."""
    return testing.enter(Department, zone, "code | name | since\nX9 | 无人机系 | 2020-09-01")[0]


def school_class(zone):
    """Return a class of a major."""
    testing.enter(Major, zone, "code | name | since\nZ9 | 无人机应用 | 2020-09-01", department=department(zone))
    return testing.enter(SchoolClass, zone, "code | name | major | entered_on | headcount\nB9 | 一班 | Z9 | 2020-09-01 | 40")[0]


def student(zone, **facts):
    """Return a student who has graduated."""
    facts = {"degree": "college", "enrolled_on": "2020-09-01", "graduated_on": "2023-06-30", "school_class": school_class(zone), **facts}
    return testing.enter(Student, zone, "code\nS9", **facts)[0]


class TestClusters(testing.RegisterTests):
    register = Cluster

    def facts(self, zone):
        return {"name": "航空维修"}


class TestDepartments(testing.RegisterTests):
    register = Department

    def facts(self, zone):
        return {"name": "航空维修系", "since": "2020-09-01"}


class TestMajors(testing.RegisterTests):
    register = Major

    def facts(self, zone):
        [cluster] = testing.enter(Cluster, zone, "code | name\nJ9 | 航空维修")
        return {"name": "飞机机电设备维修", "department": department(zone), "cluster": cluster, "since": "2020-09-01"}


class TestClasses(testing.RegisterTests):
    register = SchoolClass

    def facts(self, zone):
        return {"name": "二班", "major": school_class(zone).major, "entered_on": "2020-09-01", "headcount": 41}


class TestStudents(testing.RegisterTests):
    register = Student

    def facts(self, zone):
        return {"name": "演示学生", "school_class": school_class(zone), "degree": "college", "enrolled_on": "2020-09-01"}


class TestCertificates(testing.RegisterTests):
    register = SkillCertificate

    def facts(self, zone):
        return {"student": student(zone), "occupation": "无人机驾驶员", "grade": "四级", "issuer": enterprise(zone), "since": "2022-05-01"}


class TestOutcomes(testing.RegisterTests):
    register = GraduateOutcome

    def facts(self, zone):
        return {"student": student(zone), "employed": True, "employer": "演示航空企业", "monthly_income": "3500"}


class TestAppointments(testing.RegisterTests):
    register = FacultyAppointment

    def facts(self, zone):
        own = {"origin": "enterprise", "organisation": enterprise(zone), "post": "teacher"}
        return {"person": "演示人员 301", "since": "2021-03-01", **own}


class TestAgreements(testing.RegisterTests):
    register = CollegeAgreement

    def facts(self, zone):
        return {"partner": enterprise(zone), "title": "合作发展协议", "signed_on": "2022-03-01", "since": "2022-03-01", "places": 20}


class TestFounders(testing.RegisterTests):
    register = Founder

    def facts(self, zone):
        return {"name": "演示省人民政府", "since": "2019-05-01"}


class TestCampus(testing.RegisterTests):
    register = CampusParcel

    def facts(self, zone):
        [project] = testing.enter(Project, zone, "code | name | signed_on\nP9 | 学院建设 | 2018-05-01")
        [parcel] = testing.enter(Parcel, zone, "code | name | area\nZD9 | 一号地块 | 300")
        return {"project": project, "parcel": parcel}


class TestMeasures(testing.RegisterTests):
    register = IntegrationMeasure

    def facts(self, zone):
        return {"kind": "platform", "title": "搭建学习平台", "since": "2020-01-01"}


def test_days_that_cannot_be_are_refused(zone, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    own = school_class(zone)
    with pytest.raises(ValidationError, match="「入学日期」2024-09-01 还没有到（今天是 2024-08-05）"):
        testing.enter(SchoolClass, zone, "code | entered_on\nB8 | 2024-09-01", name="新班", major=own.major, headcount=40)
    with pytest.raises(ValidationError, match="「无人机应用」2020-09-01 才开设，旧班不能在 2019-09-01 入学"):
        testing.enter(SchoolClass, zone, "code | entered_on\nB8 | 2019-09-01", name="旧班", major=own.major, headcount=40)
    with pytest.raises(ValidationError, match="「毕业日期」2020-08-31 早于「入学日期」2020-09-01"):
        testing.enter(Student, zone, "enrolled_on | graduated_on\n2020-09-01 | 2020-08-31", school_class=own, degree="college")
    with pytest.raises(ValidationError, match="只填一个"):
        testing.enter(Student, zone, "enrolled_on | left_on | graduated_on\n2020-09-01 | 2021-01-01 | 2023-06-30",
                      school_class=own, degree="college")


def test_an_outcome_is_of_one_who_graduated_and_is_one(zone, clerk):
    one = student(zone)
    testing.enter(GraduateOutcome, zone, "employed | monthly_income\nTrue | 3500", student=one)
    with pytest.raises(ValidationError, match="已有一条去向"):
        testing.enter(GraduateOutcome, zone, "employed\nFalse", student=one)
    [other] = testing.enter(Student, zone, "enrolled_on\n2020-09-01", school_class=one.school_class, degree="college")
    with pytest.raises(ValidationError, match="还没有毕业"):
        testing.enter(GraduateOutcome, zone, "employed\nFalse", student=other)
    [gone] = testing.enter(Student, zone, "enrolled_on | graduated_on\n2020-09-01 | 2023-06-30",
                           school_class=one.school_class, degree="college")
    with pytest.raises(ValidationError, match="只填就业的"):
        testing.enter(GraduateOutcome, zone, "employed | monthly_income\nFalse | 3500", student=gone)


def test_one_certificate_for_one_occupation_and_grade_is_valid_on_a_day(zone):
    own = {"student": student(zone), "occupation": "驾驶员"}
    testing.enter(SkillCertificate, zone, "code | grade | since | until\nC1 | 四级 | 2021-01-01 | 2023-01-01", **own)
    testing.enter(SkillCertificate, zone, "code | grade | since\nC2 | 四级 | 2023-01-01\nC3 | 三级 | 2022-01-01", **own)
    with pytest.raises(ValidationError, match="时间重叠"):
        testing.enter(SkillCertificate, zone, "code | grade | since\nC4 | 四级 | 2022-06-01", **own)


def test_what_others_stand_on_is_not_archived(zone, clerk):
    own = school_class(zone)
    for record in (own.major.department, own.major):
        change = actions.find(record.right_to("archive")).plan(record, by=clerk, version=record.row_version, reason="重复登记")
        with pytest.raises(ValidationError, match="请先归档或改到别处"):
            commit([change], by=clerk)


def test_a_name_is_erased_and_stands_in_no_event(zone, clerk, client):
    one = student(zone, name="演示学生甲")
    erase = actions.find("students.erase").plan
    commit([erase(one, by=clerk, version=1, reason="本人要求")], by=clerk)
    assert Student.objects.get().name == ""
    client.force_login(clerk)
    assert "演示学生甲" not in client.get(reverse("record", args=["students", one.pk])).content.decode()
