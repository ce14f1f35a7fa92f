"""The board of a plan: its components, and of each its slots with what is done, due and late."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.registers.meetings.lifecycle import CANCELLED, DONE
from kaifaqu.registers.meetings.models import Meeting, MeetingPlan, PlanComponent
from kaifaqu.registers.meetings.rules import Cadence

DONE_IN_TIME, DONE_LATE, LATE, AHEAD, OFF = "done", "done_late", "late", "ahead", "off"
LOOKS = {DONE_IN_TIME: "now", DONE_LATE: "now", LATE: "faulty", AHEAD: "ahead", OFF: "past"}  # how each looks


@dataclass
class Cell:
    """One slot on the board: its meeting, its name within its component, how it stands, and in words."""

    meeting: Meeting
    name: str
    standing: str
    words: str

    @property
    def look(self) -> str:
        """Return the class by which it is set."""
        return LOOKS[self.standing]


@dataclass
class Line:
    """One component of the board with its slots; `may_add` tells whether the person may enter a further one."""

    component: PlanComponent
    cells: list[Cell] = field(default_factory=list)
    may_add: bool = False

    @property
    def counts(self) -> Counter:
        """Return how many slots stand how."""
        return Counter(cell.standing for cell in self.cells)

    @property
    def done(self) -> int:
        """Return how many have their minutes."""
        return self.counts[DONE_IN_TIME] + self.counts[DONE_LATE]

    @property
    def all(self) -> int:
        """Return how many there are, without those that were cancelled."""
        return len(self.cells) - self.counts[OFF]


def board(plan: MeetingPlan, user: User) -> list[Line]:
    """Return the plan's components in their order, each with its slots as this person sees them."""
    today, may_add = clock.today(), user.may("meetings.edit", plan.owner_id)
    found = {
        each.pk: Line(each, may_add=may_add and each.cadence == Cadence.NONE)
        for each in PlanComponent.objects.visible_to(user).filter(plan=plan).order_by("order", "id")}
    rows = Meeting.objects.visible_to(user).filter(component_id__in=[*found]).order_by("number", "id")
    for meeting in rows:
        line = found[meeting.component_id]
        meeting.component = line.component
        line.cells.append(cell(meeting, today))
    return [*found.values()]


def cell(meeting: Meeting, today: date) -> Cell:
    """Return how a meeting stands on a day."""
    standing, words = _standing(meeting, today)
    return Cell(meeting, _name(meeting), standing, words)


def _standing(meeting: Meeting, today: date) -> tuple[str, str]:
    label = meeting.get_stage_display()
    if meeting.stage == CANCELLED:
        return OFF, label
    if meeting.stage in DONE:
        in_time = meeting.minuted_on is not None and meeting.minuted_on <= meeting.due_on
        return (DONE_IN_TIME, label) if in_time else (DONE_LATE, _("{stage}（迟）").format(stage=label))
    if meeting.is_late(today):
        return LATE, _("迟 {days} 天").format(days=(today - meeting.due_on).days)
    return AHEAD, label


def _name(meeting: Meeting) -> str:
    """Return what a slot is called beside its component: its topic, its month, quarter or day."""
    if meeting.topic:
        return meeting.topic
    period = meeting.asked
    if meeting.component.cadence == Cadence.MONTHLY:
        return _("{month}月").format(month=period.end.month)
    if meeting.component.cadence == Cadence.QUARTERLY:
        return str(QUARTERS[period.end.month // 3 - 1])
    if meeting.component.cadence == Cadence.WEEKLY:
        return _("第{number}周").format(number=meeting.number)
    return str(period.label)


QUARTERS = (gettext_lazy("一季度"), gettext_lazy("二季度"), gettext_lazy("三季度"), gettext_lazy("四季度"))
