"""Leads, projects and what stands beside them keep what every register keeps."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.kernel import testing
from kaifaqu.kernel.access import User
from kaifaqu.registers.projects.models import (
    CohortProject,
    Lead,
    PeriodClass,
    PlanYearClass,
    Project,
    ProjectAssignment,
    ProjectCohort,
    ProjectSuspension,
)


def project(zone) -> Project:
    """Enter a project to point at."""
    [made] = testing.enter(Project, zone, """
        code | name | signed_on  | started_on
        P1   | 铸造 | 2024-01-05 | 2024-03-01
    """)
    return made


def cohort(zone) -> ProjectCohort:
    """Enter a list to point at."""
    [made] = testing.enter(ProjectCohort, zone, """
        code | kind    | number | name           | held_on
        S1   | started | 1      | 第一期开工一批 | 2024-03-28
    """)
    return made


class TestLeads(testing.RegisterTests):
    register = Lead

    def facts(self, zone):
        return {"name": "陶瓷滤膜", "first_contact_on": "2023", "negotiating_on": "2024-02-01"}


class TestProjects(testing.RegisterTests):
    register = Project

    def facts(self, zone):
        return {"name": "铸造", "signed_on": "2024-01", "started_on": "2024-03-01", "total_investment": "12000.5"}

    def change(self):
        return {"total_investment": "12000.6"}


class TestSuspensions(testing.RegisterTests):
    register = ProjectSuspension

    def facts(self, zone):
        return {"subject": project(zone), "since": "2024-04-01", "until": "2024-07-31", "cause": "资金"}


class TestAssignments(testing.RegisterTests):
    register = ProjectAssignment

    def facts(self, zone):
        person = User.objects.get(code="clerk")
        return {"subject": project(zone), "role": "leader", "person": person, "since": "2024-04-01"}


class TestCohorts(testing.RegisterTests):
    register = ProjectCohort

    def facts(self, zone):
        return {"kind": "signed", "number": 1, "name": "第一期签约一批", "held_on": "2024-03-28"}


class TestCohortEntries(testing.RegisterTests):
    register = CohortProject

    def facts(self, zone):
        return {"cohort": cohort(zone), "subject": project(zone)}


class TestPeriodClasses(testing.RegisterTests):
    register = PeriodClass

    def facts(self, zone):
        started = testing.enter(Project, zone, """
            name | signed_on  | started_on
            铸造 | 2023-01-01 | 2024-02-01
        """)[0]
        person = User.objects.get(code="clerk")
        return {"subject": started, "period": "2024-H1", "kind": "continuing", "ground": "去年已做基础", "person": person}


class TestPlanClasses(testing.RegisterTests):
    register = PlanYearClass

    def facts(self, zone):
        return {"subject": project(zone), "plan_year": 2024, "kind": "new", "frozen_on": "2024-01-08"}

    def _plan(self, verb, subject, user, **facts):
        return super()._plan(verb, subject, user, **{"reason": "冻结后落地", **facts} if verb == "create" else facts)

    def test_one_added_after_the_freeze_gives_its_reason_and_is_marked(self, zone, record, clerk):
        assert record.corrected
        with pytest.raises(ValidationError, match="冻结后补登的请写明原因"):
            self._plan("create", zone, clerk, facts={"subject": record.subject, "plan_year": 2025}, reason="")

    @pytest.mark.parametrize("kind", ["completing"])
    def test_a_correction_is_marked(self, record, clerk, kind):
        change = self._plan("correct", record, clerk, version=1, facts={"kind": kind}, reason="年内竣工")
        assert (change.result.kind, change.result.corrected) == (kind, True)
