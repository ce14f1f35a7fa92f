"""The pages that every register has, seen through the register of roles: it needs no other."""

import html
import re

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.kernel import events, testing
from kaifaqu.kernel.access import Party, Role, User
from kaifaqu.kernel.actions import find
from kaifaqu.kernel.commit import commit


@pytest.fixture
def page(clerk, client):
    """Return a person at a desk: `page(name, *keys, **asked)` opens a page as the clerk."""
    client.force_login(clerk)
    return lambda name, *keys, **asked: client.get(reverse(name, args=keys), asked)


@pytest.fixture
def role(zone, clerk) -> Role:
    [made] = testing.enter(Role, zone, """
        code  | name
        ------+------
        DESK  | 窗口
    """, by=clerk)  # fmt: skip
    return made


def read(record) -> Role:
    return Role.objects.get(pk=record.pk)


def correct(record, by, **facts) -> None:
    now = read(record)
    commit([find("roles.correct").plan(now, by=by, version=now.row_version, facts=facts, reason="他人更正")], by=by)


def send(client, address: str, meanwhile=None, **typed):
    """Open the form at the address, let somebody else act, type over the form, and send it; return answer and data."""
    form = client.get(address).context["form"]
    if meanwhile:
        meanwhile()
    shown = {name: form[name].value() for name in form.fields}
    hidden = {"token": form.token, "version": form.version, "read": form.read}
    data = {name: value for name, value in {**shown, **hidden, **typed}.items() if value is not None}
    return client.post(address, data), data


# Lists


def test_a_list_searches_filters_sorts_and_counts(page, zone, clerk):
    testing.enter(Role, zone, "\n".join(["code | name", *(f"T{number:02} | 岗位{number % 3}" for number in range(60))]), by=clerk)

    def codes(**asked):
        context = page("records", "roles", **asked).context
        return [row.code for row, _cells in context["table"].rows], context["page"].paginator.count

    assert codes(q="T5") == ([f"T5{number}" for number in range(10)], 10)
    assert codes(q="岗位1", sort="-code")[0][:2] == ["T58", "T55"]
    first, total = codes()
    second, _total = codes(page=2)
    assert (total, len(first), len({*first, *second})) == (61, 50, 61)
    assertContains(page("records", "roles", q="没有的"), "没有符合条件的记录")


def test_a_list_does_not_search_or_sort_personal_facts(page, clerk):
    assert page("records", "users", q=str(clerk.name)).context["page"].paginator.count == 0
    assert page("records", "users", sort="name").status_code == 200


def test_a_list_without_any_right_names_the_right(zone, client):
    client.force_login(testing.employ(zone, "guest", "parties.view"))
    answer = client.get(reverse("records", args=["roles"]))
    assertContains(answer, "roles.view", status_code=403)


# A record


def test_a_record_shows_what_was_changed_by_whom_and_what_was_known(page, role, clerk):
    known = events.last_seq()
    correct(role, clerk, name="综合窗口")
    today = page("record", "roles", role.pk)
    [change, _creation] = today.context["past"].timeline
    assert (change.who, change.label, change.event.reason) == (str(clerk), "更正", "他人更正")
    assert change.changes == [("名称", "窗口", "综合窗口")]
    versions = today.context["past"].versions[1]
    assert [re.findall("<mark>(.*?)</mark>", each.cells) for each in versions] == [["综合窗口"], []]
    before = page("record", "roles", role.pk, known=f"#{known}")
    assertContains(before, "<h1>窗口")
    assertContains(before, "所知的记录")
    assertContains(page("record", "roles", role.pk, known="昨天"), "不是日期")


def test_the_timeline_tells_of_a_personal_fact_only_that_it_changed(page, clerk):
    commit([find("users.correct").plan(clerk, by=clerk, version=1, facts={"name": "演示新名"}, reason="改名")], by=clerk)
    [change, _creation] = page("record", "users", clerk.pk).context["past"].timeline
    assert change.changes == [("姓名", "", "已变更")]


def test_a_record_of_another_party_is_not_found(stranger, role, client):
    client.force_login(stranger)
    for name, keys in (("record", []), ("edit", []), ("act", ["archive"])):
        assert client.get(reverse(name, args=["roles", role.pk, *keys])).status_code == 404


def test_what_refers_to_a_record_is_listed_as_far_as_it_may_be_seen(page, zone, clerk):
    related = page("record", "roles", Role.objects.get(code="role-clerk").pk).context["related"]
    assert [(each.register.register, each.count) for each in related if each.count] == [("memberships", 1)]


# Forms


def test_a_sent_form_makes_a_record_and_a_repeated_sending_none(clerk, zone, client):
    client.force_login(clerk)
    answer, data = send(client, reverse("new", args=["roles"]), owner=zone.pk, code="DESK", name="窗口")
    again = client.post(reverse("new", args=["roles"]), data)
    assert answer.url == again.url == reverse("record", args=["roles", Role.objects.get(code="DESK").pk])
    assert Role.objects.filter(code="DESK").count() == 1


def test_a_refusal_stands_beside_its_field(clerk, role, client):
    client.force_login(clerk)
    answer, _data = send(client, reverse("edit", args=["roles", role.pk]), name="", reason="无")
    assert answer.context["form"].errors.keys() == {"name"}
    answer, _data = send(client, reverse("edit", args=["roles", role.pk]), name="新名", reason="")
    assert "更正请写明原因" in str(answer.context["form"].non_field_errors())


