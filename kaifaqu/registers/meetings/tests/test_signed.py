"""What all parties have signed stays: nothing is taken out of it, and nothing lawful that comes later makes it look changed."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.kernel import testing
from kaifaqu.registers.meetings.models import AgendaItem, Attendance, Decision
from kaifaqu.registers.meetings.tests.conftest import again

WARNING = "需要重新签署"


@pytest.fixture
def held(zone, bureau, clerk, plan, slot, do, at):
    """Return a meeting with a topic, somebody present and a decision; its minutes are written."""
    made = slot("每月联合分析", 2)
    at("2024-03-18")
    do("meetings.hold", made, clerk, held_on="2024-03-18")
    testing.enter(AgendaItem, zone, "topic\n用电", meeting=made, by=clerk)
    testing.enter(Attendance, zone, "office\n副局长", meeting=made, party=bureau, by=clerk)
    testing.enter(Decision, zone, "title | opened_on\n摸清停产 | 2024-03-18", meeting=made, holder=bureau, by=clerk)
    do("meetings.minute", made, clerk, minutes="用电平稳")
    return made


@pytest.fixture
def signed(held, clerk, officer, do):
    """Return the same, signed by both parties."""
    for person in (officer, clerk):
        do("meetings.sign", held, person)
    assert again(held).stage == "signed"
    return again(held)


@pytest.mark.parametrize("register", [AgendaItem, Attendance, Decision])
def test_no_part_is_moved_to_another_meeting_or_archived(signed, slot, do, clerk, register):
    part, other = register.objects.get(meeting=signed), slot("每月联合分析", 3)
    with pytest.raises(ValidationError, match=f"{signed} (的纪要)?已由各方签署"):  # the one that loses it, not the one that would have it
        do(f"{register.register}.correct", part, clerk, facts={"meeting": other}, reason="登错会议")
    with pytest.raises(ValidationError, match="补充纪要"):
        do(f"{register.register}.archive", part, clerk, reason="不要了")
    assert (again(part).meeting_id, again(part).archived_at) == (signed.pk, None)
    do("meetings.supplement", signed, clerk, supplement="更正", reason="登错")
    do(f"{register.register}.archive", part, clerk, reason="不要了")


def test_no_part_of_another_meeting_comes_into_signed_minutes(zone, signed, slot, do, clerk):
    [made] = testing.enter(Decision, zone, "title | opened_on\n补报 | 2024-03-18", meeting=slot("每月联合分析", 3), by=clerk)
    with pytest.raises(ValidationError, match="补充纪要"):
        do("decisions.correct", made, clerk, facts={"meeting": signed}, reason="登错会议")


def test_a_decision_goes_on_after_the_minutes_are_signed_and_asks_for_no_new_signatures(client, zone, signed, do, clerk):
    client.force_login(clerk)
    do("decisions.assign", Decision.objects.get(), clerk, holder=zone, text="改由本区办理")
    do("meeting_plans.correct", signed.component.plan, clerk, facts={"document": "演示〔2024〕9号"}, reason="更正文号")
    answer = client.get(reverse("meeting", args=[signed.pk]))
    assertNotContains(answer, WARNING)
    assertNotContains(answer, "签的是以前的内容")


def test_what_is_changed_before_all_have_signed_asks_for_new_signatures(client, held, do, clerk, officer):
    do("meetings.sign", held, officer)
    client.force_login(clerk)
    assertNotContains(client.get(reverse("meeting", args=[held.pk])), WARNING)
    do("agenda_items.correct", AgendaItem.objects.get(), clerk, facts={"topic": "用气"}, reason="写错")
    assertContains(client.get(reverse("meeting", args=[held.pk])), WARNING)
