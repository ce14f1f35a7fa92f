"""The agenda of a meeting: earlier decisions that are not fulfilled come first by themselves, then what rooms above call red.

A room above tells what is red by a source, declared in the `ready` of its application:

    @agenda.sources.append
    def red(component, period, user): yield Topic(...)
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _t

from kaifaqu.kernel.access import User
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.registers.meetings.decisions import unfulfilled
from kaifaqu.registers.meetings.plans import PlanComponent, lines
from kaifaqu.registers.meetings.sessions import AgendaItem, AgendaKind, Meeting


@dataclass(frozen=True)
class Topic:
    """One topic for an agenda: where it comes from, what it is called, what is known of it now, and its record or figure."""

    kind: str
    topic: str
    text: str = ""
    figure: str = ""
    record: Record | None = None


Source = Callable[[PlanComponent, Period, User], Iterable[Topic]]
sources: list[Source] = []  # of rooms above, in the order in which they are asked


def topics(meeting: Meeting, by: Any) -> Iterator[Topic]:
    """Yield what belongs on the agenda as this person sees it: earlier decisions, what is red, figures, the fixed points."""
    component = meeting.component
    yield from earlier(meeting)
    for source in sources:
        yield from source(component, meeting.asked, by)
    for definition, _target in component.looked_at():
        yield Topic(AgendaKind.FIGURE, str(definition.label), figure=definition.code)
    for line in lines(component.agenda):
        yield Topic(AgendaKind.OTHER, line)


def earlier(meeting: Meeting) -> Iterator[Topic]:
    """Yield the decisions of earlier meetings of the same component that are not fulfilled."""
    for decision in unfulfilled(meeting):
        told = _t("{meeting}议定，由{holder}办理，期限 {due}，{stage}").format(
            meeting=decision.meeting, holder=decision.holder or "—", due=decision.resolution_due_on or "—",
            stage=decision.get_stage_display())
        yield Topic(AgendaKind.EARLIER, decision.title, told, record=decision)


def missing(meeting: Meeting, by: Any) -> list[dict[str, Any]]:
    """Return the facts of the agenda items that the meeting does not have yet, in their order."""
    there = list(AgendaItem.objects.current().filter(meeting=meeting))
    known = {(each.kind, each.topic) for each in there}
    last = max((each.order for each in there), default=0)
    found: list[dict[str, Any]] = []
    for topic in topics(meeting, by):
        if (topic.kind, topic.topic[:200]) not in known:
            known.add((topic.kind, topic.topic[:200]))
            record = topic.record
            found.append({
                "meeting": meeting, "order": last + len(found) + 1, "kind": topic.kind, "topic": topic.topic[:200], "text": topic.text,
                "figure": topic.figure, **({"subject": record._meta.label_lower, "subject_id": record.pk} if record else {}),
            })  # fmt: skip
    return found
