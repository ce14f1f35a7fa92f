"""The table in which a target is split, and what stands on the page of a target."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains

from kaifaqu.kernel import actions, clock, events, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.targets.models import TargetShare, WorkLine


@pytest.fixture
def send(client, clerk, targets):
    client.force_login(clerk)
    address = reverse("target-split", args=[targets["K"].pk])

    def post(known=None, token="t", **typed):
        return client.post(address, {"token": token, "known": events.last_seq() if known is None else known, **typed})

    return post


def parts():
    rows = TargetShare.objects.current().order_by("department_id", "month")
    return {(each.department and each.department.code, each.month): each.amount for each in rows}


def test_the_table_is_written_as_it_was_typed(send, client, targets, departments):
    xm = departments[0].pk
    answer = send(**{f"part-{xm}-0": "3", "part-0-3": "1", "part-0-6": "3"})
    assert (answer.status_code, parts()) == (302, {("XM", None): 3, (None, 3): 1, (None, 6): 3})
    page = client.get(reverse("record", args=["targets", targets["K"].pk]))
    assertContains(page, "按部门分解合计 3，应为 4，少 1。")
    shown = client.get(reverse("target-split", args=[targets["K"].pk]))
    assertContains(shown, f'name="part-{xm}-0" value="3"')
    again = send(token="u", reason="改分", **{f"part-{xm}-0": "4", "part-0-3": "1"})  # an emptied cell takes its part back
    assert (again.status_code, parts()) == (302, {("XM", None): 4, (None, 3): 1})


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"part-0-3": "一个"}, "全区 3月："), ({"part-0-3": "1.5"}, "1.5 不是整数"), ({}, "分解没有变化"), ({"part-0-3": "-2"}, "-2 是负数"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(send, typed, sentence):
    answer = send(**typed)
    assertContains(answer, sentence)
    assert parts() == {}


def test_two_people_do_not_overwrite_each_other(send, targets):
    known = events.last_seq()
    plan = actions.find("target_shares.split").plan
    commit([plan(targets["K"], by=SYSTEM, version=1, parts=[(None, 3, Decimal(2))])], by=SYSTEM)
    assertContains(send(known=known, reason="改", **{"part-0-3": "4"}), "别人刚刚改过分解")
    assert parts() == {(None, 3): 2}


def test_the_lines_of_the_targets_are_told_to_whoever_may_see_them_and_asked_for_once(client, zone, clerk, targets, projects):
    clock.set(clock.now())  # else the day is asked for once a second

    def asked(user, address="/targets/?year=2024&on=2024-06-30"):
        client.force_login(user)
        with CaptureQueriesContext(connection) as statements:
            told = client.get(address).content.decode()
        return told, len(statements)

    correct = actions.find("targets.correct").plan
    counts = []
    for code, name in (("S", "招商"), ("K", "项目"), ("T", "要素保障")):
        [line] = testing.enter(WorkLine, zone, f"name | since\n{name} | 2024-01-01")
        commit([correct(targets[code], by=clerk, version=1, facts={"line": line})], by=clerk)
        (told, first), (_told, second) = asked(clerk), asked(clerk)
        counts.append(min(first, second))  # now and then a page asks one thing more, such as what was switched meanwhile
    assert all(name in told for name in ("招商", "项目", "要素保障"))
    assert counts[0] == counts[-1]
    told, _count = asked(testing.employ(zone, "guest", "targets.view projects.view leads.view"))
    assert "要素保障" not in told
