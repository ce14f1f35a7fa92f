"""What people do with subscriptions: each makes, changes and ends his own; an administrator archives another's."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action, plan_correction
from kaifaqu.kernel.commit import Change, named
from kaifaqu.reporting import calls
from kaifaqu.reporting.subscriptions.models import Subscription

OWN = "subscriptions.edit"  # of every role that can see figures
MOST = 50  # of one person: who is told more reads nothing


@action("subscriptions.create", right=OWN, label=_("订阅"), creates=Subscription)
def create(owner: Party, *, by, version: int = 0, facts: dict, source: str = "", reason: str = "") -> Change:
    """Plan a subscription of the person himself."""
    if not isinstance(by, User):
        raise ValidationError(_t("订阅只能由本人办理。"))
    unknown = {*facts} - {"code", *Subscription.columns}
    if unknown:
        raise ValidationError(_t("{register}没有可填的栏目：{names}。").format(
            register=Subscription._meta.verbose_name, names="、".join(sorted(unknown))))
    if Subscription.objects.own(by).count() >= MOST:
        raise ValidationError(_t("一个人最多 {count} 项订阅，请先结束不用的。").format(count=MOST))
    return _checked(Change(Subscription(owner=owner, person=by), {**facts, **({"source": source} if source else {})}, reason=reason))


@action("subscriptions.correct", right=OWN, label=_("更改订阅"))
def correct(subscription: Subscription, *, by, version: int, facts: dict, reason: str = "") -> Change:
    """Plan other terms of the person's own subscription."""
    _refuse_foreign(subscription, by)
    return _checked(plan_correction(subscription, facts, reason=reason))


@action("subscriptions.end", right=OWN, label=_("结束订阅"))
def end(subscription: Subscription, *, by, version: int, reason: str = "") -> Change:
    """Plan the end of the person's own subscription; what it has told stays in the inbox."""
    _refuse_foreign(subscription, by)
    return Change(subscription, {"archived_at": clock.now()}, reason=reason or _t("本人结束"))


@action("subscriptions.archive", right="subscriptions.archive", label=_("停止订阅"))
def archive(subscription: Subscription, *, by, version: int, reason: str) -> Change:
    """Plan the end of anybody's subscription, for an administrator, who says why."""
    if not reason:
        raise ValidationError(_t("{record}：停止别人的订阅请写明原因。").format(record=subscription))
    return Change(subscription, {"archived_at": clock.now()}, reason=reason)


def _refuse_foreign(subscription: Subscription, by: Any) -> None:
    if subscription.person_id != by.pk:
        raise ValidationError(_t("{record}：这是别人的订阅，只能由本人更改。").format(record=subscription))


def _checked(change: Change) -> Change:
    """Return the change with its figure named by the code. Raise ValidationError where the wish cannot be fulfilled."""
    wish = cast(Subscription, change.result)
    if problems := wish.problems():
        raise ValidationError([_t("{record}：{problem}").format(record=named(wish), problem=text) for text in problems])
    if wish.figure:
        wish.figure = calls.definition_of(wish.figure).code
    return change
