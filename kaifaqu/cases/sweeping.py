"""What the worker does for cases, and for what else keeps days of clocks: it counts anew what a changed calendar or rule moves.

A level needs nobody: it is a moment that comes.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Max, Q

from kaifaqu.cases import keeping
from kaifaqu.cases.acting import provide_recount
from kaifaqu.cases.lifecycle import OVER
from kaifaqu.cases.models import Case, Head, registers_of_cases
from kaifaqu.clocks.calendar import CALENDAR
from kaifaqu.clocks.rules import CLOCKS
from kaifaqu.jobs import working
from kaifaqu.kernel import actions
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import Change, Conflict, commit
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.records import Record

PIECE = 200  # cases written in one transaction, so that others come in between
LOOK = 20  # seconds between two looks of one worker
_looked = 0.0
_log = logging.getLogger(__name__)
_followers: list[tuple[type[Record], Q]] = []


def follow(register: type[Record], rows: Q) -> None:
    """Let days of these rows that are derived from clocks, without being cases, be counted anew as those of cases are."""
    provide_recount(register)
    _followers.append((register, rows))


@working.idle
def watch() -> None:
    """Look after the rules, at most every few seconds."""
    global _looked
    if time.monotonic() - _looked >= LOOK:
        follow_rules()
        _looked = time.monotonic()


def follow_rules() -> int:
    """Count open cases and followers anew where a calendar or a rule of clocks has changed since the last time; return how many moved."""
    latest = DatedRule.Version.objects.filter(kind__in=(CALENDAR.code, CLOCKS.code)).aggregate(seq=Max("seq"))["seq"] or 0
    head, _made = Head.objects.get_or_create(pk=1)
    if head.seq == latest:
        return 0
    moved = sum(_renew(each, each.objects.current().exclude(stage__in=OVER)) for each in registers_of_cases())
    moved += sum(_renew(register, register.objects.current().filter(rows)) for register, rows in _followers)
    Head.objects.filter(pk=1).update(seq=latest)
    return moved


@working.daily
def settle() -> None:
    """Count anew what has days that were not laid down: a notice comes into force by its day, without any change of a rule."""
    for register in registers_of_cases():
        _renew(register, register.objects.current().filter(provisional=True).exclude(stage__in=OVER))
    for follower, rows in _followers:
        _renew(follower, follower.objects.current().filter(rows))


def _renew(register: type[Record], rows: Any) -> int:
    """Count the rows anew, and write those of which that changes something."""
    plan, count = actions.find(register.right_to("recount")).plan, 0
    for piece in _pieces(rows.order_by("id").iterator(PIECE)):
        if issubclass(register, Case):
            register.learn_steps(piece)
        with keeping.rules_read_once():
            changes = [change for each in piece if (change := _planned(plan, each)) is not None and change.writes]
        count += _written(changes)
    return count


def _planned(plan: Any, case: Record) -> Change | None:
    """Return what a row is to have; None, told in the log, where something of it is wrong: the others go on."""
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
