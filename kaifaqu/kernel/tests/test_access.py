"""Rights come from memberships and grants, of today, and the tree of parties gives none by itself."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.kernel import access, actions
from kaifaqu.kernel.access import SYSTEM, Role
from kaifaqu.kernel.commit import Change, commit
from kaifaqu.kernel.testing import employ, enter, party


@pytest.fixture
def province(zone):
    """Return a province with a city and a zone in it: P > C > Z."""
    province = party(zone, "P", "省")
    city = party(zone, "C", "市", parent=province)
    return province, city, party(zone, "Z", "县区", parent=city)


@pytest.mark.parametrize(("below", "reach"), [(False, "P"), (True, "P C Z")])
def test_the_tree_gives_a_right_only_where_the_membership_says_so(zone, province, below, reach):
    user = employ(zone, "officer", "parties.view", at=province[0], below=below)
    assert user.owners("parties.view") == access.scope(",".join(reach.split()))
    assert user.owners("parties.edit") == frozenset()


@pytest.mark.parametrize(("since", "until", "holds"), [
    ("2024-01-01", None, True), ("2024-01-01", "2024-08-06", True), ("2024-01-01", "2024-08-05", False), ("2024-08-06", None, False),
])
def test_a_grant_holds_in_its_time_for_members_whose_role_has_the_right(zone, other, time_machine, since, until, holds):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    reader = employ(zone, "reader", "parties.view", at=other)
    typist = employ(zone, "typist", "users.view", at=other)
    facts = {"receiver": other, "right": "parties.view", "purpose": "联合分析", "since": since, "until": until}
    commit([actions.find("grants.create").plan(zone, by=SYSTEM, facts=facts)], by=SYSTEM)
    assert reader.may("parties.view", zone.pk) is holds
    assert typist.may("parties.view", zone.pk) is False


def test_nobody_gives_rights_in_a_house_that_is_not_his(zone, other, clerk):
    own = party(other, "OWN", "外单位的科室")
    facts = {"user": clerk, "role": Role.objects.get(code="role-clerk"), "since": "2024-01-01"}
    plan = actions.find("memberships.create").plan
    assert plan(zone, by=clerk, facts={**facts, "party": other})  # administered by the zone
    with pytest.raises(ValidationError, match="任职单位"):
        plan(zone, by=clerk, facts={**facts, "party": own})


def test_an_inactive_person_has_no_right(zone, clerk):
    change = actions.find("users.correct").plan(clerk, by=SYSTEM, version=1, facts={"is_active": False}, reason="离职")
    [gone] = commit([change], by=SYSTEM)
    assert gone.owners("parties.view") == frozenset()


def test_a_role_names_only_rights_that_exist(zone):
    with pytest.raises(ValidationError, match=r"没有权限：parties\.fly"):
        enter(Role, zone, "code | name | rights \n r1 | 飞 | parties.view parties.fly")


def test_a_scope_is_named_by_codes(zone, province):
    assert access.scope("C+") == {province[1].pk, province[2].pk}
    assert access.scope() == {zone.pk}
    with pytest.raises(ValueError, match="没有单位「X」"):
        access.scope("X")


def test_a_change_that_no_action_of_the_same_person_planned_is_not_written(zone, clerk):
    bare = Change(zone, {"name": "改名"}, reason="绕过")
    borrowed = actions.find("parties.correct").plan(zone, by=SYSTEM, version=zone.row_version, facts={"name": "改名"}, reason="借用")
    for change in (bare, borrowed):
        with pytest.raises(PermissionDenied):
            commit([change], by=clerk)


def test_an_action_takes_keywords_by_and_version_only():
    def without_version(record, *, by): ...
    def with_anything(record, *, by, version, **facts): ...
    def by_position(record, by, version): ...
    for function in (without_version, with_anything, by_position):
        with pytest.raises(TypeError):
            actions.action("parties.wrong", right="parties.edit", label="错")(function)


def test_a_person_works_where_a_membership_of_today_says_so(zone, other, time_machine):
    time_machine.move_to("2024-08-05T10:00:00+08:00")
    person = employ(zone, "person", "parties.view", at=other)
    for since, until in (("2024-01-01", "2024-08-05"), ("2024-08-06", None)):
        facts = {"user": person, "party": zone, "role": Role.objects.current().first(), "since": since, "until": until}
        commit([actions.find("memberships.create").plan(zone, by=SYSTEM, facts=facts)], by=SYSTEM)
    assert [*person.units()] == [other.pk]
