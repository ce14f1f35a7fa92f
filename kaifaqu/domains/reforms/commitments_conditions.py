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
    """Return the condition: approved by the day, and by then neither concluded, accepted nor withdrawn; a breach ends nothing."""
    over = Q(checked_on__lte=on) | Q(accepted_on__lte=on) | Q(withdrawn_on__lte=on)
    return Q(approved_on__lte=on) & ~over


def unchecked(on: date, world: World) -> Q:
    """Return the condition: approved, and on the day past a date for a check that was not made by then.

    Such a date is that of the case (answered by a check of the whole), of each item (by a check of it), and that of a
    rectification (by a later check of the same).
    """
    items = owed_items(on, world).filter(check_by__lt=on).values("commitment_id")
    again = owed_rectifications(on, world).filter(follow_up_on__lt=on).values("commitment_id")
    return under_watch(on) & (owed_whole(on, world) & Q(verify_by__lt=on) | Q(id__in=items) | Q(id__in=again))


def checks(on: date, world: World):
    """Return the checks that were made by the day."""
    return world.rows(ComplianceCheck).filter(checked_on__lte=on)


def owed_whole(on: date, world: World) -> Q:
    """Return the condition: as a whole it was not checked by the day."""
    return ~Q(Exists(checks(on, world).filter(item_id=None, commitment_id=OuterRef("id"))))


def owed_items(on: date, world: World):
    """Return the items that were not checked by the day."""
    return world.rows(CommitmentItem).filter(~Exists(checks(on, world).filter(item_id=OuterRef("id"))))


def owed_rectifications(on: date, world: World):
    """Return the checks that demanded a rectification by the day, and after which nobody has looked by then."""
    later = checks(on, world).filter(commitment_id=OuterRef("commitment_id"), checked_on__gt=OuterRef("checked_on"))
    same = Q(item_id=OuterRef("item_id")) | Q(item_id=None)  # a check of the whole looks at everything that was to be put right
    return checks(on, world).filter(~Exists(later.filter(same)), result=Result.RECTIFY)


def overdue_words(case: Commitment, on: date) -> Iterator[str]:
    """Yield a sentence for each date of the case that is past without a check."""
    world = World()
    if not Commitment.objects.filter(unchecked(on, world), pk=case.pk).exists():
        return
    whole = checks(on, world).filter(commitment_id=case.pk, item_id=None)
    if case.verify_by and case.verify_by < on and not whole.exists():
        yield _t("核查期限 {due} 已过，还没有核查。").format(due=case.verify_by)
    for item in owed_items(on, world).filter(commitment_id=case.pk, check_by__lt=on).order_by("check_by", "id"):
        yield _t("「{item}」的检查期限 {due} 已过，还没有检查。").format(item=item, due=item.check_by)
    for check in owed_rectifications(on, world).filter(commitment_id=case.pk, follow_up_on__lt=on).order_by("follow_up_on", "id"):
        yield _t("{check}：复查日期 {due} 已过，还没有复查。").format(check=check, due=check.follow_up_on)
