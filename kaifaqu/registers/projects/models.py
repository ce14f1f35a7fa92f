"""The tables of this room."""

from kaifaqu.registers.projects.cycle import Nature, Project
from kaifaqu.registers.projects.leads import ChainRole, FailKind, Lead
from kaifaqu.registers.projects.progress import MonthField, ProjectProgress
from kaifaqu.registers.projects.tracking import (
    CohortKind,
    CohortProject,
    PlanClass,
    PlanYearClass,
    ProjectAssignment,
    ProjectCohort,
    ProjectRole,
    ProjectSuspension,
    plan_class,
)

__all__ = [
    "ChainRole", "CohortKind", "CohortProject", "FailKind", "Lead", "MonthField", "Nature", "PlanClass", "PlanYearClass", "Project",
    "ProjectAssignment", "ProjectCohort", "ProjectProgress", "ProjectRole", "ProjectSuspension", "plan_class",
]
