"""What the worker does for cases: it raises their level when a moment has come, and counts anew what a changed rule moves."""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Max, Q

from kaifaqu.cases import keeping
from kaifaqu.cases.lifecycle import OVER
from kaifaqu.cases.models import Case, Head, registers_of_cases
from kaifaqu.clocks.calendar import CALENDAR
from kaifaqu.clocks.rules import CLOCKS
from kaifaqu.jobs import working
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import Change, Conflict, commit
from kaifaqu.kernel.dated import DatedRule

PIECE = 200  # cases written in one transaction, so that others come in between
LOOK = 20  # seconds between two looks of one worker
_looked = 0.0
_log = logging.getLogger(__name__)


@working.idle
def watch() -> None:
    """Look after what is due, at most every few seconds."""
    global _looked
    if time.monotonic() - _looked >= LOOK:
        escalate()
        follow_rules()
        _looked = time.monotonic()


def due_now(at: datetime) -> Q:
    """Return the condition: the moment of the next reminder or escalation has come."""
    at = at.astimezone(clock.ZONE)
    return Q(next_on__lt=at.date()) | Q(next_on=at.date(), next_time__lte=f"{at:%H:%M}")


def escalate() -> int:
    """Raise the level of the cases whose moment has come; return how many changed."""
    return sum(_renew(register, register.objects.current().filter(due_now(clock.now()))) for register in registers_of_cases())


def follow_rules() -> int:
    """Count the open cases anew where a calendar or a rule of clocks has changed since the last time; return how many moved."""
    latest = DatedRule.Version.objects.filter(kind__in=(CALENDAR.code, CLOCKS.code)).aggregate(seq=Max("seq"))["seq"] or 0
    head, _made = Head.objects.get_or_create(pk=1)
    if head.seq == latest:
        return 0
    moved = sum(_renew(each, each.objects.current().exclude(stage__in=OVER)) for each in registers_of_cases())
    Head.objects.filter(pk=1).update(seq=latest)
    return moved


@working.daily
def settle() -> None:
    """Count anew the cases whose days were not laid down: a notice comes into force by its day, without any change of a rule."""
    for register in registers_of_cases():
        _renew(register, register.objects.current().filter(provisional=True).exclude(stage__in=OVER))


def _renew(register: type[Case], rows: Any) -> int:
    """Count the cases anew, and write those of which that changes something."""
    plan, count = actions.find(register.right_to("escalate")).plan, 0
    for piece in _pieces(rows.order_by("id").iterator(PIECE)):
        register.learn_steps(piece)
        with keeping.rules_read_once():
            changes = [change for each in piece if (change := _planned(plan, each)) is not None and change.writes]
        count += _written(changes)
    return count


def _planned(plan: Any, case: Case) -> Change | None:
    """Return what a case is to have; None, told in the log, where something of it is wrong: the others go on."""
    try:
        return cast(Change, plan(case, by=SYSTEM, version=case.row_version))
    except ValidationError as problem:
        _log.warning("%s", "；".join(problem.messages))
        return None


def _written(changes: list[Change]) -> int:
    """Write the changes but those of cases that somebody else has changed, and so counted anew; return how many were written."""
    while changes:
        try:
            commit(changes, by=SYSTEM)
            return len(changes)
        except Conflict as overtaken:
            others = {each.pk for each in overtaken.records}
            if not others:
                break
            changes = [change for change in changes if change.record.pk not in others]
    return 0


def _pieces(rows: Iterable[Any]) -> Iterator[list[Any]]:
    one_by_one = iter(rows)
    while piece := list(islice(one_by_one, PIECE)):
        yield piece
