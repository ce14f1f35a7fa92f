"""What waits for one person among the meetings: minutes that are late, and minutes that the person's party has not signed."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.registers.meetings.lifecycle import HELD, MINUTED, PLANNED
from kaifaqu.registers.meetings.models import Meeting, Signature


@dataclass
class Waiting:
    """The meetings whose minutes are late and are the person's to write, and those that wait for his signature; the oldest first."""

    late: list[Meeting] = field(default_factory=list)
    unsigned: list[Meeting] = field(default_factory=list)


def waiting(user: User) -> Waiting:
    """Return what waits for the person, asked in one statement."""
    owners, parties, today = user.owners("meetings.edit"), user.owners("meetings.sign"), clock.today()
    if not owners and not parties:
        return Waiting()
    late = Q(stage__in=(PLANNED, HELD), due_on__lt=today, owner_id__in=owners)
    unsigned = Q(stage=MINUTED) & (_unsigned("owner_id", parties) | _unsigned("partner_id", parties))
    rows = Meeting.objects.current().filter(late | unsigned).order_by("due_on", "id")
    found = Waiting()
    for each in rows:
        (found.unsigned if each.stage == MINUTED else found.late).append(each)
    return found


def _unsigned(column: str, parties: frozenset[int]) -> Q:
    """Return the condition: the party in the column, for which the person signs, has not signed what was signed last."""
    same = {"meeting": OuterRef("pk"), "party_id": OuterRef(column), "sha256": OuterRef("sheet_sha256")}
    return Q(~Exists(Signature.objects.current().filter(**same)), **{f"{column}__in": parties})
