"""M2-19 as its acceptance text says it, part by part."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import actions, clock, events, indicators, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import registers
from kaifaqu.kernel.world import World
from kaifaqu.registers.targets.models import TargetShare, YearlyTarget
from kaifaqu.registers.targets.splits import split_of
from kaifaqu.registers.targets.standing import standings

DAY = date(2024, 7, 1)


def split(target, *parts, by=SYSTEM, **told):
    """Lay down the parts of a target: (department, month, amount)."""
    commit([actions.find("target_shares.split").plan(target, by=by, version=target.row_version, parts=[*parts], **told)], by=by)


def value(code, zone, period="2024-06-30", known=None):
    return indicators.find(code).figure(Period.parse(period), scope=[zone], known=known).value


def stand(zone, clerk, on=DAY, known=None):
    """Return by target how it stands."""
    return {each.borne.key: each for each in standings(zone, 2024, on, World(known), clerk)}


def report(zone):
    testing.enter(registers()["progress"], zone, """
        subject | month   | planned_investment | year_to_date
        P1      | 2024-05 | 500                | 200
        P2      | 2024-05 | 400                | 150.5
        P3      | 2024-05 | 300                | 300
    """)


def test_m2_19_targets_are_entered_by_document(zone, targets):
    assert {each.get_indicator_display() for each in targets.values()} == {"签约", "开工", "投产", "完成投资"}
    for missing in ("document", "document_on"):
        facts = {"year": 2025, "indicator": "projects.signed.year.count", "amount": 1, "document": "演示", "document_on": "2025-01-01"}
        del facts[missing]
        with pytest.raises(ValidationError, match="请填写"):
            testing.enter(YearlyTarget, zone, "code\nX", **facts)


def test_m2_19_they_are_split_by_department_and_month_and_the_parts_sum_to_the_whole(zone, targets, departments):
    build, attract = departments
    target = targets["I"]
    split(target, (build, None, Decimal(1118)), (None, 1, Decimal(200)), (None, 12, Decimal(1000)))
    told = split_of(target, World())
    assert [*told.problems()] == ["按部门分解合计 1118，应为 1200，少 82。"]
    assert (told.share(build.pk), told.by_month()) == (None, {1: Decimal(200), 12: Decimal(1000)})
    with pytest.raises(ValidationError, match="改动已有的分解，请写明原因"):
        split(target, (build, None, Decimal(1100)))
    split(target, (build, None, Decimal(1100)), (attract, None, Decimal(100)), reason="补分")
    told = split_of(target, World())
    assert ([*told.problems()], told.share(build.pk), told.share(attract.pk)) == ([], Decimal(1100), Decimal(100))


def test_m2_19_a_departments_months_sum_to_its_year_and_with_the_others_to_the_zones(zone, targets, departments):
    build, attract = departments
    target = targets["K"]
    split(target, (build, None, Decimal(3)), (attract, None, Decimal(1)), (None, 3, Decimal(2)), (None, 9, Decimal(2)),
          (build, 3, Decimal(1)), (build, 9, Decimal(1)), (attract, 3, Decimal(1)))
    assert [*split_of(target, World()).problems()] == ["项目部按月分解合计 2，应为 3，少 1。", "9月各部门合计 1，应为 2，少 1。"]
    assert split_of(target, World()).by_month(attract.pk) == {3: Decimal(1)}
    assert split_of(target, World()).by_month(build.pk) == {}


def test_m2_19_actual_comes_from_indicators_and_is_never_typed(zone, clerk, targets, projects):
    assert {each.name for each in YearlyTarget._meta.concrete_fields} & {"actual", "done", "achieved"} == set()
    for code, target, rate, gap in (
        ("signed", 6, "66.67", 2), ("started", 4, "50", 2), ("production", 2, "0", 2),
    ):
        told = [value(f"{name}.{code}", zone) for name in ("projects.targets", "targets.achieved_rate", "targets.gap")]
        assert told == [target, Decimal(rate), gap], code
    archive = actions.find("projects.archive").plan  # a record less is exactly one less
    commit([archive(registers()["projects"].objects.get(code="P2"), by=clerk, version=1, reason="重复")], by=clerk)
    assert [value(f"targets.gap.{code}", zone) for code in ("signed", "started", "production")] == [3, 3, 2]
    assert value("targets.achieved_rate.signed", zone) == value("projects.rate.signing.target", zone) == Decimal("50.00")


def test_m2_19_the_gap_of_a_figure_that_is_reported_by_month(zone, clerk, targets, projects):
    report(zone)
    assert (value("targets.gap.investment", zone, "2024-05"), value("targets.gap.investment", zone, "2024-06")) == (Decimal("549.5"), None)
    told = stand(zone, clerk)["investment"]
    assert (told.on, told.figures["actual"].value) == (date(2024, 5, 31), Decimal("650.5"))
    assert "还有 3 个在建项目没有报送" in told.late
    assert [(row.subject.code, worth) for row, _told, worth in told.nearest] == [("P1", 300), ("P2", Decimal("249.5"))]
    assert told.closing == "合计 549.5 万元，够补上差距 549.5 万元。"


def test_m2_19_a_page_shows_target_share_actual_gap_and_the_records_that_would_close_it(
    zone, clerk, client, targets, projects, departments,
):
    split(targets["K"], (departments[0], None, Decimal(3)), (departments[1], None, Decimal(1)),
          (None, 3, Decimal(1)), (None, 6, Decimal(2)), (None, 11, Decimal(1)))
    split(targets["S"], (departments[1], None, Decimal(6)))
    client.force_login(clerk)
    page = client.get(reverse("targets"), {"year": 2024, "on": "2024-07-01"})
    told = {each.borne.key: each for each in page.context["shown"]}
    started = told["started"]
    assert (started.pace.shown, started.figures["actual"].value, started.figures["gap"].value, started.colour) == (3, 2, 2, "yellow")
    assert [(row.code, words) for row, words, _worth in started.nearest] == [("P5", "计划 2024-08-15 开工"), ("P4", "计划 2024-10 开工")]
    assert started.closing == "合计 2 个，够补上差距 2 个。"
    assert [(row.code, words) for row, words, _ in told["signed"].nearest] == [("L2", "2024-05-01 达成意向"), ("L1", "2024-02-01 进入洽谈")]
    assert [row.code for row, _words, _worth in told["production"].nearest] == ["P1", "P3"]
    assert [(part.party.code, part.amount, part.actual, part.gap) for part in started.parts] == [("XM", 3, 1, 2), ("ZS", 1, 1, 0)]
    assert [(part.party.code, part.actual) for part in told["signed"].parts] == [("ZS", 4)]  # who bears it alone has reached the zone's
    for text in ("按月分解累计，当月按天数", "没有完整的按月分解，按全年天数", "演示2号", "能补上差距的记录", "P5 戊"):
        assertContains(page, text)
    assertContains(page, f'{reverse("figure", args=["projects.started.year.count"])}?period=2024-07-01')
    one = client.get(reverse("targets"), {"year": 2024, "on": "2024-07-01", "department": departments[0].pk})
    assertContains(one, '<td class="number">3 个</td>')


def test_m2_19_a_later_document_supersedes_and_the_earlier_stays_known(zone, clerk, client, targets, projects):
    known = events.last_seq()
    testing.enter(YearlyTarget, zone, """
        code | year | indicator                   | amount | document | document_on
        K2   | 2024 | projects.started.year.count | 3      | 演示9号  | 2024-07-01
    """, supersedes=targets["K"])
    days = ("2024-01-05", "2024-06-30", "2024-07-01", "2024-12-31")
    assert [value("projects.targets.started", zone, day) for day in days] == [4, 4, 3, 3]
    assert value("projects.targets.started", zone, "2024-12-31", known) == 4
    assert value("targets.gap.started", zone, "2024-12-31", known) == 2
    client.force_login(clerk)
    then = client.get(reverse("targets"), {"year": 2024, "on": "2024-07-01", "known": f"#{known}"})
    now = client.get(reverse("targets"), {"year": 2024, "on": "2024-07-01"})
    assertContains(then, "这是按 #")
    assertNotContains(then, "演示9号")
    assertContains(now, "演示9号")
    assertContains(now, "替代")
    assert then.context["on"] == now.context["on"] == date(2024, 7, 1)
    past = client.get(reverse("targets"), {"known": f"#{known}"})  # without a day: that of what was known
    assert past.context["on"] == clock.today()
    assert "这是按" not in client.get(reverse("targets"), {"known": "1999-01-01"}).content.decode()
    assert (stand(zone, clerk)["started"].target.code, stand(zone, clerk, known=known)["started"].target.code) == ("K2", "K")


def test_m2_19_targets_of_enterprises_statistical_figures_cannot_be_entered(zone):
    """Which figures bear one is declared; `test_registers` has the refusals with the reason in law."""
    with pytest.raises(ValidationError, match="不能下达目标"):
        testing.enter(YearlyTarget, zone, "code\nX", year=2024, indicator="projects.cohorts.production.actual_output", amount=1,
                      document="演示", document_on="2024-01-01")


def test_m2_19_rights(zone, clerk, client, stranger, targets, projects, departments):
    reader = testing.employ(zone, "reader", "targets.view")
    client.force_login(stranger)
    assert client.get(reverse("target-split", args=[targets["K"].pk])).status_code == 404
    client.force_login(reader)
    page = client.get(reverse("targets"), {"year": 2024, "on": "2024-07-01"})
    started = next(each for each in page.context["shown"] if each.borne.key == "started")
    assert (started.figures["actual"].status, started.nearest, started.colour) == ("refused", None, None)
    assertNotContains(page, "P5 戊")
    assert client.get(reverse("target-split", args=[targets["K"].pk])).status_code == 403
    with pytest.raises(PermissionDenied):
        split(targets["K"], (departments[0], None, Decimal(4)), by=reader)
    client.force_login(testing.employ(zone, "none", "projects.view"))
    assert client.get(reverse("targets")).status_code == 403
    assert TargetShare.objects.count() == 0
