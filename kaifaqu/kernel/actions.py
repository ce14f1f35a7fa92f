"""Actions: the registry of what people can do. A page, an importer and a command all call the same function."""

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, get_type_hints

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import EMPTY, Change, Conflict, named
from kaifaqu.kernel.records import Record, registers

_registry: dict[str, "Action"] = {}
_joined = lazy(lambda labels: "、".join(dict.fromkeys(map(str, labels))), str)  # in words only where somebody reads them
CARRIERS = (Record, dict, list, tuple)  # facts in which a record may stand
LOOKS = {"events.view": _("查看事件")}  # rights to look at what is no register


@dataclass(frozen=True)
class Action:
    """One thing that a person does: its code, its name in words, the right it needs and the function that plans it.

    `creates` names the register of which it makes a record; such an action is given the owner instead of a record.
    `of` are the columns that name the parties whose members may take it.
    """

    code: str
    label: str | Promise
    right: str
    plan: Callable[..., Change | Iterable[Change]]
    register: type[Record]
    creates: bool
    facts: dict[str, inspect.Parameter]  # the keywords that a person fills in, with their annotated types
    of: tuple[str, ...] = ("owner",)

    @property
    def verb(self) -> str:
        """Return the last part of the code, which stands in the address of its page."""
        return self.code.rpartition(".")[2]

    def permits(self, by: Any, record: Record) -> bool:
        """Tell whether the person may take it on the record; where it creates one, with the owner that is given instead."""
        parties = [record.pk] if self.creates else [getattr(record, f"{name}_id") for name in self.of]
        return any(by.may(self.right, pk) for pk in parties) if self.right else by is SYSTEM or by == record


def action(
    code: str, *, right: str, label: str | Promise, creates: type[Record] | None = None, on: type[Record] | None = None,
    of: tuple[str, ...] = ("owner",),
):
    """Register the decorated function as the action `code` on the register `on` (by default that of its first argument).

    The function takes the record (or, with `creates`, the owner) and keywords only, `by` and `version` among them, and
    returns the Changes that it plans. Before it runs, the row version and the right are checked; what people do about
    themselves (signing in) has the right "", and nobody does it for them. Raise TypeError for another signature.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        subject, *keywords = inspect.signature(function).parameters.values()
        if any(p.kind is not p.KEYWORD_ONLY for p in keywords) or not {"by", "version"} <= {p.name for p in keywords}:
            raise TypeError(f"{function.__qualname__}: an action takes a record, then keywords only, `by` and `version` among them.")
        hints = get_type_hints(function, include_extras=True)

        @functools.wraps(function)
        def plan(record: Record, *, by, version: int = 0, **facts: Any) -> Any:
            if not _registry[code].permits(by, record):
                raise PermissionDenied(_t("{by} 没有对 {record} 办理「{label}」的权限（{right}）。").format(
                    by=by, record=record, label=label, right=right))
            if not creates and record.row_version != version:
                raise Conflict(record)
            _refuse_foreign(facts, by, {getattr(record, each.attname) for each in record._meta.concrete_fields if each.is_relation})
            if "reason" in facts:
                facts["reason"] = (facts["reason"] or "").strip()  # blanks are no reason
            planned = function(record, by=by, version=version, **facts)
            planned = [planned] if isinstance(planned, Change) else list(planned)
            for change in planned:
                owners = (None, record.pk if creates else record.owner_id)
                if change.result.owner_id not in owners and not by.may(right, change.result.owner_id):
                    raise PermissionDenied(_t("{record} 归别的单位所有，不能在这里变更。").format(record=named(change.result)))
                if change.record.lifecycle:
                    change.record.lifecycle.refuse_step_of_another(change, code, label)
                change.action, change.planner = code, by
            return planned[0] if len(planned) == 1 else planned

        rights.cache_clear()
        _registry[code] = Action(
            code, label, right, plan, creates or on or hints[subject.name], creates is not None,
            {p.name: p.replace(annotation=hints.get(p.name, str)) for p in keywords if p.name not in ("by", "version")}, of,
        )
        return plan

    return register


def _refuse_foreign(value: Any, by, held: set[int]) -> None:
    """Refuse, wherever it stands among the facts, a record that the person may not look at.

    People and parties all may name; what the subject refers to already (`held`, numbers are unique) nobody newly points at.
    """
    if isinstance(value, Record):
        open_to_all = value.register in ("parties", "users") or value.pk in held
        if not open_to_all and not by.has_perm(value.right_to("view"), value):
            raise PermissionDenied(_t("没有查看所填「{register}」的权限（{right}）。").format(
                register=value._meta.verbose_name, right=value.right_to("view")))
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, CARRIERS):
                _refuse_foreign(each, by, held)


def registry() -> dict[str, Action]:
    """Return every action by its code."""
    return _registry


def find(code: str) -> Action:
    """Return the action. Raise LookupError when there is none of this code."""
    return _registry[code]


def actions_of(register: type[Record]) -> list[Action]:
    """Return the actions on the register's records."""
    return [action for action in _registry.values() if action.register is register]


