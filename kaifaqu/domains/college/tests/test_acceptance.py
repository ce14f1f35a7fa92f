"""M3-13 to M3-17: a college's departments and classes, its teachers, partners and graduates, and degree plus skill on one page."""

from decimal import Decimal

import pytest
from django.urls import reverse

from kaifaqu.domains.college import indicators as figures
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
from kaifaqu.kernel import access, actions, events, testing, units
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.places.models import Parcel
from kaifaqu.registers.projects.models import Project
from kaifaqu.sheets import importing

DAY = "2024-08-05"


def told(definition, period=DAY, by=None, user=None):
    """Return the figure's value, with `by` also those of its groups."""
    dimension = next((each for each in definition.by if each.code == by), None)
    figure = definition.figure(Period.parse(period), scope=access.scope(), by=dimension, user=user)
    return (figure.value, {group.label: group.value for group in figure.groups}) if by else figure.value


def behind(definition, period=DAY):
    """Return the codes of the records behind the figure."""
    return [record.code for record in definition.figure(Period.parse(period), scope=access.scope()).records]


def archive(record, clerk):
    """Archive a record."""
    plan = actions.find(record.right_to("archive")).plan
    commit([plan(record, by=clerk, version=record.row_version, reason="重复登记")], by=clerk)


@pytest.fixture
def college(zone, clerk):
    """Return a college of four departments with 4, 3, 3 and 3 majors in four clusters, with classes of 4,986 students on roll."""
    testing.enter(Cluster, zone, "code | name\nJ1 | 无人机\nJ2 | 航空维修\nJ3 | 航空机务与运输\nJ4 | 通航+人工智能")
    testing.enter(Department, zone, """
        code | name       | since      | until
        X1   | 无人机系   | 2019-09-01 |
        X2   | 维修系     | 2019-09-01 |
        X3   | 运输系     | 2020-09-01 |
        X4   | 信息系     | 2021-09-01 |
        X5   | 筹备处     | 2019-01-01 | 2019-09-01
    """)
    majors = [(f"Z{number + 1}", f"专业{number + 1}", f"X{department}", f"J{department}")
              for number, department in enumerate((1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4))]
    table = "\n".join(["code | name | department | cluster", *(" | ".join(each) for each in majors)])
    testing.enter(Major, zone, table, since="2021-09-01")
    testing.enter(Major, zone, "code | name | department | cluster | since | until\nZ14 | 停办专业 | X1 | J1 | 2019-09-01 | 2022-07-01")
    testing.enter(SchoolClass, zone, """
        code | name   | major | entered_on | headcount | graduated_on
        B1   | 2021级 | Z1    | 2021-09-01 | 1500      |
        B2   | 2022级 | Z5    | 2022-09-01 | 1700      |
        B3   | 2023级 | Z8    | 2023-09-01 | 1786      |
        B4   | 首届   | Z2    | 2021-09-01 | 747       | 2023-06-30
    """)
    testing.enter(Founder, zone, "name | since\n演示省人民政府 | 2018-05-01\n演示市人民政府 | 2018-05-01")
    testing.enter(IntegrationMeasure, zone, """
        kind        | title        | since      | until
        platform    | 搭建学习平台 | 2018-05-01 |
        teachers    | 加强师资力量 | 2019-03-01 |
        teachers    | 引进办学理念 | 2020-03-01 |
        cooperation | 校企合作     | 2019-09-01 |
    """)
    return zone


@pytest.fixture
def campus(zone):
    """Return the project of 18 亿元 on two parcels of 300 and 256.2 亩, beside a project and a parcel that are not the college's."""
    testing.enter(Project, zone, """
        code | name     | total_investment | signed_on
        P1   | 学院建设 | 180000           | 2018-05-08
        P2   | 别的项目 | 25000            | 2018-05-08
    """)
    testing.enter(Parcel, zone, "code | name | area\nD1 | 一号地块 | 300\nD2 | 二号地块 | 256.2\nD3 | 别的地块 | 77")
    return testing.enter(CampusParcel, zone, "code | project | parcel\nY1 | P1 | D1\nY2 | P1 | D2")


