"""Editions: a list of lines of work, a home page in one's own words, and a demo of one's own."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import Party, Role, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.indicators import catalogue
from kaifaqu.kernel.records import registers
from kaifaqu.pages import domains, editions
from kaifaqu.web import sample
from kaifaqu.web.founding import ADMINISTRATORS, ROLES, found

EVERY = editions.every().values()
GENUINE = [each for each in EVERY if each.code != editions.DEMO]


@pytest.fixture
def choose(zone, clerk):
    """Let the clerk choose an edition."""
    return lambda code: commit([actions.find("editions.choose").plan(zone, by=clerk, edition=code)], by=clerk)


@pytest.mark.parametrize("edition", EVERY, ids=lambda each: each.code)
def test_an_edition_names_only_what_there_is(edition):
    assert edition.domains - {editions.ALL} <= {*domains.every()}
    assert {*edition.roles} - {editions.ALL} <= {*ROLES}
    assert {*edition.figures} <= {*catalogue()}
    assert {way.register for way in edition.ways} <= {*registers()}
    assert all({*texts} == {"zh", "en"} for texts in (edition.texts, edition.about_texts, *(way.texts for way in edition.ways)))


@pytest.mark.parametrize("edition", GENUINE, ids=lambda each: each.code)
def test_a_productive_installation_is_founded_for_its_edition(db, edition):
    owner = found("OWN", "某单位", "admin", "a-good-long-password", edition.code)
    assert editions.chosen() == edition
    assert domains.off() == {*domains.every()} - edition.domains
    assert {*Role.objects.filter(owner=owner).values_list("code", flat=True)} == {*ADMINISTRATORS, *edition.roles}


def test_what_is_chosen_switches_the_lines_of_work_and_what_was_switched_comes_back(zone, choose):
    assert domains.off() == set()
    choose("recycler")
    assert {*domains.every()} - domains.off() == {"recycling", "subsidies", "outreach"}
    choose("demo")
    assert domains.off() == set()
    assert editions.ChosenEdition.objects.count() == 1


def test_there_is_no_other_edition(zone, choose):
    with pytest.raises(ValidationError, match="没有版本「castle」。可选：demo（演示版）"):
        choose("castle")
    with pytest.raises(ValidationError):
        found("OWN", "某单位", "admin", "a-good-long-password", "castle")


def test_it_is_chosen_on_the_page_of_settings_by_whoever_may(zone, clerk, client):
    client.force_login(clerk)
    assertContains(client.get(reverse("settings")), "选用版本")
    answer = client.post(reverse("choose-edition"), {"edition": "institute"}, follow=True)
    assertRedirects(answer, f"{reverse('settings')}#domains")
    assertContains(answer, "已选用研究院版。")
    assert editions.chosen().code == "institute"
    client.force_login(testing.employ(zone, "reader", "parties.view"))
    assertNotContains(client.get(reverse("settings")), "选用版本")
    assert client.post(reverse("choose-edition"), {"edition": "zone"}).status_code == 403


@pytest.fixture(params=["operator", "college", "institute", "company", "recycler"])
def own(request, db):
    """Return the edition whose party's own demo is loaded."""
    sample.load(request.param)
    yield editions.every()[request.param]
    clock.release()


def test_a_party_has_a_demo_of_its_own(own, client):
    code, name, _name_en = own.party
    assert editions.chosen() == own
    [account] = [each for each, (_role, _number, at) in sample.PEOPLE.items() if at == code]
    assert {each for _label, each, _password in sample.accounts()} >= {account, "sysadmin", "security"}
    assert not User.objects.filter(code="director").exists()
    assert not Party.objects.filter(code="BUREAU").exists()
    client.force_login(User.objects.get(code=account))
    page = client.get("/")
    assertContains(page, name)
    assertNotContains(page, "我的项目")
    told = {figure.indicator.code: figure for figure in page.context["figures"]}
    assert [*told] == [*own.figures]
    assert all(figure.value for figure in told.values()), {each: figure.reason for each, figure in told.items() if not figure.value}
