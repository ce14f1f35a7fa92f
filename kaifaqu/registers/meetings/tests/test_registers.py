"""Plans, components, meetings and what belongs to them keep what every register keeps."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import testing
from kaifaqu.registers.meetings.models import AgendaItem, Attendance, Decision, Meeting, MeetingPlan, PlanComponent


def meeting(zone) -> Meeting:
    """Enter a meeting to point at, with its plan and component."""
    testing.enter(MeetingPlan, zone, "code | name | year\nHJ1 | 例会 | 2024")
    testing.enter(PlanComponent, zone, "code | plan | name\nHZ1 | HJ1 | 月度例会")
    [made] = testing.enter(Meeting, zone, "code | component | number | period | due_on\nHY1 | HZ1 | 1 | 2024-05 | 2024-06-20")
    return made


class TestPlans(testing.RegisterTests):
    register = MeetingPlan

    def facts(self, zone):
        return {"name": "例会", "year": 2024, "document": "演示〔2024〕3号"}

    @pytest.mark.parametrize(("facts", "told"), [
        ({"kind": "quintuple"}, "没有计划种类「quintuple」，可填：four_joint"), ({"year": 24}, "「年度」24 不对"),
    ])  # fmt: skip
    def test_what_is_refused(self, zone, clerk, facts, told):
        with pytest.raises(ValidationError, match=told):
            self._plan("create", zone, clerk, facts={"name": "例会", "year": 2024, **facts})


class TestComponents(testing.RegisterTests):
    register = PlanComponent

    def facts(self, zone):
        return {"plan": meeting(zone).component.plan, "name": "每季例会", "cadence": "quarterly", "due_days": 5}

    @pytest.mark.parametrize(("facts", "told"), [
        ({"indicators": "projects.under_construction.cuont"}, "是否指 projects.under_construction.count"),
        ({"indicators": "projects.under_construction.count/projects.targets.investment"}, "不能相比：.*以个计，.*以万元计"),
        ({"no_return": "13", "instead": "不看"}, "1 至 12 的月份"), ({"no_return": "1"}, "没有报表时看什么"),
        ({"planned_days": 12}, "早于开展的日子"), ({"name": "月度例会"}, "同名"),
    ])  # fmt: skip
    def test_what_is_refused(self, zone, clerk, record, facts, told):
        from kaifaqu.kernel.commit import commit

        with pytest.raises(ValidationError, match=told):
            commit([self._plan("create", zone, clerk, facts={"plan": record.plan, "name": "另一", "due_days": 5, **facts})], by=clerk)


class TestMeetings(testing.RegisterTests):
    register = Meeting

    def facts(self, zone):
        return {"component": meeting(zone).component, "number": 2, "period": "2024-06", "due_on": "2024-07-20"}


class TestAgendaItems(testing.RegisterTests):
    register = AgendaItem

    def facts(self, zone):
        return {"meeting": meeting(zone), "topic": "用电下降"}


class TestAttendances(testing.RegisterTests):
    register = Attendance

    def facts(self, zone):
        return {"meeting": meeting(zone), "party": zone, "office": "分管领导"}

    def test_somebody_is_named(self, zone, clerk, record):
        with pytest.raises(ValidationError, match="至少填一项"):
            self._plan("create", zone, clerk, facts={"meeting": record.meeting, "party": zone})


class TestDecisions(testing.RegisterTests):
    register = Decision

    def facts(self, zone):
        return {"meeting": meeting(zone), "title": "摸清停产原因", "holder": zone, "opened_on": "2023-11-20", "agreed_on": "2023-12-20"}

    def change(self):
        return {"title": "摸清停产和减产原因"}
