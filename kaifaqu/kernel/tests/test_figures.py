"""Figures of a small register: values, groups, ratios, what may be read by whom, and what a definition may not do."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Avg, Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncMonth

from kaifaqu.kernel import actions, events, indicators
from kaifaqu.kernel.access import SYSTEM, Membership, Party, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.guard import NotPortable, OutsideWorld, WrongPurpose
from kaifaqu.kernel.indicators import Dimension, Growth, Indicator, Ratio, Share
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.testing import employ, enter

H1 = Period.parse("2024-H1")
BELOW = Dimension("below", "含下级", "below")
ROLE = Dimension("role", "角色", "role__name")
ACTIVE_TODAY = Sum(Case(
    When(Exists(User.objects.filter(pk=OuterRef("user_id"), is_active=True)), then=Value(1)), default=Value(0),
    output_field=IntegerField()))


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch):
    monkeypatch.setattr(indicators, "_catalogue", {})


def holding(**given) -> Indicator:
    """Define how many memberships hold on the last day."""
    facts = {"code": "t.held", "label": "任职数", "unit": "个", "basis": "期末有效", "register": Membership, "by": (BELOW, ROLE),
             "where": lambda period, world: Membership.on(period.end), **given}
    return Indicator(**facts)


@pytest.fixture
def staff(zone):
    """Enter memberships: three from 2023, one that ended, two from 2024 (one with below), one from July."""
    employ(zone, "reader", "parties.view users.view")
    return enter(Membership, zone, """
        code | user   | party | role        | since      | until      | below
        M1   | reader | ZONE  | role-reader | 2023-01-01 |            | False
        M2   | reader | ZONE  | role-reader | 2023-06-30 |            | False
        M3   | reader | ZONE  | role-reader | 2023-05-01 | 2024-06-30 | False
        M4   | reader | ZONE  | role-reader | 2024-02-01 |            | True
        M5   | reader | ZONE  | role-reader | 2024-06-30 |            | False
        M6   | reader | ZONE  | role-reader | 2024-07-01 |            | False
    """)


def test_the_list_and_the_number_are_one_definition(zone, staff):
    figure = holding(where=lambda period, world: Membership.on(period.end) & Q(since__gte=date(2023, 1, 1))).figure(H1, scope={zone})
    assert (figure.value, [row.code for row in figure.records]) == (4, ["M1", "M2", "M4", "M5"])


def test_groups_add_up_and_are_taken_from_the_same_world(zone, staff):
    held = holding(where=lambda period, world: Membership.on(period.end) & Q(since__gte=date(2023, 1, 1)))
    known = events.last_seq()
    role = staff[0].role
    commit([actions.find("roles.correct").plan(role, by=SYSTEM, version=1, facts={"name": "新名"}, reason="改名")], by=SYSTEM)
    then, now = (held.figure(H1, scope={zone}, by=ROLE, known=at) for at in (known, None))
    assert [(group.key, group.value) for group in then.groups] == [("reader", 4)]
    assert [(group.key, group.value) for group in now.groups] == [("新名", 4)]
    assert [(group.key, group.value) for group in held.figure(H1, scope={zone}, by=BELOW).groups] == [(False, 3), (True, 1)]


def test_growth_share_and_ratio_show_both_sides(zone, staff):
    held = holding(where=lambda period, world: Membership.on(period.end) & Q(since__gte=date(2023, 1, 1)))
    below = holding(code="t.below", where=lambda period, world: Membership.on(period.end) & Q(below=True))
    words = {"label": "", "basis": "", "unit": "%"}
    growth = Growth(code="t.growth", numerator=held, denominator=held, **words).figure(H1, scope={zone})
    share = Share(code="t.share", numerator=below, denominator=held, **words).figure(H1, scope={zone})
    third = Ratio(code="t.ratio", numerator=held, denominator=below, times=1, places=0, **words).figure(H1, scope={zone})
    assert (growth.value, growth.numerator.value, growth.denominator.value) == (Decimal("33.33"), 4, 3)
    assert (share.value, third.value, len(share.records)) == (Decimal("25"), Decimal("4"), 4)


def test_half_is_rounded_up(zone, staff):
    held = holding(where=lambda period, world: Q(code__in=("M1", "M2", "M3", "M4", "M5", "M6")))
    one = holding(code="t.one", where=lambda period, world: Q(code="M1"))
    eighth = holding(code="t.eight", where=lambda period, world: Q(code__in=("M1", "M2", "M3", "M4")))
    ratio = Ratio(code="t.r", label="", basis="", unit="", numerator=one, denominator=eighth, times=1, places=1)
    assert ratio.figure(H1, scope={zone}).value == Decimal("0.3")  # 0.25
    assert held.figure(H1, scope={zone}).value == 6


def test_a_ratio_over_nothing_cannot_be_computed(zone):
    none = holding(where=lambda period, world: Q(code="NONE"))
    figure = Ratio(code="t.r", label="率", basis="", unit="%", numerator=none, denominator=none).figure(H1, scope={zone})
    assert (figure.status, figure.value) == ("not_computable", None)
    assert "为 0" in figure.reason


def test_who_may_look_reads_the_records_who_has_the_figures_the_value_and_others_neither(zone, staff, other):
    held = holding(where=lambda period, world: Membership.on(period.end) & Q(since__gte=date(2023, 1, 1)))
    looks, counts, neither = (
        employ(zone, code, rights, at=at) for code, rights, at in (
            ("looks", "memberships.view", zone), ("counts", "memberships.figures", other), ("neither", "parties.view", other)))
    grant = {"receiver": other, "right": "memberships.figures", "purpose": "统计", "since": "2024-01-01"}
    commit([actions.find("grants.create").plan(zone, by=SYSTEM, facts=grant)], by=SYSTEM)
    told = [held.figure(H1, scope={zone}, user=user) for user in (looks, counts, neither)]
    assert [(figure.status, figure.value, len(figure.records)) for figure in told] == [
        ("open", 4, 4), ("released", 4, 0), ("refused", None, 0)]
    assert "memberships.view" in told[2].reason


def test_grouping_asks_the_right_on_what_it_groups_by(zone, staff, other):
    held = holding()
    user = employ(zone, "narrow", "memberships.view")
    assert held.figure(H1, scope={zone}, user=user).status == "open"
    refused = held.figure(H1, scope={zone}, by=ROLE, user=user)
    assert (refused.status, "roles.view" in refused.reason) == ("refused", True)


def test_many_figures_are_computed_together_as_one_by_one(zone, staff):
    held = holding()
    below = holding(code="t.below", where=lambda period, world: Membership.on(period.end) & Q(below=True))
    requests = [(each, Period.parse(text)) for each in (held, below) for text in ("2023", "2024-H1", "2024-07")]
    together = [figure.value for figure in evaluate(requests, scope={zone})]
    assert together == [definition.figure(period, scope={zone}).value for definition, period in requests]


def test_figures_of_today_are_of_one_moment(zone, staff):
    held, people = holding(where=lambda period, world: Q()), holding(code="t.people", register=User, by=(), where=lambda period, world: Q())
    before, done = [Membership.objects.count(), User.objects.count()], []

    def listen(execute, sql, *rest):
        found = execute(sql, *rest)
        if not done and "COUNT" in sql and "kernel_membership" in sql:
            done.append(sql)
            employ(zone, "late")  # another commit, after the one figure was measured and before the other
        return found

    with connection.execute_wrapper(listen):
        told = evaluate([(held, H1), (people, H1)], scope={zone})
    assert [figure.value for figure in told] == [number + 1 for number in before]
    assert [len(figure.records) for figure in told] == [number + 1 for number in before]


@pytest.mark.parametrize(("refusal", "given"), [
    (OutsideWorld, {"where": lambda period, world: Q(role__name="x")}),
    (OutsideWorld, {"where": lambda period, world: Q(user_id__in=User.objects.values("id"))}),
    (OutsideWorld, {"where": lambda period, world: Q(user_id__in=Party.objects.all().values("id"))}),
    (OutsideWorld, {"where": lambda period, world: Q(user_id__in=RawSQL("SELECT id FROM kernel_user", []))}),
    (OutsideWorld, {"where": lambda period, world: Q(id__in=world.rows(Membership).order_by(
        Subquery(User.objects.filter(pk=OuterRef("user_id")).values("code")[:1])).values("id")[:1])}),
    (OutsideWorld, {"measure": ACTIVE_TODAY}),
    (OutsideWorld, {"measure": ACTIVE_TODAY, "where": lambda period, world: Q(id__in=[])}),
    (NotPortable, {"measure": Avg("below")}),
    (NotPortable, {"where": lambda period, world: Q(purpose__contains="统")}),
    (NotPortable, {"where": lambda period, world: Q(id__in=world.rows(Membership).annotate(m=TruncMonth("since")).filter(
        m=date(2024, 1, 1)).values("id"))}),
    (NotPortable, {"measure": Count(F("id") / 2)}),
    (WrongPurpose, {"purpose": "statistics"}),
])
def test_a_definition_that_leaves_the_world_or_the_engines_common_ground_is_refused(zone, refusal, given):
    with pytest.raises(refusal):
        holding(**given).figure(H1, scope={zone})


def test_two_definitions_of_one_code_are_refused():
    holding()
    with pytest.raises(ValueError, match="two definitions"):
        holding()


def test_an_unknown_code_offers_the_nearest():
    holding()
    with pytest.raises(LookupError, match=r"是否指 t\.held"):
        indicators.find("t.hold")
