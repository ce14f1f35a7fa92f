"""How what the owner's rules name is chosen in forms."""

from typing import Any

from django import forms
from django.db import models

from kaifaqu.domains.company.models import CompanyIncome, PlanGoal, ReformItem
from kaifaqu.domains.company.rules import GROUPS, LINES, MODEL, names
from kaifaqu.kernel import clock
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.pages import manners


def _typed(kind: RuleKind) -> Any:
    def choice(column: models.Field, form: Any) -> forms.ChoiceField:
        """Return the choice among the names that the owner's rule has today, and the one that the record has."""
        owners = [form.record.owner_id] if form.record else sorted(form.user.owners(form.action.right))
        known = dict.fromkeys(name for owner in owners for name in names(kind, owner, clock.today()))
        if now := getattr(form.record, column.name, ""):
            known.setdefault(now)
        return forms.ChoiceField(
            label=column.verbose_name, help_text=column.help_text, required=not column.blank,
            choices=[("", "—"), *((name, name) for name in known)])

    return choice


for register, name, kind in ((ReformItem, "category", GROUPS), (CompanyIncome, "line", LINES), (PlanGoal, "word", MODEL)):
    manners.column(register, name, typed=_typed(kind))
