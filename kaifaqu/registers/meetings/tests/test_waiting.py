"""What waits for one person: minutes that are late, and those that the person's party has not signed as they stand."""

from kaifaqu.registers.meetings import waiting
from kaifaqu.registers.meetings.models import Meeting


def told(find, *people):
    """Return for each person whether exactly one meeting waits, or none does."""
    return [find(each).count() for each in people]


def minuted(slot, do, at, clerk) -> Meeting:
    held = slot("每月联合分析", 2)
    at("2024-03-18")
    do("meetings.hold", held, clerk, held_on="2024-03-18")
    do("meetings.minute", held, clerk, minutes="用电平稳")
    return held


def test_minutes_wait_for_each_party_until_it_has_signed(plan, slot, do, at, clerk, officer, stranger):
    people = clerk, officer, stranger
    assert told(waiting.unsigned, *people) == [0, 0, 0]
    held = minuted(slot, do, at, clerk)
    assert told(waiting.unsigned, *people) == [1, 1, 0]
    do("meetings.sign", held, officer)
    assert told(waiting.unsigned, *people) == [1, 0, 0]
    do("meetings.sign", held, clerk)
    assert told(waiting.unsigned, *people) == [0, 0, 0]


def test_minutes_that_are_written_anew_wait_for_whoever_has_signed_them_before(plan, slot, do, at, clerk, officer):
    held = minuted(slot, do, at, clerk)
    do("meetings.sign", held, officer)
    do("meetings.minute", held, clerk, minutes="用电下降")
    assert told(waiting.unsigned, clerk, officer) == [1, 1]


def test_a_supplement_waits_for_all_parties_again(plan, slot, do, at, clerk, officer):
    held = minuted(slot, do, at, clerk)
    for person in (officer, clerk):
        do("meetings.sign", held, person)
    do("meetings.supplement", held, clerk, supplement="再议一项", reason="漏记")
    assert told(waiting.unsigned, clerk, officer) == [1, 1]
    do("meetings.sign", held, officer)
    assert told(waiting.unsigned, clerk, officer) == [1, 0]


def test_minutes_are_late_from_the_day_after_and_only_for_whoever_writes_them(plan, slot, do, at, clerk, officer, stranger):
    january = slot("每月联合分析", 1)  # due on 29 February
    at("2024-02-29")
    assert told(waiting.late, clerk, officer, stranger) == [0, 0, 0]
    at("2024-03-01")
    assert list(waiting.late(clerk)) == [january]
    assert told(waiting.late, officer, stranger) == [0, 0]
    do("meetings.hold", january, clerk, held_on="2024-02-21")
    assert list(waiting.late(clerk)) == [january]
    do("meetings.minute", january, clerk, minutes="已分析")
    assert told(waiting.late, clerk) == [0]
