"""How the facts of this room stand on their pages: a scoring leads to its sheet, a sheet is chosen by its title."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.world import World
from kaifaqu.pages import manners
from kaifaqu.reporting.scoring.models import Scoring
from kaifaqu.reporting.scoring.sheets import titles_of


def _typed(column: models.Field, form: Any) -> forms.Field:
    """Return the choice among the sheets of the owners whose scorings the person may make, of any day: a past period has its own."""
    owners = form.user.owners(Scoring.right_to("edit"))
    held = {code: title for owner in sorted(owners) for code, title in titles_of(owner, World()).items()}
    if form.record:
        held.setdefault(form.record.sheet, form.record.sheet)
    return forms.ChoiceField(choices=list(held.items()), label=_("评分表"))


manners.column(Scoring, "sheet", typed=_typed)