def test_m3_13_departments_majors_and_roster_come_from_rows(college, clerk):
    assert (told(figures.DEPARTMENTS), told(figures.MAJORS), told(figures.CLUSTERS)) == (4, 13, 4)
    assert told(figures.MAJORS, by="major_department") == (13, {"无人机系": 4, "维修系": 3, "运输系": 3, "信息系": 3})
    assert told(figures.ENROLLED) == 4986 < 5000
    assert told(figures.ENROLLED, by="class_name") == (4986, {"2021级": 1500, "2022级": 1700, "2023级": 1786})
    assert (told(figures.CLASSES), behind(figures.ENROLLED)) == (3, ["B1", "B2", "B3"])
    assert (told(figures.FOUNDERS), told(figures.MEASURES)) == (2, 3)


def test_m3_13_the_roster_is_that_of_the_day(college):
    assert told(figures.ENROLLED, "2023-06-29") == 1500 + 1700 + 747
    assert told(figures.ENROLLED, "2023-06-30") == 1500 + 1700
    assert told(figures.ENROLLED, "2022-08-31") == 1500 + 747
    assert (told(figures.DEPARTMENTS, "2019-08-31"), told(figures.MAJORS, "2022-06-30"), told(figures.MAJORS, "2021-08-31")) == (1, 14, 1)


def test_m3_13_a_headcount_is_the_one_that_stands_now_and_the_former_is_as_known_then(college, clerk):
    before, own = events.last_seq(), SchoolClass.objects.get(code="B1")
    commit([actions.find("college_classes.correct").plan(own, by=clerk, version=1, facts={"headcount": 1490}, reason="退学")], by=clerk)
    assert [told(figures.ENROLLED, day) for day in ("2022-08-31", DAY)] == [1490 + 747, 4976]
    assert figures.ENROLLED.figure(Period.parse(DAY), scope=access.scope(), known=before).value == 4986
    assert "按现有登记" in figures.ENROLLED.basis


def test_m3_13_without_a_row_each_figure_changes_by_exactly_that_row(college, clerk):
    archive(SchoolClass.objects.get(code="B2"), clerk)
    assert (told(figures.ENROLLED), told(figures.CLASSES)) == (4986 - 1700, 2)
    archive(Major.objects.get(code="Z13"), clerk)
    assert (told(figures.MAJORS), told(figures.DEPARTMENTS), told(figures.CLUSTERS)) == (12, 4, 4)
    for code in ("Z11", "Z12"):
        archive(Major.objects.get(code=code), clerk)
    archive(Department.objects.get(code="X4"), clerk)
    assert (told(figures.MAJORS), told(figures.DEPARTMENTS), told(figures.CLUSTERS)) == (10, 3, 3)
    archive(Founder.objects.first(), clerk)
    archive(IntegrationMeasure.objects.get(kind="platform"), clerk)
    assert (told(figures.FOUNDERS), told(figures.MEASURES)) == (1, 2)


def test_m3_13_investment_and_land_come_from_the_project_and_its_parcels(campus, clerk):
    assert units.display(told(figures.INVESTMENT), "万元") == "18 亿元"
    assert (told(figures.LAND), units.convert(told(figures.LAND), "亩", "公顷")) == (Decimal("556.2"), Decimal("37.08"))
    assert told(figures.PER_MU) == Decimal("323.62")
    assert (behind(figures.INVESTMENT), behind(figures.LAND)) == (["P1"], ["D1", "D2"])
    archive(campus[0], clerk)
    assert (told(figures.LAND), told(figures.INVESTMENT)) == (Decimal("256.2"), 180000)


