"""Lifecycles: the stages of a record and the steps between them, as one table that an office head can check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.records import Record, field_of


class StepRefused(ValidationError):
    """A step that cannot be taken now; the sentence says what is missing or what is possible."""


@dataclass(frozen=True)
class Step:
    """One permitted step: from, to, its label, the facts it needs, the usual evidence, the action that takes it."""

    source: str
    target: str
    label: str | Promise
    requires: tuple[str, ...] = ()
    evidence: str | Promise = ""
    action: str = ""


@dataclass(frozen=True)
class Lifecycle:
    """The stages of one register and every permitted step between them; `field` holds the stage on the record."""

    states: type[TextChoices]
    steps: tuple[Step, ...]
    field: str = "stage"

    def steps_from(self, record: Record) -> list[Step]:
        """Return the steps that the record's stage permits."""
        return [step for step in self.steps if step.source == getattr(record, self.field)]

    def plan(
        self, record: Record, target: str, *, facts: Mapping[str, Any], occurred_on: PartialDate | None = None, reason: str = ""
    ) -> Change:
        """Plan the record's step to `target` with the facts that the step brings.

        Raise StepRefused when no such step leaves the record's stage, or a fact that it requires is missing.
        """
        step = next((step for step in self.steps_from(record) if step.target == target), None)
        if step is None:
            raise StepRefused(_("{record}：不能从「{source}」转为「{target}」。当前可转为：{possible}。").format(
                record=record, source=self.label(getattr(record, self.field)), target=self.label(target),
                possible="、".join(self.label(step.target) for step in self.steps_from(record)) or _("无"),
            ))
        missing = [name for name in step.requires if facts.get(name, getattr(record, name)) in (None, "")]
        if missing:
            labels = "、".join(str(field_of(type(record), name).verbose_name) for name in missing)
            raise StepRefused(_("{record}：办理「{step}」前请填写{labels}。").format(record=record, step=step.label, labels=labels))
        return Change(
            record, {**facts, self.field: target}, origin=step.source, target=step.target,
            occurred_on=occurred_on, reason=reason,
        )

    def refuse_step_of_another(self, change: Change, action: str, label: str | Promise) -> None:
        """Raise StepRefused where an action takes a step that only other actions have, though it leads to the same stage."""
        own = [(step.source, step.target) for step in self.steps if step.action == action]
        if own and change.target and (change.origin, change.target) not in own:
            raise StepRefused(_("{record}：状态是「{source}」，现在不能办理「{label}」。").format(
                record=change.record, source=self.label(change.origin), label=label))

    def label(self, state: str) -> str:
        """Return the stage's name in words."""
        return str(self.states(state).label) if state else "—"
