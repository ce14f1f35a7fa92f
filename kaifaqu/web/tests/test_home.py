"""Home and the week: what waits for one person, and nothing of what he may not see."""

from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from kaifaqu.kernel import access, actions, clock, events, testing
from kaifaqu.kernel.access import SYSTEM, Installation
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.world import World
from kaifaqu.pages.reading import Reader
from kaifaqu.registers.projects.models import Project, ProjectAssignment, ProjectProgress
from kaifaqu.reporting.dispatch.agenda import promises
from kaifaqu.web import duties


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on 5 August 2024, as the demo does."""
    clock.set(datetime(2024, 8, 5, 9, tzinfo=clock.ZONE))


@pytest.fixture
def behind(zone, clerk, stranger, projects):
    """Let a project be long overdue for its start, one fall behind its plan, and one be the clerk's."""
    testing.enter(Project, zone, """
        code | name     | signed_on  | expected_start_on
        P5   | 演示铸件 | 2023-01-10 | 2024-02
    """, by=clerk)
    testing.enter(ProjectProgress, zone, "subject | month | planned_investment | year_to_date\nP1 | 2024-06 | 100 | 30", by=clerk)
    listed = {"entered_in_statistics_on": "2024-07-01"}
    commit([actions.find("projects.correct").plan(each, by=clerk, version=each.row_version, facts=listed) for each in projects], by=clerk)
    commit([actions.find("assignments.create").plan(
        zone, by=clerk, facts={"subject": projects[1], "role": "leader", "person": clerk, "since": date(2024, 1, 1)})], by=clerk)


def test_what_stays_behind_stands_with_the_worst_first(behind, clerk):
    following = duties.Following(clerk, Reader(clerk))
    assert [(each.project.code, each.light.colour.value, each.holders) for each in following.behind] == [
        ("P5", "red", []), ("P1", "yellow", [])]


def test_a_persons_own_projects_are_those_that_he_answers_for(behind, clerk):
    assert [(each.project.code, each.roles) for each in duties.Following(clerk, Reader(clerk)).own] == [("P2", ["责任领导"])]


def unreported(user):
    definition, month = duties.unreported()
    return definition.figure(month, scope=access.scope(), user=user)


@pytest.mark.parametrize(("due_day", "late"), [(5, False), (4, True)])
def test_by_which_day_a_month_is_reported_is_the_zones_rule(behind, zone, clerk, due_day, late):
    facts = {"kind": "projects.reporting", "since": "2024-08-01", "published_on": "2024-08-01", "source_document": "演示文件",
             "content": f'{{"due_day": {due_day}}}'}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    [duty] = [each for each in duties.duties(clerk, unreported(clerk), World()) if "还没有报进展" in each.words]
    assert duty.is_late is late


def test_what_is_to_be_done_is_counted_and_leads_there(behind, clerk):
    assert [(each.words, each.count, each.is_late) for each in duties.duties(clerk, unreported(clerk), World())] == [
        ("2024年7月还没有报进展的在建项目", 2, False), ("等待审核的月度进展", 1, False)]


def test_what_is_promised_within_a_month_is_named(behind, zone, clerk):
    testing.enter(Project, zone, """
        code | name | signed_on  | expected_start_on
        P6   | 近   | 2024-01-10 | 2024-08-20
        P7   | 远   | 2024-01-10 | 2024-11
        P8   | 过   | 2024-01-10 | 2024-07
    """, by=clerk)
    assert [(row.code, words) for _day, words, row in promises(Project.objects.visible_to(clerk))] == [("P6", "2024-08-20 计划开工")]


def test_others_changes_stay_until_they_were_looked_at(behind, zone, clerk, client):
    boss = testing.employ(zone, "boss")
    client.force_login(boss)
    assert "演示铸件" in client.get(reverse("home")).content.decode()
    client.post(reverse("looked"), {"seq": events.last_seq()})
    assert "没有新的变更。" in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("action", ["users.set_password", "users.sign_in"])
def test_a_note_that_changes_no_record_is_no_change(behind, zone, clerk, action):
    boss, last = testing.employ(zone, "boss"), events.last_seq()
    commit([actions.find(action).plan(boss, by=boss, version=boss.row_version)], by=boss)
    assert (events.last_seq(), list(duties.others_did(clerk, last))) == (last + 1, [])