def test_an_owner_without_the_right_cannot_be_chosen(clerk, other, client):
    client.force_login(clerk)
    answer, _data = send(client, reverse("new", args=["roles"]), owner=other.pk, code="X", name="X")
    assert answer.context["form"].errors.keys() == {"owner"}
    assert not Role.objects.filter(code="X").exists()


# Two editors


def test_different_fields_of_two_editors_are_merged(zone, clerk, role, client):
    client.force_login(clerk)
    address = reverse("edit", args=["roles", role.pk])
    first, _data = send(client, address, lambda: correct(role, clerk, code="HALL"), name="综合窗口", reason="我改名")
    rows = [(row.field.name, row.read, row.stored, row.typed, row.clash) for row in first.context["rows"]]
    assert first.status_code == 409
    assert rows == [("code", "DESK", "HALL", "DESK", False), ("name", "窗口", "窗口", "综合窗口", False)]
    assert client.post(address, _hidden(first)).status_code == 302
    assert (read(role).code, read(role).name) == ("HALL", "综合窗口")


@pytest.mark.parametrize(("choice", "name"), [("stored", "他的"), ("typed", "我的")])
def test_of_the_same_field_the_person_chooses(clerk, role, client, choice, name):
    client.force_login(clerk)
    address = reverse("edit", args=["roles", role.pk])
    first, _data = send(client, address, lambda: correct(role, clerk, name="他的"), name="我的", reason="我改名")
    assert [(row.field.name, row.clash) for row in first.context["rows"]] == [("name", True)]
    undecided = client.post(address, _hidden(first))
    assertContains(undecided, "还有事项没有选择", status_code=409)
    assert client.post(address, {**_hidden(undecided), "keep-name": choice}).status_code == 302
    assert read(role).name == name


@pytest.mark.parametrize(("last", "read_as"), [("窗口", None), ("第三名", "第三名")])
def test_what_was_taken_over_from_another_editor_is_not_typed(clerk, role, client, last, read_as):
    client.force_login(clerk)
    address = reverse("edit", args=["roles", role.pk])
    first, _data = send(client, address, lambda: correct(role, clerk, name="他的"), rights="roles.view", reason="加权限")
    correct(role, clerk, name=last)
    second = client.post(address, _hidden(first))
    assert second.status_code == 409
    assert [row.stored for row in second.context["rows"] if row.field.name == "name"] == ([read_as] if read_as else [])
    assert not any(row.clash for row in second.context["rows"])
    assert client.post(address, _hidden(second)).status_code == 302
    assert (read(role).name, read(role).rights) == (last, "roles.view")


def test_what_both_typed_alike_stays_typed(clerk, role, client):
    client.force_login(clerk)
    address = reverse("edit", args=["roles", role.pk])
    first, _data = send(client, address, lambda: correct(role, clerk, name="新名"), name="新名", reason="我改名")
    correct(role, clerk, name="窗口")
    second = client.post(address, _hidden(first))
    assert [(row.stored, row.typed) for row in second.context["rows"]] == [("窗口", "新名")]


def test_a_stored_fact_that_was_chosen_is_not_typed(clerk, role, client):
    client.force_login(clerk)
    address = reverse("edit", args=["roles", role.pk])
    first, _data = send(client, address, lambda: correct(role, clerk, name="他的"), name="我的", rights="roles.view", reason="改")
    correct(role, clerk, name="第三名")
    second = client.post(address, {**_hidden(first), "keep-name": "stored"})
    assert client.post(address, _hidden(second)).status_code == 302
    assert (read(role).name, read(role).rights) == ("第三名", "roles.view")


def _hidden(answer) -> dict[str, str]:
    """Return what the hidden fields of the page would send."""
    tags = re.findall(r'<input type="hidden"[^>]*>', answer.content.decode().split('class="conflict"')[1])
    attributes = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]
    return {each["name"]: html.unescape(each.get("value", "")) for each in attributes}


def test_the_owner_is_chosen_among_parties_with_the_right(clerk, zone, other, client):
    client.force_login(clerk)
    form = client.get(reverse("new", args=["roles"])).context["form"]
    assert [*form.fields["owner"].queryset] == [*Party.objects.filter(pk=zone.pk)]


# Odd addresses


@pytest.mark.parametrize("odd", ["²", "9" * 24, "\0", "7\0"])
def test_an_odd_number_in_an_address_is_no_error(page, client, role, odd):
    for register in ("roles", "memberships"):
        assert page("records", register, user=odd, party=odd, q=odd, sort=odd, page=odd).status_code == 200
    answer, _data = send(client, reverse("edit", args=["roles", role.pk]), version=odd, name="", reason="改")
    assert answer.status_code in (200, 409)


# Personal facts


def test_an_archived_person_can_be_erased_and_nothing_else(zone, clerk, client):
    client.force_login(clerk)
    person = testing.employ(zone, "leaver", "roles.view")
    commit([find("users.archive").plan(person, by=clerk, version=1, reason="离职")], by=clerk)
    address = reverse("act", args=["users", person.pk, "erase"])
    assert [each.verb for each in client.get(reverse("record", args=["users", person.pk])).context["others"]] == ["erase"]
    assert client.get(reverse("act", args=["users", person.pk, "archive"])).status_code == 404
    answer, _data = send(client, address, reason="离职满期")
    assert answer.status_code == 302
    assert not User.objects.get(pk=person.pk).name


def test_a_stored_message_names_no_person(clerk, client):
    client.force_login(clerk)
    answer, _data = send(client, reverse("edit", args=["users", clerk.pk]), name="演示新名", reason="改名")
    assert answer.status_code == 302
    assert "演示新名" not in str(client.session["_messages"])
