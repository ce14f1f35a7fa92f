"""What this room puts on an agenda, and what waits for whom: promises to be verified, commitments to be checked."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from django.urls import reverse
from django.utils.translation import gettext as _

from kaifaqu.domains.reforms.commitments import Commitment, CommitmentItem
from kaifaqu.domains.reforms.commitments_conditions import unchecked, under_watch
from kaifaqu.domains.reforms.promises import Promise
from kaifaqu.domains.reforms.promises_conditions import overdue, to_verify
from kaifaqu.domains.reforms.promises_lifecycle import SIGNED, PromiseStage
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.world import World
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Entry, Queue


@agenda.source
def promised(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the days on which promises are to be verified, and those by which something is to be put right."""
    rows = Promise.objects.visible_to(user).filter(stage__in=(SIGNED, PromiseStage.RECTIFYING))
    for each in rows:
        if each.due and since <= each.due <= until:
            words = _("整改到期") if each.rectify_by else _("对标承诺到期")
            yield Entry(each, "due", words, str(each), each.due)


@agenda.source
def checked(user: User, since: date, until: date) -> Iterator[Entry]:
    """Yield the days by which commitments and their items are to be checked."""
    cases = Commitment.objects.visible_to(user).filter(under_watch(clock.today()))
    items = CommitmentItem.objects.current().filter(commitment__in=cases)
    for case in cases.filter(verify_due_on__gte=since, verify_due_on__lte=until):
        yield Entry(case, "verify", _("承诺核查期限"), str(case), cast(date, case.verify_due_on))
    for item in items.filter(check_due_on__gte=since, check_due_on__lte=until).select_related("commitment"):
        yield Entry(item, "check", _("承诺检查期限"), f"{item.commitment.code} {item}", cast(date, item.check_due_on))


@agenda.queue
def to_be_done(user: User, world: World) -> Iterator[Queue]:
    """Yield the promises that are to be verified, those past their day, and the commitments that were not checked in time."""
    today, day = clock.today(), f"?period={clock.today()}"
    promises = Promise.objects.visible_to(user)
    if owners := user.owners("land_promises.verify"):
        waiting = promises.filter(to_verify(world), owner__in=owners)
        yield Queue(_("企业已交材料、等待核验的对标承诺"), f"{reverse('records', args=['promise_evidence'])}?verdict=-", waiting)
        late = reverse("figure", args=["land.promises.overdue.count"])
        yield Queue(_("到期未核验的对标承诺"), f"{late}{day}", promises.filter(overdue(today), owner__in=owners), is_late=True)
    if parties := user.owners("land_promises.hand_in"):
        own = promises.filter(overdue(today), party__in=parties).exclude(to_verify(world))
        yield Queue(_("本企业到期、还没有交核验材料的对标承诺"), reverse("records", args=["land_promises"]), own, is_late=True)
    if owners := user.owners("compliance_checks.edit"):
        late = reverse("figure", args=["reforms.commitment.unchecked.count"])
        cases = Commitment.objects.visible_to(user).filter(unchecked(today, world), owner__in=owners)
        yield Queue(_("逾期未检查的承诺办理"), f"{late}{day}", cases, is_late=True)
