"""The registers of this room."""

from kaifaqu.registers.meetings.decisions import Decision, DecisionStep
from kaifaqu.registers.meetings.plans import MeetingPlan, PlanComponent
from kaifaqu.registers.meetings.sessions import AgendaItem, AgendaKind, Attendance, Meeting, Signature

__all__ = [
    "AgendaItem", "AgendaKind", "Attendance", "Decision", "DecisionStep", "Meeting", "MeetingPlan", "PlanComponent", "Signature",
]
