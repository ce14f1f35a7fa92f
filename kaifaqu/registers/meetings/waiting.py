"""What waits for one person among the meetings: minutes that are late, and minutes that the person's party has not signed."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.registers.meetings.lifecycle import HELD, MINUTED, PLANNED
from kaifaqu.registers.meetings.models import Meeting, Signature


def late(user: User) -> QuerySet[Meeting]:
    """Return the meetings whose minutes are late and are the person's to write."""
    owners = user.owners("meetings.edit")
    return Meeting.objects.current().filter(stage__in=(PLANNED, HELD), due_on__lt=clock.today(), owner_id__in=owners)


def unsigned(user: User) -> QuerySet[Meeting]:
    """Return the meetings whose minutes wait for the signature of a party for which the person signs."""
    parties = user.owners("meetings.sign")
    return Meeting.objects.current().filter(stage=MINUTED).filter(_unsigned("owner_id", parties) | _unsigned("partner_id", parties))


def _unsigned(column: str, parties: frozenset[int]) -> Q:
    """Return the condition: the person's party in the column has not signed, or nobody has signed since it was changed."""
    same = {"meeting": OuterRef("pk"), "party_id": OuterRef(column), "sha256": OuterRef("sheet_sha256")}
    missing = Q(signed_parties=0) | ~Exists(Signature.objects.current().filter(**same))
    return Q(missing, **{f"{column}__in": parties})