@pytest.fixture
def faculty(zone):
    """Return appointments from one university and two enterprises, a special one, and one whose term is over."""
    testing.enter(Enterprise, zone, "code | name\nQ1 | 演示航空大学\nQ2 | 演示轻型飞机公司\nQ3 | 演示飞机制造公司")
    return testing.enter(FacultyAppointment, zone, """
        code | person       | origin     | organisation | post            | since      | until
        R1   | 演示人员 301 | special    |              | committee_chair | 2020-03-01 |
        R2   | 演示人员 302 | university | Q1           | president       | 2020-03-01 |
        R3   | 演示人员 303 | enterprise | Q2           | teacher         | 2021-03-01 | 2025-03-01
        R4   | 演示人员 304 | enterprise | Q3           | technician      | 2021-03-01 |
        R5   | 演示人员 305 | enterprise | Q3           | teacher         | 2020-03-01 | 2023-03-01
    """)


def test_m3_14_teachers_are_listed_by_source(faculty, clerk):
    assert told(figures.APPOINTMENTS, by="origin") == (4, {"特聘": 1, "高校": 1, "企业": 2})
    assert told(figures.APPOINTMENTS, by="post") == (4, {"院长": 1, "技术委员会主任": 1, "专业教师": 1, "技术人员": 1})
    assert (told(figures.FROM_INDUSTRY), behind(figures.FROM_INDUSTRY)) == (2, ["R3", "R4"])
    assert (told(figures.SOURCES), told(figures.FROM_INDUSTRY, "2022-12-31")) == (3, 3)
    archive(faculty[2], clerk)
    assert (told(figures.FROM_INDUSTRY), told(figures.APPOINTMENTS), told(figures.SOURCES)) == (1, 3, 2)


def test_m3_14_no_public_view_has_a_private_name(zone, faculty, clerk, client):
    reader = testing.employ(zone, "reader", "faculty_appointments.figures enterprises.view")
    figure = figures.APPOINTMENTS.figure(Period.parse(DAY), scope={zone}, by=figures.STAFF_BY[0], user=reader)
    assert (figure.value, figure.records, {each.label: each.value for each in figure.groups}) == (4, [], {"特聘": 1, "高校": 1, "企业": 2})
    client.force_login(reader)
    page = client.get(reverse("figure", args=[figures.APPOINTMENTS.code]), {"period": DAY, "by": "origin"}).content.decode()
    assert ("企业" in page, "演示人员" in page) == (True, False)
    assert client.get(reverse("records", args=["faculty_appointments"])).status_code in (403, 404)
    client.force_login(clerk)
    listed = client.get(reverse("records", args=["faculty_appointments"])).content.decode()
    assert ("R3" in listed, "演示人员 30" in listed) == (True, False)  # a name stands on the record's own page only
    assert "演示人员 303" in client.get(reverse("record", args=["faculty_appointments", faculty[2].pk])).content.decode()


@pytest.fixture
def agreements(zone):
    """Return 26 agreements: 23 enterprises in force, two expired, and a second one with the first enterprise."""
    rows = [f"Q{number:02d} | 演示合作企业 {number}" for number in range(1, 26)]
    testing.enter(Enterprise, zone, "\n".join(["code | name", *rows]))
    testing.enter(CollegeAgreement, zone, "\n".join([
        "code | partner", *(f"A{number:02d} | Q{number:02d}" for number in range(1, 24)), "A24 | Q01"]),
        title="合作发展协议", signed_on="2022-03-01", since="2022-03-01", until="2026-03-01")
    testing.enter(CollegeAgreement, zone, """
        code | partner | signed_on  | since      | until      | ended_on
        A25  | Q24     | 2020-03-01 | 2020-03-01 | 2023-03-01 |
        A26  | Q25     | 2021-03-01 | 2021-03-01 | 2025-03-01 | 2024-03-01
    """, title="合作发展协议")
    return zone


