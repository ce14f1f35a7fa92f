"""One action on many records: planned for each of them, shown before it is written, written as changesets that can be undone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kaifaqu.files import actions as attaching
from kaifaqu.kernel import actions
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.commit import Change, Conflict
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.pages.reading import Reader
from kaifaqu.sheets import importing
from kaifaqu.sheets.actions import bulk
from kaifaqu.sheets.checking import CHANGED, SAME
from kaifaqu.sheets.models import Changeset, Origin

MOST = 1000  # records that are changed while the person waits; more come in through a spreadsheet


@dataclass
class Outcome:
    """What the action would do to one record: its changes with their facts in words, or why it is refused."""

    record: Record
    planned: importing.Planned | None = None
    told: list[tuple[str, str, str]] = field(default_factory=list)  # label, before, after
    refusal: str = ""

    @property
    def is_same(self) -> bool:
        """Tell whether the action is possible and would change nothing."""
        return not self.refusal and self.planned is not None and not any(change.writes for change in self.planned.changes)


def actions_in_bulk(user: User, register: type[Record]) -> list[Action]:
    """Return the actions that the person may take on many of the register's records together."""
    return [
        each for each in actions.actions_of(register)
        if each.right and not each.creates and each.code == register.right_to(each.verb) and user.owners(each.right)
        and each.verb not in (*attaching.VERBS, "erase") and bulk(register, each.right) in actions.registry()]


def plan(action: Action, records: Iterable[Record], told: dict[str, Any], user: User) -> Iterator[Outcome]:
    """Yield for each record what the action would do, or the sentence with which it is refused."""
    reader = Reader(user)
    for record in records:
        outcome = Outcome(record)
        try:
            outcome.planned = importing.Planned(action.plan, record, by=user, version=record.row_version, **told)
            outcome.told = [fact for change in outcome.planned.changes for fact in _in_words(change, reader, change.record is record)]
        except (ValidationError, PermissionDenied) as refusal:
            outcome.refusal = "".join(getattr(refusal, "messages", None) or [str(refusal)])
        yield outcome


def _in_words(change: Change, reader: Reader, is_itself: bool) -> Iterator[tuple[str, str, str]]:
    """Yield each fact that a change sets: its label, before and after; of a personal fact only that it changes."""
    register = type(change.record)
    before, after = ({} if change.is_new else vars(change.record)), vars(change.result)
    for name in change.names:
        of = field_of(register, name)
        label = str(of.verbose_name) if is_itself else f"{register._meta.verbose_name} · {of.verbose_name}"
        if hasattr(of, "personal"):
            yield label, "", _("已变更")
        elif not of.is_relation or after[of.attname] is not None:  # what is made with it has no number yet
            yield label, "" if change.is_new else reader.tell(of, before[of.attname]), reader.tell(of, after[of.attname])


def write(action: Action, outcomes: list[Outcome], user: User, reason: str) -> list[Changeset]:
    """Write what is possible and changes something, as one changeset for each owner, wholly or not at all.

    Raise Conflict when a record was changed by somebody else since it was planned.
    """
    by_owner: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if not outcome.refusal:
            by_owner[outcome.record.owner_id].append(outcome)
    owners, written = Party.objects.in_bulk([*by_owner]), []
    with transaction.atomic():
        for owner, some in by_owner.items():
            wanted = [each for each in some if not each.is_same]
            if wanted:
                written.append(importing.write_changes(
                    [each.planned for each in wanted if each.planned], by=user, owner=owners[owner], kind=Origin.BULK,
                    target=action.register.register, counts={CHANGED: len(wanted), SAME: len(some) - len(wanted)},
                    reason=reason, begin=bulk(action.register, action.right)))
    return written


def refuse_changed(outcomes: list[Outcome], seen: dict[int, int]) -> None:
    """Raise Conflict that names the records which are no longer in the version that the person has looked at."""
    changed = [each.record for each in outcomes if seen.get(each.record.pk) != each.record.row_version]
    if changed:
        raise Conflict(*changed)
