"""By keyboard: where the focus goes after an answer, what the page's first links skip, and what a figure is compared with.

Keys are pressed in a real browser by tests/bars/p1_keyboard_only.py.
"""

import re
from datetime import datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.jobs.models import Job, State
from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.periods import Period
from kaifaqu.pages.figures import before
from kaifaqu.pages.lists import Listing
from kaifaqu.registers.projects.models import Lead, Project

INVESTMENT = "projects.under_construction.investment"


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on a day of July 2024; before it nothing is known."""
    clock.set(datetime(2024, 7, 10, 9, tzinfo=clock.ZONE))


@pytest.fixture
def desk(clerk, client, projects):
    """Return the browser of the clerk."""
    client.force_login(clerk)
    return client


@pytest.fixture
def do(clerk):
    """Return a function that takes one step: `do("projects.start", record, ...)`."""
    def act(step, record, **facts):
        return commit([actions.find(step).plan(record, by=clerk, version=record.row_version, **facts)], by=clerk)

    return act


def focus(answer) -> list[str]:
    """Return the names, ids or classes of what asks for the focus, in the order of the page; the browser takes the first."""
    tags = re.findall(r"<[^>]*\bautofocus\b[^>]*>", answer.content.decode())
    return [next(found[1] for key in ("name", "id", "class") if (found := re.search(rf'\b{key}="([^"]*)"', tag))) for tag in tags]


# Where the focus goes


def test_the_typing_begins_in_the_first_field(desk, projects):
    assert focus(desk.get(reverse("act", args=["projects", projects[3].pk, "start"]))) == ["started_on"]
    assert focus(desk.get(reverse("import-table", args=["projects"]))) == ["owner"]


def test_a_refused_form_begins_where_it_is_wrong_and_says_so_at_the_field(desk, projects):
    address = reverse("act", args=["projects", projects[0].pk, "produce"])
    answer = desk.post(address, {"version": 1, "production_on": "2023-02-01", "production_evidence": "确认单"})
    assert focus(answer) == ["production_on"]
    field = re.search(r'<input[^>]*name="production_on"[^>]*>', answer.content.decode())[0]
    assert 'aria-invalid="true"' in field
    assert 'value="2023-02-01"' in field
    described = re.search(r'aria-describedby="([^"]*)"', field)[1]
    assertContains(answer, f'<div id="{described}" role="alert"><p class="problem">「投产日期」2023-02-01 早于')
    assertContains(answer, 'value="确认单"')


def test_what_is_wrong_with_the_whole_form_has_the_focus(desk, zone):
    assert focus(desk.post(reverse("import-table", args=["projects"]), {"owner": zone.pk})) == ["message problem", "owner"]


def test_a_message_has_the_focus_and_without_one_nothing_has(desk, projects):
    address = reverse("act", args=["projects", projects[0].pk, "produce"])
    answer = desk.post(address, {"version": 1, "production_on": "2024-02-01", "production_evidence": "确认单"}, follow=True)
    assert focus(answer) == ["messages"]
    assert focus(desk.get(answer.request["PATH_INFO"])) == []


def test_a_wrong_password_is_typed_again_and_the_account_is_not(zone, clerk, client):
    answer = client.post(reverse("sign-in"), {"account": "clerk", "password": "不对"})
    assert focus(answer) == ["password"]
    assertContains(answer, 'value="clerk"')


def test_what_a_preview_found_has_the_focus(desk, projects):
    asked = f"?verb=land&id={projects[3].pk}"
    answer = desk.post(reverse("bulk", args=["projects"]) + asked, {"landed_on": "2024-03-01"})
    assert focus(answer)[0] == "tally"


# What is skipped


def test_the_first_links_lead_past_everything_to_the_content_the_list_and_the_ledgers(desk):
    answer = desk.get(reverse("records", args=["projects"]))
    found = re.findall(r'<a class="skip" href="#(\w+)" accesskey="(\w)"', answer.content.decode())
    assert found == [("content", "c"), ("list", "l"), ("registers", "r")]
    for place, _key in found:
        assertContains(answer, f'id="{place}" tabindex="-1"')


def test_sorting_and_turning_the_page_lead_back_to_the_list(desk):
    assertContains(desk.get(reverse("records", args=["projects"])), "?sort=name#list")


def test_the_usual_columns_keep_their_order_when_the_list_is_narrowed(rf, clerk, projects):
    usual = [each.name for each in Listing(Project, clerk, rf.get("/").GET).columns]
    asked = rf.get("/", {"q": "光伏", "columns": [*reversed(usual)][:-1]}).GET
    assert [each.name for each in Listing(Project, clerk, asked).columns] == usual
    fewer = rf.get("/", {"columns": ["stage", "name"]}).GET
    assert [each.name for each in Listing(Project, clerk, fewer).columns] == ["code", "name", "stage"]


def test_a_job_is_watched_without_opening_its_page_again(desk, clerk):
    job = Job.objects.create(kind="imports.check", person=clerk, arguments={"upload": "0"}, state=State.RUNNING, made_at=clock.now())
    address = reverse("job", args=[job.pk])
    page = desk.get(address)
    assertContains(page, '<noscript><meta http-equiv="refresh" content="1"></noscript>', 1)
    assertContains(page, f'hx-get="{address}" hx-trigger="every 1s" hx-select="#progress"')
    assert "HX-Refresh" not in desk.get(address, headers={"HX-Request": "true"}).headers
    Job.objects.update(state=State.FAILED, told="没有读完")
    assert desk.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    over = desk.get(address)
    assertNotContains(over, "every 1s")
    assert focus(over) == ["message problem"]


# What a figure is compared with


@pytest.mark.parametrize(("period", "earlier"), [
    ("2024-01..08", "2024-01..07"), ("2024-01..02", "2024-01"), ("2024-01", "2023-12"), ("2024-Q1", "2023-Q4"),
    ("2024-H2", "2024-H1"), ("2024", "2023"), ("2024-08-05", "2024-07-31"), ("2024-03-31", "2024-02-29"),
])  # fmt: skip
def test_the_period_before(period, earlier):
    assert before(Period.parse(period)).text == earlier


def test_the_difference_to_last_month_is_explained_record_by_record(zone, clerk, client, do):
    rows = testing.enter(Project, zone, """
        code | name | total_investment | signed_on  | started_on
        P1   | 甲   | 1000             | 2023-01-10 | 2023-03-01
        P2   | 乙   | 200              | 2023-01-10 | 2023-03-01
        P3   | 丙   | 30               | 2023-01-10 |
        P4   | 丁   | 4                | 2023-01-10 | 2023-03-01
    """, by=clerk)
    clock.set(datetime(2024, 8, 5, 9, tzinfo=clock.ZONE))
    do("projects.correct", rows[0], facts={"total_investment": "1500"}, reason="补充协议")
    do("projects.produce", rows[1], production_on="2024-08-01")
    do("projects.start", rows[2], started_on="2024-08-02")
    client.force_login(clerk)
    address = reverse("figure", args=[INVESTMENT])
    offered = client.get(address, {"period": "2024-01..08"})
    assertContains(offered, "against=2024-01..07#explained")
    answer = client.get(address, {"period": "2024-01..08", "against": "2024-01..07"})
    [explained] = answer.context["explanations"]
    assert (str(explained.then.value), str(explained.now.value)) == ("1204.000000", "1534.000000")
    assert [(change.row.code, str(change.difference)) for change in explained.changes] == [
        ("P1", "500.000000"), ("P2", "-200.000000"), ("P3", "30.000000")]
    why = [[entry.event.reason or str(entry.label) for entry in change.why] for change in explained.changes]
    assert why == [["补充协议"], ["投产"], ["开工"]]
    assertContains(answer, "与2024年1—7月（按 2024-07-31 所知）的差别")


def test_a_comparison_is_offered_only_where_something_was_known(desk):
    assertNotContains(desk.get(reverse("figure", args=[INVESTMENT]), {"period": "2024-07"}), "against=")
    answer = desk.get(reverse("figure", args=[INVESTMENT]), {"period": "2024-07", "against": "2024-06"})
    assertContains(answer, "2024-06-30 以前还没有任何记录。", status_code=400)


# What the keyboard found


def test_a_contract_needs_no_code_for_its_project(zone, clerk, do):
    [lead] = testing.enter(Lead, zone, "code | name | first_contact_on\nL1 | 光伏 | 2024-01", by=clerk)
    do("leads.negotiate", lead, negotiating_on="2024-02-01", reason="关键信息随后补齐")
    _lead, project = do("leads.sign", Lead.objects.get(), signed_on="2024-03-01", code="")
    assert project.code == "P0001"
