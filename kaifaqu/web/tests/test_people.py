"""The pages of people, parties and roles: who may do what where, why, and from when to when."""

from datetime import datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import Grant, Membership, Role, User
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.spans import Span
from kaifaqu.web import people


@pytest.fixture(autouse=True)
def _day(db, _clock):
    """Stand on 5 August 2024."""
    clock.set(datetime(2024, 8, 5, 9, tzinfo=clock.ZONE))


@pytest.fixture
def person(zone, other) -> User:
    """Return somebody with memberships in the zone and outside, past and to come, and grants to his party."""
    testing.party(zone, "DESK", "窗口", parent=zone)
    testing.enter(User, zone, "code | name\nli | 演示李")
    testing.enter(Role, zone, """
        code | name   | rights
        r1   | 登记   | projects.view projects.edit
        r2   | 看数   | projects.figures leads.view
        r3   | 将来   | roles.view
        audit  | 审计员     | events.view
        system | 系统管理员 | parties.view
    """)
    testing.enter(Membership, zone, """
        user | party | role   | below | since      | until
        li   | ZONE  | r1     | True  | 2024-01-01 |
        li   | OTHER | r2     |       | 2024-01-01 | 2024-08-06
        li   | ZONE  | audit  |       | 2023-01-01 | 2024-08-05
        li   | ZONE  | r3     |       | 2024-08-06 |
        li   | ZONE  | system |       | 2024-08-05 |
        li   | OTHER | r3     |       | 2023-01-01 | 2023-06-01
    """)
    testing.enter(Grant, zone, """
        receiver | right            | purpose | since      | until
        OTHER    | leads.view       | 核对    | 2024-01-01 |
        OTHER    | projects.figures | 核对    | 2024-01-01 | 2024-03-01
        OTHER    | projects.view    | 无用    | 2024-01-01 |
        OTHER    | roles.view       | 已过    | 2023-01-01 |
    """)
    return User.objects.get(code="li")


def test_each_ground_says_how_it_stands(person, clerk, stranger):
    found = people.grounds_of(person, Reader(clerk), clock.today())
    assert [(each.row.code, each.span, each.rights) for each in found] == [
        ("M0003", Span.ENDED, ["events.view"]), ("M0006", Span.ENDED, ["roles.view"]),
        ("M0001", Span.NOW, ["projects.view", "projects.edit"]),
        ("M0002", Span.NOW, ["projects.figures", "leads.view"]), ("M0005", Span.NOW, ["parties.view"]),
        ("M0004", Span.AHEAD, ["roles.view"]),
        ("G0001", Span.NOW, ["leads.view"]), ("G0002", Span.ENDED, ["projects.figures"]),
    ]  # fmt: skip


def test_what_is_told_is_what_the_person_may_do(person, clerk, zone):
    """The page counts a second time; for every right and owner it must come to what the kernel answers."""
    from kaifaqu.kernel.access import Below

    told: dict[str, set[int]] = {right: set() for right in actions.rights()}
    for each in people.grounds_of(person, Reader(clerk), clock.today()):
        if each.span == Span.NOW:
            party = each.row.party_id if isinstance(each.row, Membership) else each.row.owner_id
            for right in each.rights:
                told[right] |= Below().of(party) if each.below else {party}
    assert told == {right: set(person.owners(right)) for right in actions.rights()}


def test_the_page_tells_register_by_register(person, clerk, client):
    client.force_login(clerk)
    page = client.get(reverse("record", args=["users", person.pk]))
    [(_panel, shown)] = page.context["panels"]
    assert [(reach.name, [(ground.row.code, words) for ground, words in reach.grounds]) for reach in shown["reaches"]] == [
        ("线索", [("M0002", "查看"), ("G0001", "查看")]),
        ("项目", [("M0001", "查看；登记、更正、归档、附上文件、撤下文件、导入、批量办理"), ("M0002", "只看数字（不含记录）")]),
        ("单位", [("M0005", "查看")]),
    ]
    assertContains(page, "尚未开始")
    assertContains(page, "已结束")
    assertContains(page, "还没有口令")
    assertNotContains(page, "兼任")


def test_several_separate_administrators_in_one_person_are_pointed_out(person, zone, clerk, client):
    testing.enter(Membership, zone, "user | party | role | since\nli | ZONE | audit | 2024-08-01")
    client.force_login(clerk)
    assertContains(client.get(reverse("record", args=["users", person.pk])), "兼任审计员、系统管理员")
    assertContains(client.get(reverse("settings")), "一人兼任")


def test_somebody_new_is_led_on(zone, clerk, client):
    [new] = testing.enter(User, zone, "code | name\nnew | 演示新")
    client.force_login(clerk)
    page = client.get(reverse("record", args=["users", new.pk]))
    assertContains(page, f'{reverse("new", args=["memberships"])}?user={new.pk}')
    assertContains(page, reverse("set-password", args=[new.pk]))
    form = client.get(f'{reverse("new", args=["memberships"])}?user={new.pk}').context["form"]
    assert form["user"].value() == str(new.pk)


def test_the_page_of_a_disabled_person_says_so(zone, clerk, client):
    [gone] = testing.enter(User, zone, "code | name | is_active\ngone | 演示退 | False")
    testing.enter(Membership, zone, "user | party | role | since\ngone | ZONE | role-clerk | 2024-08-01")
    client.force_login(clerk)
    page = client.get(reverse("record", args=["users", gone.pk]))
    assertContains(page, "账号已停用")
    assertNotContains(page, "今天能做什么")


def test_who_may_not_see_roles_sees_no_rights(person, zone, client):
    client.force_login(testing.employ(zone, "reader", "users.view memberships.view"))
    page = client.get(reverse("record", args=["users", person.pk]))
    assert page.context["panels"] == []
    assert [each.register for each in page.context["related"] if each.count] == [Membership]


def test_a_party_shows_who_works_there_and_what_was_granted(person, other, zone, clerk, client):
    client.force_login(clerk)
    [(_panel, shown)] = client.get(reverse("record", args=["parties", other.pk])).context["panels"]
    assert [(each.row.code, each.span) for each in shown["staff"]] == [("M0002", Span.NOW), ("M0006", Span.ENDED)]
    assert [(each.row.code, each.span, each.what) for each in shown["received"]] == [
        ("G0001", Span.NOW, "线索：查看"), ("G0003", Span.NOW, "项目：查看"), ("G0004", Span.NOW, "角色：查看"),
        ("G0002", Span.ENDED, "项目：只看数字（不含记录）")]
    [(_panel, shown)] = client.get(reverse("record", args=["parties", zone.pk])).context["panels"]
    assert [each.row.code for each in shown["given"]] == ["G0001", "G0003", "G0004", "G0002"]


def test_the_pages_ask_a_constant_number_of_questions(person, other, zone, clerk, client, django_assert_max_num_queries):
    testing.enter(Grant, zone, "\n".join(["receiver | right | purpose | since", *(
        f"OTHER | leads.view | 第{number}次 | 2024-01-01" for number in range(40))]))
    client.force_login(clerk)
    for register, pk in (("users", person.pk), ("parties", other.pk), ("roles", Role.objects.get(code="r1").pk)):
        with django_assert_max_num_queries(30):
            client.get(reverse("record", args=[register, pk]))
