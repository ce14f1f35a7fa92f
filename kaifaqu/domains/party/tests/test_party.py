"""The registers of the learning ledger keep what every register keeps."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.party.models import StudyAttendance, StudySession
from kaifaqu.kernel import testing


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
