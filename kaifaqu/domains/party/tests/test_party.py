"""The registers of the learning ledger keep what every register keeps."""

from kaifaqu.domains.party.models import StudyAttendance, StudySession
from kaifaqu.kernel import testing


def session(zone, **facts):
    """Return the facts of one session."""
    return {"held_on": "2024-03-12", "mode": "gathered", "branch": zone, "topic": "业务学习", "attendance": 18, **facts}


class TestSessions(testing.RegisterTests):
    register = StudySession

    def facts(self, zone):
        return session(zone)


class TestAttendances(testing.RegisterTests):
    register = StudyAttendance

    def facts(self, zone):
        [held] = testing.enter(StudySession, zone, "code\nS1", **session(zone))
        return {"session": held, "person": testing.employ(zone, "attendee")}
