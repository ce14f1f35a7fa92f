"""The sheet of a meeting: everything that its parties sign, under one hash, and whose signatures it has."""

from typing import Any

from kaifaqu.files.models import Content, hash_of
from kaifaqu.registers.meetings.decisions import Decision
from kaifaqu.registers.meetings.lifecycle import MINUTED
from kaifaqu.registers.meetings.sessions import AgendaItem, Attendance, Meeting, Signature


def sheet(meeting: Meeting) -> dict[str, Any]:
    """Return what is signed: the meeting, its agenda, who was there, the hash of its figures, its decisions and its minutes.

    People are named by their accounts: a name that is erased must not stay here.
    """
    agenda = AgendaItem.objects.current().filter(meeting=meeting).order_by("order", "id")
    present = Attendance.objects.current().filter(meeting=meeting).select_related("party", "person").order_by("id")
    return {
        "kind": "minutes", "meeting": meeting.code, "name": meeting.component.name, "plan": str(meeting.component.plan),
        "document": meeting.component.plan.document, "topic": meeting.topic, "period": meeting.period, "looks_at": meeting.looks_at,
        "parties": [each.code for each in meeting.signers()], "held_on": str(meeting.held_on or ""), "place": meeting.place,
        "chair": meeting.chair.code if meeting.chair else "", "figures": meeting.frozen_sha256,
        "agenda": [[each.kind, each.topic, each.text] for each in agenda],
        "attendance": [[each.party.code, each.person.code if each.person else "", each.office] for each in present],
        "decisions": decided(meeting), "minutes": meeting.minutes, "supplement": meeting.supplement,
    }  # fmt: skip


def decided(meeting: Meeting) -> list[list[str]]:
    """Return the decisions of a meeting as they are signed: what is to be done, what is asked, by whom, and by when."""
    rows = Decision.objects.current().filter(meeting=meeting).select_related("holder", "person").order_by("id")
    return [
        [each.title, each.demand, str(each.holder or ""), each.person.code if each.person else "", str(each.agreed_on or "")]
        for each in rows
    ]


def keep(meeting: Meeting) -> str:
    """Keep what is signed now; return its hash."""
    return Content.keep(sheet(meeting))


def signed(meeting: Meeting, sha256: str) -> set[int]:
    """Return the numbers of the parties that have signed this content."""
    return {*Signature.objects.current().filter(meeting=meeting, sha256=sha256).values_list("party_id", flat=True)}


def is_changed(meeting: Meeting) -> bool:
    """Tell whether anything was changed since the first signed and before all have: the signatures are then about another text."""
    return meeting.stage == MINUTED and bool(meeting.signed_parties) and hash_of(sheet(meeting)) != meeting.sheet_sha256
