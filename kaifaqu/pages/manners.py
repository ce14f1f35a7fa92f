"""Manners: how a column is typed and told where its kind does not say it, and what else stands on a register's record page.

Whoever knows what a column means tells it here (a right, the content of a rule), in the `ready` of its application.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models

from kaifaqu.kernel.records import Record
from kaifaqu.pages import domains


@dataclass(frozen=True)
class Manner:
    """How one column is typed and told; what is left out stays as the column's kind has it.

    `typed(column, form)` returns the form field, or None; its `prepare_value` must give the one text by which two
    editors are compared, and its hidden input must send that text. `told(value, row)` returns the value in words, `brief`
    the same for a cell of a table; `changed(before, after, row)` returns what an event took away and what it added.
    A row is a record, a version, or a record with the facts that it had.
    """

    typed: Callable[[models.Field, Any], forms.Field | None] | None = None
    told: Callable[[Any, Any], str] | None = None
    brief: Callable[[Any, Any], str] | None = None
    changed: Callable[[Any, Any, Any], tuple[str, str]] | None = None


@dataclass(frozen=True)
class Panel:
    """A section of a record's page: its template, what it shows to a person (nothing: no section), what it replaces.

    `replaces` are the registers and foreign keys, "memberships.user", that need no table of their own beside it.
    """

    template: str
    show: Callable[[Any, Any], Any]  # the person and the record
    replaces: tuple[str, ...] = ()


ORDINARY = Manner()
_manners: dict[tuple[str, str], Manner] = {}
_panels: dict[str, list[Panel]] = {}
_proposals: dict[str, Callable[[Any, Any], dict[str, Any]]] = {}
_notes: dict[str, list[Callable[[Any, Any], Iterable[str]]]] = {}
_firsts: dict[str, Callable[[Any], dict[str, Any] | None]] = {}


def column(register: type[Record], name: str, **how: Any) -> None:
    """Declare how a column of the register is typed and told."""
    _manners[register.register, name] = Manner(**how)


def manner_of(column: models.Field) -> Manner:
    """Return how the column is typed and told."""
    return _manners.get((getattr(column.model, "register", ""), column.name), ORDINARY)


def panel(register: type[Record], template: str, replaces: tuple[str, ...] = ()) -> Callable[[Callable], Callable]:
    """Declare the decorated function `show(user, record)` as what a section of the register's record page shows."""

    def declare(show: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        _panels.setdefault(register.register, []).append(Panel(template, show, replaces))
        return show

    return declare


def panels_of(user: Any, record: Record) -> list[tuple[Panel, Any]]:
    """Return the sections of the record's page that have something to show to the person, each with what that is."""
    offered = (each for each in _panels.get(record.register, ()) if domains.is_shown(each.show.__module__))
    shown = ((each, each.show(user, record)) for each in offered)
    return [(each, what) for each, what in shown if what is not None]


def note(register: type[Record]) -> Callable[[Callable], Callable]:
    """Declare the decorated function `told(user, figure)` as what is said above the register's records behind a figure."""

    def declare(told: Callable[[Any, Any], Iterable[str]]) -> Callable[[Any, Any], Iterable[str]]:
        _notes.setdefault(register.register, []).append(told)
        return told

    return declare


def notes_on(user: Any, figure: Any) -> list[str]:
    """Return what is said about an open figure's records beside what they say themselves: what was decided otherwise, for example."""
    registers = dict.fromkeys(part.register.register for part in figure.indicator.parts())
    return [text for register in registers for told in _notes.get(register, ()) for text in told(user, figure)]


def first(register: type[Record]) -> Callable[[Callable], Callable]:
    """Declare the decorated function `show(form)` as what is to be seen before a form of the register is done; None where nothing is."""

    def declare(show: Callable[[Any], dict[str, Any] | None]) -> Callable[[Any], dict[str, Any] | None]:
        _firsts[register.register] = show
        return show

    return declare


def shown_first(form: Any) -> dict[str, Any] | None:
    """Return what the person is to see before the form is done, or None."""
    show = _firsts.get(form.action.register.register)
    return show(form) if show else None


def proposes(code: str) -> Callable[[Callable], Callable]:
    """Declare the decorated function `propose(user, record)` as what the form of an action of a lower room is opened with."""

    def declare(propose: Callable[[Any, Any], dict[str, Any]]) -> Callable[[Any, Any], dict[str, Any]]:
        _proposals[code] = propose
        return propose

    return declare


def proposed(user: Any, code: str, record: Record) -> dict[str, Any]:
    """Return the facts with which the form of the action on the record is opened for the person; he may change them."""
    propose = _proposals.get(code)
    return propose(user, record) if propose and domains.is_shown(propose.__module__) else {}
