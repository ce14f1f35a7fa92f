"""Questions about commitments that figures, queues and pages ask, as conditions: for rows of today and rows as known."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _t

from kaifaqu.domains.reforms.commitments import Commitment, CommitmentItem, ComplianceCheck, Result
from kaifaqu.kernel.world import World


def committed(on: date) -> Q:
    """Return the condition: signed by the day, and not withdrawn by then."""
    return Q(signed_on__lte=on) & ~Q(withdrawn_on__lte=on)


def under_watch(on: date) -> Q:
    """Return the condition: approved by the day, and by then neither concluded, breached nor withdrawn."""
    over = Q(checked_on__lte=on) | Q(accepted_on__lte=on) | Q(breached_on__lte=on) | Q(withdrawn_on__lte=on)
    return Q(approved_on__lte=on) & ~over


def unchecked(on: date, world: World) -> Q:
    """Return the condition: approved, and on the day past a date for a check that was not made by then.

    Such a date is that of the case (answered by a check of the whole), of each item (by a check of it), and that of a
    rectification (by a later check of the same).
    """
    whole = Exists(checks(on, world).filter(item_id=None, commitment_id=OuterRef("id")))
    items = unchecked_items(on, world).values("commitment_id")
    again = unseen_rectifications(on, world).values("commitment_id")
    return under_watch(on) & (Q(verify_due_on__lt=on) & ~whole | Q(id__in=items) | Q(id__in=again))


def checks(on: date, world: World):
    """Return the checks that were made by the day."""
    return world.rows(ComplianceCheck).filter(checked_on__lte=on)


def unchecked_items(on: date, world: World):
    """Return the items whose date for a check is past on the day, and that were not checked by then."""
    made = Exists(checks(on, world).filter(item_id=OuterRef("id")))
    return world.rows(CommitmentItem).filter(~made, check_due_on__lt=on)


def unseen_rectifications(on: date, world: World):
    """Return the checks that demanded a rectification whose day to look again is past, and after which nobody has looked."""
    later = checks(on, world).filter(commitment_id=OuterRef("commitment_id"), checked_on__gt=OuterRef("checked_on"))
    same = Q(item_id=OuterRef("item_id")) | Q(item_id=None)  # a check of the whole looks at everything that was to be put right
    return checks(on, world).filter(~Exists(later.filter(same)), result=Result.RECTIFY, follow_up_on__lt=on)


def overdue_words(case: Commitment, on: date) -> Iterator[str]:
    """Yield a sentence for each date of the case that is past without a check."""
    world = World()
    if not Commitment.objects.filter(unchecked(on, world), pk=case.pk).exists():
        return
    whole = checks(on, world).filter(commitment_id=case.pk, item_id=None)
    if case.verify_due_on and case.verify_due_on < on and not whole.exists():
        yield _t("核查期限 {due} 已过，还没有核查。").format(due=case.verify_due_on)
    for item in unchecked_items(on, world).filter(commitment_id=case.pk).order_by("check_due_on", "id"):
        yield _t("「{item}」的检查期限 {due} 已过，还没有检查。").format(item=item, due=item.check_due_on)
    for check in unseen_rectifications(on, world).filter(commitment_id=case.pk).order_by("follow_up_on", "id"):
        yield _t("{check}：复查日期 {due} 已过，还没有复查。").format(check=check, due=check.follow_up_on)
