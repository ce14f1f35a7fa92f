"""How the kind of a plan is chosen in a form, and told in words."""

from typing import Any

from django import forms
from django.db import models

from kaifaqu.pages import manners
from kaifaqu.registers.meetings.plans import MeetingPlan
from kaifaqu.registers.meetings.rules import PLANS, templates


def _typed(column: models.Field, form: Any) -> forms.ChoiceField:
    """Return the choice among the kinds of plan that the owner's rule has."""
    owners = [form.record.owner_id] if form.record else sorted(form.user.owners(form.action.right))
    known = {code: each["name"] for owner in owners for code, each in templates(owner).items()}
    if now := getattr(form.record, "kind", ""):
        known.setdefault(now, now)
    return forms.ChoiceField(label=column.verbose_name, help_text=column.help_text, choices=[("", "—"), *known.items()])


def _told(code: str, row: Any) -> str:
    """Return the name of a kind of plan."""
    known = templates(row.owner_id) if row is not None else PLANS.shipped().content
    return str(known.get(code, {}).get("name", code))


manners.column(MeetingPlan, "kind", typed=_typed, told=_told)
