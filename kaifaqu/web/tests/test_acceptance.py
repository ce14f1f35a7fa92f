"""What acceptance texts say about the demo's data."""

from decimal import Decimal

import pytest

from kaifaqu.kernel import indicators
from kaifaqu.kernel.access import Installation, Membership, User
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.units import round_half_up
from kaifaqu.pages import agenda
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.meetings.models import Meeting
from kaifaqu.registers.visits.models import Visit

pytestmark = pytest.mark.django_db


def test_m2_06_the_solved_rate_per_category_is_right_on_demo_data(demo):
    rate, zone = indicators.find("issues.solved_rate"), Installation.objects.get().owner
    [by] = [each for each in rate.by if each.code == "category"]
    told = {group.label: group.value for group in rate.figure(Period.parse("2024-H1"), scope={zone}, by=by).groups}
    by_hand: dict[str, list[bool]] = {}
    for issue in Issue.objects.filter(opened_on__lte="2024-06-30"):
        solved = issue.confirmed_on is not None and issue.confirmed_on.isoformat() <= "2024-06-30"
        by_hand.setdefault(issue.get_category_display(), []).append(solved)
    assert told == {label: round_half_up(Decimal(100 * sum(each)) / len(each), 2) for label, each in by_hand.items()}
    assert told["用地"] == 100
    assert told["供电"] < 100


def test_meetings_and_visits_of_a_persons_units_stand_in_it(demo):
    person = User.objects.get_by_natural_key("planning")
    told = [(each.record.register, each.what, each.at) for each in agenda.entries(person)]
    units = {Membership.objects.get(user=person).party_id}
    planned = Visit.objects.current().filter(stage="planned", department__in=units, planned_on__gte="2024-07-05")
    assert [each for each in told if each[0] == "visits"] == sorted(
        (("visits", "planned", each.planned_on) for each in planned), key=lambda each: each[2])
    writer = User.objects.get_by_natural_key("projects")
    coming = [each for each in agenda.entries(writer) if each.record.register == "meetings"]
    late = Meeting.objects.current().filter(stage__in=("planned", "held"), due_on__gte="2024-07-05", due_on__lte="2025-08-06")
    assert sorted(each.record.pk for each in coming if each.what == "minutes") == sorted(each.pk for each in late)
    assert any(each.what == "planned" for each in coming)