def test_the_demos_day_is_nobodys_work(behind, zone, clerk):
    boss, last, [installation] = testing.employ(zone, "boss"), events.last_seq(), Installation.objects.all()
    commit([actions.find("installations.move_day").plan(
        installation, by=boss, version=installation.row_version, demo_day=date(2024, 8, 6))], by=boss)
    assert (events.last_seq(), list(duties.others_did(clerk, last))) == (last + 1, [])


def test_what_the_installation_does_itself_is_nobodys_work(zone, clerk):
    last = events.last_seq()
    commit([actions.find("roles.create").plan(zone, by=SYSTEM, facts={"code": "R9", "name": "演示", "rights": ""})], by=SYSTEM)
    assert (events.last_seq(), list(duties.others_did(clerk, last))) == (last + 1, [])


def test_a_week_without_change_is_told_in_one_line(behind, clerk, client):
    clock.set(datetime(2024, 8, 20, 9, tzinfo=clock.ZONE))
    client.force_login(clerk)
    page = client.get(reverse("week")).content.decode()
    assert "主要指标与上周相同：在建项目数 " in page
    assert "<th class=\"number\">上周</th>" not in page
    head = events.Head.objects.get()
    assert f"校验码 #{head.seq} {head.hash[:12]}</p>" in page
    assert head.hash not in page
    assert "另有黄灯 1 个：<a" in page


def test_the_code_on_the_sheet_is_verified(behind, capsys):
    head = events.Head.objects.get()
    call_command("audit", "verify", head=f"#{head.seq} {head.hash[:12]}")
    assert "未发现改动。" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("audit", "verify", head=f"#{head.seq - 1} {head.hash[:12]}")
    assert "不在链上" in capsys.readouterr().out
    with pytest.raises(CommandError, match="无法识别"):
        call_command("audit", "verify", head=f"#{head.seq} {head.hash[:11]}")


def test_the_week_says_which_record_changed_a_figure(behind, zone, clerk, client):
    clock.set(datetime(2024, 8, 20, 9, tzinfo=clock.ZONE))
    [project] = Project.objects.filter(code="P1")
    produce = actions.find("projects.produce").plan
    facts = {"production_on": "2024-08-19", "production_evidence": "演示确认单"}
    commit([produce(project, by=clerk, version=project.row_version, **facts)], by=clerk)
    client.force_login(clerk)
    page = client.get(reverse("week")).content.decode()
    assert "在建项目数 -1 个" in page
    assert "<th class=\"number\">上周</th>" in page
    assert "P1 演示光伏组件" in page


def test_a_stranger_sees_nothing_of_it(behind, stranger, client):
    following = duties.Following(stranger, Reader(stranger))
    assert (following.behind, following.own, following.red, promises(Project.objects.visible_to(stranger))) == ([], [], [], [])
    client.force_login(stranger)
    for name in ("home", "week"):
        page = client.get(reverse(name)).content.decode()
        assert not [row.name for row in Project.objects.all() if row.name in page]
    assert ProjectAssignment.objects.exists()


def test_a_light_that_tells_of_reports_is_not_shown_to_who_may_not_see_reports(behind, zone, client):
    """A planned start tells of no report."""
    reader = testing.employ(zone, "reader", "projects.view assignments.view")
    project = Project.objects.get(code="P1")
    testing.enter(ProjectAssignment, zone, "subject\nP1", role="leader", person=reader, since=date(2024, 1, 1))
    following = duties.Following(reader, Reader(reader))
    assert [(each.project.code, each.light.colour.value) for each in following.behind] == [("P5", "red")]
    assert (following.yellow, [(each.project, each.light) for each in following.own]) == ([], [(project, None)])
    client.force_login(reader)
    for name in ("home", "week"):
        page = client.get(reverse(name)).content.decode()
        assert str(project) in page
        assert ("—" in page, "年计划" in page, "另有黄灯" in page) == (True, False, False)


@pytest.mark.parametrize("name", ["home", "week"])
def test_a_page_waits_on_thirty_statements_at_most(behind, zone, clerk, client, name, django_assert_max_num_queries):
    client.force_login(testing.employ(zone, "newcomer"))
    with django_assert_max_num_queries(30):
        client.get(reverse(name))
