"""What a case shows on the generic pages: its steps in words, in place of a table of them."""

from typing import Any

from kaifaqu.cases.models import Case, registers_of_cases
from kaifaqu.pages import manners


def steps_shown(user: Any, case: Case) -> bool | None:
    """Return whether there is something to show."""
    return bool(case.told_steps()) or None


for each in registers_of_cases():
    manners.panel(each, "cases/_steps.html", replaces=(f"{each.Step.register}.subject",))(steps_shown)
