"""Making a scoring: its sheet applied to its owner's figures, with what was found and decided by hand."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, events, units
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.reporting.scoring.amounts import rounded
from kaifaqu.reporting.scoring.computing import Scorer, grouped
from kaifaqu.reporting.scoring.models import ScoreFinding, ScoreOverride, Scoring
from kaifaqu.reporting.scoring.results import Decision, Found, Result


def draft(scoring: Scoring, user: Any) -> Result:
    """Return a scoring as it would be issued now, with the figures, findings and decisions that this person may see.

    Raise LookupError where its owner no longer has the sheet.
    """
    sheet = scoring.applied()
    if sheet is None:
        raise LookupError(scoring.sheet)
    known = events.last_seq()  # before anything is read: what is written meanwhile is not in it, and is found out when it is issued
    world = World(known)
    found = grouped(world.rows(ScoreFinding).filter(scoring_id=scoring.pk).order_by("found_on", "id"), _found)
    decided = grouped(world.rows(ScoreOverride).filter(scoring_id=scoring.pk).order_by("id"), _decision)
    entered = (ScoreFinding, [each.number for each in sheet.items if not each.figure]), (ScoreOverride, [*decided])
    closed = {number: _no_right(register) for register, numbers in entered if not _may(user, register, scoring) for number in numbers}
    return Scorer(scoring.owner, sheet, scoring.asked, user, known, clock.today(), found, decided, closed).result()


def computed(scoring: Scoring, number: str, user: Any) -> Decimal | None:
    """Return what an item earns by its formula now; None where that cannot be said, or there is no such item."""
    sheet = scoring.applied()
    line = draft(scoring, user).line(number) if sheet else None
    return None if line is None or line.computed is None else rounded(Fraction(line.computed), 6)


def _may(user: Any, register: type[Record], scoring: Scoring) -> bool:
    """Tell whether the reader may look at what was entered by hand under a scoring that is not issued; the system may."""
    return user is None or user.may(register.right_to("view"), scoring.owner_id)


def _no_right(register: type[Record]) -> str:
    return _("没有查看「{register}」的权限（{right}）。").format(
        register=register._meta.verbose_name, right=register.right_to("view"))


def _found(row: Any) -> Found:
    return Found(row.id, row.code, units.text(row.count), f"{row.found_on}", row.what, row.document)


def _decision(row: Any) -> Decision:
    told = None if row.computed is None else units.text(row.computed)
    return Decision(row.id, row.code, units.text(row.given), told, row.decided_by_id or 0, f"{row.decided_on}", row.grounds, row.document)
