"""What cases put on the pages of their registers: how their clocks stand, and what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaifaqu.cases import keeping
from kaifaqu.cases.lifecycle import DONE
from kaifaqu.cases.models import Case
from kaifaqu.clocks.calendar import DAY, Calendar
from kaifaqu.clocks.clocks import Due, Moment, Segment, first_moment
from kaifaqu.clocks.moments import STATES, Kind, State
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM, User
from kaifaqu.kernel.records import Record
from kaifaqu.pages.reading import moment

register = template.Library()
KINDS = {Kind.RESPONSE: gettext_lazy("回应"), Kind.RESOLUTION: gettext_lazy("办结"), Kind.SILENCE: gettext_lazy("更新")}
COLOURS = {State.RUNNING: "green", State.EXPIRED: "red"}


@dataclass(frozen=True)
class Told:
    """One clock in words: what it is for, how it stands and in which colour, when it is due, what is left, how it was counted."""

    label: str
    state: str
    colour: str
    due: str
    left: str
    basis: str
    segments: list[str]
    provisional: bool


@register.simple_tag
def clocks(record: Record) -> list[Told] | None:
    """Return how the clocks of a case stand now; None for what is no case."""
    if not isinstance(record, Case):
        return None
    world = keeping.laid_down()
    calendar = Calendar.of(record.owner_id, clock.today(), world)
    found = keeping.running(record, record.told_steps(), world)
    return [_told(record, each, calendar) for each in found if not (each.kind is Kind.SILENCE and record.stage in DONE)]


def _told(case: Case, each: keeping.Running, calendar: Calendar) -> Told:
    state, due = each.clock.state(clock.now()), each.clock.due
    late = state is State.MET and each.clock.late
    colour = "red" if late else COLOURS.get(state, "")
    if state is State.RUNNING and due.at is not None and first_moment(due.at).date() == clock.today():
        colour = "yellow"
    return Told(
        str({**KINDS, **case.clock_names}[each.kind]), _("已完成（超期）") if late else str(STATES[state]), colour,
        day(due.at) if due.at else _("中止期间不计"),
        _left(due, calendar) if state in (State.RUNNING, State.EXPIRED) else "", each.named.basis,
        [counted(part) for part in due.segments], due.provisional)


def _left(due: Due, calendar: Calendar) -> str:
    """Return how many working days are left, today not counted, or how many it is over."""
    if due.at is None:
        return ""
    last, today = first_moment(due.at).date(), clock.today()
    if last == today:
        return _("今天到期")
    if last > today:
        return _("还有 {count} 个工作日").format(count=calendar.between(today + DAY, last + DAY))
    return _("已超 {count} 个工作日").format(count=calendar.between(last + DAY, today + DAY))


def counted(part: Segment) -> str:
    """Return a part of the time in words: from when to when, and how much of it counted or why none did."""
    last = part.until
    if last is not None and not isinstance(last, datetime) and last > first_moment(part.since).date():
        last -= DAY  # whole days end the day before the next part begins
    span = {"since": day(part.since), "until": day(last) if last else _("今")}
    if part.pause is not None:
        return _("{since} 至 {until} 中止：{reason}（{basis}）").format(**span, reason=part.pause.reason, basis=part.pause.basis)
    if isinstance(part.counted, timedelta):
        return _("{since} 至 {until} 计 {minutes} 分钟").format(**span, minutes=int(part.counted.total_seconds() // 60))
    return _("{since} 至 {until} 计 {days} 日").format(**span, days=part.counted)


def day(at: Moment) -> str:
    """Return a moment as a day, with the time of day where there is one."""
    return moment(at) if isinstance(at, datetime) else f"{at}"


@register.simple_tag(takes_context=True)
def happened(context: Any, case: Any) -> Iterator[tuple[Any, str]]:
    """Yield the steps of a case, the latest first, each with whoever took it; people are named as elsewhere."""
    steps, reader = case.told_steps()[::-1], context["reader"]
    people = {each.code: reader.text(each) for each in User.objects.filter(code__in={step.actor for step in steps})}
    for step in steps:
        yield step, str(SYSTEM) if step.actor == SYSTEM.code else people.get(step.actor, step.actor)
