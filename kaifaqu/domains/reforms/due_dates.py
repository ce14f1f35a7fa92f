"""What this room puts on an agenda, and what waits for whom: promises to be verified, commitments to be checked."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from django.urls import reverse
from django.utils.translation import gettext as _

from kaifaqu.domains.reforms.commitments import Commitment
from kaifaqu.domains.reforms.commitments_conditions import (
    owed_items,
    owed_rectifications,
    owed_whole,
    unchecked,
    under_watch,
)
from kaifaqu.domains.reforms.promises import OPEN, Promise, expected
from kaifaqu.domains.reforms.promises_conditions import overdue, undated, waiting
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.world import World
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Entry, Queue


@agenda.source
def promised(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the days on which promises are to be verified, and those by which something is to be put right."""
    days = expected(World())
    for each in Promise.objects.visible_to(user).filter(stage__in=OPEN):
        due = each.rectify_by or each.due_on or days.get(each.pk, (None, None))[1]
        if due and since <= due <= until:
            words = _("整改到期") if each.rectify_by else _("对标承诺到期")
            yield Entry(each, "due", words, str(each), due)


@agenda.source
def checked(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the days by which commitments and their items are to be checked, and what was to be put right looked at again."""
    today, world, border = clock.today(), World(), (since, until)
    cases = Commitment.objects.visible_to(user).filter(under_watch(today))
    for case in cases.filter(owed_whole(today, world), verify_by__range=border):
        yield Entry(case, "verify", _("承诺核查期限"), str(case), cast(date, case.verify_by))
    for item in owed_items(today, world).filter(commitment__in=cases, check_by__range=border).select_related("commitment"):
        yield Entry(item, "check", _("承诺检查期限"), f"{item.commitment.code} {item}", item.check_by)
    again = owed_rectifications(today, world).filter(commitment__in=cases, follow_up_on__range=border)
    for check in again.select_related("commitment", "item"):
        yield Entry(check, "again", _("整改复查"), f"{check.commitment.code} {check.item or ''}".strip(), check.follow_up_on)


@agenda.queue
def to_be_done(user: User, world: World) -> Iterator[Queue]:
    """Yield the promises that are to be verified, those past their day, and the commitments that were not checked in time."""
    today, promises = clock.today(), Promise.objects.visible_to(user)
    if owners := user.owners("land_promises.verify"):
        own = promises.filter(owner__in=owners)
        yield Queue(_("企业已交材料、等待核验的对标承诺"), _figure("land.promises.waiting.count"), own.filter(waiting(today, world)))
        yield Queue(_("没有到期日的对标承诺"), _figure("land.promises.undated.count"), own.filter(undated(today, world)))
        late = own.filter(overdue(today, world))
        yield Queue(_("到期未核验的对标承诺"), _figure("land.promises.overdue.count"), late, is_late=True)
    if parties := user.owners("land_promises.hand_in"):
        mine = promises.filter(overdue(today, world), standard_parcel__enterprise__party__in=parties).exclude(waiting(today, world))
        yield Queue(_("本企业到期、还没有交核验材料的对标承诺"), reverse("records", args=["land_promises"]), mine, is_late=True)
    if owners := user.owners("compliance_checks.edit"):
        cases = Commitment.objects.visible_to(user).filter(unchecked(today, world), owner__in=owners)
        yield Queue(_("逾期未检查的承诺办理"), _figure("reforms.commitment.unchecked.count"), cases, is_late=True)


def _figure(code: str) -> str:
    """Return the address of a figure of today, which opens its records."""
    return f"{reverse('figure', args=[code])}?period={clock.today()}"
