"""How the kind of a work is chosen in a form."""

from typing import Any

from django import forms
from django.db import models

from kaifaqu.domains.infrastructure.models import Work
from kaifaqu.domains.infrastructure.rules import work_kinds
from kaifaqu.kernel import clock
from kaifaqu.pages import manners


def _typed(column: models.Field, form: Any) -> forms.ChoiceField:
    """Return the choice among the kinds of works that the owner's rule has today, and the one that the work is of."""
    owners = [form.record.owner_id] if form.record else sorted(form.user.owners(form.action.right))
    known = dict.fromkeys(kind for owner in owners for kind in work_kinds(owner, clock.today()))
    if now := getattr(form.record, "kind", ""):
        known.setdefault(now)
    return forms.ChoiceField(
        label=column.verbose_name, help_text=column.help_text, choices=[("", "—"), *((kind, kind) for kind in known)])


manners.column(Work, "kind", typed=_typed)
