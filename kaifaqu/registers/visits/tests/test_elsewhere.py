"""Visits outside their own pages: on the columnar engine, and in a table that comes back."""

import pytest

from kaifaqu.engine import parquet
from kaifaqu.engine.choice import OFF, ONLY, using
from kaifaqu.kernel import events, figures, indicators, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import ProjectAssignment, ProjectProgress
from kaifaqu.registers.visits.models import ServiceAssignment, Visit, Visitor
from kaifaqu.registers.visits.tests.conftest import RULE, do, lay_down
from kaifaqu.sheets import importing

CODES = (
    "stats.visits.enterprises.distinct", "services.visits.count", "services.visits.joint.count",
    "services.assigned_enterprises.count", "projects.visits.overdue.count",
)


@pytest.mark.django_db(databases=["default", "columnar"])
def test_figures_are_the_same_on_the_engine_today_and_as_known(today, zone, parties, projects, visits, clerk, settings, tmp_path):
    settings.HOME, settings.ENGINE_LAG = tmp_path, 10_000
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 0})
    lay_down(zone, "visits.contact", {"days": 30})
    testing.enter(ProjectAssignment, zone, "code | subject\nA1 | P1\nA2 | P2\nA3 | P3", role="leader", person=clerk, since="2024-01-01")
    testing.enter(ServiceAssignment, zone, "code | subject | role\nB1 | Q1 | cadre\nB2 | Q1 | leader", person=clerk, since="2024-01-01")
    testing.enter(ProjectProgress, zone, "subject | physical\nP3 | trial", month="2024-07")
    visits("""
        code | enterprise | department | kind       | visited_on | planned_on | project
        Z1   | Q1         | XM         | visit      | 2024-06-28 |            |
        Z2   | Q2         | ZS         | inspection | 2024-07-31 |            | P3
        Z3   | Q2         | XM         | call       | 2024-07-10 |            |
        Z4   | Q1         | XM         | visit      |            | 2024-07-20 |
        Z5   | Q1         | ZS         | visit      |            | 2024-07-22 |
        Z6   | Q2         | XM         | joint      |            | 2024-07-25 |
    """, partner=parties["TJ"])
    do("visits.merge", Visit.objects.get(code="Z5"), into=Visit.objects.get(code="Z4"))
    for code, names in (("Z4", "XM ZS TJ"), ("Z6", "XM TJ")):
        for name in names.split():
            do("visits.join", Visit.objects.get(code=code), party=parties[name], name=f"演示 {name}")
        do("visits.complete", Visit.objects.get(code=code), visited_on="2024-07-22")
    known = events.last_seq()
    do("visitors.archive", Visitor.objects.filter(visit__code="Z6").order_by("id")[0], reason="没有到场")
    do("visits.archive", Visit.objects.get(code="Z1"), reason="重复登记")
    parquet.refresh()
    asked = [(indicators.find(code), Period.parse(text)) for code in CODES for text in ("2024-07", "2024", "2024-08-05")]
    for as_known, visits_made in ((None, 2), (known, 4)):
        found = []
        for mode in (OFF, ONLY):
            with using(mode):
                told = figures.evaluate(asked, scope={zone}, known=as_known)
                found.append([(each.indicator.code, str(each.period), each.value, [row.code for row in each.records]) for each in told])
        assert found[0] == found[1]
        values = {(code, period): value for code, period, value, _rows in found[0]}
        assert values["services.visits.count", "2024"] == visits_made


def test_the_sheets_table_comes_back_as_the_same_visits(today, zone, visits, clerk, settings, tmp_path):
    settings.HOME = tmp_path
    visits("code | enterprise | department | planned_on\nZ1 | Q1 | XM | 2024-08-01\nZ2 | Q2 | XM | 2024-08-02")
    table = "走访编号\t走访时间\t走访情况\t企业诉求\nZ1\t2024-08-01\t正常\t请协调用电\nZ2\t2024-8-2\t停产\t\n"
    upload = importing.receive(Visit, zone, clerk, "走访单.txt", table)
    importing.check(upload)
    upload.refresh_from_db()
    assert upload.found["counts"] == {"changed": 2}
    importing.write(upload, clerk)
    assert [(each.stage, each.heard, each.appeals) for each in Visit.objects.order_by("code")] == [
        ("done", "正常", "请协调用电"), ("done", "停产", "")]


def test_a_table_above_the_ceiling_is_told_row_by_row(today, zone, visits, clerk, settings, tmp_path):
    settings.HOME = tmp_path
    lay_down(zone, "visits.ceiling", RULE | {"yearly": 1})
    visits("code | enterprise | department | planned_on\nZ1 | Q1 | XM | 2024-08-01")
    table = "企业\t走访单位\t方式\t计划日期\nQ1\tXM\t走访\t2024-09-01\nQ2\tXM\t走访\t2024-09-02\n"
    upload = importing.receive(Visit, zone, clerk, "计划.txt", table)
    importing.check(upload)
    upload.refresh_from_db()
    told = [fault for row in importing.rows(upload) for fault in row.get("faults", [])]
    assert len(told) == 1
    assert "「例外理由」请写明" in str(told[0])
