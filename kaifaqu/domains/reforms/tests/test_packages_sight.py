"""Who sees a package, its items and its files: that follows what the package says now."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from kaifaqu.domains.reforms.models import Package, PackageItem, PackageItemStep
from kaifaqu.domains.reforms.tests.conftest import do, item, on, stand
from kaifaqu.files import store
from kaifaqu.files.models import Attachment
from kaifaqu.kernel import testing
from kaifaqu.kernel.access import Party, User
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project

DEPARTMENT = "package_items.view package_items.handle package_items.remind attachments.view"  # as the roles have them that are shipped
ENTERPRISE = "packages.view packages.submit package_items.view package_items.remind attachments.view"


@pytest.fixture
def people(office):
    """Return the zone, whose bodies and enterprises have no more than their own rights."""
    office.rival_party = Party.objects.get(code="OTHER")
    for name, party, rights in (
        ("planner", office.department, DEPARTMENT), ("officer", office.bureau, DEPARTMENT), ("owner", office.firm, ENTERPRISE),
        ("rival", office.rival_party, ENTERPRISE)):
        setattr(office, name, testing.employ(office.zone, f"{name}-2", rights, at=party))
    return office


def seen(person):
    """Return how many packages, items and steps the person sees, as one who comes in anew."""
    person = User.objects.get(pk=person.pk)
    return [each.objects.visible_to(person).count() for each in (Package, PackageItem, PackageItemStep)]


def attach(package, by, name="申请书.pdf"):
    """Attach a file to the package."""
    return do("packages.attach", package, by, kept=store.keep(io.BytesIO(f"%PDF-1.7 {name}".encode()), name))


def test_another_enterprise_sees_all_of_it_and_the_first_nothing_more(people):
    package = people.entrust()
    do("package_items.submit", item(package, "filing"))
    assert (seen(people.owner), seen(people.rival)) == ([1, 4, 1], [0, 0, 0])
    do("packages.correct", package, facts={"requester": people.rival_party}, reason="委托人写错")
    assert (seen(people.owner), seen(people.rival)) == ([0, 0, 0], [1, 4, 1])
    do("package_items.remind", item(package, "filing"), people.rival)
    with pytest.raises(PermissionDenied):
        do("package_items.remind", item(package, "filing"), people.owner)


def test_another_project_brings_its_name_and_its_enterprise(people):
    testing.enter(Enterprise, people.zone, "code | name | party\nQ2 | 另一企业 | OTHER")
    do("projects.correct", Project.objects.get(code="P2"), facts={"enterprise": Enterprise.objects.get(code="Q2")})
    package = people.entrust()
    do("packages.correct", package, facts={"project": Project.objects.get(code="P2")}, reason="项目选错")
    assert (seen(people.owner), seen(people.rival)) == ([0, 0, 0], [1, 4, 0])
    assert (Package.objects.get().title, item(package, "plan").about) == ("另一厂", "另一厂")


def test_a_title_that_was_typed_stays(people):
    package = people.entrust(title="一期工程")
    do("packages.correct", package, facts={"project": Project.objects.get(code="P2")}, reason="项目选错")
    assert (Package.objects.get().title, item(package, "plan").about) == ("一期工程", "一期工程")


def test_an_account_that_is_opened_later_sees_what_was_there_before(people):
    testing.enter(Enterprise, people.zone, "code | name\nQ2 | 另一企业")
    do("projects.correct", Project.objects.get(code="P2"), facts={"enterprise": Enterprise.objects.get(code="Q2")})
    people.entrust("P2")
    assert seen(people.rival) == [0, 0, 0]
    do("enterprises.correct", Enterprise.objects.get(code="Q2"), facts={"party": people.rival_party})
    assert seen(people.rival) == [1, 4, 0]


def test_the_page_names_the_enterprise_of_the_project_where_none_is_named(people, client):
    package = people.entrust()
    client.force_login(people.agent)
    page = client.get(f"/r/packages/{package.pk}/").content.decode()
    assert f"<dt>委托企业（项目投资主体）</dt><dd>{people.firm}</dd>" in page
    do("packages.correct", package, facts={"requester": people.rival_party}, reason="另有委托人")
    assert "委托企业（项目投资主体）" not in client.get(f"/r/packages/{package.pk}/").content.decode()


def test_the_clocks_of_an_item_bear_the_names_of_the_counter(people, client):
    package = people.entrust()
    do("package_items.submit", item(package, "filing"))
    client.force_login(people.officer)
    page = client.get(f"/r/package_items/{item(package, 'filing').pk}/").content.decode()
    assert ('<dt>受理或补正期限</dt><dd><span class="light' in page, "<dt>回应期限</dt>" in page) == (True, False)


def test_what_is_handed_in_once_reaches_every_body(people, client):
    package = people.entrust(kind="integrated")
    attach(package, people.owner)
    package = do("packages.submit", package, people.owner)
    [file] = Attachment.objects.all()
    for person, count in ((people.agent, 1), (people.owner, 1), (people.planner, 1), (people.officer, 1), (people.rival, 0)):
        assert Attachment.objects.visible_to(User.objects.get(pk=person.pk)).count() == count, person.code
        client.force_login(person)
        assert client.get(f"/files/{file.pk}/").status_code == (200 if count else 404), person.code
    client.force_login(people.planner)
    assert "申请书.pdf" in client.get(f"/r/package_items/{item(package, 'plan').pk}/").content.decode()


def test_a_body_reads_the_files_from_their_handing_in_until_it_gives_its_item_back(people):
    def read():
        return [Attachment.objects.readable_by(User.objects.get(pk=each.pk)).count() for each in (people.officer, people.planner)]

    package = people.entrust(kind="integrated", chosen="filing plan")
    package = attach(package, people.owner)
    assert read() == [0, 0]  # entrusted only
    package = do("packages.submit", Package.objects.get(), people.owner)
    assert read() == [1, 1]  # the plan still waits for the filing: its body may prepare
    do("package_items.give_back", item(package, "filing"), text="材料不对")
    assert read() == [0, 1]
    do("package_items.submit", item(package, "filing"))
    do("package_items.accept", item(package, "filing"))
    do("package_items.resolve", item(package, "filing"), result="已备案")
    assert read() == [1, 1]
    do("packages.withdraw", package, reason="不建了")
    assert read() == [1, 0]  # what was decided rests on the files


def test_the_enterprise_attaches_until_it_is_over_and_takes_nothing_off(people, client):
    package = people.entrust(kind="integrated", chosen="filing")
    do("packages.submit", package, people.owner)
    package = attach(package, people.owner)
    package = Package.objects.get()
    client.force_login(people.owner)
    page = client.get(f"/r/packages/{package.pk}/").content.decode()
    assert (f"/r/packages/{package.pk}/do/attach/" in page, "detach" in page) == (True, False)
    sent = client.post(f"/r/packages/{package.pk}/do/attach/", {"file": SimpleUploadedFile("图.pdf", b"%PDF-1.7"), "token": "t"})
    assert (sent.status_code, Attachment.objects.count()) == (302, 2)
    for by in (people.planner, people.rival):
        with pytest.raises(PermissionDenied):
            attach(package, by, "别家.pdf")
    do("packages.withdraw", package, reason="不建了")
    with pytest.raises(ValidationError, match="已经撤回，文件不再增减"):
        attach(package, people.owner, "再来.pdf")


def test_the_enterprise_hands_in_today_and_sets_no_clock_back(people):
    package = people.entrust(kind="integrated")
    stand(on(7, 22))
    with pytest.raises(ValidationError, match="企业今天递交"):
        do("packages.submit", package, people.owner, submitted_on=on(7, 1))
    do("packages.submit", package, people.owner, submitted_on=on(7, 22))
    assert item(package, "filing").received_on == on(7, 22)


def test_the_office_may_enter_an_earlier_day(people):
    package = people.entrust(kind="integrated")
    stand(on(7, 22))
    do("packages.submit", package, people.agent, submitted_on=on(7, 2))
    assert item(package, "filing").received_on == on(7, 2)
