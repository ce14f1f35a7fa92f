"""The register: whose a subscription is, what is refused, and when each rhythm is due."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import Event
from kaifaqu.reporting.subscriptions import actions as room
from kaifaqu.reporting.subscriptions.due import last_due
from kaifaqu.reporting.subscriptions.models import Subscription

FIGURE = "projects.under_construction.count"


class TestSubscription(testing.RegisterTests):
    register = Subscription

    def facts(self, zone):
        return {"figure": FIGURE, "rhythm": "daily"}


@pytest.mark.parametrize(("rhythm", "day", "moment", "due"), [
    ("daily", None, "2024-06-14 07:00", "2024-06-14"),
    ("daily", None, "2024-06-14 06:59", "2024-06-13"),
    ("weekly", None, "2024-06-14 08:00", "2024-06-10"),
    ("weekly", None, "2024-06-17 08:00", "2024-06-17"),
    ("weekly", None, "2024-06-17 06:00", "2024-06-10"),
    ("weekly", None, "2024-01-03 08:00", "2024-01-01"),
    ("monthly", 15, "2024-06-14 08:00", "2024-05-15"),
    ("monthly", 15, "2024-06-15 08:00", "2024-06-15"),
    ("monthly", 31, "2024-06-30 08:00", "2024-06-30"),
    ("monthly", 31, "2024-06-29 08:00", "2024-05-31"),
    ("monthly", 31, "2024-02-29 08:00", "2024-02-29"),
    ("monthly", 30, "2023-02-28 08:00", "2023-02-28"),
    ("monthly", 31, "2024-03-30 08:00", "2024-02-29"),
    ("monthly", 1, "2024-01-01 06:00", "2023-12-01"),
    ("monthly", 29, "2024-01-10 08:00", "2023-12-29"),
])  # fmt: skip
def test_due_days(rhythm, day, moment, due):
    at = datetime.fromisoformat(moment).replace(tzinfo=clock.ZONE)
    assert last_due(Subscription(rhythm=rhythm, day=day), at) == date.fromisoformat(due)


def test_the_hour_counts_in_shanghai():
    evening = datetime.fromisoformat("2024-06-13T23:30:00+00:00")  # half past seven of the next morning
    assert last_due(Subscription(rhythm="daily"), evening) == date(2024, 6, 14)


@pytest.mark.parametrize(("facts", "told"), [
    ({}, ["「指标」和「简报模板」请填其中一个"]),
    ({"period": "明年"}, ["「指标」和「简报模板」请填其中一个", "「期间」"]),
    ({"figure": FIGURE, "brief": "MB01", "rhythm": "changed"}, ["「指标」和「简报模板」请填其中一个"]),
    ({"brief": "MB01", "rhythm": "daily"}, ["请选「有变化时」"]),
    ({"figure": "projects.under_construction.cuont"}, ["没有指标"]),
    ({"figure": FIGURE, "period": "明年"}, ["「期间」", "不是期间"]),
    ({"figure": FIGURE, "scope": "NOWHERE"}, ["「范围」没有单位「NOWHERE」"]),
    ({"figure": FIGURE, "by": "nothing", "group": "x"}, ["不能按「nothing」分组"]),
    ({"figure": FIGURE, "by": "industry"}, ["「其中一组」和「分组」"]),
    ({"figure": FIGURE, "rhythm": "monthly"}, ["「每月的日子」"]),
    ({"figure": FIGURE, "rhythm": "monthly", "day": 32}, ["「每月的日子」"]),
    ({"figure": FIGURE, "rhythm": "daily", "day": 3}, ["「每月的日子」"]),
    ({"figure": FIGURE, "rhythm": "crossed"}, ["「界限」"]),
    ({"figure": FIGURE, "rhythm": "crossed", "border": "3"}, ["「界限」"]),
    ({"figure": FIGURE, "rhythm": "daily", "side": "above", "border": "3"}, ["「界限」"]),
    ({"figure": FIGURE, "by_mail": True}, ["「邮箱」：也发邮件的"]),
    ({"figure": FIGURE, "by_mail": True, "address": "a@b.cn\nBcc: c@d.cn"}, ["「邮箱」不是邮箱地址"]),
    ({"figure": FIGURE, "rhythm": "monthly", "period": "明年", "scope": "NOWHERE", "by_mail": True},
     ["「期间」", "「范围」", "「每月的日子」", "「邮箱」"]),
])  # fmt: skip
def test_everything_that_is_wrong_is_said_at_once(zone, clerk, facts, told):
    with pytest.raises(ValidationError) as refusal:
        actions.find("subscriptions.create").plan(zone, by=clerk, facts={"rhythm": "daily", **facts})
    sentences = "\n".join(refusal.value.messages)
    assert [each for each in told if each not in sentences] == []
    assert len(refusal.value.messages) == len([each for each in told if each.startswith("「")] or [1])
    assert "ZONE" not in sentences  # nobody learns of parties by asking for another


def test_a_figure_may_be_named_by_its_name(subscribe, clerk):
    assert subscribe(clerk, figure="在建项目数").figure == FIGURE


def test_it_is_of_the_person_who_makes_it_and_only_he_changes_it(zone, clerk, subscribe):
    colleague = testing.employ(zone, "colleague")
    wish = subscribe(clerk, rhythm="daily")
    assert wish.person == clerk
    for verb, facts in (("correct", {"facts": {"period": "本月"}, "reason": "改"}), ("end", {})):
        with pytest.raises(ValidationError, match="这是别人的订阅"):
            actions.find(f"subscriptions.{verb}").plan(wish, by=colleague, version=1, **facts)
    with pytest.raises(ValidationError, match="写明原因"):
        actions.find("subscriptions.archive").plan(wish, by=colleague, version=1, reason=" ")
    commit([actions.find("subscriptions.archive").plan(wish, by=colleague, version=1, reason="人已调走")], by=colleague)
    assert not Subscription.objects.own(clerk).exists()


def test_who_may_only_subscribe_ends_his_own_and_stops_nobody(zone, clerk, subscribe):
    plain = testing.employ(zone, "plain", "subscriptions.edit projects.view")
    own, foreign = subscribe(plain, rhythm="daily"), subscribe(clerk, rhythm="daily")
    with pytest.raises(PermissionDenied):
        actions.find("subscriptions.archive").plan(foreign, by=plain, version=1, reason="x")
    commit([actions.find("subscriptions.end").plan(own, by=plain, version=1)], by=plain)
    assert [*Subscription.objects.current()] == [foreign]


def test_the_same_wish_is_had_once_and_the_system_has_none(zone, clerk, subscribe):
    subscribe(clerk, rhythm="daily")
    with pytest.raises(ValidationError, match="您已有同样的订阅"):
        subscribe(clerk, rhythm="daily")
    subscribe(testing.employ(zone, "colleague"), rhythm="daily")
    with pytest.raises(ValidationError, match="只能由本人办理"):
        actions.find("subscriptions.create").plan(zone, by=SYSTEM, facts={"figure": FIGURE})


def test_one_person_has_so_many_and_not_more(clerk, subscribe, monkeypatch):
    monkeypatch.setattr(room, "MOST", 2)
    subscribe(clerk, rhythm="daily")
    subscribe(clerk, rhythm="weekly")
    with pytest.raises(ValidationError, match="最多 2 项订阅"):
        subscribe(clerk, rhythm="changed")


def test_the_address_never_stands_in_an_event_and_can_be_erased(clerk, subscribe):
    wish = subscribe(clerk, rhythm="daily", by_mail=True, address="zhang@example.cn")
    [told] = Event.objects.filter(subject_id=wish.pk)
    assert "zhang" not in told.payload
    assert "hmac:" in told.payload
    commit([actions.find("subscriptions.erase").plan(wish, by=clerk, version=1, reason="本人要求")], by=clerk)
    assert Subscription.objects.get(pk=wish.pk).address == ""
    assert {each.address for each in Subscription.Version.objects.filter(id=wish.pk)} == {""}