@functools.cache
def rights() -> dict[str, str]:
    """Return every named right with what it permits: looking, figures, and the actions that ask for it."""
    named: dict[str, list[Any]] = {right: [label] for right, label in LOOKS.items()}
    for register in registers().values():
        named[register.right_to("view")] = [format_lazy(_("查看{name}"), name=register._meta.verbose_name)]
        named[register.right_to("figures")] = [format_lazy(_("查看{name}的数字（不含记录）"), name=register._meta.verbose_name)]
    for each in filter(lambda each: each.right, _registry.values()):
        named.setdefault(each.right, []).append(each.label)
    return {right: _joined(labels) for right, labels in sorted(named.items())}


def plan_new(register: type[Record], owner: Any, facts: dict[str, Any], *, source: str = "", reason: str = "") -> Change:
    """Plan a new record of the owner; one with the code of an archived record will take that record's place.

    Raise ValidationError when a fact is not one of the register's columns, is wrong or is missing.
    """
    _refuse_unknown(register, facts)
    return Change(register(owner=owner), {**facts, **({"source": source} if source else {})}, reason=reason)


def plan_correction(record: Record, facts: dict[str, Any], *, reason: str) -> Change:
    """Plan new facts of a record; to fill an empty place is ordinary entry, to change what stands there needs a reason.

    Raise ValidationError for an unknown or wrong fact, or without the reason.
    """
    _refuse_unknown(type(record), facts)
    change = Change(record, facts, reason=reason)
    if not reason and any(getattr(record, name) not in EMPTY for name in change.names if name in facts):
        raise ValidationError(_t("{record}：更正请写明原因。").format(record=record))
    return change


def _refuse_unknown(register: type[Record], facts: dict[str, Any]) -> None:
    if unknown := set(facts) - {*register.columns, "code"}:
        raise ValidationError(_t("{register}没有可填的栏目：{names}。").format(
            register=register._meta.verbose_name, names="、".join(sorted(unknown))))


def provide_actions() -> None:
    """Give each register the actions that every register has, where its own room has not declared them."""
    for register in registers().values():
        if register.columns:
            for verb, provide in (("create", _create), ("correct", _correct), ("archive", _archive), ("erase", _erase)):
                if register.right_to(verb) not in _registry:
                    provide(register)


def _create(register: type[Record]) -> None:
    @action(register.right_to("create"), right=register.right_to("edit"), label=_("登记"), creates=register)
    def create(owner: Record, *, by, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Change:
        return plan_new(register, owner, facts, source=source, reason=reason)


def _correct(register: type[Record]) -> None:
    @action(register.right_to("correct"), right=register.right_to("edit"), label=_("更正"), on=register)
    def correct(record: Record, *, by, version: int, facts: dict, reason: str = "") -> Change:
        return plan_correction(record, facts, reason=reason)


def _archive(register: type[Record]) -> None:
    @action(register.right_to("archive"), right=register.right_to("edit"), label=_("归档"), on=register)
    def archive(record: Record, *, by, version: int, reason: str) -> Change:
        if not reason:
            raise ValidationError(_t("{record}：归档请写明原因。").format(record=record))
        return Change(record, {"archived_at": clock.now()}, reason=reason)


def _erase(register: type[Record]) -> None:
    names = tuple(c.name for c in register._meta.concrete_fields if hasattr(c, "personal"))
    if not names:
        return

    @action(register.right_to("erase"), right=register.right_to("erase"), label=_("删除个人信息"), on=register)
    def erase(record: Record, *, by, version: int, reason: str) -> Change:
        filled = tuple(name for name in names if getattr(record, name) not in EMPTY)
        return Change(record, dict.fromkeys(filled, ""), reason=reason, erases=names)
