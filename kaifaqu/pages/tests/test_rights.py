"""Rights are chosen from boxes, told in words, and compared between two editors as one text."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.access import Grant, Role
from kaifaqu.kernel.commit import commit
from kaifaqu.pages import rights
from kaifaqu.pages.tests.test_pages import _hidden, correct, read


@pytest.fixture
def role(zone, clerk, client) -> Role:
    """Return a role, and sit a clerk at the desk."""
    client.force_login(clerk)
    [made] = testing.enter(Role, zone, "code | name | rights\nDESK | 窗口 | roles.view users.view", by=clerk)
    return made


def boxes(client, role, chosen: list[str], meanwhile=None, **typed):
    """Send the form of the role with these boxes ticked; let somebody else act before."""
    address = reverse("edit", args=["roles", role.pk])
    form = client.get(address).context["form"]
    if meanwhile:
        meanwhile()
    told = {"token": form.token, "version": form.version, "read": form.read, "code": "DESK", "name": "窗口", "reason": "调整"}
    return client.post(address, {**told, "rights": chosen, **typed})


def test_every_right_stands_once_under_its_register(zone):
    found = rights.groups()
    assert sorted(right for _name, each in found for right, _meaning in each) == sorted(actions.rights())
    assert dict(found)["角色"][:2] == [("roles.view", "查看"), ("roles.figures", "只看数字（不含记录）")]
    assert dict(found)["事件"] == [("events.view", "查看")]


@pytest.mark.parametrize(("told", "brief"), [
    ("", ""), ("roles.view", "角色：查看"), ("users.view roles.view", "人员：查看；角色：查看"),
    ("users.view roles.view roles.figures", "3 项权限，涉及 2 类台账"), ("gone.view", "gone：查看"),
])
def test_a_table_names_few_rights_and_counts_many(db, told, brief):
    assert rights.brief(told.split()) == brief


def test_boxes_show_what_the_role_has_and_are_stored_as_names(client, role):
    page = client.get(reverse("edit", args=["roles", role.pk])).content.decode()
    assert [part.partition('"')[0] for part in page.split('name="rights" value="')[1:] if " checked" in part.partition(">")[0]] == [
        "users.view", "roles.view"]
    assert boxes(client, role, ["users.view", "roles.edit"]).status_code == 302
    assert read(role).rights == "roles.edit users.view"
    page = client.get(reverse("record", args=["roles", role.pk]))
    [change] = page.context["past"].timeline[0].changes
    assert change == ("权限", "角色：查看", "增加 角色：登记、更正、归档、附上文件、撤下文件、导入、批量办理")
    assertContains(client.get(reverse("records", args=["roles"])), "项权限，涉及")


def test_the_same_boxes_change_nothing(client, role):
    boxes(client, role, ["users.view", "roles.view"])
    assert read(role).row_version == 1


def test_two_editors_of_one_role_choose_between_their_boxes(client, role, clerk):
    first = boxes(client, role, ["roles.view"], meanwhile=lambda: correct(role, clerk, rights="users.view"))
    assert first.status_code == 409
    assert [(row.read, row.stored, row.typed, row.clash) for row in first.context["rows"]] == [
        ("人员：查看\n角色：查看", "人员：查看", "角色：查看", True)]
    assert client.post(reverse("edit", args=["roles", role.pk]), {**_hidden(first), "keep-rights": "typed"}).status_code == 302
    assert read(role).rights == "roles.view"


def test_boxes_of_one_editor_merge_with_a_name_of_the_other(client, role, clerk):
    first = boxes(client, role, ["roles.view"], meanwhile=lambda: correct(role, clerk, name="大厅"))
    assert client.post(reverse("edit", args=["roles", role.pk]), _hidden(first)).status_code == 302
    assert (read(role).name, read(role).rights) == ("大厅", "roles.view")


def test_a_granted_right_is_told_in_words(client, role, zone, other, clerk):
    facts = {"receiver": other, "right": "roles.view", "purpose": "核对", "since": "2024-01-01"}
    commit([actions.find("grants.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    assertContains(client.get(reverse("records", args=["grants"])), "角色：查看")
    page = client.get(reverse("edit", args=["grants", Grant.objects.get().pk]))
    assertContains(page, '<option value="roles.view" selected>查看</option>', html=True)
