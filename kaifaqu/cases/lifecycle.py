"""The stages of a case and the steps between them: one table, whatever the case is about."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.lifecycle import Lifecycle, Step


class Stage(models.TextChoices):
    """The stages of a case, from 登记 to 销号; 挂起, 转长期事项 and 不予受理 stand beside the way."""

    REGISTERED = "registered", _("登记")
    ACCEPTED = "accepted", _("受理")
    ASSIGNED = "assigned", _("交办")
    HANDLING = "handling", _("办理中")
    RESOLVED = "resolved", _("办结待核")
    VERIFIED = "verified", _("待回访")
    CLOSED = "closed", _("销号")
    SUSPENDED = "suspended", _("挂起")
    LONG_TERM = "long_term", _("转长期事项")
    REFUSED = "refused", _("不予受理")


HALTED_STAGES = (Stage.SUSPENDED, Stage.LONG_TERM)
OVER = (Stage.CLOSED, Stage.REFUSED)  # nothing is owed any more
DONE = (Stage.RESOLVED, Stage.VERIFIED, *OVER)  # the holder has done his part
FIRST = (Stage.REGISTERED, Stage.ACCEPTED)
WITH_HOLDER = (Stage.ASSIGNED, Stage.HANDLING)


def lifecycle(register: str, *, confirmed: bool) -> Lifecycle:
    """Return the table of steps of a register's cases; `confirmed` where only the requester's word closes one."""
    steps = [
        ("accept", (Stage.REGISTERED,), Stage.ACCEPTED, _("受理")),
        ("assign", (*FIRST, *WITH_HOLDER), Stage.ASSIGNED, _("交办")),
        ("respond", (*FIRST, *WITH_HOLDER), Stage.HANDLING, _("回应")),
        ("resolve", (*FIRST, *WITH_HOLDER), Stage.RESOLVED, _("办结")),
        ("verify", (Stage.RESOLVED,), Stage.VERIFIED if confirmed else Stage.CLOSED, _("核实")),
        *([("confirm", (Stage.RESOLVED, Stage.VERIFIED), Stage.CLOSED, _("确认解决")),
           ("take_word", (Stage.VERIFIED,), Stage.CLOSED, _("记录回访")),
           ("dispute", (Stage.RESOLVED, Stage.VERIFIED), Stage.ASSIGNED, _("没有解决，重办"))] if confirmed else []),
        ("object", (Stage.ASSIGNED,), Stage.ACCEPTED, _("退回改派")),
        ("pause", (*FIRST, *WITH_HOLDER), Stage.SUSPENDED, _("挂起")),
        ("resume", (Stage.SUSPENDED,), Stage.HANDLING, _("恢复办理")),
        ("put_off", WITH_HOLDER, Stage.LONG_TERM, _("转长期事项")),
        ("take_up", (Stage.LONG_TERM,), Stage.HANDLING, _("重新办理")),
        ("send_back", (Stage.RESOLVED, Stage.VERIFIED), Stage.HANDLING, _("退回重办")),
        ("refuse", FIRST, Stage.REFUSED, _("不予受理")),
        ("reopen", (Stage.CLOSED,), Stage.ASSIGNED, _("重新交办")),
    ]
    return Lifecycle(Stage, tuple(
        Step(source, target, label, action=f"{register}.{verb}")
        for verb, sources, target, label in steps for source in sources
    ))  # fmt: skip