def test_m3_15_enterprises_with_an_agreement_in_force_are_counted_once(agreements, clerk):
    assert (told(figures.PARTNERS), told(figures.AGREEMENTS)) == (23, 24)
    archive(CollegeAgreement.objects.get(code="A24"), clerk)
    assert (told(figures.PARTNERS), told(figures.AGREEMENTS)) == (23, 23)
    archive(CollegeAgreement.objects.get(code="A01"), clerk)
    assert (told(figures.PARTNERS), told(figures.AGREEMENTS)) == (22, 22)


def test_m3_15_an_expired_agreement_leaves_the_count(agreements):
    assert [told(figures.PARTNERS, day) for day in ("2023-02-28", "2023-03-01", "2024-02-29", "2024-03-01", "2026-03-01")] == [
        25, 24, 24, 23, 0]
    assert "A25" not in behind(figures.PARTNERS)


@pytest.fixture
def graduates(zone):
    """Return a college whose 747 first graduates left in two classes: 710 are employed, 200 at 3,200, 310 at 3,500, 200 at 3,800 元."""
    testing.enter(Department, zone, "code | name | since\nX1 | 无人机系 | 2019-09-01")
    testing.enter(Major, zone, "code | name | department | since\nZ1 | 无人机 | X1 | 2019-09-01\nZ2 | 直升机 | X1 | 2019-09-01")
    testing.enter(SchoolClass, zone, """
        code | name | major | entered_on | headcount | graduated_on
        B1   | 一班 | Z1    | 2020-09-01 | 742       | 2023-06-30
        B2   | 二班 | Z2    | 2020-09-01 | 5         | 2023-06-30
        B3   | 三班 | Z1    | 2021-09-01 | 2         | 2024-06-30
    """)
    codes = [f"S{number:03d}" for number in range(747)]
    students = [f"{code} | {'B2' if place < 5 else 'B1'}" for place, code in enumerate(codes)]
    testing.enter(Student, zone, "\n".join(["code | school_class", *students]),
                  degree="college", enrolled_on="2020-09-01", graduated_on="2023-06-30")
    testing.enter(Student, zone, "code | school_class\nT1 | B3\nT2 | B3",
                  degree="college", enrolled_on="2021-09-01", graduated_on="2024-06-30")
    incomes = [*["3200"] * 200, *["3500"] * 310, *["3800"] * 200, *[""] * 37]
    rows = [f"{code} | {'True' if income else 'False'} | {income}" for code, income in zip(codes, incomes, strict=True)]
    table = "\n".join(["student | employed | monthly_income", *rows, "T1 | True | 9000"])
    testing.enter(GraduateOutcome, zone, table, surveyed_on="2024-07-20")
    return zone


def test_m3_16_710_of_747_graduates_are_95_per_cent(graduates, clerk):
    assert (told(figures.GRADUATES, "2023"), told(figures.EMPLOYED, "2023")) == (747, 710)
    assert (told(figures.EMPLOYMENT_RATE, "2023"), told(figures.AVERAGE_INCOME, "2023")) == (Decimal("95.05"), 3500)
    assert units.round_half_up(told(figures.EMPLOYMENT_RATE, "2023"), 0) == 95
    assert (told(figures.GRADUATES, "2024"), told(figures.UNTRACED, "2024"), told(figures.UNTRACED, "2023")) == (1, 1, 0)
    [employed, not_employed] = (GraduateOutcome.objects.filter(employed=each).order_by("id").first() for each in (True, False))
    archive(not_employed, clerk)
    assert (told(figures.GRADUATES, "2023"), told(figures.EMPLOYED, "2023"), told(figures.UNTRACED, "2023")) == (746, 710, 1)
    archive(employed, clerk)
    assert (told(figures.GRADUATES, "2023"), told(figures.EMPLOYED, "2023")) == (745, 709)
    assert told(figures.INCOME, "2023") == 3500 * 710 - 3200
    assert told(figures.AVERAGE_INCOME, "2023") == units.round_half_up(Decimal(3500 * 710 - 3200) / 709, 2)


