"""What acceptance texts say about the demo's data."""

from decimal import Decimal

from kaifaqu.kernel import clock, indicators
from kaifaqu.kernel.access import Installation
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.units import round_half_up
from kaifaqu.registers.issues.models import Issue
from kaifaqu.web import sample


def test_m2_06_the_solved_rate_per_category_is_right_on_demo_data(db):
    sample.load()
    clock.release()
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
