"""The registers of party branches keep what every register keeps."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.party.indicators import GRASSROOTS
from kaifaqu.domains.party.models import GrassrootsActivity, StudyAttendance, StudySession
from kaifaqu.kernel import testing
from kaifaqu.kernel.periods import Period


def session(zone, **facts):
    """Return the facts of one session."""
    return {"held_on": "2024-03-12", "mode": "gathered", "branch": zone, "topic": "业务学习", "attendance": 18, **facts}


def test_a_session_of_a_day_to_come_is_none_yet(zone, time_machine):
    time_machine.move_to("2024-03-11T10:00:00+08:00")
    with pytest.raises(ValidationError, match="「活动日期」2024-03-12 还没有到（今天是 2024-03-11）"):
        testing.enter(StudySession, zone, "code\nS1", **session(zone))
    testing.enter(StudySession, zone, "code\nS1", **session(zone, held_on="2024-03-11"))


def test_the_list_of_another_owners_session_is_not_added_to(zone, other, clerk):
    [held] = testing.enter(StudySession, other, "code\nS1", **session(other))
    with pytest.raises(ValidationError, match="「学习活动」不归本单位所有"):
        testing.enter(StudyAttendance, zone, "code\nC1", session=held, person=clerk)


class TestSessions(testing.RegisterTests):
    register = StudySession

    def facts(self, zone):
        return session(zone)


class TestAttendances(testing.RegisterTests):
    register = StudyAttendance

    def facts(self, zone):
        [held] = testing.enter(StudySession, zone, "code\nS1", **session(zone))
        return {"session": held, "person": testing.employ(zone, "attendee")}


class TestGrassroots(testing.RegisterTests):
    register = GrassrootsActivity

    def facts(self, zone):
        return {"held_on": "2024-05-09", "matter": "research", "branch": zone, "place": "演示村", "attendance": 4}


def test_days_at_the_grass_roots_are_counted_by_matter(zone):
    testing.enter(GrassrootsActivity, zone, """
        held_on    | matter   | place
        2024-05-09 | research | 演示村
        2024-05-09 | office   | 演示村
        2024-06-30 | office   | 演示社区
        2024-07-01 | policy   | 演示村
    """, branch=zone)
    told = GRASSROOTS.figure(Period.parse("2024-H1"), scope={zone}, by=GRASSROOTS.by[0])
    assert (told.value, {group.label: group.value for group in told.groups}) == (3, {"现场办公下基层": 2, "调查研究下基层": 1})


def test_a_day_to_come_is_no_activity_yet(zone, time_machine):
    time_machine.move_to("2024-05-08T10:00:00+08:00")
    with pytest.raises(ValidationError, match="「下基层日期」2024-05-09 还没有到（今天是 2024-05-08）"):
        testing.enter(GrassrootsActivity, zone, "held_on | matter | place\n2024-05-09 | office | 演示村", branch=zone)
