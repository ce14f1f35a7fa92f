"""M2-17: one overview page; each figure with the time of its last data and its lineage, a dead feed as dead and never as zero."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import actions, clock, events, indicators, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import domains
from kaifaqu.registers.feeds import watching
from kaifaqu.registers.feeds.models import Feed, Reading
from kaifaqu.registers.projects.lights import Colour
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import moment
from kaifaqu.reporting.overview import rules, tiles
from kaifaqu.reporting.overview.lasting import last_data

PAGE = reverse("overview")
DAY = date(2030, 8, 5)
MOST = 24  # statements


@pytest.fixture(autouse=True)
def _stand(zone, clerk):
    clock.set(moment(DAY))


@pytest.fixture
def desk(client, clerk):
    """Return a client of a person with every right."""
    client.force_login(clerk)
    return client


@pytest.fixture
def zone_at_work(zone):
    """Return the zone with two projects, three feeds (well, beyond its limit, dead) and their warnings."""
    testing.enter(Project, zone, """
        code | name   | total_investment | signed_on  | started_on
        P1   | 碳纤维 | 12000            | 2030-01-05 | 2030-03-01
        P2   | 光伏   | 8000             | 2030-02-05 | 2030-04-01
    """)
    testing.enter(Feed, zone, """
        code | name     | measures | unit | every  | high | limit_basis
        F1   | 进水     | 水量     | 吨   | daily  | 100  | 设计
        F2   | 出水     | 浓度     | 度   | daily  | 50   | 标准
        F3   | 总水表   | 水量     | 吨   | weekly |      |
    """)
    testing.enter(Reading, zone, """
        feed | day        | time  | value
        F1   | 2030-08-05 |       | 71
        F2   | 2030-08-05 | 14:30 | 53
        F3   | 2030-07-15 |       | 1743
    """)
    watching.raise_due()
    return zone


def lay(zone, figures, red_below=80):
    """Lay down the zone's own choice of figures."""
    commit([actions.find("rules.create").plan(zone, by=SYSTEM, facts={
        "kind": "overview.figures", "since": "2030-01-01", "published_on": "2030-01-01", "source_document": "本区总览",
        "content": json.dumps({"figures": figures, "red_below": red_below}, ensure_ascii=False)})], by=SYSTEM)


def shown(page):
    """Return the tiles by the codes of their figures."""
    return {(tile.figure.asked or tile.figure.indicator).code: tile for group in page.context["groups"] for tile in group.tiles}


def test_m2_17_each_figure_has_value_unit_time_of_last_data_and_a_link_to_its_lineage(desk, zone_at_work):
    clock.set(moment(DAY, 75))
    testing.enter(Project, zone_at_work, "code|name|total_investment|signed_on|started_on\nP3|铸造|1000|2030-05-05|2030-06-01")
    page = desk.get(PAGE)
    found = shown(page)
    tile = found["projects.under_construction.count"]
    assert (tile.figure.display, tile.last) == ("3 个", "2030-08-05 10:15")
    assert found["platform.feeds.live.count"].last == "2030-08-05 09:00"  # nothing was written there since
    assertContains(page, f'href="{reverse("figure", args=["projects.under_construction.count"])}?period=2030-01..08"')
    assertContains(page, "数据到 <time>2030-08-05 10:15</time>")
    link = re.search(r'href="(/figures/projects.under_construction.count/[^"]+)"', page.content.decode())[1]
    assertContains(desk.get(link.replace("&amp;", "&")), "碳纤维")


def test_m2_17_a_dead_feed_is_shown_as_such_and_never_as_zero(desk, zone_at_work):
    page = desk.get(PAGE)
    rows = dict(re.findall(r'<td><a href="/r/feeds/\d+/">(\w+)</a></td>(.*?)</tr>', page.content.decode(), re.S))
    assert "中断" in rows["总水表"]
    assert "2030-07-15" in rows["总水表"]
    assert "没有当前数据" in rows["总水表"]
    assert not re.search(r">\s*0\b", rows["总水表"])
    assert "超过上限" in rows["出水"]
    assert "53 度" in rows["出水"]
    assert "2030-08-05 14:30" in rows["出水"]
    assert "正常" in rows["进水"]
    assert [str(each.get_kind_display()) for each in page.context["alerts"]] == ["超过上限", "数据中断"]


def test_m2_17_what_cannot_be_computed_says_so(desk, zone_at_work):
    lay(zone_at_work, [{"group": "投资", "figure": "projects.investment.completion", "period": "上月"}])
    page = desk.get(PAGE)
    assert shown(page)["projects.investment.completion"].figure.status == "not_computable"
    assertContains(page, "无法计算")


def test_m2_17_a_feed_figure_of_a_day_to_come_is_not_computed(zone_at_work, zone):
    live = indicators.find("platform.feeds.live.count")
    ahead = live.figure(Period.parse("2030-08"), scope={zone})
    assert (ahead.value, ahead.status) == (None, "not_computable")
    assert "2030-08-31 还没有到" in ahead.reason
    assert live.figure(Period.parse("2030-08-05"), scope={zone}).value == 2


def test_m2_17_nothing_is_there_and_nothing_is_zero_for_it(desk, zone):
    page = desk.get(PAGE)
    assertContains(page, "还没有登记数据源")
    assert not [tile for tile in shown(page).values() if tile.last]  # no record, so no time of one


def test_m2_17_it_is_one_page_and_nothing_comes_from_another_host(desk, zone_at_work):
    text = desk.get(PAGE).content.decode()
    assert not re.search(r'(src|href)="(https?:)?//', text)
    assert "http-equiv" not in text  # no scrolling, no reloading by itself
    assert {*re.findall(r"overview/[\w-]+\.html", " ".join(each.name for each in desk.get(PAGE).templates if each.name))} == {
        "overview/overview.html"}


