"""The tables of this room."""

from kaifaqu.registers.projects.classes import PeriodClass, PlanClass, PlanYearClass, Since, plan_class, since
from kaifaqu.registers.projects.cycle import Nature, Project
from kaifaqu.registers.projects.leads import ChainRole, FailKind, Lead
from kaifaqu.registers.projects.progress import MonthField, ProjectProgress
from kaifaqu.registers.projects.tracking import (
    CohortKind,
    CohortProject,
    ProjectAssignment,
    ProjectCohort,
    ProjectRole,
    ProjectSuspension,
)

__all__ = [
    "ChainRole", "CohortKind", "CohortProject", "FailKind", "Lead", "MonthField", "Nature", "PeriodClass", "PlanClass", "PlanYearClass",
    "Project", "ProjectAssignment", "ProjectCohort", "ProjectProgress", "ProjectRole", "ProjectSuspension", "Since",
    "plan_class", "since",
]
