"""Visits, visitors, quiet days and those who look after enterprises keep what every register keeps."""

from kaifaqu.kernel import testing
from kaifaqu.kernel.access import User
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.visits.models import QuietSpan, ServiceAssignment, Visit, VisitIssue, Visitor


def firm(zone) -> Enterprise:
    """Enter an enterprise to point at."""
    return testing.enter(Enterprise, zone, "code | name\nQ1 | 铸造公司")[0]


class TestVisits(testing.RegisterTests):
    register = Visit

    def facts(self, zone):
        return {"enterprise": firm(zone), "department": zone, "planned_on": "2024-07-01", "received_by": "演示人员"}

    def change(self):
        return {"planned_on": "2024-07-02"}


class TestVisitors(testing.RegisterTests):
    register = Visitor

    def facts(self, zone):
        [visit] = testing.enter(Visit, zone, "code | planned_on\nZ1 | 2024-07-01", enterprise=firm(zone), department=zone)
        return {"visit": visit, "party": zone, "person": User.objects.get(code="clerk")}


class TestQuietSpans(testing.RegisterTests):
    register = QuietSpan

    def facts(self, zone):
        return {"enterprise": firm(zone), "since": "2024-06-07", "until": "2024-06-10", "cause": "高考"}


class TestServiceAssignments(testing.RegisterTests):
    register = ServiceAssignment

    def facts(self, zone):
        return {"subject": firm(zone), "role": "cadre", "person": User.objects.get(code="clerk"), "since": "2024-04-01"}


class TestVisitIssues(testing.RegisterTests):
    register = VisitIssue

    def facts(self, zone):
        enterprise = firm(zone)
        [visit] = testing.enter(Visit, zone, "code | planned_on\nZ1 | 2024-07-01", enterprise=enterprise, department=zone)
        [issue] = testing.enter(Issue, zone, "code | title | category | opened_on\nN1 | 用电 | power | 2024-07-02", enterprise=enterprise)
        return {"visit": visit, "issue": issue}
