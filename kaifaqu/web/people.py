"""What the pages of people, parties and roles tell at one glance: who may do what where, why, and from when to when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Credential, Dated, Grant, Membership, Party, Role, User
from kaifaqu.pages import manners, rights
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.spans import Span, span_of
from kaifaqu.web.founding import ADMINISTRATORS

SHOWN = 50  # rows of a panel; the register's own list has them all


@dataclass
class Ground:
    """Why a person may do something: a membership, or a grant to a party in which he works; whose records it opens."""

    row: Dated
    why: str
    note: str
    where: str
    below: bool
    span: Span
    rights: list[str] = field(default_factory=list)  # as names

    @property
    def count(self) -> str:
        """Return the rights in brief."""
        return rights.brief(self.rights)


@dataclass
class Reach:
    """One register on a person's page: on each ground, what he may do there."""

    name: str
    grounds: list[tuple[Ground, str]] = field(default_factory=list)


def grounds_of(person: User, reader: Reader, on: date) -> list[Ground]:
    """Return the person's memberships and what was granted to his parties, as far as the reader may look at them.

    Those that do not hold on the day are among them, and say so in their span; a role that is archived gives no rights.
    """
    memberships = Membership.objects.visible_to(reader.user).filter(user_id=person.pk).select_related("role").order_by("since", "id")
    found = [
        Ground(each, reader.name(Role, each.role_id), each.purpose, reader.name(Party, each.party_id),
               each.below, span_of(each, on), _held(each))
        for each in memberships
    ]
    holding: dict[int, set[str]] = {}
    for each in found:
        if each.span == Span.NOW:
            holding.setdefault(each.row.party_id, set()).update(each.rights)  # type: ignore[attr-defined]
    grants = Grant.objects.visible_to(reader.user).filter(receiver_id__in=[*holding]).order_by("owner_id", "since", "id")
    found += [
        Ground(each, _("授权"), each.purpose, reader.name(Party, each.owner_id), each.below, span_of(each, on), [each.right])
        for each in grants if each.right in holding[each.receiver_id]
    ]
    return found


def _held(membership: Membership) -> list[str]:
    return [] if membership.role.archived_at else membership.role.rights.split()


def reaches(grounds: Iterable[Ground]) -> list[Reach]:
    """Return register by register what the grounds that hold open, and whose records."""
    holding = [each for each in grounds if each.span == Span.NOW]
    found = []
    for name, named in rights.groups({right for each in holding for right in each.rights}):
        reach = Reach(name)
        for ground in holding:
            if told := [meaning for right, meaning in named if right in ground.rights]:
                reach.grounds.append((ground, "；".join(told)))
        found.append(reach)
    return found


def administrators(grounds: Iterable[Ground]) -> list[str]:
    """Return the names of the separate administrators' roles that a person holds, where there are several."""
    roles = [each.row.role for each in grounds if isinstance(each.row, Membership) and each.span == Span.NOW]
    names = dict.fromkeys(str(role) for role in roles if role.code in ADMINISTRATORS and not role.archived_at)
    return [*names] if len(names) > 1 else []


@manners.panel(User, "web/_person.html", replaces=("memberships.user",))
def person(user: User, record: User) -> dict[str, Any] | None:
    """Return what a person may do, and what is to be done next for somebody new; to a reader who may see roles and memberships."""
    if not all(user.may(right, record.owner_id) for right in ("memberships.view", "roles.view")):
        return None
    grounds = grounds_of(record, Reader(user), clock.today())
    return {
        "grounds": grounds, "reaches": reaches(grounds) if record.is_active else [], "administrators": administrators(grounds),
        "has_password": bool(Credential.of(record)), "may_employ": user.may("memberships.edit", record.owner_id),
        "may_set": user.may("users.edit", record.owner_id),
    }  # fmt: skip


@dataclass
class Line:
    """A row of a party's page: the record, what it says in words, and how it stands today."""

    row: Dated
    span: Span
    who: str
    what: str


@manners.panel(Party, "web/_party.html", replaces=("memberships.party", "grants.receiver"))
def party(user: User, record: Party) -> dict[str, Any] | None:
    """Return who works in a party, what it has been granted by others, and what it has granted to others."""
    reader, seen = Reader(user), Grant.objects.visible_to(user)
    staff = Membership.objects.visible_to(user).filter(party_id=record.pk)
    tables = {
        "staff": (staff, lambda row: (reader.name(User, row.user_id), reader.name(Role, row.role_id))),
        "received": (seen.filter(receiver_id=record.pk), lambda row: (reader.name(Party, row.owner_id), rights.words([row.right]))),
        "given": (seen.filter(owner_id=record.pk), lambda row: (reader.name(Party, row.receiver_id), rights.words([row.right]))),
    }
    if not user.owners("memberships.view") and not user.owners("grants.view"):
        return None
    shown: dict[str, Any] = {name: list(_lines(rows, tell)) for name, (rows, tell) in tables.items()}
    return {
        **shown, "shown": SHOWN, "may_employ": bool(user.owners("memberships.edit")), "may_grant": bool(user.owners("grants.edit")),
    }  # fmt: skip


def _lines(rows: Any, tell: Any) -> Iterator[Line]:
    """Yield the rows in words, those that hold today first."""
    today = clock.today()
    found = sorted(rows.order_by("-since", "id")[:SHOWN], key=lambda row: [Span.NOW, Span.AHEAD, Span.ENDED].index(span_of(row, today)))
    for row in found:
        who, what = tell(row)
        yield Line(row, span_of(row, today), who, what)


@manners.panel(Role, "web/_role.html")
def role(user: User, record: Role) -> rights.Groups:
    """Return what a role permits, register by register."""
    return rights.groups(record.rights.split())