def test_m3_16_an_income_that_nobody_told_is_not_nothing(graduates, clerk):
    one = GraduateOutcome.objects.filter(monthly_income=3200).first()
    correct = actions.find("graduate_outcomes.correct").plan
    commit([correct(one, by=clerk, version=1, facts={"monthly_income": None}, reason="本人未填")], by=clerk)
    assert (told(figures.EMPLOYED, "2023"), told(figures.WITH_INCOME, "2023")) == (710, 709)
    assert told(figures.AVERAGE_INCOME, "2023") > 3500


RIGHTS = "graduate_outcomes.figures students.figures college_classes.view college_majors.view college_departments.view"


def test_m3_16_small_groups_are_hidden_in_public_view(graduates, clerk, zone):
    reader = testing.employ(zone, "reader", RIGHTS)
    for figure in (figures.GRADUATES, figures.EMPLOYED, figures.EMPLOYMENT_RATE, figures.AVERAGE_INCOME):
        value, groups = told(figure, "2023", "graduate_class", reader)
        assert value == told(figure, "2023")
        assert groups == {"一班": None, "二班": None}, "the only small one would be the whole less all others"
        assert told(figure, "2023", "graduate_class", clerk)[1] == told(figure, "2023", "graduate_class")[1] != groups
    figure = figures.EMPLOYMENT_RATE.figure(Period.parse("2023"), scope={zone}, by=figures.OUTCOMES_BY[2], user=reader)
    assert {each.reason for each in figure.groups} == {"少于 10 人的不公布。"}
    assert told(figures.EMPLOYMENT_RATE, "2023", "graduate_department", reader)[1] == {"无人机系": Decimal("95.05")}


def test_m3_16_of_few_graduates_nothing_is_told_in_public_view(graduates, clerk, zone):
    reader = testing.employ(zone, "reader", RIGHTS)
    for figure in (figures.GRADUATES, figures.EMPLOYMENT_RATE, figures.AVERAGE_INCOME):
        one = figure.figure(Period.parse("2024"), scope={zone}, user=reader)
        assert (one.value, one.reason, one.records) == (None, "少于 10 人的不公布。", [])
        assert told(figure, "2024", user=clerk) is not None
    facts = {"kind": "college.smallest_group", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "学院规定",
             "content": '{"people": 1}'}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    assert told(figures.AVERAGE_INCOME, "2024", user=reader) == 9000


@pytest.fixture
def leavers(zone):
    """Return the graduates of 2023 of four classes by how many are employed and how many are not; the reader may see figures."""

    def enter(*classes):
        testing.enter(Department, zone, "code | name | since\nX1 | 无人机系 | 2019-09-01")
        testing.enter(Major, zone, "code | name | department | since\nZ1 | 无人机 | X1 | 2019-09-01")
        rows = "\n".join(f"B{number} | {number}班 | {employed + idle}" for number, (employed, idle) in enumerate(classes, 1))
        testing.enter(SchoolClass, zone, f"code | name | headcount\n{rows}", major=Major.objects.get(),
                      entered_on="2020-09-01", graduated_on="2023-06-30")
        told = [(f"B{number}", place < employed) for number, (employed, idle) in enumerate(classes, 1) for place in range(employed + idle)]
        testing.enter(Student, zone, "\n".join(["code | school_class", *(f"S{n:03d} | {own}" for n, (own, _at) in enumerate(told))]),
                      degree="college", enrolled_on="2020-09-01", graduated_on="2023-06-30")
        testing.enter(GraduateOutcome, zone, "\n".join(["student | employed", *(f"S{n:03d} | {at}" for n, (_own, at) in enumerate(told))]))
        return testing.employ(zone, "reader", RIGHTS)

    return enter


def test_m3_16_small_groups_are_hidden_together_with_so_many_that_they_are_not_told_by_the_rest(leavers):
    reader = leavers((1, 0), (1, 0), (40, 0))
    assert told(figures.GRADUATES, "2023", "graduate_class", reader) == (42, {"1班": None, "2班": None, "3班": None})