def test_m2_17_the_page_takes_few_statements_however_much_there_is(desk, zone_at_work, zone):
    desk.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        desk.get(PAGE)
    testing.enter(Feed, zone, "code|name|measures|unit\n" + "\n".join(f"G{each}|表{each}|量|吨" for each in range(20)))
    testing.enter(Reading, zone, "feed|day|value\n" + "\n".join(f"G{each}|2030-08-05|1" for each in range(20)))
    watching.raise_due()
    with CaptureQueriesContext(connection) as many:
        desk.get(PAGE)
    assert len(few) <= MOST, "\n".join(each["sql"][:150] for each in few)
    assert len(many) == len(few)


def test_the_time_of_last_data_is_that_of_a_written_fact(zone_at_work, zone, clerk):
    figure = indicators.find("projects.under_construction.count").figure(Period.parse("2030"), scope={zone}, user=clerk)
    [before], _head = last_data([figure])
    clock.set(moment(DAY + timedelta(days=1)))
    commit([actions.find("users.sign_in").plan(clerk, by=clerk, version=clerk.row_version)], by=clerk)  # a note
    assert last_data([figure])[0] == [before]
    project = Project.objects.get(code="P1")  # which leaves the figure
    commit([actions.find("projects.archive").plan(project, by=clerk, version=1, reason="重复")], by=clerk)
    assert last_data([figure])[0] == [events.Event.objects.order_by("-seq").first().at] != [before]


def test_the_time_is_not_told_to_whoever_may_not_see_the_records(zone_at_work, zone, client):
    client.force_login(testing.employ(zone, "figures", "projects.figures suspensions.figures"))
    tile = shown(client.get(PAGE))["projects.under_construction.count"]
    assert (tile.figure.display, tile.figure.status, tile.last) == ("2 个", "released", "")


def test_a_stranger_sees_neither_figures_nor_feeds(zone_at_work, stranger, client):
    client.force_login(stranger)
    page = client.get(PAGE)
    assert {tile.figure.status for tile in shown(page).values()} == {"refused"}
    assertNotContains(page, "总水表")


def test_feeds_without_their_readings_say_nothing(zone_at_work, zone, client):
    client.force_login(testing.employ(zone, "half", "feeds.view"))
    assertNotContains(client.get(PAGE), "总水表")


@pytest.mark.parametrize(("value", "day", "colour", "words"), [
    (6, "2030-07-01", Colour.GREEN, "目标 12 个，已到 50%，序时 49.9%"),  # 182 of 365 days: 5.98 are due
    (6, "2030-07-02", Colour.YELLOW, "目标 12 个，已到 50%，序时 50.1%"),  # 6.02 are due
    (5, "2030-07-02", Colour.YELLOW, "目标 12 个，已到 41.7%，序时 50.1%"),
    (4, "2030-07-02", Colour.RED, "目标 12 个，已到 33.3%，序时 50.1%"),
    (12, "2030-12-31", Colour.GREEN, "目标 12 个，已到 100%，序时 100%"),
])
def test_the_light_is_turned_by_the_share_of_the_year(zone, value, day, colour, words):
    testing.enter(Project, zone, "code|name|signed_on\n" + "\n".join(f"P{each}|厂{each}|2030-01-02" for each in range(value)))
    commit([actions.find("rules.create").plan(zone, by=SYSTEM, facts={
        "kind": "projects.targets", "since": "2030-01-01", "published_on": "2030-01-01", "source_document": "目标",
        "content": '{"signed": 12}'})], by=SYSTEM)
    period = Period.parse("2030")
    codes = "projects.signed.year.count", "projects.targets.signed"
    figure, target = (indicators.find(code).figure(period, scope={zone}) for code in codes)
    found = tiles.towards(figure, target, date.fromisoformat(day), 80)
    assert (found.colour, found.words) == (colour, words)


def test_a_zone_chooses_its_own_figures(desk, zone_at_work):
    assert desk.get(PAGE).context["rule"].record is None
    lay(zone_at_work, [{"group": "招商", "figure": "leads.in_negotiation.count", "period": "累计"}])
    page = desk.get(PAGE)
    assert [group.title for group in page.context["groups"]] == ["招商"]
    assertContains(page, "本区总览")


@pytest.mark.parametrize(("row", "said"), [
    ({"figure": "nothing.count"}, "指标"), ({"period": "哪天"}, "今天"), ({"target": "leads.in_negotiation.count"}, "全年目标"),
])
def test_a_choice_that_cannot_be_is_refused(zone, row, said):
    with pytest.raises(ValidationError, match=said):
        lay(zone, [{"group": "组", "figure": "leads.in_negotiation.count", "period": "累计", **row}])


def test_no_more_figures_than_one_sheet_holds(zone):
    row = {"group": "组", "figure": "leads.in_negotiation.count", "period": "累计"}
    lay(zone, [row] * rules.MOST)
    with pytest.raises(ValidationError, match="最多 24 个指标，现有 25 个"):
        lay(zone, [row] * (rules.MOST + 1))


def test_the_choice_is_typed_in_a_form_that_offers_what_is_on(desk, zone, clerk):
    form = f"{reverse('new-rule')}?kind=overview.figures"
    assertContains(desk.get(form), 'value="party.study.sessions.count"')
    assertContains(desk.get(form), 'value="projects.targets.signed"')
    commit([domains.switch_off(zone, by=clerk, domain="party")], by=clerk)
    assertNotContains(desk.get(form), "party.study.sessions.count")
