"""What people do with targets besides entering them: split one in one table."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.registers.targets.models import TargetShare, YearlyTarget

Part = tuple[Party | None, int | None, Decimal | None]  # the department, the month, and the amount; None for no such part


@action("target_shares.split", right="target_shares.edit", label=_("按部门、按月分解"))
def split(target: YearlyTarget, *, by: User, version: int, parts: list, known: int = 0, reason: str = "") -> Iterator[Change]:
    """Plan the parts of a target, each a department, a month and an amount; one without amount is taken back.

    What is not named stays. Raise ValidationError where another person has changed the parts since the event `known`,
    where nothing would change, or where a part is changed without a reason.
    """
    shares = TargetShare.objects.current().filter(target=target)
    if known and TargetShare.Version.objects.filter(target_id=target.pk, seq__gt=known).exists():
        raise ValidationError(_t("{target}：别人刚刚改过分解，请重新打开、核对后再保存。").format(target=target))
    held = {(each.department_id, each.month): each for each in shares}
    changes = [change for part in parts for change in _changed(target, held, part, reason)]
    if not changes:
        raise ValidationError(_t("{target}：分解没有变化。").format(target=target))
    if not reason and any(not each.is_new for each in changes):
        raise ValidationError(_t("{target}：改动已有的分解，请写明原因。").format(target=target))
    yield from changes


def _changed(target: YearlyTarget, held: dict[Any, TargetShare], part: Part, reason: str) -> Iterator[Change]:
    """Yield the change of one part, if it is another than what is held."""
    department, month, amount = part
    share = held.get((department and department.pk, month))
    if share is None and amount is not None:
        facts = {"target": target, "department": department, "month": month, "amount": amount}
        yield Change(TargetShare(owner_id=target.owner_id), facts, reason=reason)
    elif share is not None and amount is None:
        yield Change(share, {"archived_at": clock.now()}, reason=reason)
    elif share is not None and share.amount != amount:
        yield Change(share, {"amount": amount}, reason=reason)