def test_m3_16_two_small_groups_that_hold_enough_hide_no_other(leavers):
    reader = leavers((6, 0), (5, 0), (40, 0))
    assert told(figures.GRADUATES, "2023", "graduate_class", reader) == (51, {"1班": None, "2班": None, "3班": 40})


def test_m3_16_a_small_rest_is_hidden_like_a_small_group(leavers, zone):
    reader = leavers((12, 3), (15, 20), (20, 25), (11, 0))
    assert told(figures.GRADUATES, "2023", "graduate_class", reader)[1] == {"1班": 15, "2班": 35, "3班": 45, "4班": 11}
    assert told(figures.EMPLOYED, "2023", "graduate_class", reader) == (58, {"1班": None, "2班": None, "3班": 20, "4班": None})
    rates = told(figures.EMPLOYMENT_RATE, "2023", "graduate_class", reader)[1]
    assert rates == {"1班": None, "2班": None, "3班": Decimal("44.44"), "4班": None}


def test_m3_16_that_everybody_or_nobody_of_a_large_group_is_employed_is_told(leavers):
    reader = leavers((0, 12), (14, 0), (20, 20))
    assert told(figures.EMPLOYMENT_RATE, "2023", "graduate_class", reader)[1] == {"1班": 0, "2班": 100, "3班": 50}


def test_m3_16_of_a_small_group_it_is_not_told_by_its_absence_that_nobody_is_employed(leavers):
    reader = leavers((0, 4), (14, 16), (20, 20))
    assert told(figures.EMPLOYED, "2023", "graduate_class", reader) == (34, {"2班": None, "3班": 20, "1班": None})


def test_m3_16_a_whole_with_a_small_rest_is_not_told(leavers, zone):
    reader = leavers((30, 2), (14, 0))
    assert (told(figures.GRADUATES, "2023", user=reader), told(figures.EMPLOYED, "2023", user=reader)) == (46, None)
    assert told(figures.EMPLOYMENT_RATE, "2023", user=reader) is None


def test_m3_16_what_is_small_is_what_the_rule_says_today_whatever_is_asked_for(leavers, zone, clerk, time_machine):
    reader = leavers((20, 0), (30, 0))
    before = events.last_seq()
    facts = {"kind": "college.smallest_group", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "学院规定",
             "content": '{"people": 25}'}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    by = figures.OUTCOMES_BY[2]
    for known in (None, before):  # neither a period nor a state of knowledge before the rule goes around it
        figure = figures.GRADUATES.figure(Period.parse("2023"), scope={zone}, by=by, known=known, user=reader)
        assert (figure.value, {each.label: each.value for each in figure.groups}) == (50, {"1班": None, "2班": None}), known


def test_m3_16_what_one_graduate_earns_stands_on_his_own_page_only(graduates, clerk, client):
    client.force_login(clerk)
    own = GraduateOutcome.objects.get(student__code="T1")
    listed = client.get(reverse("records", args=["graduate_outcomes"]), {"sort": "-student", "employed": "True"}).content.decode()
    headings = listed.partition("<thead")[2].partition("</thead")[0]
    assert ("核实日期" in headings, "月收入" in headings) == (True, False)
    assert "月收入（元）" in client.get(reverse("record", args=["graduate_outcomes", own.pk])).content.decode()


def test_m3_16_outcomes_come_in_by_the_students_code(graduates, clerk, zone):
    lines = "毕业生\t是否就业\t月收入（元）\nT2\t是\t4100\nT1\t是\t9000"
    upload = importing.receive(GraduateOutcome, zone, clerk, "粘贴.txt", lines)
    importing.check(upload)
    importing.write(upload, clerk)
    assert (told(figures.GRADUATES, "2024"), told(figures.AVERAGE_INCOME, "2024")) == (2, 6550)


