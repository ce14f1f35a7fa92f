"""The page of one figure: the file of the records behind it, what it is compared with, and how periods are written."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.kernel import events, indicators, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.figures import Figure, Group
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages.grouping import narrowed
from kaifaqu.registers.projects.actions import produce
from kaifaqu.registers.targets.models import YearlyTarget

INVESTMENT = "projects.under_construction.investment"
TARGET = "projects.rate.signing.target"


@pytest.fixture
def page(clerk, client, projects):
    """Return a person at a desk: `page(name, *keys, **asked)` opens a page as the clerk."""
    client.force_login(clerk)
    return lambda name, *keys, **asked: client.get(reverse(name, args=keys), asked)


def records(answer) -> list[dict]:
    assert answer.status_code == 200
    return json.loads(b"".join(answer.streaming_content))["records"]


# The records behind a figure, as a file


def test_the_file_behind_a_figure_adds_up_to_it(page):
    told = records(page("figure-export", INVESTMENT, "json", period="2024-H1", by="nature"))
    assert [each["code"] for each in told] == ["P1", "P2"]
    figure = page("figure", INVESTMENT, period="2024-H1").context["figure"]
    assert sum(Decimal(each["total_investment"]) for each in told) == figure.value == Decimal("20000.5")


def test_the_file_behind_a_figure_is_as_it_was_known(page, projects, clerk):
    known = events.last_seq()
    commit([produce(projects[0], by=clerk, version=1, production_on="2024-06-30")], by=clerk)
    assert [each["code"] for each in records(page("figure-export", INVESTMENT, "json", period="2024-H1"))] == ["P2"]
    before = records(page("figure-export", INVESTMENT, "json", period="2024-H1", known=f"#{known}"))
    assert [(each["code"], each.get("production_on")) for each in before] == [("P1", None), ("P2", None)]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, ["P1", "P2"]),  # both sides of the share: the new ones are among all
        ({"register": "projects"}, ["P1", "P2"]),
    ],
)
def test_the_file_behind_a_ratio_has_both_sides_once(page, asked, codes):
    answer = page("figure-export", "projects.new.investment_share", "json", period="2024-H1", **asked)
    shown = page("figure", "projects.new.investment_share", period="2024-H1").context["figure"].records
    assert [each["code"] for each in records(answer)] == sorted({row.code for row in shown}) == codes


@pytest.mark.parametrize("is_past", [False, True])
def test_a_figure_of_several_registers_has_a_file_of_each(page, zone, is_past):
    testing.enter(YearlyTarget, zone, "year | indicator | amount | document | document_on\n"
                                      "2024 | projects.signed.year.count | 4 | 演示开发区〔2024〕2号 | 2024-01-10")
    asked = {"period": "2024-H1", **({"known": f"#{events.last_seq()}"} if is_past else {})}
    assert [each.register for each in page("figure", TARGET, **asked).context["exports"]] == ["projects", "targets"]
    told = {register: records(page("figure-export", TARGET, "json", register=register, **asked)) for register in ("projects", "targets")}
    assert [each["code"] for each in told["projects"]] == ["P4"]
    assert [each["document"] for each in told["targets"]] == ["演示开发区〔2024〕2号"]


@pytest.mark.parametrize(
    ("format", "asked", "status"),
    [
        ("xlsx", {}, 200), ("csv", {}, 200), ("parquet", {}, 200), ("geojson", {}, 404), ("json", {"register": "leads"}, 404),
        ("json", {"period": "Q9"}, 400), ("json", {"scope": "NOWHERE"}, 400), ("json", {"known": "#99999"}, 400),
    ],
)  # fmt: skip
def test_a_file_that_there_is_not_is_not_handed_out(page, format, asked, status):
    assert page("figure-export", INVESTMENT, format, **{"period": "2024-H1", **asked}).status_code == status


@pytest.mark.parametrize(
    ("rights", "status"),
    [
        ("projects.view suspensions.view", 200),
        ("projects.figures suspensions.figures", 403),  # released
        ("projects.view suspensions.figures", 403),
        ("leads.view", 403),  # refused
    ],
)
def test_only_who_may_open_the_records_gets_the_file(zone, client, projects, rights, status):
    client.force_login(testing.employ(zone, "reader", rights))
    asked = {"period": "2024-H1"}
    assert client.get(reverse("figure-export", args=[INVESTMENT, "csv"]), asked).status_code == status
    assert ("导出" in client.get(reverse("figure", args=[INVESTMENT]), asked).content.decode()) == (status == 200)


# What is asked


@pytest.mark.parametrize(
    ("asked", "period", "against"),
    [
        ({"period": "2024年1—6月"}, "2024-01..06", None),
        ({"period": "2024年上半年"}, "2024-H1", None),
        ({"period": "2024年6月", "against": "2024年5月"}, "2024-06", "2024-05"),
    ],
)
def test_periods_are_read_as_the_page_writes_them(page, monkeypatch, asked, period, against):
    monkeypatch.setattr(events, "known_on", lambda text: None)  # the zone of the test was entered today
    context = page("figure", INVESTMENT, **asked).context
    assert context["figure"].period.text == context["asked"]["period"] == period
    assert (context["compared"] and context["compared"][0].period.text) == against


def test_a_figure_is_compared_with_any_period(page):
    answer = page("figure", INVESTMENT, period="2024-H1", scope="ZONE", by="nature")
    form = answer.content.decode().partition('action="#explained"')[2].partition("</form>")[0]
    hidden = [f'name="{name}" value="{text}"' for name, text in (("period", "2024-H1"), ("scope", "ZONE"), ("by", "nature"))]
    assert [each for each in [*hidden, 'name="against"'] if each not in form] == []


def test_the_scope_is_chosen_among_the_parties_whose_figures_the_person_may_see(page, zone, stranger, client):
    assert page("figure", INVESTMENT).context["scopes"] == [("ZONE", str(zone))]
    assert page("figure", INVESTMENT, scope="ZONE+").context["scopes"] == [("ZONE+", "ZONE+"), ("ZONE", str(zone))]
    client.force_login(stranger)
    assert "ZONE" not in dict(page("figure", INVESTMENT).context["scopes"])


def test_groups_stand_by_value_with_a_total(page):
    answer = page("figure", INVESTMENT, period="2024-01", by="nature")
    assert [(each.label, each.value) for each in answer.context["groups"]] == [("新建", Decimal("12000.5")), ("扩建", Decimal(5000))]
    assertContains(answer, '<tfoot><tr><td>合计</td><td class="number">17000.5</td></tr></tfoot>')


@pytest.mark.parametrize(
    ("code", "asked", "value", "codes"),
    [
        (INVESTMENT, {"by": "nature", "group": "new"}, "12000.5", ["P1"]),
        (INVESTMENT, {"by": "nature", "group": "新建"}, "12000.5", ["P1"]),  # by its name, too
        (INVESTMENT, {"by": "nature", "group": "expansion"}, "5000", ["P3"]),
        (INVESTMENT, {"by": "nature", "group": "绿色"}, None, []),
        (INVESTMENT, {"group": "new"}, "17000.5", ["P1", "P3"]),  # a group of nothing narrows nothing
        ("projects.new.investment_share", {"by": "nature", "group": "expansion"}, "0", ["P3"]),
    ],
)
def test_a_group_opens_its_records(page, code, asked, value, codes):
    answer = page("figure", code, period="2024-01", **asked)
    figure = answer.context["figure"]
    assert (figure.value, sorted(each.code for each in figure.records)) == (value and Decimal(value), codes)
    assertContains(answer, f"共 {len(codes)} 条")
    if codes:
        assert [each["code"] for each in records(page("figure-export", code, "json", period="2024-01", **asked))] == codes
    else:
        assertContains(answer, "没有记录属于「绿色」。")


def test_each_group_of_a_figure_leads_to_itself(page):
    answer = page("figure", INVESTMENT, period="2024-01", by="nature")
    for group, count in (("new", 1), ("expansion", 1)):
        assertContains(answer, f"by=nature&amp;group={group}#records")
        assertContains(page("figure", INVESTMENT, period="2024-01", by="nature", group=group), f"共 {count} 条")


def test_a_group_is_found_by_its_key_before_the_label_of_another():
    groups = [Group(3, "1", Decimal(30)), Group(1, "2", Decimal(10))]
    figure = Figure(indicators.find(INVESTMENT), Period.parse("2024"), frozenset(), World(), groups=groups)
    assert [narrowed(figure, name).value for name in ("1", "3", "2", "4")] == [10, 30, 10, None]
