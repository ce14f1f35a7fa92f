"""What stands on the page of a target: its parts as one table, and whether they sum to the whole."""

from typing import Any

from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.pages import manners
from kaifaqu.registers.targets.models import MONTHS, TargetShare, YearlyTarget
from kaifaqu.registers.targets.splits import split_of


@manners.panel(YearlyTarget, "targets/_split.html", replaces=("target_shares.target",))
def shown(user: User, record: Record) -> dict[str, Any] | None:
    """Return the parts of a target in rows of months and columns of departments; nothing to who may not see them."""
    assert isinstance(record, YearlyTarget)
    if not user.may(TargetShare.right_to("view"), record.owner_id):
        return None
    split = split_of(record, World())
    parties = Party.objects.filter(pk__in={*split.departments, *split.within}).order_by("code")
    months = [month for month in dict(MONTHS) if month in split.months or any(month in each for each in split.within.values())]
    rows = [(str(dict(MONTHS)[month]), [split.months.get(month), *(split.within.get(each.pk, {}).get(month) for each in parties)])
            for month in months]
    return {
        "parties": parties, "rows": rows, "whole": [record.amount, *(split.departments.get(each.pk) for each in parties)],
        "problems": [*split.problems()], "is_split": bool(rows or split.departments),
    }  # fmt: skip