@pytest.fixture
def skilled(college):
    """Return a class of four with four on roll of whom two hold a certificate and one held one, and some of other classes."""
    testing.enter(SchoolClass, college, "code | name | major | entered_on | headcount\nB5 | 小班 | Z1 | 2021-09-01 | 4")
    testing.enter(Student, college, """
        code | school_class | enrolled_on | left_on    | graduated_on
        S1   | B5           | 2021-09-01  |            |
        S2   | B5           | 2021-09-01  |            |
        S3   | B5           | 2021-09-01  |            |
        S4   | B5           | 2021-09-01  |            |
        S5   | B5           | 2021-09-01  | 2024-01-10 |
        S6   | B4           | 2021-09-01  |            | 2023-06-30
        S7   | B1           | 2021-09-01  |            |
    """, degree="college")
    return testing.enter(SkillCertificate, college, """
        code | student | occupation   | grade | since      | until
        C1   | S1      | 无人机驾驶员 | 四级  | 2023-05-01 |
        C2   | S1      | 无人机装调工 | 四级  | 2023-06-01 |
        C3   | S2      | 无人机驾驶员 | 四级  | 2023-05-01 |
        C4   | S3      | 无人机驾驶员 | 四级  | 2022-05-01 | 2024-05-01
        C5   | S5      | 无人机驾驶员 | 四级  | 2023-05-01 |
        C6   | S6      | 无人机驾驶员 | 四级  | 2023-05-01 |
        C7   | S7      | 无人机驾驶员 | 四级  | 2024-05-01 |
    """)


def test_m3_17_degree_and_skill_show_on_one_page(skilled, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("record", args=["students", Student.objects.get(code="S1").pk])).content.decode()
    for words in ("学历和技能", "高职（专科）", "2021-09-01 入学，在籍", "无人机驾驶员", "无人机装调工", "四级"):
        assert words in page
    page = client.get(reverse("record", args=["students", Student.objects.get(code="S3").pk])).content.decode()
    assert ("已失效" in page, "<dd>没有</dd>" in page) == (True, True)


def test_m3_17_the_dual_rate_is_students_with_both_over_students_at_that_date(skilled, clerk):
    assert (told(figures.STUDENTS), told(figures.DUAL), told(figures.IN_FULL), told(figures.DUAL_RATE)) == (5, 3, 4, 50)
    assert (behind(figures.DUAL), behind(figures.DUAL_IN_FULL)) == (["S1", "S2", "S7"], ["S1", "S2"])
    assert told(figures.DUAL, "2023-06-01") == 5
    archive(skilled[0], clerk)
    assert (told(figures.DUAL), told(figures.DUAL_RATE)) == (3, 50)  # the other certificate is enough
    archive(skilled[1], clerk)
    assert (told(figures.DUAL), told(figures.DUAL_RATE)) == (2, 25)


def test_m3_17_of_a_class_that_is_not_entered_in_full_there_is_no_dual_rate(skilled, clerk):
    """Who is entered for a certificate alone would make the rate of a class 100 %."""
    assert told(figures.DUAL_RATE, by="student_class") == (50, {"小班": 50})  # not of 2021级, of whose 1500 one is entered
    correct = actions.find("college_classes.correct").plan
    for headcount, rate in ((5, None), (3, None), (4, 50)):
        own = SchoolClass.objects.get(code="B5")
        commit([correct(own, by=clerk, version=own.row_version, facts={"headcount": headcount}, reason="核对")], by=clerk)
        figure = figures.DUAL_RATE.figure(Period.parse(DAY), scope=access.scope())
        assert (figure.value, figure.reason) == (rate, "" if rate else "「登记齐全的班级的在籍学生数」为 0，不能作分母。")
    own = SchoolClass.objects.get(code="B5")
    commit([correct(own, by=clerk, version=own.row_version, facts={"graduated_on": "2024-07-01"}, reason="核对")], by=clerk)
    assert (told(figures.STUDENTS), told(figures.IN_FULL)) == (5, 0)  # a class that is not on roll has no students on roll
