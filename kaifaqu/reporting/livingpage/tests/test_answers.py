"""Answers: small pages over a small zone, each verdict, and what a reader without the right learns."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from kaifaqu.domains.company.models import StrategyPlan
from kaifaqu.kernel import actions, indicators, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.founding import begin
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.projects.models import Lead, Project
from kaifaqu.registers.projects.models import ProjectProgress as Progress
from kaifaqu.reporting.livingpage import answers as answering
from kaifaqu.reporting.livingpage.answers import AGREES, answers, names_in, tally
from kaifaqu.reporting.livingpage.statements import Statement, statements


@pytest.mark.parametrize(("qualifier", "wanted", "agreeing", "others"), [
    ("exact", "62.49", ["62.49", "62.490"], ["62.48", "62.491"]),
    ("rounded", "4.46", ["4.46", "4.455", "4.4649"], ["4.4549", "4.465"]),
    ("rounded", "95", ["94.5", "95.05"], ["94.49", "95.5"]),
    ("near", "5000", ["4950", "4986", "5000"], ["4949", "5001"]),
    ("about", "3500", ["3465", "3500", "3535"], ["3464", "3536"]),
    ("more_than", "623", ["623", "700"], ["622"]),
    ("at_least", "3", ["3", "4"], ["2"]),
    ("at_most", "4000", ["3491", "4000"], ["4001"]),
])  # fmt: skip
def test_what_agrees(qualifier, wanted, agreeing, others):
    agrees = AGREES[qualifier]
    assert [value for value in (*agreeing, *others) if agrees(Decimal(value), Decimal(wanted))] == agreeing


@pytest.fixture
def ledger(zone, clerk):
    testing.enter(Project, zone, """
        code | name | total_investment | signed_on  | started_on
        P1   | 甲   | 30000            | 2023-01-10 | 2023-03-01
        P2   | 乙   | 10000            | 2023-01-10 | 2024-02-01
        P3   | 丙   | 5000             | 2023-01-10 | 2024-03-01
    """, by=clerk)


@pytest.fixture
def page(monkeypatch):
    """Return a function that makes a page from a table of statements."""

    def make(text):
        made = [
            Statement(
                f"F{number}", 1, "stated", {"zh": "事实", "en": "fact"}, Decimal(row["wanted"]), row["unit"],
                row.get("qualifier", "exact"), Period.parse("2024-H1"), tuple(row.get("indicators", "").split()), row.get("dictionary", ""),
                group=tuple(row["group"].split()) if "group" in row else None)
            for number, row in enumerate(testing.table(text), 1)
        ]
        monkeypatch.setattr(answering, "statements", lambda: made)

    return make


def verdicts(user=None):
    return [(each.verdict, each.value) for each in answers(user)]


def test_a_fact_is_measured_in_its_own_unit_and_judged(ledger, page):
    page("""
        indicators                                            | wanted | unit      | qualifier
        projects.under_construction.count                     | 3      | 个        |
        projects.under_construction.investment                | 4.5    | 亿元      |
        projects.continuing.count projects.new.count          | 3      | 个        |
        projects.under_construction.investment_avg            | 1.5    | 亿元/个   |
        projects.continuing.investment_share                  | 66.7   | %         | rounded
        projects.new.count                                    | 3      | 个        |
        no.such.figure                                        | 3      | 个        |
        projects.new.count no.such.figure                     | 2      | 个        |
                                                              | 3      | 个        |
    """)
    assert verdicts() == [
        ("equal", 3), ("equal", Decimal("4.5")), ("equal", 3), ("equal", Decimal("1.5")), ("equal", Decimal("66.67")), ("differs", 2),
        ("not yet", None), ("not yet", None), ("not yet", None),
    ]
    assert tally(answers()) == {"equal": 5, "differs": 1, "not yet": 3, "refused": 0}
    assert [each.restated for each in answers()] == ["", "", "= 3 个", "= 1.5 亿元/个", "≈ 66.7%", "", "", "", ""]
    assert [record.code for record in answers()[2].records] == ["P1", "P2", "P3"]


def test_what_cannot_be_computed_differs_and_says_why(ledger, page, zone, clerk):
    testing.enter(Project, zone, "code | name | signed_on | started_on\nP4 | 丁 | 2023-01-10 | 2024-03-01", by=clerk)
    page("indicators | wanted | unit\nprojects.new.investment | 1.5 | 亿元\nprojects.new.count | 3 | 个")
    missing, counted = answers()
    assert (missing.verdict, missing.value, counted.verdict) == ("differs", None, "equal")
    assert "P4 丁" in missing.reason


def test_a_list_is_counted_from_its_dictionary(zone, page):
    page("""
        dictionary        | wanted | unit
        leads.chain_role  | 3      | 步
        projects.rate.*   | 4      | 个
        leads.chain_role  | 4      | 步
        nowhere.chain     | 3      | 步
    """)
    assert verdicts() == [("equal", 3), ("equal", 4), ("differs", 3), ("not yet", None)]
    assert answers()[0].listed == names_in("leads.chain_role", date(2024, 6, 30)) == ["龙头引进", "配套跟进", "集群发展"]


def test_a_rule_s_table_is_counted_whole_where_no_mark_is_named(zone, page):
    page("""
        dictionary                        | wanted | unit
        company.model:focuses             | 4      | 个
        company.reform_groups:groups.hua  | 3      | 项
        company.reform_groups:groups      | 6      | 项
    """)
    assert verdicts() == [("equal", 4), ("equal", 3), ("equal", 6)]


def test_a_label_is_a_name_that_records_bear_and_no_quantity(zone, page, stranger):
    testing.enter(StrategyPlan, zone, "label | name | since\n136336 | 规划 | 2024-01-01")
    page("""
        indicators | group             | wanted | unit
        plan.count | plan_label 136336 | 136336 | 代号
        plan.count | plan_label 136337 | 136337 | 代号
    """)
    assert verdicts() == [("equal", 136336), ("differs", None)]
    assert [record.label for record in answers()[0].records] == ["136336"]
    assert [each.verdict for each in answers(stranger)] == ["refused", "refused"]


def test_one_group_of_a_figure_is_what_a_fact_is_about(ledger, page, zone, clerk):
    testing.enter(Project, zone, "code | name | signed_on | started_on | nature\nP6 | 己 | 2023-01-10 | 2024-03-01 | expansion", by=clerk)
    page("""
        indicators         | group        | wanted | unit
        projects.new.count | nature 扩建  | 1      | 个
        projects.new.count | nature 迁建  | 1      | 个
        projects.new.count |              | 3      | 个
    """)
    assert verdicts() == [("equal", 1), ("differs", None), ("equal", 3)]


def test_each_figure_is_grouped_along_its_own_path(ledger, page, zone, clerk):
    """Projects and their reports both know the office that answers, each in its own way; neither has a column for it."""
    office, projects = testing.party(zone, "B", "甲局"), {each.code: each for each in Project.objects.all()}
    testing.enter(Progress, zone, "subject | month | year_to_date\nP1 | 2024-06 | 100\nP2 | 2024-06 | 20\nP3 | 2024-06 | 3", by=clerk)
    assign = actions.find("projects.assign")
    for code in ("P1", "P2"):
        told = {"role": "department", "office": office, "since": "2024-03-05"}
        commit([assign.plan(projects[code], by=clerk, version=1, **told)], by=clerk)
    page("""
        indicators                        | group           | wanted | unit
        projects.progress.year_to_date    | department 甲局 | 120    | 万元
        projects.started.year.count       | department 甲局 | 1      | 个
    """)
    assert verdicts() == [("equal", 120), ("equal", 1)]
    assert [[each.subject.code for each in found.records] for found in answers()[:1]] == [["P1", "P2"]]
    assert [each.code for each in answers()[1].records] == ["P2"]


def test_behind_one_group_of_a_rate_stand_the_records_of_that_group(ledger, page, zone, clerk):
    testing.enter(Project, zone, """
        code | name | total_investment | signed_on  | started_on | nature
        P6   | 己   | 100              | 2023-01-10 | 2024-03-01 | expansion
        P7   | 庚   | 300              | 2023-01-10 | 2023-03-01 | expansion
    """, by=clerk)
    page("""
        indicators                           | group            | wanted | unit
        projects.continuing.investment_share | nature 扩建      | 75     | %
        projects.continuing.investment_share | nature expansion | 75     | %
        projects.continuing.investment_share | nature 迁建      | 0      | %
    """)
    assert verdicts() == [("equal", 75), ("equal", 75), ("differs", None)]
    assert [[record.code for record in each.records] for each in answers()] == [["P6", "P7"], ["P6", "P7"], []]


def test_a_figure_of_a_line_of_work_that_is_off_is_not_there(ledger, page, zone, clerk):
    page("indicators | wanted | unit\ninfrastructure.completed.count | 0 | 项")
    assert verdicts() == [("equal", 0)]
    commit([actions.find("domains.switch_off").plan(zone, by=clerk, domain="infrastructure")], by=clerk)
    assert verdicts() == [("not yet", None)]


def test_what_a_rule_marks_is_counted_by_the_rule_of_the_day(zone, page):
    routes = {"land": {"holder": "A", "focus": True}, "power": {"holder": "B", "focus": True}, "roads": {"holder": "A", "focus": False}}
    facts = {"kind": "issues.routing", "since": "2024-05-01", "published_on": "2024-05-01", "source_document": "演示3号"}
    commit([actions.find("rules.create").plan(zone, by=SYSTEM, facts={**facts, "content": json.dumps({"routes": routes})})], by=SYSTEM)
    page("dictionary | wanted | unit\nissues.routing:routes.focus | 2 | 类")
    assert [(each.verdict, each.listed) for each in answers()] == [("equal", ["用地", "供电"])]
    assert names_in("issues.routing:routes.focus", date(2024, 4, 30)) == []


def test_a_removed_record_is_found(ledger, page, zone, clerk):
    page("indicators | wanted | unit\nprojects.under_construction.count | 3 | 个")
    assert verdicts() == [("equal", 3)]
    testing.enter(Project, zone, "code | name | signed_on | started_on\nP5 | 戊 | 2023-01-10 | 2024-03-01", by=clerk)
    assert verdicts() == [("differs", 4)]


def test_a_reader_without_the_right_learns_neither_value_nor_verdict(ledger, page, zone, stranger):
    page("""
        indicators                                     | wanted | unit
        projects.under_construction.count              | 3      | 个
        projects.under_construction.count              | 4      | 个
        leads.known.count projects.new.count           | 4      | 个
                                                       | 3      | 个
    """)
    found = answers(stranger)
    assert [(each.verdict, each.value, each.records) for each in found] == [("refused", None, [])] * 3 + [("not yet", None, [])]
    assert "projects.view" in found[0].reason
    leads = testing.employ(zone, "leads", "leads.view")
    assert [each.verdict for each in answers(leads)] == ["refused", "refused", "refused", "not yet"]


def test_a_reader_of_figures_has_the_value_and_no_record(ledger, page, zone):
    page("indicators | wanted | unit\nprojects.under_construction.count | 3 | 个")
    reader = testing.employ(zone, "reader", "projects.figures suspensions.figures")
    [told] = answers(reader)
    assert (told.verdict, told.value, told.records) == ("equal", 3, [])


def test_a_demo_leads_to_the_page(client, zone, stranger):
    assert client.get("/page/").status_code == 302
    client.force_login(stranger)
    assert client.get("/page/").status_code == 200
    assert client.get("/").content.decode().count('href="/page/"') == 2


def test_a_productive_installation_has_no_page(client, db):
    client.force_login(testing.employ(begin("ZONE", "某开发区"), "clerk"))
    assert client.get("/page/").status_code == 404
    assert 'href="/page/"' not in client.get("/").content.decode()
    with pytest.raises(CommandError, match="只有演示安装"):
        call_command("page")


@pytest.mark.parametrize(("wanted", "code", "verdict", "value"), [(3, 0, "equal", "3"), (4, 1, "differs", "3")])
def test_the_command_tells_the_same_and_fails_where_a_figure_differs(ledger, page, capsys, wanted, code, verdict, value):
    page(f"indicators | wanted | unit\nprojects.under_construction.count | {wanted} | 个\n | 5 | 个")
    for asked in (True, False):
        ended = 0
        try:
            call_command("page", json=asked)
        except SystemExit as end:
            ended = end.code
        assert ended == code
        told = capsys.readouterr().out
        if asked:
            first, second = json.loads(told)
            assert (first["verdict"], first["value"], first["wanted"]) == (verdict, value, str(wanted))
            assert first["records"] == ["P1", "P2", "P3"]
            assert (second["verdict"], second["value"], second["records"]) == ("not yet", None, [])
        else:
            assert told.splitlines()[-1] == f"一致 {1 - code}，不一致 {code}，尚未实现 1"


def test_the_page_shows_no_value_that_is_refused(client, ledger, zone, clerk, stranger):
    testing.enter(Lead, zone, "name | first_contact_on | negotiating_on\n甲 | 2023-01-01 | 2023-02-01", by=clerk)
    client.force_login(clerk)
    seen = client.get("/page/").content.decode()
    assert 'data-figure="leads.in_negotiation.count"' in seen
    assert 'data-verdict="differs"' in seen
    client.force_login(stranger)
    hidden = client.get("/page/").content.decode()
    assert "data-figure=" not in hidden
    assert hidden.count('data-verdict="refused"') == sum(bool(each.indicators) for each in statements())
    assert 'data-verdict="differs"' not in hidden
    assert "无权查看" in hidden


def test_a_screen_is_linked_for_whom_it_opens(client, zone, clerk, stranger):
    address = '<a href="/r/leads/?stage=negotiating">'
    client.force_login(clerk)
    assert address in client.get("/page/").content.decode()
    outsider = testing.employ(zone, "outsider", "enterprises.view")
    client.force_login(outsider)
    page = client.get("/page/").content.decode()
    assert address not in page
    assert '<a href="/figures/?q=projects.rate">' in page


def test_the_page_asks_little(client, ledger, clerk, django_assert_max_num_queries):
    client.force_login(clerk)
    client.get("/page/")
    read = {part.register for each in statements() for code in each.indicators for part in indicators.find(code).parts()}
    owners = {each.owners for each in statements() if each.indicators}  # each are asked with their rules, and whether something was written
    grouped = {each.group[0] for each in statements() if each.group}  # what is asked by a dimension is asked apart
    asked = 5 * len(owners) + 6 * len(grouped) + 2 * len(read)  # of a register one for the sums, one for what is missing
    with django_assert_max_num_queries(17 + asked):
        client.get("/page/")
