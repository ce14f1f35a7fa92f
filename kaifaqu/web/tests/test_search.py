"""The search over everything: what is found by what, by whom, and how the index keeps up with the events."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.files import store
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.access import User
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Lead, Project, ProjectAssignment
from kaifaqu.web import index, search
from kaifaqu.web.models import SearchHead, SearchText


@pytest.fixture
def stock(zone, clerk, projects):
    """Add to the four projects what has other names: official codes, an investor, codes that begin alike."""
    testing.enter(Enterprise, zone, """
        code | name                 | credit_code        | contact | phone
        Q3   | 演示丁精密铸造       | 91149900MADEM00017 | 张三丰  | 13900001111
    """, by=clerk)
    testing.enter(Lead, zone, """
        code | name     | investor         | first_contact_on
        L2   | 意向厂房 | 远方投资（集团） | 2023-05-01
    """, by=clerk)
    testing.enter(Project, zone, """
        code | name             | signed_on  | national_code
        P10  | 演示光伏组件二期 | 2023-01-10 | 2401-140824-89-01-123456
        P100 | 重庆银行配套     | 2023-01-10 |
    """, by=clerk)


def titles(user: User, asked: str) -> dict[str, list[str]]:
    """Return by kind, as plain text, what somebody finds; pages, figures and help left out."""
    index.follow()
    return {group.name: [str(hit.title).replace("<mark>", "").replace("</mark>", "") for hit in group.hits]
            for group in search.find(user, search.Asked.of(asked)) if group.name not in ("页面", "指标", "帮助")}


# What is found


@pytest.mark.parametrize(("asked", "found"), [
    ("P2", {"项目": ["P2 演示碳纤维"]}),
    ("p10", {"项目": ["P10 演示光伏组件二期", "P100 重庆银行配套"]}),  # the code itself, then what begins with it
    ("Ｐ２", {"项目": ["P2 演示碳纤维"]}),
    ("光伏组件", {"项目": ["P1 演示光伏组件", "P10 演示光伏组件二期"]}),
    ("二期 光伏", {"项目": ["P10 演示光伏组件二期"]}),
    ("gfzj", {"项目": ["P1 演示光伏组件", "P10 演示光伏组件二期"]}),
    ("cqyh", {"项目": ["P100 重庆银行配套"]}),
    ("madem0001", {"企业": ["Q3 演示丁精密铸造"]}),
    ("89-01-1234", {"项目": ["P10 演示光伏组件二期"]}),
    ("远方", {"线索": ["L2 意向厂房"]}),
    ("yftz", {"线索": ["L2 意向厂房"]}),
    ("p", {}),  # stands nearly everywhere
    ("厂", {"线索": ["L2 意向厂房"]}),
    ("光伏 碳纤维", {}),
    ("2023-01", {}),  # a date is no name
    ("%", {}), ("_", {}), ("\\", {}), ("'\"", {}), ("<b>", {}), ("👍" * 300, {}),
])
def test_a_record_is_found_by_what_it_is_known_by(stock, clerk, asked, found):
    assert titles(clerk, asked) == found


def test_a_code_finds_where_there_are_no_names(stock, zone, clerk, projects):
    facts = {"code": "A77", "subject": projects[0], "role": "leader", "person": clerk, "since": "2024-01-01"}
    commit([actions.find("assignments.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    assert titles(clerk, "a77") == {"包联": ["A77"]}
    assert titles(clerk, "a7") == {}
    assert ProjectAssignment not in index.indexed().values()


def test_pages_figures_and_help_are_found_too(stock, clerk):
    def first(asked):
        group = search.find(clerk, search.Asked.of(asked))[0]
        return group.name, group.hits[0].address

    assert first("企业") == ("页面", "/r/enterprises/")
    assert first("xm") == ("页面", "/r/projects/")
    assert first("projects.under_construction.count") == ("指标", "/figures/projects.under_construction.count/")
    assert first("zjxmztz") == ("指标", "/figures/projects.under_construction.investment/")
    assert first("错误表") == ("帮助", "/help/import/")


def test_it_is_said_what_matched_where_the_name_does_not_show_it(stock, clerk):
    def beside(asked):
        index.follow()
        return [str(hit.beside) for group in search.find(clerk, search.Asked.of(asked)) for hit in group.hits if "/r/" in hit.address]

    assert beside("madem") == ["统一社会信用代码 91149900<mark>MADEM</mark>00017"]
    assert beside("yxcf") == ["拼音首字母"]
    assert beside("意向厂房") == [""]


def test_records_stand_before_what_only_mentions_the_word(stock, clerk):
    index.follow()
    assert [group.name for group in search.find(clerk, search.Asked.of("项目"))] == ["页面", "线索", "指标", "帮助"]
    assert [group.name for group in search.find(clerk, search.Asked.of("光伏"))] == ["项目"]


# By whom


def test_nobody_finds_what_he_may_not_see(stock, zone, stranger):
    leads = testing.employ(zone, "leads", "leads.view")
    figures = testing.employ(zone, "figures", "projects.figures enterprises.figures")
    for asked in ("演示", "P1", "gfzj", "厂房", "madem", "Q3"):
        assert titles(stranger, asked) == titles(figures, asked) == {}
        assert {*titles(leads, asked)} <= {"线索"}
    assert titles(leads, "厂房") == {"线索": ["L2 意向厂房"]}


def test_what_one_may_not_see_takes_no_place_among_the_first(stock, stranger):
    index.follow()
    assert search.proposed(stranger, search.Asked.of("演示")) == {}


def test_right_is_asked_again_where_the_index_proposes(stock, clerk, stranger):
    index.follow()
    SearchText.objects.update(owner=stranger.owner_id)  # as if the index were wrong about whose they are
    assert titles(stranger, "光伏") == {}


def test_a_personal_fact_stands_nowhere_and_finds_nothing(stock, zone, clerk):
    testing.enter(User, zone, "code | name\nwho | 李四光", by=clerk)
    [enterprise] = Enterprise.objects.filter(code="Q3")
    for asked in ("张三丰", "13900001111", "zsf", "李四光", "lsg"):
        assert titles(clerk, asked) == {}
    texts = " ".join(SearchText.objects.values_list("text", flat=True))
    assert not [each for each in ("张三", "zsf", "1390", "李四", "lsg") if each in texts]
    assert not [column.name for register in index.searched().values() for column in index.names_of(register) if hasattr(column, "personal")]
    commit([actions.find("enterprises.erase").plan(enterprise, by=clerk, version=1, reason="本人要求")], by=clerk)
    assert titles(clerk, "张三丰") == {}


def test_a_file_is_found_with_its_record_only(stock, clerk, projects, tmp_path, settings):
    settings.HOME = tmp_path
    kept = store.keep(io.BytesIO(b"%PDF-1.7"), "光伏组件施工许可证.pdf")
    attach = actions.find("projects.attach").plan
    commit([attach(projects[0], by=clerk, version=projects[0].row_version, kept=kept, purpose="started_evidence")], by=clerk)
    assert titles(clerk, "FJ0001") == titles(clerk, "施工许可证") == {}


# Keeping up


def test_the_index_follows_what_happens_to_a_record(stock, clerk, projects):
    correct, archive = (actions.find(f"projects.{verb}").plan for verb in ("correct", "archive"))
    assert titles(clerk, "碳纤维") == {"项目": ["P2 演示碳纤维"]}
    [renamed] = commit([correct(projects[1], by=clerk, version=1, facts={"name": "演示玻璃纤维"}, reason="改名")], by=clerk)
    assert (titles(clerk, "碳纤维"), titles(clerk, "blxw")) == ({}, {"项目": ["P2 演示玻璃纤维"]})
    commit([archive(renamed, by=clerk, version=2, reason="重复登记")], by=clerk)
    assert titles(clerk, "玻璃") == titles(clerk, "P2") == {}
    assert not SearchText.objects.filter(id=renamed.pk).exists()
    testing.enter(Project, renamed.owner, "code | name | signed_on\nP2 | 演示石英纤维 | 2023-01-10", by=clerk)
    assert titles(clerk, "石英") == {"项目": ["P2 演示石英纤维"]}


def test_an_archived_record_is_not_shown_though_the_index_has_not_followed(stock, clerk, projects):
    index.follow()
    commit([actions.find("projects.archive").plan(projects[1], by=clerk, version=1, reason="重复登记")], by=clerk)
    assert search.find(clerk, search.Asked.of("碳纤维")) == []


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_followed_in_steps_of_any_size_it_is_the_same(stock, monkeypatch, step):
    monkeypatch.setattr(index, "STEP", step)
    assert index.follow()
    names = {(each.pk, f"{each.code}\n{each.name}\n".lower()) for each in Project.objects.current()}
    told = SearchText.objects.filter(register="projects").values_list("id", "text")
    assert {(pk, "".join(text.splitlines(keepends=True)[:2])) for pk, text in told} == names


def test_what_has_nothing_new_writes_nothing(stock, django_assert_num_queries):
    index.follow()
    with django_assert_num_queries(2):
        assert index.follow()


def test_another_version_that_reads_other_columns_begins_anew(stock, clerk, capsys):
    index.follow()
    SearchText.objects.update(text="alt\n")
    index.follow()
    assert titles(clerk, "光伏") == {}
    SearchHead.objects.update(columns="of an earlier version")
    assert [*titles(clerk, "光伏")] == ["项目"]
    SearchText.objects.update(text="alt\n")
    call_command("reindex", "--json")
    assert json.loads(capsys.readouterr().out) == {"records": SearchText.objects.count()}
    assert [*titles(clerk, "光伏")] == ["项目"]


def test_a_search_does_not_wait_for_others_who_write(stock, page, monkeypatch):
    def locked(*args):
        raise OperationalError("database is locked")

    monkeypatch.setattr(index, "_step", locked)
    answer = page("search", q="P2")
    assertContains(answer, "还没有全部编入查找")
    assertContains(answer, "演示碳纤维")  # by its code even so
    with pytest.raises(OperationalError), transaction.atomic():
        index.follow()


# The pages


@pytest.fixture
def page(clerk, client, projects):
    """Open a page as the clerk."""
    client.force_login(clerk)
    return lambda name, *keys, **asked: client.get(reverse(name, args=keys), asked)


def test_the_page_groups_what_was_found_and_leads_there(stock, page, projects):
    answer = page("search", q="光伏")
    assertContains(answer, f'<a href="/r/projects/{projects[0].pk}/">P1 演示<mark>光伏</mark>组件</a>')
    assertContains(answer, 'value="光伏"')
    assertContains(page("search", q="<i>"), "查找「&lt;i&gt;」")
    assertContains(page("search"), "拼音首字母")
    assertContains(page("search", q="没有的东西"), "没有找到。")


def test_of_many_the_best_are_shown_and_all_stand_on_pages_of_their_own(page, zone, clerk):
    rows = "\n".join(f"N{number:02d} | 样板间{number} | 2023-01-10" for number in range(60))
    testing.enter(Project, zone, f"code | name | signed_on\n{rows}\nN99 | 样板 | 2023-01-10", by=clerk)
    answer = page("search", q="样板")
    [group] = answer.context["groups"]
    assert (group.hits[0].title, len(group.hits)) == ("N99 <mark>样板</mark>", search.SHOWN)
    assertContains(answer, "/search/?q=%E6%A0%B7%E6%9D%BF&amp;in=projects")
    whole = page("search", q="样板", **{"in": "projects", "page": "2"})
    assertContains(whole, "共 61 条")
    assert [str(hit.title) for hit in whole.context["groups"][0].hits][:1] == ["N49 <mark>样板</mark>间49"]
    assertNotContains(page("search", q="没有", **{"in": "projects"}), "样板间")
    assert page("search", q="样板", **{"in": "unicorns"}).status_code == 200


def test_while_somebody_types_the_first_hits_come_alone(stock, client, clerk, projects):
    client.force_login(clerk)
    answer = client.get(reverse("search"), {"q": "P1"}, headers={"HX-Request": "true", "HX-Target": "hits"})
    assertNotContains(answer, "<html")
    assertContains(answer, f'href="/r/projects/{projects[0].pk}/"')
    first = [str(hit.title) for hit, _kind in answer.context["first"]]
    assert first == ["<mark>P1</mark> 演示光伏组件", "<mark>P1</mark>0 演示光伏组件二期", "<mark>P1</mark>00 重庆银行配套"]
    assert client.get(reverse("search"), {"q": " "}, headers={"HX-Request": "true", "HX-Target": "hits"}).text.strip() == ""


def test_the_number_of_statements_does_not_grow(stock, page, zone, clerk, django_assert_max_num_queries):
    page("search", q="演示")
    with django_assert_max_num_queries(16):
        page("search", q="演示")


def test_nobody_searches_before_signing_in(client, zone):
    assert client.get(reverse("search"), {"q": "P1"}).status_code == 302
