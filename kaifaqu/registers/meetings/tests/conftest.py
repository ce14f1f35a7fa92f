"""Fixtures: a zone, a bureau as its partner, a third party, and plans that are laid out."""

from datetime import date, datetime, time

import pytest

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import Record
from kaifaqu.registers.meetings.models import Meeting, MeetingPlan

SIGNER = " ".join([*(f"{name}.view" for name in (
    "meeting_plans", "meeting_components", "meetings", "agenda_items", "attendances", "signatures")), "meetings.sign"])


@pytest.fixture
def zone(db):
    """Return the party of a test zone that was founded before the year of the plans."""
    clock.set(datetime(2023, 12, 1, 9, tzinfo=clock.ZONE))
    return testing.found()


@pytest.fixture
def at(zone):
    """Return a function that sets the clock of the test installation to ten in the morning of a day."""
    return lambda day: clock.set(datetime.combine(date.fromisoformat(day), time(10), clock.ZONE))


@pytest.fixture
def do():
    """Return a function that takes an action and returns what was written; a record stands at its latest version."""

    def take(code, subject, by=SYSTEM, **facts):
        action = actions.find(code)
        if not action.creates:
            subject = type(subject).objects.get(pk=subject.pk)
            facts["version"] = subject.row_version
        written = commit([action.plan(subject, by=by, **facts)], by=by)
        return next((each for each in written if isinstance(each, action.register)), written[-1])

    return take


@pytest.fixture
def bureau(zone):
    """Return the second party."""
    return testing.party(zone, "BUREAU", "县统计局")


@pytest.fixture
def officer(zone, bureau):
    """Return a person of the bureau, who may look at meetings and sign them there."""
    return testing.employ(zone, "officer", SIGNER, at=bureau)


@pytest.fixture
def plan(zone, bureau, clerk, do, at) -> MeetingPlan:
    """Return the four-joint plan of 2024, laid out in January."""
    at("2024-01-10")
    made = do("meeting_plans.create", zone, clerk, facts={
        "name": "工业统计“四联合”沟通服务机制", "kind": "four_joint", "year": 2024, "partner": bureau, "document": "演示〔2024〕3号"})
    do("meeting_plans.lay_out", made, clerk)
    return made


@pytest.fixture
def slot(plan):
    """Return a function that finds a slot of the plan by the name of its component and its number."""
    return lambda name, number: Meeting.objects.current().get(component__plan=plan, component__name=name, number=number)


def again(record: Record) -> Record:
    """Return the record as it stands now."""
    return type(record).objects.get(pk=record.pk)
