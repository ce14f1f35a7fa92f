"""Gates: what rooms above demand of a lead before a step, each in sentences; a reason says why it is taken all the same."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.pages import domains

Gate = Callable[[Any], list[str]]
_gates: dict[str, list[Gate]] = {}


def gate(verb: str) -> Callable[[Gate], Gate]:
    """Register the decorated function, which returns what a lead lacks for the step of this verb."""

    def register(asked: Gate) -> Gate:
        _gates.setdefault(verb, []).append(asked)
        return asked

    return register


def lacking(lead: Any, verb: str) -> list[str]:
    """Return everything that the lead lacks for the step, as the rooms say that are switched on."""
    return [problem for each in _gates.get(verb, ()) if domains.is_shown(each.__module__) for problem in each(lead)]


def refuse(lead: Any, verb: str, reason: str) -> None:
    """Raise ValidationError with everything that the lead lacks for the step, where no reason is given."""
    if not reason and (problems := lacking(lead, verb)):
        raise ValidationError([*problems, _("{lead}：仍要办理的，请写明原因。").format(lead=lead)])
