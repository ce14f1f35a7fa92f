"""Gates: what rooms above demand of a lead before a step, each in sentences; a reason says why it is taken all the same."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.pages import domains
from kaifaqu.registers.projects.leads import Lead

Gate = Callable[[Lead], list[str]]
_gates: dict[str, list[Gate]] = {}


def gate(verb: str) -> Callable[[Gate], Gate]:
    """Register the decorated function, which returns what a lead lacks for the step of this verb."""

    def register(lacking: Gate) -> Gate:
        _gates.setdefault(verb, []).append(lacking)
        return lacking

    return register


def refuse(lead: Lead, verb: str, reason: str) -> None:
    """Raise ValidationError with everything that the lead lacks for the step, where no reason is given."""
    if reason:
        return
    shown = (each for each in _gates.get(verb, ()) if domains.is_shown(each.__module__))
    if problems := [problem for lacking in shown for problem in lacking(lead)]:
        raise ValidationError([*problems, _("{lead}：仍要办理的，请写明原因。").format(lead=lead)])
